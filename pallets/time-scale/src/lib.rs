//! The clock of the chain: one record written at genesis and never again.
//!
//! Every period of the protocol (slot, epoch, dispute window, vesting month) is derived from [`TimeScale`], so one
//! runtime blob serves the mainnet and networks on which a year passes in minutes. The pallet has no calls: BABE cannot
//! survive a change of slot or epoch length, and a period that governance could stretch would let it move deadlines of
//! obligations already taken on.
//!
//! Other code reads the record through `Get` types: [`SlotDuration`], [`MinimumPeriod`], [`EpochSlots`] and
//! [`Scaled`].
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

extern crate alloc;

pub use pallet::*;
pub use periods::{EpochSlots, MinimumPeriod, Scaled, SlotDuration};
pub use types::{InvalidTimeScale, TimeScale};

mod periods;
#[cfg(test)]
mod tests;
mod types;

/// The pallet: a single storage value and its genesis.
// FRAME's macros expand to code that expects; none of ours does.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use crate::types::TimeScale;
    use alloc::{format, string::String};
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    /// Holds the record; see the crate's documentation.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Nothing to configure: the record itself is the configuration.
    #[pallet::config]
    pub trait Config: frame_system::Config {}

    /// The record. A chain whose genesis is silent about it runs at mainnet speed.
    ///
    /// Whitelisted for benchmarks, as it is read in every block and therefore always in the cache.
    #[pallet::storage]
    #[pallet::whitelist_storage]
    pub type Scale<T> = StorageValue<_, TimeScale, ValueQuery>;

    /// Genesis value of the record; the defaults are those of the mainnet.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Length of a slot in milliseconds; see [`TimeScale::slot_ms`].
        pub slot_ms: u32,
        /// Length of an epoch in slots; see [`TimeScale::epoch_slots`].
        pub epoch_slots: u32,
        /// Factor by which mainnet periods are shortened; see [`TimeScale::divisor`].
        pub divisor: u32,
        /// Ties the record to its runtime; carries no data.
        #[serde(skip)]
        pub _runtime: core::marker::PhantomData<T>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            let TimeScale { slot_ms, epoch_slots, divisor } = TimeScale::MAINNET;
            Self { slot_ms, epoch_slots, divisor, _runtime: Default::default() }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let scale = TimeScale { slot_ms: self.slot_ms, epoch_slots: self.epoch_slots, divisor: self.divisor };
            if let Err(reason) = scale.validate() {
                // A chain must not start on a clock that would stop it later; genesis has no softer way to refuse.
                panic!("time scale of the genesis refused: {reason}");
            }
            Scale::<T>::put(scale);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state().map_err(|text| {
                log::error!("{text}");
                sp_runtime::TryRuntimeError::Other("invariants of the clock")
            })
        }
    }

    impl<T: Config> Pallet<T> {
        /// Checks that the record is one that genesis would take; the error names the number that is not.
        pub fn do_try_state() -> Result<(), String> {
            Scale::<T>::get().validate().map_err(|reason| format!("clock: {reason}"))
        }
    }
}
