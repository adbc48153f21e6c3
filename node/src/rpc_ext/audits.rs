//! `poai_subscribeAudits`, the subscription to the reviews under way.
//!
//! They are read once per best block, however many follow them, and nothing is read while nobody does. Each subscriber is sent what
//! differs between the block it was told of last and the newest, so one that reads slowly is told less often and misses nothing.

use super::{
    error::Error,
    follower::LASTING_BLOCKS,
    jobs::MAX_LIST,
    places::{send, Places},
    reader::Reader,
};
use futures::{FutureExt, StreamExt};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{
    api::{PoaiApi, ReviewView, VerdictView},
    JobId,
};
use jsonrpsee::{
    core::{async_trait, SubscriptionResult},
    proc_macros::rpc,
    types::ErrorObjectOwned,
    PendingSubscriptionSink,
};
use parking_lot::Mutex;
use sc_client_api::BlockchainEvents;
use serde::{Deserialize, Serialize};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use std::{
    collections::{btree_map::Entry, BTreeMap},
    sync::Arc,
};
use tokio::sync::watch;

/// Most subscriptions of one connection: they all say the same.
pub const PER_CONNECTION: usize = 4;
/// Most subscriptions of all connections together.
const ALL: usize = 512;

type Review = ReviewView<AccountId, BlockNumber>;
type Verdict = VerdictView<AccountId, BlockNumber>;

/// What a best block changed in the reviews under way, against the block that the subscriber was told of before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditsChange {
    /// The block.
    pub at: Hash,
    /// Its number.
    pub number: BlockNumber,
    /// Reviews that were not under way before; in the first notification all there are.
    pub opened: Vec<Review>,
    /// Reviews of which something is another now: phase, round, committee, who has committed or revealed.
    pub changed: Vec<Review>,
    /// Verdicts on reviews that are over, new ones and those that a fork made others.
    pub decided: Vec<Verdict>,
    /// Jobs whose review is no longer shown and has no verdict: a fork undid it, or more are under way than are shown.
    pub gone: Vec<JobId>,
}

impl AuditsChange {
    fn is_empty(&self) -> bool {
        self.opened.is_empty() && self.changed.is_empty() && self.decided.is_empty() && self.gone.is_empty()
    }
}

/// Updates of reviews. A trait of its own, as it keeps what it has read.
#[rpc(server)]
pub trait AuditUpdates {
    /// The reviews under way, at most 256, and what each best block changes in them; a slow reader is told of several blocks at a
    /// time. A change may be undone by a fork. At most 4 subscriptions per connection, and 512 in all.
    #[subscription(name = "poai_subscribeAudits" => "poai_audits", unsubscribe = "poai_unsubscribeAudits", item = AuditsChange)]
    async fn subscribe_audits(&self) -> SubscriptionResult;
}

/// Answers [`AuditUpdatesServer`] from the runtime.
pub struct AuditUpdatesRpc<C> {
    shared: Arc<Shared<C>>,
    places: Arc<Places>,
}

impl<C> AuditUpdatesRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        let shared = Arc::new(Shared { reader, news: Mutex::default() });
        Self { shared, places: Places::new("audit", PER_CONNECTION, ALL) }
    }
}

#[async_trait]
impl<C> AuditUpdatesServer for AuditUpdatesRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: PoaiApi<Block, AccountId, BlockNumber>,
{
    async fn subscribe_audits(&self, pending: PendingSubscriptionSink) -> SubscriptionResult {
        let _place = match Places::take(&self.places, pending.connection_id().0) {
            Ok(place) => place,
            Err(error) => {
                pending.reject(error).await;
                return Ok(());
            }
        };
        let mut news = self.shared.join();
        let mut told = match newest(&mut news).await {
            Ok(audits) => audits,
            Err(error) => {
                pending.reject(error).await;
                return Ok(());
            }
        };
        let sink = pending.accept().await?;
        send(&sink, &told.open()).await?;
        loop {
            let audits = tokio::select! {
                () = sink.closed() => return Ok(()),
                audits = newest(&mut news) => audits,
            };
            let audits = audits.map_err(|error| error.message().to_owned())?;
            let change = audits.since(&told);
            told = audits;
            if !change.is_empty() {
                send(&sink, &change).await?;
            }
        }
    }
}

