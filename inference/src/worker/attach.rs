//! [`Chain`] over WebSocket: a worker in a process of its own, attached to any node.

use crate::client::tx::Call;
use crate::client::{Account, ClientError};
use crate::worker::chain::{Chain, ChainError, Head, Job, MOST_REVIEWS};
use crate::worker::link::{Link, Sender};
use async_trait::async_trait;
use futures::stream::BoxStream;
use hanzo_poai::{Attestation, JobId};
use hanzo_traits::api::{AttestationView, ReviewView, WorkerView};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::time::Duration;

/// A chain seen through one node. Bound to the genesis it began with; a lost connection is restored by the next request.
pub struct SubxtChain {
    link: Link,
    sender: Sender,
}

impl SubxtChain {
    /// Connects. With `expected`, only to a chain of that genesis.
    pub async fn connect(node: &str, account: Account, expected: Option<H256>) -> Result<Self, ClientError> {
        Ok(Self { link: Link::connect(node, expected).await?, sender: Sender::new(account) })
    }

    async fn send(&self, call: Call) -> Result<(), ChainError> {
        self.sender.send(&self.link, call).await
    }
}

#[async_trait]
impl Chain for SubxtChain {
    fn genesis(&self) -> H256 {
        self.link.genesis()
    }

    fn account(&self) -> AccountId32 {
        self.sender.account().id()
    }

    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError> {
        self.link.heads().await
    }

    async fn finalized(&self) -> Result<Head, ChainError> {
        let header = self.link.read(|connection| async move { connection.finalized().await }).await?;
        Ok(Head { number: header.number, hash: header.hash() })
    }

    async fn worker(&self, at: H256) -> Result<Option<WorkerView<AccountId32>>, ChainError> {
        let account = self.account();
        self.link.read(|connection| async move { connection.worker(&account, at).await }).await
    }

    async fn jobs(&self, at: H256) -> Result<Vec<Job>, ChainError> {
        let account = self.account();
        self.link.read(|connection| async move { connection.jobs_of(&account, at).await }).await
    }

    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationView<AccountId32, u32>>, ChainError> {
        self.link.read(|connection| async move { connection.attestation(job, at).await }).await
    }

    async fn block_time(&self, at: H256) -> Result<Duration, ChainError> {
        self.link.read(|connection| async move { connection.block_time(at).await }).await
    }

    async fn measurement(&self, at: H256) -> Result<Option<H256>, ChainError> {
        let account = self.account();
        self.link.read(|connection| async move { connection.measurement(&account, at).await }).await
    }

    async fn serve(&self, models: Vec<H256>) -> Result<(), ChainError> {
        self.send(Call::set_models(&models)).await
    }

    async fn heartbeat(&self) -> Result<(), ChainError> {
        self.send(Call::heartbeat()).await
    }

    async fn accept(&self, job: JobId) -> Result<(), ChainError> {
        self.send(Call::accept_job(job)).await
    }

    async fn decline(&self, job: JobId) -> Result<(), ChainError> {
        self.send(Call::decline_job(job)).await
    }

    async fn attest(
        &self,
        attestation: Attestation<AccountId32>,
        signature: sr25519::Signature,
    ) -> Result<(), ChainError> {
        self.send(Call::attest(&attestation, &signature)).await
    }

    async fn deliver(&self, job: JobId, tokens: Vec<u32>) -> Result<(), ChainError> {
        self.send(Call::deliver_output(job, &tokens)).await
    }

    async fn deliver_sealed(&self, job: JobId, output: Vec<u8>) -> Result<(), ChainError> {
        self.send(Call::deliver_sealed_output(job, &output)).await
    }

    async fn sealing_key(&self, at: H256, account: &AccountId32) -> Result<Option<Vec<u8>>, ChainError> {
        self.link.read(|connection| async move { connection.sealing_key(account, at).await }).await
    }

    async fn publish_sealing_key(&self, key: Vec<u8>) -> Result<(), ChainError> {
        self.send(Call::set_sealing_key(&key)).await
    }

    async fn envelopes(&self, at: H256, job: JobId, to: &AccountId32) -> Result<Vec<(AccountId32, H256)>, ChainError> {
        self.link.read(|connection| async move { connection.envelopes(job, to, at).await }).await
    }

    async fn hand_over(&self, job: JobId, envelopes: Vec<(AccountId32, H256)>) -> Result<(), ChainError> {
        self.send(Call::hand_over(job, &envelopes)).await
    }

    async fn reviews(&self, at: H256) -> Result<Vec<ReviewView<AccountId32, u32>>, ChainError> {
        self.link.read(|connection| async move { connection.open_reviews(MOST_REVIEWS, at).await }).await
    }

    async fn fetch_blob(&self, hash: H256, length: u32) -> Result<Vec<u8>, ChainError> {
        self.link.fetch_blob(hash, Some(length)).await
    }

    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError> {
        self.link.put_blob(&bytes).await
    }
}
