//! Demand and delivery of an output.

use crate::{mock::*, Attestations, Delivery, Error, Event, OutputTokens, Outputs, Windows};
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use hanzo_poai::{JobId, JobStatus};
use hanzo_traits::{Balance, FailureReason};
use proptest::prelude::*;

const BOND: Balance = 20 * AI;

fn demand(job: JobId) {
    assert_ok!(Poai::demand_output(RuntimeOrigin::signed(CLIENT), job));
}

fn deliver(job: JobId, tokens: OutputTokens) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Poai::deliver_output(RuntimeOrigin::signed(WORKER), job, tokens)
}

#[test]
fn demand_should_hold_the_bond_and_postpone_the_settlement() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        run_to(WINDOW);
        events();
        demand(job);
        assert_eq!((held(CLIENT), wealth(CLIENT)), (BOND, FUNDS));
        let deliver_by = WINDOW + DELIVERY_WINDOW;
        assert_eq!(events(), [Event::OutputDemanded { job, client: CLIENT, bond: BOND, deliver_by }]);
        run_to(deliver_by);
        assert_eq!(status(job), JobStatus::Attested);
        assert_eq!(Poai::attestation(job).unwrap().deliver_by, Some(deliver_by));
    });
}

#[test]
fn output_should_be_kept_and_paid_from_the_bond_when_delivered() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(100);
        demand(job);
        events();
        let done = deliver(job, output(100)).unwrap();
        assert_eq!(done.pays_fee, Pays::No);
        assert_eq!(Poai::output(job), Some(output(100)));
        let shown = Poai::delivered(job).unwrap();
        assert_eq!((Some(shown.output), shown.tokens), (Poai::attestation(job).map(|a| a.output), output(100).into()));
        let charged = 100 * 4 * (AI / 1_000);
        let returned = BOND - charged;
        assert_eq!(events(), [Event::OutputDelivered { job, worker: WORKER, tokens: 100, charged, returned }]);
        // The worker gains nothing by having been asked, the client pays for the bytes.
        assert_eq!((held(CLIENT), wealth(CLIENT), wealth(WORKER)), (0, FUNDS - charged, FUNDS));
        assert_eq!(Poai::attestation(job).unwrap().deliver_by, None);
        run_to(WINDOW);
        assert_eq!(status(job), JobStatus::Attested, "the window runs its full time");
        next_block();
        assert_eq!(status(job), JobStatus::Settled);
    });
}

#[test]
fn longest_output_should_fit_the_chain_and_the_bond() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(4_096);
        demand(job);
        assert_ok!(deliver(job, output(4_096)));
        assert_eq!(held(CLIENT), 0);
        assert_eq!(wealth(CLIENT), FUNDS - 16_384 * (AI / 1_000));
    });
}

#[test]
fn job_should_settle_in_the_next_block_when_delivered_after_its_window() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        run_to(WINDOW);
        demand(job);
        run_to(WINDOW + DELIVERY_WINDOW);
        assert_ok!(deliver(job, output(40)));
        assert_eq!(Poai::attestation(job).unwrap().settles_at, WINDOW + DELIVERY_WINDOW + 1);
        next_block();
        assert_eq!(status(job), JobStatus::Settled);
    });
}

#[test]
fn job_should_fail_and_the_bond_return_when_the_worker_is_silent() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        demand(job);
        events();
        run_to(1 + DELIVERY_WINDOW);
        assert_eq!(events(), []);
        next_block();
        assert_eq!(status(job), JobStatus::Slashed);
        assert_eq!((held(CLIENT), wealth(CLIENT)), (0, FUNDS + VALUE + VALUE / 100));
        assert_eq!(wealth(WORKER), FUNDS - VALUE / 100);
        assert_eq!(
            events(),
            [
                Event::QualityChanged { worker: WORKER, before: 500_000_000, after: 475_000_000, value: VALUE },
                Event::WindowClosed { job, worker: WORKER, failure: Some(FailureReason::OutputWithheld), attempts: 0 },
            ]
        );
        assert_noop!(deliver(job, output(40)), Error::<Test>::NoOpenWindow);
        // Nothing is left that could end the job again.
        run_to(3 * WINDOW);
        assert_eq!(status(job), JobStatus::Slashed);
    });
}

