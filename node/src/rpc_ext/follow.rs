//! `jobs_subscribeJob`, the subscription to one job.

use super::{
    error::Error,
    jobs::JobView,
    reader::Reader,
    watch::{Update, Watch},
};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber};
use hanzo_traits::{api::JobsApi, JobId};
use jsonrpsee::{
    core::{async_trait, SubscriptionResult},
    proc_macros::rpc,
    PendingSubscriptionSink, SubscriptionMessage, SubscriptionSink,
};
use parking_lot::Mutex;
use sc_client_api::BlockchainEvents;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::broadcast::error::RecvError;

/// Longest time a notification waits for the client to read.
const PATIENCE: Duration = Duration::from_secs(30);
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
    #[subscription(name = "jobs_subscribeJob" => "jobs_job", unsubscribe = "jobs_unsubscribeJob", item = JobView)]
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
        Self { watch: Watch::new(reader), places: Arc::default() }
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
        send(&sink, &first).await?;
        loop {
            let update = tokio::select! {
                () = sink.closed() => return Ok(()),
                update = updates.recv() => update,
            };
            match update {
                Ok(Update::Changed(view)) => send(&sink, &view).await?,
                Ok(Update::Over) => return Ok(()),
                Ok(Update::Failed(error)) => return Err(error.message().into()),
                // What is newer follows.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err("the node is shutting down".into()),
            }
        }
    }
}

/// Sends a view, and gives up on a client that does not read.
async fn send(sink: &SubscriptionSink, view: &JobView) -> SubscriptionResult {
    sink.send_timeout(SubscriptionMessage::from_json(view)?, PATIENCE).await?;
    Ok(())
}

/// Subscriptions there are, by connection.
#[derive(Default)]
struct Places(Mutex<HashMap<usize, usize>>);

/// One subscription's place, free again when dropped.
struct Place {
    places: Arc<Places>,
    connection: usize,
}

impl Places {
    fn take(places: &Arc<Self>, connection: usize) -> Result<Place, Error> {
        let mut taken = places.0.lock();
        let (own, all) = (taken.get(&connection).copied().unwrap_or_default(), taken.values().sum::<usize>());
        for (open, limit, scope) in [(own, PER_CONNECTION, "of one connection"), (all, ALL, "of all connections")] {
            if open >= limit {
                return Err(Error::Subscriptions { open, limit, scope });
            }
        }
        taken.insert(connection, own.saturating_add(1));
        Ok(Place { places: places.clone(), connection })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock();
        match taken.get_mut(&self.connection) {
            Some(own) if *own > 1 => *own -= 1,
            _ => {
                taken.remove(&self.connection);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_should_be_limited_per_connection_and_in_all_and_be_free_again() {
        let places = Arc::<Places>::default();
        let take = |connection| Places::take(&places, connection);
        let mut held: Vec<_> = (0..ALL).map(|place| take(place / PER_CONNECTION).unwrap()).collect();
        let error = take(0).err().unwrap();
        assert_eq!(
            error.to_string(),
            "64 job subscriptions of one connection are open and 64 are the most: end one, or follow the events of blocks"
        );
        let error = take(ALL).err().unwrap();
        assert!(error.to_string().starts_with("2048 job subscriptions of all connections are open"), "{error}");
        held.pop();
        held.push(take(ALL).unwrap());
        assert!(take(0).is_err());
        held.clear();
        assert!(places.0.lock().is_empty());
    }
}
