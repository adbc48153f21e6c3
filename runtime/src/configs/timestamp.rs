//! Time of the block, set by its author and checked against the slot by BABE.

use crate::{Babe, Runtime};

impl pallet_timestamp::Config for Runtime {
    /// Milliseconds since the Unix epoch.
    type Moment = u64;
    type OnTimestampSet = Babe;
    /// BABE takes twice this as its slot.
    type MinimumPeriod = pallet_time_scale::MinimumPeriod<Runtime>;
    type WeightInfo = crate::weights::pallet_timestamp::WeightInfo<Runtime>;
}
