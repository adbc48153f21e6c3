//! The worker inside the node: `hanzo-node --worker`.
//!
//! The same loop as `hanzo-worker attach` ([`hanzo_inference::worker`]), over this node's client, keystore and pool. It
//! runs as a non-essential task: if inference fails, the node goes on.

mod chain;
mod detached;
mod keys;
mod metrics;
mod transactions;

use crate::{
    blobs::Blobs,
    cli::WorkerArgs,
    service::{Client, Pool},
};
use chain::NodeChain;
use detached::Detached;
use futures::FutureExt;
use hanzo_inference::{
    worker::{runner::EngineRunner, stats::Stats, store::Store, Worker, DEFAULT_MIN_VALUE},
    CandleEngine, Engine, EngineOptions, ModelSource, ProfileKind,
};
use sc_service::{Configuration, Error, TaskManager};
use sp_keystore::KeystorePtr;
use sp_panic_handler::AbortGuard;
use std::{num::NonZeroUsize, path::PathBuf, sync::Arc};

/// What the worker needs of the node.
pub struct Deps {
    /// Blocks, state and runtime calls.
    pub client: Arc<Client>,
    /// Where its transactions go.
    pub pool: Arc<Pool>,
    /// Where its two keys lie.
    pub keystore: KeystorePtr,
    /// Inputs and outputs.
    pub blobs: Blobs,
}

/// What is read from the configuration before the service consumes it.
pub struct Settings {
    args: WorkerArgs,
    directory: PathBuf,
    registry: Option<substrate_prometheus_endpoint::Registry>,
    development: bool,
    authority: bool,
}

impl Settings {
    /// The settings, if this node is to work.
    pub fn new(args: &WorkerArgs, config: &Configuration) -> Option<Self> {
        args.worker.then(|| Self {
            args: args.clone(),
            directory: config.base_path.config_dir(config.chain_spec.id()).join("worker"),
            registry: config.prometheus_registry().cloned(),
            development: config.chain_spec.chain_type() == sc_service::ChainType::Development,
            authority: config.role.is_authority(),
        })
    }
}

/// Loads the model and starts working. Missing keys and broken models stop the node at once: whoever asks for a worker
/// wants to know.
pub fn spawn(settings: Settings, deps: Deps, tasks: &TaskManager) -> Result<(), Error> {
    let Settings { args, directory, registry, development, authority } = settings;
    let keys = keys::Keys::find(&deps.keystore, development)?;
    let source = args.worker_model.map_or(ModelSource::Tiny, ModelSource::Path);
    let mut options = EngineOptions { profile: ProfileKind::Replay, ..EngineOptions::default() };
    options.threads = args.worker_threads.unwrap_or_else(|| default_threads(options.threads, authority));
    let other = |error: hanzo_inference::Error| Error::Other(format!("worker: {error}"));
    let engine = {
        let _unwind = AbortGuard::force_unwind();
        Arc::new(CandleEngine::load(&source, &options).map_err(other)?)
    };
    log::info!("worker {} serves model {:?} with {} threads", keys.account(), engine.model_hash(), options.threads);

    let chain = Arc::new(NodeChain::new(deps, keys.clone()));
    let store = Store::open(&directory, hanzo_inference::worker::chain::Chain::genesis(&*chain)).map_err(other)?;
    let stats = Arc::new(Stats::default());
    if let Some(registry) = &registry {
        metrics::register(registry, &stats)?;
    }
    let runner = Arc::new(Detached::new(Arc::new(EngineRunner::new(engine, args.worker_max_context))));
    let worker = Worker::new(chain, runner, Arc::new(keys), store, stats)
        .with_min_value(args.worker_min_value.unwrap_or(DEFAULT_MIN_VALUE));
    // The task manager drops the task when the node shuts down, which cancels the run under way; what is finished is on
    // disk by then.
    tasks.spawn_handle().spawn("worker", Some("worker"), worker.run(futures::future::pending()).boxed());
    Ok(())
}

/// Threads of the engine where none are asked for. A validator keeps a core for blocks, which have to be imported and
/// written within short slots whatever the engine does.
fn default_threads(cores: NonZeroUsize, authority: bool) -> NonZeroUsize {
    NonZeroUsize::new(cores.get().saturating_sub(usize::from(authority))).unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_inference::profile::{EngineProfile, ProfileKind};
    use hanzo_runtime::economy::{REPLAY_PROFILE, TINY_MODEL};

    #[test]
    fn threads_should_leave_a_core_to_blocks_when_the_node_is_a_validator() {
        let threads = |cores, authority| default_threads(NonZeroUsize::new(cores).unwrap(), authority).get();
        assert_eq!([threads(1, true), threads(2, true), threads(16, true)], [1, 1, 15]);
        assert_eq!([threads(1, false), threads(16, false)], [1, 16]);
    }

    #[test]
    fn preset_should_price_the_model_that_the_worker_carries() {
        assert_eq!(ModelSource::Tiny.load().unwrap().hash, TINY_MODEL);
    }

    #[test]
    fn preset_should_want_the_profile_of_the_replay_kernels() {
        assert_eq!(EngineProfile::current(ProfileKind::Replay, "cpu", 1).hash(), REPLAY_PROFILE);
    }
}
