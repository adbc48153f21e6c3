//! Weights of `pallet_poai`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-27 on Intel(R) Xeon(R) Processor, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
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
    /// `deliver_sealed_output`, `n` from 1 to 65,536 bytes.
    fn deliver_sealed_output(n: u32) -> Weight;
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
    /// `set_canary_operator`.
    fn set_canary_operator() -> Weight;
    /// `lodge_canaries`, `n` from 0 to 64.
    fn lodge_canaries(n: u32) -> Weight;
    /// `reveal_canary`.
    fn reveal_canary() -> Weight;
    /// `prune_lodged`.
    fn prune_lodged() -> Weight;
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
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(962), added: 3437, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1893), added: 4368, mode: `MaxEncodedLen`)
    // Storage: `Compute::WorkerJobs` (r:1 w:1)
    // Proof: `Compute::WorkerJobs` (`max_values`: None, `max_size`: Some(177), added: 2652, mode: `MaxEncodedLen`)
    // Storage: `Compute::ClientJobs` (r:1 w:1)
    // Proof: `Compute::ClientJobs` (`max_values`: None, `max_size`: Some(1074), added: 3549, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Compute::Due` (r:1 w:1)
    // Proof: `Compute::Due` (`max_values`: None, `max_size`: Some(24), added: 2499, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForAttestations` (r:1 w:1)
    // Proof: `Poai::CounterForAttestations` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForWindows` (r:1 w:1)
    // Proof: `Poai::CounterForWindows` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Compute::Agenda` (r:0 w:1)
    // Proof: `Compute::Agenda` (`max_values`: None, `max_size`: Some(32), added: 2507, mode: `MaxEncodedLen`)
    fn attest() -> Weight {
        // Fastest run: 219_002_000 ps. Proof measured: 3401 bytes.
        Weight::from_parts(258_651_000, 6196).saturating_add(Db::get().reads(14)).saturating_add(Db::get().writes(14))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(962), added: 3437, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn demand_output() -> Weight {
        // Fastest run: 97_137_000 ps. Proof measured: 2146 bytes.
        Weight::from_parts(114_567_000, 4427).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:1)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::Outputs` (r:0 w:1)
    // Proof: `Poai::Outputs` (`max_values`: None, `max_size`: Some(16402), added: 18877, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn deliver_output(n: u32) -> Weight {
        // Fastest run: 122_326_000 ps. Proof measured: 1119 bytes.
        Weight::from_parts(137_754_715, 3857)
            // Standard error: 273
            .saturating_add(Weight::from_parts(39_105, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(4))
            .saturating_add(Db::get().writes(6))
    }
    fn deliver_sealed_output(n: u32) -> Weight {
        // As `deliver_output` with a job read besides, and a hash of 1.2 ns a byte, until it is measured.
        Weight::from_parts(150_000_000, 6_000)
            .saturating_add(Weight::from_parts(1_200, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(5))
            .saturating_add(Db::get().writes(6))
    }
    // Storage: `Poai::Queue` (r:1 w:0)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn service_queue() -> Weight {
        // Fastest run: 6_121_000 ps. Proof measured: 179 bytes.
        Weight::from_parts(7_328_000, 3481).saturating_add(Db::get().reads(1))
    }
    // Storage: `Poai::Queue` (r:1 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForWindows` (r:1 w:1)
    // Proof: `Poai::CounterForWindows` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Expiries` (r:0 w:1)
    // Proof: `Poai::Expiries` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    fn close_window() -> Weight {
        // Fastest run: 78_066_000 ps. Proof measured: 756 bytes.
        let traced = Weight::from_parts(12_000_000, 4_800);
        Weight::from_parts(91_742_000, 3640)
            .saturating_add(traced)
            .saturating_add(Db::get().reads(7))
            .saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    fn defer_window() -> Weight {
        // Fastest run: 26_789_000 ps. Proof measured: 231 bytes.
        Weight::from_parts(31_443_000, 3579).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
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
    // Proof: `Poai::Verdicts` (`max_values`: None, `max_size`: Some(977), added: 3452, mode: `MaxEncodedLen`)
    fn prune() -> Weight {
        // Fastest run: 28_331_000 ps. Proof measured: 231 bytes.
        Weight::from_parts(33_623_000, 3857).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(6))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1893), added: 4368, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlotCount` (r:1 w:1)
    // Proof: `Poai::VerifierSlotCount` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:1)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlots` (r:0 w:1)
    // Proof: `Poai::VerifierSlots` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn register_verifier() -> Weight {
        // Fastest run: 70_774_000 ps. Proof measured: 591 bytes.
        Weight::from_parts(75_436_000, 5358).saturating_add(Db::get().reads(8)).saturating_add(Db::get().writes(8))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn add_verifier_bond() -> Weight {
        // Fastest run: 66_167_000 ps. Proof measured: 620 bytes.
        Weight::from_parts(72_572_000, 3640).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotRange` (r:1 w:1)
    // Proof: `Poai::VerifierLotRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn retire_verifier() -> Weight {
        // Fastest run: 18_174_000 ps. Proof measured: 286 bytes.
        Weight::from_parts(20_357_000, 3559).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::Seats` (r:1 w:1)
    // Proof: `Poai::Seats` (`max_values`: None, `max_size`: Some(2098), added: 4573, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:1)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlots` (r:0 w:1)
    // Proof: `Poai::VerifierSlots` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn withdraw_verifier_bond() -> Weight {
        // Fastest run: 59_907_000 ps. Proof measured: 588 bytes.
        Weight::from_parts(63_980_000, 5563).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(6))
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
        // Fastest run: 52_072_000 ps. Proof measured: 1520 bytes.
        Weight::from_parts(60_065_000, 4597).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(4))
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
        // Fastest run: 68_272_000 ps. Proof measured: 1804 bytes.
        Weight::from_parts(76_564_000, 4597).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:0)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(962), added: 3437, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForReviews` (r:1 w:1)
    // Proof: `Poai::CounterForReviews` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Queue` (r:0 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn challenge() -> Weight {
        // Fastest run: 204_338_000 ps. Proof measured: 4658 bytes.
        Weight::from_parts(227_875_000, 17388).saturating_add(Db::get().reads(20)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::Slashes` (r:1 w:1)
    // Proof: `Poai::Slashes` (`max_values`: None, `max_size`: Some(130), added: 2605, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForSlashes` (r:1 w:1)
    // Proof: `Poai::CounterForSlashes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1893), added: 4368, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:1 w:1)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Poai::SlashQueue` (r:0 w:1)
    // Proof: `Poai::SlashQueue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    fn cancel_slash() -> Weight {
        // Fastest run: 64_005_000 ps. Proof measured: 2227 bytes.
        Weight::from_parts(74_783_000, 5358).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::Settings` (r:0 w:1)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    fn set_parameters() -> Weight {
        // Fastest run: 5_833_000 ps. Proof measured: 0 bytes.
        Weight::from_parts(7_838_000, 0).saturating_add(Db::get().writes(1))
    }
    // The next four by analogy, until they are measured.
    fn set_canary_operator() -> Weight {
        Weight::from_parts(20_000_000, 4_000).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    fn lodge_canaries(n: u32) -> Weight {
        Weight::from_parts(30_000_000, 8_000)
            .saturating_add(Weight::from_parts(9_000_000, 3_000).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(3))
            .saturating_add(Db::get().reads(n.into()))
            .saturating_add(Db::get().writes(2))
            .saturating_add(Db::get().writes(n.saturating_mul(2).into()))
    }
    fn reveal_canary() -> Weight {
        // Thirty verifiers frozen, five slashes of verifiers and one of a worker cancelled, pot and challenger paid.
        Weight::from_parts(1_500_000_000, 250_000)
            .saturating_add(Db::get().reads(110))
            .saturating_add(Db::get().writes(190))
    }
    fn prune_lodged() -> Weight {
        Weight::from_parts(35_000_000, 6_100).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(3))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Compute::RecentOutputs` (r:4 w:0)
    // Proof: `Compute::RecentOutputs` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Poai::Settings` (r:1 w:0)
    // Proof: `Poai::Settings` (`max_values`: Some(1), `max_size`: Some(54), added: 549, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForVerifiers` (r:1 w:0)
    // Proof: `Poai::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForReviews` (r:1 w:1)
    // Proof: `Poai::CounterForReviews` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn draw_audit() -> Weight {
        // Fastest run: 83_292_000 ps. Proof measured: 1377 bytes.
        Weight::from_parts(88_592_000, 11082).saturating_add(Db::get().reads(11)).saturating_add(Db::get().writes(5))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Compute::RecentOutputs` (r:4 w:0)
    // Proof: `Compute::RecentOutputs` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(962), added: 3437, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLots` (r:64 w:0)
    // Proof: `Poai::VerifierLots` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierSlots` (r:21 w:0)
    // Proof: `Poai::VerifierSlots` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:21 w:0)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:7 w:0)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1893), added: 4368, mode: `MaxEncodedLen`)
    // Storage: `Poai::Frauds` (r:7 w:0)
    // Proof: `Poai::Frauds` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
    // Storage: `Poai::Seats` (r:7 w:7)
    // Proof: `Poai::Seats` (`max_values`: None, `max_size`: Some(2098), added: 4573, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn summon_committee() -> Weight {
        // Fastest run: 581_488_000 ps. Proof measured: 9953 bytes.
        Weight::from_parts(679_688_000, 193502)
            .saturating_add(Db::get().reads(136))
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
        // Fastest run: 54_238_000 ps. Proof measured: 1357 bytes.
        Weight::from_parts(60_790_000, 4597).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Poai::Queue` (r:1 w:2)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `Poai::Reviews` (r:1 w:1)
    // Proof: `Poai::Reviews` (`max_values`: None, `max_size`: Some(1132), added: 3607, mode: `MaxEncodedLen`)
    // Storage: `Compute::Jobs` (r:1 w:0)
    // Proof: `Compute::Jobs` (`max_values`: None, `max_size`: Some(962), added: 3437, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Pools` (r:6 w:0)
    // Proof: `Hmm::Pools` (`max_values`: None, `max_size`: Some(250), added: 2725, mode: `MaxEncodedLen`)
    // Storage: `Hmm::Oracles` (r:6 w:0)
    // Proof: `Hmm::Oracles` (`max_values`: None, `max_size`: Some(258), added: 2733, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:6 w:6)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
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
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1893), added: 4368, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueueRange` (r:1 w:1)
    // Proof: `Compute::LotQueueRange` (`max_values`: Some(1), `max_size`: Some(16), added: 511, mode: `MaxEncodedLen`)
    // Storage: `Poai::Seats` (r:10 w:10)
    // Proof: `Poai::Seats` (`max_values`: None, `max_size`: Some(2098), added: 4573, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForReviews` (r:1 w:1)
    // Proof: `Poai::CounterForReviews` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verdicts` (r:0 w:1)
    // Proof: `Poai::Verdicts` (`max_values`: None, `max_size`: Some(977), added: 3452, mode: `MaxEncodedLen`)
    // Storage: `Poai::SlashQueue` (r:0 w:6)
    // Proof: `Poai::SlashQueue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLotQueue` (r:0 w:2)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Compute::LotQueue` (r:0 w:1)
    // Proof: `Compute::LotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    fn close_round() -> Weight {
        // Fastest run: 578_450_000 ps. Proof measured: 8946 bytes.
        let traced = Weight::from_parts(25_000_000, 4_800);
        Weight::from_parts(591_626_000, 46720)
            .saturating_add(traced)
            .saturating_add(Db::get().reads(53))
            .saturating_add(Db::get().writes(49))
    }
    // Storage: `Poai::Queue` (r:1 w:1)
    // Proof: `Poai::Queue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Windows` (r:1 w:1)
    // Proof: `Poai::Windows` (`max_values`: None, `max_size`: Some(114), added: 2589, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `Poai::Attestations` (r:1 w:0)
    // Proof: `Poai::Attestations` (`max_values`: None, `max_size`: Some(392), added: 2867, mode: `MaxEncodedLen`)
    fn withhold_output() -> Weight {
        // Fastest run: 83_606_000 ps. Proof measured: 1123 bytes.
        Weight::from_parts(98_404_000, 3857).saturating_add(Db::get().reads(5)).saturating_add(Db::get().writes(4))
    }
    // Storage: `Poai::SlashQueue` (r:1 w:1)
    // Proof: `Poai::SlashQueue` (`max_values`: None, `max_size`: Some(16), added: 2491, mode: `MaxEncodedLen`)
    // Storage: `Poai::Slashes` (r:1 w:1)
    // Proof: `Poai::Slashes` (`max_values`: None, `max_size`: Some(130), added: 2605, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1893), added: 4368, mode: `MaxEncodedLen`)
    // Storage: `Balances::Holds` (r:1 w:1)
    // Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(175), added: 2650, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:2 w:2)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Poai::CounterForSlashes` (r:1 w:1)
    // Proof: `Poai::CounterForSlashes` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn apply_slash() -> Weight {
        // Fastest run: 137_287_000 ps. Proof measured: 2647 bytes.
        Weight::from_parts(151_665_000, 6196).saturating_add(Db::get().reads(7)).saturating_add(Db::get().writes(7))
    }
    // Storage: `Poai::VerifierLotQueue` (r:1 w:1)
    // Proof: `Poai::VerifierLotQueue` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
    // Storage: `Poai::Verifiers` (r:1 w:1)
    // Proof: `Poai::Verifiers` (`max_values`: None, `max_size`: Some(94), added: 2569, mode: `MaxEncodedLen`)
    // Storage: `Poai::VerifierLots` (r:4 w:4)
    // Proof: `Poai::VerifierLots` (`max_values`: None, `max_size`: Some(533), added: 3008, mode: `MaxEncodedLen`)
    fn apply_verifier_lot() -> Weight {
        // Fastest run: 35_491_000 ps. Proof measured: 1540 bytes.
        Weight::from_parts(37_859_000, 13022).saturating_add(Db::get().reads(6)).saturating_add(Db::get().writes(6))
    }
}
