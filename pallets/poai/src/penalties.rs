//! What a fraud costs: part of a bond, frozen at once and taken after a delay in which it can be cancelled, and a time in which
//! the account is let near no job.

use crate::{
    types::*,
    windows::{parse_key, queue_key},
    Config, Error, Event, Frauds, NextSlash, Pallet, Settings, SlashQueue, Slashes, WeightInfo,
};
use frame_support::{
    ensure,
    storage::with_storage_layer,
    traits::{Contains, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::JobId;
use hanzo_traits::{Balance, WorkerRegistry};
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding,
    traits::{Saturating, UniqueSaturatedInto, Zero},
    DispatchError, DispatchResult, Rounding,
};

/// Part of a worker's bond that a forged attestation costs: one half.
pub(crate) const FORGERY_PPB: u32 = 500_000_000;
/// Part of a verifier's bond that a false verdict costs: a tenth.
pub(crate) const FALSE_VERDICT_PPB: u32 = 100_000_000;
/// Part of a verifier's bond that silence in a committee costs: a hundredth.
pub(crate) const SILENCE_PPB: u32 = 10_000_000;
/// Days of denial after the first, second and third fraud within [`MEMORY_DAYS`].
const DENIAL_DAYS: [u32; 3] = [1, 7, 30];
/// Days for which a fraud counts.
const MEMORY_DAYS: u32 = 90;
/// Blocks until a slash that could not be taken is tried again.
const RETRY: u32 = 10;

impl<T: Config> Pallet<T> {
    /// ⌊amount · part⌋ with `part_ppb` in parts per billion.
    pub(crate) fn part_of(amount: Balance, part_ppb: u32) -> Result<Balance, DispatchError> {
        multiply_by_rational_with_rounding(amount, part_ppb.into(), crate::quality::ONE.into(), Rounding::Down)
            .ok_or_else(|| Error::<T>::Overflow.into())
    }

    /// A worker's forgery is found: freezes half of its bond, if slashing is on, and denies it work for a time. `reward` is who
    /// proved it by a challenge, and the most that is worth, wei: paid of the slash when it is taken, at most half of it.
    pub(crate) fn punish_forgery(
        worker: &T::AccountId,
        job: JobId,
        reward: Option<(T::AccountId, Balance)>,
    ) -> DispatchResult {
        Self::note_fraud(worker);
        if !Settings::<T>::get().slashing {
            return Ok(());
        }
        let amount = T::Workers::freeze_bond(worker, FORGERY_PPB)?;
        let bounty = reward.map(|(who, most)| (who, most.min(amount.div_euclid(2))));
        let slash = Self::record_slash(worker, Offence::Forgery, job, amount, bounty);
        Self::trace(job, |trace| trace.forgery = slash);
        Ok(())
    }

    /// A verifier's verdict is proven false by seven replays: freezes a tenth of its bond, if slashing is on.
    pub(crate) fn punish_false_verdict(verifier: &T::AccountId, job: JobId) -> DispatchResult {
        if !Settings::<T>::get().slashing {
            return Ok(());
        }
        let amount = Self::freeze_verifier(verifier, FALSE_VERDICT_PPB)?;
        if let Some(slash) = Self::record_slash(verifier, Offence::FalseVerdict, job, amount, None) {
            Self::trace(job, |trace| {
                // There is room for two of seven and the three before.
                let _ = trace.punished.try_push((verifier.clone(), slash));
            });
        }
        Ok(())
    }

    /// A verifier found a canary good: freezes a tenth of its bond, if slashing is on. Whether anything was frozen.
    pub(crate) fn punish_missed_canary(verifier: &T::AccountId, job: JobId) -> Result<bool, DispatchError> {
        if !Settings::<T>::get().slashing {
            return Ok(false);
        }
        let amount = Self::freeze_verifier(verifier, FALSE_VERDICT_PPB)?;
        Ok(Self::record_slash(verifier, Offence::MissedCanary, job, amount, None).is_some())
    }

    /// Stores a slash of what was just frozen and gives it its place in the queue; none of nothing.
    fn record_slash(
        offender: &T::AccountId,
        offence: Offence,
        job: JobId,
        amount: Balance,
        bounty: Option<(T::AccountId, Balance)>,
    ) -> Option<SlashId> {
        if amount == 0 {
            return None;
        }
        let id = NextSlash::<T>::mutate(|next| {
            let id = *next;
            *next = next.saturating_add(1);
            id
        });
        let found_at = frame_system::Pallet::<T>::block_number();
        let applies_at = found_at.saturating_add(T::SlashDelay::get());
        SlashQueue::<T>::insert(queue_key(applies_at, id), ());
        let offender = offender.clone();
        Self::deposit_event(Event::SlashFrozen {
            slash: id,
            offender: offender.clone(),
            offence,
            job,
            amount,
            applies_at,
        });
        Slashes::<T>::insert(id, FrozenSlash { offender, offence, job, amount, bounty, found_at, applies_at });
        Some(id)
    }

    /// Takes the slashes whose time has come, as far as `limit` allows; returns the weight, never above it.
    pub(crate) fn apply_due_slashes(now: BlockNumberFor<T>, limit: Weight) -> Weight {
        let (look, each) = (T::WeightInfo::service_queue(), T::WeightInfo::apply_slash());
        let mut weight = look;
        if weight.any_gt(limit) {
            return Weight::zero();
        }
        let now_number: u64 = now.unique_saturated_into();
        // One walk: a new one for each would begin by stepping over all that were taken before. What is put off meanwhile comes
        // behind everything that is due.
        for key in SlashQueue::<T>::iter_keys() {
            let (at, id) = parse_key(key);
            let spent = weight.saturating_add(each).saturating_add(look);
            if at > now_number || spent.any_gt(limit) {
                break;
            }
            weight = spent;
            Self::apply_slash(key, id, now);
        }
        weight
    }

    pub(crate) fn apply_slash(key: QueueKey, id: SlashId, now: BlockNumberFor<T>) {
        SlashQueue::<T>::remove(key);
        let Some(slash) = Slashes::<T>::get(id) else { return };
        let taken = with_storage_layer(|| match slash.offence {
            Offence::Forgery => T::Workers::slash_frozen(&slash.offender, slash.amount, slash.bounty.clone()),
            Offence::FalseVerdict | Offence::MissedCanary => {
                Self::end_verifier_freeze(&slash.offender, slash.amount, true)
            }
        });
        match taken {
            Ok(()) => {
                Slashes::<T>::remove(id);
                let FrozenSlash { offender, amount, bounty, .. } = slash;
                Self::deposit_event(Event::SlashTaken { slash: id, offender, amount, bounty });
            }
            // Frozen bonds cannot leave, so this does not happen; if it did, nothing may be lost.
            Err(error) => {
                let retry_at = now.saturating_add(RETRY.into());
                SlashQueue::<T>::insert(queue_key(retry_at, id), ());
                Slashes::<T>::insert(id, FrozenSlash { applies_at: retry_at, ..slash });
                Self::deposit_event(Event::SlashDeferred { slash: id, retry_at, error });
            }
        }
    }

    pub(crate) fn do_cancel_slash(id: SlashId) -> DispatchResult {
        let slash = Slashes::<T>::take(id).ok_or(Error::<T>::UnknownSlash)?;
        SlashQueue::<T>::remove(queue_key(slash.applies_at, id));
        match slash.offence {
            Offence::Forgery => {
                T::Workers::thaw_bond(&slash.offender, slash.amount)?;
                Self::forgive_fraud(&slash.offender, slash.found_at);
            }
            Offence::FalseVerdict | Offence::MissedCanary => {
                Self::end_verifier_freeze(&slash.offender, slash.amount, false)?
            }
        }
        Self::deposit_event(Event::SlashCancelled { slash: id, offender: slash.offender, amount: slash.amount });
        Ok(())
    }

    /// Cancels a slash if it is not cancelled or taken.
    pub(crate) fn cancel_if_waiting(id: SlashId) -> DispatchResult {
        if Slashes::<T>::contains_key(id) {
            Self::do_cancel_slash(id)?;
        }
        Ok(())
    }

    /// Counts a fraud and starts the denial window that its number among those of the last 90 days calls for.
    fn note_fraud(who: &T::AccountId) {
        let now = frame_system::Pallet::<T>::block_number();
        let denied_until = Frauds::<T>::mutate(who, |slot| {
            let record = slot.get_or_insert_with(|| FraudRecord { found_at: Default::default(), denied_until: now });
            let forgotten = T::Day::get().saturating_mul(MEMORY_DAYS.into());
            record.found_at.retain(|at| at.saturating_add(forgotten) > now);
            if record.found_at.is_full() {
                record.found_at.remove(0);
            }
            // There is room: a full list has just lost its oldest.
            let _ = record.found_at.try_push(now);
            record.denied_until = record.denied_until.max(now.saturating_add(Self::denial(record.found_at.len())));
            record.denied_until
        });
        Self::deposit_event(Event::Denied { account: who.clone(), until: denied_until });
    }

    /// How long an account is denied work after its `count`-th fraud, blocks.
    fn denial(count: usize) -> BlockNumberFor<T> {
        let days = DENIAL_DAYS.get(count.saturating_sub(1)).or(DENIAL_DAYS.last()).copied().unwrap_or_default();
        T::Day::get().saturating_mul(days.into())
    }

    /// A fraud turned out to be none: it no longer counts, and the denial ends where the others leave it.
    pub(crate) fn forgive_fraud(who: &T::AccountId, found_at: BlockNumberFor<T>) {
        Frauds::<T>::mutate_exists(who, |slot| {
            let Some(record) = slot else { return };
            if let Some(place) = record.found_at.iter().position(|at| *at == found_at) {
                record.found_at.remove(place);
            }
            let ends = (1usize..).zip(&record.found_at).map(|(count, at)| at.saturating_add(Self::denial(count)));
            record.denied_until = ends.max().unwrap_or_default();
            if record.found_at.is_empty() {
                *slot = None;
            }
        });
    }

    pub(crate) fn do_set_parameters(parameters: Parameters) -> DispatchResult {
        let sound = (MIN_AUDIT_RATE..=crate::quality::ONE).contains(&parameters.audit_rate_ppb)
            && !parameters.min_verifier_bond.is_zero();
        ensure!(sound, Error::<T>::ParameterOutOfRange);
        Settings::<T>::put(parameters);
        Self::deposit_event(Event::ParametersSet { parameters });
        Ok(())
    }
}

/// Accounts in a denial window: no submissions, no assignments, no acceptance.
impl<T: Config> Contains<T::AccountId> for Pallet<T> {
    fn contains(who: &T::AccountId) -> bool {
        let now = frame_system::Pallet::<T>::block_number();
        Frauds::<T>::get(who).is_some_and(|record| record.denied_until > now)
    }
}
