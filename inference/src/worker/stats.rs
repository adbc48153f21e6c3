//! Counters of a worker, for logs and metrics, and its pace.

use crate::worker::pace::{Pace, Timing};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Counts since the start of the process.
#[derive(Debug, Default)]
pub struct Stats {
    /// Jobs finished and signed.
    pub finished: AtomicU64,
    /// Jobs whose run failed.
    pub failed: AtomicU64,
    /// Jobs drawn for this worker that it declined.
    pub declined: AtomicU64,
    /// Output tokens produced.
    pub tokens: AtomicU64,
    /// Time the engine was busy, microseconds.
    pub busy_us: AtomicU64,
    /// How fast it is: measured at the start, then the mean of its runs.
    pace: Mutex<Option<Pace>>,
}

impl Stats {
    /// Adds to a counter.
    pub fn add(counter: &AtomicU64, amount: u64) {
        counter.fetch_add(amount, Ordering::Relaxed);
    }

    /// A counter's value.
    pub fn get(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }

    /// Runs something and counts its time as busy.
    pub fn timed<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let out = work();
        Self::add(&self.busy_us, u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
        out
    }

    /// How fast this worker is, once it is known.
    pub fn pace(&self) -> Option<Pace> {
        *self.locked_pace()
    }

    /// Begins with this pace.
    pub fn set_pace(&self, pace: Pace) {
        *self.locked_pace() = Some(pace);
    }

    /// Takes a run into the pace.
    pub fn learn(&self, timing: &Timing) {
        if let Some(pace) = &mut *self.locked_pace() {
            pace.learn(timing);
        }
    }

    fn locked_pace(&self) -> MutexGuard<'_, Option<Pace>> {
        // Two numbers cannot be left half-written by a panic.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