#[test]
fn withheld_job_should_be_tried_again_when_it_cannot_be_failed() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        demand(job);
        Refuses::put(true);
        run_to(2 + DELIVERY_WINDOW);
        assert_eq!((status(job), held(CLIENT)), (JobStatus::Attested, BOND));
        assert_eq!(Windows::<Test>::get(job).unwrap().attempts, 1);
        // The worker missed its time; a stuck job book gives it no second one.
        assert_noop!(deliver(job, output(40)), Error::<Test>::DeliveryOverdue);
        Refuses::put(false);
        run_to(4 + DELIVERY_WINDOW);
        assert_eq!((status(job), held(CLIENT)), (JobStatus::Slashed, 0));
    });
}

#[test]
fn delivery_should_be_refused_when_it_is_late() {
    ExtBuilder::default().budget(budget_for(1)).build_and_execute(|| {
        // One look a block: the second of these is looked at a block after its time.
        let (first, second) = (attested(40), attested(40));
        demand(first);
        demand(second);
        run_to(2 + DELIVERY_WINDOW);
        assert_eq!((status(first), status(second)), (JobStatus::Slashed, JobStatus::Attested));
        assert_noop!(deliver(second, output(40)), Error::<Test>::DeliveryOverdue);
        next_block();
        assert_eq!(status(second), JobStatus::Slashed);
    });
}

#[test]
fn delivery_should_be_refused_when_the_tokens_are_not_the_attested_ones() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(70);
        demand(job);
        let mut wrong = vec![output(69), output(71), output(0), output(4_096)];
        for place in [0, 31, 32, 69] {
            let mut tokens = output(70).into_inner();
            tokens[place] ^= 1;
            wrong.push(tokens.clone().try_into().unwrap());
            tokens.swap(0, 1);
            wrong.push(tokens.try_into().unwrap());
        }
        for tokens in wrong {
            assert_noop!(deliver(job, tokens), Error::<Test>::WrongOutput);
        }
        assert_ok!(deliver(job, output(70)));
    });
}

#[test]
fn delivery_should_be_refused_when_root_and_count_were_attested_apart() {
    ExtBuilder::default().build_and_execute(|| {
        // The root is of 40 tokens, the count claims 41 for more pay: the demand cannot be met.
        let job = accept(CLIENT, WORKER);
        let mut attestation = statement(job, 40);
        attestation.output_tokens = 41;
        let signature = sign(&attestation);
        assert_ok!(Poai::attest(RuntimeOrigin::signed(WORKER), attestation, signature));
        demand(job);
        assert_noop!(deliver(job, output(40)), Error::<Test>::WrongOutput);
        assert_noop!(deliver(job, output(41)), Error::<Test>::WrongOutput);
        run_to(2 + DELIVERY_WINDOW);
        assert_eq!(status(job), JobStatus::Slashed);
    });
}

#[test]
fn delivery_should_be_refused_when_nobody_demanded_it_or_another_worker_sends_it() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        assert_noop!(deliver(job, output(40)), Error::<Test>::NotDemanded);
        demand(job);
        for who in [CLIENT, OTHER_WORKER, STRANGER] {
            let call = Poai::deliver_output(RuntimeOrigin::signed(who), job, output(40));
            assert_noop!(call, Error::<Test>::WrongWorker);
        }
        assert_ok!(deliver(job, output(40)));
        assert_noop!(deliver(job, output(40)), Error::<Test>::NotDemanded);
        assert_noop!(deliver(job + 1, output(40)), Error::<Test>::NoOpenWindow);
    });
}

#[test]
fn output_should_not_decode_when_longer_than_the_chain_takes() {
    assert!(OutputTokens::try_from(vec![0; 4_097]).is_err());
    assert!(OutputTokens::decode(&mut vec![0u32; 4_097].encode().as_slice()).is_err());
    assert!(OutputTokens::decode(&mut vec![0u32; 4_096].encode().as_slice()).is_ok());
}

#[test]
fn demand_should_be_refused_when_the_output_is_too_long_for_the_chain() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(4_097);
        let call = Poai::demand_output(RuntimeOrigin::signed(CLIENT), job);
        assert_noop!(call, Error::<Test>::OutputTooLong);
    });
}

