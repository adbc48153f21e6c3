//! Law: every pool in use is bought up to one marginal price μ, fees included; a pool left alone costs no less at its first
//! unit; one stopped by its cap or floor costs no more, and the shadow price of that is the difference.

mod common;

use common::{
    config_up_to,
    routing::{class, convex_fees, requirement},
};
use hanzo_hmm::{
    find_route,
    route::{Source, SHADOW_ONE},
    Pool, PPB, PRICE_ONE,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

/// An integer as a rational.
fn int(n: u128) -> BigRational {
    BigRational::from_integer(BigInt::from(n))
}

/// Marginal prices just below and just above `psi`, by the derivative of `c/(1−f)` on exact rationals, `SHADOW_ONE` fixed
/// point, and the part of them that a few wei more or less of either reserve make out. c is the curve's cost, or the mean's
/// where that is more; where they are alike the price jumps from one to the other.
fn marginal(source: &Source, psi: u128) -> (BigRational, BigRational, BigRational) {
    let (below, above, blur) = by_curve(source, psi);
    let Some(mean) = source.pool.mean else { return (below, above, blur) };
    let (cheap, dear) = by_mean(source, psi, mean);
    let bare = Pool { mean: None, ..source.pool };
    let on_curve = if psi == 0 { int(0) } else { int(bare.buy_exact_out(psi).unwrap().theta_on_curve) };
    // A few wei of credits, of compute, or of compute in credits, which the curve reckons in.
    let mean_price = int(mean) / int(PRICE_ONE);
    let in_credits = int(source.pool.curve.psi_scale) / int(source.pool.curve.theta_scale);
    let at_mean = int(psi) * &mean_price;
    let alike = int(8) + int(8) * &mean_price * (int(1) + in_credits);
    if psi == 0 {
        (below.max(cheap), above.max(dear), blur)
    } else if at_mean > &on_curve + &alike {
        (cheap, dear, blur)
    } else if on_curve > at_mean + alike {
        (below, above, blur)
    } else {
        (below.min(cheap), above.max(dear), blur)
    }
}

/// The same where every unit costs the mean price before fees.
fn by_mean(source: &Source, psi: u128, mean: u128) -> (BigRational, BigRational) {
    let price = int(mean) / int(PRICE_ONE);
    with_fees(source, psi, &price, &(int(psi) * &price))
}

/// The same on the curve.
fn by_curve(source: &Source, psi: u128) -> (BigRational, BigRational, BigRational) {
    let pool = Pool { mean: None, ..source.pool };
    let paid = if psi == 0 { 0 } else { pool.buy_exact_out(psi).unwrap().theta_on_curve };
    let reference_price = int(pool.curve.theta_scale) / int(pool.curve.psi_scale);
    let epsilon = int(pool.curve.epsilon_ppb.into()) / int(PPB.into());
    let after = pool.reserves.psi - psi;
    let (left, held) = (int(after) * &reference_price, int(pool.reserves.theta + paid));
    let price = (&held + &epsilon * &left) / (&left + &epsilon * &held) * reference_price;
    let blur = int(8) / left.min(held).min(int(after)).max(int(1)) + int(1) / int(1 << 50);
    let (below, above) = with_fees(source, psi, &price, &int(paid));
    (below, above, blur)
}

/// Adds fees to a marginal price, below and above `psi`, of which all costs `paid` without.
fn with_fees(source: &Source, psi: u128, price: &BigRational, paid: &BigRational) -> (BigRational, BigRational) {
    let pool = source.pool;
    let fees = pool.fees;
    let after = pool.reserves.psi - psi;
    let reference = pool.reference.psi;
    let depth = reference.saturating_sub(pool.reserves.psi) + reference.saturating_sub(after);
    let slope = int(fees.risk_ppb.into()) / int(PPB.into()) / int(reference);
    let kept = int(1) - int(fees.market_ppb.into()) / int(PPB.into()) - &slope * int(depth);
    let flat = price / &kept;
    let rising = (price + paid * slope / &kept) / &kept;
    let (below, above) = match after.cmp(&reference) {
        core::cmp::Ordering::Greater => (flat.clone(), flat),
        core::cmp::Ordering::Equal => (flat, rising),
        core::cmp::Ordering::Less => (rising.clone(), rising),
    };
    (below * int(SHADOW_ONE), above * int(SHADOW_ONE))
}

proptest! {
    #![proptest_config(config_up_to(20_000))]

    #[test]
    fn pools_in_use_should_stand_at_one_marginal_price(
        sources in class(convex_fees()), part in 1..=1_000_000_000u32,
    ) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        let price = int(route.shadow_price);
        for (source, share) in sources.iter().zip(&route.shares) {
            let (below, above, blur) = marginal(source, share.psi);
            let blur = above.clone().max(price.clone()) * blur + int(2);
            if share.psi > 0 {
                prop_assert!(below <= &price + &blur, "dearer than the rest: {share:?} of {:?}", route);
            }
            let most = source.most().min(required);
            if share.psi < most {
                prop_assert!(above >= &price - &blur, "cheaper than the rest: {share:?} of {:?}", route);
                prop_assert_eq!(share.cap_price, 0);
            } else if share.psi > 0 {
                prop_assert!(share.marginal_price <= route.shadow_price);
                let at_cap = share.psi == source.most();
                prop_assert_eq!(share.cap_price, if at_cap { route.shadow_price - share.marginal_price } else { 0 });
            }
            let at = int(share.marginal_price);
            prop_assert!(below.clone() - &blur <= at && at <= above.max(below) + &blur, "{share:?}");
        }
        let dearest = route.shares.iter().filter(|share| share.psi > 0).map(|share| share.marginal_price).max();
        prop_assert_eq!(dearest, Some(route.shadow_price));
    }
}
