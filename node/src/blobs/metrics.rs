//! What operators see of the blob service.

use substrate_prometheus_endpoint::{register, Counter, CounterVec, Gauge, Opts, PrometheusError, Registry, U64};

/// Who was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// A client of our JSON-RPC.
    Rpc,
    /// Another node.
    Peer,
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Above the size limit.
    Size,
    /// Too much in too short a time.
    Rate,
    /// The blob is not here.
    Unknown,
    /// The request could not be read.
    Malformed,
    /// There is no room.
    Full,
}

/// Counters; they count nothing when the node has no Prometheus registry.
#[derive(Clone, Default)]
pub struct Metrics(Option<Registered>);

#[derive(Clone)]
struct Registered {
    stored: Gauge<U64>,
    bytes: Gauge<U64>,
    served: CounterVec<U64>,
    served_bytes: CounterVec<U64>,
    refused: CounterVec<U64>,
    fetched: Counter<U64>,
}

impl Metrics {
    /// Registers the counters.
    pub fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
        registry.map(Registered::new).transpose().map(Self)
    }

    /// The store holds this many blobs of so many bytes together.
    pub fn holds(&self, blobs: u64, bytes: u64) {
        if let Some(metrics) = &self.0 {
            metrics.stored.set(blobs);
            metrics.bytes.set(bytes);
        }
    }

    /// A blob was handed out.
    pub fn served(&self, to: To, bytes: usize) {
        let Some(metrics) = &self.0 else { return };
        let to = match to {
            To::Rpc => "rpc",
            To::Peer => "peer",
        };
        metrics.served.with_label_values(&[to]).inc();
        metrics.served_bytes.with_label_values(&[to]).inc_by(bytes as u64);
    }

    /// A request was refused.
    pub fn refused(&self, why: Refusal) {
        let Some(metrics) = &self.0 else { return };
        let why = match why {
            Refusal::Size => "size",
            Refusal::Rate => "rate",
            Refusal::Unknown => "unknown",
            Refusal::Malformed => "malformed",
            Refusal::Full => "full",
        };
        metrics.refused.with_label_values(&[why]).inc();
    }

    /// A blob came from a peer.
    pub fn fetched(&self) {
        if let Some(metrics) = &self.0 {
            metrics.fetched.inc();
        }
    }
}

impl Registered {
    fn new(registry: &Registry) -> Result<Self, PrometheusError> {
        let by = |name: &str, help: &str, label: &str| CounterVec::new(Opts::new(name, help), &[label]);
        Ok(Self {
            stored: register(Gauge::new("hanzo_blobs_stored", "Blobs in the store")?, registry)?,
            bytes: register(Gauge::new("hanzo_blobs_bytes", "Bytes of all blobs in the store")?, registry)?,
            served: register(by("hanzo_blobs_served_total", "Blobs handed out", "to")?, registry)?,
            served_bytes: register(by("hanzo_blobs_served_bytes_total", "Bytes handed out", "to")?, registry)?,
            refused: register(by("hanzo_blobs_refused_total", "Requests refused", "reason")?, registry)?,
            fetched: register(Counter::new("hanzo_blobs_fetched_total", "Blobs fetched from peers")?, registry)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_should_show_in_the_registry() {
        let registry = Registry::new();
        let metrics = Metrics::new(Some(&registry)).unwrap();
        metrics.holds(2, 70);
        metrics.served(To::Peer, 40);
        metrics.refused(Refusal::Rate);
        let names: Vec<_> = registry.gather().iter().map(|family| family.get_name().to_owned()).collect();
        for name in ["stored", "bytes", "served_total", "served_bytes_total", "refused_total", "fetched_total"] {
            assert!(names.contains(&format!("hanzo_blobs_{name}")), "{name} is not among {names:?}");
        }
        assert!(Metrics::new(Some(&registry)).is_err(), "registered twice");
    }
}
