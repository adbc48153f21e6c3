//! The market as other pallets use it: trades for their users, who could make them as well.

use crate::{trade::Parties, Config, Error, Event, Order, Pallet, Pools};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{fungible::Mutate as _, tokens::Preservation},
};
use hanzo_hmm::{Trade, PRICE_ONE};
use hanzo_traits::{Balance, ComputeMarket, MarketPrices, PoolId};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, DispatchResult, Rounding};

impl<T: Config> ComputeMarket<T::AccountId> for Pallet<T> {
    fn prices(pool: PoolId) -> Result<MarketPrices, DispatchError> {
        Self::prices_of(pool).ok_or(Error::<T>::UnknownPool.into())
    }

    fn quote_exact_out(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError> {
        let order = Order::BuyExactOut { psi_out: psi, max_theta_in: Balance::MAX };
        Self::quote_next(pool, &order).map(|(trade, _)| trade).map_err(Self::refused)
    }

    fn quote_sell(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError> {
        let order = Order::Sell { psi_in: psi, min_theta_out: 0 };
        Self::quote_next(pool, &order).map(|(trade, _)| trade).map_err(Self::refused)
    }

    fn buy_exact_out(
        payer: &T::AccountId,
        receiver: &T::AccountId,
        pool: PoolId,
        psi: Balance,
        max_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        Self::buy_back(payer, payer, receiver, pool, psi, max_theta)
    }

    fn sell(
        owner: &T::AccountId,
        source: &T::AccountId,
        pool: PoolId,
        psi: Balance,
        min_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        let order = Order::Sell { psi_in: psi, min_theta_out: min_theta };
        let parties = Parties { owner, credits: owner, tokens: source };
        with_storage_layer(|| Self::trade_for(&parties, pool, order))
    }

    fn buy_back(
        owner: &T::AccountId,
        payer: &T::AccountId,
        receiver: &T::AccountId,
        pool: PoolId,
        psi: Balance,
        max_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        let order = Order::BuyExactOut { psi_out: psi, max_theta_in: max_theta };
        let parties = Parties { owner, credits: payer, tokens: receiver };
        // All or nothing even where the caller has no storage layer of its own.
        with_storage_layer(|| Self::trade_for(&parties, pool, order))
    }

    fn room(owner: &T::AccountId, pool: PoolId) -> Result<Balance, DispatchError> {
        let state = Self::open(pool).map_err(Self::refused)?;
        let limit = Self::order_limit(state.reference.psi).ok_or(Error::<T>::Overflow)?;
        Ok(limit.saturating_sub(Self::volume_of(pool, owner)))
    }

    fn cost_to_buy(pool: PoolId, psi: Balance) -> Result<Balance, DispatchError> {
        let state = Self::open(pool).map_err(Self::refused)?;
        let at_once = psi.min(state.reserves.psi.checked_div(2).unwrap_or_default());
        let (cost, price) = match at_once {
            0 => (0, state.spot_price()),
            _ => {
                let trade = state.pool().buy_exact_out(at_once).map_err(Error::<T>::from)?;
                (trade.theta, trade.price_after)
            }
        };
        let rest = psi.saturating_sub(at_once);
        let rest = multiply_by_rational_with_rounding(rest, price, PRICE_ONE, Rounding::Up);
        rest.and_then(|rest| cost.checked_add(rest)).ok_or_else(|| Error::<T>::Overflow.into())
    }

    fn donate(payer: &T::AccountId, pool: PoolId, theta: Balance) -> DispatchResult {
        with_storage_layer(|| {
            ensure!(theta > 0, Error::<T>::ZeroAmount);
            let state = Self::open(pool).and_then(|state| state.given(0, theta)).map_err(Self::refused)?;
            T::Currency::transfer(payer, &Self::pool_account(pool), theta, Preservation::Preserve)?;
            Pools::<T>::insert(pool, state);
            Self::deposit_event(Event::Donated { pool, payer: payer.clone(), theta });
            Ok(())
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn open_for_benchmark(pool: PoolId, provider: &T::AccountId) {
        crate::benchmarking::open_deep_pool::<T>(pool, provider);
    }
}
