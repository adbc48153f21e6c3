//! Splitting a requirement over the pools of one resource class (docs/market.md, "Routing").
//!
//! ```text
//! min Σ cost_j(y_j)   s.t.   Σ y_j = r,   0 ≤ y_j ≤ u_j        cost_j = c_j/(1 − f_j)
//! ```
//! `c_j` is the exact-out cost of the curve, `f_j` the fee rate of [`crate::fee`], `u_j` what the pool may give. Classes do
//! not touch one another: route each by itself.
//!
//! # Why water-filling finds the least cost
//! `c` is increasing and convex in y for ε < 1. Below its cap, f is increasing, convex and piecewise linear in y, so 1/(1−f)
//! is increasing and convex, and so is the product: the marginal price never falls as more is bought, and all pools in use
//! are bought up to one marginal price μ. Where the fee reaches its cap the true marginal price drops; there the solver
//! reckons with the greater of the marginal price at that point and `c′/(1−cap)`, which keeps the cost convex and never
//! reckons too little. The route is then the best by that reckoning, and its cost is still the true one. With
//! f_m + 2λ_r ≤ cap, as by default, the cap is out of reach and the route is the best there is.
//!
//! # How
//! A pool is cut where its marginal price may jump: at the reference reserve, beyond which the risk fee grows, at the cap of
//! the fee, and where the curve begins to ask more than the mean price ([`Pool::mean`]), up to which every unit costs the mean. Inside a piece the price is smooth, and close to that of the constant product pool that has the same
//! price and slope; for those, water-filling has a closed form. Three rounds of it bring all pieces near μ. Then each
//! round encloses, by the true prices, what every piece gives at a trial μ, and narrows the bracket of μ by the outcome,
//! until the requirement lies within what is enclosed. The remainder, of no consequence to the price, is handed out in order.
//!
//! # Bounds
//! At most 285 rounds of at most 194 evaluations per piece, and six pieces a pool; where a pool cannot give all that cap
//! and floor leave, 94 more evaluations find what it can. Every second round and evaluation halves its bracket from the
//! tenth and the seventh on: that bounds them, whatever the models are worth. A typical route takes four rounds and six
//! evaluations a piece.
//!
//! # Roundings
//! Amounts add up to the requirement exactly. Costs are those of [`Pool::buy_exact_out`], ceiled, and therefore what the
//! chain takes. All pieces in use stand within 2⁻⁵⁴ of μ, give or take what two wei of compute move the price. By convexity
//! the cost is then above the least one by no more than the rounding of each trade: a few credit-wei, and a few more of
//! compute where scales differ.

mod fill;
mod marginal;
mod piece;
mod types;
mod verify;

pub use types::{Route, RouteError, Share, Source, SHADOW_ONE};
pub use verify::verify_route;

use crate::{types::HmmError, Pool};
use alloc::vec::Vec;
use fill::fill;
use marginal::Side;
use piece::Piece;

/// The cheapest way to buy exactly `required` compute-wei of one class from `sources`, each a pool of its own.
///
/// Shares come in the order of the sources. Errors: [`RouteError::Market`] with [`HmmError::ZeroAmount`] for no requirement;
/// [`RouteError::Source`] for a curve or fees out of their bounds; [`RouteError::NotEnoughCompute`] when all sources
/// together cannot give as much. A pool without reserves gives nothing and is no error.
pub fn find_route(sources: &[Source], required: u128) -> Result<Route, RouteError> {
    if required == 0 {
        return Err(RouteError::Market(HmmError::ZeroAmount));
    }
    let mut pieces = Vec::new();
    let mut available = 0u128;
    for (index, source) in sources.iter().enumerate() {
        let reach = cut(index, source, required, &mut pieces).map_err(|error| source_error(index, error))?;
        available = available.checked_add(reach).ok_or(HmmError::Overflow)?;
    }
    if available < required {
        return Err(RouteError::NotEnoughCompute { required, available });
    }
    let price = fill(&mut pieces, required)?;
    assemble(sources, &pieces, price)
}

/// Cuts a source into pieces; what it can give, at most `required`.
fn cut<'a>(index: usize, source: &'a Source, required: u128, pieces: &mut Vec<Piece<'a>>) -> Result<u128, HmmError> {
    source.pool.curve.validate()?;
    source.pool.fees.validate()?;
    let Ok(side) = Side::new(&source.pool) else { return Ok(0) };
    let (most, before) = (source.most().min(required), pieces.len());
    if piece::cut(index, side, most, pieces).is_ok() {
        return Ok(most);
    }
    pieces.truncate(before);
    let reach = side.reach(most);
    piece::cut(index, side, reach, pieces)?;
    Ok(reach)
}

/// Turns filled pieces into the shares of their sources, with costs and prices.
fn assemble(sources: &[Source], pieces: &[Piece], price: u128) -> Result<Route, RouteError> {
    let mut shares: Vec<Share> = sources.iter().map(|_| Share::default()).collect();
    let mut shadow_price = 0;
    for piece in pieces {
        let share = shares.get_mut(piece.source).ok_or(HmmError::Overflow)?;
        let bought = piece.bought()?;
        share.psi = share.psi.checked_add(bought).ok_or(HmmError::Overflow)?;
        if bought > 0 {
            share.marginal_price = piece.price_within(price);
            shadow_price = shadow_price.max(share.marginal_price);
        } else if share.psi == 0 && share.marginal_price == 0 {
            share.marginal_price = piece.first_price;
        }
    }
    let mut total = 0u128;
    for (index, (source, share)) in sources.iter().zip(&mut shares).enumerate() {
        if share.psi == 0 {
            continue;
        }
        share.theta = cost(&source.pool, share.psi).map_err(|error| source_error(index, error))?;
        total = total.checked_add(share.theta).ok_or(HmmError::Overflow)?;
        if share.psi == source.most() {
            share.cap_price = shadow_price.saturating_sub(share.marginal_price);
        }
    }
    Ok(Route { shares, total, shadow_price })
}

/// What a purchase of `psi` costs, fees included, credit-wei.
fn cost(pool: &Pool, psi: u128) -> Result<u128, HmmError> {
    pool.buy_exact_out(psi).map(|trade| trade.theta)
}

/// Names the source of an error.
fn source_error(index: usize, error: HmmError) -> RouteError {
    RouteError::Source { index: u32::try_from(index).unwrap_or(u32::MAX), error }
}
