//! [`Chain`] over this node's own client, pool and blob store.

use super::{
    keys::Keys,
    transactions::{self, Signed},
    Deps,
};
use crate::{
    blobs::{Claim, Error as BlobError},
    service::Client,
};
use async_trait::async_trait;
use futures::{stream::BoxStream, StreamExt};
use hanzo_inference::worker::chain::{Chain, ChainError, Head, Job, MAX_MODELS, MOST_REVIEWS};
use hanzo_poai::{Attestation, JobId};
use hanzo_runtime::RuntimeCall;
use hanzo_traits::api::{AttestationView, JobsApi, PoaiApi, ProofsApi, ReviewView, SealingApi, WorkerView};
use sc_client_api::BlockchainEvents;
use sc_transaction_pool_api::{TransactionPool, TransactionSource};
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_consensus_babe::BabeApi;
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::time::Duration;

const LOG_TARGET: &str = "worker";

const _: () =
    assert!(MAX_MODELS == pallet_compute::types::MAX_MODELS as usize, "the loop fills lists of the chain's length");

/// The chain as this node has it.
pub struct NodeChain {
    deps: Deps,
    keys: Keys,
    /// One transaction at a time, or two would take the same nonce.
    sending: tokio::sync::Mutex<()>,
}

/// A failure that may pass.
pub fn unavailable(error: impl std::fmt::Display) -> ChainError {
    ChainError::Unavailable(error.to_string())
}

impl NodeChain {
    /// Over these parts of the node, signing with these keys.
    pub fn new(deps: Deps, keys: Keys) -> Self {
        Self { deps, keys, sending: tokio::sync::Mutex::new(()) }
    }

    /// Signs a call and hands it to the pool, unless it waits there already.
    async fn send(&self, call: impl Into<RuntimeCall>) -> Result<(), ChainError> {
        let _sending = self.sending.lock().await;
        let (client, pool, keys, call) =
            (self.deps.client.clone(), self.deps.pool.clone(), self.keys.clone(), call.into());
        let signed = off_the_loop(move || transactions::sign(&client, &pool, &keys, call)).await?;
        let transaction = match signed {
            Signed::New(transaction) => transaction,
            Signed::InPool => {
                log::info!(target: LOG_TARGET, "The call waits in the pool already");
                return Ok(());
            }
        };
        let at = self.deps.client.chain_info().best_hash;
        match self.deps.pool.submit_one(at, TransactionSource::Local, transaction).await {
            Ok(_) => Ok(()),
            Err(error) => Err(ChainError::Refused(error.to_string())),
        }
    }

    /// Asks the runtime.
    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Client, AccountId32) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ChainError> {
        let (client, account) = (self.deps.client.clone(), self.account());
        off_the_loop(move || ask(&client, account).map_err(unavailable)).await
    }
}

/// Does work that may take a while, such as running the runtime, where it keeps no other task waiting.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ChainError> + Send + 'static,
) -> Result<T, ChainError> {
    tokio::task::spawn_blocking(work).await.map_err(unavailable)?
}

#[async_trait]
impl Chain for NodeChain {
    fn genesis(&self) -> H256 {
        self.deps.client.chain_info().genesis_hash
    }

    fn account(&self) -> AccountId32 {
        self.keys.account()
    }

    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError> {
        let imports = self.deps.client.import_notification_stream();
        let now = self.deps.client.chain_info();
        let first = Head { number: now.best_number, hash: now.best_hash };
        let later = imports
            .filter(|block| futures::future::ready(block.is_new_best))
            .map(|block| Head { number: block.header.number, hash: block.hash });
        Ok(futures::stream::once(futures::future::ready(first)).chain(later).boxed())
    }

    async fn finalized(&self) -> Result<Head, ChainError> {
        let now = self.deps.client.chain_info();
        Ok(Head { number: now.finalized_number, hash: now.finalized_hash })
    }

    async fn worker(&self, at: H256) -> Result<Option<WorkerView<AccountId32>>, ChainError> {
        self.read(move |client, account| client.runtime_api().worker(at, account)).await
    }

    async fn jobs(&self, at: H256) -> Result<Vec<Job>, ChainError> {
        self.read(move |client, account| client.runtime_api().jobs_of(at, account)).await
    }

    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationView<AccountId32, u32>>, ChainError> {
        self.read(move |client, _| client.runtime_api().attestation(at, job)).await
    }

