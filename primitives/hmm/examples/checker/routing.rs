//! The routing section of a vector file: a requirement split over its pools, without fees.

use super::{
    cases::{curve, near, pool, reserves, same, text},
    exact::{decimal, int, tiny, wei, Exact, WEI},
    Line,
};
use hanzo_hmm::{
    find_route,
    route::{Source, SHADOW_ONE},
    verify_route,
};
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde_json::Value;

/// Every case of the section. A missing section is a failure of its own.
pub fn check(document: &Value) -> Vec<Line> {
    let list = |pointer| document.pointer(pointer).and_then(Value::as_array).filter(|list| !list.is_empty());
    match (list("/routing/pools"), list("/routing/cases")) {
        (Some(pools), Some(cases)) => cases
            .iter()
            .map(|case| {
                let name = format!("routing {}", text(case, "/requirement").unwrap_or("?"));
                Line { name, outcome: route(pools, case) }
            })
            .collect(),
        _ => vec![Line { name: "routing".into(), outcome: Err("no pools or cases at /routing".into()) }],
    }
}

/// One requirement: the published optimum against the closed forms, and the route against the optimum.
fn route(pools: &[Value], case: &Value) -> Result<String, String> {
    let required = wei(text(case, "/requirement")?)?;
    let price = decimal(text(case, "/shadow_price")?)?;
    let mut sources = Vec::new();
    let mut published = Vec::new();
    for (i, given) in pools.iter().enumerate() {
        let cap = match case.pointer("/caps") {
            None | Some(Value::Null) => None,
            Some(_) => Some(wei(text(case, &format!("/caps/{i}"))?)?),
        };
        let source = Source { pool: pool(curve(given, "")?, reserves(given, "")?), cap, floor: 0 };
        sources.push(source);
        published.push(optimum(given, case, i, &price, cap)?);
    }
    let found = find_route(&sources, required).map_err(|e| e.to_string())?;

    near("shadow_price", &price, &(int(found.shadow_price) / int(SHADOW_ONE)), &tiny(12))?;
    let amounts: Vec<u128> = found.shares.iter().map(|share| share.psi).collect();
    same("sum of d_psi", required, amounts.iter().sum())?;
    // Amounts and costs are flat in one another at the optimum: within 10⁻¹⁵ of the requirement and its cost.
    let total = decimal(text(case, "/total_d_theta")?)? * int(WEI);
    for (i, (share, (psi, theta))) in found.shares.iter().zip(&published).enumerate() {
        within(&format!("d_psi {i}"), psi, share.psi, &(int(required) * tiny(15)))?;
        within(&format!("d_theta {i}"), theta, share.theta, &(&total * tiny(15)))?;
    }
    // The total is not: never below the optimum, and above it by less than the rounding of each cost.
    let (least, most) = (total.ceil(), &total + int(pools.len() as u128));
    if int(found.total) < least || int(found.total) > most {
        return Err(format!("total_d_theta: expected {least} to {most}, got {}", found.total));
    }
    let verified = verify_route(&sources, &amounts, required, found.total).map_err(|e| e.to_string())?;
    same("verified cost", found.total, verified)?;
    Ok(format!("shadow_price={}e-24 total_d_theta_wei={}", found.shadow_price, found.total))
}

/// The published amount and cost of a pool, wei, checked to be the closed form's: at the shadow price, nothing where the
/// pool is dearer, or the cap where it is cheaper.
fn optimum(
    given: &Value,
    case: &Value,
    i: usize,
    price: &BigRational,
    cap: Option<u128>,
) -> Result<(BigRational, BigRational), String> {
    let exact = Exact {
        w: decimal(text(given, "/w")?)?,
        lambda: decimal(text(given, "/lambda")?)?,
        into: decimal(text(given, "/theta")?)?,
        from: decimal(text(given, "/psi")?)?,
    };
    let psi = decimal(text(case, &format!("/d_psi/{i}"))?)?;
    let theta = decimal(text(case, &format!("/d_theta/{i}"))?)?;
    let mut wanted = (&exact.from - exact.left_at(price)).max(BigRational::zero());
    if let Some(cap) = cap {
        wanted = wanted.min(int(cap) / int(WEI));
    }
    near(&format!("d_psi {i}"), &wanted, &psi, &tiny(45))?;
    near(&format!("d_theta {i}"), &exact.in_for(&psi), &theta, &tiny(45))?;
    Ok((psi * int(WEI), theta * int(WEI)))
}

/// Closeness in wei, or expected and got.
fn within(what: &str, expected: &BigRational, got: u128, tolerance: &BigRational) -> Result<(), String> {
    if (expected - int(got)).abs() <= *tolerance {
        return Ok(());
    }
    Err(format!("{what}: expected {} wei, got {got}", expected.round().to_integer()))
}
