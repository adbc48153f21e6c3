//! How much an honest worker's numerics may differ from the verifier's (docs/detection.md).
//!
//! Taken from 3,000 honest runs of each numerics of the tiny model; 12,000 others of each were none of them outside. They count for
//! work of another engine profile than the verifier's only; work of its own is compared to the bit.

use super::statistics::allowed;
use crate::fingerprint::{Difference, TOP};
use hanzo_poai::chunks::CHUNK;
use serde::Serialize;

/// Output tokens for which a sum of gaps has a limit of its own.
pub const LENGTHS: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// Tokens of a chunk for which a fingerprint has limits of its own: fewer tokens are noisier.
pub const CHUNK_LENGTHS: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// Chunks that one test covers. A longer output is cut into windows of at most so many.
pub const WINDOW: usize = 4;

/// A window that is forgiven may still be outside its limits by this factor at most.
pub const FORGIVEN_FACTOR: usize = 4;

/// Rate of false positives that nothing may exceed, whatever the length of the output.
pub const FALSE_POSITIVES: f64 = 1e-3;

/// Upper bound on the rate at which one window of honest work is outside: at 95 % confidence, as none of 4,000 windows was.
pub const WINDOW_FALSE_POSITIVES: f64 = 7.5e-4;

/// Limits of honest work: twice the largest that calibration saw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Which numerics they allow for.
    pub numerics: &'static str,
    /// Largest sum of gaps over as many tokens as [`LENGTHS`] says, nats; ascending.
    pub gaps: [f64; LENGTHS.len()],
    /// Most elements of 128 with another sign or exponent, by [`CHUNK_LENGTHS`]; descending.
    pub exponents: [usize; CHUNK_LENGTHS.len()],
    /// Largest mean difference of the mantissas of the others, units in the last place of bfloat16; descending.
    pub mantissas: [f64; CHUNK_LENGTHS.len()],
}

impl Limits {
    /// Workers that compute in f32 on the model's own weights, in any order: Candle, other kernels, other cuts. No run had
    /// a gap; what a single last bit may make of one is allowed.
    pub const F32: Self =
        Self { numerics: "f32", gaps: [1e-5; 8], exponents: [3, 3, 3, 1, 1, 1], mantissas: [0.015_625; 6] };

    /// Workers that round the weights to bfloat16 as well. All of a sum came from one token.
    pub const BF16: Self = Self {
        numerics: "bf16",
        gaps: [0.147_74; 8],
        exponents: [15, 9, 9, 9, 7, 7],
        mantissas: [2.578_125, 1.578_125, 1.578_125, 1.578_125, 1.312_5, 1.312_5],
    };

    /// Limits for windows that are forgiven: [`FORGIVEN_FACTOR`] times as wide.
    pub fn of_forgiven(&self) -> Self {
        let factor = FORGIVEN_FACTOR as f64;
        Self {
            numerics: self.numerics,
            gaps: self.gaps.map(|gap| gap * factor),
            exponents: self.exponents.map(|exponents| exponents * FORGIVEN_FACTOR),
            mantissas: self.mantissas.map(|mantissas| mantissas * factor),
        }
    }

    /// Largest sum of gaps over `tokens` tokens of one window: that of the next length above, since sums only grow.
    pub fn gap(&self, tokens: usize) -> f64 {
        let index = LENGTHS.iter().position(|length| *length >= tokens).unwrap_or(LENGTHS.len() - 1);
        self.gaps[index]
    }

    /// Whether the fingerprint of a chunk of `tokens` tokens may differ so: by the limits of the next length below.
    pub fn forgives(&self, tokens: usize, difference: &Difference) -> bool {
        let (exponents, mantissas) = self.fingerprint(tokens);
        difference.exponents * TOP <= exponents * difference.compared && difference.mantissa_mean <= mantissas
    }

    /// Limits of exponents and mantissas for a chunk of `tokens` tokens.
    pub fn fingerprint(&self, tokens: usize) -> (usize, f64) {
        let index = CHUNK_LENGTHS.iter().rposition(|length| *length <= tokens).unwrap_or(0);
        (self.exponents[index], self.mantissas[index])
    }
}

/// How an output of `tokens` tokens is cut: the token at which each window ends. Windows are of whole chunks, at most
/// [`WINDOW`], and as equal as can be, so that none is too short to show anything.
pub fn windows(tokens: usize) -> Vec<usize> {
    let chunks = tokens.div_ceil(CHUNK);
    let count = chunks.div_ceil(WINDOW);
    (1..=count).map(|window| (chunks * window / count * CHUNK).min(tokens)).collect()
}

/// How many of `windows` windows may be outside before the work is bad, so that honest work is called bad with a
/// probability of at most [`FALSE_POSITIVES`].
pub fn forgiven(windows: usize) -> usize {
    allowed(windows as u64, WINDOW_FALSE_POSITIVES, FALSE_POSITIVES) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_should_be_monotone() {
        for limits in [Limits::F32, Limits::BF16] {
            assert!(limits.gaps.windows(2).all(|pair| pair[0] <= pair[1]), "{limits:?}");
            assert!(limits.exponents.windows(2).all(|pair| pair[0] >= pair[1]), "{limits:?}");
            assert!(limits.mantissas.windows(2).all(|pair| pair[0] >= pair[1]), "{limits:?}");
            assert!((1..=128).all(|tokens| limits.gap(tokens) <= limits.gap(tokens + 1)));
            assert!(limits.gaps[0] > 0.0, "a single honest slip must be forgiven");
        }
        for (narrow, wide) in Limits::F32.gaps.iter().zip(Limits::BF16.gaps) {
            assert!(*narrow < wide);
        }
    }

    #[test]
    fn windows_should_cover_whole_chunks_evenly() {
        assert_eq!(windows(0), [0usize; 0]);
        assert_eq!(windows(1), [1]);
        assert_eq!(windows(128), [128]);
        assert_eq!(windows(129), [64, 129]);
        assert_eq!(windows(4_096).len(), 32);
        for tokens in 1..1_000 {
            let ends = windows(tokens);
            assert_eq!(ends.last(), Some(&tokens));
            let starts = std::iter::once(0).chain(ends.iter().copied());
            let chunks: Vec<usize> = starts.zip(&ends).map(|(from, end)| (end - from).div_ceil(CHUNK)).collect();
            let (least, most) = (chunks.iter().min(), chunks.iter().max());
            assert!(most <= Some(&WINDOW) && most.zip(least).is_some_and(|(m, l)| m - l <= 1), "{tokens}: {chunks:?}");
        }
    }

    #[test]
    fn one_window_should_be_forgiven_nothing() {
        assert_eq!(forgiven(1), 0);
        let counts: Vec<usize> = (1..=32).map(forgiven).collect();
        assert!(counts.windows(2).all(|pair| pair[0] <= pair[1]) && counts[31] <= 2, "{counts:?}");
    }

    #[test]
    fn fingerprint_should_be_judged_by_the_length_below() {
        let limits = Limits { exponents: [9, 8, 7, 6, 5, 4], ..Limits::F32 };
        let differing = |exponents| Difference { compared: 128, exponents, mantissa_mean: 0.0, mantissa_median: 0 };
        for (tokens, most) in [(1, 9), (2, 8), (3, 8), (31, 5), (32, 4)] {
            assert!(limits.forgives(tokens, &differing(most)), "{tokens}");
            assert!(!limits.forgives(tokens, &differing(most + 1)), "{tokens}");
        }
    }
}
