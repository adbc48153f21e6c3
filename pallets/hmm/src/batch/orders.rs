//! Commitment and revelation of orders.

use super::{BatchEntry, BatchNumber, BatchPhase, Disclosure, HiddenOrder, OpenBatch, OrderIndex};
use super::{LEAST_LOCK_DIVISOR, MAX_BATCH_ORDERS, PAGE_ORDERS};
use crate::{Config, Error, Event, OpenBatches, Orders, Pallet, PoolState};
use codec::Encode;
use frame_support::{
    ensure,
    traits::{fungible::Mutate as _, fungibles::Mutate as _, tokens::Preservation},
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{Side, MAX_RESERVE};
use hanzo_traits::{Balance, PoolId};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Zero, DispatchError, DispatchResult};

/// What a commitment begins with.
const DOMAIN: &[u8; 18] = b"hanzo/hmm/order/v1";

/// The commitment to an order: BLAKE2b-256 over domain, genesis hash, pool, batch, trader, order and salt, each as SCALE
/// encodes it. Bound to chain, pool, batch and trader, so that a copy of it is of no use to anybody.
pub fn commitment_of<AccountId: Encode>(
    genesis: H256,
    pool: PoolId,
    batch: BatchNumber,
    trader: &AccountId,
    order: &HiddenOrder,
    salt: &[u8; 32],
) -> H256 {
    blake2_256(&(DOMAIN, genesis, pool, batch, trader, order, salt).encode()).into()
}

impl<T: Config> Pallet<T> {
    /// The whole of a commitment.
    pub(crate) fn do_commit(
        who: &T::AccountId,
        pool: PoolId,
        batch: BatchNumber,
        side: Side,
        amount: Balance,
        commitment: H256,
    ) -> DispatchResult {
        Self::ensure_phase(batch, BatchPhase::Commit)?;
        let state = Self::open(pool).map_err(Self::refused)?;
        ensure!(state.is_open(), Error::<T>::EmptyPool);
        let least = Self::least_lock(&state, side).ok_or(Error::<T>::Overflow)?;
        ensure!(amount >= least && amount > 0, Error::<T>::OrderTooSmall);
        ensure!(amount <= MAX_RESERVE, Error::<T>::ReserveTooLarge);

        let index = Self::next_place(pool, batch)?;
        // Its account must be there when the batch is paid.
        frame_system::Pallet::<T>::inc_consumers(who)?;
        let account = Self::pool_account(pool);
        match side {
            Side::Buy => T::Currency::transfer(who, &account, amount, Preservation::Preserve)?,
            Side::Sell => T::Tokens::transfer(pool.asset_id(), who, &account, amount, Preservation::Expendable)?,
        };
        let disclosure = Disclosure::Committed(commitment);
        let entry = BatchEntry { trader: who.clone(), side, locked: amount, disclosure };
        Orders::<T>::try_append((pool, batch), page_of(index).0, entry).map_err(|()| Error::<T>::BatchFull)?;
        Self::deposit_event(Event::OrderCommitted { pool, batch, index, trader: who.clone(), side, locked: amount });
        Ok(())
    }

    /// The whole of a revelation.
    pub(crate) fn do_reveal(
        who: &T::AccountId,
        pool: PoolId,
        batch: BatchNumber,
        index: OrderIndex,
        psi: Balance,
        theta: Balance,
        salt: &[u8; 32],
    ) -> DispatchResult {
        Self::ensure_phase(batch, BatchPhase::Reveal)?;
        let (page, place) = page_of(index);
        let genesis = H256::from_slice(frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).as_ref());
        Orders::<T>::try_mutate((pool, batch), page, |entries| {
            let entry = entries.get_mut(place).ok_or(Error::<T>::UnknownOrder)?;
            ensure!(entry.trader == *who, Error::<T>::UnknownOrder);
            let Disclosure::Committed(commitment) = entry.disclosure else {
                return Err(Error::<T>::AlreadyRevealed.into());
            };
            let order = HiddenOrder { side: entry.side, psi, theta };
            ensure!(
                commitment_of(genesis, pool, batch, who, &order, salt) == commitment,
                Error::<T>::CommitmentMismatch
            );
            ensure!(psi > 0, Error::<T>::ZeroAmount);
            let most = match entry.side {
                Side::Buy => theta,
                Side::Sell => psi,
            };
            ensure!(most <= entry.locked, Error::<T>::OrderExceedsLock);
            // What no pool can hold is nobody's honest wish, and would leave the range of the clearing.
            ensure!(psi <= MAX_RESERVE && theta <= MAX_RESERVE, Error::<T>::ReserveTooLarge);
            entry.disclosure = Disclosure::Revealed { psi, theta };
            Ok::<(), DispatchError>(())
        })?;
        Self::deposit_event(Event::OrderRevealed { pool, batch, index, trader: who.clone(), psi, theta });
        Ok(())
    }

    /// Least that an order locks, wei of credits (buy) or of compute (sell).
    pub(crate) fn least_lock(state: &PoolState<BlockNumberFor<T>>, side: Side) -> Option<Balance> {
        let reserve = match side {
            Side::Buy => state.reference.theta,
            Side::Sell => state.reference.psi,
        };
        Self::order_limit(reserve)?.checked_div(LEAST_LOCK_DIVISOR)
    }

    /// A place in a batch, which is opened with its first order.
    fn next_place(pool: PoolId, number: BatchNumber) -> Result<OrderIndex, Error<T>> {
        OpenBatches::<T>::try_mutate(|open| {
            let found = open.iter_mut().rev().find(|batch| batch.number == number && batch.pool == pool);
            let Some(batch) = found else {
                open.try_push(OpenBatch { number, pool, orders: 1 }).map_err(|_| Error::<T>::TooManyBatches)?;
                return Ok(0);
            };
            let index = batch.orders;
            ensure!(u32::from(index) < MAX_BATCH_ORDERS, Error::<T>::BatchFull);
            batch.orders = index.checked_add(1).ok_or(Error::<T>::BatchFull)?;
            Ok(index)
        })
    }
}

/// The page of an order, and its place there.
fn page_of(index: OrderIndex) -> (u8, usize) {
    let index = u32::from(index);
    // 2¹⁶ / 16 does not fit a byte, but a batch has 256 orders.
    (index.div_euclid(PAGE_ORDERS).min(u8::MAX.into()) as u8, index.rem_euclid(PAGE_ORDERS) as usize)
}
