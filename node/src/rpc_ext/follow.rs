//! `jobs_subscribeJob`, the subscription to one job: which changes a subscriber hears of, and when it has heard the last.

use super::{error::Error, jobs::JobView, reader::Reader};
use futures::{stream, StreamExt};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{api::JobsApi, JobId};
use jsonrpsee::{
    core::{async_trait, SubscriptionResult},
    proc_macros::rpc,
    PendingSubscriptionSink, SubscriptionMessage, SubscriptionSink,
};
use sc_client_api::BlockchainEvents;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use std::time::Duration;

/// Best blocks after which a state counts as lasting where finality stands still: a final status is then taken as
/// final, a job that a fork took away as gone.
const LASTING_BLOCKS: u32 = 32;

/// Longest time a notification waits for the client to read. Each waiting subscription keeps blocks from being pruned.
const PATIENCE: Duration = Duration::from_secs(30);

/// Updates of jobs. A trait of its own, for notifications bear the name of the method `jobs_job`.
#[rpc(server)]
pub trait JobUpdates {
    /// The job as it stands, and again every time a best block changes it.
    ///
    /// A final status may still be corrected by a fork; once the block that brought it is final, nothing more is sent.
    #[subscription(name = "jobs_subscribeJob" => "jobs_job", unsubscribe = "jobs_unsubscribeJob", item = JobView)]
    async fn subscribe_job(&self, job: JobId) -> SubscriptionResult;
}

/// Answers [`JobUpdates`] from the runtime.
pub struct JobUpdatesRpc<C> {
    reader: Reader<C>,
}

impl<C> JobUpdatesRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self { reader }
    }
}

#[async_trait]
impl<C> JobUpdatesServer for JobUpdatesRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    async fn subscribe_job(&self, pending: PendingSubscriptionSink, job: JobId) -> SubscriptionResult {
        follow(&self.reader, pending, job).await
    }
}

/// What a subscriber knows of its job.
#[derive(Debug, Default)]
struct Follower {
    /// The job as last sent; `None` once a fork took it away.
    known: Option<JobView>,
    /// Best blocks since it last changed.
    unchanged: u32,
}

impl Follower {
    /// Takes the job as a new best block shows it, and returns what the subscriber must be sent. A final job that is
    /// missing was pruned.
    fn see(&mut self, view: Option<JobView>) -> Option<JobView> {
        if view == self.known || (view.is_none() && self.is_final()) {
            self.unchanged = self.unchanged.saturating_add(1);
            return None;
        }
        self.unchanged = 0;
        self.known = view;
        self.known.clone()
    }

    /// Whether the job is final on the best fork, so that it matters what the last final block says.
    fn is_final(&self) -> bool {
        self.known.as_ref().is_some_and(|job| job.status.is_final())
    }

    /// Whether nothing can follow, given the job at the last final block.
    fn is_over(&self, finalized: Option<&JobView>) -> bool {
        self.is_final() && (self.unchanged >= LASTING_BLOCKS || self.known.as_ref() == finalized)
    }

    /// Whether a fork took the job away for good.
    fn is_gone(&self) -> bool {
        self.known.is_none() && self.unchanged >= LASTING_BLOCKS
    }
}

