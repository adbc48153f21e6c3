//! What Proof of AI needs from jobs and workers, and the other way round.

use crate::ids::Balance;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use hanzo_poai::{JobId, Verification};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{sr25519, H256};
use sp_runtime::{DispatchError, DispatchResult};

/// The key a worker's attestations are signed with; registered on chain, kept where the work is done.
pub type SessionKey = sr25519::Public;

/// What an attestation is checked against. Given only for jobs that are accepted and not yet attested.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AttestableJob<AccountId, BlockNumber> {
    /// The worker that accepted.
    pub worker: AccountId,
    /// Who asked.
    pub client: AccountId,
    /// Content hash of the model asked for.
    pub model: H256,
    /// Hash of the input blob.
    pub input: H256,
    /// Hash of the block before the acceptance; enters the challenge.
    pub opening: H256,
    /// Last block an attestation is taken in.
    pub deadline: BlockNumber,
    /// The client's nonce.
    pub nonce: u64,
    /// The job's seed, drawn on chain.
    pub seed: H256,
    /// Most prompt tokens paid for.
    pub max_prompt_tokens: u32,
    /// Most output tokens paid for.
    pub max_output_tokens: u32,
    /// Root of the prior asked for; zero for none.
    pub prior_root: H256,
    /// How the job is to be proven.
    pub verification: Verification,
    /// The job's value in credits, wei.
    pub value: Balance,
}

/// Why an accepted job failed.
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
#[serde(rename_all = "camelCase")]
pub enum FailureReason {
    /// No attestation by the deadline.
    DeadlineMissed,
    /// The output was demanded and not delivered.
    OutputWithheld,
    /// A committee of seven found that the attested work is not what the job asked for.
    Forged,
}

/// What a review of an attested job goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ReviewTerms {
    /// V: the job's value, wei.
    pub value: Balance,
    /// What one replay of it is worth, wei: its prompt and output read once as a prompt.
    pub replay_price: Balance,
    /// Whether it may raise its worker's quality: its model has a profile, and at least 5 workers could have had it.
    pub counts: bool,
    /// Whether only its parties can read it: then a worker has to hand its key to committees.
    pub sealed: bool,
}

/// Who a job is between.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct JobParties<AccountId> {
    /// Who asked.
    pub client: AccountId,
    /// Who was drawn last, if anybody is.
    pub worker: Option<AccountId>,
    /// Whether only they and committees may read it.
    pub sealed: bool,
    /// Whether it has come to its end.
    pub is_over: bool,
}

/// Who can be sent sealed content. Implemented by the sealing pallet; by the unit type, nobody.
pub trait SealingKeys<AccountId> {
    /// Whether an account has published a key that content can be sealed to.
    fn has_key(account: &AccountId) -> bool;

    /// For benchmarks: gives an account a key.
    #[cfg(feature = "runtime-benchmarks")]
    fn set_for_benchmark(account: &AccountId);
}

impl<AccountId> SealingKeys<AccountId> for () {
    fn has_key(_: &AccountId) -> bool {
        false
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn set_for_benchmark(_: &AccountId) {}
}

/// The job book, as Proof of AI sees it. Implemented by the compute pallet.
pub trait JobRegistry<AccountId, BlockNumber> {
    /// The job, if it is accepted and not yet attested; an error that says what it is instead otherwise.
    fn attestable(job: JobId) -> Result<AttestableJob<AccountId, BlockNumber>, DispatchError>;

    /// Records the attestation: the deadline no longer binds, usage is fixed from the counts.
    fn note_attested(job: JobId, prompt_tokens: u32, output_tokens: u32) -> DispatchResult;

    /// Pays worker and client for an attested job. All or nothing.
    ///
    /// * `earns`: whether the job is verified and slashing is on, so that it may earn its worker more than its tokens.
    fn settle(job: JobId, earns: bool) -> DispatchResult;

    /// Ends an accepted or attested job as failed: tokens back to the client, 1 % of the value from the worker's bond.
    fn fail(job: JobId, reason: FailureReason) -> DispatchResult;

    /// Pools whose tokens a job has in escrow: what its end weighs goes by their number. Zero if there is no such job.
    fn pools(job: JobId) -> u32;

    /// The job's client.
    fn client(job: JobId) -> Option<AccountId>;

    /// Who a job is between, and whether it is sealed; `None` if there is no such job, or it is pruned.
    fn parties(job: JobId) -> Option<JobParties<AccountId>>;

    /// Block in which the job was submitted; `None` as above.
    fn submitted_at(job: JobId) -> Option<BlockNumber>;

    /// What a review of an attested job goes by; `None` for a job in any other state.
    fn review_terms(job: JobId) -> Option<ReviewTerms>;

    /// For benchmarks: a job in state `Accepted` by a worker whose session key is `key`, deadline far away.
    #[cfg(feature = "runtime-benchmarks")]
    fn accepted_for_benchmark(key: SessionKey) -> JobId;

    /// For benchmarks: has a job count as sealed.
    #[cfg(feature = "runtime-benchmarks")]
    fn seal_for_benchmark(job: JobId);
}

/// What is known of workers. Implemented by the compute pallet.
pub trait WorkerRegistry<AccountId> {
    /// The worker's session key; `None` if it is not registered.
    fn session_key(worker: &AccountId) -> Option<SessionKey>;

    /// Something that draws look at, and the worker can time, has changed for it: draws whose randomness had begun pass it over.
    fn note_change(worker: &AccountId) -> DispatchResult;

    /// Freezes `part_ppb` of what its obligations leave of a worker's bond, so that it backs nothing and cannot be withdrawn;
    /// returns the amount, wei, zero for an account that is no worker.
    fn freeze_bond(worker: &AccountId, part_ppb: u32) -> Result<Balance, DispatchError>;

    /// Frees a frozen amount again.
    fn thaw_bond(worker: &AccountId, amount: Balance) -> DispatchResult;

    /// Takes a frozen amount: `bounty` of it, at most all, to an account, the rest is burned.
    fn slash_frozen(worker: &AccountId, amount: Balance, bounty: Option<(AccountId, Balance)>) -> DispatchResult;
}

/// A worker whose quality, in parts per billion, is below this is ejected: no draw chooses it.
pub const EJECTION_PPB: u32 = 300_000_000;

/// Quality of workers. Implemented by the PoAI pallet.
pub trait QualityOracle<AccountId> {
    /// q in parts per billion; 500,000,000 for a worker nothing is known of.
    fn quality(worker: &AccountId) -> u32;

    /// An accepted job of this value (wei) ended in failure: q̂ = 0.
    fn note_failure(worker: &AccountId, value: Balance);

    /// The worker left for good: its record is dropped.
    fn forget(worker: &AccountId);
}

/// Randomness of draws: the VRF outputs of all blocks, mixed.
pub trait DrawRandomness {
    /// The outputs of all blocks up to the one being executed; `None` if that has none. Whoever draws with it does so at the start
    /// of the block. It is known beforehand only to who writes all blocks until then.
    fn ending_now() -> Option<H256>;

    /// For benchmarks: has the output of this block known.
    #[cfg(feature = "runtime-benchmarks")]
    fn know_for_benchmark();
}

/// Verifiable randomness of the chain's blocks.
pub trait VrfOutputs {
    /// The VRF output of the block being executed, if its author proved one. Known from the start of the block, that is
    /// in `on_initialize`: the output of the block before would be known to whoever writes transactions for this one.
    fn current() -> Option<H256>;
}
