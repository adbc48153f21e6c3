//! Random weights of a given shape: for speed measurements and for the start of training.

use super::weights::{Bf16, Storage, TensorSource};
use crate::error::Result;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha12Rng;

/// A source that has every tensor anyone asks for. Norms are 1, biases 0, matrices uniform on ±bound, drawn from ChaCha12 in
/// the order of asking.
pub struct RandomSource {
    rng: ChaCha12Rng,
    kind: Kind,
}

enum Kind {
    /// bfloat16 of magnitude 2⁻⁸ to 2⁻⁶.
    Bf16,
    /// f32 on ±1/√inputs.
    F32,
}

impl RandomSource {
    /// Matrices as bfloat16, fast to draw: throughput does not depend on values.
    pub fn bf16(seed: u64) -> Self {
        Self { rng: ChaCha12Rng::seed_from_u64(seed), kind: Kind::Bf16 }
    }

    /// Matrices as f32, scaled for training: standard deviation 1/√(3·inputs).
    pub fn f32(seed: u64) -> Self {
        Self { rng: ChaCha12Rng::seed_from_u64(seed), kind: Kind::F32 }
    }
}

impl TensorSource for RandomSource {
    fn get(&mut self, name: &str, shape: &[usize]) -> Result<Option<Storage>> {
        let len = shape.iter().product();
        if let [_] = shape {
            let value = if name.ends_with("bias") { 0.0 } else { 1.0 };
            return Ok(Some(Storage::F32(vec![value; len])));
        }
        Ok(Some(match self.kind {
            Kind::Bf16 => {
                let mut values = Vec::with_capacity(len);
                let mut bytes = [0u8; 4096];
                while values.len() < len {
                    self.rng.fill_bytes(&mut bytes);
                    let bits = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]]));
                    let left = len - values.len();
                    // Sign and seven mantissa bits from the stream, exponent 2⁻⁸ or 2⁻⁷.
                    values.extend(bits.map(|r| Bf16::from_bits(0x3b80 + (r & 0x80ff))).take(left));
                }
                Storage::Bf16(values)
            }
            Kind::F32 => {
                let bound = 1.0 / (shape[1] as f32).sqrt();
                let uniform = |r: u32| (r >> 8) as f32 / 8_388_608.0 - 1.0;
                Storage::F32((0..len).map(|_| uniform(self.rng.next_u32()) * bound).collect())
            }
        }))
    }
}
