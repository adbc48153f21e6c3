//! Checking a route that somebody else found. The chain does this and never searches.

use super::{cost, source_error, types::RouteError, Source};
use crate::types::HmmError;

/// Checks that buying `amounts` from `sources`, one each and in their order, is possible now, gives at least `required` and
/// costs at most `max_credits`, fees included; all wei. Returns the cost. No amount need be the best one.
///
/// One exact-out trade per amount that is not zero, with the check of the pool's invariant that every trade has: the time is
/// linear in their number, which the caller bounds. Sources must be different pools, or each would be checked as if the
/// others had bought nothing.
///
/// Errors: [`RouteError::WrongLength`], [`RouteError::AboveCap`], [`RouteError::RequirementMissed`],
/// [`RouteError::TooExpensive`]; [`RouteError::Source`] for what a pool refuses, and [`RouteError::Market`] with
/// [`HmmError::Overflow`].
pub fn verify_route(
    sources: &[Source],
    amounts: &[u128],
    required: u128,
    max_credits: u128,
) -> Result<u128, RouteError> {
    if sources.len() != amounts.len() {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        return Err(RouteError::WrongLength { sources: count(sources.len()), amounts: count(amounts.len()) });
    }
    let (mut routed, mut total) = (0u128, 0u128);
    for (index, (source, amount)) in sources.iter().zip(amounts.iter().copied()).enumerate() {
        if amount == 0 {
            continue;
        }
        let most = source.most();
        if amount > most {
            return Err(RouteError::AboveCap { index: u32::try_from(index).unwrap_or(u32::MAX), amount, most });
        }
        routed = routed.checked_add(amount).ok_or(HmmError::Overflow)?;
        let theta = cost(&source.pool, amount).map_err(|error| source_error(index, error))?;
        total = total.checked_add(theta).ok_or(HmmError::Overflow)?;
    }
    if routed < required {
        return Err(RouteError::RequirementMissed { required, routed });
    }
    if total > max_credits {
        return Err(RouteError::TooExpensive { cost: total, max_credits });
    }
    Ok(total)
}
