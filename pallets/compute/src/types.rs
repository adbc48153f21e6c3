//! What the pallet stores and announces.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use hanzo_poai::{
    bonus, parts, BlobRef, Decoding, JobKind, JobStatus, ModelProfile, Part, Parts, Resources, ServiceLevel,
    Verification,
};
use hanzo_traits::{Balance, PoolId, SessionKey, Tier};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// Most tiers a worker lists.
pub const MAX_TIERS: u32 = 4;

/// Most pools a worker owes tokens of: the listed tiers and tier 0, six classes each.
pub const MAX_OBLIGATIONS: u32 = 30;

/// Most models a worker names.
pub const MAX_MODELS: u32 = 32;

/// Most workers a job remembers that they did not accept it: more than it is ever drawn.
pub const MAX_MISSES: u32 = 8;

/// Models a worker runs, by content hash.
pub type Models = BoundedVec<H256, ConstU32<MAX_MODELS>>;

/// What a worker offers. It answers for all of it with its bond; nothing here is checked on chain but the tiers.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// What it can run at a time per class, wei of a unit (10¹⁸ = one GPU, one GiB, one core, one MB/s).
    pub units: Resources,
    /// Tiers it claims beside tier 0, which every worker is in; each must be known, none twice.
    pub tiers: BoundedVec<Tier, ConstU32<MAX_TIERS>>,
    /// Hash of the hardware description, whose text travels off chain.
    pub hardware: H256,
    /// Bit i set: it can run a job in region i.
    pub regions: u32,
    /// Latency it promises, milliseconds.
    pub latency_ms: u32,
    /// Jitter it promises, milliseconds.
    pub jitter_ms: u32,
}

/// Tokens a worker has minted and not yet burned, of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Obligation {
    /// Class and tier.
    pub pool: PoolId,
    /// Tokens owed, wei; never zero in storage.
    pub amount: Balance,
}

/// A worker.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Worker<BlockNumber> {
    /// What it offers.
    pub offer: Offer,
    /// Models it runs: it is drawn for jobs on these only.
    pub models: Models,
    /// Key its attestations are signed with.
    pub session_key: SessionKey,
    /// Bond, wei; equal to what is held from the account.
    pub bond: Balance,
    /// The part of it that waits to be slashed, wei: it backs nothing and nothing releases it but the end of that wait.
    pub frozen: Balance,
    /// What slashes have taken of it so far, wei.
    pub slashed: Balance,
    /// What it owes, one entry per pool.
    pub obligations: BoundedVec<Obligation, ConstU32<MAX_OBLIGATIONS>>,
    /// Value of its open jobs, wei: drawn, accepted or attested and not settled.
    pub open_value: Balance,
    /// How many of them are drawn or accepted: those it still has to do.
    pub open_jobs: u32,
    /// How many of them are attested and not settled.
    pub attested_jobs: u32,
    /// Draws it let pass without accepting.
    pub missed: u32,
    /// How many of them since it last accepted.
    pub missed_in_row: u32,
    /// Whether it takes jobs.
    pub accepting: bool,
    /// Whether what it earns is sold at settlement.
    pub sell_earned: bool,
    /// Block of its `deregister`, if it is leaving.
    pub leaving_since: Option<BlockNumber>,
    /// Block since which it has neither open jobs nor obligations, if it has none.
    pub idle_since: Option<BlockNumber>,
    /// Block in which it last changed anything that a draw looks at: draws whose inputs were fixed before pass it over.
    pub changed_at: BlockNumber,
    /// Its place in the tree of lots, for as long as it is a worker.
    pub slot: u32,
    /// Whether its lot waits to be brought up to date.
    pub lot_queued: bool,
    /// Block of its last sign of life.
    pub seen_at: BlockNumber,
    /// Whether a draw found it silent since: then it has no lot.
    pub silent: bool,
    /// What its jobs showed of it.
    pub sla: SlaRecord,
}

