//! `jobs_subscribeJob`, the subscription to one job.

use super::{
    places::{send, Places},
    reader::Reader,
    watch::{Update, Watch},
};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber};
use hanzo_traits::{api::JobsApi, JobId};
use jsonrpsee::{
    core::{async_trait, SubscriptionResult},
    proc_macros::rpc,
    PendingSubscriptionSink,
};
use sc_client_api::BlockchainEvents;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

/// Most subscriptions of one connection.
pub const PER_CONNECTION: usize = 64;
/// Most subscriptions of all connections together. Each may be to another job, which is then read at every best block.
const ALL: usize = 2_048;

/// Updates of jobs. A trait of its own, for notifications bear the name of the method `jobs_job`.
#[rpc(server)]
pub trait JobUpdates {
    /// The job as it stands, and again when a best block changes it; a slow reader may miss what was overtaken.
    ///
    /// A final status may still be corrected by a fork; once the block that brought it is final, nothing more is sent.
    /// At most 64 subscriptions per connection, and 2,048 in all.
    #[subscription(name = "jobs_subscribeJob" => "jobs_job", unsubscribe = "jobs_unsubscribeJob", item = super::jobs::JobView)]
    async fn subscribe_job(&self, job: JobId) -> SubscriptionResult;
}

/// Answers [`JobUpdatesServer`] from the runtime.
pub struct JobUpdatesRpc<C> {
    watch: Watch<C>,
    places: Arc<Places>,
}

impl<C> JobUpdatesRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self { watch: Watch::new(reader), places: Places::new("job", PER_CONNECTION, ALL) }
    }
}

#[async_trait]
impl<C> JobUpdatesServer for JobUpdatesRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    async fn subscribe_job(&self, pending: PendingSubscriptionSink, job: JobId) -> SubscriptionResult {
        let _place = match Places::take(&self.places, pending.connection_id().0) {
            Ok(place) => place,
            Err(error) => {
                pending.reject(error).await;
                return Ok(());
            }
        };
        let (first, mut updates) = match self.watch.join(job).await {
            Ok(joined) => joined,
            Err(error) => {
                pending.reject(error).await;
                return Ok(());
            }
        };
        let sink = pending.accept().await?;
        send(&sink, &*first).await?;
        loop {
            let update = tokio::select! {
                () = sink.closed() => return Ok(()),
                update = updates.recv() => update,
            };
            match update {
                Ok(Update::Changed(view)) => send(&sink, &*view).await?,
                Ok(Update::Over) => return Ok(()),
                Ok(Update::Failed(error)) => return Err(error.message().into()),
                // What is newer follows.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err("the node is shutting down".into()),
            }
        }
    }
}
