//! Which jobs are audited, and what an audit's committee leads to.

use crate::{mock::*, Error, Event, Standing};
use frame_support::assert_noop;
use hanzo_poai::{committee::Score, JobStatus};
use hanzo_traits::{FailureReason, QualityOracle};
use sp_core::H256;
use std::collections::BTreeSet;

const ALWAYS: u32 = 1_000_000_000;

fn audited() -> ExtBuilder {
    ExtBuilder::default().audit_rate(ALWAYS).verifiers(12)
}

#[test]
fn audit_should_be_drawn_from_the_blocks_after_the_attestation() {
    audited().build_and_execute(|| {
        let job = attested(40);
        assert_eq!(window(job).standing, Standing::Undrawn { at: 5 });
        run_to(4);
        assert_eq!(window(job).standing, Standing::Undrawn { at: 5 });
        next_block();
        assert_eq!(window(job).standing, Standing::InReview { at: 9 });
        assert!(events().contains(&Event::AuditDrawn { job }));
        hold_round(job, &[good(), good(), good()]);
    });
}

#[test]
fn draws_should_wait_when_an_output_is_missing() {
    audited().build_and_execute(|| {
        let job = attested(40);
        run_to(4);
        Mix::put(H256::zero());
        run_to(12);
        assert_eq!(window(job).standing, Standing::Undrawn { at: 13 });
        Mix::kill();
        next_block();
        assert_eq!(window(job).standing, Standing::InReview { at: 17 });
        Mix::put(H256::zero());
        run_to(40);
        assert!(members(job).is_empty());
        Mix::kill();
        run_to_committee(job);
        hold_round(job, &[good(), good(), good()]);
    });
}

#[test]
fn one_job_in_ten_should_be_audited() {
    let drawn = |job| window(job).standing != Standing::Unaudited;
    ExtBuilder::default().audit_rate(100_000_000).build_and_execute(|| {
        let jobs: Vec<_> = (0..2_000).map(|_| attested(1)).collect();
        // Draws have only the budget of a block's start.
        run_to(20);
        let count = jobs.iter().filter(|job| drawn(**job)).count();
        // Five standard deviations of a binomial count.
        assert!((133..267).contains(&count), "{count} of 2,000 were drawn");
        // Without verifiers nobody can judge them: they settle like the others, without extras.
        assert!(jobs.iter().filter(|job| drawn(**job)).all(|job| window(*job).standing == Standing::Unjudged));
        run_to(20 + WINDOW);
        assert!(jobs.iter().all(|job| status(*job) == JobStatus::Settled));
    });
}

#[test]
fn committee_should_be_three_verifiers_none_of_whom_is_a_party() {
    audited().build_and_execute(|| {
        let mut seen = BTreeSet::new();
        for round in 0..40u8 {
            Mix::put(H256::repeat_byte(round + 1));
            // A client that is a verifier as well.
            let job = accept(FIRST_VERIFIER, WORKER);
            attest(job, 1);
            run_past_audit_draw(job);
            run_to_committee(job);
            let members = members(job);
            assert_eq!(members.iter().collect::<BTreeSet<_>>().len(), 3, "{members:?}");
            assert!(!members.contains(&FIRST_VERIFIER));
            seen.extend(members);
            hold_round(job, &[good(), good(), good()]);
        }
        assert_eq!(seen.len(), 11, "everybody else's turn comes");
    });
}

#[test]
fn job_should_settle_with_more_quality_when_its_audit_finds_it_good() {
    audited().build_and_execute(|| {
        Counts::put(true);
        let job = attested(40);
        run_past_audit_draw(job);
        run_to_committee(job);
        let jury = members(job);
        let before: Vec<_> = jury.iter().map(|member| wealth(*member)).collect();
        let pot = wealth(Poai::pot());
        hold_round(job, &[good(), good(), good()]);
        assert_eq!(window(job).standing, Standing::Upheld);
        // q ← 0.5 + 0.1 · 5/10 · 0.5
        assert_eq!(Poai::quality(&WORKER), 525_000_000);
        for (member, before) in jury.iter().zip(before) {
            assert_eq!(wealth(*member), before + REPLAY);
        }
        assert_eq!(wealth(Poai::pot()), pot - 3 * REPLAY);
        assert_eq!(status(job), JobStatus::Attested, "the window for its delivery goes on");
        run_to(1 + WINDOW);
        assert_eq!(status(job), JobStatus::Settled);
        assert_eq!(Poai::verdict(job).unwrap().members.len(), 3);
    });
}

#[test]
fn quality_should_not_rise_when_the_job_does_not_count_or_was_not_judged() {
    audited().build_and_execute(|| {
        let job = attested(1);
        run_past_audit_draw(job);
        hold_round(job, &[good(), good(), good()]);
        assert_eq!(Poai::quality(&WORKER), 500_000_000);
        Counts::put(true);
        let job = attested(1);
        run_past_audit_draw(job);
        for _ in 0..3 {
            hold_round(job, &[good(), None, None]);
        }
        assert_eq!(window(job).standing, Standing::Unjudged);
        assert_eq!(Poai::quality(&WORKER), 500_000_000);
    });
}

