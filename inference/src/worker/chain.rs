//! What the worker loop needs of a chain. Two implementations exist: inside the node, over its client, keystore and
//! transaction pool; and outside, over WebSocket ([`crate::worker::attach`]).

use async_trait::async_trait;
use futures::stream::BoxStream;
use hanzo_poai::{Attestation, JobId};
use hanzo_traits::api::{AttestationView, JobView, ReviewView, WorkerView};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::time::Duration;

/// Most models that the chain notes for a worker.
pub const MAX_MODELS: usize = 32;

/// Reviews asked for at a time: as many as the chain answers with.
pub const MOST_REVIEWS: u32 = 256;

/// A job as this chain's runtime API gives it.
pub type Job = JobView<AccountId32, u32>;

/// A best block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u32,
    /// Its hash.
    pub hash: H256,
}

/// Why the chain did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No answer: the connection is down or the node is busy. Worth trying again.
    #[error("the chain does not answer: {0}")]
    Unavailable(String),
    /// The node or the runtime said no, and why.
    #[error("the chain refuses: {0}")]
    Refused(String),
    /// The node serves another chain than the one this worker began with. Nothing can be done here.
    #[error("the node at {node} is on another chain: its genesis is {found:?}, this worker's is {expected:?}")]
    WrongChain {
        /// The node.
        node: String,
        /// Genesis hash this worker is bound to.
        expected: H256,
        /// Genesis hash of the node.
        found: H256,
    },
    /// Nobody within reach has this blob now. Worth trying again.
    #[error("blob {hash:?}{} is not to be had: {reason}", of_length(*length))]
    BlobMissing {
        /// Hash asked for.
        hash: H256,
        /// Length asked for, bytes; none where it is not known.
        length: Option<u32>,
        /// What was tried.
        reason: String,
    },
}

fn of_length(length: Option<u32>) -> String {
    length.map_or_else(String::new, |length| format!(" of {length} bytes"))
}

/// A chain with our runtime, seen by one worker. Reads are at a given block; writes are signed with the worker's account
/// and return once the pool has taken them, not once they are in a block.
#[async_trait]
pub trait Chain: Send + Sync + 'static {
    /// Hash of block 0; enters every challenge.
    fn genesis(&self) -> H256;

    /// The worker's account.
    fn account(&self) -> AccountId32;

    /// Best blocks as they come, the current one first. The stream ends when the connection is lost; ask again then.
    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError>;

    /// The newest block that no reorganisation takes back.
    async fn finalized(&self) -> Result<Head, ChainError>;

    /// This worker as the chain knows it; `None` if it is not registered.
    async fn worker(&self, at: H256) -> Result<Option<WorkerView<AccountId32>>, ChainError>;

    /// Jobs drawn for or accepted by this worker and not yet attested.
    async fn jobs(&self, at: H256) -> Result<Vec<Job>, ChainError>;

    /// The attestation of a job; `None` before there is one and once it is pruned.
    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationView<AccountId32, u32>>, ChainError>;

    /// Time from block to block that the chain aims at; it never changes.
    async fn block_time(&self, at: H256) -> Result<Duration, ChainError>;

    /// What runs where this worker's session key lives, if it is a trusted execution environment and the key is bound to it now.
    async fn measurement(&self, at: H256) -> Result<Option<H256>, ChainError>;

    /// Names the models that this worker is drawn for, at most [`MAX_MODELS`], in place of those before.
    async fn serve(&self, models: Vec<H256>) -> Result<(), ChainError>;

    /// Tells that this worker is there, so that it is drawn although it has answered no job for a while.
    async fn heartbeat(&self) -> Result<(), ChainError>;

    /// Accepts a job.
    async fn accept(&self, job: JobId) -> Result<(), ChainError>;

    /// Declines a job that this worker was drawn for and has not accepted; it is drawn again among the others.
    async fn decline(&self, job: JobId) -> Result<(), ChainError>;

    /// Attests a job.
    async fn attest(
        &self,
        attestation: Attestation<AccountId32>,
        signature: sr25519::Signature,
    ) -> Result<(), ChainError>;

    /// Posts a demanded output as token ids.
    async fn deliver(&self, job: JobId, tokens: Vec<u32>) -> Result<(), ChainError>;

    /// Posts a demanded output of a sealed job as its bytes.
    async fn deliver_sealed(&self, job: JobId, output: Vec<u8>) -> Result<(), ChainError>;

    /// The public key that content is sealed to for an account; `None` if it has published none.
    async fn sealing_key(&self, at: H256, account: &AccountId32) -> Result<Option<Vec<u8>>, ChainError>;

    /// Publishes this worker's.
    async fn publish_sealing_key(&self, key: Vec<u8>) -> Result<(), ChainError>;

    /// Envelopes with a job's key for an account: who handed each over, and the hash of the blob.
    async fn envelopes(&self, at: H256, job: JobId, to: &AccountId32) -> Result<Vec<(AccountId32, H256)>, ChainError>;

    /// Hands a job's key over in envelopes for others.
    async fn hand_over(&self, job: JobId, envelopes: Vec<(AccountId32, H256)>) -> Result<(), ChainError>;

    /// Reviews under way, of anybody's jobs.
    async fn reviews(&self, at: H256) -> Result<Vec<ReviewView<AccountId32, u32>>, ChainError>;

    /// Fetches a blob of exactly this length from the node or its peers; the bytes match the hash.
    async fn fetch_blob(&self, hash: H256, length: u32) -> Result<Vec<u8>, ChainError>;

    /// Hands a blob to the node, for clients to fetch. Returns its hash.
    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError>;
}

/// Signs attestations. The session key stays where the work is done and signs nothing else.
pub trait SessionSigner: Send + Sync + 'static {
    /// The key that the chain knows.
    fn public(&self) -> sr25519::Public;

    /// Signs the 32 bytes of an attestation's signing hash.
    fn sign(&self, hash: &H256) -> Result<sr25519::Signature, ChainError>;
}

impl SessionSigner for sr25519::Pair {
    fn public(&self) -> sr25519::Public {
        sp_core::Pair::public(self)
    }

    fn sign(&self, hash: &H256) -> Result<sr25519::Signature, ChainError> {
        Ok(sp_core::Pair::sign(self, hash.as_bytes()))
    }
}
