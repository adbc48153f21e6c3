//! Law: while a mean price stands, nobody buys below it or sells above it, whoever trades in between and in whatever slices; and
//! the pool never gets less than its curve asks.

mod common;

use common::{config, curve, fees, market::amount, pool, sensible, share};
use hanzo_hmm::{Pool, Trade, PPB, PRICE_ONE, U256};
use proptest::{collection::vec, prelude::*};

/// A pool with a mean between a half and twice its price.
fn with_mean(pool: Pool, part: u32) -> Pool {
    let mean = pool.price().map_or(0, |price| share(price, part).saturating_mul(2));
    Pool { mean: Some(mean.max(1)), ..pool }
}

/// a·b against c·d.
fn is_at_least((a, b): (u128, u128), (c, d): (u128, u128)) -> bool {
    U256::from(a) * U256::from(b) >= U256::from(c) * U256::from(d)
}

fn after(pool: Pool, trade: &Trade) -> Pool {
    Pool { reserves: trade.after, ..pool }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn trade_should_cost_what_curve_and_mean_ask_when_both_do(
        (curve, reserves) in sensible(curve()), fees in fees(), of in amount(), part in PPB / 4..PPB,
    ) {
        let bare = pool(curve, fees, reserves);
        let pool = with_mean(bare, part);
        let mean = pool.mean.unwrap();
        let (x, y) = (of.of(reserves.theta), of.of(reserves.psi));
        if let (Ok(trade), Ok(on_curve)) = (pool.buy_exact_out(y), bare.buy_exact_out(y)) {
            let least = (U256::from(y) * U256::from(mean)).div_mod(PRICE_ONE.into());
            let least = u128::try_from(least.0).unwrap() + u128::from(!least.1.is_zero());
            // Of the net amount the fee is the same function: what is ceiled of it can be a wei more.
            let net = on_curve.theta_on_curve.max(least);
            let paid = trade.theta_on_curve + trade.fee.mean;
            prop_assert!(paid >= net && paid <= net + 1, "{trade:?} {on_curve:?}");
            prop_assert_eq!(trade.after, on_curve.after, "the pool ends where its curve says");
            prop_assert!(trade.theta >= on_curve.theta);
        }
        if let Ok(trade) = pool.buy(x) {
            let paid = trade.theta_on_curve + trade.fee.mean;
            prop_assert!(is_at_least((paid, PRICE_ONE), (trade.psi, mean)));
            let bought = bare.buy(x).unwrap().psi;
            prop_assert!(trade.psi <= bought);
            // One of both bounds is what it got, to a wei of compute and what one is worth in credits.
            let one_more = trade.psi + 1 + PRICE_ONE.div_ceil(mean);
            prop_assert!(bought <= one_more || is_at_least((one_more, mean), (paid, PRICE_ONE)));
        }
        if let (Ok(trade), Ok(on_curve)) = (pool.sell(y), bare.sell(y)) {
            let most = u128::try_from(U256::from(y) * U256::from(mean) / U256::from(PRICE_ONE)).unwrap();
            prop_assert_eq!(trade.theta_on_curve - trade.fee.mean, on_curve.theta_on_curve.min(most));
            prop_assert_eq!(trade.after, on_curve.after);
        }
        if let Ok(trade) = pool.sell_exact_out(x) {
            prop_assert!(is_at_least((trade.psi, mean), (trade.theta_on_curve - trade.fee.mean, PRICE_ONE)));
            if let Ok(sold) = pool.sell(trade.psi) {
                prop_assert!(sold.theta >= x, "selling {} brings {}, not {x}", trade.psi, sold.theta);
            }
        }
    }

    /// An adversary and others trade in any order and any sizes. What it is left with is never worth more than at the start, at
    /// the mean: so whoever ends with no tokens has lost.
    #[test]
    fn adversary_should_win_nothing_at_the_mean_when_it_trades_around_others(
        (curve, reserves) in sensible(curve()), fees in fees(), part in PPB / 4..PPB,
        trades in vec((any::<bool>(), any::<bool>(), 1..PPB / 20), 1..24),
    ) {
        let mut pool = with_mean(pool(curve, fees, reserves), part);
        let mean = pool.mean.unwrap();
        let (mut credits, mut tokens) = (0i128, 0i128);
        for (is_own, is_buy, size) in trades {
            let psi = share(pool.reserves.psi, size).max(1);
            let trade = if is_buy { pool.buy_exact_out(psi) } else { pool.sell(psi) };
            let Ok(trade) = trade else { continue };
            prop_assert!(curve.ensure_not_decreased(&pool.reserves, &trade.after).is_ok());
            pool = after(pool, &trade);
            if is_own {
                let (psi, theta) = (trade.psi as i128, trade.theta as i128);
                (credits, tokens) = if is_buy { (credits - theta, tokens + psi) } else { (credits + theta, tokens - psi) };
            }
        }
        let worth = U256::from(tokens.unsigned_abs()) * U256::from(mean);
        let paid = U256::from(credits.unsigned_abs()) * U256::from(PRICE_ONE);
        let is_won = match (credits > 0, tokens > 0) {
            (true, true) => true,
            (true, false) => paid > worth,
            (false, true) => worth > paid,
            (false, false) => false,
        };
        prop_assert!(!is_won, "{credits} credits and {tokens} tokens at {mean}");
    }
}
