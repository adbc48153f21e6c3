//! What the verifier's loop needs of a chain. One process may serve several accounts.

use crate::worker::chain::{ChainError, Head, Job};
use async_trait::async_trait;
use futures::stream::BoxStream;
use hanzo_poai::committee::Vote;
use hanzo_poai::JobId;
use hanzo_traits::api::{AttestationView, ReviewView, VerdictView, VerifierView};
use sp_core::H256;
use sp_runtime::AccountId32;

/// A review as this chain's runtime API gives it.
pub type Review = ReviewView<AccountId32, u32>;

/// An attestation as this chain's runtime API gives it.
pub type AttestationOf = AttestationView<AccountId32, u32>;

/// A verdict as this chain's runtime API gives it.
pub type VerdictOf = VerdictView<AccountId32, u32>;

/// A verifier as this chain's runtime API gives it.
pub type VerifierOf = VerifierView<AccountId32, u32>;

/// A chain with our runtime, seen by some verifiers. Reads are at a given block; writes are signed by the account named and
/// return once the pool has taken them, not once they are in a block.
#[async_trait]
pub trait Chain: Send + Sync + 'static {
    /// Hash of block 0; enters every commitment.
    fn genesis(&self) -> H256;

    /// The verifiers' accounts, each once.
    fn accounts(&self) -> Vec<AccountId32>;

    /// Best blocks as they come, the current one first. The stream ends when the connection is lost; ask again then.
    async fn blocks(&self) -> Result<BoxStream<'static, Head>, ChainError>;

    /// An account as the chain knows it; `None` if it is no verifier.
    async fn verifier(&self, at: H256, account: &AccountId32) -> Result<Option<VerifierOf>, ChainError>;

    /// Reviews on whose committees an account sits.
    async fn seats(&self, at: H256, account: &AccountId32) -> Result<Vec<Review>, ChainError>;

    /// A job; `None` before it is there and once it is pruned.
    async fn job(&self, at: H256, job: JobId) -> Result<Option<Job>, ChainError>;

    /// The attestation of a job; likewise.
    async fn attestation(&self, at: H256, job: JobId) -> Result<Option<AttestationOf>, ChainError>;

    /// What the review of a job came to; `None` while it goes on and once it is pruned.
    async fn verdict(&self, at: H256, job: JobId) -> Result<Option<VerdictOf>, ChainError>;

    /// Commits to a vote.
    async fn commit(&self, account: &AccountId32, job: JobId, commitment: H256) -> Result<(), ChainError>;

    /// Reveals a vote, with the hash of its evidence.
    async fn reveal(
        &self,
        account: &AccountId32,
        job: JobId,
        vote: Vote,
        salt: [u8; 32],
        evidence: H256,
    ) -> Result<(), ChainError>;

    /// The public key that content is sealed to for an account; `None` if it has published none.
    async fn sealing_key(&self, at: H256, account: &AccountId32) -> Result<Option<Vec<u8>>, ChainError>;

    /// Publishes an account's.
    async fn publish_sealing_key(&self, account: &AccountId32, key: Vec<u8>) -> Result<(), ChainError>;

    /// Envelopes with a job's key for an account: who handed each over, and the hash of the blob.
    async fn envelopes(&self, at: H256, job: JobId, to: &AccountId32) -> Result<Vec<(AccountId32, H256)>, ChainError>;

    /// Fetches a blob from the node or its peers, of exactly this length where one is given; the bytes match the hash.
    async fn fetch_blob(&self, hash: H256, length: Option<u32>) -> Result<Vec<u8>, ChainError>;

    /// Hands a blob to the node, for others to fetch. Returns its hash.
    async fn put_blob(&self, bytes: Vec<u8>) -> Result<H256, ChainError>;
}
