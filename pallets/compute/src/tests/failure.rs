use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use hanzo_poai::JobStatus;
use hanzo_traits::{FailureReason, JobRegistry, EJECTION_PPB};

#[test]
fn accepted_job_should_fail_when_its_deadline_passes() {
    test(|| {
        let id = accepted(10);
        let (value, bond) = (job(id).value, worker(10).bond);
        let (client, issuance) = (credits(CLIENT), Balances::total_issuance());
        run_to(job(id).deadline);
        assert_eq!(job(id).status, JobStatus::Accepted);
        run(1);
        assert_eq!(job(id).status, JobStatus::Slashed);
        let compensation = value / 100;
        assert_eq!(
            last_event(),
            Event::JobFailed {
                job: id,
                worker: 10,
                client: CLIENT,
                reason: FailureReason::DeadlineMissed,
                returned: needs(),
                compensation,
            }
        );
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), (40 * UNIT, 70 * UNIT));
        assert_eq!(credits(CLIENT), client + compensation);
        assert_eq!(Balances::balance(&CLIENT), credits(CLIENT));
        assert_eq!(worker(10).bond, bond - compensation);
        assert_eq!((worker(10).open_value, worker(10).open_jobs), (0, 0));
        assert_eq!(Balances::total_issuance(), issuance);
        assert_eq!(Failures::get(), vec![(10, value)]);
    });
}

#[test]
fn worker_should_take_no_more_jobs_when_a_failure_leaves_its_quality_too_low() {
    test(|| {
        let id = accepted(10);
        Qualities::set(&[(10, EJECTION_PPB)].into());
        assert_ok!(<Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld));
        assert!(worker(10).accepting, "still good enough");

        let id = accepted_by(10, 1);
        Qualities::set(&[(10, EJECTION_PPB - 1)].into());
        assert_ok!(<Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld));
        assert!(!worker(10).accepting);
        assert!(events().contains(&Event::WorkerEjected { worker: 10, quality: EJECTION_PPB - 1 }));
        assert_noop!(Compute::set_accepting(signed(10), true), Error::<Test>::Ejected);
        assert_ok!(Compute::set_accepting(signed(10), false));
        run(4);
        assert_eq!(hanzo_poai::draw::lot::<Compute>(worker(10).slot), 0, "it fills no sample of a draw");
        Qualities::set(&Default::default());
        assert_ok!(Compute::set_accepting(signed(10), true));
    });
}

#[test]
fn attested_job_should_fail_when_its_output_is_withheld() {
    test(|| {
        let id = attested(10, 10, 10);
        assert_ok!(<Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld));
        let Event::JobFailed { reason, returned, .. } = last_event() else { panic!() };
        assert_eq!((reason, returned), (FailureReason::OutputWithheld, needs()));
        assert_eq!(job(id).status, JobStatus::Slashed);
    });
}

#[test]
fn failure_should_be_refused_for_jobs_nobody_accepted() {
    test(|| {
        let fail = |id| <Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld);
        assert_noop!(fail(0), Error::<Test>::UnknownJob);
        register(10, 1_000 * UNIT);
        let id = submit(CLIENT, 0);
        assert_noop!(fail(id), Error::<Test>::NotAccepted);
        run(4);
        assert_noop!(fail(id), Error::<Test>::NotAccepted);
        assert_ok!(Compute::accept_job(signed(10), id));
        assert_ok!(fail(id));
        assert_noop!(fail(id), Error::<Test>::NotAccepted);
    });
}

#[test]
fn compensation_should_not_grow_with_the_price() {
    test(|| {
        let id = accepted(10);
        let value = job(id).value;
        for pool in pools() {
            set_prices(pool, |prices| (prices.spot, prices.twap_hour) = (100 * PRICE, 100 * PRICE));
        }
        run_to(job(id).deadline + 1);
        let Event::JobFailed { compensation, .. } = last_event() else { panic!() };
        assert_eq!(compensation, value / 100);
        Prices::set(&Default::default());
    });
}

#[test]
fn obligations_should_come_before_compensation() {
    test(|| {
        register(10, 100 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 2_400 * UNIT));
        let id = submit(CLIENT, 0);
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        // The tokens come to be worth more than the bond: nothing is left for the client.
        set_prices(GPU, |prices| prices.spot = 100 * PRICE);
        run_to(job(id).deadline + 1);
        let Event::JobFailed { compensation, .. } = last_event() else { panic!() };
        assert_eq!(compensation, 0);
        assert_eq!(worker(10).bond, 100 * UNIT);
    });
}

#[test]
fn client_should_lose_by_withholding_the_input() {
    // The worker fetches before it accepts, so a client that hands nothing over is never compensated, whatever the
    // price does: it ends with its tokens and 1 % less.
    for factor in [1, 50, 150, 1_000] {
        test(|| {
            register(10, 10_000 * UNIT);
            let before = credits(CLIENT);
            let id = submit(CLIENT, 0);
            run(4);
            for pool in pools() {
                set_prices(pool, |prices| prices.spot = PRICE * factor / 100);
            }
            run(50);
            assert_eq!(job(id).status, JobStatus::Refunded);
            assert_eq!(credits(CLIENT), before - job(id).paid - job(id).value.div_ceil(100));
            assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), (40 * UNIT, 70 * UNIT));
            Prices::set(&Default::default());
        });
    }
}
