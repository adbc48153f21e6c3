//! Jobs that are bad on purpose: how they are lodged and revealed, and what they cost those who did not look.

use crate::{
    mock::*, CanaryHashes, CanaryOperators, CanarySlashes, Error, Event, LodgedCanaries, LodgedCount, Offence, Slashes,
    MAX_LODGED, MAX_OPERATORS,
};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::{
    committee::{Committee, Vote},
    JobId, JobStatus,
};
use sp_core::{Pair, H256};
use sp_runtime::DispatchResult;

/// Who lodges.
const OPERATOR: u64 = STRANGER;
const SALT: [u8; 32] = [9; 32];
/// A tenth of a verifier's bond.
const TENTH: u128 = BOND / 10;

fn scene() -> ExtBuilder {
    ExtBuilder::default().audit_rate(1_000_000_000).verifiers(20)
}

fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

fn register() {
    assert_ok!(Poai::set_canary_operator(RuntimeOrigin::root(), OPERATOR, true));
}

fn hashes(hashes: &[H256]) -> CanaryHashes {
    hashes.to_vec().try_into().unwrap()
}

fn hash_of(job: JobId) -> H256 {
    Poai::canary_hash(&OPERATOR, &WORKER, job, &SALT)
}

/// A job that is lodged, and attested a block later.
fn canary() -> JobId {
    register();
    let job = accept(CLIENT, WORKER);
    assert_ok!(Poai::lodge_canaries(signed(OPERATOR), hashes(&[hash_of(job)])));
    next_block();
    attest(job, 40);
    run_to(frame_system::Pallet::<Test>::block_number() + 4);
    job
}

/// The worker's agreement to a job's being a canary.
fn consent_of(worker: u64, job: JobId) -> sp_core::sr25519::Signature {
    pair(worker).sign(Poai::canary_consent(&hash_of(job)).as_bytes())
}

fn reveal_with(who: u64, job: JobId, slashes: &[u64]) -> DispatchResult {
    let slashes: CanarySlashes = slashes.to_vec().try_into().unwrap();
    Poai::reveal_canary(signed(who), OPERATOR, job, SALT, consent_of(WORKER, job), slashes)
}

fn reveal(job: JobId) -> DispatchResult {
    reveal_with(CLIENT, job, &[])
}

fn frozen() -> Vec<u64> {
    (FIRST_VERIFIER..FIRST_VERIFIER + 20).filter(|who| verifier(*who).frozen > 0).collect()
}

/// Slashes that wait, and whose they are.
fn waiting() -> Vec<(u64, u64, Offence)> {
    let mut all: Vec<_> = Slashes::<Test>::iter().map(|(id, slash)| (id, slash.offender, slash.offence)).collect();
    all.sort_by_key(|(id, ..)| *id);
    all
}

#[test]
fn members_that_found_a_canary_good_should_lose_a_tenth_however_many_they_are() {
    scene().build_and_execute(|| {
        let job = canary();
        run_to_committee(job);
        let committee = members(job);
        hold_round(job, &[good(), good(), bad()]);
        assert_eq!(frozen(), Vec::<u64>::new(), "a majority is believed until then");
        events();
        assert_ok!(reveal(job));
        let mut fooled = committee[..2].to_vec();
        assert!(events().iter().any(|event| matches!(event, Event::CanaryRevealed { job: of, operator: OPERATOR, worker: WORKER, fooled: who } if *of == job && *who == fooled)));
        fooled.sort_unstable();
        assert_eq!(frozen(), fooled);
        assert!(fooled.iter().all(|who| verifier(*who).frozen == TENTH));
        assert!(Poai::verdict(job).unwrap().canary);
        assert_noop!(reveal(job), Error::<Test>::KnownCanary);
        // As any slash it can be cancelled for a while.
        let (id, offender, _) = waiting()[0];
        assert_ok!(Poai::cancel_slash(signed(COUNCIL), id));
        assert_eq!(verifier(offender).frozen, 0);
    });
}

#[test]
fn canary_that_was_found_out_should_cost_its_worker_nothing_and_nobody_twice() {
    scene().build_and_execute(|| {
        let job = canary();
        hold_round(job, &[bad(), bad(), good()]);
        let mut votes = [bad(); 7];
        votes[6] = good();
        hold_round(job, &votes);
        run_to(frame_system::Pallet::<Test>::block_number() + 2);
        assert_eq!(status(job), JobStatus::Slashed);
        assert!(Poai::denied_until(&WORKER).is_some());
        type Waiting = Vec<(u64, u64, Offence)>;
        let (own, liars): (Waiting, Waiting) = waiting().into_iter().partition(|(.., of)| *of == Offence::Forgery);
        assert_eq!((own.len(), liars.len()), (1, 2), "one of the three and one of the seven lied");
        assert_noop!(reveal_with(CLIENT, job, &[liars[0].0]), Error::<Test>::NotOfThisCanary);
        assert_ok!(reveal_with(CLIENT, job, &[own[0].0]));
        assert_eq!(Poai::denied_until(&WORKER), None);
        assert_eq!(Bonds::get(WORKER).unwrap(), (WORKER_BOND, 0));
        assert_eq!(waiting(), liars, "who lied is punished once");
    });
}

#[test]
fn verifiers_that_were_punished_for_being_right_should_have_it_undone() {
    scene().build_and_execute(|| {
        let job = canary();
        hold_round(job, &[bad(), bad(), good()]);
        run_to_committee(job);
        let seven = members(job);
        let mut votes = [good(); 7];
        votes[0] = bad();
        hold_round(job, &votes);
        // Six of seven are of a cartel: the others were punished.
        let right: Vec<_> = waiting().iter().map(|(id, ..)| *id).collect();
        assert_eq!(right.len(), 3);
        assert_ok!(reveal_with(CLIENT, job, &right));
        let mut cartel = seven[1..].to_vec();
        cartel.sort_unstable();
        assert_eq!(frozen(), cartel);
    });
}

