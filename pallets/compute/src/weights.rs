//! Weights of `pallet_compute`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-28 on Intel(R) Xeon(R) Processor, 2 cores, 23 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};

/// What the calls of `pallet_compute` and the steps of its hooks weigh: picoseconds and bytes of proof.
pub trait WeightInfo {
    /// `register_worker`.
    fn register_worker() -> Weight;
    /// `set_accepting`.
    fn set_accepting() -> Weight;
    /// `set_payout`.
    fn set_payout() -> Weight;
    /// `set_session_key`.
    fn set_session_key() -> Weight;
    /// `bond_more`.
    fn bond_more() -> Weight;
    /// `mint_tokens`.
    fn mint_tokens() -> Weight;
    /// `burn_tokens`.
    fn burn_tokens() -> Weight;
    /// `deregister`.
    fn deregister() -> Weight;
    /// `heartbeat`.
    fn heartbeat() -> Weight;
    /// `check_margin`.
    fn check_margin() -> Weight;
    /// `settle_in_cash`.
    fn settle_in_cash() -> Weight;
    /// `withdraw_bond`.
    fn withdraw_bond() -> Weight;
    /// `set_model_profile`.
    fn set_model_profile() -> Weight;
    /// `set_tier`.
    fn set_tier() -> Weight;
    /// `submit_job`, `p` from 1 to 12.
    fn submit_job(p: u32) -> Weight;
    /// `accept_job`.
    fn accept_job() -> Weight;
    /// `cancel_job`.
    fn cancel_job() -> Weight;
    /// `set_models`.
    fn set_models() -> Weight;
    /// `decline_job`.
    fn decline_job() -> Weight;
    /// `on_initialize`.
    fn on_initialize() -> Weight;
    /// `draw_worker`.
    fn draw_worker() -> Weight;
    /// `miss_acceptance`.
    fn miss_acceptance() -> Weight;
    /// `fail_accepted`.
    fn fail_accepted() -> Weight;
    /// `buy_back_turn`.
    fn buy_back_turn() -> Weight;
    /// `settle_turn`.
    fn settle_turn() -> Weight;
    /// `apply_lot`.
    fn apply_lot() -> Weight;
    /// `skip_bucket`.
    fn skip_bucket() -> Weight;
    /// `prune_job`.
    fn prune_job() -> Weight;
    /// `set_bonus`.
    fn set_bonus() -> Weight;
    /// `settle`, `p` from 1 to 12.
    fn settle(p: u32) -> Weight;
    /// `return_tokens`, `p` from 1 to 12.
    fn return_tokens(p: u32) -> Weight;
}

