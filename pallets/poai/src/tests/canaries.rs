//! Canaries: whoever finds one good pays, nobody else does, and nobody can make one of a job that is not its own.

use crate::{
    mock::*, Canaries, CanaryExpiries, Error, Event, LodgedBy, Lodgings, Offence, Parameters, Settings, Slashes,
    Traces, MAX_LODGED, MAX_LODGED_AT_ONCE, MAX_OPERATORS,
};
use frame_support::{assert_noop, assert_ok, traits::Contains};
use hanzo_poai::{canary, committee::Vote, JobId, JobStatus};
use hanzo_traits::QualityOracle;
use sp_core::{sr25519, Pair, H256};
use sp_runtime::DispatchError::BadOrigin;

const OPERATOR: u64 = 77;
const SALT: [u8; 32] = [9; 32];

/// Twelve verifiers, every job audited, every job counting for quality, one operator.
fn test(run: impl FnOnce()) {
    ExtBuilder::default().audit_rate(1_000_000_000).verifiers(12).build_and_execute(|| {
        Counts::put(true);
        assert_ok!(Poai::register_canary_operator(RuntimeOrigin::root(), OPERATOR));
        run();
    });
}

/// The hash of a job that its client submits under such a salt.
fn hash(job: JobId) -> H256 {
    let terms = Jobs::get(job).unwrap().terms;
    canary::commitment(&System::block_hash(0), &terms.client, terms.nonce, &SALT)
}

fn lodge(who: u64, hashes: Vec<H256>) -> sp_runtime::DispatchResult {
    Poai::lodge_canaries(RuntimeOrigin::signed(who), Lodgings::truncate_from(hashes))
}

/// The worker's word that its attestation was wrong on purpose.
fn consent(worker: u64, job: JobId) -> sr25519::Signature {
    pair(worker).sign(canary::consent(&challenge(job), &hash(job)).as_bytes())
}

fn reveal_canary(who: u64, job: JobId) -> sp_runtime::DispatchResult {
    Poai::reveal_canary(RuntimeOrigin::signed(who), job, SALT, consent(WORKER, job))
}

/// An attested job that was lodged before.
fn planted() -> JobId {
    let job = accept(CLIENT, WORKER);
    assert_ok!(lodge(OPERATOR, vec![hash(job)]));
    next_block();
    attest(job, 40);
    job
}

fn run_to_the_end(job: JobId) {
    while !status(job).is_final() {
        next_block();
    }
}

/// A canary on which rounds voted like this, final; and who sat in each of them.
fn judged(rounds: &[&[Option<Vote>]]) -> (JobId, Vec<Vec<u64>>) {
    let job = planted();
    run_past_audit_draw(job);
    let mut sat = Vec::new();
    for votes in rounds {
        run_to_committee(job);
        sat.push(members(job));
        hold_round(job, votes);
    }
    run_to_the_end(job);
    (job, sat)
}

fn frozen(who: u64) -> u128 {
    verifier(who).frozen
}

/// All that is frozen of any verifier.
fn all_frozen() -> u128 {
    (FIRST_VERIFIER..FIRST_VERIFIER + 12).map(frozen).sum()
}

fn unavailable() -> Option<Vote> {
    Some(Vote { score: hanzo_poai::committee::Score::Unavailable, digest: H256::zero() })
}

#[test]
fn members_that_found_it_good_should_have_a_tenth_frozen_and_the_honest_one_nothing() {
    test(|| {
        let (job, sat) = judged(&[&[good(), bad(), good()]]);
        assert_eq!(status(job), JobStatus::Settled);
        assert_eq!(all_frozen(), 0, "nobody knows yet");
        events();
        assert_ok!(reveal_canary(CLIENT, job));
        assert_eq!(sat[0].iter().map(|who| frozen(*who)).collect::<Vec<_>>(), [BOND / 10, 0, BOND / 10]);
        assert_eq!(all_frozen(), BOND / 5);
        let seen = events();
        let revealed = Event::CanaryRevealed { job, operator: OPERATOR, client: CLIENT, worker: WORKER, missed: 2 };
        assert_eq!(seen.last(), Some(&revealed));
        assert!(Slashes::<Test>::iter_values().all(|slash| slash.offence == Offence::MissedCanary && slash.job == job));
        // A week later it is taken.
        run_to(System::block_number() + SLASH_DELAY);
        assert_eq!((verifier(sat[0][0]).bond, all_frozen()), (BOND - BOND / 10, 0));
    });
}

