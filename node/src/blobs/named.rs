//! Blobs that open jobs name: these stay whoever wants their room, and are announced before all others.

use hanzo_poai::JobId;
use parking_lot::{RwLock, RwLockReadGuard};
use sp_core::H256;
use std::{
    collections::{hash_map::Entry, HashMap, HashSet},
    time::{Duration, Instant},
};

/// Longest time without a final block after which the names still count as known. A node that has lost the others must
/// not take their jobs for ended, or for never submitted.
const FRESH: Duration = Duration::from_secs(600);

/// The names, shared between who follows the chain and who asks.
#[derive(Debug, Default)]
pub struct Named(RwLock<Names>);

/// Inputs of open jobs, and outputs of those that are attested.
#[derive(Debug, Default)]
pub struct Names {
    by_job: HashMap<JobId, HashSet<H256>>,
    /// In how many jobs each occurs.
    jobs: HashMap<H256, usize>,
    /// When the chain was last looked at; `None` as long as jobs may be missing here.
    seen: Option<Instant>,
}

impl Named {
    /// The names as they stand.
    pub fn read(&self) -> RwLockReadGuard<'_, Names> {
        self.0.read()
    }

    /// Changes the names.
    pub fn change<T>(&self, change: impl FnOnce(&mut Names) -> T) -> T {
        change(&mut self.0.write())
    }
}

impl Names {
    /// The names, if they are all there are.
    pub fn known(&self, now: Instant) -> Option<&Self> {
        self.seen.filter(|seen| now.saturating_duration_since(*seen) <= FRESH).map(|_| self)
    }

    /// Whether they have been read once, and kept up to date since.
    pub fn are_followed(&self) -> bool {
        self.seen.is_some()
    }

    /// They are up to date.
    pub fn saw(&mut self, now: Instant) {
        self.seen = Some(now);
    }

    /// They can no longer be relied on.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// A job names a blob. One that forks tell differently has the names of all of them.
    pub fn add(&mut self, job: JobId, hash: H256) {
        if self.by_job.entry(job).or_default().insert(hash) {
            let jobs = self.jobs.entry(hash).or_default();
            *jobs = jobs.saturating_add(1);
        }
    }

    /// A job has ended.
    pub fn end(&mut self, job: JobId) {
        for hash in self.by_job.remove(&job).unwrap_or_default() {
            let Entry::Occupied(mut jobs) = self.jobs.entry(hash) else { continue };
            match jobs.get().saturating_sub(1) {
                0 => drop(jobs.remove()),
                left => *jobs.get_mut() = left,
            }
        }
    }

    /// Whether an open job names this blob.
    pub fn hold(&self, hash: &H256) -> bool {
        self.jobs.contains_key(hash)
    }

    /// All of them.
    pub fn hashes(&self) -> impl Iterator<Item = H256> + '_ {
        self.jobs.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_should_be_known_only_while_the_chain_is_followed() {
        let (named, start) = (Named::default(), Instant::now());
        let known = |later: Duration| named.read().known(start + later).is_some();
        assert!(!known(Duration::ZERO));
        named.change(|names| names.saw(start));
        assert_eq!([known(FRESH), known(FRESH + Duration::from_secs(1))], [true, false]);
        named.change(Names::forget);
        assert!(!known(Duration::ZERO));
    }

    #[test]
    fn blob_should_be_named_until_its_last_job_ends() {
        let (mut names, hash) = (Names::default(), H256::repeat_byte(1));
        // Two forks may tell the same of a job.
        for job in [1, 1, 2] {
            names.add(job, hash);
        }
        names.end(1);
        assert!(names.hold(&hash));
        names.end(2);
        names.end(2);
        assert!(!names.hold(&hash) && names.jobs.is_empty());
    }
}
