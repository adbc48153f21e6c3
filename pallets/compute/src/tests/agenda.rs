use crate::{
    mock::*, weights::WeightInfo, AgendaCursor, AgendaLength, Due, EarliestJob, Event, Finished, FinishedRange, Jobs,
};
use frame_support::{
    assert_ok,
    traits::Hooks,
    weights::{Weight, WeightMeter},
};
use hanzo_poai::JobStatus;
use sp_runtime::DispatchError;

fn statuses() -> (usize, usize) {
    let count = |status| Jobs::<Test>::iter_values().filter(|job| job.status == status).count();
    (count(JobStatus::Submitted), count(JobStatus::Assigned))
}

#[test]
fn agenda_should_take_at_least_four_entries_a_block_and_keep_the_rest() {
    test(|| {
        register(10, 10_000 * UNIT);
        (0..10).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        AgendaWeight::set(&Weight::zero());
        run(4);
        assert_eq!(statuses(), (6, 4));
        assert_eq!(AgendaCursor::<Test>::get(), 5);
        check();
        run(1);
        assert_eq!(statuses(), (2, 8));
        run(1);
        assert_eq!(statuses(), (0, 10));
        assert_eq!(AgendaLength::<Test>::get(5), 0);
    });
}

#[test]
fn agenda_should_take_as_many_entries_as_the_weight_allows() {
    test(|| {
        register(10, 10_000 * UNIT);
        (0..20).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        run(3);
        let room = <() as WeightInfo>::on_initialize()
            + <() as WeightInfo>::process_entry() * 7
            + <() as WeightInfo>::skip_bucket();
        AgendaWeight::set(&room);
        run(1);
        assert_eq!(statuses(), (13, 7));
    });
}

#[test]
fn idle_time_should_be_used_for_what_is_left() {
    test(|| {
        register(10, 10_000 * UNIT);
        (0..10).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        AgendaWeight::set(&Weight::zero());
        run(4);
        assert_eq!(Compute::on_idle(5, Weight::zero()), Weight::zero());
        assert_eq!(statuses(), (6, 4));
        let used = Compute::on_idle(5, Weight::MAX);
        assert!(used.all_gte(<() as WeightInfo>::process_entry() * 6));
        assert_eq!(statuses(), (0, 10));
    });
}

#[test]
fn hook_should_report_what_it_used() {
    test(|| {
        register(10, 10_000 * UNIT);
        submit(CLIENT, 0);
        run(3);
        System::set_block_number(5);
        let used = Compute::on_initialize(5);
        let least = <() as WeightInfo>::on_initialize() + <() as WeightInfo>::process_entry();
        assert!(used.all_gte(least) && !used.any_gt(least + <() as WeightInfo>::skip_bucket() * 2));
    });
}

#[test]
fn entry_should_be_tried_again_when_it_fails() {
    test(|| {
        let id = submit(CLIENT, 0);
        // The escrow is short, which only a bug could bring about: nothing moves, and the job is not forgotten.
        move_tokens(VRAM, &Compute::escrow_account(), &50, UNIT).unwrap();
        run_to(21);
        let Event::Postponed { job: postponed, until, error } = last_event() else { panic!("{:?}", last_event()) };
        assert_eq!((postponed, until), (id, 31));
        assert!(matches!(error, DispatchError::Token(_) | DispatchError::Module(_)), "{error:?}");
        assert_eq!((job(id).status, tokens(GPU, CLIENT)), (JobStatus::Submitted, 0));
        move_tokens(VRAM, &50, &Compute::escrow_account(), UNIT).unwrap();
        check();
        run_to(31);
        assert_eq!((job(id).status, tokens(GPU, CLIENT)), (JobStatus::Refunded, 40 * UNIT));
    });
}

#[test]
fn entry_should_leave_its_bucket_when_the_job_ends_early() {
    test(|| {
        let ids: Vec<_> = (0..5).map(|nonce| submit(CLIENT, nonce)).collect();
        for id in [ids[0], ids[4], ids[2]] {
            assert_ok!(Compute::cancel_job(signed(CLIENT), id));
            assert_eq!(Due::<Test>::get(id), None);
            check();
        }
        assert_eq!(AgendaLength::<Test>::get(5), 2);
    });
}

#[test]
fn finished_jobs_should_be_pruned_after_their_time() {
    test(|| {
        let ids: Vec<_> = (0..10).map(|nonce| submit(CLIENT, nonce)).collect();
        for id in &ids {
            assert_ok!(Compute::cancel_job(signed(CLIENT), *id));
        }
        run_to(50);
        assert_eq!(Jobs::<Test>::count(), 10);
        AgendaWeight::set(&Weight::zero());
        run_to(51);
        assert_eq!(Jobs::<Test>::count(), 6);
        check();
        run_to(53);
        assert_eq!((Jobs::<Test>::count(), Finished::<Test>::iter().count()), (0, 0));
        assert_eq!((EarliestJob::<Test>::get(), FinishedRange::<Test>::get()), (10, (10, 10)));
    });
}

#[test]
fn open_job_should_outlive_younger_ones() {
    test(|| {
        let id = accepted(10);
        let other = submit(OTHER_CLIENT, 1);
        assert_ok!(Compute::cancel_job(signed(OTHER_CLIENT), other));
        run(60);
        assert!(Jobs::<Test>::contains_key(id) && !Jobs::<Test>::contains_key(other));
        assert_eq!(EarliestJob::<Test>::get(), id);
    });
}

#[test]
fn cursor_should_catch_up_after_a_backlog() {
    test(|| {
        System::set_block_number(400);
        Compute::run_agenda(400, &mut WeightMeter::with_limit(Weight::zero()), 0);
        assert_eq!(AgendaCursor::<Test>::get(), 2 + 4);
        Compute::run_agenda(400, &mut WeightMeter::new(), 0);
        assert_eq!(AgendaCursor::<Test>::get(), 401);
    });
}
