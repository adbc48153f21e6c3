//! Workers and jobs.

use super::hmm::{DAY, HOUR};
use crate::{constants::AI, AccountId, Assets, Babe, Balance, Balances, Hmm, Poai, Runtime, RuntimeHoldReason};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Nothing},
    weights::Weight,
    PalletId,
};
use frame_system::EnsureRoot;
use hanzo_traits::VrfOutputs;
use pallet_time_scale::Scaled;
use sp_core::H256;

parameter_types! {
    /// Names the escrow account.
    pub const ComputePalletId: PalletId = PalletId(*b"hanzojob");
    /// Least bond.
    pub const MinWorkerBond: Balance = 100 * AI;
    /// Share of the block that the agenda may use: 2 %. What is left over waits for the next block.
    pub AgendaWeight: Weight = super::system::MAX_BLOCK_WEIGHT.saturating_div(50);
}

/// BABE's VRF output of the block being executed.
pub struct BabeVrf;

impl VrfOutputs for BabeVrf {
    fn current() -> Option<H256> {
        Babe::author_vrf_randomness().map(H256)
    }
}

impl pallet_compute::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Tokens = Assets;
    type Market = Hmm;
    type Quality = Poai;
    type Vrf = BabeVrf;
    /// Nobody is in a denial window while there is no verdict that could put them there.
    type Denied = Nothing;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type PalletId = ComputePalletId;
    type MinWorkerBond = MinWorkerBond;
    /// (1 − p)/(p·σ) for a real audit rate p of 7 % and a slash σ of one half.
    type BondMultiple = ConstU32<27>;
    type HorizonSeconds = ConstU32<600>;
    type UnbondingPeriod = Scaled<Runtime, { 14 * DAY }, 20>;
    /// In blocks: fetching an input does not get faster with the chain's clock.
    type AcceptWindow = ConstU32<20>;
    type MinJobDuration = ConstU32<30>;
    type MaxJobDuration = Scaled<Runtime, DAY, 1_000>;
    type JobRetention = Retention;
    type MaxRedraws = ConstU32<3>;
    type MaxEmptyDraws = ConstU32<10>;
    type MaxCandidates = ConstU32<16>;
    type MaxOpenJobsPerClient = ConstU32<64>;
    type MaxOpenJobsPerWorker = ConstU32<16>;
    type AgendaWeight = AgendaWeight;
    type WeightInfo = pallet_compute::weights::SubstrateWeight<Runtime>;
}

/// Time given to clients to look up a finished job is also the time its attestation is kept.
pub(super) type Retention = Scaled<Runtime, { 7 * DAY }, 1_000>;
/// Time in which an attested job can be questioned.
pub(super) type ChallengeWindow = Scaled<Runtime, HOUR, 10>;
