//! Pieces of a pool on which the marginal price is smooth, and what a piece gives at a price.

use super::marginal::{between, Point, Side, State};
use crate::{
    types::{FeeParameters, HmmError},
    wide::{add, div_floor, mul, narrow, product, sub},
};
use alloc::vec::Vec;
use primitive_types::U256;

/// Evaluations before every second one halves the bracket.
const FREE_STEPS: u32 = 6;
/// Evaluations after which a bracket is closed whatever the guesses do: no reserve has more than 94 bits.
const STEPS: u32 = FREE_STEPS + 2 * 94;
/// A price is met when it is off by at most this part of itself: 2⁻⁵⁶.
const CLOSE: u32 = 56;

/// How the fee behaves on a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fee {
    /// The rate does not depend on the amount.
    Flat,
    /// The risk fee grows.
    Rising,
    /// The rate stands at its cap; the price is never reckoned below this one.
    Capped(u128),
}

/// A stretch of one source, bought from `low` at least to `high` at most, both brackets of the answer.
pub(super) struct Piece<'a> {
    /// Position of the source.
    pub(super) source: usize,
    side: Side<'a>,
    fee: Fee,
    /// Whether the mean price asks more than the curve.
    at_mean: bool,
    /// Bought before this piece begins, wei.
    start: u128,
    /// Bought when it is used up, wei.
    end: u128,
    /// Marginal price at its start.
    pub(super) first_price: u128,
    /// Marginal price at its end.
    pub(super) last_price: u128,
    /// Largest amount known not to exceed the answer, wei bought from the pool.
    pub(super) low: u128,
    /// Least amount known not to be short of it.
    pub(super) high: u128,
    /// The point evaluated last.
    pub(super) at: Point,
}

/// Cuts what a pool can give, `reach`, where the curve asks as much as the mean price, at its reference reserve, and where the
/// fee meets its cap.
pub(super) fn cut<'a>(source: usize, side: Side<'a>, reach: u128, pieces: &mut Vec<Piece<'a>>) -> Result<(), HmmError> {
    if reach == 0 {
        return Ok(());
    }
    let (rises, caps) = bends(&side.pool.fees, side.pool.reserves.psi, side.pool.reference.psi)?;
    let held = side.held(reach);
    let (mut start, mut reached) = (0, 0);
    // On a stretch with one kind of fee the mean counts first.
    let ends = [(0, rises.min(held)), (0, rises), (1, caps.min(held)), (1, caps), (2, held), (2, reach)];
    for (stage, end) in ends {
        let end = end.min(reach);
        if end <= start {
            continue;
        }
        let fee = match stage {
            0 => Fee::Flat,
            1 => Fee::Rising,
            _ => Fee::Capped(reached),
        };
        let at_mean = end <= held;
        let at = fee.point(&side, &side.after(start, at_mean)?)?;
        let last_price = fee.point(&side, &side.after(end, at_mean)?)?.price.max(at.price);
        let first_price = at.price;
        pieces.push(Piece {
            source,
            side,
            fee,
            at_mean,
            start,
            end,
            first_price,
            last_price,
            low: start,
            high: end,
            at,
        });
        (start, reached) = (end, last_price);
    }
    Ok(())
}

/// Purchases at which the risk fee begins to grow and at which the whole fee reaches its cap, wei.
fn bends(fees: &FeeParameters, psi: u128, reference: u128) -> Result<(u128, u128), HmmError> {
    if fees.risk_ppb == 0 {
        return Ok((u128::MAX, u128::MAX));
    }
    let rises = psi.saturating_sub(reference);
    let room = mul(reference, sub(fees.cap_ppb, fees.market_ppb)?)?;
    let depth = div_floor(room, fees.risk_ppb.into())?;
    // The path counts a reserve below its reference twice: where it starts and where it ends.
    let below = mul(reference.saturating_sub(psi), 2u8)?;
    let caps = add(depth, rises)?.saturating_sub(below);
    Ok((rises, narrow(caps)?.max(rises)))
}

impl Fee {
    /// The point of a piece with this fee.
    fn point(self, side: &Side, state: &State) -> Result<Point, HmmError> {
        let point = side.point(state, self == Self::Rising)?;
        match self {
            Self::Capped(least) if point.price < least => Ok(Point::new(point.psi, least, point.length)),
            _ => Ok(point),
        }
    }
}

impl Piece<'_> {
    /// What the answer buys on this piece, wei.
    pub(super) fn bought(&self) -> Result<u128, HmmError> {
        self.low.checked_sub(self.start).ok_or(HmmError::Overflow)
    }

    /// Bought from the pool before this piece begins and when it is used up, wei.
    pub(super) fn span(&self) -> (u128, u128) {
        (self.start, self.end)
    }

    /// The price a piece in use stands at when the last unit costs `price`.
    pub(super) fn price_within(&self, price: u128) -> u128 {
        price.clamp(self.first_price, self.last_price)
    }

    /// The point where `psi` have been bought from the pool.
    fn point(&self, psi: u128) -> Result<Point, HmmError> {
        self.fee.point(&self.side, &self.side.after(psi, self.at_mean)?)
    }

    /// Moves the known point to where its model puts `price`.
    pub(super) fn approach(&mut self, price: u128) -> Result<(), HmmError> {
        let psi = if price < self.first_price {
            self.start
        } else if price >= self.last_price {
            self.end
        } else {
            predict(&self.at, price)?.clamp(self.start, self.end)
        };
        if psi != self.at.psi {
            self.at = self.point(psi)?;
        }
        Ok(())
    }

    /// Encloses what this piece gives at `price`, within the brackets it has: the least and the most that may have been
    /// bought from the pool, at most 2⁻⁵⁶ of the length or one wei apart.
    pub(super) fn enclose(&mut self, price: u128) -> Result<(u128, u128), HmmError> {
        if price < self.first_price {
            return Ok((self.start, self.start));
        }
        if price >= self.last_price {
            return Ok((self.end, self.end));
        }
        let (mut low, mut high) = (self.low, self.high);
        for step in 0..STEPS {
            let Point { psi, price: there, length, .. } = self.at;
            if there.abs_diff(price) <= price >> CLOSE {
                let width = (length >> CLOSE).saturating_add(1);
                return Ok((
                    low.max(psi.saturating_sub(width)).min(high),
                    high.min(psi.saturating_add(width)).max(low),
                ));
            }
            if there <= price {
                low = low.max(psi.min(high));
            } else {
                high = high.min(psi.max(low));
            }
            let Some(middle) = between(low, high) else { break };
            let halves = step >= FREE_STEPS && step.is_multiple_of(2);
            let next = if halves { middle } else { predict(&self.at, price)? };
            self.at = self.point(next.clamp(low.saturating_add(1), high.saturating_sub(1)))?;
        }
        Ok((low, high))
    }
}

/// Where the constant product pool through `at` has the marginal price `price`: `y + l(1 − √(p/μ))`, wei.
fn predict(at: &Point, price: u128) -> Result<u128, HmmError> {
    let roots = add(product(at.price.isqrt(), price.isqrt()), price)?;
    let step = div_floor(product(at.length, at.price.abs_diff(price)), roots.max(U256::one()))?;
    let step = u128::try_from(step).unwrap_or(u128::MAX);
    Ok(if at.price <= price { at.psi.saturating_add(step) } else { at.psi.saturating_sub(step) })
}