/// How a worker kept what it promised, since it registered. Counts stop at their greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct SlaRecord {
    /// Jobs it accepted.
    pub accepted: u32,
    /// Jobs it declined.
    pub declined: u32,
    /// Jobs it attested, all before their deadlines.
    pub attested: u32,
    /// Those of them that it attested later after the acceptance than the job's latency allowed.
    pub late: u32,
    /// Accepted jobs whose deadline it missed.
    pub deadlines_missed: u32,
    /// Jobs whose output was demanded and not delivered.
    pub outputs_withheld: u32,
    /// Time from acceptance to attestation, milliseconds: a mean in which the last eight jobs count about two thirds.
    pub mean_millis: u32,
}

impl<BlockNumber> Worker<BlockNumber> {
    /// Tokens it owes of a pool, wei.
    pub fn obligation(&self, pool: PoolId) -> Balance {
        self.obligations.iter().find(|owed| owed.pool == pool).map_or(0, |owed| owed.amount)
    }

    /// Whether it is free of everything a bond answers for.
    pub fn is_idle(&self) -> bool {
        self.open_jobs == 0 && self.attested_jobs == 0 && self.obligations.is_empty() && self.frozen == 0
    }
}

/// What a worker must be to serve a tier above 0.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
#[serde(rename_all = "camelCase")]
pub struct TierRule {
    /// It can run jobs in one of these regions (bit mask); 0 takes any.
    pub regions: u32,
    /// Its session key lives in a trusted execution environment.
    pub tee: bool,
}

impl TierRule {
    /// Whether it is at least as strict as another: whoever it lets serve, the other does too.
    pub fn implies(&self, other: &Self) -> bool {
        let is_within = other.regions == 0 || (self.regions != 0 && self.regions & !other.regions == 0);
        is_within && (self.tee || !other.tee)
    }
}

/// Who was drawn for a job, and what the draw fixed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Assignment<AccountId, BlockNumber> {
    /// The worker drawn.
    pub worker: AccountId,
    /// The job's seed.
    pub seed: H256,
    /// Last block in which the worker may accept.
    pub accept_by: BlockNumber,
    /// How many of the sampled workers qualified; below 5 the job earns no emission, bonus or quality.
    pub candidates: u32,
}

/// A job from its submission until it is pruned.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Job<AccountId, BlockNumber> {
    /// Who asked.
    pub client: AccountId,
    /// What it does.
    pub kind: JobKind,
    /// Model asked for.
    pub model: H256,
    /// The input, handed over off chain.
    pub input: BlobRef,
    /// Most prompt tokens paid for.
    pub max_prompt_tokens: u32,
    /// How to decode, with the most output tokens paid for.
    pub decoding: Decoding,
    /// Who may run it.
    pub sla: ServiceLevel,
    /// Tier of its worker, and of the tokens that are of no other.
    pub tier: Tier,
    /// How it is proven.
    pub verification: Verification,
    /// Root of the prior; zero for none.
    pub prior_root: H256,
    /// The client's own number.
    pub nonce: u64,
    /// Whether unused tokens are sold at settlement.
    pub sell_unused: bool,
    /// Whether input and outputs are sealed.
    pub sealed: bool,
    /// The model's profile when the job was submitted: what was paid by is what is settled by.
    pub profile: Option<ModelProfile>,
    /// Tokens in escrow, wei per class over all tiers; zero once the job is final.
    pub escrow: Resources,
    /// What of them is of other tiers than the job's own; none once it is final.
    pub parts: Parts,
    /// Credits paid for tokens, fees included, wei.
    pub paid: Balance,
    /// What of the fees among them was burned or went to the treasury, without the mean fee, wei: no bonus is above it.
    pub lost_fees: Balance,
    /// V: credits paid, plus held tokens at the price that bonds answer for, wei.
    pub value: Balance,
    /// Held from the client against late cancellation and draws in vain, wei; zero once the job is final.
    pub fee: Balance,
    /// Held beside it for audits, wei: goes to their pot with the attestation; zero from then on, or once the job is final.
    pub audit_fee: Balance,
    /// Block of submission.
    pub submitted_at: BlockNumber,
    /// Last block for the attestation.
    pub deadline: BlockNumber,
    /// Where it stands.
    pub status: JobStatus,
    /// The draw mixes the outputs of the 4 blocks after this one; a draw that comes late moves it.
    pub drawn_after: BlockNumber,
    /// Draws that found a worker.
    pub draws: u32,
    /// Draws that found none.
    pub empty_draws: u32,
    /// Workers that were drawn and did not accept; they are not drawn for it again.
    pub missed_by: BoundedVec<AccountId, ConstU32<MAX_MISSES>>,
    /// The worker, from the draw on; kept when the job is final.
    pub assignment: Option<Assignment<AccountId, BlockNumber>>,
    /// Hash of the block before the acceptance.
    pub opening: Option<H256>,
    /// Block of the acceptance.
    pub accepted_at: Option<BlockNumber>,
    /// Attested prompt tokens.
    pub prompt_tokens: u32,
    /// Attested output tokens.
    pub output_tokens: u32,
}

