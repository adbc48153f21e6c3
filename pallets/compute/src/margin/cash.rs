//! Obligations settled in cash: the bond pays into the pool, and nobody owes the tokens any more.
//!
//! Some tokens of a class are locked in its pool for ever or lost, so without this its last worker could never leave.
//!
//! **The price.** What is left after the days of buying costs 1.05 × the mean over a week: all of that week lies after the
//! last mint, and a corner has to be held as long to move it. A worker that *chooses* to settle does so at a moment that
//! suits it, so it pays 1.05 × the highest of spot and all means, and never less than 1.05 × what buying all that it owes would
//! take, after what was settled here lately. Or it could sell into a price that the means have not followed yet,
//! and settle at the lower one that its own sale left behind.

use super::{excess::Excess, PREMIUM_PERCENT};
use crate::{
    bonds::{percent, worth, PriceBook},
    pallet::*,
};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{
        fungible::hold::Mutate as _,
        tokens::{Fortitude, Precision},
        Get,
    },
};
use hanzo_traits::{Balance, ComputeMarket, MarketPrices, PoolId};
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding, traits::Saturating, DispatchError, DispatchResult, Rounding,
};

impl<T: Config> Pallet<T> {
    /// Settles a part of what a leaving or ejected worker owes of a pool, as it asked, for at most `max_cost` wei.
    pub(crate) fn do_settle_in_cash(
        worker: &T::AccountId,
        pool: PoolId,
        amount: Balance,
        max_cost: Balance,
    ) -> DispatchResult {
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        let record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
        let goes = record.leaving_since.is_some() || Self::is_ejected(worker);
        ensure!(goes, Error::<T>::NotLeaving);
        let call = MarginCalls::<T>::get(worker).ok_or(Error::<T>::WithinMargin)?;
        ensure!(frame_system::Pallet::<T>::block_number() >= call.buys_from, Error::<T>::GraceNotOver);
        let owed = record.obligation(pool);
        ensure!(amount <= owed, Error::<T>::ExceedsObligation);

        let MarketPrices { spot, twap_hour, twap_day, twap_week, .. } = T::Market::prices(pool)?;
        let price = spot.max(twap_hour).max(twap_day).max(twap_week);
        let by_price = Self::cash_for(amount, price).ok_or(Error::<T>::Overflow)?;
        let cost = by_price.max(Self::instead_of_buying(pool, amount, owed)?);
        ensure!(cost <= max_cost, Error::<T>::CostLimitExceeded);
        ensure!(cost <= Self::bond_to_spend(&record), Error::<T>::BondExhausted);
        Self::settle(worker, pool, amount, cost, cost)
    }

    /// 1.05 × the part that `amount` has in what it would take to buy all that is `owed`, after as much as was settled lately
    /// had been bought: whoever settles before takes the cheap end of the curve, as if it had bought.
    fn instead_of_buying(pool: PoolId, amount: Balance, owed: Balance) -> Result<Balance, DispatchError> {
        let lately = Self::settled_lately(pool);
        let after = T::Market::cost_to_buy(pool, lately.saturating_add(owed))?;
        let all = after.saturating_sub(T::Market::cost_to_buy(pool, lately)?);
        multiply_by_rational_with_rounding(all, amount, owed, Rounding::Up)
            .and_then(|part| percent(part, PREMIUM_PERCENT, Rounding::Up))
            .ok_or_else(|| Error::<T>::Overflow.into())
    }

    /// Settles what is left of a pool when the days of buying are over. A bond that cannot pay for all of it pays each pool
    /// in proportion; the obligation ends all the same, or its worker would never be rid of it.
    pub(super) fn settle_due(
        worker: &T::AccountId,
        record: &WorkerOf<T>,
        excess: &Excess,
        pool: PoolId,
        amount: Balance,
        book: &mut PriceBook,
    ) -> DispatchResult {
        let mut all: Balance = 0;
        let mut due = 0;
        for owed in &record.obligations {
            let part = excess.part_of(owed, book.price::<T>(owed.pool)?);
            let week = T::Market::prices(owed.pool)?.twap_week;
            let cost = Self::cash_for(part, week).ok_or(Error::<T>::Overflow)?;
            all = all.checked_add(cost).ok_or(Error::<T>::Overflow)?;
            if owed.pool == pool {
                due = cost;
            }
        }
        let available = Self::bond_to_spend(record);
        let paid = if all > available {
            multiply_by_rational_with_rounding(available, due, all, Rounding::Down).ok_or(Error::<T>::Overflow)?
        } else {
            due
        };
        Self::settle(worker, pool, amount, due, paid)
    }

    /// What settling `amount` wei of compute costs at a price (10¹⁸ fixed point), wei of credits, rounded up.
    fn cash_for(amount: Balance, price: u128) -> Option<Balance> {
        percent(worth(amount, price, Rounding::Up)?, PREMIUM_PERCENT, Rounding::Up)
    }

    /// Pays for an obligation and ends it.
    fn settle(worker: &T::AccountId, pool: PoolId, amount: Balance, due: Balance, paid: Balance) -> DispatchResult {
        if paid > 0 {
            let donated = with_storage_layer(|| {
                Self::spend_bond(worker, paid, |payer| T::Market::donate(payer, pool, paid).map(|()| paid))
            });
            if donated.is_err() {
                Self::burn_bond(worker, paid)?;
            }
        }
        let obligation = Self::reduce_obligation(worker, pool, amount)?;
        CashSettled::<T>::try_mutate(pool, |settled| -> DispatchResult {
            *settled = settled.checked_add(amount).ok_or(Error::<T>::Overflow)?;
            Ok(())
        })?;
        let lately = Self::settled_lately(pool).saturating_add(amount);
        SettledLately::<T>::insert(pool, (frame_system::Pallet::<T>::block_number(), lately));
        let worker = worker.clone();
        Self::deposit_event(Event::SettledInCash { worker, pool, amount, due, paid, obligation });
        Ok(())
    }

    /// Takes credits of a bond out of existence: where a pool cannot have them, nobody else should.
    fn burn_bond(worker: &T::AccountId, amount: Balance) -> Result<(), DispatchError> {
        let (reason, exact) = (HoldReason::WorkerBond.into(), Precision::Exact);
        T::Currency::burn_held(&reason, worker, amount, exact, Fortitude::Force)?;
        Self::with_worker(worker, |record| {
            record.bond = record.bond.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            Ok(())
        })
    }

    /// Tokens of a pool settled in cash since there was a pause of as long as the days of buying, wei.
    fn settled_lately(pool: PoolId) -> Balance {
        let now = frame_system::Pallet::<T>::block_number();
        SettledLately::<T>::get(pool)
            .filter(|(last, _)| now.saturating_sub(*last) < T::BuyBackPeriod::get())
            .map_or(0, |(_, amount)| amount)
    }
}
