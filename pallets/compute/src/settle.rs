//! Settlement: tokens to the worker for what was used, the rest to the client; either sold within bounds where asked.

use crate::{bonds::worth, pallet::*, types::Payout};
use frame_support::{ensure, storage::with_storage_layer};
use hanzo_poai::{JobStatus, Resources};
use hanzo_traits::{Balance, ComputeMarket, JobId, PoolId, Tier};
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
        let earned = Self::pay_out(&worker, job.tier, used, sell_earned)?;
        let returned = Self::pay_out(&job.client, job.tier, unused, job.sell_unused)?;
        if earns {
            Self::pay_bonus(id, &job, &worker, &used);
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

    fn pay_out(owner: &T::AccountId, tier: Tier, due: Resources, sell: bool) -> Result<Payout, DispatchError> {
        let mut payout = Payout { due, ..Default::default() };
        let mut tokens = due;
        for (class, amount) in due.iter().filter(|(_, amount)| sell && *amount > 0) {
            if let Ok(credits) = Self::try_sell(owner, PoolId { class, tier }, amount) {
                payout.credits = payout.credits.checked_add(credits).ok_or(Error::<T>::Overflow)?;
                payout.sold.set(class, amount);
                tokens.set(class, 0);
            }
        }
        Self::pay_tokens(tier, owner, &tokens)?;
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
