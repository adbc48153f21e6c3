//! Slices that the protocol buys from a bond.
//!
//! A slice moves at most 0.3 % of a pool's compute, counts as an order of the worker's, and comes at most once in a pool and
//! block, however many workers are called: a price that moves by 0.6 % a block is no prey, as going there and back costs as
//! much in fees. It costs at most 1.05 × min(TWAP over a day, 2 × the same when the worker was called) a token, so neither a
//! spike nor a corner drains the bond.

use super::{types::MarginCall, PREMIUM_PERCENT};
use crate::{
    bonds::{percent, worth},
    pallet::*,
};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{
        fungible::hold::Mutate as _,
        fungibles::Mutate as _,
        tokens::{Fortitude, Precision, Preservation, Restriction},
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_traits::{Balance, ComputeMarket, PoolId};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, DispatchResult, Rounding};

impl<T: Config> Pallet<T> {
    /// Burns what the worker holds of the tokens it has to get rid of, and buys a slice of the rest. A market that refuses
    /// the slice does not undo the burning.
    pub(super) fn buy_back(
        worker: &T::AccountId,
        call: &MarginCall<BlockNumberFor<T>>,
        pool: PoolId,
        amount: Balance,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        let held = Self::spendable(pool, worker).min(amount);
        if held > 0 {
            Self::reduce_obligation(worker, pool, held)?;
            Self::burn_of(worker, pool, held)?;
            let obligation = Workers::<T>::get(worker).map_or(0, |record| record.obligation(pool));
            Self::deposit_event(Event::TokensBurned { worker: worker.clone(), pool, amount: held, obligation });
        }
        let rest = amount.saturating_sub(held);
        if rest > 0 && LastSlice::<T>::get(pool) != Some(now) {
            // Refused, it is tried again when the turn comes round.
            let _ = with_storage_layer(|| Self::buy_slice(worker, call, pool, rest, now));
        }
        Ok(())
    }

    fn buy_slice(
        worker: &T::AccountId,
        call: &MarginCall<BlockNumberFor<T>>,
        pool: PoolId,
        amount: Balance,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        let record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
        let most = Self::highest_buy_back_price(call, pool)?;
        let affordable = multiply_by_rational_with_rounding(
            Self::bond_to_spend(&record),
            hanzo_hmm::PRICE_ONE,
            most.max(1),
            Rounding::Down,
        );
        // A bond beyond the range of amounts at this price affords anything.
        let psi = amount.min(T::Market::room(worker, pool)?).min(affordable.unwrap_or(Balance::MAX));
        let most = worth(psi, most, Rounding::Down).ok_or(Error::<T>::Overflow)?;
        let escrow = Self::escrow_account();
        let cost = Self::spend_bond(worker, most, |payer| {
            let trade = T::Market::buy_back(worker, payer, &escrow, pool, psi, most)?;
            Self::burn_of(&escrow, pool, psi)?;
            Ok(trade.theta)
        })?;
        let obligation = Self::reduce_obligation(worker, pool, psi)?;
        LastSlice::<T>::insert(pool, now);
        Self::deposit_event(Event::BoughtBack { worker: worker.clone(), pool, amount: psi, cost, obligation });
        Ok(())
    }

    /// Most that a slice may cost per token on average, fees included, 10¹⁸ fixed point.
    fn highest_buy_back_price(call: &MarginCall<BlockNumberFor<T>>, pool: PoolId) -> Result<u128, DispatchError> {
        let mean = T::Market::prices(pool)?.twap_day.min(call.price(pool).saturating_mul(2));
        percent(mean, PREMIUM_PERCENT, Rounding::Down).ok_or_else(|| Error::<T>::Overflow.into())
    }

    /// Takes off what a worker owes of a pool, at most all of it; returns what it still owes.
    pub(super) fn reduce_obligation(
        worker: &T::AccountId,
        pool: PoolId,
        amount: Balance,
    ) -> Result<Balance, DispatchError> {
        Self::with_worker(worker, |record| {
            let left = record.obligation(pool).checked_sub(amount).ok_or(Error::<T>::ExceedsObligation)?;
            for owed in record.obligations.iter_mut().filter(|owed| owed.pool == pool) {
                owed.amount = left;
            }
            record.obligations.retain(|owed| owed.amount > 0);
            Ok(left)
        })
    }

    fn burn_of(from: &T::AccountId, pool: PoolId, amount: Balance) -> DispatchResult {
        let (exact, polite) = (Precision::Exact, Fortitude::Polite);
        T::Tokens::burn_from(pool.asset_id(), from, amount, Preservation::Expendable, exact, polite)?;
        Ok(())
    }

    /// Spends at most `most` wei of a worker's bond and returns how much it was: `spend` pays out of the account it is given
    /// and says what it paid.
    ///
    /// The money passes through the escrow account: what else the worker does with its balance, frozen or empty, cannot
    /// stand in the way. One existential deposit goes along and comes back, so that the account exists meanwhile.
    pub(super) fn spend_bond(
        worker: &T::AccountId,
        most: Balance,
        spend: impl FnOnce(&T::AccountId) -> Result<Balance, DispatchError>,
    ) -> Result<Balance, DispatchError> {
        let record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
        ensure!(most <= Self::bond_to_spend(&record), Error::<T>::BondExhausted);
        let taken = most.checked_add(Self::deposit()).ok_or(Error::<T>::Overflow)?;
        let (reason, escrow) = (HoldReason::WorkerBond.into(), Self::escrow_account());
        let (exact, force) = (Precision::Exact, Fortitude::Force);
        T::Currency::transfer_on_hold(&reason, worker, &escrow, taken, exact, Restriction::Free, force)?;
        let spent = spend(&escrow)?;
        let rest = taken.checked_sub(spent).ok_or(Error::<T>::Overflow)?;
        let polite = Fortitude::Polite;
        T::Currency::transfer_and_hold(&reason, &escrow, worker, rest, exact, Preservation::Expendable, polite)?;
        Self::with_worker(worker, |record| {
            record.bond = record.bond.checked_sub(spent).ok_or(Error::<T>::Overflow)?;
            Ok(())
        })?;
        Ok(spent)
    }
}
