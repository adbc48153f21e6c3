//! Softmax over positions, and the gate of the feed-forward network.

use super::exp::exp;
use super::lanes::{run, tree, Isa, Kernel, Lanes, LANES};

struct Softmax<'a>(&'a mut [f32]);

impl Kernel for Softmax<'_> {
    type Out = f32;

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> f32 {
        exp_and_sum(self.0)
    }
}

/// Replaces scores by `exp(score − largest)` and returns their sum, 16 lanes by position.
#[inline(always)]
pub(super) fn exp_and_sum(scores: &mut [f32]) -> f32 {
    // The largest of a set does not depend on the order it is looked for in.
    let mut tops = [f32::NEG_INFINITY; LANES];
    let mut sums = [0.0f32; LANES];
    for chunk in scores.chunks(LANES) {
        for (top, score) in tops.iter_mut().zip(chunk) {
            *top = if *score > *top { *score } else { *top };
        }
    }
    let largest = tops.into_iter().fold(f32::NEG_INFINITY, |a, b| if b > a { b } else { a });
    let mut chunks = scores.chunks_exact_mut(LANES);
    for chunk in &mut chunks {
        for (sum, score) in sums.iter_mut().zip(chunk) {
            *score = exp(*score - largest);
            *sum += *score;
        }
    }
    for (sum, score) in sums.iter_mut().zip(chunks.into_remainder()) {
        *score = exp(*score - largest);
        *sum += *score;
    }
    tree(sums)
}

/// Turns scores into probabilities in place: exp(score − largest) over their sum.
pub fn softmax(isa: Isa, scores: &mut [f32]) {
    let sum = run(isa, Softmax(scores));
    for score in scores {
        *score /= sum;
    }
}

struct SiluMul<'a>(&'a mut [f32], &'a [f32]);

impl Kernel for SiluMul<'_> {
    type Out = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        for (gate, up) in self.0.iter_mut().zip(self.1) {
            *gate = *gate / (1.0 + exp(-*gate)) * up;
        }
    }
}

/// `gate[i] ← silu(gate[i])·up[i]` with silu(x) = x / (1 + e^−x).
pub fn silu_mul(isa: Isa, gate: &mut [f32], up: &[f32]) {
    run(isa, SiluMul(gate, up));
}
