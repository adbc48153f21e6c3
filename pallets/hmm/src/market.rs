//! The market as other pallets use it: trades for their users, who could make them as well.

use crate::{trade::Parties, Config, Error, Event, Order, Pallet, Pools};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{fungible::Mutate as _, tokens::Preservation},
};
use hanzo_hmm::Trade;
use hanzo_traits::{Balance, ComputeMarket, MarketPrices, PoolId};
use sp_runtime::{DispatchError, DispatchResult};

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
        let order = Order::BuyExactOut { psi_out: psi, max_theta_in: max_theta };
        // All or nothing even where the caller has no storage layer of its own.
        with_storage_layer(|| Self::trade_for(&Parties { owner: payer, tokens: receiver }, pool, order))
    }

    fn sell(
        owner: &T::AccountId,
        source: &T::AccountId,
        pool: PoolId,
        psi: Balance,
        min_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        let order = Order::Sell { psi_in: psi, min_theta_out: min_theta };
        with_storage_layer(|| Self::trade_for(&Parties { owner, tokens: source }, pool, order))
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
