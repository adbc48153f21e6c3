//! Submission: what a job must be, what it takes, and how that is paid for.

use crate::{
    bonds::{percent, worth, PriceBook},
    pallet::*,
    types::{pools_of, Job},
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{fungible::hold::Mutate as _, Contains, Get},
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{Trade, PPB};
use hanzo_poai::{
    parts::MAX_POOLS, JobKind, JobRequest, JobStatus, Limits, ModelProfile, Part, ResourceClass, Resources,
    MAX_BLOB_BYTES, MAX_DEMANDABLE_TOKENS,
};
use hanzo_traits::{Balance, ComputeMarket, JobId, PoolId, ProofRegistry, Tier};
use sp_core::H256;
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding,
    traits::{Saturating, Zero},
    DispatchError, DispatchResult, Rounding,
};

/// Highest average price of a purchase in percent of the hour's mean, where the client names none.
const DEFAULT_PRICE_PERCENT: u128 = 101;

/// What went into the escrow, and what it cost.
#[derive(Default)]
struct Purchase {
    held: Resources,
    bought: Resources,
    cost: [Balance; ResourceClass::COUNT],
    paid: Balance,
    lost_fees: Balance,
    value: Balance,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_submit(
        client: T::AccountId,
        request: JobRequest<BlockNumberFor<T>>,
    ) -> Result<JobId, DispatchError> {
        ensure!(!T::Denied::contains(&client), Error::<T>::Denied);
        let profile = ModelProfiles::<T>::get(request.model);
        Self::ensure_acceptable(&request, profile.as_ref())?;
        let needed = Self::resources_of(&request, profile.as_ref())?;
        let pools = Self::pools_taken(request.tier, &needed, &request.parts)?;

        let id = NextJob::<T>::get();
        ClientJobs::<T>::try_mutate(&client, |open| {
            ensure!(!open.iter().any(|(_, nonce)| *nonce == request.nonce), Error::<T>::NonceInUse);
            open.try_push((id, request.nonce)).map_err(|_| Error::<T>::TooManyOpenJobs)
        })?;
        NextJob::<T>::put(id.checked_add(1).ok_or(Error::<T>::Overflow)?);

        let bought = Self::purchase(&client, &pools, &request.limits, request.use_held_tokens)?;
        ensure!(bought.value >= T::MinJobValue::get(), Error::<T>::JobTooSmall);
        let fee = Self::fee_of(bought.value).ok_or(Error::<T>::Overflow)?;
        let tokens = request.max_prompt_tokens.saturating_add(request.decoding.max_output_tokens);
        let taken = (request.tier, &needed, &request.parts);
        let replay = Self::replay_worth(profile.as_ref(), tokens, taken, bought.value);
        let audit_fee = Self::audit_fee_of(bought.value, replay).ok_or(Error::<T>::Overflow)?;
        let held_in_all = fee.checked_add(audit_fee).ok_or(Error::<T>::Overflow)?;
        T::Currency::hold(&HoldReason::JobFee.into(), &client, held_in_all)?;

        let now = frame_system::Pallet::<T>::block_number();
        let Purchase { held, bought, cost, paid, lost_fees, value } = bought;
        let (model, deadline, tier, parts) = (request.model, request.deadline, request.tier, request.parts);
        let job = Job {
            client: client.clone(),
            kind: request.kind,
            model,
            input: request.input,
            max_prompt_tokens: request.max_prompt_tokens,
            decoding: request.decoding,
            sla: request.sla,
            tier,
            verification: request.verification,
            prior_root: request.prior.unwrap_or_default(),
            nonce: request.nonce,
            sell_unused: request.sell_unused,
            sealed: request.sealed,
            profile,
            escrow: needed,
            parts: parts.clone(),
            paid,
            lost_fees,
            value,
            fee,
            audit_fee,
            submitted_at: now,
            deadline,
            status: JobStatus::Submitted,
            drawn_after: now,
            draws: 0,
            empty_draws: 0,
            missed_by: Default::default(),
            assignment: None,
            opening: None,
            accepted_at: None,
            prompt_tokens: 0,
            output_tokens: 0,
        };
        Self::schedule_draw(id, &job);
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobSubmitted {
            job: id,
            client,
            model,
            tier,
            parts,
            held,
            bought,
            cost,
            paid,
            value,
            fee,
            audit_fee,
            deadline,
        });
        Ok(id)
    }

    /// What is held from the client of a job of this value: 1 % of it, at least the floor, wei.
    pub(crate) fn fee_of(value: Balance) -> Option<Balance> {
        percent(value, 1, Rounding::Up).map(|fee| fee.max(T::MinJobFee::get()))
    }

    /// What the client of a job pays for audits, wei, rounded up: a part of its value, and no less than the replays that it may expect
    /// to have paid out of the pot. Otherwise who is client, worker and verifiers would draw on what others have paid in.
    pub(crate) fn audit_fee_of(value: Balance, replay: Balance) -> Option<Balance> {
        let part = |amount, ppb: u32| multiply_by_rational_with_rounding(amount, ppb.into(), PPB.into(), Rounding::Up);
        Some(part(value, T::AuditFeePpb::get())?.max(part(replay, T::AuditReplaysPpb::get())?))
    }

    fn ensure_acceptable(request: &JobRequest<BlockNumberFor<T>>, profile: Option<&ModelProfile>) -> DispatchResult {
        ensure!(request.kind == JobKind::Inference, Error::<T>::UnsupportedKind);
        ensure!(T::Proofs::supports(request.verification), Error::<T>::UnsupportedVerification);
        ensure!(request.prior.is_none(), Error::<T>::UnsupportedPrior);
        ensure!(request.deltas.is_empty(), Error::<T>::UnsupportedDeltas);
        ensure!(request.input.length <= MAX_BLOB_BYTES, Error::<T>::InputTooLong);
        ensure!(request.decoding.is_valid(), Error::<T>::BadDecoding);
        ensure!(request.decoding.max_output_tokens <= MAX_DEMANDABLE_TOKENS, Error::<T>::OutputNotDemandable);
        ensure!(request.sla.min_quality_ppb <= PPB, Error::<T>::BadServiceLevel);
        Self::tier_rule(request.tier)?;

        let now = frame_system::Pallet::<T>::block_number();
        let least = profile.map_or_else(T::MinJobDuration::get, |profile| profile.min_deadline_blocks.into());
        let duration = request.deadline.saturating_sub(now);
        ensure!(!duration.is_zero() && duration >= least, Error::<T>::DeadlineTooSoon);
        ensure!(duration <= T::MaxJobDuration::get(), Error::<T>::DeadlineTooLate);

        if let Some(profile) = profile {
            ensure!(request.max_prompt_tokens <= profile.max_prompt_tokens, Error::<T>::PromptTooLong);
            ensure!(request.decoding.max_output_tokens <= profile.max_output_tokens, Error::<T>::OutputTooLong);
        }
        Ok(())
    }

    fn resources_of(
        request: &JobRequest<BlockNumberFor<T>>,
        profile: Option<&ModelProfile>,
    ) -> Result<Resources, DispatchError> {
        let needed = match (profile, request.resources) {
            (Some(_), Some(_)) => return Err(Error::<T>::ResourcesGiven.into()),
            (None, None) => return Err(Error::<T>::ResourcesMissing.into()),
            (Some(profile), None) => profile
                .usage(request.max_prompt_tokens, request.decoding.max_output_tokens)
                .ok_or(Error::<T>::Overflow)?,
            (None, Some(resources)) => resources,
        };
        ensure!(!needed.is_zero(), Error::<T>::NoResources);
        Ok(needed)
    }

    /// The pools whose tokens pay for a job of `tier` that takes `needed`, `parts` of it in other tiers, and how much of
    /// each, wei. Fails where a part is of a tier that is not known, twice there, or less strict than the job's, where it is
    /// empty, and where the parts are more than is needed or the pools too many.
    pub(crate) fn pools_taken(
        tier: Tier,
        needed: &Resources,
        parts: &[Part],
    ) -> Result<Vec<(PoolId, Balance)>, DispatchError> {
        let rule = Self::tier_rule(tier)?;
        for (place, part) in parts.iter().enumerate() {
            let is_again = part.tier == tier || parts.iter().take(place).any(|other| other.tier == part.tier);
            ensure!(!is_again, Error::<T>::DuplicateTier);
            ensure!(!part.resources.is_zero(), Error::<T>::EmptyPart);
            ensure!(Self::tier_rule(part.tier)?.implies(&rule), Error::<T>::TierTooLax);
        }
        let pools = pools_of(tier, needed, parts).ok_or(Error::<T>::PartsExceedNeeds)?;
        ensure!(pools.len() <= MAX_POOLS as usize, Error::<T>::TooManyPools);
        Ok(pools)
    }

    /// Puts what is needed of each pool into the escrow: held tokens first where wanted, the rest bought pool by pool.
    fn purchase(
        client: &T::AccountId,
        needed: &[(PoolId, Balance)],
        limits: &Limits,
        use_held_tokens: bool,
    ) -> Result<Purchase, DispatchError> {
        let escrow = Self::escrow_account();
        let mut out = Purchase::default();
        let mut book = PriceBook::default();
        for (pool, need) in needed.iter().copied() {
            let class = pool.class;
            let twap = T::Market::prices(pool)?.twap_hour;
            let held = if use_held_tokens { Self::spendable(pool, client).min(need) } else { 0 };
            Self::move_tokens(pool, client, &escrow, held)?;
            let missing = need.checked_sub(held).ok_or(Error::<T>::Overflow)?;
            let Trade { theta: cost, fee, .. } =
                Self::buy(client, &escrow, pool, missing, Self::highest_price(limits, class, twap)?)?;

            for (sums, amount) in [(&mut out.held.0, held), (&mut out.bought.0, missing), (&mut out.cost, cost)] {
                if let Some(sum) = sums.get_mut(class.index()) {
                    *sum = sum.checked_add(amount).ok_or(Error::<T>::Overflow)?;
                }
            }
            out.paid = out.paid.checked_add(cost).ok_or(Error::<T>::Overflow)?;
            out.lost_fees = out.lost_fees.checked_add(fee.lost()).ok_or(Error::<T>::Overflow)?;
            ensure!(out.paid <= limits.max_credits, Error::<T>::CreditLimitExceeded);
            // What the worker's bond answers for is dear when tokens are, however little their holder paid for them.
            let price = if held > 0 { book.price::<T>(pool)? } else { 0 };
            let held_value = worth(held, price, Rounding::Up).ok_or(Error::<T>::Overflow)?;
            out.value =
                out.value.checked_add(cost).and_then(|v| v.checked_add(held_value)).ok_or(Error::<T>::Overflow)?;
        }
        Ok(out)
    }

    fn highest_price(limits: &Limits, class: ResourceClass, twap: u128) -> Result<u128, DispatchError> {
        match limits.max_price.get(class.index()).copied().unwrap_or_default() {
            0 => percent(twap, DEFAULT_PRICE_PERCENT, Rounding::Down).ok_or_else(|| Error::<T>::Overflow.into()),
            price => Ok(price),
        }
    }

    fn buy(
        client: &T::AccountId,
        escrow: &T::AccountId,
        pool: PoolId,
        amount: Balance,
        highest_price: u128,
    ) -> Result<Trade, DispatchError> {
        if amount == 0 {
            return Ok(Trade::default());
        }
        let most = worth(amount, highest_price, Rounding::Down).ok_or(Error::<T>::Overflow)?;
        T::Market::buy_exact_out(client, escrow, pool, amount, most)
    }

    pub(crate) fn put_profile(model: H256, profile: Option<ModelProfile>) -> DispatchResult {
        if let Some(profile) = &profile {
            Self::ensure_profile(profile)?;
        }
        ModelProfiles::<T>::set(model, profile);
        Self::deposit_event(Event::ModelProfileSet { model, profile });
        Ok(())
    }

    fn ensure_profile(profile: &ModelProfile) -> DispatchResult {
        ensure!(profile.max_output_tokens <= MAX_DEMANDABLE_TOKENS, Error::<T>::OutputNotDemandable);
        let most = profile.usage(profile.max_prompt_tokens, profile.max_output_tokens);
        let sound = profile.max_output_tokens > 0
            && !profile.per_output_token.is_zero()
            && most.is_some()
            && BlockNumberFor::<T>::from(profile.min_deadline_blocks) <= T::MaxJobDuration::get();
        ensure!(sound, Error::<T>::BadProfile);
        Ok(())
    }
}
