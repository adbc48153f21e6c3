//! Estimates from counted reads and writes, to be replaced by `scripts/weights`.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// What each call and each step of the hooks costs.
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
    /// `submit_job`, all six classes bought.
    fn submit_job() -> Weight;
    /// `accept_job`.
    fn accept_job() -> Weight;
    /// `cancel_job`, after a draw.
    fn cancel_job() -> Weight;
    /// `set_models`.
    fn set_models() -> Weight;
    /// What `on_initialize` does in a block without work.
    fn on_initialize() -> Weight;
    /// A worker's lot brought up to date.
    fn apply_lot() -> Weight;
    /// A draw of the most samples, each of another worker, that finds nobody and refunds all six classes.
    fn draw_worker() -> Weight;
    /// An acceptance missed for the last time, all six classes refunded.
    fn miss_acceptance() -> Weight;
    /// An accepted job of all six classes failed.
    fn fail_accepted() -> Weight;
    /// The end of a bucket of the agenda, or an empty place in it.
    fn skip_bucket() -> Weight;
    /// One finished job pruned.
    fn prune_job() -> Weight;
    /// A settlement that sells all six classes for both parties (called by the Proof of AI pallet).
    fn settle() -> Weight;
}

/// Estimates for the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// Microseconds of computing, database apart, and bytes of proof per storage item touched.
fn estimate<D: Get<frame_support::weights::RuntimeDbWeight>>(micros: u64, reads: u64, writes: u64) -> Weight {
    Weight::from_parts(micros.saturating_mul(1_000_000), reads.saturating_mul(3_500))
        .saturating_add(D::get().reads_writes(reads, writes))
}

macro_rules! weights {
    ($($name:ident: $micros:literal us, $reads:literal reads, $writes:literal writes;)*) => {
        impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
            $(fn $name() -> Weight { estimate::<T::DbWeight>($micros, $reads, $writes) })*
        }
        impl WeightInfo for () {
            $(fn $name() -> Weight { estimate::<frame_support::weights::constants::ParityDbWeight>($micros, $reads, $writes) })*
        }
    };
}

weights! {
    register_worker: 70 us, 14 reads, 13 writes;
    set_accepting: 25 us, 2 reads, 3 writes;
    set_payout: 20 us, 1 reads, 1 writes;
    set_session_key: 25 us, 2 reads, 3 writes;
    bond_more: 50 us, 4 reads, 5 writes;
    mint_tokens: 80 us, 70 reads, 3 writes;
    burn_tokens: 50 us, 3 reads, 3 writes;
    deregister: 25 us, 2 reads, 3 writes;
    withdraw_bond: 90 us, 14 reads, 16 writes;
    set_model_profile: 15 us, 1 reads, 1 writes;
    set_tier: 15 us, 1 reads, 1 writes;
    set_worker_tee: 20 us, 1 reads, 1 writes;
    submit_job: 700 us, 62 reads, 50 writes;
    accept_job: 45 us, 8 reads, 9 writes;
    cancel_job: 250 us, 28 reads, 28 writes;
    set_models: 25 us, 1 reads, 1 writes;
    on_initialize: 15 us, 7 reads, 2 writes;
    apply_lot: 15 us, 7 reads, 7 writes;
    draw_worker: 600 us, 160 reads, 30 writes;
    miss_acceptance: 350 us, 34 reads, 34 writes;
    fail_accepted: 400 us, 70 reads, 36 writes;
    skip_bucket: 2 us, 2 reads, 1 writes;
    prune_job: 10 us, 4 reads, 3 writes;
    settle: 1_400 us, 80 reads, 70 writes;
}
