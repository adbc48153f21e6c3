//! Weights of `pallet_attestors`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-28 on Intel(R) Xeon(R) Processor, 2 cores, 23 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};

/// What the calls of `pallet_attestors` and the steps of its hooks weigh: picoseconds and bytes of proof.
pub trait WeightInfo {
    /// `set_root`.
    fn set_root() -> Weight;
    /// `remove_root`.
    fn remove_root() -> Weight;
    /// `allow_measurement`.
    fn allow_measurement() -> Weight;
    /// `remove_measurement`.
    fn remove_measurement() -> Weight;
    /// `set_attestors`.
    fn set_attestors() -> Weight;
    /// `set_verifier`.
    fn set_verifier() -> Weight;
    /// `remove_verifier`.
    fn remove_verifier() -> Weight;
    /// `pause`.
    fn pause() -> Weight;
    /// `unpause`.
    fn unpause() -> Weight;
    /// `register_key`.
    fn register_key() -> Weight;
    /// `register_key_by_verdict`, `n` from 1 to 16.
    fn register_key_by_verdict(n: u32) -> Weight;
    /// `revoke_key`.
    fn revoke_key() -> Weight;
    /// `drop_expired`.
    fn drop_expired() -> Weight;
    /// `check_tee`.
    fn check_tee() -> Weight;
    /// `check_quorum`, `n` from 1 to 16.
    fn check_quorum(n: u32) -> Weight;
    /// `check_zk`.
    fn check_zk() -> Weight;
}

/// The measurements, with `Db` pricing each read and write.
pub struct Measured<Db>(PhantomData<Db>);

