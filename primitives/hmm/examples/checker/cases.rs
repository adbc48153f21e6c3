//! The kinds of case in a vector file that stand by themselves.

use super::exact::{close, decimal, int, tiny, wei, Exact, WEI};
use hanzo_hmm::{
    buy_exact_in, buy_exact_out, impermanent_loss, sell_exact_in, Curve, FeeParameters, HmmError, Pool, Reserves, PPB,
};
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use serde_json::Value;

/// A string at a JSON pointer.
pub(super) fn text<'a>(case: &'a Value, pointer: &str) -> Result<&'a str, String> {
    case.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("no text at {pointer}"))
}

/// An integer string at a JSON pointer.
fn integer(case: &Value, pointer: &str) -> Result<u128, String> {
    text(case, pointer)?.parse().map_err(|_| format!("no integer at {pointer}"))
}

/// Equality, or expected and got.
pub(super) fn same<T: PartialEq + core::fmt::Debug>(what: &str, expected: T, got: T) -> Result<(), String> {
    if expected == got {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, got {got:?}"))
    }
}

/// Closeness, or expected and got.
pub(super) fn near(
    what: &str,
    expected: &BigRational,
    got: &BigRational,
    tolerance: &BigRational,
) -> Result<(), String> {
    if close(got, expected, tolerance) {
        return Ok(());
    }
    let shown = |v: &BigRational| v.to_f64().unwrap_or(f64::NAN);
    let off = (got - expected).abs();
    Err(format!("{what}: expected {:e}, got {:e}, off by {:e}", shown(expected), shown(got), shown(&off)))
}

/// A named error, or what came instead.
fn refused<T: core::fmt::Debug>(what: &str, expected: HmmError, got: Result<T, HmmError>) -> Result<(), String> {
    match got {
        Err(error) if error == expected => Ok(()),
        other => Err(format!("{what}: expected {expected:?}, got {other:?}")),
    }
}

/// ε in parts per billion from w and λ.
fn epsilon_ppb(case: &Value, prefix: &str) -> Result<u32, String> {
    let (w, lambda) =
        (decimal(text(case, &format!("{prefix}/w"))?)?, decimal(text(case, &format!("{prefix}/lambda"))?)?);
    let ppb = lambda / w * int(PPB.into());
    if !ppb.is_integer() {
        return Err(format!("epsilon {ppb} is not a whole number of parts per billion"));
    }
    ppb.to_integer().to_u32().ok_or_else(|| "epsilon is out of range".into())
}

/// The curve of a case; both scales are one unit, as the file's header says.
pub(super) fn curve(case: &Value, prefix: &str) -> Result<Curve, String> {
    Curve::new(epsilon_ppb(case, prefix)?, WEI, WEI).map_err(|e| format!("curve: {e:?}"))
}

/// A pool without fees.
pub(super) fn pool(curve: Curve, reserves: Reserves) -> Pool {
    Pool { curve, fees: FeeParameters { lp_parts: 1, ..Default::default() }, reserves, reference: reserves, mean: None }
}

/// Reserves given in units.
pub(super) fn reserves(case: &Value, prefix: &str) -> Result<Reserves, String> {
    Ok(Reserves {
        psi: wei(text(case, &format!("{prefix}/psi"))?)?,
        theta: wei(text(case, &format!("{prefix}/theta"))?)?,
    })
}

/// A swap: the integer result to the wei, and every exact number beside it.
pub fn swap(case: &Value) -> Result<String, String> {
    let kind = text(case, "/kind")?;
    let curve = curve(case, "/inputs")?;
    let before = reserves(case, "/inputs")?;
    same("psi_wei", integer(case, "/inputs_int/psi_wei")?, before.psi)?;
    same("theta_wei", integer(case, "/inputs_int/theta_wei")?, before.theta)?;
    let ppb = case.pointer("/inputs_int/eps_ppb").and_then(Value::as_u64);
    same("eps_ppb", ppb, Some(curve.epsilon_ppb.into()))?;
    let amount = integer(case, "/inputs_int/amount_wei")?;
    let is_buy = kind != "sell_exact_in";
    let (given, asked, result) = match kind {
        "buy_exact_in" => ("d_theta_in", "d_psi_out", buy_exact_in(&curve, &before, amount)),
        "buy_exact_out" => ("d_psi_out", "d_theta_in", buy_exact_out(&curve, &before, amount)),
        "sell_exact_in" => ("d_psi_in", "d_theta_out", sell_exact_in(&curve, &before, amount)),
        other => return Err(format!("unknown kind {other}")),
    };
    same("amount_wei", wei(text(case, &format!("/inputs/{given}"))?)?, amount)?;
    let got = result.map_err(|e| format!("refused: {e:?}"))?;
    same(asked, integer(case, &format!("/expected_int/{asked}_wei"))?, got)?;

    let w = decimal(text(case, "/inputs/w")?)?;
    let lambda = decimal(text(case, "/inputs/lambda")?)?;
    let (psi, theta) = (decimal(text(case, "/inputs/psi")?)?, decimal(text(case, "/inputs/theta")?)?);
    let exact =
        if is_buy { Exact { w, lambda, into: theta, from: psi } } else { Exact { w, lambda, into: psi, from: theta } };
    exact_part(case, kind, asked, &exact, got)?;
    prices(case, kind, &curve, &before, &exact, amount, got)?;
    reach(case, kind, &curve, &before, &exact)?;
    Ok(format!("{kind} {asked}_wei={got}"))
}

