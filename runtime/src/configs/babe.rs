//! Block production: who may write a block in which slot, and the chain's public randomness.

use super::session::{MaxValidators, ReportLongevity};
use crate::{Historical, Offences, Runtime, Session};
use frame_support::traits::ConstU32;
use sp_consensus_babe::{AllowedSlots, BabeEpochConfiguration};

/// Chance that a slot has a primary author. The other slots fall to a secondary author chosen in turn, so none stays
/// empty; more primaries would mean more slots with two of them, that is, more forks.
pub const PRIMARY_PROBABILITY: (u64, u64) = (1, 4);

/// Rules of the first epoch. Secondary authors must sign a VRF output too, so that every block carries randomness.
pub const GENESIS_EPOCH_CONFIG: BabeEpochConfiguration =
    BabeEpochConfiguration { c: PRIMARY_PROBABILITY, allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots };

/// Number of slots of an epoch, as the genesis set it.
pub type EpochDuration = pallet_time_scale::EpochSlots<Runtime>;

impl pallet_babe::Config for Runtime {
    type EpochDuration = EpochDuration;
    type ExpectedBlockTime = pallet_time_scale::SlotDuration<Runtime>;
    /// Epochs end when the session pallet says so.
    type EpochChangeTrigger = pallet_babe::ExternalTrigger;
    type DisabledValidators = Session;
    type MaxAuthorities = MaxValidators;
    /// There are no nominators.
    type MaxNominators = ConstU32<0>;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_babe::EquivocationReportSystem<Runtime, Offences, Historical, ReportLongevity>;
    type WeightInfo = ();
}
