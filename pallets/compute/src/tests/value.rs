//! What a job must be worth, what is held for it, and what draws in vain cost.

use crate::{mock::*, types::RefundReason, Error, Event};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::{JobRequest, ModelProfile, ResourceClass, Resources};
use hanzo_traits::Amount;
use sp_core::H256;

/// A job of a single class, on a model without profile.
fn of_gpu(amount: u128, nonce: u64) -> JobRequest<u64> {
    let mut resources = Resources::default();
    resources.set(ResourceClass::Gpu, amount);
    JobRequest { model: H256::zero(), resources: Some(resources), ..request(nonce) }
}

#[test]
fn job_should_be_refused_below_the_least_value() {
    test(|| {
        // A token costs 0.001 and 0.3 % of fee: one is worth more than the least of 0.001, a little less of it is not.
        submit_as(CLIENT, of_gpu(UNIT, 0));
        let small = Compute::submit_job(signed(CLIENT), of_gpu(UNIT * 99 / 100, 1));
        assert_noop!(small, Error::<Test>::JobTooSmall);
        let text = Compute::quote_resources(0, &[], &of_gpu(UNIT * 99 / 100, 1).resources.unwrap()).unwrap_err();
        assert!(text.contains("must be worth at least 1000000000000000"), "{text}");
    });
}

#[test]
fn floor_should_be_held_when_one_percent_is_less() {
    test(|| {
        let before = credits(CLIENT);
        let quote = Compute::quote_resources(0, &[], &of_gpu(5 * UNIT, 0).resources.unwrap()).unwrap();
        let id = submit_as(CLIENT, of_gpu(5 * UNIT, 0));
        assert_eq!((job(id).fee, quote.held), (MIN_FEE, Amount(MIN_FEE)));
        assert_eq!(credits(CLIENT), before - job(id).paid);
        let id = submit_as(CLIENT, of_gpu(500 * UNIT, 1));
        assert_eq!(job(id).fee, job(id).value.div_ceil(100));
    });
}

#[test]
fn draws_in_vain_should_cost_the_floor_however_the_job_ends() {
    for cancelled in [true, false] {
        test(|| {
            let (before, issuance) = (credits(CLIENT), Balances::total_issuance());
            let id = submit(CLIENT, 0);
            run(4);
            assert_eq!(job(id).empty_draws, 1);
            if cancelled {
                assert_ok!(Compute::cancel_job(signed(CLIENT), id));
            } else {
                run(16);
            }
            let reason = if cancelled { RefundReason::Cancelled } else { RefundReason::NoWorker };
            let refunded = Event::JobRefunded { job: id, client: CLIENT, reason, returned: needs(), burned: MIN_FEE };
            assert_eq!(last_event(), refunded);
            assert_eq!(credits(CLIENT), before - job(id).paid - MIN_FEE);
            assert_eq!(Balances::total_issuance(), issuance - MIN_FEE);
        });
    }
}

#[test]
fn quality_nobody_can_have_should_be_refused() {
    test(|| {
        let asking = |min_quality_ppb, nonce| {
            let mut wanted = request(nonce);
            wanted.sla.min_quality_ppb = min_quality_ppb;
            Compute::submit_job(signed(CLIENT), wanted)
        };
        assert_noop!(asking(1_000_000_001, 0), Error::<Test>::BadServiceLevel);
        assert_ok!(asking(1_000_000_000, 0));
    });
}

#[test]
fn output_that_cannot_be_demanded_should_be_refused() {
    test(|| {
        let long = |tokens, nonce| {
            let mut wanted = JobRequest { model: H256::zero(), resources: Some(needs()), ..request(nonce) };
            wanted.decoding.max_output_tokens = tokens;
            Compute::submit_job(signed(CLIENT), wanted)
        };
        assert_noop!(long(4_097, 0), Error::<Test>::OutputNotDemandable);
        assert_ok!(long(4_096, 0));
        let profile = |max_output_tokens| Some(ModelProfile { max_output_tokens, ..profile() });
        let set = |tokens| Compute::set_model_profile(root(), MODEL, profile(tokens));
        assert_noop!(set(4_097), Error::<Test>::OutputNotDemandable);
        assert_ok!(set(4_096));
    });
}

#[test]
fn held_tokens_should_be_valued_at_the_price_bonds_answer_for() {
    type Change = fn(&mut hanzo_traits::MarketPrices);
    let changes: [(&str, Change, u128); 5] = [
        ("spot", |prices| prices.spot = 4 * PRICE, 4),
        ("hour", |prices| prices.twap_hour = 4 * PRICE, 4),
        ("week", |prices| prices.twap_week = 4 * PRICE, 4),
        ("reference", |prices| prices.reference = 8 * PRICE, 4),
        ("day, which does not count", |prices| prices.twap_day = 9 * PRICE, 1),
    ];
    for (what, change, factor) in changes {
        test(|| {
            register(10, 10_000 * UNIT);
            assert_ok!(Compute::mint_tokens(signed(10), GPU, 500 * UNIT));
            move_tokens(GPU, &10, &CLIENT, 500 * UNIT).unwrap();
            set_prices(GPU, change);
            let id = submit_as(CLIENT, JobRequest { use_held_tokens: true, ..of_gpu(500 * UNIT, 0) });
            let value = factor * 500 * UNIT / 1_000;
            assert_eq!((job(id).paid, job(id).value, job(id).fee), (0, value, value / 100), "{what}");
            run(4);
            assert_eq!(worker(10).open_value, value, "{what}");
        });
    }
}

#[test]
fn quote_should_be_what_the_job_costs_in_the_next_block() {
    test_with_real_market(|| {
        // Trades before the quote leave a fee waiting and references behind; both are gone when the next block begins.
        trade_without_limit();
        assert_ok!(Hmm::buy(signed(50), GPU, 2 * UNIT, 0, u64::MAX));
        assert_ok!(Hmm::sell(signed(50), GPU, 1_500 * UNIT, 0, u64::MAX));
        assert_ok!(Hmm::buy(signed(50), VRAM, 2 * UNIT, 0, u64::MAX));
        let quote = Compute::quote(MODEL, 0, &[], 10, 10).unwrap();
        run(1);
        let id = submit(CLIENT, 0);
        assert_eq!((quote.total, quote.held), (Amount(job(id).paid), Amount(job(id).fee)));
    });
}
