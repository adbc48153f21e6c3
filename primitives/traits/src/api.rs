//! Runtime APIs, and the views they return. RPC methods are thin over these.

use crate::{
    amount::Amount,
    ids::{PoolId, Tier},
};
use alloc::{string::String, vec::Vec};
use codec::{Codec, Decode, Encode};
use hanzo_hmm::{Curve, FeeParameters, Pool, Reserves, Side};
use hanzo_poai::{
    review::Standing, JobId, JobKind, JobStatus, ModelProfile, Part, Parts, ResourceClass, Resources, Verification,
};
use hanzo_proofs::{Allowance, Vendor};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// A fee, split to the wei; see [`hanzo_hmm::FeeSplit`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeeView {
    /// All of it, wei.
    pub total: Amount,
    /// Market part, wei.
    pub market: Amount,
    /// Risk part, wei.
    pub risk: Amount,
    /// What the mean price asks beyond the curve, wei.
    pub mean: Amount,
    /// Burned, wei.
    pub burned: Amount,
    /// To the treasury, wei.
    pub treasury: Amount,
    /// To the liquidity providers, wei.
    pub lp: Amount,
}

/// A pool as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolView {
    /// Class and tier.
    pub id: PoolId,
    /// The resource token it trades.
    pub asset_id: u32,
    /// Ψ, wei of a resource-second.
    pub psi: Amount,
    /// Θ, wei of $AI.
    pub theta: Amount,
    /// κ in scaled integer form, K(Ψ,Θ) of the specification, as a decimal string (up to 256 bits).
    pub kappa: String,
    /// Marginal price, 10¹⁸ fixed point.
    pub price: Amount,
    /// Mean over 1 hour, 10¹⁸ fixed point.
    pub twap_hour: Amount,
    /// Mean over 1 day, 10¹⁸ fixed point.
    pub twap_day: Amount,
    /// Mean over 7 days, 10¹⁸ fixed point.
    pub twap_week: Amount,
    /// Liquidity shares, locked ones included.
    pub shares: Amount,
    /// The providers' part of fees, which enters Θ little by little, wei.
    pub pending_lp_fee: Amount,
    /// Credits given to the pool that enter Θ little by little, wei.
    pub donated: Amount,
    /// Compute given to the pool that enters Ψ little by little, wei.
    pub donated_psi: Amount,
    /// Mean of closing prices that buys pay at least and sells get at most, before fees, 10¹⁸ fixed point.
    pub mean_price: Amount,
    /// Shape.
    pub curve: CurveView,
    /// Fees.
    pub fees: FeeParameters,
}

/// A curve with string amounts; see [`Curve`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CurveView {
    /// ε in parts per billion.
    pub epsilon_ppb: u32,
    /// Θ̄, wei.
    pub theta_scale: Amount,
    /// Ψ̄, wei.
    pub psi_scale: Amount,
}

impl From<Curve> for CurveView {
    fn from(curve: Curve) -> Self {
        Self {
            epsilon_ppb: curve.epsilon_ppb,
            theta_scale: curve.theta_scale.into(),
            psi_scale: curve.psi_scale.into(),
        }
    }
}

/// What a trade would do if it ran on top of the block the quote holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuoteView<BlockNumber> {
    /// Compute that changes hands, wei.
    pub psi: Amount,
    /// Credits paid (buy) or received (sell), fees included, wei.
    pub theta: Amount,
    /// Fee parts.
    pub fee: FeeView,
    /// Marginal price before, 10¹⁸ fixed point.
    pub price_before: Amount,
    /// Marginal price after: the shadow price of one more unit.
    pub price_after: Amount,
    /// |average price ÷ price before − 1|, parts per billion.
    pub price_impact_ppb: u64,
    /// The block the quote holds for.
    pub at: BlockNumber,
}

/// A pool as trades in the next block find it: what a router needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RouteSource {
    /// Class and tier.
    pub id: PoolId,
    /// Shape.
    pub curve: Curve,
    /// Fees.
    pub fees: FeeParameters,
    /// Ψ and Θ, wei.
    pub reserves: Reserves,
    /// References of the risk fee, wei.
    pub reference: Reserves,
    /// Mean price that buys pay at least, 10¹⁸ fixed point.
    pub mean: Option<u128>,
    /// Compute that has to stay, wei.
    pub floor: u128,
    /// Most compute that an account may trade in the block outside batches, wei.
    pub most: u128,
}

impl RouteSource {
    /// The pool as the maths sees it.
    pub fn pool(&self) -> Pool {
        Pool { curve: self.curve, fees: self.fees, reserves: self.reserves, reference: self.reference, mean: self.mean }
    }
}

