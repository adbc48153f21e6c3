//! Weights of `pallet_sealing`, estimated until `scripts/weights` measures them.
#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{RuntimeDbWeight, Weight},
};

/// What the calls of `pallet_sealing` weigh: picoseconds and bytes of proof.
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
    fn set_key() -> Weight {
        Weight::from_parts(80_000_000, 6_000).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(3))
    }
    fn remove_key() -> Weight {
        Weight::from_parts(80_000_000, 6_000).saturating_add(Db::get().reads(3)).saturating_add(Db::get().writes(3))
    }
    fn hand_over(n: u32) -> Weight {
        Weight::from_parts(60_000_000, 8_000)
            .saturating_add(Weight::from_parts(60_000_000, 7_000).saturating_mul(n.into()))
            .saturating_add(Db::get().reads(3))
            .saturating_add(Db::get().reads(2u64.saturating_mul(n.into())))
            .saturating_add(Db::get().writes(2))
            .saturating_add(Db::get().writes(n.into()))
    }
    fn drop_hand_over() -> Weight {
        Weight::from_parts(80_000_000, 8_000).saturating_add(Db::get().reads(4)).saturating_add(Db::get().writes(3))
    }
}
