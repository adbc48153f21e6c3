//! What a node does on a chain of several validators: writes blocks in its slots (BABE), votes on finality (GRANDPA).

use super::{inherents::Clock, partial::BlockImport, partial::JUSTIFICATION_PERIOD, Client, Pool, SelectChain};
use hanzo_runtime::opaque::Block;
use sc_basic_authorship::ProposerFactory;
use sc_consensus_babe::{self as babe, SlotProportion};
use sc_consensus_grandpa as grandpa;
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_network::{service::traits::NetworkService, NotificationService, ProtocolName};
use sc_network_sync::SyncingService;
use sc_service::{Error, Role, TaskManager};
use sc_telemetry::TelemetryHandle;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_keystore::KeystorePtr;
use std::{sync::Arc, time::Duration};
use substrate_prometheus_endpoint::Registry;

/// What is needed to write blocks.
pub struct Author {
    pub client: Arc<Client>,
    pub keystore: KeystorePtr,
    pub select_chain: SelectChain,
    pub pool: Arc<Pool>,
    pub block_import: BlockImport,
    pub babe_link: babe::BabeLink<Block>,
    pub registry: Option<Registry>,
}

impl Author {
    /// Fills blocks from the pool.
    pub fn proposer(&self, tasks: &TaskManager, telemetry: Option<TelemetryHandle>) -> ProposerFactory<Pool, Client> {
        ProposerFactory::new(
            tasks.spawn_handle(),
            self.client.clone(),
            self.pool.clone(),
            self.registry.as_ref(),
            telemetry,
        )
    }
}

/// What is needed to vote.
pub struct Voter {
    pub link: grandpa::LinkHalf<Block, Client, SelectChain>,
    pub name: String,
    pub role: Role,
    pub protocol: ProtocolName,
    pub notifications: Box<dyn NotificationService>,
    pub network: Arc<dyn NetworkService>,
    pub sync: Arc<SyncingService<Block>>,
    pub state: grandpa::SharedVoterState,
}

/// Expected time for a vote to reach everybody.
const GOSSIP: Duration = Duration::from_millis(333);

/// Share of a slot spent on filling a block; the rest is for spreading it and for others to execute it.
const PROPOSING: f32 = 2.0 / 3.0;

/// Writes blocks whenever the keystore holds the key of a slot's author.
pub fn spawn_author(
    author: Author,
    force_authoring: bool,
    sync: Arc<SyncingService<Block>>,
    telemetry: Option<TelemetryHandle>,
    tasks: &TaskManager,
) -> Result<(), Error> {
    let env = author.proposer(tasks, telemetry.clone());
    let Author { client, keystore, select_chain, block_import, babe_link, .. } = author;
    // A chain that stops being final slows down instead of piling up blocks that may be reverted.
    let backoff = (!force_authoring).then(BackoffAuthoringOnFinalizedHeadLagging::default);
    let worker = babe::start_babe(babe::BabeParams {
        keystore,
        client,
        select_chain,
        env,
        block_import,
        sync_oracle: sync.clone(),
        justification_sync_link: sync,
        create_inherent_data_providers: Clock::wall(babe_link.config().slot_duration()),
        force_authoring,
        backoff_authoring_blocks: backoff,
        babe_link,
        block_proposal_slot_portion: SlotProportion::new(PROPOSING),
        max_block_proposal_slot_portion: None,
        telemetry,
    })?;
    tasks.spawn_essential_handle().spawn_blocking("babe", Some("block-authoring"), worker);
    Ok(())
}

/// Votes if the keystore holds a voter's key, and follows the votes of others in any case.
pub fn spawn_voter(
    voter: Voter,
    author: &Author,
    telemetry: Option<TelemetryHandle>,
    tasks: &TaskManager,
) -> Result<(), Error> {
    let config = grandpa::Config {
        gossip_duration: GOSSIP,
        justification_generation_period: JUSTIFICATION_PERIOD,
        observer_enabled: false,
        local_role: voter.role,
        name: Some(voter.name),
        keystore: voter.role.is_authority().then(|| author.keystore.clone()),
        telemetry: telemetry.clone(),
        protocol_name: voter.protocol,
    };
    let task = grandpa::run_grandpa_voter(grandpa::GrandpaParams {
        config,
        link: voter.link,
        network: voter.network,
        sync: voter.sync,
        notification_service: voter.notifications,
        voting_rule: grandpa::VotingRulesBuilder::<Block, Client>::default().build(),
        prometheus_registry: author.registry.clone(),
        shared_voter_state: voter.state,
        telemetry,
        offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(author.pool.clone()),
    })?;
    tasks.spawn_essential_handle().spawn_blocking("grandpa-voter", None, task);
    Ok(())
}
