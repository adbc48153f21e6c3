//! Quotes and lookups of clients.

use crate::{mock::*, Order};
use hanzo_traits::{PoolId, ResourceClass};

#[test]
fn quote_should_equal_the_trade_of_the_next_block_after_sells() {
    ExtBuilder::default().build_and_execute(|| {
        sold(&BOB, GPU, 20 * UNIT);
        bought(&BOB, GPU, 3 * UNIT);
        for quote_and_order in [
            (Market::quote_buy(GPU, 5 * UNIT), Order::Buy { theta_in: 5 * UNIT, min_psi_out: 0 }),
            (
                Market::quote_buy_exact_out(GPU, 5 * UNIT),
                Order::BuyExactOut { psi_out: 5 * UNIT, max_theta_in: u128::MAX },
            ),
            (Market::quote_sell(GPU, 5 * UNIT), Order::Sell { psi_in: 5 * UNIT, min_theta_out: 0 }),
        ] {
            let (quote, order) = (quote_and_order.0.unwrap(), quote_and_order.1);
            frame_support::hypothetically!({
                next_block();
                assert_eq!(quote.at, System::block_number());
                let trade = traded(&ALICE, GPU, order);
                assert_eq!((quote.psi.0, quote.theta.0), (trade.psi, trade.theta));
                assert_eq!(quote.fee.total.0, trade.fee.total);
                assert_eq!(quote.fee.risk.0, trade.fee.risk);
                assert_eq!(quote.fee.lp.0, trade.fee.lp);
                assert_eq!((quote.price_before.0, quote.price_after.0), (trade.price_before, trade.price_after));
            });
        }
    });
}

#[test]
fn quote_should_tell_the_impact_on_the_price() {
    ExtBuilder::default().epsilon(0).build_and_execute(|| {
        // 10 of 1,000 in at a fee of some 0.35 %: the average price lies 1 % and the fee above the spot price.
        let quote = Market::quote_buy(GPU, 10 * UNIT).unwrap();
        assert!((13_000_000..14_500_000).contains(&quote.price_impact_ppb), "{}", quote.price_impact_ppb);
    });
}

#[test]
fn refusals_should_be_text_with_the_numbers() {
    ExtBuilder::default().build_and_execute(|| {
        let text = Market::quote_buy(GPU, 200 * UNIT).unwrap_err();
        assert!(text.starts_with("pool gpu/0: PriceMoveTooLarge: the price would end at 1"), "{text}");
        assert!(text.contains("from 1000000000000000000 at the start of the block"), "{text}");
        let text = Market::quote_buy_exact_out(GPU, 995 * UNIT).unwrap_err();
        assert!(text.contains("ReserveFloor") && text.contains("5000000000000000000 wei"), "{text}");
        assert!(text.contains("10000000000000000000 have to stay"), "{text}");
        let text = Market::quote_sell(GPU, 0).unwrap_err();
        assert!(text.contains("ZeroAmount") && text.contains("1000000000000000000000 wei of credits"), "{text}");
        let unknown = PoolId { class: ResourceClass::Net, tier: 4 };
        assert_eq!(Market::pool(unknown).unwrap_err(), "pool net/4: UnknownPool: there is no such pool");
        let text = Market::twap(GPU, 17).unwrap_err();
        assert!(text.contains("17 blocks; prices are known for 1 blocks, and kept for 2900 (7 days)"), "{text}");
    });
}

#[test]
fn pool_view_should_show_what_is_stored() {
    ExtBuilder::default().build_and_execute(|| {
        sold(&BOB, GPU, 20 * UNIT);
        let (view, state) = (Market::pool(GPU).unwrap(), state(GPU));
        assert_eq!((view.psi.0, view.theta.0), (state.reserves.psi, state.reserves.theta));
        assert_eq!(view.kappa, state.curve.invariant(&state.reserves).unwrap().to_string());
        assert_eq!(view.price, Market::price(GPU).unwrap());
        assert_eq!(view.pending_lp_fee.0, state.pending_lp_fee);
        assert!(view.pending_lp_fee.0 > 0);
        assert_eq!(view.shares.0, state.supply);
        assert_eq!(view.twap_week.0, UNIT, "p̄ while there is no hour of history");
        assert_eq!(Market::pools(), vec![view]);
    });
}

#[test]
fn impermanent_loss_should_match_the_specification() {
    ExtBuilder::default().build_and_execute(|| {
        let loss = Market::impermanent_loss(GPU, 2 * UNIT).unwrap().0;
        assert_eq!(loss / 10u128.pow(13), 6_341, "−6.341 % at ε = 0.05 when the price doubles");
    });
}
