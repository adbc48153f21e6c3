//! Quality of a worker: one number that moves towards what its jobs showed (docs/jobs.md).

use crate::{Config, Event, Pallet, Quality};
use hanzo_poai::JobId;
use hanzo_traits::{Balance, QualityOracle};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, traits::Get, Rounding};

/// One, in parts per billion.
pub const ONE: u32 = 1_000_000_000;

/// Quality of a worker nothing is known of.
pub const INITIAL: u32 = 500_000_000;

/// How many jobs of full weight it takes to move by the whole gap: the inverse of the rate 0.1.
const STEPS: Balance = 10;

/// ⌊q + 0.1 · min(1, V/V_ref) · (q̂ − q)⌋ with `q` and `target` (q̂) in parts per billion, `value` (V) and `reference`
/// (V_ref) in wei.
///
/// Exact but for the last step: the new value is rounded down, so a falling quality reaches zero and rounding never
/// favours the worker. Stays between `q` and `target`. A zero `reference` moves nothing.
pub fn updated(q: u32, target: u32, value: Balance, reference: Balance) -> u32 {
    let weight = value.min(reference);
    let whole = reference.saturating_mul(STEPS);
    let gap = q.abs_diff(target);
    let rounding = if target < q { Rounding::Up } else { Rounding::Down };
    let step = multiply_by_rational_with_rounding(gap.into(), weight, whole, rounding)
        .and_then(|step| u32::try_from(step).ok())
        .map_or(0, |step| step.min(gap));
    if target < q {
        q.saturating_sub(step)
    } else {
        q.saturating_add(step)
    }
}

impl<T: Config> Pallet<T> {
    /// A committee upheld a job of `value` wei: q̂ = 1.
    pub(crate) fn raise_quality(worker: &T::AccountId, job: JobId, value: Balance) {
        let before = Self::quality(worker);
        Self::move_quality(worker, ONE, value);
        Self::trace_quality(worker, job, before);
    }

    /// Notes what a verdict on a job has done to its worker's quality, which was `before`.
    pub(crate) fn trace_quality(worker: &T::AccountId, job: JobId, before: u32) {
        let after = Self::quality(worker);
        if after != before {
            Self::trace(job, |trace| trace.quality = Some((before, after)));
        }
    }

    /// Takes back what the verdict on a canary did to its worker's quality, `from` ppb before and `to` after it. Jobs that moved it
    /// since keep what they did: several canaries come out even, in whatever order they are revealed.
    pub(crate) fn restore_quality(worker: &T::AccountId, (from, to): (u32, u32)) {
        let before = Self::quality(worker);
        let after = before.saturating_add(from.saturating_sub(to)).saturating_sub(to.saturating_sub(from)).min(ONE);
        if after != before {
            Quality::<T>::insert(worker, after);
            Self::deposit_event(Event::QualityRestored { worker: worker.clone(), before, after });
        }
    }

    /// Moves a worker's quality towards `target` (ppb) by a job of `value` wei.
    fn move_quality(worker: &T::AccountId, target: u32, value: Balance) {
        let before = Self::quality(worker);
        let after = updated(before, target, value, T::ReferenceValue::get());
        if after != before {
            Quality::<T>::insert(worker, after);
            Self::deposit_event(Event::QualityChanged { worker: worker.clone(), before, after, value });
        }
    }
}

impl<T: Config> QualityOracle<T::AccountId> for Pallet<T> {
    fn quality(worker: &T::AccountId) -> u32 {
        Quality::<T>::get(worker)
    }

    fn note_failure(worker: &T::AccountId, value: Balance) {
        Self::move_quality(worker, 0, value);
    }

    fn forget(worker: &T::AccountId) {
        if let Ok(quality) = Quality::<T>::try_get(worker) {
            Quality::<T>::remove(worker);
            Self::deposit_event(Event::QualityForgotten { worker: worker.clone(), quality });
        }
    }
}
