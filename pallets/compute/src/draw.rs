//! The draw: chain randomness, a bounded sample of workers, and a choice among those that qualify.
//!
//! A draw mixes the VRF outputs of the 4 blocks after the one that fixed its inputs, and it runs at the start of the last
//! of these blocks, before any transaction could answer to them. A draw that the block has no room for runs in a later
//! one, on the outputs of that block and the three before: its inputs count as fixed anew. If an output is missing, the
//! draw waits for the 4 blocks from then on; nothing falls back to a block hash.
//!
//! Workers are sampled in proportion to what their bonds back ([`crate::lots`]), with repetition, and among
//! those of the sample that pass one is chosen by the free part of its limit, times a factor of its expected free energy
//! ([`hanzo_poai::efe`]): together by free limit and quality, however a bond is spread over accounts.

use crate::{
    bonds::PriceBook,
    pallet::*,
    types::{Assignment, TierRule, Worker},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use codec::Encode;
use frame_support::traits::{Contains, Get};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{
    attestation::job_seed,
    draw::{self, Arrival, Lot, Stream},
    efe, JobStatus, Verification,
};
use hanzo_traits::{Balance, DrawRandomness, JobId, QualityOracle, SealingKeys, VrfOutputs, EJECTION_PPB};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
    helpers_128bit::multiply_by_rational_with_rounding,
    traits::{Saturating, UniqueSaturatedInto},
    DispatchResult, Rounding,
};

/// Blocks whose outputs a draw mixes.
pub(crate) const WINDOW: u32 = 4;
/// Outputs remembered, a power of two that holds a window.
const RING: u32 = 8;
/// Silent workers that a draw sets aside at most.
const MAX_SET_ASIDE: usize = 4;
/// Resolution of the free part of a lot.
const WHOLE: u128 = 1_000_000_000;
/// Domain of all outputs, mixed.
const MIX_ALL: &[u8] = b"hanzo/jobs/mix-all/v1";
/// Domain of the mixed outputs.
const MIX: &[u8] = b"hanzo/jobs/mix/v1";
/// Domain of a draw's own randomness.
const DRAW: &[u8] = b"hanzo/jobs/draw/v1";

impl<T: Config> Pallet<T> {
    /// Remembers the output of the block being executed, if its author proved one.
    pub(crate) fn record_output(now: BlockNumberFor<T>) {
        if let Some(output) = T::Vrf::current() {
            Self::remember_output(now, output);
        }
    }

    pub(crate) fn remember_output(block: BlockNumberFor<T>, output: H256) {
        RecentOutputs::<T>::insert(Self::ring_slot(block), (block, output));
        AllOutputs::<T>::mutate(|(until, mix)| {
            (*until, *mix) = (block, blake2_256(&(MIX_ALL, *mix, output).encode()).into());
        });
    }

    fn ring_slot(block: BlockNumberFor<T>) -> u32 {
        let low: u64 = block.unique_saturated_into();
        u32::try_from(low & u64::from(RING.saturating_sub(1))).unwrap_or_default()
    }

    /// The outputs of the 4 blocks after `block`, mixed; `None` if one is missing or forgotten.
    pub(crate) fn mix(block: BlockNumberFor<T>) -> Option<H256> {
        let mut outputs = Vec::new();
        for ahead in 1..=WINDOW {
            let wanted = block.saturating_add(ahead.into());
            let (recorded, output) = RecentOutputs::<T>::get(Self::ring_slot(wanted))?;
            if recorded != wanted {
                return None;
            }
            outputs.push(output);
        }
        Some(blake2_256(&(MIX, outputs).encode()).into())
    }

    /// Puts the next draw on the agenda: when the window is complete, or when the deadline has passed.
    pub(crate) fn schedule_draw(id: JobId, job: &JobOf<T>) {
        let ready = job.drawn_after.saturating_add(WINDOW.into());
        Self::schedule(id, ready.min(job.deadline.saturating_add(1u32.into())));
    }

