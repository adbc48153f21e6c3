//! What the pallet stores.

use codec::{Decode, Encode, MaxEncodedLen};
use hanzo_traits::Balance;
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

/// Most output tokens that are delivered on chain: 16 KiB of 4-byte ids (docs/jobs.md, "A job's life").
pub const MAX_DELIVERED_TOKENS: u32 = hanzo_poai::MAX_DEMANDABLE_TOKENS;

/// Bytes a token id takes on chain.
pub const TOKEN_BYTES: u32 = 4;

/// Token ids of an output, in order.
pub type OutputTokens = BoundedVec<u32, ConstU32<MAX_DELIVERED_TOKENS>>;

/// Place in a time-ordered queue: block number, then job, both 64 bits big-endian, so that the order of the keys in the
/// trie is the order in time and the next due entry is the first key.
pub type QueueKey = [u8; 16];

/// An accepted attestation, without the evidence of its proof: fields as the worker signed them, and when they arrived.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct AttestationRecord<AccountId, BlockNumber> {
    /// Who attested and answers for it.
    pub worker: AccountId,
    /// Content hash of the model that ran.
    pub model: H256,
    /// Hash of the input blob.
    pub input: H256,
    /// Hash of the output blob.
    pub output: H256,
    /// Root over the output tokens.
    pub tokens_root: H256,
    /// Root over the fingerprints of the same chunks.
    pub fingerprints_root: H256,
    /// Tokens the input came to.
    pub prompt_tokens: u32,
    /// Tokens produced, at least 1.
    pub output_tokens: u32,
    /// The client's nonce.
    pub nonce: u64,
    /// The job's seed.
    pub seed: H256,
    /// Hash of the engine profile.
    pub engine_profile: H256,
    /// Root of the prior in force; zero for none.
    pub prior_root: H256,
    /// What the signature was bound to; spent with this record.
    pub challenge: H256,
    /// Hash that names the whole receipt.
    pub receipt_root: H256,
    /// Block the attestation is in.
    pub attested_at: BlockNumber,
    /// First block in which the job can settle; a demanded delivery may move it back.
    pub settles_at: BlockNumber,
}

/// What stands between an attested job and its settlement. Exists from the attestation until the job is final.
///
/// Whatever else may keep a window open gets a field of its own beside `delivery`: such reasons can overlap.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Window<AccountId, BlockNumber> {
    /// The worker that attested.
    pub worker: AccountId,
    /// Block in which the window is looked at next: its place in the queue.
    pub due: BlockNumber,
    /// Attempts to end the job that failed.
    pub attempts: u32,
    /// Whether the output was asked for.
    pub delivery: Delivery<AccountId, BlockNumber>,
}

/// State of the demand that a client may make once per job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Delivery<AccountId, BlockNumber> {
    /// Not asked for.
    NotDemanded,
    /// Asked for and outstanding.
    Demanded {
        /// Who asked, and whose bond is held.
        client: AccountId,
        /// The bond, wei.
        bond: Balance,
        /// Last block for the delivery.
        by: BlockNumber,
    },
    /// Delivered; the output is on chain.
    Delivered,
}
