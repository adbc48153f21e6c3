//! Joining, leaving, changing, and the dense index that lists workers.

use crate::{
    pallet::*,
    types::{Models, Offer, TierRule, Worker},
};
use frame_support::{
    ensure,
    traits::{fungible::hold::Mutate as _, tokens::Precision, Contains, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_traits::{Balance, QualityOracle, SessionKey, TeeRegistry, Tier};
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// A change that the worker itself makes to what draws look at: those already under way pass it over from now on, so
    /// that nobody can shape a draw whose randomness it knows.
    pub(crate) fn with_own_change<R>(
        worker: &T::AccountId,
        change: impl FnOnce(&mut WorkerOf<T>) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        Self::with_worker(worker, |record| {
            record.changed_at = frame_system::Pallet::<T>::block_number();
            change(record)
        })
    }

    /// Changes a worker's record, notes whether it is idle now, and has its lot follow.
    pub(crate) fn with_worker<R>(
        worker: &T::AccountId,
        change: impl FnOnce(&mut WorkerOf<T>) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        Workers::<T>::try_mutate(worker, |slot| {
            let record = slot.as_mut().ok_or(Error::<T>::NotRegistered)?;
            let lot = Self::lot_of(record);
            let out = change(record)?;
            if Self::lot_of(record) != lot && !record.lot_queued {
                record.lot_queued = true;
                Self::queue_lot(worker);
            }
            if !record.is_idle() {
                record.idle_since = None;
            } else if record.idle_since.is_none() {
                record.idle_since = Some(frame_system::Pallet::<T>::block_number());
            }
            Ok(out)
        })
    }

    pub(crate) fn do_register(
        worker: &T::AccountId,
        offer: Offer,
        session_key: SessionKey,
        bond: Balance,
    ) -> DispatchResult {
        ensure!(!Workers::<T>::contains_key(worker), Error::<T>::AlreadyRegistered);
        ensure!(!T::Verifiers::contains(worker), Error::<T>::IsVerifier);
        ensure!(bond >= T::MinWorkerBond::get(), Error::<T>::BondTooSmall);
        ensure!(!KeyOwner::<T>::contains_key(session_key), Error::<T>::SessionKeyTaken);
        ensure!(!offer.units.is_zero(), Error::<T>::NothingOffered);
        for (place, tier) in offer.tiers.iter().enumerate() {
            ensure!(*tier == 0 || Tiers::<T>::contains_key(tier), Error::<T>::UnknownTier);
            ensure!(!offer.tiers.iter().take(place).any(|other| other == tier), Error::<T>::DuplicateTier);
        }
        T::Currency::hold(&HoldReason::WorkerBond.into(), worker, bond)?;

        let units = offer.units;
        let now = frame_system::Pallet::<T>::block_number();
        let slot = Self::take_slot(worker)?;
        Self::queue_lot(worker);
        let position = Workers::<T>::count();
        WorkerIndex::<T>::insert(position, worker);
        WorkerPosition::<T>::insert(worker, position);
        KeyOwner::<T>::insert(session_key, worker);
        Workers::<T>::insert(
            worker,
            Worker {
                offer,
                models: Default::default(),
                session_key,
                bond,
                frozen: 0,
                slashed: 0,
                obligations: Default::default(),
                open_value: 0,
                open_jobs: 0,
                attested_jobs: 0,
                missed: 0,
                missed_in_row: 0,
                accepting: true,
                sell_earned: false,
                leaving_since: None,
                idle_since: Some(now),
                changed_at: now,
                slot,
                lot_queued: true,
                seen_at: now,
                silent: false,
                sla: Default::default(),
            },
        );
        Self::deposit_event(Event::WorkerRegistered { worker: worker.clone(), bond, units });
        Ok(())
    }

    pub(crate) fn replace_key(worker: &T::AccountId, key: SessionKey) -> DispatchResult {
        ensure!(!KeyOwner::<T>::contains_key(key), Error::<T>::SessionKeyTaken);
        let old = Self::with_own_change(worker, |record| Ok(core::mem::replace(&mut record.session_key, key)))?;
        KeyOwner::<T>::remove(old);
        KeyOwner::<T>::insert(key, worker);
        Ok(())
    }

    pub(crate) fn put_models(worker: &T::AccountId, models: Models) -> DispatchResult {
        for (place, model) in models.iter().enumerate() {
            ensure!(!models.iter().take(place).any(|other| other == model), Error::<T>::DuplicateModel);
        }
        Self::with_own_change(worker, |record| {
            record.models = models.clone();
            Ok(())
        })?;
        Self::deposit_event(Event::ModelsSet { worker: worker.clone(), models });
        Ok(())
    }

    pub(crate) fn do_bond_more(worker: &T::AccountId, amount: Balance) -> DispatchResult {
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        let bond = Self::with_own_change(worker, |record| {
            record.bond = record.bond.checked_add(amount).ok_or(Error::<T>::Overflow)?;
            Ok(record.bond)
        })?;
        T::Currency::hold(&HoldReason::WorkerBond.into(), worker, amount)?;
        Self::deposit_event(Event::BondIncreased { worker: worker.clone(), added: amount, bond });
        Ok(())
    }

    pub(crate) fn do_deregister(worker: T::AccountId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let record = Self::with_own_change(&worker, |record| {
            ensure!(record.leaving_since.is_none(), Error::<T>::Leaving);
            record.leaving_since = Some(now);
            record.accepting = false;
            Ok(record.clone())
        })?;
        Self::deposit_event(Event::WorkerLeaving { worker: worker.clone() });
        if !record.obligations.is_empty() {
            Self::start_call(&worker, &record);
        }
        Ok(())
    }

    pub(crate) fn do_withdraw(worker: &T::AccountId) -> DispatchResult {
        let record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
        let leaving_since = record.leaving_since.ok_or(Error::<T>::NotLeaving)?;
        ensure!(record.is_idle(), Error::<T>::StillBound);
        let idle_since = record.idle_since.ok_or(Error::<T>::StillBound)?;
        let free_at = leaving_since.max(idle_since).saturating_add(T::UnbondingPeriod::get());
        ensure!(frame_system::Pallet::<T>::block_number() >= free_at, Error::<T>::Unbonding);

        let bond = T::Currency::release(&HoldReason::WorkerBond.into(), worker, record.bond, Precision::Exact)?;
        Workers::<T>::remove(worker);
        WorkerJobs::<T>::remove(worker);
        MarginCalls::<T>::remove(worker);
        KeyOwner::<T>::remove(record.session_key);
        Self::free_slot(record.slot);
        Self::leave_index(worker);
        T::Quality::forget(worker);
        Self::deposit_event(Event::WorkerLeft { worker: worker.clone(), bond });
        Ok(())
    }

    /// Closes the gap a worker leaves with the last one; `Workers` no longer counts it.
    fn leave_index(worker: &T::AccountId) {
        let Some(position) = WorkerPosition::<T>::take(worker) else { return };
        let last = Workers::<T>::count();
        let moved = WorkerIndex::<T>::take(last);
        if position != last {
            if let Some(moved) = moved {
                WorkerPosition::<T>::insert(&moved, position);
                WorkerIndex::<T>::insert(position, moved);
            }
        }
    }

    /// The rule of a tier; tier 0 asks for nothing.
    pub(crate) fn tier_rule(tier: Tier) -> Result<TierRule, DispatchError> {
        if tier == 0 {
            return Ok(TierRule::default());
        }
        Tiers::<T>::get(tier).ok_or_else(|| Error::<T>::UnknownTier.into())
    }

    /// Whether a worker may mint in, and be drawn for, a tier with this rule.
    pub(crate) fn qualifies(
        worker: &T::AccountId,
        record: &Worker<BlockNumberFor<T>>,
        tier: Tier,
        rule: &TierRule,
    ) -> bool {
        let listed = tier == 0 || record.offer.tiers.contains(&tier);
        let in_region = rule.regions == 0 || record.offer.regions & rule.regions != 0;
        listed && in_region && (!rule.tee || Self::has_tee(worker, record))
    }

    /// Whether a worker's session key lives in a trusted execution environment, now.
    pub(crate) fn has_tee(worker: &T::AccountId, record: &Worker<BlockNumberFor<T>>) -> bool {
        T::Tees::is_bound(worker, &record.session_key).is_some()
    }
}
