//! Every job reaches exactly one final state when nobody does anything any more.

use crate::{mock::*, ClientJobs, Event, Jobs, WorkerJobs};
use frame_support::{assert_ok, weights::Weight};
use hanzo_poai::JobStatus;
use hanzo_traits::JobRegistry;

/// Ends that the events announce for a job.
fn ends(id: u64) -> usize {
    let ends = |event: &Event<Test>| match event {
        Event::JobSettled { job, .. } | Event::JobRefunded { job, .. } | Event::JobFailed { job, .. } => *job == id,
        _ => false,
    };
    events().iter().filter(|event| ends(event)).count()
}

/// Jobs in every state that silence can leave them in, then silence.
fn silence(weight: Weight, blocks: u64) {
    test(|| {
        (10..14).for_each(|account| register(account, 10_000 * UNIT));
        let mut ids: Vec<u64> = (0..20).map(|nonce| submit(CLIENT, nonce)).collect();
        run(4);
        for id in &ids[..10] {
            assert_ok!(Compute::accept_job(signed(drawn(*id)), *id));
        }
        run(2);
        ids.extend((20..40).map(|nonce| submit(OTHER_CLIENT, nonce)));
        AgendaWeight::set(&weight);
        for _ in 0..blocks {
            run(1);
            check();
        }
        for id in &ids {
            assert_eq!(ends(*id), 1, "job {id}");
            let status = Jobs::<Test>::get(id).map(|job| job.status);
            assert!(status.is_none_or(|status| status.is_final()), "job {id} is {status:?}");
        }
        assert_eq!((ClientJobs::<Test>::iter().count(), tokens(GPU, Compute::escrow_account())), (0, 0));
        assert!(WorkerJobs::<Test>::iter_values().all(|jobs| jobs.is_empty()));
        assert_eq!(Balances::free_balance(CLIENT), credits(CLIENT));
    });
}

#[test]
fn jobs_should_all_end_when_everyone_is_silent() {
    silence(Weight::MAX, 310);
}

#[test]
fn jobs_should_all_end_when_blocks_have_no_room_for_the_agenda() {
    silence(Weight::zero(), 330);
}

#[test]
fn job_should_end_whatever_its_worker_does_short_of_attesting() {
    test(|| {
        let id = accepted(10);
        assert_ok!(Compute::set_accepting(signed(10), false));
        assert_ok!(Compute::deregister(signed(10)));
        DeniedAccounts::set(&[10].into());
        run_to(job(id).deadline + 1);
        assert_eq!(job(id).status, JobStatus::Slashed);
    });
}

#[test]
fn attested_job_should_wait_for_proof_of_ai() {
    test(|| {
        let id = attested(10, 1, 1);
        run(600);
        assert_eq!(job(id).status, JobStatus::Attested);
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
    });
}