/// What a route buys in one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteShare {
    /// The pool's tier.
    pub tier: Tier,
    /// Compute bought, wei.
    pub psi: Amount,
    /// Credits for it, fees included, wei.
    pub theta: Amount,
    /// Price of the last unit, or of the first where none is bought, fees included, 10²⁴ fixed point.
    pub marginal_price: Amount,
    /// What one more unit of the pool's limit would save, 10²⁴ fixed point; 0 where it does not bind.
    pub cap_price: Amount,
}

/// The cheapest way to buy what a job needs of one class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassRoute {
    /// The class.
    pub class: ResourceClass,
    /// Compute required, wei; the shares add up to it.
    pub required: Amount,
    /// Credits for all of it, fees included, wei.
    pub total: Amount,
    /// What one more unit would cost, fees included, 10²⁴ fixed point.
    pub shadow_price: Amount,
    /// What it costs more than it would in any tier, wei: the price of the choice of tiers.
    pub tier_price: Amount,
    /// One per pool that was looked at.
    pub shares: Vec<RouteShare>,
}

/// The cheapest way to buy all that a job needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteView<BlockNumber> {
    /// Class by class; those that are not needed are left out.
    pub classes: Vec<ClassRoute>,
    /// Credits in all, fees included, wei.
    pub total: Amount,
    /// The block it holds for.
    pub at: BlockNumber,
}

/// What the calls of a block may do in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BatchPhase {
    /// Commit orders.
    Commit,
    /// Reveal them.
    Reveal,
}

/// An order in a batch.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchOrderView<AccountId> {
    /// Its number.
    pub index: u16,
    /// Whose.
    pub trader: AccountId,
    /// Which way.
    pub side: Side,
    /// The most it gives, locked: wei of credits (buy) or of compute (sell).
    pub locked: Amount,
    /// Compute to buy or sell, wei, once revealed.
    pub psi: Option<Amount>,
    /// Credits for it, wei: at most (buy) or at least (sell), once revealed.
    pub theta: Option<Amount>,
}

/// The batch of a pool that calls in the next block belong to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchView<AccountId, BlockNumber> {
    /// Its number.
    pub number: u32,
    /// The next block.
    pub at: BlockNumber,
    /// What calls in it may do.
    pub phase: BatchPhase,
    /// Last block for commitments.
    pub commit_until: BlockNumber,
    /// Last block for revelations.
    pub reveal_until: BlockNumber,
    /// The block that clears it.
    pub clears_at: BlockNumber,
    /// Least lock of a buy, wei of credits.
    pub least_buy_lock: Amount,
    /// Least lock of a sale, wei of compute.
    pub least_sell_lock: Amount,
    /// Least price it would clear at now, 10¹⁸ fixed point; it follows the mean over an hour.
    pub band_low: Amount,
    /// Highest price, likewise.
    pub band_high: Amount,
    /// Its orders, at most 256.
    pub orders: Vec<BatchOrderView<AccountId>>,
}

/// Resources of one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartView {
    /// The tier.
    pub tier: Tier,
    /// How much of each class, wei.
    pub resources: [Amount; ResourceClass::COUNT],
}

impl From<&Part> for PartView {
    fn from(part: &Part) -> Self {
        Self { tier: part.tier, resources: part.resources.0.map(Amount) }
    }
}

impl From<PartView> for Part {
    fn from(part: PartView) -> Self {
        Self { tier: part.tier, resources: Resources(part.resources.map(Into::into)) }
    }
}

/// One class of a job's quote, in one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassQuote<BlockNumber> {
    /// The class.
    pub class: ResourceClass,
    /// The tier.
    pub tier: Tier,
    /// The trade that buys it.
    pub trade: QuoteView<BlockNumber>,
}

/// What a job would cost.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobQuote<BlockNumber> {
    /// Per class and tier; those the job does not use are left out.
    pub classes: Vec<ClassQuote<BlockNumber>>,
    /// Credits for all of them, fees included, wei.
    pub total: Amount,
    /// Held besides, and released at settlement: 1 % of the value but at least a floor, what a late cancellation and
    /// draws in vain cost, wei.
    pub held: Amount,
    /// Held besides for audits, and paid when the job is attested, wei.
    pub audit_fee: Amount,
    /// The block the quote holds for.
    pub at: BlockNumber,
}

