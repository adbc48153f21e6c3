//! Deposits, withdrawals and the rescaling of references (docs/market.md, "Liquidity", "Fees").
//!
//! A first deposit mints √(H/(w+λ)) shares in credits at p̄, which is √(ΨΘ) for λ = 0; later ones mint pro rata. Shares
//! floor, deposits ceil, withdrawals floor, so that exact K/shares² never falls.

use crate::{
    curve::invariant,
    pool::Pool,
    types::{HmmError, LiquidityChange, Reserves, LOCKED_SHARES, MIN_FIRST_SHARES, PPB},
    wide::{add, div_floor, isqrt_floor, mul, mul_div_ceil, mul_div_floor, narrow},
};

impl Pool {
    /// Opens a pool with `psi` compute-wei and `theta` credit-wei; they set the price.
    ///
    /// Mints ⌊√(H/(w+λ))⌋ in scaled units, of which [`LOCKED_SHARES`] go to nobody: `shares` is the rest, `supply_after` all
    /// of them. Reserves already there (none, in a pool without shares) stay and belong to the shares.
    ///
    /// Errors: [`HmmError::ZeroAmount`], [`HmmError::DepositTooSmall`] under [`MIN_FIRST_SHARES`],
    /// [`HmmError::ReserveTooLarge`], [`HmmError::CurvatureTooHigh`], [`HmmError::BadScale`].
    pub fn first_deposit(&self, psi: u128, theta: u128) -> Result<LiquidityChange, HmmError> {
        self.curve.validate()?;
        if psi == 0 || theta == 0 {
            return Err(HmmError::ZeroAmount);
        }
        let after = self.deposited(psi, theta)?;
        let epsilon = self.curve.epsilon_ppb;
        let k = invariant(epsilon, self.curve.reserve_floor(psi)?, theta)?;
        let supply_after = narrow(isqrt_floor(div_floor(k, mul(add(PPB, epsilon)?, 2u8)?)?)?)?;
        if supply_after < MIN_FIRST_SHARES {
            return Err(HmmError::DepositTooSmall);
        }
        let shares = supply_after.checked_sub(LOCKED_SHARES).ok_or(HmmError::DepositTooSmall)?;
        Ok(LiquidityChange { psi, theta, pending_lp_fee: 0, shares, supply_after, after })
    }

    /// Adds liquidity at the pool's ratio, at most `max_psi` compute-wei and `max_theta` credit-wei, to a pool with `supply`
    /// shares. Mints ⌊supply·min(ΔΨ/Ψ, ΔΘ/(Θ+P))⌋; the amounts that buy exactly that are taken, ceiled, and no surplus.
    ///
    /// P is `pending`: the LPs' part of fees, which waits beside the reserves ([`crate::Trade::after`]) and belongs to the
    /// shares there are. A new share pays for its part of them, which joins them
    /// ([`LiquidityChange::pending_lp_fee`]), or it would take that part from the old ones when they enter Θ.
    ///
    /// Errors: [`HmmError::ZeroAmount`], [`HmmError::EmptyPool`], [`HmmError::ZeroOutput`] when not one share would be
    /// minted, [`HmmError::ReserveTooLarge`], [`HmmError::Overflow`].
    pub fn add_liquidity(
        &self,
        supply: u128,
        pending: u128,
        max_psi: u128,
        max_theta: u128,
    ) -> Result<LiquidityChange, HmmError> {
        if max_psi == 0 || max_theta == 0 {
            return Err(HmmError::ZeroAmount);
        }
        let Reserves { psi, theta } = self.reserves;
        if supply == 0 || psi == 0 || theta == 0 {
            return Err(HmmError::EmptyPool);
        }
        let by_psi = div_floor(mul(supply, max_psi)?, psi.into())?;
        let credits = theta.checked_add(pending).ok_or(HmmError::Overflow)?;
        let by_theta = div_floor(mul(supply, max_theta)?, credits.into())?;
        let shares = narrow(by_psi.min(by_theta))?;
        if shares == 0 {
            return Err(HmmError::ZeroOutput);
        }
        let taken_psi = mul_div_ceil(shares, psi, supply)?;
        // Ceiled as one sum, so that it stays within `max_theta`; the reserve takes its own part ceiled too.
        let taken_theta = mul_div_ceil(shares, credits, supply)?;
        let entering = mul_div_ceil(shares, theta, supply)?;
        Ok(LiquidityChange {
            psi: taken_psi,
            theta: taken_theta,
            pending_lp_fee: taken_theta.checked_sub(entering).ok_or(HmmError::Overflow)?,
            shares,
            supply_after: supply.checked_add(shares).ok_or(HmmError::Overflow)?,
            after: self.deposited(taken_psi, entering)?,
        })
    }

    /// Burns `shares` of `supply` for their part of both reserves, floored. Always possible up to the locked shares.
    ///
    /// Errors: [`HmmError::ZeroAmount`], [`HmmError::NotEnoughShares`] when `shares` > `supply` − [`LOCKED_SHARES`].
    pub fn remove_liquidity(&self, supply: u128, shares: u128) -> Result<LiquidityChange, HmmError> {
        if shares == 0 {
            return Err(HmmError::ZeroAmount);
        }
        if shares > supply.saturating_sub(LOCKED_SHARES) {
            return Err(HmmError::NotEnoughShares);
        }
        let psi = mul_div_floor(shares, self.reserves.psi, supply)?;
        let theta = mul_div_floor(shares, self.reserves.theta, supply)?;
        Ok(LiquidityChange {
            psi,
            theta,
            pending_lp_fee: 0,
            shares,
            supply_after: supply.checked_sub(shares).ok_or(HmmError::NotEnoughShares)?,
            after: Reserves {
                psi: self.reserves.psi.checked_sub(psi).ok_or(HmmError::Overflow)?,
                theta: self.reserves.theta.checked_sub(theta).ok_or(HmmError::Overflow)?,
            },
        })
    }

    /// The reserves with both amounts added, within range for later trades.
    fn deposited(&self, psi: u128, theta: u128) -> Result<Reserves, HmmError> {
        let after = Reserves {
            psi: self.reserves.psi.checked_add(psi).ok_or(HmmError::ReserveTooLarge)?,
            theta: self.reserves.theta.checked_add(theta).ok_or(HmmError::ReserveTooLarge)?,
        };
        self.curve.ensure_in_range(&after)?;
        Ok(after)
    }
}

/// A block reference or an average, moved by the ratio by which liquidity moved its reserve: reference·after/before,
/// ceiled (a higher reference never lowers a fee). All in wei; with `before` = 0 (first deposit) the reference is `after`.
///
/// Errors: [`HmmError::Overflow`].
pub fn rescale(reference: u128, before: u128, after: u128) -> Result<u128, HmmError> {
    if before == 0 {
        return Ok(after);
    }
    mul_div_ceil(reference, after, before)
}

impl Reserves {
    /// Both references rescaled ([`rescale`]) by the ratios by which liquidity moved the reserves. Errors as [`rescale`].
    pub fn rescaled(&self, before: &Reserves, after: &Reserves) -> Result<Reserves, HmmError> {
        Ok(Reserves {
            psi: rescale(self.psi, before.psi, after.psi)?,
            theta: rescale(self.theta, before.theta, after.theta)?,
        })
    }
}