/// The newest reviews that this subscriber has not seen, or why there are no more.
async fn newest(news: &mut watch::Receiver<News>) -> Result<Arc<Audits>, ErrorObjectOwned> {
    let ended = || ErrorObjectOwned::from(Error::Ended("the node is shutting down".into()));
    loop {
        news.changed().await.map_err(|_| ended())?;
        if let Some(news) = news.borrow_and_update().clone() {
            return news;
        }
    }
}

/// The reviews as last read, or why they cannot be; none before they are.
type News = Option<Result<Arc<Audits>, ErrorObjectOwned>>;

struct Shared<C> {
    reader: Reader<C>,
    /// There while a task reads the reviews.
    news: Mutex<Option<Arc<watch::Sender<News>>>>,
}

impl<C> Shared<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: PoaiApi<Block, AccountId, BlockNumber>,
{
    /// What is read from now on, with what was read last.
    fn join(self: &Arc<Self>) -> watch::Receiver<News> {
        let mut place = self.news.lock();
        let sender = place.get_or_insert_with(|| {
            let sender = Arc::new(watch::Sender::new(None));
            tokio::spawn(self.clone().run(sender.clone()));
            sender
        });
        let mut receiver = sender.subscribe();
        receiver.mark_changed();
        receiver
    }

    /// Reads the reviews at every best block until nobody follows them.
    async fn run(self: Arc<Self>, sender: Arc<watch::Sender<News>>) {
        // Before the first look, so that no block falls between the two.
        let blocks = self.reader.client().import_notification_stream();
        let mut blocks = blocks.filter(|block| futures::future::ready(block.is_new_best));
        let mut audits = Arc::new(Audits::default());
        let mut at = self.reader.best();
        let error = loop {
            audits = match self.read(audits, at).await {
                Ok(audits) => Arc::new(audits),
                Err(error) => break error,
            };
            sender.send_replace(Some(Ok(audits.clone())));
            tokio::select! {
                block = blocks.next() => match block {
                    Some(block) => at = (block.hash, block.header.number),
                    None => break Error::Ended("the node is shutting down".into()),
                },
                () = sender.closed() => {}
            }
            // Of blocks that came in the meantime only the last one matters.
            while let Some(Some(block)) = blocks.next().now_or_never() {
                at = (block.hash, block.header.number);
            }
            let mut place = self.news.lock();
            if sender.receiver_count() == 0 {
                *place = None;
                return;
            }
        };
        // Whoever comes from now on is served anew.
        *self.news.lock() = None;
        sender.send_replace(Some(Err(error.into())));
    }

    /// The reviews at a block, after those at another, read on a thread that may block.
    async fn read(self: &Arc<Self>, before: Arc<Audits>, (at, number): (Hash, BlockNumber)) -> Result<Audits, Error> {
        let shared = self.clone();
        let read = move || {
            let reader = &shared.reader;
            let open = reader.call("PoaiApi_open_audits", Some(at), |api, at| api.open_audits(at, MAX_LIST))?;
            let verdict = |job| reader.call("PoaiApi_verdict", Some(at), |api, at| api.verdict(at, job));
            before.next(at, number, open, verdict)
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(Error::Ended(error.to_string())))
    }
}

/// Reviews at a best block: those under way, and what came of those that were lately.
#[derive(Debug, Default)]
struct Audits {
    at: Hash,
    number: BlockNumber,
    by_job: BTreeMap<JobId, Audit>,
}

#[derive(Clone, Debug)]
struct Audit {
    state: Arc<State>,
    /// Best blocks since it last changed.
    unchanged: u32,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    Open(Review),
    Decided(Verdict),
    Gone,
}

