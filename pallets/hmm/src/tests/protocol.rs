//! The market as other pallets use it.

use crate::{mock::*, Config, Error, PoolState, Volume, Volumes, WeightInfo, Window, CLEARED_PER_BLOCK};
use frame_support::{assert_noop, assert_ok, traits::Hooks};
use hanzo_hmm::{Reserves, Trade};
use hanzo_traits::{ComputeMarket, PoolId};
use sp_runtime::{AccountId32, DispatchError};

fn buys(payer: &AccountId, receiver: &AccountId, psi: u128) -> Result<Trade, DispatchError> {
    <Market as ComputeMarket<AccountId>>::buy_exact_out(payer, receiver, GPU, psi, u128::MAX)
}

fn sells(owner: &AccountId, source: &AccountId, psi: u128) -> Result<Trade, DispatchError> {
    <Market as ComputeMarket<AccountId>>::sell(owner, source, GPU, psi, 0)
}

/// 0.3 % of the reserve.
const LIMIT: u128 = 3 * UNIT;

#[test]
fn protocol_buy_should_charge_the_payer_and_serve_the_receiver() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        let quote = <Market as ComputeMarket<AccountId>>::quote_exact_out(GPU, UNIT).unwrap();
        assert_eq!(buys(&ALICE, &STRANGER, UNIT), Ok(quote));
        assert_eq!(last_trade().trader, ALICE);
        assert_eq!(tokens(GPU, &STRANGER), UNIT);
        assert_eq!(credits(&ALICE), ENDOWMENT - quote.theta);
    });
}

#[test]
fn protocol_sale_should_take_from_the_source_and_pay_the_owner() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        let quote = <Market as ComputeMarket<AccountId>>::quote_sell(GPU, UNIT).unwrap();
        assert_eq!(sells(&ALICE, &BOB, UNIT), Ok(quote));
        assert_eq!(tokens(GPU, &BOB), ENDOWMENT - UNIT);
        assert_eq!(credits(&ALICE), ENDOWMENT + quote.theta);
    });
}

#[test]
fn protocol_trades_should_stop_at_their_share_per_owner_and_block() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        assert_ok!(buys(&ALICE, &ALICE, LIMIT - UNIT));
        assert_noop!(buys(&ALICE, &BOB, UNIT + 1), Error::<Test>::OrderTooLarge);
        assert_noop!(sells(&ALICE, &ALICE, UNIT + 1), Error::<Test>::OrderTooLarge);
        assert_ok!(sells(&ALICE, &ALICE, UNIT));
        assert_noop!(buys(&ALICE, &ALICE, UNIT / 1_000), Error::<Test>::OrderTooLarge);
        // Another owner has a share of its own, and the owner one in the next block.
        assert_ok!(buys(&BOB, &ALICE, LIMIT));
        next_block();
        let limit = reserves(GPU).psi * 3 / 1_000;
        assert_noop!(buys(&ALICE, &ALICE, limit + 1), Error::<Test>::OrderTooLarge);
        assert_ok!(buys(&ALICE, &ALICE, limit));
    });
}

#[test]
fn protocol_trade_should_obey_its_limit_and_change_nothing_when_refused() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        let cost = <Market as ComputeMarket<AccountId>>::quote_exact_out(GPU, UNIT).unwrap().theta;
        let refused = <Market as ComputeMarket<AccountId>>::buy_exact_out(&ALICE, &BOB, GPU, UNIT, cost - 1);
        assert_eq!(refused, Err(Error::<Test>::SlippageExceeded.into()));
        // A source without tokens fails after the volume was counted: that too is undone.
        assert!(sells(&ALICE, &STRANGER, UNIT).is_err());
        assert_eq!(Volumes::<Test>::iter().count(), 0);
        assert_eq!(reserves(GPU).psi, 1_000 * UNIT);
    });
}

