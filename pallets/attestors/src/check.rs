//! Checking the proofs of attestations.

use crate::{types::*, weights::WeightInfo, Attestors, Config, Error, Measurements, Pallet, Verifiers};
use codec::DecodeAll;
use frame_support::{ensure, weights::Weight};
use hanzo_poai::{attestation::report_data, Attestation, Proof, Verification};
use hanzo_proofs::{binding, groth16};
use hanzo_traits::{ProofRegistry, SessionKey, TeeRegistry};
use sp_core::H256;
use sp_runtime::{DispatchError, DispatchResult};

/// Evidence as its kind of proof has it, to the last byte.
fn decode<T: Config, Evidence: DecodeAll>(mut bytes: &[u8]) -> Result<Evidence, DispatchError> {
    Evidence::decode_all(&mut bytes).map_err(|_| Error::<T>::BadEvidence.into())
}

impl<T: Config> Pallet<T> {
    /// The session key lives where it says, and signed what this job's report data would be.
    fn check_tee(
        evidence: &[u8],
        attestation: &Attestation<T::AccountId>,
        challenge: &H256,
        key: &SessionKey,
    ) -> DispatchResult {
        let TeeEvidence { measurement, signature } = decode::<T, _>(evidence)?;
        let bound = Self::is_bound(&attestation.worker, key).ok_or(Error::<T>::NotBound)?;
        ensure!(bound == measurement, Error::<T>::WrongMeasurement);
        let Attestation { model, input, output, .. } = attestation;
        let message = report_data(challenge, model, input, output, measurement.as_bytes());
        let holds = sp_io::crypto::sr25519_verify(&signature, message.as_bytes(), key);
        ensure!(holds, Error::<T>::BadSignature);
        Ok(())
    }

    /// Attestors computed the same.
    fn check_attestors(evidence: &[u8], statement: &H256) -> DispatchResult {
        let QuorumEvidence { set, signatures } = decode::<T, _>(evidence)?;
        Self::check_quorum(set, &signatures, &binding::quorum(set, statement))
    }

    /// A registered verifying key accepts the proof.
    fn check_zk(evidence: &[u8], statement: &H256) -> DispatchResult {
        let ZkEvidence { verifier, proof } = decode::<T, _>(evidence)?;
        Self::ensure_running(&[Target::Verifier(verifier)])?;
        let key = Verifiers::<T>::get(verifier).ok_or(Error::<T>::NotRegistered)?;
        let key = groth16::VerifyingKey::decode(&key).map_err(|_| Error::<T>::BadVerifyingKey)?;
        key.verify(&proof, statement).map_err(|_| Error::<T>::ProofRefused)?;
        Ok(())
    }
}

impl<T: Config> ProofRegistry<T::AccountId> for Pallet<T> {
    fn check(attestation: &Attestation<T::AccountId>, challenge: &H256, key: &SessionKey) -> DispatchResult {
        match &attestation.proof {
            Proof::Replay => Ok(()),
            Proof::Tee(evidence) => Self::check_tee(evidence, attestation, challenge, key),
            Proof::Quorum(evidence) => Self::check_attestors(evidence, &binding::statement(challenge, attestation)),
            Proof::Zk(evidence) => Self::check_zk(evidence, &binding::statement(challenge, attestation)),
        }
    }

    fn check_weight(kind: Verification) -> Weight {
        match kind {
            Verification::Replay => Weight::zero(),
            Verification::Tee => T::WeightInfo::check_tee(),
            Verification::Quorum => T::WeightInfo::check_quorum(MAX_ATTESTORS),
            Verification::Zk => T::WeightInfo::check_zk(),
        }
    }

    fn supports(kind: Verification) -> bool {
        match kind {
            Verification::Replay => true,
            Verification::Tee => Measurements::<T>::count() > 0,
            Verification::Quorum => {
                Attestors::<T>::get().threshold > 0 && Self::ensure_running(&[Target::Attestors]).is_ok()
            }
            Verification::Zk => Verifiers::<T>::count() > 0,
        }
    }
}
