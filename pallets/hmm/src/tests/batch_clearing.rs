//! Clearing: one price for all, inside the band, before any transaction of the block, and what it costs not to reveal.

use crate::{mock::*, HiddenOrder, OpenBatches, Window};
use frame_support::{assert_ok, traits::Hooks};
use hanzo_hmm::{Reserves, PRICE_ONE};

fn in_batches() -> ExtBuilder {
    ExtBuilder::default().order_limit()
}

#[test]
fn single_order_should_get_what_the_pool_would_ask_of_it() {
    in_batches().build_and_execute(|| {
        let alone = state(GPU).pool().buy_exact_out(5 * UNIT).unwrap();
        let treasury = credits(&TREASURY);
        batched(&[(ALICE, hidden_buy(5 * UNIT, 6 * UNIT))]);
        let trade = last_trade();
        assert_eq!((trade.psi, trade.theta, trade.fee), (5 * UNIT, alone.theta, alone.fee));
        assert_eq!(trade.trader, Market::pool_account(GPU));
        assert_eq!((credits(&ALICE), tokens(GPU, &ALICE)), (ENDOWMENT - alone.theta, ENDOWMENT + 5 * UNIT));
        assert_eq!(credits(&TREASURY), treasury + alone.fee.treasury);
        assert_eq!(reserves(GPU), alone.after);
        assert_eq!(cleared().bought, 5 * UNIT);
    });
}

#[test]
fn single_sale_should_get_what_the_pool_would_pay_for_it() {
    in_batches().build_and_execute(|| {
        let alone = state(GPU).pool().sell(5 * UNIT).unwrap();
        batched(&[(ALICE, hidden_sale(5 * UNIT, 4 * UNIT))]);
        assert_eq!((credits(&ALICE), tokens(GPU, &ALICE)), (ENDOWMENT + alone.theta, ENDOWMENT - 5 * UNIT));
        assert_eq!(state(GPU).pending_lp_fee, alone.fee.lp);
        assert_eq!(cleared().sold, 5 * UNIT);
    });
}

#[test]
fn both_sides_should_trade_at_one_price_and_only_the_net_amount_with_the_pool() {
    in_batches().build_and_execute(|| {
        let net = state(GPU).pool().buy_exact_out(3 * UNIT).unwrap();
        batched(&[
            (ALICE, hidden_buy(30 * UNIT, 31 * UNIT)),
            (BOB, hidden_buy(13 * UNIT, 14 * UNIT)),
            (CAROL, hidden_sale(40 * UNIT, 39 * UNIT)),
        ]);
        assert_eq!((last_trade().psi, last_trade().theta), (3 * UNIT, net.theta));
        let price = cleared().price;
        let worth = |psi: u128| psi / UNIT * net.theta / 3;
        assert!(price.abs_diff(net.theta * PRICE_ONE / (3 * UNIT)) <= 1);
        for (who, psi) in [(ALICE, 30 * UNIT), (BOB, 13 * UNIT)] {
            assert_eq!(tokens(GPU, &who), ENDOWMENT + psi);
            assert!((ENDOWMENT - credits(&who)).abs_diff(worth(psi)) <= 1);
        }
        assert!((credits(&CAROL) - ENDOWMENT).abs_diff(worth(40 * UNIT)) <= 1);
    });
}

#[test]
fn matched_orders_should_trade_at_the_marginal_price_and_pay_no_fee() {
    in_batches().build_and_execute(|| {
        let before = state(GPU);
        batched(&[(ALICE, hidden_buy(20 * UNIT, 21 * UNIT)), (BOB, hidden_sale(20 * UNIT, 19 * UNIT))]);
        assert_eq!(cleared().price, PRICE_ONE);
        assert_eq!((credits(&ALICE), credits(&BOB)), (ENDOWMENT - 20 * UNIT, ENDOWMENT + 20 * UNIT));
        assert_eq!(reserves(GPU), before.reserves);
    });
}

