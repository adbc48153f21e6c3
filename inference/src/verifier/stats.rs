//! Counters of a verifier, for logs and metrics.

use crate::worker::metrics;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts since the start of the process, all accounts together.
#[derive(Debug, Default)]
pub struct Stats {
    /// Replays that came to an end.
    pub replays: AtomicU64,
    /// Replays that failed on this machine.
    pub failed: AtomicU64,
    /// Votes that work is good.
    pub good: AtomicU64,
    /// Votes that work is bad.
    pub bad: AtomicU64,
    /// Votes that nothing can be said.
    pub unavailable: AtomicU64,
    /// Commitments handed to the pool, repeated ones included.
    pub commits: AtomicU64,
    /// Reveals handed to the pool, repeated ones included.
    pub reveals: AtomicU64,
    /// Rounds in which no commitment was made in time.
    pub missed: AtomicU64,
    /// Commitments whose salt was not at hand.
    pub lost: AtomicU64,
    /// Time the engine was busy, microseconds.
    pub busy_us: AtomicU64,
}

impl Stats {
    /// Adds one to a counter.
    pub fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// A counter's value.
    pub fn get(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }

    /// Adds to the time the engine was busy.
    pub fn add_busy(&self, time: Duration) {
        self.busy_us.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The counters, as a scraper reads them.
    pub fn text(&self) -> String {
        let counters: [(&str, &str, &AtomicU64); 9] = [
            ("hanzo_verifier_replays_total", "Replays that came to an end", &self.replays),
            ("hanzo_verifier_replays_failed_total", "Replays that failed on this machine", &self.failed),
            ("hanzo_verifier_votes_total{score=\"good\"}", "Votes by score", &self.good),
            ("hanzo_verifier_votes_total{score=\"bad\"}", "", &self.bad),
            ("hanzo_verifier_votes_total{score=\"unavailable\"}", "", &self.unavailable),
            ("hanzo_verifier_commits_total", "Commitments handed to the pool", &self.commits),
            ("hanzo_verifier_reveals_total", "Reveals handed to the pool", &self.reveals),
            ("hanzo_verifier_missed_total", "Rounds in which no commitment was made in time", &self.missed),
            ("hanzo_verifier_lost_total", "Commitments whose salt was not at hand", &self.lost),
        ];
        let counts = counters.iter().map(|(name, help, counter)| line(name, help, Self::get(counter) as f64));
        let busy = Duration::from_micros(Self::get(&self.busy_us)).as_secs_f64();
        let busy = line("hanzo_verifier_busy_seconds_total", "Time the engine was busy, seconds", busy);
        counts.chain([busy]).collect()
    }
}

/// One value; what it counts is said before the first of its name.
fn line(name: &str, help: &str, value: f64) -> String {
    let plain = name.split('{').next().unwrap_or(name);
    match help {
        "" => format!("{name} {value}\n"),
        help => format!("{}{name} {value}\n", metrics::header(plain, help)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_should_have_every_counter_and_one_header_for_each_name() {
        let stats = Stats::default();
        Stats::count(&stats.bad);
        Stats::count(&stats.bad);
        stats.add_busy(Duration::from_millis(1_250));
        let text = stats.text();
        for line in [
            "hanzo_verifier_votes_total{score=\"bad\"} 2",
            "hanzo_verifier_votes_total{score=\"good\"} 0",
            "hanzo_verifier_busy_seconds_total 1.25",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
        }
        let headers = text.lines().filter(|line| line.starts_with("# TYPE hanzo_verifier_votes_total counter"));
        assert_eq!(headers.count(), 1);
        assert_eq!(text.lines().filter(|line| line.starts_with("# TYPE")).count(), 8);
    }
}
