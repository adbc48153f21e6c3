//! The exponential function, pinned.

/// Arguments below give 0: the result would leave the normal range of f32.
const LOWEST: f32 = -87.0;
/// Arguments above are taken as this one.
const HIGHEST: f32 = 88.0;
/// 1.5·2²³: adding and subtracting it rounds to an integer, ties to even, and leaves that integer in the low bits.
const ROUND: f32 = 12_582_912.0;
/// ln 2 cut to 10 bits, so that its product with the integer below is exact, and the rest.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// e^x in f32: x = n·ln 2 + r with |r| ≤ ½·ln 2, Taylor to r⁷ (relative error under 1e-8 before rounding), times 2ⁿ. Within
/// 2 units in the last place; the same bits everywhere. Below −87 it is 0, above 88 it is e⁸⁸, NaN stays NaN.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Written without `min`, so that NaN passes through.
    let capped = if x > HIGHEST { HIGHEST } else { x };
    let shifted = capped * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (capped - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    let power = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    let value = p * f32::from_bits(power);
    if x < LOWEST {
        0.0
    } else {
        value
    }
}
