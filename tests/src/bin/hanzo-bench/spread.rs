//! Many values in a few numbers.

use serde::Serialize;
use std::time::Duration;

/// Smallest, middle and largest of some values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Smallest.
    pub min: f64,
    /// The middle one; of an even number of values the mean of both in the middle.
    pub median: f64,
    /// Largest.
    pub max: f64,
}

impl Spread {
    /// `None` of no values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        Some(Self { min: sorted[0], median: (sorted[last / 2] + sorted[last.div_ceil(2)]) / 2.0, max: sorted[last] })
    }
}

/// Latencies of many requests, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Mean.
    pub mean: f64,
    /// Half of the requests took no longer.
    pub p50: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
}

impl Latency {
    /// `None` of no requests.
    pub fn of(times: &[Duration]) -> Option<Self> {
        let mut micros: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e6).collect();
        micros.sort_by(f64::total_cmp);
        // Nearest rank: the smallest value that so many percent of all do not exceed.
        let percentile = |percent: usize| micros.get((micros.len() * percent).div_ceil(100).checked_sub(1)?).copied();
        Some(Self {
            mean: micros.iter().sum::<f64>() / micros.len() as f64,
            p50: percentile(50)?,
            p99: percentile(99)?,
            max: percentile(100)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_should_lie_between_the_middle_two_when_the_count_is_even() {
        let of = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(of(&[4.0, 1.0, 3.0, 2.0]), Some(Spread { min: 1.0, median: 2.5, max: 4.0 }));
        assert_eq!(of(&[9.0, 5.0, 7.0]), Some(Spread { min: 5.0, median: 7.0, max: 9.0 }));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn percentiles_should_be_of_nearest_rank_when_times_come_in_any_order() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_micros).collect();
        let latency = Latency::of(&times).unwrap_or(Latency { mean: 0.0, p50: 0.0, p99: 0.0, max: 0.0 });
        let rounded =
            [latency.mean, latency.p50, latency.p99, latency.max].map(|micros| (micros * 10.0).round() / 10.0);
        assert_eq!(rounded, [100.5, 100.0, 198.0, 200.0]);
        assert_eq!(Latency::of(&[]), None);
    }
}
