//! The mean price that trades are held to: what it follows, and who pays for it.

use crate::mock::*;
use frame_support::assert_ok;

/// A chain with the rule in force, over ten blocks.
fn with_mean(scenario: impl FnOnce()) {
    MeanBlocks::set(10);
    ExtBuilder::default().epsilon(0).build_and_execute(|| {
        run_to(5);
        scenario();
    });
}

#[test]
fn mean_price_should_start_at_the_first_price_and_follow_closing_prices() {
    with_mean(|| {
        let (first, mean) = (state(GPU).spot_price(), || Market::open(GPU).unwrap().mean_price);
        assert_eq!(mean(), first);
        assert_ok!(buy(&ALICE, GPU, 40 * UNIT));
        assert_eq!(state(GPU).mean_price, first, "a block's own trades do not move it");
        let after = state(GPU).spot_price();
        let mut expected = first as f64;
        for _ in 0..30 {
            next_block();
            expected += (after as f64 - expected) / 10.0;
            assert!((mean() as f64 / expected - 1.0).abs() < 1e-5, "{} {expected}", mean());
        }
    });
}

#[test]
fn mean_price_should_be_the_same_when_the_pool_is_touched_in_between_or_not() {
    let mean_after = |touches: bool| {
        let mut mean = 0;
        with_mean(|| {
            assert_ok!(buy(&ALICE, GPU, 40 * UNIT));
            for _ in 0..25 {
                next_block();
                if touches {
                    assert_ok!(Market::add_liquidity(signed(&BOB), GPU, UNIT, 2 * UNIT, 0, NEVER));
                }
            }
            mean = Market::open(GPU).unwrap().mean_price;
        });
        mean
    };
    let (quiet, touched) = (mean_after(false), mean_after(true));
    // Fees that enter meanwhile move the price by a little of a little.
    assert!(quiet.abs_diff(touched) < quiet / 100_000, "{quiet} {touched}");
}

#[test]
fn sandwich_should_lose_when_many_victims_move_the_price_in_one_block() {
    for front in [UNIT, 5 * UNIT, 15 * UNIT] {
        with_mean(|| {
            let bought = bought(&ALICE, GPU, front).psi;
            for _ in 0..8 {
                assert_ok!(buy(&BOB, GPU, 3 * UNIT));
            }
            assert_ok!(sell(&ALICE, GPU, bought));
            assert!(credits(&ALICE) < ENDOWMENT, "{front}");
        });
    }
}

#[test]
fn sandwich_should_lose_when_it_waits_for_less_than_the_fees_take() {
    with_mean(|| {
        let bought = bought(&ALICE, GPU, 5 * UNIT).psi;
        assert_ok!(buy(&BOB, GPU, 25 * UNIT));
        next_block();
        assert_ok!(sell(&ALICE, GPU, bought));
        assert!(credits(&ALICE) < ENDOWMENT);
    });
}

#[test]
fn sale_should_leave_the_difference_to_the_treasury_when_the_price_has_just_risen() {
    with_mean(|| {
        assert_ok!(buy(&BOB, GPU, 40 * UNIT));
        next_block();
        let before = Market::open(GPU).unwrap();
        let quote = Market::quote_sell(GPU, UNIT).unwrap();
        let treasury = credits(&TREASURY);
        let trade = sold(&ALICE, GPU, UNIT);
        let at_mean = before.mean_price * (UNIT / 1_000_000) / 1_000_000_000_000;
        let gross = trade.theta + trade.fee.total - trade.fee.mean;
        assert!(gross <= at_mean && at_mean - gross < 1_000_000, "{gross} {at_mean}");
        assert!(before.mean_price < before.spot_price());
        let on_curve = hanzo_hmm::sell_exact_in(&before.curve, &before.reserves, UNIT).unwrap();
        assert_eq!(reserves(GPU).theta, before.reserves.theta - on_curve, "the pool ends where its curve says");
        assert_eq!(trade.fee.mean, on_curve - gross);
        assert!(trade.fee.mean > 0 && credits(&TREASURY) - treasury == trade.fee.treasury);
        assert!(trade.fee.treasury >= trade.fee.mean);
        assert!(quote.theta.0 < on_curve, "and a quote says so");
        // The next buyer pays the price of the curve, which nobody's mean is above.
        assert!(Market::quote_buy_exact_out(GPU, UNIT).unwrap().theta.0 > at_mean);
    });
}

#[test]
fn batch_should_be_held_to_the_mean_when_only_sellers_are_left() {
    with_mean(|| {
        assert_ok!(buy(&BOB, GPU, 40 * UNIT));
        run_to(19);
        let state = Market::open(GPU).unwrap();
        let order = hanzo_hmm::batch::BatchOrder { side: hanzo_hmm::Side::Sell, psi: 10 * UNIT, theta: 1 };
        let cleared = hanzo_hmm::batch::clear(&state.pool(), &[order], (0, u128::MAX), &|_| true).unwrap();
        assert!(cleared.fills[0].psi == 10 * UNIT && cleared.price < state.mean_price);
        let matched = hanzo_hmm::batch::BatchOrder { side: hanzo_hmm::Side::Buy, theta: 100 * UNIT, ..order };
        let cleared = hanzo_hmm::batch::clear(&state.pool(), &[order, matched], (0, u128::MAX), &|_| true).unwrap();
        assert_eq!(cleared.price, state.spot_price(), "who meet each other need no pool");
    });
}
