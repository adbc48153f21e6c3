//! Limits and deadlines of trades, and what a refused call leaves behind.

use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use hanzo_traits::{PoolId, ResourceClass};

#[test]
fn buy_should_pay_exactly_what_was_quoted_when_the_limit_is_met() {
    ExtBuilder::default().build_and_execute(|| {
        let quote = Market::quote_buy(GPU, 10 * UNIT).unwrap();
        next_block();
        assert_ok!(Market::buy(signed(&ALICE), GPU, 10 * UNIT, quote.psi.into(), 2));
        assert_eq!(tokens(GPU, &ALICE), ENDOWMENT + quote.psi.0);
        assert_eq!(credits(&ALICE), ENDOWMENT - 10 * UNIT);
    });
}

#[test]
fn buy_should_be_refused_when_one_wei_more_is_asked() {
    ExtBuilder::default().build_and_execute(|| {
        let quote = Market::quote_buy(GPU, 10 * UNIT).unwrap();
        let least = quote.psi.0 + 1;
        assert_noop!(Market::buy(signed(&ALICE), GPU, 10 * UNIT, least, 9), Error::<Test>::SlippageExceeded);
    });
}

#[test]
fn buy_exact_out_should_be_refused_when_it_costs_one_wei_more_than_allowed() {
    ExtBuilder::default().build_and_execute(|| {
        let cost = Market::quote_buy_exact_out(GPU, 10 * UNIT).unwrap().theta.0;
        assert_noop!(
            Market::buy_exact_out(signed(&ALICE), GPU, 10 * UNIT, cost - 1, 9),
            Error::<Test>::SlippageExceeded
        );
        assert_ok!(Market::buy_exact_out(signed(&ALICE), GPU, 10 * UNIT, cost, 9));
        assert_eq!(credits(&ALICE), ENDOWMENT - cost);
        assert_eq!(tokens(GPU, &ALICE), ENDOWMENT + 10 * UNIT);
    });
}

#[test]
fn sell_should_be_refused_when_one_wei_more_is_asked() {
    ExtBuilder::default().build_and_execute(|| {
        let gain = Market::quote_sell(GPU, 10 * UNIT).unwrap().theta.0;
        assert_noop!(Market::sell(signed(&ALICE), GPU, 10 * UNIT, gain + 1, 9), Error::<Test>::SlippageExceeded);
        assert_ok!(Market::sell(signed(&ALICE), GPU, 10 * UNIT, gain, 9));
        assert_eq!(credits(&ALICE), ENDOWMENT + gain);
        assert_eq!(tokens(GPU, &ALICE), ENDOWMENT - 10 * UNIT);
    });
}

#[test]
fn call_should_pass_in_its_deadline_block_and_fail_in_the_next() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(5);
        assert_ok!(Market::buy(signed(&ALICE), GPU, UNIT, 0, 5));
        next_block();
        let late = Error::<Test>::DeadlinePassed;
        assert_noop!(Market::buy(signed(&ALICE), GPU, UNIT, 0, 5), late);
        let late = Error::<Test>::DeadlinePassed;
        assert_noop!(Market::buy_exact_out(signed(&ALICE), GPU, UNIT, UNIT * 2, 5), late);
        let late = Error::<Test>::DeadlinePassed;
        assert_noop!(Market::sell(signed(&ALICE), GPU, UNIT, 0, 5), late);
        let late = Error::<Test>::DeadlinePassed;
        assert_noop!(Market::add_liquidity(signed(&ALICE), GPU, UNIT, UNIT, 0, 5), late);
        let late = Error::<Test>::DeadlinePassed;
        assert_noop!(Market::remove_liquidity(signed(&PROVIDER), GPU, 1, 0, 0, 5), late);
    });
}

#[test]
fn trade_should_be_refused_by_name_when_it_makes_no_sense() {
    ExtBuilder::default().build_and_execute(|| {
        let unknown = PoolId { class: ResourceClass::Gpu, tier: 7 };
        assert_noop!(buy(&ALICE, unknown, UNIT), Error::<Test>::UnknownPool);
        assert_noop!(buy(&ALICE, GPU, 0), Error::<Test>::ZeroAmount);
        assert_noop!(sell(&ALICE, GPU, 0), Error::<Test>::ZeroAmount);
        assert_noop!(buy(&ALICE, GPU, 1), Error::<Test>::ZeroOutput);
        assert_noop!(sell(&ALICE, GPU, 1), Error::<Test>::ZeroOutput);
        assert_noop!(
            Market::buy_exact_out(signed(&ALICE), GPU, 2_000 * UNIT, u128::MAX, 9),
            Error::<Test>::PoolExhausted
        );
    });
}

#[test]
fn trade_should_leave_the_traders_existential_deposit() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Balances::transfer_all(signed(&BOB), ALICE, true));
        assert_eq!(credits(&BOB), DEPOSIT);
        assert!(buy(&BOB, GPU, DEPOSIT).is_err());
        assert_eq!(credits(&BOB), DEPOSIT);
    });
}

#[test]
fn sell_should_be_refused_when_the_payout_cannot_open_the_sellers_account() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Assets::transfer(signed(&ALICE), GPU.asset_id(), STRANGER, UNIT));
        assert_noop!(sell(&STRANGER, GPU, DEPOSIT / 2), Error::<Test>::PayoutTooSmall);
        assert_ok!(sell(&STRANGER, GPU, UNIT));
        assert!(credits(&STRANGER) > DEPOSIT);
    });
}