#[test]
fn members_of_every_round_should_pay_once_each() {
    test(|| {
        // Without a majority in the first round, and one of the three drawn again in the second, or not.
        let (job, sat) = judged(&[&[good(), unavailable(), bad()], &[good(), good(), unavailable()]]);
        assert_ok!(reveal_canary(CLIENT, job));
        let mut wrong = vec![sat[0][0], sat[1][0], sat[1][1]];
        wrong.sort_unstable();
        wrong.dedup();
        assert!(wrong.iter().all(|who| frozen(*who) == BOND / 10));
        assert_eq!(all_frozen(), BOND / 10 * wrong.len() as u128);
    });
}

#[test]
fn reveal_should_undo_what_a_canary_that_was_found_out_cost_its_worker() {
    test(|| {
        let before = (Poai::quality(&WORKER), Bonds::get(WORKER));
        let (job, sat) = judged(&[&[bad(), bad(), good()], &[bad(); 7]]);
        assert_eq!(status(job), JobStatus::Slashed);
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, WORKER_BOND / 2)));
        assert!(<Poai as Contains<u64>>::contains(&WORKER) && Poai::quality(&WORKER) < before.0);
        assert_ok!(reveal_canary(CLIENT, job));
        assert_eq!((Poai::quality(&WORKER), Bonds::get(WORKER)), before);
        assert!(!<Poai as Contains<u64>>::contains(&WORKER));
        // The one member that was wrong was slashed by the seven already, and is not slashed again.
        assert_eq!((frozen(sat[0][2]), all_frozen()), (BOND / 10, BOND / 10));
        assert_eq!(Slashes::<Test>::count(), 1);
    });
}

#[test]
fn members_that_seven_outvoted_with_the_truth_should_have_their_bond_back() {
    test(|| {
        let lies = [good(), good(), good(), good(), good(), bad(), good()];
        let (job, sat) = judged(&[&[bad(), good(), bad()], &lies]);
        assert_eq!(status(job), JobStatus::Settled);
        assert_eq!((frozen(sat[0][0]), frozen(sat[0][2]), frozen(sat[1][5])), (BOND / 10, BOND / 10, BOND / 10));
        assert_ok!(reveal_canary(CLIENT, job));
        assert_eq!((frozen(sat[0][0]), frozen(sat[0][2]), frozen(sat[1][5])), (0, 0, 0));
        assert_eq!(frozen(sat[0][1]), BOND / 10);
        assert_eq!(all_frozen(), BOND / 10 * 7, "six of the seven and one of the three");
    });
}

#[test]
fn quality_that_a_canary_earned_should_be_taken_back() {
    test(|| {
        let before = Poai::quality(&WORKER);
        let (job, _) = judged(&[&[good(), good(), good()]]);
        assert!(Poai::quality(&WORKER) > before);
        assert_ok!(reveal_canary(CLIENT, job));
        assert_eq!(Poai::quality(&WORKER), before);
    });
}

#[test]
fn challenger_should_keep_its_bounty_and_the_worker_lose_no_more() {
    ExtBuilder::default().verifiers(12).build_and_execute(|| {
        assert_ok!(Poai::register_canary_operator(RuntimeOrigin::root(), OPERATOR));
        let job = planted();
        challenged_by(STRANGER, job);
        hold_round(job, &[bad(); 7]);
        run_to_the_end(job);
        let bounty = 2 * VALUE + REPLAY;
        assert_ok!(reveal_canary(CLIENT, job));
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, bounty)));
        assert!(!<Poai as Contains<u64>>::contains(&WORKER));
        let before = wealth(STRANGER);
        run_to(System::block_number() + SLASH_DELAY);
        assert_eq!((Bonds::get(WORKER), wealth(STRANGER)), (Some((WORKER_BOND - bounty, 0)), before + bounty));
    });
}

#[test]
fn governance_should_give_back_what_a_lying_operator_had_frozen() {
    test(|| {
        let (job, sat) = judged(&[&[good(), good(), good()]]);
        assert_ok!(reveal_canary(CLIENT, job));
        assert_eq!(all_frozen(), BOND / 10 * 3);
        for slash in Slashes::<Test>::iter_keys().collect::<Vec<_>>() {
            assert_noop!(Poai::cancel_slash(RuntimeOrigin::signed(OPERATOR), slash), BadOrigin);
            assert_ok!(Poai::cancel_slash(RuntimeOrigin::signed(COUNCIL), slash));
        }
        assert_eq!((all_frozen(), verifier(sat[0][0]).bond), (0, BOND));
    });
}

