//! What the store holds, by hash and by age; in memory only, rebuilt from the folder at start.

use super::{
    error::{Error, Share},
    named::Names,
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
    /// For a stranger. After [`Limits::grace`] it makes room for newer ones, unless an open job names it.
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

/// Room that a blob lacks in a part of the quota.
struct Shortage {
    /// How much it lacks.
    bytes: u64,
    /// What blobs take of that part.
    taken: u64,
    /// Size of that part.
    limit: u64,
    /// The part.
    share: Share,
    /// Time until the oldest of those blobs is past its retention.
    expiry: Duration,
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

    /// Blobs of strangers that have to leave so that a blob finds room: past their grace, named by no open job, oldest
    /// first, and none as long as there is room. One of the same hash gives its own room up. Fails where that does not
    /// suffice, and where it is not known what jobs name.
    pub fn room_for(
        &self,
        hash: &H256,
        entry: &Entry,
        limits: &Limits,
        names: Option<&Names>,
    ) -> Result<Vec<H256>, Error> {
        let Some(shortage) = self.shortage(hash, entry, limits) else { return Ok(Vec::new()) };
        let grace = u64::try_from(limits.grace.as_micros()).unwrap_or(u64::MAX);
        let until = |stamp: u64| Duration::from_micros(stamp.saturating_add(grace).saturating_sub(entry.stamp));

        let (mut leave, mut freed, mut young) = (Vec::new(), 0u64, None);
        // A copy is worth less than what anybody put.
        if let Some(names) = names.filter(|_| entry.claim > Claim::Copy) {
            for (stamp, other) in &self.groups[Claim::Public.place()].by_age {
                if freed >= shortage.bytes {
                    break;
                }
                if !until(*stamp).is_zero() {
                    young = (!names.hold(other)).then(|| until(*stamp));
                    break;
                }
                if other != hash && !names.hold(other) {
                    freed = freed.saturating_add(self.get(other).map_or(0, |other| charge(other.length)));
                    leave.push(*other);
                }
            }
        }
        if freed >= shortage.bytes {
            return Ok(leave);
        }
        let wait = young.map_or(shortage.expiry, |young| young.min(shortage.expiry));
        let Shortage { taken, limit, share, .. } = shortage;
        Err(Error::Full { length: entry.length, taken, limit, share, wait })
    }

    /// What is missing for a blob where it is missing most; `None` when there is room.
    fn shortage(&self, hash: &H256, entry: &Entry, limits: &Limits) -> Option<Shortage> {
        let replaced = self.get(hash);
        let promised = [Claim::Public, Claim::Own];
        let shares =
            [(Share::All, &promised[..], limits.quota), (Share::Public, &promised[..1], limits.public_quota())];
        let many = if entry.claim == Claim::Public { 2 } else { 1 };
        let missing = shares.into_iter().take(many).filter_map(|(share, of, limit)| {
            let all = of.iter().map(|claim| self.charged(*claim)).fold(0, u64::saturating_add);
            let own = replaced.filter(|entry| of.contains(&entry.claim)).map_or(0, |entry| charge(entry.length));
            let taken = all.saturating_sub(own);
            let bytes = taken.saturating_add(charge(entry.length)).saturating_sub(limit);
            let first = of.iter().filter_map(|claim| self.oldest(*claim)).map(|(_, entry)| entry.stamp).min();
            let age = Duration::from_micros(entry.stamp.saturating_sub(first.unwrap_or(entry.stamp)));
            let expiry = limits.retention.saturating_sub(age);
            (bytes > 0).then_some(Shortage { bytes, taken, limit, share, expiry })
        });
        missing.max_by_key(|shortage| shortage.bytes)
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

    /// Blobs of a claim, those put last first.
    pub fn newest(&self, claim: Claim) -> impl Iterator<Item = H256> + '_ {
        self.groups[claim.place()].by_age.iter().rev().map(|(_, hash)| *hash)
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

    const LIMITS: Limits = Limits {
        max_blob: 8192,
        quota: 6 * LEAST_CHARGE,
        retention: Duration::from_secs(100),
        grace: Duration::from_secs(10),
    };

    /// Blobs of strangers put at these seconds, tagged 1, 2, ….
    fn of_strangers(seconds: &[u64]) -> Index {
        let mut index = Index::default();
        for (tag, second) in (1..).zip(seconds) {
            index.insert(hash(tag), entry(1, second * 1_000_000, Claim::Public));
        }
        index
    }

    /// Tags of those that leave for a blob of this length and claim, put at this second.
    fn leave(index: &Index, names: Option<&Names>, length: u32, second: u64, claim: Claim) -> Result<Vec<u8>, Error> {
        let room = index.room_for(&hash(99), &entry(length, second * 1_000_000, claim), &LIMITS, names)?;
        Ok(room.iter().map(|hash| hash.as_bytes()[0]).collect())
    }

    #[test]
    fn public_blobs_should_leave_oldest_first_when_they_are_past_their_grace() {
        let (index, names) = (of_strangers(&[0, 1, 2]), Names::default());
        let full = |seconds: u64, error: Error| match error {
            Error::Full { share: Share::Public, wait, .. } => assert_eq!(wait, Duration::from_secs(seconds)),
            other => panic!("{other}"),
        };
        full(1, leave(&index, Some(&names), 1, 9, Claim::Public).unwrap_err());
        assert_eq!(leave(&index, Some(&names), 1, 10, Claim::Public).unwrap(), [1]);
        // A larger one takes the room of two, as soon as two are old enough.
        full(1, leave(&index, Some(&names), 8192, 10, Claim::Public).unwrap_err());
        assert_eq!(leave(&index, Some(&names), 8192, 11, Claim::Public).unwrap(), [1, 2]);
        // The oldest put again gives its own room up, and nobody else has to leave.
        let again = index.room_for(&hash(1), &entry(1, 50_000_000, Claim::Public), &LIMITS, Some(&names));
        assert!(again.unwrap().is_empty());
    }

    #[test]
    fn public_blob_should_stay_when_an_open_job_names_it() {
        let (index, mut names) = (of_strangers(&[0, 1, 2]), Names::default());
        names.add(7, hash(1));
        names.add(8, hash(1));
        names.add(8, hash(3));
        assert_eq!(leave(&index, Some(&names), 1, 50, Claim::Public).unwrap(), [2]);
        assert!(leave(&index, Some(&names), 8192, 50, Claim::Public).is_err());
        // As long as one of the jobs is open.
        names.end(8);
        assert_eq!(leave(&index, Some(&names), 8192, 50, Claim::Public).unwrap(), [2, 3]);
        names.end(7);
        assert_eq!(leave(&index, Some(&names), 1, 50, Claim::Public).unwrap(), [1]);
    }

    #[test]
    fn public_blobs_should_stay_when_it_is_not_known_what_jobs_name() {
        let error = leave(&of_strangers(&[0, 1, 2]), None, 1, 60, Claim::Public).unwrap_err();
        assert!(matches!(error, Error::Full { wait, .. } if wait == Duration::from_secs(40)), "{error}");
    }

    #[test]
    fn only_public_blobs_should_leave_and_only_for_what_somebody_puts() {
        let (mut index, names) = (of_strangers(&[0]), Names::default());
        for tag in 10..15 {
            index.insert(hash(tag), entry(1, tag.into(), Claim::Own));
        }
        assert_eq!(leave(&index, Some(&names), 1, 60, Claim::Own).unwrap(), [1]);
        assert_eq!(leave(&index, Some(&names), 1, 60, Claim::Public).unwrap(), [1]);
        assert!(leave(&index, Some(&names), 8192, 60, Claim::Own).is_err());
        assert!(leave(&index, Some(&names), 1, 60, Claim::Copy).is_err());
    }
}