/// The published exact output against the closed form, and the integer against both.
fn exact_part(case: &Value, kind: &str, asked: &str, exact: &Exact, got: u128) -> Result<(), String> {
    let amount = int(integer(case, "/inputs_int/amount_wei")?) / int(WEI);
    let published = decimal(text(case, &format!("/exact/{asked}"))?)?;
    let derived = if kind == "buy_exact_out" { exact.in_for(&amount) } else { exact.out_for(&amount) };
    near(asked, &derived, &published, &tiny(45))?;
    let in_wei = published * int(WEI);
    let rounded = if kind == "buy_exact_out" { in_wei.ceil() } else { in_wei.floor() };
    same("rounded exact value", rounded, int(got))?;
    near("kappa", &exact.kappa(), &decimal(text(case, "/exact/kappa")?)?, &tiny(45))
}

/// Reserves and prices after the trade. A price of whole-wei reserves differs from the exact one by a wei's worth.
fn prices(
    case: &Value,
    kind: &str,
    curve: &Curve,
    before: &Reserves,
    exact: &Exact,
    amount: u128,
    got: u128,
) -> Result<(), String> {
    let after = match kind {
        "buy_exact_in" => Reserves { psi: before.psi - got, theta: before.theta + amount },
        "buy_exact_out" => Reserves { psi: before.psi - amount, theta: before.theta + got },
        _ => Reserves { psi: before.psi + amount, theta: before.theta - got },
    };
    curve.ensure_not_decreased(before, &after).map_err(|e| format!("{e:?}"))?;
    for (name, value) in [("psi_after", after.psi), ("theta_after", after.theta)] {
        let published = decimal(text(case, &format!("/exact/{name}"))?)? * int(WEI);
        if (&published - int(value)).abs() >= int(1) {
            return Err(format!("{name}: expected {}, got {value}", published.to_f64().unwrap_or(f64::NAN)));
        }
    }
    let mut found = Vec::new();
    for (name, at) in [("price_before", before), ("price_after", &after)] {
        let published = decimal(text(case, &format!("/exact/{name}"))?)?;
        let price = int(curve.price(at).map_err(|e| format!("{name}: {e:?}"))?) / int(WEI);
        near(name, &exact.price(&int(at.psi), &int(at.theta)), &price, &tiny(15))?;
        let of_a_wei = int(2) / int(at.psi.min(at.theta));
        near(name, &published, &price, &(tiny(15) + of_a_wei))?;
        found.push(price);
    }
    let (credits, compute) = if kind == "buy_exact_in" { (amount, got) } else { (got, amount) };
    let average = int(credits) / int(compute);
    let of_a_wei = int(1) / int(got);
    near("avg_price", &decimal(text(case, "/exact/avg_price")?)?, &average, &(tiny(15) + &of_a_wei))?;
    let impact = &average / &found[0];
    let published = decimal(text(case, "/exact/price_impact_avg_over_before_minus_1")?)? + int(1);
    near("price impact", &published, &impact, &(tiny(14) + of_a_wei))
}

/// The bounds of the price, and the last wei the curve reaches.
fn reach(case: &Value, kind: &str, curve: &Curve, before: &Reserves, exact: &Exact) -> Result<(), String> {
    let epsilon = exact.epsilon();
    near("price_lower_bound", &epsilon, &decimal(text(case, "/exact/price_lower_bound")?)?, &tiny(45))?;
    let drains = case.pointer("/exact/d_theta_in_max_drains_psi").and_then(Value::as_str);
    let upper = case.pointer("/exact/price_upper_bound").and_then(Value::as_str);
    // The published bound is in credits, whichever side the trade is on.
    let buying =
        Exact { w: exact.w.clone(), lambda: exact.lambda.clone(), into: int(before.theta), from: int(before.psi) };
    match (buying.reach(), drains, upper) {
        (None, None, None) => Ok(()),
        (Some(derived), Some(drains), Some(upper)) => {
            near("price_upper_bound", &epsilon.recip(), &decimal(upper)?, &tiny(45))?;
            let drains = decimal(drains)? * int(WEI);
            near("d_theta_in_max_drains_psi", &derived, &drains, &tiny(45))?;
            let last = drains.to_integer().to_u128().ok_or("bound out of range")?;
            buy_exact_in(curve, before, last).map_err(|e| format!("buy of {last}, the last wei: {e:?}"))?;
            refused("buy beyond the bound", HmmError::PoolExhausted, buy_exact_in(curve, before, last + 1))
        }
        _ => Err(format!("{kind}: bounds published and derived do not agree on whether they exist")),
    }
}

