//! Jobs that somebody follows. Each is read once per best block, however many follow it, and nothing is read while
//! nobody does.

use super::{
    error::Error,
    follower::{Follower, LASTING_BLOCKS},
    jobs::JobView,
    reader::Reader,
};
use futures::{stream, StreamExt};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{api::JobsApi, JobId};
use jsonrpsee::types::ErrorObjectOwned;
use parking_lot::Mutex;
use sc_client_api::BlockchainEvents;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{broadcast, Notify};

/// Updates kept for a follower that is busy; of more it misses the oldest.
const BACKLOG: usize = 16;

/// What followers hear.
#[derive(Clone, Debug)]
pub enum Update {
    /// The job, new or changed.
    Changed(Arc<JobView>),
    /// Nothing can change it any more.
    Over,
    /// It cannot be followed on.
    Failed(ErrorObjectOwned),
}

/// All jobs under watch.
pub struct Watch<C>(Arc<Shared<C>>);

struct Shared<C> {
    reader: Reader<C>,
    state: Mutex<State>,
    joined: Notify,
}

#[derive(Default)]
struct State {
    jobs: HashMap<JobId, Watched>,
    /// Whether a task looks after them.
    is_running: bool,
}

struct Watched {
    follower: Follower,
    /// False until it has been looked at once.
    is_seen: bool,
    updates: broadcast::Sender<Update>,
}

/// Why there is something to do.
enum News {
    /// This block is the best one now.
    Best(Hash),
    /// A block became final.
    Final,
    /// Somebody follows a job that has not been looked at.
    Joined,
    /// There will be no more blocks.
    End,
}

impl<C> Watch<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self(Arc::new(Shared { reader, state: Mutex::default(), joined: Notify::new() }))
    }
}

impl<C> Watch<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    /// The job as it stands and its updates from then on; an error if there is no such job.
    pub async fn join(&self, job: JobId) -> Result<(Arc<JobView>, broadcast::Receiver<Update>), ErrorObjectOwned> {
        let (known, mut updates) = {
            let mut state = self.0.state.lock();
            if !std::mem::replace(&mut state.is_running, true) {
                tokio::spawn(self.0.clone().run());
            }
            let watched = state.jobs.entry(job).or_insert_with(Watched::new);
            (watched.is_seen.then(|| watched.follower.known.clone()), watched.updates.subscribe())
        };
        match known {
            Some(Some(view)) => return Ok((Arc::new(view), updates)),
            // A fork took it away; it may come back for those who knew it.
            Some(None) => return Err(self.0.unknown(job).into()),
            None => self.0.joined.notify_one(),
        }
        match updates.recv().await {
            Ok(Update::Changed(view)) => Ok((view, updates)),
            Ok(Update::Failed(error)) => Err(error),
            Ok(Update::Over) | Err(_) => Err(self.0.unknown(job).into()),
        }
    }
}

impl Watched {
    fn new() -> Self {
        Self { follower: Follower::default(), is_seen: false, updates: broadcast::Sender::new(BACKLOG) }
    }

    fn tell(&self, update: Update) {
        // Fails only if everybody has left.
        let _ = self.updates.send(update);
    }
}

impl<C> Shared<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    /// Looks after the jobs until nobody follows any.
    async fn run(self: Arc<Self>) {
        // Before the first look, so that no block falls between the two.
        let client = self.reader.client();
        let best = client.import_notification_stream();
        let best = best.filter_map(|block| futures::future::ready(block.is_new_best.then_some(News::Best(block.hash))));
        let finality = client.finality_notification_stream().map(|_| News::Final);
        let mut blocks = stream::select(best, finality);
        loop {
            let news = tokio::select! {
                () = self.joined.notified() => News::Joined,
                news = blocks.next() => news.unwrap_or(News::End),
            };
            if self.forget_unfollowed() {
                return;
            }
            match news {
                News::Best(at) => self.look(at, |_| true).await,
                News::Joined => self.look(self.reader.best().0, |watched| !watched.is_seen).await,
                News::Final => {}
                // Nobody is left then, which ends the loop.
                News::End => self.end("the node is shutting down"),
            }
            self.part().await;
        }
    }

    /// Forgets jobs that nobody follows any more; returns whether none is left, in which case the task must end.
    fn forget_unfollowed(&self) -> bool {
        let mut state = self.state.lock();
        state.jobs.retain(|_, watched| watched.updates.receiver_count() > 0);
        state.is_running = !state.jobs.is_empty();
        !state.is_running
    }

    /// Reads the chosen jobs at a best block, and tells of changes.
    async fn look(self: &Arc<Self>, at: Hash, choose: impl Fn(&Watched) -> bool) {
        for (job, view) in self.read(at, choose).await {
            let mut state = self.state.lock();
            let Some(watched) = state.jobs.get_mut(&job) else { continue };
            let refusal = match view {
                Ok(None) if !watched.is_seen => Some(self.unknown(job)),
                Ok(view) => {
                    watched.is_seen = true;
                    if let Some(view) = watched.follower.see(view) {
                        watched.tell(Update::Changed(Arc::new(view)));
                    }
                    None
                }
                Err(error) => Some(error),
            };
            if let Some(error) = refusal {
                watched.tell(Update::Failed(error.into()));
                state.jobs.remove(&job);
            }
        }
    }

    /// Parts with jobs of which nothing more will be heard.
    async fn part(self: &Arc<Self>) {
        let finalized = self.read(self.reader.finalized(), |watched| watched.follower.is_final()).await;
        let mut state = self.state.lock();
        for (job, view) in finalized {
            let Some(watched) = state.jobs.get(&job) else { continue };
            let update = match view {
                Ok(view) if watched.follower.is_over(view.as_ref()) => Update::Over,
                Ok(_) => continue,
                Err(error) => Update::Failed(error.into()),
            };
            watched.tell(update);
            state.jobs.remove(&job);
        }
        state.jobs.retain(|job, watched| {
            let is_gone = watched.is_seen && watched.follower.is_gone();
            if is_gone {
                watched.tell(Update::Failed(Error::Gone { job: *job, blocks: LASTING_BLOCKS }.into()));
            }
            !is_gone
        });
    }

    /// The chosen jobs at a block, all read in one go on a thread that may block.
    async fn read(
        self: &Arc<Self>,
        at: Hash,
        choose: impl Fn(&Watched) -> bool,
    ) -> Vec<(JobId, Result<Option<JobView>, Error>)> {
        const FUNCTION: &str = "JobsApi_job";
        let jobs: Vec<JobId> = {
            let state = self.state.lock();
            state.jobs.iter().filter(|(_, watched)| choose(watched)).map(|(job, _)| *job).collect()
        };
        if jobs.is_empty() {
            return Vec::new();
        }
        let shared = self.clone();
        let read = move || {
            let read = |job| (job, shared.reader.call(FUNCTION, Some(at), |api, at| api.job(at, job)));
            jobs.into_iter().map(read).collect()
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(read) => read,
            Err(error) => {
                self.end(&format!("the runtime could not answer {FUNCTION} at block {at:?}: {error}"));
                Vec::new()
            }
        }
    }

    /// Ends every subscription.
    fn end(&self, why: &str) {
        let mut state = self.state.lock();
        for (_, watched) in state.jobs.drain() {
            watched.tell(Update::Failed(Error::Ended(why.into()).into()));
        }
    }

    /// That there is no such job.
    fn unknown(&self, job: JobId) -> Error {
        let (at, number) = self.reader.best();
        Error::UnknownJob { job, at, number }
    }
}
