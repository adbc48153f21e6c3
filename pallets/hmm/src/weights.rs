//! Weights of `pallet_hmm`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};

/// What the calls of `pallet_hmm` and the steps of its hooks weigh: picoseconds and bytes of proof.
pub trait WeightInfo {
    /// `create_pool`.
    fn create_pool() -> Weight;
    /// `buy`.
    fn buy() -> Weight;
    /// `buy_exact_out`.
    fn buy_exact_out() -> Weight;
    /// `sell`.
    fn sell() -> Weight;
    /// `swap_many`, `n` from 1 to 6.
    fn swap_many(n: u32) -> Weight;
    /// `add_liquidity`.
    fn add_liquidity() -> Weight;
    /// `remove_liquidity`.
    fn remove_liquidity() -> Weight;
    /// `set_parameters`.
    fn set_parameters() -> Weight;
    /// `buy_route`, `n` from 1 to 8.
    fn buy_route(n: u32) -> Weight;
    /// `commit_order`.
    fn commit_order() -> Weight;
    /// `reveal_order`.
    fn reveal_order() -> Weight;
    /// `clear_batch`, `n` from 1 to 256.
    fn clear_batch(n: u32) -> Weight;
    /// `pay_orders`, `n` from 0 to 16.
    fn pay_orders(n: u32) -> Weight;
    /// `on_initialize`, `p` from 0 to 48, `c` from 0 to 128.
    fn on_initialize(p: u32, c: u32) -> Weight;
}

/// The measurements, with `Db` pricing each read and write.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Hmm::PoolIds` (r:1 w:1)
    // Proof: `Hmm::PoolIds` (`max_values`: Some(1), `max_size`: Some(97), added: 592, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn buy_route(n: u32) -> Weight {
        Weight::from_parts(160_000_000, 8_000).saturating_add(Db::get().reads_writes(7, 7)).saturating_mul(n.into())
    }
    fn commit_order() -> Weight {
        Weight::from_parts(100_000_000, 8_000).saturating_add(Db::get().reads_writes(7, 7))
    }
    fn reveal_order() -> Weight {
        Weight::from_parts(50_000_000, 4_000).saturating_add(Db::get().reads_writes(2, 1))
    }
    fn clear_batch(n: u32) -> Weight {
        Weight::from_parts(2_000_000_000, 10_000)
            .saturating_add(Weight::from_parts(5_000_000, 300).saturating_mul(n.into()))
            .saturating_add(Db::get().reads_writes(40, 40))
    }
    fn pay_orders(n: u32) -> Weight {
        Weight::from_parts(10_000_000, 5_000)
            .saturating_add(Weight::from_parts(80_000_000, 5_300).saturating_mul(n.into()))
            .saturating_add(Db::get().reads_writes(4, 4))
            .saturating_add(Db::get().reads_writes(2, 2).saturating_mul(n.into()))
    }
    fn create_pool() -> Weight {
        // Fastest run: 34_021_000 ps. Proof measured: 569 bytes.
        Weight::from_parts(36_003_000, 3675).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn buy() -> Weight {
        // Fastest run: 149_702_000 ps. Proof measured: 1601 bytes.
        Weight::from_parts(154_258_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn buy_exact_out() -> Weight {
        // Fastest run: 145_726_000 ps. Proof measured: 1601 bytes.
        Weight::from_parts(150_312_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn sell() -> Weight {
        // Fastest run: 145_185_000 ps. Proof measured: 1601 bytes.
        Weight::from_parts(150_533_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Hmm::Pools` (r:6 w:6)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:7 w:7)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn swap_many(n: u32) -> Weight {
        // Fastest run: 147_148_000 ps. Proof measured: 1054 + n × 514 bytes.
        Weight::from_parts(21_696_240, 3593)
            // Standard error: 169_961
            .saturating_add(Weight::from_parts(130_089_445, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(1))
            .saturating_add(Db::get().reads((5_u64).saturating_mul(n.into())))
            .saturating_add(Db::get().writes(1))
            .saturating_add(Db::get().writes((5_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 5218).saturating_mul(n.into()))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Positions` (r:1 w:1)
    // Proof: `Hmm::Positions` (`max_values`: None, `max_size`: Some(495), added: 2970, mode: `MaxEncodedLen`)
    fn add_liquidity() -> Weight {
        // Fastest run: 130_894_000 ps. Proof measured: 2135 bytes.
        Weight::from_parts(135_891_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Positions` (r:1 w:1)
    // Proof: `Hmm::Positions` (`max_values`: None, `max_size`: Some(495), added: 2970, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn remove_liquidity() -> Weight {
        // Fastest run: 128_921_000 ps. Proof measured: 2135 bytes.
        Weight::from_parts(134_739_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Hmm::FeesChangedAt` (r:1 w:1)
    // Proof: `Hmm::FeesChangedAt` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    fn set_parameters() -> Weight {
        // Fastest run: 19_219_000 ps. Proof measured: 474 bytes.
        Weight::from_parts(20_941_000, 3667).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Hmm::PoolIds` (r:1 w:0)
    // Proof: `Hmm::PoolIds` (`max_values`: Some(1), `max_size`: Some(97), added: 592, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:48 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:48 w:48)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Checkpoints` (r:144 w:144)
    // Proof: `Hmm::Checkpoints` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Hmm::ProtocolVolume` (r:129 w:128)
    // Proof: `Hmm::ProtocolVolume` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    fn on_initialize(p: u32, c: u32) -> Weight {
        // Fastest run: 564_286_000 ps. Proof measured: 521 + c × 74 + p × 93 bytes.
        Weight::from_parts(568_001_000, 3543)
            // Standard error: 183_784
            .saturating_add(Weight::from_parts(23_234_625, 0).saturating_mul(p.into()))
            // Standard error: 68_843
            .saturating_add(Weight::from_parts(1_978_899, 0).saturating_mul(c.into()))
            .saturating_add(Db::get().reads(2))
            .saturating_add(Db::get().reads((5_u64).saturating_mul(p.into())))
            .saturating_add(Db::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(Db::get().writes((4_u64).saturating_mul(p.into())))
            .saturating_add(Db::get().writes((1_u64).saturating_mul(c.into())))
            .saturating_add(Weight::from_parts(0, 2553).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 7581).saturating_mul(p.into()))
    }
}
