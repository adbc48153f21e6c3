//! Law: K(Ψ,Θ) never falls on a trade: on floored reserves (what the chain checks) and on exact rationals.

mod common;

use common::{config, exact_invariant, extreme, fees, market::amount, pool};
use hanzo_hmm::{buy_exact_in, buy_exact_out, sell_exact_in, sell_exact_out, HmmError, Reserves};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn invariant_should_not_fall_when_swapping_without_fees((curve, before) in extreme(), of in amount()) {
        let (psi, theta) = (of.of(before.psi), of.of(before.theta));
        let ends = [
            buy_exact_in(&curve, &before, theta)
                .map(|y| Reserves { psi: before.psi - y, theta: before.theta + theta }),
            buy_exact_out(&curve, &before, psi).map(|x| Reserves { psi: before.psi - psi, theta: before.theta + x }),
            sell_exact_in(&curve, &before, psi).map(|y| Reserves { psi: before.psi + psi, theta: before.theta - y }),
            sell_exact_out(&curve, &before, theta)
                .map(|x| Reserves { psi: before.psi + x, theta: before.theta - theta }),
        ];
        for end in ends {
            match end {
                Ok(after) => {
                    prop_assert_eq!(curve.ensure_not_decreased(&before, &after), Ok(()));
                    prop_assert!(exact_invariant(&curve, &after) >= exact_invariant(&curve, &before), "{:?}", after);
                }
                Err(error) => prop_assert!(
                    !matches!(error, HmmError::InvariantDecreased | HmmError::Overflow | HmmError::BadScale),
                    "{:?}", error
                ),
            }
        }
    }

    #[test]
    fn invariant_should_not_fall_when_trading_with_fees((curve, before) in extreme(), fees in fees(), of in amount()) {
        let pool = pool(curve, fees, before);
        let (psi, theta) = (of.of(before.psi), of.of(before.theta));
        for trade in [pool.buy(theta), pool.buy_exact_out(psi), pool.sell(psi), pool.sell_exact_out(theta)] {
            match trade {
                Ok(trade) => prop_assert!(
                    exact_invariant(&curve, &trade.after) >= exact_invariant(&curve, &before), "{:?}", trade
                ),
                Err(error) => prop_assert!(error != HmmError::InvariantDecreased),
            }
        }
    }

    #[test]
    fn sell_should_not_overflow_when_the_pool_has_a_price((curve, before) in extreme(), fees in fees(), of in amount()) {
        let pool = pool(curve, fees, before);
        prop_assume!(pool.price().is_ok());
        for trade in [pool.sell(of.of(before.psi)), pool.sell_exact_out(of.of(before.theta))] {
            prop_assert!(trade != Err(HmmError::Overflow));
        }
    }

    #[test]
    fn price_should_stay_within_the_curvature_bounds_when_reserves_are_extreme((curve, before) in extreme()) {
        let Ok(price) = curve.price(&before) else { return Ok(()) };
        let reference = num_bigint::BigUint::from(curve.theta_scale) * common::UNIT / curve.psi_scale;
        let ppb = u64::from(hanzo_hmm::PPB);
        prop_assert!((num_bigint::BigUint::from(price) + 1u8) * ppb >= &reference * curve.epsilon_ppb);
        if curve.epsilon_ppb > 0 {
            prop_assert!(num_bigint::BigUint::from(price) * curve.epsilon_ppb <= (reference + 1u8) * ppb);
        }
    }
}
