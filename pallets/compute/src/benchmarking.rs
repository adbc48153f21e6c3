//! Benchmarks of every call, of each step of the hooks, and of what the Proof of AI pallet calls. Each takes its dearest
//! case: a worker that owes tokens of as many pools as it may, a job of all six classes.
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::unwrap_used)]

use crate::{
    agenda::When,
    budget::Budget,
    draw::WINDOW,
    pallet::*,
    types::{BonusParameters, Models, Obligation, Offer, TierRule, MAX_MODELS, MAX_OBLIGATIONS, MAX_TIERS},
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    assert_ok,
    traits::{fungible::Mutate as _, fungibles::Mutate as _, EnsureOrigin, Get, Hooks},
    weights::Weight,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use hanzo_poai::{
    draw::{self, ARITY, LEVELS, SLOTS},
    parts::{MAX_PARTS, MAX_POOLS},
    BlobRef, Decoding, JobKind, JobRequest, JobStatus, Limits, ModelProfile, Part, ResourceClass, Resources,
    ServiceLevel, Verification,
};
use hanzo_traits::{ComputeMarket, JobId, JobRegistry, PoolId, QualityOracle, SealingKeys, SessionKey, TeeRegistry};
use sp_core::H256;
use sp_runtime::traits::Saturating;

const UNIT: u128 = 1_000_000_000_000_000_000;
/// What a token of a job takes of each class.
const TOKEN: u128 = UNIT / 100;
const PLENTY: u128 = 1_000_000_000 * UNIT;
const BOND: u128 = 10_000_000 * UNIT;
const MODEL: H256 = H256::repeat_byte(0xbe);

fn funded<T: Config>(name: &'static str, number: u32) -> T::AccountId {
    let who = account(name, number, 0);
    assert_ok!(T::Currency::mint_into(&who, PLENTY));
    who
}

/// 32 bytes that differ from number to number.
fn raw(number: u32) -> [u8; 32] {
    let mut raw = [0; 32];
    raw.iter_mut().zip(number.to_le_bytes()).for_each(|(slot, byte)| *slot = byte);
    raw
}

fn key(number: u32) -> SessionKey {
    SessionKey::from_raw(raw(number))
}

fn offer() -> Offer {
    Offer {
        units: Resources([1_000_000 * UNIT; ResourceClass::COUNT]),
        tiers: (1..=MAX_TIERS as u8).collect::<Vec<_>>().try_into().expect("as many as fit"),
        hardware: H256::repeat_byte(1),
        regions: u32::MAX,
        latency_ms: 1,
        jitter_ms: 1,
    }
}

/// Every pool a worker can owe tokens of: tier 0 and as many as it may list.
fn pools() -> Vec<PoolId> {
    (0..=MAX_TIERS as u8).flat_map(|tier| ResourceClass::ALL.map(|class| PoolId { class, tier })).collect()
}

fn open_pools<T: Config>() {
    let provider = funded::<T>("provider", 0);
    for tier in 1..=MAX_TIERS as u8 {
        Tiers::<T>::insert(tier, TierRule::default());
    }
    for pool in pools() {
        T::Market::open_for_benchmark(pool, &provider);
    }
}

fn worker<T: Config>(number: u32, session_key: SessionKey) -> T::AccountId {
    let who = funded::<T>("worker", number);
    for tier in 1..=MAX_TIERS as u8 {
        Tiers::<T>::insert(tier, TierRule::default());
    }
    assert_ok!(Pallet::<T>::do_register(&who, offer(), session_key, BOND));
    assert_ok!(Pallet::<T>::put_models(&who, models()));
    who
}

/// As many models as a worker may name, that of [`client`]'s jobs last.
fn models() -> Models {
    let mut models: Vec<_> = (1..MAX_MODELS).map(|number| H256(raw(number))).collect();
    models.push(MODEL);
    models.try_into().expect("as many as fit")
}

/// Makes a worker owe a little of every pool but the last `spare`.
fn owe<T: Config>(who: &T::AccountId, spare: u32) {
    Workers::<T>::mutate(who, |record| {
        let owed = pools().into_iter().take((MAX_OBLIGATIONS - spare) as usize);
        let owed: Vec<_> = owed.map(|pool| Obligation { pool, amount: UNIT }).collect();
        let record = record.as_mut().expect("registered");
        record.obligations = owed.try_into().expect("as many as fit");
        record.idle_since = None;
    });
}

/// A worker that owes tokens of as many pools as it may, more than its units back, and holds none of them.
fn overdrawn_worker<T: Config>() -> T::AccountId {
    let who = settled_worker::<T>();
    Workers::<T>::mutate(&who, |record| {
        record.as_mut().expect("registered").offer.units = Resources([1; ResourceClass::COUNT]);
    });
    who
}

fn request<T: Config>(nonce: u64) -> JobRequest<BlockNumberFor<T>> {
    JobRequest {
        kind: JobKind::Inference,
        model: MODEL,
        input: BlobRef { hash: H256::repeat_byte(2), length: 1 },
        max_prompt_tokens: 64,
        decoding: Decoding::greedy(64),
        sla: ServiceLevel { max_latency_ms: 10, max_jitter_ms: 10, regions: 1, tee: false, min_quality_ppb: 1 },
        tier: 0,
        resources: None,
        parts: Default::default(),
        // The mean price of the pools is above what a client pays if it does not say.
        limits: Limits { max_credits: PLENTY, max_price: [PLENTY; ResourceClass::COUNT] },
        deadline: frame_system::Pallet::<T>::block_number() + T::MaxJobDuration::get(),
        verification: Verification::Replay,
        prior: None,
        deltas: Default::default(),
        nonce,
        use_held_tokens: true,
        sell_unused: true,
        sealed: false,
    }
}

/// A client with a job of all six classes, half of each bought and half of tokens it held.
fn client<T: Config>(number: u32) -> T::AccountId {
    let per_token = Resources([TOKEN; ResourceClass::COUNT]);
    let profile = ModelProfile {
        per_prompt_token: per_token,
        per_output_token: per_token,
        max_prompt_tokens: 64,
        max_output_tokens: 64,
        min_deadline_blocks: 1,
    };
    ModelProfiles::<T>::insert(MODEL, profile);
    let who = funded::<T>("client", number);
    for class in ResourceClass::ALL {
        assert_ok!(T::Tokens::mint_into(PoolId::any_worker(class).asset_id(), &who, 64 * TOKEN));
    }
    who
}

fn submitted<T: Config>(number: u32) -> JobId {
    Pallet::<T>::do_submit(client::<T>(number), request::<T>(number.into())).expect("a sound job")
}

/// Has a request of [`client`] take tokens of `count` pools. The model then takes so many classes, at most all; beyond that,
/// half of what the first classes need is of other tiers.
fn spread<T: Config>(request: &mut JobRequest<BlockNumberFor<T>>, count: u32) {
    let all = ResourceClass::ALL;
    let mut needed = Resources::default();
    all.into_iter().take(count as usize).for_each(|class| needed.set(class, 128 * TOKEN));
    ModelProfiles::<T>::mutate(MODEL, |profile| {
        let per_token = Resources(needed.0.map(|amount| amount / 128));
        let profile = profile.as_mut().expect("set by the client");
        (profile.per_prompt_token, profile.per_output_token) = (per_token, per_token);
    });
    // The classes that are spread take turns among the other tiers a job may name.
    let mut parts: Vec<Part> = Vec::new();
    for (class, tier) in
        all.into_iter().take((count as usize).saturating_sub(all.len())).zip((1..=MAX_PARTS as u8).cycle())
    {
        let amount = needed.get(class) / 2;
        match parts.iter_mut().find(|part| part.tier == tier) {
            Some(part) => part.resources.set(class, amount),
            None => {
                let mut resources = Resources::default();
                resources.set(class, amount);
                parts.push(Part { tier, resources });
            }
        }
    }
    request.parts = parts.try_into().expect("as many as fit");
}

/// Has an open job, submitted for all classes, have tokens of `count` pools in escrow.
fn spread_job<T: Config>(id: JobId, count: u32) {
    let mut request = request::<T>(0);
    spread::<T>(&mut request, count);
    let escrow = Pallet::<T>::escrow_account();
    for part in &request.parts {
        for (class, amount) in part.resources.iter().filter(|(_, amount)| *amount > 0) {
            assert_ok!(T::Tokens::mint_into(PoolId { class, tier: part.tier }.asset_id(), &escrow, amount));
        }
    }
    Jobs::<T>::mutate(id, |job| {
        let job = job.as_mut().expect("open");
        ResourceClass::ALL.into_iter().skip(count as usize).for_each(|class| job.escrow.set(class, 0));
        job.parts = request.parts;
    });
}

/// Puts the outputs of a window in place and moves on to the block in which a job submitted now is drawn.
fn complete_window<T: Config>() {
    let start = frame_system::Pallet::<T>::block_number();
    for ahead in 1..=WINDOW {
        let block = start + ahead.into();
        Pallet::<T>::remember_output(block, H256(raw(ahead)));
    }
    frame_system::Pallet::<T>::set_block_number(start + WINDOW.into());
    Pallet::<T>::run_lots(start + WINDOW.into(), &mut unlimited(), u32::MAX);
}

fn unlimited() -> Budget {
    Budget::new(Weight::MAX)
}

fn none() -> Budget {
    Budget::new(Weight::zero())
}

/// A worker whose lot is up to date, so that a change of it has to be queued, and that owes tokens of as many pools as it
/// may.
fn settled_worker<T: Config>() -> T::AccountId {
    let who = worker::<T>(0, key(0));
    owe::<T>(&who, 0);
    let later = frame_system::Pallet::<T>::block_number() + WINDOW.into();
    Pallet::<T>::run_lots(later, &mut unlimited(), u32::MAX);
    assert_eq!(Workers::<T>::get(&who).map(|record| record.lot_queued), Some(false));
    who
}

fn assert_lot_queued<T: Config>(who: &T::AccountId) {
    assert_eq!(Workers::<T>::get(who).map(|record| record.lot_queued), Some(true));
}

fn work_off<T: Config>() {
    let now = frame_system::Pallet::<T>::block_number();
    AgendaCursor::<T>::put(now);
    Pallet::<T>::run_agenda(now, &mut unlimited(), When::Start);
}

/// A job drawn for a lone worker whose session key is `session_key`; the worker joins if nobody has the key.
fn assigned_job<T: Config>(session_key: SessionKey) -> (JobId, T::AccountId) {
    open_pools::<T>();
    let number = u32::try_from(NextJob::<T>::get()).unwrap_or(u32::MAX);
    let who = KeyOwner::<T>::get(session_key).unwrap_or_else(|| worker::<T>(number, session_key));
    let others: Vec<_> = Workers::<T>::iter_keys().filter(|other| *other != who).collect();
    for other in &others {
        assert_ok!(Pallet::<T>::set_accepting(RawOrigin::Signed(other.clone()).into(), false));
    }
    let id = submitted::<T>(number);
    complete_window::<T>();
    work_off::<T>();
    assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Assigned));
    (id, who)
}

