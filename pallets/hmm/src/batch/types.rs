//! Records of batches.

use super::{MAX_OPEN_BATCHES, PAGE_ORDERS};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use hanzo_hmm::Side;
pub use hanzo_traits::api::BatchPhase;
use hanzo_traits::{Balance, PoolId};
use scale_info::TypeInfo;
use sp_core::H256;

/// Number of a batch: its blocks are those whose number divided by [`super::BATCH_BLOCKS`], floored, is this.
pub type BatchNumber = u32;

/// Number of an order in its pool and batch, in the order of commitment.
pub type OrderIndex = u16;

/// An order as its trader knows it and as it is revealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct HiddenOrder {
    /// Which way.
    pub side: Side,
    /// Compute to buy or sell, wei; positive.
    pub psi: Balance,
    /// Credits for all of it, fees included, wei: at most (buy) or at least (sell). A part is filled at no worse a price.
    pub theta: Balance,
}

/// What is known of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Disclosure {
    /// Its hash.
    Committed(H256),
    /// All of it; wei, as in [`HiddenOrder`].
    Revealed {
        /// Compute.
        psi: Balance,
        /// Credits.
        theta: Balance,
    },
}

/// An order in a batch that is not cleared yet.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BatchEntry<AccountId> {
    /// Whose.
    pub trader: AccountId,
    /// Which way.
    pub side: Side,
    /// The most it gives, in the pool's account: wei of credits (buy) or of compute (sell).
    pub locked: Balance,
    /// What is known of it.
    pub disclosure: Disclosure,
}

/// Orders that are stored together.
pub type Page<AccountId> = BoundedVec<BatchEntry<AccountId>, ConstU32<PAGE_ORDERS>>;

/// A batch in one pool, committed to and not yet cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct OpenBatch {
    /// Which batch.
    pub number: BatchNumber,
    /// In which pool.
    pub pool: PoolId,
    /// Orders committed, at most [`super::MAX_BATCH_ORDERS`].
    pub orders: OrderIndex,
}

impl OpenBatch {
    /// Pages that its orders are in.
    pub fn pages(&self) -> u32 {
        u32::from(self.orders).div_ceil(PAGE_ORDERS)
    }
}

/// All of them, oldest first.
pub type OpenBatchList = BoundedVec<OpenBatch, ConstU32<MAX_OPEN_BATCHES>>;

/// What an order of a cleared batch has to be paid, wei.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Payout<AccountId> {
    /// To whom.
    pub trader: AccountId,
    /// Which way the order went.
    pub side: Side,
    /// Compute bought or sold.
    pub psi: Balance,
    /// Credits paid or received for it.
    pub theta: Balance,
    /// What comes back of the lock: credits (buy) or compute (sell).
    pub returned: Balance,
    /// What was forfeited of the lock, as the order was not revealed.
    pub forfeited: Balance,
}

impl<AccountId> Payout<AccountId> {
    /// Credits to pay.
    pub fn credits(&self) -> Balance {
        match self.side {
            Side::Buy => self.returned,
            Side::Sell => self.theta,
        }
    }

    /// Resource tokens to pay.
    pub fn tokens(&self) -> Balance {
        match self.side {
            Side::Buy => self.psi,
            Side::Sell => self.returned,
        }
    }
}

/// Payouts of a page of orders.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PayoutPage<AccountId> {
    /// Where the orders were.
    pub pool: PoolId,
    /// In which batch.
    pub batch: BatchNumber,
    /// Number of the first one.
    pub first: OrderIndex,
    /// One for each.
    pub payouts: BoundedVec<Payout<AccountId>, ConstU32<PAGE_ORDERS>>,
}

/// The payouts that wait: those of pages `next..end` of a queue.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct PayoutQueue {
    /// The next to be paid.
    pub next: u64,
    /// Where the next batch adds its own.
    pub end: u64,
}