    /// Draws a worker for a submitted job whose window is complete, on the window that ends now.
    pub(crate) fn run_draw(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>) -> DispatchResult {
        job.drawn_after = now.saturating_sub(WINDOW.into());
        let Some(mix) = Self::mix(job.drawn_after) else {
            Self::postpone_draw(id, job, now, false);
            return Ok(());
        };
        let seed = blake2_256(&(DRAW, mix, id, job.draws, job.empty_draws).encode()).into();
        let (choice, silent) = Self::choose(&job, seed);
        silent.into_iter().for_each(Self::set_aside);
        match choice {
            Some((worker, candidates)) => Self::assign(id, job, now, &mix, worker, candidates),
            None => {
                job.empty_draws = job.empty_draws.saturating_add(1);
                if job.empty_draws >= T::MaxEmptyDraws::get() {
                    return Self::refund_without_worker(id, job);
                }
                Self::postpone_draw(id, job, now, true);
                Ok(())
            }
        }
    }

    fn postpone_draw(id: JobId, mut job: JobOf<T>, now: BlockNumberFor<T>, nobody: bool) {
        job.drawn_after = now;
        Self::schedule_draw(id, &job);
        Self::deposit_event(Event::DrawPostponed { job: id, nobody, empty_draws: job.empty_draws, drawn_after: now });
        Jobs::<T>::insert(id, job);
    }

    fn assign(
        id: JobId,
        mut job: JobOf<T>,
        now: BlockNumberFor<T>,
        mix: &H256,
        worker: T::AccountId,
        candidates: u32,
    ) -> DispatchResult {
        Self::with_worker(&worker, |record| {
            record.open_value = record.open_value.checked_add(job.value).ok_or(Error::<T>::Overflow)?;
            record.open_jobs = record.open_jobs.checked_add(1).ok_or(Error::<T>::Overflow)?;
            Ok(())
        })?;
        WorkerJobs::<T>::try_mutate(&worker, |open| open.try_push(id)).map_err(|_| Error::<T>::TooManyOpenJobs)?;

        let seed = job_seed(mix, id, &job.client, job.nonce);
        let accept_by = now.saturating_add(T::AcceptWindow::get()).min(job.deadline);
        job.status = JobStatus::Assigned;
        job.draws = job.draws.saturating_add(1);
        job.assignment = Some(Assignment { worker: worker.clone(), seed, accept_by, candidates });
        Self::schedule(id, accept_by.saturating_add(1u32.into()));
        Jobs::<T>::insert(id, job);
        Self::deposit_event(Event::JobAssigned { job: id, worker, seed, candidates, accept_by });
        Ok(())
    }

    /// Chooses among a sample of the workers; returns the choice and how many workers of the sample qualified, and the slots
    /// of those who gave no sign for too long.
    ///
    /// Those that qualify race, each with its weight. All tickets and coins are fixed before anybody is looked at: a worker that drops
    /// out has its job go to the next in line, and changes nothing else.
    fn choose(job: &JobOf<T>, seed: H256) -> (Option<(T::AccountId, u32)>, Vec<u32>) {
        let sample = Self::sample(seed);
        let is_silent = |slot: &u32| {
            let record = SlotOwner::<T>::get(slot).and_then(Workers::<T>::get);
            record.is_some_and(|record| Self::is_silent_at(&record, job.drawn_after))
        };
        let silent: BTreeSet<_> = sample.iter().map(|(lot, _)| lot.slot).filter(is_silent).collect();
        let silent = silent.into_iter().take(MAX_SET_ASIDE).collect();
        (Self::choose_of(job, sample), silent)
    }

    fn choose_of(job: &JobOf<T>, sample: Vec<(Lot, u64)>) -> Option<(T::AccountId, u32)> {
        let rule = Self::tier_rule(job.tier).ok()?;
        let mut book = PriceBook::default();
        let mut weights = BTreeMap::new();
        let mut first: Option<(Arrival, u32)> = None;
        for (lot, coin) in sample {
            let weight = *weights
                .entry(lot.slot)
                .or_insert_with(|| Self::draw_weight(job, &lot, &rule, &mut book).unwrap_or_default());
            let arrival = Arrival::new(coin, weight);
            if weight > 0 && first.as_ref().is_none_or(|(ahead, _)| arrival.is_before(ahead)) {
                first = Some((arrival, lot.slot));
            }
        }
        let candidates = weights.values().filter(|weight| **weight > 0).count();
        let (_, slot) = first?;
        Some((SlotOwner::<T>::get(slot)?, u32::try_from(candidates).ok()?))
    }

