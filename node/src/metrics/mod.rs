//! What operators see of pools, jobs and finality in Prometheus.
//!
//! Pools are as of the best block: one call into the runtime when it changes. Jobs are as of the last final block, which no
//! fork takes back: its events say what has become of them, so the list of open jobs is asked for only once.

mod gauges;
mod jobs;

use crate::{chain_state, service::Client};
use futures::{FutureExt, StreamExt};
use gauges::Gauges;
use hanzo_runtime::{opaque::Block, Hash, RuntimeEvent};
use hanzo_traits::api::HmmApi;
use jobs::OpenJobs;
use sc_client_api::{BlockchainEvents, FinalityNotification};
use sc_network_sync::SyncingService;
use sc_service::TaskManager;
use sp_api::ProvideRuntimeApi;
use sp_consensus::SyncOracle;
use std::sync::Arc;
use substrate_prometheus_endpoint::{PrometheusError, Registry};

const LOG_TARGET: &str = "metrics";

/// Starts keeping the metrics in `registry` up to date.
pub fn spawn(
    client: Arc<Client>,
    sync: Arc<SyncingService<Block>>,
    registry: &Registry,
    tasks: &TaskManager,
) -> Result<(), PrometheusError> {
    let observer = Observer { client, sync, gauges: Gauges::new(registry)?, jobs: None };
    // It calls into the runtime and reads state, which may take a while.
    tasks.spawn_handle().spawn_blocking("market-metrics", Some("metrics"), observer.run());
    Ok(())
}

struct Observer {
    client: Arc<Client>,
    sync: Arc<SyncingService<Block>>,
    gauges: Gauges,
    /// None until they have been counted, and after an event was missed.
    jobs: Option<OpenJobs>,
}

impl Observer {
    async fn run(mut self) {
        let mut imported = self.client.import_notification_stream();
        let mut finalized = self.client.finality_notification_stream();
        self.look_at_best();
        self.count_jobs(self.client.chain_info().finalized_hash);
        loop {
            tokio::select! {
                Some(_) = imported.next() => {
                    // Of several blocks that came meanwhile only the best counts.
                    while imported.next().now_or_never().flatten().is_some() {}
                    self.look_at_best();
                }
                Some(block) = finalized.next() => self.follow_jobs(&block),
                else => return,
            }
            let chain = self.client.chain_info();
            self.gauges.finality_lag(chain.best_number.saturating_sub(chain.finalized_number));
        }
    }

    /// Pools at the best block. While the chain is being synced they are of no interest.
    fn look_at_best(&self) {
        if self.sync.is_major_syncing() {
            return;
        }
        match self.client.runtime_api().pools(self.client.chain_info().best_hash) {
            Ok(pools) => pools.iter().for_each(|pool| self.gauges.pool(pool)),
            Err(error) => log::debug!(target: LOG_TARGET, "Pools cannot be read: {error}"),
        }
    }

    /// What the events of newly final blocks say about jobs.
    fn follow_jobs(&mut self, block: &FinalityNotification<Block>) {
        let Some(jobs) = &mut self.jobs else {
            if !self.sync.is_major_syncing() {
                self.count_jobs(block.hash);
            }
            return;
        };
        for hash in block.tree_route.iter().chain([&block.hash]) {
            match chain_state::events(&self.client, *hash) {
                Ok(events) => {
                    let of_compute = events.iter().filter_map(|event| match event {
                        RuntimeEvent::Compute(event) => Some(event),
                        _ => None,
                    });
                    for event in of_compute.filter_map(|event| jobs.take(event)) {
                        self.gauges.job_event(event);
                    }
                }
                Err(error) => {
                    log::debug!(target: LOG_TARGET, "Events of block {hash:?} cannot be read: {error}");
                    self.jobs = None;
                    return;
                }
            }
        }
        self.gauges.open_jobs(jobs);
    }

    /// Counts open jobs from the list that the runtime has at a block.
    fn count_jobs(&mut self, at: Hash) {
        match chain_state::open_jobs(&self.client, at) {
            Ok(open) => {
                let mut jobs = OpenJobs::default();
                open.iter().for_each(|job| jobs.insert(job.id, job.status));
                self.gauges.open_jobs(&jobs);
                self.jobs = Some(jobs);
            }
            Err(error) => log::debug!(target: LOG_TARGET, "Open jobs of block {at:?} cannot be read: {error}"),
        }
    }
}
