//! Proof of AI: attestations and the time in which they can be questioned.

use super::compute::{ChallengeWindow, Retention};
use crate::{
    constants::{AI, MICRO_AI},
    Balance, Balances, Compute, Runtime, RuntimeHoldReason,
};
use frame_support::{
    parameter_types,
    traits::{ConstU32, Get},
    weights::{constants::ParityDbWeight, Weight},
};
use pallet_compute::weights::WeightInfo as _;

parameter_types! {
    /// Held of a client while its demand is open; covers 16 KiB at the price below.
    pub const DeliveryBond: Balance = AI;
    /// What a demanded byte costs the client: a byte of a transaction.
    pub const DeliveryBytePrice: Balance = 10 * MICRO_AI;
    /// From this value on a job counts in full for quality.
    pub const ReferenceValue: Balance = 10 * AI;
    /// Share of the block that windows coming due may use before transactions: 1 %, two settlements and a half. What is left
    /// over settles at the end of a block that has room.
    pub ServiceBudget: Weight = super::system::MAX_BLOCK_WEIGHT.saturating_div(100);
}

/// Settling a job: the dearer way to end one, as a failed job trades nothing.
pub struct SettleWeight;

impl Get<Weight> for SettleWeight {
    fn get() -> Weight {
        <Runtime as pallet_compute::Config>::WeightInfo::settle()
    }
}

impl pallet_poai::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Jobs = Compute;
    type Workers = Compute;
    type ChallengeWindow = ChallengeWindow;
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
