//! What the store holds, by hash and by age; in memory only, rebuilt from the folder at start.

use sp_core::H256;
use std::collections::{BTreeSet, HashMap};

/// Least a blob counts against the quota, bytes: about what a small file takes on disk and here.
pub const LEAST_CHARGE: u64 = 4096;

/// What a blob of this length counts against the quota, bytes.
pub fn charge(length: u32) -> u64 {
    u64::from(length).max(LEAST_CHARGE)
}

/// One blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its length, bytes.
    pub length: u32,
    /// When it was last put, microseconds since 1970; no two blobs share one unless they come from an old folder.
    pub stamp: u64,
}

/// Every blob in the store.
#[derive(Debug, Default)]
pub struct Index {
    entries: HashMap<H256, Entry>,
    by_age: BTreeSet<(u64, H256)>,
    charged: u64,
    bytes: u64,
    last: u64,
}

impl Index {
    /// A stamp for a blob put at `now`, later than every stamp before it.
    pub fn stamp(&mut self, now: u64) -> u64 {
        self.last = now.max(self.last.saturating_add(1));
        self.last
    }

    /// Adds a blob, or moves it to a new age.
    pub fn insert(&mut self, hash: H256, entry: Entry) {
        self.remove(&hash);
        self.last = self.last.max(entry.stamp);
        self.by_age.insert((entry.stamp, hash));
        self.charged = self.charged.saturating_add(charge(entry.length));
        self.bytes = self.bytes.saturating_add(entry.length.into());
        self.entries.insert(hash, entry);
    }

    /// Forgets a blob.
    pub fn remove(&mut self, hash: &H256) -> Option<Entry> {
        let entry = self.entries.remove(hash)?;
        self.by_age.remove(&(entry.stamp, *hash));
        self.charged = self.charged.saturating_sub(charge(entry.length));
        self.bytes = self.bytes.saturating_sub(entry.length.into());
        Some(entry)
    }

    /// The blob's entry.
    pub fn get(&self, hash: &H256) -> Option<Entry> {
        self.entries.get(hash).copied()
    }

    /// The blob put longest ago.
    pub fn oldest(&self) -> Option<(H256, Entry)> {
        let (_, hash) = self.by_age.first()?;
        self.get(hash).map(|entry| (*hash, entry))
    }

    /// How many blobs there are.
    pub fn count(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Their length together, bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What they count against the quota, bytes.
    pub fn charged(&self) -> u64 {
        self.charged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_should_count_each_blob_once() {
        let mut index = Index::default();
        let (a, b) = (H256::repeat_byte(1), H256::repeat_byte(2));
        index.insert(a, Entry { length: 10, stamp: 5 });
        index.insert(b, Entry { length: 5000, stamp: 6 });
        index.insert(a, Entry { length: 10, stamp: 7 });
        assert_eq!((index.count(), index.bytes(), index.charged()), (2, 5010, LEAST_CHARGE + 5000));
        assert_eq!(index.oldest().map(|(hash, _)| hash), Some(b));
        assert_eq!(index.remove(&b).map(|entry| entry.length), Some(5000));
        assert_eq!(index.remove(&b), None);
        assert_eq!((index.count(), index.bytes(), index.charged()), (1, 10, LEAST_CHARGE));
    }

    #[test]
    fn stamps_should_grow_when_the_clock_does_not() {
        let mut index = Index::default();
        assert_eq!([index.stamp(9), index.stamp(9), index.stamp(3), index.stamp(20)], [9, 10, 11, 20]);
    }
}
