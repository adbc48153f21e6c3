//! The clock record: all of it is genesis data.

use crate::Runtime;

impl pallet_time_scale::Config for Runtime {}

/// A period of mainnet blocks (of 2 s), shortened by this chain's divisor, at least `MIN_BLOCKS` long. Every duration
/// that a pallet is configured with goes through this type.
pub type Blocks<const MAINNET_BLOCKS: u32, const MIN_BLOCKS: u32> =
    pallet_time_scale::Scaled<Runtime, MAINNET_BLOCKS, MIN_BLOCKS>;
