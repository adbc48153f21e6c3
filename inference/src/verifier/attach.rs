//! [`Chain`] over WebSocket: verifiers in a process of their own, attached to any node.

use crate::client::tx::Call;
use crate::client::{Account, ClientError};
use crate::verifier::chain::{AttestationOf, Chain, Review, VerdictOf, VerifierOf};
use crate::worker::chain::{ChainError, Head, Job};
use crate::worker::link::{Link, Sender};
use async_trait::async_trait;
use futures::stream::BoxStream;
use hanzo_poai::committee::Vote;
use hanzo_poai::JobId;
use sp_core::H256;
use sp_runtime::AccountId32;

/// A chain seen through one node by some accounts. Bound to the genesis it began with; a lost connection is restored by the
/// next request.
pub struct SubxtChain {
    link: Link,
    senders: Vec<Sender>,
}

impl SubxtChain {
    /// Connects. With `expected`, only to a chain of that genesis.
    pub async fn connect(node: &str, accounts: Vec<Account>, expected: Option<H256>) -> Result<Self, ClientError> {
        let link = Link::connect(node, expected).await?;
        Ok(Self { link, senders: accounts.into_iter().map(Sender::new).collect() })
    }

    async fn send(&self, account: &AccountId32, call: Call) -> Result<(), ChainError> {
        let sender = self.senders.iter().find(|sender| sender.account().id() == *account);
        let unknown = || ChainError::Refused(format!("the key of {account} is not at hand"));
        sender.ok_or_else(unknown)?.send(&self.link, call).await
    }
}

#[async_trait]
impl Chain for SubxtChain {
    fn genesis(&self) -> H256 {
        self.link.genesis()
    }

    fn accounts(&self) -> Vec<AccountId32> {
        self.senders.iter().map(|sender| sender.account().id()).collect()
    }

    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError> {
        self.link.heads().await
    }

    async fn verifier(&self, at: H256, account: &AccountId32) -> Result<Option<VerifierOf>, ChainError> {
        self.link.read(|connection| async move { connection.verifier(account, at).await }).await
    }

    async fn seats(&self, at: H256, account: &AccountId32) -> Result<Vec<Review>, ChainError> {
        self.link.read(|connection| async move { connection.seats(account, at).await }).await
    }

    async fn job(&self, at: H256, job: JobId) -> Result<Option<Job>, ChainError> {
        self.link.read(|connection| async move { connection.job(job, at).await }).await
    }

    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationOf>, ChainError> {
        self.link.read(|connection| async move { connection.attestation(job, at).await }).await
    }

    async fn verdict(&self, at: H256, job: JobId) -> Result<Option<VerdictOf>, ChainError> {
        self.link.read(|connection| async move { connection.verdict(job, at).await }).await
    }

    async fn commit(&self, account: &AccountId32, job: JobId, commitment: H256) -> Result<(), ChainError> {
        self.send(account, Call::commit_verdict(job, commitment)).await
    }

    async fn reveal(
        &self,
        account: &AccountId32,
        job: JobId,
        vote: Vote,
        salt: [u8; 32],
        evidence: H256,
    ) -> Result<(), ChainError> {
        self.send(account, Call::reveal_verdict(job, &vote, &salt, evidence)).await
    }

    async fn sealing_key(&self, at: H256, account: &AccountId32) -> Result<Option<Vec<u8>>, ChainError> {
        self.link.read(|connection| async move { connection.sealing_key(account, at).await }).await
    }

    async fn publish_sealing_key(&self, account: &AccountId32, key: Vec<u8>) -> Result<(), ChainError> {
        self.send(account, Call::set_sealing_key(&key)).await
    }

    async fn envelopes(&self, at: H256, job: JobId, to: &AccountId32) -> Result<Vec<(AccountId32, H256)>, ChainError> {
        self.link.read(|connection| async move { connection.envelopes(job, to, at).await }).await
    }

    async fn fetch_blob(&self, hash: H256, length: Option<u32>) -> Result<Vec<u8>, ChainError> {
        self.link.fetch_blob(hash, length).await
    }

    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError> {
        self.link.put_blob(&bytes).await
    }
}
