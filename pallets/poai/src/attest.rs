//! Checking an attestation against its job, and recording it (docs/jobs.md).

use crate::{types::*, Attestations, Config, Error, Event, Pallet, Settings, WeightInfo, Windows};
use frame_support::{ensure, traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{attestation, chunks, Attestation, JobId, Proof, Verification};
use hanzo_traits::{AttestableJob, JobRegistry, ProofRegistry, WorkerRegistry};
use sp_core::{sr25519, H256};
use sp_runtime::{
    traits::{Saturating, Zero},
    DispatchError, DispatchResult,
};

/// The kind of job that a proof answers.
const fn answers(proof: &Proof) -> Verification {
    match proof {
        Proof::Replay => Verification::Replay,
        Proof::Tee(_) => Verification::Tee,
        Proof::Quorum(_) => Verification::Quorum,
        Proof::Zk(_) => Verification::Zk,
    }
}

impl<T: Config> Pallet<T> {
    /// What an attestation of this job must be bound to. The genesis hash stays in the system pallet for ever; block 0 is
    /// the one number it never prunes.
    pub(crate) fn challenge_of(job: JobId, open: &AttestableJob<T::AccountId, BlockNumberFor<T>>) -> H256 {
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        attestation::challenge(&genesis, job, &open.opening, &open.worker)
    }

    /// Everything the chain can check without replaying, cheapest first; returns the challenge that is spent.
    pub(crate) fn check_attestation(
        who: &T::AccountId,
        attestation: &Attestation<T::AccountId>,
        signature: &sr25519::Signature,
    ) -> Result<H256, DispatchError> {
        ensure!(!Attestations::<T>::contains_key(attestation.job), Error::<T>::AlreadyAttested);
        let open = T::Jobs::attestable(attestation.job)?;
        ensure!(frame_system::Pallet::<T>::block_number() <= open.deadline, Error::<T>::DeadlinePassed);
        ensure!(*who == open.worker && attestation.worker == open.worker, Error::<T>::WrongWorker);
        Self::check_binding(attestation, &open)?;
        Self::check_counts(attestation, &open)?;
        ensure!(answers(&attestation.proof) == open.verification, Error::<T>::ProofMismatch);
        Self::check_hashes(attestation)?;

        let challenge = Self::challenge_of(attestation.job, &open);
        let key = T::Workers::session_key(&open.worker).ok_or(Error::<T>::NoSessionKey)?;
        let signed = attestation.signing_hash(&challenge);
        ensure!(sp_io::crypto::sr25519_verify(signature, signed.as_bytes(), &key), Error::<T>::BadSignature);
        T::Proofs::check(attestation, &challenge, &key)?;
        Ok(challenge)
    }

    /// The attestation speaks of what the client asked for and the chain drew.
    fn check_binding(
        attestation: &Attestation<T::AccountId>,
        open: &AttestableJob<T::AccountId, BlockNumberFor<T>>,
    ) -> DispatchResult {
        ensure!(attestation.model == open.model, Error::<T>::ModelMismatch);
        ensure!(attestation.input == open.input, Error::<T>::InputMismatch);
        ensure!(attestation.nonce == open.nonce, Error::<T>::NonceMismatch);
        ensure!(attestation.seed == open.seed, Error::<T>::SeedMismatch);
        ensure!(attestation.prior_root == open.prior_root, Error::<T>::PriorMismatch);
        let profile = Settings::<T>::get().engine_profile;
        ensure!(profile.is_none_or(|profile| profile == attestation.engine_profile), Error::<T>::WrongEngineProfile);
        Ok(())
    }

    /// Usage is paid by these counts, so they stay within what the client paid for.
    fn check_counts(
        attestation: &Attestation<T::AccountId>,
        open: &AttestableJob<T::AccountId, BlockNumberFor<T>>,
    ) -> DispatchResult {
        ensure!(attestation.prompt_tokens <= open.max_prompt_tokens, Error::<T>::TooManyPromptTokens);
        ensure!(attestation.output_tokens > 0, Error::<T>::NoOutputTokens);
        ensure!(attestation.output_tokens <= open.max_output_tokens, Error::<T>::TooManyOutputTokens);
        Ok(())
    }

    /// What checking an attestation weighs at most, its proof included.
    pub fn attest_weight(attestation: &Attestation<T::AccountId>) -> Weight {
        T::WeightInfo::attest().saturating_add(T::Proofs::check_weight(answers(&attestation.proof)))
    }

    /// Hashes that commit to nothing are refused: a replay would have nothing to compare with.
    fn check_hashes(attestation: &Attestation<T::AccountId>) -> DispatchResult {
        let (tokens, fingerprints) = (attestation.tokens_root, attestation.fingerprints_root);
        for hash in [tokens, fingerprints, attestation.output, attestation.engine_profile] {
            ensure!(!hash.is_zero(), Error::<T>::DegenerateHash);
        }
        let empty = chunks::tokens_root(&[]);
        ensure!(Some(tokens) != empty && Some(fingerprints) != empty, Error::<T>::DegenerateHash);
        ensure!(tokens != fingerprints, Error::<T>::DegenerateHash);
        Ok(())
    }

    /// Keeps a checked attestation, opens its window and tells the job book.
    pub(crate) fn record_attestation(attestation: Attestation<T::AccountId>, challenge: H256) -> DispatchResult {
        let receipt_root = attestation.receipt_root();
        let Attestation {
            job,
            worker,
            model,
            input,
            output,
            tokens_root,
            fingerprints_root,
            prompt_tokens,
            output_tokens,
            nonce,
            seed,
            engine_profile,
            prior_root,
            proof: _,
        } = attestation;
        T::Jobs::note_attested(job, prompt_tokens, output_tokens)?;

        let attested_at = frame_system::Pallet::<T>::block_number();
        let settles_at = attested_at.saturating_add(T::ChallengeWindow::get());
        let record = AttestationRecord {
            worker: worker.clone(),
            model,
            input,
            output,
            tokens_root,
            fingerprints_root,
            prompt_tokens,
            output_tokens,
            nonce,
            seed,
            engine_profile,
            prior_root,
            challenge,
            receipt_root,
            attested_at,
            settles_at,
        };
        Attestations::<T>::insert(job, record);
        let window = Window {
            worker: worker.clone(),
            due: settles_at,
            attempts: 0,
            delivery: Delivery::NotDemanded,
            standing: Standing::Unaudited,
        };
        Windows::<T>::insert(job, &window);
        Self::enqueue(job, window.due);
        Self::enter_lottery(job);
        Self::deposit_event(Event::Attested {
            job,
            worker,
            model,
            input,
            output,
            tokens_root,
            fingerprints_root,
            receipt_root,
            engine_profile,
            prompt_tokens,
            output_tokens,
            settles_at,
        });
        Ok(())
    }
}
