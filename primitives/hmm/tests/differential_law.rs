//! Against exact rationals: never better for the trader than the exact curve, and within a couple of wei of it.
//!
//! No root is taken: y is at most the exact output iff exact K does not fall, and at least it less d iff K falls at y + d.
//! d is two wei with equal scales; with others the conversions cost up to three credit-wei, seen through the price.

mod common;

use common::{config, curve, epsilon, exact_invariant, extreme, market::amount, reserves, sensible, UNIT};
use hanzo_hmm::{buy_exact_in, buy_exact_out, sell_exact_in, sell_exact_out, Curve, Reserves};
use num_bigint::BigUint;
use num_rational::Ratio;
use num_traits::ToPrimitive;
use proptest::prelude::*;

/// Allowed distance in wei: two, and with unequal scales three more credit-wei at `price` wei each.
fn distance(curve: &Curve, price: Ratio<BigUint>) -> u128 {
    if curve.theta_scale == curve.psi_scale {
        return 2;
    }
    let three = Ratio::from_integer(BigUint::from(3u8));
    (price * three).ceil().to_integer().to_u128().unwrap_or(u128::MAX >> 1).saturating_add(2)
}

/// Credits per credit's worth of compute at floored reserves: the factor by which a rounded compute reserve is seen.
fn steepness(curve: &Curve, reserves: &Reserves) -> Ratio<BigUint> {
    let one = BigUint::from(1u8);
    let s = BigUint::from(hanzo_hmm::PPB);
    let psi = (BigUint::from(reserves.psi) * curve.theta_scale / curve.psi_scale).max(one.clone());
    let theta = BigUint::from(reserves.theta);
    let above = &s * &theta + &psi * curve.epsilon_ppb;
    let below = (&s * &psi + &theta * curve.epsilon_ppb).max(one.clone());
    Ratio::new(above, below) + Ratio::from_integer(one)
}

fn check(curve: &Curve, before: &Reserves, psi: u128, theta: u128) -> Result<(), TestCaseError> {
    let k = exact_invariant(curve, before);
    let at = |psi: u128, theta: u128| exact_invariant(curve, &Reserves { psi, theta });
    let compute_per_credit = Ratio::new(BigUint::from(curve.psi_scale), BigUint::from(curve.theta_scale));
    if let Ok(y) = buy_exact_in(curve, before, theta) {
        prop_assert!(at(before.psi - y, before.theta + theta) >= k, "buy too good: {y}");
        let d = distance(curve, compute_per_credit.clone());
        if let Some(left) = (before.psi - y).checked_sub(d) {
            prop_assert!(at(left, before.theta + theta) < k, "buy short by {d} or more: {y}");
        }
    }
    if let Ok(x) = buy_exact_out(curve, before, psi) {
        let after = Reserves { psi: before.psi - psi, theta: before.theta + x };
        prop_assert!(at(after.psi, after.theta) >= k, "buy exact out too cheap: {x}");
        let d = distance(curve, steepness(curve, &after));
        if let Some(less) = x.checked_sub(d) {
            prop_assert!(at(after.psi, before.theta + less) < k, "buy exact out dearer by {d} or more: {x}");
        }
    }
    if let Ok(y) = sell_exact_in(curve, before, psi) {
        prop_assert!(at(before.psi + psi, before.theta - y) >= k, "sell too good: {y}");
        let d = distance(curve, steepness(curve, before));
        if let Some(left) = (before.theta - y).checked_sub(d) {
            prop_assert!(at(before.psi + psi, left) < k, "sell short by {d} or more: {y}");
        }
    }
    if let Ok(x) = sell_exact_out(curve, before, theta) {
        prop_assert!(at(before.psi + x, before.theta - theta) >= k, "sell exact out too cheap: {x}");
        // A compute reserve rounded up by one credit-wei asks for up to K_ψ(before)/K_ψ(after) − 1 more.
        let after = Reserves { psi: before.psi + x, theta: before.theta - theta };
        let s = BigUint::from(hanzo_hmm::PPB);
        let pull = |r: &Reserves| {
            &s * r.theta + (BigUint::from(r.psi) * curve.theta_scale / curve.psi_scale) * curve.epsilon_ppb + 1u8
        };
        let stretched = compute_per_credit * Ratio::new(pull(before), pull(&after));
        let d = distance(curve, stretched.clone() + Ratio::from_integer(BigUint::from(1u8)) + stretched);
        if let Some(less) = x.checked_sub(d) {
            prop_assert!(at(before.psi + less, after.theta) < k, "sell exact out dearer by {d} or more: {x}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn swap_should_match_exact_rationals_when_scales_are_equal(
        (curve, before) in epsilon().prop_flat_map(|epsilon| {
            let curve = Curve::new(epsilon, UNIT, UNIT).unwrap();
            reserves(curve, 0).prop_map(move |reserves| (curve, reserves))
        }),
        of in amount(),
    ) {
        check(&curve, &before, of.of(before.psi), of.of(before.theta))?;
    }

    #[test]
    fn swap_should_match_exact_rationals_when_scales_differ((curve, before) in sensible(curve()), of in amount()) {
        check(&curve, &before, of.of(before.psi), of.of(before.theta))?;
    }

    #[test]
    fn swap_should_match_exact_rationals_when_reserves_are_extreme((curve, before) in extreme(), of in amount()) {
        check(&curve, &before, of.of(before.psi), of.of(before.theta))?;
    }

    #[test]
    fn price_should_be_the_exact_floor_when_scales_differ((curve, before) in extreme()) {
        let Ok(price) = curve.price(&before) else { return Ok(()) };
        let s = BigUint::from(hanzo_hmm::PPB);
        let psi = BigUint::from(before.psi) * curve.theta_scale;
        let theta = BigUint::from(before.theta) * curve.psi_scale;
        let above = (&s * &theta + &psi * curve.epsilon_ppb) * curve.theta_scale * UNIT;
        let below = (&s * &psi + &theta * curve.epsilon_ppb) * curve.psi_scale;
        prop_assert_eq!(BigUint::from(price), above / below);
    }
}
