//! The four trades of a pool, fees included (docs/market.md, "Integers", "Fees").
//!
//! Buys pay their fee on the credits that come in, sells on the credits that go out. Each trade returns the whole change;
//! limits, deadlines, the reserve floor and the breaker are the caller's.

use crate::{
    curve::bounded,
    swap,
    types::{Curve, FeeParameters, FeeSplit, HmmError, Reserves, Trade, PRICE_ONE},
    wide::{mul_div_ceil, mul_div_floor},
};

/// A pool at one moment: all that a trade depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Shape and scales.
    pub curve: Curve,
    /// Fee parameters.
    pub fees: FeeParameters,
    /// Ψ and Θ now, wei.
    pub reserves: Reserves,
    /// Ψ_ref and Θ_ref: the reserves at the start of the block, rescaled with liquidity since ([`crate::rescale`]), wei.
    pub reference: Reserves,
    /// A mean of the prices of earlier blocks, [`PRICE_ONE`] fixed point: before fees, a buy pays at least this price on
    /// average and a sell gets at most it, whatever the curve says. `None` leaves it to the curve.
    ///
    /// Whoever buys and sells while it stands wins nothing from what moved the price in between, however it slices: all it
    /// bought cost at least, all it sold brought at most as much. What the curve would have given better is part of the fee
    /// ([`FeeSplit::mean`]), and the pool ends where its curve says.
    pub mean: Option<u128>,
}

impl Pool {
    /// Buys compute with exactly `theta_in` credit-wei, fee included.
    ///
    /// One pass: quoted with the market fee alone, which tells the risk fee (slightly over-estimated), and quoted again
    /// with both. The LPs' part of the fee is not in the reserves after: it is to be kept beside them, and let in over time.
    ///
    /// Errors: [`HmmError::ZeroAmount`]; [`HmmError::ZeroOutput`] when the fee leaves nothing to trade;
    /// [`HmmError::EmptyPool`], [`HmmError::PoolExhausted`], [`HmmError::ReserveTooLarge`], [`HmmError::BadFeeParameters`],
    /// [`HmmError::InvariantDecreased`], [`HmmError::Overflow`].
    pub fn buy(&self, theta_in: u128) -> Result<Trade, HmmError> {
        self.fees.validate()?;
        ensure_positive(theta_in)?;
        let (without_risk, _) = self.buy_net(theta_in, self.fees.market_fee(theta_in)?)?;
        let after = self.reserves.psi.checked_sub(without_risk).ok_or(HmmError::PoolExhausted)?;
        let fee = self.fees.rate(self.reference.psi, self.reserves.psi, after)?.of(theta_in)?;
        let (psi, on_curve) = self.buy_net(theta_in, fee)?;
        let mean = if psi < on_curve {
            let net = theta_in.checked_sub(fee).ok_or(HmmError::Overflow)?;
            net.checked_sub(swap::buy_exact_out(&self.curve, &self.reserves, psi)?).ok_or(HmmError::Overflow)?
        } else {
            0
        };
        self.bought(psi, theta_in, fee, mean)
    }

    /// Buys exactly `psi_out` compute-wei. The end state is known, so the fee is exact and the cost the least that pays it.
    ///
    /// Errors: as [`Pool::buy`]; [`HmmError::PoolExhausted`] when the pool does not hold that much.
    pub fn buy_exact_out(&self, psi_out: u128) -> Result<Trade, HmmError> {
        self.fees.validate()?;
        let on_curve = swap::buy_exact_out(&self.curve, &self.reserves, psi_out)?;
        let net = on_curve.max(self.least_paid(psi_out)?);
        let after = self.reserves.psi.checked_sub(psi_out).ok_or(HmmError::PoolExhausted)?;
        let theta_in = self.fees.rate(self.reference.psi, self.reserves.psi, after)?.gross_up(net)?;
        let fee = theta_in.checked_sub(net).ok_or(HmmError::Overflow)?;
        self.bought(psi_out, theta_in, fee, net.checked_sub(on_curve).ok_or(HmmError::Overflow)?)
    }

    /// Sells exactly `psi_in` compute-wei for credits; the fee comes off the credits going out.
    ///
    /// The LPs' part of the fee is not in the reserves after, as for [`Pool::buy`]. The risk fee goes by what the sale is worth:
    /// where the mean price pays less than the curve, the reserve ends lower than it counts.
    ///
    /// Errors: as [`Pool::buy`].
    pub fn sell(&self, psi_in: u128) -> Result<Trade, HmmError> {
        self.fees.validate()?;
        let on_curve = swap::sell_exact_in(&self.curve, &self.reserves, psi_in)?;
        let gross = self.at_most(on_curve, |mean| mul_div_floor(psi_in, mean, PRICE_ONE))?;
        let after = self.reserves.theta.checked_sub(gross).ok_or(HmmError::PoolExhausted)?;
        let fee = self.fees.rate(self.reference.theta, self.reserves.theta, after)?.of(gross)?;
        self.sold(psi_in, gross, fee, on_curve.checked_sub(gross).ok_or(HmmError::Overflow)?)
    }

