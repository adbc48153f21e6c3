//! Water-filling: the marginal price at which all pieces together give what is required.

use super::{marginal::between, piece::Piece};
use crate::{
    types::HmmError,
    wide::{add, div_floor, mul, shift_right, sub},
};
use alloc::vec::Vec;
use primitive_types::U256;

/// Rounds that move every piece by its model alone.
const NEAR: u32 = 3;
/// Rounds with brackets before every second one halves that of the price.
const FREE_ROUNDS: u32 = 6;
/// Rounds after which the bracket of the price is closed whatever the guesses do: 7 halve the logarithm, 128 the rest.
const ROUNDS: u32 = NEAR + FREE_ROUNDS + 2 * 138;

/// Brings `low` of every piece to its part of `required`, and returns the marginal price of the last unit.
///
/// Expects pieces that can give as much.
pub(super) fn fill(pieces: &mut [Piece], required: u128) -> Result<u128, HmmError> {
    // μ lies within: nothing costs less than the cheapest first unit, nor more than the dearest last one.
    let mut below = pieces.iter().map(|piece| piece.first_price).min().unwrap_or(0);
    let mut above = pieces.iter().map(|piece| piece.last_price).max().unwrap_or(0);
    let mut enclosed = Vec::with_capacity(pieces.len());
    for round in 0..ROUNDS {
        let Some(middle) = middle(below, above) else { break };
        let halves = round >= NEAR.saturating_add(FREE_ROUNDS) && round.is_multiple_of(2);
        let guess = if halves { None } else { level(pieces, required)? };
        let price = match guess {
            Some(guess) if below < guess && guess < above => guess,
            // The models contradict what is known: next to the end they point at, then in growing strides away from it.
            Some(guess) => {
                let stride = stride(round);
                if guess <= below {
                    below.saturating_add(stride).min(middle)
                } else {
                    above.saturating_sub(stride).max(middle)
                }
            }
            None => middle,
        };
        if round < NEAR {
            pieces.iter_mut().try_for_each(|piece| piece.approach(price))?;
            continue;
        }
        enclosed.clear();
        let (mut least, mut most) = (U256::zero(), U256::zero());
        for piece in pieces.iter_mut() {
            let (low, high) = piece.enclose(price)?;
            let (start, _) = piece.span();
            least = add(least, sub(low, start)?)?;
            most = add(most, sub(high, start)?)?;
            enclosed.push((low, high));
        }
        let (short, over) = (most < required.into(), least > required.into());
        for (piece, (low, high)) in pieces.iter_mut().zip(enclosed.iter().copied()) {
            if !over {
                piece.low = low;
            }
            if !short {
                piece.high = high;
            }
        }
        if short {
            below = price;
        } else {
            above = price;
        }
        if !short && !over {
            break;
        }
    }
    top_up(pieces, required)?;
    Ok(above)
}

/// How far to step into the bracket of the price where the models point out of it: 1, then 2¹⁰ times more every round.
fn stride(round: u32) -> u128 {
    1u128.checked_shl(round.saturating_sub(NEAR).saturating_mul(10)).unwrap_or(u128::MAX)
}

/// Hands out what the lower ends of all brackets leave of the requirement, in order, up to the upper ends.
fn top_up(pieces: &mut [Piece], required: u128) -> Result<(), HmmError> {
    let mut rest = required;
    for piece in pieces.iter() {
        rest = rest.checked_sub(piece.bought()?).ok_or(HmmError::Overflow)?;
    }
    for piece in pieces {
        let more = piece.high.saturating_sub(piece.low).min(rest);
        piece.low = piece.low.checked_add(more).ok_or(HmmError::Overflow)?;
        rest = rest.checked_sub(more).ok_or(HmmError::Overflow)?;
    }
    if rest == 0 {
        Ok(())
    } else {
        Err(HmmError::Overflow)
    }
}

/// The middle of a price bracket: geometric while it spans more than a factor of two. `None` where nothing lies between.
fn middle(below: u128, above: u128) -> Option<u128> {
    let half = between(below, above)?;
    if above.div_euclid(2) <= below {
        return Some(half);
    }
    let geometric = below.max(1).isqrt().checked_mul(above.isqrt())?;
    Some(geometric.clamp(below.saturating_add(1), half))
}

/// A piece as the constant product pool through its known point: it gives `reach − pull/√μ`, within its span.
struct Model {
    reach: U256,
    pull: U256,
    start: U256,
    end: U256,
    under: U256,
    over: U256,
}

impl Model {
    /// Notes by how much the model leaves its span where the price is `level²`.
    fn place(&mut self, level: U256) -> Result<(), HmmError> {
        let spent = div_floor(self.pull, level)?;
        self.under = add(self.start, spent)?.saturating_sub(self.reach);
        self.over = self.reach.saturating_sub(add(self.end, spent)?);
        Ok(())
    }
}

/// Water-filling in closed form over the models of all pieces. `None` where they cannot give as much.
///
/// With all of them free, `√μ = Σ pull / (Σ reach − required)`. Of those that this puts outside their spans, the side that
/// is off by more in sum belongs at its ends whatever the others do; it is settled there, and the rest is solved again.
fn level(pieces: &[Piece], required: u128) -> Result<Option<u128>, HmmError> {
    let mut free = Vec::with_capacity(pieces.len());
    // What the free ones have to have given in all, counted from nothing bought.
    let mut target = U256::from(required);
    for piece in pieces {
        let (start, end) = piece.span();
        let (reach, pull) = (add(piece.at.psi, piece.at.length)?, mul(piece.at.length, root(piece.at.price))?);
        let (under, over) = (U256::zero(), U256::zero());
        free.push(Model { reach, pull, start: start.into(), end: end.into(), under, over });
        target = add(target, start)?;
    }
    let mut price = None;
    while !free.is_empty() {
        let (mut reach, mut pull) = (U256::zero(), U256::zero());
        for model in &free {
            reach = add(reach, model.reach)?;
            pull = add(pull, model.pull)?;
        }
        let level = match reach.checked_sub(target) {
            Some(spare) if !spare.is_zero() => div_floor(pull, spare)?.max(U256::one()),
            _ => return Ok(price),
        };
        let Ok(half) = u128::try_from(level) else { return Ok(price) };
        price = u128::try_from(shift_right(mul(half, half)?, 128)).ok();
        let (mut under, mut over) = (U256::zero(), U256::zero());
        for model in &mut free {
            model.place(level)?;
            under = add(under, model.under)?;
            over = add(over, model.over)?;
        }
        if under.is_zero() && over.is_zero() {
            break;
        }
        let mut kept = Vec::with_capacity(free.len());
        for model in free {
            if under >= over && !model.under.is_zero() {
                target = target.saturating_sub(model.start);
            } else if under < over && !model.over.is_zero() {
                target = target.saturating_sub(model.end);
            } else {
                kept.push(model);
            }
        }
        free = kept;
    }
    Ok(price)
}

/// 2⁶⁴·√price, to 2⁻⁶³ of itself.
fn root(price: u128) -> u128 {
    let half = price.leading_zeros().div_euclid(2);
    let top = price.checked_shl(half.saturating_mul(2)).unwrap_or(0).isqrt();
    top.checked_shl(64u32.saturating_sub(half)).unwrap_or(0)
}
