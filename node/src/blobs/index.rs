//! What the store holds, by hash and by age; in memory only, rebuilt from the folder at start.

use super::{
    error::{Error, Share},
    store::Limits,
};
use sp_core::H256;
use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

/// Least a blob counts against the quota, bytes: about what a small file takes on disk and here.
pub const LEAST_CHARGE: u64 = 4096;

/// What a blob of this length counts against the quota, bytes.
pub fn charge(length: u32) -> u64 {
    u64::from(length).max(LEAST_CHARGE)
}

/// For whom a blob is kept, from the weakest claim to the strongest. A blob that several ask for has the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// For nobody: a copy of what a peer has, which makes room for anything else.
    Copy,
    /// For a stranger, who was told how long.
    Public,
    /// For the node's own tasks and its operator.
    Own,
}

impl Claim {
    /// All of them, weakest first.
    pub const ALL: [Self; 3] = [Self::Copy, Self::Public, Self::Own];

    /// Place in tables by claim.
    fn place(self) -> usize {
        match self {
            Self::Copy => 0,
            Self::Public => 1,
            Self::Own => 2,
        }
    }
}

/// One blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its length, bytes.
    pub length: u32,
    /// When it was last put, microseconds since 1970; no two blobs of one folder share it.
    pub stamp: u64,
    /// For whom it is kept.
    pub claim: Claim,
}

/// Blobs of one claim.
#[derive(Debug, Default)]
struct Group {
    by_age: BTreeSet<(u64, H256)>,
    charged: u64,
}

/// Every blob in the store.
#[derive(Debug, Default)]
pub struct Index {
    entries: HashMap<H256, Entry>,
    groups: [Group; Claim::ALL.len()],
    bytes: u64,
    last: u64,
}

impl Index {
    /// A stamp for a blob put at `now`, later than every stamp before it.
    pub fn stamp(&mut self, now: u64) -> u64 {
        self.last = now.max(self.last.saturating_add(1));
        self.last
    }

    /// Adds a blob, in the place of an older one of its hash, and returns the latter.
    pub fn insert(&mut self, hash: H256, entry: Entry) -> Option<Entry> {
        let replaced = self.remove(&hash);
        self.last = self.last.max(entry.stamp);
        let group = &mut self.groups[entry.claim.place()];
        group.by_age.insert((entry.stamp, hash));
        group.charged = group.charged.saturating_add(charge(entry.length));
        self.bytes = self.bytes.saturating_add(entry.length.into());
        self.entries.insert(hash, entry);
        replaced
    }

    /// Forgets a blob.
    pub fn remove(&mut self, hash: &H256) -> Option<Entry> {
        let entry = self.entries.remove(hash)?;
        let group = &mut self.groups[entry.claim.place()];
        group.by_age.remove(&(entry.stamp, *hash));
        group.charged = group.charged.saturating_sub(charge(entry.length));
        self.bytes = self.bytes.saturating_sub(entry.length.into());
        Some(entry)
    }

    /// The blob's entry.
    pub fn get(&self, hash: &H256) -> Option<Entry> {
        self.entries.get(hash).copied()
    }

    /// Forgets every blob that is `retention` old or older at `now`, and returns them.
    pub fn expire(&mut self, retention: Duration, now: u64) -> Vec<(H256, Entry)> {
        let retention = u64::try_from(retention.as_micros()).unwrap_or(u64::MAX);
        let mut gone = Vec::new();
        for claim in Claim::ALL {
            while let Some((hash, entry)) = self.oldest(claim) {
                if entry.stamp.saturating_add(retention) > now {
                    break;
                }
                self.remove(&hash);
                gone.push((hash, entry));
            }
        }
        gone
    }

