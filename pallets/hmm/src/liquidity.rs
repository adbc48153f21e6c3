//! Deposits, withdrawals, and the opening of pools.

use crate::{refusal::Refusal, Config, Error, Event, Pallet, PoolIds, PoolState, Pools, Positions};
use frame_support::{
    ensure,
    traits::{
        fungible::Mutate as _,
        fungibles::{Create as _, Inspect as _, Mutate as _},
        tokens::Preservation,
        Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{rescale, Curve, FeeParameters, HmmError, LiquidityChange, Reserves};
use hanzo_traits::{Balance, PoolId};
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
    /// Makes a pool without liquidity, and its resource token where that does not exist.
    pub(crate) fn do_create_pool(pool: PoolId, curve: Curve, fees: FeeParameters) -> DispatchResult {
        ensure!(!Pools::<T>::contains_key(pool), Error::<T>::PoolExists);
        curve.validate().map_err(Error::<T>::from)?;
        ensure!(curve.epsilon_ppb <= T::MaxEpsilonPpb::get(), Error::<T>::CurvatureTooHigh);
        fees.validate().map_err(Error::<T>::from)?;
        let account = Self::pool_account(pool);
        let asset = pool.asset_id();
        if !T::Tokens::asset_exists(asset) {
            T::Tokens::create(asset, account.clone(), true, 1)?;
        }
        // A larger least balance would turn the remainder of a token account, a pool's included, into dust.
        ensure!(T::Tokens::minimum_balance(asset) == 1, Error::<T>::UnsuitableToken);
        PoolIds::<T>::try_append(pool).map_err(|_| Error::<T>::TooManyPools)?;
        frame_system::Pallet::<T>::inc_providers(&account);
        let start_price = curve.reference_price();
        let state = PoolState {
            curve,
            fees,
            reserves: Reserves::default(),
            supply: 0,
            reference: Reserves::default(),
            start_price,
            pending_lp_fee: 0,
            mean_price: 0,
            donated: Reserves::default(),
            psi_average: 0,
            rolled_at: frame_system::Pallet::<T>::block_number(),
        };
        Pools::<T>::insert(pool, state);
        Self::deposit_event(Event::PoolCreated { pool, curve, fees, account });
        Ok(())
    }

    /// The whole of a deposit.
    pub(crate) fn do_add_liquidity(
        who: &T::AccountId,
        pool: PoolId,
        max_psi: Balance,
        max_theta: Balance,
        min_shares: Balance,
    ) -> DispatchResult {
        let state = Self::open(pool).map_err(Self::refused)?;
        let change = if state.is_open() {
            state.pool().add_liquidity(state.supply, state.pending_lp_fee, max_psi, max_theta)
        } else {
            state.pool().first_deposit(max_psi, max_theta)
        }
        .map_err(|error| Self::refused(Refusal::Maths { error, reserves: state.reserves }))?;
        ensure!(change.shares >= min_shares, Error::<T>::SlippageExceeded);

        let account = Self::pool_account(pool);
        let keeps_alive = if state.is_open() { 0 } else { Self::existential_deposit() };
        let credits = change.theta.checked_add(keeps_alive).ok_or(Error::<T>::Overflow)?;
        T::Currency::transfer(who, &account, credits, Preservation::Preserve)?;
        T::Tokens::transfer(pool.asset_id(), who, &account, change.psi, Preservation::Expendable)?;

        let unlock_at = Self::credit_shares(who, pool, change.shares)?;
        Self::store_liquidity(pool, state, &change)?;
        Self::deposit_event(Event::LiquidityAdded {
            pool,
            provider: who.clone(),
            psi: change.psi,
            theta: change.theta,
            shares: change.shares,
            unlock_at,
        });
        Ok(())
    }

    /// The whole of a withdrawal.
    pub(crate) fn do_remove_liquidity(
        who: &T::AccountId,
        pool: PoolId,
        shares: Balance,
        min_psi: Balance,
        min_theta: Balance,
    ) -> DispatchResult {
        let state = Self::open(pool).map_err(Self::refused)?;
        Self::debit_shares(who, pool, shares)?;
        let change = state
            .pool()
            .remove_liquidity(state.supply, shares)
            .map_err(|error| Self::refused(Refusal::Maths { error, reserves: state.reserves }))?;
        ensure!(change.psi >= min_psi && change.theta >= min_theta, Error::<T>::SlippageExceeded);

        let account = Self::pool_account(pool);
        if change.theta > 0 {
            T::Currency::transfer(&account, who, change.theta, Preservation::Preserve)?;
        }
        if change.psi > 0 {
            T::Tokens::transfer(pool.asset_id(), &account, who, change.psi, Preservation::Expendable)?;
        }
        Self::store_liquidity(pool, state, &change)?;
        Self::deposit_event(Event::LiquidityRemoved {
            pool,
            provider: who.clone(),
            psi: change.psi,
            theta: change.theta,
            shares,
        });
        Ok(())
    }

    /// Adds shares to a position, locked for the time that deposits are. Returns the block in which they unlock.
    fn credit_shares(who: &T::AccountId, pool: PoolId, shares: Balance) -> Result<BlockNumberFor<T>, DispatchError> {
        let now = frame_system::Pallet::<T>::block_number();
        let unlock_at = now.saturating_add(T::ShareLock::get());
        Positions::<T>::try_mutate(pool, who, |position| {
            position.release(&now).ok_or(Error::<T>::Overflow)?;
            position.lock(shares, unlock_at).ok_or(Error::<T>::TooManyDeposits)?;
            Ok(unlock_at)
        })
    }

    /// Takes unlocked shares off a position, and forgets a position that is empty.
    fn debit_shares(who: &T::AccountId, pool: PoolId, shares: Balance) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        Positions::<T>::try_mutate_exists(pool, who, |held| {
            let position = held.as_mut().ok_or(Error::<T>::NotEnoughShares)?;
            position.release(&now).ok_or(Error::<T>::Overflow)?;
            ensure!(position.total().is_some_and(|total| total >= shares), Error::<T>::NotEnoughShares);
            position.unlocked = position.unlocked.checked_sub(shares).ok_or(Error::<T>::SharesLocked)?;
            if position.unlocked == 0 && position.locked.is_empty() {
                *held = None;
            }
            Ok(())
        })
    }

    /// Stores reserves, waiting fees and supply after a change of liquidity. References and mean move in the ratio of the reserves, so
    /// that neither fees nor the floor feel it (docs/market.md, "Fees", "Liquidity").
    fn store_liquidity(
        pool: PoolId,
        mut state: PoolState<BlockNumberFor<T>>,
        change: &LiquidityChange,
    ) -> DispatchResult {
        let (before, after) = (state.reserves, change.after);
        let moved = || -> Result<(Reserves, Balance), HmmError> {
            Ok((state.reference.rescaled(&before, &after)?, rescale(state.psi_average, before.psi, after.psi)?))
        };
        (state.reference, state.psi_average) = moved().map_err(Error::<T>::from)?;
        state.reserves = after;
        state.pending_lp_fee = state.pending_lp_fee.checked_add(change.pending_lp_fee).ok_or(Error::<T>::Overflow)?;
        if !state.is_open() {
            state.start_price = state.spot_price();
            state.mean_price = if T::MeanBlocks::get().is_zero() { 0 } else { state.start_price };
        }
        state.supply = change.supply_after;
        Pools::<T>::insert(pool, state);
        Ok(())
    }
}
