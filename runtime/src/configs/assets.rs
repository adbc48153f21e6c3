//! Tokens beside $AI: resource classes and the ecosystem's tokens.

use crate::{
    constants::{deposit, AI, EXISTENTIAL_DEPOSIT},
    AccountId, Balance, Balances, Runtime, RuntimeEvent,
};
use codec::Compact;
use frame_support::{parameter_types, traits::ConstU32};
use frame_system::EnsureRoot;

/// Number of an asset.
pub type AssetId = u32;

parameter_types! {
    /// Held from a creator; without effect while only root creates assets.
    pub const AssetDeposit: Balance = 100 * AI;
    /// Held for an account of an asset that is not sufficient; as much as an account of $AI costs.
    pub const AssetAccountDeposit: Balance = EXISTENTIAL_DEPOSIT;
    /// Held for name and symbol.
    pub const MetadataDepositBase: Balance = deposit(1, 68);
    /// Held per byte of name and symbol.
    pub const MetadataDepositPerByte: Balance = deposit(0, 1);
    /// Held per approved spender.
    pub const ApprovalDeposit: Balance = deposit(1, 72);
}

impl pallet_assets::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Balance = Balance;
    type AssetId = AssetId;
    type AssetIdParameter = Compact<AssetId>;
    type ReserveData = ();
    type Currency = Balances;
    /// Nobody creates assets by deposit. Root does, through `force_create`, which also makes an asset sufficient:
    /// whoever receives it needs no $AI to hold it.
    #[cfg(not(feature = "runtime-benchmarks"))]
    type CreateOrigin = frame_support::traits::NeverEnsureOrigin<AccountId>;
    /// What refusing costs at most is what creating would: nothing else can be measured.
    #[cfg(feature = "runtime-benchmarks")]
    type CreateOrigin = frame_support::traits::AsEnsureOriginWithArg<frame_system::EnsureSigned<AccountId>>;
    type ForceOrigin = EnsureRoot<AccountId>;
    type AssetDeposit = AssetDeposit;
    type AssetAccountDeposit = AssetAccountDeposit;
    type MetadataDepositBase = MetadataDepositBase;
    type MetadataDepositPerByte = MetadataDepositPerByte;
    type ApprovalDeposit = ApprovalDeposit;
    type StringLimit = ConstU32<50>;
    type Freezer = ();
    type Holder = ();
    type Extra = ();
    type CallbackHandle = ();
    /// Numbers are chosen by whoever creates.
    type AssetIdAllocator = ();
    type RemoveItemsLimit = ConstU32<1_000>;
    type WeightInfo = crate::weights::pallet_assets::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}
