//! Canaries: whoever finds one good pays, nobody else does, nobody gains, and nobody can make one of a job that is not its own.

use crate::{
    mock::*, CanaryExpiries, CanaryHashes, CanaryOperators, Error, Event, LodgedCanaries, LodgedCount, Offence,
    Parameters, Settings, Slashes, Traces, Verdicts, MAX_LODGED, MAX_LODGED_AT_ONCE, MAX_OPERATORS,
};
use frame_support::{
    assert_noop, assert_ok,
    traits::{fungible::Mutate, tokens::Preservation, Contains},
    weights::Weight,
};
use hanzo_poai::{
    canary,
    committee::{Score, Verdict, Vote},
    JobId, JobStatus,
};
use hanzo_traits::{Balance, QualityOracle};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{DispatchError::BadOrigin, DispatchResult};

const OPERATOR: u64 = 77;
const OTHER_OPERATOR: u64 = 78;
const SALT: [u8; 32] = [9; 32];
/// A tenth of a verifier's bond.
const TENTH: Balance = BOND / 10;

/// Twelve verifiers, every job audited, every job counting for quality, one operator.
fn test(run: impl FnOnce()) {
    scene(1_000_000_000, run);
}

/// The same without audits.
fn test_challenged(run: impl FnOnce()) {
    scene(0, run);
}

fn scene(audit_rate: u32, run: impl FnOnce()) {
    ExtBuilder::default().audit_rate(audit_rate).verifiers(12).build_and_execute(|| {
        Counts::put(true);
        register(OPERATOR);
        run();
    });
}

fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

fn register(who: u64) {
    assert_ok!(Poai::set_canary_operator(RuntimeOrigin::root(), who, true));
}

/// The number of the next job, and the nonce that it will have.
fn next_job() -> (JobId, u64) {
    let job = (0..).find(|job| !Jobs::contains_key(job)).unwrap();
    (job, job + 1_000)
}

fn hash_by(operator: u64, nonce: u64, salt: [u8; 32]) -> H256 {
    canary::commitment(&System::block_hash(0), &operator, &CLIENT, nonce, &salt)
}

/// The hash of a job that [`CLIENT`] submits under such a nonce.
fn hash(nonce: u64) -> H256 {
    hash_by(OPERATOR, nonce, SALT)
}

fn lodge(who: u64, hashes: &[H256]) -> DispatchResult {
    Poai::lodge_canaries(signed(who), CanaryHashes::truncate_from(hashes.to_vec()))
}

/// The worker's word that its attestation was wrong on purpose.
fn consent(worker: u64, job: JobId, hash: H256) -> sr25519::Signature {
    pair(worker).sign(canary::consent(&challenge(job), &hash).as_bytes())
}

fn reveal_as(who: u64, operator: u64, job: JobId, salt: [u8; 32]) -> DispatchResult {
    let hash = hash_by(operator, job + 1_000, salt);
    Poai::reveal_canary(signed(who), operator, job, salt, consent(WORKER, job, hash))
}

fn reveal_canary(job: JobId) -> DispatchResult {
    reveal_as(CLIENT, OPERATOR, job, SALT)
}

/// A job of [`CLIENT`] that was lodged a block before it was submitted, attested by [`WORKER`].
fn planted() -> JobId {
    assert_ok!(lodge(OPERATOR, &[hash(next_job().1)]));
    next_block();
    attested(40)
}

fn run_to_the_end(job: JobId) {
    while !status(job).is_final() {
        next_block();
    }
}

/// Has rounds vote like this on a job until it is final; who sat in each of them.
fn judge(job: JobId, rounds: &[&[Option<Vote>]]) -> Vec<Vec<u64>> {
    let mut sat = Vec::new();
    for votes in rounds {
        run_to_committee(job);
        sat.push(members(job));
        hold_round(job, votes);
    }
    run_to_the_end(job);
    sat
}

fn judged(rounds: &[&[Option<Vote>]]) -> (JobId, Vec<Vec<u64>>) {
    let job = planted();
    let sat = judge(job, rounds);
    (job, sat)
}

fn frozen(who: u64) -> Balance {
    verifier(who).frozen
}

/// All that is frozen of any verifier.
fn all_frozen() -> Balance {
    (FIRST_VERIFIER..FIRST_VERIFIER + 12).map(frozen).sum()
}

fn unavailable() -> Option<Vote> {
    Some(Vote { score: Score::Unavailable, digest: H256::zero() })
}

