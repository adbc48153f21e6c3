//! Those whom the chain has to find out: the test itself, in the loops that honest ones run, with work or votes that are false.

use crate::node::Node;
use anyhow::Result;
use hanzo_inference::{
    client::Account,
    verifier::{
        self,
        judge::{EngineJudge, Judge, Opinion, Papers},
        round::Round,
        Verifier,
    },
    worker::{
        self,
        chain::{Chain as _, ChainError, Job},
        pace::Pace,
        runner::{EngineRunner, Output, Prompt, Runner},
    },
    Cancel, CandleEngine, Engine, EngineOptions, Error, ModelSource,
};
use hanzo_poai::committee::Score;
use serde_json::Value;
use sp_core::H256;
use std::{future::Future, num::NonZeroUsize, path::Path, sync::Arc};
use tokio::{sync::oneshot, task::JoinHandle};

/// A loop of the test's own, until it is stopped or dropped.
pub struct Loop {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ChainError>>,
}

impl Loop {
    /// Attaches a worker that runs every job with a seed of its own and attests to the job's. Its session key derives from
    /// its account's as in the presets; its results are kept in `folder`.
    pub async fn forger(suri: &str, node: &Node, folder: &Path) -> Result<Self> {
        let (account, session) = (Account::from_suri(suri)?, Account::from_suri(&format!("{suri}//session"))?);
        let chain = Arc::new(worker::attach::SubxtChain::connect(&node.url(), account, None).await?);
        let runner = Arc::new(Forging(EngineRunner::new(Arc::new(engine()?), None)));
        let store = worker::store::Store::open(folder, chain.genesis())?;
        let signer = Arc::new(session.pair().clone());
        let worker = worker::Worker::new(chain, runner, signer, store, Arc::default());
        Ok(Self::spawn(|stopped| worker.serve(stopped)))
    }

    /// Attaches a verifier that replays every job and votes against what it found. Its ballots are kept in `folder`.
    pub async fn liar(suri: &str, node: &Node, folder: &Path) -> Result<Self> {
        let accounts = vec![Account::from_suri(suri)?];
        let chain = Arc::new(verifier::attach::SubxtChain::connect(&node.url(), accounts, None).await?);
        let judge = Arc::new(Lying(EngineJudge::new(vec![Arc::new(engine()?)])));
        let store = verifier::store::Store::open(folder, verifier::chain::Chain::genesis(chain.as_ref()))?;
        let liar = Verifier::new(chain, judge, store, Arc::default());
        Ok(Self::spawn(|stopped| liar.serve(stopped)))
    }

    fn spawn<F>(serve: impl FnOnce(Stopped) -> F) -> Self
    where
        F: Future<Output = Result<(), ChainError>> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(serve(Box::pin(async { drop(stopped.await) }))) }
    }

    /// Has it end, and waits until it has.
    pub async fn stop(self) -> Result<()> {
        let _ = self.stop.send(());
        Ok(self.task.await??)
    }
}

/// Completes when a loop is to end.
type Stopped = futures::future::BoxFuture<'static, ()>;

fn engine() -> Result<CandleEngine> {
    let options = EngineOptions { threads: NonZeroUsize::MIN, ..EngineOptions::default() };
    Ok(CandleEngine::load(&ModelSource::Tiny, &options)?)
}

/// Runs jobs with a seed of its own and says it was theirs.
struct Forging(EngineRunner<CandleEngine>);

impl Runner for Forging {
    fn model(&self) -> H256 {
        self.0.model()
    }

    fn pace(&self, cancel: &Cancel) -> hanzo_inference::Result<Pace> {
        self.0.pace(cancel)
    }

    fn longest_output(&self, prompt: usize) -> usize {
        self.0.longest_output(prompt)
    }

    fn read(&self, job: &Job, input: Vec<u8>) -> hanzo_inference::Result<Prompt> {
        self.0.read(job, input)
    }

    fn run(
        &self,
        job: &Job,
        prompt: &Prompt,
        cancel: &Cancel,
        on_token: &mut (dyn FnMut() + Send),
    ) -> hanzo_inference::Result<Output> {
        let other = Job { seed: Some(H256::repeat_byte(0xee)), ..job.clone() };
        let mut output = self.0.run(&other, prompt, cancel, on_token)?;
        output.receipt.seed = job.seed.unwrap_or_default();
        Ok(output)
    }
}

/// Finds forged work good and good work forged, with the digest of a replay that was done.
struct Lying(EngineJudge);

impl Judge for Lying {
    fn models(&self) -> Vec<H256> {
        self.0.models()
    }

    fn judge(&self, papers: &Papers, round: &Round, cancel: &Cancel) -> hanzo_inference::Result<Opinion> {
        let Opinion { mut vote, evidence } = self.0.judge(papers, round, cancel)?;
        let unreadable = |error: serde_json::Error| Error::Store(error.to_string());
        let mut evidence: Value = serde_json::from_str(&evidence).map_err(unreadable)?;
        (vote.score, evidence["score"]) = match vote.score {
            Score::Good => (Score::Bad, "bad".into()),
            _ => (Score::Good, "good".into()),
        };
        Ok(Opinion { vote, evidence: evidence.to_string() })
    }
}
