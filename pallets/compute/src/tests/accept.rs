use crate::{agenda::When, budget::Budget, mock::*, types::RefundReason, Error, Event};
use frame_support::{assert_noop, assert_ok, dispatch::Pays, weights::Weight};
use hanzo_poai::JobStatus;
use sp_core::H256;

#[test]
fn acceptance_should_open_the_job_with_the_parent_hash() {
    test(|| {
        register(10, 1_000 * UNIT);
        let id = submit(CLIENT, 0);
        run(9);
        let done = Compute::accept_job(signed(10), id).unwrap();
        assert_eq!(done.pays_fee, Pays::No);
        let opening = H256(sp_io::hashing::blake2_256(&9u64.to_le_bytes()));
        assert_eq!((job(id).status, job(id).opening), (JobStatus::Accepted, Some(opening)));
        assert_eq!(last_event(), Event::JobAccepted { job: id, worker: 10, opening });
    });
}

#[test]
fn acceptance_should_be_refused_in_any_other_state() {
    test(|| {
        assert_noop!(Compute::accept_job(signed(10), 0), Error::<Test>::UnknownJob);
        register(10, 1_000 * UNIT);
        let id = submit(CLIENT, 0);
        assert_noop!(Compute::accept_job(signed(10), id), Error::<Test>::NotAssigned);
        run(4);
        DeniedAccounts::set(&[10].into());
        assert_noop!(Compute::accept_job(signed(10), id), Error::<Test>::Denied);
        DeniedAccounts::set(&Default::default());
        assert_ok!(Compute::accept_job(signed(10), id));
        assert_noop!(Compute::accept_job(signed(10), id), Error::<Test>::NotAssigned);
    });
}

#[test]
fn acceptance_should_be_possible_until_the_last_block_of_the_window() {
    test(|| {
        register(10, 1_000 * UNIT);
        let id = submit(CLIENT, 0);
        run(4 + 20);
        assert_ok!(Compute::accept_job(signed(10), id));
    });
}

#[test]
fn acceptance_should_be_refused_late_even_when_the_agenda_lags() {
    test(|| {
        register(10, 1_000 * UNIT);
        let id = submit(CLIENT, 0);
        run(4 + 20);
        // The next block has not come to the job yet.
        System::set_block_number(26);
        assert_noop!(Compute::accept_job(signed(10), id), Error::<Test>::AcceptanceOver);
        Compute::run_agenda(26, &mut Budget::new(Weight::MAX), When::Start);
    });
}

#[test]
fn missed_acceptance_should_free_the_worker_and_draw_another() {
    test(|| {
        register(10, 1_000 * UNIT);
        register(11, 1_000 * UNIT);
        let id = submit(CLIENT, 0);
        run(4);
        let (first, idle) = (job(id).assignment.unwrap().seed, drawn(id));
        run(21);
        assert_eq!((job(id).status, job(id).draws), (JobStatus::Submitted, 1));
        assert_eq!((worker(idle).missed, worker(idle).open_value, worker(idle).bond), (1, 0, 1_000 * UNIT));
        run(4);
        assert_eq!((job(id).status, job(id).draws, drawn(id)), (JobStatus::Assigned, 2, 21 - idle));
        assert_ne!(job(id).assignment.unwrap().seed, first);
        assert_ok!(Compute::accept_job(signed(21 - idle), id));
    });
}

#[test]
fn job_should_be_refunded_less_one_percent_after_three_redraws() {
    test(|| {
        (10..14).for_each(|account| register(account, 1_000 * UNIT));
        let before = credits(CLIENT);
        let id = submit(CLIENT, 0);
        let issuance = Balances::total_issuance();
        let fee = job(id).fee;
        run(4 * 25 - 1);
        assert_eq!((job(id).status, job(id).draws), (JobStatus::Assigned, 4));
        run(1);
        assert_eq!(job(id).status, JobStatus::Refunded);
        assert_eq!(
            last_event(),
            Event::JobRefunded {
                job: id,
                client: CLIENT,
                reason: RefundReason::NotAccepted,
                returned: needs(),
                burned: fee,
            }
        );
        assert_eq!(Balances::total_issuance(), issuance - fee);
        assert_eq!(credits(CLIENT), before - job(id).paid - fee);
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), (40 * UNIT, 70 * UNIT));
        for account in 10..14 {
            assert_eq!((worker(account).missed, worker(account).bond), (1, 1_000 * UNIT));
        }
    });
}
