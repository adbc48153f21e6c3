//! The proof that an attestation carries, and the session key's signatures.

use crate::error::{Error, Result};
use crate::worker::chain::{Chain, Head, Job};
use crate::worker::runner::Runner;
use crate::worker::Worker;
use codec::{DecodeAll, Encode};
use hanzo_poai::attestation::{challenge, report_data};
use hanzo_poai::{Attestation, Proof, Verification};
use hanzo_proofs::binding::TeeEvidence;
use sp_core::{bounded::BoundedVec, sr25519, H256};
use sp_runtime::AccountId32;

impl<C: Chain, R: Runner> Worker<C, R> {
    /// The session key, and its signature over an attestation of the acceptance with this opening. Where the attestation carries
    /// evidence of trusted hardware, the signature in it is made too.
    pub(super) fn sign(
        &self,
        opening: H256,
        attestation: &mut Attestation<AccountId32>,
    ) -> Result<(sr25519::Public, sr25519::Signature)> {
        let sign = |hash| self.signer.sign(&hash).map_err(|e| Error::Request(format!("cannot sign: {e}")));
        let challenge = challenge(&self.chain.genesis(), attestation.job, &opening, &attestation.worker);
        if let Some(measurement) = measurement_in(&attestation.proof) {
            let Attestation { model, input, output, .. } = attestation;
            let signature = sign(report_data(&challenge, model, input, output, measurement.as_bytes()))?;
            attestation.proof = tee(&TeeEvidence { measurement, signature });
        }
        let signature = sign(attestation.signing_hash(&challenge))?;
        Ok((self.signer.public(), signature))
    }

    /// What proves a job's result, beside its being signed: nothing for a replay, the hardware's measurement for trusted
    /// hardware. `None` if it cannot be had now; the next block may do better.
    pub(super) async fn proof_for(&self, job: &Job, head: Head) -> Option<Option<H256>> {
        match job.verification {
            Verification::Tee => match self.chain.measurement(head.hash).await {
                Ok(Some(measurement)) => Some(Some(measurement)),
                Ok(None) => {
                    let (job, deadline) = (job.id, job.deadline);
                    tracing::error!(
                        job,
                        deadline,
                        "the job asks for trusted hardware, and the session key is bound to none now; bind it (tee register)"
                    );
                    None
                }
                Err(error) => {
                    tracing::warn!(job = job.id, %error, "cannot read what the session key is bound to");
                    None
                }
            },
            _ => Some(None),
        }
    }
}

/// A proof of trusted hardware that is yet to be signed.
pub(super) fn by_hardware(measurement: H256) -> Proof {
    tee(&TeeEvidence { measurement, signature: sr25519::Signature::from_raw([0; 64]) })
}

fn tee(evidence: &TeeEvidence) -> Proof {
    // 96 bytes, of the 8,192 that fit.
    Proof::Tee(BoundedVec::truncate_from(evidence.encode()))
}

/// The measurement that a proof names, if it is of trusted hardware.
fn measurement_in(proof: &Proof) -> Option<H256> {
    match proof {
        Proof::Tee(evidence) => TeeEvidence::decode_all(&mut &evidence[..]).ok().map(|evidence| evidence.measurement),
        _ => None,
    }
}
