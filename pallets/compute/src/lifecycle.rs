//! Acceptance, cancellation, refunds and failures: every way a job ends but its settlement.

use crate::{
    bonds::{percent, PriceBook},
    pallet::*,
    types::RefundReason,
};
use frame_support::{
    ensure,
    traits::{
        fungible::{hold::Mutate as _, Inspect as _},
        tokens::{DepositConsequence, Fortitude, Precision, Provenance, Restriction},
        Contains, Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::JobStatus;
use hanzo_traits::{Balance, FailureReason, JobId, QualityOracle, EJECTION_PPB};
use sp_core::H256;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult, Rounding};

/// Draws in a row a worker may let pass before it stops taking jobs.
pub(crate) const MAX_MISSED_IN_ROW: u32 = 3;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_accept(worker: T::AccountId, id: JobId) -> DispatchResult {
        let mut job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        ensure!(job.status == JobStatus::Assigned, Error::<T>::NotAssigned);
        let assignment = job.assignment.as_ref().ok_or(Error::<T>::NotAssigned)?;
        ensure!(assignment.worker == worker, Error::<T>::NotYourJob);
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now <= assignment.accept_by, Error::<T>::AcceptanceOver);
        ensure!(!T::Denied::contains(&worker), Error::<T>::Denied);

        let opening = H256::from_slice(frame_system::Pallet::<T>::parent_hash().as_ref());
        Self::with_worker(&worker, |record| {
            record.missed_in_row = 0;
            record.sla.accepted = record.sla.accepted.saturating_add(1);
            Self::note_sign(record);
            Ok(())
        })?;
        job.status = JobStatus::Accepted;
        job.opening = Some(opening);
        job.accepted_at = Some(now);
        Self::schedule(id, job.deadline.saturating_add(1u32.into()));
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobAccepted { job: id, worker, opening });
        Ok(())
    }

    pub(crate) fn do_cancel(client: &T::AccountId, id: JobId) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        ensure!(job.client == *client, Error::<T>::NotYourJob);
        ensure!(matches!(job.status, JobStatus::Submitted | JobStatus::Assigned), Error::<T>::NotCancellable);
        let burned = Self::price_of_draws(&job);
        Self::refund(id, job, RefundReason::Cancelled, burned)
    }

    /// What of the fee a job without a worker has used up: all of it once somebody was drawn, who kept itself free for
    /// it; else the floor, which pays for draws, once one was held in vain.
    fn price_of_draws(job: &JobOf<T>) -> Balance {
        match (job.draws, job.empty_draws) {
            (0, 0) => 0,
            (0, _) => job.fee.min(T::MinJobFee::get()),
            _ => job.fee,
        }
    }

    /// The drawn worker let its time pass: it is free, the job is drawn again among the others or refunded. A worker
    /// that keeps on doing so stops taking jobs.
    pub(crate) fn run_missed_acceptance(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) -> DispatchResult {
        let assignment = job.assignment.take().ok_or(Error::<T>::NotAssigned)?;
        Self::release_worker(&assignment.worker, id, job.value)?;
        let (missed, paused) = Self::with_worker(&assignment.worker, |record| {
            record.missed = record.missed.saturating_add(1);
            record.missed_in_row = record.missed_in_row.saturating_add(1);
            let paused = record.accepting && record.missed_in_row >= MAX_MISSED_IN_ROW;
            record.accepting &= !paused;
            Ok((record.missed, paused.then_some(record.missed_in_row)))
        })?;
        let worker = assignment.worker;
        Self::deposit_event(Event::AcceptanceMissed { job: id, worker: worker.clone(), missed });
        if let Some(missed_in_row) = paused {
            Self::deposit_event(Event::WorkerPaused { worker: worker.clone(), missed_in_row });
        }
        Self::redraw(id, job, worker, now)
    }

    /// The drawn worker says that it does not take the job: no fault of its, as the input may be missing or unfit or the
    /// time too short, and an answer all the same. The job is drawn again among the others, or refunded.
    pub(crate) fn do_decline(worker: T::AccountId, id: JobId) -> DispatchResult {
        let mut job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        ensure!(job.status == JobStatus::Assigned, Error::<T>::NotAssigned);
        let assignment = job.assignment.take().ok_or(Error::<T>::NotAssigned)?;
        ensure!(assignment.worker == worker, Error::<T>::NotYourJob);
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now <= assignment.accept_by, Error::<T>::AcceptanceOver);

        Self::release_worker(&worker, id, job.value)?;
        Self::with_worker(&worker, |record| {
            record.missed_in_row = 0;
            record.sla.declined = record.sla.declined.saturating_add(1);
            Self::note_sign(record);
            Ok(())
        })?;
        Self::deposit_event(Event::JobDeclined { job: id, worker: worker.clone() });
        Self::unschedule(id);
        Self::redraw(id, job, worker, now)
    }

    /// Has a job whose drawn worker is free again drawn among the others, or refunded after the last draw.
    fn redraw(id: JobId, mut job: JobOf<T>, free: T::AccountId, now: BlockNumberFor<T>) -> DispatchResult {
        job.missed_by.try_push(free).map_err(|_| Error::<T>::Overflow)?;
        job.status = JobStatus::Submitted;
        if job.draws > T::MaxRedraws::get() || now > job.deadline {
            let fee = job.fee;
            return Self::refund(id, job, RefundReason::NotAccepted, fee);
        }
        job.drawn_after = now;
        Self::schedule_draw(id, &job);
        Jobs::<T>::insert(id, job);
        Ok(())
    }

    /// Nobody could be drawn, or not in time. Free if no draw was held; the same as when nobody accepted if one found
    /// somebody.
    pub(crate) fn refund_without_worker(id: JobId, job: JobOf<T>) -> DispatchResult {
        let reason = if job.draws == 0 { RefundReason::NoWorker } else { RefundReason::NotAccepted };
        let burned = Self::price_of_draws(&job);
        Self::refund(id, job, reason, burned)
    }

    fn refund(id: JobId, mut job: JobOf<T>, reason: RefundReason, burned: Balance) -> DispatchResult {
        let returned = job.escrow;
        Self::return_tokens(&job)?;
        if burned > 0 {
            T::Currency::burn_held(
                &HoldReason::JobFee.into(),
                &job.client,
                burned,
                Precision::Exact,
                Fortitude::Force,
            )?;
            job.fee = job.fee.checked_sub(burned).ok_or(Error::<T>::Overflow)?;
        }
        let client = job.client.clone();
        Self::finish(id, job, JobStatus::Refunded)?;
        Self::deposit_event(Event::JobRefunded { job: id, client, reason, returned, burned });
        Ok(())
    }

    /// Ends an accepted or attested job as failed. The client gets its tokens back and a flat 1 % of the job's value,
    /// nothing for price moves or fees: compensating those would let it profit by withholding the input.
    pub(crate) fn do_fail(id: JobId, job: JobOf<T>, reason: FailureReason) -> DispatchResult {
        ensure!(matches!(job.status, JobStatus::Accepted | JobStatus::Attested), Error::<T>::NotAccepted);
        let worker = job.assignment.as_ref().ok_or(Error::<T>::NotAccepted)?.worker.clone();
        let (client, returned, value) = (job.client.clone(), job.escrow, job.value);
        Self::return_tokens(&job)?;
        Self::finish(id, job, JobStatus::Slashed)?;
        Self::with_worker(&worker, |record| {
            Self::note_failed(record, reason);
            Ok(())
        })?;
        let compensation = Self::compensate(&worker, &client, value)?;
        T::Quality::note_failure(&worker, value);
        Self::eject_if_due(&worker)?;
        Self::call_if_ejected(&worker);
        Self::deposit_event(Event::JobFailed { job: id, worker, client, reason, returned, compensation });
        Ok(())
    }

    /// Whether a worker's quality is too low for any job.
    pub(crate) fn is_ejected(worker: &T::AccountId) -> bool {
        T::Quality::quality(worker) < EJECTION_PPB
    }

    /// Has a worker whose quality fell too low take no more jobs.
    fn eject_if_due(worker: &T::AccountId) -> DispatchResult {
        let quality = T::Quality::quality(worker);
        let is_taking = Workers::<T>::get(worker).is_some_and(|record| record.accepting);
        if quality >= EJECTION_PPB || !is_taking {
            return Ok(());
        }
        Self::with_worker(worker, |record| {
            record.accepting = false;
            Ok(())
        })?;
        Self::deposit_event(Event::WorkerEjected { worker: worker.clone(), quality });
        Ok(())
    }

    /// 1 % of a job's value from a worker's bond to the client, as far as obligations, which come first, leave it.
    fn compensate(worker: &T::AccountId, client: &T::AccountId, value: Balance) -> Result<Balance, DispatchError> {
        let due = percent(value, 1, Rounding::Down).ok_or(Error::<T>::Overflow)?;
        let amount = Self::with_worker(worker, |record| {
            let owed = Self::obligations_value(record, &mut PriceBook::default())?;
            let amount = due.min(Self::effective_bond(record).saturating_sub(owed));
            record.bond = record.bond.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            Ok(amount)
        })?;
        if amount > 0 {
            T::Currency::transfer_on_hold(
                &HoldReason::WorkerBond.into(),
                worker,
                client,
                amount,
                Precision::Exact,
                Restriction::Free,
                Fortitude::Force,
            )?;
        }
        Ok(amount)
    }

    /// Moves a job's audit fee to the pot; burned while the pot's account does not exist and the fee cannot open it, as an
    /// attestation must not fail for that.
    pub(crate) fn pay_audit_fee(job: &mut JobOf<T>) -> Result<Balance, DispatchError> {
        let fee = core::mem::take(&mut job.audit_fee);
        if fee == 0 {
            return Ok(0);
        }
        let (reason, pot) = (HoldReason::JobFee.into(), T::AuditPot::get());
        if T::Currency::can_deposit(&pot, fee, Provenance::Extant) == DepositConsequence::Success {
            let (exact, free) = (Precision::Exact, Restriction::Free);
            T::Currency::transfer_on_hold(&reason, &job.client, &pot, fee, exact, free, Fortitude::Force)?;
        } else {
            T::Currency::burn_held(&reason, &job.client, fee, Precision::Exact, Fortitude::Force)?;
        }
        Ok(fee)
    }

    /// Takes a job off the list of its client's.
    pub(crate) fn unlist_for_client(client: &T::AccountId, id: JobId) {
        ClientJobs::<T>::mutate_exists(client, |open| {
            if let Some(jobs) = open {
                jobs.retain(|(other, _)| *other != id);
                if jobs.is_empty() {
                    *open = None;
                }
            }
        });
    }

    /// Makes a job final: what is still held of the fee goes back, the worker is free, the agenda and the lists of open
    /// jobs forget it. Its tokens must have left the escrow.
    pub(crate) fn finish(id: JobId, mut job: JobOf<T>, status: JobStatus) -> DispatchResult {
        let held = job.fee.checked_add(job.audit_fee).ok_or(Error::<T>::Overflow)?;
        if held > 0 {
            T::Currency::release(&HoldReason::JobFee.into(), &job.client, held, Precision::Exact)?;
        }
        if let Some(assignment) = &job.assignment {
            Self::release_worker(&assignment.worker, id, job.value)?;
        }
        Self::unlist_for_client(&job.client, id);
        Self::unschedule(id);
        Self::retire(id);
        job.status = status;
        job.fee = 0;
        job.audit_fee = 0;
        job.escrow = Default::default();
        job.parts = Default::default();
        Jobs::<T>::insert(id, job);
        Ok(())
    }
}