/// What the canary's own side has: operator, client, worker, and whoever else is of it, wei.
fn purse(others: &[u64]) -> Balance {
    [OPERATOR, CLIENT, WORKER].iter().chain(others).map(|who| wealth(*who)).sum()
}

// ---- Who pays, and who is made whole.

#[test]
fn members_that_found_it_good_should_have_a_tenth_frozen_and_the_honest_one_nothing() {
    test(|| {
        let (job, sat) = judged(&[&[good(), bad(), good()]]);
        assert_eq!(status(job), JobStatus::Settled);
        assert_eq!(all_frozen(), 0, "a majority is believed until then");
        events();
        assert_ok!(reveal_canary(job));
        assert_eq!(sat[0].iter().map(|who| frozen(*who)).collect::<Vec<_>>(), [TENTH, 0, TENTH]);
        let (fooled, to_pot) = (vec![sat[0][0], sat[0][2]], 2 * REPLAY);
        let (operator, client, worker) = (OPERATOR, CLIENT, WORKER);
        let revealed = Event::CanaryRevealed { job, operator, client, worker, fooled, to_pot, to_challenger: 0 };
        assert_eq!(events().last(), Some(&revealed));
        assert!(Poai::verdict(job).unwrap().canary);
        assert!(Slashes::<Test>::iter_values().all(|slash| slash.offence == Offence::MissedCanary && slash.job == job));
        // A week later it is taken.
        run_to(System::block_number() + SLASH_DELAY);
        assert_eq!((verifier(sat[0][0]).bond, all_frozen()), (BOND - TENTH, 0));
    });
}

#[test]
fn members_of_the_three_whose_verdict_was_appealed_should_pay_when_the_seven_came_to_nothing() {
    test(|| {
        // Four of seven make no fraud and acquit nobody.
        let four = [bad(), bad(), bad(), bad(), good(), good(), good()];
        let (job, sat) = judged(&[&[bad(), good(), bad()], &four]);
        assert_eq!(Poai::verdict(job).unwrap().verdict, Verdict::Undecided);
        assert_ok!(reveal_canary(job));
        assert_eq!(frozen(sat[0][1]), TENTH);
        assert!(sat[1][4..].iter().all(|who| frozen(*who) == TENTH));
        assert_eq!(all_frozen(), 4 * TENTH);
    });
}

#[test]
fn members_of_rounds_that_were_drawn_anew_should_pay_once_each() {
    test(|| {
        // Without a majority in the first round; members of the three may be drawn again.
        let (job, sat) = judged(&[&[good(), unavailable(), bad()], &[good(), good(), unavailable()]]);
        assert_ok!(reveal_canary(job));
        let mut wrong = vec![sat[0][0], sat[1][0], sat[1][1]];
        wrong.sort_unstable();
        wrong.dedup();
        assert!(wrong.iter().all(|who| frozen(*who) == TENTH));
        assert_eq!(all_frozen(), TENTH * wrong.len() as Balance);
    });
}

#[test]
fn good_votes_of_all_six_rounds_should_be_counted() {
    ExtBuilder::default().audit_rate(1_000_000_000).verifiers(60).build_and_execute(|| {
        register(OPERATOR);
        let split = [good(), unavailable(), bad()];
        let seven = [good(), good(), good(), bad(), bad(), bad(), unavailable()];
        let (job, sat) = judged(&[&split, &split, &[bad(), bad(), good()], &seven, &seven, &seven]);
        assert_eq!(Poai::verdict(job).unwrap().rounds, 6);
        let mut wrong: Vec<u64> = vec![sat[0][0], sat[1][0], sat[2][2]];
        sat[3..].iter().for_each(|round| wrong.extend(&round[..3]));
        wrong.sort_unstable();
        wrong.dedup();
        assert_ok!(reveal_canary(job));
        assert_eq!(Slashes::<Test>::count() as usize, wrong.len());
        assert!(wrong.iter().all(|who| frozen(*who) == TENTH));
    });
}

/// Votes that say the same about another digest are good votes too.
#[test]
fn guess_should_count_as_a_good_vote() {
    test(|| {
        let guess = Some(Vote { digest: H256::repeat_byte(1), ..good().unwrap() });
        let (job, sat) = judged(&[&[good(), good(), guess]]);
        assert_ok!(reveal_canary(job));
        assert!(sat[0].iter().all(|who| frozen(*who) == TENTH));
    });
}