/// A job as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobView<AccountId, BlockNumber> {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub status: JobStatus,
    /// Who asked.
    pub client: AccountId,
    /// Who is drawn or has accepted.
    pub worker: Option<AccountId>,
    /// Model asked for.
    pub model: H256,
    /// Tier of its worker, and of the tokens that are of no other.
    pub tier: Tier,
    /// Input blob.
    pub input: H256,
    /// Length of the input, bytes.
    pub input_length: u32,
    /// Most prompt tokens.
    pub max_prompt_tokens: u32,
    /// How to decode.
    pub decoding: hanzo_poai::Decoding,
    /// Kind of proof asked for.
    pub verification: Verification,
    /// Whether input and output are sealed: their bytes open with a key that client and worker hand over.
    pub sealed: bool,
    /// The client's nonce; in JSON as text, as programs that count in floats lose the digits of large ones.
    #[serde(with = "crate::amount::text")]
    pub nonce: u64,
    /// The seed, once drawn.
    pub seed: Option<H256>,
    /// Hash that enters the challenge, once accepted.
    pub opening: Option<H256>,
    /// Root of the prior, zero for none.
    pub prior_root: H256,
    /// Credits paid for the tokens, wei.
    pub paid: Amount,
    /// Value the bond answers for, wei.
    pub value: Amount,
    /// Tokens in escrow per class over all tiers, wei.
    pub escrow: [Amount; ResourceClass::COUNT],
    /// What of them is of other tiers than the job's own.
    pub parts: Vec<PartView>,
    /// Attested prompt tokens.
    pub prompt_tokens: u32,
    /// Attested output tokens.
    pub output_tokens: u32,
    /// Block of submission.
    pub submitted_at: BlockNumber,
    /// Last block for the attestation.
    pub deadline: BlockNumber,
    /// Last block for the acceptance, while it is open.
    pub accept_by: Option<BlockNumber>,
    /// Draws made so far.
    pub draws: u32,
}

/// The attestors in force.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestorsView {
    /// Number of the set.
    pub set: u32,
    /// Their keys, in the order in which signatures name them.
    pub keys: Vec<H256>,
    /// How many must sign; 0 if there are none.
    pub threshold: u8,
}

/// A worker as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerView<AccountId> {
    /// Its account.
    pub account: AccountId,
    /// Key its attestations are signed with.
    pub session_key: H256,
    /// Whether it takes jobs.
    pub accepting: bool,
    /// Tiers it qualifies for.
    pub tiers: Vec<Tier>,
    /// Units per class: how much it can run at a time, wei of a unit.
    pub units: [Amount; ResourceClass::COUNT],
    /// Bond, wei.
    pub bond: Amount,
    /// Part of the bond's limit that nothing binds, wei of value.
    pub free_limit: Amount,
    /// Tokens minted and not yet burned, per class over all tiers, wei.
    pub obligations: [Amount; ResourceClass::COUNT],
    /// Value of its open jobs, wei.
    pub open_value: Amount,
    /// Number of its open jobs: drawn, accepted, or attested and not settled.
    pub open_jobs: u32,
    /// Draws it did not accept.
    pub missed: u32,
    /// Quality, parts per billion.
    pub quality_ppb: u32,
    /// Models it runs: it is drawn for jobs on these only.
    pub models: Vec<H256>,
    /// Draws in a row that it did not accept; at 3 it stops taking jobs.
    pub missed_in_row: u32,
    /// Bit i set: it can run a job in region i.
    pub regions: u32,
    /// Latency it promises, milliseconds.
    pub latency_ms: u32,
    /// Jitter it promises, milliseconds.
    pub jitter_ms: u32,
    /// Whether its session key lives in a trusted execution environment, now.
    pub tee: bool,
    /// Whether it has to get rid of obligations, and mints nothing until then.
    pub margin_called: bool,
    /// Whether it gave no sign for too long: it is not drawn until it does.
    pub silent: bool,
    /// First block in which a heartbeat of it is taken.
    pub heartbeat_from: u32,
    /// How it kept what it promised.
    pub sla: SlaView,
}

/// How a worker kept what it promised, since it registered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlaView {
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
    /// Mean time from acceptance to attestation, milliseconds; the last eight jobs count about two thirds.
    pub mean_millis: u32,
}

/// A page of open jobs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenJobs<AccountId, BlockNumber> {
    /// Jobs that are not final, oldest first; maybe none although more follow.
    pub jobs: Vec<JobView<AccountId, BlockNumber>>,
    /// Where the next page starts; none when this is the last.
    pub next: Option<JobId>,
}

