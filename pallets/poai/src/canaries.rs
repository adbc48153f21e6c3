//! Canaries: jobs whose work is bad on purpose, to find out verifiers who say good without a look (docs/verification.md).
//!
//! A canary is a job like any other until somebody says so. Its operator is client and worker of it in one: where its own worker is
//! drawn for its own job, the worker attests what it knows to be wrong. Before it does, the operator has lodged a hash that commits to
//! the job and names nothing; operators lodge at a steady pace, most of it noise. Once the review is over the client reveals what the
//! hash was about, with the worker's consent. Who voted good has not looked, however many did.
//!
//! The chain cannot know that the work was bad: operators are registered by governance, who answers for that, and what a canary costs
//! is frozen for a week, in which it can be cancelled. Client and worker both have to agree: an operator can neither call others' work
//! a canary, nor let its worker forge others' jobs for free.

use crate::{
    types::*, Attestations, CanaryOperators, Config, Error, Event, LodgedCanaries, LodgedCount, Pallet, Slashes,
    Verdicts, Verifiers,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{
    committee::{Score, Verdict},
    JobId,
};
use hanzo_traits::{JobRegistry, WorkerRegistry};
use sp_core::{sr25519, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Zero, DispatchResult};

/// Domain of what operators lodge.
const CANARY: &[u8] = b"hanzo/poai/canary/v1";
/// Domain of what workers agree to.
const CONSENT: &[u8] = b"hanzo/poai/canary-consent/v1";

impl<T: Config> Pallet<T> {
    /// H(domain ‖ genesis ‖ operator ‖ worker ‖ job ‖ salt): what an operator lodges.
    pub fn canary_hash(operator: &T::AccountId, worker: &T::AccountId, job: JobId, salt: &[u8; 32]) -> H256 {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        blake2_256(&(CANARY, genesis, operator, worker, job, salt).encode()).into()
    }

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
        let now = frame_system::Pallet::<T>::block_number();
        let mut count = LodgedCount::<T>::get(&operator);
        for hash in &hashes {
            ensure!(!LodgedCanaries::<T>::contains_key(&operator, hash), Error::<T>::AlreadyLodged);
            count = count.checked_add(1).filter(|count| *count <= MAX_LODGED).ok_or(Error::<T>::TooManyLodged)?;
            LodgedCanaries::<T>::insert(&operator, hash, now);
        }
        LodgedCount::<T>::insert(&operator, count);
        Self::deposit_event(Event::CanariesLodged { operator, count: hashes.len() as u32 });
        Ok(())
    }

    /// Drops what an operator lodged and no longer needs: noise, and jobs that nobody reviewed.
    pub(crate) fn do_drop_lodged(operator: T::AccountId, hashes: CanaryHashes) -> DispatchResult {
        for hash in &hashes {
            Self::take_lodged(&operator, hash)?;
        }
        Ok(())
    }

    /// Takes a lodged hash; the block it was lodged in.
    fn take_lodged(operator: &T::AccountId, hash: &H256) -> Result<BlockNumberFor<T>, Error<T>> {
        let at = LodgedCanaries::<T>::take(operator, hash).ok_or(Error::<T>::NotLodged)?;
        LodgedCount::<T>::mutate_exists(operator, |slot| {
            let left = slot.unwrap_or_default().saturating_sub(1);
            *slot = (left > 0).then_some(left);
        });
        Ok(at)
    }

    /// What a worker's session key signs to agree that its work was a canary.
    pub fn canary_consent(hash: &H256) -> H256 {
        blake2_256(&(CONSENT, hash).encode()).into()
    }

    pub(crate) fn do_reveal_canary(
        client: T::AccountId,
        operator: T::AccountId,
        job: JobId,
        salt: [u8; 32],
        consent: &sr25519::Signature,
        slashes: CanarySlashes,
    ) -> DispatchResult {
        ensure!(T::Jobs::client(job).as_ref() == Some(&client), Error::<T>::NotClient);
        let attestation = Attestations::<T>::get(job).ok_or(Error::<T>::NoVerdict)?;
        let mut record = Verdicts::<T>::get(job).ok_or(Error::<T>::NoVerdict)?;
        let worker = attestation.worker;
        ensure!(CanaryOperators::<T>::contains_key(&operator), Error::<T>::NotOperator);
        // Whoever challenged it was right, and is paid for it.
        ensure!(record.challenger.is_none(), Error::<T>::WasChallenged);
        ensure!(!record.canary, Error::<T>::KnownCanary);
        let hash = Self::canary_hash(&operator, &worker, job, &salt);
        let key = T::Workers::session_key(&worker).ok_or(Error::<T>::NoSessionKey)?;
        let agreed = Self::canary_consent(&hash);
        ensure!(sp_io::crypto::sr25519_verify(consent, agreed.as_bytes(), &key), Error::<T>::BadSignature);
        let lodged_at = Self::take_lodged(&operator, &hash)?;
        ensure!(lodged_at < attestation.attested_at, Error::<T>::LodgedTooLate);

        // Seven who found it bad have had the others punished already.
        let unpunished = record.verdict != Verdict::Bad;
        let fooled: Vec<_> = record
            .members
            .iter()
            .filter(|member| unpunished && member.vote.is_some_and(|vote| vote.score == Score::Good))
            .map(|member| member.account.clone())
            .collect();
        for id in &slashes {
            let slash = Slashes::<T>::get(id).ok_or(Error::<T>::UnknownSlash)?;
            // Its own forgery, or who was punished for having been right against a majority that was not.
            let undone = match slash.offence {
                Offence::Forgery => slash.offender == worker,
                Offence::FalseVerdict => unpunished && !fooled.contains(&slash.offender),
            };
            ensure!(slash.job == job && undone, Error::<T>::NotOfThisCanary);
            Self::do_cancel_slash(*id)?;
        }
        for verifier in fooled.iter().filter(|verifier| Verifiers::<T>::contains_key(verifier)) {
            Self::punish_false_verdict(verifier, job)?;
        }
        record.canary = true;
        Verdicts::<T>::insert(job, record);
        Self::deposit_event(Event::CanaryRevealed { job, operator, worker, fooled });
        Ok(())
    }
}
