//! Finality.

use super::session::{MaxValidators, ReportLongevity, KEPT_SESSIONS};
use crate::{Historical, Offences, Runtime, RuntimeEvent};
use frame_support::traits::{ConstU32, ConstU64};

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type MaxAuthorities = MaxValidators;
    type MaxNominators = ConstU32<0>;
    /// Sets of voters whose session is remembered: as long as an equivocation can be proved.
    type MaxSetIdSessionEntries = ConstU64<{ KEPT_SESSIONS as u64 }>;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Runtime, Offences, Historical, ReportLongevity>;
    type WeightInfo = ();
}