#[test]
fn nothing_should_be_frozen_while_slashing_is_off() {
    scene().build_and_execute(|| {
        crate::Settings::<Test>::mutate(|settings| settings.slashing = false);
        let job = canary();
        hold_round(job, &[good(), good(), good()]);
        assert_ok!(reveal(job));
        assert_eq!(frozen(), Vec::<u64>::new());
    });
}

#[test]
fn reveal_should_be_refused_when_it_is_not_what_was_lodged_in_time() {
    scene().build_and_execute(|| {
        let job = canary();
        assert_noop!(reveal(job), Error::<Test>::NoVerdict);
        hold_round(job, &[good(), good(), bad()]);
        assert_noop!(reveal_with(WORKER, job, &[]), Error::<Test>::NotClient);
        let forced =
            Poai::reveal_canary(signed(CLIENT), OPERATOR, job, SALT, consent_of(OTHER_WORKER, job), Default::default());
        assert_noop!(forced, Error::<Test>::BadSignature);
        let other =
            Poai::reveal_canary(signed(CLIENT), OPERATOR, job, [1; 32], consent_of(WORKER, job), Default::default());
        assert_noop!(other, Error::<Test>::BadSignature);
        let other = Poai::reveal_canary(signed(CLIENT), CLIENT, job, SALT, consent_of(WORKER, job), Default::default());
        assert_noop!(other, Error::<Test>::NotOperator);
        assert_noop!(reveal_with(CLIENT, job, &[77]), Error::<Test>::UnknownSlash);
        assert_noop!(reveal_with(CLIENT, 99, &[]), Error::<Test>::NotClient);
        // What is off the list is worth nothing.
        assert_ok!(Poai::set_canary_operator(RuntimeOrigin::root(), OPERATOR, false));
        assert_noop!(reveal(job), Error::<Test>::NotOperator);
        register();
        assert_ok!(reveal(job));
    });
}

#[test]
fn hash_should_be_worth_nothing_when_it_was_lodged_with_the_attestation_or_later() {
    for late in [0, 3] {
        scene().build_and_execute(|| {
            register();
            let job = attested(40);
            run_to(1 + late);
            assert_ok!(Poai::lodge_canaries(signed(OPERATOR), hashes(&[hash_of(job)])));
            run_to(6);
            hold_round(job, &[good(), good(), good()]);
            assert_noop!(reveal(job), Error::<Test>::LodgedTooLate);
        });
    }
}

#[test]
fn challenged_job_should_stay_what_its_challenger_found() {
    ExtBuilder::default().verifiers(20).build_and_execute(|| {
        let job = canary();
        assert_ok!(Poai::challenge(signed(CLIENT), job));
        hold_round(job, &[bad(); 7]);
        assert_eq!(Poai::verdict(job).unwrap().committee, Committee::Appeal);
        assert_noop!(reveal(job), Error::<Test>::WasChallenged);
    });
}

#[test]
fn operators_should_be_few_known_to_governance_and_bounded() {
    scene().build_and_execute(|| {
        let noise = |from: u64| hashes(&(from..from + 64).map(H256::from_low_u64_be).collect::<Vec<_>>());
        assert_noop!(Poai::lodge_canaries(signed(OPERATOR), noise(1)), Error::<Test>::NotOperator);
        let own = Poai::set_canary_operator(signed(OPERATOR), OPERATOR, true);
        assert_noop!(own, sp_runtime::DispatchError::BadOrigin);
        register();
        let twice = Poai::set_canary_operator(RuntimeOrigin::root(), OPERATOR, true);
        assert_noop!(twice, Error::<Test>::AlreadyOperator);
        for start in 0..u64::from(MAX_LODGED / 64) {
            assert_ok!(Poai::lodge_canaries(signed(OPERATOR), noise(start * 64)));
        }
        assert_noop!(Poai::lodge_canaries(signed(OPERATOR), noise(1 << 40)), Error::<Test>::TooManyLodged);
        assert_ok!(Poai::drop_canaries(signed(OPERATOR), noise(0)));
        assert_noop!(Poai::drop_canaries(signed(OPERATOR), noise(0)), Error::<Test>::NotLodged);
        let again = frame_support::storage::with_storage_layer(|| {
            Poai::lodge_canaries(signed(OPERATOR), hashes(&[H256::repeat_byte(1), H256::repeat_byte(1)]))
        });
        assert_eq!(again, Err(Error::<Test>::AlreadyLodged.into()));
        assert_eq!(LodgedCount::<Test>::get(OPERATOR), MAX_LODGED - 64);
        assert_eq!(LodgedCanaries::<Test>::iter_prefix(OPERATOR).count() as u32, MAX_LODGED - 64);
        for number in 1..u64::from(MAX_OPERATORS) {
            assert_ok!(Poai::set_canary_operator(RuntimeOrigin::root(), 10_000 + number, true));
        }
        let more = Poai::set_canary_operator(RuntimeOrigin::root(), 9_999, true);
        assert_noop!(more, Error::<Test>::TooManyOperators);
        assert_eq!(CanaryOperators::<Test>::count(), MAX_OPERATORS);
    });
}

/// Votes that say the same about another digest are good votes too.
#[test]
fn guess_should_count_as_a_good_vote() {
    scene().build_and_execute(|| {
        let job = canary();
        run_to_committee(job);
        let guess = Some(Vote { digest: H256::repeat_byte(1), ..good().unwrap() });
        hold_round(job, &[good(), good(), guess]);
        assert_ok!(reveal(job));
        assert_eq!(frozen().len(), 3);
    });
}
