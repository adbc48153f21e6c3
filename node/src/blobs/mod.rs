//! The bytes behind the hashes on chain: inputs and outputs of jobs, at most 1 MiB each.
//!
//! A client puts its input on any node (`blob_put`), which announces it to the others; the worker's node fetches it from
//! there over its own protocol, puts the output, and the client gets it from any node (`blob_get`). Blobs are named by
//! blake2-256, checked wherever they arrive, and kept for a day after they were last put while there is room
//! ([`BlobArgs`], [`Claim`]).

mod announce;
mod budget;
mod error;
mod index;
mod jobs;
mod metrics;
mod named;
mod protocol;
mod rpc;
mod service;
mod store;
#[cfg(test)]
mod store_tests;
mod swarm;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use index::Claim;
pub use rpc::{BlobsRpc, BlobsServer};
pub use service::BlobService;

use crate::service::Client;
use announce::Announcer;
use hanzo_poai::MAX_BLOB_BYTES;
use hanzo_runtime::{opaque::Block, Hash};
use jobs::Follower;
use metrics::Metrics;
use protocol::Server;
use sc_network::{service::traits::NetworkService, NetworkBackend};
use sc_network_sync::SyncingService;
use sc_service::{Configuration, SpawnTaskHandle};
use sp_consensus::SyncOracle;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{BlobStore, Limits};
use swarm::Network;

/// The blob service, shared.
pub type Blobs = Arc<BlobService>;

const LOG_TARGET: &str = "blobs";
/// How long a stranger's blob stays that no job names, though others want its room: time enough to submit a job, and for
/// its submission to get into a block. At the rate at which strangers may upload, a third of the default quota's public
/// half is younger, so there is always something to displace.
const GRACE: Duration = Duration::from_secs(600);
/// Time between two rounds of maintenance.
const MAINTENANCE: Duration = Duration::from_secs(60);

/// How much the node keeps for others.
#[derive(Clone, Debug, clap::Args)]
pub struct BlobArgs {
    /// How long blobs are kept after they were last put on this node: a number and s, m, h or d
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = parse_time)]
    pub blob_retention: Duration,

    /// Disk space for blobs, MiB, of which strangers may fill half; when it is full, their oldest that no open job names
    /// make room, and if there are none older than ten minutes, the node refuses further ones
    #[arg(long, value_name = "MIB", default_value_t = 2048, value_parser = clap::value_parser!(u32).range(2..))]
    pub blob_quota: u32,
}

impl BlobArgs {
    fn limits(&self) -> Limits {
        Limits {
            max_blob: MAX_BLOB_BYTES,
            quota: u64::from(self.blob_quota).saturating_mul(1 << 20),
            retention: self.blob_retention,
            grace: GRACE,
        }
    }
}

/// Reads "90s", "30m", "24h" or "7d".
fn parse_time(text: &str) -> Result<Duration, String> {
    let expected = || format!("'{text}' is not a time such as 90s, 30m, 24h or 7d");
    let (count, seconds) = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)]
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
        .ok_or_else(expected)?;
    let count: u64 = count.parse().map_err(|_| expected())?;
    match count.checked_mul(seconds) {
        Some(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds)),
        _ => Err(expected()),
    }
}

/// The blob service before there is a network for it.
pub struct Prepared {
    store: Arc<BlobStore>,
    server: Server,
    genesis: Hash,
}

impl Prepared {
    /// Opens the store in the chain's folder, and describes the protocol, which the network must know before it starts.
    pub fn new<Net: NetworkBackend<Block, Hash>>(
        config: &Configuration,
        args: &BlobArgs,
        genesis: Hash,
    ) -> Result<(Self, Net::RequestResponseProtocolConfig), sc_service::Error> {
        let metrics = Metrics::new(config.prometheus_registry())?;
        let folder = config.base_path.config_dir(config.chain_spec.id()).join("blobs");
        let store = BlobStore::open(folder, args.limits(), metrics)
            .map_err(|error| sc_service::Error::Application(Box::new(error)))?;
        let store = Arc::new(store);
        let (protocol, server) = protocol::protocol::<Net>(genesis, store.clone());
        Ok((Self { store, server, genesis }, protocol))
    }

    /// Starts serving peers, telling them what is here, and keeping the store tidy.
    pub fn start(
        self,
        client: Arc<Client>,
        network: Arc<dyn NetworkService>,
        sync: Arc<SyncingService<Block>>,
        tasks: &SpawnTaskHandle,
    ) -> Blobs {
        let Self { store, server, genesis } = self;
        let swarm = Network { network, sync: sync.clone(), protocol: protocol::protocol_name(genesis) };
        let service = Arc::new(BlobService::new(store.clone(), swarm.clone()));

        // It calls into the runtime and reads state, which may take a while.
        let follower = Follower { client, sync: sync.clone(), store: store.clone() };
        tasks.spawn_blocking("blob-jobs", Some("blobs"), follower.run());

        let mut announcer = Announcer::new(swarm);
        tasks.spawn("blob-announcer", Some("blobs"), async move {
            let mut rounds = tokio::time::interval(announce::ROUND);
            loop {
                rounds.tick().await;
                // Without neighbours there is nobody to tell.
                if !sync.is_offline() {
                    announcer.round(&store.worthy(announce::MAX_FIRM, announce::MAX_CASUAL), Instant::now());
                }
            }
        });

        let peers = server.budget();
        tasks.spawn("blob-server", Some("blobs"), server.run());

        let tidied = service.clone();
        tasks.spawn("blob-maintenance", Some("blobs"), async move {
            let mut rounds = tokio::time::interval(MAINTENANCE);
            loop {
                rounds.tick().await;
                tidied.forget_idle();
                peers.forget_idle();
                let store = tidied.store();
                match tokio::task::spawn_blocking(move || store.expire()).await {
                    Ok(Ok(0)) | Err(_) => {}
                    Ok(Ok(removed)) => log::debug!(target: LOG_TARGET, "Removed {removed} blobs past their time"),
                    Ok(Err(error)) => log::warn!(target: LOG_TARGET, "{error}"),
                }
            }
        });
        service
    }
}
