//! Canaries: known-bad jobs among those that are audited, whose verdict no majority decides (docs/verification.md).
//!
//! Whether one was a canary shows when it is over. Three have to say so together: an operator that governance registered had
//! lodged its hash before the attestation, its client reveals it, and its worker signs that the work was wrong. So nobody can turn
//! an honest worker's job into a trap for honest verifiers, nor a stranger's job into one that may be forged for free.

use crate::{
    types::*,
    windows::{due, queue_key, steps},
    Attestations, Canaries, CanaryExpiries, CanaryOperators, Config, Error, Event, LodgedBy, NextCanary, Pallet,
    Slashes, Traces, Verdicts, WeightInfo, Windows,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{
    canary,
    committee::{Score, Verdict},
    JobId,
};
use hanzo_traits::{JobRegistry, WorkerRegistry};
use sp_core::{sr25519, H256};
use sp_runtime::{
    traits::{Saturating, UniqueSaturatedInto, Zero},
    DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register_canary_operator(who: T::AccountId) -> DispatchResult {
        CanaryOperators::<T>::try_mutate(|operators| {
            ensure!(!operators.contains(&who), Error::<T>::AlreadyCanaryOperator);
            operators.try_push(who.clone()).map_err(|_| Error::<T>::TooManyCanaryOperators)
        })?;
        Self::deposit_event(Event::CanaryOperatorRegistered { operator: who });
        Ok(())
    }

    pub(crate) fn do_retire_canary_operator(who: T::AccountId) -> DispatchResult {
        CanaryOperators::<T>::try_mutate(|operators| {
            let place = operators.iter().position(|other| *other == who).ok_or(Error::<T>::NotCanaryOperator)?;
            operators.remove(place);
            Ok::<_, DispatchError>(())
        })?;
        Self::deposit_event(Event::CanaryOperatorRetired { operator: who });
        Ok(())
    }

    pub(crate) fn do_lodge_canaries(who: T::AccountId, hashes: Lodgings) -> DispatchResult {
        ensure!(CanaryOperators::<T>::get().contains(&who), Error::<T>::NotCanaryOperator);
        let count = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        ensure!(count > 0, Error::<T>::ZeroAmount);
        LodgedBy::<T>::try_mutate(&who, |lodged| {
            *lodged = lodged.saturating_add(count);
            ensure!(*lodged <= MAX_LODGED, Error::<T>::TooManyCanaries);
            Ok::<_, DispatchError>(())
        })?;
        let lodged_at = frame_system::Pallet::<T>::block_number();
        let expires_at = lodged_at.saturating_add(T::AttestationRetention::get());
        let mut number = NextCanary::<T>::get();
        for hash in hashes {
            ensure!(!Canaries::<T>::contains_key(hash), Error::<T>::AlreadyLodged);
            CanaryExpiries::<T>::insert(queue_key(expires_at, number), hash);
            Canaries::<T>::insert(hash, Canary { operator: who.clone(), lodged_at, expires_at, number });
            number = number.saturating_add(1);
        }
        NextCanary::<T>::put(number);
        Self::deposit_event(Event::CanariesLodged { operator: who, count, expires_at });
        Ok(())
    }

    pub(crate) fn do_reveal_canary(
        who: T::AccountId,
        job: JobId,
        salt: [u8; 32],
        signature: &sr25519::Signature,
    ) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(T::Jobs::client(job).as_ref() == Some(&who), Error::<T>::NotClient);
        let record = Attestations::<T>::get(job).ok_or(Error::<T>::NoVerdict)?;
        // Earlier it would tell those who sit what to find, and be overtaken by what the end of a job does.
        ensure!(!Windows::<T>::contains_key(job), Error::<T>::JobNotFinal);
        let verdict = Verdicts::<T>::get(job).ok_or(Error::<T>::NoVerdict)?;
        ensure!(now <= verdict.at.saturating_add(T::CanaryWindow::get()), Error::<T>::WindowOver);

        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let hash = canary::commitment(&genesis, &who, record.nonce, &salt);
        let lodged = Canaries::<T>::get(hash).filter(|canary| now < canary.expires_at);
        let lodged = lodged.ok_or(Error::<T>::UnknownCanary)?;
        ensure!(lodged.lodged_at < record.attested_at, Error::<T>::LodgedTooLate);
        ensure!(CanaryOperators::<T>::get().contains(&lodged.operator), Error::<T>::NotCanaryOperator);
        let mut trace = Traces::<T>::get(job).unwrap_or_default();
        ensure!(!trace.revealed, Error::<T>::CanaryRevealed);
        let key = T::Workers::session_key(&record.worker).ok_or(Error::<T>::NoSessionKey)?;
        let consent = canary::consent(&record.challenge, &hash);
        ensure!(sp_io::crypto::sr25519_verify(signature, consent.as_bytes(), &key), Error::<T>::BadSignature);

        Self::drop_canary(hash);
        trace.revealed = true;
        Traces::<T>::insert(job, &trace);
        Self::undo_verdict(&record.worker, &verdict, &trace)?;
        let missed = Self::punish_approvals(job, &trace)?;
        let Canary { operator, .. } = lodged;
        Self::deposit_event(Event::CanaryRevealed { job, operator, client: who, worker: record.worker, missed });
        Ok(())
    }

    /// Takes back what a verdict did to those who only did their part: the worker that forged on purpose, and members that told the
    /// truth to seven who did not.
    fn undo_verdict(
        worker: &T::AccountId,
        verdict: &VerdictRecord<T::AccountId, BlockNumberFor<T>>,
        trace: &Trace<T::AccountId>,
    ) -> DispatchResult {
        match trace.forgery {
            // If it is not there any more, it was cancelled, and the fraud forgiven.
            Some(slash) => Self::absolve(slash)?,
            None if verdict.verdict == Verdict::Bad => Self::forgive_fraud(worker, verdict.at),
            None => {}
        }
        if let Some(moved) = trace.quality {
            Self::restore_quality(worker, moved);
        }
        for id in &trace.false_verdicts {
            let wronged = Slashes::<T>::get(id).is_some_and(|slash| !trace.approved.contains(&slash.offender));
            if wronged {
                Self::do_cancel_slash(*id)?;
            }
        }
        Ok(())
    }

    /// A tenth of the bond of everybody who found it good, but for those who are slashed for that vote already. How many.
    fn punish_approvals(job: JobId, trace: &Trace<T::AccountId>) -> Result<u32, DispatchError> {
        let slashed: Vec<_> =
            trace.false_verdicts.iter().filter_map(Slashes::<T>::get).map(|slash| slash.offender).collect();
        let mut missed = 0u32;
        for verifier in trace.approved.iter().filter(|account| !slashed.contains(account)) {
            missed = missed.saturating_add(Self::punish_missed_canary(verifier, job)?.into());
        }
        Ok(missed)
    }

    /// Notes who found a job good in a round.
    pub(crate) fn note_approvals(job: JobId, review: &Review<T::AccountId>) {
        let is_good = |member: &&Member<T::AccountId>| member.vote.is_some_and(|vote| vote.score == Score::Good);
        let good: Vec<_> = review.members.iter().filter(is_good).map(|member| &member.account).collect();
        if good.is_empty() {
            return;
        }
        Self::trace(job, |trace| {
            for account in good {
                if !trace.approved.contains(account) {
                    // There is room for everybody of six rounds.
                    let _ = trace.approved.try_push(account.clone());
                }
            }
        });
    }

    /// Notes something about the review of a job.
    pub(crate) fn trace(job: JobId, note: impl FnOnce(&mut Trace<T::AccountId>)) {
        Traces::<T>::mutate(job, |slot| note(slot.get_or_insert_with(Default::default)));
    }

    /// Drops a lodged hash: it is spent or expired.
    fn drop_canary(hash: H256) {
        let Some(Canary { operator, expires_at, number, .. }) = Canaries::<T>::take(hash) else { return };
        CanaryExpiries::<T>::remove(queue_key(expires_at, number));
        LodgedBy::<T>::mutate_exists(operator, |slot| {
            *slot = slot.and_then(|lodged| lodged.checked_sub(1)).filter(|left| *left > 0);
        });
    }

    /// Drops lodged hashes whose time is over, as many as fit `limit`. Returns the weight taken, never above it.
    pub(crate) fn prune_canaries(now: BlockNumberFor<T>, limit: Weight) -> Weight {
        let (base, each) = (T::WeightInfo::service_queue(), T::WeightInfo::prune_canary());
        if !base.all_lte(limit) {
            return Weight::zero();
        }
        let mut weight = base;
        for (key, _) in due::<H256, CanaryExpiries<T>>(now.unique_saturated_into(), steps(limit, base, each)) {
            weight.saturating_accrue(each);
            Self::prune_canary(key);
        }
        weight
    }

    pub(crate) fn prune_canary(key: QueueKey) {
        if let Some(hash) = CanaryExpiries::<T>::get(key) {
            Self::drop_canary(hash);
        }
    }
}
