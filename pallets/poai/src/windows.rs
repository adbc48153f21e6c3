//! Challenge windows: from the attestation to the job's end, and the pruning of what is left of it.
//!
//! Each open window has one place in a queue ordered by block and job, where it waits for whatever comes next: a step of
//! its review, the end of a delivery, the end of the job. Blocks look at the windows that are due, oldest
//! first, and take one step of each: before any transaction as many as fit [`Config::ServiceBudget`], which is at least one
//! (`integrity_test`), and at their end as many as fit what transactions left over. The rest keeps its place. So with `n`
//! windows due and `k` that fit the budget, all are looked at within ⌈n/k⌉ blocks, however full those are.
//!
//! Draws are made at the start of a block only. Later in it, whoever writes the block knows their outcome.

use crate::{
    types::*, Attestations, Config, Event, Expiries, HoldReason, Outputs, Pallet, Queue, Reviews, SealedOutputs,
    Settings, Traces, Verdicts, WeightInfo, Windows,
};
use alloc::vec::Vec;
use codec::FullCodec;
use frame_support::{
    storage::{with_storage_layer, IterableStorageMap},
    traits::{fungible::MutateHold, tokens::Precision, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
#[cfg(feature = "std")]
use hanzo_poai::parts::MAX_POOLS;
use hanzo_poai::JobId;
use hanzo_traits::{FailureReason, JobRegistry, QualityOracle};
use sp_runtime::{
    traits::{Convert, One, Saturating, UniqueSaturatedInto, Zero},
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
pub(crate) fn due<Value: FullCodec, Queue: IterableStorageMap<QueueKey, Value>>(
    now: u64,
    most: u64,
) -> Vec<(QueueKey, JobId)> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Queue::iter_keys()
        .take(most)
        .map(|key| (key, parse_key(key)))
        .take_while(|(_, (at, _))| *at <= now)
        .map(|(key, (_, job))| (key, job))
        .collect()
}

/// How many steps of weight `each` fit a budget after `base`.
pub(crate) fn steps(budget: Weight, base: Weight, each: Weight) -> u64 {
    budget.saturating_sub(base).checked_div_per_component(&each).unwrap_or(MAX_STEPS).min(MAX_STEPS)
}

/// What is done for a window that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A committee is drawn.
    Summon,
    /// A committee is drawn among those who can be sent a job's key.
    SummonSealed,
    /// The time to commit is over.
    OpenReveals,
    /// The time to reveal is over.
    CloseRound,
    /// Its review is lost.
    LoseReview,
    /// A demanded output did not come.
    Withhold,
    /// Nothing yet.
    Wait,
    /// The job ends, with tokens of so many pools in its escrow.
    End { pools: u32 },
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

    /// Moves a window to where the next thing happens to it, not before the next block, and stores it.
    pub(crate) fn reschedule_next(
        job: JobId,
        window: &mut Window<T::AccountId, BlockNumberFor<T>>,
        settles_at: BlockNumberFor<T>,
        now: BlockNumberFor<T>,
    ) {
        let due = Self::next_due(window, settles_at).max(now.saturating_add(One::one()));
        Self::reschedule(job, window, due);
    }

    /// Block in which the next thing happens to a window.
    pub(crate) fn next_due(
        window: &Window<T::AccountId, BlockNumberFor<T>>,
        settles_at: BlockNumberFor<T>,
    ) -> BlockNumberFor<T> {
        let delivery = match &window.delivery {
            Delivery::Demanded { by, .. } => Some(by.saturating_add(One::one())),
            _ => None,
        };
        match (window.standing.moves_at(), delivery) {
            (Some(review), Some(delivery)) => review.min(delivery),
            (Some(review), None) => review,
            (None, _) if window.standing == Standing::Condemned => Zero::zero(),
            (None, Some(delivery)) => delivery,
            (None, None) if window.delivery == Delivery::Withheld => Zero::zero(),
            (None, None) => settles_at,
        }
    }

    /// What there is to do for a window that is due.
    fn step_of(job: JobId, window: &Window<T::AccountId, BlockNumberFor<T>>, now: BlockNumberFor<T>) -> Step {
        match window.standing {
            Standing::InReview { at } if at <= now => {
                // No review stands without its record (`do_try_state`); one that did would block the queue for ever.
                let Some(review) = Reviews::<T>::get(job) else { return Step::LoseReview };
                match review.phase {
                    Phase::Summoning if Self::may_summon(job, &review, at, now) => {
                        return if Self::is_sealed(job) { Step::SummonSealed } else { Step::Summon };
                    }
                    Phase::Summoning => {}
                    Phase::Committing => return Step::OpenReveals,
                    Phase::Revealing => return Step::CloseRound,
                }
            }
            Standing::Condemned => return Self::end_of(job),
            _ => {}
        }
        let reviewed = window.standing.moves_at().is_some();
        match window.delivery {
            // The job ends with it, unless its review goes on.
            Delivery::Demanded { by, .. } if by < now && reviewed => Step::Withhold,
            Delivery::Demanded { by, .. } if by >= now => Step::Wait,
            _ if reviewed => Step::Wait,
            _ => Self::end_of(job),
        }
    }

    fn end_of(job: JobId) -> Step {
        Step::End { pools: T::Jobs::pools(job) }
    }

    /// Most weight of a step.
    fn weight_of(step: Step) -> Weight {
        match step {
            Step::LoseReview | Step::Wait => T::WeightInfo::wait(),
            Step::Summon => T::WeightInfo::summon_committee(),
            Step::SummonSealed => T::WeightInfo::summon_sealed_committee(),
            Step::OpenReveals => T::WeightInfo::open_reveals(),
            Step::CloseRound => T::WeightInfo::close_round(),
            Step::Withhold => T::WeightInfo::withhold_output(),
            Step::End { pools } => Self::end_weight(pools),
        }
    }

    /// Most weight that ending a job takes with tokens of so many pools in its escrow.
    pub(crate) fn end_weight(pools: u32) -> Weight {
        T::WeightInfo::close_window().max(T::WeightInfo::defer_window()).saturating_add(T::SettleWeight::convert(pools))
    }

    /// Most weight that any step takes, finding it included.
    #[cfg(feature = "std")]
    pub(crate) fn step_weight() -> Weight {
        let steps = [
            Step::Wait,
            Step::Summon,
            Step::SummonSealed,
            Step::OpenReveals,
            Step::CloseRound,
            Step::Withhold,
            Step::End { pools: MAX_POOLS },
        ];
        let most = steps.into_iter().fold(Weight::zero(), |most, step| most.max(Self::weight_of(step)));
        most.saturating_add(T::WeightInfo::service_queue())
    }

    /// Takes a step of each window that is due, as many as fit `limit`, oldest first; draws only if `may_draw`. Returns the
    /// weight taken, never above it.
    pub(crate) fn service_windows(now: BlockNumberFor<T>, limit: Weight, may_draw: bool) -> Weight {
        let look = T::WeightInfo::service_queue();
        if look.any_gt(limit) {
            return Weight::zero();
        }
        let now_number: u64 = now.unique_saturated_into();
        let mut weight = look;
        let mut keys = Queue::<T>::iter_keys();
        for _ in 0..MAX_STEPS {
            let Some(key) = keys.next() else { break };
            let (at, job) = parse_key(key);
            let looked = weight.saturating_add(look);
            if at > now_number || looked.any_gt(limit) {
                break;
            }
            let Some(window) = Windows::<T>::get(job) else {
                // No entry stands without its window (`do_try_state`); one that did would block the queue for ever.
                Queue::<T>::remove(key);
                weight = looked;
                continue;
            };
            let step = Self::step_of(job, &window, now);
            if !may_draw && matches!(step, Step::Summon | Step::SummonSealed) {
                weight = looked;
                continue;
            }
            let spent = looked.saturating_add(Self::weight_of(step));
            if spent.any_gt(limit) {
                break;
            }
            weight = spent;
            Self::take_step(job, window, step, now);
            // The step moved the window to another place: the iterator goes on from where this one was.
            keys = Queue::<T>::iter_keys_from(Queue::<T>::hashed_key_for(key));
        }
        weight
    }

    pub(crate) fn take_step(
        job: JobId,
        window: Window<T::AccountId, BlockNumberFor<T>>,
        step: Step,
        now: BlockNumberFor<T>,
    ) {
        let mut moved = window.clone();
        let taken = with_storage_layer(|| {
            match step {
                Step::End { .. } => return Self::end_job(job, &window, now),
                Step::Summon | Step::SummonSealed => Self::summon(job, &mut moved, Self::review(job)?, now)?,
                Step::OpenReveals => Self::open_reveals(job, &mut moved, Self::review(job)?, now)?,
                Step::CloseRound => Self::close_round(job, &mut moved, Self::review(job)?, now)?,
                Step::LoseReview => moved.standing = Standing::Unjudged,
                Step::Withhold => Self::withhold(job, &mut moved)?,
                Step::Wait => {}
            }
            moved.attempts = 0;
            let settles_at = Attestations::<T>::get(job).map_or(now, |record| record.settles_at);
            Self::reschedule_next(job, &mut moved, settles_at, now);
            Ok(())
        });
        if let Err(error) = taken {
            Self::defer(job, window, now, error);
        }
    }

    fn review(job: JobId) -> Result<Review<T::AccountId>, DispatchError> {
        Reviews::<T>::get(job).ok_or_else(|| crate::Error::<T>::NotInReview.into())
    }

    /// The time for a demanded delivery is over: the client has its bond back, the job fails once its review is over.
    fn withhold(job: JobId, window: &mut Window<T::AccountId, BlockNumberFor<T>>) -> DispatchResult {
        if let Delivery::Demanded { client, bond, .. } = &window.delivery {
            T::Currency::release(&HoldReason::DeliveryBond.into(), client, *bond, Precision::Exact)?;
        }
        window.delivery = Delivery::Withheld;
        Self::deposit_event(Event::OutputWithheld { job, worker: window.worker.clone() });
        Ok(())
    }

    /// Ends a job whose window and review are over.
    fn end_job(job: JobId, window: &Window<T::AccountId, BlockNumberFor<T>>, now: BlockNumberFor<T>) -> DispatchResult {
        let failure = match (window.standing, &window.delivery) {
            (Standing::Condemned, _) => Some(FailureReason::Forged),
            (_, Delivery::Demanded { .. } | Delivery::Withheld) => Some(FailureReason::OutputWithheld),
            _ => None,
        };
        match failure {
            Some(reason) => {
                let before = Self::quality(&window.worker);
                T::Jobs::fail(job, reason)?;
                if reason == FailureReason::Forged {
                    Self::trace_quality(&window.worker, job, before);
                }
            }
            None => T::Jobs::settle(job, Self::earns(window.standing))?,
        }
        Self::conclude(job, window, failure, now)
    }

    /// Whether a job of this standing may earn its worker more than its tokens: nobody could, or did, say that it is bad, and its
    /// worker would have lost bond if somebody had.
    fn earns(standing: Standing<BlockNumberFor<T>>) -> bool {
        matches!(standing, Standing::Unaudited | Standing::Upheld) && Settings::<T>::get().slashing
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
        Self::leave_lottery(job);
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
        for (key, job) in due::<(), Expiries<T>>(now.unique_saturated_into(), steps(limit, base, each)) {
            weight.saturating_accrue(each);
            Self::prune_one(key, job);
        }
        weight
    }

    pub(crate) fn prune_one(key: QueueKey, job: JobId) {
        Expiries::<T>::remove(key);
        Attestations::<T>::remove(job);
        Outputs::<T>::remove(job);
        SealedOutputs::<T>::remove(job);
        Verdicts::<T>::remove(job);
        Traces::<T>::remove(job);
        Self::deposit_event(Event::AttestationPruned { job });
    }
}
