//! Everything that works without a network: database, keys, pool and block import.

use super::{genesis, inherents::Clock, Backend, Client, Pool, SelectChain};
use hanzo_runtime::opaque::Block;
use sc_consensus_babe as babe;
use sc_consensus_grandpa as grandpa;
use sc_service::{ChainType, Configuration, Error, KeystoreContainer, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use std::sync::Arc;

/// Blocks imported before GRANDPA looks for a justification of their finality. A longer period makes syncing cheaper
/// and proofs of finality sparser.
pub const JUSTIFICATION_PERIOD: u32 = 64;

type GrandpaImport = grandpa::GrandpaBlockImport<Backend, Block, Client, SelectChain>;

/// The way every block takes into the database: checked by BABE, then by GRANDPA, then stored.
pub type BlockImport = babe::BabeBlockImport<Block, Client, GrandpaImport, Clock, SelectChain>;

/// What maintenance commands need, and what the full node is built upon.
pub struct Partial {
    pub client: Arc<Client>,
    pub backend: Arc<Backend>,
    pub keystore: KeystoreContainer,
    pub select_chain: SelectChain,
    pub pool: Arc<Pool>,
    pub import_queue: sc_consensus::DefaultImportQueue<Block>,
    pub block_import: BlockImport,
    pub babe_link: babe::BabeLink<Block>,
    pub babe_worker: babe::BabeWorkerHandle<Block>,
    pub grandpa_link: grandpa::LinkHalf<Block, Client, SelectChain>,
    pub telemetry: Option<Telemetry>,
}

/// Opens the chain's database, creating the genesis if there is none.
pub fn open(config: &Configuration) -> Result<(Partial, TaskManager), Error> {
    let telemetry = telemetry(config)?;
    let telemetry_handle = telemetry.as_ref().map(|(_, telemetry)| telemetry.handle());

    // Justifications outlive their pruned blocks, or others could not warp-sync from this node.
    let keep: Vec<Arc<dyn sc_service::PruningFilter>> = vec![Arc::new(grandpa::GrandpaPruningFilter)];
    let (client, backend, keystore, tasks) = genesis::open(config, telemetry_handle.clone(), keep)?;
    let client = Arc::new(client);
    let telemetry = telemetry.map(|(worker, telemetry)| {
        tasks.spawn_handle().spawn("telemetry", None, worker.run());
        telemetry
    });

    let select_chain = SelectChain::new(backend.clone());
    let registry = config.prometheus_registry();
    let pool = Arc::from(
        sc_transaction_pool::Builder::new(
            tasks.spawn_essential_handle(),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(registry)
        .build(),
    );

    let (grandpa_import, grandpa_link) = grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry_handle.clone(),
    )?;

    let babe_config = babe::configuration(&*client)?;
    let slot = babe_config.slot_duration();
    let clock = match config.chain_spec.chain_type() {
        ChainType::Development => Clock::far_ahead(slot),
        _ => Clock::wall(slot),
    };
    let (block_import, babe_link) = babe::block_import(
        babe_config,
        grandpa_import.clone(),
        client.clone(),
        clock,
        select_chain.clone(),
        OffchainTransactionPoolFactory::new(Arc::clone(&pool)),
    )?;
    let (import_queue, babe_worker) = babe::import_queue(babe::ImportQueueParams {
        link: babe_link.clone(),
        block_import: block_import.clone(),
        justification_import: Some(Box::new(grandpa_import)),
        client: client.clone(),
        slot_duration: slot,
        spawner: &tasks.spawn_essential_handle(),
        registry,
        telemetry: telemetry_handle,
    })?;

    let partial = Partial {
        client,
        backend,
        keystore,
        select_chain,
        pool,
        import_queue,
        block_import,
        babe_link,
        babe_worker,
        grandpa_link,
        telemetry,
    };
    Ok((partial, tasks))
}

fn telemetry(config: &Configuration) -> Result<Option<(TelemetryWorker, Telemetry)>, Error> {
    let Some(endpoints) = config.telemetry_endpoints.clone().filter(|endpoints| !endpoints.is_empty()) else {
        return Ok(None);
    };
    let worker = TelemetryWorker::new(16)?;
    let telemetry = worker.handle().new_telemetry(endpoints);
    Ok(Some((worker, telemetry)))
}
