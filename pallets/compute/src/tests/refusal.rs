//! Workers that do not take what they are drawn for, and what they cannot run.

use crate::{
    mock::*,
    types::{Models, Offer},
    Error, Event,
};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::{JobRequest, JobStatus, ResourceClass};
use sp_core::H256;

const BOND: u128 = 1_000 * UNIT;

#[test]
fn worker_should_not_be_drawn_again_for_a_job_it_missed() {
    test(|| {
        // The bond of the one that refuses is a thousand times the other's.
        register(10, 100 * BOND);
        register(11, BOND / 10);
        let id = submit(CLIENT, 0);
        run(4);
        assert_eq!(drawn(id), 10);
        run(21);
        assert_eq!((job(id).status, job(id).missed_by.to_vec()), (JobStatus::Submitted, vec![10]));
        run(20);
        assert!(job(id).assignment.is_none_or(|assignment| assignment.worker == 11));
        // It serves other jobs.
        let other = submit(CLIENT, 1);
        run(4);
        assert_eq!(drawn(other), 10);
    });
}

#[test]
fn job_should_be_refunded_when_its_only_worker_misses_it() {
    test(|| {
        register(10, BOND);
        let id = submit(CLIENT, 0);
        run(4 + 21 + 5 * 4);
        assert_eq!((job(id).status, worker(10).missed), (JobStatus::Refunded, 1));
    });
}

#[test]
fn worker_should_stop_taking_jobs_after_three_misses_in_a_row() {
    test(|| {
        register(10, BOND);
        let missed = |nonce| {
            let id = submit(CLIENT, nonce);
            run(4);
            assert_eq!(drawn(id), 10);
            run(21);
        };
        missed(0);
        missed(1);
        assert!(worker(10).accepting);
        // An acceptance in between starts the count anew.
        let id = submit(CLIENT, 2);
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        missed(3);
        missed(4);
        assert_eq!((worker(10).accepting, worker(10).missed_in_row), (true, 2));
        missed(5);
        assert_eq!((worker(10).accepting, worker(10).missed_in_row, worker(10).missed), (false, 3, 5));
        assert!(events().contains(&Event::WorkerPaused { worker: 10, missed_in_row: 3 }));
        run(4);
        let id = submit(CLIENT, 6);
        run(4);
        assert_eq!(job(id).status, JobStatus::Submitted);
        assert_ok!(Compute::cancel_job(signed(CLIENT), id));

        // It may come back, but each further miss stops it at once.
        assert_ok!(Compute::set_accepting(signed(10), true));
        run(4);
        let id = submit(CLIENT, 7);
        run(4);
        assert_eq!(drawn(id), 10);
        run(21);
        assert_eq!((worker(10).accepting, worker(10).missed_in_row), (false, 4));
    });
}

/// Whether a lone worker with this offer and these models is drawn for a plain job.
fn serves(offer: Offer, models: &[H256]) -> bool {
    let mut served = false;
    test(|| {
        register_with(10, offer, BOND);
        assert_ok!(Compute::set_models(signed(10), models.to_vec().try_into().unwrap()));
        let id = submit(CLIENT, 0);
        run(4);
        served = job(id).status == JobStatus::Assigned;
    });
    served
}

#[test]
fn worker_should_be_drawn_only_where_it_offers_every_class() {
    let without = |class| {
        let mut partial = offer(UNIT);
        partial.units.set(class, 0);
        partial
    };
    assert!(serves(offer(1), &[MODEL]));
    assert!(!serves(without(ResourceClass::Gpu), &[MODEL]));
    assert!(!serves(without(ResourceClass::Vram), &[MODEL]));
    // The job takes none of it.
    assert!(serves(without(ResourceClass::Disk), &[MODEL]));
}

#[test]
fn worker_should_be_drawn_for_the_models_it_names() {
    let other = H256::repeat_byte(0x55);
    assert!(!serves(offer(UNIT), &[]));
    assert!(serves(offer(UNIT), &[MODEL]));
    assert!(serves(offer(UNIT), &[other, MODEL]));
    assert!(!serves(offer(UNIT), &[other]));
}

#[test]
fn models_should_be_named_by_workers_and_once() {
    test(|| {
        let none = Models::default();
        assert_noop!(Compute::set_models(signed(10), none), Error::<Test>::NotRegistered);
        register(10, BOND);
        let twice: Models = vec![MODEL, MODEL].try_into().unwrap();
        assert_noop!(Compute::set_models(signed(10), twice), Error::<Test>::DuplicateModel);
        let models: Models = vec![MODEL].try_into().unwrap();
        assert_ok!(Compute::set_models(signed(10), models.clone()));
        assert_eq!(last_event(), Event::ModelsSet { worker: 10, models });
        assert_eq!(Compute::worker(&10).unwrap().models, [MODEL]);
    });
}

#[test]
fn model_without_profile_should_be_filtered_too() {
    test(|| {
        register(10, BOND);
        assert_ok!(Compute::set_models(signed(10), vec![MODEL].try_into().unwrap()));
        let unknown = JobRequest { model: H256::repeat_byte(0x66), resources: Some(needs()), ..request(0) };
        let id = submit_as(CLIENT, unknown);
        run(4);
        assert_eq!((job(id).status, job(id).empty_draws), (JobStatus::Submitted, 1));
    });
}
