use crate::{mock::*, types::RefundReason, Error, Event};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use hanzo_poai::JobStatus;
use hanzo_traits::JobRegistry;

#[test]
fn cancelling_should_be_free_before_the_draw() {
    test(|| {
        register(10, 1_000 * UNIT);
        let before = credits(CLIENT);
        let id = submit(CLIENT, 0);
        run(3);
        let issuance = Balances::total_issuance();
        assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        assert_eq!(job(id).status, JobStatus::Refunded);
        assert_eq!(Balances::total_issuance(), issuance);
        assert_eq!(credits(CLIENT), before - job(id).paid);
        assert_eq!(Balances::balance(&CLIENT), credits(CLIENT));
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), (40 * UNIT, 70 * UNIT));
        run(30);
        assert_eq!(worker(10).open_jobs, 0);
    });
}

#[test]
fn cancelling_should_cost_one_percent_after_the_draw() {
    for blocks in [4, 26] {
        test(|| {
            register(10, 1_000 * UNIT);
            let id = submit(CLIENT, 0);
            run(blocks);
            let (issuance, fee) = (Balances::total_issuance(), job(id).fee);
            assert_ok!(Compute::cancel_job(signed(CLIENT), id));
            assert_eq!(Balances::total_issuance(), issuance - fee);
            assert_eq!(
                last_event(),
                Event::JobRefunded {
                    job: id,
                    client: CLIENT,
                    reason: RefundReason::Cancelled,
                    returned: needs(),
                    burned: fee,
                }
            );
            assert_eq!((worker(10).open_value, worker(10).open_jobs), (0, 0));
        });
    }
}

#[test]
fn cancelling_should_be_refused_for_others_and_after_acceptance() {
    test(|| {
        assert_noop!(Compute::cancel_job(signed(CLIENT), 0), Error::<Test>::UnknownJob);
        let id = accepted(10);
        assert_noop!(Compute::cancel_job(signed(OTHER_CLIENT), id), Error::<Test>::NotYourJob);
        assert_noop!(Compute::cancel_job(signed(10), id), Error::<Test>::NotYourJob);
        assert_noop!(Compute::cancel_job(signed(CLIENT), id), Error::<Test>::NotCancellable);
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 1, 1));
        assert_noop!(Compute::cancel_job(signed(CLIENT), id), Error::<Test>::NotCancellable);
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
        assert_noop!(Compute::cancel_job(signed(CLIENT), id), Error::<Test>::NotCancellable);
    });
}
