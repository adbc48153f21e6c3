//! What verified jobs earn their workers beside their tokens, out of the workers' share of emission (docs/jobs.md, "The bonus").

use crate::{
    bonds::worth,
    pallet::*,
    types::{BonusEpoch, BonusParameters},
};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{
        fungible::{Inspect as _, Mutate as _},
        tokens::{Fortitude, Preservation},
        Get,
    },
};
use hanzo_poai::bonus;
use hanzo_traits::{Balance, ComputeMarket, JobId, PoolId};
use sp_runtime::{
    traits::{CheckedDiv, UniqueSaturatedInto},
    DispatchError, DispatchResult, Rounding,
};

impl<T: Config> Pallet<T> {
    /// Pays a settled job's bonus, if it earns one. Nothing that is in its way stops the settlement.
    pub(crate) fn pay_bonus(id: JobId, job: &JobOf<T>, worker: &T::AccountId, used: &[(PoolId, Balance)]) {
        if !Self::counts(job) || job.lost_fees == 0 {
            return;
        }
        // All is taken back where the money cannot be moved.
        let _ = with_storage_layer(|| Self::try_pay_bonus(id, job, worker, used));
    }

    fn try_pay_bonus(id: JobId, job: &JobOf<T>, worker: &T::AccountId, used: &[(PoolId, Balance)]) -> DispatchResult {
        let parameters = Bonus::<T>::get();
        let mut epoch = Self::bonus_epoch(&parameters);
        let left = epoch.budget.saturating_sub(epoch.paid);
        let cost = Self::cost_of(used)?;
        let amount = bonus::Terms { value: job.value, lost_fees: job.lost_fees, cost }.bonus(parameters.rate_ppb, left);
        if amount == 0 {
            return Ok(());
        }
        T::Currency::transfer(&T::RewardsPot::get(), worker, amount, Preservation::Preserve)?;
        epoch.paid = epoch.paid.checked_add(amount).ok_or(Error::<T>::Overflow)?;
        BonusEpochs::<T>::put(epoch);
        Self::deposit_event(Event::BonusPaid { job: id, worker: worker.clone(), amount });
        Ok(())
    }

    /// The epoch of this block. Where it has paid nothing yet it begins now, with what the pot holds; what the one before did
    /// not pay is part of that.
    pub(crate) fn bonus_epoch(parameters: &BonusParameters) -> BonusEpoch {
        let now = frame_system::Pallet::<T>::block_number();
        let number = now.checked_div(&T::BonusEpochBlocks::get()).unwrap_or_default().unique_saturated_into();
        let epoch = BonusEpochs::<T>::get();
        if epoch.number == number && epoch.paid > 0 {
            return epoch;
        }
        let share = Self::rewards_left();
        BonusEpoch { number, share, budget: bonus::budget(share, parameters.part_ppb), paid: 0 }
    }

    /// What the pot can pay, wei.
    pub(crate) fn rewards_left() -> Balance {
        T::Currency::reducible_balance(&T::RewardsPot::get(), Preservation::Preserve, Fortitude::Polite)
    }

    /// What metered work is worth at the hour's mean prices, wei, rounded up.
    fn cost_of(used: &[(PoolId, Balance)]) -> Result<Balance, DispatchError> {
        used.iter().try_fold(0, |sum: Balance, (pool, amount)| {
            let mean = T::Market::prices(*pool)?.twap_hour;
            let cost = worth(*amount, mean, Rounding::Up).ok_or(Error::<T>::Overflow)?;
            sum.checked_add(cost).ok_or_else(|| Error::<T>::Overflow.into())
        })
    }

    pub(crate) fn do_set_bonus(parameters: BonusParameters) -> DispatchResult {
        let in_range = parameters.rate_ppb <= bonus::MAX_RATE && parameters.part_ppb <= bonus::MAX_PART;
        ensure!(in_range, Error::<T>::BonusOutOfRange);
        Bonus::<T>::put(parameters);
        Self::deposit_event(Event::BonusSet { parameters });
        Ok(())
    }
}
