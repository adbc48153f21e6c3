//! Front-running, with and without a limit on the victim's trade.

use crate::{mock::*, Error, Order};
use frame_support::{assert_noop, assert_ok};

/// What an attacker gains in credits by buying `front`, letting the victim buy with `victim`, and selling all again.
fn gain(front: u128, victim: u128) -> i128 {
    let mut gain = 0;
    ExtBuilder::default().epsilon(0).build_and_execute(|| {
        let bought = bought(&ALICE, GPU, front).psi;
        assert_ok!(buy(&BOB, GPU, victim));
        assert_ok!(sell(&ALICE, GPU, bought));
        gain = credits(&ALICE) as i128 - ENDOWMENT as i128;
    });
    gain
}

#[test]
fn sandwich_should_lose_when_the_victim_trades_what_needs_no_batch() {
    for front in [UNIT / 10, UNIT, 5 * UNIT, 20 * UNIT, 40 * UNIT] {
        assert!(gain(front, 3 * UNIT) < 0, "{front}");
    }
}

#[test]
fn sandwich_should_fail_when_the_victim_has_a_limit() {
    ExtBuilder::default().build_and_execute(|| {
        let quote = Market::quote_buy(GPU, 30 * UNIT).unwrap().psi.0;
        assert_ok!(buy(&ALICE, GPU, 10 * UNIT));
        let least = quote - quote / 1_000;
        assert_noop!(Market::buy(signed(&BOB), GPU, 30 * UNIT, least, NEVER), Error::<Test>::SlippageExceeded);
    });
}

#[test]
fn round_trip_should_never_gain_in_one_block() {
    for amount in [1_000, UNIT / 7, UNIT, 13 * UNIT, 40 * UNIT] {
        ExtBuilder::default().build_and_execute(|| {
            let bought = traded(&ALICE, GPU, Order::Buy { theta_in: amount, min_psi_out: 0 }).psi;
            let _ = sell(&ALICE, GPU, bought);
            assert!(credits(&ALICE) < ENDOWMENT || tokens(GPU, &ALICE) > ENDOWMENT);
            assert!(credits(&ALICE) <= ENDOWMENT);
        });
    }
}
