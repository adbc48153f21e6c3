use crate::{
    agenda::When, budget::Budget, mock::*, weights::WeightInfo, Agenda, AgendaCursor, AgendaRange, Due, EarliestJob,
    Event, Finished, FinishedRange, Jobs,
};
use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use hanzo_poai::JobStatus;
use sp_runtime::DispatchError;

fn statuses() -> (usize, usize) {
    let count = |status| Jobs::<Test>::iter_values().filter(|job| job.status == status).count();
    (count(JobStatus::Submitted), count(JobStatus::Assigned))
}

#[test]
fn agenda_should_take_at_least_two_entries_a_block_and_keep_the_rest() {
    test(|| {
        register(10, 10_000 * UNIT);
        (0..10).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        AgendaWeight::set(&Weight::zero());
        run(4);
        assert_eq!(statuses(), (8, 2));
        assert_eq!(AgendaCursor::<Test>::get(), 5);
        check();
        run(1);
        assert_eq!(statuses(), (6, 4));
        run(3);
        assert_eq!(statuses(), (0, 10));
        run(1);
        assert_eq!(AgendaRange::<Test>::get(5), (0, 0));
    });
}

#[test]
fn agenda_should_take_as_many_entries_as_the_weight_allows() {
    test(|| {
        register(10, 10_000 * UNIT);
        run(4);
        (0..20).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        run(3);
        let room = Compute::least_weight()
            + <Weights as WeightInfo>::on_initialize()
            + <Weights as WeightInfo>::draw_worker() * 7
            + <Weights as WeightInfo>::skip_bucket();
        AgendaWeight::set(&room);
        run(1);
        assert_eq!(statuses(), (13, 7));
    });
}

#[test]
fn hook_should_never_take_more_than_its_weight() {
    for spare in
        [Weight::zero(), <Weights as WeightInfo>::draw_worker() * 3, <Weights as WeightInfo>::skip_bucket() * 7]
    {
        test(|| {
            let budget = Compute::least_weight() + spare;
            AgendaWeight::set(&budget);
            for round in 0..6u64 {
                // Changed lots, entries of all kinds and empty places before them, all due at about the same time.
                (10..20).for_each(|account| {
                    let _ = Compute::set_accepting(signed(account), round % 2 == 0);
                });
                if round == 0 {
                    (10..20).for_each(|account| register(account, 10_000 * UNIT));
                }
                let ids: Vec<_> = (0..9).map(|nonce| submit(CLIENT, 100 * round + nonce)).collect();
                for id in ids.iter().take(6) {
                    assert_ok!(Compute::cancel_job(signed(CLIENT), *id));
                }
                for _ in 0..9 {
                    let now = System::block_number() + 1;
                    System::set_block_number(now);
                    let used = Compute::on_initialize(now);
                    assert!(used.all_lte(budget), "{used} of {budget} in block {now}");
                }
            }
        });
    }
}

#[test]
fn idle_time_should_be_used_for_what_is_left_but_not_for_draws() {
    test(|| {
        register(10, 10_000 * UNIT);
        (0..10).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        AgendaWeight::set(&Weight::zero());
        run(4);
        // Whoever writes the block knows how these draws would end.
        Compute::on_idle(5, Weight::MAX);
        assert_eq!(statuses(), (8, 2));
        run(4);
        assert_eq!(statuses(), (0, 10));
        // The first two acceptances are missed in block 26; then those of blocks 6 to 9 are due.
        run_to(26);
        assert_eq!(statuses(), (2, 8));
        System::set_block_number(30);
        assert_eq!(Compute::on_idle(30, Weight::zero()), Weight::zero());
        assert_eq!(statuses(), (2, 8));
        let used = Compute::on_idle(30, Weight::MAX);
        assert!(used.all_gte(<Weights as WeightInfo>::miss_acceptance() * 8));
        assert_eq!(statuses(), (10, 0));
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
        let least = <Weights as WeightInfo>::on_initialize()
            + <Weights as WeightInfo>::apply_lot()
            + <Weights as WeightInfo>::draw_worker();
        assert!(used.all_gte(least) && !used.any_gt(least + <Weights as WeightInfo>::skip_bucket() * 2));
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
        assert_eq!(Agenda::<Test>::iter_prefix(5).count(), 2);
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
        assert_eq!(Jobs::<Test>::count(), 8);
        check();
        run_to(55);
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
        Compute::run_agenda(400, &mut Budget::new(Weight::zero()), When::Start);
        assert_eq!(AgendaCursor::<Test>::get(), 2 + 4);
        Compute::run_agenda(400, &mut Budget::new(Weight::MAX), When::Start);
        assert_eq!(AgendaCursor::<Test>::get(), 401);
    });
}

#[test]
fn entries_should_be_worked_off_in_the_order_they_were_made() {
    test(|| {
        register(10, 10_000 * UNIT);
        let ids: Vec<_> = (0..9).map(|nonce| submit(CLIENT, nonce)).collect();
        AgendaWeight::set(&Weight::zero());
        // Whoever withdraws gives up its place; nobody moves ahead of others but by that.
        assert_ok!(Compute::cancel_job(signed(CLIENT), ids[1]));
        let assigned = || ids.iter().copied().filter(|id| job(*id).status == JobStatus::Assigned).collect::<Vec<_>>();
        run(4);
        assert_eq!(assigned(), [ids[0], ids[2]]);
        run(1);
        assert_eq!(assigned(), [ids[0], ids[2], ids[3], ids[4]]);
        run(2);
        assert_eq!(assigned(), [0, 2, 3, 4, 5, 6, 7, 8]);
    });
}

#[test]
fn entries_should_be_charged_by_their_kind() {
    test(|| {
        register(10, 10_000 * UNIT);
        run(4);
        let charged = |wanted: Weight| {
            let now = System::block_number() + 1;
            System::set_block_number(now);
            let used = Compute::on_initialize(now);
            let least = <Weights as WeightInfo>::on_initialize() + wanted;
            assert!(
                used.all_gte(least) && !used.any_gt(least + <Weights as WeightInfo>::skip_bucket() * 2),
                "{used} at {now}"
            );
        };
        let id = submit(CLIENT, 0);
        run(3);
        charged(<Weights as WeightInfo>::draw_worker());
        run(20);
        charged(<Weights as WeightInfo>::miss_acceptance());
        assert_eq!(job(id).status, JobStatus::Submitted);
        let id = submit(CLIENT, 1);
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        run_to(job(id).deadline);
        charged(<Weights as WeightInfo>::fail_accepted());
        assert_eq!(job(id).status, JobStatus::Slashed);
    });
}
