//! Weights of `pallet_poai`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-28 on Intel(R) Xeon(R) Processor, 2 cores, 23 GiB: wasm Compiled, 50 steps, 20 repetitions,
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
    /// `deliver_sealed_output`, `n` from 1 to 65536.
    fn deliver_sealed_output(n: u32) -> Weight;
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
    /// `set_canary_operator`.
    fn set_canary_operator() -> Weight;
    /// `lodge_canaries`, `n` from 0 to 64.
    fn lodge_canaries(n: u32) -> Weight;
    /// `reveal_canary`.
    fn reveal_canary() -> Weight;
    /// `prune_lodged`.
    fn prune_lodged() -> Weight;
    /// `set_parameters`.
    fn set_parameters() -> Weight;
    /// `run_lottery`.
    fn run_lottery() -> Weight;
    /// `draw_audit`.
    fn draw_audit() -> Weight;
    /// `wait`.
    fn wait() -> Weight;
    /// `summon_committee`.
    fn summon_committee() -> Weight;
    /// `summon_sealed_committee`.
    fn summon_sealed_committee() -> Weight;
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
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAttestations` (r:1 w:1)
    // Proof: `Poai::CounterForAttestations` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForWindows` (r:1 w:1)
    // Proof: `Poai::CounterForWindows` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAuditEntries` (r:1 w:1)
    // Proof: `Poai::CounterForAuditEntries` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::AuditEntries` (r:1 w:1)
    // Proof: `Poai::AuditEntries` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::AuditPlaces` (r:0 w:1)
    // Proof: `Poai::AuditPlaces` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn attest() -> Weight {
        // Fastest run: 239_966_000 ps. Proof measured: 4122 bytes.
        Weight::from_parts(277_494_000, 6196).saturating_add(Db::get().reads(16)).saturating_add(Db::get().writes(17))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn demand_output() -> Weight {
        // Fastest run: 97_911_000 ps. Proof measured: 2345 bytes.
        Weight::from_parts(110_328_000, 4449).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:1)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::Outputs` (r:0 w:1)
    // Proof: `Poai::Outputs` (`max_values`: None, `max_size`: Some(16402), added: 18877, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn deliver_output(n: u32) -> Weight {
        // Fastest run: 210_516_000 ps. Proof measured: 4504 bytes.
        Weight::from_parts(227_654_151, 17388)
            // Standard error: 431
            .saturating_add(Weight::from_parts(46_148, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(17))
            .saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:1)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::SealedOutputs` (r:0 w:1)
    // Proof: `Poai::SealedOutputs` (`max_values`: None, `max_size`: Some(65556), added: 68031, mode: `MaxEncodedLen`)
    fn deliver_sealed_output(n: u32) -> Weight {
        // Fastest run: 215_397_000 ps. Proof measured: 4504 bytes.
        Weight::from_parts(238_446_096, 17388)
            // Standard error: 25
            .saturating_add(Weight::from_parts(1_354, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(17))
            .saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::Queue` (r:1 w:0)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn service_queue() -> Weight {
        // Estimated: 7_688_000 ps for the entry, and the read of a job.
        Weight::from_parts(14_000_000, 4749).saturating_add(Db::get().reads(2))
    }
    // Storage: `Poai::Queue` (r:1 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::AuditPlaces` (r:1 w:1)
    // Proof: `Poai::AuditPlaces` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAuditEntries` (r:1 w:1)
    // Proof: `Poai::CounterForAuditEntries` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::AuditEntries` (r:1 w:1)
    // Proof: `Poai::AuditEntries` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForWindows` (r:1 w:1)
    // Proof: `Poai::CounterForWindows` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Expiries` (r:0 w:1)
    // Proof: `Poai::Expiries` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn close_window() -> Weight {
        // Fastest run: 87_467_000 ps. Proof measured: 879 bytes.
        Weight::from_parts(102_179_000, 3658).saturating_add(Db::get().reads(8)).saturating_add(Db::get().writes(9))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    fn defer_window() -> Weight {
        // Fastest run: 32_029_000 ps. Proof measured: 339 bytes.
        Weight::from_parts(34_163_000, 3579).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Poai::Expiries` (r:1 w:1)
    // Proof: `Poai::Expiries` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:1)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAttestations` (r:1 w:1)
    // Proof: `Poai::CounterForAttestations` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Outputs` (r:0 w:1)
    // Proof: `Poai::Outputs` (`max_values`: None, `max_size`: Some(16402), added: 18877, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verdicts` (r:0 w:1)
    // Proof: `Poai::Verdicts` (`max_values`: None, `max_size`: Some(978), added: 3453, mode: `MaxEncodedLen`)
    // Storage: `Poai::Traces` (r:0 w:1)
    // Proof: `Poai::Traces` (`max_values`: None, `max_size`: Some(1228), added: 3703, mode: `MaxEncodedLen`)
    // Storage: `Poai::SealedOutputs` (r:0 w:1)
    // Proof: `Poai::SealedOutputs` (`max_values`: None, `max_size`: Some(65556), added: 68031, mode: `MaxEncodedLen`)
    fn prune() -> Weight {
        // Fastest run: 32_383_000 ps. Proof measured: 347 bytes.
        Weight::from_parts(38_243_000, 3857).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlotCount` (r:1 w:1)
    // Proof: `Poai::VerifierSlotCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:1)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlots` (r:0 w:1)
    // Proof: `Poai::VerifierSlots` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn register_verifier() -> Weight {
        // Fastest run: 71_865_000 ps. Proof measured: 648 bytes.
        Weight::from_parts(78_618_000, 5390).saturating_add(Db::get().reads(8)).saturating_add(Db::get().writes(8))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn add_verifier_bond() -> Weight {
        // Fastest run: 65_346_000 ps. Proof measured: 653 bytes.
        Weight::from_parts(70_427_000, 3658).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn retire_verifier() -> Weight {
        // Fastest run: 18_487_000 ps. Proof measured: 319 bytes.
        Weight::from_parts(20_380_000, 3559).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::Seats` (r:1 w:1)
    // Proof: `Poai::Seats` (`max_values`: None, `max_size`: Some(2098), added: 4573, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:1)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlots` (r:0 w:1)
    // Proof: `Poai::VerifierSlots` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn withdraw_verifier_bond() -> Weight {
        // Fastest run: 61_920_000 ps. Proof measured: 644 bytes.
        Weight::from_parts(71_213_000, 5563).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn commit_verdict() -> Weight {
        // Fastest run: 58_847_000 ps. Proof measured: 1556 bytes.
        Weight::from_parts(63_910_000, 4597).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn reveal_verdict() -> Weight {
        // Fastest run: 72_516_000 ps. Proof measured: 1840 bytes.
        Weight::from_parts(79_066_000, 4597).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:0)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::AuditPlaces` (r:1 w:2)
    // Proof: `Poai::AuditPlaces` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAuditEntries` (r:1 w:1)
    // Proof: `Poai::CounterForAuditEntries` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::AuditEntries` (r:2 w:2)
    // Proof: `Poai::AuditEntries` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForReviews` (r:1 w:1)
    // Proof: `Poai::CounterForReviews` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn challenge() -> Weight {
        // Fastest run: 223_879_000 ps. Proof measured: 4951 bytes.
        Weight::from_parts(235_303_000, 17388).saturating_add(Db::get().reads(24)).saturating_add(Db::get().writes(12))
    }
    // Storage: `Poai::Slashes` (r:1 w:1)
    // Proof: `Poai::Slashes` (`max_values`: None, `max_size`: Some(130), added: 2605, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForSlashes` (r:1 w:1)
    // Proof: `Poai::CounterForSlashes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:1 w:1)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Poai::SlashQueue` (r:0 w:1)
    // Proof: `Poai::SlashQueue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn cancel_slash() -> Weight {
        // Fastest run: 64_680_000 ps. Proof measured: 3014 bytes.
        Weight::from_parts(74_103_000, 5390).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::CanaryOperators` (r:1 w:1)
    // Proof: `Poai::CanaryOperators` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForCanaryOperators` (r:1 w:1)
    // Proof: `Poai::CounterForCanaryOperators` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_canary_operator() -> Weight {
        // Fastest run: 14_363_000 ps. Proof measured: 136 bytes.
        Weight::from_parts(18_087_000, 3513).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Poai::CanaryOperators` (r:1 w:0)
    // Proof: `Poai::CanaryOperators` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Poai::LodgedCount` (r:1 w:1)
    // Proof: `Poai::LodgedCount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Poai::NextLodged` (r:1 w:1)
    // Proof: `Poai::NextLodged` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Poai::LodgedCanaries` (r:64 w:64)
    // Proof: `Poai::LodgedCanaries` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    // Storage: `Poai::CanaryExpiries` (r:0 w:64)
    // Proof: `Poai::CanaryExpiries` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    fn lodge_canaries(n: u32) -> Weight {
        // Fastest run: 17_533_000 ps. Proof measured: 173 bytes.
        Weight::from_parts(19_665_731, 3517)
            // Standard error: 8_751
            .saturating_add(Weight::from_parts(6_633_000, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(3))
            .saturating_add(Db::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(Db::get().writes(2))
            .saturating_add(Db::get().writes((2_u64).saturating_mul(n.into())))
            .saturating_add(Weight::from_parts(0, 2587).saturating_mul(n.into()))
    }
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verdicts` (r:1 w:1)
    // Proof: `Poai::Verdicts` (`max_values`: None, `max_size`: Some(978), added: 3453, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:0)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::CanaryOperators` (r:1 w:0)
    // Proof: `Poai::CanaryOperators` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Poai::LodgedCanaries` (r:1 w:1)
    // Proof: `Poai::LodgedCanaries` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::LodgedCount` (r:1 w:1)
    // Proof: `Poai::LodgedCount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Poai::Traces` (r:1 w:0)
    // Proof: `Poai::Traces` (`max_values`: None, `max_size`: Some(1228), added: 3703, mode: `MaxEncodedLen`)
    // Storage: `Poai::Slashes` (r:36 w:36)
    // Proof: `Poai::Slashes` (`max_values`: None, `max_size`: Some(130), added: 2605, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForSlashes` (r:1 w:1)
    // Proof: `Poai::CounterForSlashes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:1 w:1)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Poai::Quality` (r:1 w:1)
    // Proof: `Poai::Quality` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:35 w:35)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:3 w:3)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    // Storage: `Poai::NextSlash` (r:1 w:1)
    // Proof: `Poai::NextSlash` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Poai::SlashQueue` (r:0 w:36)
    // Proof: `Poai::SlashQueue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::CanaryExpiries` (r:0 w:1)
    // Proof: `Poai::CanaryExpiries` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:35)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn reveal_canary() -> Weight {
        // Fastest run: 983_391_000 ps. Proof measured: 10702 bytes.
        Weight::from_parts(1_069_121_000, 94770)
            .saturating_add(Db::get().reads(90))
            .saturating_add(Db::get().writes(155))
    }
    // Storage: `Poai::CanaryExpiries` (r:2 w:1)
    // Proof: `Poai::CanaryExpiries` (`max_values`: None, `max_size`: Some(80), added: 2555, mode: `MaxEncodedLen`)
    // Storage: `Poai::LodgedCanaries` (r:1 w:1)
    // Proof: `Poai::LodgedCanaries` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
    // Storage: `Poai::LodgedCount` (r:1 w:1)
    // Proof: `Poai::LodgedCount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn prune_lodged() -> Weight {
        // Fastest run: 18_027_000 ps. Proof measured: 497 bytes.
        Weight::from_parts(21_046_000, 6100).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Poai::Settings` (r:0 w:1)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    fn set_parameters() -> Weight {
        // Fastest run: 5_657_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(7_994_000, 0).saturating_add(Db::get().writes(1))
    }
    // Storage: `Poai::CounterForAuditEntries` (r:1 w:0)
    // Proof: `Poai::CounterForAuditEntries` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::AllOutputs` (r:1 w:0)
    // Proof: `Compute::AllOutputs` (`max_values`: Some(1), `max_size`: Some(36), added: 531, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    fn run_lottery() -> Weight {
        // Fastest run: 22_522_000 ps. Proof measured: 720 bytes.
        Weight::from_parts(26_146_000, 1539).saturating_add(Db::get().reads(3))
    }
    // Storage: `Poai::AuditPlaces` (r:1 w:2)
    // Proof: `Poai::AuditPlaces` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAuditEntries` (r:1 w:1)
    // Proof: `Poai::CounterForAuditEntries` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::AuditEntries` (r:2 w:2)
    // Proof: `Poai::AuditEntries` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:0)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForReviews` (r:1 w:1)
    // Proof: `Poai::CounterForReviews` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn draw_audit() -> Weight {
        // Fastest run: 62_846_000 ps. Proof measured: 1002 bytes.
        Weight::from_parts(68_260_000, 5980).saturating_add(Db::get().reads(9)).saturating_add(Db::get().writes(10))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn wait() -> Weight {
        // Fastest run: 39_934_000 ps. Proof measured: 852 bytes.
        Weight::from_parts(42_900_000, 3857).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Compute::AllOutputs` (r:1 w:0)
    // Proof: `Compute::AllOutputs` (`max_values`: Some(1), `max_size`: Some(36), added: 531, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLots` (r:64 w:0)
    // Proof: `Poai::VerifierLots` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlots` (r:21 w:0)
    // Proof: `Poai::VerifierSlots` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:21 w:0)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:7 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:7 w:0)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Poai::Seats` (r:7 w:7)
    // Proof: `Poai::Seats` (`max_values`: None, `max_size`: Some(2098), added: 4573, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn summon_committee() -> Weight {
        // Fastest run: 671_215_000 ps. Proof measured: 12004 bytes.
        Weight::from_parts(723_180_000, 193502)
            .saturating_add(Db::get().reads(145))
            .saturating_add(Db::get().writes(11))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Compute::AllOutputs` (r:1 w:0)
    // Proof: `Compute::AllOutputs` (`max_values`: Some(1), `max_size`: Some(36), added: 531, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLots` (r:103 w:0)
    // Proof: `Poai::VerifierLots` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlots` (r:35 w:0)
    // Proof: `Poai::VerifierSlots` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Sealing::Keys` (r:35 w:0)
    // Proof: `Sealing::Keys` (`max_values`: None, `max_size`: Some(1282), added: 3757, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:35 w:0)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:7 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:7 w:0)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Poai::Seats` (r:7 w:7)
    // Proof: `Poai::Seats` (`max_values`: None, `max_size`: Some(2098), added: 4573, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn summon_sealed_committee() -> Weight {
        // Fastest run: 1_060_454_000 ps. Proof measured: 19510 bytes.
        Weight::from_parts(1_153_842_000, 310814)
            .saturating_add(Db::get().reads(247))
            .saturating_add(Db::get().writes(11))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn open_reveals() -> Weight {
        // Fastest run: 60_762_000 ps. Proof measured: 1393 bytes.
        Weight::from_parts(65_398_000, 4597).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(984), added: 3459, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:30 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:30 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:6 w:6)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Poai::Traces` (r:1 w:1)
    // Proof: `Poai::Traces` (`max_values`: None, `max_size`: Some(1228), added: 3703, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:5 w:5)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::NextSlash` (r:1 w:1)
    // Proof: `Poai::NextSlash` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Poai::Slashes` (r:6 w:6)
    // Proof: `Poai::Slashes` (`max_values`: None, `max_size`: Some(130), added: 2605, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForSlashes` (r:1 w:1)
    // Proof: `Poai::CounterForSlashes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:1 w:1)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::Seats` (r:10 w:10)
    // Proof: `Poai::Seats` (`max_values`: None, `max_size`: Some(2098), added: 4573, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForReviews` (r:1 w:1)
    // Proof: `Poai::CounterForReviews` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verdicts` (r:0 w:1)
    // Proof: `Poai::Verdicts` (`max_values`: None, `max_size`: Some(978), added: 3453, mode: `MaxEncodedLen`)
    // Storage: `Poai::SlashQueue` (r:0 w:6)
    // Proof: `Poai::SlashQueue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:2)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn close_round() -> Weight {
        // Fastest run: 908_531_000 ps. Proof measured: 10539 bytes.
        Weight::from_parts(976_314_000, 82980).saturating_add(Db::get().reads(101)).saturating_add(Db::get().writes(49))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn withhold_output() -> Weight {
        // Fastest run: 90_901_000 ps. Proof measured: 1267 bytes.
        Weight::from_parts(100_334_000, 3857).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::SlashQueue` (r:1 w:1)
    // Proof: `Poai::SlashQueue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Slashes` (r:1 w:1)
    // Proof: `Poai::Slashes` (`max_values`: None, `max_size`: Some(130), added: 2605, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(193), added: 2668, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForSlashes` (r:1 w:1)
    // Proof: `Poai::CounterForSlashes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn apply_slash() -> Weight {
        // Fastest run: 134_285_000 ps. Proof measured: 3434 bytes.
        Weight::from_parts(145_131_000, 6196).saturating_add(Db::get().reads(7)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::VerifierLotQueue` (r:1 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLots` (r:4 w:4)
    // Proof: `Poai::VerifierLots` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    fn apply_verifier_lot() -> Weight {
        // Fastest run: 36_785_000 ps. Proof measured: 1599 bytes.
        Weight::from_parts(39_731_000, 13022).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
}