#[test]
fn own_trades_and_protocol_trades_should_share_an_accounts_limit() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        assert_noop!(buy(&ALICE, GPU, 4 * UNIT), Error::<Test>::OrderTooLarge);
        assert_noop!(sell(&ALICE, GPU, LIMIT + 1), Error::<Test>::OrderTooLarge);
        assert_ok!(sell(&ALICE, GPU, 2 * UNIT));
        assert_noop!(buys(&ALICE, &BOB, UNIT + 1), Error::<Test>::OrderTooLarge);
        assert_ok!(buys(&ALICE, &BOB, UNIT));
        assert_noop!(sell(&ALICE, GPU, UNIT / 1_000), Error::<Test>::OrderTooLarge);
        // A quote is for a block in which nothing was traded yet.
        assert_ok!(Market::quote_sell(GPU, 2 * UNIT));
        let refused = Market::quote_sell(GPU, LIMIT + UNIT).unwrap_err();
        assert!(refused.contains("OrderTooLarge") && refused.contains("next batch"), "{refused}");
    });
}

#[test]
fn volumes_of_earlier_blocks_should_be_cleared_in_bounded_steps() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        let many = CLEARED_PER_BLOCK + 10;
        for owner in 0..many {
            let mut id = [7; 32];
            id[..4].copy_from_slice(&owner.to_le_bytes());
            Volumes::<Test>::insert(GPU, AccountId32::new(id), Volume { block: 1, psi: LIMIT });
        }
        Volumes::<Test>::insert(GPU, ALICE, Volume { block: 1, psi: LIMIT });
        assert_noop!(buys(&ALICE, &ALICE, UNIT), Error::<Test>::OrderTooLarge);
        next_block();
        assert_eq!(Volumes::<Test>::iter().count(), 11);
        // What is not cleared yet counts nothing.
        assert_ok!(buys(&ALICE, &ALICE, UNIT));
        next_block();
        assert_eq!(Volumes::<Test>::iter().count(), 0);
    });
}

#[test]
fn volumes_should_be_cleared_at_the_end_of_a_block_that_has_room() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        for owner in 0..3 * CLEARED_PER_BLOCK {
            let mut id = [7; 32];
            id[..4].copy_from_slice(&owner.to_le_bytes());
            Volumes::<Test>::insert(GPU, AccountId32::new(id), Volume { block: 1, psi: LIMIT });
        }
        let room = Weights::on_initialize(0, 2 * CLEARED_PER_BLOCK);
        let used = Market::on_idle(1, room);
        assert!(used.all_lte(room));
        assert_eq!(Volumes::<Test>::iter().count(), CLEARED_PER_BLOCK as usize);
        idle();
        assert_eq!(Volumes::<Test>::iter().count(), 0);
    });
}

fn donate(theta: u128) {
    assert_ok!(<Market as ComputeMarket<AccountId>>::donate(&ALICE, GPU, theta));
}

#[test]
fn donation_should_enter_the_reserve_a_little_at_a_time_and_open_no_free_stretch() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        let before = Market::open(GPU).unwrap();
        donate(10 * UNIT);
        assert_eq!(
            state(GPU),
            PoolState { donated: Reserves { psi: 0, theta: 10 * UNIT }, ..before },
            "nothing of it is in reach yet"
        );
        assert_eq!(credits(&ALICE), ENDOWMENT - 10 * UNIT);
        next_block();
        let day = Market::window_blocks(Window::Day);
        let entered = Market::open(GPU).unwrap().reserves.theta - before.reserves.theta;
        assert!(entered > 0 && entered <= (10 * UNIT).div_ceil(u128::from(day)), "{entered}");
        assert_eq!(Market::open(GPU).unwrap().reference, Market::open(GPU).unwrap().reserves);
        // Most of it is there after some days; what is not stays theirs who provide then.
        run_to(System::block_number() + 7 * day);
        let state = Market::open(GPU).unwrap();
        let entered = state.reserves.theta - before.reserves.theta;
        assert_eq!(entered + state.donated.theta, 10 * UNIT);
        assert!(entered > 10 * UNIT * 999 / 1_000 && entered < 10 * UNIT, "{entered}");
    });
}

