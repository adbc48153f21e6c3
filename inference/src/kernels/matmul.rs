//! Products of activations with weight matrices.

use super::lanes::{run, tree, Isa, Kernel, Lanes, LANES};
use crate::model::weights::{Bf16, Matrix, Storage, F16};
use rayon::prelude::*;

/// Weight rows computed together, sharing every load of the activations.
const BLOCK: usize = 4;

/// Multiplications below which splitting work over threads costs more than it saves. Does not affect any bit.
const PARALLEL_FROM: usize = 1 << 16;

/// An element of a weight matrix, widened exactly to f32 on load.
pub(crate) trait Element: Copy + Send + Sync {
    /// # Safety
    /// As [`Lanes::load`].
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg;
    /// The value as f32.
    fn wide(self) -> f32;
}

impl Element for f32 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg {
        unsafe { L::load(from) }
    }
    #[inline(always)]
    fn wide(self) -> f32 {
        self
    }
}

impl Element for F16 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg {
        unsafe { L::load_f16(from) }
    }
    #[inline(always)]
    fn wide(self) -> f32 {
        self.widen()
    }
}

impl Element for Bf16 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg {
        unsafe { L::load_bf16(from) }
    }
    #[inline(always)]
    fn wide(self) -> f32 {
        self.widen()
    }
}

/// `N` dot products of one activation row with `N` weight rows.
///
/// # Safety
/// `L`'s instruction set must be present; every row of `w` must be as long as `x`.
#[inline(always)]
pub(crate) unsafe fn dots<L: Lanes, E: Element, const N: usize>(x: &[f32], w: [&[E]; N]) -> [f32; N] {
    let whole = x.len() / LANES * LANES;
    // SAFETY: `at + 16 <= whole <= len` of every row.
    unsafe {
        let mut sums = [L::zero(); N];
        let mut at = 0;
        while at < whole {
            let xs = L::load(x.as_ptr().add(at));
            for (sum, row) in sums.iter_mut().zip(&w) {
                let here = row.as_ptr().add(at);
                // Rows lie one behind another: this is the same place three blocks on, beyond the end at the end.
                L::prefetch(here.wrapping_add(3 * N * x.len()));
                *sum = L::add(*sum, L::mul(xs, E::load::<L>(here)));
            }
            at += LANES;
        }
        let mut out = [0.0; N];
        for ((result, sum), row) in out.iter_mut().zip(sums).zip(&w) {
            let mut lanes = [0.0f32; LANES];
            L::store(lanes.as_mut_ptr(), sum);
            for ((lane, x), w) in lanes.iter_mut().zip(&x[whole..]).zip(&row[whole..]) {
                *lane += *x * w.wide();
            }
            *result = tree(lanes);
        }
        out
    }
}

/// Columns `first..` of the product, laid out column after column (`rows` values each).
struct Columns<'a, E> {
    x: &'a [f32],
    rows: usize,
    w: &'a [E],
    depth: usize,
    first: usize,
    out: &'a mut [f32],
}

impl<E: Element> Kernel for Columns<'_, E> {
    type Out = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        let Self { x, rows, w, depth, first, out } = self;
        let weight = |column: usize| &w[(first + column) * depth..(first + column + 1) * depth];
        for (block, out) in out.chunks_mut(rows * BLOCK).enumerate() {
            let column = block * BLOCK;
            if out.len() == rows * BLOCK {
                let ws = [weight(column), weight(column + 1), weight(column + 2), weight(column + 3)];
                for (row, x) in x.chunks_exact(depth).enumerate() {
                    // SAFETY: the caller vouches for the instruction set; rows are `depth` long.
                    let dots = unsafe { dots::<L, E, BLOCK>(x, ws) };
                    for (i, dot) in dots.into_iter().enumerate() {
                        out[i * rows + row] = dot;
                    }
                }
            } else {
                for (i, out) in out.chunks_mut(rows).enumerate() {
                    for (row, x) in x.chunks_exact(depth).enumerate() {
                        // SAFETY: as above.
                        [out[row]] = unsafe { dots::<L, E, 1>(x, [weight(column + i)]) };
                    }
                }
            }
        }
    }
}

