//! The record and what makes it valid.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Speed of a chain's clock, fixed at genesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct TimeScale {
    /// Length of a slot in milliseconds: even, within [`Self::SLOT_MS`].
    pub slot_ms: u32,
    /// Length of an epoch, which is also a session, in slots: within [`Self::EPOCH_SLOTS`].
    pub epoch_slots: u32,
    /// Every period given in mainnet blocks is divided by this, at least 1.
    pub divisor: u32,
}

impl TimeScale {
    /// The mainnet: slots of 2 s, epochs of an hour, full periods.
    pub const MAINNET: Self = Self { slot_ms: 2_000, epoch_slots: 1_800, divisor: 1 };

    /// Allowed slot lengths, in milliseconds. A shorter slot leaves no time to execute and spread a block, a longer one
    /// exceeds the clock drift that block import tolerates.
    pub const SLOT_MS: core::ops::RangeInclusive<u32> = 200..=30_000;

    /// Allowed epoch lengths, in slots. Validator keys are announced one epoch ahead, so an epoch must outlast the
    /// finality lag of a small network; above a week, rotation would be too slow to be of use.
    pub const EPOCH_SLOTS: core::ops::RangeInclusive<u32> = 5..=302_400;

    /// Checks every bound of the record.
    pub fn validate(&self) -> Result<(), InvalidTimeScale> {
        if !Self::SLOT_MS.contains(&self.slot_ms) || self.slot_ms & 1 == 1 {
            return Err(InvalidTimeScale::Slot(self.slot_ms));
        }
        if !Self::EPOCH_SLOTS.contains(&self.epoch_slots) {
            return Err(InvalidTimeScale::Epoch(self.epoch_slots));
        }
        if self.divisor == 0 {
            return Err(InvalidTimeScale::Divisor);
        }
        Ok(())
    }

    /// Length, in blocks of this chain, of a period of `mainnet` blocks, but never below `min` blocks.
    pub fn blocks(&self, mainnet: u32, min: u32) -> u32 {
        mainnet.checked_div(self.divisor).unwrap_or(mainnet).max(min)
    }
}

impl Default for TimeScale {
    fn default() -> Self {
        Self::MAINNET
    }
}

/// Why a record was refused; prints the offending number and the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidTimeScale {
    /// Slot length, in milliseconds, that is odd or outside the bounds.
    Slot(u32),
    /// Epoch length, in slots, outside the bounds.
    Epoch(u32),
    /// Divisor of zero.
    Divisor,
}

impl fmt::Display for InvalidTimeScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slot(ms) => write!(f, "slot of {ms} ms, want an even number within {:?} ms", TimeScale::SLOT_MS),
            Self::Epoch(slots) => write!(f, "epoch of {slots} slots, want one within {:?}", TimeScale::EPOCH_SLOTS),
            Self::Divisor => write!(f, "divisor 0, want at least 1"),
        }
    }
}
