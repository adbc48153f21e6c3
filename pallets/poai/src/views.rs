//! What the runtime API answers (docs/json-rpc.md).

use crate::{
    types::*, windows::parse_key, Attestations, Config, Frauds, Outputs, Pallet, Reviews, SealedOutputs, Seats,
    SlashQueue, Slashes, Verdicts, VerifierSlotCount, VerifierSlots, Verifiers, Windows,
};
use alloc::{format, vec::Vec};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::JobId;
use hanzo_traits::{
    api::{ApiResult, AttestationView, DeliveredOutput, MemberView, ReviewView, SlashView, VerdictView, VerifierView},
    Amount, JobRegistry,
};
use sp_core::H256;

/// Most entries of a page.
const MAX_PAGE: u32 = 256;
/// Most slots looked at for a page.
const MAX_VISITED: u32 = 4_096;

impl<T: Config> Pallet<T> {
    /// The attestation of a job; `None` if there is none or its retention is over.
    pub fn attestation(job: JobId) -> Option<AttestationView<T::AccountId, BlockNumberFor<T>>> {
        let record = Attestations::<T>::get(job)?;
        let window = Windows::<T>::get(job);
        let deliver_by = match window.as_ref().map(|window| &window.delivery) {
            Some(Delivery::Demanded { by, .. }) => Some(*by),
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
            standing: window.map(|window| window.standing),
        })
    }

    /// What the attestation of a job is bound to: of an accepted job, and of an attested one while its record is kept.
    pub fn attestation_challenge(job: JobId) -> ApiResult<H256> {
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
        let (tokens, sealed) = (Self::output(job), SealedOutputs::<T>::get(job));
        let record = Attestations::<T>::get(job).filter(|_| tokens.is_some() || sealed.is_some())?;
        let tokens = tokens.unwrap_or_default().into();
        Some(DeliveredOutput { output: record.output, tokens, sealed: sealed.map(Into::into) })
    }

    /// Reviews under way, at most `limit` and at most 256, in no particular order.
    pub fn open_audits(limit: u32) -> Vec<ReviewView<T::AccountId, BlockNumberFor<T>>> {
        let reviews = Reviews::<T>::iter().take(limit.min(MAX_PAGE) as usize);
        reviews.filter_map(|(job, review)| Self::review_view(job, review)).collect()
    }

    /// Reviews on whose committees an account sits.
    pub fn seats(verifier: &T::AccountId) -> Vec<ReviewView<T::AccountId, BlockNumberFor<T>>> {
        let jobs = Seats::<T>::get(verifier).into_iter();
        jobs.filter_map(|job| Self::review_view(job, Reviews::<T>::get(job)?)).collect()
    }

    fn review_view(job: JobId, review: Review<T::AccountId>) -> Option<ReviewView<T::AccountId, BlockNumberFor<T>>> {
        let window = Windows::<T>::get(job)?;
        let challenger = match review.cause {
            Cause::Audit => None,
            Cause::Challenge { challenger, .. } => Some(challenger),
        };
        Some(ReviewView {
            job,
            until: window.standing.moves_at()?,
            worker: window.worker,
            challenger,
            committee: review.committee,
            round: review.round,
            phase: review.phase,
            positions: review.positions,
            members: Self::member_views(review.members),
        })
    }

    fn member_views(members: Members<T::AccountId>) -> Vec<MemberView<T::AccountId>> {
        let view = |Member { account, commitment, vote, evidence }| MemberView {
            account,
            committed: commitment.is_some(),
            vote,
            evidence,
        };
        members.into_iter().map(view).collect()
    }

    /// What the review of a job came to, until it is pruned.
    pub fn verdict(job: JobId) -> Option<VerdictView<T::AccountId, BlockNumberFor<T>>> {
        let VerdictRecord { verdict, committee, challenger, rounds, members, at, canary } = Verdicts::<T>::get(job)?;
        let members = Self::member_views(members);
        Some(VerdictView { job, verdict, committee, challenger, rounds, members, at, canary })
    }

    /// A verifier.
    pub fn verifier(account: &T::AccountId) -> Option<VerifierView<T::AccountId, BlockNumberFor<T>>> {
        let record = Verifiers::<T>::get(account)?;
        Some(VerifierView {
            account: account.clone(),
            slot: record.slot,
            bond: record.bond.into(),
            frozen: record.frozen.into(),
            seats: Seats::<T>::get(account).into_inner(),
            leaving_since: record.leaving_since,
        })
    }

    /// Verifiers by slot, at most `limit` and at most 256 from slot `start` on; looks at no more than 4,096 slots.
    pub fn verifiers(start: u32, limit: u32) -> Vec<VerifierView<T::AccountId, BlockNumberFor<T>>> {
        let end = VerifierSlotCount::<T>::get().min(start.saturating_add(MAX_VISITED));
        let slots = (start..end).filter_map(VerifierSlots::<T>::get);
        slots.filter_map(|account| Self::verifier(&account)).take(limit.min(MAX_PAGE) as usize).collect()
    }

    /// Slashes that wait for their time, at most `limit` and at most 256, the next one first.
    pub fn slashes(limit: u32) -> Vec<SlashView<T::AccountId, BlockNumberFor<T>>> {
        let ids = SlashQueue::<T>::iter_keys().take(limit.min(MAX_PAGE) as usize).map(|key| parse_key(key).1);
        ids.filter_map(|slash| {
            let FrozenSlash { offender, offence, job, amount, applies_at, .. } = Slashes::<T>::get(slash)?;
            Some(SlashView { slash, offender, offence, job, amount: amount.into(), applies_at })
        })
        .collect()
    }

    /// First block in which an account may submit jobs and have them again; none if it may.
    pub fn denied_until(account: &T::AccountId) -> Option<BlockNumberFor<T>> {
        let now = frame_system::Pallet::<T>::block_number();
        Frauds::<T>::get(account).map(|record| record.denied_until).filter(|until| *until > now)
    }

    /// What a challenge of an attested job has to put up, wei.
    pub fn challenge_bond_of(job: JobId) -> Option<Amount> {
        T::Jobs::review_terms(job).map(|terms| Self::challenge_bond(&terms).into())
    }
}
