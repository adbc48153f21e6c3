//! Weights of `pallet_poai`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};

/// What the calls of `pallet_poai` and the steps of its hooks weigh: picoseconds and bytes of proof.
pub trait WeightInfo {
    /// `attest`.
    fn attest() -> Weight;
    /// `demand_output`.
    fn demand_output() -> Weight;
    /// `deliver_output`, `n` from 1 to 4096.
    fn deliver_output(n: u32) -> Weight;
    /// `service_queue`.
    fn service_queue() -> Weight;
    /// `close_window`.
    fn close_window() -> Weight;
    /// `defer_window`.
    fn defer_window() -> Weight;
    /// `prune`.
    fn prune() -> Weight;
    /// `register_verifier`.
    fn register_verifier() -> Weight;
    /// `add_verifier_bond`.
    fn add_verifier_bond() -> Weight;
    /// `retire_verifier`.
    fn retire_verifier() -> Weight;
    /// `withdraw_verifier_bond`.
    fn withdraw_verifier_bond() -> Weight;
    /// `commit_verdict`.
    fn commit_verdict() -> Weight;
    /// `reveal_verdict`.
    fn reveal_verdict() -> Weight;
    /// `challenge`.
    fn challenge() -> Weight;
    /// `cancel_slash`.
    fn cancel_slash() -> Weight;
    /// `set_parameters`.
    fn set_parameters() -> Weight;
    /// `draw_audit`.
    fn draw_audit() -> Weight;
    /// `summon_committee`.
    fn summon_committee() -> Weight;
    /// `open_reveals`.
    fn open_reveals() -> Weight;
    /// `close_round`.
    fn close_round() -> Weight;
    /// `withhold_output`.
    fn withhold_output() -> Weight;
    /// `apply_slash`.
    fn apply_slash() -> Weight;
    /// `apply_verifier_lot`.
    fn apply_verifier_lot() -> Weight;
}

/// The measurements, with `Db` pricing each read and write.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
    // Storage: `Poai::Attestations` (r:1 w:1)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:1)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1861), added: 4336, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAttestations` (r:1 w:1)
    // Proof: `Poai::CounterForAttestations` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForWindows` (r:1 w:1)
    // Proof: `Poai::CounterForWindows` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn attest() -> Weight {
        // Fastest run: 163_682_000 ps. Proof measured: 2700 bytes.
        Weight::from_parts(174_268_000, 5326).saturating_add(Db::get().reads(10)).saturating_add(Db::get().writes(11))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(946), added: 3421, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn demand_output() -> Weight {
        // Fastest run: 97_665_000 ps. Proof measured: 2055 bytes.
        Weight::from_parts(103_393_000, 4411).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:1)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Poai::Outputs` (r:0 w:1)
    // Proof: `Poai::Outputs` (`max_values`: None, `max_size`: Some(16402), added: 18877, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn deliver_output(n: u32) -> Weight {
        // Fastest run: 117_173_000 ps. Proof measured: 1044 bytes.
        Weight::from_parts(121_010_753, 3857)
            // Standard error: 274
            .saturating_add(Weight::from_parts(110_260, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(4))
            .saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::Queue` (r:1 w:0)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn service_queue() -> Weight {
        // Fastest run: 5_759_000 ps. Proof measured: 146 bytes.
        Weight::from_parts(7_100_000, 3481).saturating_add(Db::get().reads(1))
    }
    // Storage: `Poai::Queue` (r:1 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(139), added: 2614, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForWindows` (r:1 w:1)
    // Proof: `Poai::CounterForWindows` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Expiries` (r:0 w:1)
    // Proof: `Poai::Expiries` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn close_window() -> Weight {
        // Fastest run: 77_144_000 ps. Proof measured: 681 bytes.
        Weight::from_parts(84_184_000, 3604).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(109), added: 2584, mode: `MaxEncodedLen`)
    fn defer_window() -> Weight {
        // Fastest run: 23_725_000 ps. Proof measured: 193 bytes.
        Weight::from_parts(27_751_000, 3574).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Poai::Expiries` (r:1 w:1)
    // Proof: `Poai::Expiries` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:1)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAttestations` (r:1 w:1)
    // Proof: `Poai::CounterForAttestations` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Outputs` (r:0 w:1)
    // Proof: `Poai::Outputs` (`max_values`: None, `max_size`: Some(16402), added: 18877, mode: `MaxEncodedLen`)
    fn prune() -> Weight {
        // Fastest run: 24_516_000 ps. Proof measured: 198 bytes.
        Weight::from_parts(27_811_000, 3857).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(4))
    }
    fn register_verifier() -> Weight {
        Weight::from_parts(60_000_000, 5000).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(8))
    }
    fn add_verifier_bond() -> Weight {
        Weight::from_parts(40_000_000, 5000).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    fn retire_verifier() -> Weight {
        Weight::from_parts(25_000_000, 5000).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    fn withdraw_verifier_bond() -> Weight {
        Weight::from_parts(50_000_000, 5000).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    fn commit_verdict() -> Weight {
        Weight::from_parts(25_000_000, 5000).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(1))
    }
    fn reveal_verdict() -> Weight {
        Weight::from_parts(40_000_000, 5000).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(1))
    }
    fn challenge() -> Weight {
        Weight::from_parts(90_000_000, 5000).saturating_add(Db::get().reads(9)).saturating_add(Db::get().writes(6))
    }
    fn cancel_slash() -> Weight {
        Weight::from_parts(60_000_000, 5000).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(6))
    }
    fn set_parameters() -> Weight {
        Weight::from_parts(8_000_000, 5000).saturating_add(Db::get().reads(0)).saturating_add(Db::get().writes(1))
    }
    fn draw_audit() -> Weight {
        Weight::from_parts(60_000_000, 5000).saturating_add(Db::get().reads(9)).saturating_add(Db::get().writes(6))
    }
    fn summon_committee() -> Weight {
        Weight::from_parts(600_000_000, 110000)
            .saturating_add(Db::get().reads(110))
            .saturating_add(Db::get().writes(11))
    }
    fn open_reveals() -> Weight {
        Weight::from_parts(40_000_000, 5000).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    fn close_round() -> Weight {
        Weight::from_parts(700_000_000, 40000).saturating_add(Db::get().reads(40)).saturating_add(Db::get().writes(50))
    }
    fn withhold_output() -> Weight {
        Weight::from_parts(60_000_000, 5000).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    fn apply_slash() -> Weight {
        Weight::from_parts(90_000_000, 5000).saturating_add(Db::get().reads(7)).saturating_add(Db::get().writes(6))
    }
    fn apply_verifier_lot() -> Weight {
        Weight::from_parts(50_000_000, 5000).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
}