/// An attestation as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestationView<AccountId, BlockNumber> {
    /// The job.
    pub job: JobId,
    /// Who attested.
    pub worker: AccountId,
    /// Model that ran.
    pub model: H256,
    /// Input hash.
    pub input: H256,
    /// Output hash.
    pub output: H256,
    /// Root over the output tokens.
    pub tokens_root: H256,
    /// Root over the fingerprints.
    pub fingerprints_root: H256,
    /// Hash that names the whole receipt.
    pub receipt_root: H256,
    /// Prompt tokens.
    pub prompt_tokens: u32,
    /// Output tokens.
    pub output_tokens: u32,
    /// Seed.
    pub seed: H256,
    /// Engine profile.
    pub engine_profile: H256,
    /// Prior.
    pub prior_root: H256,
    /// Block the attestation is in.
    pub attested_at: BlockNumber,
    /// First block in which the job can settle.
    pub settles_at: BlockNumber,
    /// Last block for the delivery of a demanded output.
    pub deliver_by: Option<BlockNumber>,
    /// What is known of the work; none once the job is final.
    pub standing: Option<Standing<BlockNumber>>,
}

/// An output that was delivered on chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveredOutput {
    /// Hash of the output's bytes, as attested.
    pub output: H256,
    /// The model's tokens, which decode to those bytes; none if the job is sealed.
    pub tokens: Vec<u32>,
    /// The bytes as they are, if the job is sealed: they open with its key. In JSON as hexadecimal text.
    #[serde(default, with = "crate::amount::optional_hex", skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Vec<u8>>,
}

pub use crate::review_views::{MemberView, ReviewView, SlashView, VerdictView, VerifierView};

/// A failed quote or lookup, as text with the numbers.
pub type ApiResult<T> = Result<T, String>;

/// Storage key that permits [`Invariants::check`], whatever its value. It is never in the chain's state: a node puts it
/// into the changes that it lays over the state for a call of its own. Whoever has the node call the runtime, over
/// `state_call` or as a light client, can choose method and arguments but not the state.
pub const CHECK_PERMIT: &[u8] = b":hanzo:check_permit";

// The macro repeats the bounds of a trait's parameters.
#[allow(clippy::multiple_bound_locations)]
mod declarations {
    use super::*;