#[test]
fn reveal_should_undo_all_that_a_canary_cost_its_worker() {
    test(|| {
        let before = (Poai::quality(&WORKER), Bonds::get(WORKER));
        let (job, sat) = judged(&[&[bad(), bad(), good()], &[bad(); 7]]);
        assert_eq!(status(job), JobStatus::Slashed);
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, WORKER_BOND / 2)));
        assert!(<Poai as Contains<u64>>::contains(&WORKER) && Poai::quality(&WORKER) < before.0);
        assert_ok!(reveal_canary(job));
        assert_eq!((Poai::quality(&WORKER), Bonds::get(WORKER)), before);
        assert!(!<Poai as Contains<u64>>::contains(&WORKER) && Poai::denied_until(&WORKER).is_none());
        // The one member that was wrong was slashed by the seven already, and is not slashed again.
        assert_eq!((frozen(sat[0][2]), all_frozen()), (TENTH, TENTH));
        assert_eq!(Slashes::<Test>::count(), 1);
    });
}

#[test]
fn vote_that_governance_pardoned_should_not_be_punished_again() {
    test(|| {
        let (job, _) = judged(&[&[bad(), bad(), good()], &[bad(); 7]]);
        let (_, slash) = Traces::<Test>::get(job).unwrap().punished[0];
        assert_ok!(Poai::cancel_slash(signed(COUNCIL), slash));
        assert_ok!(reveal_canary(job));
        assert_eq!(all_frozen(), 0);
    });
}

#[test]
fn members_that_seven_outvoted_with_the_truth_should_have_their_bond_back() {
    test(|| {
        let lies = [good(), good(), good(), good(), good(), bad(), good()];
        let (job, sat) = judged(&[&[bad(), good(), bad()], &lies]);
        assert_eq!(status(job), JobStatus::Settled);
        assert_eq!((frozen(sat[0][0]), frozen(sat[0][2]), frozen(sat[1][5])), (TENTH, TENTH, TENTH));
        assert_ok!(reveal_canary(job));
        assert_eq!((frozen(sat[0][0]), frozen(sat[0][2]), frozen(sat[1][5])), (0, 0, 0));
        assert_eq!(frozen(sat[0][1]), TENTH);
        assert_eq!(all_frozen(), 7 * TENTH, "six of the seven and one of the three");
    });
}

#[test]
fn member_that_guessed_a_digest_should_stay_punished_when_seven_were_right() {
    test(|| {
        let guess = Some(Vote { digest: H256::repeat_byte(1), ..bad().unwrap() });
        let (job, sat) = judged(&[&[bad(); 3], &[bad(), bad(), bad(), bad(), bad(), bad(), guess]]);
        assert_ok!(reveal_canary(job));
        assert_eq!((frozen(sat[1][6]), all_frozen()), (TENTH, TENTH));
    });
}

#[test]
fn quality_that_a_canary_earned_should_be_taken_back() {
    test(|| {
        let before = Poai::quality(&WORKER);
        let (job, _) = judged(&[&[good(), good(), good()]]);
        assert!(Poai::quality(&WORKER) > before);
        assert_ok!(reveal_canary(job));
        assert_eq!(Poai::quality(&WORKER), before);
    });
}

#[test]
fn quality_should_be_as_before_when_several_canaries_are_revealed_in_any_order() {
    for order in [[0, 1], [1, 0]] {
        test(|| {
            let before = Poai::quality(&WORKER);
            let jobs = [0, 1].map(|_| judged(&[&[bad(), bad(), bad()], &[bad(); 7]]).0);
            for place in order {
                assert_ok!(reveal_canary(jobs[place]));
            }
            assert_eq!(Poai::quality(&WORKER), before);
            assert_eq!((Bonds::get(WORKER), Poai::denied_until(&WORKER)), (Some((WORKER_BOND, 0)), None));
        });
    }
}

#[test]
fn canary_should_cost_no_bond_but_clear_its_worker_while_slashing_is_off() {
    test(|| {
        let settings = Settings::<Test>::get();
        Settings::<Test>::put(Parameters { slashing: false, ..settings });
        let (job, _) = judged(&[&[good(), bad(), bad()], &[bad(); 7]]);
        assert!(<Poai as Contains<u64>>::contains(&WORKER));
        assert_ok!(reveal_canary(job));
        assert!(!<Poai as Contains<u64>>::contains(&WORKER));
        assert_eq!((Slashes::<Test>::count(), all_frozen()), (0, 0));
        Settings::<Test>::put(settings);
    });
}

