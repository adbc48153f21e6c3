//! What the runtime API answers (docs/json-rpc.md).

use crate::{types::*, Attestations, Config, Outputs, Pallet, Windows};
use alloc::format;
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::JobId;
use hanzo_traits::{
    api::{ApiResult, AttestationView, DeliveredOutput},
    JobRegistry,
};
use sp_core::H256;

impl<T: Config> Pallet<T> {
    /// The attestation of a job; `None` if there is none or its retention is over.
    pub fn attestation(job: JobId) -> Option<AttestationView<T::AccountId, BlockNumberFor<T>>> {
        let record = Attestations::<T>::get(job)?;
        let deliver_by = match Windows::<T>::get(job).map(|window| window.delivery) {
            Some(Delivery::Demanded { by, .. }) => Some(by),
            _ => None,
        };
        Some(AttestationView {
            job,
            worker: record.worker,
            model: record.model,
            input: record.input,
            output: record.output,
            tokens_root: record.tokens_root,
            fingerprints_root: record.fingerprints_root,
            receipt_root: record.receipt_root,
            prompt_tokens: record.prompt_tokens,
            output_tokens: record.output_tokens,
            seed: record.seed,
            engine_profile: record.engine_profile,
            prior_root: record.prior_root,
            attested_at: record.attested_at,
            settles_at: record.settles_at,
            deliver_by,
        })
    }

    /// What the attestation of a job is bound to: of an accepted job, and of an attested one while its record is kept.
    pub fn challenge(job: JobId) -> ApiResult<H256> {
        if let Some(record) = Attestations::<T>::get(job) {
            return Ok(record.challenge);
        }
        let open = T::Jobs::attestable(job).map_err(|error| {
            let now = frame_system::Pallet::<T>::block_number();
            format!("job {job} has no challenge at block {now:?}: {}", <&'static str>::from(error))
        })?;
        Ok(Self::challenge_of(job, &open))
    }

    /// Token ids of an output that was delivered on chain, until its retention is over.
    pub fn output(job: JobId) -> Option<OutputTokens> {
        Outputs::<T>::get(job)
    }

    /// The same with the hash of its bytes.
    pub fn delivered(job: JobId) -> Option<DeliveredOutput> {
        let (tokens, record) = (Self::output(job)?, Attestations::<T>::get(job)?);
        Some(DeliveredOutput { output: record.output, tokens: tokens.into() })
    }
}
