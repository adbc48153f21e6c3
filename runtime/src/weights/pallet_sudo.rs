//! Weights of `pallet_sudo`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_imports, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measurements.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_sudo::WeightInfo for WeightInfo<T> {
    // Storage: `Sudo::Key` (r:1 w:1)
    // Proof: `Sudo::Key` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn set_key() -> Weight {
        // Fastest run: 9_954_000 ps. Proof measured: 98 bytes.
        Weight::from_parts(10_735_000, 1517)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Sudo::Key` (r:1 w:0)
    // Proof: `Sudo::Key` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn sudo() -> Weight {
        // Fastest run: 10_616_000 ps. Proof measured: 98 bytes.
        Weight::from_parts(11_507_000, 1517).saturating_add(T::DbWeight::get().reads(1))
    }
    // Storage: `Sudo::Key` (r:1 w:0)
    // Proof: `Sudo::Key` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn sudo_as() -> Weight {
        // Fastest run: 10_916_000 ps. Proof measured: 98 bytes.
        Weight::from_parts(11_767_000, 1517).saturating_add(T::DbWeight::get().reads(1))
    }
    // Storage: `Sudo::Key` (r:1 w:1)
    // Proof: `Sudo::Key` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn remove_key() -> Weight {
        // Fastest run: 8_974_000 ps. Proof measured: 98 bytes.
        Weight::from_parts(9_654_000, 1517)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Sudo::Key` (r:1 w:0)
    // Proof: `Sudo::Key` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    fn check_only_sudo_account() -> Weight {
        // Fastest run: 5_278_000 ps. Proof measured: 98 bytes.
        Weight::from_parts(5_658_000, 1517).saturating_add(T::DbWeight::get().reads(1))
    }
}
