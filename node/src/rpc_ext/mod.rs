//! JSON-RPC of our own pallets: `hmm_*`, `jobs_*`, `poai_*` and `invariants_*`.
//!
//! Every method but the subscriptions asks the runtime at one block, the best one unless `at` names another, and hands
//! its answer on. Amounts go out as decimal strings and come in as decimal strings or whole numbers; resource classes
//! are spelled "gpu", "vram", "cpu", "ram", "net", "disk"; a tier that is left out is 0, any worker.

mod audits;
pub mod error;
mod follow;
mod follower;
mod invariants;
mod jobs;
mod market;
mod places;
mod poai;
mod reader;
mod route;
#[cfg(test)]
pub mod tests;
mod watch;

use hanzo_runtime::{opaque::Block, AccountId, BlockNumber};
use hanzo_traits::api;
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use reader::Reader;
use sc_client_api::BlockchainEvents;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use std::sync::Arc;

/// All methods of this module, over `client`.
pub fn module<C>(client: Arc<C>) -> Result<RpcModule<()>, RegisterMethodError>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: ApiExt<Block>
        + api::HmmApi<Block, AccountId, BlockNumber>
        + api::JobsApi<Block, AccountId, BlockNumber>
        + api::PoaiApi<Block, AccountId, BlockNumber>
        + api::Invariants<Block>,
{
    module_with(client, invariants::permit)
}

/// The same over a client whose runtime is permitted its checks in some other way.
fn module_with<C>(client: Arc<C>, permit: invariants::Permit<C::Api>) -> Result<RpcModule<()>, RegisterMethodError>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + BlockchainEvents<Block> + Send + Sync + 'static,
    C::Api: api::HmmApi<Block, AccountId, BlockNumber>
        + api::JobsApi<Block, AccountId, BlockNumber>
        + api::PoaiApi<Block, AccountId, BlockNumber>
        + api::Invariants<Block>,
{
    use {
        audits::AuditUpdatesServer, follow::JobUpdatesServer, invariants::InvariantsServer, jobs::JobsServer,
        market::MarketServer, poai::PoaiServer, route::RoutesServer,
    };

    let mut module = RpcModule::new(());
    module.merge(market::MarketRpc::new(Reader::new(client.clone())).into_rpc())?;
    module.merge(route::RoutesRpc::new(Reader::new(client.clone())).into_rpc())?;
    module.merge(jobs::JobsRpc::new(Reader::new(client.clone())).into_rpc())?;
    module.merge(follow::JobUpdatesRpc::new(Reader::new(client.clone())).into_rpc())?;
    module.merge(audits::AuditUpdatesRpc::new(Reader::new(client.clone())).into_rpc())?;
    module.merge(poai::PoaiRpc::new(Reader::new(client.clone())).into_rpc())?;
    module.merge(invariants::InvariantsRpc::new(Reader::new(client), permit).into_rpc())?;
    Ok(module)
}
