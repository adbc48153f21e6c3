//! The marginal price of buying from one pool, fees included, and how fast it moves.

use super::types::SHADOW_ONE;
use crate::{
    curve::{invariant, root_weight},
    fee::Rate,
    swap::{exact_out, ExactOut},
    types::{HmmError, MAX_RESERVE, PPB, PRICE_ONE},
    wide::{add, div_floor, mul, mul_div_floor, narrow, product, shift_right, weighted},
    Pool,
};
use primitive_types::U256;

/// Longest [`Point::length`]; the price of a pool that has a longer one is flat for all purposes.
const FLAT: u128 = 1 << 112;
/// Bits of a fraction in the arithmetic of lengths, which need no more than six digits.
const FINE: u32 = 32;

/// The compute side of a pool, prepared for many evaluations.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// The pool.
    pub(super) pool: &'a Pool,
    /// Ψ in credit-wei, floored.
    psi: u128,
    /// K of the reserves.
    k: U256,
}

/// The curve where `psi` have been bought.
pub(super) struct State {
    /// Bought, compute-wei.
    pub(super) psi: u128,
    /// Paid for it without fees, credit-wei.
    paid: u128,
    /// p, without fees, [`SHADOW_ONE`] fixed point.
    price: u128,
    /// 2p/|p′|, compute-wei.
    length: u128,
    /// The fee of a purchase that ends here.
    rate: Rate,
}

/// The cost where `psi` have been bought, fees included.
#[derive(Clone, Copy)]
pub(super) struct Point {
    /// Bought, compute-wei.
    pub(super) psi: u128,
    /// Marginal price there, [`SHADOW_ONE`] fixed point.
    pub(super) price: u128,
    /// 2⁶⁴·√price.
    pub(super) root: u128,
    /// Twice the price over its slope, compute-wei: what a constant product pool of this price and slope would still hold.
    pub(super) length: u128,
}

impl<'a> Side<'a> {
    /// Errors: [`HmmError::EmptyPool`] for a pool that holds nothing or has no reference, [`HmmError::ReserveTooLarge`].
    pub(super) fn new(pool: &'a Pool) -> Result<Self, HmmError> {
        let psi = pool.curve.reserve_floor(pool.reserves.psi)?;
        if psi == 0 || pool.reserves.theta == 0 || pool.reference.psi == 0 {
            return Err(HmmError::EmptyPool);
        }
        Ok(Self { pool, psi, k: invariant(pool.curve.epsilon_ppb, psi, pool.reserves.theta)? })
    }

