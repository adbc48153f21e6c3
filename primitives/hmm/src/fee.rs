//! Fees (docs/market.md, "Fees"): a flat market fee, a path-form risk fee, and who gets them.
//!
//! ```text
//! f = f_m + f_r ≤ cap        f_r = λ_r·[(R_ref − R)₊ + (R_ref − R′)₊] / R_ref
//! ```
//! R is the reserve the trade draws from (Ψ on buys, Θ on sells), R_ref that reserve at the start of the block. Positive
//! parts are taken term by term. Fees round up; the split conserves every wei.
//!
//! # Slicing
//! Exact-out buys and sells are never cheaper in slices while the reserve they draw from is *not above* its reference when
//! they begin and the cap does not bind (it cannot, at the default parameters).
//!
//! Two things are not free of it. Where earlier trades of the block pushed the reserve a part s of the reference above it, a
//! trade that ends a part u below pays λ_r·u on all of it in one piece, but nothing on the first stretch if cut there: it
//! saves about λ_r·u·s/(s+u). And an exact-in buy over-estimates its risk fee by up to f_r·(f_m+f_r) in its one pass, of
//! which slices win back a part where the curve is flat (its price elasticity under 4·λ_r: pools far off balance with
//! curvature) or when others bought earlier in the block. Slices never pay less than the exact-out cost of what they buy.

use crate::{
    types::{FeeParameters, FeeSplit, HmmError, PPB},
    wide::{add, div_ceil, isqrt_floor, mul, mul_div_ceil, mul_div_floor, narrow, sub},
};
use primitive_types::U256;

/// Upper bound of [`FeeParameters::cap_ppb`]: no trade ever pays more than 25 %.
pub const MAX_FEE_PPB: u32 = 250_000_000;

impl FeeSplit {
    /// What of it nobody can get back, whoever provides the pool: burned or the treasury's. Without the mean fee, which is there so
    /// that a price cannot be had that others' trades have just made.
    pub fn lost(&self) -> u128 {
        self.burned.saturating_add(self.treasury).saturating_sub(self.mean)
    }

    /// The fee with what the mean price asks beyond the curve, which goes to the treasury. To the pool, a provider that trades
    /// around others would get back what it made them overpay.
    pub(crate) fn with_mean(self, mean: u128) -> Result<Self, HmmError> {
        let sum = |part: u128| part.checked_add(mean).ok_or(HmmError::Overflow);
        Ok(Self { total: sum(self.total)?, treasury: sum(self.treasury)?, mean, ..self })
    }
}

impl FeeParameters {
    /// f_m = 30 bps, λ_r = 5 %, cap 25 %, ζ = 25 %, LP : treasury = 5 : 1.
    pub const DEFAULT: Self = Self {
        market_ppb: 3_000_000,
        risk_ppb: 50_000_000,
        cap_ppb: MAX_FEE_PPB,
        burn_ppb: 250_000_000,
        lp_parts: 5,
        treasury_parts: 1,
    };

    /// Checks market ≤ cap ≤ [`MAX_FEE_PPB`], risk and burn ≤ [`PPB`], and that LPs and treasury share at least one part.
    /// Error: [`HmmError::BadFeeParameters`].
    pub fn validate(&self) -> Result<(), HmmError> {
        let parts = self.lp_parts.checked_add(self.treasury_parts);
        let in_bounds = self.market_ppb <= self.cap_ppb
            && self.cap_ppb <= MAX_FEE_PPB
            && self.risk_ppb <= PPB
            && self.burn_ppb <= PPB
            && parts.is_some_and(|parts| parts > 0);
        if in_bounds {
            Ok(())
        } else {
            Err(HmmError::BadFeeParameters)
        }
    }

    /// The market fee on `amount` credit-wei alone, ceiled.
    pub(crate) fn market_fee(&self, amount: u128) -> Result<u128, HmmError> {
        mul_div_ceil(amount, self.market_ppb.into(), PPB.into())
    }

    /// f = f_m + f_r of a trade that moves the reserve it draws from `before` to `after`, `reference` being that reserve at
    /// the start of the block. Errors: [`HmmError::EmptyPool`] for a zero reference.
    pub(crate) fn rate(&self, reference: u128, before: u128, after: u128) -> Result<Rate, HmmError> {
        if reference == 0 {
            return Err(HmmError::EmptyPool);
        }
        let depth = add(reference.saturating_sub(before), reference.saturating_sub(after))?;
        let market = mul(reference, self.market_ppb)?;
        let cap = mul(reference, self.cap_ppb)?;
        let numerator = add(market, mul(depth, self.risk_ppb)?)?.min(cap);
        Ok(Rate { numerator, denominator: mul(reference, PPB)? })
    }

