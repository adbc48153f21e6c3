//! Root mean square normalisation.

use super::lanes::{run, Isa, Kernel, Lanes};
use super::matmul::dots;

struct RmsNorm<'a> {
    rows: &'a mut [f32],
    weight: &'a [f32],
    epsilon: f32,
}

impl Kernel for RmsNorm<'_> {
    type Out = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        for row in self.rows.chunks_exact_mut(self.weight.len()) {
            // SAFETY: the caller vouches for the instruction set; a row is as long as itself.
            let [squares] = unsafe { dots::<L, f32, 1>(row, [row]) };
            let scale = 1.0 / (squares / self.weight.len() as f32 + self.epsilon).sqrt();
            for (value, weight) in row.iter_mut().zip(self.weight) {
                *value = *value * scale * weight;
            }
        }
    }
}

/// Normalises every row of `weight.len()` values: `x·(1/√(mean(x²) + ε))·weight`.
pub fn rms_norm(isa: Isa, rows: &mut [f32], weight: &[f32], epsilon: f32) {
    run(isa, RmsNorm { rows, weight, epsilon });
}
