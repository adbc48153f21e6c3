//! Weights of `pallet_attestors`, estimated: nothing here is measured yet. `scripts/weights` writes this file anew from the bencher.
#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};

/// What the calls of `pallet_attestors` and its checks weigh: picoseconds and bytes of proof.
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
    fn set_root() -> Weight {
        Weight::from_parts(60_000_000, 25_000).saturating_add(Db::get().reads(10)).saturating_add(Db::get().writes(1))
    }
    fn remove_root() -> Weight {
        Weight::from_parts(20_000_000, 5_000).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    fn allow_measurement() -> Weight {
        Weight::from_parts(25_000_000, 5_000).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(2))
    }
    fn remove_measurement() -> Weight {
        Weight::from_parts(20_000_000, 5_000).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    fn set_attestors() -> Weight {
        Weight::from_parts(25_000_000, 5_000).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    fn set_verifier() -> Weight {
        Weight::from_parts(8_000_000_000, 5_000).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    fn remove_verifier() -> Weight {
        Weight::from_parts(20_000_000, 5_000).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(2))
    }
    fn pause() -> Weight {
        Weight::from_parts(15_000_000, 4_000).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    fn unpause() -> Weight {
        Weight::from_parts(15_000_000, 4_000).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(1))
    }
    fn register_key() -> Weight {
        Weight::from_parts(60_000_000_000, 20_000)
            .saturating_add(Db::get().reads(9))
            .saturating_add(Db::get().writes(1))
    }
    fn register_key_by_verdict(n: u32) -> Weight {
        Weight::from_parts(60_000_000, 20_000)
            .saturating_add(Weight::from_parts(55_000_000, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(12))
            .saturating_add(Db::get().writes(1))
    }
    fn revoke_key() -> Weight {
        Weight::from_parts(20_000_000, 5_000).saturating_add(Db::get().reads(1)).saturating_add(Db::get().writes(2))
    }
    fn drop_expired() -> Weight {
        Weight::from_parts(25_000_000, 5_000).saturating_add(Db::get().reads(2)).saturating_add(Db::get().writes(1))
    }
    fn check_tee() -> Weight {
        Weight::from_parts(90_000_000, 20_000).saturating_add(Db::get().reads(8))
    }
    fn check_quorum(n: u32) -> Weight {
        Weight::from_parts(20_000_000, 5_000)
            .saturating_add(Weight::from_parts(55_000_000, 0).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(2))
    }
    fn check_zk() -> Weight {
        Weight::from_parts(25_000_000_000, 5_000).saturating_add(Db::get().reads(2))
    }
}
