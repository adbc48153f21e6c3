//! What the property tests share: case counts, random pools, exact invariants.
#![allow(dead_code)]

pub mod market;
pub mod routing;

use hanzo_hmm::{Curve, FeeParameters, Pool, Reserves, MAX_RESERVE, PPB};
use num_bigint::BigUint;
use proptest::{prelude::*, test_runner::FileFailurePersistence};

/// One unit in wei.
pub const UNIT: u128 = 1_000_000_000_000_000_000;

/// A pool that charges nothing.
pub const NO_FEES: FeeParameters =
    FeeParameters { market_ppb: 0, risk_ppb: 0, cap_ppb: 0, burn_ppb: 0, lp_parts: 1, treasury_parts: 0 };

/// `HANZO_PROPTEST_CASES` cases, 2,000 by default; failures are kept beside the test.
pub fn config() -> ProptestConfig {
    config_from(2_000)
}

/// As [`config`], but so many by default.
fn config_from(usual: u32) -> ProptestConfig {
    let cases = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    ProptestConfig {
        cases,
        max_global_rejects: u32::MAX,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

/// As [`config`], but at most `most` cases: for properties whose cases cost a hundred times more.
pub fn config_up_to(most: u32) -> ProptestConfig {
    let config = config();
    ProptestConfig { cases: config.cases.min(most), ..config }
}

/// As [`config`], but `most` cases by default and at most: for properties whose number of cases is promised, and that they
/// take seconds for.
pub fn config_of(most: u32) -> ProptestConfig {
    let config = config_from(most);
    ProptestConfig { cases: config.cases.min(most), ..config }
}

/// Log-uniform in [2^low, 2^(high+1)).
pub fn magnitude(low: u32, high: u32) -> impl Strategy<Value = u128> {
    (low..=high).prop_flat_map(|bits| (1u128 << bits)..(1u128 << (bits + 1)))
}

/// ε over its whole range, with the corners.
pub fn epsilon() -> impl Strategy<Value = u32> {
    prop_oneof![2 => Just(0), 2 => Just(50_000_000), 1 => Just(PPB - 1), 1 => 1..1_000u32, 4 => 1..=500_000_000u32, 2 => 500_000_000..PPB]
}

/// ε within governance's default bound.
pub fn governed_epsilon() -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(0), 1 => Just(50_000_000), 1 => Just(500_000_000), 3 => 0..=500_000_000u32]
}

/// A curve with equal scales half of the time, else with p̄ anywhere in [10⁻⁹, 10⁹].
pub fn curve() -> impl Strategy<Value = Curve> {
    let equal = epsilon().prop_map(|epsilon| Curve::new(epsilon, UNIT, UNIT).unwrap());
    prop_oneof![equal, scaled_curve()]
}

/// A curve with unequal scales.
pub fn scaled_curve() -> impl Strategy<Value = Curve> {
    (epsilon(), magnitude(0, 90), magnitude(0, 90)).prop_map(|(epsilon, theta, psi)| {
        let psi = psi.clamp(theta.div_ceil(1_000_000_000), theta * 1_000_000_000);
        Curve::new(epsilon, theta, psi).unwrap()
    })
}

/// Reserves for a curve, each side log-uniform from 2^low credit-wei up to `MAX_RESERVE` / 8.
pub fn reserves(curve: Curve, low: u32) -> impl Strategy<Value = Reserves> {
    (magnitude(low, 89), magnitude(low, 89), any::<u64>()).prop_map(move |(psi, theta, noise)| {
        let base = BigUint::from(psi) * curve.psi_scale / curve.theta_scale;
        let psi = u128::try_from(base).unwrap_or(u128::MAX).saturating_add(u128::from(noise) % 3);
        Reserves { psi: psi.clamp(1, MAX_RESERVE / 8), theta }
    })
}

/// A curve and reserves: extreme, the smaller the side the rarer a sensible trade.
pub fn extreme() -> impl Strategy<Value = (Curve, Reserves)> {
    curve().prop_flat_map(|curve| reserves(curve, 0).prop_map(move |reserves| (curve, reserves)))
}

/// A curve and reserves of at least 2^40 credit-wei a side that differ by at most a thousandfold.
pub fn sensible(curve: impl Strategy<Value = Curve>) -> impl Strategy<Value = (Curve, Reserves)> {
    (curve, magnitude(50, 80), magnitude(0, 19)).prop_map(|(curve, psi, ratio)| {
        let compute = BigUint::from(psi) * curve.psi_scale / curve.theta_scale;
        let compute = u128::try_from(compute).unwrap().clamp(1, MAX_RESERVE / 8);
        (curve, Reserves { psi: compute, theta: (psi / 1_000 * ratio).clamp(1 << 40, MAX_RESERVE / 8) })
    })
}

/// A pool at the start of its block.
pub fn pool(curve: Curve, fees: FeeParameters, reserves: Reserves) -> Pool {
    Pool { curve, fees, reserves, reference: reserves, mean: None }
}

/// A mean price near the price, in parts per billion of it, or none.
pub fn mean() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![1 => Just(None), 1 => (900_000_000..=1_100_000_000u32).prop_map(Some)]
}

/// The pool with such a mean price.
pub fn with_mean(pool: Pool, mean: Option<u32>) -> Pool {
    let price = pool.price().unwrap_or(0);
    Pool { mean: mean.map(|part| share(price, part)).filter(|mean| *mean > 0), ..pool }
}

/// Fee parameters anywhere within their bounds.
pub fn fees() -> impl Strategy<Value = FeeParameters> {
    let any_fees = (0..=250_000_000u32, 0..=250_000_000u32, 0..=500_000_000u32, 0..=PPB, 0..=9u32, 1..=9u32).prop_map(
        |(a, b, risk_ppb, burn_ppb, lp_parts, treasury_parts)| FeeParameters {
            market_ppb: a.min(b),
            risk_ppb,
            cap_ppb: a.max(b),
            burn_ppb,
            lp_parts,
            treasury_parts,
        },
    );
    prop_oneof![Just(FeeParameters::DEFAULT), Just(NO_FEES), any_fees]
}

/// K on exact rationals, times Θ̄·Ψ̄·Ψ̄/Θ̄: 2SΨΘ·Θ̄Ψ̄ + e(Ψ²Θ̄² + Θ²Ψ̄²).
pub fn exact_invariant(curve: &Curve, reserves: &Reserves) -> BigUint {
    let psi = BigUint::from(reserves.psi) * curve.theta_scale;
    let theta = BigUint::from(reserves.theta) * curve.psi_scale;
    BigUint::from(2 * u64::from(PPB)) * &psi * &theta
        + BigUint::from(curve.epsilon_ppb) * (&psi * &psi + &theta * &theta)
}

/// `part` parts per billion of `whole`.
pub fn share(whole: u128, part: u32) -> u128 {
    u128::try_from(BigUint::from(whole) * part / PPB).unwrap()
}
