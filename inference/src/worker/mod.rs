//! The worker loop: sees its jobs on the chain, accepts, runs, attests, delivers.
//!
//! The loop holds no truth of its own. At every best block it asks the chain what state its jobs are in and does the next
//! step of each; what is already under way is left alone. So a lost connection, a reorganisation or a restart needs no
//! special case, and the only thing worth keeping is what has been computed ([`store`]).
//!
//! | file | holds |
//! |---|---|
//! | this one | the loop: connection, blocks, reports, shutdown |
//! | `steps` | what is done with a job in each state |
//! | `progress` | what is under way for an open job, and the tasks that do it |
//! | [`chain`] | what is asked of a chain |
//! | [`runner`] | from a job to a receipt |
//! | [`store`] | results on disk |
//! | [`attach`] | a chain over WebSocket |

pub mod attach;
pub mod chain;
pub mod metrics;
mod progress;
pub mod runner;
pub mod stats;
mod steps;
pub mod store;

use chain::{Chain, ChainError, Head, SessionSigner};
use futures::{Future, StreamExt};
use hanzo_poai::JobId;
use progress::{Progress, Report, Tasks};
use runner::Runner;
use stats::Stats;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use steps::{Look, Step};
use store::Store;
use tokio::sync::mpsc;

/// Shortest pause before the chain is tried again.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause before the chain is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A worker serving one model on one chain.
pub struct Worker<C, R> {
    chain: Arc<C>,
    runner: Arc<R>,
    signer: Arc<dyn SessionSigner>,
    store: Store,
    stats: Arc<Stats>,
    tasks: Tasks<C, R>,
    reports: mpsc::UnboundedReceiver<Report>,
    /// Open jobs.
    progress: HashMap<JobId, Progress>,
    /// Transactions sent and the block they were sent at.
    sent: HashMap<(JobId, Step), u32>,
    /// Finished jobs whose output the node has.
    posted: HashSet<JobId>,
    /// Finished jobs that are no longer open: when to look at them again.
    looks: HashMap<JobId, Look>,
}

impl<C: Chain, R: Runner> Worker<C, R> {
    /// A worker with what it had finished before.
    pub fn new(chain: Arc<C>, runner: Arc<R>, signer: Arc<dyn SessionSigner>, store: Store, stats: Arc<Stats>) -> Self {
        let (sender, reports) = mpsc::unbounded_channel();
        Self {
            tasks: Tasks::new(chain.clone(), runner.clone(), stats.clone(), sender),
            chain,
            runner,
            signer,
            store,
            stats,
            reports,
            progress: HashMap::new(),
            sent: HashMap::new(),
            posted: HashSet::new(),
            looks: HashMap::new(),
        }
    }

    /// As [`Self::serve`]; what ends it before `shutdown` is logged.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        if let Err(error) = self.serve(shutdown).await {
            tracing::error!(%error, "the worker has given up");
        }
    }

    /// Works until `shutdown` completes; then stops the engine and waits for it, so that nothing half-done remains.
    /// Lost connections are restored, with growing pauses. Fails only if the chain turns out to be another one.
    pub async fn serve(mut self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ChainError> {
        tokio::pin!(shutdown);
        let mut pause = SHORTEST_PAUSE;
        let end = loop {
            tokio::select! {
                () = &mut shutdown => break Ok(()),
                followed = self.follow() => match followed {
                    Ok(()) => pause = SHORTEST_PAUSE,
                    Err(error @ ChainError::WrongChain { .. }) => break Err(error),
                    Err(error) => tracing::warn!(%error, "cannot follow the chain"),
                }
            }
            tracing::warn!(seconds = pause.as_secs_f32(), "the chain is out of reach; trying again");
            tokio::select! {
                () = &mut shutdown => break Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        self.progress.clear();
        self.tasks.idle().await;
        tracing::info!("worker stopped");
        end
    }

    /// Follows the chain until the connection is lost.
    async fn follow(&mut self) -> Result<(), ChainError> {
        let mut blocks = self.chain.blocks().await?;
        let mut head: Option<Head> = None;
        loop {
            tokio::select! {
                block = blocks.next() => match block {
                    Some(block) => {
                        if head.is_none() {
                            self.greet(block).await;
                        }
                        head = Some(block);
                        self.step(block).await;
                    }
                    None if head.is_some() => return Ok(()),
                    None => return Err(ChainError::Unavailable("the node shows no block".into())),
                },
                // Reports wait until there is a block to act on. The channel never closes: the tasks hold a sender.
                Some(report) = self.reports.recv(), if head.is_some() => {
                    if let Some(head) = head {
                        self.note(report, head);
                        self.step(head).await;
                    }
                }
            }
        }
    }

    /// Says who works here, and what would keep it from working.
    async fn greet(&self, head: Head) {
        let account = self.chain.account();
        let (model, finished) = (self.runner.model(), self.store.iter().count());
        tracing::info!(worker = %account, ?model, finished, block = head.number, "following the chain");
        match self.chain.worker(head.hash).await {
            Err(error) => tracing::warn!(%error, "cannot read this worker's registration"),
            Ok(None) => tracing::warn!(worker = %account, "not registered as a worker; no job will be drawn for it"),
            Ok(Some(worker)) => {
                let session = self.signer.public();
                if worker.session_key.0 != session.0 {
                    tracing::error!(
                        registered = ?worker.session_key,
                        given = %hex::encode(session.0),
                        "the chain has another session key for this worker; its attestations will be refused"
                    );
                }
                if !worker.accepting {
                    tracing::warn!(worker = %account, "registered, but not accepting jobs");
                }
            }
        }
    }

    /// Takes what background work brings.
    fn note(&mut self, report: Report, head: Head) {
        let job = report.job();
        if let Some(progress) = self.progress.get_mut(&job) {
            progress.note(report, head, &self.stats);
        } else {
            tracing::debug!(job, "the job was gone before its work was done");
        }
    }
}