#[test]
fn canary_should_cost_no_bond_but_clear_its_worker_while_slashing_is_off() {
    test(|| {
        let settings = Settings::<Test>::get();
        Settings::<Test>::put(Parameters { slashing: false, ..settings });
        let (job, _) = judged(&[&[good(), bad(), bad()], &[bad(); 7]]);
        assert!(<Poai as Contains<u64>>::contains(&WORKER));
        events();
        assert_ok!(reveal_canary(CLIENT, job));
        assert!(!<Poai as Contains<u64>>::contains(&WORKER));
        assert_eq!((Slashes::<Test>::count(), all_frozen()), (0, 0));
        let missed = 0;
        let revealed = Event::CanaryRevealed { job, operator: OPERATOR, client: CLIENT, worker: WORKER, missed };
        assert_eq!(events().last(), Some(&revealed));
        Settings::<Test>::put(settings);
    });
}

#[test]
fn fraud_that_governance_forgave_should_not_be_forgiven_twice() {
    test(|| {
        let (job, _) = judged(&[&[bad(), bad(), bad()], &[bad(); 7]]);
        // Another one of the same block.
        let now = System::block_number();
        System::set_block_number(Poai::verdict(job).unwrap().at);
        Poai::punish_forgery(&WORKER, job + 1, None).unwrap();
        System::set_block_number(now);
        let slash = Traces::<Test>::get(job).unwrap().forgery.unwrap();
        assert_ok!(Poai::cancel_slash(RuntimeOrigin::root(), slash));
        assert_ok!(reveal_canary(CLIENT, job));
        assert!(<Poai as Contains<u64>>::contains(&WORKER), "the other fraud counts on");
        assert_eq!(Bonds::get(WORKER).unwrap().1, WORKER_BOND / 4);
        Traces::<Test>::remove(job + 1);
    });
}

#[test]
fn reveal_should_be_refused_when_the_hash_was_lodged_late_or_never() {
    test(|| {
        let job = accept(CLIENT, WORKER);
        attest(job, 40);
        run_past_audit_draw(job);
        hold_round(job, &[good(); 3]);
        run_to_the_end(job);
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::UnknownCanary);
        assert_ok!(lodge(OPERATOR, vec![hash(job)]));
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::LodgedTooLate);
        // Nor in the block of the attestation.
        let job = accept(CLIENT, WORKER);
        assert_ok!(lodge(OPERATOR, vec![hash(job)]));
        attest(job, 40);
        run_past_audit_draw(job);
        hold_round(job, &[good(); 3]);
        run_to_the_end(job);
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::LodgedTooLate);
    });
}

#[test]
fn reveal_should_be_refused_when_job_worker_or_salt_are_others() {
    test(|| {
        let (job, _) = judged(&[&[good(), good(), good()]]);
        let reveal = |who, salt, signature| Poai::reveal_canary(RuntimeOrigin::signed(who), job, salt, signature);
        for who in [STRANGER, WORKER, OPERATOR] {
            assert_noop!(reveal(who, SALT, consent(WORKER, job)), Error::<Test>::NotClient);
        }
        assert_noop!(reveal(CLIENT, [8; 32], consent(WORKER, job)), Error::<Test>::UnknownCanary);
        assert_noop!(reveal(CLIENT, SALT, consent(OTHER_WORKER, job)), Error::<Test>::BadSignature);
        // A signature over an attestation is no word that it is wrong.
        assert_noop!(reveal(CLIENT, SALT, sign(&statement(job, 40))), Error::<Test>::BadSignature);
        Keys::remove(WORKER);
        assert_noop!(reveal(CLIENT, SALT, consent(WORKER, job)), Error::<Test>::NoSessionKey);
        Keys::insert(WORKER, pair(WORKER).public());
        let unknown = Poai::reveal_canary(RuntimeOrigin::signed(CLIENT), job + 1, SALT, consent(WORKER, job));
        assert_noop!(unknown, Error::<Test>::NotClient);
        assert_ok!(reveal_canary(CLIENT, job));
    });
}