    /// The most that can be bought, less than `most`: as long as the marginal price stays below 3.4·10¹⁴ credits per unit
    /// and Θ with the whole cost within [`MAX_RESERVE`].
    pub(super) fn reach(&self, most: u128) -> u128 {
        let (mut low, mut high) = (0, most);
        while let Some(middle) = between(low, high) {
            if self.state(middle).and_then(|state| self.point(&state, true)).is_ok() {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The curve after buying `psi`. Errors: [`HmmError::PoolExhausted`], [`HmmError::ReserveTooLarge`],
    /// [`HmmError::Overflow`] for a price above the range.
    fn state(&self, psi: u128) -> Result<State, HmmError> {
        let Pool { curve, fees, reserves, reference, .. } = self.pool;
        let (epsilon, out) = (curve.epsilon_ppb, curve.credits_ceil(psi)?);
        let ExactOut { paid, root } = exact_out(epsilon, reserves.theta, self.psi, out, self.k)?;
        let left = self.psi.checked_sub(out).ok_or(HmmError::PoolExhausted)?;
        let paid = narrow(paid)?;
        let theta = paid.checked_add(reserves.theta).ok_or(HmmError::ReserveTooLarge)?;
        let after = reserves.psi.checked_sub(psi).ok_or(HmmError::PoolExhausted)?;
        let rate = fees.rate(reference.psi, reserves.psi, after)?;
        // The providers' part of the fee enters Θ as well. All of it is less than half of what crosses the curve.
        if theta.saturating_add(paid.div_euclid(2)) > MAX_RESERVE
            && reserves.theta.saturating_add(rate.gross_up(paid)?) > MAX_RESERVE
        {
            return Err(HmmError::ReserveTooLarge);
        }
        // p = (Sθ + eψ)/(Sψ + eθ) of the reserves after.
        let pull = weighted(theta, PPB.into(), left, epsilon.into())?;
        let price = curve.credits_floor(narrow(div_floor(product(pull, SHADOW_ONE), root)?)?)?;
        Ok(State { psi, paid, price, length: self.length(pull, root), rate })
    }

    /// The most that can be bought, at most `most`, before the curve asks more than the pool's mean price; 0 where it does at
    /// once.
    pub(super) fn held(&self, most: u128) -> u128 {
        let Some(mean) = self.pool.mean else { return 0 };
        let is_held = |psi| {
            let at_mean = mul_div_floor(psi, mean, PRICE_ONE).unwrap_or(u128::MAX);
            self.state(psi).is_ok_and(|state| state.paid <= at_mean)
        };
        if is_held(most) {
            return most;
        }
        let (mut low, mut high) = (0, most);
        while let Some(middle) = between(low, high) {
            if is_held(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The pool after buying `psi`, by its curve or at its mean price. Errors as [`Side::state`].
    pub(super) fn after(&self, psi: u128, at_mean: bool) -> Result<State, HmmError> {
        let state = self.state(psi)?;
        if !at_mean {
            return Ok(state);
        }
        let mean = self.pool.mean.ok_or(HmmError::Overflow)?;
        let price = mul_div_floor(mean, SHADOW_ONE, PRICE_ONE)?;
        Ok(State { paid: mul_div_floor(psi, mean, PRICE_ONE)?, price, length: FLAT, ..state })
    }

    /// Adds the fee to a state. With `rising`, the risk fee grows with the next unit:
    ///
    /// ```text
    /// G = c/(1−f)      G′ = (p + c·f′/(1−f))/(1−f)      f′ = λ_r/Ψ_ref, or 0
    /// ```
    /// Error: [`HmmError::Overflow`] for a price above the range.
    pub(super) fn point(&self, state: &State, rising: bool) -> Result<Point, HmmError> {
        let State { psi, paid, price, length, rate } = state;
        if !rising {
            return Ok(Point::new(*psi, rate.gross_up(*price)?, *length));
        }
        let (kept, risk) = (rate.kept()?, self.pool.fees.risk_ppb);
        let of_fee = div_floor(mul(product(*paid, SHADOW_ONE), risk)?, kept)?;
        let net = narrow(add(*price, of_fee)?)?;
        // 2G′/G″ = length/(p/n + length·f′/(1−f)) with n = p + c·f′/(1−f).
        let of_curve = fraction((*price).into(), net.into())?;
        let of_risk = fraction(mul(*length, risk)?, kept)?;
        let length = div_floor(mul(*length, 1u64 << FINE)?, add(of_curve, of_risk)?.max(U256::one()))?;
        let length = narrow(length.min(FLAT.into()))?;
        Ok(Point::new(*psi, rate.gross_up(net)?, length.max(1)))
    }

    /// `2p/|p′| = 2·pull·root²/(K·(S²−e²))` on the bare curve, compute-wei, to about 2⁻²⁹ of itself.
    fn length(&self, pull: u128, root: U256) -> u128 {
        let ((pull, a), (root, b)) = (top(pull.into()), top(root));
        let k = shift_right(self.k, a.saturating_add(b)).low_u128();
        let weight = root_weight(self.pool.curve.epsilon_ppb).map_or(0, |weight| weight.low_u128());
        let ratio = pull.saturating_mul(root).checked_div(k).unwrap_or(0);
        let length = ratio.saturating_mul(root).saturating_mul(2).checked_div(weight).unwrap_or(FLAT);
        let credits = length.min(FLAT >> b.min(112)).checked_shl(b as u32).unwrap_or(FLAT);
        self.pool.curve.compute_floor(credits).map_or(FLAT, |length| length.clamp(1, FLAT))
    }
}

impl Point {
    /// A point with the root of its price.
    pub(super) fn new(psi: u128, price: u128, length: u128) -> Self {
        Self { psi, price, root: root(price), length }
    }
}

/// 2⁶⁴·√price, to 2⁻⁶³ of itself.
pub(super) fn root(price: u128) -> u128 {
    let half = price.leading_zeros().div_euclid(2);
    let top = price.checked_shl(half.saturating_mul(2)).unwrap_or(0).isqrt();
    top.checked_shl(64u32.saturating_sub(half)).unwrap_or(0)
}

/// The top 64 bits of a number, and how many were dropped.
fn top(n: U256) -> (u128, usize) {
    let dropped = n.bits().saturating_sub(64);
    (shift_right(n, dropped).low_u128(), dropped)
}

/// `2³²·a/b`, about.
fn fraction(a: U256, b: U256) -> Result<U256, HmmError> {
    div_floor(a, shift_right(b, FINE as usize).max(U256::one()))
}

/// The middle of a bracket, `None` where nothing lies between.
pub(super) fn between(low: u128, high: u128) -> Option<u128> {
    let middle = low.midpoint(high);
    (middle > low && middle < high).then_some(middle)
}