#[test]
fn demand_should_be_refused_when_another_account_makes_it() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        for who in [WORKER, OTHER_WORKER, STRANGER] {
            assert_noop!(Poai::demand_output(RuntimeOrigin::signed(who), job), Error::<Test>::NotClient);
        }
    });
}

#[test]
fn demand_should_be_refused_when_made_before() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        demand(job);
        let again = || Poai::demand_output(RuntimeOrigin::signed(CLIENT), job);
        assert_noop!(again(), Error::<Test>::AlreadyDemanded);
        assert_ok!(deliver(job, output(40)));
        assert_eq!(Windows::<Test>::get(job).unwrap().delivery, Delivery::Delivered);
        assert_noop!(again(), Error::<Test>::AlreadyDemanded);
    });
}

#[test]
fn demand_should_be_refused_when_the_window_is_not_open() {
    ExtBuilder::default().build_and_execute(|| {
        let accepted = accept(CLIENT, WORKER);
        let job = attested(40);
        let call = |job| Poai::demand_output(RuntimeOrigin::signed(CLIENT), job);
        assert_noop!(call(accepted), Error::<Test>::NoOpenWindow);
        Refuses::put(true);
        run_to(1 + WINDOW);
        assert_noop!(call(job), Error::<Test>::WindowOver);
        Refuses::put(false);
        run_to(3 + WINDOW);
        assert_noop!(call(job), Error::<Test>::NoOpenWindow);
    });
}

#[test]
fn demand_should_be_refused_when_the_client_cannot_pay_the_bond() {
    ExtBuilder::default().build_and_execute(|| {
        let poor = 55;
        let job = accept(poor, WORKER);
        attest(job, 40);
        let before = sp_io::storage::root(Default::default());
        assert!(Poai::demand_output(RuntimeOrigin::signed(poor), job).is_err());
        assert_eq!(sp_io::storage::root(Default::default()), before);
    });
}

proptest! {
    #![proptest_config(cases(60))]

    /// Whoever does what, no demand leaves a bond behind, and neither client nor worker is better off for a demand that
    /// was answered.
    #[test]
    fn demands_should_enrich_nobody(
        jobs in prop::collection::vec((1u32..200, 0u64..WINDOW, prop::option::of(0u64..DELIVERY_WINDOW + 5)), 1..8),
    ) {
        ExtBuilder::default().build_and_execute(|| {
            let jobs: Vec<_> = jobs.into_iter().map(|(count, at, answer)| (attested(count), count, at, answer)).collect();
            let mut burned = 0;
            let issuance = Balances::total_issuance();
            for block in 1..2 * WINDOW {
                for (job, count, at, answer) in &jobs {
                    if block == 1 + at {
                        demand(*job);
                    }
                    if answer.is_some_and(|delay| block == 1 + at + delay) && deliver(*job, output(*count)).is_ok() {
                        burned += Balance::from(count * 4) * (AI / 1_000);
                    }
                }
                Poai::do_try_state(1).unwrap();
                next_block();
            }
            let mut client = FUNDS - burned;
            let mut worker = FUNDS;
            for (job, _, _, answer) in &jobs {
                if answer.is_some_and(|delay| delay <= DELIVERY_WINDOW) {
                    assert_eq!(status(*job), JobStatus::Settled);
                    worker += VALUE;
                } else {
                    assert_eq!(status(*job), JobStatus::Slashed);
                    client += VALUE + VALUE / 100;
                    worker -= VALUE / 100;
                }
            }
            assert_eq!((held(CLIENT), wealth(CLIENT), wealth(WORKER)), (0, client, worker));
            assert_eq!(Balances::total_issuance(), issuance - burned);
            assert_eq!(Outputs::<Test>::iter().count() as u32 + Windows::<Test>::count(), jobs
                .iter()
                .filter(|(_, _, _, answer)| answer.is_some_and(|delay| delay <= DELIVERY_WINDOW))
                .count() as u32);
            assert_eq!(Attestations::<Test>::count() as usize, jobs.len());
        });
    }
}
