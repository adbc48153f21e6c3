//! Impermanent loss (docs/market.md, "Laws").

use crate::{
    types::{HmmError, PPB, PRICE_ONE},
    wide::{add, div_floor, isqrt_floor, mul, narrow, sub},
};
use primitive_types::U256;

/// What a provider who deposited at balance has lost against holding, when the price has moved to `ratio` times the
/// price at deposit.
///
/// `ratio`: [`PRICE_ONE`] fixed point. Returns a magnitude in parts per 10¹⁸, rounded up (loss, so 0.0572 and not −0.0572):
/// `1 − √(2(2r−ε(1+r²))/(1−ε))/(1+r)` while ε < r < 1/ε. Beyond that the pool holds one asset only and cannot follow the
/// price; the loss is then that of holding all credits (r ≥ 1/ε) or all compute (r ≤ ε) of the emptied pool.
///
/// Errors: [`HmmError::CurvatureTooHigh`] for ε ≥ 1, [`HmmError::Overflow`] never within these bounds.
pub fn impermanent_loss(epsilon_ppb: u32, ratio: u128) -> Result<u128, HmmError> {
    if epsilon_ppb >= PPB {
        return Err(HmmError::CurvatureTooHigh);
    }
    let one = U256::from(PRICE_ONE);
    let (r, held) = (U256::from(ratio), add(ratio, PRICE_ONE)?);
    let nano = U256::from(PPB);
    let pool = if ratio == 0 {
        U256::zero()
    } else if mul(r, epsilon_ppb)? >= mul(one, PPB)? {
        mul(exhausted_reserve(epsilon_ppb)?, nano)?
    } else if mul(r, PPB)? <= mul(one, epsilon_ppb)? {
        div_floor(mul(exhausted_reserve(epsilon_ppb)?, r)?, nano)?
    } else {
        let cross = mul(mul(mul(r, one)?, PPB)?, 2u8)?;
        let squares = mul(add(mul(one, one)?, mul(r, r)?)?, epsilon_ppb)?;
        let under = div_floor(mul(sub(cross, squares)?, 2u8)?, sub(PPB, epsilon_ppb)?)?;
        mul(isqrt_floor(mul(under, one)?)?, nano)?
    };
    narrow(sub(one, div_floor(pool, held)?.min(one))?)
}

/// √(2(1+ε)/ε)·10²⁷, floored: what an emptied pool holds of the other asset, in units of its balanced reserve.
fn exhausted_reserve(epsilon_ppb: u32) -> Result<U256, HmmError> {
    let one = U256::from(PRICE_ONE);
    let square = mul(mul(one, one)?, PRICE_ONE)?;
    let ratio = div_floor(mul(mul(add(PPB, epsilon_ppb)?, 2u8)?, square)?, epsilon_ppb.into())?;
    isqrt_floor(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impermanent_loss_should_match_the_specification_when_the_price_doubles() {
        assert_eq!(impermanent_loss(0, 2 * PRICE_ONE).unwrap() / 10u128.pow(13), 5_719);
        assert_eq!(impermanent_loss(50_000_000, 2 * PRICE_ONE).unwrap() / 10u128.pow(13), 6_341);
        assert_eq!(impermanent_loss(0, PRICE_ONE), Ok(0));
    }

    #[test]
    fn impermanent_loss_should_be_continuous_when_the_pool_empties() {
        for (epsilon, edge) in
            [(500_000_000, 2 * PRICE_ONE), (500_000_000, PRICE_ONE / 2), (250_000_000, 4 * PRICE_ONE)]
        {
            let inside = impermanent_loss(epsilon, edge - 1).unwrap();
            let at = impermanent_loss(epsilon, edge).unwrap();
            let outside = impermanent_loss(epsilon, edge + 1).unwrap();
            assert!(inside.abs_diff(at) <= 3 && at.abs_diff(outside) <= 3, "{inside} {at} {outside}");
        }
    }

    #[test]
    fn impermanent_loss_should_never_fail_when_the_ratio_is_extreme() {
        for epsilon in [0, 1, 50_000_000, 500_000_000, 999_999_999] {
            for ratio in [0, 1, 1_000, PRICE_ONE, u128::MAX / 2, u128::MAX] {
                assert!(impermanent_loss(epsilon, ratio).unwrap() <= PRICE_ONE, "{epsilon} {ratio}");
            }
        }
        assert_eq!(impermanent_loss(PPB, PRICE_ONE), Err(HmmError::CurvatureTooHigh));
    }
}