/// Serves one subscription to `job` until it is over, the client leaves, or the client stops reading.
async fn follow<C>(reader: &Reader<C>, pending: PendingSubscriptionSink, job: JobId) -> SubscriptionResult
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    // Before the first look, so that no block falls between the two.
    let best = reader.client().import_notification_stream();
    let best = best.filter_map(|block| futures::future::ready(block.is_new_best.then_some(Some(block.hash))));
    let finality = reader.client().finality_notification_stream().map(|_| None);
    let mut news = stream::select(best, finality);

    let (at, number) = reader.best();
    let first = match look(reader, at, job).await {
        Ok(Some(view)) => view,
        Ok(None) => {
            pending.reject(Error::UnknownJob { job, at, number }).await;
            return Ok(());
        }
        Err(error) => {
            pending.reject(error).await;
            return Ok(());
        }
    };
    let sink = pending.accept().await?;
    let mut follower = Follower::default();
    send(&sink, follower.see(Some(first))).await?;

    loop {
        if follower.is_final() && follower.is_over(look(reader, reader.finalized(), job).await?.as_ref()) {
            return Ok(());
        }
        if follower.is_gone() {
            return Err(
                format!("job {job} is gone: a fork took it away and {LASTING_BLOCKS} blocks did without").into()
            );
        }
        let new_best = tokio::select! {
            () = sink.closed() => return Ok(()),
            news = news.next() => match news {
                Some(news) => news,
                None => return Err("the node is shutting down".into()),
            },
        };
        if let Some(at) = new_best {
            send(&sink, follower.see(look(reader, at, job).await?)).await?;
        }
    }
}

/// The job at a block, read on a thread that may block.
async fn look<C>(reader: &Reader<C>, at: Hash, job: JobId) -> Result<Option<JobView>, Error>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    const FUNCTION: &str = "JobsApi_job";
    let reader = reader.clone();
    let call = move || reader.call(FUNCTION, Some(at), |api, at| api.job(at, job));
    tokio::task::spawn_blocking(call)
        .await
        .unwrap_or_else(|error| Err(Error::Runtime { function: FUNCTION, at, reason: error.to_string() }))
}

/// Sends a view, if there is one, and gives up on a client that does not read.
async fn send(sink: &SubscriptionSink, view: Option<JobView>) -> SubscriptionResult {
    if let Some(view) = view {
        sink.send_timeout(SubscriptionMessage::from_json(&view)?, PATIENCE).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc_ext::tests::job_view;
    use hanzo_poai::JobStatus;

    #[test]
    fn subscriber_should_hear_of_changes_only() {
        let mut follower = Follower::default();
        let accepted = job_view(5, JobStatus::Accepted);
        assert_eq!(follower.see(Some(accepted.clone())), Some(accepted.clone()));
        assert_eq!(follower.see(Some(accepted)), None);
        let attested = job_view(5, JobStatus::Attested);
        assert_eq!(follower.see(Some(attested.clone())), Some(attested));
    }

    #[test]
    fn subscription_should_last_until_the_final_status_is_in_a_final_block() {
        let mut follower = Follower::default();
        let (attested, settled) = (job_view(5, JobStatus::Attested), job_view(5, JobStatus::Settled));
        follower.see(Some(settled.clone()));
        assert!(!follower.is_over(None) && !follower.is_over(Some(&attested)));
        assert!(follower.is_over(Some(&settled)));
        // The best fork is another one now, and the outcome open again.
        follower.see(Some(attested.clone()));
        assert!(!follower.is_over(Some(&attested)));
    }

    #[test]
    fn subscription_should_end_without_finality_when_the_final_status_lasts() {
        let mut follower = Follower::default();
        let settled = job_view(5, JobStatus::Settled);
        for _ in 0..LASTING_BLOCKS {
            follower.see(Some(settled.clone()));
            assert!(!follower.is_over(None));
        }
        follower.see(Some(settled));
        assert!(follower.is_over(None));
    }

    #[test]
    fn pruned_job_should_keep_its_outcome() {
        let mut follower = Follower::default();
        follower.see(Some(job_view(5, JobStatus::Refunded)));
        for _ in 0..LASTING_BLOCKS {
            assert_eq!(follower.see(None), None);
        }
        assert!(follower.is_over(None) && !follower.is_gone());
    }

    #[test]
    fn job_should_be_sent_again_when_a_fork_brings_it_back() {
        let mut follower = Follower::default();
        let view = job_view(5, JobStatus::Submitted);
        follower.see(Some(view.clone()));
        assert_eq!(follower.see(None), None);
        assert_eq!(follower.see(Some(view.clone())), Some(view));
        for _ in 0..=LASTING_BLOCKS {
            assert!(!follower.is_gone());
            follower.see(None);
        }
        assert!(follower.is_gone());
    }
}
