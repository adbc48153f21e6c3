//! Adversary law, as far as this crate reaches: one party with every role (buyer, seller, provider), nobody else acting,
//! never ends with more of one asset and no less of the other, whatever it does and however many blocks it takes.

mod common;

use common::{
    config, curve, fees,
    market::{step, Amount, Market, Step},
    pool, sensible, NO_FEES,
};
use hanzo_hmm::FeeParameters;
use proptest::{collection::vec, prelude::*};

/// Lets the party act, then withdraw and close one side in every way the pool offers, looking for a profit throughout.
fn play(mut market: Market, steps: &[Step]) -> Result<(), TestCaseError> {
    for step in steps {
        market.apply(*step)?;
    }
    market.roll();
    market.apply(Step::Remove(Amount::Share(1_000_000_000)))?;
    prop_assert_eq!(market.shares, 0);
    let gained = |market: &Market| market.psi >= 0 && market.theta >= 0 && market.psi + market.theta > 0;
    prop_assert!(!gained(&market), "{:?}", market);
    let mut closed = market;
    let trade = if market.psi > 0 {
        closed.pool.sell(market.psi as u128)
    } else {
        closed.pool.buy_exact_out(market.psi.unsigned_abs())
    };
    if let Ok(trade) = trade {
        closed.theta += if market.psi > 0 { trade.theta as i128 } else { -(trade.theta as i128) };
        closed.psi = 0;
        prop_assert!(!gained(&closed), "{:?}", closed);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn adversary_should_not_profit_when_it_holds_every_role(
        (curve, reserves) in sensible(curve()), steps in vec(step(), 1..=24),
    ) {
        play(Market::new(pool(curve, FeeParameters::DEFAULT, reserves), 1_000_000_000_000_000_000_000), &steps)?;
    }

    #[test]
    fn adversary_should_not_profit_when_fees_are_odd_or_absent(
        (curve, reserves) in sensible(curve()), fees in prop_oneof![Just(NO_FEES), fees()],
        supply in 1_000_000_000_000..u128::MAX >> 30, steps in vec(step(), 1..=24),
    ) {
        play(Market::new(pool(curve, fees, reserves), supply), &steps)?;
    }
}
