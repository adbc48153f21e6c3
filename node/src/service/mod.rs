//! The running node.
//!
//! [`partial`] opens the database and everything that import needs, [`full`] adds network, RPC and native tasks, and one
//! of [`validator`] (BABE and GRANDPA) or [`dev`] (a single node sealing by itself) writes blocks.

mod dev;
mod full;
mod genesis;
mod inherents;
mod partial;
mod ports;
mod validator;

pub use partial::{open, Partial};

use crate::{
    blobs::BlobArgs,
    cli::{Seal, WorkerArgs},
};
use hanzo_runtime::{opaque::Block, Hash, RuntimeApi};
use sc_executor::WasmExecutor;
use sc_network::{config::NetworkBackendType, Litep2pNetworkBackend, NetworkWorker};
use sc_service::{Configuration, Error, TaskManager};

/// The client: blocks, state and calls into the runtime blob.
pub type Client = sc_service::TFullClient<Block, RuntimeApi, WasmExecutor<sp_io::SubstrateHostFunctions>>;
/// The database.
pub type Backend = sc_service::TFullBackend<Block>;
/// Which fork is best: the longest, as BABE's weight orders those of one length.
pub type SelectChain = sc_consensus::LongestChain<Backend, Block>;
/// Transactions that wait for a block.
pub type Pool = sc_transaction_pool::TransactionPoolHandle<Block, Client>;

/// What a running node is asked for beside the SDK's configuration.
pub struct Options {
    /// When to write blocks where nobody else does, on development chains.
    pub seal: Option<Seal>,
    /// What to keep for jobs.
    pub blobs: BlobArgs,
    /// Whether and how to work for others.
    pub worker: WorkerArgs,
}

/// Starts the node.
pub fn run(config: Configuration, options: Options) -> Result<TaskManager, Error> {
    match config.network.network_backend {
        NetworkBackendType::Litep2p => full::start::<Litep2pNetworkBackend>(config, options),
        NetworkBackendType::Libp2p => full::start::<NetworkWorker<Block, Hash>>(config, options),
    }
}
