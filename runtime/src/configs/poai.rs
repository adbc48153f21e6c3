//! Proof of AI: attestations and the time in which they can be questioned.

use super::{
    compute::{ChallengeWindow, Retention},
    hmm::DAY,
};
use crate::{
    constants::{AI, MICRO_AI},
    AccountId, Attestors, Balance, Balances, Compute, Runtime, RuntimeHoldReason, Sealing,
};
use frame_support::{
    parameter_types,
    traits::ConstU32,
    weights::{constants::ParityDbWeight, Weight},
    PalletId,
};
use frame_system::EnsureRoot;
use pallet_compute::weights::WeightInfo as _;
use pallet_time_scale::Scaled;
use sp_runtime::traits::Convert;

parameter_types! {
    /// Held of a client while its demand is open; covers 16 KiB at the price below.
    pub const DeliveryBond: Balance = AI;
    /// What a demanded byte costs the client: a byte of a transaction.
    pub const DeliveryBytePrice: Balance = 10 * MICRO_AI;
    /// Names the account of the audit pot.
    pub const PoaiPalletId: PalletId = PalletId(*b"hanzopot");
    /// Least bond of a challenge.
    pub const MinChallengeBond: Balance = 10 * AI;
    /// From this value on a job counts in full for quality.
    pub const ReferenceValue: Balance = 10 * AI;
    /// Share of the block that windows coming due may use before transactions: 1.5 %, twice what a settlement of tokens of
    /// twelve pools may take. What is left over settles at the end of a block that has room.
    pub ServiceBudget: Weight = super::system::MAX_BLOCK_WEIGHT.saturating_mul(3).saturating_div(200);
}

/// Ending a job, settled or failed: whichever is dearer, in time and in proof, by the number of pools in its escrow.
pub struct SettleWeight;

impl Convert<u32, Weight> for SettleWeight {
    fn convert(pools: u32) -> Weight {
        type Weights = <Runtime as pallet_compute::Config>::WeightInfo;
        Weights::settle(pools).max(Weights::fail_accepted().saturating_add(Compute::return_weight(pools)))
    }
}

impl pallet_poai::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Jobs = Compute;
    type Workers = Compute;
    type Proofs = Attestors;
    type Sealing = Sealing;
    type Randomness = Compute;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    /// The security council's, once there is one.
    type CancelOrigin = EnsureRoot<AccountId>;
    type PalletId = PoaiPalletId;
    /// Ten minutes: an input fetched and replayed on one machine. A committee that is done sooner does not wait.
    type CommitWindow = Scaled<Runtime, 300, 20>;
    type RevealWindow = Scaled<Runtime, 100, 10>;
    type SlashDelay = Scaled<Runtime, { 7 * DAY }, 20>;
    type VerifierUnbonding = Scaled<Runtime, { 14 * DAY }, 500>;
    /// Ends before the slashes of the same verdict are taken, and before a verifier that retired during the review may leave.
    type CanaryWindow = Scaled<Runtime, { 3 * DAY }, 10>;
    type Day = Scaled<Runtime, DAY, 20>;
    type MinChallengeBond = MinChallengeBond;
    type MaxSeats = ConstU32<16>;
    type ChallengeWindow = ChallengeWindow;
    type DrawDelay = Scaled<Runtime, 16, 4>;
    type DeliveryWindow = ConstU32<50>;
    type AttestationRetention = Retention;
    type MaxBackoff = ConstU32<256>;
    type DeliveryBond = DeliveryBond;
    type DeliveryBytePrice = DeliveryBytePrice;
    type ReferenceValue = ReferenceValue;
    type SettleWeight = SettleWeight;
    type ServiceBudget = ServiceBudget;
    type WeightInfo = pallet_poai::weights::Measured<ParityDbWeight>;
}
