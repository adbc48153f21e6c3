//! Weights of `frame_system`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_imports, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measurements.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_system::WeightInfo for WeightInfo<T> {
    fn remark(b: u32) -> Weight {
        // Fastest run: 2_313_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(24_167_797, 0)
            // Standard error: 2
            .saturating_add(Weight::from_parts(386, 0).saturating_mul(b.into()))
    }
    fn remark_with_event(b: u32) -> Weight {
        // Fastest run: 6_059_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(6_269_000, 0)
            // Standard error: 3
            .saturating_add(Weight::from_parts(1_879, 0).saturating_mul(b.into()))
    }
    // Storage: UNKNOWN KEY `0x3a686561707061676573` (r:0 w:1)
    // Proof: UNKNOWN KEY `0x3a686561707061676573` (r:0 w:1)
    fn set_heap_pages() -> Weight {
        // Fastest run: 4_136_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(4_587_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    // Proof: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    fn set_code() -> Weight {
        // Fastest run: 133_765_253_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(137_569_697_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Skipped::Metadata` (r:0 w:0)
    // Proof: `Skipped::Metadata` (`max_values`: None, `max_size`: None, mode: `Measured`)
    fn set_storage(i: u32) -> Weight {
        // Fastest run: 2_363_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(2_453_000, 0)
            // Standard error: 3_835
            .saturating_add(Weight::from_parts(942_509, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
    }
    // Storage: `Skipped::Metadata` (r:0 w:0)
    // Proof: `Skipped::Metadata` (`max_values`: None, `max_size`: None, mode: `Measured`)
    fn kill_storage(i: u32) -> Weight {
        // Fastest run: 2_343_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(2_403_000, 0)
            // Standard error: 1_506
            .saturating_add(Weight::from_parts(646_107, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
    }
    // Storage: `Skipped::Metadata` (r:0 w:0)
    // Proof: `Skipped::Metadata` (`max_values`: None, `max_size`: None, mode: `Measured`)
    fn kill_prefix(p: u32) -> Weight {
        // Fastest run: 4_506_000 ps. Proof measured: 72 + p × 69 bytes.
        Weight::from_parts(4_697_000, 63)
            // Standard error: 3_599
            .saturating_add(Weight::from_parts(1_271_919, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
            .saturating_add(Weight::from_parts(0, 70).saturating_mul(p.into()))
    }
    // Storage: `System::AuthorizedUpgrade` (r:0 w:1)
    // Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    fn authorize_upgrade() -> Weight {
        // Fastest run: 27_271_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(32_939_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `System::AuthorizedUpgrade` (r:1 w:1)
    // Proof: `System::AuthorizedUpgrade` (`max_values`: Some(1), `max_size`: Some(33), added: 528, mode: `MaxEncodedLen`)
    // Storage: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    // Proof: UNKNOWN KEY `0x3a636f6465` (r:0 w:1)
    fn apply_authorized_upgrade() -> Weight {
        // Fastest run: 141_039_856_000 ps. Proof measured: 22 bytes.
        Weight::from_parts(143_691_612_000, 1518)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
