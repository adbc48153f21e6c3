//! Arithmetic of the replay profile: f32 kernels whose result has one bit pattern on every machine.
//!
//! Three rules make that so.
//!
//! 1. **Sums run in 16 lanes.** Element `i` is added to lane `i mod 16`, in order of `i`, starting from +0; the lanes are then
//!    added as a tree, 16 → 8 → 4 → 2 → 1, upper half onto lower half. The order depends on the length of the sum alone: not
//!    on how many rows are computed together, how many threads work, what was cached, or how a prompt was cut.
//! 2. **Multiply, round, add, round.** No fused multiply-add anywhere: it exists on some machines only. Rust never contracts
//!    or reorders floats by itself.
//! 3. **No function of the host's libm.** `exp` is ours ([`exp()`]); sine, cosine, power and logarithm come from the `libm`
//!    crate at one exact version. Division and square root are correctly rounded by IEEE 754.
//!
//! What is computed together is a matter of speed alone: tiles of several rows ([`matmul`]) and queries that share a head
//! ([`attend`]) keep the sums of every result apart.
//!
//! One generic body per kernel is compiled for plain Rust, AVX2 and AVX-512 ([`Isa`]); the three differ in register width
//! and in nothing else.

mod attention;
mod element;
mod exp;
mod lanes;
mod matmul;
mod norm;
mod rope;
mod softmax;
mod tile;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use attention::{attend, KeyValues, Queries, Scratch};
pub use exp::exp;
pub use lanes::{Isa, LANES};
pub(crate) use matmul::PARALLEL_FROM;
pub use matmul::{dot, matmul, matmuls};
pub use norm::rms_norm;
pub use rope::{Rope, Rotation};
pub use softmax::{silu_mul, softmax};

/// Name and version of the arithmetic above, part of the engine profile. Change it with any change of bits.
pub const KERNELS: &str = "hanzo-f32/1: 16 lanes, tree 8-4-2-1, mul then add, exp taylor-7, libm 0.2.16";
