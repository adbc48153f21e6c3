//! Windows end in time, in bounded steps, and failed attempts are tried again.

use crate::{mock::*, Event, Pallet, Queue, WeightInfo, Windows};
use frame_support::{traits::Hooks, weights::Weight};
use hanzo_poai::{JobId, JobStatus};
use hanzo_traits::FailureReason;
use proptest::prelude::*;

fn closed(job: JobId, failure: Option<FailureReason>, attempts: u32) -> Event<Test> {
    Event::WindowClosed { job, worker: WORKER, failure, attempts }
}

#[test]
fn job_should_settle_in_the_block_in_which_its_window_ends() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        let (worker, escrow) = (wealth(WORKER), wealth(ESCROW));
        run_to(WINDOW);
        assert_eq!(status(job), JobStatus::Attested);
        events();
        next_block();
        assert_eq!(status(job), JobStatus::Settled);
        assert_eq!((wealth(WORKER), wealth(ESCROW)), (worker + VALUE, escrow - VALUE));
        assert_eq!(events(), [closed(job, None, 0)]);
        assert_eq!((Windows::<Test>::count(), Queue::<Test>::iter().count()), (0, 0));
    });
}

#[test]
fn job_should_earn_more_than_its_tokens_when_it_was_open_to_doubt_and_nobody_could_doubt_it() {
    let settled = |job| {
        while status(job) != JobStatus::Settled {
            next_block();
        }
        Earning::get()
    };
    for slashing in [true, false] {
        ExtBuilder::default().build_and_execute(|| {
            crate::Settings::<Test>::mutate(|settings| settings.slashing = slashing);
            let job = attested(40);
            assert_eq!(settled(job), [(job, slashing)]);
        });
    }
    for (votes, verified) in [([good(), good(), good()], true), ([good(), None, None], false)] {
        ExtBuilder::default().audit_rate(1_000_000_000).verifiers(12).build_and_execute(|| {
            let job = attested(40);
            next_block();
            while window(job).standing.moves_at().is_some() {
                hold_round(job, &votes);
            }
            assert_eq!(settled(job), [(job, verified)]);
        });
    }
}

#[test]
fn jobs_should_settle_oldest_first() {
    ExtBuilder::default().budget(budget_for(1)).build_and_execute(|| {
        // Accepted in one order, attested in another.
        let jobs = [3, 1, 2, 0].map(|_| accept(CLIENT, WORKER));
        for job in [jobs[2], jobs[0], jobs[3], jobs[1]] {
            attest(job, 1);
            next_block();
        }
        events();
        run_to(5 + WINDOW);
        let order: Vec<_> = events()
            .into_iter()
            .filter_map(|event| if let Event::WindowClosed { job, .. } = event { Some(job) } else { None })
            .collect();
        assert_eq!(order, [jobs[2], jobs[0], jobs[3], jobs[1]]);
    });
}

#[test]
fn jobs_should_all_settle_when_blocks_are_full_and_the_budget_fits_one() {
    ExtBuilder::default().budget(budget_for(1)).build_and_execute(|| {
        let jobs: Vec<_> = (0..20).map(|_| attested(1)).collect();
        run_to(WINDOW);
        for done in 1..=20 {
            let weight = next_block();
            assert_eq!(weight, budget_for(1));
            assert_eq!(jobs.iter().filter(|job| status(**job) == JobStatus::Settled).count(), done);
        }
    });
}

#[test]
fn hook_should_do_nothing_when_not_one_settlement_fits_its_budget() {
    // A look at each queue, and a lottery that draws nothing.
    let looks = <Weights as WeightInfo>::service_queue() * 2 + <Weights as WeightInfo>::run_lottery();
    for short in [budget_for(1) - Weight::from_parts(1, 0), budget_for(1) - Weight::from_parts(0, 1)] {
        ExtBuilder::default().budget(short).build_and_execute(|| {
            let job = attested(1);
            run_to(WINDOW);
            assert_eq!(next_block(), looks);
            assert_eq!(status(job), JobStatus::Attested);
        });
    }
    ExtBuilder::default().budget(Weight::zero()).build_and_execute(|| {
        attested(1);
        assert_eq!(next_block(), Weight::zero());
    });
    // Which no runtime can be built with: the dearest step, found, fits half of what is there.
    let least = (Pallet::<Test>::step_weight() + <Weights as WeightInfo>::service_queue()) * 2;
    for short in [Weight::zero(), least - Weight::from_parts(2, 0), least - Weight::from_parts(0, 2)] {
        ServiceBudget::set(short);
        assert!(std::panic::catch_unwind(<Poai as Hooks<u64>>::integrity_test).is_err(), "{short} was let through");
    }
    ServiceBudget::set(least);
    <Poai as Hooks<u64>>::integrity_test();
}

