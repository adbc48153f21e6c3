//! Workers that say they do not take what they are drawn for.

use crate::{mock::*, types::RefundReason, Error, Event, HoldReason};
use frame_support::{assert_noop, assert_ok, dispatch::Pays, traits::fungible::InspectHold};
use hanzo_poai::JobStatus;

const BOND: u128 = 1_000 * UNIT;

/// A job of [`CLIENT`]'s that 10 is drawn for.
fn drawn_job(nonce: u64) -> u64 {
    let id = submit(CLIENT, nonce);
    run(4);
    assert_eq!(drawn(id), 10);
    id
}

#[test]
fn declined_job_should_be_drawn_again_among_the_others() {
    test(|| {
        register(10, BOND);
        register(11, BOND);
        let id = submit(CLIENT, 0);
        run(4);
        let first = drawn(id);
        let done = Compute::decline_job(signed(first), id).unwrap();
        assert_eq!(done.pays_fee, Pays::No);
        assert_eq!(last_event(), Event::JobDeclined { job: id, worker: first });
        assert_eq!((job(id).status, job(id).missed_by.to_vec()), (JobStatus::Submitted, vec![first]));
        assert_eq!((worker(first).open_jobs, worker(first).open_value), (0, 0));
        check();
        run(4);
        assert_eq!(drawn(id), if first == 10 { 11 } else { 10 });
    });
}

#[test]
fn worker_should_go_on_taking_jobs_however_many_it_declines() {
    test(|| {
        register(10, BOND);
        for nonce in 0..10 {
            assert_ok!(Compute::decline_job(signed(10), drawn_job(nonce)));
        }
        assert_eq!((worker(10).accepting, worker(10).missed, worker(10).missed_in_row), (true, 0, 0));
    });
}

#[test]
fn decline_should_end_a_row_of_misses() {
    test(|| {
        register(10, BOND);
        for nonce in 0..2 {
            drawn_job(nonce);
            run(21);
        }
        assert_eq!(worker(10).missed_in_row, 2);
        assert_ok!(Compute::decline_job(signed(10), drawn_job(2)));
        assert_eq!((worker(10).missed_in_row, worker(10).missed), (0, 2));
    });
}

#[test]
fn job_should_be_refunded_when_everybody_declines_it() {
    test(|| {
        for account in 10..16 {
            register(account, BOND);
        }
        let before = tokens(GPU, CLIENT);
        let id = submit(CLIENT, 0);
        let fee = job(id).fee;
        for _ in 0..4 {
            run(4);
            assert_ok!(Compute::decline_job(signed(drawn(id)), id));
        }
        assert_eq!((job(id).status, job(id).draws), (JobStatus::Refunded, 4));
        let refunded = Event::JobRefunded {
            job: id,
            client: CLIENT,
            reason: RefundReason::NotAccepted,
            returned: needs(),
            burned: fee,
        };
        assert_eq!(last_event(), refunded);
        assert_eq!(tokens(GPU, CLIENT), before + needs().get(GPU.class));
        assert_eq!(Balances::balance_on_hold(&HoldReason::JobFee.into(), &CLIENT), 0);
    });
}

#[test]
fn decline_should_be_refused_when_it_is_not_the_caller_s_to_say_or_too_late() {
    test(|| {
        register(10, BOND);
        assert_noop!(Compute::decline_job(signed(10), 7), Error::<Test>::UnknownJob);
        let id = submit(CLIENT, 0);
        assert_noop!(Compute::decline_job(signed(10), id), Error::<Test>::NotAssigned);
        run(4);
        assert_noop!(Compute::decline_job(signed(11), id), Error::<Test>::NotYourJob);
        assert_ok!(Compute::accept_job(signed(10), id));
        assert_noop!(Compute::decline_job(signed(10), id), Error::<Test>::NotAssigned);

        let late = drawn_job(1);
        System::set_block_number(job(late).assignment.unwrap().accept_by + 1);
        assert_noop!(Compute::decline_job(signed(10), late), Error::<Test>::AcceptanceOver);
    });
}
