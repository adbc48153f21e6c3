//! Weights of `pallet_hmm`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-28 on Intel(R) Xeon(R) Processor, 2 cores, 23 GiB: wasm Compiled, 50 steps, 20 repetitions,
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
    /// `clear_batch`, `p` from 1 to 16.
    fn clear_batch(p: u32) -> Weight;
    /// `pay_orders`, `n` from 0 to 16.
    fn pay_orders(n: u32) -> Weight;
    /// `on_initialize`, `p` from 0 to 48, `c` from 0 to 128.
    fn on_initialize(p: u32, c: u32) -> Weight;
}

/// The measurements, with `Db` pricing each read and write.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Hmm::PoolIds` (r:1 w:1)
    // Proof: `Hmm::PoolIds` (`max_values`: Some(1), `max_size`: Some(97), added: 592, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn create_pool() -> Weight {
        // Fastest run: 34_582_000 ps. Proof measured: 606 bytes.
        Weight::from_parts(49_922_000, 3715).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:1 w:1)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn buy() -> Weight {
        // Fastest run: 141_543_000 ps. Proof measured: 1786 bytes.
        Weight::from_parts(181_101_000, 6208).saturating_add(Db::get().reads(7)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:1 w:1)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn buy_exact_out() -> Weight {
        // Fastest run: 147_652_000 ps. Proof measured: 1786 bytes.
        Weight::from_parts(183_305_000, 6208).saturating_add(Db::get().reads(7)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:1 w:1)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn sell() -> Weight {
        // Fastest run: 142_970_000 ps. Proof measured: 1786 bytes.
        Weight::from_parts(178_871_000, 6208).saturating_add(Db::get().reads(7)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Hmm::Pools` (r:6 w:6)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:7 w:7)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:6 w:6)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn swap_many(n: u32) -> Weight {
        // Fastest run: 143_762_000 ps. Proof measured: 1139 + n × 514 bytes.
        Weight::from_parts(38_010_215, 3593)
            // Standard error: 339_851
            .saturating_add(Weight::from_parts(136_702_603, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(1))
            .saturating_add(Db::get().reads((6_u64).saturating_mul(n.into())))
            .saturating_add(Db::get().writes(1))
            .saturating_add(Db::get().writes((6_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 5218).saturating_mul(n.into()))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Positions` (r:1 w:1)
    // Proof: `Hmm::Positions` (`max_values`: None, `max_size`: Some(495), added: 2970, mode: `MaxEncodedLen`)
    fn add_liquidity() -> Weight {
        // Fastest run: 118_276_000 ps. Proof measured: 2254 bytes.
        Weight::from_parts(149_452_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Positions` (r:1 w:1)
    // Proof: `Hmm::Positions` (`max_values`: None, `max_size`: Some(495), added: 2970, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn remove_liquidity() -> Weight {
        // Fastest run: 121_845_000 ps. Proof measured: 2254 bytes.
        Weight::from_parts(151_919_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Hmm::FeesChangedAt` (r:1 w:1)
    // Proof: `Hmm::FeesChangedAt` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    fn set_parameters() -> Weight {
        // Fastest run: 21_099_000 ps. Proof measured: 555 bytes.
        Weight::from_parts(26_991_000, 3715).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Hmm::Pools` (r:8 w:8)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:9 w:9)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:8 w:8)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:8 w:8)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:16 w:16)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn buy_route(n: u32) -> Weight {
        // Fastest run: 146_215_000 ps. Proof measured: 1143 + n × 545 bytes.
        Weight::from_parts(41_006_042, 3593)
            // Standard error: 376_497
            .saturating_add(Weight::from_parts(139_673_419, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(1))
            .saturating_add(Db::get().reads((6_u64).saturating_mul(n.into())))
            .saturating_add(Db::get().writes(1))
            .saturating_add(Db::get().writes((6_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 5218).saturating_mul(n.into()))
    }
    // Storage: `Hmm::Pools` (r:1 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::OpenBatches` (r:1 w:1)
    // Proof: `Hmm::OpenBatches` (`max_values`: Some(1), `max_size`: Some(1538), added: 2033, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:2 w:2)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Orders` (r:1 w:1)
    // Proof: `Hmm::Orders` (`max_values`: None, `max_size`: Some(1336), added: 3811, mode: `MaxEncodedLen`)
    fn commit_order() -> Weight {
        // Fastest run: 99_134_000 ps. Proof measured: 4650 bytes.
        Weight::from_parts(124_441_000, 6208).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(5))
    }
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Orders` (r:1 w:1)
    // Proof: `Hmm::Orders` (`max_values`: None, `max_size`: Some(1336), added: 3811, mode: `MaxEncodedLen`)
    fn reveal_order() -> Weight {
        // Fastest run: 33_418_000 ps. Proof measured: 1571 bytes.
        Weight::from_parts(43_958_000, 4801).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Hmm::Orders` (r:16 w:16)
    // Proof: `Hmm::Orders` (`max_values`: None, `max_size`: Some(1336), added: 3811, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:1 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:0)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:1 w:0)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `Hmm::PayoutCursor` (r:1 w:1)
    // Proof: `Hmm::PayoutCursor` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Hmm::PayoutPages` (r:0 w:16)
    // Proof: `Hmm::PayoutPages` (`max_values`: None, `max_size`: Some(1577), added: 4052, mode: `MaxEncodedLen`)
    fn clear_batch(p: u32) -> Weight {
        // Fastest run: 253_252_000 ps. Proof measured: 1715 + p × 1330 bytes.
        Weight::from_parts(415_939_541, 6196)
            // Standard error: 829_458
            .saturating_add(Weight::from_parts(75_446_261, 0).saturating_mul(p.into()))
            .saturating_add(Db::get().reads(7))
            .saturating_add(Db::get().reads((1_u64).saturating_mul(p.into())))
            .saturating_add(Db::get().writes(4))
            .saturating_add(Db::get().writes((2_u64).saturating_mul(p.into())))
            .saturating_add(Weight::from_parts(0, 3811).saturating_mul(p.into()))
    }
    // Storage: `Hmm::PayoutCursor` (r:1 w:1)
    // Proof: `Hmm::PayoutCursor` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Hmm::PayoutPages` (r:1 w:1)
    // Proof: `Hmm::PayoutPages` (`max_values`: None, `max_size`: Some(1577), added: 4052, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:17 w:17)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:17 w:17)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    fn pay_orders(n: u32) -> Weight {
        // Fastest run: 6_582_000 ps. Proof measured: 1345 + n × 186 bytes.
        Weight::from_parts(27_345_423, 5042)
            // Standard error: 263_147
            .saturating_add(Weight::from_parts(90_745_121, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(5))
            .saturating_add(Db::get().reads((2_u64).saturating_mul(n.into())))
            .saturating_add(Db::get().writes(4))
            .saturating_add(Db::get().writes((2_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2609).saturating_mul(n.into()))
    }
    // Storage: `Hmm::PoolIds` (r:1 w:0)
    // Proof: `Hmm::PoolIds` (`max_values`: Some(1), `max_size`: Some(97), added: 592, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:48 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:48 w:48)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Checkpoints` (r:144 w:144)
    // Proof: `Hmm::Checkpoints` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:129 w:128)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Hmm::OpenBatches` (r:1 w:0)
    // Proof: `Hmm::OpenBatches` (`max_values`: Some(1), `max_size`: Some(1538), added: 2033, mode: `MaxEncodedLen`)
    // Storage: `Hmm::PayoutCursor` (r:1 w:0)
    // Proof: `Hmm::PayoutCursor` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Hmm::PayoutPages` (r:1 w:0)
    // Proof: `Hmm::PayoutPages` (`max_values`: None, `max_size`: Some(1577), added: 4052, mode: `MaxEncodedLen`)
    fn on_initialize(p: u32, c: u32) -> Weight {
        // Fastest run: 552_142_000 ps. Proof measured: 569 + c × 74 + p × 93 bytes.
        Weight::from_parts(611_678_000, 5042)
            // Standard error: 194_864
            .saturating_add(Weight::from_parts(20_620_940, 0).saturating_mul(p.into()))
            // Standard error: 72_994
            .saturating_add(Weight::from_parts(2_071_268, 0).saturating_mul(c.into()))
            .saturating_add(Db::get().reads(5))
            .saturating_add(Db::get().reads((5_u64).saturating_mul(p.into())))
            .saturating_add(Db::get().reads((1_u64).saturating_mul(c.into())))
            .saturating_add(Db::get().writes((4_u64).saturating_mul(p.into())))
            .saturating_add(Db::get().writes((1_u64).saturating_mul(c.into())))
            .saturating_add(Weight::from_parts(0, 2553).saturating_mul(c.into()))
            .saturating_add(Weight::from_parts(0, 7581).saturating_mul(p.into()))
    }
}
