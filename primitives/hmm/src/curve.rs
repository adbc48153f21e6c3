//! Shape of a pool's curve, its scales and its invariant (docs/market.md, "The curve", "Integers").

use crate::{
    types::{Curve, HmmError, Reserves, MAX_RESERVE, PPB},
    wide::{add, mul, mul_div_ceil, mul_div_floor, product, sub},
};
use primitive_types::U256;

/// Largest and (inverted) smallest p̄ = Θ̄/Ψ̄ a pool may be created with.
pub const MAX_SCALE_RATIO: u128 = 1_000_000_000;

impl Curve {
    /// A checked curve: `epsilon_ppb` = ε = λ/w in parts per billion, the scales in wei (docs/market.md, "The curve").
    ///
    /// Errors: [`HmmError::CurvatureTooHigh`] for ε ≥ 1, [`HmmError::BadScale`] for a zero scale or p̄ = Θ̄/Ψ̄ outside
    /// [10⁻⁹, 10⁹].
    pub fn new(epsilon_ppb: u32, theta_scale: u128, psi_scale: u128) -> Result<Self, HmmError> {
        let curve = Self { epsilon_ppb, theta_scale, psi_scale };
        curve.validate()?;
        Ok(curve)
    }

    /// Checks a curve that came from storage, genesis or a call. Errors as [`Curve::new`].
    pub fn validate(&self) -> Result<(), HmmError> {
        if self.epsilon_ppb >= PPB {
            return Err(HmmError::CurvatureTooHigh);
        }
        let (theta, psi) = (U256::from(self.theta_scale), U256::from(self.psi_scale));
        let in_bounds = !theta.is_zero()
            && !psi.is_zero()
            && theta <= mul(psi, MAX_SCALE_RATIO)?
            && psi <= mul(theta, MAX_SCALE_RATIO)?;
        if in_bounds {
            Ok(())
        } else {
            Err(HmmError::BadScale)
        }
    }

    /// K(Ψ,Θ) = 2SΨΘ + e(Ψ²+Θ²) in credit-wei² times parts per billion, Ψ converted to credits at p̄ and floored
    /// (docs/market.md, "Integers"). K = 2S/w · H in scaled units.
    ///
    /// Errors: [`HmmError::ReserveTooLarge`] for a reserve over [`MAX_RESERVE`] credit-wei, [`HmmError::BadScale`].
    pub fn invariant(&self, reserves: &Reserves) -> Result<U256, HmmError> {
        let psi = self.reserve_floor(reserves.psi)?;
        if reserves.theta > MAX_RESERVE {
            return Err(HmmError::ReserveTooLarge);
        }
        invariant(self.epsilon_ppb, psi, reserves.theta)
    }

    /// The check after every trade (docs/market.md, "Integers"): [`HmmError::InvariantDecreased`] when K(after) < K(before).
    /// Other errors as [`Curve::invariant`].
    pub fn ensure_not_decreased(&self, before: &Reserves, after: &Reserves) -> Result<(), HmmError> {
        if self.invariant(after)? >= self.invariant(before)? {
            Ok(())
        } else {
            Err(HmmError::InvariantDecreased)
        }
    }

    /// Compute-wei to credit-wei at p̄, floored.
    pub(crate) fn credits_floor(&self, psi: u128) -> Result<u128, HmmError> {
        if self.has_equal_scales() {
            return Ok(psi);
        }
        mul_div_floor(psi, self.theta_scale, self.psi_scale)
    }

    /// Compute-wei to credit-wei at p̄, ceiled.
    pub(crate) fn credits_ceil(&self, psi: u128) -> Result<u128, HmmError> {
        if self.has_equal_scales() {
            return Ok(psi);
        }
        mul_div_ceil(psi, self.theta_scale, self.psi_scale)
    }

    /// Credit-wei to compute-wei at p̄, floored.
    pub(crate) fn compute_floor(&self, credits: u128) -> Result<u128, HmmError> {
        if self.has_equal_scales() {
            return Ok(credits);
        }
        mul_div_floor(credits, self.psi_scale, self.theta_scale)
    }

    /// Credit-wei to compute-wei at p̄, ceiled.
    pub(crate) fn compute_ceil(&self, credits: u128) -> Result<u128, HmmError> {
        if self.has_equal_scales() {
            return Ok(credits);
        }
        mul_div_ceil(credits, self.psi_scale, self.theta_scale)
    }

    /// The compute reserve in credit-wei, floored, checked against [`MAX_RESERVE`] on both scales.
    pub(crate) fn reserve_floor(&self, psi: u128) -> Result<u128, HmmError> {
        bounded(psi)?;
        bounded(self.credits_floor(psi)?)
    }

    /// The compute reserve in credit-wei, ceiled, checked against [`MAX_RESERVE`] on both scales.
    pub(crate) fn reserve_ceil(&self, psi: u128) -> Result<u128, HmmError> {
        bounded(psi)?;
        bounded(self.credits_ceil(psi)?)
    }

    /// Refuses reserves that no later trade could compute with: over [`MAX_RESERVE`] in wei or in credits at p̄.
    pub(crate) fn ensure_in_range(&self, reserves: &Reserves) -> Result<(), HmmError> {
        bounded(reserves.theta)?;
        self.reserve_ceil(reserves.psi).map(|_| ())
    }

    /// Whether p̄ = 1, so that no conversion is needed. A zero scale falls through to the conversions, which refuse it.
    fn has_equal_scales(&self) -> bool {
        self.theta_scale == self.psi_scale && self.psi_scale != 0
    }
}

/// 2S.
pub(crate) const TWO_PPB: u64 = 2_000_000_000;

/// K of two reserves in one unit; symmetric in them.
pub(crate) fn invariant(epsilon_ppb: u32, a: u128, b: u128) -> Result<U256, HmmError> {
    let cross = mul(product(a, b), TWO_PPB)?;
    let squares = add(product(a, a), product(b, b))?;
    add(cross, mul(squares, epsilon_ppb)?)
}

/// S² − e², the weight of the squared reserve under the root.
pub(crate) fn root_weight(epsilon_ppb: u32) -> Result<U256, HmmError> {
    if epsilon_ppb >= PPB {
        return Err(HmmError::CurvatureTooHigh);
    }
    sub(mul(PPB, PPB)?, mul(epsilon_ppb, epsilon_ppb)?)
}

/// Passes a reserve of at most [`MAX_RESERVE`] through.
pub(crate) fn bounded(reserve: u128) -> Result<u128, HmmError> {
    if reserve > MAX_RESERVE {
        return Err(HmmError::ReserveTooLarge);
    }
    Ok(reserve)
}
