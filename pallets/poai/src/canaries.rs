//! Canaries: jobs whose work is bad on purpose, to find out verifiers who say good without a look (docs/verification.md).
//!
//! A canary is a job like any other until somebody says so. Its operator is client and worker of it in one: where its own worker is
//! drawn for its own job, the worker attests what it knows to be wrong. Before the job was submitted the operator had lodged a hash
//! that commits to its client and nonce and names nothing; operators lodge at a steady pace, most of it noise. Once the job is final
//! the client reveals what the hash was about, with the worker's consent. Who voted good in any round has not looked, however many
//! did.
//!
//! The chain cannot know that the work was bad: operators are registered by governance, who answers for that, and what a canary costs
//! is frozen for a week, in which it can be cancelled. Client and worker both have to agree: an operator can neither call others' work
//! a canary, nor let its worker forge others' jobs for free. And as nothing that a review paid or took may be worth a canary to those
//! behind it, its client pays for what others lost by it: the pot its replays, a challenger its bond or its look.

use crate::{
    types::*,
    windows::{due, queue_key, steps},
    Attestations, CanaryExpiries, CanaryOperators, Config, Error, Event, LodgedCanaries, LodgedCount, NextLodged,
    Pallet, Traces, Verdicts, WeightInfo, Windows,
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::{Preservation, Provenance},
        Get,
    },
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{
    canary,
    committee::{Score, Verdict},
    JobId,
};
use hanzo_traits::{Balance, JobRegistry, WorkerRegistry};
use sp_core::{sr25519, H256};
use sp_runtime::{
    traits::{Saturating, UniqueSaturatedInto, Zero},
    DispatchError, DispatchResult,
};

type VerdictOf<T> = VerdictRecord<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
type TraceOf<T> = Trace<<T as frame_system::Config>::AccountId>;

impl<T: Config> Pallet<T> {
    // ---- Operators, and what they lodge.

    pub(crate) fn put_operator(account: T::AccountId, registered: bool) -> DispatchResult {
        if registered {
            ensure!(!CanaryOperators::<T>::contains_key(&account), Error::<T>::AlreadyOperator);
            ensure!(CanaryOperators::<T>::count() < MAX_OPERATORS, Error::<T>::TooManyOperators);
            CanaryOperators::<T>::insert(&account, ());
        } else {
            CanaryOperators::<T>::take(&account).ok_or(Error::<T>::NotOperator)?;
        }
        Self::deposit_event(Event::CanaryOperatorSet { operator: account, registered });
        Ok(())
    }

    pub(crate) fn do_lodge(operator: T::AccountId, hashes: CanaryHashes) -> DispatchResult {
        ensure!(CanaryOperators::<T>::contains_key(&operator), Error::<T>::NotOperator);
        let at = frame_system::Pallet::<T>::block_number();
        let expires_at = at.saturating_add(T::AttestationRetention::get());
        let (mut count, mut number) = (LodgedCount::<T>::get(&operator), NextLodged::<T>::get());
        for hash in &hashes {
            ensure!(!LodgedCanaries::<T>::contains_key(&operator, hash), Error::<T>::AlreadyLodged);
            count = count.checked_add(1).filter(|count| *count <= MAX_LODGED).ok_or(Error::<T>::TooManyLodged)?;
            CanaryExpiries::<T>::insert(queue_key(expires_at, number), (&operator, hash));
            LodgedCanaries::<T>::insert(&operator, hash, Lodged { at, expires_at, number });
            number = number.checked_add(1).ok_or(Error::<T>::Overflow)?;
        }
        NextLodged::<T>::put(number);
        LodgedCount::<T>::insert(&operator, count);
        let count = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        Self::deposit_event(Event::CanariesLodged { operator, count, expires_at });
        Ok(())
    }

    /// Drops a lodged hash, which is spent or expired.
    fn drop_lodged(operator: &T::AccountId, hash: &H256) {
        let Some(Lodged { expires_at, number, .. }) = LodgedCanaries::<T>::take(operator, hash) else { return };
        CanaryExpiries::<T>::remove(queue_key(expires_at, number));
        LodgedCount::<T>::mutate_exists(operator, |slot| {
            *slot = slot.and_then(|count| count.checked_sub(1)).filter(|left| *left > 0);
        });
    }

    /// Drops lodged hashes whose time is over, as many as fit `limit`. Returns the weight taken, never above it.
    pub(crate) fn prune_lodged(now: BlockNumberFor<T>, limit: Weight) -> Weight {
        let (base, each) = (T::WeightInfo::service_queue(), T::WeightInfo::prune_lodged());
        if !base.all_lte(limit) {
            return Weight::zero();
        }
        let mut weight = base;
        for (key, _) in due::<_, CanaryExpiries<T>>(now.unique_saturated_into(), steps(limit, base, each)) {
            weight.saturating_accrue(each);
            Self::prune_one_lodged(key);
        }
        weight
    }

    pub(crate) fn prune_one_lodged(key: QueueKey) {
        if let Some((operator, hash)) = CanaryExpiries::<T>::take(key) {
            Self::drop_lodged(&operator, &hash);
        }
    }

    // ---- What a review leaves.

    /// Notes something about the review of a job.
    pub(crate) fn trace(job: JobId, note: impl FnOnce(&mut TraceOf<T>)) {
        Traces::<T>::mutate(job, |slot| note(slot.get_or_insert_with(Default::default)));
    }

