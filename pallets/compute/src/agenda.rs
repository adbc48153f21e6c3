//! The queue through which every job moves on when nobody does anything, and the pruning of finished jobs.
//!
//! Buckets are block numbers; each entry is a storage item of its own, so a bucket has no size limit and nothing has to
//! be moved elsewhere when many jobs fall due together. A cursor works the buckets off in order: what a block has no
//! time for stays where it is and comes first in the next.

use crate::{pallet::*, weights::WeightInfo};
use frame_support::{storage::with_storage_layer, traits::Get, weights::WeightMeter};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::JobStatus;
use hanzo_traits::{FailureReason, JobId};
use sp_runtime::{traits::Saturating, DispatchResult};

/// Blocks until an entry that failed is tried again.
pub(crate) const RETRY: u32 = 10;
/// Empty buckets passed in a block whatever the weight: more than one, so that the cursor catches up.
const MIN_SKIPPED: u32 = 4;
/// Most numbers of pruned jobs passed per pruning.
const MAX_FORGOTTEN: u32 = 4;

impl<T: Config> Pallet<T> {
    /// Entries worked off in every block whatever the weight.
    pub(crate) const MIN_ENTRIES: u32 = 4;
    /// Finished jobs pruned in every block whatever the weight; as many as the entries, so that ends by silence alone
    /// cannot outrun it.
    pub(crate) const MIN_PRUNED: u32 = 4;

    /// Sets the block in which a job is due, instead of any set before.
    pub(crate) fn schedule(id: JobId, at: BlockNumberFor<T>) {
        Self::unschedule(id);
        let slot = AgendaLength::<T>::get(at);
        Agenda::<T>::insert(at, slot, id);
        AgendaLength::<T>::insert(at, slot.saturating_add(1));
        Due::<T>::insert(id, (at, slot));
    }

    /// Takes a job off the agenda; the last entry of its bucket fills the gap.
    pub(crate) fn unschedule(id: JobId) {
        let Some((bucket, slot)) = Due::<T>::take(id) else { return };
        let last = AgendaLength::<T>::get(bucket).saturating_sub(1);
        let moved = Agenda::<T>::take(bucket, last);
        if slot != last {
            if let Some(moved) = moved {
                Agenda::<T>::insert(bucket, slot, moved);
                Due::<T>::insert(moved, (bucket, slot));
            }
        }
        Self::set_length(bucket, last);
    }

    /// Works off what is due, as far as the meter allows but at least `minimum` entries.
    pub(crate) fn run_agenda(now: BlockNumberFor<T>, meter: &mut WeightMeter, minimum: u32) {
        let (mut entries, mut skipped) = (0u32, 0u32);
        let start = AgendaCursor::<T>::get();
        let mut cursor = start;
        while cursor <= now {
            let entry = AgendaLength::<T>::get(cursor).checked_sub(1);
            let (count, least, weight) = match entry {
                Some(_) => (&mut entries, minimum, T::WeightInfo::process_entry()),
                None => (&mut skipped, MIN_SKIPPED, T::WeightInfo::skip_bucket()),
            };
            if *count >= least && !meter.can_consume(weight) {
                break;
            }
            meter.consume(weight);
            *count = count.saturating_add(1);
            match entry {
                Some(last) => Self::process(cursor, last, now),
                None => cursor = cursor.saturating_add(1u32.into()),
            }
        }
        if cursor != start {
            AgendaCursor::<T>::put(cursor);
        }
    }

    /// Takes the last entry off a bucket and carries it out; one that fails changes nothing and is tried again later.
    fn process(bucket: BlockNumberFor<T>, last: u32, now: BlockNumberFor<T>) {
        Self::set_length(bucket, last);
        let Some(id) = Agenda::<T>::take(bucket, last) else { return };
        Due::<T>::remove(id);
        if let Err(error) = with_storage_layer(|| Self::act(id, now)) {
            let until = now.saturating_add(RETRY.into());
            Self::schedule(id, until);
            Self::deposit_event(Event::Postponed { job: id, until, error });
        }
    }

    fn set_length(bucket: BlockNumberFor<T>, length: u32) {
        if length == 0 {
            AgendaLength::<T>::remove(bucket);
        } else {
            AgendaLength::<T>::insert(bucket, length);
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

    /// Drops finished jobs whose time is over, as far as the meter allows but at least `minimum`.
    pub(crate) fn prune(now: BlockNumberFor<T>, meter: &mut WeightMeter, minimum: u32) {
        let (start, end) = FinishedRange::<T>::get();
        let mut next = start;
        let mut pruned = 0u32;
        while next < end {
            let Some((id, from)) = Finished::<T>::get(next) else { break };
            let weight = T::WeightInfo::prune_job();
            if from > now || (pruned >= minimum && !meter.can_consume(weight)) {
                break;
            }
            meter.consume(weight);
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