fn columns<E: Element>(isa: Isa, x: &[f32], rows: usize, w: &[E], shape: (usize, usize), out: &mut [f32]) {
    let (width, depth) = shape;
    let whole = |first: usize, out: &mut [f32]| run(isa, Columns { x, rows, w, depth, first, out });
    let mut by_column = Vec::new();
    // One row's columns already lie in order; more rows are computed column by column and turned at the end.
    let target: &mut [f32] = if rows == 1 {
        &mut *out
    } else {
        by_column.resize(rows * width, 0.0);
        &mut by_column
    };
    // Asking for the number of threads may start them; tiny products never do.
    let threads = if rows * width * depth < PARALLEL_FROM { 1 } else { rayon::current_num_threads() };
    if threads > 1 {
        let share = width.div_ceil(threads * 4).next_multiple_of(BLOCK);
        target.par_chunks_mut(share * rows).enumerate().for_each(|(i, out)| whole(i * share, out));
    } else {
        whole(0, target);
    }
    if rows > 1 {
        for (row, out) in out.chunks_exact_mut(width).enumerate() {
            for (column, value) in out.iter_mut().enumerate() {
                *value = by_column[column * rows + row];
            }
        }
    }
}

/// `out[r][n] = Σ_i x[r][i]·w[n][i]`: activations `x` of shape (rows, w.cols), weights as rows of outputs, result of shape
/// (rows, w.rows). Every element is one 16-lane dot product (see the module's rules), on the threads of the current pool.
///
/// # Panics
/// If a slice does not have the stated shape.
pub fn matmul(isa: Isa, x: &[f32], w: &Matrix, out: &mut [f32]) {
    let shape = (w.rows(), w.cols());
    let rows = x.len() / shape.1;
    assert_eq!((x.len(), out.len()), (rows * shape.1, rows * shape.0), "shape of activations or result");
    match w.storage() {
        Storage::F32(w) => columns(isa, x, rows, w, shape, out),
        Storage::F16(w) => columns(isa, x, rows, w, shape, out),
        Storage::Bf16(w) => columns(isa, x, rows, w, shape, out),
    }
}

struct Dot<'a>(&'a [f32], &'a [f32]);

impl Kernel for Dot<'_> {
    type Out = f32;

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) -> f32 {
        // SAFETY: the caller vouches for the instruction set; the lengths were made equal.
        unsafe { dots::<L, f32, 1>(self.0, [self.1])[0] }
    }
}

/// One dot product over the shorter length, in the kernels' order.
pub fn dot(isa: Isa, a: &[f32], b: &[f32]) -> f32 {
    let len = a.len().min(b.len());
    run(isa, Dot(&a[..len], &b[..len]))
}

/// Whether an instruction set gives plain Rust's bits on a small product of each element type.
pub(crate) fn self_check(isa: Isa) -> bool {
    // Any numbers with full mantissas will do; these come from a multiplicative sequence.
    let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
    let (rows, width, depth) = (3, 7, 53);
    let x: Vec<f32> = (0..rows * depth).map(noise).collect();
    let w: Vec<f32> = (1000..1000 + width * depth).map(noise).collect();
    let f16 = w.iter().map(|v| F16::from_bits((v.to_bits() >> 16) as u16 & 0xbbff)).collect();
    let bf16 = w.iter().map(|v| Bf16::from_bits((v.to_bits() >> 16) as u16)).collect();
    [Storage::F32(w), Storage::F16(f16), Storage::Bf16(bf16)].into_iter().all(|storage| {
        let Ok(matrix) = Matrix::new("self check", width, depth, storage) else { return false };
        let product = |isa| {
            let mut out = vec![0.0; rows * width];
            matmul(isa, &x, &matrix, &mut out);
            out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        product(isa) == product(Isa::Scalar)
    })
}
