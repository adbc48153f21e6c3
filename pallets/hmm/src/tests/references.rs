//! The references of a block: when they are set, and that liquidity rescales them.

use crate::{mock::*, Order};
use frame_support::assert_ok;

fn rate_ppb(trade: &Traded) -> u128 {
    trade.fee.total * 1_000_000_000
        / (trade.theta + if trade.side == hanzo_hmm::Side::Sell { trade.fee.total } else { 0 })
}

#[test]
fn references_should_be_the_reserves_at_the_first_touch_of_a_block() {
    ExtBuilder::default().build_and_execute(|| {
        let start = reserves(GPU);
        assert_ok!(buy(&ALICE, GPU, 5 * UNIT));
        assert_ok!(buy(&ALICE, GPU, 5 * UNIT));
        assert_eq!(state(GPU).reference, start);
        let close = Market::opened_at(GPU, 4).unwrap().reserves;
        run_to(4);
        assert_eq!(state(GPU).reference, start, "nobody has touched the pool since");
        assert_ok!(buy(&ALICE, GPU, 5 * UNIT));
        assert_eq!(state(GPU).reference, close);
        assert_eq!(state(GPU).rolled_at, 4);
    });
}

#[test]
fn withdrawal_should_leave_the_fee_alone_when_it_is_in_the_same_block() {
    // Without rescaling, references twice the reserves would count as a trade through half of the pool.
    ExtBuilder::default().build_and_execute(|| {
        run_to(30);
        let order = Order::Sell { psi_in: UNIT / 1_000, min_theta_out: 0 };
        let before = rate_ppb(&traded(&ALICE, GPU, order));
        assert!((3_000_000..3_010_000).contains(&before), "{before}");
        let half = state(GPU).supply / 2;
        assert_ok!(Market::remove_liquidity(signed(&PROVIDER), GPU, half, 0, 0, NEVER));
        let after_sell = rate_ppb(&traded(&ALICE, GPU, order));
        assert!(after_sell.abs_diff(before) < 10_000, "{after_sell}");
        let buy = Order::Buy { theta_in: UNIT / 1_000, min_psi_out: 0 };
        let after_buy = rate_ppb(&traded(&ALICE, GPU, buy));
        assert!(after_buy.abs_diff(3_000_000) < 10_000, "{after_buy}");
    });
}

#[test]
fn deposit_should_leave_the_fee_alone_when_it_is_in_the_same_block() {
    // Without rescaling, a deposit would give the next trades a stretch free of the risk fee.
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(sell(&ALICE, GPU, 20 * UNIT));
        let order = Order::Sell { psi_in: UNIT, min_theta_out: 0 };
        let before = Market::quote(&Market::open(GPU).unwrap(), &order).unwrap();
        let double = reserves(GPU).theta + state(GPU).pending_lp_fee;
        assert_ok!(Market::add_liquidity(signed(&BOB), GPU, 1_000_000 * UNIT, double, 0, NEVER));
        let doubled = Order::Sell { psi_in: 2 * UNIT, min_theta_out: 0 };
        let after = Market::quote(&Market::open(GPU).unwrap(), &doubled).unwrap();
        assert!(after.fee.total.abs_diff(2 * before.fee.total) < 1_000_000, "{} {}", after.fee.total, before.fee.total);
    });
}

#[test]
fn mean_of_psi_should_follow_the_closing_reserve_of_untouched_blocks() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(buy(&ALICE, GPU, 45 * UNIT));
        let (start, close) = (1_000 * UNIT, reserves(GPU).psi);
        run_to(1 + Hour::get());
        let mean = Market::open(GPU).unwrap().psi_average;
        let kept = (mean - close) * 1_000 / (start - close);
        assert_eq!(kept, 366, "(1 − 1/100)^100");
    });
}
