//! Counters of a worker, for logs and metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Counts since the start of the process.
#[derive(Debug, Default)]
pub struct Stats {
    /// Jobs finished and signed.
    pub finished: AtomicU64,
    /// Jobs whose run failed.
    pub failed: AtomicU64,
    /// Jobs drawn for this worker that it cannot run.
    pub declined: AtomicU64,
    /// Output tokens produced.
    pub tokens: AtomicU64,
    /// Time the engine was busy, microseconds.
    pub busy_us: AtomicU64,
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
}