impl<Db: Get<RuntimeDbWeight>> WeightInfo for Measured<Db> {
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Roots` (r:9 w:1)
    // Proof: `Attestors::Roots` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
    fn set_root() -> Weight {
        // Fastest run: 34_675_000 ps. Proof measured: 745 bytes.
        Weight::from_parts(40_704_000, 42156).saturating_add(Db::get().reads(10)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Attestors::Roots` (r:1 w:1)
    // Proof: `Attestors::Roots` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
    fn remove_root() -> Weight {
        // Fastest run: 13_181_000 ps. Proof measured: 2240 bytes.
        Weight::from_parts(14_964_000, 5564).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Measurements` (r:1 w:1)
    // Proof: `Attestors::Measurements` (`max_values`: None, `max_size`: Some(179), added: 2654, mode: `MaxEncodedLen`)
    // Storage: `Attestors::CounterForMeasurements` (r:1 w:1)
    // Proof: `Attestors::CounterForMeasurements` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn allow_measurement() -> Weight {
        // Fastest run: 16_120_000 ps. Proof measured: 135 bytes.
        Weight::from_parts(17_597_000, 3644).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Attestors::Measurements` (r:1 w:1)
    // Proof: `Attestors::Measurements` (`max_values`: None, `max_size`: Some(179), added: 2654, mode: `MaxEncodedLen`)
    // Storage: `Attestors::CounterForMeasurements` (r:1 w:1)
    // Proof: `Attestors::CounterForMeasurements` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn remove_measurement() -> Weight {
        // Fastest run: 13_352_000 ps. Proof measured: 216 bytes.
        Weight::from_parts(14_599_000, 3644).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Attestors::Attestors` (r:1 w:1)
    // Proof: `Attestors::Attestors` (`max_values`: Some(1), `max_size`: Some(518), added: 1013, mode: `MaxEncodedLen`)
    fn set_attestors() -> Weight {
        // Fastest run: 13_661_000 ps. Proof measured: 171 bytes.
        Weight::from_parts(15_200_000, 2003).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Attestors::Verifiers` (r:1 w:1)
    // Proof: `Attestors::Verifiers` (`max_values`: None, `max_size`: Some(502), added: 2977, mode: `MaxEncodedLen`)
    // Storage: `Attestors::CounterForVerifiers` (r:1 w:1)
    // Proof: `Attestors::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn set_verifier() -> Weight {
        // Fastest run: 3_172_575_000 ps. Proof measured: 80 bytes.
        Weight::from_parts(3_320_878_000, 3967).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Attestors::Verifiers` (r:1 w:1)
    // Proof: `Attestors::Verifiers` (`max_values`: None, `max_size`: Some(502), added: 2977, mode: `MaxEncodedLen`)
    // Storage: `Attestors::CounterForVerifiers` (r:1 w:1)
    // Proof: `Attestors::CounterForVerifiers` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    fn remove_verifier() -> Weight {
        // Fastest run: 12_274_000 ps. Proof measured: 628 bytes.
        Weight::from_parts(13_878_000, 3967).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Attestors::Paused` (r:1 w:1)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    fn pause() -> Weight {
        // Fastest run: 11_287_000 ps. Proof measured: 80 bytes.
        Weight::from_parts(12_690_000, 3514).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Attestors::Paused` (r:1 w:1)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    fn unpause() -> Weight {
        // Fastest run: 11_242_000 ps. Proof measured: 151 bytes.
        Weight::from_parts(12_401_000, 3514).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Attestors::RevokedKeys` (r:1 w:0)
    // Proof: `Attestors::RevokedKeys` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Bindings` (r:1 w:1)
    // Proof: `Attestors::Bindings` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Paused` (r:3 w:0)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Roots` (r:1 w:0)
    // Proof: `Attestors::Roots` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Measurements` (r:1 w:0)
    // Proof: `Attestors::Measurements` (`max_values`: None, `max_size`: Some(179), added: 2654, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    fn register_key() -> Weight {
        // Fastest run: 11_282_798_000 ps. Proof measured: 4134 bytes.
        Weight::from_parts(11_551_144_000, 8562).saturating_add(Db::get().reads(10)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Compute::Workers` (r:1 w:1)
    // Proof: `Compute::Workers` (`max_values`: None, `max_size`: Some(1925), added: 4400, mode: `MaxEncodedLen`)
    // Storage: `Attestors::RevokedKeys` (r:1 w:0)
    // Proof: `Attestors::RevokedKeys` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Bindings` (r:1 w:1)
    // Proof: `Attestors::Bindings` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Paused` (r:4 w:0)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Roots` (r:1 w:0)
    // Proof: `Attestors::Roots` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Measurements` (r:1 w:0)
    // Proof: `Attestors::Measurements` (`max_values`: None, `max_size`: Some(179), added: 2654, mode: `MaxEncodedLen`)
    // Storage: `System::BlockHash` (r:1 w:0)
    // Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Attestors` (r:1 w:0)
    // Proof: `Attestors::Attestors` (`max_values`: Some(1), `max_size`: Some(518), added: 1013, mode: `MaxEncodedLen`)
    fn register_key_by_verdict(n: u32) -> Weight {
        // Fastest run: 156_195_000 ps. Proof measured: 5351 bytes.
        Weight::from_parts(127_734_884, 11086)
            // Standard error: 86_573
            .saturating_add(Weight::from_parts(39_488_807, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(12))
            .saturating_add(Db::get().writes(2))
    }
    // Storage: `Attestors::Bindings` (r:1 w:1)
    // Proof: `Attestors::Bindings` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Attestors::RevokedKeys` (r:0 w:1)
    // Proof: `Attestors::RevokedKeys` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    fn revoke_key() -> Weight {
        // Fastest run: 27_072_000 ps. Proof measured: 319 bytes.
        Weight::from_parts(32_353_000, 3667).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(2))
    }
    // Storage: `Attestors::Bindings` (r:1 w:1)
    // Proof: `Attestors::Bindings` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    fn drop_expired() -> Weight {
        // Fastest run: 30_967_000 ps. Proof measured: 356 bytes.
        Weight::from_parts(37_183_000, 3667).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(1))
    }
    // Storage: `Attestors::Bindings` (r:1 w:0)
    // Proof: `Attestors::Bindings` (`max_values`: None, `max_size`: Some(202), added: 2677, mode: `MaxEncodedLen`)
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Attestors::RevokedKeys` (r:1 w:0)
    // Proof: `Attestors::RevokedKeys` (`max_values`: None, `max_size`: Some(48), added: 2523, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Paused` (r:4 w:0)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Roots` (r:1 w:0)
    // Proof: `Attestors::Roots` (`max_values`: None, `max_size`: Some(2099), added: 4574, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Measurements` (r:1 w:0)
    // Proof: `Attestors::Measurements` (`max_values`: None, `max_size`: Some(179), added: 2654, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Attestors` (r:1 w:0)
    // Proof: `Attestors::Attestors` (`max_values`: Some(1), `max_size`: Some(518), added: 1013, mode: `MaxEncodedLen`)
    fn check_tee() -> Weight {
        // Fastest run: 102_177_000 ps. Proof measured: 3075 bytes.
        Weight::from_parts(112_561_000, 11086).saturating_add(Db::get().reads(10))
    }
    // Storage: `Attestors::Paused` (r:1 w:0)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Attestors` (r:1 w:0)
    // Proof: `Attestors::Attestors` (`max_values`: Some(1), `max_size`: Some(518), added: 1013, mode: `MaxEncodedLen`)
    fn check_quorum(n: u32) -> Weight {
        // Fastest run: 72_805_000 ps. Proof measured: 587 bytes.
        Weight::from_parts(37_056_714, 3514)
            // Standard error: 91_118
            .saturating_add(Weight::from_parts(38_731_371, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(2))
    }
    // Storage: `Attestors::Paused` (r:1 w:0)
    // Proof: `Attestors::Paused` (`max_values`: None, `max_size`: Some(49), added: 2524, mode: `MaxEncodedLen`)
    // Storage: `Attestors::Verifiers` (r:1 w:0)
    // Proof: `Attestors::Verifiers` (`max_values`: None, `max_size`: Some(502), added: 2977, mode: `MaxEncodedLen`)
    fn check_zk() -> Weight {
        // Fastest run: 13_187_067_000 ps. Proof measured: 628 bytes.
        Weight::from_parts(13_478_329_000, 3967).saturating_add(Db::get().reads(2))
    }
}
