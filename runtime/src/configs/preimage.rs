//! Calls stored by hash, for proposals larger than a scheduler entry.

use crate::{constants::deposit, AccountId, Balance, Balances, Runtime, RuntimeEvent, RuntimeHoldReason};
use frame_support::{
    parameter_types,
    traits::{fungible::HoldConsideration, LinearStoragePrice},
};
use frame_system::EnsureRoot;

parameter_types! {
    /// Held for a preimage.
    pub const BaseDeposit: Balance = deposit(2, 64);
    /// Held per byte of it.
    pub const ByteDeposit: Balance = deposit(0, 1);
    /// Reason under which it is held.
    pub const PreimageHold: RuntimeHoldReason =
        RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
}

impl pallet_preimage::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type ManagerOrigin = EnsureRoot<AccountId>;
    type Consideration =
        HoldConsideration<AccountId, Balances, PreimageHold, LinearStoragePrice<BaseDeposit, ByteDeposit, Balance>>;
    type WeightInfo = crate::weights::pallet_preimage::WeightInfo<Runtime>;
}
