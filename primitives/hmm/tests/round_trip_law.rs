//! Law: no sequence of buys and sells by one trader ends with more of one asset and no less of the other.

mod common;

use common::{
    config, curve, extreme, fees,
    market::{step, trade, Market, Step},
    pool, sensible, NO_FEES,
};
use hanzo_hmm::{FeeParameters, Pool};
use proptest::{collection::vec, prelude::*};

/// More of one and no less of the other.
fn profits(market: &Market) -> bool {
    market.psi >= 0 && market.theta >= 0 && market.psi + market.theta > 0
}

/// Trades, then undoes what compute (or credits) the trader is left with or short of, and looks for a profit.
fn circle(pool: Pool, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut market = Market::new(pool, 1_000_000_000_000);
    for step in steps {
        market.apply(*step)?;
        prop_assert!(!profits(&market), "{market:?}");
    }
    let ends = if market.psi >= 0 {
        [market.pool.sell(market.psi as u128).ok().map(|t| (0, market.theta + t.theta as i128)), {
            let owed = (-market.theta).max(0) as u128;
            market.pool.sell_exact_out(owed).ok().map(|t| (market.psi - t.psi as i128, market.theta + owed as i128))
        }]
    } else {
        let owed = market.psi.unsigned_abs();
        [market.pool.buy_exact_out(owed).ok().map(|t| (0, market.theta - t.theta as i128)), {
            let held = market.theta.max(0) as u128;
            market.pool.buy(held).ok().map(|t| (market.psi + t.psi as i128, market.theta - held as i128))
        }]
    };
    for (psi, theta) in ends.into_iter().flatten() {
        prop_assert!(!(psi >= 0 && theta >= 0 && psi + theta > 0), "{psi} {theta} from {market:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn round_trip_should_not_profit_when_there_are_no_fees(
        (curve, reserves) in sensible(curve()), steps in vec(trade(), 1..=8),
    ) {
        circle(pool(curve, NO_FEES, reserves), &steps)?;
    }

    #[test]
    fn round_trip_should_not_profit_when_reserves_are_extreme(
        (curve, reserves) in extreme(), fees in fees(), steps in vec(trade(), 1..=8),
    ) {
        circle(pool(curve, fees, reserves), &steps)?;
    }

    #[test]
    fn round_trip_should_not_profit_when_it_spans_blocks_and_deposits(
        (curve, reserves) in sensible(curve()), steps in vec(step(), 1..=8),
    ) {
        let mut market = Market::new(pool(curve, FeeParameters::DEFAULT, reserves), 1_000_000_000_000);
        for step in steps {
            market.apply(step)?;
            prop_assert!(!profits(&market), "{:?}", market);
        }
    }
}
