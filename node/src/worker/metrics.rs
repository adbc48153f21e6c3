//! Prometheus metrics of the worker: the same as those of a worker outside.

use hanzo_inference::worker::{
    metrics::{Counter, COUNTERS},
    stats::Stats,
};
use std::sync::Arc;
use substrate_prometheus_endpoint::{prometheus::Opts, MetricSource, PrometheusError, Registry, SourcedCounter};

/// Reads one of the worker's counters whenever metrics are collected.
#[derive(Clone)]
struct Source {
    stats: Arc<Stats>,
    read: fn(&Stats) -> f64,
}

impl MetricSource for Source {
    type N = f64;

    fn collect(&self, mut set: impl FnMut(&[&str], Self::N)) {
        set(&[], (self.read)(&self.stats));
    }
}

/// Registers `hanzo_worker_…_total`.
pub fn register(registry: &Registry, stats: &Arc<Stats>) -> Result<(), PrometheusError> {
    for Counter { name, help, read } in COUNTERS {
        let source = Source { stats: stats.clone(), read };
        substrate_prometheus_endpoint::register(SourcedCounter::new(&Opts::new(name, help), source)?, registry)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_should_show_what_the_worker_has_done() {
        let (registry, stats) = (Registry::new(), Arc::new(Stats::default()));
        register(&registry, &stats).unwrap();
        Stats::add(&stats.tokens, 40);
        Stats::add(&stats.busy_us, 1_500_000);
        let families = registry.gather();
        let value = |name: &str| {
            let family = families.iter().find(|family| family.get_name() == name).unwrap();
            family.get_metric()[0].get_counter().get_value()
        };
        assert_eq!(value("hanzo_worker_output_tokens_total"), 40.0);
        assert_eq!(value("hanzo_worker_busy_seconds_total"), 1.5);
        assert_eq!(families.len(), COUNTERS.len());
    }
}
