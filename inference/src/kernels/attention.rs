//! Attention of one query over cached keys and values.

use super::lanes::{run, Isa, Kernel, Lanes, LANES};
use super::matmul::dots;
use super::softmax::exp_and_sum;

/// Keys and values of one head: position after position, `head_dim` values each, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct KeyValues<'a> {
    /// Keys.
    pub keys: &'a [f32],
    /// Values.
    pub values: &'a [f32],
}

struct Attend<'a> {
    query: &'a [f32],
    cache: KeyValues<'a>,
    scale: f32,
    scores: &'a mut Vec<f32>,
    out: &'a mut [f32],
}

impl Kernel for Attend<'_> {
    type Out = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Self { query, cache, scale, scores, out } = self;
        let dim = query.len();
        scores.clear();
        let blocks = cache.keys.chunks_exact(dim * 4);
        let rest = blocks.remainder();
        for keys in blocks {
            let (ab, cd) = keys.split_at(dim * 2);
            let ((a, b), (c, d)) = (ab.split_at(dim), cd.split_at(dim));
            // SAFETY: the caller vouches for the instruction set; keys are as long as the query.
            scores.extend(unsafe { dots::<L, f32, 4>(query, [a, b, c, d]) }.map(|dot| dot * scale));
        }
        for key in rest.chunks_exact(dim) {
            // SAFETY: as above.
            scores.extend(unsafe { dots::<L, f32, 1>(query, [key]) }.map(|dot| dot * scale));
        }
        let sum = exp_and_sum(scores);
        let whole = dim / LANES * LANES;
        let mut at = 0;
        while at < whole {
            // SAFETY: `at + 16 <= dim` for the result and for every value.
            unsafe {
                let mut total = L::zero();
                for (score, value) in scores.iter().zip(cache.values.chunks_exact(dim)) {
                    total = L::add(total, L::mul(L::splat(*score), L::load(value.as_ptr().add(at))));
                }
                L::store(out.as_mut_ptr().add(at), total);
            }
            at += LANES;
        }
        for (i, out) in out.iter_mut().enumerate().skip(whole) {
            let mut total = 0.0;
            for (score, value) in scores.iter().zip(cache.values.chunks_exact(dim)) {
                total += *score * value[i];
            }
            *out = total;
        }
        for out in out {
            *out /= sum;
        }
    }
}

/// `out = Σ_j softmax_j(scale·query·key_j)·value_j` over all positions given. Scores are dot products in the kernels' order;
/// the softmax sum runs in 16 lanes by absolute position; values are added in order of position; the division by the sum
/// comes last. `scores` is scratch space.
///
/// # Panics
/// If the lengths of keys and values differ or `out` is not as long as `query`.
pub fn attend(isa: Isa, query: &[f32], cache: KeyValues<'_>, scale: f32, scores: &mut Vec<f32>, out: &mut [f32]) {
    assert_eq!((cache.keys.len(), query.len()), (cache.values.len(), out.len()), "shape of keys, values or result");
    run(isa, Attend { query, cache, scale, scores, out });
}
