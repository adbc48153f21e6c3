//! What the Proof of AI pallet asks of this one.

use crate::pallet::*;
use frame_support::{ensure, storage::with_storage_layer};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::JobStatus;
use hanzo_traits::{AttestableJob, FailureReason, JobId, JobRegistry, SessionKey, WorkerRegistry};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> JobRegistry<T::AccountId, BlockNumberFor<T>> for Pallet<T> {
    /// Fails with `UnknownJob`, or `NotAccepted` for a job in any state but `Accepted`.
    fn attestable(id: JobId) -> Result<AttestableJob<T::AccountId, BlockNumberFor<T>>, DispatchError> {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        ensure!(job.status == JobStatus::Accepted, Error::<T>::NotAccepted);
        let assignment = job.assignment.ok_or(Error::<T>::NotAccepted)?;
        Ok(AttestableJob {
            worker: assignment.worker,
            client: job.client,
            model: job.model,
            input: job.input.hash,
            opening: job.opening.ok_or(Error::<T>::NotAccepted)?,
            deadline: job.deadline,
            nonce: job.nonce,
            seed: assignment.seed,
            max_prompt_tokens: job.max_prompt_tokens,
            max_output_tokens: job.decoding.max_output_tokens,
            prior_root: job.prior_root,
            verification: job.verification,
            value: job.value,
        })
    }

    /// Fails with `UnknownJob`, `NotAccepted`, `DeadlinePassed` or `TooManyTokens`.
    fn note_attested(id: JobId, prompt_tokens: u32, output_tokens: u32) -> DispatchResult {
        let mut job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        ensure!(job.status == JobStatus::Accepted, Error::<T>::NotAccepted);
        ensure!(frame_system::Pallet::<T>::block_number() <= job.deadline, Error::<T>::DeadlinePassed);
        let paid_for = prompt_tokens <= job.max_prompt_tokens && output_tokens <= job.decoding.max_output_tokens;
        ensure!(paid_for, Error::<T>::TooManyTokens);

        // Done but for the window: it keeps neither its worker nor its client from the next one.
        let worker = job.assignment.as_ref().ok_or(Error::<T>::NotAccepted)?.worker.clone();
        ensure!(Self::unlist(&worker, id), Error::<T>::NotAccepted);
        Self::with_worker(&worker, |record| {
            record.open_jobs = record.open_jobs.checked_sub(1).ok_or(Error::<T>::Overflow)?;
            record.attested_jobs = record.attested_jobs.checked_add(1).ok_or(Error::<T>::Overflow)?;
            Self::note_delivery(record, &job);
            Self::note_sign(record);
            Ok(())
        })?;
        Self::unlist_for_client(&job.client, id);

        job.status = JobStatus::Attested;
        job.prompt_tokens = prompt_tokens;
        job.output_tokens = output_tokens;
        Self::unschedule(id);
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobAttested { job: id, prompt_tokens, output_tokens });
        Ok(())
    }

    /// Fails with `UnknownJob` or `NotAttested`; never because of the market.
    fn settle(id: JobId) -> DispatchResult {
        with_storage_layer(|| Self::do_settle(id))
    }

    /// Fails with `UnknownJob` or `NotAccepted`.
    fn fail(id: JobId, reason: FailureReason) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        with_storage_layer(|| Self::do_fail(id, job, reason))
    }

    fn client(id: JobId) -> Option<T::AccountId> {
        Jobs::<T>::get(id).map(|job| job.client)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn accepted_for_benchmark(key: SessionKey) -> JobId {
        crate::benchmarking::accepted_job::<T>(key)
    }
}

impl<T: Config> WorkerRegistry<T::AccountId> for Pallet<T> {
    /// The key of now: attestations are checked against it whenever the job was accepted.
    fn session_key(worker: &T::AccountId) -> Option<SessionKey> {
        Workers::<T>::get(worker).map(|record| record.session_key)
    }
}