#[test]
fn fraud_that_governance_forgave_should_not_be_forgiven_twice() {
    test(|| {
        let other = attested(40);
        let (job, _) = judged(&[&[bad(), bad(), bad()], &[bad(); 7]]);
        // Another one of the same block.
        let now = System::block_number();
        System::set_block_number(Poai::verdict(job).unwrap().at);
        Poai::punish_forgery(&WORKER, other, None).unwrap();
        System::set_block_number(now);
        let slash = Traces::<Test>::get(job).unwrap().forgery.unwrap();
        assert_ok!(Poai::cancel_slash(RuntimeOrigin::root(), slash));
        assert_ok!(reveal_canary(job));
        assert!(<Poai as Contains<u64>>::contains(&WORKER), "the other fraud counts on");
        assert_eq!(Bonds::get(WORKER).unwrap().1, WORKER_BOND / 4);
    });
}

// ---- Challenges.

#[test]
fn challenger_that_was_right_should_be_paid_its_look_and_no_bounty() {
    test_challenged(|| {
        let challenger = OTHER_WORKER;
        let before = (wealth(challenger), Poai::quality(&WORKER), wealth(Poai::pot()));
        let job = planted();
        challenged_by(challenger, job);
        judge(job, &[&[bad(); 7]]);
        assert_eq!(status(job), JobStatus::Slashed);
        assert_eq!(wealth(challenger), before.0, "its bond is back");
        assert_ok!(reveal_canary(job));
        assert_eq!(Slashes::<Test>::count(), 0, "the bounty goes with the slash");
        run_to(System::block_number() + SLASH_DELAY);
        assert_eq!((wealth(challenger), Poai::quality(&WORKER)), (before.0 + REPLAY, before.1));
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, 0)));
        assert_eq!(wealth(Poai::pot()), before.2, "the seven replays are paid back");
    });
}

#[test]
fn challenger_that_seven_lied_to_should_have_its_bond_back_from_the_client() {
    test_challenged(|| {
        let challenger = OTHER_WORKER;
        let before = wealth(challenger);
        let job = planted();
        let bond = challenged_by(challenger, job);
        judge(job, &[&[good(), good(), good(), good(), good(), good(), bad()]]);
        assert_eq!((status(job), wealth(challenger)), (JobStatus::Settled, before - bond));
        assert_ok!(reveal_canary(job));
        assert_eq!(wealth(challenger), before + REPLAY);
        assert_eq!(all_frozen(), 6 * TENTH);
    });
}

#[test]
fn challenger_of_an_undecided_canary_should_be_paid_its_look() {
    test_challenged(|| {
        let before = wealth(OTHER_WORKER);
        let job = planted();
        challenged_by(OTHER_WORKER, job);
        judge(job, &[&[bad(), bad(), bad(), bad(), good(), good(), good()]]);
        assert_ok!(reveal_canary(job));
        assert_eq!((wealth(OTHER_WORKER), all_frozen()), (before + REPLAY, 3 * TENTH));
    });
}

/// Whoever closes its account must not keep the worker's slash from being undone.
#[test]
fn reveal_should_go_through_when_the_challenger_is_gone() {
    test_challenged(|| {
        let challenger = STRANGER;
        let job = planted();
        challenged_by(challenger, job);
        judge(job, &[&[bad(); 7]]);
        assert_ok!(<Balances as Mutate<u64>>::transfer(
            &challenger,
            &ESCROW,
            wealth(challenger),
            Preservation::Expendable
        ));
        // Its look was worth less than an account.
        Traces::<Test>::mutate(job, |trace| trace.as_mut().unwrap().owed = 1);
        assert_ok!(reveal_canary(job));
        assert_eq!((wealth(challenger), Bonds::get(WORKER)), (0, Some((WORKER_BOND, 0))));
    });
}

