//! What clients ask: the runtime API of jobs and workers. Nothing here changes state.

use crate::{
    bonds::PriceBook,
    pallet::*,
    types::{pools_of, SlaRecord, TierRule},
};
use alloc::{format, string::String, vec::Vec};
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{Trade, PPB, PRICE_ONE};
use hanzo_poai::{
    parts::{self, MAX_POOLS},
    JobStatus, ModelProfile, Part, Parts, ResourceClass, Resources,
};
use hanzo_traits::{
    api::{ApiResult, ClassQuote, FeeView, JobQuote, JobView, OpenJobs, PartView, QuoteView, SlaView, WorkerView},
    Amount, ComputeMarket, JobId, PoolId, QualityOracle, Tier,
};
use sp_core::H256;
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding,
    traits::{Saturating, UniqueSaturatedInto},
    DispatchError, Rounding,
};

/// Most entries of one answer.
const MAX_PAGE: u32 = 256;
/// Most numbers of jobs one answer looks at: where long jobs stay open among many finished ones, pages are short.
const MAX_VISITED: u64 = 4_096;

/// Name of an error, as far as it has one.
fn name(error: DispatchError) -> String {
    let text: &'static str = error.into();
    text.into()
}

/// What a tier asks of its workers.
fn asked(rule: &TierRule) -> String {
    let tee = if rule.tee { "a trusted execution environment" } else { "any hardware" };
    match rule.regions {
        0 => format!("{tee}, any region"),
        regions => format!("{tee}, regions {regions:#b}"),
    }
}

fn amounts(resources: &Resources) -> [Amount; ResourceClass::COUNT] {
    resources.0.map(Amount)
}

impl<T: Config> Pallet<T> {
    /// What a job on `model` with so many tokens at most would cost in the next block if no trade came before, class by
    /// class; `held` is set aside besides.
    /// The error says which part of the request is out of bounds, or which purchase the market refuses.
    pub fn quote(
        model: H256,
        tier: Tier,
        parts: &[Part],
        max_prompt_tokens: u32,
        max_output_tokens: u32,
    ) -> ApiResult<JobQuote<BlockNumberFor<T>>> {
        let profile = ModelProfiles::<T>::get(model)
            .ok_or_else(|| format!("model {model:?} has no profile: its jobs name their resources themselves"))?;
        if max_prompt_tokens > profile.max_prompt_tokens || max_output_tokens > profile.max_output_tokens {
            return Err(format!(
                "{max_prompt_tokens} prompt and {max_output_tokens} output tokens asked; model {model:?} takes at most {} and {}",
                profile.max_prompt_tokens, profile.max_output_tokens
            ));
        }
        let needed = profile.usage(max_prompt_tokens, max_output_tokens).ok_or_else(|| {
            format!("usage of {max_prompt_tokens} and {max_output_tokens} tokens leaves the range of amounts")
        })?;
        let tokens = max_prompt_tokens.saturating_add(max_output_tokens);
        let shares = parts.to_vec().try_into().unwrap_or_default();
        Self::quote_of(tier, parts, &needed, |total| {
            Self::replay_worth(Some(&profile), tokens, (tier, &needed, &shares), total)
        })
    }

    /// What a job that takes `needed`, `parts` of it in other tiers, would cost in the next block if no trade came before, class
    /// by class and in each tier by tier; `held` is set aside besides. The error says which part cannot be taken, which
    /// purchase the market refuses, or that the job is worth too little.
    pub fn quote_resources(tier: Tier, parts: &[Part], needed: &Resources) -> ApiResult<JobQuote<BlockNumberFor<T>>> {
        let shares = Parts::default();
        Self::quote_of(tier, parts, needed, |total| Self::replay_worth(None, 0, (tier, needed, &shares), total))
    }

    /// The same; `replay` says what a replay of it is worth by its value.
    fn quote_of(
        tier: Tier,
        parts: &[Part],
        needed: &Resources,
        replay: impl FnOnce(u128) -> u128,
    ) -> ApiResult<JobQuote<BlockNumberFor<T>>> {
        let pools =
            Self::pools_taken(tier, needed, parts).map_err(|error| Self::why_not_taken(error, tier, needed, parts))?;
        let mut classes = Vec::new();
        let mut total: u128 = 0;
        for (pool, psi) in pools {
            let PoolId { class, tier } = pool;
            let trade = T::Market::quote_exact_out(pool, psi).map_err(|error| {
                format!("{psi} wei of {} in tier {tier} cannot be bought: {}", class.name(), name(error))
            })?;
            total =
                total.checked_add(trade.theta).ok_or_else(|| String::from("the total leaves the range of amounts"))?;
            classes.push(ClassQuote { class, tier, trade: Self::quote_view(&trade) });
        }
        if total < T::MinJobValue::get() {
            return Err(format!("the job costs {total} wei; a job must be worth at least {}", T::MinJobValue::get()));
        }
        let held = Self::fee_of(total).unwrap_or(u128::MAX);
        let audit_fee = Self::audit_fee_of(total, replay(total)).unwrap_or(u128::MAX);
        Ok(JobQuote {
            classes,
            total: total.into(),
            held: held.into(),
            audit_fee: audit_fee.into(),
            at: Self::next_block(),
        })
    }

