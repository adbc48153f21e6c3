//! Opens the database, with the specification's genesis if it is empty; says so if its chain began with another one.

use super::{Backend, Client};
use hanzo_runtime::{opaque::Block, RuntimeApi};
use sc_chain_spec::{BuildGenesisBlock, GenesisBlockBuilder};
use sc_client_api::{Backend as _, HeaderBackend};
use sc_service::{Configuration, Error, KeystoreContainer, PruningFilter, TaskManager};
use sc_telemetry::TelemetryHandle;
use sp_core::storage::Storage;
use sp_runtime::traits::Block as _;
use std::sync::Arc;

/// Client, database, keys and tasks.
pub type Parts = (Client, Arc<Backend>, KeystoreContainer, TaskManager);

/// Opens the chain's database. Blocks that one of `keep` names are not pruned.
pub fn open(
    config: &Configuration,
    telemetry: Option<TelemetryHandle>,
    keep: Vec<Arc<dyn PruningFilter>>,
) -> Result<Parts, Error> {
    let executor = sc_service::new_wasm_executor(&config.executor);
    let mut database = config.db_config();
    database.pruning_filters = keep;
    let backend = sc_service::new_db_backend::<Block>(database)?;
    let storage = config.chain_spec.as_storage_builder().build_storage().map_err(Error::Other)?;
    let builder = |storage: Storage, commit: bool| {
        GenesisBlockBuilder::<Block, _, _>::new_with_storage(storage, commit, backend.clone(), executor.clone())
    };

    let chain = config.chain_spec.id();
    let (block, _) = builder(storage.clone(), false)?
        .build_genesis_block()
        .map_err(|error| Error::Other(format!("the genesis of chain '{chain}' cannot be built: {error}")))?;
    let (found, expected) = (backend.blockchain().info().genesis_hash, block.header().hash());
    if !found.is_zero() && found != expected {
        log::warn!(
            "The database in {} holds a chain with genesis {found:?}, which goes on; that of '{chain}' as this program has \
             it is {expected:?}. To begin that one, use purge-chain or another --base-path",
            config.base_path.path().display(),
        );
    }
    let genesis = builder(storage, !config.no_genesis())?;
    sc_service::new_full_parts_with_genesis_builder::<Block, RuntimeApi, _, _>(
        config,
        telemetry,
        executor,
        backend.clone(),
        genesis,
        false,
    )
}
