//! Compact digests of hidden states, after TOPLOC (arXiv 2501.16007): what a verifier with other hardware can still compare.
//!
//! A chunk is the last hidden states (after the final normalisation) that produced up to 32 tokens, laid end to end. Its 128
//! elements of largest magnitude (ties to the lower place), rounded to bfloat16, become points (x, y): x is the place modulo
//! m, y the 16 bits of the value, where m is the largest modulus of at most 65,497 that keeps all x apart. The digest is m and
//! the 128 coefficients, lowest degree first, of the polynomial over GF(65,497) through the points, 2 bytes each,
//! little-endian: 258 bytes. 65,497 is the largest prime below every bfloat16 pattern of a NaN with the sign bit, so every
//! finite value is a field element. Chunks of fewer than 128 elements use what they have; the coefficients above are 0.
//!
//! To check, a verifier takes its own 128 largest elements, evaluates the polynomial at their places and compares exponents
//! and mantissas ([`compare`]).

use hanzo_poai::chunks::{Fingerprint, CHUNK, FINGERPRINT_BYTES};
use serde::{Deserialize, Serialize};

/// Name and version of the above, part of the engine profile.
pub const FINGERPRINT: &str = "toploc/1: top 128, bf16, prime 65497, chunks of 32";

/// Points of a polynomial.
pub const TOP: usize = 128;

/// The field's prime.
const PRIME: u32 = 65_497;

/// Fingerprints of hidden states of shape (tokens, width), one per chunk of 32 tokens.
pub fn fingerprints(hidden: &[f32], width: usize) -> Vec<Fingerprint> {
    hidden.chunks(width * CHUNK).map(fingerprint).collect()
}

/// Fingerprint of one chunk.
pub fn fingerprint(chunk: &[f32]) -> Fingerprint {
    let points = largest(chunk);
    let modulus = injective_modulus(&points);
    let xy: Vec<(u32, u32)> =
        points.iter().map(|(place, bits)| ((*place % modulus) as u32, u32::from(*bits))).collect();
    let mut out = [0u8; FINGERPRINT_BYTES];
    out[..2].copy_from_slice(&(modulus as u16).to_le_bytes());
    for (to, coefficient) in out[2..].chunks_exact_mut(2).zip(interpolate(&xy)) {
        to.copy_from_slice(&(coefficient as u16).to_le_bytes());
    }
    out
}

/// The elements of largest magnitude: place and bfloat16 bits, largest first.
fn largest(chunk: &[f32]) -> Vec<(usize, u16)> {
    let magnitude = |place: &usize| if chunk[*place].is_nan() { -1.0 } else { chunk[*place].abs() };
    let mut places: Vec<usize> = (0..chunk.len()).collect();
    let rank = |a: &usize, b: &usize| magnitude(b).total_cmp(&magnitude(a)).then(a.cmp(b));
    if places.len() > TOP {
        places.select_nth_unstable_by(TOP - 1, rank);
        places.truncate(TOP);
    }
    places.sort_unstable_by(rank);
    places.into_iter().map(|place| (place, to_bf16(chunk[place]))).collect()
}

/// Nearest bfloat16, ties to even; infinities and NaN, which no checked hidden state holds, give 0.
fn to_bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
    if value.is_finite() && rounded & 0x7f80 != 0x7f80 {
        rounded as u16
    } else {
        0
    }
}

fn injective_modulus(points: &[(usize, u16)]) -> usize {
    let mut seen = vec![0usize; PRIME as usize];
    for modulus in (points.len().max(1)..=PRIME as usize).rev() {
        // `seen` holds the modulus that last touched a residue, so it need not be cleared.
        let apart = points.iter().all(|(place, _)| std::mem::replace(&mut seen[place % modulus], modulus) != modulus);
        if apart {
            return modulus;
        }
    }
    // No modulus fits only if places are spaced against every one of 65,370 of them; colliding points are then dropped.
    PRIME as usize
}

fn power(mut base: u64, mut exponent: u32) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % u64::from(PRIME);
        }
        base = base * base % u64::from(PRIME);
        exponent >>= 1;
    }
    result
}

