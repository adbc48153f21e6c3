//! Random classes to route over, and the slack that rounding leaves.

use super::{epsilon, fees, magnitude, mean, sensible, share, with_mean, UNIT};
use hanzo_hmm::{
    find_route,
    route::{Route, RouteError, Source, SHADOW_ONE},
    Curve, FeeParameters, Pool, Reserves, MAX_RESERVE,
};
use num_bigint::BigUint;
use proptest::{collection::vec, prelude::*};

/// Scales that all pools of a class have in common: equal, of a governed class, or anything.
fn scales() -> impl Strategy<Value = (u128, u128)> {
    let any = (magnitude(40, 80), magnitude(0, 20), any::<bool>()).prop_map(|(a, ratio, up)| {
        if up {
            (a, a / ratio.min(1_000_000))
        } else {
            (a / ratio.min(1_000_000), a)
        }
    });
    prop_oneof![Just((UNIT, UNIT)), Just((2 * UNIT, 3 * UNIT)), any]
}

/// Fees whose cap is out of reach, so that the cost is convex throughout.
pub fn convex_fees() -> impl Strategy<Value = FeeParameters> {
    fees().prop_map(|fees| FeeParameters { risk_ppb: fees.risk_ppb.min((fees.cap_ppb - fees.market_ppb) / 2), ..fees })
}

/// A source: any pool with these scales and fees, drawn from or added to earlier in the block, with a mean price or without,
/// capped or not.
fn source(scales: (u128, u128), fees: impl Strategy<Value = FeeParameters>) -> impl Strategy<Value = Source> {
    let curve = epsilon().prop_map(move |epsilon| Curve::new(epsilon, scales.0, scales.1).unwrap());
    let moved = prop_oneof![2 => Just(1_000_000_000u32), 1 => 800_000_000..=1_300_000_000u32];
    let cap = prop_oneof![2 => Just(None), 1 => (1..=1_000_000_000u32).prop_map(Some)];
    let floor = prop_oneof![3 => Just(10_000_000u32), 1 => Just(0)];
    (sensible(curve), fees, moved, cap, floor, mean()).prop_map(|((curve, reserves), fees, moved, cap, floor, mean)| {
        let reference = Reserves { psi: share(reserves.psi, moved).max(1), theta: reserves.theta };
        Source {
            pool: with_mean(Pool { curve, fees, reserves, reference, mean: None }, mean),
            cap: cap.map(|part| share(reserves.psi, part)),
            floor: share(reserves.psi, floor),
        }
    })
}

/// A class of up to eight sources with fees of this kind.
pub fn class(fees: impl Strategy<Value = FeeParameters> + 'static) -> impl Strategy<Value = Vec<Source>> {
    let fees = fees.boxed();
    scales().prop_flat_map(move |scales| vec(source(scales, fees.clone()), 1..=8))
}

/// Everything the sources can give together.
pub fn available(sources: &[Source]) -> u128 {
    match find_route(sources, u128::MAX) {
        Err(RouteError::NotEnoughCompute { available, .. }) => available,
        other => panic!("{other:?}"),
    }
}

/// A part of what there is, at least one wei; `None` where there is nothing.
pub fn requirement(sources: &[Source], part: u32) -> Option<u128> {
    let available = available(sources);
    (available > 0).then(|| share(available, part).max(1))
}

/// How much a route may cost above the least cost of all: 2⁻⁶⁰ of it, and for every pool in use the rounding of its cost and
/// its fee, and of the conversion, which is worth one credit-wei of compute at the price there.
pub fn slack(sources: &[Source], route: &Route) -> u128 {
    let used = sources.iter().zip(&route.shares).filter(|(_, share)| share.psi > 0);
    let rounding = used.map(|(source, share)| {
        let curve = source.pool.curve;
        let relative = BigUint::from(share.marginal_price) * curve.psi_scale / curve.theta_scale / SHADOW_ONE;
        4 + 3 * u128::try_from(relative).unwrap()
    });
    rounding.sum::<u128>() + (route.total >> 60)
}

/// What buying these amounts costs, each from its own source; `None` where one is refused, or more than routes may use: up to
/// `MAX_RESERVE`, the whole cost counted into Θ.
pub fn cost(sources: &[Source], amounts: &[u128]) -> Option<u128> {
    sources.iter().zip(amounts).try_fold(0, |total, (source, amount)| match *amount {
        0 => Some(total),
        amount if amount > source.most() => None,
        amount => {
            let theta = source.pool.buy_exact_out(amount).ok()?.theta;
            (source.pool.reserves.theta + theta <= MAX_RESERVE).then_some(total + theta)
        }
    })
}

/// The amounts of a route.
pub fn amounts(route: &Route) -> Vec<u128> {
    route.shares.iter().map(|share| share.psi).collect()
}
