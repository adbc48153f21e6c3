//! Law: exact K(Ψ,Θ)/shares² never falls under any sequence of operations, and with the fees waiting beside Θ counted in
//! under no deposit or withdrawal; nor does a wei appear or vanish.

mod common;

use common::{
    config, curve, extreme, fees,
    market::{step, Market, Step},
    pool, sensible,
};
use proptest::{collection::vec, prelude::*};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn worth_of_a_share_should_not_fall_when_anything_happens(
        (curve, reserves) in sensible(curve()), fees in fees(), supply in 1_000_000_000_000..u128::MAX >> 30,
        steps in vec(step(), 1..=16),
    ) {
        let mut market = Market::new(pool(curve, fees, reserves), supply);
        let (mut k, mut square) = market.worth();
        for step in steps {
            market.apply(step)?;
            let (k_now, square_now) = market.worth();
            prop_assert!(&k_now * &square >= &k * &square_now, "{:?} {:?}", step, market);
            (k, square) = (k_now, square_now);
        }
    }

    #[test]
    fn worth_of_a_share_with_waiting_fees_should_not_fall_when_liquidity_changes(
        (curve, reserves) in sensible(curve()), fees in fees(), supply in 1_000_000_000_000..u128::MAX >> 30,
        steps in vec(step(), 1..=16),
    ) {
        let mut market = Market::new(pool(curve, fees, reserves), supply);
        for step in steps {
            let (k, square) = market.worth_with_pending();
            market.apply(step)?;
            let (k_now, square_now) = market.worth_with_pending();
            // Trades do not know of the fees that wait, so they keep K of the reserves alone.
            if matches!(step, Step::Add(..) | Step::Remove(_)) {
                prop_assert!(k_now * square >= k * square_now, "{:?} {:?}", step, market);
            }
        }
    }

    #[test]
    fn worth_of_a_share_should_not_fall_when_reserves_are_extreme(
        (curve, reserves) in extreme(), fees in fees(), supply in 2_000..u128::MAX >> 30, steps in vec(step(), 1..=8),
    ) {
        let mut market = Market::new(pool(curve, fees, reserves), supply);
        let (mut k, mut square) = market.worth();
        for step in steps {
            market.apply(step)?;
            let (k_now, square_now) = market.worth();
            prop_assert!(&k_now * &square >= &k * &square_now, "{:?} {:?}", step, market);
            (k, square) = (k_now, square_now);
        }
    }

    #[test]
    fn first_deposit_should_mint_its_geometric_worth_when_it_opens_a_pool((curve, amounts) in sensible(curve())) {
        let empty = pool(curve, common::NO_FEES, Default::default());
        let change = empty.first_deposit(amounts.psi, amounts.theta).unwrap();
        prop_assert_eq!(change.supply_after, change.shares + hanzo_hmm::LOCKED_SHARES);
        let back = pool(curve, common::NO_FEES, change.after).remove_liquidity(change.supply_after, change.shares).unwrap();
        prop_assert!(back.psi <= amounts.psi && back.theta < amounts.theta);
    }
}
