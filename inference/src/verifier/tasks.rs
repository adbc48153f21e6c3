//! The tasks that work beside the loop, and what they report to it.

use crate::engine::Cancel;
use crate::error::{Error, Result};
use crate::verifier::case::Which;
use crate::verifier::chain::Chain;
use crate::verifier::judge::{Judge, Opinion, Papers};
use crate::verifier::round::Round;
use crate::verifier::stats::Stats;
use crate::worker::chain::ChainError;
use sp_core::H256;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What a task reports to the loop.
pub(super) enum Report {
    /// A blob was fetched, or not.
    Blob(Round, Which, Result<Vec<u8>, ChainError>),
    /// A replay ended.
    Opinion(Round, Result<Opinion>),
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
}

impl<C: Chain, J: Judge> Tasks<C, J> {
    /// Reports go to `reports`.
    pub(super) fn new(chain: Arc<C>, judge: Arc<J>, stats: Arc<Stats>, reports: mpsc::UnboundedSender<Report>) -> Self {
        Self { chain, judge, stats, reports }
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
