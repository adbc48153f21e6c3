//! Tells the network what this node keeps, so that nodes find it which are no neighbours.
//!
//! The DHT of this chain's nodes holds who provides a key; it is small, and anybody may write to it, so it is used
//! sparingly: what open jobs name and the node's own blobs are announced at once, others slowly. The DHT repeats every
//! announcement by itself, each few hours, until it is told to stop.

use super::{budget::Meter, store::Worthy};
use sp_core::H256;
use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

/// Time between two rounds. A worker is drawn four blocks after a job was submitted, so it finds what was put before.
pub const ROUND: Duration = Duration::from_secs(3);
/// Blobs announced at most: a tenth of the keys that a node of the DHT keeps.
pub const MAX_FIRM: usize = 1024;
/// Further ones of strangers that no job names.
pub const MAX_CASUAL: usize = 256;
/// Announcements in a round; each is a walk through the DHT and some twenty messages.
const MAX_IN_ROUND: usize = 8;
/// Announcements of strangers' blobs: so many in such a time. The DHT remembers a key for ten hours, so somebody who
/// floods this node with small blobs gets some 2,400 into it instead of millions.
const CASUAL: (u32, Duration) = (16, Duration::from_secs(240));
/// Times after which an announcement is made again: the first may have come before the node knew whom to tell. Not more
/// often, since the DHT's own repetitions add up.
const AGAIN: [Duration; 2] = [Duration::from_secs(15), Duration::from_secs(300)];

/// Where it is announced who keeps what.
pub trait Directory: Send + Sync + 'static {
    /// This node keeps a blob.
    fn start(&self, hash: H256);
    /// It no longer does.
    fn stop(&self, hash: H256);
}

/// Keeps the directory up to date.
pub struct Announcer<D> {
    directory: D,
    announced: HashMap<H256, Announced>,
    casual: Meter,
}

/// An announcement that was made.
struct Announced {
    last: Instant,
    times: usize,
}

impl Announced {
    fn is_due(&self, now: Instant) -> bool {
        let wait = self.times.checked_sub(1).and_then(|past| AGAIN.get(past));
        wait.is_some_and(|wait| now.saturating_duration_since(self.last) >= *wait)
    }
}

impl<D: Directory> Announcer<D> {
    /// Announces to `directory`.
    pub fn new(directory: D) -> Self {
        Self { directory, announced: HashMap::new(), casual: Meter::default() }
    }

    /// Withdraws what is no longer worth it, and announces what is, as far as the limits allow; the rest waits.
    pub fn round(&mut self, Worthy { firm, casual }: &Worthy, now: Instant) {
        let worthy: HashSet<_> = firm.iter().chain(casual).collect();
        self.announced.retain(|hash, _| {
            let stays = worthy.contains(hash);
            if !stays {
                self.directory.stop(*hash);
            }
            stays
        });

        let mut left = MAX_IN_ROUND;
        let kinds = firm.iter().map(|hash| (hash, true)).chain(casual.iter().map(|hash| (hash, false)));
        for (hash, is_firm) in kinds {
            if left == 0 {
                return;
            }
            if self.announced.get(hash).is_some_and(|announced| !announced.is_due(now)) {
                continue;
            }
            if !is_firm {
                let Ok(casual) = self.casual.after(1, CASUAL.0, CASUAL.1, now) else { return };
                self.casual = casual;
            }
            let announced = self.announced.entry(*hash).or_insert(Announced { last: now, times: 0 });
            *announced = Announced { last: now, times: announced.times.saturating_add(1) };
            self.directory.start(*hash);
            left = left.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use std::sync::Arc;

    /// What was announced (true) and withdrawn (false), by first byte of the hash.
    type Calls = Arc<Mutex<Vec<(u8, bool)>>>;

    impl Directory for Calls {
        fn start(&self, hash: H256) {
            self.lock().push((hash.as_bytes()[0], true));
        }

        fn stop(&self, hash: H256) {
            self.lock().push((hash.as_bytes()[0], false));
        }
    }

    struct Setup {
        announcer: Announcer<Calls>,
        calls: Calls,
        start: Instant,
    }

    impl Setup {
        fn new() -> Self {
            let calls = Calls::default();
            Self { announcer: Announcer::new(calls.clone()), calls, start: Instant::now() }
        }

        /// What a round does so many seconds after the start.
        fn round(&mut self, firm: &[u8], casual: &[u8], seconds: u64) -> Vec<(u8, bool)> {
            let hashes = |tags: &[u8]| tags.iter().map(|tag| H256::repeat_byte(*tag)).collect();
            let worthy = Worthy { firm: hashes(firm), casual: hashes(casual) };
            self.announcer.round(&worthy, self.start + Duration::from_secs(seconds));
            std::mem::take(&mut *self.calls.lock())
        }
    }

    #[test]
    fn blob_should_be_announced_at_once_and_twice_again() {
        let mut setup = Setup::new();
        let announced: Vec<_> = (0..1_000).filter(|second| !setup.round(&[1], &[], *second).is_empty()).collect();
        assert_eq!(announced, [0, 15, 315]);
    }

    #[test]
    fn blob_should_be_withdrawn_when_it_is_gone() {
        let mut setup = Setup::new();
        assert_eq!(setup.round(&[1], &[2], 0), [(1, true), (2, true)]);
        // One that a job no longer names is still here.
        assert_eq!(setup.round(&[], &[1], 1), [(2, false)]);
        assert_eq!(setup.round(&[], &[], 2), [(1, false)]);
        assert!(setup.round(&[], &[], 3).is_empty());
    }

    #[test]
    fn announcements_should_be_limited_and_those_for_jobs_come_first() {
        let mut setup = Setup::new();
        let (firm, casual): (Vec<_>, Vec<_>) = ((1..=10).collect(), (101..=140).collect());
        let tags = |calls: Vec<(u8, bool)>| calls.into_iter().map(|(tag, _)| tag).collect::<Vec<_>>();
        assert_eq!(tags(setup.round(&firm, &casual, 0)), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(tags(setup.round(&firm, &casual, 3)), [9, 10, 101, 102, 103, 104, 105, 106]);
        assert_eq!(tags(setup.round(&firm, &casual, 6)).len(), 8);
        // Sixteen of strangers at once, then one each quarter of a minute.
        assert_eq!(tags(setup.round(&firm, &casual, 9)), [115, 116]);
        assert!(setup.round(&firm, &casual, 12).is_empty());
    }
}
