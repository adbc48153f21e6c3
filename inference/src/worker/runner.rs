//! From a job on chain to a finished receipt.

use crate::engine::{Cancel, Engine, Finish, Request, Schedule};
use crate::error::{Error, Result};
use crate::receipt::Receipt;
use crate::worker::chain::Job;
use hanzo_poai::JobKind;
use sp_core::H256;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What a run gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The output's text, as bytes; their hash is attested.
    pub bytes: Vec<u8>,
    /// Commitments and everything a verifier needs.
    pub receipt: Receipt,
}

/// Runs jobs. The loop knows no more of inference than this.
pub trait Runner: Send + Sync + 'static {
    /// Content hash of the model it serves.
    fn model(&self) -> H256;

    /// Whether this job with this input can be run here; asked before it is accepted. The error says what is wrong.
    fn check(&self, job: &Job, input: &[u8]) -> Result<()>;

    /// Runs it, to the end or until cancelled. `on_token` is called once per output token. Blocks the thread.
    fn run(&self, job: &Job, input: &[u8], cancel: &Cancel, on_token: &mut (dyn FnMut() + Send)) -> Result<Output>;
}

/// A [`Runner`] over an [`Engine`]. The input of an `Inference` job is the prompt as UTF-8 text.
pub struct EngineRunner<E> {
    engine: Arc<E>,
}

impl<E: Engine> EngineRunner<E> {
    /// Serves the engine's model.
    pub fn new(engine: Arc<E>) -> Self {
        Self { engine }
    }

    fn prompt<'a>(&self, job: &Job, input: &'a [u8]) -> Result<(&'a str, Vec<u32>)> {
        let text = std::str::from_utf8(input)
            .map_err(|e| Error::Request(format!("the input is not UTF-8 text: byte {} is wrong", e.valid_up_to())))?;
        let tokens = self.engine.tokenizer().encode(text)?;
        let most = job.max_prompt_tokens as usize;
        if tokens.len() > most {
            return Err(Error::Request(format!("the prompt has {} tokens; the job pays for {most}", tokens.len())));
        }
        Ok((text, tokens))
    }
}

impl<E: Engine + 'static> Runner for EngineRunner<E> {
    fn model(&self) -> H256 {
        self.engine.model_hash()
    }

    fn check(&self, job: &Job, input: &[u8]) -> Result<()> {
        if job.kind != JobKind::Inference {
            return Err(Error::Request(format!("jobs of kind {:?} are not served here", job.kind)));
        }
        if job.model != self.model() {
            return Err(Error::Request(format!(
                "the job asks for model {:?}; this worker serves {:?}",
                job.model,
                self.model()
            )));
        }
        if !job.prior_root.is_zero() {
            return Err(Error::Request(format!("prior {:?} is not in this worker's bank", job.prior_root)));
        }
        let (_, tokens) = self.prompt(job, input)?;
        let (context, room) = (self.engine.config().max_positions, tokens.len() + 1);
        if room > context {
            return Err(Error::Request(format!(
                "the prompt and one token need {room} positions; the model has {context}"
            )));
        }
        Ok(())
    }

    fn run(&self, job: &Job, input: &[u8], cancel: &Cancel, on_token: &mut (dyn FnMut() + Send)) -> Result<Output> {
        self.check(job, input)?;
        let (text, tokens) = self.prompt(job, input)?;
        let seed = job.seed.ok_or_else(|| Error::Request(format!("job {} has no seed yet", job.id)))?;
        let request = Request {
            prompt: &tokens,
            decoding: &job.decoding,
            seed,
            factors: &[],
            grammar: None,
            schedule: Schedule::default(),
        };
        let run = self.engine.generate(&request, cancel, &mut |_| {
            on_token();
            ControlFlow::Continue(())
        })?;
        if run.finish == Finish::Cancelled {
            return Err(Error::Cancelled);
        }
        let bytes = self.engine.tokenizer().decode(&run.tokens)?.into_bytes();
        let receipt = Receipt::new(self.engine.as_ref(), Some(text), &request, &run)?;
        Ok(Output { bytes, receipt })
    }
}