    sp_api::decl_runtime_apis! {
        /// The market.
        pub trait HmmApi<AccountId: Codec, BlockNumber: Codec> {
            /// Every pool.
            fn pools() -> Vec<PoolView>;
            /// One pool.
            fn pool(pool: PoolId) -> ApiResult<PoolView>;
            /// Credits in, compute out; `theta_in` in wei, fees included.
            fn quote_buy(pool: PoolId, theta_in: u128) -> ApiResult<QuoteView<BlockNumber>>;
            /// Compute out, credits in; `psi_out` in wei.
            fn quote_buy_exact_out(pool: PoolId, psi_out: u128) -> ApiResult<QuoteView<BlockNumber>>;
            /// Compute in, credits out; `psi_in` in wei.
            fn quote_sell(pool: PoolId, psi_in: u128) -> ApiResult<QuoteView<BlockNumber>>;
            /// Marginal price, 10¹⁸ fixed point.
            fn price(pool: PoolId) -> ApiResult<Amount>;
            /// Mean price over the last `window` blocks, at most 7 days, 10¹⁸ fixed point.
            fn twap(pool: PoolId, window: BlockNumber) -> ApiResult<Amount>;
            /// Every pool with liquidity as trades in the next block find it, and that block.
            fn route_sources() -> (Vec<RouteSource>, BlockNumber);
            /// The batch of a pool that calls in the next block belong to.
            fn batch(pool: PoolId) -> ApiResult<BatchView<AccountId, BlockNumber>>;
            /// Loss of a provider against holding, from balance, at price ratio `ratio` (10¹⁸ fixed point); 10¹⁸ fixed point.
            fn impermanent_loss(pool: PoolId, ratio: u128) -> ApiResult<Amount>;
        }

        /// Jobs and workers.
        pub trait JobsApi<AccountId: Codec, BlockNumber: Codec> {
            /// What a job on `model` with so many tokens at most would cost in `tier`, but for `parts` that are of other tiers.
            fn quote(
                model: H256,
                tier: Tier,
                parts: Parts,
                max_prompt_tokens: u32,
                max_output_tokens: u32,
            ) -> ApiResult<JobQuote<BlockNumber>>;
            /// The same of a job on a model without profile, which names its `resources` itself.
            fn quote_resources(tier: Tier, parts: Parts, resources: Resources) -> ApiResult<JobQuote<BlockNumber>>;
            /// One job.
            fn job(job: JobId) -> Option<JobView<AccountId, BlockNumber>>;
            /// Jobs that are not final, oldest first, from `start` on, at most `limit` (≤ 256), and where to go on.
            /// Looks at no more than 4,096 numbers.
            fn open_jobs(start: JobId, limit: u32) -> OpenJobs<AccountId, BlockNumber>;
            /// Jobs drawn for or accepted by this worker and not yet attested.
            fn jobs_of(worker: AccountId) -> Vec<JobView<AccountId, BlockNumber>>;
            /// Workers, at most `limit` (≤ 256), from the `start`-th on.
            fn workers(start: u32, limit: u32) -> Vec<WorkerView<AccountId>>;
            /// One worker.
            fn worker(account: AccountId) -> Option<WorkerView<AccountId>>;
            /// A model's profile.
            fn model_profile(model: H256) -> Option<ModelProfile>;
        }

        /// Proof of AI.
        pub trait PoaiApi<AccountId: Codec, BlockNumber: Codec> {
            /// The attestation of a job.
            fn attestation(job: JobId) -> Option<AttestationView<AccountId, BlockNumber>>;
            /// The output of a job, if it was delivered on chain, until it is pruned.
            fn delivered(job: JobId) -> Option<DeliveredOutput>;
            /// Challenge of an accepted job: what its attestation is bound to.
            fn challenge(job: JobId) -> ApiResult<H256>;
            /// Quality of a worker, parts per billion.
            fn quality(worker: AccountId) -> u32;
            /// Reviews under way, at most `limit` (≤ 256) of them, in no particular order.
            fn open_audits(limit: u32) -> Vec<ReviewView<AccountId, BlockNumber>>;
            /// Reviews on whose committees an account sits.
            fn seats(verifier: AccountId) -> Vec<ReviewView<AccountId, BlockNumber>>;
            /// What the review of a job came to, until it is pruned.
            fn verdict(job: JobId) -> Option<VerdictView<AccountId, BlockNumber>>;
            /// A verifier.
            fn verifier(account: AccountId) -> Option<VerifierView<AccountId, BlockNumber>>;
            /// Verifiers by slot, at most `limit` (≤ 256) from slot `start` on; looks at no more than 4,096 slots.
            fn verifiers(start: u32, limit: u32) -> Vec<VerifierView<AccountId, BlockNumber>>;
            /// Slashes that wait for their time, at most `limit` (≤ 256), the next one first.
            fn slashes(limit: u32) -> Vec<SlashView<AccountId, BlockNumber>>;
            /// First block in which an account may submit jobs and have them again; none if it may.
            fn denied_until(account: AccountId) -> Option<BlockNumber>;
            /// What a challenge of an attested job would have to put up, wei.
            fn challenge_bond(job: JobId) -> Option<Amount>;
        }

        /// What may stand behind an attestation.
        pub trait ProofsApi<AccountId: Codec> {
            /// Who signs for what the chain cannot check.
            fn attestors() -> AttestorsView;
            /// The epoch in force, for which session keys are bound.
            fn epoch() -> u64;
            /// What runs where a worker's session key lives, if that key is bound now and all it rests on is in force.
            fn measurement(worker: AccountId) -> Option<H256>;
            /// First second at which a root, named by the blake2-256 of its certificate, is no longer trusted; `None` if it is not
            /// registered, or it or its vendor is paused.
            fn root(vendor: Vendor, root: H256) -> Option<u64>;
            /// On whose hardware, and which platforms, something may run; `None` if it is not allowed, or paused.
            fn allowance(measurement: H256) -> Option<Allowance>;
        }

        /// Where the keys of sealed jobs are.
        pub trait SealingApi<AccountId: Codec> {
            /// The public key that content is sealed to for an account: X-Wing, 1,216 bytes.
            fn key(account: AccountId) -> Option<Vec<u8>>;
            /// Envelopes with a job's key for an account: who handed each over (client or worker), and the hash of the blob.
            fn envelopes(job: JobId, to: AccountId) -> Vec<(AccountId, H256)>;
        }

        /// Everything our pallets promise always holds. For tests and auditors; refused on public RPC.
        pub trait Invariants {
            /// Checks all of them; `level` 0 takes the cheap ones, 1 all. The error names what differs, with both numbers.
            ///
            /// It walks whole maps, so it refuses unless the caller has put [`CHECK_PERMIT`] into the state it shows.
            fn check(level: u8) -> ApiResult<()>;
        }
    }
}
pub use declarations::*;