/// Whatever its own verifiers vote, on its own challenge or in an audit: those behind a canary never have more than before.
#[test]
fn operator_should_gain_nothing_when_challenger_and_verifiers_are_its_own() {
    let challenged: &[&[Option<Vote>]] = &[
        &[bad(); 7],
        &[good(); 7],
        &[good(), good(), good(), good(), good(), bad(), bad()],
        &[bad(), bad(), bad(), bad(), bad(), good(), good()],
        &[bad(), bad(), bad(), bad(), good(), good(), good()],
    ];
    let verifiers: Vec<u64> = (FIRST_VERIFIER..FIRST_VERIFIER + 12).collect();
    for votes in challenged {
        test_challenged(|| {
            let all: Vec<u64> = [OTHER_WORKER].iter().chain(&verifiers).copied().collect();
            let before = purse(&all);
            let job = planted();
            let paid = Jobs::get(job).unwrap().terms.value;
            challenged_by(OTHER_WORKER, job);
            judge(job, &[votes]);
            assert_ok!(reveal_canary(job));
            run_to(System::block_number() + SLASH_DELAY);
            // The mock's escrow pays the job out of nothing.
            assert!(purse(&all) - paid <= before, "{votes:?}: {} more", purse(&all) - paid - before);
        });
    }
    let audited: &[&[&[Option<Vote>]]] = &[
        &[&[good(); 3]],
        &[&[bad(); 3], &[bad(); 7]],
        &[&[bad(), bad(), good()], &[good(); 7]],
        &[&[good(), unavailable(), bad()], &[bad(); 3], &[bad(), bad(), bad(), bad(), bad(), good(), good()]],
    ];
    for rounds in audited {
        test(|| {
            let before = purse(&verifiers);
            let job = planted();
            let paid = Jobs::get(job).unwrap().terms.value;
            judge(job, rounds);
            assert_ok!(reveal_canary(job));
            run_to(System::block_number() + SLASH_DELAY);
            assert!(purse(&verifiers) - paid <= before, "{rounds:?}");
        });
    }
}

// ---- Operators that misuse it.

#[test]
fn governance_should_give_back_what_a_lying_operator_had_frozen() {
    test(|| {
        let (job, sat) = judged(&[&[good(), good(), good()]]);
        assert_ok!(reveal_canary(job));
        assert_eq!(all_frozen(), 3 * TENTH);
        assert_ok!(Poai::set_canary_operator(RuntimeOrigin::root(), OPERATOR, false));
        // Still on the last day.
        run_to(System::block_number() + SLASH_DELAY - 1);
        for slash in Slashes::<Test>::iter_keys().collect::<Vec<_>>() {
            assert_noop!(Poai::cancel_slash(signed(OPERATOR), slash), BadOrigin);
            assert_ok!(Poai::cancel_slash(signed(COUNCIL), slash));
        }
        run_to(System::block_number() + SLASH_DELAY);
        assert_eq!((all_frozen(), verifier(sat[0][0]).bond), (0, BOND));
    });
}

/// It can choose what it reveals, but not whom that costs: who looked loses nothing, whichever canaries are revealed.
#[test]
fn operator_that_reveals_selectively_should_reach_only_those_who_did_not_look() {
    test(|| {
        let outcomes = [[good(), good(), bad()], [bad(), good(), good()]].map(|votes| judged(&[&votes]));
        assert_ok!(reveal_canary(outcomes[1].0));
        let (_, sat) = &outcomes[1];
        assert_eq!((frozen(sat[0][0]), frozen(sat[0][1]), frozen(sat[0][2])), (0, TENTH, TENTH));
        assert_eq!(all_frozen(), 2 * TENTH, "the other one is kept");
        // It cannot wait until it likes to: what is not revealed in its time never is.
        run_to(Poai::verdict(outcomes[0].0).unwrap().at + CANARY_WINDOW + 1);
        assert_noop!(reveal_canary(outcomes[0].0), Error::<Test>::WindowOver);
    });
}

/// Friends that know one operator's canaries do not know another's.
#[test]
fn friends_of_one_operator_should_be_caught_by_another() {
    test(|| {
        register(OTHER_OPERATOR);
        // The first has told its friends, who find its canary bad without a look.
        let (job, _) = judged(&[&[bad(); 3], &[bad(); 7]]);
        assert_ok!(reveal_canary(job));
        assert_eq!(all_frozen(), 0);
        let nonce = next_job().1;
        assert_ok!(lodge(OTHER_OPERATOR, &[hash_by(OTHER_OPERATOR, nonce, SALT)]));
        next_block();
        let job = attested(40);
        let sat = judge(job, &[&[good(), good(), good()]]);
        assert_ok!(reveal_as(CLIENT, OTHER_OPERATOR, job, SALT));
        assert!(sat[0].iter().all(|who| frozen(*who) == TENTH));
    });
}

