//! The market: pools of resource tokens against $AI.

use super::treasury::TreasuryAccount;
use crate::{AccountId, Assets, Balances, Runtime};
use frame_support::{parameter_types, traits::ConstU32, weights::constants::ParityDbWeight, PalletId};
use frame_system::EnsureRoot;
use pallet_time_scale::Scaled;

parameter_types! {
    /// Names the pools' accounts.
    pub const HmmPalletId: PalletId = PalletId(*b"hanzohmm");
}

/// Blocks of 2 s in an hour, a day and seven days.
pub(super) const HOUR: u32 = 1_800;
pub(super) const DAY: u32 = 24 * HOUR;
pub(super) const WEEK: u32 = 7 * DAY;

impl pallet_hmm::Config for Runtime {
    type Currency = Balances;
    type Tokens = Assets;
    type GovernanceOrigin = EnsureRoot<AccountId>;
    type TreasuryAccount = TreasuryAccount;
    type PalletId = HmmPalletId;
    /// Six classes in eight tiers. Every block samples each pool's price, so this bounds the hook.
    type MaxPools = ConstU32<48>;
    type MaxEpsilonPpb = ConstU32<500_000_000>;
    /// One deposit per block can be locked, for `ShareLock` blocks.
    type MaxLockedDeposits = ConstU32<21>;
    type OrderLimitPpb = ConstU32<3_000_000>;
    /// Counted in blocks, not in time: it keeps liquidity from flashing in and out around a trade.
    type ShareLock = ConstU32<20>;
    /// Counted in blocks as well: the time in which nobody can sell dearer for what it has just bought ahead of others.
    type MeanBlocks = ConstU32<60>;
    // Shorter windows than a few blocks would make the means follow a single trade.
    type Hour = Scaled<Runtime, HOUR, 10>;
    type Day = Scaled<Runtime, DAY, 240>;
    type Week = Scaled<Runtime, WEEK, 1_680>;
    type ParameterInterval = Scaled<Runtime, DAY, 10>;
    type WeightInfo = pallet_hmm::weights::Measured<ParityDbWeight>;
}
