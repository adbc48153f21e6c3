//! Resource tokens: minting against a bond, burning, and the escrow of jobs.

use crate::{
    bonds::PriceBook,
    pallet::*,
    types::{Obligation, Worker},
    weights::WeightInfo,
};
use frame_support::{
    ensure,
    traits::{
        fungibles::{Inspect as _, Mutate as _},
        tokens::{Fortitude, Precision, Preservation},
        Get,
    },
    weights::Weight,
};
use hanzo_hmm::PPB;
use hanzo_poai::ResourceClass;
use hanzo_traits::{Balance, PoolId, QualityOracle};
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding, traits::AccountIdConversion, DispatchError, DispatchResult,
    Rounding,
};

impl<T: Config> Pallet<T> {
    /// The account that holds the tokens of open jobs.
    pub fn escrow_account() -> T::AccountId {
        T::PalletId::get().into_account_truncating()
    }

    pub(crate) fn do_mint(worker: &T::AccountId, pool: PoolId, amount: Balance) -> DispatchResult {
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        let rule = Self::tier_rule(pool.tier)?;
        let quality = T::Quality::quality(worker);
        let obligation = Self::with_own_change(worker, |record| {
            ensure!(record.leaving_since.is_none(), Error::<T>::Leaving);
            ensure!(!MarginCalls::<T>::contains_key(worker), Error::<T>::MarginCalled);
            ensure!(Self::qualifies(worker, record, pool.tier, &rule), Error::<T>::NotQualified);
            let obligation = Self::owe(record, pool, amount)?;
            Self::ensure_within_horizon(record, pool.class, quality)?;
            Self::ensure_backed(record, &mut PriceBook::default())?;
            Ok(obligation)
        })?;
        T::Tokens::mint_into(pool.asset_id(), worker, amount)?;
        Self::deposit_event(Event::TokensMinted { worker: worker.clone(), pool, amount, obligation });
        Ok(())
    }

    pub(crate) fn do_burn(worker: &T::AccountId, pool: PoolId, amount: Balance) -> DispatchResult {
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        let obligation = Self::with_own_change(worker, |record| {
            let left = record.obligation(pool).checked_sub(amount).ok_or(Error::<T>::ExceedsObligation)?;
            for owed in record.obligations.iter_mut().filter(|owed| owed.pool == pool) {
                owed.amount = left;
            }
            record.obligations.retain(|owed| owed.amount > 0);
            Ok(left)
        })?;
        T::Tokens::burn_from(
            pool.asset_id(),
            worker,
            amount,
            Preservation::Expendable,
            Precision::Exact,
            Fortitude::Polite,
        )?;
        Self::deposit_event(Event::TokensBurned { worker: worker.clone(), pool, amount, obligation });
        Ok(())
    }

    /// Adds to what a worker owes of a pool; returns what it owes of it now.
    pub(crate) fn owe<B>(record: &mut Worker<B>, pool: PoolId, amount: Balance) -> Result<Balance, DispatchError> {
        if let Some(owed) = record.obligations.iter_mut().find(|owed| owed.pool == pool) {
            owed.amount = owed.amount.checked_add(amount).ok_or(Error::<T>::Overflow)?;
            return Ok(owed.amount);
        }
        record.obligations.try_push(Obligation { pool, amount }).map_err(|_| Error::<T>::TooManyObligations)?;
        Ok(amount)
    }

    /// Tokens a worker owes of a class over all tiers, wei.
    pub(crate) fn owed_of_class<B>(record: &Worker<B>, class: ResourceClass) -> Result<Balance, DispatchError> {
        record
            .obligations
            .iter()
            .filter(|owed| owed.pool.class == class)
            .try_fold(0, |sum: Balance, owed| sum.checked_add(owed.amount).ok_or_else(|| Error::<T>::Overflow.into()))
    }

    /// Most tokens of a class a worker of this quality may owe, wei: one horizon of q·units. The tiers share it, since
    /// they are served by the same units.
    pub(crate) fn horizon<B>(record: &Worker<B>, class: ResourceClass, quality: u32) -> Result<Balance, DispatchError> {
        let factor = u128::from(T::HorizonSeconds::get()).checked_mul(quality.into()).ok_or(Error::<T>::Overflow)?;
        multiply_by_rational_with_rounding(record.offer.units.get(class), factor, PPB.into(), Rounding::Down)
            .ok_or_else(|| Error::<T>::Overflow.into())
    }

    pub(crate) fn ensure_within_horizon<B>(record: &Worker<B>, class: ResourceClass, quality: u32) -> DispatchResult {
        let most = Self::horizon(record, class, quality)?;
        ensure!(Self::owed_of_class(record, class)? <= most, Error::<T>::HorizonExceeded);
        Ok(())
    }

    /// Tokens of a pool that an account can put into a job, wei.
    pub(crate) fn spendable(pool: PoolId, account: &T::AccountId) -> Balance {
        T::Tokens::reducible_balance(pool.asset_id(), account, Preservation::Expendable, Fortitude::Polite)
    }

    /// Moves tokens of a pool.
    pub(crate) fn move_tokens(pool: PoolId, from: &T::AccountId, to: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount > 0 {
            T::Tokens::transfer(pool.asset_id(), from, to, amount, Preservation::Expendable)?;
        }
        Ok(())
    }

    /// Gives all tokens that a job has in escrow back to its client, of every tier.
    pub(crate) fn return_tokens(job: &JobOf<T>) -> DispatchResult {
        let escrow = Self::escrow_account();
        let pools = job.pools().ok_or(Error::<T>::Overflow)?;
        pools.into_iter().try_for_each(|(pool, amount)| Self::move_tokens(pool, &escrow, &job.client, amount))
    }

    /// What [`Self::return_tokens`] weighs beyond the six pools that every way to it is measured with.
    pub fn return_weight(pools: u32) -> Weight {
        match pools.saturating_sub(ResourceClass::COUNT as u32) {
            0 => Weight::zero(),
            more => T::WeightInfo::return_tokens(more),
        }
    }
}
