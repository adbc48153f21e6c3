//! What calls and hook steps weigh. Needs a keystore, as the runtime bencher has one.

use crate::{
    types::*,
    windows::{queue_key, Step},
    Attestations, AuditEntries, AuditPlaces, Call, CanaryExpiries, CanaryOperators, Config, Event, Expiries,
    HoldReason, LodgedCount, Outputs, Pallet, Queue, Reviews, SealedOutputs, Settings, SlashQueue, Slashes, Verdicts,
    VerifierLotQueue, VerifierLotRange, VerifierSlotCount, Verifiers, WeightInfo, Windows,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::traits::{
    fungible::{Inspect, InspectHold, Mutate},
    EnsureOrigin, Get,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use hanzo_poai::{
    canary, chunks,
    committee::{commitment, Committee, Score, Verdict, Vote},
    draw::{self, ARITY, SLOTS},
    Attestation, JobId, Proof,
};
use hanzo_traits::{Balance, DrawRandomness, JobRegistry, SealingKeys, WorkerRegistry};
use sp_core::{crypto::KeyTypeId, sr25519, H256};
use sp_runtime::{
    traits::{One, Saturating, Zero},
    DispatchError,
};

/// Type of the session keys made here.
const KEYS: KeyTypeId = KeyTypeId(*b"poai");

/// An accepted job, an attestation of it that passes, and its signature.
fn attestable<T: Config>() -> Result<(Attestation<T::AccountId>, sr25519::Signature), BenchmarkError> {
    let key = sp_io::crypto::sr25519_generate(KEYS, None);
    let job = T::Jobs::accepted_for_benchmark(key);
    let open = T::Jobs::attestable(job)?;
    Settings::<T>::mutate(|settings| settings.engine_profile = Some(H256::repeat_byte(4)));
    let attestation = Attestation {
        job,
        worker: open.worker.clone(),
        model: open.model,
        input: open.input,
        output: H256::repeat_byte(1),
        tokens_root: H256::repeat_byte(2),
        fingerprints_root: H256::repeat_byte(3),
        prompt_tokens: 0,
        output_tokens: 1,
        nonce: open.nonce,
        seed: open.seed,
        engine_profile: H256::repeat_byte(4),
        prior_root: open.prior_root,
        proof: Proof::Replay,
    };
    let signed = attestation.signing_hash(&Pallet::<T>::challenge_of(job, &open));
    let signature = sp_io::crypto::sr25519_sign(KEYS, &key, signed.as_bytes()).ok_or("no key in the keystore")?;
    Ok((attestation, signature))
}

/// An attested job: its number, client and worker. The client can pay the bond.
fn attested<T: Config>() -> Result<(JobId, T::AccountId, T::AccountId), BenchmarkError> {
    let (attestation, signature) = attestable::<T>()?;
    let (job, worker) = (attestation.job, attestation.worker.clone());
    Pallet::<T>::attest(RawOrigin::Signed(worker.clone()).into(), attestation, signature).map_err(|e| e.error)?;
    let client = T::Jobs::client(job).ok_or("job without client")?;
    let enough = T::DeliveryBond::get().saturating_add(T::Currency::minimum_balance()).saturating_mul(100);
    T::Currency::set_balance(&client, enough.max(T::Currency::balance(&client)));
    Ok((job, client, worker))
}

/// An attested job with an open demand.
fn demanded<T: Config>() -> Result<(JobId, T::AccountId, T::AccountId), BenchmarkError> {
    let (job, client, worker) = attested::<T>()?;
    Pallet::<T>::demand_output(RawOrigin::Signed(client.clone()).into(), job)?;
    Ok((job, client, worker))
}

fn held<T: Config>(client: &T::AccountId) -> Balance {
    T::Currency::balance_on_hold(&HoldReason::DeliveryBond.into(), client)
}

/// Makes `n` tokens the attested output of a job, and returns them.
fn attest_tokens<T: Config>(job: JobId, n: u32) -> OutputTokens {
    let tokens: Vec<u32> = (0..n).collect();
    Attestations::<T>::mutate(job, |record| {
        if let Some(record) = record {
            record.output_tokens = n;
            record.tokens_root = chunks::tokens_root(&tokens).unwrap_or_default();
        }
    });
    OutputTokens::truncate_from(tokens)
}

/// Lots looked at by the longest draw of a committee.
const LOOKED_AT: u32 = 21;
/// The same for a sealed job.
const LOOKED_AT_SEALED: u32 = 35;
/// Members of the largest committee.
const SEVEN: u32 = 7;
const SALT: [u8; 32] = [7; 32];

fn rich<T: Config>(name: &'static str, number: u32) -> T::AccountId {
    let who = account(name, number, 0);
    let enough =
        Settings::<T>::get().min_verifier_bond.max(T::MinChallengeBond::get()).max(T::Currency::minimum_balance());
    T::Currency::set_balance(&who, enough.saturating_mul(1_000));
    who
}

/// A registered operator of canaries.
fn operator<T: Config>() -> T::AccountId {
    let operator = rich::<T>("operator", 0);
    CanaryOperators::<T>::insert(&operator, ());
    operator
}

fn noise(n: u32) -> CanaryHashes {
    CanaryHashes::truncate_from((0..n).map(|number| sp_io::hashing::blake2_256(&number.to_le_bytes()).into()).collect())
}

/// A verifier whose path in the tree of lots is its own below the root.
fn verifier<T: Config>(number: u32, lot: Balance) -> Result<T::AccountId, BenchmarkError> {
    let who = rich::<T>("verifier", number);
    // As far from each other as they can be.
    let row = number.div_euclid(ARITY).saturating_mul(SLOTS.div_euclid(ARITY * ARITY));
    let slot = number.rem_euclid(ARITY).saturating_mul(SLOTS.div_euclid(ARITY)).saturating_add(row);
    VerifierSlotCount::<T>::put(slot);
    Pallet::<T>::register_verifier(RawOrigin::Signed(who.clone()).into(), Settings::<T>::get().min_verifier_bond)?;
    draw::set_lot::<Pallet<T>>(slot, lot);
    Ok(who)
}

/// As many verifiers as the longest draw looks at: seven may sit and come last, the others are leaving.
fn verifiers<T: Config>() -> Result<Vec<T::AccountId>, BenchmarkError> {
    verifiers_of::<T>(LOOKED_AT)
}

fn verifiers_of<T: Config>(looked_at: u32) -> Result<Vec<T::AccountId>, BenchmarkError> {
    let bond = Settings::<T>::get().min_verifier_bond;
    let mut seven = Vec::new();
    for number in 0..looked_at {
        let sits = number < SEVEN;
        let who = verifier::<T>(number, if sits { 1 } else { bond })?;
        if sits {
            seven.push(who);
        } else {
            Pallet::<T>::retire_verifier(RawOrigin::Signed(who).into())?;
        }
    }
    T::Randomness::know_for_benchmark();
    Ok(seven)
}

/// Moves a window to another standing.
fn stand<T: Config>(job: JobId, standing: Standing<BlockNumberFor<T>>) -> Result<(), BenchmarkError> {
    let mut window = Windows::<T>::get(job).ok_or("no window")?;
    if standing != Standing::Unaudited {
        Pallet::<T>::leave_lottery(job);
    }
    window.standing = standing;
    let at = frame_system::Pallet::<T>::block_number();
    Pallet::<T>::reschedule(job, &mut window, at);
    Ok(())
}

/// An attested job in review by seven, and who they are.
fn in_review<T: Config>(phase: Phase) -> Result<(JobId, Vec<T::AccountId>), BenchmarkError> {
    in_review_of::<T>(phase, LOOKED_AT)
}

fn in_review_of<T: Config>(phase: Phase, looked_at: u32) -> Result<(JobId, Vec<T::AccountId>), BenchmarkError> {
    let (job, ..) = attested::<T>()?;
    let seven = verifiers_of::<T>(looked_at)?;
    let now = frame_system::Pallet::<T>::block_number();
    let members = seven.iter().map(|account| Member {
        account: account.clone(),
        commitment: None,
        vote: None,
        evidence: H256::zero(),
    });
    let members: Vec<_> = if phase == Phase::Summoning { Vec::new() } else { members.collect() };
    for member in &members {
        Pallet::<T>::seat(&member.account, job)?;
    }
    let review = Review {
        cause: Cause::Audit,
        committee: Committee::Appeal,
        round: 0,
        redraws: 0,
        waits: 0,
        phase,
        positions: H256::zero(),
        members: members.try_into().map_err(|_| "too many members")?,
        first: Default::default(),
    };
    Reviews::<T>::insert(job, review);
    stand::<T>(job, Standing::InReview { at: now.saturating_add(One::one()) })?;
    Ok((job, seven))
}

/// Applies every change of a lot that waits.
fn settle_lots<T: Config>() {
    let later = Pallet::<T>::after_delay(frame_system::Pallet::<T>::block_number());
    let (start, end) = VerifierLotRange::<T>::get();
    for place in start..end {
        if let Some((who, _)) = VerifierLotQueue::<T>::take(place) {
            Pallet::<T>::apply_verifier_lot(&who, later);
        }
    }
    VerifierLotRange::<T>::put((end, end));
}

/// What the hook does for a window.
fn step<T: Config>(job: JobId, step: Step) {
    let now = frame_system::Pallet::<T>::block_number();
    let _ = Queue::<T>::iter_keys().next();
    if let Some(window) = Windows::<T>::get(job) {
        Pallet::<T>::take_step(job, window, step, now);
    }
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn attest() -> Result<(), BenchmarkError> {
        let (attestation, signature) = attestable::<T>()?;
        let (job, worker) = (attestation.job, attestation.worker.clone());

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), attestation, signature);

        assert!(Windows::<T>::contains_key(job));
        Ok(())
    }

    #[benchmark]
    fn demand_output() -> Result<(), BenchmarkError> {
        let (job, client, _) = attested::<T>()?;

        #[extrinsic_call]
        _(RawOrigin::Signed(client.clone()), job);

        assert_eq!(held::<T>(&client), T::DeliveryBond::get());
        Ok(())
    }

    #[benchmark]
    fn deliver_output(n: Linear<1, MAX_DELIVERED_TOKENS>) -> Result<(), BenchmarkError> {
        let (job, client, worker) = demanded::<T>()?;
        let tokens = attest_tokens::<T>(job, n);

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), job, tokens);

        assert_eq!(held::<T>(&client), 0);
        assert!(Outputs::<T>::contains_key(job));
        Ok(())
    }

    #[benchmark]
    fn deliver_sealed_output(n: Linear<1, MAX_SEALED_BYTES>) -> Result<(), BenchmarkError> {
        let (job, client, worker) = demanded::<T>()?;
        T::Jobs::seal_for_benchmark(job);
        let output = SealedOutput::truncate_from(vec![7; n as usize]);
        let hash = H256(sp_io::hashing::blake2_256(&output));
        Attestations::<T>::mutate(job, |record| record.iter_mut().for_each(|record| record.output = hash));

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), job, output);

        assert_eq!(held::<T>(&client), 0);
        assert!(SealedOutputs::<T>::contains_key(job));
        Ok(())
    }

    /// A due entry is found, and the tokens of its job are looked at; nothing is done about it.
    #[benchmark]
    fn service_queue() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        let first;

        #[block]
        {
            first = Queue::<T>::iter_keys().next();
            T::Jobs::pools(job);
        }

        assert_eq!(first.map(|key| crate::windows::parse_key(key).1), Some(job));
        Ok(())
    }

    /// With an open demand, whose bond is given back. The entry is read from the queue as the hook does.
    #[benchmark]
    fn close_window() -> Result<(), BenchmarkError> {
        let (job, client, _) = demanded::<T>()?;
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            let _ = Queue::<T>::iter_keys().next();
            if let Some(window) = Windows::<T>::get(job) {
                Pallet::<T>::conclude(job, &window, None, now)?;
            }
        }

        assert!(!Windows::<T>::contains_key(job));
        assert_eq!(held::<T>(&client), 0);
        Ok(())
    }

    #[benchmark]
    fn defer_window() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            let _ = Queue::<T>::iter_keys().next();
            if let Some(window) = Windows::<T>::get(job) {
                Pallet::<T>::defer(job, window, now, DispatchError::Unavailable);
            }
        }

        let attempts = Windows::<T>::get(job).map(|window| window.attempts);
        assert_eq!(attempts, Some(1));
        frame_system::Pallet::<T>::assert_last_event(
            Event::<T>::WindowDeferred {
                job,
                attempts: 1,
                retry_at: now.saturating_add(BlockNumberFor::<T>::from(2u32).min(T::MaxBackoff::get())),
                error: DispatchError::Unavailable,
            }
            .into(),
        );
        Ok(())
    }

    #[benchmark]
    fn prune() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        let now = frame_system::Pallet::<T>::block_number();
        Outputs::<T>::insert(job, attest_tokens::<T>(job, MAX_DELIVERED_TOKENS));
        Pallet::<T>::trace(job, |trace| trace.paid = 1);
        let window = Windows::<T>::get(job).ok_or("no window")?;
        Pallet::<T>::conclude(job, &window, None, now)?;
        let key = queue_key(now.saturating_add(T::AttestationRetention::get()), job);

        #[block]
        {
            let _ = Expiries::<T>::iter_keys().next();
            Pallet::<T>::prune_one(key, job);
        }

        assert!(!Attestations::<T>::contains_key(job));
        assert!(!Outputs::<T>::contains_key(job));
        Ok(())
    }

    #[benchmark]
    fn register_verifier() -> Result<(), BenchmarkError> {
        let who = rich::<T>("verifier", 0);
        let bond = Settings::<T>::get().min_verifier_bond;

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), bond);

        assert!(Verifiers::<T>::contains_key(who));
        Ok(())
    }

    #[benchmark]
    fn add_verifier_bond() -> Result<(), BenchmarkError> {
        let bond = Settings::<T>::get().min_verifier_bond;
        let who = verifier::<T>(0, bond)?;
        settle_lots::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), bond);

        assert_eq!(Verifiers::<T>::get(who).map(|record| record.bond), Some(bond.saturating_mul(2)));
        Ok(())
    }

    #[benchmark]
    fn retire_verifier() -> Result<(), BenchmarkError> {
        let who = verifier::<T>(0, 1)?;
        settle_lots::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));

        assert!(Verifiers::<T>::get(who).is_some_and(|record| record.leaving_since.is_some()));
        Ok(())
    }

    #[benchmark]
    fn withdraw_verifier_bond() -> Result<(), BenchmarkError> {
        let who = verifier::<T>(0, 1)?;
        Pallet::<T>::retire_verifier(RawOrigin::Signed(who.clone()).into())?;
        settle_lots::<T>();
        let later = frame_system::Pallet::<T>::block_number().saturating_add(T::VerifierUnbonding::get());
        frame_system::Pallet::<T>::set_block_number(later);

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));

        assert!(!Verifiers::<T>::contains_key(who));
        Ok(())
    }

    /// The last of seven, which ends the phase.
    #[benchmark]
    fn commit_verdict() -> Result<(), BenchmarkError> {
        let (job, seven) = in_review::<T>(Phase::Committing)?;
        let last = seven.last().cloned().ok_or("nobody")?;
        for member in seven.iter().filter(|member| **member != last) {
            Pallet::<T>::commit_verdict(RawOrigin::Signed(member.clone()).into(), job, H256::zero())
                .map_err(|error| error.error)?;
        }

        #[extrinsic_call]
        _(RawOrigin::Signed(last), job, H256::repeat_byte(1));

        assert!(Reviews::<T>::get(job).is_some_and(|review| review.members.iter().all(|m| m.commitment.is_some())));
        Ok(())
    }

    /// The last of seven, which ends the round.
    #[benchmark]
    fn reveal_verdict() -> Result<(), BenchmarkError> {
        let (job, seven) = in_review::<T>(Phase::Revealing)?;
        let last = seven.last().cloned().ok_or("nobody")?;
        let vote = Vote { score: Score::Bad, digest: H256::repeat_byte(2) };
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        Reviews::<T>::mutate(job, |review| {
            for member in review.iter_mut().flat_map(|review| review.members.iter_mut()) {
                member.commitment = Some(commitment(&genesis, job, 0, &member.account, &vote, &SALT));
                member.vote = (member.account != last).then_some(vote);
            }
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(last), job, vote, SALT, H256::repeat_byte(3));

        assert!(Reviews::<T>::get(job).is_some_and(|review| review.members.iter().all(|m| m.vote.is_some())));
        Ok(())
    }

    #[benchmark]
    fn challenge() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        verifiers::<T>()?;
        Pallet::<T>::enter_lottery(job.saturating_add(1));
        let who = rich::<T>("challenger", 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(who), job);

        assert!(Reviews::<T>::contains_key(job));
        Ok(())
    }

    #[benchmark]
    fn cancel_slash() -> Result<(), BenchmarkError> {
        let (job, _, worker) = attested::<T>()?;
        Pallet::<T>::punish_forgery(&worker, job, None)?;
        let origin = T::CancelOrigin::try_successful_origin().map_err(|_| "no origin")?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 0);

        assert_eq!(Slashes::<T>::count(), 0);
        Ok(())
    }

    #[benchmark]
    fn set_canary_operator() -> Result<(), BenchmarkError> {
        let origin = T::GovernanceOrigin::try_successful_origin().map_err(|_| "no origin")?;
        let operator: T::AccountId = account("operator", 0, 0);

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, operator.clone(), true);

        assert!(CanaryOperators::<T>::contains_key(operator));
        Ok(())
    }

    #[benchmark]
    fn lodge_canaries(n: Linear<0, 64>) {
        let operator = operator::<T>();
        let hashes = noise(n);

        #[extrinsic_call]
        _(RawOrigin::Signed(operator.clone()), hashes);

        assert_eq!(LodgedCount::<T>::get(operator), n);
    }

    /// A canary that as many members as can be have found good, as many as can be were slashed for the truth, and a challenger has
    /// lost a bond on; more than one review can come to.
    #[benchmark]
    fn reveal_canary() -> Result<(), BenchmarkError> {
        let operator = operator::<T>();
        // There has to be a block before the job's.
        frame_system::Pallet::<T>::set_block_number(One::one());
        let (job, client, worker) = attested::<T>()?;
        let record = Attestations::<T>::get(job).ok_or("not attested")?;
        let submitted_at = T::Jobs::submitted_at(job).ok_or("no job")?;
        let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        let hash = canary::commitment(&genesis, &operator, &client, record.nonce, &SALT);
        frame_system::Pallet::<T>::set_block_number(submitted_at.saturating_sub(One::one()));
        Pallet::<T>::do_lodge(operator.clone(), CanaryHashes::truncate_from(vec![hash]))?;
        frame_system::Pallet::<T>::set_block_number(record.attested_at);

        let bond = Settings::<T>::get().min_verifier_bond;
        let mut approved = Vec::new();
        for number in 0..MAX_VOTES.saturating_add(MAX_PUNISHED) {
            let who = rich::<T>("verifier", number);
            Pallet::<T>::do_register_verifier(&who, bond)?;
            if number < MAX_VOTES {
                approved.push(who);
            } else {
                Pallet::<T>::punish_false_verdict(&who, job)?;
            }
        }
        settle_lots::<T>();
        let challenger = rich::<T>("challenger", 0);
        // The pot and the challenger can be paid as little as this.
        let least = T::Currency::minimum_balance();
        T::Currency::set_balance(&client, Balance::from(u64::MAX).saturating_mul(1_000));
        let before = crate::quality::INITIAL;
        crate::Quality::<T>::insert(&worker, before.saturating_sub(1));
        Pallet::<T>::punish_forgery(&worker, job, Some((challenger.clone(), 1)))?;
        Pallet::<T>::trace(job, |trace| {
            trace.approved = approved.try_into().unwrap_or_default();
            trace.quality = Some((before, before.saturating_sub(1)));
            (trace.paid, trace.owed) = (least, least);
        });
        let record = VerdictRecord {
            verdict: Verdict::Good,
            committee: Committee::Appeal,
            challenger: Some(challenger),
            rounds: 6,
            members: Default::default(),
            at: record.attested_at,
            canary: false,
        };
        Verdicts::<T>::insert(job, record);
        let window = Windows::<T>::get(job).ok_or("no window")?;
        Pallet::<T>::conclude(job, &window, None, frame_system::Pallet::<T>::block_number())?;
        let key = T::Workers::session_key(&worker).ok_or("no session key")?;
        let bound_to = Attestations::<T>::get(job).ok_or("not attested")?.challenge;
        let agreed = canary::consent(&bound_to, &hash);
        let consent = sp_io::crypto::sr25519_sign(KEYS, &key, agreed.as_bytes()).ok_or("no key in the keystore")?;

        #[extrinsic_call]
        _(RawOrigin::Signed(client), operator, job, SALT, consent);

        assert!(Verdicts::<T>::get(job).is_some_and(|record| record.canary));
        // One of each of those who found it good.
        assert_eq!(Slashes::<T>::count(), MAX_VOTES);
        Ok(())
    }

    #[benchmark]
    fn prune_lodged() -> Result<(), BenchmarkError> {
        let operator = operator::<T>();
        Pallet::<T>::do_lodge(operator.clone(), noise(2))?;

        #[block]
        {
            if let Some(key) = CanaryExpiries::<T>::iter_keys().next() {
                Pallet::<T>::prune_one_lodged(key);
            }
        }

        assert_eq!(LodgedCount::<T>::get(operator), 1);
        Ok(())
    }

    #[benchmark]
    fn set_parameters() -> Result<(), BenchmarkError> {
        let parameters = Parameters { slashing: false, ..Parameters::default() };
        let origin = T::GovernanceOrigin::try_successful_origin().map_err(|_| "no origin")?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, parameters);

        assert_eq!(Settings::<T>::get(), parameters);
        Ok(())
    }

    /// A lottery in which nothing is drawn.
    #[benchmark]
    fn run_lottery() -> Result<(), BenchmarkError> {
        attested::<T>()?;
        T::Randomness::know_for_benchmark();
        let now = frame_system::Pallet::<T>::block_number();
        let none = T::WeightInfo::run_lottery();

        #[block]
        {
            Pallet::<T>::run_lottery(now, none);
        }

        assert_eq!(AuditEntries::<T>::count(), 1);
        Ok(())
    }

    /// An audit of a job whose place another one takes.
    #[benchmark]
    fn draw_audit() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        verifiers::<T>()?;
        let last = job.saturating_add(1);
        Pallet::<T>::enter_lottery(last);
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            Pallet::<T>::draw_audit(job, now);
        }

        assert!(Reviews::<T>::contains_key(job));
        assert_eq!(AuditPlaces::<T>::get(last), Some(0));
        Ok(())
    }

    /// A committee that this block does not draw.
    #[benchmark]
    fn wait() -> Result<(), BenchmarkError> {
        let (job, _) = in_review::<T>(Phase::Summoning)?;

        #[block]
        {
            step::<T>(job, Step::Wait);
        }

        assert_eq!(Reviews::<T>::get(job).map(|review| review.phase), Some(Phase::Summoning));
        Ok(())
    }

    /// Seven of twenty-one, on paths of their own.
    #[benchmark]
    fn summon_committee() -> Result<(), BenchmarkError> {
        let (job, _) = in_review::<T>(Phase::Summoning)?;

        #[block]
        {
            step::<T>(job, Step::Summon);
        }

        assert_eq!(Reviews::<T>::get(job).map(|review| review.members.len()), Some(7));
        Ok(())
    }

    /// Seven of thirty-five who can be sent the job's key.
    #[benchmark]
    fn summon_sealed_committee() -> Result<(), BenchmarkError> {
        let (job, _) = in_review_of::<T>(Phase::Summoning, LOOKED_AT_SEALED)?;
        T::Jobs::seal_for_benchmark(job);
        for number in 0..LOOKED_AT_SEALED {
            T::Sealing::set_for_benchmark(&account("verifier", number, 0));
        }

        #[block]
        {
            step::<T>(job, Step::SummonSealed);
        }

        assert_eq!(Reviews::<T>::get(job).map(|review| review.members.len()), Some(7));
        Ok(())
    }

    #[benchmark]
    fn open_reveals() -> Result<(), BenchmarkError> {
        let (job, _) = in_review::<T>(Phase::Committing)?;

        #[block]
        {
            step::<T>(job, Step::OpenReveals);
        }

        assert_eq!(Reviews::<T>::get(job).map(|review| review.phase), Some(Phase::Revealing));
        Ok(())
    }

    /// Seven find a forgery that an audit's committee had found before: five are paid, two and the one of the three who denied
    /// it are slashed, and so is the worker.
    #[benchmark]
    fn close_round() -> Result<(), BenchmarkError> {
        let (job, _) = in_review::<T>(Phase::Revealing)?;
        settle_lots::<T>();
        T::Currency::set_balance(&Pallet::<T>::pot(), T::MinChallengeBond::get().saturating_mul(1_000));
        let bond = Settings::<T>::get().min_verifier_bond;
        let mut first = Vec::new();
        for number in LOOKED_AT..LOOKED_AT.saturating_add(3) {
            let who = verifier::<T>(number, bond)?;
            Pallet::<T>::seat(&who, job)?;
            first.push((who, Some(Score::Good)));
        }
        Reviews::<T>::mutate(job, |review| {
            if let Some(review) = review {
                review.first = FirstVotes::truncate_from(first);
                for (place, member) in (0u32..).zip(review.members.iter_mut()) {
                    let score = if place < 5 { Score::Bad } else { Score::Good };
                    member.vote = Some(Vote { score, digest: H256::zero() });
                }
            }
        });

        #[block]
        {
            step::<T>(job, Step::CloseRound);
        }

        assert_eq!(Windows::<T>::get(job).map(|window| window.standing), Some(Standing::Condemned));
        assert_eq!(Slashes::<T>::count(), 6);
        Ok(())
    }

    #[benchmark]
    fn withhold_output() -> Result<(), BenchmarkError> {
        let (job, client, _) = demanded::<T>()?;

        #[block]
        {
            step::<T>(job, Step::Withhold);
        }

        assert_eq!(held::<T>(&client), 0);
        assert_eq!(Windows::<T>::get(job).map(|window| window.delivery), Some(Delivery::Withheld));
        Ok(())
    }

    /// A worker's, with a bounty.
    #[benchmark]
    fn apply_slash() -> Result<(), BenchmarkError> {
        let (job, _, worker) = attested::<T>()?;
        let challenger = rich::<T>("challenger", 0);
        Pallet::<T>::punish_forgery(&worker, job, Some((challenger, T::MinChallengeBond::get())))?;
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            if let Some(key) = SlashQueue::<T>::iter_keys().next() {
                Pallet::<T>::apply_slash(key, 0, now);
            }
        }

        assert_eq!(Slashes::<T>::count(), 0);
        Ok(())
    }

    #[benchmark]
    fn apply_verifier_lot() -> Result<(), BenchmarkError> {
        let bond = Settings::<T>::get().min_verifier_bond;
        let who = verifier::<T>(3, 1)?;
        let later = Pallet::<T>::after_delay(frame_system::Pallet::<T>::block_number());

        #[block]
        {
            if let Some((who, _)) = VerifierLotQueue::<T>::take(0) {
                Pallet::<T>::apply_verifier_lot(&who, later);
            }
        }

        let slot = Verifiers::<T>::get(who).ok_or("no verifier")?.slot;
        assert_eq!(draw::lot::<Pallet<T>>(slot), bond);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
