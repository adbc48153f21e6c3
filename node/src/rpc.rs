//! JSON-RPC beyond what every node of the SDK has.
//!
//! Methods that a stranger must not call take `with_extensions` and begin with `sc_rpc_api::check_if_safe`.

use crate::blobs::{Blobs, BlobsRpc, BlobsServer};
use crate::service::{Backend, Client, Pool, SelectChain};
use hanzo_runtime::{opaque::Block, BlockNumber, Hash};
use jsonrpsee::RpcModule;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods read from.
pub struct Deps {
    pub client: Arc<Client>,
    pub backend: Arc<Backend>,
    pub pool: Arc<Pool>,
    pub select_chain: SelectChain,
    pub keystore: KeystorePtr,
    pub chain_spec: Box<dyn sc_service::ChainSpec>,
    pub babe_worker: BabeWorkerHandle<Block>,
    pub voter_state: SharedVoterState,
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    pub justifications: GrandpaJustificationStream<Block>,
    pub blobs: Blobs,
}

/// Collects all methods. Called once per server, so `deps` is only borrowed.
pub fn module(
    deps: &Deps,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>> {
    let Deps { client, backend, pool, select_chain, keystore, chain_spec, babe_worker, .. } = deps;
    let mut module = RpcModule::new(());

    // Accounts and fees.
    module.merge(System::new(client.clone(), pool.clone()).into_rpc())?;
    module.merge(TransactionPayment::new(client.clone()).into_rpc())?;

    // Consensus.
    module.merge(Babe::new(client.clone(), babe_worker.clone(), keystore.clone(), select_chain.clone()).into_rpc())?;
    let proofs = FinalityProofProvider::new_for_service(backend.clone(), Some(deps.authority_set.clone()));
    module.merge(
        Grandpa::new(
            executor,
            deps.authority_set.clone(),
            deps.voter_state.clone(),
            deps.justifications.clone(),
            proofs,
        )
        .into_rpc(),
    )?;
    module.merge(
        SyncState::new(chain_spec.cloned_box(), client.clone(), deps.authority_set.clone(), babe_worker.clone())?
            .into_rpc(),
    )?;

    // Market, jobs and their blobs.
    module.merge(crate::rpc_ext::module(client.clone())?)?;
    module.merge(BlobsRpc::new(deps.blobs.clone()).into_rpc())?;

    Ok(module)
}