#[test]
fn donation_should_be_refused_where_nobody_could_have_it() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        let unknown = PoolId { tier: 9, ..GPU };
        assert!(<Market as ComputeMarket<AccountId>>::donate(&ALICE, unknown, UNIT).is_err());
        assert!(<Market as ComputeMarket<AccountId>>::donate(&ALICE, GPU, 0).is_err());
        assert!(<Market as ComputeMarket<AccountId>>::donate(&STRANGER, GPU, UNIT).is_err());
    });
}

#[test]
fn liquidity_should_gain_next_to_nothing_of_a_donation_when_it_stays_for_its_lock_only() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        // As much again as is in the pool, put in just before a donation and taken out as soon as it can be.
        let (psi, theta) = (reserves(GPU).psi, reserves(GPU).theta);
        let before = (tokens(GPU, &BOB), credits(&BOB));
        assert_ok!(Market::add_liquidity(signed(&BOB), GPU, psi, theta, 0, u64::MAX));
        let shares = crate::Positions::<Test>::get(GPU, &BOB).total().unwrap();
        donate(theta / 10);
        let lock = <Test as Config>::ShareLock::get();
        run_to(System::block_number() + lock);
        assert_ok!(Market::remove_liquidity(signed(&BOB), GPU, shares, 0, 0, u64::MAX));
        assert!(tokens(GPU, &BOB) <= before.0);
        let gain = credits(&BOB) - before.1;
        // Half of what twenty blocks let in.
        let most = theta / 10 * u128::from(lock) / u128::from(Market::window_blocks(Window::Day)) / 2;
        assert!(gain <= most, "{gain} of {most}");
    });
}

#[test]
fn purchase_for_another_account_should_count_as_that_account_s_order() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        let buys = |psi, most| <Market as ComputeMarket<AccountId>>::buy_back(&ALICE, &BOB, &STRANGER, GPU, psi, most);
        let room = |who| <Market as ComputeMarket<AccountId>>::room(who, GPU);
        assert_eq!(room(&ALICE), Ok(LIMIT));
        let trade = buys(UNIT, u128::MAX).unwrap();
        assert_eq!((credits(&ALICE), credits(&BOB)), (ENDOWMENT, ENDOWMENT - trade.theta));
        assert_eq!(tokens(GPU, &STRANGER), UNIT);
        assert_eq!(last_trade().trader, ALICE);
        assert_eq!((room(&ALICE), room(&BOB)), (Ok(LIMIT - UNIT), Ok(LIMIT)));
        assert_noop!(buys(LIMIT - UNIT + 1, u128::MAX), Error::<Test>::OrderTooLarge);
        assert_noop!(buys(UNIT, UNIT / 2), Error::<Test>::SlippageExceeded);
        assert_ok!(buys(LIMIT - UNIT, u128::MAX));
        assert_eq!(room(&ALICE), Ok(0));
    });
}

#[test]
fn cost_to_buy_should_be_that_of_one_purchase_up_to_half_the_pool() {
    ExtBuilder::default().build_and_execute(|| {
        let cost = |psi| <Market as ComputeMarket<AccountId>>::cost_to_buy(GPU, psi).unwrap();
        let trade = |psi| Market::open(GPU).unwrap().pool().buy_exact_out(psi).unwrap();
        let psi = reserves(GPU).psi;
        for part in [1, UNIT, psi / 10, psi / 3, psi / 2] {
            assert_eq!(cost(part), trade(part).theta);
        }
        let half = trade(psi / 2);
        assert_eq!(cost(psi / 2 + UNIT), half.theta + half.price_after);
        assert_eq!((cost(0), cost(5 * psi) > cost(psi)), (0, true));
        assert!(<Market as ComputeMarket<AccountId>>::cost_to_buy(PoolId { tier: 9, ..GPU }, UNIT).is_err());
    });
}

#[test]
fn quote_should_be_refused_where_the_trade_would_be() {
    ExtBuilder::default().order_limit().build_and_execute(|| {
        assert_ok!(<Market as ComputeMarket<AccountId>>::quote_exact_out(GPU, LIMIT));
        let refused = Error::<Test>::OrderTooLarge;
        assert_noop!(<Market as ComputeMarket<AccountId>>::quote_exact_out(GPU, LIMIT + 1), refused);
    });
}
