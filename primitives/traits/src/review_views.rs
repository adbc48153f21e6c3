//! What runtime APIs tell of reviews, verifiers and slashes.

use crate::amount::Amount;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use hanzo_poai::{
    committee::{Committee, Verdict, Vote},
    review::{Offence, Phase},
    JobId,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// A member of a committee as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberView<AccountId> {
    /// Who.
    pub account: AccountId,
    /// Whether it has committed.
    pub committed: bool,
    /// What it revealed.
    pub vote: Option<Vote>,
    /// Hash of the evidence it published off chain; zero for none.
    pub evidence: H256,
}

/// A review under way.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewView<AccountId, BlockNumber> {
    /// The job.
    pub job: JobId,
    /// Whose work.
    pub worker: AccountId,
    /// Who challenged it; none for a job drawn for audit.
    pub challenger: Option<AccountId>,
    /// Which committee.
    pub committee: Committee,
    /// Number of the round; enters commitments.
    pub round: u32,
    /// Where the round stands.
    pub phase: Phase,
    /// First block of what comes next, in which the phase is over.
    pub until: BlockNumber,
    /// From which the positions of the digest derive; zero until the committee is drawn.
    pub positions: H256,
    /// The committee; empty until it is drawn.
    pub members: Vec<MemberView<AccountId>>,
}

/// What a review came to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerdictView<AccountId, BlockNumber> {
    /// The job.
    pub job: JobId,
    /// The verdict; `undecided` if no committee came to one: the job counts as good, without extras.
    pub verdict: Verdict,
    /// Whose it is.
    pub committee: Committee,
    /// Who challenged the job; none if it was drawn for audit.
    pub challenger: Option<AccountId>,
    /// Rounds held.
    pub rounds: u32,
    /// Votes of the last round.
    pub members: Vec<MemberView<AccountId>>,
    /// Block of the verdict.
    pub at: BlockNumber,
    /// Whether it turned out that the work was bad on purpose, to find out who votes without a look.
    pub canary: bool,
}

/// A verifier as clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifierView<AccountId, BlockNumber> {
    /// The account.
    pub account: AccountId,
    /// Place in the draw.
    pub slot: u32,
    /// Bond, wei.
    pub bond: Amount,
    /// The part of it that waits to be slashed, wei.
    pub frozen: Amount,
    /// Jobs on whose committees it sits.
    pub seats: Vec<JobId>,
    /// Block in which it began to leave, if it did.
    pub leaving_since: Option<BlockNumber>,
}

/// A slash that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlashView<AccountId, BlockNumber> {
    /// Its number.
    pub slash: u64,
    /// Whose bond.
    pub offender: AccountId,
    /// What for.
    pub offence: Offence,
    /// The job.
    pub job: JobId,
    /// Frozen, wei.
    pub amount: Amount,
    /// Block in which it is taken.
    pub applies_at: BlockNumber,
}