    /// Lots drawn with repetition, in the order of the draw, each with a number of its own.
    fn sample(seed: H256) -> Vec<(Lot, u64)> {
        let all = draw::total::<Self>();
        let mut stream = Stream::new(seed);
        (0..T::MaxCandidates::get())
            .filter_map(|_| {
                let (ticket, coin) = (stream.below(all), stream.below(u128::from(u64::MAX)));
                draw::lot_at::<Self>(ticket).zip(u64::try_from(coin).ok())
            })
            .collect()
    }

    /// What a lot weighs among those that were sampled by their size: the free part of it, at least 1 of [`WHOLE`] and at most all, as
    /// the lot may be older than the limit, times the factor of its worker's quality. None if the worker does not qualify for the job.
    fn draw_weight(job: &JobOf<T>, lot: &Lot, rule: &TierRule, book: &mut PriceBook) -> Option<u64> {
        let account = SlotOwner::<T>::get(lot.slot)?;
        let record = Workers::<T>::get(&account)?;
        if !Self::passes(job, &account, &record, rule) {
            return None;
        }
        let free = Self::free_limit(&record, book);
        if free < job.value {
            return None;
        }
        let part = multiply_by_rational_with_rounding(free.min(lot.size), WHOLE, lot.size, Rounding::Down)?;
        let beta = efe::scaled(T::DrawBetaPpb::get(), job.value, T::ReferenceValue::get());
        let factor = efe::factor(beta, efe::utility(T::Quality::quality(&account)));
        u64::try_from(part.max(1)).ok()?.checked_mul(factor.into())
    }

    /// The hard filters, but for the bond.
    fn passes(job: &JobOf<T>, account: &T::AccountId, record: &Worker<BlockNumberFor<T>>, rule: &TierRule) -> bool {
        let within = |promised: u32, most: u32| most == 0 || promised <= most;
        record.accepting
            && record.changed_at <= job.drawn_after
            && !Self::is_silent_at(record, job.drawn_after)
            && *account != job.client
            && record.open_jobs < T::MaxOpenJobsPerWorker::get()
            && !job.missed_by.contains(account)
            && record.models.contains(&job.model)
            && job.escrow.iter().all(|(class, needed)| needed == 0 || record.offer.units.get(class) > 0)
            && Self::qualifies(account, record, job.tier, rule)
            && (job.sla.regions == 0 || record.offer.regions & job.sla.regions != 0)
            && within(record.offer.latency_ms, job.sla.max_latency_ms)
            && within(record.offer.jitter_ms, job.sla.max_jitter_ms)
            && !T::Denied::contains(account)
            && T::Quality::quality(account) >= job.sla.min_quality_ppb.max(EJECTION_PPB)
            && (!job.sealed || T::Sealing::has_key(account))
            && (!(job.sla.tee || job.verification == Verification::Tee) || Self::has_tee(account, record))
    }

    /// Frees a worker of a job: its value no longer binds the bond.
    pub(crate) fn release_worker(worker: &T::AccountId, id: JobId, value: Balance) -> DispatchResult {
        let attested = !Self::unlist(worker, id);
        Self::with_worker(worker, |record| {
            let count = if attested { &mut record.attested_jobs } else { &mut record.open_jobs };
            *count = count.checked_sub(1).ok_or(Error::<T>::Overflow)?;
            record.open_value = record.open_value.checked_sub(value).ok_or(Error::<T>::Overflow)?;
            Ok(())
        })
    }

    /// Takes a job off the list of those that its worker has to do; whether it was on it.
    pub(crate) fn unlist(worker: &T::AccountId, id: JobId) -> bool {
        WorkerJobs::<T>::mutate(worker, |open| {
            let before = open.len();
            open.retain(|other| *other != id);
            open.len() < before
        })
    }
}

impl<T: Config> DrawRandomness for Pallet<T> {
    fn ending_now() -> Option<H256> {
        let (until, mix) = AllOutputs::<T>::get();
        (until == frame_system::Pallet::<T>::block_number()).then_some(mix)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn know_for_benchmark() {
        Self::remember_output(frame_system::Pallet::<T>::block_number(), H256::repeat_byte(0x5e));
    }
}
