//! Weights of `frame_system_extensions`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_imports, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measurements.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_system::ExtensionsWeightInfo for WeightInfo<T> {
    fn check_genesis() -> Weight {
        // Fastest run: 2_023_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(2_273_000, 0)
    }
    fn check_mortality_mortal_transaction() -> Weight {
        // Fastest run: 4_166_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(4_557_000, 0)
    }
    fn check_mortality_immortal_transaction() -> Weight {
        // Fastest run: 4_156_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(4_567_000, 0)
    }
    fn check_non_zero_sender() -> Weight {
        // Fastest run: 681_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(772_000, 0)
    }
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn check_nonce() -> Weight {
        // Fastest run: 8_763_000 ps. Proof measured: 101 bytes.
        Weight::from_parts(9_313_000, 3593)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn check_spec_version() -> Weight {
        // Fastest run: 480_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(570_000, 0)
    }
    fn check_tx_version() -> Weight {
        // Fastest run: 481_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(561_000, 0)
    }
    fn check_weight() -> Weight {
        // Fastest run: 4_337_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(4_717_000, 0)
    }
    fn weight_reclaim() -> Weight {
        // Fastest run: 2_394_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(2_654_000, 0)
    }
}