    /// Why a job cannot be paid for with tokens of these tiers, with the numbers.
    fn why_not_taken(error: DispatchError, tier: Tier, needed: &Resources, parts: &[Part]) -> String {
        let is = |named: Error<T>| error == named.into();
        let tiers = || parts.iter().map(|part| format!("{}", part.tier)).collect::<Vec<_>>().join(", ");
        let unknown = core::iter::once(tier).chain(parts.iter().map(|part| part.tier));
        let is_empty = |part: &&Part| part.resources.is_zero();
        let rule = |tier: Tier| Self::tier_rule(tier).unwrap_or_default();
        let is_lax = |part: &&Part| !rule(part.tier).implies(&rule(tier));
        let of_class = |class| (class, parts::sum(parts, class).unwrap_or(u128::MAX));
        if is(Error::UnknownTier) {
            let unknown = unknown.filter(|tier| Self::tier_rule(*tier).is_err()).map(|tier| format!("{tier}"));
            return format!("there is no tier {}", unknown.collect::<Vec<_>>().join(", "));
        }
        if is(Error::DuplicateTier) {
            return format!("a job of tier {tier} has parts of tiers {}: each has to be another", tiers());
        }
        if let Some(part) = parts.iter().find(is_empty).filter(|_| is(Error::EmptyPart)) {
            return format!("the part of tier {} takes nothing", part.tier);
        }
        if let Some(part) = parts.iter().find(is_lax).filter(|_| is(Error::TierTooLax)) {
            return format!(
                "tier {} ({}) is less strict than the job's tier {tier} ({})",
                part.tier,
                asked(&rule(part.tier)),
                asked(&rule(tier))
            );
        }
        let mut sums = ResourceClass::ALL.into_iter().map(of_class);
        if let Some((class, sum)) = sums.find(|(class, sum)| *sum > needed.get(*class)) {
            let (needed, class) = (needed.get(class), class.name());
            return format!("the parts of tiers {} take {sum} wei of {class}, the job needs {needed}", tiers());
        }
        if is(Error::TooManyPools) {
            let count = pools_of(tier, needed, parts).map_or(0, |pools| pools.len());
            return format!("the job takes tokens of {count} pools, {MAX_POOLS} are the most");
        }
        name(error)
    }

    fn quote_view(trade: &Trade) -> QuoteView<BlockNumberFor<T>> {
        let average = multiply_by_rational_with_rounding(trade.theta, PRICE_ONE, trade.psi, Rounding::Down);
        let impact = average.and_then(|average| {
            let difference = average.abs_diff(trade.price_before);
            multiply_by_rational_with_rounding(difference, PPB.into(), trade.price_before, Rounding::Down)
        });
        let fee = trade.fee;
        QuoteView {
            psi: trade.psi.into(),
            theta: trade.theta.into(),
            fee: FeeView {
                total: fee.total.into(),
                market: fee.market.into(),
                risk: fee.risk.into(),
                mean: fee.mean.into(),
                burned: fee.burned.into(),
                treasury: fee.treasury.into(),
                lp: fee.lp.into(),
            },
            price_before: trade.price_before.into(),
            price_after: trade.price_after.into(),
            price_impact_ppb: impact.and_then(|impact| impact.try_into().ok()).unwrap_or(u64::MAX),
            at: Self::next_block(),
        }
    }

    /// The first block a job quoted now can be in: its quote holds for it, if no trade comes before.
    fn next_block() -> BlockNumberFor<T> {
        frame_system::Pallet::<T>::block_number().saturating_add(1u32.into())
    }

    /// One job, if it exists and is not pruned.
    pub fn job(id: JobId) -> Option<JobView<T::AccountId, BlockNumberFor<T>>> {
        Jobs::<T>::get(id).map(|job| Self::job_view(id, job))
    }

