//! Signs of life, and what a worker's jobs showed of it.
//!
//! A worker is there as long as it answers: it accepts, declines or attests a job, or sends a heartbeat. One that has given no
//! sign for [`Config::SilenceLimit`] blocks before a draw's randomness began is not drawn; it stays registered. The draw that
//! meets it sets its lot aside, so that whoever went away does not fill the samples of others.

use crate::{
    pallet::*,
    types::{SlaRecord, Worker},
};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_traits::FailureReason;
use sp_runtime::{
    traits::{Saturating, UniqueSaturatedInto},
    DispatchResult,
};

/// Jobs that count as much as all before them in the mean time to an attestation.
const MEMORY: u64 = 8;

impl<T: Config> Pallet<T> {
    /// Whether a worker had been silent for too long in block `at`.
    pub(crate) fn is_silent_at(record: &Worker<BlockNumberFor<T>>, at: BlockNumberFor<T>) -> bool {
        at.saturating_sub(record.seen_at) > T::SilenceLimit::get()
    }

    /// Notes a sign of life. For a worker that was silent it is a change that draws under way must not see.
    pub(crate) fn note_sign(record: &mut Worker<BlockNumberFor<T>>) {
        let now = frame_system::Pallet::<T>::block_number();
        if record.silent || Self::is_silent_at(record, now) {
            record.changed_at = now;
        }
        record.silent = false;
        record.seen_at = now;
    }

    pub(crate) fn do_heartbeat(worker: &T::AccountId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        Self::with_worker(worker, |record| {
            ensure!(now >= Self::next_heartbeat(record), Error::<T>::HeartbeatTooEarly);
            Self::note_sign(record);
            Ok(())
        })?;
        Self::deposit_event(Event::Heartbeat { worker: worker.clone() });
        Ok(())
    }

    /// First block in which a heartbeat of the worker is taken.
    pub(crate) fn next_heartbeat(record: &Worker<BlockNumberFor<T>>) -> BlockNumberFor<T> {
        record.seen_at.saturating_add(T::HeartbeatPeriod::get())
    }

    /// Sets the lot of a silent worker aside until its next sign.
    pub(crate) fn set_aside(slot: u32) {
        let Some(worker) = SlotOwner::<T>::get(slot) else { return };
        let newly = Self::with_worker(&worker, |record| Ok(!core::mem::replace(&mut record.silent, true)));
        if newly == Ok(true) {
            Self::deposit_event(Event::WorkerSilent { worker });
        }
    }

    /// Counts an attestation, and its time.
    pub(crate) fn note_delivery(record: &mut Worker<BlockNumberFor<T>>, job: &JobOf<T>) {
        let now = frame_system::Pallet::<T>::block_number();
        let took: u64 = now.saturating_sub(job.accepted_at.unwrap_or(now)).unique_saturated_into();
        let (limit, sla) = (u64::from(job.sla.max_latency_ms), &mut record.sla);
        sla.attested = sla.attested.saturating_add(1);
        if limit > 0 && took.saturating_mul(T::BlockMillis::get()) > limit {
            sla.late = sla.late.saturating_add(1);
        }
        let (mean, shown) = (u64::from(sla.mean_millis), took.saturating_mul(T::BlockMillis::get()));
        let weight = u64::from(sla.attested).clamp(1, MEMORY);
        let sum = mean.saturating_mul(weight.saturating_sub(1)).saturating_add(shown);
        sla.mean_millis = sum.checked_div(weight).unwrap_or_default().unique_saturated_into();
    }

    /// Counts a failure.
    pub(crate) fn note_failed(record: &mut Worker<BlockNumberFor<T>>, reason: FailureReason) {
        let SlaRecord { deadlines_missed, outputs_withheld, .. } = &mut record.sla;
        if reason == FailureReason::DeadlineMissed {
            *deadlines_missed = deadlines_missed.saturating_add(1);
        }
        if reason == FailureReason::OutputWithheld {
            *outputs_withheld = outputs_withheld.saturating_add(1);
        }
    }
}
