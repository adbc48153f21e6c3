//! Expected free energy: weights of options that cost the same.
//!
//! ```text
//! η_π = exp(β·EFE(π)) / Σ exp(β·EFE(π′))        EFE = E[ΔI] + E[ΔU] − λ_c·E[cost],   λ_c = 0.1
//! ```
//! Larger is better.

use crate::error::Error;

/// λ_c: what a unit of cost weighs.
pub const COST_WEIGHT: f64 = 0.1;
/// Largest β.
pub const MAX_BETA: f64 = 100.0;

/// What is expected of one option.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expectation {
    /// E\[ΔI\], nats; counts within −4 to 4.
    pub information: f64,
    /// E\[ΔU\]; counts within −1 to 1.
    pub utility: f64,
    /// E\[cost\] in units of the least cost there is; counts within 0 to 10.
    pub cost: f64,
}

impl Expectation {
    /// EFE. What is not a number counts as nothing expected.
    pub fn value(&self) -> f64 {
        let bounded = |value: f64, least: f64, most: f64| if value.is_nan() { 0.0 } else { value.clamp(least, most) };
        bounded(self.information, -4.0, 4.0) + bounded(self.utility, -1.0, 1.0)
            - COST_WEIGHT * bounded(self.cost, 0.0, 10.0)
    }
}

/// The weight of each option, in their order; they add up to one.
///
/// The largest exponent is taken off all of them first, so none overflows and at least one is 1. Error:
/// [`Error::OutOfRange`] for a β outside 0 to [`MAX_BETA`].
pub fn weights(options: &[Expectation], beta: f64) -> Result<Vec<f64>, Error> {
    if !(0.0..=MAX_BETA).contains(&beta) {
        return Err(Error::OutOfRange { what: "beta", value: beta, least: 0.0, most: MAX_BETA });
    }
    let exponents: Vec<f64> = options.iter().map(|option| beta * option.value()).collect();
    let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raised: Vec<f64> = exponents.iter().map(|exponent| (exponent - largest).exp()).collect();
    let sum: f64 = raised.iter().sum();
    Ok(raised.iter().map(|raised| raised / sum).collect())
}