#[test]
fn first_verdict_should_move_no_money_of_the_worker_and_bring_seven_others() {
    audited().build_and_execute(|| {
        let job = attested(40);
        run_past_audit_draw(job);
        run_to_committee(job);
        let first = members(job);
        let worker = wealth(WORKER);
        hold_round(job, &[bad(), bad(), bad()]);
        assert_eq!((wealth(WORKER), Bonds::get(WORKER)), (worker, Some((WORKER_BOND, 0))));
        assert_eq!(status(job), JobStatus::Attested);
        run_to_committee(job);
        let seven = members(job);
        assert_eq!(seven.len(), 7);
        assert!(seven.iter().all(|member| !first.contains(member)), "{seven:?} and {first:?}");
        assert!(first.iter().all(|member| crate::Seats::<Test>::get(member).contains(&job)), "they still answer");

        hold_round(job, &[bad(); 7]);
        assert_eq!(window(job).standing, Standing::Condemned);
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, WORKER_BOND / 2)), "frozen, not taken");
        next_block();
        assert_eq!(status(job), JobStatus::Slashed);
        let failure = Some(FailureReason::Forged);
        assert!(events().contains(&Event::WindowClosed { job, worker: WORKER, failure, attempts: 0 }));
        assert_eq!(Poai::quality(&WORKER), 475_000_000);
        assert!(first.iter().chain(&seven).all(|member| crate::Seats::<Test>::get(member).is_empty()));
    });
}

#[test]
fn job_should_be_upheld_and_its_accusers_pay_when_seven_find_it_good() {
    audited().build_and_execute(|| {
        let job = attested(40);
        run_past_audit_draw(job);
        run_to_committee(job);
        let first = members(job);
        hold_round(job, &[bad(), bad(), good()]);
        hold_round(job, &[good(); 7]);
        assert_eq!(window(job).standing, Standing::Upheld);
        for (place, member) in first.iter().enumerate() {
            let expected = if place < 2 { BOND / 10 } else { 0 };
            assert_eq!(verifier(*member).frozen, expected, "place {place}");
        }
        run_to(2 + WINDOW);
        assert_eq!(status(job), JobStatus::Settled);
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, 0)));
    });
}

#[test]
fn verifier_that_covers_a_forgery_should_pay_when_seven_find_it() {
    audited().build_and_execute(|| {
        let job = attested(40);
        run_past_audit_draw(job);
        run_to_committee(job);
        let first = members(job);
        hold_round(job, &[bad(), good(), bad()]);
        run_to_committee(job);
        let seven = members(job);
        hold_round(job, &[bad(), bad(), good(), bad(), bad(), bad(), good()]);
        assert_eq!(window(job).standing, Standing::Condemned);
        let frozen = |who: &u64| verifier(*who).frozen;
        assert_eq!(first.iter().map(frozen).collect::<Vec<_>>(), [0, BOND / 10, 0]);
        assert_eq!(seven.iter().map(frozen).filter(|amount| *amount == BOND / 10).count(), 2);
        assert_eq!((frozen(&seven[2]), frozen(&seven[6])), (BOND / 10, BOND / 10));
    });
}

#[test]
fn right_score_should_be_unpaid_and_fined_when_its_digest_shows_no_replay() {
    audited().build_and_execute(|| {
        let job = attested(40);
        run_past_audit_draw(job);
        hold_round(job, &[bad(); 3]);
        run_to_committee(job);
        let lazy = members(job)[3];
        let before = wealth(lazy);
        let guess = Some(hanzo_poai::committee::Vote { score: Score::Bad, digest: H256::repeat_byte(1) });
        hold_round(job, &[bad(), bad(), bad(), guess, bad(), bad(), bad()]);
        assert_eq!((wealth(lazy), verifier(lazy).frozen), (before, BOND / 10));
    });
}

#[test]
fn four_of_seven_should_neither_condemn_nor_cost_anybody() {
    audited().build_and_execute(|| {
        let job = attested(40);
        run_past_audit_draw(job);
        hold_round(job, &[bad(); 3]);
        hold_round(job, &[bad(), bad(), bad(), bad(), good(), good(), good()]);
        assert_eq!(window(job).standing, Standing::Unjudged);
        assert_eq!(crate::Slashes::<Test>::count(), 0);
        run_to(2 + WINDOW);
        assert_eq!(status(job), JobStatus::Settled);
    });
}

#[test]
fn withheld_output_should_not_save_a_forger_from_its_review() {
    audited().build_and_execute(|| {
        let job = attested(40);
        frame_support::assert_ok!(Poai::demand_output(RuntimeOrigin::signed(CLIENT), job));
        run_past_audit_draw(job);
        run_to_committee(job);
        // Nobody votes: three rounds of silence outlast the delivery.
        for _ in 0..2 {
            hold_round(job, &[None; 3]);
        }
        run_to(DELIVERY_WINDOW + 3);
        assert_eq!(status(job), JobStatus::Attested, "the review is not over");
        assert_eq!(held(CLIENT), 0, "the client has its bond back");
        hold_round(job, &[bad(); 3]);
        hold_round(job, &[bad(); 7]);
        next_block();
        assert_eq!(status(job), JobStatus::Slashed);
        assert_eq!(Bonds::get(WORKER).unwrap().1, WORKER_BOND / 2);
    });
}

#[test]
fn audited_job_should_not_be_open_to_challenges() {
    audited().build_and_execute(|| {
        let job = attested(40);
        let challenge = || Poai::challenge(RuntimeOrigin::signed(STRANGER), job);
        assert_noop!(challenge(), Error::<Test>::AuditPending);
        run_past_audit_draw(job);
        assert_noop!(challenge(), Error::<Test>::AlreadyReviewed);
        hold_round(job, &[good(); 3]);
        assert_noop!(challenge(), Error::<Test>::AlreadyReviewed);
    });
}
