//! Settlement: tokens to the worker for what was used, the rest to the client; either sold within bounds where asked.

use crate::{
    bonds::worth,
    pallet::*,
    types::{pools_of, Payout},
};
use alloc::vec::Vec;
use frame_support::{ensure, storage::with_storage_layer};
use hanzo_poai::{parts, JobStatus, Parts, Resources};
use hanzo_traits::{Balance, ComputeMarket, JobId, PoolId};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, DispatchResult, Rounding};

/// Least average price of a sale at settlement, in percent of the hour's mean.
const LEAST_PRICE_PERCENT: u128 = 99;

impl<T: Config> Pallet<T> {
    /// Pays for an attested job, with a bonus if it `earns` one. A market that refuses a sale never stops it: what is not sold is
    /// paid as tokens.
    pub(crate) fn do_settle(id: JobId, earns: bool) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        ensure!(job.status == JobStatus::Attested, Error::<T>::NotAttested);
        let worker = job.assignment.as_ref().ok_or(Error::<T>::NotAttested)?.worker.clone();
        let sell_earned = Workers::<T>::get(&worker).is_some_and(|record| record.sell_earned);

        let used = Self::usage(&job);
        let unused = job.escrow.checked_sub(&used).ok_or(Error::<T>::Overflow)?;
        let (used_parts, unused_parts) = Self::divide(&job, &used)?;
        let (used_pools, unused_pools) =
            (Self::pools_of(&job, &used, &used_parts)?, Self::pools_of(&job, &unused, &unused_parts)?);
        let earned = Payout { due: used, parts: used_parts, ..Self::pay_out(&worker, &used_pools, sell_earned)? };
        let returned =
            Payout { due: unused, parts: unused_parts, ..Self::pay_out(&job.client, &unused_pools, job.sell_unused)? };
        if earns {
            Self::pay_bonus(id, &job, &worker, &used_pools);
        }
        let client = job.client.clone();
        Self::finish(id, job, JobStatus::Settled)?;
        Self::deposit_event(Event::JobSettled { job: id, worker, client, earned, returned });
        Ok(())
    }

    /// What the attested counts take by the profile the job was paid by, at most the escrow; all of the escrow for a
    /// model without a profile.
    fn usage(job: &JobOf<T>) -> Resources {
        let by_profile = job.profile.and_then(|profile| profile.usage(job.prompt_tokens, job.output_tokens));
        by_profile.map_or(job.escrow, |usage| usage.min(&job.escrow))
    }

    /// What of `used` is of each other tier, and of what is not used: pro rata in each class.
    fn divide(job: &JobOf<T>, used: &Resources) -> Result<(Parts, Parts), DispatchError> {
        let used = parts::divide(used, &job.escrow, &job.parts).ok_or(Error::<T>::Overflow)?;
        let mut unused = job.parts.clone();
        for (part, used) in unused.iter_mut().zip(&used) {
            part.resources = part.resources.checked_sub(&used.resources).ok_or(Error::<T>::Overflow)?;
        }
        Ok((used, unused))
    }

    /// Pools of an amount of a job's, of which `parts` are of other tiers than the job's.
    pub(crate) fn pools_of(
        job: &JobOf<T>,
        amount: &Resources,
        parts: &Parts,
    ) -> Result<Vec<(PoolId, Balance)>, DispatchError> {
        pools_of(job.tier, amount, parts).ok_or_else(|| Error::<T>::Overflow.into())
    }

    /// Sells what is due where its owner wants that, pool by pool, and pays as tokens what is not sold. What was sold and for
    /// how much is in the answer.
    fn pay_out(owner: &T::AccountId, due: &[(PoolId, Balance)], sell: bool) -> Result<Payout, DispatchError> {
        let mut payout = Payout::default();
        let escrow = Self::escrow_account();
        let mut tokens = Vec::new();
        for (pool, amount) in due.iter().copied() {
            match sell.then(|| Self::try_sell(owner, pool, amount)) {
                Some(Ok(credits)) => {
                    payout.credits = payout.credits.checked_add(credits).ok_or(Error::<T>::Overflow)?;
                    let sold = payout.sold.get(pool.class).checked_add(amount).ok_or(Error::<T>::Overflow)?;
                    payout.sold.set(pool.class, sold);
                }
                _ => tokens.push((pool, amount)),
            }
        }
        tokens.into_iter().try_for_each(|(pool, amount)| Self::move_tokens(pool, &escrow, owner, amount))?;
        Ok(payout)
    }

    /// Sells out of the escrow for an account, all of the amount or, changing nothing, not at all.
    fn try_sell(owner: &T::AccountId, pool: PoolId, amount: Balance) -> Result<Balance, DispatchError> {
        with_storage_layer(|| {
            let mean = worth(amount, T::Market::prices(pool)?.twap_hour, Rounding::Up).ok_or(Error::<T>::Overflow)?;
            let least = multiply_by_rational_with_rounding(mean, LEAST_PRICE_PERCENT, 100, Rounding::Up)
                .ok_or(Error::<T>::Overflow)?;
            Ok(T::Market::sell(owner, &Self::escrow_account(), pool, amount, least)?.theta)
        })
    }
}
