//! The marginal price of buying from one pool, fees included, and how fast it moves.

use super::types::SHADOW_ONE;
use crate::{
    curve::{invariant, root_weight},
    swap::exact_out,
    types::{HmmError, MAX_RESERVE, PPB},
    wide::{add, div_floor, mul, narrow, product, shift_right, weighted},
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

/// What is known where `psi` have been bought.
#[derive(Clone, Copy)]
pub(super) struct Point {
    /// Bought, compute-wei.
    pub(super) psi: u128,
    /// Marginal price there, [`SHADOW_ONE`] fixed point.
    pub(super) price: u128,
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

    /// The most that can be bought, less than `most`: what the pool trades, at a marginal price below 3.4·10¹⁴ credits per
    /// unit.
    pub(super) fn reach(&self, most: u128) -> u128 {
        let (mut low, mut high) = (0, most);
        while let Some(middle) = between(low, high) {
            if self.point(middle, true).is_ok() {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Marginal price after buying `psi`. With `rising`, the risk fee grows with the next unit:
    ///
    /// ```text
    /// G = c/(1−f)      G′ = (p + c·f′/(1−f))/(1−f)      f′ = λ_r/Ψ_ref, or 0
    /// ```
    /// Errors: [`HmmError::PoolExhausted`], [`HmmError::ReserveTooLarge`], [`HmmError::Overflow`] for a price above the range.
    pub(super) fn point(&self, psi: u128, rising: bool) -> Result<Point, HmmError> {
        let Pool { curve, fees, reserves, reference } = self.pool;
        let (epsilon, out) = (curve.epsilon_ppb, curve.credits_ceil(psi)?);
        let bought = exact_out(epsilon, reserves.theta, self.psi, out, self.k)?;
        let left = self.psi.checked_sub(out).ok_or(HmmError::PoolExhausted)?;
        // Providers' fees enter Θ as well: less than half of what crosses the curve.
        let paid = narrow(bought.paid)?;
        let theta = paid.checked_add(reserves.theta).ok_or(HmmError::ReserveTooLarge)?;
        if theta.saturating_add(paid.div_euclid(2)) > MAX_RESERVE {
            return Err(HmmError::ReserveTooLarge);
        }
        // p = (Sθ + eψ)/(Sψ + eθ) of the reserves after.
        let pull = weighted(theta, PPB.into(), left, epsilon.into())?;
        let on_curve = curve.credits_floor(narrow(div_floor(product(pull, SHADOW_ONE), bought.root)?)?)?;
        let length = self.length(pull, bought.root);
        let after = reserves.psi.checked_sub(psi).ok_or(HmmError::PoolExhausted)?;
        let rate = fees.rate(reference.psi, reserves.psi, after)?;
        if !rising {
            return Ok(Point { psi, price: rate.gross_up(on_curve)?, length });
        }
        let kept = rate.kept()?;
        let of_fee = div_floor(mul(product(paid, SHADOW_ONE), fees.risk_ppb)?, kept)?;
        let net = narrow(add(on_curve, of_fee)?)?;
        // 2G′/G″ = length/(p/n + length·f′/(1−f)) with n = p + c·f′/(1−f).
        let of_curve = fraction(on_curve.into(), net.into())?;
        let of_risk = fraction(mul(length, fees.risk_ppb)?, kept)?;
        let length = div_floor(mul(length, 1u64 << FINE)?, add(of_curve, of_risk)?.max(U256::one()))?;
        let length = narrow(length.min(FLAT.into()))?;
        Ok(Point { psi, price: rate.gross_up(net)?, length: length.max(1) })
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
