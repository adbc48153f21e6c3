//! Weights: estimates from counted reads and writes, to be replaced by `scripts/weights`.
//!
//! Times are 10 µs for each asset or balance moved and 15 µs for the 256-bit arithmetic of a trade, generously rounded.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// Weight of every call and hook.
pub trait WeightInfo {
    /// [`crate::Pallet::create_pool`], its token included.
    fn create_pool() -> Weight;
    /// [`crate::Pallet::buy`].
    fn buy() -> Weight;
    /// [`crate::Pallet::buy_exact_out`].
    fn buy_exact_out() -> Weight;
    /// [`crate::Pallet::sell`].
    fn sell() -> Weight;
    /// [`crate::Pallet::swap_many`] with `n` legs.
    fn swap_many(n: u32) -> Weight;
    /// [`crate::Pallet::add_liquidity`].
    fn add_liquidity() -> Weight;
    /// [`crate::Pallet::remove_liquidity`].
    fn remove_liquidity() -> Weight;
    /// [`crate::Pallet::set_parameters`].
    fn set_parameters() -> Weight;
    /// The hook, with `p` pools and `c` volumes cleared.
    fn on_initialize(p: u32, c: u32) -> Weight;
}

/// Proof size of one map entry, bytes.
const ENTRY: u64 = 2_700;

/// Estimates with the runtime's database weights.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn create_pool() -> Weight {
        estimate::<T::DbWeight>(40_000_000, 5, 5)
    }
    fn buy() -> Weight {
        estimate::<T::DbWeight>(90_000_000, 8, 8)
    }
    fn buy_exact_out() -> Weight {
        estimate::<T::DbWeight>(90_000_000, 8, 8)
    }
    fn sell() -> Weight {
        estimate::<T::DbWeight>(90_000_000, 8, 8)
    }
    fn swap_many(n: u32) -> Weight {
        estimate::<T::DbWeight>(10_000_000, 3, 3)
            .saturating_add(estimate::<T::DbWeight>(85_000_000, 5, 5).saturating_mul(n.into()))
    }
    fn add_liquidity() -> Weight {
        estimate::<T::DbWeight>(70_000_000, 7, 7)
    }
    fn remove_liquidity() -> Weight {
        estimate::<T::DbWeight>(70_000_000, 7, 7)
    }
    fn set_parameters() -> Weight {
        estimate::<T::DbWeight>(15_000_000, 2, 2)
    }
    fn on_initialize(p: u32, c: u32) -> Weight {
        estimate::<T::DbWeight>(4_000_000, 2, 0)
            .saturating_add(estimate::<T::DbWeight>(12_000_000, 5, 4).saturating_mul(p.into()))
            .saturating_add(estimate::<T::DbWeight>(1_500_000, 1, 1).saturating_mul(c.into()))
    }
}

impl WeightInfo for () {
    fn create_pool() -> Weight {
        Weight::from_parts(40_000_000, 0)
    }
    fn buy() -> Weight {
        estimate::<ParityDbWeight>(90_000_000, 8, 8)
    }
    fn buy_exact_out() -> Weight {
        Self::buy()
    }
    fn sell() -> Weight {
        Self::buy()
    }
    fn swap_many(n: u32) -> Weight {
        Self::buy().saturating_mul(n.into())
    }
    fn add_liquidity() -> Weight {
        Self::buy()
    }
    fn remove_liquidity() -> Weight {
        Self::buy()
    }
    fn set_parameters() -> Weight {
        estimate::<ParityDbWeight>(15_000_000, 2, 2)
    }
    fn on_initialize(p: u32, c: u32) -> Weight {
        estimate::<ParityDbWeight>(12_000_000, 5, 4).saturating_mul(u64::from(p).saturating_add(c.into()))
    }
}

fn estimate<Db: Get<frame_support::weights::RuntimeDbWeight>>(picoseconds: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(picoseconds, reads.saturating_mul(ENTRY)).saturating_add(Db::get().reads_writes(reads, writes))
}
