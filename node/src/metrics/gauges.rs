//! The metrics themselves.

use super::jobs::OpenJobs;
use hanzo_traits::{api::PoolView, Amount};
use substrate_prometheus_endpoint::{register, CounterVec, Gauge, GaugeVec, Opts, PrometheusError, Registry, F64, U64};

/// Wei in one unit.
const UNIT: f64 = 1e18;

/// Registered metrics.
pub struct Gauges {
    price: GaugeVec<F64>,
    psi: GaugeVec<F64>,
    theta: GaugeVec<F64>,
    kappa: GaugeVec<F64>,
    open: GaugeVec<U64>,
    events: CounterVec<U64>,
    lag: Gauge<U64>,
}

impl Gauges {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, PrometheusError> {
        let pool = |name: &str, help: &str| {
            register(GaugeVec::new(Opts::new(format!("hanzo_pool_{name}"), help), &["class", "tier"])?, registry)
        };
        Ok(Self {
            price: pool("price", "Marginal price, $AI per resource-second")?,
            psi: pool("psi", "Reserve of compute, resource-seconds")?,
            theta: pool("theta", "Reserve of credits, $AI")?,
            kappa: pool("kappa", "Invariant, in its scaled integer form")?,
            open: register(
                GaugeVec::new(Opts::new("hanzo_jobs_open", "Open jobs at the last final block"), &["state"])?,
                registry,
            )?,
            events: register(
                CounterVec::new(
                    Opts::new("hanzo_jobs_total", "Steps of jobs in final blocks since the node started"),
                    &["step"],
                )?,
                registry,
            )?,
            lag: register(
                Gauge::new("hanzo_finality_lag_blocks", "Blocks from the last final one to the best one")?,
                registry,
            )?,
        })
    }

    /// A pool as it stands.
    pub fn pool(&self, pool: &PoolView) {
        let tier = pool.id.tier.to_string();
        let labels = [pool.id.class.name(), &tier];
        let units = |amount: Amount| amount.0 as f64 / UNIT;
        self.price.with_label_values(&labels).set(units(pool.price));
        self.psi.with_label_values(&labels).set(units(pool.psi));
        self.theta.with_label_values(&labels).set(units(pool.theta));
        // A decimal number of up to 256 bits: a double has room for it, if not for its last digits.
        self.kappa.with_label_values(&labels).set(pool.kappa.parse().unwrap_or(f64::NAN));
    }

    /// The open jobs as they stand.
    pub fn open_jobs(&self, jobs: &OpenJobs) {
        for (status, name) in OpenJobs::STATES {
            self.open.with_label_values(&[name]).set(jobs.count(status) as u64);
        }
    }

    /// A step in a job's life.
    pub fn job_event(&self, name: &str) {
        self.events.with_label_values(&[name]).inc();
    }

    /// How far finality is behind.
    pub fn finality_lag(&self, blocks: u32) {
        self.lag.set(blocks.into());
    }
}
