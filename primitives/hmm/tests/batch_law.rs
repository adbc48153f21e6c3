//! Law: a batch has one price that nobody it fills would refuse and nobody it leaves would take; every wei is accounted for,
//! and the pool gets for the net amount what it would ask of a single trader.

mod common;

use common::{config, curve, fees, pool, sensible};
use hanzo_hmm::{
    batch::{clear, BatchOrder, Clearing},
    Pool, Reserves, Side, Trade, PRICE_ONE, U256,
};
use proptest::{collection::vec, prelude::*};

/// Side, amount in parts per million of Ψ, and limit in parts per million of the price.
type Wish = (bool, u32, u32);

fn wishes() -> impl Strategy<Value = Vec<Wish>> {
    // Few different limits, so that several orders often have the same.
    let limit = prop_oneof![900_000u32..1_100_000, (0u32..10).prop_map(|step| 980_000 + 5_000 * step)];
    vec((any::<bool>(), 1u32..20_000, limit), 0..24)
}

fn orders(pool: &Pool, wishes: &[Wish]) -> Vec<BatchOrder> {
    let price = pool.price().unwrap();
    let part = |of: U256, ppm: u32| u128::try_from(of * ppm / 1_000_000).unwrap();
    wishes
        .iter()
        .map(|(is_buy, amount, limit)| {
            let psi = part(pool.reserves.psi.into(), *amount).max(1);
            let theta = part(U256::from(psi) * U256::from(price) / U256::from(PRICE_ONE), *limit);
            BatchOrder { side: if *is_buy { Side::Buy } else { Side::Sell }, psi, theta }
        })
        .collect()
}

fn any_trade(_: &Trade) -> bool {
    true
}

const ANY: (u128, u128) = (0, u128::MAX);

/// a/b against c/d.
fn compare(a: u128, b: u128, c: u128, d: u128) -> std::cmp::Ordering {
    (U256::from(a) * U256::from(d)).cmp(&(U256::from(c) * U256::from(b)))
}

