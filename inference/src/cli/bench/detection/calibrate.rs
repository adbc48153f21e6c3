//! Limits from honest runs.

use super::observe::{Observed, TOKENS};
use crate::verify::limits::{CHUNK_LENGTHS, LENGTHS};
use crate::verify::{FingerprintFinding, Limits};
use hanzo_poai::Decoding;

/// Limits are so many times the largest seen.
const MARGIN: f64 = 2.0;

/// Ways of decoding that honest runs take turns in.
pub(super) const DECODINGS: usize = 6;

/// Most prompt tokens per step, likewise.
pub(super) const CHUNKS: [usize; 3] = [512, 7, 1];

/// One of the [`DECODINGS`]: greedy, plain, cool, and each of the filters with heat or a penalty.
pub(super) fn decoding(index: usize) -> Decoding {
    let plain = Decoding { temperature_milli: 1_000, ..Decoding::greedy(TOKENS as u32) };
    match index {
        0 => Decoding::greedy(TOKENS as u32),
        1 => Decoding { temperature_milli: 700, ..plain },
        2 => Decoding { top_k: 20, ..plain },
        3 => Decoding { temperature_milli: 1_300, top_p_ppm: 900_000, ..plain },
        4 => Decoding { min_p_ppm: 50_000, repetition_penalty_milli: 1_200, ..plain },
        _ => plain,
    }
}

/// Twice the largest seen, and one element more of another exponent; for a sum of gaps at least twice the largest single
/// gap, which might as well have come in any shorter output.
pub(super) fn calibrated(runs: &[Observed], numerics: &'static str) -> Limits {
    let single = runs.iter().flat_map(|run| &run.gaps).copied().fold(0.0, f64::max);
    let sum = |tokens: usize| runs.iter().map(|run| run.gaps[..tokens].iter().sum()).fold(single, f64::max);
    let of = |index: usize, measure: fn(&FingerprintFinding) -> f64| {
        let whole = if CHUNK_LENGTHS[index] == 32 { usize::MAX } else { 0 };
        let findings = runs.iter().flat_map(|run| run.begun.get(index).into_iter().chain(run.whole.iter().take(whole)));
        findings.map(measure).fold(0.0, f64::max)
    };
    let exponents = descending(|index| of(index, |finding| finding.difference.exponents as f64));
    let mantissas = descending(|index| of(index, |finding| finding.difference.mantissa_mean));
    Limits {
        numerics,
        gaps: LENGTHS.map(|tokens| MARGIN * sum(tokens)),
        exponents: exponents.map(|most| (MARGIN * most) as usize + 1),
        mantissas: mantissas.map(|most| MARGIN * most),
    }
}

/// Values by index, none below a later one: what a longer chunk shows, a shorter may show as well.
fn descending(value: impl Fn(usize) -> f64) -> [f64; CHUNK_LENGTHS.len()] {
    let mut most = 0f64;
    let mut values = [0.0; CHUNK_LENGTHS.len()];
    for (index, to) in values.iter_mut().enumerate().rev() {
        most = most.max(value(index));
        *to = most;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Difference;

    fn finding(exponents: usize, mantissa_mean: f64) -> FingerprintFinding {
        let difference = Difference { compared: 128, exponents, mantissa_mean, mantissa_median: 0 };
        FingerprintFinding { tokens: 32, equal: false, difference }
    }

    fn run(slip: (usize, f64), strays: usize) -> Observed {
        let mut gaps = vec![0.0; TOKENS];
        gaps[slip.0] = slip.1;
        let begun = (0..CHUNK_LENGTHS.len()).map(|_| finding(0, 0.0)).collect();
        Observed {
            mismatched: gaps.iter().map(|gap| *gap > 0.0).collect(),
            gaps,
            begun,
            whole: vec![finding(strays, 0.5)],
        }
    }

    #[test]
    fn limits_should_be_twice_the_largest_and_monotone() {
        let limits = calibrated(&[run((5, 0.25), 3), run((0, 0.1), 1)], "f32");
        assert_eq!(limits.gaps, [0.5; LENGTHS.len()]);
        // Only whole chunks differed, and shorter ones must be forgiven as much.
        assert_eq!((limits.exponents, limits.mantissas), ([7; 6], [1.0; 6]));
        let mut two = run((5, 0.25), 0);
        two.gaps[90] = 0.25;
        let limits = calibrated(&[two], "f32");
        assert_eq!((limits.gaps[6], limits.gaps[7]), (0.5, 1.0));
    }

    #[test]
    fn decodings_should_be_valid_and_differ() {
        let all: Vec<Decoding> = (0..DECODINGS).map(decoding).collect();
        assert!(all.iter().all(|decoding| decoding.is_valid()));
        for (index, one) in all.iter().enumerate() {
            assert!(all[..index].iter().all(|other| other != one));
        }
    }
}