    /// Sells the least compute that leaves the seller exactly `theta_out_net` credit-wei after fees.
    ///
    /// Errors: as [`Pool::buy`]; [`HmmError::PoolExhausted`] when the pool does not hold that much and its fee.
    pub fn sell_exact_out(&self, theta_out_net: u128) -> Result<Trade, HmmError> {
        self.fees.validate()?;
        ensure_positive(theta_out_net)?;
        let gross = self.fees.gross_of_net(theta_out_net, self.reference.theta, self.reserves.theta)?;
        let least = match self.mean {
            Some(mean) => mul_div_ceil(gross, PRICE_ONE, mean)?,
            None => 0,
        };
        let on_curve = swap::sell_exact_out(&self.curve, &self.reserves, gross)?;
        let fee = gross.checked_sub(theta_out_net).ok_or(HmmError::Overflow)?;
        if least <= on_curve {
            return self.sold(on_curve, gross, fee, 0);
        }
        let leaving = swap::sell_exact_in(&self.curve, &self.reserves, least)?.max(gross);
        self.sold(least, gross, fee, leaving.checked_sub(gross).ok_or(HmmError::Overflow)?)
    }

    /// Marginal price now, [`crate::PRICE_ONE`] fixed point. Errors as [`Curve::price`].
    pub fn price(&self) -> Result<u128, HmmError> {
        self.curve.price(&self.reserves)
    }

    /// Compute out for `theta_in` less `fee`, and what the curve alone would give.
    fn buy_net(&self, theta_in: u128, fee: u128) -> Result<(u128, u128), HmmError> {
        match theta_in.checked_sub(fee) {
            None | Some(0) => Err(HmmError::ZeroOutput),
            Some(net) => {
                let on_curve = swap::buy_exact_in(&self.curve, &self.reserves, net)?;
                Ok((self.at_most(on_curve, |mean| mul_div_floor(net, PRICE_ONE, mean))?, on_curve))
            }
        }
    }

    /// What the mean asks for so much compute at least, credit-wei, ceiled.
    fn least_paid(&self, psi: u128) -> Result<u128, HmmError> {
        self.mean.map_or(Ok(0), |mean| mul_div_ceil(psi, mean, PRICE_ONE))
    }

    /// What the curve gives, and no more than at the mean. A quotient that leaves 128 bits is no bound.
    fn at_most(&self, on_curve: u128, at: impl Fn(u128) -> Result<u128, HmmError>) -> Result<u128, HmmError> {
        match self.mean.map(at) {
            None | Some(Err(HmmError::Overflow)) => Ok(on_curve),
            Some(at_mean) => Ok(on_curve.min(at_mean?)),
        }
    }

    /// The change of a buy of `psi` for `theta_in`, of which `fee` is fee, and `mean` what the mean price asks beyond the curve.
    fn bought(&self, psi: u128, theta_in: u128, fee: u128, mean: u128) -> Result<Trade, HmmError> {
        let fee = self.fees.split(fee, theta_in)?.with_mean(mean)?;
        let theta_on_curve = theta_in.checked_sub(fee.total).ok_or(HmmError::Overflow)?;
        let after = Reserves {
            psi: self.reserves.psi.checked_sub(psi).ok_or(HmmError::PoolExhausted)?,
            theta: bounded(self.reserves.theta.checked_add(theta_on_curve).ok_or(HmmError::ReserveTooLarge)?)?,
        };
        self.checked(Change { psi, theta: theta_in, theta_on_curve, fee, after })
    }

    /// The change of a sell of `psi` that is worth `gross`, of which `fee` is fee, and takes `mean` more off the curve, which the
    /// mean price does not pay out.
    fn sold(&self, psi: u128, gross: u128, fee: u128, mean: u128) -> Result<Trade, HmmError> {
        let fee = self.fees.split(fee, gross)?.with_mean(mean)?;
        let theta_on_curve = gross.checked_add(mean).ok_or(HmmError::Overflow)?;
        let theta = theta_on_curve.checked_sub(fee.total).ok_or(HmmError::Overflow)?;
        let after = Reserves {
            psi: bounded(self.reserves.psi.checked_add(psi).ok_or(HmmError::ReserveTooLarge)?)?,
            theta: self.reserves.theta.checked_sub(theta_on_curve).ok_or(HmmError::PoolExhausted)?,
        };
        self.checked(Change { psi, theta, theta_on_curve, fee, after })
    }

    /// Checks the invariant and completes a change with the state before and the prices.
    fn checked(&self, change: Change) -> Result<Trade, HmmError> {
        let Change { psi, theta, theta_on_curve, fee, after } = change;
        self.curve.ensure_not_decreased(&self.reserves, &after)?;
        Ok(Trade {
            psi,
            theta,
            theta_on_curve,
            fee,
            before: self.reserves,
            after,
            price_before: self.price()?,
            price_after: self.curve.price(&after)?,
        })
    }
}

/// A [`Trade`] whose invariant is still to be checked.
struct Change {
    psi: u128,
    theta: u128,
    theta_on_curve: u128,
    fee: FeeSplit,
    after: Reserves,
}

/// Refuses a zero amount.
fn ensure_positive(amount: u128) -> Result<(), HmmError> {
    if amount == 0 {
        return Err(HmmError::ZeroAmount);
    }
    Ok(())
}