    /// Splits a fee of `total` on `amount`, both credit-wei, to the wei: the market part is burned, and shared between
    /// treasury and LPs; LPs get the risk part, and what rounding leaves.
    pub(crate) fn split(&self, total: u128, amount: u128) -> Result<FeeSplit, HmmError> {
        let market = self.market_fee(amount)?.min(total);
        let risk = total.checked_sub(market).ok_or(HmmError::Overflow)?;
        let burned = mul_div_floor(market, self.burn_ppb.into(), PPB.into())?;
        let shared = market.checked_sub(burned).ok_or(HmmError::Overflow)?;
        let parts = self.lp_parts.checked_add(self.treasury_parts).ok_or(HmmError::BadFeeParameters)?;
        let treasury = mul_div_floor(shared, self.treasury_parts.into(), parts.into())?;
        let kept = shared.checked_sub(treasury).ok_or(HmmError::Overflow)?;
        let lp = kept.checked_add(risk).ok_or(HmmError::Overflow)?;
        Ok(FeeSplit { total, market, risk, mean: 0, burned, treasury, lp })
    }

    /// Least credits across the curve that leave a seller `net` after fees, when the credit reserve is `before` and was
    /// `reference` at the start of the block.
    ///
    /// The rate depends on the answer g through Θ′ = Θ − g. Without the cap, g(1 − f(g)) = net is linear up to the
    /// reference and quadratic beyond it; the cap can only lower the fee, so the answer is the lesser of both solutions.
    pub(crate) fn gross_of_net(&self, net: u128, reference: u128, before: u128) -> Result<u128, HmmError> {
        if reference == 0 {
            return Err(HmmError::EmptyPool);
        }
        let capped = Rate { numerator: self.cap_ppb.into(), denominator: PPB.into() }.gross_up(net)?;
        let gross = match self.uncapped_gross(net, reference, before)? {
            Some(uncapped) => uncapped.min(capped),
            None => capped,
        };
        // The floored root can put the answer one wei above the least one.
        let less = gross.saturating_sub(1);
        match self.net_of_gross(less, reference, before) {
            Ok(still) if still >= net => Ok(less),
            _ => Ok(gross),
        }
    }

    /// What a seller keeps of `gross`. Errors: [`HmmError::PoolExhausted`] when `gross` exceeds the reserve.
    fn net_of_gross(&self, gross: u128, reference: u128, before: u128) -> Result<u128, HmmError> {
        let after = before.checked_sub(gross).ok_or(HmmError::PoolExhausted)?;
        let fee = self.rate(reference, before, after)?.of(gross)?;
        gross.checked_sub(fee).ok_or(HmmError::Overflow)
    }

    /// [`FeeParameters::gross_of_net`] without the cap; `None` when no amount leaves `net`.
    fn uncapped_gross(&self, net: u128, reference: u128, before: u128) -> Result<Option<u128>, HmmError> {
        let kept = sub(PPB, self.market_ppb)?;
        let base = mul(reference, kept)?;
        let target = mul(mul(net, reference)?, PPB)?;
        let above = before.saturating_sub(reference);
        if above > 0 {
            let linear = narrow(div_ceil(target, base)?)?;
            if linear <= above {
                return Ok(Some(linear));
            }
        }
        // g·(p − λ_r·g) = target with p = base − λ_r·[(ref − Θ)₊ + (ref − Θ)], the last term signed.
        let below = reference.saturating_sub(before);
        let raised = add(base, mul(above, self.risk_ppb)?)?;
        let Some(p) = raised.checked_sub(mul(mul(below, 2u8)?, self.risk_ppb)?) else { return Ok(None) };
        let Some(radicand) = mul(p, p)?.checked_sub(mul(mul(target, 4u8)?, self.risk_ppb)?) else { return Ok(None) };
        let denominator = add(p, isqrt_floor(radicand)?)?;
        if denominator.is_zero() {
            return Ok(None);
        }
        let root = u128::try_from(div_ceil(mul(target, 2u8)?, denominator)?).ok();
        // The parabola holds beyond the reference only. A lesser root before it means that no amount beyond leaves `net`
        // either: the fee grows faster there than the amount.
        Ok(root.filter(|gross| *gross > above))
    }
}

/// A fee rate as an exact fraction, at most the cap.
pub(crate) struct Rate {
    numerator: U256,
    denominator: U256,
}

impl Rate {
    /// The fee on `amount`, ceiled.
    pub(crate) fn of(&self, amount: u128) -> Result<u128, HmmError> {
        narrow(div_ceil(mul(self.numerator, amount)?, self.denominator)?)
    }

    /// Least amount of which at least `net` is left after this fee: ⌈net/(1−f)⌉.
    pub(crate) fn gross_up(&self, net: u128) -> Result<u128, HmmError> {
        narrow(div_ceil(mul(self.denominator, net)?, self.kept()?)?)
    }

    /// What is left after the fee: the denominator times 1 − f.
    pub(crate) fn kept(&self) -> Result<U256, HmmError> {
        sub(self.denominator, self.numerator)
    }
}