#[test]
fn hash_should_be_worth_nothing_when_it_was_lodged_with_the_submission_or_later() {
    test(|| {
        // In its block.
        assert_ok!(lodge(OPERATOR, &[hash(next_job().1)]));
        let job = attested(40);
        judge(job, &[&[good(); 3]]);
        assert_noop!(reveal_canary(job), Error::<Test>::LodgedTooLate);
        // Accepted, and not attested yet.
        let job = accept(CLIENT, WORKER);
        next_block();
        assert_ok!(lodge(OPERATOR, &[hash(job + 1_000)]));
        next_block();
        attest(job, 40);
        judge(job, &[&[good(); 3]]);
        assert_noop!(reveal_canary(job), Error::<Test>::LodgedTooLate);
        // After the verdict, by whose outcome it would be chosen.
        let job = attested(40);
        judge(job, &[&[good(); 3]]);
        assert_noop!(reveal_canary(job), Error::<Test>::NotLodged);
        assert_ok!(lodge(OPERATOR, &[hash(job + 1_000)]));
        assert_noop!(reveal_canary(job), Error::<Test>::LodgedTooLate);
        assert_eq!(all_frozen(), 0);
    });
}

#[test]
fn reveal_should_be_refused_when_client_worker_operator_or_salt_are_others() {
    test(|| {
        let (job, _) = judged(&[&[good(), good(), good()]]);
        for who in [STRANGER, WORKER, OPERATOR, FIRST_VERIFIER] {
            assert_noop!(reveal_as(who, OPERATOR, job, SALT), Error::<Test>::NotClient);
        }
        assert_noop!(reveal_as(CLIENT, OPERATOR, job, [8; 32]), Error::<Test>::NotLodged);
        assert_noop!(reveal_as(CLIENT, OTHER_OPERATOR, job, SALT), Error::<Test>::NotOperator);
        register(OTHER_OPERATOR);
        assert_noop!(reveal_as(CLIENT, OTHER_OPERATOR, job, SALT), Error::<Test>::NotLodged);
        let reveal = |signature| Poai::reveal_canary(signed(CLIENT), OPERATOR, job, SALT, signature);
        let lodged = hash(job + 1_000);
        assert_noop!(reveal(consent(OTHER_WORKER, job, lodged)), Error::<Test>::BadSignature);
        assert_noop!(reveal(consent(WORKER, job, hash(7))), Error::<Test>::BadSignature);
        // A signature over an attestation is no word that it is wrong.
        assert_noop!(reveal(sign(&statement(job, 40))), Error::<Test>::BadSignature);
        Keys::remove(WORKER);
        assert_noop!(reveal(consent(WORKER, job, lodged)), Error::<Test>::NoSessionKey);
        Keys::insert(WORKER, pair(WORKER).public());
        let lodged = consent(WORKER, job, lodged);
        assert_noop!(Poai::reveal_canary(signed(CLIENT), OPERATOR, 99, SALT, lodged), Error::<Test>::NotClient);
        assert_ok!(reveal_canary(job));
    });
}

#[test]
fn hash_that_another_operator_copied_should_be_worth_nothing_to_it_and_keep_nobody_from_lodging() {
    test(|| {
        register(OTHER_OPERATOR);
        let lodged = hash(next_job().1);
        assert_ok!(lodge(OTHER_OPERATOR, &[lodged]));
        assert_ok!(lodge(OPERATOR, &[lodged]));
        next_block();
        let job = attested(40);
        judge(job, &[&[good(); 3]]);
        let stolen = Poai::reveal_canary(signed(CLIENT), OTHER_OPERATOR, job, SALT, consent(WORKER, job, lodged));
        assert_noop!(stolen, Error::<Test>::NotLodged);
        assert_ok!(reveal_canary(job));
    });
}

#[test]
fn hash_should_be_lodged_once() {
    test(|| {
        assert_ok!(lodge(OPERATOR, &[H256::repeat_byte(1)]));
        assert_noop!(lodge(OPERATOR, &[H256::repeat_byte(1)]), Error::<Test>::AlreadyLodged);
        let twice = frame_support::storage::with_storage_layer(|| lodge(OPERATOR, &[H256::repeat_byte(2); 2]));
        assert_eq!(twice, Err(Error::<Test>::AlreadyLodged.into()));
        assert_eq!(LodgedCount::<Test>::get(OPERATOR), 1);
    });
}

