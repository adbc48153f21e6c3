//! Batches: orders of both sides that are committed, revealed and cleared together at one price (docs/market.md,
//! "Batches").
//!
//! Time runs in batches of ten blocks. In the first five, traders commit: pool, side and the most they give are public and
//! locked, the order itself is only a hash. In the last five they reveal. The first block of the next batch clears before
//! anything else happens in it, so that no transaction can move the price in between.
//!
//! | step | module |
//! |---|---|
//! | commit, reveal | `orders` |
//! | one price, one trade, forfeits | `clearing` |
//! | what each order gets, a page of orders at a time | `payouts` |
//!
//! What is locked stays in the pool's account, beside its reserves. A trader with an open order cannot be reaped.

mod clearing;
mod orders;
mod payouts;
mod types;
mod view;

pub use orders::commitment_of;
pub use types::*;

use crate::{Config, Error, Pallet};
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::UniqueSaturatedInto, DispatchResult};

/// Blocks in which orders are committed.
pub const COMMIT_BLOCKS: u32 = 5;
/// Blocks in which they are revealed.
pub const REVEAL_BLOCKS: u32 = 5;
/// Blocks of a batch.
pub const BATCH_BLOCKS: u32 = COMMIT_BLOCKS + REVEAL_BLOCKS;
/// Most orders of a batch in one pool.
pub const MAX_BATCH_ORDERS: u32 = 256;
/// Orders that are stored, and paid, together.
pub const PAGE_ORDERS: u32 = 16;
/// Most pages of a batch.
pub const MAX_BATCH_PAGES: u32 = MAX_BATCH_ORDERS / PAGE_ORDERS;
/// Most batches, all pools together, that are open or wait to be cleared.
pub const MAX_OPEN_BATCHES: u32 = 192;
/// A batch clears within this of the mean price over an hour, parts per billion.
pub const BATCH_BAND_PPB: u32 = 20_000_000;
/// A batch ends no further than this from the price at the start of its block, parts per billion.
pub const BATCH_BREAKER_PPB: u32 = 3 * crate::BREAKER_PPB;
/// What an order that is not revealed forfeits of its lock, parts per billion.
pub const FORFEIT_PPB: u32 = 10_000_000;
/// The same where its trader committed on both sides.
pub const FORFEIT_BOTH_SIDES_PPB: u32 = 30_000_000;
/// The least lock is the largest order outside batches divided by this: an order whose limit is below the price needs
/// room, and places in a batch must cost something.
pub const LEAST_LOCK_DIVISOR: u128 = 2;

/// The batch of a block, and how many blocks of it came before.
pub(crate) fn clock<BlockNumber: UniqueSaturatedInto<u64>>(block: BlockNumber) -> (BatchNumber, u32) {
    let block: u64 = block.unique_saturated_into();
    let length = u64::from(BATCH_BLOCKS);
    (block.div_euclid(length).unique_saturated_into(), block.rem_euclid(length).unique_saturated_into())
}

/// What a block is for.
pub(crate) fn phase_of(blocks_before: u32) -> BatchPhase {
    if blocks_before < COMMIT_BLOCKS {
        BatchPhase::Commit
    } else {
        BatchPhase::Reveal
    }
}

impl<T: Config> Pallet<T> {
    /// Refuses a call for another batch than the current one, or in the other half of it.
    fn ensure_phase(batch: BatchNumber, phase: BatchPhase) -> DispatchResult {
        let now: BlockNumberFor<T> = frame_system::Pallet::<T>::block_number();
        let (current, blocks_before) = clock(now);
        ensure!(batch == current, Error::<T>::NotTheCurrentBatch);
        let wrong = match phase {
            BatchPhase::Commit => Error::<T>::CommitsClosed,
            BatchPhase::Reveal => Error::<T>::RevealsNotOpen,
        };
        ensure!(phase_of(blocks_before) == phase, wrong);
        Ok(())
    }
}
