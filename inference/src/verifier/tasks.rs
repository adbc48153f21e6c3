//! The tasks that work beside the loop, and what they report to it.

use crate::engine::Cancel;
use crate::error::{Error, Result};
use crate::sealing::{Address, ContentKey, SealingKey, ENVELOPE_BYTES};
use crate::verifier::case::Which;
use crate::verifier::chain::Chain;
use crate::verifier::judge::{Judge, Opinion, Papers};
use crate::verifier::round::Round;
use crate::verifier::stats::Stats;
use crate::worker::chain::{ChainError, Job};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What a task reports to the loop.
pub(super) enum Report {
    /// A blob was fetched, or not.
    Blob(Round, Which, Result<Vec<u8>, ChainError>),
    /// The input of a sealed job was fetched and opened, with its key, or not.
    Opened(Round, Result<(Vec<u8>, ContentKey), NotOpened>),
    /// A replay ended.
    Opinion(Round, Result<Opinion>),
}

/// Why the input of a sealed job is not there in clear.
pub(super) enum NotOpened {
    /// It is there, and nobody has handed over a key that opens it, though one can be sent.
    Withheld(String),
    /// Something else is in the way.
    Missing(ChainError),
}

/// A replay on the engine. Dropped, it is told to stop: the engine does not work on for nobody.
pub(super) struct Replay {
    /// What it is about.
    pub(super) round: Round,
    cancel: Cancel,
    task: JoinHandle<()>,
}

impl Replay {
    /// Tells it to stop.
    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Stops it and waits until the engine is free.
    pub(super) async fn stop(mut self) {
        self.cancel();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Starts tasks.
pub(super) struct Tasks<C, J> {
    chain: Arc<C>,
    judge: Arc<J>,
    stats: Arc<Stats>,
    reports: mpsc::UnboundedSender<Report>,
    /// What envelopes to the accounts are opened with.
    pub(super) sealing: Option<Arc<SealingKey>>,
}

impl<C: Chain, J: Judge> Tasks<C, J> {
    /// Reports go to `reports`.
    pub(super) fn new(chain: Arc<C>, judge: Arc<J>, stats: Arc<Stats>, reports: mpsc::UnboundedSender<Report>) -> Self {
        Self { chain, judge, stats, reports, sealing: None }
    }

    /// Fetches a blob.
    pub(super) fn fetch(&self, round: Round, which: Which, hash: H256, length: Option<u32>) {
        let (chain, reports) = (self.chain.clone(), self.reports.clone());
        tokio::spawn(async move {
            let answer = chain.fetch_blob(hash, length).await;
            // Nobody listens once the loop has ended; there is nothing left to do then.
            let _ = reports.send(Report::Blob(round, which, answer));
        });
    }

    /// Fetches the input of a sealed job, and opens it with the key that was handed to this account.
    pub(super) fn open(&self, round: Round, job: &Job, account: AccountId32, at: H256) {
        let (chain, reports, sealing) = (self.chain.clone(), self.reports.clone(), self.sealing.clone());
        let job = job.clone();
        tokio::spawn(async move {
            let opened = open_input(chain.as_ref(), sealing.as_deref(), &job, account, at).await;
            let _ = reports.send(Report::Opened(round, opened));
        });
    }

    /// Has a job replayed. The caller starts one at a time.
    pub(super) fn replay(&self, round: Round, papers: Papers) -> Replay {
        let (judge, stats, reports) = (self.judge.clone(), self.stats.clone(), self.reports.clone());
        let cancel = Cancel::default();
        let stop = cancel.clone();
        let task = tokio::spawn(async move {
            let run = tokio::task::spawn_blocking(move || {
                let start = Instant::now();
                let opinion = judge.judge(&papers, &round, &stop);
                stats.add_busy(start.elapsed());
                match &opinion {
                    Ok(_) => Stats::count(&stats.replays),
                    Err(Error::Cancelled) => {}
                    Err(_) => Stats::count(&stats.failed),
                }
                opinion
            });
            let opinion =
                run.await.unwrap_or_else(|panic| Err(Error::Request(format!("the engine panicked: {panic}"))));
            let _ = reports.send(Report::Opinion(round, opinion));
        });
        Replay { round, cancel, task }
    }
}

/// The input of a sealed job in clear, and its key: of the envelopes for the account, the first that opens what the input was sealed
/// with. A worker may hand over a bad one, and so may a client.
async fn open_input<C: Chain>(
    chain: &C,
    sealing: Option<&SealingKey>,
    job: &Job,
    account: AccountId32,
    at: H256,
) -> Result<(Vec<u8>, ContentKey), NotOpened> {
    let unable = |reason: &str| NotOpened::Missing(ChainError::Unavailable(reason.into()));
    let own = sealing.ok_or_else(|| unable("the job is sealed, and this verifier runs without --sealing"))?;
    let sealed = chain.fetch_blob(job.input, Some(job.input_length)).await.map_err(NotOpened::Missing)?;
    // What was sealed to another key than this one is not the sender's fault.
    if chain.sealing_key(at, &account).await.map_err(NotOpened::Missing)? != Some(own.public()) {
        return Err(unable("the chain has another sealing key for this account"));
    }
    let mut troubles = vec!["nobody has handed the key over".to_owned()];
    for (from, envelope) in chain.envelopes(at, job.id, &account).await.map_err(NotOpened::Missing)? {
        let address = Address { genesis: chain.genesis(), job: job.id, from: from.clone(), to: account.clone() };
        let opened = match chain.fetch_blob(envelope, Some(ENVELOPE_BYTES as u32)).await {
            Ok(envelope) => own.open(&envelope, &address).and_then(|key| Ok((key.open_input(&sealed)?, key))),
            Err(error) => {
                troubles.push(format!("the envelope of {from}: {error}"));
                continue;
            }
        };
        match opened {
            Ok(opened) => return Ok(opened),
            Err(error) => troubles.push(format!("the envelope of {from}: {error}")),
        }
    }
    Err(NotOpened::Withheld(troubles.pop().unwrap_or_default()))
}