#[test]
fn canary_should_be_revealed_once_however_often_it_was_lodged() {
    test(|| {
        register(OTHER_OPERATOR);
        let nonce = next_job().1;
        assert_ok!(lodge(OPERATOR, &[hash(nonce), hash_by(OPERATOR, nonce, [1; 32])]));
        assert_ok!(lodge(OTHER_OPERATOR, &[hash_by(OTHER_OPERATOR, nonce, SALT)]));
        next_block();
        let job = attested(40);
        judge(job, &[&[good(); 3]]);
        assert_ok!(reveal_canary(job));
        assert!(!LodgedCanaries::<Test>::contains_key(OPERATOR, hash(nonce)));
        let before = wealth(CLIENT);
        for (operator, salt) in [(OPERATOR, SALT), (OPERATOR, [1; 32]), (OTHER_OPERATOR, SALT)] {
            assert_noop!(reveal_as(CLIENT, operator, job, salt), Error::<Test>::KnownCanary);
        }
        assert_eq!((all_frozen(), wealth(CLIENT)), (3 * TENTH, before));
    });
}

#[test]
fn canary_should_be_revealed_after_its_end_and_before_its_window_is_over() {
    test(|| {
        let job = planted();
        assert_noop!(reveal_canary(job), Error::<Test>::NoVerdict);
        hold_round(job, &[good(); 3]);
        assert_noop!(reveal_canary(job), Error::<Test>::JobNotFinal);
        run_to_the_end(job);
        let verdict = Poai::verdict(job).unwrap().at;
        run_to(verdict + CANARY_WINDOW + 1);
        assert_noop!(reveal_canary(job), Error::<Test>::WindowOver);
        System::set_block_number(verdict + CANARY_WINDOW);
        assert_ok!(reveal_canary(job));
        System::set_block_number(verdict + CANARY_WINDOW + 1);
    });
}

#[test]
fn job_that_nobody_judged_should_just_be_a_job() {
    test_challenged(|| {
        let job = planted();
        run_to_the_end(job);
        assert_eq!(status(job), JobStatus::Settled);
        assert_noop!(reveal_canary(job), Error::<Test>::NoVerdict);
        run_to(System::block_number() + RETENTION);
        assert_noop!(reveal_canary(job), Error::<Test>::NoVerdict);
    });
}

#[test]
fn client_that_cannot_make_others_whole_should_not_reveal() {
    test(|| {
        let (job, _) = judged(&[&[bad(); 3], &[bad(); 7]]);
        let all_but = wealth(CLIENT) - AI / 2;
        assert_ok!(<Balances as Mutate<u64>>::transfer(&CLIENT, &ESCROW, all_but, Preservation::Expendable));
        let refused = frame_support::storage::with_storage_layer(|| reveal_canary(job));
        assert!(refused.is_err());
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, WORKER_BOND / 2)), "its slash stands");
        assert!(!Poai::verdict(job).unwrap().canary);
    });
}

// ---- Operators and storage.

#[test]
fn operators_should_be_registered_and_taken_off_by_governance_only() {
    test(|| {
        for registered in [true, false] {
            assert_noop!(Poai::set_canary_operator(signed(COUNCIL), OPERATOR, registered), BadOrigin);
        }
        let set = |who, registered| Poai::set_canary_operator(RuntimeOrigin::root(), who, registered);
        assert_noop!(set(OPERATOR, true), Error::<Test>::AlreadyOperator);
        assert_noop!(set(STRANGER, false), Error::<Test>::NotOperator);
        assert_noop!(lodge(STRANGER, &[H256::zero()]), Error::<Test>::NotOperator);

        // What one that is off the list has lodged is worth nothing, until it is trusted again.
        let (job, _) = judged(&[&[good(), good(), good()]]);
        assert_ok!(set(OPERATOR, false));
        assert_eq!(events().last(), Some(&Event::CanaryOperatorSet { operator: OPERATOR, registered: false }));
        assert_noop!(reveal_canary(job), Error::<Test>::NotOperator);
        assert_noop!(lodge(OPERATOR, &[H256::zero()]), Error::<Test>::NotOperator);
        for number in 0..u64::from(MAX_OPERATORS) {
            assert_ok!(set(10_000 + number, true));
        }
        assert_noop!(set(OPERATOR, true), Error::<Test>::TooManyOperators);
        assert_eq!(CanaryOperators::<Test>::count(), MAX_OPERATORS);
        assert_ok!(set(10_000, false));
        assert_ok!(set(OPERATOR, true));
        assert_ok!(reveal_canary(job));
    });
}

