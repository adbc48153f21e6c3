//! The queue through which every job moves on when nobody does anything, and the pruning of finished jobs.
//!
//! Buckets are block numbers; each entry is a storage item of its own, so a bucket has no size limit and nothing has to
//! be moved elsewhere when many jobs fall due together. A cursor works the buckets off in order, and each in the order in
//! which its entries were made: what a block has no time for comes first in the next. An entry that is withdrawn leaves
//! its place empty, so that nobody can push others ahead.
//!
//! Draws run at the start of a block only. Later in it, whoever writes the block knows their outcome, and could have them
//! wait for the next by filling the block.

use crate::{budget::Budget, margin::DROPPED_PER_TURN, pallet::*, weights::WeightInfo};
use frame_support::{storage::with_storage_layer, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{parts::MAX_POOLS, JobStatus};
use hanzo_traits::{FailureReason, JobId};
use sp_runtime::{traits::Saturating, DispatchResult};

/// Blocks until an entry that failed is tried again.
pub(crate) const RETRY: u32 = 10;
/// Empty places and ends of buckets passed at the start of a block whatever the weight: more than one, so that the cursor
/// catches up.
pub(crate) const MIN_SKIPPED: u32 = 4;
/// Most numbers of pruned jobs passed per pruning.
const MAX_FORGOTTEN: u32 = 4;

/// When in a block the agenda is worked off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Before its transactions: draws run, and some progress is made whatever the weight.
    Start,
    /// After them, with what they left: up to the first draw.
    Idle,
}

impl<T: Config> Pallet<T> {
    /// Entries worked off in every block whatever the weight.
    pub(crate) const MIN_ENTRIES: u32 = 2;
    /// Finished jobs pruned in every block whatever the weight; as many as the entries, so that ends by silence alone
    /// cannot outrun it.
    pub(crate) const MIN_PRUNED: u32 = 2;

    /// What `on_initialize` does at most whatever the weight: it has to fit [`Config::AgendaWeight`].
    pub(crate) fn least_weight() -> Weight {
        let times = |weight: Weight, count: u32| weight.saturating_mul(count.into());
        let entry = T::WeightInfo::draw_worker()
            .max(T::WeightInfo::miss_acceptance())
            .max(T::WeightInfo::fail_accepted())
            .saturating_add(Self::return_weight(MAX_POOLS));
        T::WeightInfo::on_initialize()
            .saturating_add(times(T::WeightInfo::apply_lot(), Self::MIN_LOTS))
            .saturating_add(times(entry, Self::MIN_ENTRIES))
            .saturating_add(times(T::WeightInfo::skip_bucket(), MIN_SKIPPED))
            .saturating_add(times(Self::turn_weight(), Self::MIN_TURNS))
            .saturating_add(times(T::WeightInfo::skip_bucket(), Self::MIN_TURNS.saturating_mul(DROPPED_PER_TURN)))
            .saturating_add(times(T::WeightInfo::prune_job(), Self::MIN_PRUNED))
    }

    /// Sets the block in which a job is due, instead of any set before.
    pub(crate) fn schedule(id: JobId, at: BlockNumberFor<T>) {
        Self::unschedule(id);
        AgendaRange::<T>::mutate(at, |(_, end)| {
            Agenda::<T>::insert(at, *end, id);
            Due::<T>::insert(id, (at, *end));
            *end = end.saturating_add(1);
        });
    }

    /// Takes a job off the agenda; its place stays empty.
    pub(crate) fn unschedule(id: JobId) {
        if let Some((bucket, place)) = Due::<T>::take(id) {
            Agenda::<T>::remove(bucket, place);
        }
    }