#[test]
fn order_should_come_back_when_its_limit_or_the_band_is_not_met() {
    in_batches().build_and_execute(|| {
        let low = hidden_buy(10 * UNIT, 9 * UNIT);
        // Its own limit would do, but 300 of 1,000 cost more than 2 % above the mean.
        let large = hidden_buy(300 * UNIT, 900 * UNIT);
        batched(&[(ALICE, low), (BOB, large)]);
        let Clearing { low, high, .. } = clearing_band();
        assert_eq!((low, high), (98 * PRICE_ONE / 100, 102 * PRICE_ONE / 100));
        assert_eq!((credits(&ALICE), tokens(GPU, &ALICE)), (ENDOWMENT, ENDOWMENT));
        // As much of it as the pool sells within the band is filled.
        let bought = tokens(GPU, &BOB) - ENDOWMENT;
        assert!(bought > 8 * UNIT && bought < 20 * UNIT, "{bought}");
        assert!(cleared().price <= high && cleared().price > high - PRICE_ONE / 1_000_000);
        assert_eq!(cleared().bought, bought);
    });
}

struct Clearing {
    low: u128,
    high: u128,
}

fn clearing_band() -> Clearing {
    let batch = Market::batch(GPU).unwrap();
    Clearing { low: batch.band_low.0, high: batch.band_high.0 }
}

#[test]
fn unrevealed_order_should_forfeit_a_hundredth_of_its_lock_to_the_pool() {
    in_batches().build_and_execute(|| {
        let before = state(GPU);
        commit(&ALICE, GPU, hidden_buy(20 * UNIT, 21 * UNIT));
        commit(&BOB, GPU, hidden_sale(20 * UNIT + 1, 19 * UNIT));
        run_to_clearing();
        assert_eq!((credits(&ALICE), tokens(GPU, &ALICE)), (ENDOWMENT - 21 * UNIT / 100, ENDOWMENT));
        // Ceiled.
        assert_eq!((credits(&BOB), tokens(GPU, &BOB)), (ENDOWMENT, ENDOWMENT - 20 * UNIT / 100 - 1));
        assert_eq!((cleared().bought, cleared().sold), (0, 0));
        let after = state(GPU);
        // Not at once: whoever had deposited a block ago would get a part.
        assert_eq!(after.reserves, before.reserves);
        assert_eq!(after.donated, Reserves { psi: 20 * UNIT / 100 + 1, theta: 21 * UNIT / 100 });
        run_to(System::block_number() + 7 * Market::window_blocks(Window::Day));
        let later = Market::open(GPU).unwrap();
        assert!(later.reserves.theta > before.reserves.theta + 21 * UNIT * 999 / 100_000);
        assert!(later.reserves.psi > before.reserves.psi + 20 * UNIT * 999 / 100_000);
        // No free stretch for the fees of the next trader.
        assert_eq!(later.reference, later.reserves);
    });
}

#[test]
fn unrevealed_order_should_forfeit_thrice_when_its_trader_committed_on_both_sides() {
    in_batches().build_and_execute(|| {
        let shown = commit(&ALICE, GPU, hidden_buy(20 * UNIT, 20 * UNIT));
        commit(&ALICE, GPU, hidden_sale(20 * UNIT, 19 * UNIT));
        commit(&BOB, GPU, hidden_sale(20 * UNIT, 19 * UNIT));
        run_to_reveals();
        assert_ok!(reveal(&shown));
        run_to_clearing();
        assert_eq!(cleared().forfeited_psi, 20 * UNIT * 4 / 100);
        assert_eq!(tokens(GPU, &ALICE), ENDOWMENT - 20 * UNIT * 3 / 100);
        assert_eq!(tokens(GPU, &BOB), ENDOWMENT - 20 * UNIT / 100);
    });
}