    fn job_view(id: JobId, job: JobOf<T>) -> JobView<T::AccountId, BlockNumberFor<T>> {
        let open = job.status == JobStatus::Assigned;
        let assignment = job.assignment.as_ref();
        JobView {
            id,
            kind: job.kind,
            status: job.status,
            worker: assignment.map(|assignment| assignment.worker.clone()),
            seed: assignment.map(|assignment| assignment.seed),
            accept_by: assignment.filter(|_| open).map(|assignment| assignment.accept_by),
            client: job.client,
            model: job.model,
            tier: job.tier,
            input: job.input.hash,
            input_length: job.input.length,
            max_prompt_tokens: job.max_prompt_tokens,
            decoding: job.decoding,
            verification: job.verification,
            sealed: job.sealed,
            nonce: job.nonce,
            opening: job.opening,
            prior_root: job.prior_root,
            paid: job.paid.into(),
            value: job.value.into(),
            escrow: amounts(&job.escrow),
            parts: job.parts.iter().map(PartView::from).collect(),
            prompt_tokens: job.prompt_tokens,
            output_tokens: job.output_tokens,
            submitted_at: job.submitted_at,
            deadline: job.deadline,
            draws: job.draws,
        }
    }

    /// Jobs that are not final, oldest first, from number `start` on, at most `limit` and at most 256, and where the next
    /// page starts. Looks at no more than 4,096 numbers.
    pub fn open_jobs(start: JobId, limit: u32) -> OpenJobs<T::AccountId, BlockNumberFor<T>> {
        let (mut id, end) = (start.max(EarliestJob::<T>::get()), NextJob::<T>::get());
        let stop = end.min(id.saturating_add(MAX_VISITED));
        let mut jobs = Vec::new();
        while id < stop && jobs.len() < limit.min(MAX_PAGE) as usize {
            if let Some(job) = Jobs::<T>::get(id).filter(|job| !job.status.is_final()) {
                jobs.push(Self::job_view(id, job));
            }
            id = id.saturating_add(1);
        }
        OpenJobs { jobs, next: (id < end).then_some(id) }
    }

    /// Jobs a worker is drawn for or has accepted, and has not attested.
    pub fn jobs_of(worker: &T::AccountId) -> Vec<JobView<T::AccountId, BlockNumberFor<T>>> {
        WorkerJobs::<T>::get(worker)
            .into_iter()
            .filter_map(|id| Some((id, Jobs::<T>::get(id)?)))
            .map(|(id, job)| Self::job_view(id, job))
            .collect()
    }

    /// Workers from position `start` on, at most `limit` and at most 256. Positions change when workers leave.
    pub fn workers(start: u32, limit: u32) -> Vec<WorkerView<T::AccountId>> {
        let end = Workers::<T>::count().min(start.saturating_add(limit.min(MAX_PAGE)));
        let mut book = PriceBook::default();
        (start..end).filter_map(|position| Self::view_of(&WorkerIndex::<T>::get(position)?, &mut book)).collect()
    }

    /// One worker.
    pub fn worker(account: &T::AccountId) -> Option<WorkerView<T::AccountId>> {
        Self::view_of(account, &mut PriceBook::default())
    }

    fn view_of(account: &T::AccountId, book: &mut PriceBook) -> Option<WorkerView<T::AccountId>> {
        let record = Workers::<T>::get(account)?;
        let free_limit = Self::free_limit(&record, book);
        let owed = ResourceClass::ALL.map(|class| Self::owed_of_class(&record, class).unwrap_or(u128::MAX).into());
        let mut tiers = Vec::from([0]);
        tiers.extend(record.offer.tiers.iter().copied().filter(|tier| {
            *tier != 0 && Self::tier_rule(*tier).is_ok_and(|rule| Self::qualifies(account, &record, *tier, &rule))
        }));
        Some(WorkerView {
            account: account.clone(),
            session_key: H256(record.session_key.0),
            accepting: record.accepting,
            tiers,
            units: amounts(&record.offer.units),
            bond: record.bond.into(),
            free_limit: free_limit.into(),
            obligations: owed,
            open_value: record.open_value.into(),
            open_jobs: record.open_jobs.saturating_add(record.attested_jobs),
            missed: record.missed,
            quality_ppb: T::Quality::quality(account),
            models: record.models.clone().into_inner(),
            missed_in_row: record.missed_in_row,
            regions: record.offer.regions,
            latency_ms: record.offer.latency_ms,
            jitter_ms: record.offer.jitter_ms,
            tee: Self::has_tee(account, &record),
            margin_called: MarginCalls::<T>::contains_key(account),
            silent: Self::is_silent_at(&record, frame_system::Pallet::<T>::block_number()),
            heartbeat_from: Self::next_heartbeat(&record).unique_saturated_into(),
            sla: record.sla.into(),
        })
    }

    /// A model's profile.
    pub fn model_profile(model: H256) -> Option<ModelProfile> {
        ModelProfiles::<T>::get(model)
    }
}

impl From<SlaRecord> for SlaView {
    fn from(record: SlaRecord) -> Self {
        let SlaRecord { accepted, declined, attested, late, deadlines_missed, outputs_withheld, mean_millis } = record;
        Self { accepted, declined, attested, late, deadlines_missed, outputs_withheld, mean_millis }
    }
}
