//! The joint limit (docs/jobs.md, "One limit on a bond"):
//!
//! ```text
//! bond ÷ 30 ≥ Σ obligations × max(spot, TWAP_1h, TWAP_7d, p̄/2) + open unsettled job value
//! ```
//! Checked when tokens are minted and when a worker is drawn. Values are rounded up, the limit down.

use crate::{pallet::*, types::Worker};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::Get};
use hanzo_hmm::PRICE_ONE;
use hanzo_traits::{Balance, ComputeMarket, MarketPrices, PoolId};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, Rounding};

/// `amount` wei of compute at `price` (10¹⁸ fixed point), in wei of credits.
pub(crate) fn worth(amount: Balance, price: u128, rounding: Rounding) -> Option<Balance> {
    multiply_by_rational_with_rounding(amount, price, PRICE_ONE, rounding)
}

/// `percent` of an amount.
pub(crate) fn percent(amount: Balance, percent: u128, rounding: Rounding) -> Option<Balance> {
    multiply_by_rational_with_rounding(amount, percent, 100, rounding)
}

/// Prices obligations are valued at, read once per pool.
#[derive(Default)]
pub(crate) struct PriceBook(BTreeMap<PoolId, u128>);

impl PriceBook {
    /// max(spot, TWAP_1h, TWAP_7d, p̄/2) of a pool.
    pub(crate) fn price<T: Config>(&mut self, pool: PoolId) -> Result<u128, DispatchError> {
        if let Some(price) = self.0.get(&pool) {
            return Ok(*price);
        }
        let MarketPrices { spot, twap_hour, twap_week, reference, .. } = T::Market::prices(pool)?;
        let price = spot.max(twap_hour).max(twap_week).max(reference.div_ceil(2));
        self.0.insert(pool, price);
        Ok(price)
    }

    /// Fixes the price of a pool that is not open yet (genesis).
    pub(crate) fn set(&mut self, pool: PoolId, price: u128) {
        self.0.insert(pool, price);
    }
}

impl<T: Config> Pallet<T> {
    /// The part of a bond that backs anything: what is held and not frozen, wei.
    pub(crate) fn effective_bond<B>(worker: &Worker<B>) -> Balance {
        worker.bond.saturating_sub(worker.frozen)
    }

    /// Value that a bond backs, wei.
    pub(crate) fn bond_limit<B>(worker: &Worker<B>) -> Balance {
        Self::effective_bond(worker).checked_div(T::BondMultiple::get().into()).unwrap_or_default()
    }

    /// What a worker's obligations are worth, wei.
    pub(crate) fn obligations_value<B>(worker: &Worker<B>, book: &mut PriceBook) -> Result<Balance, DispatchError> {
        worker.obligations.iter().try_fold(0, |sum: Balance, owed| {
            let value = worth(owed.amount, book.price::<T>(owed.pool)?, Rounding::Up).ok_or(Error::<T>::Overflow)?;
            sum.checked_add(value).ok_or_else(|| Error::<T>::Overflow.into())
        })
    }

    /// Obligations and open value, wei: the right side of the limit.
    pub(crate) fn bound_value<B>(worker: &Worker<B>, book: &mut PriceBook) -> Result<Balance, DispatchError> {
        let owed = Self::obligations_value(worker, book)?;
        owed.checked_add(worker.open_value).ok_or_else(|| Error::<T>::Overflow.into())
    }

    /// What is left of the limit, wei; zero where prices have taken obligations beyond it or a pool has no price.
    pub(crate) fn free_limit<B>(worker: &Worker<B>, book: &mut PriceBook) -> Balance {
        Self::bound_value(worker, book)
            .ok()
            .and_then(|bound| Self::bond_limit(worker).checked_sub(bound))
            .unwrap_or_default()
    }

    /// Fails if the limit does not hold.
    pub(crate) fn ensure_backed<B>(worker: &Worker<B>, book: &mut PriceBook) -> Result<(), DispatchError> {
        let bound = Self::bound_value(worker, book)?;
        ensure!(bound <= Self::bond_limit(worker), Error::<T>::BondLimitExceeded);
        Ok(())
    }
}
