//! The four swaps on the bare curve, without fees (docs/market.md, "Integers").
//!
//! All amounts are unsigned magnitudes in wei. Outputs floor, inputs ceil, and the invariant is checked before a result
//! leaves. An output may round to zero: refusing that is the caller's, as is the 1 % reserve floor.

use crate::{
    curve::{bounded, invariant, root_weight, TWO_PPB},
    types::{Curve, HmmError, Reserves, PPB},
    wide::{add, div_ceil, div_floor, isqrt_ceil, isqrt_floor, mul, narrow, product, weighted},
};
use primitive_types::U256;

/// Compute-wei out for `theta_in` credit-wei, floored.
///
/// Errors: [`HmmError::ZeroAmount`], [`HmmError::EmptyPool`], [`HmmError::PoolExhausted`] past Θ + x = √(2h/λ),
/// [`HmmError::ReserveTooLarge`], [`HmmError::InvariantDecreased`] (never seen).
pub fn buy_exact_in(curve: &Curve, reserves: &Reserves, theta_in: u128) -> Result<u128, HmmError> {
    let psi = open(reserves, theta_in, curve.reserve_floor(reserves.psi)?)?;
    let credits_out = amount_out(curve.epsilon_ppb, reserves.theta, psi, theta_in)?;
    curve.compute_floor(credits_out)
}

/// Credit-wei to pay for exactly `psi_out` compute-wei, ceiled.
///
/// Errors: as [`buy_exact_in`]; [`HmmError::PoolExhausted`] when `psi_out` > Ψ, or = Ψ with λ = 0.
pub fn buy_exact_out(curve: &Curve, reserves: &Reserves, psi_out: u128) -> Result<u128, HmmError> {
    let psi = open(reserves, psi_out, curve.reserve_floor(reserves.psi)?)?;
    if psi_out > reserves.psi {
        return Err(HmmError::PoolExhausted);
    }
    amount_in(curve.epsilon_ppb, reserves.theta, psi, curve.credits_ceil(psi_out)?)
}

/// Credit-wei out for `psi_in` compute-wei, floored.
///
/// Errors: as [`buy_exact_in`], the bound being Ψ + x ≤ √(2h/λ).
pub fn sell_exact_in(curve: &Curve, reserves: &Reserves, psi_in: u128) -> Result<u128, HmmError> {
    let psi = open(reserves, psi_in, curve.reserve_ceil(reserves.psi)?)?;
    curve.reserve_ceil(reserves.psi.checked_add(psi_in).ok_or(HmmError::ReserveTooLarge)?)?;
    let credits_in = curve.credits_floor(psi_in)?;
    amount_out(curve.epsilon_ppb, psi, reserves.theta, credits_in)
}

/// Compute-wei to give for exactly `theta_out` credit-wei, ceiled.
///
/// Errors: as [`buy_exact_in`]; [`HmmError::PoolExhausted`] when `theta_out` > Θ, or = Θ with λ = 0.
pub fn sell_exact_out(curve: &Curve, reserves: &Reserves, theta_out: u128) -> Result<u128, HmmError> {
    let psi = open(reserves, theta_out, curve.reserve_ceil(reserves.psi)?)?;
    let credits_in = amount_in(curve.epsilon_ppb, psi, reserves.theta, theta_out)?;
    let psi_in = curve.compute_ceil(credits_in)?;
    curve.reserve_ceil(reserves.psi.checked_add(psi_in).ok_or(HmmError::ReserveTooLarge)?)?;
    Ok(psi_in)
}

/// Checks what all four have in common and passes the compute reserve in credits through.
fn open(reserves: &Reserves, amount: u128, psi_in_credits: u128) -> Result<u128, HmmError> {
    if amount == 0 {
        return Err(HmmError::ZeroAmount);
    }
    if psi_in_credits == 0 || reserves.theta == 0 {
        return Err(HmmError::EmptyPool);
    }
    bounded(reserves.theta)?;
    Ok(psi_in_credits)
}

