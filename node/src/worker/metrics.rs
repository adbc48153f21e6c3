//! Prometheus metrics of the worker.

use hanzo_inference::worker::stats::Stats;
use std::sync::{atomic::AtomicU64, Arc};
use substrate_prometheus_endpoint::{prometheus::Opts, MetricSource, PrometheusError, Registry, SourcedCounter};

/// Reads the worker's counters whenever metrics are collected.
#[derive(Clone)]
struct Source(Arc<Stats>);

impl MetricSource for Source {
    type N = u64;

    fn collect(&self, mut set: impl FnMut(&[&str], Self::N)) {
        let stats = &self.0;
        let counters: [(&str, &AtomicU64); 5] = [
            ("jobs_finished", &stats.finished),
            ("jobs_failed", &stats.failed),
            ("jobs_declined", &stats.declined),
            ("output_tokens", &stats.tokens),
            ("busy_microseconds", &stats.busy_us),
        ];
        for (name, counter) in counters {
            set(&[name], Stats::get(counter));
        }
    }
}

/// Registers `hanzo_worker_total{what="…"}`.
pub fn register(registry: &Registry, stats: Arc<Stats>) -> Result<(), PrometheusError> {
    let options = Opts::new("hanzo_worker_total", "What the inference worker has done since the node started")
        .variable_label("what");
    substrate_prometheus_endpoint::register(SourcedCounter::new(&options, Source(stats))?, registry)?;
    Ok(())
}
