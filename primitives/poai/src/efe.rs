//! Expected free energy: how much more often than another a worker is drawn that promises more (docs/jobs.md, "The draw").
//!
//! ```text
//! factor = exp(β·EFE) within ¼ to 4        EFE = E[ΔI] + E[ΔU] − λ_c·E[cost]
//! ```
//! For an inference ΔI is 0, as nothing is learnt from it, and cost is the same whoever is drawn, as its tokens are bought before. So
//! EFE is E\[ΔU\] = 2q − 1, between −1 and 1, for a worker of quality q. Quality is earned by jobs of a reference value; for a job
//! that is worth more it says less ([`scaled`]), or a quality made with cheap jobs of one's own would be worth more than it costs.

use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// One, in parts per billion.
const ONE: i128 = 1_000_000_000;
/// One, in the fixed point of the series.
const FINE: i128 = 1_000_000_000_000_000_000;
/// ln 4 in parts per billion, rounded up: from there on the factor is at its bound.
const LN_4: i128 = 1_386_294_362;
/// Terms of the series: the next one is below 10⁻¹⁹ for exponents within ± ln 4.
const TERMS: i128 = 24;

/// Least factor, parts per billion.
pub const LEAST_FACTOR: u32 = 250_000_000;
/// Greatest factor, parts per billion.
pub const GREATEST_FACTOR: u32 = 4_000_000_000;

/// E\[ΔU\] of a worker of quality `quality_ppb`, parts per billion: 2q − 1.
pub fn utility(quality_ppb: u32) -> i64 {
    i64::from(quality_ppb).saturating_mul(2).saturating_sub(1_000_000_000)
}

/// β for a job of `value`: β · min(1, reference/value), rounded down. Both values in wei.
pub fn scaled(beta_ppb: u32, value: u128, reference: u128) -> u32 {
    if value <= reference {
        return beta_ppb;
    }
    let scaled = multiply_by_rational_with_rounding(beta_ppb.into(), reference, value, Rounding::Down);
    scaled.and_then(|beta| u32::try_from(beta).ok()).unwrap_or_default()
}

/// exp(β·EFE) in parts per billion, rounded down, within [`LEAST_FACTOR`] and [`GREATEST_FACTOR`]. Both arguments are in parts per
/// billion. Never falls when `efe_ppb` rises.
pub fn factor(beta_ppb: u32, efe_ppb: i64) -> u32 {
    let exponent = i128::from(beta_ppb).saturating_mul(efe_ppb.into()).checked_div(ONE).unwrap_or_default();
    if exponent >= LN_4 {
        return GREATEST_FACTOR;
    }
    if exponent <= LN_4.saturating_neg() {
        return LEAST_FACTOR;
    }
    let exponent = exponent.saturating_mul(FINE / ONE);
    let (mut sum, mut term) = (FINE, FINE);
    for place in 1..=TERMS {
        term = term.saturating_mul(exponent).checked_div(FINE).and_then(|term| term.checked_div(place)).unwrap_or(0);
        sum = sum.saturating_add(term);
    }
    let rounded = sum.checked_div(FINE / ONE).and_then(|sum| u32::try_from(sum).ok());
    rounded.unwrap_or(LEAST_FACTOR).clamp(LEAST_FACTOR, GREATEST_FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_should_be_the_exponential_within_its_bounds() {
        for beta in [0u32, 1, 300_000_000, 1_000_000_000, 1_386_294_361, 4_000_000_000] {
            for step in -1_000i64..=1_000 {
                let efe = step * 1_000_000;
                let exact = (f64::from(beta) / 1e9 * step as f64 / 1e3).exp().clamp(0.25, 4.0) * 1e9;
                let got = f64::from(factor(beta, efe));
                assert!((got - exact).abs() <= 8.0, "β {beta}, EFE {efe}: {got}, not {exact}");
            }
        }
        assert_eq!(factor(1_000_000_000, 0), 1_000_000_000);
        assert_eq!(factor(1_000_000_000, 1_000_000_000), 2_718_281_828);
        assert_eq!(factor(1_000_000_000, -1_000_000_000), 367_879_441);
        assert_eq!(factor(u32::MAX, i64::MAX), GREATEST_FACTOR);
        assert_eq!(factor(u32::MAX, i64::MIN), LEAST_FACTOR);
    }

    #[test]
    fn beta_should_shrink_as_a_job_outgrows_the_reference() {
        assert_eq!([0, 9, 10].map(|value| scaled(300, value, 10)), [300; 3]);
        assert_eq!([11, 20, 3_000, 3_001].map(|value| scaled(300, value, 10)), [272, 150, 1, 0]);
        assert_eq!(scaled(u32::MAX, u128::MAX, u128::MAX - 1), u32::MAX - 1);
        assert_eq!(scaled(300, 1, 0), 0);
    }

    #[test]
    fn factor_should_never_fall_when_more_is_expected() {
        let mut last = 0;
        for efe in (-1_400_000_000i64..=1_400_000_000).step_by(99_991) {
            let now = factor(1_000_000_000, efe);
            assert!(now >= last, "at {efe}");
            last = now;
        }
        // Steps of one part per billion, where bounds begin and around zero.
        for from in [-1_386_294_400i64, -50, 1_386_294_300] {
            let mut last = 0;
            for efe in from..from + 100 {
                let now = factor(1_000_000_000, efe);
                assert!(now >= last, "at {efe}");
                last = now;
            }
        }
    }
}
