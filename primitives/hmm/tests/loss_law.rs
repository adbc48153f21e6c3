//! Impermanent loss against exact rationals, from the curve itself and not from the closed formula: a provider deposits
//! 1 and 1 at balance, arbitrage moves the pool along its curve to the price r, and what it holds there is compared with
//! what was deposited, both at the price r.
//!
//! On the curve 2ψθ + ε(ψ² + θ²) = 2(1 + ε) the price is r = (θ + εψ)/(ψ + εθ), hence θ = mψ with m = (r − ε)/(1 − εr),
//! and the square of what the pool is worth is a rational: no root is taken here.

mod common;

use common::config;
use hanzo_hmm::{impermanent_loss, PPB, PRICE_ONE};
use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{One, Zero};
use proptest::prelude::*;

type Rational = Ratio<BigInt>;

/// Units of 10⁻¹⁸ by which the rounded result may lie above the exact one.
const SLACK: u128 = 2;

fn rational(numerator: u128, denominator: u128) -> Rational {
    Ratio::new(BigInt::from(numerator), BigInt::from(denominator))
}

/// The square of pool worth ÷ deposit worth at price `r`.
fn kept_squared(epsilon: &Rational, r: &Rational) -> Rational {
    let one = Rational::one();
    let two = &one + &one;
    let level = &two * (&one + epsilon);
    let held = (r + &one) * (r + &one);
    // Past its corners the pool holds credits only, or compute only.
    if r * epsilon >= one {
        return level / epsilon / held;
    }
    if r <= epsilon {
        return if r.is_zero() { Rational::zero() } else { level / epsilon * r * r / held };
    }
    let m = (r - epsilon) / (&one - epsilon * r);
    let psi_squared = level / (&two * &m + epsilon * (&one + &m * &m));
    let worth = r + &m;
    psi_squared * &worth * &worth / held
}

fn check(epsilon_ppb: u32, ratio: u128) -> Result<(), TestCaseError> {
    let loss = impermanent_loss(epsilon_ppb, ratio).unwrap();
    let kept = kept_squared(&rational(epsilon_ppb.into(), PPB.into()), &rational(ratio, PRICE_ONE));
    prop_assert!(loss <= PRICE_ONE, "{loss}");
    // Rounded up: 1 − loss is at most what is kept, and at least that less the slack.
    let square = |part: u128| rational(part, PRICE_ONE) * rational(part, PRICE_ONE);
    prop_assert!(square(PRICE_ONE - loss) <= kept, "ε {epsilon_ppb} ppb, ratio {ratio}: {loss} is too little");
    let less = (PRICE_ONE - loss).saturating_add(SLACK);
    prop_assert!(square(less) >= kept, "ε {epsilon_ppb} ppb, ratio {ratio}: {loss} is over {SLACK} units too much");
    Ok(())
}

/// Ratios over all orders of magnitude, half of them within a factor of a thousand.
fn ratio() -> impl Strategy<Value = u128> {
    prop_oneof![
        4 => (PRICE_ONE / 1_000)..(PRICE_ONE * 1_000),
        2 => common::magnitude(0, 126),
        1 => (0..1_000u128).prop_map(|near| PRICE_ONE - 500 + near),
        1 => Just(0),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn loss_should_be_that_of_the_curve_when_price_and_curvature_are_any(epsilon in common::epsilon(), ratio in ratio()) {
        check(epsilon, ratio)?;
    }

    #[test]
    fn loss_should_be_that_of_the_curve_when_the_price_is_near_where_the_pool_empties(
        epsilon in 1..PPB, above in any::<bool>(), off in 0..2_000u128,
    ) {
        let edge = if above {
            PRICE_ONE * u128::from(PPB) / u128::from(epsilon)
        } else {
            PRICE_ONE / u128::from(PPB) * u128::from(epsilon)
        };
        check(epsilon, (edge + off).saturating_sub(1_000))?;
    }

    #[test]
    fn loss_should_not_depend_on_which_of_both_assets_rose(
        epsilon in common::governed_epsilon(), twos in 0..18u32, fives in 0..18u32,
    ) {
        // A ratio whose inverse is a whole number of units too.
        let ratio = PRICE_ONE / 2u128.pow(twos) / 5u128.pow(fives);
        let inverse = PRICE_ONE * 2u128.pow(twos) * 5u128.pow(fives);
        let (fallen, risen) = (impermanent_loss(epsilon, ratio).unwrap(), impermanent_loss(epsilon, inverse).unwrap());
        prop_assert!(fallen.abs_diff(risen) <= SLACK, "{fallen} {risen}");
    }
}
