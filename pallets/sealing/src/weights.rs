//! Weights of `pallet_sealing`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-28 on Intel(R) Xeon(R) Processor, 2 cores, 23 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};

/// What the calls of `pallet_sealing` and the steps of its hooks weigh: picoseconds and bytes of proof.
pub trait WeightInfo {
    /// `set_key`.
    fn set_key() -> Weight;
    /// `remove_key`.
    fn remove_key() -> Weight;
    /// `hand_over`, `n` from 1 to 8.
    fn hand_over(n: u32) -> Weight;
    /// `drop_hand_over`.
    fn drop_hand_over() -> Weight;
}

/// The measurements, with `Db` pricing each read and write.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
    // Storage: `Sealing::Keys` (r:1 w:1)
    // Proof: `Sealing::Keys` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    fn set_key() -> Weight {
        // Fastest run: 53_179_000 ps. Proof measured: 160 bytes.
        Weight::from_parts(56_288_000, 4747).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Sealing::Keys` (r:1 w:1)
    // Proof: `Sealing::Keys` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    fn remove_key() -> Weight {
        // Fastest run: 46_952_000 ps. Proof measured: 1544 bytes.
        Weight::from_parts(49_784_000, 4747).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Sealing::Keys` (r:8 w:0)
    // Proof: `Sealing::Keys` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
    // Storage: `Sealing::HandOvers` (r:8 w:8)
    // Proof: `Sealing::HandOvers` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    fn hand_over(n: u32) -> Weight {
        // Fastest run: 88_842_000 ps. Proof measured: 1652 + n × 85 bytes.
        Weight::from_parts(51_908_515, 4449)
            // Standard error: 61_571
            .saturating_add(Weight::from_parts(46_901_518, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(3))
            .saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(Db::get().writes(2))
            .saturating_add(Db::get().writes((1_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 3757).saturating_mul(n.into()))
    }
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Sealing::HandOvers` (r:1 w:1)
    // Proof: `Sealing::HandOvers` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    fn drop_hand_over() -> Weight {
        // Fastest run: 71_695_000 ps. Proof measured: 1170 bytes.
        Weight::from_parts(79_602_000, 4449).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(3))
    }
}