/// Output for `x` into the reserve `into` of a pool that pays from the reserve `from`; one unit for all.
///
/// `y = ⌊ x(2S·from + 2e·into + e·x) / (e·from + S(into+x) + ⌈√((S²−e²)(into+x)² + eK)⌉) ⌋`
fn amount_out(epsilon_ppb: u32, into: u128, from: u128, x: u128) -> Result<u128, HmmError> {
    let into_after = bounded(into.checked_add(x).ok_or(HmmError::ReserveTooLarge)?)?;
    let k = invariant(epsilon_ppb, from, into)?;
    if mul(product(into_after, into_after), epsilon_ppb)? > k {
        return Err(HmmError::PoolExhausted);
    }
    let numerator = product(slope(epsilon_ppb, from, into.checked_add(into_after).ok_or(HmmError::Overflow)?)?, x);
    let root = isqrt_ceil(radicand(epsilon_ppb, into_after, k)?)?;
    let denominator = add(weighted(from, epsilon_ppb.into(), into_after, PPB.into())?, root)?;
    let y = narrow(div_floor(numerator, denominator)?)?;
    let from_after = from.checked_sub(y).ok_or(HmmError::PoolExhausted)?;
    ensure_kept(epsilon_ppb, from_after, into_after, k)?;
    Ok(y)
}

/// Input that makes a pool pay `y` from the reserve `from`; the mirror of [`amount_out`], root floored, quotient ceiled.
///
/// `x = ⌈ y(2S·into + 2e·from − e·y) / (e·into + S(from−y) + ⌊√((S²−e²)(from−y)² + eK)⌋) ⌉`
fn amount_in(epsilon_ppb: u32, into: u128, from: u128, y: u128) -> Result<u128, HmmError> {
    let from_after = from.checked_sub(y).ok_or(HmmError::PoolExhausted)?;
    let k = invariant(epsilon_ppb, from, into)?;
    let x = narrow(exact_out(epsilon_ppb, into, from, y, k)?.paid).map_err(|_| HmmError::ReserveTooLarge)?;
    let into_after = bounded(into.checked_add(x).ok_or(HmmError::ReserveTooLarge)?)?;
    ensure_kept(epsilon_ppb, from_after, into_after, k)?;
    Ok(x)
}

/// What it takes to draw an amount exactly out of a reserve.
pub(crate) struct ExactOut {
    /// The input, ceiled.
    pub(crate) paid: U256,
    /// `⌊√((S²−e²)(from−y)² + eK)⌋`: on the curve, `S·from + e·into` after the trade.
    pub(crate) root: U256,
}

/// The arithmetic of [`amount_in`] on a pool of invariant `k`, without its checks; `y` may be zero.
pub(crate) fn exact_out(epsilon_ppb: u32, into: u128, from: u128, y: u128, k: U256) -> Result<ExactOut, HmmError> {
    let from_after = from.checked_sub(y).ok_or(HmmError::PoolExhausted)?;
    let numerator = product(slope(epsilon_ppb, into, from.checked_add(from_after).ok_or(HmmError::Overflow)?)?, y);
    let root = isqrt_floor(radicand(epsilon_ppb, from_after, k)?)?;
    let denominator = add(weighted(into, epsilon_ppb.into(), from_after, PPB.into())?, root)?;
    if denominator.is_zero() {
        return Err(HmmError::PoolExhausted);
    }
    Ok(ExactOut { paid: div_ceil(numerator, denominator)?, root })
}

/// `2S·cross + e·own`, the first factor of both numerators; `own` is the sum of a reserve before and after.
fn slope(epsilon_ppb: u32, cross: u128, own: u128) -> Result<u128, HmmError> {
    weighted(cross, TWO_PPB, own, epsilon_ppb.into())
}

/// `(S²−e²)r² + eK`, what stands under the root.
fn radicand(epsilon_ppb: u32, reserve: u128, k: U256) -> Result<U256, HmmError> {
    add(mul(product(reserve, reserve), root_weight(epsilon_ppb)?)?, mul(k, epsilon_ppb)?)
}

/// The last line of the integer rule: K after ≥ K before.
fn ensure_kept(epsilon_ppb: u32, a: u128, b: u128, k: U256) -> Result<(), HmmError> {
    if invariant(epsilon_ppb, a, b)? >= k {
        Ok(())
    } else {
        Err(HmmError::InvariantDecreased)
    }
}