    /// Notes who found a job good in a round, what the pot paid for its replays, and what a challenger's own was worth.
    pub(crate) fn trace_round(job: JobId, review: &Review<T::AccountId>, paid: Balance, replay_price: Balance) {
        let is_good = |member: &&Member<T::AccountId>| member.vote.is_some_and(|vote| vote.score == Score::Good);
        Self::trace(job, |trace| {
            trace.paid = trace.paid.saturating_add(paid);
            if review.cause != Cause::Audit {
                trace.owed = replay_price;
            }
            for member in review.members.iter().filter(is_good) {
                if !trace.approved.contains(&member.account) {
                    // There is room for everybody of six rounds.
                    let _ = trace.approved.try_push(member.account.clone());
                }
            }
        });
    }

    // ---- The reveal.

    pub(crate) fn do_reveal_canary(
        client: T::AccountId,
        operator: T::AccountId,
        job: JobId,
        salt: [u8; 32],
        consent: &sr25519::Signature,
    ) -> DispatchResult {
        ensure!(T::Jobs::client(job).as_ref() == Some(&client), Error::<T>::NotClient);
        let attestation = Attestations::<T>::get(job).ok_or(Error::<T>::NoVerdict)?;
        let mut verdict = Verdicts::<T>::get(job).ok_or(Error::<T>::NoVerdict)?;
        // Before its end the job may still move quality and money.
        ensure!(!Windows::<T>::contains_key(job), Error::<T>::JobNotFinal);
        ensure!(!verdict.canary, Error::<T>::KnownCanary);
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(now <= verdict.at.saturating_add(T::CanaryWindow::get()), Error::<T>::WindowOver);

        ensure!(CanaryOperators::<T>::contains_key(&operator), Error::<T>::NotOperator);
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let hash = canary::commitment(&genesis, &operator, &client, attestation.nonce, &salt);
        let lodged = LodgedCanaries::<T>::get(&operator, hash).filter(|lodged| now < lodged.expires_at);
        let lodged = lodged.ok_or(Error::<T>::NotLodged)?;
        let submitted_at = T::Jobs::submitted_at(job).ok_or(Error::<T>::NoVerdict)?;
        ensure!(lodged.at < submitted_at, Error::<T>::LodgedTooLate);
        let worker = attestation.worker;
        let key = T::Workers::session_key(&worker).ok_or(Error::<T>::NoSessionKey)?;
        let agreed = canary::consent(&attestation.challenge, &hash);
        ensure!(sp_io::crypto::sr25519_verify(consent, agreed.as_bytes(), &key), Error::<T>::BadSignature);

        Self::drop_lodged(&operator, &hash);
        let trace = Traces::<T>::get(job).unwrap_or_default();
        Self::undo_verdict(&worker, &verdict, &trace)?;
        let to_pot = Self::make_good(&client, &Self::pot(), trace.paid)?;
        let to_challenger = match &verdict.challenger {
            Some(challenger) => Self::make_good(&client, challenger, trace.owed)?,
            None => 0,
        };
        let fooled = Self::punish_approvals(job, &trace)?;
        verdict.canary = true;
        Verdicts::<T>::insert(job, verdict);
        Self::deposit_event(Event::CanaryRevealed { job, operator, client, worker, fooled, to_pot, to_challenger });
        Ok(())
    }

    /// Takes back what a verdict did to those who only did their part: the worker that forged on purpose, and members that told the
    /// truth to seven who did not.
    fn undo_verdict(worker: &T::AccountId, verdict: &VerdictOf<T>, trace: &TraceOf<T>) -> DispatchResult {
        match trace.forgery {
            // If it is not there any more it was cancelled, and the fraud forgiven with it.
            Some(slash) => Self::cancel_if_waiting(slash)?,
            None if verdict.verdict == Verdict::Bad => Self::forgive_fraud(worker, verdict.at),
            None => {}
        }
        if let Some(moved) = trace.quality {
            Self::restore_quality(worker, moved);
        }
        // Seven who found it bad were right about the others.
        if verdict.verdict == Verdict::Good {
            for (_, slash) in trace.punished.iter().filter(|(account, _)| !trace.approved.contains(account)) {
                Self::cancel_if_waiting(*slash)?;
            }
        }
        Ok(())
    }

    /// A tenth of the bond of everybody who found it good, but for those whose votes on this job were punished before. Who.
    fn punish_approvals(job: JobId, trace: &TraceOf<T>) -> Result<Vec<T::AccountId>, DispatchError> {
        let mut fooled = Vec::new();
        for verifier in &trace.approved {
            let known = trace.punished.iter().any(|(account, _)| account == verifier);
            if !known && Self::punish_missed_canary(verifier, job)? {
                fooled.push(verifier.clone());
            }
        }
        Ok(fooled)
    }

    /// A canary's client pays what others lost by it; returns what it paid, wei. An account that is gone and cannot be opened by the
    /// amount gets nothing: whoever closed it must not keep the canary from being revealed.
    fn make_good(client: &T::AccountId, to: &T::AccountId, amount: Balance) -> Result<Balance, DispatchError> {
        let can = amount > 0 && T::Currency::can_deposit(to, amount, Provenance::Extant).into_result().is_ok();
        if !can {
            return Ok(0);
        }
        T::Currency::transfer(client, to, amount, Preservation::Preserve)
    }
}
