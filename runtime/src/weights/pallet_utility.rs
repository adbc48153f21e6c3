//! Weights of `pallet_utility`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_imports, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measurements.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_utility::WeightInfo for WeightInfo<T> {
    fn batch(c: u32) -> Weight {
        // Fastest run: 5_368_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(5_628_000, 0)
            // Standard error: 4_762
            .saturating_add(Weight::from_parts(3_772_069, 0).saturating_mul(c.into()))
    }
    fn as_derivative() -> Weight {
        // Fastest run: 5_087_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(5_568_000, 0)
    }
    fn batch_all(c: u32) -> Weight {
        // Fastest run: 5_538_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(2_330_510, 0)
            // Standard error: 10_806
            .saturating_add(Weight::from_parts(4_105_537, 0).saturating_mul(c.into()))
    }
    fn dispatch_as() -> Weight {
        // Fastest run: 7_381_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(8_052_000, 0)
    }
    fn force_batch(c: u32) -> Weight {
        // Fastest run: 5_148_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(5_458_000, 0)
            // Standard error: 5_041
            .saturating_add(Weight::from_parts(3_649_182, 0).saturating_mul(c.into()))
    }
    fn dispatch_as_fallible() -> Weight {
        // Fastest run: 7_451_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(8_072_000, 0)
    }
    fn if_else() -> Weight {
        // Fastest run: 9_264_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(9_954_000, 0)
    }
}