    /// Whether a blob of this length finds room without taking it from one that has been promised its time. One of the
    /// same hash gives its own up.
    pub fn check_room(&self, hash: &H256, length: u32, claim: Claim, limits: &Limits, now: u64) -> Result<(), Error> {
        let replaced = self.get(hash);
        let taken = |of: &[Claim]| {
            let all = of.iter().map(|claim| self.charged(*claim)).fold(0, u64::saturating_add);
            let own = replaced.filter(|entry| of.contains(&entry.claim)).map_or(0, |entry| charge(entry.length));
            all.saturating_sub(own)
        };
        let promised = [Claim::Public, Claim::Own];
        let shares =
            [(Share::All, &promised[..], limits.quota), (Share::Public, &promised[..1], limits.public_quota())];
        let many = if claim == Claim::Public { 2 } else { 1 };
        for (share, of, limit) in shares.into_iter().take(many) {
            let taken = taken(of);
            if taken.saturating_add(charge(length)) > limit {
                let first = of.iter().filter_map(|claim| self.oldest(*claim)).map(|(_, entry)| entry.stamp).min();
                let age = Duration::from_micros(now.saturating_sub(first.unwrap_or(now)));
                let wait = limits.retention.saturating_sub(age);
                return Err(Error::Full { length, taken, limit, share, wait });
            }
        }
        Ok(())
    }

    /// Forgets blobs until what is there counts `limit` bytes at most: the oldest of the weakest claim first, and none
    /// above `up_to`. Returns them.
    pub fn shrink(&mut self, limit: u64, up_to: Claim) -> Vec<(H256, Entry)> {
        let mut gone = Vec::new();
        for claim in Claim::ALL.into_iter().filter(|claim| *claim <= up_to) {
            while self.charged_in_all() > limit {
                let Some((hash, entry)) = self.oldest(claim) else { break };
                self.remove(&hash);
                gone.push((hash, entry));
            }
        }
        gone
    }

    /// How many blobs there are.
    pub fn count(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Their length together, bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What blobs of a claim count against the quota, bytes.
    pub fn charged(&self, claim: Claim) -> u64 {
        self.groups[claim.place()].charged
    }

    /// What all blobs count against the quota, bytes.
    pub fn charged_in_all(&self) -> u64 {
        self.groups.iter().fold(0, |sum, group| sum.saturating_add(group.charged))
    }

    /// The blob of a claim that was put longest ago.
    fn oldest(&self, claim: Claim) -> Option<(H256, Entry)> {
        let (_, hash) = self.groups[claim.place()].by_age.first()?;
        self.get(hash).map(|entry| (*hash, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(length: u32, stamp: u64, claim: Claim) -> Entry {
        Entry { length, stamp, claim }
    }

    fn hash(tag: u8) -> H256 {
        H256::repeat_byte(tag)
    }

    #[test]
    fn index_should_count_each_blob_once() {
        let mut index = Index::default();
        index.insert(hash(1), entry(10, 5, Claim::Public));
        index.insert(hash(2), entry(5000, 6, Claim::Public));
        let replaced = index.insert(hash(1), entry(10, 7, Claim::Own));
        assert_eq!(replaced, Some(entry(10, 5, Claim::Public)));
        assert_eq!((index.count(), index.bytes(), index.charged_in_all()), (2, 5010, LEAST_CHARGE + 5000));
        assert_eq!([Claim::Public, Claim::Own].map(|claim| index.charged(claim)), [5000, LEAST_CHARGE]);
        assert_eq!(index.remove(&hash(2)).map(|entry| entry.length), Some(5000));
        assert_eq!(index.remove(&hash(2)), None);
        assert_eq!((index.count(), index.bytes(), index.charged_in_all()), (1, 10, LEAST_CHARGE));
    }

    #[test]
    fn stamps_should_grow_when_the_clock_does_not() {
        let mut index = Index::default();
        assert_eq!([index.stamp(9), index.stamp(9), index.stamp(3), index.stamp(20)], [9, 10, 11, 20]);
    }

    #[test]
    fn weakest_and_oldest_should_go_first_when_the_index_shrinks() {
        let mut index = Index::default();
        for (tag, claim) in [(1, Claim::Own), (2, Claim::Public), (3, Claim::Copy), (4, Claim::Copy)] {
            index.insert(hash(tag), entry(1, tag.into(), claim));
        }
        let gone = |index: &mut Index, blobs: u64, up_to| {
            let gone = index.shrink(blobs * LEAST_CHARGE, up_to);
            gone.into_iter().map(|(hash, _)| hash.as_bytes()[0]).collect::<Vec<_>>()
        };
        assert_eq!(gone(&mut index, 3, Claim::Own), [3]);
        assert_eq!(gone(&mut index, 1, Claim::Copy), [4]);
        assert_eq!(gone(&mut index, 1, Claim::Own), [2]);
        assert_eq!(index.get(&hash(1)), Some(entry(1, 1, Claim::Own)));
    }
}
