//! Estimates from counted reads and writes, to be replaced by what `scripts/weights` measures.
//!
//! Storage of the job book is counted in with three reads and two writes where a call goes through to it.

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

/// Weights of the calls and of the steps of the hooks.
pub trait WeightInfo {
    /// [`attest`](crate::Pallet::attest).
    fn attest() -> Weight;
    /// [`demand_output`](crate::Pallet::demand_output).
    fn demand_output() -> Weight;
    /// [`deliver_output`](crate::Pallet::deliver_output) of `n` tokens, at most 4,096.
    fn deliver_output(n: u32) -> Weight;
    /// Looking at the head of a queue.
    fn service_queue() -> Weight;
    /// Ending one job, without what the job book does.
    fn close_window() -> Weight;
    /// Putting one job off after a failed attempt, without that attempt.
    fn defer_window() -> Weight;
    /// Dropping one attestation with a longest output.
    fn prune() -> Weight;
}

/// Estimates, priced by the runtime's database weight.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    fn attest() -> Weight {
        // The signature takes most of the time. Attestation, both counters, job book, session key, genesis hash.
        Weight::from_parts(95_000_000, 6_000).saturating_add(T::DbWeight::get().reads_writes(11, 7))
    }

    fn demand_output() -> Weight {
        // Window and its counter, attestation, two places in the queue, client, account and its holds.
        Weight::from_parts(60_000_000, 8_000).saturating_add(T::DbWeight::get().reads_writes(6, 5))
    }

    fn deliver_output(n: u32) -> Weight {
        // Hashing a token takes about 15 ns; window, attestation, places in the queue, account and its holds, output.
        Weight::from_parts(110_000_000, 8_000)
            .saturating_add(Weight::from_parts(20_000, 4).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads_writes(7, 8))
    }

    fn service_queue() -> Weight {
        Weight::from_parts(5_000_000, 1_500).saturating_add(T::DbWeight::get().reads(1))
    }

    fn close_window() -> Weight {
        // Next key of the queue, window and its counter, account and its holds; the end of the retention is written.
        Weight::from_parts(70_000_000, 8_000).saturating_add(T::DbWeight::get().reads_writes(6, 6))
    }

    fn defer_window() -> Weight {
        Weight::from_parts(30_000_000, 4_000).saturating_add(T::DbWeight::get().reads_writes(4, 4))
    }

    fn prune() -> Weight {
        Weight::from_parts(30_000_000, 22_000).saturating_add(T::DbWeight::get().reads_writes(4, 4))
    }
}

/// For mocks: the same with the database weight of ParityDB.
impl WeightInfo for () {
    fn attest() -> Weight {
        Weight::from_parts(95_000_000, 6_000).saturating_add(ParityDbWeight::get().reads_writes(11, 7))
    }

    fn demand_output() -> Weight {
        Weight::from_parts(60_000_000, 8_000).saturating_add(ParityDbWeight::get().reads_writes(6, 5))
    }

    fn deliver_output(n: u32) -> Weight {
        Weight::from_parts(110_000_000, 8_000)
            .saturating_add(Weight::from_parts(20_000, 4).saturating_mul(n.into()))
            .saturating_add(ParityDbWeight::get().reads_writes(7, 8))
    }

    fn service_queue() -> Weight {
        Weight::from_parts(5_000_000, 1_500).saturating_add(ParityDbWeight::get().reads(1))
    }

    fn close_window() -> Weight {
        Weight::from_parts(70_000_000, 8_000).saturating_add(ParityDbWeight::get().reads_writes(6, 6))
    }

    fn defer_window() -> Weight {
        Weight::from_parts(30_000_000, 4_000).saturating_add(ParityDbWeight::get().reads_writes(4, 4))
    }

    fn prune() -> Weight {
        Weight::from_parts(30_000_000, 22_000).saturating_add(ParityDbWeight::get().reads_writes(4, 4))
    }
}
