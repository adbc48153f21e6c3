//! The full node: network, RPC and native tasks around the parts that import blocks.

use super::{
    dev,
    partial::{self, Partial},
    ports, validator, Options,
};
use crate::{blobs::Prepared, metrics, rpc, worker};
use hanzo_runtime::{opaque::Block, Hash};
use sc_client_api::Backend as _;
use sc_consensus_grandpa as grandpa;
use sc_network::{config::FullNetworkConfiguration, NetworkBackend};
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{BuildNetworkParams, ChainType, Configuration, Error, SpawnTasksParams, TaskManager, WarpSyncConfig};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use std::sync::Arc;

/// Starts every part of the node over the network backend `Net`.
pub fn start<Net: NetworkBackend<Block, Hash>>(
    mut config: Configuration,
    options: Options,
) -> Result<TaskManager, Error> {
    let Options { seal, blobs: blob_args, worker: worker_args } = options;
    ports::claim(&mut config)?;
    if config.chain_spec.chain_type() != ChainType::Live {
        // A private network may have fewer validators than the three peers that the SDK waits for before it warps.
        config.network.min_peers_to_start_warp_sync.get_or_insert(1);
    }
    let sealing = seal.filter(|_| config.role.is_authority());
    if sealing.is_some() {
        // Whoever seals a development chain holds the key of its only validator.
        config.dev_key_seed.get_or_insert_with(|| dev::VALIDATOR_SEED.into());
    }

    let (partial, mut tasks) = partial::open(&config)?;
    let Partial {
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
        mut telemetry,
    } = partial;

    // Network. A development chain has nobody to agree with on finality.
    let notification_metrics = Net::register_notification_metrics(config.prometheus_registry());
    let mut net_config =
        FullNetworkConfiguration::<Block, Hash, Net>::new(&config.network, config.prometheus_registry().cloned());
    let voter_protocol = (seal.is_none() && !config.disable_grandpa).then(|| {
        let name = grandpa::protocol_standard_name(&client.chain_info().genesis_hash, &config.chain_spec);
        let peers = net_config.peer_store_handle();
        let (protocol, notifications) =
            grandpa::grandpa_peers_set_config::<_, Net>(name.clone(), notification_metrics.clone(), peers);
        net_config.add_notification_protocol(protocol);
        (name, notifications)
    });
    let warp_sync: Arc<dyn sc_network_sync::strategy::warp::WarpSyncProvider<Block>> =
        Arc::new(grandpa::warp_proof::NetworkProvider::new(
            backend.clone(),
            grandpa_link.shared_authority_set().clone(),
            Vec::new(),
        ));
    let genesis = client.chain_info().genesis_hash;
    let (blobs, blob_protocol) = Prepared::new::<Net>(&config, &blob_args, genesis)?;
    net_config.add_request_response_protocol(blob_protocol);
    let (network, system_rpc_tx, tx_handler_controller, sync, _bitswap) =
        sc_service::build_network(BuildNetworkParams {
            config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: pool.clone(),
            spawn_handle: tasks.spawn_handle(),
            spawn_essential_handle: tasks.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
            block_relay: None,
            metrics: notification_metrics,
            gap_sync_body_policy: None,
        })?;

    let blobs = blobs.start(client.clone(), network.clone(), sync.clone(), &tasks.spawn_handle());

    // Native tasks beside consensus.
    if config.offchain_worker.enabled {
        let workers = OffchainWorkers::new(OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            keystore: Some(keystore.keystore()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(pool.clone())),
            network_provider: Arc::new(network.clone()),
            is_validator: config.role.is_authority(),
            enable_http_requests: false,
            custom_extensions: |_| Vec::new(),
        })?;
        let workers = workers.run(client.clone(), tasks.spawn_handle());
        tasks.spawn_handle().spawn("offchain-workers", Some("offchain"), workers);
    }

    if let Some(settings) = worker::Settings::new(&worker_args, &config) {
        let deps = worker::Deps {
            client: client.clone(),
            pool: pool.clone(),
            keystore: keystore.keystore(),
            blobs: blobs.clone(),
        };
        worker::spawn(settings, deps, &tasks)?;
    }

    if let Some(registry) = config.prometheus_registry() {
        metrics::spawn(client.clone(), sync.clone(), registry, &tasks)?;
    }

    // RPC, and the tasks every node has.
    let voter_state = grandpa::SharedVoterState::empty();
    let rpc_deps = rpc::Deps {
        client: client.clone(),
        backend: backend.clone(),
        pool: pool.clone(),
        select_chain: select_chain.clone(),
        keystore: keystore.keystore(),
        chain_spec: config.chain_spec.cloned_box(),
        babe_worker,
        voter_state: voter_state.clone(),
        authority_set: grandpa_link.shared_authority_set().clone(),
        justifications: grandpa_link.justification_stream(),
        blobs,
    };
    let author = validator::Author {
        client: client.clone(),
        keystore: keystore.keystore(),
        select_chain,
        pool: pool.clone(),
        block_import,
        babe_link,
        registry: config.prometheus_registry().cloned(),
    };
    let role = config.role;
    let name = config.network.node_name.clone();
    let force_authoring = config.force_authoring;
    sc_service::spawn_tasks(SpawnTasksParams {
        config,
        client,
        backend,
        task_manager: &mut tasks,
        keystore: keystore.keystore(),
        transaction_pool: pool,
        rpc_builder: Box::new(move |executor| rpc::module(&rpc_deps, executor).map_err(Error::Application)),
        network: network.clone(),
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync.clone(),
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    // Blocks.
    let telemetry = telemetry.map(|telemetry| telemetry.handle());
    if let Some(seal) = sealing {
        dev::spawn(author, seal, &tasks);
        return Ok(tasks);
    }
    if let Some((protocol, notifications)) = voter_protocol {
        let voter = validator::Voter {
            link: grandpa_link,
            name,
            role,
            protocol,
            notifications,
            network,
            sync: sync.clone(),
            state: voter_state,
        };
        validator::spawn_voter(voter, &author, telemetry.clone(), &tasks)?;
    }
    if role.is_authority() && seal.is_none() {
        validator::spawn_author(author, force_authoring, sync, telemetry, &tasks)?;
    }
    Ok(tasks)
}
