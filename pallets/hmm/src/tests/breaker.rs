//! The price band of a block, and the floor under the compute reserve.

use crate::{mock::*, Error, Order, Pools, FLOOR_PARTS};
use frame_support::{assert_noop, assert_ok};
use hanzo_hmm::FeeParameters;

fn no_fees() -> ExtBuilder {
    ExtBuilder::default().fees(FeeParameters { market_ppb: 0, risk_ppb: 0, ..FeeParameters::DEFAULT })
}

#[test]
fn trade_should_be_refused_when_it_ends_beyond_ten_percent() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(buy(&ALICE, GPU, 60 * UNIT), Error::<Test>::PriceMoveTooLarge);
        assert_noop!(sell(&ALICE, GPU, 60 * UNIT), Error::<Test>::PriceMoveTooLarge);
        assert_ok!(buy(&ALICE, GPU, 45 * UNIT));
        let state = state(GPU);
        assert!(state.spot_price() > state.start_price && state.spot_price() <= state.start_price / 10 * 11);
    });
}

#[test]
fn band_should_hold_for_a_block_when_the_trade_is_sliced() {
    ExtBuilder::default().build_and_execute(|| {
        let start = state(GPU).start_price;
        let mut passed = 0;
        while buy(&ALICE, GPU, 5 * UNIT).is_ok() {
            passed += 1;
        }
        assert!((5..15).contains(&passed), "{passed}");
        assert!(state(GPU).spot_price() <= start / 10 * 11);
        assert_noop!(buy(&BOB, GPU, 5 * UNIT), Error::<Test>::PriceMoveTooLarge);
        // A new block begins at the new price.
        next_block();
        assert_ok!(buy(&BOB, GPU, 5 * UNIT));
        assert!(state(GPU).start_price > start);
    });
}

#[test]
fn trade_should_pass_when_it_moves_towards_the_block_start_price_from_outside() {
    no_fees().build_and_execute(|| {
        // As a batch could leave it: the block began at 1, the price stands 20 % above.
        Pools::<Test>::mutate(GPU, |held| {
            let state = held.as_mut().unwrap();
            state.start_price = state.spot_price() / 12 * 10;
            state.rolled_at = 1;
        });
        assert_noop!(buy(&ALICE, GPU, UNIT / 1_000), Error::<Test>::PriceMoveTooLarge);
        let above = state(GPU);
        let trade = sold(&ALICE, GPU, UNIT);
        assert!(trade.price_after > above.start_price / 10 * 11, "still outside, yet it passed");
        // And it may not overshoot to the other side of the band.
        assert_noop!(sell(&ALICE, GPU, 400 * UNIT), Error::<Test>::PriceMoveTooLarge);
    });
}

#[test]
fn withdrawal_should_pass_when_breaker_and_floor_would_stop_a_trade() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(30);
        let shares = state(GPU).supply - hanzo_hmm::LOCKED_SHARES;
        assert_ok!(Market::remove_liquidity(signed(&PROVIDER), GPU, shares, 0, 0, NEVER));
        assert!(reserves(GPU).psi > 0 && reserves(GPU).theta > 0);
        // And liquidity can return.
        assert_ok!(Market::add_liquidity(signed(&PROVIDER), GPU, 500 * UNIT, 500 * UNIT, 0, NEVER));
    });
}

/// Buys a block's band away, block after block; the price of compute rises by just under 10 % each time.
fn drain(until: u64) -> sp_runtime::DispatchError {
    while System::block_number() < until {
        next_block();
        let mut theta = 400 * UNIT;
        while theta > UNIT / 1_000 {
            match buy(&ALICE, GPU, theta) {
                Ok(()) => {}
                Err(error) if error == Error::<Test>::ReserveFloor.into() && theta < UNIT => return error,
                Err(_) => theta /= 2,
            }
        }
    }
    panic!("the floor was never met")
}

#[test]
fn buys_should_stop_at_one_percent_of_the_mean_reserve() {
    no_fees().epsilon(0).build_and_execute(|| {
        let error = drain(200);
        assert_eq!(error, Error::<Test>::ReserveFloor.into());
        let state = state(GPU);
        // The block began with little, but the hour remembers more.
        assert!(state.psi_average > state.reference.psi);
        assert_eq!(state.floor(), state.psi_average.div_ceil(FLOOR_PARTS));
        assert!(state.reserves.psi >= state.floor());
        // A sell never meets the floor.
        assert_ok!(sell(&ALICE, GPU, state.reserves.psi / 100));
    });
}

#[test]
fn floor_should_follow_liquidity_out_of_the_pool() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(30);
        let floor = Market::open(GPU).unwrap().floor();
        assert_eq!(floor, 10 * UNIT);
        let half = state(GPU).supply / 2;
        assert_ok!(Market::remove_liquidity(signed(&PROVIDER), GPU, half, 0, 0, NEVER));
        let halved = state(GPU).floor();
        assert!(halved.abs_diff(5 * UNIT) < 10, "{halved}");
        // The mean was rescaled too: nothing changes in later blocks.
        run_to(40);
        assert!(Market::open(GPU).unwrap().floor().abs_diff(5 * UNIT) < 10);
        let order = Order::BuyExactOut { psi_out: UNIT, max_theta_in: u128::MAX };
        traded(&ALICE, GPU, order);
    });
}
