//! How fast memory is read.

use rayon::prelude::*;
use std::time::Instant;

/// The best of all passes, which lie before, between and after the measurements they are for.
pub(super) struct Memory {
    pool: rayon::ThreadPool,
    /// 512 MiB: far more than any cache holds.
    buffer: Vec<u64>,
    /// Bytes per second.
    pub(super) best: f64,
}

impl Memory {
    pub(super) fn new(threads: usize) -> anyhow::Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        Ok(Self { pool, buffer: (0..1 << 26).collect(), best: 0.0 })
    }

    /// Reads the buffer four times with all threads.
    pub(super) fn pass(&mut self) {
        for _ in 0..4 {
            let start = Instant::now();
            let sum = self.pool.install(|| self.buffer.par_chunks(1 << 20).map(sum).reduce(|| 0, u64::wrapping_add));
            std::hint::black_box(sum);
            self.best = self.best.max((self.buffer.len() * 8) as f64 / start.elapsed().as_secs_f64());
        }
    }
}

fn sum(values: &[u64]) -> u64 {
    values.iter().fold(0, |a, b| a.wrapping_add(*b))
}