#[test]
fn hash_of_one_job_should_be_worth_nothing_for_another() {
    test(|| {
        judged(&[&[good(), good(), good()]]);
        let other = accept(CLIENT, WORKER);
        attest(other, 40);
        run_past_audit_draw(other);
        hold_round(other, &[good(); 3]);
        run_to_the_end(other);
        assert_noop!(reveal_canary(CLIENT, other), Error::<Test>::UnknownCanary);
    });
}

#[test]
fn canary_should_be_revealed_once() {
    test(|| {
        let job = accept(CLIENT, WORKER);
        let genesis = System::block_hash(0);
        let again = canary::commitment(&genesis, &CLIENT, Jobs::get(job).unwrap().terms.nonce, &[1; 32]);
        assert_ok!(lodge(OPERATOR, vec![hash(job), again]));
        next_block();
        attest(job, 40);
        run_past_audit_draw(job);
        hold_round(job, &[good(); 3]);
        run_to_the_end(job);
        assert_ok!(reveal_canary(CLIENT, job));
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::UnknownCanary);
        let signature = pair(WORKER).sign(canary::consent(&challenge(job), &again).as_bytes());
        let twice = Poai::reveal_canary(RuntimeOrigin::signed(CLIENT), job, [1; 32], signature);
        assert_noop!(twice, Error::<Test>::CanaryRevealed);
        assert_eq!(all_frozen(), BOND / 10 * 3);
    });
}

#[test]
fn canary_should_be_revealed_after_its_end_and_before_its_window_is_over() {
    test(|| {
        let job = planted();
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::JobNotFinal);
        run_past_audit_draw(job);
        hold_round(job, &[good(); 3]);
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::JobNotFinal);
        let verdict = Poai::verdict(job).unwrap().at;
        run_to(verdict + CANARY_WINDOW + 1);
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::WindowOver);
        System::set_block_number(verdict + CANARY_WINDOW);
        assert_ok!(reveal_canary(CLIENT, job));
    });
}

#[test]
fn job_that_nobody_judged_should_just_be_a_job() {
    ExtBuilder::default().verifiers(12).build_and_execute(|| {
        assert_ok!(Poai::register_canary_operator(RuntimeOrigin::root(), OPERATOR));
        let job = planted();
        run_to_the_end(job);
        assert_eq!(status(job), JobStatus::Settled);
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::NoVerdict);
        run_to(System::block_number() + RETENTION);
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::NoVerdict);
    });
}

#[test]
fn operators_should_be_registered_and_retired_by_governance_only() {
    test(|| {
        let register = |origin, who| Poai::register_canary_operator(origin, who);
        let retire = |origin, who| Poai::retire_canary_operator(origin, who);
        assert_noop!(register(RuntimeOrigin::signed(COUNCIL), 5), BadOrigin);
        assert_noop!(retire(RuntimeOrigin::signed(OPERATOR), OPERATOR), BadOrigin);
        assert_noop!(register(RuntimeOrigin::root(), OPERATOR), Error::<Test>::AlreadyCanaryOperator);
        assert_noop!(retire(RuntimeOrigin::root(), 5), Error::<Test>::NotCanaryOperator);
        assert_noop!(lodge(STRANGER, vec![H256::zero()]), Error::<Test>::NotCanaryOperator);

        // What a retired one has lodged is worth nothing, until it is trusted again.
        let (job, _) = judged(&[&[good(), good(), good()]]);
        assert_ok!(retire(RuntimeOrigin::root(), OPERATOR));
        assert_eq!(events().last(), Some(&Event::CanaryOperatorRetired { operator: OPERATOR }));
        assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::NotCanaryOperator);
        assert_noop!(lodge(OPERATOR, vec![H256::zero()]), Error::<Test>::NotCanaryOperator);
        for who in 1..=u64::from(MAX_OPERATORS) {
            assert_ok!(register(RuntimeOrigin::root(), who));
        }
        assert_noop!(register(RuntimeOrigin::root(), OPERATOR), Error::<Test>::TooManyCanaryOperators);
    });
}

