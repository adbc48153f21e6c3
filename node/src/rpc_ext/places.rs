//! How many subscriptions there may be, and how long a client may take to read.

use super::error::Error;
use jsonrpsee::{core::SubscriptionResult, SubscriptionMessage, SubscriptionSink};
use parking_lot::Mutex;
use serde::Serialize;
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Longest time a notification waits for the client to read.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a notification, and gives up on a client that does not read.
pub async fn send(sink: &SubscriptionSink, notification: &impl Serialize) -> SubscriptionResult {
    sink.send_timeout(SubscriptionMessage::from_json(notification)?, PATIENCE).await?;
    Ok(())
}

/// Subscriptions of one kind there are, by connection.
pub struct Places {
    /// What they are to.
    kind: &'static str,
    per_connection: usize,
    all: usize,
    taken: Mutex<HashMap<usize, usize>>,
}

/// One subscription's place, free again when dropped.
pub struct Place {
    places: Arc<Places>,
    connection: usize,
}

impl Places {
    /// None taken yet, of so many per connection and in all.
    pub fn new(kind: &'static str, per_connection: usize, all: usize) -> Arc<Self> {
        Arc::new(Self { kind, per_connection, all, taken: Mutex::default() })
    }

    /// A place for a subscription of this connection.
    pub fn take(places: &Arc<Self>, connection: usize) -> Result<Place, Error> {
        let mut taken = places.taken.lock();
        let (own, all) = (taken.get(&connection).copied().unwrap_or_default(), taken.values().sum::<usize>());
        let limits = [(own, places.per_connection, "of one connection"), (all, places.all, "of all connections")];
        for (open, limit, scope) in limits {
            if open >= limit {
                return Err(Error::Subscriptions { kind: places.kind, open, limit, scope });
            }
        }
        taken.insert(connection, own.saturating_add(1));
        Ok(Place { places: places.clone(), connection })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
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
        const PER_CONNECTION: usize = 64;
        const ALL: usize = 2_048;
        let places = Places::new("job", PER_CONNECTION, ALL);
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
        assert!(places.taken.lock().is_empty());
    }
}