/// What holds of every clearing.
fn check(pool: &Pool, orders: &[BatchOrder], clearing: &Clearing) -> Result<(), TestCaseError> {
    prop_assert_eq!(clearing.fills.len(), orders.len());
    let (mut net, mut paid, mut received) = (0i128, 0u128, 0u128);
    for (order, fill) in orders.iter().zip(&clearing.fills) {
        prop_assert!(fill.psi <= order.psi);
        let wanted = U256::from(fill.psi) * U256::from(order.theta);
        let got = U256::from(fill.theta) * U256::from(order.psi);
        match order.side {
            // A wei for the rounding of a part; none of the whole.
            Side::Buy => {
                prop_assert!(got < wanted + order.psi && (fill.psi < order.psi || got <= wanted), "{order:?} {fill:?}");
                net += fill.psi as i128;
                paid += fill.theta;
            }
            Side::Sell => {
                prop_assert!(got + order.psi > wanted && (fill.psi < order.psi || got >= wanted), "{order:?} {fill:?}");
                net -= fill.psi as i128;
                received += fill.theta;
            }
        }
    }
    match &clearing.trade {
        None => prop_assert_eq!((net, paid), (0, received + clearing.dust)),
        Some((Side::Buy, trade)) => {
            prop_assert_eq!(pool.buy_exact_out(net as u128), Ok(*trade));
            prop_assert_eq!(paid, received + trade.theta + clearing.dust);
        }
        Some((Side::Sell, trade)) => {
            prop_assert_eq!(pool.sell(net.unsigned_abs()), Ok(*trade));
            prop_assert_eq!(paid + trade.theta, received + clearing.dust);
        }
    }
    let after = clearing.trade.as_ref().map_or(pool.reserves, |(_, trade)| trade.after);
    let after = Reserves { theta: after.theta + clearing.dust, ..after };
    prop_assert!(pool.curve.ensure_not_decreased(&pool.reserves, &after).is_ok());
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn batch_should_account_for_every_wei_and_respect_every_limit(
        (curve, reserves) in sensible(curve()), fees in fees(), wishes in wishes(),
    ) {
        let pool = pool(curve, fees, reserves);
        let orders = orders(&pool, &wishes);
        let clearing = clear(&pool, &orders, ANY, &any_trade).unwrap();
        check(&pool, &orders, &clearing)?;
    }

    #[test]
    fn order_should_be_filled_whole_when_its_limit_is_better_than_the_price(
        (curve, reserves) in sensible(curve()), fees in fees(), wishes in wishes(),
    ) {
        let pool = pool(curve, fees, reserves);
        let orders = orders(&pool, &wishes);
        let clearing = clear(&pool, &orders, ANY, &any_trade).unwrap();
        prop_assume!(clearing.price > 0);
        for (order, fill) in orders.iter().zip(&clearing.fills) {
            // The price is floored: one part more is above it for sure.
            let accepts = match order.side {
                Side::Buy => compare(order.theta, order.psi, clearing.price + 1, PRICE_ONE).is_gt(),
                Side::Sell => compare(order.theta, order.psi, clearing.price, PRICE_ONE).is_lt(),
            };
            if accepts {
                prop_assert_eq!(fill.psi, order.psi, "{:?} at {}", order, clearing.price);
            }
        }
    }

    #[test]
    fn batch_should_fill_no_order_outside_its_band_nor_by_a_trade_that_is_not_admitted(
        (curve, reserves) in sensible(curve()), fees in fees(), wishes in wishes(),
        low in 950_000u32..1_000_000, high in 1_000_000u32..1_050_000, most in 0u32..30_000,
    ) {
        let pool = pool(curve, fees, reserves);
        let orders = orders(&pool, &wishes);
        let price = U256::from(pool.price().unwrap());
        let edge = |ppm: u32| u128::try_from(price * ppm / 1_000_000).unwrap();
        let band = (edge(low), edge(high));
        let most = u128::try_from(U256::from(reserves.psi) * most / 1_000_000).unwrap();
        let admits = |trade: &Trade| trade.psi <= most;
        let clearing = clear(&pool, &orders, band, &admits).unwrap();
        check(&pool, &orders, &clearing)?;
        prop_assert!(clearing.price == 0 || (band.0..=band.1).contains(&clearing.price), "{} {:?}", clearing.price, band);
        prop_assert!(clearing.trade.is_none_or(|(_, trade)| trade.psi <= most));
    }

    #[test]
    fn batch_should_not_depend_on_the_order_of_its_orders_but_for_dust(
        (curve, reserves) in sensible(curve()), fees in fees(), wishes in wishes(),
    ) {
        let pool = pool(curve, fees, reserves);
        let forth = orders(&pool, &wishes);
        let back: Vec<_> = forth.iter().rev().copied().collect();
        let [one, other] = [forth, back].map(|orders| clear(&pool, &orders, ANY, &any_trade).unwrap());
        prop_assert_eq!(one.price, other.price);
        for (one, other) in one.fills.iter().zip(other.fills.iter().rev()) {
            prop_assert!(one.psi.abs_diff(other.psi) <= 1);
        }
    }

    #[test]
    fn batch_should_not_be_empty_when_somebody_could_trade(
        (curve, reserves) in sensible(curve()), fees in fees(), wishes in wishes(),
    ) {
        let pool = pool(curve, fees, reserves);
        let orders = orders(&pool, &wishes);
        let clearing = clear(&pool, &orders, ANY, &any_trade).unwrap();
        let of = |side| orders.iter().filter(move |order| order.side == side);
        // A millionth apart, which no rounding of these amounts reaches.
        let meet = of(Side::Buy).any(|buy| {
            of(Side::Sell).any(|sell| {
                let pays = U256::from(buy.theta) * U256::from(sell.psi);
                let asks = U256::from(sell.theta) * U256::from(buy.psi);
                pays > asks + asks / 1_000_000
            })
        });
        let alone = orders.len() == 1 && orders.iter().all(|order| match order.side {
            Side::Buy => pool.buy_exact_out(order.psi).is_ok_and(|trade| trade.theta <= order.theta),
            Side::Sell => pool.sell(order.psi).is_ok_and(|trade| trade.theta >= order.theta),
        });
        prop_assert!(clearing.price > 0 || !(meet || alone), "{orders:?}");
    }

    #[test]
    fn lone_order_should_be_filled_whole_when_it_asks_for_just_what_the_pool_gives(
        (curve, reserves) in sensible(curve()), fees in fees(), is_buy in any::<bool>(), part in 1u32..20_000,
    ) {
        let pool = pool(curve, fees, reserves);
        let psi = u128::try_from(U256::from(reserves.psi) * part / 1_000_000).unwrap().max(1);
        let (side, quote) = if is_buy { (Side::Buy, pool.buy_exact_out(psi)) } else { (Side::Sell, pool.sell(psi)) };
        let Ok(trade) = quote else { return Ok(()) };
        let order = BatchOrder { side, psi, theta: trade.theta };
        let clearing = clear(&pool, &[order], ANY, &any_trade).unwrap();
        prop_assert_eq!((clearing.fills[0].psi, clearing.fills[0].theta), (psi, trade.theta));
    }

    #[test]
    fn trader_should_not_profit_from_orders_on_both_sides(
        (curve, reserves) in sensible(curve()), fees in fees(), wishes in wishes(),
        before in -50_000i32..50_000,
    ) {
        // It moves the price first, is all there is in the batch, and undoes what it is left with.
        let mut market = pool(curve, fees, reserves);
        let wished = orders(&market, &wishes);
        let (mut psi, mut theta) = (0i128, 0i128);
        let part = u128::try_from(U256::from(reserves.psi) * before.unsigned_abs() / 1_000_000).unwrap().max(1);
        let first = if before > 0 { market.buy_exact_out(part) } else { market.sell(part) };
        if let Ok(trade) = first {
            let sign = if before > 0 { 1 } else { -1 };
            psi += sign * trade.psi as i128;
            theta -= sign * trade.theta as i128;
            market.reserves = trade.after;
        }
        market.reference = market.reserves;
        let clearing = clear(&market, &wished, ANY, &any_trade).unwrap();
        for (order, fill) in wished.iter().zip(&clearing.fills) {
            let sign = if order.side == Side::Buy { 1 } else { -1 };
            psi += sign * fill.psi as i128;
            theta -= sign * fill.theta as i128;
        }
        if let Some((_, trade)) = clearing.trade {
            market.reserves = trade.after;
        }
        market.reserves.theta += clearing.dust;
        market.reference = market.reserves;
        let end = if psi >= 0 {
            if psi == 0 { Some(theta) } else { market.sell(psi as u128).ok().map(|trade| theta + trade.theta as i128) }
        } else {
            market.buy_exact_out(psi.unsigned_abs()).ok().map(|trade| theta - trade.theta as i128)
        };
        prop_assert!(end.is_none_or(|credits| credits <= 0), "{end:?}");
    }
}