/// A refusal, by name.
pub fn rejection(case: &Value) -> Result<String, String> {
    let ppb = epsilon_ppb(case, "/inputs")?;
    if ppb >= PPB {
        refused("curve", HmmError::CurvatureTooHigh, Curve::new(ppb, WEI, WEI))?;
        return Ok("CurvatureTooHigh".into());
    }
    let curve = curve(case, "/inputs")?;
    let before = reserves(case, "/inputs")?;
    if before.psi == 0 || before.theta == 0 {
        refused("buy", HmmError::EmptyPool, buy_exact_in(&curve, &before, WEI))?;
        let opened = pool(curve, Reserves::default()).first_deposit(before.psi, before.theta);
        refused("first deposit", HmmError::ZeroAmount, opened)?;
        return Ok("EmptyPool".into());
    }
    if let Ok(amount) = text(case, "/inputs/d_theta_in") {
        refused("buy", HmmError::PoolExhausted, buy_exact_in(&curve, &before, wei(amount)?))?;
        let exact = Exact {
            w: decimal(text(case, "/inputs/w")?)?,
            lambda: decimal(text(case, "/inputs/lambda")?)?,
            into: decimal(text(case, "/inputs/theta")?)?,
            from: decimal(text(case, "/inputs/psi")?)?,
        };
        let unguarded = decimal(text(case, "/unguarded_d_psi_out")?)?;
        near("unguarded_d_psi_out", &exact.out_for(&decimal(amount)?), &unguarded, &tiny(30))?;
    } else {
        let amount = wei(text(case, "/inputs/d_psi_out")?)?;
        refused("buy exact out", HmmError::PoolExhausted, buy_exact_out(&curve, &before, amount))?;
    }
    Ok("PoolExhausted".into())
}

/// One asset of a vector swap: a scalar swap on its own invariant.
pub fn asset(case: &Value) -> Result<String, String> {
    let curve = curve(case, "")?;
    let before = reserves(case, "")?;
    let amount = wei(text(case, "/d_theta_in")?)?;
    let got = buy_exact_in(&curve, &before, amount).map_err(|e| format!("refused: {e:?}"))?;
    let exact = Exact {
        w: decimal(text(case, "/w")?)?,
        lambda: decimal(text(case, "/lambda")?)?,
        into: decimal(text(case, "/theta")?)?,
        from: decimal(text(case, "/psi")?)?,
    };
    let published = decimal(text(case, "/d_psi_out")?)?;
    near("d_psi_out", &exact.out_for(&(int(amount) / int(WEI))), &published, &tiny(45))?;
    same("d_psi_out_wei", (published * int(WEI)).floor(), int(got))?;
    near("kappa_i", &exact.kappa(), &decimal(text(case, "/kappa_i")?)?, &tiny(45))?;
    Ok(format!("d_psi_out_wei={got}"))
}

/// An impermanent loss, within 10⁻¹⁵.
pub fn loss(case: &Value) -> Result<String, String> {
    let ppb = (decimal(text(case, "/eps")?)? * int(PPB.into())).to_integer().to_u32().ok_or("epsilon out of range")?;
    let ratio = wei(text(case, "/price_ratio")?)?;
    let got = impermanent_loss(ppb, ratio).map_err(|e| format!("refused: {e:?}"))?;
    let published = -decimal(text(case, "/il")?)?;
    if (&published - int(got) / int(WEI)).abs() > tiny(15) {
        return Err(format!("expected {}, got {got}e-18", published.to_f64().unwrap_or(f64::NAN)));
    }
    Ok(format!("ratio {} loss={got}e-18", text(case, "/price_ratio")?))
}

/// A deposit: first, first on the constant product, or later and proportional.
pub fn liquidity(case: &Value) -> Result<String, String> {
    let (psi_in, theta_in) = (wei(text(case, "/psi_in")?)?, wei(text(case, "/theta_in")?)?);
    let opened = |curve: Curve| pool(curve, Reserves::default()).first_deposit(psi_in, theta_in);
    let (expected, got) = match text(case, "/case")? {
        "first deposit" => {
            let change = opened(curve(case, "")?).map_err(|e| format!("refused: {e:?}"))?;
            (wei(text(case, "/shares_sqrt_2H_over_2w_plus_2lambda")?)?, change.supply_after)
        }
        "seed formula sqrt(dPsi*dTheta)" => {
            let flat = Curve::new(0, WEI, WEI).map_err(|e| format!("{e:?}"))?;
            let change = opened(flat).map_err(|e| format!("refused: {e:?}"))?;
            (wei(text(case, "/shares")?)?, change.supply_after)
        }
        "later deposit, proportional" => {
            let flat = Curve::new(0, WEI, WEI).map_err(|e| format!("{e:?}"))?;
            let supply = wei(text(case, "/total_shares")?)?;
            let change = pool(flat, reserves(case, "")?)
                .add_liquidity(supply, 0, psi_in, theta_in)
                .map_err(|e| format!("refused: {e:?}"))?;
            same("psi taken", psi_in, change.psi)?;
            same("theta taken", theta_in, change.theta)?;
            (wei(text(case, "/shares")?)?, change.shares)
        }
        other => return Err(format!("unknown case {other}")),
    };
    same("shares_wei", expected, got)?;
    Ok(format!("shares_wei={got}"))
}
