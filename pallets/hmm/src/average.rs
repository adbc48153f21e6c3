//! Exponential mean of a reserve, advanced over any number of blocks at once.
//!
//! A reserve changes only where its pool is touched, so the mean over the blocks in between is a power of one factor: no
//! work per block, and exactly what a per-block update gives, up to 10⁻¹⁸ of the gap.

use sp_core::U256;

/// One, as the fixed point of the factors.
const ONE: u128 = 1 << 64;

/// The mean after `blocks` blocks that closed at `value`, where every block moves it by 1/`period` of the gap. Rounds
/// towards `value`.
pub(crate) fn average_after(average: u128, value: u128, blocks: u64, period: u64) -> u128 {
    let gap = average.abs_diff(value);
    // The factor is at most one, so the product never leaves the range.
    let [_, low, high, _] = U256::from(gap).saturating_mul(kept_after(blocks, period).into()).0;
    let kept = u128::from(high) << 64 | u128::from(low);
    // Both are exact: what is kept of the gap lies between the value and the old mean.
    if average > value {
        value.saturating_add(kept)
    } else {
        value.saturating_sub(kept)
    }
}

/// (1 − 1/period)^blocks, by squaring; every product is of two factors of which one is below [`ONE`].
fn kept_after(mut blocks: u64, period: u64) -> u128 {
    let Some(share) = ONE.checked_div(period.into()) else { return if blocks == 0 { ONE } else { 0 } };
    let (mut kept, mut square) = (ONE, ONE.saturating_sub(share));
    while blocks > 0 {
        if blocks & 1 == 1 {
            kept = kept.saturating_mul(square) >> 64;
        }
        square = square.saturating_mul(square) >> 64;
        blocks >>= 1;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_should_equal_block_by_block_updates_when_advanced_at_once() {
        let (start, value, period) = (9 * 10u128.pow(27), 10u128.pow(27), 1_800u64);
        let mut step_by_step = start;
        for blocks in 1..=4_000u64 {
            step_by_step = average_after(step_by_step, value, 1, period);
            let at_once = average_after(start, value, blocks, period);
            assert!(at_once.abs_diff(step_by_step) <= start / 10u128.pow(15), "{blocks}: {at_once} {step_by_step}");
        }
    }

    #[test]
    fn average_should_keep_a_share_of_1_over_e_when_one_period_passes() {
        let kept = average_after(10u128.pow(18), 0, 1_800, 1_800);
        assert_eq!(kept / 10u128.pow(14), 3_677);
    }

    #[test]
    fn average_should_stay_between_both_when_numbers_are_extreme() {
        for (average, value) in [(0, u128::MAX), (u128::MAX, 0), (u128::MAX, u128::MAX), (5, 5), (1, 0)] {
            for (blocks, period) in [(0, 0), (1, 0), (1, 1), (0, 7), (u64::MAX, 7), (3, u64::MAX)] {
                let mean = average_after(average, value, blocks, period);
                assert!(mean >= average.min(value) && mean <= average.max(value));
                assert!(blocks > 0 || mean == average);
            }
        }
    }
}
