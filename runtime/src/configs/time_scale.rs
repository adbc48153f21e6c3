//! The clock record: all of it is genesis data.

use crate::Runtime;

impl pallet_time_scale::Config for Runtime {}