    /// Works off what is due, as far as the budget allows.
    pub(crate) fn run_agenda(now: BlockNumberFor<T>, budget: &mut Budget, when: When) {
        let (mut entries, mut skipped) = (0u32, 0u32);
        let (least_entries, least_skipped) = match when {
            When::Start => (Self::MIN_ENTRIES, MIN_SKIPPED),
            When::Idle => (0, 0),
        };
        let start = AgendaCursor::<T>::get();
        let mut cursor = start;
        while cursor <= now {
            let (first, end) = AgendaRange::<T>::get(cursor);
            let entry = Agenda::<T>::get(cursor, first);
            let (count, least, weight) = match entry {
                Some(id) => match Self::weight_of(id, now, when) {
                    Some(weight) => (&mut entries, least_entries, weight),
                    None => break,
                },
                None => (&mut skipped, least_skipped, T::WeightInfo::skip_bucket()),
            };
            if *count >= least && !budget.has_room_for(weight) {
                break;
            }
            budget.spend(weight);
            *count = count.saturating_add(1);
            if first < end {
                AgendaRange::<T>::insert(cursor, (first.saturating_add(1), end));
            } else {
                if end > 0 {
                    AgendaRange::<T>::remove(cursor);
                }
                cursor = cursor.saturating_add(1u32.into());
            }
            if let Some(id) = entry {
                Self::process(id, now);
            }
        }
        if cursor != start {
            AgendaCursor::<T>::put(cursor);
        }
    }

    /// What carrying out a job's entry costs at most; none if it is a draw and draws may not run.
    fn weight_of(id: JobId, now: BlockNumberFor<T>, when: When) -> Option<Weight> {
        let Some(job) = Jobs::<T>::get(id) else { return Some(T::WeightInfo::miss_acceptance()) };
        let weight = match job.status {
            JobStatus::Submitted if now <= job.deadline && when != When::Start => return None,
            JobStatus::Submitted if now <= job.deadline => T::WeightInfo::draw_worker(),
            JobStatus::Accepted => T::WeightInfo::fail_accepted(),
            _ => T::WeightInfo::miss_acceptance(),
        };
        // Each of them may end the job.
        Some(weight.saturating_add(Self::return_weight(job.pool_count())))
    }

    /// Takes an entry off and carries it out; one that fails changes nothing and is tried again later.
    fn process(id: JobId, now: BlockNumberFor<T>) {
        Self::unschedule(id);
        if let Err(error) = with_storage_layer(|| Self::act(id, now)) {
            let until = now.saturating_add(RETRY.into());
            Self::schedule(id, until);
            Self::deposit_event(Event::Postponed { job: id, until, error });
        }
    }

    /// What the state of a job asks for when it is due.
    fn act(id: JobId, now: BlockNumberFor<T>) -> DispatchResult {
        let Some(job) = Jobs::<T>::get(id) else { return Ok(()) };
        match job.status {
            JobStatus::Submitted if now > job.deadline => Self::refund_without_worker(id, job),
            JobStatus::Submitted => Self::run_draw(id, job, now),
            JobStatus::Assigned => Self::run_missed_acceptance(id, job, now),
            JobStatus::Accepted => Self::do_fail(id, job, FailureReason::DeadlineMissed),
            JobStatus::Attested | JobStatus::Settled | JobStatus::Refunded | JobStatus::Slashed => Ok(()),
        }
    }

    /// Puts a job that has just finished at the end of the queue of those to be pruned.
    pub(crate) fn retire(id: JobId) {
        let from = frame_system::Pallet::<T>::block_number().saturating_add(T::JobRetention::get());
        FinishedRange::<T>::mutate(|(_, end)| {
            Finished::<T>::insert(*end, (id, from));
            *end = end.saturating_add(1);
        });
    }

    /// Drops finished jobs whose time is over, as far as the budget allows but at least `minimum`.
    pub(crate) fn prune(now: BlockNumberFor<T>, budget: &mut Budget, minimum: u32) {
        let (start, end) = FinishedRange::<T>::get();
        let mut next = start;
        let mut pruned = 0u32;
        while next < end {
            let Some((id, from)) = Finished::<T>::get(next) else { break };
            let weight = T::WeightInfo::prune_job();
            if from > now || (pruned >= minimum && !budget.has_room_for(weight)) {
                break;
            }
            budget.spend(weight);
            Finished::<T>::remove(next);
            Jobs::<T>::remove(id);
            Self::forget_pruned();
            pruned = pruned.saturating_add(1);
            next = next.saturating_add(1);
        }
        if next != start {
            FinishedRange::<T>::put((next, end));
        }
    }

    /// Moves [`EarliestJob`] past numbers that are gone.
    fn forget_pruned() {
        EarliestJob::<T>::mutate(|earliest| {
            let end = NextJob::<T>::get();
            for _ in 0..MAX_FORGOTTEN {
                if *earliest >= end || Jobs::<T>::contains_key(*earliest) {
                    break;
                }
                *earliest = earliest.saturating_add(1);
            }
        });
    }
}
