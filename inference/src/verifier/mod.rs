//! The verifier's loop: sees its seats on the chain's committees, replays the jobs, commits, reveals.
//!
//! As in a worker the chain is the truth. At every best block the loop asks which rounds its accounts sit in and does the
//! next step of each. What it cannot ask for again are the salts of its commitments: a ballot is on disk before the
//! commitment leaves the process, and is what is revealed after a restart.
//!
//! | file | holds |
//! |---|---|
//! | this one | the loop: connection, blocks, reports, shutdown |
//! | [`round`] | what a round calls for: pure functions |
//! | `case` | the papers of a round, and where its judgement stands |
//! | `steps` | what is done about each call |
//! | `tasks` | what is fetched and replayed beside the loop |
//! | [`judge`] | from papers to a vote with evidence |
//! | [`store`] | ballots on disk |
//! | [`chain`] | what is asked of a chain |
//! | [`attach`] | a chain over WebSocket |
//! | [`stats`] | counters |

pub mod attach;
mod case;
pub mod chain;
pub mod judge;
pub mod round;
pub mod stats;
mod steps;
pub mod store;
mod tasks;

use crate::sealing::SealingKey;
use crate::worker::chain::{ChainError, Head};
use case::Case;
use chain::Chain;
use futures::{Future, StreamExt};
use judge::Judge;
use round::Round;
use stats::Stats;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use steps::{Said, Step};
use store::{Key, Store};
use tasks::{Replay, Report, Tasks};
use tokio::sync::mpsc;

/// Shortest pause before the chain is tried again.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause before the chain is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A verifier, of one or several accounts, on one chain.
pub struct Verifier<C, J> {
    chain: Arc<C>,
    judge: Arc<J>,
    store: Store,
    stats: Arc<Stats>,
    tasks: Tasks<C, J>,
    reports: mpsc::UnboundedReceiver<Report>,
    /// Rounds that a vote is to be found for.
    cases: BTreeMap<Round, Case>,
    /// The replay on the engine.
    replay: Option<Replay>,
    /// Transactions sent and the block they were sent at.
    sent: HashMap<(Key, Step), u32>,
    /// What was logged, so that it is not again at every block.
    said: HashSet<(Key, Said)>,
    /// Ballots whose evidence the node has.
    published: HashSet<Key>,
    /// Ballots of rounds that the chain does not show, and the block since which it does not.
    absent: HashMap<Key, u32>,
    /// Block from which on it is looked at whether the chain has the accounts' sealing keys.
    publish_at: u32,
}

impl<C: Chain, J: Judge> Verifier<C, J> {
    /// A verifier with what it had voted before.
    pub fn new(chain: Arc<C>, judge: Arc<J>, store: Store, stats: Arc<Stats>) -> Self {
        let (sender, reports) = mpsc::unbounded_channel();
        Self {
            tasks: Tasks::new(chain.clone(), judge.clone(), stats.clone(), sender),
            chain,
            judge,
            store,
            stats,
            reports,
            cases: BTreeMap::new(),
            replay: None,
            sent: HashMap::new(),
            said: HashSet::new(),
            published: HashSet::new(),
            absent: HashMap::new(),
            publish_at: 0,
        }
    }

    /// The same verifier, which judges sealed jobs too: their keys come in envelopes that this key opens.
    pub fn with_sealing(mut self, key: SealingKey) -> Self {
        self.tasks.sealing = Some(Arc::new(key));
        self
    }

    /// Works until `shutdown` completes; then stops the engine and waits for it. Lost connections are restored, with growing
    /// pauses. Fails only if the chain turns out to be another one.
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
        if let Some(replay) = self.replay.take() {
            replay.stop().await;
        }
        tracing::info!("verifier stopped");
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
            Report::Blob(round, which, answer) => {
                if let Some(case) = self.cases.get_mut(&round) {
                    case.note_blob(which, answer, head.number);
                }
            }
            Report::Opened(round, opened) => {
                if let Some(case) = self.cases.get_mut(&round) {
                    case.note_opened(opened, head.number);
                }
            }
            Report::Opinion(round, opinion) => {
                self.replay = None;
                match self.cases.get_mut(&round) {
                    Some(case) => case.note_opinion(opinion, head.number),
                    None => tracing::warn!(
                        job = round.job,
                        round = round.number,
                        "the replay was done after the round had gone on; its result is of no use"
                    ),
                }
            }
        }
    }

    /// Says who verifies here, and what would keep it from that.
    async fn greet(&self, head: Head) {
        let (models, ballots) = (self.judge.models(), self.store.iter().count());
        tracing::info!(?models, ballots, block = head.number, "following the chain");
        for account in self.chain.accounts() {
            match self.chain.verifier(head.hash, &account).await {
                Ok(Some(verifier)) if verifier.leaving_since.is_some() => {
                    tracing::warn!(verifier = %account, "leaving: it is drawn for no committee any more");
                }
                Ok(Some(verifier)) => {
                    tracing::info!(verifier = %account, bond = verifier.bond.0, seats = verifier.seats.len(), "registered");
                }
                Ok(None) => {
                    tracing::warn!(verifier = %account, "not registered as a verifier; it is drawn for no committee");
                }
                Err(error) => tracing::warn!(verifier = %account, %error, "cannot read the registration"),
            }
        }
    }
}
