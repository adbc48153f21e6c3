//! Marginal price and reference price (docs/market.md, "The curve").

use crate::{
    types::{Curve, HmmError, Reserves, MAX_RESERVE, PPB, PRICE_ONE},
    wide::{add, mul, mul_div_floor, narrow},
};
use primitive_types::{U256, U512};

impl Curve {
    /// p̄ = Θ̄/Ψ̄ as [`PRICE_ONE`] fixed point, floored. 0 for a curve that [`Curve::validate`] refuses.
    pub fn reference_price(&self) -> u128 {
        if self.validate().is_err() {
            return 0;
        }
        mul_div_floor(self.theta_scale, PRICE_ONE, self.psi_scale).unwrap_or(0)
    }

    /// Marginal price p = (wθ + λψ)/(wψ + λθ) · Θ̄/Ψ̄ in credits per unit of compute, [`PRICE_ONE`] fixed point, the exact
    /// floor. Always within (ε, 1/ε)·p̄.
    ///
    /// Errors: [`HmmError::EmptyPool`] where the price has no value (no compute and λ = 0, or nothing at all),
    /// [`HmmError::ReserveTooLarge`], [`HmmError::Overflow`] above 3.4·10²⁰ credits per unit, [`HmmError::BadScale`].
    pub fn price(&self, reserves: &Reserves) -> Result<u128, HmmError> {
        if reserves.psi > MAX_RESERVE || reserves.theta > MAX_RESERVE {
            return Err(HmmError::ReserveTooLarge);
        }
        if self.theta_scale == 0 || self.psi_scale == 0 {
            return Err(HmmError::BadScale);
        }
        if self.theta_scale == self.psi_scale {
            let (above, below) = self.slopes(reserves.psi.into(), reserves.theta.into())?;
            let price = mul(above, PRICE_ONE)?.checked_div(below).ok_or(HmmError::EmptyPool)?;
            return narrow(price);
        }
        let psi = mul(reserves.psi, self.theta_scale)?;
        let theta = mul(reserves.theta, self.psi_scale)?;
        let (above, below) = self.slopes(psi, theta)?;
        let above = above.full_mul(mul(self.theta_scale, PRICE_ONE)?);
        let below = below.full_mul(U256::from(self.psi_scale));
        let price: U512 = above.checked_div(below).ok_or(HmmError::EmptyPool)?;
        narrow(U256::try_from(price).map_err(|_| HmmError::Overflow)?)
    }

    /// `(Sθ + eψ, Sψ + eθ)`, the two slopes of the curve in any common unit.
    fn slopes(&self, psi: U256, theta: U256) -> Result<(U256, U256), HmmError> {
        let above = add(mul(theta, PPB)?, mul(psi, self.epsilon_ppb)?)?;
        let below = add(mul(psi, PPB)?, mul(theta, self.epsilon_ppb)?)?;
        Ok((above, below))
    }
}
