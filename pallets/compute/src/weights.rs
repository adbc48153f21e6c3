//! Weights of `pallet_compute`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
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
    /// `withdraw_bond`.
    fn withdraw_bond() -> Weight;
    /// `set_model_profile`.
    fn set_model_profile() -> Weight;
    /// `set_tier`.
    fn set_tier() -> Weight;
    /// `set_worker_tee`.
    fn set_worker_tee() -> Weight;
    /// `submit_job`.
    fn submit_job() -> Weight;
    /// `accept_job`.
    fn accept_job() -> Weight;
    /// `cancel_job`.
    fn cancel_job() -> Weight;
    /// `set_models`.
    fn set_models() -> Weight;
    /// `decline_job`.
    fn decline_job() -> Weight;
    /// `check_margin`.
    fn check_margin() -> Weight;
    /// `settle_in_cash`.
    fn settle_in_cash() -> Weight;
    /// `heartbeat`.
    fn heartbeat() -> Weight;
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
    /// `settle`.
    fn settle() -> Weight;
}

/// The measurements, with `Db` pricing each read and write.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::KeyOwner` (r:1 w:1)
    // Proof: `Compute::KeyOwner` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Compute::Tiers` (r:4 w:0)
    // Proof: `Compute::Tiers` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
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
        // Fastest run: 100_659_000 ps. Proof measured: 730 bytes.
        Weight::from_parts(107_179_000, 10946).saturating_add(Db::get().reads(11)).saturating_add(Db::get().writes(11))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn set_accepting() -> Weight {
        // Fastest run: 29_864_000 ps. Proof measured: 2152 bytes.
        Weight::from_parts(31_837_000, 5326).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    fn set_payout() -> Weight {
        // Fastest run: 24_326_000 ps. Proof measured: 2139 bytes.
        Weight::from_parts(26_039_000, 5326).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::KeyOwner` (r:1 w:2)
    // Proof: `Compute::KeyOwner` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    fn set_session_key() -> Weight {
        // Fastest run: 33_350_000 ps. Proof measured: 2384 bytes.
        Weight::from_parts(35_102_000, 5326).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn bond_more() -> Weight {
        // Fastest run: 84_255_000 ps. Proof measured: 2419 bytes.
        Weight::from_parts(87_590_000, 5326).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Compute::Tiers` (r:1 w:0)
    // Proof: `Compute::Tiers` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:1 w:1)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn mint_tokens() -> Weight {
        // Fastest run: 449_055_000 ps. Proof measured: 6362 bytes.
        Weight::from_parts(478_659_000, 82980).saturating_add(Db::get().reads(67)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:1 w:1)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:1 w:1)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn burn_tokens() -> Weight {
        // Fastest run: 92_167_000 ps. Proof measured: 3760 bytes.
        Weight::from_parts(104_715_000, 5326).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn deregister() -> Weight {
        // As `mint_tokens`, whose prices it reads, until it is measured.
        Weight::from_parts(500_000_000, 82980).saturating_add(Db::get().reads(64)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
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
    // Storage: `Compute::WorkerJobs` (r:0 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    fn withdraw_bond() -> Weight {
        // Fastest run: 95_501_000 ps. Proof measured: 2335 bytes.
        Weight::from_parts(100_078_000, 5326).saturating_add(Db::get().reads(9)).saturating_add(Db::get().writes(14))
    }
    // Storage: `Compute::ModelProfiles` (r:0 w:1)
    // Proof: `Compute::ModelProfiles` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
    fn set_model_profile() -> Weight {
        // Fastest run: 8_893_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(9_745_000, 0).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::Tiers` (r:0 w:1)
    // Proof: `Compute::Tiers` (`max_values`: None, `max_size`: Some(14), added: 2489, mode: `MaxEncodedLen`)
    fn set_tier() -> Weight {
        // Fastest run: 6_530_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(7_171_000, 0).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    fn set_worker_tee() -> Weight {
        // Fastest run: 24_476_000 ps. Proof measured: 2139 bytes.
        Weight::from_parts(25_798_000, 5326).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::ModelProfiles` (r:1 w:0)
    // Proof: `Compute::ModelProfiles` (`max_values`: None, `max_size`: Some(252), added: 2727, mode: `MaxEncodedLen`)
    // Storage: `Compute::NextJob` (r:1 w:1)
    // Proof: `Compute::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:6)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:18 w:18)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:9 w:9)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::ProtocolVolume` (r:6 w:6)
    // Proof: `Hmm::ProtocolVolume` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Compute::CounterForJobs` (r:1 w:1)
    // Proof: `Compute::CounterForJobs` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn submit_job() -> Weight {
        // Fastest run: 1_374_966_000 ps. Proof measured: 8148 bytes.
        Weight::from_parts(1_438_350_000, 47952)
            .saturating_add(Db::get().reads(59))
            .saturating_add(Db::get().writes(53))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `System::ParentHash` (r:1 w:0)
    // Proof: `System::ParentHash` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:2)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn accept_job() -> Weight {
        // Fastest run: 64_565_000 ps. Proof measured: 2530 bytes.
        Weight::from_parts(72_177_000, 5326).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
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
        // Fastest run: 409_317_000 ps. Proof measured: 6672 bytes.
        Weight::from_parts(428_304_000, 32298).saturating_add(Db::get().reads(27)).saturating_add(Db::get().writes(29))
    }
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn set_models() -> Weight {
        // Fastest run: 36_524_000 ps. Proof measured: 1128 bytes.
        Weight::from_parts(38_688_000, 5326).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    fn decline_job() -> Weight {
        // Fastest run: 426_682_000 ps. Proof measured: 6672 bytes.
        Weight::from_parts(448_504_000, 32298).saturating_add(Db::get().reads(27)).saturating_add(Db::get().writes(29))
    }
    fn heartbeat() -> Weight {
        // As `set_accepting`, until it is measured.
        Weight::from_parts(31_837_000, 5326).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    fn check_margin() -> Weight {
        // As `mint_tokens`, whose prices it reads, until it is measured.
        Weight::from_parts(600_000_000, 82980).saturating_add(Db::get().reads(65)).saturating_add(Db::get().writes(4))
    }
    fn settle_in_cash() -> Weight {
        // As a sixth of `settle` with two moves of held credits, until it is measured.
        Weight::from_parts(600_000_000, 10946).saturating_add(Db::get().reads(14)).saturating_add(Db::get().writes(12))
    }
    // Storage: `Babe::Initialized` (r:1 w:0)
    // Proof: `Babe::Initialized` (`max_values`: Some(1), `max_size`: Some(110), added: 605, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:0)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:1 w:0)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaCursor` (r:1 w:0)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:0)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    fn on_initialize() -> Weight {
        // Fastest run: 13_450_000 ps. Proof measured: 499 bytes.
        Weight::from_parts(14_411_000, 3517).saturating_add(Db::get().reads(9))
    }
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:2 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::RecentOutputs` (r:4 w:0)
    // Proof: `Compute::RecentOutputs` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotNodes` (r:35 w:0)
    // Proof: `Compute::LotNodes` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    // Storage: `Compute::SlotOwner` (r:12 w:0)
    // Proof: `Compute::SlotOwner` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:12 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:12 w:0)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaCursor` (r:0 w:1)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn draw_worker() -> Weight {
        // Fastest run: 1_468_594_000 ps. Proof measured: 52818 bytes.
        Weight::from_parts(1_900_000_000, 106270)
            .saturating_add(Db::get().reads(163))
            .saturating_add(Db::get().writes(38))
    }
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:2 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
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
        // Fastest run: 450_397_000 ps. Proof measured: 6726 bytes.
        Weight::from_parts(469_926_000, 32298).saturating_add(Db::get().reads(31)).saturating_add(Db::get().writes(33))
    }
    // Storage: `Compute::AgendaRange` (r:1 w:1)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:2 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:3 w:3)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:2 w:2)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:1)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:0 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaCursor` (r:0 w:1)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn fail_accepted() -> Weight {
        // Fastest run: 922_757_000 ps. Proof measured: 9692 bytes.
        Weight::from_parts(1_000_000_000, 82980)
            .saturating_add(Db::get().reads(96))
            .saturating_add(Db::get().writes(39))
    }
    fn buy_back_turn() -> Weight {
        // As `mint_tokens` with a purchase and two moves of held credits, until it is measured.
        Weight::from_parts(1_200_000_000, 82980)
            .saturating_add(Db::get().reads(80))
            .saturating_add(Db::get().writes(24))
    }
    fn settle_turn() -> Weight {
        // As `mint_tokens` with two moves of held credits, until it is measured.
        Weight::from_parts(1_100_000_000, 82980)
            .saturating_add(Db::get().reads(80))
            .saturating_add(Db::get().writes(18))
    }
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:2 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotNodes` (r:4 w:4)
    // Proof: `Compute::LotNodes` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    fn apply_lot() -> Weight {
        // Fastest run: 75_432_000 ps. Proof measured: 6458 bytes.
        Weight::from_parts(81_791_000, 13022).saturating_add(Db::get().reads(8)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Compute::AgendaCursor` (r:1 w:1)
    // Proof: `Compute::AgendaCursor` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::AgendaRange` (r:1 w:0)
    // Proof: `Compute::AgendaRange` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:1 w:0)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn skip_bucket() -> Weight {
        // Fastest run: 9_594_000 ps. Proof measured: 306 bytes.
        Weight::from_parts(10_215_000, 3497).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Compute::FinishedRange` (r:1 w:1)
    // Proof: `Compute::FinishedRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Compute::Finished` (r:1 w:1)
    // Proof: `Compute::Finished` (`max_values`: None, `max_size`: Some(28), added: 2503, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Compute::CounterForJobs` (r:1 w:1)
    // Proof: `Compute::CounterForJobs` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::EarliestJob` (r:1 w:1)
    // Proof: `Compute::EarliestJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::NextJob` (r:1 w:0)
    // Proof: `Compute::NextJob` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    fn prune_job() -> Weight {
        // Fastest run: 24_667_000 ps. Proof measured: 468 bytes.
        Weight::from_parts(27_631_000, 4411).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:6)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:10 w:10)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Hmm::ProtocolVolume` (r:12 w:12)
    // Proof: `Hmm::ProtocolVolume` (`max_values`: None, `max_size`: Some(78), added: 2553, mode: `MaxEncodedLen`)
    // Storage: `Assets::Asset` (r:6 w:6)
    // Proof: `Assets::Asset` (`max_values`: None, `max_size`: Some(210), added: 2685, mode: `MaxEncodedLen`)
    // Storage: `Assets::Account` (r:12 w:12)
    // Proof: `Assets::Account` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
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
    fn settle() -> Weight {
        // Fastest run: 1_941_925_000 ps. Proof measured: 10451 bytes.
        Weight::from_parts(2_038_229_000, 32298)
            .saturating_add(Db::get().reads(59))
            .saturating_add(Db::get().writes(53))
    }
}
