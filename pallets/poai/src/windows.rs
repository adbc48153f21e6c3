//! Challenge windows: from the attestation to the job's end, and the pruning of what is left of it.
//!
//! Each open window has one place in a queue ordered by block and job. Blocks look at the windows that are due, oldest
//! first: before any transaction as many as fit [`Config::ServiceBudget`], which is at least one (`integrity_test`), and
//! at their end as many as fit what transactions left over. The rest keeps its place. So with `n` windows due and `k` that
//! fit the budget, all are looked at within ⌈n/k⌉ blocks, however full those are.

use crate::{types::*, Attestations, Config, Event, Expiries, HoldReason, Outputs, Pallet, Queue, WeightInfo, Windows};
use alloc::vec::Vec;
use frame_support::{
    storage::{with_storage_layer, IterableStorageMap},
    traits::{fungible::MutateHold, tokens::Precision, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::JobId;
use hanzo_traits::{FailureReason, JobRegistry};
use sp_runtime::{
    traits::{One, Saturating, UniqueSaturatedInto},
    DispatchError, DispatchResult,
};

/// Most entries of a queue that one block works through, whatever they weigh.
pub(crate) const MAX_STEPS: u64 = 1_024;

/// Where a job that is due `at` stands in a queue.
pub(crate) fn queue_key<N: UniqueSaturatedInto<u64>>(at: N, job: JobId) -> QueueKey {
    let at: u64 = at.unique_saturated_into();
    (u128::from(at) << 64 | u128::from(job)).to_be_bytes()
}

/// Block and job of a place in a queue.
pub(crate) fn parse_key(key: QueueKey) -> (u64, JobId) {
    let key = u128::from_be_bytes(key);
    let low = |half: u128| UniqueSaturatedInto::<u64>::unique_saturated_into(half & u128::from(u64::MAX));
    (low(key >> 64), low(key))
}

/// The first `most` entries of a queue that are due at block `now`.
fn due<Queue: IterableStorageMap<QueueKey, ()>>(now: u64, most: u64) -> Vec<(QueueKey, JobId)> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Queue::iter_keys()
        .take(most)
        .map(|key| (key, parse_key(key)))
        .take_while(|(_, (at, _))| *at <= now)
        .map(|(key, (_, job))| (key, job))
        .collect()
}

/// How many steps of weight `each` fit a budget after `base`.
fn steps(budget: Weight, base: Weight, each: Weight) -> u64 {
    budget.saturating_sub(base).checked_div_per_component(&each).unwrap_or(MAX_STEPS).min(MAX_STEPS)
}

impl<T: Config> Pallet<T> {
    /// Gives a job its place in the queue of windows.
    pub(crate) fn enqueue(job: JobId, at: BlockNumberFor<T>) {
        Queue::<T>::insert(queue_key(at, job), ());
    }

    /// Moves a window to another place in the queue and stores it.
    pub(crate) fn reschedule(job: JobId, window: &mut Window<T::AccountId, BlockNumberFor<T>>, due: BlockNumberFor<T>) {
        Queue::<T>::remove(queue_key(window.due, job));
        window.due = due;
        Self::enqueue(job, due);
        Windows::<T>::insert(job, &*window);
    }

    /// Most weight that looking at one window takes.
    pub(crate) fn step_weight() -> Weight {
        T::WeightInfo::close_window().max(T::WeightInfo::defer_window()).saturating_add(T::SettleWeight::get())
    }

    /// Ends the jobs whose windows are due: as many as fit `limit`, oldest first. Returns the weight taken, never above it.
    pub(crate) fn close_due_windows(now: BlockNumberFor<T>, limit: Weight) -> Weight {
        let (base, each) = (T::WeightInfo::service_queue(), Self::step_weight());
        if !base.saturating_add(each).all_lte(limit) {
            return Weight::zero();
        }
        let mut weight = base;
        for (key, job) in due::<Queue<T>>(now.unique_saturated_into(), steps(limit, base, each)) {
            weight.saturating_accrue(each);
            Self::close_window(key, job, now);
        }
        weight
    }

    fn close_window(key: QueueKey, job: JobId, now: BlockNumberFor<T>) {
        let Some(window) = Windows::<T>::get(job) else {
            // No entry stands without its window (`do_try_state`); one that did would block the queue for ever.
            Queue::<T>::remove(key);
            return;
        };
        // A demand that is still open when the window is looked at has run out: `due` is the block after its last.
        let failure = matches!(window.delivery, Delivery::Demanded { .. }).then_some(FailureReason::OutputWithheld);
        let ended = with_storage_layer(|| {
            match failure {
                Some(reason) => T::Jobs::fail(job, reason)?,
                None => T::Jobs::settle(job)?,
            }
            Self::conclude(job, &window, failure, now)
        });
        if let Err(error) = ended {
            Self::defer(job, window, now, error);
        }
    }

    /// The job is final: gives the bond of an open demand back, drops the window and starts the retention.
    pub(crate) fn conclude(
        job: JobId,
        window: &Window<T::AccountId, BlockNumberFor<T>>,
        failure: Option<FailureReason>,
        now: BlockNumberFor<T>,
    ) -> DispatchResult {
        if let Delivery::Demanded { client, bond, .. } = &window.delivery {
            T::Currency::release(&HoldReason::DeliveryBond.into(), client, *bond, Precision::Exact)?;
        }
        Queue::<T>::remove(queue_key(window.due, job));
        Windows::<T>::remove(job);
        Expiries::<T>::insert(queue_key(now.saturating_add(T::AttestationRetention::get()), job), ());
        Self::deposit_event(Event::WindowClosed {
            job,
            worker: window.worker.clone(),
            failure,
            attempts: window.attempts,
        });
        Ok(())
    }

    /// The job could not be ended: tries again after 2, 4, 8, … blocks, at most `MaxBackoff`.
    pub(crate) fn defer(
        job: JobId,
        mut window: Window<T::AccountId, BlockNumberFor<T>>,
        now: BlockNumberFor<T>,
        error: DispatchError,
    ) {
        window.attempts = window.attempts.saturating_add(1);
        let backoff: BlockNumberFor<T> = 1u32.checked_shl(window.attempts).unwrap_or(u32::MAX).into();
        let backoff = backoff.min(T::MaxBackoff::get()).max(One::one());
        let retry_at = now.saturating_add(backoff);
        Self::reschedule(job, &mut window, retry_at);
        Self::deposit_event(Event::WindowDeferred { job, attempts: window.attempts, retry_at, error });
    }

    /// Drops attestations and outputs whose retention is over, as many as fit `limit`. Returns the weight taken,
    /// never above it.
    pub(crate) fn prune(now: BlockNumberFor<T>, limit: Weight) -> Weight {
        let (base, each) = (T::WeightInfo::service_queue(), T::WeightInfo::prune());
        if !base.all_lte(limit) {
            return Weight::zero();
        }
        let mut weight = base;
        for (key, job) in due::<Expiries<T>>(now.unique_saturated_into(), steps(limit, base, each)) {
            weight.saturating_accrue(each);
            Self::prune_one(key, job);
        }
        weight
    }

    pub(crate) fn prune_one(key: QueueKey, job: JobId) {
        Expiries::<T>::remove(key);
        Attestations::<T>::remove(job);
        Outputs::<T>::remove(job);
        Self::deposit_event(Event::AttestationPruned { job });
    }
}
