//! Transaction fees: how they are computed, and who receives them.

use super::system::{MAX_BLOCK_BYTES, MAX_BLOCK_WEIGHT};
use crate::{constants::AI, fees::BlockRatioFee, AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent};
use frame_support::{
    parameter_types,
    traits::{
        fungible::{Balanced, Credit},
        Imbalance, OnUnbalanced,
    },
    weights::Weight,
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{traits::Bounded, FixedPointNumber, Perquintill};

/// Price of one full block at multiplier 1: a transfer, about 1/5000 of a block, costs about 0.002 $AI.
pub const FULL_BLOCK_PRICE: Balance = 10 * AI;

/// Percentage of every fee that is burned. The rest, and the whole tip, is the author's.
pub const BURNED_PERCENT: u32 = 20;

parameter_types! {
    /// What fits into a block.
    pub const WorkLimit: Weight = MAX_BLOCK_WEIGHT;
    /// What fits into a block in bytes, in the place of the time; there is no second dimension.
    pub const LengthLimit: Weight = Weight::from_parts(MAX_BLOCK_BYTES as u64, u64::MAX);
    /// Price of a full block.
    pub const FullBlockPrice: Balance = FULL_BLOCK_PRICE;
    /// Operational calls pay a priority of this many times their fee, so that a full block cannot shut them out.
    pub const OperationalFeeMultiplier: u8 = 5;
    /// Fullness at which the multiplier rests.
    pub const TargetFullness: Perquintill = Perquintill::from_percent(25);
    /// Speed of adjustment: a day of full blocks (43,200 of 2 s) multiplies fees by about 2.2.
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(25, 1_000_000);
    /// Idle times make fees at most ten times cheaper.
    pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 10);
    /// No upper bound but the type's.
    pub MaximumMultiplier: Multiplier = Multiplier::max_value();
}

/// Price of computation and proof.
pub type WorkFee = BlockRatioFee<WorkLimit, FullBlockPrice>;
/// Price of the transaction's bytes.
pub type LengthFee = BlockRatioFee<LengthLimit, FullBlockPrice>;

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnChargeTransaction = FungibleAdapter<Balances, DealWithFees>;
    type OperationalFeeMultiplier = OperationalFeeMultiplier;
    type WeightToFee = WorkFee;
    type LengthToFee = LengthFee;
    type FeeMultiplierUpdate =
        TargetedFeeAdjustment<Runtime, TargetFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
    type WeightInfo = crate::weights::pallet_transaction_payment::WeightInfo<Runtime>;
}

/// Burns a part of the fee and gives the rest, with the tip, to the block's author.
pub struct DealWithFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for DealWithFees {
    fn on_unbalanceds(mut fee_then_tip: impl Iterator<Item = Credit<AccountId, Balances>>) {
        let Some(fee) = fee_then_tip.next() else { return };
        // Dropping a credit takes it out of the issuance.
        let (_burned, mut reward) = fee.ration(BURNED_PERCENT, 100u32.saturating_sub(BURNED_PERCENT));
        fee_then_tip.for_each(|tip| reward.subsume(tip));
        if let Some(author) = Authorship::author() {
            // An author whose account is gone and too poor to be opened again forgoes the reward: it is burned.
            let _ = Balances::resolve(&author, reward);
        }
    }
}