#[test]
fn hashes_should_be_bounded_in_number_and_expire() {
    test(|| {
        let noise = |from: u32, count: u32| (from..from + count).map(|n| H256::from_low_u64_be(n.into())).collect();
        let lodge = |hashes: Vec<H256>| lodge(OPERATOR, &hashes);
        assert_ok!(lodge(noise(0, MAX_LODGED_AT_ONCE)));
        let expires_at = System::block_number() + RETENTION;
        let lodged = Event::CanariesLodged { operator: OPERATOR, count: MAX_LODGED_AT_ONCE, expires_at };
        assert_eq!(events().last(), Some(&lodged));
        next_block();
        for turn in 1..MAX_LODGED / MAX_LODGED_AT_ONCE {
            assert_ok!(lodge(noise(turn * MAX_LODGED_AT_ONCE, MAX_LODGED_AT_ONCE)));
        }
        assert_eq!(LodgedCount::<Test>::get(OPERATOR), MAX_LODGED);
        let more = frame_support::storage::with_storage_layer(|| lodge(noise(MAX_LODGED, 1)));
        assert_eq!(more, Err(Error::<Test>::TooManyLodged.into()));
        // Its being off the list keeps nothing.
        assert_ok!(Poai::set_canary_operator(RuntimeOrigin::root(), OPERATOR, false));
        run_to(expires_at);
        assert_eq!(LodgedCount::<Test>::get(OPERATOR), MAX_LODGED - MAX_LODGED_AT_ONCE);
        Poai::do_try_state(1).unwrap();
        // As many as fit the room that blocks have.
        run_to(expires_at + 40);
        assert_eq!((LodgedCanaries::<Test>::iter().count(), CanaryExpiries::<Test>::iter().count()), (0, 0));
        assert!(!LodgedCount::<Test>::contains_key(OPERATOR));
    });
}

#[test]
fn hash_should_be_worth_nothing_when_it_has_expired_and_is_not_dropped_yet() {
    ExtBuilder::default().audit_rate(1_000_000_000).verifiers(12).idle(Weight::zero()).build_and_execute(|| {
        register(OPERATOR);
        assert_ok!(lodge(OPERATOR, &[hash(next_job().1)]));
        let expires_at = System::block_number() + RETENTION;
        run_to(expires_at - CANARY_WINDOW);
        let job = attested(40);
        judge(job, &[&[good(); 3]]);
        run_to(expires_at);
        assert!(LodgedCanaries::<Test>::contains_key(OPERATOR, hash(job + 1_000)));
        assert_noop!(reveal_canary(job), Error::<Test>::NotLodged);
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
    let cases: [(&str, Damage); 8] = [
        ("77: 1 hashes lodged, 2 counted", |_| LodgedCount::<Test>::insert(OPERATOR, 2)),
        ("{77: 1} lodged and not counted", |_| LodgedCount::<Test>::remove(OPERATOR)),
        ("lodged hash 0 was never lodged", |_| crate::NextLodged::<Test>::kill()),
        ("2 hashes expire, 1 are lodged", |_| CanaryExpiries::<Test>::insert([0; 16], (OPERATOR, H256::zero()))),
        ("job 9: trace of a review without an attestation", |_| Poai::trace(9, |_| ())),
        ("job 0: 1000 is slashed for MissedCanary, canary: Some(false)", |job| {
            assert!(Poai::punish_missed_canary(&FIRST_VERIFIER, job).unwrap());
        }),
        ("job 0: 2 is slashed for Forgery, canary: Some(true)", |job| {
            Poai::punish_forgery(&WORKER, job, None).unwrap();
            Verdicts::<Test>::mutate(job, |verdict| verdict.as_mut().unwrap().canary = true);
        }),
        ("job 0: 1000 is slashed twice", |job| {
            (0..2).for_each(|_| Poai::punish_false_verdict(&FIRST_VERIFIER, job).unwrap());
        }),
    ];
    for (text, damage) in cases {
        let error = std::cell::RefCell::new(String::new());
        ExtBuilder::default().audit_rate(1_000_000_000).verifiers(12).build().execute_with(|| {
            register(OPERATOR);
            let (job, _) = judged(&[&[good(), good(), good()]]);
            Poai::do_try_state(1).unwrap();
            damage(job);
            *error.borrow_mut() = Poai::do_try_state(1).unwrap_err();
        });
        assert_eq!(error.into_inner(), text);
    }
}