    async fn block_time(&self, at: H256) -> Result<Duration, ChainError> {
        let babe = self.read(move |client, _| client.runtime_api().configuration(at)).await?;
        Ok(Duration::from_millis(babe.slot_duration))
    }

    async fn measurement(&self, at: H256) -> Result<Option<H256>, ChainError> {
        self.read(move |client, account| client.runtime_api().measurement(at, account)).await
    }

    async fn serve(&self, models: Vec<H256>) -> Result<(), ChainError> {
        let count = models.len();
        let models = models
            .try_into()
            .map_err(|_| ChainError::Refused(format!("{count} models are more than a worker names, {MAX_MODELS}")))?;
        self.send(pallet_compute::Call::set_models { models }).await
    }

    async fn heartbeat(&self) -> Result<(), ChainError> {
        self.send(pallet_compute::Call::heartbeat {}).await
    }

    async fn accept(&self, job: JobId) -> Result<(), ChainError> {
        self.send(pallet_compute::Call::accept_job { job }).await
    }

    async fn decline(&self, job: JobId) -> Result<(), ChainError> {
        self.send(pallet_compute::Call::decline_job { job }).await
    }

    async fn attest(
        &self,
        attestation: Attestation<AccountId32>,
        signature: sr25519::Signature,
    ) -> Result<(), ChainError> {
        self.send(pallet_poai::Call::attest { attestation, signature }).await
    }

    async fn deliver(&self, job: JobId, tokens: Vec<u32>) -> Result<(), ChainError> {
        let count = tokens.len();
        let tokens = tokens.try_into().map_err(|_| {
            ChainError::Refused(format!("{count} tokens are more than the chain takes as one delivery"))
        })?;
        self.send(pallet_poai::Call::deliver_output { job, tokens }).await
    }

    async fn deliver_sealed(&self, job: JobId, output: Vec<u8>) -> Result<(), ChainError> {
        let length = output.len();
        let output = output
            .try_into()
            .map_err(|_| ChainError::Refused(format!("an output of {length} bytes is more than the chain takes")))?;
        self.send(pallet_poai::Call::deliver_sealed_output { job, output }).await
    }

    async fn sealing_key(&self, at: H256, account: &AccountId32) -> Result<Option<Vec<u8>>, ChainError> {
        let account = account.clone();
        self.read(move |client, _| client.runtime_api().key(at, account)).await
    }

    async fn publish_sealing_key(&self, key: Vec<u8>) -> Result<(), ChainError> {
        let key = key.try_into().map_err(|_| ChainError::Refused("not a sealing key".into()))?;
        self.send(pallet_sealing::Call::set_key { key }).await
    }

    async fn envelopes(&self, at: H256, job: JobId, to: &AccountId32) -> Result<Vec<(AccountId32, H256)>, ChainError> {
        let to = to.clone();
        self.read(move |client, _| client.runtime_api().envelopes(at, job, to)).await
    }

    async fn hand_over(&self, job: JobId, envelopes: Vec<(AccountId32, H256)>) -> Result<(), ChainError> {
        let count = envelopes.len();
        let envelopes = envelopes
            .try_into()
            .map_err(|_| ChainError::Refused(format!("{count} envelopes are too many for a call")))?;
        self.send(pallet_sealing::Call::hand_over { job, envelopes }).await
    }

    async fn reviews(&self, at: H256) -> Result<Vec<ReviewView<AccountId32, u32>>, ChainError> {
        self.read(move |client, _| client.runtime_api().open_audits(at, MOST_REVIEWS)).await
    }

    async fn fetch_blob(&self, hash: H256, length: u32) -> Result<Vec<u8>, ChainError> {
        let differs =
            |found: u64| Err(ChainError::Refused(format!("blob {hash:?} has {found} bytes; the job says {length}")));
        match self.deps.blobs.fetch(hash, length).await {
            Ok(bytes) if bytes.len() as u64 == u64::from(length) => Ok(bytes),
            Ok(bytes) => differs(bytes.len() as u64),
            Err(BlobError::TooLarge { length: found, .. }) => differs(found),
            Err(error) => Err(ChainError::BlobMissing { hash, length: Some(length), reason: error.to_string() }),
        }
    }

    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError> {
        self.deps.blobs.put(bytes, Claim::Own).await.map_err(|e| ChainError::Refused(e.to_string()))
    }
}