impl Audits {
    /// The next best block's, which has these reviews under way and gives these verdicts. One that is over is known as long as a fork
    /// may bring it back.
    fn next(
        &self,
        at: Hash,
        number: BlockNumber,
        open: Vec<Review>,
        verdict: impl Fn(JobId) -> Result<Option<Verdict>, Error>,
    ) -> Result<Self, Error> {
        let mut states: BTreeMap<JobId, State> =
            open.into_iter().map(|review| (review.job, State::Open(review))).collect();
        for (job, _) in self.by_job.iter().filter(|(_, audit)| !audit.is_old()) {
            if let Entry::Vacant(place) = states.entry(*job) {
                place.insert(verdict(*job)?.map_or(State::Gone, State::Decided));
            }
        }
        let follow = |(job, state)| {
            let audit = match self.by_job.get(&job) {
                Some(known) if *known.state == state => {
                    Audit { state: known.state.clone(), unchanged: known.unchanged.saturating_add(1) }
                }
                _ => Audit { state: Arc::new(state), unchanged: 0 },
            };
            (job, audit)
        };
        Ok(Self { at, number, by_job: states.into_iter().map(follow).collect() })
    }

    /// Those under way, as a newcomer is told of them.
    fn open(&self) -> AuditsChange {
        let open = self.by_job.values().filter_map(|audit| match &*audit.state {
            State::Open(review) => Some(review.clone()),
            _ => None,
        });
        AuditsChange { at: self.at, number: self.number, opened: open.collect(), ..Default::default() }
    }

    /// What is to be told to those who know of `before`.
    fn since(&self, before: &Self) -> AuditsChange {
        let mut change = AuditsChange { at: self.at, number: self.number, ..Default::default() };
        for (job, audit) in &self.by_job {
            let before = before.by_job.get(job).map(|audit| &*audit.state);
            match (before, &*audit.state) {
                (Some(before), now) if before == now => {}
                (Some(State::Open(_)), State::Open(review)) => change.changed.push(review.clone()),
                (_, State::Open(review)) => change.opened.push(review.clone()),
                (_, State::Decided(verdict)) => change.decided.push(verdict.clone()),
                (Some(_), State::Gone) => change.gone.push(*job),
                (None, State::Gone) => {}
            }
        }
        // Over for so long that nothing more is known of it.
        let forgotten = before.by_job.iter().filter(|(job, _)| !self.by_job.contains_key(*job));
        let open = forgotten.filter(|(_, audit)| matches!(*audit.state, State::Open(_)));
        change.gone.extend(open.map(|(job, _)| *job));
        change
    }
}

