//! Weights of `pallet_multisig`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_imports, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measurements.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_multisig::WeightInfo for WeightInfo<T> {
    fn as_multi_threshold_1(z: u32) -> Weight {
        // Fastest run: 43_264_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(47_338_227, 0)
            // Standard error: 54
            .saturating_add(Weight::from_parts(6_863, 0).saturating_mul(z.into()))
    }
    // Storage: `Multisig::Multisigs` (r:1 w:1)
    // Proof: `Multisig::Multisigs` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
    fn as_multi_create(s: u32, z: u32) -> Weight {
        // Fastest run: 65_758_000 ps. Proof measured: 6 bytes.
        Weight::from_parts(37_497_267, 6811)
            // Standard error: 5_750
            .saturating_add(Weight::from_parts(319_593, 0).saturating_mul(s.into()))
            // Standard error: 56
            .saturating_add(Weight::from_parts(7_028, 0).saturating_mul(z.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Multisig::Multisigs` (r:1 w:1)
    // Proof: `Multisig::Multisigs` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
    fn as_multi_approve(s: u32, z: u32) -> Weight {
        // Fastest run: 51_226_000 ps. Proof measured: 211 bytes.
        Weight::from_parts(20_251_115, 6811)
            // Standard error: 1_294
            .saturating_add(Weight::from_parts(321_359, 0).saturating_mul(s.into()))
            // Standard error: 12
            .saturating_add(Weight::from_parts(6_956, 0).saturating_mul(z.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Multisig::Multisigs` (r:1 w:1)
    // Proof: `Multisig::Multisigs` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn as_multi_complete(s: u32, z: u32) -> Weight {
        // Fastest run: 87_690_000 ps. Proof measured: 318 + s × 33 bytes.
        Weight::from_parts(44_514_320, 6811)
            // Standard error: 10_293
            .saturating_add(Weight::from_parts(581_075, 0).saturating_mul(s.into()))
            // Standard error: 100
            .saturating_add(Weight::from_parts(6_954, 0).saturating_mul(z.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    // Storage: `Multisig::Multisigs` (r:1 w:1)
    // Proof: `Multisig::Multisigs` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
    fn approve_as_multi_create(s: u32) -> Weight {
        // Fastest run: 32_849_000 ps. Proof measured: 6 bytes.
        Weight::from_parts(34_307_850, 6811)
            // Standard error: 3_669
            .saturating_add(Weight::from_parts(355_756, 0).saturating_mul(s.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Multisig::Multisigs` (r:1 w:1)
    // Proof: `Multisig::Multisigs` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
    fn approve_as_multi_approve(s: u32) -> Weight {
        // Fastest run: 17_476_000 ps. Proof measured: 211 bytes.
        Weight::from_parts(18_787_614, 6811)
            // Standard error: 3_078
            .saturating_add(Weight::from_parts(334_153, 0).saturating_mul(s.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Multisig::Multisigs` (r:1 w:1)
    // Proof: `Multisig::Multisigs` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
    fn cancel_as_multi(s: u32) -> Weight {
        // Fastest run: 32_208_000 ps. Proof measured: 211 bytes.
        Weight::from_parts(34_318_811, 6811)
            // Standard error: 3_999
            .saturating_add(Weight::from_parts(323_024, 0).saturating_mul(s.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Multisig::Multisigs` (r:1 w:1)
    // Proof: `Multisig::Multisigs` (`max_values`: None, `max_size`: Some(3346), added: 5821, mode: `MaxEncodedLen`)
    fn poke_deposit(s: u32) -> Weight {
        // Fastest run: 29_865_000 ps. Proof measured: 211 bytes.
        Weight::from_parts(31_691_685, 6811)
            // Standard error: 1_262
            .saturating_add(Weight::from_parts(331_639, 0).saturating_mul(s.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
}
