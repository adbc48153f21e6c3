//! Checked 256-bit helpers. Every function names its rounding; none wraps, saturates or panics.

use crate::types::HmmError;
use primitive_types::{U128, U256};

/// `a + b`, or [`HmmError::Overflow`].
pub(crate) fn add(a: impl Into<U256>, b: impl Into<U256>) -> Result<U256, HmmError> {
    a.into().checked_add(b.into()).ok_or(HmmError::Overflow)
}

/// `a − b`, or [`HmmError::Overflow`] where that is negative.
pub(crate) fn sub(a: impl Into<U256>, b: impl Into<U256>) -> Result<U256, HmmError> {
    a.into().checked_sub(b.into()).ok_or(HmmError::Overflow)
}

/// `a·b`, or [`HmmError::Overflow`].
pub(crate) fn mul(a: impl Into<U256>, b: impl Into<U256>) -> Result<U256, HmmError> {
    a.into().checked_mul(b.into()).ok_or(HmmError::Overflow)
}

/// `a·b`, which always fits.
pub(crate) fn product(a: u128, b: u128) -> U256 {
    U128::from(a).full_mul(U128::from(b))
}

/// `a·b + c·d` in 128 bits, or [`HmmError::Overflow`]: a weighted sum of two reserves.
pub(crate) fn weighted(a: u128, b: u64, c: u128, d: u64) -> Result<u128, HmmError> {
    let first = a.checked_mul(b.into()).ok_or(HmmError::Overflow)?;
    c.checked_mul(d.into()).and_then(|second| first.checked_add(second)).ok_or(HmmError::Overflow)
}

/// `⌊a/b⌋`, or [`HmmError::Overflow`] where `b` is zero.
pub(crate) fn div_floor(a: U256, b: U256) -> Result<U256, HmmError> {
    a.checked_div(b).ok_or(HmmError::Overflow)
}

/// `⌈a/b⌉`, or [`HmmError::Overflow`] where `b` is zero.
pub(crate) fn div_ceil(a: U256, b: U256) -> Result<U256, HmmError> {
    let quotient = div_floor(a, b)?;
    if mul(quotient, b)? == a {
        Ok(quotient)
    } else {
        add(quotient, 1u8)
    }
}

/// Narrows to `u128`, or [`HmmError::Overflow`].
pub(crate) fn narrow(a: U256) -> Result<u128, HmmError> {
    u128::try_from(a).map_err(|_| HmmError::Overflow)
}

/// `⌊a·b/c⌋`, or [`HmmError::Overflow`] where `c` is zero or the result leaves `u128`.
pub(crate) fn mul_div_floor(a: u128, b: u128, c: u128) -> Result<u128, HmmError> {
    narrow(div_floor(product(a, b), c.into())?)
}

/// `⌈a·b/c⌉`, or [`HmmError::Overflow`] where `c` is zero or the result leaves `u128`.
pub(crate) fn mul_div_ceil(a: u128, b: u128, c: u128) -> Result<u128, HmmError> {
    narrow(div_ceil(product(a, b), c.into())?)
}

/// `⌊√n⌋`, exact for every `n`.
///
/// The root of the top 128 bits, rounded up, starts Newton's iteration above the root and within one part in 2⁶² of it;
/// from above the integer iteration falls strictly until it stands on the floor, here after one or two steps.
pub(crate) fn isqrt_floor(n: U256) -> Result<U256, HmmError> {
    if let Ok(small) = u128::try_from(n) {
        return Ok(small.isqrt().into());
    }
    let half = n.bits().saturating_sub(127).div_euclid(2);
    let top = shift_right(n, half.saturating_mul(2)).low_u128();
    let mut root = shift_left(add(top.isqrt(), 1u8)?, half);
    loop {
        root = shift_right(add(root, div_floor(n, root)?)?, 1);
        if mul(root, root).is_ok_and(|square| square <= n) {
            return Ok(root);
        }
    }
}

/// `⌈√n⌉`, exact for every `n`.
pub(crate) fn isqrt_ceil(n: U256) -> Result<U256, HmmError> {
    let root = isqrt_floor(n)?;
    if mul(root, root)? == n {
        Ok(root)
    } else {
        add(root, 1u8)
    }
}

/// A shift has no overflow to check: bits beyond the width are dropped, which the callers above rule out or want.
#[allow(clippy::arithmetic_side_effects)]
pub(crate) fn shift_right(n: U256, bits: usize) -> U256 {
    n >> bits
}

/// See [`shift_right`]; `isqrt_floor` shifts a 65-bit number by at most 64.
#[allow(clippy::arithmetic_side_effects)]
fn shift_left(n: U256, bits: usize) -> U256 {
    n << bits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that stress a root: squares and their neighbours over the whole width, and the extremes.
    fn samples() -> Vec<U256> {
        let mut all = vec![U256::zero(), U256::one(), U256::MAX, U256::from(u128::MAX), U256::from(u128::MAX) + 1];
        for bits in 1..128 {
            for root in
                [U256::one() << bits, (U256::one() << bits) - 1, (U256::from(0xb504_f333_f9deu64) << bits) >> 48]
            {
                let square = root * root;
                all.extend([square, square + 1, square.saturating_sub(U256::one())]);
            }
        }
        all
    }

    #[test]
    fn isqrt_should_be_the_exact_floor_and_ceiling() {
        for n in samples() {
            let floor = isqrt_floor(n).unwrap();
            assert!(floor * floor <= n, "{n}");
            assert!((floor + 1).checked_mul(floor + 1).is_none_or(|next| next > n), "{n}");
            let ceil = isqrt_ceil(n).unwrap_or(floor + 1);
            assert_eq!(ceil, if floor * floor == n { floor } else { floor + 1 }, "{n}");
        }
    }

    #[test]
    fn division_should_round_as_named() {
        assert_eq!(mul_div_floor(7, 3, 2), Ok(10));
        assert_eq!(mul_div_ceil(7, 3, 2), Ok(11));
        assert_eq!(mul_div_ceil(8, 3, 2), Ok(12));
        assert_eq!(mul_div_floor(u128::MAX, u128::MAX, u128::MAX), Ok(u128::MAX));
        assert_eq!(mul_div_floor(u128::MAX, 2, 1), Err(HmmError::Overflow));
        assert_eq!(mul_div_ceil(1, 1, 0), Err(HmmError::Overflow));
    }
}