/// A pool of 1,000 units each, without fees.
fn plain() -> Pool {
    let curve = hanzo_hmm::Curve { epsilon_ppb: 0, theta_scale: common::UNIT, psi_scale: common::UNIT };
    pool(curve, common::NO_FEES, Reserves { psi: 1_000 * common::UNIT, theta: 1_000 * common::UNIT })
}

fn order(side: Side, psi: u128, theta: u128) -> BatchOrder {
    BatchOrder { side, psi: psi * common::UNIT, theta: theta * common::UNIT }
}

#[test]
fn orders_should_meet_at_the_marginal_price_when_nothing_is_left_for_the_pool() {
    let orders = [order(Side::Buy, 10, 11), order(Side::Sell, 6, 5), order(Side::Sell, 4, 4)];
    let clearing = clear(&plain(), &orders, ANY, &any_trade).unwrap();
    assert_eq!((clearing.price, clearing.trade, clearing.dust), (PRICE_ONE, None, 0));
    assert!(clearing.fills.iter().zip(&orders).all(|(fill, order)| fill.psi == order.psi && fill.theta == order.psi));
}

#[test]
fn price_should_be_the_average_of_what_the_pool_trades() {
    // 60 bought and 10 sold: the pool gives 50 of 1,000 for 1,000·50/950.
    let orders = [order(Side::Buy, 60, 90), order(Side::Sell, 10, 5)];
    let clearing = clear(&plain(), &orders, ANY, &any_trade).unwrap();
    let (_, trade) = clearing.trade.unwrap();
    assert_eq!(trade.psi, 50 * common::UNIT);
    assert_eq!(clearing.price, trade.theta / 50);
    assert_eq!(clearing.fills[0].psi, 60 * common::UNIT);
}

#[test]
fn orders_at_the_price_should_be_filled_pro_rata_as_far_as_the_pool_trades_at_it() {
    // At 1.05 the pool gives 1,000·(1 − 1/1.05) units: those who pay 2 first, the rest shared by 20 and 60.
    let orders = [order(Side::Buy, 20, 21), order(Side::Buy, 10, 20), order(Side::Buy, 60, 63)];
    let clearing = clear(&plain(), &orders, ANY, &any_trade).unwrap();
    let bought: u128 = clearing.fills.iter().map(|fill| fill.psi).sum();
    assert_eq!(bought / 1_000_000, 47_619_047_619_047);
    assert_eq!(clearing.fills[1].psi, 10 * common::UNIT);
    assert!(clearing.fills[2].psi.abs_diff(3 * clearing.fills[0].psi) <= 3, "{clearing:?}");
    assert_eq!(clearing.price, PRICE_ONE + PRICE_ONE / 20);
}

#[test]
fn orders_should_come_back_when_the_price_would_leave_the_band() {
    let buy = [order(Side::Buy, 60, 90)];
    let band = |price: u128| (price - price / 50, price + price / 50);
    assert_eq!(clear(&plain(), &buy, band(PRICE_ONE / 2), &any_trade).unwrap().fills, [Default::default()]);
    assert_eq!(clear(&plain(), &buy, band(2 * PRICE_ONE), &any_trade).unwrap().fills, [Default::default()]);
    // Inside, as far as its edge.
    let filled = clear(&plain(), &buy, band(PRICE_ONE), &any_trade).unwrap();
    assert_eq!(filled.price, PRICE_ONE + PRICE_ONE / 50);
    assert!(filled.fills[0].psi < buy[0].psi && filled.fills[0].psi > 19 * common::UNIT);
}
