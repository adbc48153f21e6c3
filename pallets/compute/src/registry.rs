//! What the Proof of AI pallet asks of this one.

use crate::{bonds::worth, pallet::*, types::pools_of};
use frame_support::{ensure, storage::with_storage_layer};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{parts, JobStatus, ModelProfile, Parts, Resources};
use hanzo_traits::{
    AttestableJob, Balance, ComputeMarket, FailureReason, JobId, JobParties, JobRegistry, ReviewTerms, SessionKey,
    Tier, WorkerRegistry,
};
use sp_runtime::{DispatchError, DispatchResult, Rounding};

/// Qualified workers among a draw's sample from which on a job earns emission, bonus and quality.
const MIN_CANDIDATES: u32 = 5;
/// Part of the value of a job on a model without a profile that a replay of it is worth.
const REPLAY_PART: Balance = 10;

impl<T: Config> Pallet<T> {
    /// What one replay of a job is worth, wei.
    fn replay_price(job: &JobOf<T>) -> Balance {
        let tokens = job.prompt_tokens.saturating_add(job.output_tokens);
        Self::replay_worth(job.profile.as_ref(), tokens, (job.tier, &job.escrow, &job.parts), job.value)
    }

    /// What one replay of so many tokens is worth, wei: prompt and output read once as a prompt, at the hour's mean prices, at most the
    /// job's value; in the tiers of what the job takes, `whole`, of which `parts` are of others than `tier`. A tenth of the value where no profile says what that takes.
    pub(crate) fn replay_worth(
        profile: Option<&ModelProfile>,
        tokens: u32,
        (tier, whole, parts): (Tier, &Resources, &Parts),
        value: Balance,
    ) -> Balance {
        let Some(usage) = profile.and_then(|profile| profile.usage(tokens, 0)) else {
            return value.div_euclid(REPLAY_PART);
        };
        // As the tokens of the job are spread over tiers, so are those of a replay; it may take more than the job has of a class.
        let shares = parts::divide(&usage, whole, parts).unwrap_or_default();
        let pools = pools_of(tier, &usage, &shares).unwrap_or_default();
        let price = pools.into_iter().fold(0, |sum: Balance, (pool, amount)| {
            let mean = T::Market::prices(pool).map_or(0, |prices| prices.twap_hour);
            sum.saturating_add(worth(amount, mean, Rounding::Down).unwrap_or_default())
        });
        price.min(value)
    }

    /// Whether a job may earn its worker quality and bonus: its model has a profile, and at least 5 workers could have had it.
    pub(crate) fn counts(job: &JobOf<T>) -> bool {
        let candidates = job.assignment.as_ref().map_or(0, |assignment| assignment.candidates);
        job.profile.is_some() && candidates >= MIN_CANDIDATES
    }
}

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
        let audit_fee = Self::pay_audit_fee(&mut job)?;
        Self::unschedule(id);
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobAttested { job: id, prompt_tokens, output_tokens, audit_fee });
        Ok(())
    }

    /// Fails with `UnknownJob` or `NotAttested`; never because of the market.
    fn settle(id: JobId, earns: bool) -> DispatchResult {
        with_storage_layer(|| Self::do_settle(id, earns))
    }

    /// Fails with `UnknownJob` or `NotAccepted`.
    fn fail(id: JobId, reason: FailureReason) -> DispatchResult {
        let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
        with_storage_layer(|| Self::do_fail(id, job, reason))
    }

    fn pools(id: JobId) -> u32 {
        Jobs::<T>::get(id).map_or(0, |job| job.pool_count())
    }

    fn client(id: JobId) -> Option<T::AccountId> {
        Jobs::<T>::get(id).map(|job| job.client)
    }

    fn parties(id: JobId) -> Option<JobParties<T::AccountId>> {
        let job = Jobs::<T>::get(id)?;
        let (worker, is_over) = (job.assignment.map(|assignment| assignment.worker), job.status.is_final());
        Some(JobParties { client: job.client, worker, sealed: job.sealed, is_over })
    }

    fn submitted_at(id: JobId) -> Option<BlockNumberFor<T>> {
        Jobs::<T>::get(id).map(|job| job.submitted_at)
    }

    fn review_terms(id: JobId) -> Option<ReviewTerms> {
        let job = Jobs::<T>::get(id).filter(|job| job.status == JobStatus::Attested)?;
        Some(ReviewTerms {
            value: job.value,
            replay_price: Self::replay_price(&job),
            counts: Self::counts(&job),
            sealed: job.sealed,
        })
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn accepted_for_benchmark(key: SessionKey) -> JobId {
        crate::benchmarking::debtors_job::<T>(key)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn seal_for_benchmark(id: JobId) {
        Jobs::<T>::mutate(id, |job| job.iter_mut().for_each(|job| job.sealed = true));
    }
}

impl<T: Config> WorkerRegistry<T::AccountId> for Pallet<T> {
    fn note_change(worker: &T::AccountId) -> DispatchResult {
        Self::with_own_change(worker, |_| Ok(()))
    }

    /// The key of now: attestations are checked against it whenever the job was accepted.
    fn session_key(worker: &T::AccountId) -> Option<SessionKey> {
        Workers::<T>::get(worker).map(|record| record.session_key)
    }

    fn freeze_bond(worker: &T::AccountId, part_ppb: u32) -> Result<Balance, DispatchError> {
        with_storage_layer(|| Self::do_freeze(worker, part_ppb))
    }

    fn thaw_bond(worker: &T::AccountId, amount: Balance) -> DispatchResult {
        with_storage_layer(|| Self::do_thaw(worker, amount))
    }

    fn slash_frozen(worker: &T::AccountId, amount: Balance, bounty: Option<(T::AccountId, Balance)>) -> DispatchResult {
        with_storage_layer(|| Self::do_slash(worker, amount, bounty))
    }
}
