//! [`Chain`] over WebSocket: a worker in a process of its own, attached to any node.

use crate::client::tx::{Call, Sent};
use crate::client::{Account, ClientError, Connection};
use crate::worker::chain::{Chain, ChainError, Head, Job};
use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::StreamExt;
use hanzo_poai::{Attestation, JobId};
use hanzo_traits::api::{AttestationView, WorkerView};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::time::Duration;
use tokio::sync::{Mutex, RwLock};

/// A chain seen through one node. Bound to the genesis it began with; a lost connection is restored by the next request.
pub struct SubxtChain {
    node: String,
    genesis: H256,
    account: Account,
    /// None after a loss.
    connection: RwLock<Option<Connection>>,
    /// One transaction at a time, or two would take the same nonce; and whether one was sent before.
    sending: Mutex<bool>,
}

impl SubxtChain {
    /// Connects. With `expected`, only to a chain of that genesis.
    pub async fn connect(node: &str, account: Account, expected: Option<H256>) -> Result<Self, ClientError> {
        let connection = Connection::open(node, expected).await?;
        Ok(Self {
            node: node.into(),
            genesis: connection.genesis(),
            account,
            connection: RwLock::new(Some(connection)),
            sending: Mutex::new(false),
        })
    }

    /// The connection, restored if need be.
    async fn connection(&self) -> Result<Connection, ChainError> {
        if let Some(connection) = &*self.connection.read().await {
            return Ok(connection.clone());
        }
        let mut place = self.connection.write().await;
        if let Some(connection) = &*place {
            return Ok(connection.clone());
        }
        let connection = Connection::open(&self.node, Some(self.genesis)).await.map_err(refusal)?;
        tracing::info!(node = self.node, "connected again");
        Ok(place.insert(connection).clone())
    }

    /// Passes an answer on; a lost connection is put away.
    async fn answer<T>(&self, answer: Result<T, ClientError>) -> Result<T, ChainError> {
        if matches!(answer, Err(ClientError::Lost { .. })) {
            *self.connection.write().await = None;
        }
        answer.map_err(refusal)
    }

    async fn send(&self, call: Call) -> Result<(), ChainError> {
        let mut sent_before = self.sending.lock().await;
        let connection = self.connection().await?;
        // Also if it fails: the node may have taken it, and only its answer be lost.
        let sent = connection.send(&self.account, &call, std::mem::replace(&mut sent_before, true)).await;
        if let Sent::InPool = self.answer(sent).await? {
            tracing::info!(call = call.full_name(), "waits in the pool already");
        }
        Ok(())
    }
}

/// Which failures the loop should see as passing.
fn refusal(error: ClientError) -> ChainError {
    match error {
        ClientError::WrongChain { node, expected, found } => ChainError::WrongChain { node, expected, found },
        // A block the node has dropped, a runtime API that is being upgraded: the next block may do better.
        error @ (ClientError::Lost { .. } | ClientError::Busy { .. } | ClientError::Answer { .. }) => {
            ChainError::Unavailable(error.to_string())
        }
        error => ChainError::Refused(error.to_string()),
    }
}

/// The same for reads, where nothing is ever refused for good.
fn unreadable(error: ChainError) -> ChainError {
    match error {
        ChainError::Refused(reason) => ChainError::Unavailable(reason),
        other => other,
    }
}

#[async_trait]
impl Chain for SubxtChain {
    fn genesis(&self) -> H256 {
        self.genesis
    }

    fn account(&self) -> AccountId32 {
        self.account.id()
    }

    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError> {
        let heads = self.connection().await?.heads().await;
        let heads = match self.answer(heads).await {
            // The loss was not noticed before: once more, on a new connection.
            Err(ChainError::Unavailable(_)) => {
                let heads = self.connection().await?.heads().await;
                self.answer(heads).await.map_err(unreadable)?
            }
            heads => heads.map_err(unreadable)?,
        };
        Ok(heads.map(|header| Head { number: header.number, hash: header.hash() }).boxed())
    }

    async fn finalized(&self) -> Result<Head, ChainError> {
        let header = self.connection().await?.finalized().await;
        let header = self.answer(header).await.map_err(unreadable)?;
        Ok(Head { number: header.number, hash: header.hash() })
    }

    async fn worker(&self, at: H256) -> Result<Option<WorkerView<AccountId32>>, ChainError> {
        let worker = self.connection().await?.worker(&self.account(), at).await;
        self.answer(worker).await.map_err(unreadable)
    }

    async fn jobs(&self, at: H256) -> Result<Vec<Job>, ChainError> {
        let jobs = self.connection().await?.jobs_of(&self.account(), at).await;
        self.answer(jobs).await.map_err(unreadable)
    }

    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationView<AccountId32, u32>>, ChainError> {
        let attestation = self.connection().await?.attestation(job, at).await;
        self.answer(attestation).await.map_err(unreadable)
    }

    async fn block_time(&self, at: H256) -> Result<Duration, ChainError> {
        let time = self.connection().await?.block_time(at).await;
        self.answer(time).await.map_err(unreadable)
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

    async fn fetch_blob(&self, hash: H256, length: u32) -> Result<Vec<u8>, ChainError> {
        match self.connection().await?.get_blob(hash, Some(length)).await {
            Err(ClientError::BlobMissing { hash, reason }) => Err(ChainError::BlobMissing { hash, length, reason }),
            // The node's error, not the blob's fault: the length and hash on chain cannot be met otherwise.
            error @ Err(ClientError::Rpc { .. }) => self.answer(error).await.map_err(unreadable),
            answer => self.answer(answer).await,
        }
    }

    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError> {
        let stored = self.connection().await?.put_blob(&bytes).await;
        Ok(self.answer(stored).await?.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_should_keep_what_may_pass_apart_from_what_will_not() {
        let lost = ClientError::Lost { node: "ws://x".into(), reason: "closed".into() };
        assert!(matches!(refusal(lost), ChainError::Unavailable(text) if text.contains("ws://x")));
        let pool = ClientError::Rpc { method: "author_submitExtrinsic".into(), code: 1010, message: "bad".into() };
        assert!(matches!(refusal(pool), ChainError::Refused(text) if text.contains("1010")));
        let (expected, found) = (H256::repeat_byte(1), H256::repeat_byte(2));
        let wrong = ClientError::WrongChain { node: "ws://x".into(), expected, found };
        let text = refusal(wrong).to_string();
        assert!(text.contains("0x0101") && text.contains("0x0202"), "{text}");
    }
}