#[test]
fn clearing_should_stand_on_the_price_at_which_the_last_block_closed() {
    in_batches().build_and_execute(|| {
        let kept = commit(&ALICE, GPU, hidden_buy(5 * UNIT, 6 * UNIT));
        run_to(9);
        assert_ok!(reveal(&kept));
        assert_ok!(buy(&BOB, GPU, UNIT));
        // A little of the fees enters the reserves first.
        let closing = Market::opened_at(GPU, 10).unwrap().spot_price();
        assert!(closing.abs_diff(state(GPU).spot_price()) < closing / 100_000);
        run_to(10);
        assert_eq!(last_trade().price_before, closing);
        // And whoever comes after it in the block finds its price.
        assert_eq!(state(GPU).start_price, closing);
        assert_ok!(buy(&BOB, GPU, UNIT));
        assert!(last_trade().price_before > closing);
    });
}

#[test]
fn batches_should_wait_for_later_blocks_when_more_are_due_than_fit_one() {
    let pools = [GPU, RAM, DISK];
    let builder = in_batches().pools(pools.map(|pool| genesis_pool(pool, 0, 1_000 * UNIT, 1_000 * UNIT)).into());
    builder.build_and_execute(|| {
        let order = HiddenOrder { theta: 2 * UNIT, ..hidden_buy(2 * UNIT, 2 * UNIT) };
        for pool in pools {
            for number in 0..130u32 {
                let mut id = [8; 32];
                id[..4].copy_from_slice(&number.to_le_bytes());
                let who = sp_runtime::AccountId32::new(id);
                assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), who.clone(), 100 * UNIT));
                commit(&who, pool, order);
            }
        }
        let waiting = || OpenBatches::<Test>::get().iter().map(|batch| batch.pool).collect::<Vec<_>>();
        run_to_clearing();
        assert_eq!(waiting(), [RAM, DISK]);
        next_block();
        assert_eq!(waiting(), [DISK]);
        // Orders of the next batch queue behind it.
        commit(&ALICE, GPU, order);
        next_block();
        assert_eq!(waiting(), [GPU]);
        run_to_clearing();
        assert_eq!(waiting(), []);
    });
}

#[test]
fn clearing_should_take_no_more_weight_than_a_full_batch() {
    in_batches().build_and_execute(|| {
        use crate::WeightInfo;
        batched(&[(ALICE, hidden_buy(5 * UNIT, 6 * UNIT))]);
        commit(&ALICE, GPU, hidden_buy(5 * UNIT, 6 * UNIT));
        run_to(19);
        System::set_block_number(20);
        let used = Market::on_initialize(20);
        let most = Weights::on_initialize(1, crate::CLEARED_PER_BLOCK)
            .saturating_add(Weights::clear_batch(crate::MAX_BATCH_PAGES))
            .saturating_add(Weights::pay_orders(crate::PAGE_ORDERS));
        assert!(used.all_lte(most) && used.all_gte(Weights::clear_batch(1)), "{used} {most}");
    });
}

#[test]
fn refused_order_should_not_keep_a_batch_from_clearing() {
    in_batches().build_and_execute(|| {
        // A sale for as much as there can be, a buy of the whole pool: neither can be filled.
        let dear = commit(&ALICE, GPU, hidden_sale(2 * UNIT, hanzo_hmm::MAX_RESERVE));
        let vast = commit(&ALICE, GPU, hidden_buy(hanzo_hmm::MAX_RESERVE, 2 * UNIT));
        let plain = commit(&BOB, GPU, hidden_buy(2 * UNIT, 3 * UNIT));
        run_to_reveals();
        for kept in [dear, vast, plain] {
            assert_ok!(reveal(&kept));
        }
        run_to_clearing();
        assert_eq!(tokens(GPU, &BOB), ENDOWMENT + 2 * UNIT);
        assert_eq!((credits(&ALICE), tokens(GPU, &ALICE)), (ENDOWMENT, ENDOWMENT));
    });
}
