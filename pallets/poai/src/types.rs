//! What the pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
pub use hanzo_poai::review::{Offence, Phase, Standing};
use hanzo_poai::{
    committee::{Committee, Score, Verdict, Vote},
    JobId,
};
use hanzo_traits::Balance;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

/// Most output tokens that are delivered on chain: 16 KiB of 4-byte ids (docs/jobs.md, "A job's life").
pub const MAX_DELIVERED_TOKENS: u32 = hanzo_poai::MAX_DEMANDABLE_TOKENS;

/// Bytes a token id takes on chain.
pub const TOKEN_BYTES: u32 = 4;

/// Token ids of an output, in order.
pub type OutputTokens = BoundedVec<u32, ConstU32<MAX_DELIVERED_TOKENS>>;

/// Most bytes of a sealed output that is delivered on chain.
pub const MAX_SEALED_BYTES: u32 = hanzo_poai::MAX_SEALED_OUTPUT_BYTES;

/// A sealed output as it is delivered.
pub type SealedOutput = BoundedVec<u8, ConstU32<MAX_SEALED_BYTES>>;

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
/// Delivery and review may overlap: the job ends when both are over, but for a fraud, which waits for nothing.
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
    /// What is known of the work.
    pub standing: Standing<BlockNumber>,
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
    /// Asked for and not delivered in time: the job fails.
    Withheld,
}

/// Why work is reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Cause<AccountId> {
    /// Drawn for audit.
    Audit,
    /// Somebody put a bond on its being forged.
    Challenge {
        /// Who.
        challenger: AccountId,
        /// Held of it, wei.
        bond: Balance,
    },
}

/// A member of a committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Member<AccountId> {
    /// Who.
    pub account: AccountId,
    /// What it committed to.
    pub commitment: Option<H256>,
    /// What it revealed.
    pub vote: Option<Vote>,
    /// Hash of the evidence it published off chain; zero for none.
    pub evidence: H256,
}

/// Most committees a verifier sits on at a time when none can be filled otherwise. A block summons a handful of committees, and
/// none sits longer than its phases, so all verifiers together never run out of these.
pub const MAX_SEATS: u32 = 256;

/// Members of a committee, in the order of the draw.
pub type Members<AccountId> = BoundedVec<Member<AccountId>, ConstU32<{ hanzo_poai::committee::MAX_MEMBERS as u32 }>>;

/// Those who sat on the audit's committee, and what they found.
pub type FirstVotes<AccountId> = BoundedVec<(AccountId, Option<Score>), ConstU32<3>>;

/// A review under way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Review<AccountId> {
    /// Why.
    pub cause: Cause<AccountId>,
    /// The committee that is drawn or sits.
    pub committee: Committee,
    /// Number of the round: of all rounds of this review, from 0. Enters commitments.
    pub round: u32,
    /// How often this committee was drawn anew.
    pub redraws: u32,
    /// How often a draw was put off since too many verifiers were busy.
    pub waits: u32,
    /// Where the round stands.
    pub phase: Phase,
    /// From which the positions of the digest derive; zero until the committee is drawn.
    pub positions: H256,
    /// The committee; empty until it is drawn.
    pub members: Members<AccountId>,
    /// The audit's committee, once the seven judge its verdict; it keeps its seats until they have.
    pub first: FirstVotes<AccountId>,
}

/// What a review came to; kept as long as the attestation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct VerdictRecord<AccountId, BlockNumber> {
    /// The verdict; `Undecided` if no committee came to one.
    pub verdict: Verdict,
    /// Whose it is.
    pub committee: Committee,
    /// Who challenged the job, if it was not drawn for audit.
    pub challenger: Option<AccountId>,
    /// Rounds held.
    pub rounds: u32,
    /// Votes of the last round.
    pub members: Members<AccountId>,
    /// Block of the verdict.
    pub at: BlockNumber,
    /// Whether it turned out that the work was bad on purpose.
    pub canary: bool,
}

/// Most operators of canaries.
pub const MAX_OPERATORS: u32 = 16;
/// Most hashes that one operator has lodged at a time.
pub const MAX_LODGED: u32 = 4_096;
/// Most hashes that one call lodges.
pub const MAX_LODGED_AT_ONCE: u32 = 64;
/// Hashes lodged together.
pub type CanaryHashes = BoundedVec<H256, ConstU32<MAX_LODGED_AT_ONCE>>;

