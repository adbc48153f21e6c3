//! The worker loop: sees its jobs on the chain, accepts, runs, attests, delivers.
//!
//! The loop holds no truth of its own. At every best block it asks the chain what state its jobs are in and does the next
//! step of each; what is already under way is left alone. So a lost connection, a reorganisation or a restart needs no
//! special case, and the only thing worth keeping is what has been computed ([`store`]).
//!
//! | file | holds |
//! |---|---|
//! | this one | the loop: connection, blocks, reports, shutdown |
//! | `registration` | what the chain knows of this worker |
//! | `steps` | what is done with a job in each state |
//! | `admission` | whether a job is accepted |
//! | `keys` | the keys of sealed jobs |
//! | `context` | how long a sequence may be |
//! | [`pace`] | how fast this worker is, and whether that is enough |
//! | `proof` | the proof in an attestation, and its signatures |
//! | `progress` | what is under way for an open job |
//! | `tasks` | the tasks that do it |
//! | [`chain`] | what is asked of a chain |
//! | [`runner`] | from a job to a receipt |
//! | [`store`] | results on disk |
//! | [`attach`], `link` | a chain over WebSocket |

mod admission;
pub mod attach;
pub mod chain;
mod context;
mod keys;
pub(crate) mod link;
pub mod metrics;
pub mod pace;
mod progress;
mod proof;
mod registration;
pub mod runner;
pub mod stats;
mod steps;
pub mod store;
mod tasks;

use crate::sealing::{hand_over::HandOver, SealingKey};
use chain::{Chain, ChainError, Head, SessionSigner};
use futures::{Future, StreamExt};
use hanzo_poai::JobId;
use progress::Progress;
use runner::Runner;
use stats::Stats;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use steps::{Looks, Step};
use store::Store;
use tasks::{Leash, Report, Tasks};
use tokio::sync::mpsc;

/// Shortest pause before the chain is tried again.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause before the chain is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Least value of a job that is accepted where nothing is said, wei: 0.0005 AI, five times the least that the chain takes.
/// The presets' tiny model earns that with eight output tokens. What a job costs a worker off chain the worker alone knows, so
/// this keeps out only what is next to nothing.
pub const DEFAULT_MIN_VALUE: u128 = 500_000_000_000_000;

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
    /// Looks at finished jobs that are no longer open.
    looks: Looks,
    /// Least value of a job it accepts, wei.
    min_value: u128,
    /// Time from block to block, once it is known.
    block_time: Option<Duration>,
    /// The measurement of this worker's pace, while it is under way.
    measuring: Option<Leash>,
    /// Block from which on it may be measured.
    measure_at: u32,
    /// Block from which on the registration is looked at; none once it has the model.
    list_at: Option<u32>,
    /// Block from which on a heartbeat may be due.
    beat_at: u32,
    /// Block from which on it is looked at whether the chain has this worker's sealing key.
    publish_at: u32,
    /// Hand-overs of the keys of finished sealed jobs.
    handed: HashMap<JobId, HandOver>,
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
            looks: Looks::default(),
            min_value: DEFAULT_MIN_VALUE,
            block_time: None,
            measuring: None,
            measure_at: 0,
            list_at: None,
            beat_at: 0,
            publish_at: 0,
            handed: HashMap::new(),
        }
    }

    /// The same worker, which declines jobs worth less than this, wei.
    pub fn with_min_value(self, min_value: u128) -> Self {
        Self { min_value, ..self }
    }

    /// The same worker, which takes sealed jobs too: their keys come in envelopes that this key opens.
    pub fn with_sealing(mut self, key: SealingKey) -> Self {
        self.tasks.sealing = Some(Arc::new(key));
        self
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
        self.measuring = None;
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

    /// Takes what background work brings.
    fn note(&mut self, report: Report, head: Head) {
        match report {
            Report::Pace(pace) => self.note_pace(pace, head),
            Report::Job(report) => match self.progress.get_mut(&report.job) {
                Some(progress) => progress.note(report, head, &self.stats),
                None => tracing::debug!(job = report.job, "the job was gone before its work was done"),
            },
        }
    }
}