#[test]
fn end_of_the_block_should_settle_what_the_budget_left_over() {
    ExtBuilder::default().budget(budget_for(1)).idle(budget_for(7)).build_and_execute(|| {
        let jobs: Vec<_> = (0..20).map(|_| attested(1)).collect();
        run_to(WINDOW);
        for done in [8, 16, 20] {
            next_block();
            assert_eq!(jobs.iter().filter(|job| status(**job) == JobStatus::Settled).count(), done);
        }
    });
}

#[test]
fn hook_should_weigh_a_look_at_each_queue_when_nothing_is_due() {
    ExtBuilder::default().build_and_execute(|| {
        attested(1);
        assert_eq!(next_block(), <Weights as WeightInfo>::service_queue() * 2 + <Weights as WeightInfo>::run_lottery());
    });
}

#[test]
fn job_should_be_tried_again_after_longer_and_longer_waits_when_it_cannot_be_ended() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        run_to(WINDOW);
        Refuses::put(true);
        events();
        let (worker, escrow) = (wealth(WORKER), wealth(ESCROW));
        let mut at = 1 + WINDOW;
        for (attempts, wait) in (1..).zip([2, 4, 8, 16, 32, 64, 64, 64]) {
            run_to(at - 1);
            assert_eq!(events(), []);
            next_block();
            let error = sp_runtime::DispatchError::Unavailable;
            assert_eq!(events(), [Event::WindowDeferred { job, attempts, retry_at: at + wait, error }]);
            assert_eq!(status(job), JobStatus::Attested, "rolled back");
            assert_eq!((wealth(WORKER), wealth(ESCROW)), (worker, escrow));
            Poai::do_try_state(1).unwrap();
            at += wait;
        }
        Refuses::put(false);
        run_to(at);
        assert_eq!(events(), [closed(job, None, 8)]);
        assert_eq!(wealth(WORKER), worker + VALUE);
    });
}

#[test]
fn other_jobs_should_settle_when_the_first_one_cannot() {
    ExtBuilder::default().budget(budget_for(1)).build_and_execute(|| {
        let (stuck, free) = (attested(1), attested(1));
        // Lost to the book: settling it can never work.
        let entry = Jobs::take(stuck).unwrap();
        run_to(2 + WINDOW);
        assert_eq!(status(free), JobStatus::Settled);
        Jobs::insert(stuck, entry);
        run_to(3 + WINDOW);
        assert_eq!(status(stuck), JobStatus::Settled);
    });
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn windows_should_end_in_bounded_time_and_weight(
        bursts in prop::collection::vec((1u64..12, 0u64..6), 1..12),
        fit in 1u64..5,
    ) {
        ExtBuilder::default().budget(budget_for(fit)).build_and_execute(|| {
            let mut jobs = Vec::new();
            let most = budget_for(fit);
            for (count, wait) in &bursts {
                jobs.extend((0..*count).map(|_| attested(1)));
                for _ in 0..*wait {
                    assert!(next_block().all_lte(most));
                }
            }
            // Once the last window is due, `fit` jobs end a block.
            let last = System::block_number() + WINDOW;
            run_to(last - 1);
            let left = u64::from(Windows::<Test>::count());
            for _ in 0..left.div_ceil(fit) {
                assert!(next_block().all_lte(most));
                Poai::do_try_state(1).unwrap();
            }
            assert!(jobs.iter().all(|job| status(*job) == JobStatus::Settled));
        });
    }
}

#[test]
fn budget_should_leave_room_for_extrinsics() {
    ExtBuilder::default().build_and_execute(|| {
        let budget = <Test as crate::Config>::ServiceBudget::get();
        for _ in 0..200 {
            attested(1);
        }
        run_to(WINDOW);
        let weight = next_block();
        assert!(weight.all_lte(budget), "{weight} above {budget}");
        assert!(weight.saturating_add(Pallet::<Test>::step_weight()).any_gt(budget), "more would have fit");
        run_to(WINDOW + 200);
        assert_eq!(Windows::<Test>::count(), 0);
    });
}
