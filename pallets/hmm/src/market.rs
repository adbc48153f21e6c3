//! The market as other pallets use it: trades for their users, held to a share of the reserve.

use crate::{
    refusal::Refusal, trade::Parties, Config, Error, Event, Order, Pallet, PoolState, Pools, ProtocolVolume, Volume,
};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{fungible::Mutate as _, tokens::Preservation, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{HmmError, Trade, MAX_RESERVE, PPB};
use hanzo_traits::{Balance, ComputeMarket, MarketPrices, PoolId};
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding,
    traits::{One, Saturating},
    DispatchError, DispatchResult, Rounding,
};

impl<T: Config> ComputeMarket<T::AccountId> for Pallet<T> {
    fn prices(pool: PoolId) -> Result<MarketPrices, DispatchError> {
        Self::prices_of(pool).ok_or(Error::<T>::UnknownPool.into())
    }

    fn quote_exact_out(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError> {
        Self::quote_next_block(pool, Order::BuyExactOut { psi_out: psi, max_theta_in: Balance::MAX })
    }

    fn quote_sell(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError> {
        Self::quote_next_block(pool, Order::Sell { psi_in: psi, min_theta_out: 0 })
    }

    fn buy_exact_out(
        payer: &T::AccountId,
        receiver: &T::AccountId,
        pool: PoolId,
        psi: Balance,
        max_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        let order = Order::BuyExactOut { psi_out: psi, max_theta_in: max_theta };
        Self::protocol_trade(pool, order, &Parties { owner: payer, tokens: receiver })
    }

    fn sell(
        owner: &T::AccountId,
        source: &T::AccountId,
        pool: PoolId,
        psi: Balance,
        min_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        let order = Order::Sell { psi_in: psi, min_theta_out: min_theta };
        Self::protocol_trade(pool, order, &Parties { owner, tokens: source })
    }

    fn donate(payer: &T::AccountId, pool: PoolId, theta: Balance) -> DispatchResult {
        with_storage_layer(|| {
            let mut state = Self::open(pool).map_err(Self::refused)?;
            ensure!(theta > 0, Error::<T>::ZeroAmount);
            ensure!(state.is_open(), Error::<T>::EmptyPool);
            // The reference moves along: what is given may not count as a free stretch for the next seller.
            let moved = |reserve: Balance| reserve.checked_add(theta).filter(|sum| *sum <= MAX_RESERVE);
            state.reserves.theta = moved(state.reserves.theta).ok_or(Error::<T>::ReserveTooLarge)?;
            state.reference.theta = state.reference.theta.checked_add(theta).ok_or(Error::<T>::Overflow)?;
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

impl<T: Config> Pallet<T> {
    /// What an order would do if nothing came before it in the next block, the first it can be in.
    fn quote_next_block(pool: PoolId, order: Order) -> Result<Trade, DispatchError> {
        let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
        let state = Self::opened_at(pool, next).map_err(Self::refused)?;
        let trade = Self::quote(&state, &order).map_err(Self::refused)?;
        Self::within_limit(&state, trade.psi).map_err(Self::refused)?;
        Ok(trade)
    }

    /// A trade for a user of another pallet: the steps of any trade, and the owner's share of the block besides. All or
    /// nothing even where the caller has no storage layer of its own.
    fn protocol_trade(pool: PoolId, order: Order, parties: &Parties<T::AccountId>) -> Result<Trade, DispatchError> {
        with_storage_layer(|| {
            let state = Self::open(pool).map_err(Self::refused)?;
            let trade = Self::quote(&state, &order).map_err(Self::refused)?;
            order.ensure_within_limit(&trade).map_err(Self::refused)?;
            Self::count_volume(pool, parties.owner, &state, trade.psi).map_err(Self::refused)?;
            Self::apply(pool, state, order.side(), parties, &trade)?;
            Ok(trade)
        })
    }

    /// Adds to what the owner moved in this pool and block, up to 0.3 % of Ψ_ref.
    ///
    /// Compute is counted on both sides: moving a share s of Ψ moves the price by at most 2s whatever ε and the balance of
    /// the pool, and a caller can tell beforehand how much fits.
    fn count_volume(
        pool: PoolId,
        owner: &T::AccountId,
        state: &PoolState<BlockNumberFor<T>>,
        psi: Balance,
    ) -> Result<(), Refusal> {
        let block = frame_system::Pallet::<T>::block_number();
        let before = ProtocolVolume::<T>::get(pool, owner).filter(|volume| volume.block == block);
        let overflow = Refusal::Maths { error: HmmError::Overflow, reserves: state.reserves };
        let moved = before.map_or(0, |volume| volume.psi).checked_add(psi).ok_or(overflow)?;
        Self::within_limit(state, moved)?;
        ProtocolVolume::<T>::insert(pool, owner, Volume { block, psi: moved });
        Ok(())
    }

    /// Refuses more compute than may move per owner and block.
    fn within_limit(state: &PoolState<BlockNumberFor<T>>, moved: Balance) -> Result<(), Refusal> {
        let overflow = Refusal::Maths { error: HmmError::Overflow, reserves: state.reserves };
        let limit = protocol_limit(state.reference.psi, T::ProtocolTradeLimitPpb::get()).ok_or(overflow)?;
        ensure!(moved <= limit, Refusal::ProtocolTradeTooLarge { moved, limit });
        Ok(())
    }
}

/// Most compute that may move per owner, pool and block, floored.
fn protocol_limit(reference: Balance, limit_ppb: u32) -> Option<Balance> {
    multiply_by_rational_with_rounding(reference, limit_ppb.into(), PPB.into(), Rounding::Down)
}