#[test]
fn hashes_should_be_lodged_once_in_bounded_number_and_expire() {
    test(|| {
        let noise =
            |from: u32, count: u32| (from..from + count).map(|n| H256::from_low_u64_be(n.into())).collect::<Vec<_>>();
        assert_noop!(lodge(OPERATOR, vec![]), Error::<Test>::ZeroAmount);
        assert_ok!(lodge(OPERATOR, noise(0, MAX_LODGED_AT_ONCE)));
        let expires_at = System::block_number() + RETENTION;
        let lodged = Event::CanariesLodged { operator: OPERATOR, count: MAX_LODGED_AT_ONCE, expires_at };
        assert_eq!(events().last(), Some(&lodged));
        assert_noop!(lodge(OPERATOR, noise(5, 1)), Error::<Test>::AlreadyLodged);
        next_block();
        for turn in 1..MAX_LODGED / MAX_LODGED_AT_ONCE {
            assert_ok!(lodge(OPERATOR, noise(turn * MAX_LODGED_AT_ONCE, MAX_LODGED_AT_ONCE)));
        }
        assert_eq!(LodgedBy::<Test>::get(OPERATOR), MAX_LODGED);
        assert_noop!(lodge(OPERATOR, noise(MAX_LODGED, 1)), Error::<Test>::TooManyCanaries);
        run_to(expires_at);
        assert_eq!(LodgedBy::<Test>::get(OPERATOR), MAX_LODGED - MAX_LODGED_AT_ONCE);
        Poai::do_try_state(1).unwrap();
        // As many as fit the room that blocks have.
        run_to(expires_at + 40);
        assert_eq!((Canaries::<Test>::count(), CanaryExpiries::<Test>::iter().count()), (0, 0));
        assert!(!LodgedBy::<Test>::contains_key(OPERATOR));
    });
}

#[test]
fn hash_should_be_worth_nothing_when_it_has_expired_and_is_not_dropped_yet() {
    ExtBuilder::default()
        .audit_rate(1_000_000_000)
        .verifiers(12)
        .idle(frame_support::weights::Weight::zero())
        .build_and_execute(|| {
            assert_ok!(Poai::register_canary_operator(RuntimeOrigin::root(), OPERATOR));
            let job = accept(CLIENT, WORKER);
            assert_ok!(lodge(OPERATOR, vec![hash(job)]));
            let expires_at = System::block_number() + RETENTION;
            Jobs::mutate(job, |entry| entry.as_mut().unwrap().terms.deadline = expires_at);
            run_to(expires_at - CANARY_WINDOW);
            attest(job, 40);
            run_past_audit_draw(job);
            hold_round(job, &[good(); 3]);
            run_to_the_end(job);
            run_to(expires_at);
            assert!(Canaries::<Test>::contains_key(hash(job)));
            assert_noop!(reveal_canary(CLIENT, job), Error::<Test>::UnknownCanary);
        });
}

#[test]
fn trace_should_be_dropped_with_the_attestation() {
    test(|| {
        let (job, _) = judged(&[&[good(), good(), good()]]);
        assert!(Traces::<Test>::contains_key(job));
        run_to(System::block_number() + RETENTION);
        assert!(!Traces::<Test>::contains_key(job));
    });
}

#[test]
fn wrong_books_of_canaries_should_be_found_by_the_invariants() {
    type Damage = fn(JobId);
    let cases: [(&str, Damage); 5] = [
        ("operator 77: 1 hashes are lodged, 2 are counted", |_| LodgedBy::<Test>::insert(OPERATOR, 2)),
        ("hashes of {77: 1} are lodged and not counted", |_| LodgedBy::<Test>::remove(OPERATOR)),
        ("job 9: trace of a review without an attestation", |_| Poai::trace(9, |_| ())),
        ("job 0: 1000 missed no canary", |job| assert!(Poai::punish_missed_canary(&FIRST_VERIFIER, job).unwrap())),
        ("2 hashes expire, 1 are lodged", |_| CanaryExpiries::<Test>::insert([0; 16], H256::zero())),
    ];
    for (text, damage) in cases {
        let error = std::cell::RefCell::new(String::new());
        ExtBuilder::default().audit_rate(1_000_000_000).verifiers(12).build().execute_with(|| {
            assert_ok!(Poai::register_canary_operator(RuntimeOrigin::root(), OPERATOR));
            let (job, _) = judged(&[&[good(), good(), good()]]);
            Poai::do_try_state(1).unwrap();
            damage(job);
            *error.borrow_mut() = Poai::do_try_state(1).unwrap_err();
        });
        assert_eq!(error.into_inner(), text);
    }
}