impl Audit {
    /// Whether it has been over for so long that it is forgotten.
    fn is_old(&self) -> bool {
        !matches!(*self.state, State::Open(_)) && self.unchanged >= LASTING_BLOCKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc_ext::tests::{review_view, verdict_view};
    use hanzo_poai::review::Phase;

    /// Reviews block by block, in which the jobs given are under way in a phase, and the others given are decided.
    struct Story {
        known: Audits,
        told: Audits,
    }

    impl Story {
        fn new() -> Self {
            Self { known: Audits::default(), told: Audits::default() }
        }

        fn block(&mut self, open: &[(JobId, Phase)], decided: &[JobId]) {
            let open = open.iter().map(|(job, phase)| review_view(*job, *phase)).collect();
            let verdict = |job: JobId| Ok(decided.contains(&job).then(|| verdict_view(job)));
            let (at, number) = (Hash::zero(), self.known.number + 1);
            self.known = self.known.next(at, number, open, verdict).unwrap();
        }

        /// What a subscriber who reads now is told, job by job: opened, changed, decided, gone.
        fn told(&mut self) -> [Vec<JobId>; 4] {
            let change = self.known.since(&self.told);
            assert_eq!(change.number, self.known.number);
            self.told = Audits { by_job: self.known.by_job.clone(), ..Default::default() };
            let jobs = |reviews: Vec<Review>| reviews.into_iter().map(|review| review.job).collect();
            let decided = change.decided.into_iter().map(|verdict| verdict.job).collect();
            [jobs(change.opened), jobs(change.changed), decided, change.gone]
        }
    }

    const NOTHING: [Vec<JobId>; 4] = [vec![], vec![], vec![], vec![]];

    #[test]
    fn subscribers_should_be_told_of_what_changes_and_of_nothing_else() {
        let mut story = Story::new();
        story.block(&[(4, Phase::Summoning), (7, Phase::Committing)], &[]);
        assert_eq!(story.told(), [vec![4, 7], vec![], vec![], vec![]]);
        story.block(&[(4, Phase::Summoning), (7, Phase::Committing)], &[]);
        assert_eq!(story.told(), NOTHING);
        story.block(&[(4, Phase::Committing), (7, Phase::Committing), (9, Phase::Summoning)], &[]);
        assert_eq!(story.told(), [vec![9], vec![4], vec![], vec![]]);
        story.block(&[(4, Phase::Committing), (9, Phase::Summoning)], &[7]);
        assert_eq!(story.told(), [vec![], vec![], vec![7], vec![]]);
        story.block(&[(4, Phase::Committing), (9, Phase::Summoning)], &[7]);
        assert_eq!(story.told(), NOTHING);
    }

    #[test]
    fn subscribers_should_be_corrected_when_a_fork_undoes_what_they_were_told() {
        let mut story = Story::new();
        story.block(&[(4, Phase::Revealing), (5, Phase::Summoning)], &[]);
        story.told();
        story.block(&[], &[4]);
        assert_eq!(story.told(), [vec![], vec![], vec![4], vec![5]]);
        // The verdict is undone, and the other is there after all.
        story.block(&[(4, Phase::Committing), (5, Phase::Summoning)], &[]);
        assert_eq!(story.told(), [vec![4, 5], vec![], vec![], vec![]]);
        story.block(&[(5, Phase::Summoning)], &[4]);
        assert_eq!(story.told(), [vec![], vec![], vec![4], vec![]]);
    }

    #[test]
    fn subscriber_should_be_told_how_it_ended_when_it_reads_seldom() {
        let mut story = Story::new();
        story.block(&[(4, Phase::Summoning)], &[]);
        story.told();
        story.block(&[(4, Phase::Committing), (6, Phase::Summoning)], &[]);
        story.block(&[(6, Phase::Summoning)], &[4]);
        story.block(&[], &[4, 6]);
        assert_eq!(story.told(), [vec![], vec![], vec![4, 6], vec![]]);
        story.block(&[(8, Phase::Summoning)], &[4, 6]);
        story.told();
        for _ in 0..LASTING_BLOCKS + 2 {
            story.block(&[], &[4, 6, 8]);
        }
        assert_eq!(story.told(), [vec![], vec![], vec![], vec![8]], "too long ago");
    }

    #[test]
    fn reviews_should_be_forgotten_when_they_have_been_over_for_long() {
        let mut story = Story::new();
        story.block(&[(4, Phase::Summoning), (5, Phase::Summoning), (6, Phase::Summoning)], &[]);
        for _ in 0..LASTING_BLOCKS + 1 {
            story.block(&[(6, Phase::Summoning)], &[4]);
            assert_eq!(story.known.by_job.len(), 3);
        }
        story.told();
        story.block(&[(6, Phase::Summoning)], &[4]);
        assert_eq!(story.known.by_job.keys().collect::<Vec<_>>(), [&6]);
        assert_eq!(story.told(), NOTHING);
    }

    #[test]
    fn newcomers_should_be_told_of_reviews_under_way_only() {
        let mut story = Story::new();
        story.block(&[(4, Phase::Summoning), (5, Phase::Committing)], &[]);
        story.block(&[(5, Phase::Committing)], &[4]);
        let first = story.known.open();
        assert_eq!((first.number, first.opened.len(), first.opened[0].job), (2, 1, 5));
        assert!(first.changed.is_empty() && first.decided.is_empty() && first.gone.is_empty());
    }
}
