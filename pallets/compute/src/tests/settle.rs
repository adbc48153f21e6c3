use crate::{mock::*, types::Payout, Error, Event};
use frame_support::{assert_noop, assert_ok, traits::fungible::Inspect};
use hanzo_poai::{JobRequest, JobStatus, ResourceClass, Resources};
use hanzo_traits::JobRegistry;
use sp_core::H256;

fn settle(id: u64) {
    assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
}

fn attest(id: u64, prompt_tokens: u32, output_tokens: u32) {
    assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, prompt_tokens, output_tokens));
}

fn resources(gpu: u128, vram: u128) -> Resources {
    let mut out = Resources::default();
    out.set(ResourceClass::Gpu, gpu);
    out.set(ResourceClass::Vram, vram);
    out
}

/// A job of which 4 prompt and 5 output tokens are attested: 19 GPU and 33 VRAM of 40 and 70.
fn half_used(sell_earned: bool, sell_unused: bool) -> u64 {
    register(10, 10_000 * UNIT);
    assert_ok!(Compute::set_payout(signed(10), sell_earned));
    let id = submit_as(CLIENT, JobRequest { sell_unused, ..request(0) });
    run(4);
    assert_ok!(Compute::accept_job(signed(10), id));
    attest(id, 4, 5);
    id
}

const fn earned() -> (u128, u128) {
    (19 * UNIT, 33 * UNIT)
}

const fn unused() -> (u128, u128) {
    (21 * UNIT, 37 * UNIT)
}

#[test]
fn settlement_should_pay_usage_to_the_worker_and_the_rest_to_the_client() {
    test(|| {
        let id = half_used(false, false);
        let (client, provider) = (credits(CLIENT), credits(10));
        settle(id);
        assert_eq!((tokens(GPU, 10), tokens(VRAM, 10)), earned());
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), unused());
        assert_eq!((credits(CLIENT), credits(10)), (client, provider));
        assert_eq!(Balances::balance(&CLIENT), client);
        assert_eq!((job(id).status, worker(10).open_value, worker(10).open_jobs), (JobStatus::Settled, 0, 0));
        assert_eq!(
            last_event(),
            Event::JobSettled {
                job: id,
                worker: 10,
                client: CLIENT,
                earned: Payout { due: resources(19 * UNIT, 33 * UNIT), ..Default::default() },
                returned: Payout { due: resources(21 * UNIT, 37 * UNIT), ..Default::default() },
            }
        );
    });
}

#[test]
fn settlement_should_sell_for_whoever_asked() {
    for (sell_earned, sell_unused) in [(true, false), (false, true), (true, true)] {
        test(|| {
            let id = half_used(sell_earned, sell_unused);
            let before = [credits(10), credits(CLIENT)];
            settle(id);
            let Event::JobSettled { earned: worker_part, returned, .. } = last_event() else { panic!() };
            for (owner, sells, part, due, before) in [
                (10, sell_earned, worker_part, earned(), before[0]),
                (CLIENT, sell_unused, returned, unused(), before[1]),
            ] {
                let sold = if sells { due } else { (0, 0) };
                assert_eq!(part.due, resources(due.0, due.1));
                assert_eq!(part.sold, resources(sold.0, sold.1));
                assert_eq!((tokens(GPU, owner), tokens(VRAM, owner)), (due.0 - sold.0, due.1 - sold.1));
                assert_eq!(credits(owner), before + part.credits);
                assert_eq!(part.credits, (sold.0 + sold.1) / 1_000 - 3 * (sold.0 + sold.1) / 1_000_000);
            }
        });
    }
}

#[test]
fn settlement_should_pay_tokens_when_the_price_is_too_low() {
    test(|| {
        let id = half_used(true, true);
        // 99 % less the fee of 0.3 % is below the bound in one class, and exactly par in the other.
        set_prices(GPU, |prices| prices.spot = PRICE * 99 / 100);
        let before = credits(10);
        settle(id);
        let Event::JobSettled { earned, .. } = last_event() else { panic!() };
        assert_eq!(earned.sold, resources(0, 33 * UNIT));
        assert_eq!(tokens(GPU, 10), 19 * UNIT);
        assert_eq!(credits(10), before + earned.credits);
    });
}

#[test]
fn settlement_should_pay_tokens_when_the_market_refuses() {
    test(|| {
        let id = half_used(true, true);
        SalesRefused::set(&true);
        settle(id);
        assert_eq!((tokens(GPU, 10), tokens(VRAM, 10)), earned());
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), unused());
        assert_eq!(job(id).status, JobStatus::Settled);
    });
}

#[test]
fn settlement_should_pay_tokens_to_a_client_that_has_no_account_for_them() {
    test(|| {
        let id = half_used(false, false);
        assert_ok!(Balances::transfer_allow_death(signed(CLIENT), 2, Balances::balance(&CLIENT) - DEPOSIT));
        settle(id);
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), unused());
    });
}

#[test]
fn settlement_should_take_the_whole_escrow_for_a_model_without_a_profile() {
    test(|| {
        register(10, 10_000 * UNIT);
        let plain = JobRequest { model: H256::zero(), resources: Some(resources(5 * UNIT, 6 * UNIT)), ..request(0) };
        let id = submit_as(CLIENT, plain);
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        attest(id, 1, 1);
        settle(id);
        assert_eq!((tokens(GPU, 10), tokens(VRAM, 10)), (5 * UNIT, 6 * UNIT));
        assert_eq!(tokens(GPU, CLIENT), 0);
    });
}

#[test]
fn settlement_should_follow_the_profile_the_job_was_paid_by() {
    test(|| {
        let id = half_used(false, false);
        let mut dearer = profile();
        dearer.per_output_token.set(ResourceClass::Gpu, 1_000 * UNIT);
        assert_ok!(Compute::set_model_profile(root(), MODEL, Some(dearer)));
        settle(id);
        assert_eq!((tokens(GPU, 10), tokens(VRAM, 10)), earned());
    });
}

#[test]
fn settlement_should_never_pay_more_than_the_escrow() {
    test(|| {
        let id = attested(10, 10, 10);
        settle(id);
        assert_eq!((tokens(GPU, 10), tokens(VRAM, 10)), (40 * UNIT, 70 * UNIT));
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), (0, 0));
    });
}

#[test]
fn settlement_should_happen_once() {
    test(|| {
        let settle = |id| <Compute as JobRegistry<_, _>>::settle(id, false);
        assert_noop!(settle(0), Error::<Test>::UnknownJob);
        let id = accepted(10);
        assert_noop!(settle(id), Error::<Test>::NotAttested);
        attest(id, 1, 1);
        assert_ok!(settle(id));
        assert_noop!(settle(id), Error::<Test>::NotAttested);
        run(400);
        assert!(crate::Jobs::<Test>::get(id).is_none());
    });
}