/// The measurements, with `Db` pricing each read and write.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:1 w:0)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Compute::KeyOwner` (r:1 w:1)
    // Proof: `Compute::KeyOwner` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Compute::Tiers` (r:4 w:0)
    // Proof: `Compute::Tiers` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::SlotCounts` (r:1 w:1)
    // Proof: `Compute::SlotCounts` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::CounterForWorkers` (r:1 w:1)
    // Proof: `Compute::CounterForWorkers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerIndex` (r:0 w:1)
    // Proof: `Compute::WorkerIndex` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::SlotOwner` (r:0 w:1)
    // Proof: `Compute::SlotOwner` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerPosition` (r:0 w:1)
    // Proof: `Compute::WorkerPosition` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn register_worker() -> Weight {
        // Fastest run: 90_221_000 ps. Proof measured: 730 bytes.
        // The look at the verifiers came later, and is counted by its read alone.
        Weight::from_parts(95_901_000, 13515).saturating_add(Db::get().reads(12)).saturating_add(Db::get().writes(11))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn set_accepting() -> Weight {
        // Fastest run: 27_775_000 ps. Proof measured: 2216 bytes.
        Weight::from_parts(30_025_000, 5390).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    fn set_payout() -> Weight {
        // Fastest run: 22_500_000 ps. Proof measured: 2203 bytes.
        Weight::from_parts(25_467_000, 5390).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::KeyOwner` (r:1 w:2)
    // Proof: `Compute::KeyOwner` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    fn set_session_key() -> Weight {
        // Fastest run: 30_818_000 ps. Proof measured: 2448 bytes.
        Weight::from_parts(33_950_000, 5390).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn bond_more() -> Weight {
        // Fastest run: 73_764_000 ps. Proof measured: 2483 bytes.
        Weight::from_parts(80_378_000, 5390).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Compute::Tiers` (r:1 w:0)
    // Proof: `Compute::Tiers` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:1 w:0)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:1 w:1)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn mint_tokens() -> Weight {
        // Fastest run: 416_216_000 ps. Proof measured: 6892 bytes.
        Weight::from_parts(439_820_000, 82980).saturating_add(Db::get().reads(67)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:1 w:1)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn burn_tokens() -> Weight {
        // Fastest run: 82_810_000 ps. Proof measured: 3861 bytes.
        Weight::from_parts(88_201_000, 5390).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueueRange` (r:1 w:1)
    // Proof: `Compute::MarginQueueRange` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueue` (r:0 w:1)
    // Proof: `Compute::MarginQueue` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:0 w:1)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn deregister() -> Weight {
        // Fastest run: 169_649_000 ps. Proof measured: 3859 bytes.
        Weight::from_parts(179_344_000, 82740).saturating_add(Db::get().reads(39)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn heartbeat() -> Weight {
        // Fastest run: 28_130_000 ps. Proof measured: 2216 bytes.
        Weight::from_parts(31_785_000, 5390).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Workers` (r:1 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:1 w:1)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueueRange` (r:1 w:1)
    // Proof: `Compute::MarginQueueRange` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueue` (r:0 w:1)
    // Proof: `Compute::MarginQueue` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
    fn check_margin() -> Weight {
        // Fastest run: 608_020_000 ps. Proof measured: 5275 bytes.
        Weight::from_parts(632_682_000, 82980).saturating_add(Db::get().reads(64)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:1 w:0)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:1 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:1 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Compute::SettledLately` (r:1 w:1)
    // Proof: `Compute::SettledLately` (`max_values`: None, `max_size`: Some(30), added: 2505, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:3 w:3)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Compute::CashSettled` (r:1 w:1)
    // Proof: `Compute::CashSettled` (`max_values`: None, `max_size`: Some(26), added: 2501, mode: `MaxEncodedLen`)
    fn settle_in_cash() -> Weight {
        // Fastest run: 244_303_000 ps. Proof measured: 4252 bytes.
        Weight::from_parts(255_665_000, 8799).saturating_add(Db::get().reads(10)).saturating_add(Db::get().writes(8))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::CounterForWorkers` (r:1 w:1)
    // Proof: `Compute::CounterForWorkers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotNodes` (r:1 w:0)
    // Proof: `Compute::LotNodes` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    // Storage: `Compute::SlotCounts` (r:1 w:1)
    // Proof: `Compute::SlotCounts` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerPosition` (r:1 w:2)
    // Proof: `Compute::WorkerPosition` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerIndex` (r:1 w:2)
    // Proof: `Compute::WorkerIndex` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::FreeSlots` (r:0 w:1)
    // Proof: `Compute::FreeSlots` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Compute::KeyOwner` (r:0 w:1)
    // Proof: `Compute::KeyOwner` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Compute::SlotOwner` (r:0 w:1)
    // Proof: `Compute::SlotOwner` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:0 w:1)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:0 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    fn withdraw_bond() -> Weight {
        // Fastest run: 90_093_000 ps. Proof measured: 2492 bytes.
        Weight::from_parts(95_396_000, 5390).saturating_add(Db::get().reads(9)).saturating_add(Db::get().writes(14))
    }
    // Storage: `Compute::ModelProfiles` (r:0 w:1)
    // Proof: `Compute::ModelProfiles` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
    fn set_model_profile() -> Weight {
        // Fastest run: 8_746_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(9_596_000, 0).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::Tiers` (r:0 w:1)
    // Proof: `Compute::Tiers` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    fn set_tier() -> Weight {
        // Fastest run: 6_497_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(7_259_000, 0).saturating_add(Db::get().writes(1))
    }
    // Storage: `Poai::Frauds` (r:1 w:0)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Compute::ModelProfiles` (r:1 w:0)
    // Proof: `Compute::ModelProfiles` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
    // Storage: `Compute::NextJob` (r:1 w:1)
    // Proof: `Compute::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:6)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:18 w:18)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:9 w:9)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:6 w:6)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Compute::CounterForJobs` (r:1 w:1)
    // Proof: `Compute::CounterForJobs` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn submit_job(p: u32) -> Weight {
        // Estimated from 1_222_891_000 ps for six pools.
        Weight::from_parts(110_000_000, 10000)
            .saturating_add(Weight::from_parts(190_000_000, 8000).saturating_mul(p.into()))
            .saturating_add(Db::get().reads(15))
            .saturating_add(Db::get().reads(8_u64.saturating_mul(p.into())))
            .saturating_add(Db::get().writes(11))
            .saturating_add(Db::get().writes(7_u64.saturating_mul(p.into())))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:1 w:0)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `System::ParentHash` (r:1 w:0)
    // Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:2)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn accept_job() -> Weight {
        // Fastest run: 65_987_000 ps. Proof measured: 2760 bytes.
        Weight::from_parts(75_110_000, 5390).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    fn cancel_job() -> Weight {
        // Fastest run: 386_399_000 ps. Proof measured: 6859 bytes.
        Weight::from_parts(408_196_000, 32298).saturating_add(Db::get().reads(27)).saturating_add(Db::get().writes(29))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn set_models() -> Weight {
        // Fastest run: 32_070_000 ps. Proof measured: 1192 bytes.
        Weight::from_parts(35_601_000, 5390).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    fn decline_job() -> Weight {
        // Fastest run: 406_232_000 ps. Proof measured: 6859 bytes.
        Weight::from_parts(433_874_000, 32298).saturating_add(Db::get().reads(27)).saturating_add(Db::get().writes(29))
    }
    // Storage: `Babe::Initialized` (r:1 w:0)
    // Proof: `Babe::Initialized` (`max_values`: Some(1), `max_size`: Some(110), added: 605, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:0)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:1 w:0)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaCursor` (r:1 w:0)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueueRange` (r:2 w:0)
    // Proof: `Compute::MarginQueueRange` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:0)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn on_initialize() -> Weight {
        // Fastest run: 15_413_000 ps. Proof measured: 499 bytes.
        Weight::from_parts(16_984_000, 5990).saturating_add(Db::get().reads(7))
    }
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:2 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::RecentOutputs` (r:4 w:0)
    // Proof: `Compute::RecentOutputs` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotNodes` (r:35 w:0)
    // Proof: `Compute::LotNodes` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    // Storage: `Compute::SlotOwner` (r:12 w:0)
    // Proof: `Compute::SlotOwner` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:12 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:12 w:0)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:12 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Sealing::Keys` (r:12 w:0)
    // Proof: `Sealing::Keys` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Bindings` (r:12 w:0)
    // Proof: `Attestors::Bindings` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Attestors::RevokedKeys` (r:12 w:0)
    // Proof: `Attestors::RevokedKeys` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Paused` (r:26 w:0)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Roots` (r:12 w:0)
    // Proof: `Attestors::Roots` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Measurements` (r:12 w:0)
    // Proof: `Attestors::Measurements` (`max_values`: None, `max_size`: Some(179), added: 2654, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Attestors` (r:1 w:0)
    // Proof: `Attestors::Attestors` (`max_values`: Some(1), `max_size`: Some(518), added: 1013, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaCursor` (r:0 w:1)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn draw_worker() -> Weight {
        // Fastest run: 1_835_182_000 ps. Proof measured: 63881 bytes.
        Weight::from_parts(1_940_811_000, 106270)
            .saturating_add(Db::get().reads(263))
            .saturating_add(Db::get().writes(29))
    }
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:2 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaCursor` (r:0 w:1)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn miss_acceptance() -> Weight {
        // Fastest run: 432_462_000 ps. Proof measured: 6913 bytes.
        Weight::from_parts(455_298_000, 32298).saturating_add(Db::get().reads(31)).saturating_add(Db::get().writes(33))
    }
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:2 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:3 w:3)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:2 w:2)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:1)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:1 w:1)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueueRange` (r:1 w:1)
    // Proof: `Compute::MarginQueueRange` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueue` (r:0 w:1)
    // Proof: `Compute::MarginQueue` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaCursor` (r:0 w:1)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn fail_accepted() -> Weight {
        // Fastest run: 1_121_272_000 ps. Proof measured: 10430 bytes.
        Weight::from_parts(1_198_975_000, 82980)
            .saturating_add(Db::get().reads(96))
            .saturating_add(Db::get().writes(39))
    }
    // Storage: `Compute::MarginQueueRange` (r:2 w:2)
    // Proof: `Compute::MarginQueueRange` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueue` (r:1 w:2)
    // Proof: `Compute::MarginQueue` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:1 w:1)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:3 w:3)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:4 w:4)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Compute::LastSlice` (r:1 w:1)
    // Proof: `Compute::LastSlice` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:1 w:1)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn buy_back_turn() -> Weight {
        // Fastest run: 764_353_000 ps. Proof measured: 8331 bytes.
        Weight::from_parts(805_406_000, 82980).saturating_add(Db::get().reads(78)).saturating_add(Db::get().writes(20))
    }
    // Storage: `Compute::MarginQueueRange` (r:2 w:2)
    // Proof: `Compute::MarginQueueRange` (`max_values`: None, `max_size`: Some(25), added: 2500, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginQueue` (r:1 w:2)
    // Proof: `Compute::MarginQueue` (`max_values`: None, `max_size`: Some(61), added: 2536, mode: `MaxEncodedLen`)
    // Storage: `Compute::MarginCalls` (r:1 w:1)
    // Proof: `Compute::MarginCalls` (`max_values`: None, `max_size`: Some(610), added: 3085, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:1)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:3 w:3)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::CashSettled` (r:1 w:1)
    // Proof: `Compute::CashSettled` (`max_values`: None, `max_size`: Some(26), added: 2501, mode: `MaxEncodedLen`)
    // Storage: `Compute::SettledLately` (r:1 w:1)
    // Proof: `Compute::SettledLately` (`max_values`: None, `max_size`: Some(30), added: 2505, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn settle_turn() -> Weight {
        // Fastest run: 838_090_000 ps. Proof measured: 6611 bytes.
        Weight::from_parts(877_797_000, 82980).saturating_add(Db::get().reads(73)).saturating_add(Db::get().writes(15))
    }
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:2 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotNodes` (r:4 w:4)
    // Proof: `Compute::LotNodes` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    fn apply_lot() -> Weight {
        // Fastest run: 70_587_000 ps. Proof measured: 6522 bytes.
        Weight::from_parts(76_568_000, 13022).saturating_add(Db::get().reads(8)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Compute::AgendaCursor` (r:1 w:1)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaRange` (r:1 w:0)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:1 w:0)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn skip_bucket() -> Weight {
        // Fastest run: 8_784_000 ps. Proof measured: 306 bytes.
        Weight::from_parts(9_724_000, 3497).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:1 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Compute::CounterForJobs` (r:1 w:1)
    // Proof: `Compute::CounterForJobs` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::EarliestJob` (r:1 w:1)
    // Proof: `Compute::EarliestJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::NextJob` (r:1 w:0)
    // Proof: `Compute::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    fn prune_job() -> Weight {
        // Fastest run: 23_631_000 ps. Proof measured: 468 bytes.
        Weight::from_parts(25_490_000, 4449).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Compute::Bonus` (r:0 w:1)
    // Proof: `Compute::Bonus` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    fn set_bonus() -> Weight {
        // Fastest run: 5_394_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(6_063_000, 0).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:6)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:11 w:11)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Volumes` (r:12 w:12)
    // Proof: `Hmm::Volumes` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `Compute::Bonus` (r:1 w:0)
    // Proof: `Compute::Bonus` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::BonusEpochs` (r:1 w:1)
    // Proof: `Compute::BonusEpochs` (`max_values`: Some(1), `max_size`: Some(52), added: 547, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:0)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    fn settle(p: u32) -> Weight {
        // Estimated from 1_771_021_000 ps for six pools.
        Weight::from_parts(150_000_000, 10000)
            .saturating_add(Weight::from_parts(275_000_000, 5384).saturating_mul(p.into()))
            .saturating_add(Db::get().reads(14))
            .saturating_add(Db::get().reads(8_u64.saturating_mul(p.into())))
            .saturating_add(Db::get().writes(13))
            .saturating_add(Db::get().writes(7_u64.saturating_mul(p.into())))
    }
    // Storage: `Assets::Asset` (r:12 w:12)
    // Storage: `Assets::Account` (r:24 w:24)
    fn return_tokens(p: u32) -> Weight {
        // Estimated from 408_196_000 ps for a cancellation, which returns tokens of six pools.
        Weight::from_parts(5_000_000, 0)
            .saturating_add(Weight::from_parts(60_000_000, 5384).saturating_mul(p.into()))
            .saturating_add(Db::get().reads(3_u64.saturating_mul(p.into())))
            .saturating_add(Db::get().writes(3_u64.saturating_mul(p.into())))
    }
}
