//! A node reached over WebSocket, whose connection is restored when it is lost.

use crate::client::tx::{Call, Sent};
use crate::client::{Account, ClientError, Connection};
use crate::worker::chain::{ChainError, Head};
use futures::stream::BoxStream;
use futures::StreamExt;
use sp_core::H256;
use std::future::Future;
use tokio::sync::{Mutex, RwLock};

/// A connection to one node. Bound to the genesis it began with; after a loss the next request restores it.
pub(crate) struct Link {
    node: String,
    genesis: H256,
    /// None after a loss.
    connection: RwLock<Option<Connection>>,
}

impl Link {
    /// Connects. With `expected`, only to a chain of that genesis.
    pub(crate) async fn connect(node: &str, expected: Option<H256>) -> Result<Self, ClientError> {
        let connection = Connection::open(node, expected).await?;
        Ok(Self { node: node.into(), genesis: connection.genesis(), connection: RwLock::new(Some(connection)) })
    }

    /// Hash of block 0.
    pub(crate) fn genesis(&self) -> H256 {
        self.genesis
    }

    /// The connection, restored if need be.
    pub(crate) async fn connection(&self) -> Result<Connection, ChainError> {
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
    pub(crate) async fn answer<T>(&self, answer: Result<T, ClientError>) -> Result<T, ChainError> {
        if matches!(answer, Err(ClientError::Lost { .. })) {
            *self.connection.write().await = None;
        }
        answer.map_err(refusal)
    }

    /// The same for reads, where nothing is ever refused for good.
    pub(crate) async fn read<T, F>(&self, ask: impl FnOnce(Connection) -> F) -> Result<T, ChainError>
    where
        F: Future<Output = Result<T, ClientError>>,
    {
        let answer = ask(self.connection().await?).await;
        self.answer(answer).await.map_err(unreadable)
    }

    /// Best blocks as they come, the current one first. The stream ends when the connection is lost.
    pub(crate) async fn heads(&self) -> Result<BoxStream<'static, Head>, ChainError> {
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

    /// Fetches a blob, of exactly this length where one is given.
    pub(crate) async fn fetch_blob(&self, hash: H256, length: Option<u32>) -> Result<Vec<u8>, ChainError> {
        match self.connection().await?.get_blob(hash, length).await {
            Err(ClientError::BlobMissing { hash, reason }) => Err(ChainError::BlobMissing { hash, length, reason }),
            // The node's error, not the blob's fault: the length and hash on chain cannot be met otherwise.
            error @ Err(ClientError::Rpc { .. }) => self.answer(error).await.map_err(unreadable),
            answer => self.answer(answer).await,
        }
    }

    /// Hands a blob to the node. Returns its hash.
    pub(crate) async fn put_blob(&self, bytes: &[u8]) -> Result<H256, ChainError> {
        let stored = self.connection().await?.put_blob(bytes).await;
        Ok(self.answer(stored).await?.hash)
    }
}

/// An account that sends transactions through a link: one at a time, or two would take the same nonce.
pub(crate) struct Sender {
    account: Account,
    /// Whether one was sent before.
    sending: Mutex<bool>,
}

impl Sender {
    /// Of this account.
    pub(crate) fn new(account: Account) -> Self {
        Self { account, sending: Mutex::new(false) }
    }

    /// The account.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// Hands a call to the pool.
    pub(crate) async fn send(&self, link: &Link, call: Call) -> Result<(), ChainError> {
        let mut sent_before = self.sending.lock().await;
        let connection = link.connection().await?;
        // Also if it fails: the node may have taken it, and only its answer be lost.
        let sent = connection.send(&self.account, &call, std::mem::replace(&mut sent_before, true)).await;
        if let Sent::InPool = link.answer(sent).await? {
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
