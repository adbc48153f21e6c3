//! Where a fee goes, to the wei.

use crate::mock::*;
use frame_support::assert_ok;
use hanzo_hmm::{FeeParameters, Side};

/// Everything of credits there is, seen from outside.
struct Books {
    issuance: u128,
    treasury: u128,
    pool: u128,
    trader: u128,
    reserve: u128,
    pending: u128,
}

fn books() -> Books {
    let state = state(GPU);
    Books {
        issuance: pallet_balances::TotalIssuance::<Test>::get(),
        treasury: credits(&TREASURY),
        pool: credits(&Market::pool_account(GPU)),
        trader: credits(&ALICE),
        reserve: state.reserves.theta,
        pending: state.pending_lp_fee,
    }
}

#[test]
fn fee_should_split_into_burn_treasury_and_providers() {
    ExtBuilder::default().build_and_execute(|| {
        let fee = bought(&ALICE, GPU, 10 * UNIT).fee;
        assert_eq!(fee.total, fee.market + fee.risk);
        assert_eq!(fee.total, fee.burned + fee.treasury + fee.lp);
        assert_eq!(fee.market, 10 * UNIT * 3 / 1_000);
        assert_eq!(fee.burned, fee.market / 4);
        assert_eq!(fee.treasury, (fee.market - fee.burned) / 6);
        assert!(fee.risk > 0);
    });
}

#[test]
fn buy_should_move_every_wei_the_event_names() {
    ExtBuilder::default().build_and_execute(|| {
        let before = books();
        let trade = bought(&ALICE, GPU, 12_345_678_901_234_567_891);
        let after = books();
        assert_eq!(trade.side, Side::Buy);
        assert_eq!(before.trader - after.trader, trade.theta);
        assert_eq!(before.issuance - after.issuance, trade.fee.burned);
        assert_eq!(after.treasury - before.treasury, trade.fee.treasury);
        assert_eq!(after.pool - before.pool, trade.theta - trade.fee.burned - trade.fee.treasury);
        // The providers' part waits beside the reserve.
        assert_eq!(after.reserve - before.reserve, trade.theta - trade.fee.total);
        assert_eq!(after.pending - before.pending, trade.fee.lp);
    });
}

#[test]
fn sell_should_move_every_wei_the_event_names() {
    ExtBuilder::default().build_and_execute(|| {
        let before = books();
        let trade = sold(&ALICE, GPU, 12_345_678_901_234_567_891);
        let after = books();
        assert_eq!(trade.side, Side::Sell);
        assert_eq!(after.trader - before.trader, trade.theta);
        assert_eq!(before.issuance - after.issuance, trade.fee.burned);
        assert_eq!(after.treasury - before.treasury, trade.fee.treasury);
        assert_eq!(before.pool - after.pool, trade.theta + trade.fee.burned + trade.fee.treasury);
        // The providers' part of a sell waits beside the reserve.
        assert_eq!(before.reserve - after.reserve, trade.theta + trade.fee.total);
        assert_eq!(after.pending - before.pending, trade.fee.lp);
    });
}

#[test]
fn treasury_part_should_be_burned_while_the_treasury_has_no_account() {
    ExtBuilder::default().without_treasury_account().build_and_execute(|| {
        let issuance = pallet_balances::TotalIssuance::<Test>::get();
        let quote = Market::quote_buy(GPU, UNIT / 10).unwrap();
        let fee = bought(&ALICE, GPU, UNIT / 10).fee;
        assert_eq!(fee.treasury, 0);
        assert_eq!(fee.total, fee.burned + fee.lp);
        assert_eq!(fee.burned, quote.fee.burned.0, "the quote knows");
        assert!(fee.burned > fee.market / 4);
        assert_eq!(issuance - pallet_balances::TotalIssuance::<Test>::get(), fee.burned);
        assert_eq!(credits(&TREASURY), 0);
        // A part that brings the account into being is paid, and all after it.
        let fee = bought(&ALICE, GPU, 20 * UNIT).fee;
        assert!(fee.treasury > DEPOSIT);
        assert_eq!(credits(&TREASURY), fee.treasury);
        let next = bought(&ALICE, GPU, UNIT / 10).fee;
        assert!(next.treasury > 0);
        assert_eq!(credits(&TREASURY), fee.treasury + next.treasury);
    });
}

#[test]
fn providers_fee_should_enter_the_reserve_over_a_day() {
    ExtBuilder::default().build_and_execute(|| {
        let fee = sold(&ALICE, GPU, 20 * UNIT).fee.lp;
        assert_ok!(buy(&BOB, GPU, UNIT));
        let waiting = fee + last_trade().fee.lp;
        let (theta, opened) = (reserves(GPU).theta, || Market::open(GPU).unwrap());
        assert_eq!(state(GPU).pending_lp_fee, waiting);
        let day = Day::get();
        for (blocks, parts_per_thousand) in [(1, 1_000 / day as u128), (day / 2, 393), (day, 632), (5 * day, 993)] {
            run_to(1 + blocks);
            let now = opened();
            let entered = now.reserves.theta - theta;
            assert_eq!(entered + now.pending_lp_fee, waiting, "none is lost");
            let expected = waiting / 1_000 * parts_per_thousand;
            assert!(entered.abs_diff(expected) <= waiting / 500, "{blocks}: {entered} {expected}");
            assert_eq!(now.reference, now.reserves);
        }
        assert_eq!(state(GPU).pending_lp_fee, waiting, "nobody has touched the pool yet");
    });
}

#[test]
fn slicing_a_sale_should_return_none_of_its_own_fee() {
    let total = 40 * UNIT;
    let gain_of = |slices: u128| {
        let mut gain = 0;
        ExtBuilder::default().build_and_execute(|| {
            for _ in 0..slices {
                gain += sold(&ALICE, GPU, total / slices).theta;
            }
        });
        gain
    };
    let whole = gain_of(1);
    for slices in [2, 5, 10, 40] {
        let sliced = gain_of(slices);
        assert!(sliced <= whole, "{slices} slices gain {sliced}, one sale {whole}");
    }
}

#[test]
fn slicing_a_buy_should_not_pay() {
    // Providers' fees of a buy raise Θ at once, which makes the next slice dearer: slicing never pays.
    let total = 40 * UNIT;
    let got_of = |slices: u128| {
        let mut got = 0;
        ExtBuilder::default().build_and_execute(|| {
            for _ in 0..slices {
                got += bought(&ALICE, GPU, total / slices).psi;
            }
        });
        got
    };
    let whole = got_of(1);
    for slices in [2, 5, 40] {
        // The one-pass quote of an exact-in buy over-estimates its risk fee by less than a part in ten thousand.
        let sliced = got_of(slices);
        assert!(sliced <= whole + whole / 10_000, "{slices} slices get {sliced}, one buy {whole}");
    }
}

#[test]
fn fee_should_vanish_when_its_parameters_are_zero() {
    let none = FeeParameters { market_ppb: 0, risk_ppb: 0, ..FeeParameters::DEFAULT };
    ExtBuilder::default().fees(none).build_and_execute(|| {
        let issuance = pallet_balances::TotalIssuance::<Test>::get();
        assert_eq!(bought(&ALICE, GPU, UNIT).fee.total, 0);
        assert_eq!(sold(&ALICE, GPU, UNIT).fee.total, 0);
        assert_eq!(pallet_balances::TotalIssuance::<Test>::get(), issuance);
    });
}
