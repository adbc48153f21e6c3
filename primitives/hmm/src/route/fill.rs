//! Water-filling: the marginal price at which all pieces together give what is required.

use super::{marginal::between, piece::Piece};
use crate::{
    types::HmmError,
    wide::{add, div_floor, mul, narrow, product, shift_right, sub},
};
use alloc::vec::Vec;
use primitive_types::U256;

/// Rounds that move every piece by its model alone.
const NEAR: u32 = 3;
/// Rounds with brackets before every second one halves that of the price.
const FREE_ROUNDS: u32 = 6;
/// Newton steps on the models in every round.
const LEVELS: u32 = 12;
/// Rounds after which the bracket of the price is closed whatever the guesses do: 7 halve the logarithm, 128 the rest.
const ROUNDS: u32 = NEAR + FREE_ROUNDS + 2 * 138;

/// Brings `low` of every piece to its part of `required`, and returns the marginal price of the last unit.
///
/// Expects pieces that can give as much.
pub(super) fn fill(pieces: &mut [Piece], required: u128) -> Result<u128, HmmError> {
    // μ lies within: nothing costs less than the cheapest first unit, nor more than the dearest last one.
    let mut below = pieces.iter().map(|piece| piece.first_price).min().unwrap_or(0);
    let mut above = pieces.iter().map(|piece| piece.last_price).max().unwrap_or(0);
    let mut last = middle(below, above).unwrap_or(above);
    let mut enclosed = Vec::with_capacity(pieces.len());
    for round in 0..ROUNDS {
        let Some(middle) = middle(below, above) else { break };
        let halves = round >= NEAR.saturating_add(FREE_ROUNDS) && round.is_multiple_of(2);
        let price = match level(pieces, required, (below, above), last)? {
            _ if halves => middle,
            // Models that contradict what is known: next to the end they point at, then in growing strides away from it.
            guess if guess <= below => below.saturating_add(stride(round)).min(middle),
            guess if guess >= above => above.saturating_sub(stride(round)).max(middle),
            guess => guess,
        };
        last = price;
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

/// Water-filling over the models of all pieces, from the trial price `price` and within its bracket: Newton's iteration on
/// what they give, which is exact as long as the same pieces stay in part used. A guess: nothing relies on it.
fn level(
    pieces: &[Piece],
    required: u128,
    (mut below, mut above): (u128, u128),
    mut price: u128,
) -> Result<u128, HmmError> {
    for _ in 0..LEVELS {
        let next = solve(pieces, required, price)?;
        if next == price {
            break;
        }
        if next > price {
            below = price;
        } else {
            above = price;
        }
        price = if below < next && next < above { next } else { middle(below, above).unwrap_or(next) };
    }
    Ok(price)
}

/// The price at which those pieces that are in part used at `price` give what the others leave of the requirement. Each gives
/// `y + l − l·√p/√μ`, so `√μ = Σ l√p / (Σ (y + l) + Σ others − required)`.
fn solve(pieces: &[Piece], required: u128, price: u128) -> Result<u128, HmmError> {
    let (mut reach, mut pull) = (U256::zero(), U256::zero());
    for piece in pieces.iter().filter(|piece| piece.first_price < price) {
        let (start, end) = piece.span();
        if piece.last_price <= price {
            reach = add(reach, sub(end, start)?)?;
        } else {
            reach = add(reach, sub(add(piece.at.psi, piece.at.length)?, start)?)?;
            pull = add(pull, product(piece.at.length, piece.at.root))?;
        }
    }
    let Some(spare) = reach.checked_sub(required.into()) else { return Ok(u128::MAX) };
    let root = div_floor(pull, spare.max(U256::one()))?.min(u128::MAX.into());
    narrow(shift_right(mul(root, root)?, 128))
}