/// An accepted job of a worker that owes tokens of as many pools as it may.
pub(crate) fn debtors_job<T: Config>(session_key: SessionKey) -> JobId {
    open_pools::<T>();
    let id = accepted_job::<T>(session_key);
    spread_job::<T>(id, MAX_POOLS);
    let assignment = Jobs::<T>::get(id).and_then(|job| job.assignment).expect("accepted");
    owe::<T>(&assignment.worker, 0);
    id
}

/// A job in state `Accepted`, its deadline `MaxJobDuration` away.
pub(crate) fn accepted_job<T: Config>(session_key: SessionKey) -> JobId {
    let (id, who) = assigned_job::<T>(session_key);
    assert_ok!(Pallet::<T>::do_accept(who, id));
    let deadline = frame_system::Pallet::<T>::block_number() + T::MaxJobDuration::get();
    Jobs::<T>::mutate(id, |job| job.as_mut().expect("accepted").deadline = deadline);
    Pallet::<T>::schedule(id, deadline.saturating_add(1u32.into()));
    id
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register_worker() {
        let who = funded::<T>("worker", 0);
        for tier in 1..=MAX_TIERS as u8 {
            Tiers::<T>::insert(tier, TierRule::default());
        }
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), offer(), key(0), BOND);
        assert!(Workers::<T>::contains_key(who));
    }

    #[benchmark]
    fn set_accepting() {
        let who = settled_worker::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), false);
        assert_lot_queued::<T>(&who);
    }

    #[benchmark]
    fn set_payout() {
        let who = worker::<T>(0, key(0));
        owe::<T>(&who, 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(who), true);
    }

    #[benchmark]
    fn set_session_key() {
        let who = worker::<T>(0, key(0));
        owe::<T>(&who, 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), key(1));
        assert_eq!(KeyOwner::<T>::get(key(1)), Some(who));
    }

    #[benchmark]
    fn bond_more() {
        let who = settled_worker::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), UNIT);
        assert_lot_queued::<T>(&who);
    }

    #[benchmark]
    fn mint_tokens() {
        open_pools::<T>();
        let who = worker::<T>(0, key(0));
        owe::<T>(&who, 1);
        let pool = pools().pop().expect("some");
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), pool, UNIT);
        assert_eq!(Workers::<T>::get(who).map(|record| record.obligation(pool)), Some(UNIT));
    }

    #[benchmark]
    fn burn_tokens() {
        open_pools::<T>();
        let who = worker::<T>(0, key(0));
        owe::<T>(&who, 1);
        let pool = pools().pop().expect("some");
        assert_ok!(Pallet::<T>::do_mint(&who, pool, UNIT));
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), pool, UNIT);
        assert_eq!(Workers::<T>::get(who).map(|record| record.obligation(pool)), Some(0));
    }

    #[benchmark]
    fn deregister() {
        let who = settled_worker::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));
        assert_lot_queued::<T>(&who);
    }

    /// From a worker that was set aside.
    #[benchmark]
    fn heartbeat() {
        let who = settled_worker::<T>();
        Workers::<T>::mutate(&who, |record| record.as_mut().expect("registered").silent = true);
        let now = frame_system::Pallet::<T>::block_number();
        frame_system::Pallet::<T>::set_block_number(now + T::HeartbeatPeriod::get());
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));
        assert_lot_queued::<T>(&who);
    }

    /// Calls it: it owes tokens of as many pools as it may, and its units back none of them.
    #[benchmark]
    fn check_margin() {
        open_pools::<T>();
        let who = overdrawn_worker::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), who.clone());
        assert!(MarginCalls::<T>::contains_key(who));
    }

    #[benchmark]
    fn settle_in_cash() {
        open_pools::<T>();
        let who = overdrawn_worker::<T>();
        assert_ok!(Pallet::<T>::do_deregister(who.clone()));
        let now = frame_system::Pallet::<T>::block_number();
        frame_system::Pallet::<T>::set_block_number(now + T::MarginGrace::get());
        let pool = pools().pop().expect("some");
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), pool, UNIT, PLENTY);
        assert_eq!(Workers::<T>::get(who).map(|record| record.obligation(pool)), Some(0));
    }

    #[benchmark]
    fn withdraw_bond() {
        let who = worker::<T>(0, key(0));
        // A worker behind it in the index has to move.
        worker::<T>(1, key(1));
        assert_ok!(Pallet::<T>::deregister(RawOrigin::Signed(who.clone()).into()));
        let now = frame_system::Pallet::<T>::block_number();
        frame_system::Pallet::<T>::set_block_number(now + T::UnbondingPeriod::get());
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));
        assert!(!Workers::<T>::contains_key(who));
    }

    #[benchmark]
    fn set_model_profile() -> Result<(), BenchmarkError> {
        let origin = T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let per_output_token = Resources([1; ResourceClass::COUNT]);
        let profile = ModelProfile { per_output_token, max_output_tokens: 1, ..Default::default() };
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, H256::zero(), Some(profile));
        assert!(ModelProfiles::<T>::contains_key(H256::zero()));
        Ok(())
    }

    #[benchmark]
    fn set_tier() -> Result<(), BenchmarkError> {
        let origin = T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 9, TierRule::default());
        assert!(Tiers::<T>::contains_key(9));
        Ok(())
    }

    /// With tokens of `p` pools, each half bought and half held.
    #[benchmark]
    fn submit_job(p: Linear<1, MAX_POOLS>) {
        open_pools::<T>();
        let who = client::<T>(0);
        // The list of open jobs is full but for one.
        let full: Vec<_> = (1..T::MaxOpenJobsPerClient::get()).map(|n| (u64::MAX, u64::from(n))).collect();
        ClientJobs::<T>::insert(&who, frame_support::BoundedVec::truncate_from(full));
        let id = NextJob::<T>::get();
        let mut request = request::<T>(0);
        spread::<T>(&mut request, p);
        for part in &request.parts {
            for (class, amount) in part.resources.iter().filter(|(_, amount)| *amount > 0) {
                assert_ok!(T::Tokens::mint_into(PoolId { class, tier: part.tier }.asset_id(), &who, amount / 2));
            }
        }
        #[extrinsic_call]
        _(RawOrigin::Signed(who), request);
        assert_eq!(Jobs::<T>::get(id).map(|job| job.pool_count()), Some(p));
    }

    #[benchmark]
    fn accept_job() {
        let (id, who) = assigned_job::<T>(key(0));
        #[extrinsic_call]
        _(RawOrigin::Signed(who), id);
        assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Accepted));
    }

    #[benchmark]
    fn cancel_job() {
        let (id, who) = assigned_job::<T>(key(0));
        owe::<T>(&who, 0);
        let client = Jobs::<T>::get(id).expect("assigned").client;
        #[extrinsic_call]
        _(RawOrigin::Signed(client), id);
        assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Refunded));
    }

    #[benchmark]
    fn set_models() {
        let who = settled_worker::<T>();
        // Without a model it has no lot, and gets one now.
        Workers::<T>::mutate(&who, |record| record.as_mut().expect("registered").models.clear());
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), models());
        assert_lot_queued::<T>(&who);
        assert_eq!(Workers::<T>::get(who).map(|record| record.models), Some(models()));
    }

    /// After the last draw: all six classes go back.
    #[benchmark]
    fn decline_job() {
        let (id, who) = assigned_job::<T>(key(0));
        owe::<T>(&who, 0);
        Jobs::<T>::mutate(id, |job| job.as_mut().expect("assigned").draws = T::MaxRedraws::get() + 1);
        #[extrinsic_call]
        _(RawOrigin::Signed(who), id);
        assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Refunded));
    }

    /// A block without work.
    #[benchmark]
    fn on_initialize() {
        let now = frame_system::Pallet::<T>::block_number();
        AgendaCursor::<T>::put(now + 1u32.into());
        #[block]
        {
            Pallet::<T>::on_initialize(now);
        }
    }

    /// Samples that are nearly all of different workers, each owing tokens of as many pools as it may and naming as many models;
    /// none has enough left for the job, which is refunded.
    #[benchmark]
    fn draw_worker() {
        open_pools::<T>();
        let count = T::MaxCandidates::get() * 16;
        for number in 0..count {
            let who = worker::<T>(number, key(number));
            T::Tees::bind_for_benchmark(&who, &key(number));
            T::Sealing::set_for_benchmark(&who);
            owe::<T>(&who, 0);
            // Far apart, so that few have a node in common but the root, and beyond the slots they were given.
            let slot = SLOTS / count * number + 1_000;
            Workers::<T>::mutate(&who, |record| {
                let record = record.as_mut().expect("registered");
                SlotOwner::<T>::remove(record.slot);
                record.slot = slot;
            });
            SlotOwner::<T>::insert(slot, who);
        }
        let id = submitted::<T>(0);
        complete_window::<T>();
        Jobs::<T>::mutate(id, |job| {
            let job = job.as_mut().expect("submitted");
            job.value = PLENTY;
            job.empty_draws = T::MaxEmptyDraws::get() - 1;
            (job.sealed, job.sla.tee) = (true, true);
        });
        #[block]
        {
            work_off::<T>();
        }
        assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Refunded));
    }

    /// The last acceptance that may be missed, and the third in a row of its worker.
    #[benchmark]
    fn miss_acceptance() {
        let (id, who) = assigned_job::<T>(key(0));
        owe::<T>(&who, 0);
        Workers::<T>::mutate(&who, |record| record.as_mut().expect("registered").missed_in_row = 2);
        Jobs::<T>::mutate(id, |job| job.as_mut().expect("assigned").draws = T::MaxRedraws::get() + 1);
        let now = frame_system::Pallet::<T>::block_number() + T::AcceptWindow::get() + 1u32.into();
        frame_system::Pallet::<T>::set_block_number(now);
        #[block]
        {
            work_off::<T>();
        }
        assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Refunded));
        assert_eq!(Workers::<T>::get(who).map(|record| record.accepting), Some(false));
    }

    /// The failure that ejects its worker.
    #[benchmark]
    fn fail_accepted() {
        let id = accepted_job::<T>(key(0));
        let who = KeyOwner::<T>::get(key(0)).expect("registered");
        owe::<T>(&who, 0);
        // Four of these leave a new worker one short of it, a fifth does not.
        (0..4).for_each(|_| T::Quality::note_failure(&who, PLENTY));
        let value = Jobs::<T>::get(id).expect("accepted").value;
        Jobs::<T>::mutate(id, |job| job.as_mut().expect("accepted").value = PLENTY);
        Workers::<T>::mutate(&who, |record| {
            let record = record.as_mut().expect("registered");
            record.open_value = record.open_value - value + PLENTY;
        });
        let (due, _) = Due::<T>::get(id).expect("accepted");
        frame_system::Pallet::<T>::set_block_number(due);
        #[block]
        {
            work_off::<T>();
        }
        assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Slashed));
        let ejected = Pallet::<T>::is_ejected(&who);
        assert_eq!(Workers::<T>::get(who).map(|record| record.accepting), Some(!ejected));
    }

    /// The first turn after the grace: some tokens are the worker's own, the rest is bought.
    #[benchmark]
    fn buy_back_turn() {
        open_pools::<T>();
        let who = overdrawn_worker::<T>();
        let pool = PoolId::any_worker(ResourceClass::Gpu);
        assert_ok!(T::Tokens::mint_into(pool.asset_id(), &who, UNIT / 2));
        assert_eq!(Pallet::<T>::do_check_margin(&who), Ok(true));
        let now = frame_system::Pallet::<T>::block_number() + T::MarginGrace::get();
        frame_system::Pallet::<T>::set_block_number(now);
        #[block]
        {
            Pallet::<T>::run_margins(now, &mut none(), 1);
        }
        assert_eq!(LastSlice::<T>::get(pool), Some(now));
        assert_eq!(Workers::<T>::get(who).map(|record| record.obligation(pool)), Some(0));
    }

    /// The first turn after the days of buying, with a bond that has to be shared out.
    #[benchmark]
    fn settle_turn() {
        open_pools::<T>();
        let who = overdrawn_worker::<T>();
        assert_eq!(Pallet::<T>::do_check_margin(&who), Ok(true));
        let now = frame_system::Pallet::<T>::block_number() + T::MarginGrace::get() + T::BuyBackPeriod::get();
        frame_system::Pallet::<T>::set_block_number(now);
        #[block]
        {
            Pallet::<T>::run_margins(now, &mut none(), 1);
        }
        let pool = PoolId::any_worker(ResourceClass::Gpu);
        assert_eq!(CashSettled::<T>::get(pool), UNIT);
    }

    /// In nodes that are full but for this lot.
    #[benchmark]
    fn apply_lot() {
        let who = worker::<T>(0, key(0));
        owe::<T>(&who, 0);
        // Whoever the chain started with does not wait before it.
        LotQueueRange::<T>::mutate(|(first, end)| *first = *end - 1);
        let slot = Workers::<T>::get(&who).map(|record| record.slot).expect("registered");
        let mut spread = 1;
        for _ in 0..LEVELS {
            (1..ARITY).for_each(|child| draw::set_lot::<Pallet<T>>(slot + child * spread, UNIT));
            spread *= ARITY;
        }
        let now = frame_system::Pallet::<T>::block_number() + WINDOW.into();
        #[block]
        {
            Pallet::<T>::run_lots(now, &mut none(), 1);
        }
        assert!(draw::lot::<Pallet<T>>(slot) > 0);
    }

    #[benchmark]
    fn skip_bucket() {
        let now = frame_system::Pallet::<T>::block_number();
        AgendaCursor::<T>::put(now);
        #[block]
        {
            Pallet::<T>::run_agenda(now, &mut none(), When::Start);
        }
        assert_eq!(AgendaCursor::<T>::get(), now + 1u32.into());
    }

    #[benchmark]
    fn prune_job() {
        open_pools::<T>();
        let id = submitted::<T>(0);
        let client = Jobs::<T>::get(id).expect("submitted").client;
        assert_ok!(Pallet::<T>::do_cancel(&client, id));
        let later = frame_system::Pallet::<T>::block_number() + T::JobRetention::get();
        #[block]
        {
            Pallet::<T>::prune(later, &mut none(), 1);
        }
        assert!(!Jobs::<T>::contains_key(id));
    }

    #[benchmark]
    fn set_bonus() -> Result<(), BenchmarkError> {
        let origin = T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let parameters = BonusParameters { rate_ppb: 1, part_ppb: 1 };
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, parameters);
        assert_eq!(Bonus::<T>::get(), parameters);
        Ok(())
    }

    /// Back to the client, out of `p` pools.
    #[benchmark]
    fn return_tokens(p: Linear<1, MAX_POOLS>) {
        let id = accepted_job::<T>(key(0));
        spread_job::<T>(id, p);
        let job = Jobs::<T>::get(id).expect("accepted");
        assert_eq!(job.pool_count(), p);
        #[block]
        {
            assert_ok!(Pallet::<T>::return_tokens(&job));
        }
    }

    /// Both parties sell tokens of `p` pools, and the worker earns a bonus.
    #[benchmark]
    fn settle(p: Linear<1, MAX_POOLS>) {
        let id = accepted_job::<T>(key(0));
        spread_job::<T>(id, p);
        let worker = KeyOwner::<T>::get(key(0)).expect("registered");
        owe::<T>(&worker, 0);
        assert_ok!(Pallet::<T>::set_payout(RawOrigin::Signed(worker.clone()).into(), true));
        assert_ok!(<Pallet<T> as JobRegistry<_, _>>::note_attested(id, 32, 32));
        assert_ok!(T::Currency::mint_into(&T::RewardsPot::get(), PLENTY));
        Jobs::<T>::mutate(id, |job| {
            let job = job.as_mut().expect("there");
            job.value = PLENTY;
            if let Some(assignment) = &mut job.assignment {
                assignment.candidates = 5;
            }
        });
        Workers::<T>::mutate(&worker, |record| record.as_mut().expect("registered").open_value = PLENTY);
        #[block]
        {
            assert_ok!(<Pallet<T> as JobRegistry<_, _>>::settle(id, true));
        }
        assert!(BonusEpochs::<T>::get().paid > 0);
        assert_eq!(Jobs::<T>::get(id).map(|job| job.status), Some(JobStatus::Settled));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::benchmark_ext(), crate::mock::Test);
}