/// A lodged hash: somebody may know of a job that its work will be wrong, or nothing stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Lodged<BlockNumber> {
    /// Block it is in; its job must be submitted in a later one.
    pub at: BlockNumber,
    /// First block in which it is worth nothing.
    pub expires_at: BlockNumber,
    /// Its number among all: with the block before, its place among those that expire.
    pub number: u64,
}

/// Most votes of a review: three rounds of three and three of seven.
pub const MAX_VOTES: u32 = 30;
/// Most members whose votes a verdict proves false: two of the seven, and the three before.
pub const MAX_PUNISHED: u32 = 5;

/// What a review leaves for the reveal of a canary; kept as long as the attestation.
#[derive(Clone, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, frame_support::DefaultNoBound)]
pub struct Trace<AccountId> {
    /// Members that found the work good in any round, each once.
    pub approved: BoundedVec<AccountId, ConstU32<MAX_VOTES>>,
    /// Members whose votes were proven false, with their slashes.
    pub punished: BoundedVec<(AccountId, SlashId), ConstU32<MAX_PUNISHED>>,
    /// The slash of the worker.
    pub forgery: Option<SlashId>,
    /// The worker's quality before and after the verdict moved it, ppb.
    pub quality: Option<(u32, u32)>,
    /// What the pot paid for replays, wei.
    pub paid: Balance,
    /// What the challenger spent on a canary, wei: the price of a replay, and its bond if it lost that.
    pub owed: Balance,
}

/// An account that checks work and answers for its verdicts with a bond.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Verifier<BlockNumber> {
    /// Bond, wei; equal to what is held from the account.
    pub bond: Balance,
    /// The part of it that waits to be slashed, wei.
    pub frozen: Balance,
    /// Its place in the tree of lots, never given to another.
    pub slot: u32,
    /// Block of its last change that a draw looks at.
    pub changed_at: BlockNumber,
    /// Whether its lot waits to be brought up to date.
    pub lot_queued: bool,
    /// Block in which it began to leave.
    pub leaving_since: Option<BlockNumber>,
}

/// Number of a slash.
pub type SlashId = u64;

/// A slash that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct FrozenSlash<AccountId, BlockNumber> {
    /// Whose bond.
    pub offender: AccountId,
    /// What for.
    pub offence: Offence,
    /// The job.
    pub job: JobId,
    /// Frozen, wei.
    pub amount: Balance,
    /// Who gets what of it, wei, when it is taken; the rest is burned.
    pub bounty: Option<(AccountId, Balance)>,
    /// Block in which the fraud was found.
    pub found_at: BlockNumber,
    /// Block in which it is taken.
    pub applies_at: BlockNumber,
}

/// Most frauds that count at a time.
pub const MAX_FRAUDS: u32 = 3;

/// Frauds of an account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct FraudRecord<BlockNumber> {
    /// Blocks of the last ones, oldest first.
    pub found_at: BoundedVec<BlockNumber, ConstU32<MAX_FRAUDS>>,
    /// First block in which it may submit, be drawn and accept again.
    pub denied_until: BlockNumber,
}

/// What governance sets.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameters {
    /// Chance that an attested job is audited, parts per billion, from [`MIN_AUDIT_RATE`] to one. The multiple of its value
    /// that a worker's bond must be is made for the least.
    pub audit_rate_ppb: u32,
    /// Least bond of a verifier, wei, above zero.
    pub min_verifier_bond: Balance,
    /// Whether forgery and false verdicts cost bonds. While it is off, workers earn no emission.
    pub slashing: bool,
    /// The engine profile that jobs must be run under, the one that verifiers compare to the bit; any if none is set. Were it the
    /// worker's to choose, a forger would name one that nobody can judge.
    pub engine_profile: Option<H256>,
}

/// Least audit rate, parts per billion: below 10 %, of which an author of a third of the blocks leaves two thirds, a forged job
/// would pay at a bond of 30 times its value.
pub const MIN_AUDIT_RATE: u32 = 100_000_000;

impl Default for Parameters {
    fn default() -> Self {
        Self {
            audit_rate_ppb: MIN_AUDIT_RATE,
            min_verifier_bond: 50_000_000_000_000_000_000_000,
            slashing: true,
            engine_profile: None,
        }
    }
}
