//! Accounts acting for others.

use crate::{constants::deposit, Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    parameter_types,
    traits::{ConstU32, InstanceFilter},
};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

parameter_types! {
    /// Held for an account's list of proxies.
    pub const ProxyDepositBase: Balance = deposit(1, 8);
    /// Held per proxy: account, kind and delay.
    pub const ProxyDepositFactor: Balance = deposit(0, 37);
    /// Held for a list of announcements.
    pub const AnnouncementDepositBase: Balance = deposit(1, 16);
    /// Held per announcement: account, call hash and height.
    pub const AnnouncementDepositFactor: Balance = deposit(0, 68);
}

/// What a proxy may do. Each kind names what it allows, so a new pallet is closed to all but `Any` until listed here.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum ProxyType {
    /// Everything.
    #[default]
    Any,
    /// Calls that move no funds of the account other than fees and deposits.
    NonTransfer,
    /// Rejecting the announcements of other proxies, for a guard that watches them.
    CancelProxy,
    /// A worker's daily work: accepting, declining, attesting, delivering, handing keys of sealed jobs over, pausing, naming its models, telling that it is
    /// there.
    Worker,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            Self::Any => true,
            Self::NonTransfer => matches!(
                call,
                RuntimeCall::System(_)
                    | RuntimeCall::Session(_)
                    | RuntimeCall::Babe(_)
                    | RuntimeCall::Grandpa(_)
                    | RuntimeCall::Utility(_)
                    | RuntimeCall::Multisig(_)
                    | RuntimeCall::Proxy(_)
                    | RuntimeCall::Preimage(_)
            ),
            Self::CancelProxy => {
                matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
            }
            Self::Worker => matches!(
                call,
                RuntimeCall::Compute(
                    pallet_compute::Call::accept_job { .. }
                        | pallet_compute::Call::decline_job { .. }
                        | pallet_compute::Call::set_accepting { .. }
                        | pallet_compute::Call::set_models { .. }
                        | pallet_compute::Call::heartbeat { .. }
                ) | RuntimeCall::Poai(
                    pallet_poai::Call::attest { .. }
                        | pallet_poai::Call::deliver_output { .. }
                        | pallet_poai::Call::deliver_sealed_output { .. }
                ) | RuntimeCall::Sealing(pallet_sealing::Call::hand_over { .. })
            ),
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (_, Self::Any) => false,
            (Self::NonTransfer, other) => *other != Self::Worker,
            (kind, other) => kind == other,
        }
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    type ProxyDepositBase = ProxyDepositBase;
    type ProxyDepositFactor = ProxyDepositFactor;
    type MaxProxies = ConstU32<32>;
    type MaxPending = ConstU32<32>;
    type CallHasher = BlakeTwo256;
    type AnnouncementDepositBase = AnnouncementDepositBase;
    type AnnouncementDepositFactor = AnnouncementDepositFactor;
    type BlockNumberProvider = System;
    type WeightInfo = crate::weights::pallet_proxy::WeightInfo<Runtime>;
}