/// Coefficients, lowest first, of the polynomial of least degree through points with distinct x (Newton's form, expanded).
fn interpolate(points: &[(u32, u32)]) -> Vec<u32> {
    let prime = u64::from(PRIME);
    let mut coefficients = vec![0u64; points.len()];
    // The product of (X − x) over the points so far.
    let mut basis = vec![0u64; points.len() + 1];
    basis[0] = 1;
    for (count, (x, y)) in points.iter().enumerate() {
        let at = |polynomial: &[u64]| polynomial.iter().rev().fold(0, |sum, c| (sum * u64::from(*x) + c) % prime);
        let (value, scale) = (at(&coefficients[..count]), at(&basis[..=count]));
        if scale == 0 {
            continue;
        }
        let step = (u64::from(*y) + prime - value) % prime * power(scale, PRIME - 2) % prime;
        for (coefficient, b) in coefficients.iter_mut().zip(&basis[..=count]) {
            *coefficient = (*coefficient + step * b) % prime;
        }
        for degree in (0..=count + 1).rev() {
            let lower = if degree > 0 { basis[degree - 1] } else { 0 };
            basis[degree] = (lower + (prime - u64::from(*x) % prime) * basis[degree]) % prime;
        }
    }
    coefficients.into_iter().map(|c| c as u32).collect()
}

/// The value that a fingerprint claims at a place: bfloat16 bits.
pub fn claimed(fingerprint: &Fingerprint, place: usize) -> u16 {
    let word = |i: usize| u64::from(u16::from_le_bytes([fingerprint[i * 2], fingerprint[i * 2 + 1]]));
    let x = place as u64 % word(0).max(1);
    let value = (1..=TOP).rev().fold(0, |sum, i| (sum * x + word(i)) % u64::from(PRIME));
    value as u16
}

/// How a claimed fingerprint differs from recomputed hidden states.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Elements compared: 128, or what a small chunk has.
    pub compared: usize,
    /// Elements whose sign or exponent differs.
    pub exponents: usize,
    /// Mean difference of the mantissas of the others, units in the last place of bfloat16.
    pub mantissa_mean: f64,
    /// Median of the same.
    pub mantissa_median: u16,
}

/// Compares a claimed fingerprint with hidden states computed here.
pub fn compare(claim: &Fingerprint, chunk: &[f32]) -> Difference {
    let points = largest(chunk);
    let (mut exponents, mut mantissas) = (0, Vec::new());
    for (place, bits) in &points {
        let other = claimed(claim, *place);
        match other >> 7 == bits >> 7 {
            true => mantissas.push((other & 0x7f).abs_diff(bits & 0x7f)),
            false => exponents += 1,
        }
    }
    mantissas.sort_unstable();
    let sum: f64 = mantissas.iter().map(|m| f64::from(*m)).sum();
    Difference {
        compared: points.len(),
        exponents,
        mantissa_mean: sum / mantissas.len().max(1) as f64,
        mantissa_median: mantissas.get(mantissas.len() / 2).copied().unwrap_or_default(),
    }
}

/// What a verifier on other hardware forgives. To be calibrated per engine profile.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tolerance {
    /// Most elements of 128 whose exponent may differ.
    pub exponents: usize,
    /// Largest mean difference of mantissas.
    pub mantissa_mean: f64,
    /// Largest median difference of mantissas.
    pub mantissa_median: u16,
    /// Least share of tokens that must be the replayed ones, parts per million.
    pub tokens_ppm: u32,
}

impl Tolerance {
    /// Between f32 engines that differ in order of summation: bfloat16 rounding flips the last bit now and then, and the
    /// edge of the 128 largest shifts by an element or two.
    pub const SAME_DTYPE: Self = Self { exponents: 16, mantissa_mean: 1.0, mantissa_median: 1, tokens_ppm: 980_000 };

    /// Whether a difference lies within.
    pub fn forgives(&self, difference: &Difference) -> bool {
        difference.exponents * TOP <= self.exponents * difference.compared
            && difference.mantissa_mean <= self.mantissa_mean
            && difference.mantissa_median <= self.mantissa_median
    }
}
