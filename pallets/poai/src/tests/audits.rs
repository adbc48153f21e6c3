//! Which jobs are audited, and what an audit's committee leads to.

use crate::{mock::*, Error, Event, Standing, WeightInfo as _};
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
fn audit_and_its_committee_should_be_drawn_by_one_block_after_the_attestation() {
    audited().build_and_execute(|| {
        let job = attested(40);
        assert_eq!(window(job).standing, Standing::Unaudited);
        next_block();
        assert!(events().contains(&Event::AuditDrawn { job }));
        assert_eq!(members(job).len(), 3);
        hold_round(job, &[good(), good(), good()]);
    });
}

#[test]
fn draws_should_wait_when_an_output_is_missing() {
    audited().build_and_execute(|| {
        let job = attested(40);
        Mix::put(H256::zero());
        run_to(12);
        assert_eq!(window(job).standing, Standing::Unaudited);
        Mix::kill();
        hold_round(job, &[bad(); 3]);
        Mix::put(H256::zero());
        run_to(System::block_number() + 60);
        assert!(members(job).is_empty());
        Mix::kill();
        hold_round(job, &[good(); 7]);
    });
}

#[test]
fn one_job_in_ten_should_be_audited_within_the_window_whichever_block_draws_it() {
    ExtBuilder::default().audit_rate(100_000_000).build_and_execute(|| {
        let jobs: Vec<_> = (0..5_000).map(|_| attested(1)).collect();
        let mut drawn_at = vec![];
        for block in 2..=1 + WINDOW {
            run_to(block);
            let drawn = events().into_iter().filter(|event| matches!(event, Event::AuditDrawn { .. })).count();
            drawn_at.extend(std::iter::repeat_n(block, drawn));
            System::reset_events();
        }
        // Five standard deviations of a binomial count.
        let count = drawn_at.len();
        assert!((394..606).contains(&count), "{count} of 5,000 were drawn");
        let early = drawn_at.iter().filter(|block| **block <= 1 + WINDOW / 2).count();
        assert!((188..325).contains(&early), "{early} of {count} in the first half");
        // Without verifiers nobody can judge them: they settle like the others, without extras.
        run_to(200 + WINDOW);
        assert!(jobs.iter().all(|job| status(*job) == JobStatus::Settled));
    });
}

#[test]
fn blocks_of_one_author_should_not_keep_those_of_others_from_an_audit() {
    // The author of half of the blocks leaves out those in which the job would be drawn, for as long as it likes.
    let drawn = |seed: u64| {
        let mut drawn = false;
        ExtBuilder::default().audit_rate(500_000_000).build_and_execute(|| {
            let job = attested(1);
            for block in 2..=WINDOW {
                let output = |tries: u64| {
                    H256::from(sp_io::hashing::blake2_256(&[seed, block, tries].map(u64::to_le_bytes).concat()))
                };
                let suits = |mix: H256| {
                    frame_support::storage::with_transaction(|| {
                        Mix::put(mix);
                        run_to(block);
                        let suits = window(job).standing == Standing::Unaudited;
                        frame_support::storage::TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(suits))
                    })
                    .unwrap()
                };
                let steers = block % 2 == 0 && !drawn;
                let tries = (0..).find(|tries| !steers || suits(output(*tries))).unwrap();
                Mix::put(output(tries));
                run_to(block);
                drawn |= window(job).standing != Standing::Unaudited;
            }
        });
        drawn
    };
    let count = (0..200).filter(|seed| drawn(*seed)).count();
    // 1 - 0.5^(1/2) of 200, and four standard deviations.
    assert!((33..85).contains(&count), "{count} of 200 were drawn");
}

#[test]
fn chance_of_all_should_fall_when_more_are_drawn_than_a_block_has_room_for() {
    audited().build_and_execute(|| {
        let jobs: Vec<_> = (0..40).map(|_| attested(1)).collect();
        let budget = <Test as crate::Config>::WeightInfo::run_lottery()
            .saturating_add(<Test as crate::Config>::WeightInfo::draw_audit().saturating_mul(3));
        for place in 1..=13u32 {
            let spent = Poai::run_lottery(1, budget);
            assert!(spent.all_lte(budget));
            let left = jobs.iter().filter(|job| window(**job).standing == Standing::Unaudited).count();
            assert!((40 - 3 * place as usize..=40 - 2 * place as usize).contains(&left), "{left} after {place}");
        }
        while crate::AuditEntries::<Test>::count() > 0 {
            Poai::run_lottery(1, budget);
        }
        Poai::do_try_state(1).unwrap();
    });
}

#[test]
fn appeal_should_be_drawn_by_no_block_that_could_be_foreseen() {
    let mut waits = BTreeSet::new();
    for seed in 0..60 {
        audited().build_and_execute(|| {
            System::set_block_number(1_000 * seed + 1);
            let job = attested(40);
            hold_round(job, &[bad(); 3]);
            let began = System::block_number();
            run_to_committee(job);
            waits.insert(System::block_number() - began);
            hold_round(job, &[good(); 7]);
        });
    }
    // Not before the delay of 4, then in one block of 4.
    assert_eq!(waits.first(), Some(&4));
    assert!(waits.len() > 8 && *waits.last().unwrap() <= 4 + 8 * 4, "{waits:?}");
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
        hold_round(job, &[good(), good(), good()]);
        assert_eq!(Poai::quality(&WORKER), 500_000_000);
        Counts::put(true);
        let job = attested(1);
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
        hold_round(job, &[bad(); 3]);
        // The seven cannot be drawn for so long that the review outlasts the delivery.
        Mix::put(H256::zero());
        run_to(DELIVERY_WINDOW + 3);
        Mix::kill();
        assert_eq!(status(job), JobStatus::Attested, "the review is not over");
        assert_eq!(held(CLIENT), 0, "the client has its bond back");
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
        next_block();
        assert_noop!(challenge(), Error::<Test>::AlreadyReviewed);
        hold_round(job, &[good(); 3]);
        assert_noop!(challenge(), Error::<Test>::AlreadyReviewed);
    });
}