impl<AccountId, BlockNumber> Job<AccountId, BlockNumber> {
    /// Pools whose tokens it has in escrow, and how many of each, wei. `None` if its parts exceed the escrow, which they
    /// never do.
    pub fn pools(&self) -> Option<Vec<(PoolId, Balance)>> {
        pools_of(self.tier, &self.escrow, &self.parts)
    }

    /// How many pools' tokens it has in escrow.
    pub fn pool_count(&self) -> u32 {
        self.pools().map_or(parts::MAX_POOLS, |pools| pools.len() as u32)
    }
}

/// The pools of `whole`, of which `parts` are of other tiers than `tier`, and how much is of each. `None` if they exceed it.
pub(crate) fn pools_of(tier: Tier, whole: &Resources, parts: &[Part]) -> Option<Vec<(PoolId, Balance)>> {
    let pools = parts::pools(tier, whole, parts)?;
    Some(pools.into_iter().map(|(class, tier, amount)| (PoolId { class, tier }, amount)).collect())
}

/// What one party of a settlement gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Payout {
    /// What was due, wei per class over all tiers.
    pub due: Resources,
    /// What of it is of other tiers than the job's own.
    pub parts: Parts,
    /// The part of it that was sold, wei per class over all tiers; the rest was paid as tokens.
    pub sold: Resources,
    /// What the sales brought, wei.
    pub credits: Balance,
}

/// What governance sets of the bonus.
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
pub struct BonusParameters {
    /// ρ: most that a job earns, parts per billion of its value, at most [`bonus::MAX_RATE`].
    pub rate_ppb: u32,
    /// Most that all jobs of an epoch earn, parts per billion of the workers' share of it, at most [`bonus::MAX_PART`].
    pub part_ppb: u32,
}

impl Default for BonusParameters {
    fn default() -> Self {
        Self { rate_ppb: bonus::MAX_RATE, part_ppb: bonus::MAX_PART }
    }
}

/// Bonuses of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct BonusEpoch {
    /// Its number: blocks since genesis over the length of an epoch.
    pub number: u32,
    /// The workers' share of it: what their pot held before the first bonus of the epoch, wei.
    pub share: Balance,
    /// Most that bonuses may come to, wei.
    pub budget: Balance,
    /// What they have come to, wei.
    pub paid: Balance,
}

/// Why a job was refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RefundReason {
    /// The client cancelled.
    Cancelled,
    /// Too many draws found nobody (less what they cost), or the deadline passed before one found somebody.
    NoWorker,
    /// Nobody drawn accepted in time.
    NotAccepted,
}

/// Tokens a genesis worker starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisTokens {
    /// Class and tier.
    pub pool: PoolId,
    /// Tokens minted to the worker, wei.
    pub amount: Balance,
    /// Price the bond is checked at, 10¹⁸ fixed point: p̄ of the pool that the same genesis opens.
    pub price: u128,
}

/// A worker that the chain starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GenesisWorker<AccountId> {
    /// Its account, which must own the bond and an existential deposit.
    pub account: AccountId,
    /// What it offers.
    pub offer: Offer,
    /// Key of its attestations.
    pub session_key: SessionKey,
    /// Bond, wei.
    pub bond: Balance,
    /// Models it runs.
    pub models: Models,
    /// Whether it takes jobs from the first block on.
    pub accepting: bool,
    /// Tokens minted to it.
    pub tokens: Vec<GenesisTokens>,
}
