//! Products of activations with weight matrices.

use super::element::Element;
use super::lanes::{run, tree, Isa, Kernel, Lanes, LANES};
use super::tile::{add, lay, tile, total, Line, Sums, Tiles, ROWS};
use crate::model::weights::{Bf16, Matrix, Storage, F16};
use rayon::prelude::*;
use std::ops::Range;

/// Weight rows computed together for a single activation row, sharing every load of it.
const BLOCK: usize = 4;

/// Columns of a share of the work are a multiple of this, so that no block and no tile is cut.
const WHOLE: usize = 4;

/// Activation rows from which tiles, for which weights are widened into lines first, are faster than row after row.
const TILED_FROM: usize = 3;

/// Lines of a row in one part of the depth: the widened weights of a part stay in the first-level cache while all tiles at
/// hand use them.
const DEPTH_AT_ONCE: usize = 64;

/// Tiles that use a part of the weights before the next is widened: that part of their rows stays in the second-level cache.
const TILES_AT_ONCE: usize = 24;

/// Panels of weights that go through one part of the depth before the next part.
const PANELS_AT_ONCE: usize = 4;

/// Multiplications below which splitting work over threads costs more than it saves. Does not affect any bit.
pub(crate) const PARALLEL_FROM: usize = 1 << 18;

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
            if whole == x.len() {
                *result = L::sum(sum);
                continue;
            }
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

/// A result, to which several threads write, each in columns of its own.
#[derive(Clone, Copy)]
struct Cells {
    first: *mut f32,
    rows: usize,
    width: usize,
}

// SAFETY: threads write to different cells, see `multiply`.
unsafe impl Send for Cells {}
// SAFETY: as above.
unsafe impl Sync for Cells {}

impl Cells {
    fn of(out: &mut [f32], width: usize) -> Self {
        Self { first: out.as_mut_ptr(), rows: out.len() / width, width }
    }

    /// # Safety
    /// The slice must still be borrowed, and no other thread may use this cell.
    #[inline(always)]
    unsafe fn put(self, row: usize, column: usize, value: f32) {
        debug_assert!(row < self.rows && column < self.width);
        // SAFETY: within the slice it was made of.
        unsafe { *self.first.add(row * self.width + column) = value };
    }
}

/// Activations in the form that suits their number.
enum Activations<'a> {
    /// Row after row.
    Rows(&'a [f32]),
    /// In tiles.
    Tiled(Tiles),
}

/// Some columns of a product.
struct Share<'a, E> {
    x: &'a Activations<'a>,
    w: &'a [E],
    depth: usize,
    columns: Range<usize>,
    out: Cells,
}

impl<'a, E: Element> Share<'a, E> {
    fn weight(&self, column: usize) -> &'a [E] {
        &self.w[column * self.depth..(column + 1) * self.depth]
    }

    /// # Safety
    /// `L`'s instruction set must be present, and no other thread may use these columns.
    #[inline(always)]
    unsafe fn rows<L: Lanes>(&self, x: &[f32]) {
        let mut column = self.columns.start;
        while column < self.columns.end {
            let whole = column + BLOCK <= self.columns.end;
            for (row, x) in x.chunks_exact(self.depth).enumerate() {
                // SAFETY: rows are `depth` long; the rest is vouched for by the caller.
                unsafe {
                    if whole {
                        let w = [column, column + 1, column + 2, column + 3].map(|column| self.weight(column));
                        for (i, dot) in dots::<L, E, BLOCK>(x, w).into_iter().enumerate() {
                            self.out.put(row, column + i, dot);
                        }
                    } else {
                        let [dot] = dots::<L, E, 1>(x, [self.weight(column)]);
                        self.out.put(row, column, dot);
                    }
                }
            }
            column += if whole { BLOCK } else { 1 };
        }
    }

    /// # Safety
    /// As [`rows`](Self::rows).
    #[inline(always)]
    unsafe fn tiles<L: Lanes, const C: usize>(&self, x: &Tiles) {
        // Parts of nearly equal depth.
        let depth = x.depth().div_ceil(x.depth().div_ceil(DEPTH_AT_ONCE));
        let parts = x.depth().div_ceil(depth);
        let mut panel = vec![Line::ZERO; depth * C];
        let tiles_at_once = TILES_AT_ONCE.min(x.iter().len());
        let mut sums = vec![[[Line::ZERO; C]; ROWS]; tiles_at_once * PANELS_AT_ONCE];
        for first in (0..x.iter().len()).step_by(tiles_at_once) {
            for group in self.columns.clone().step_by(C * PANELS_AT_ONCE) {
                for part in 0..parts {
                    let sums = sums.chunks_exact_mut(tiles_at_once);
                    for (column, sums) in (group..self.columns.end).step_by(C).zip(sums) {
                        let count = C.min(self.columns.end - column);
                        let from = part * depth * LANES;
                        let upto = self.depth.min(from + depth * LANES);
                        for i in 0..count {
                            let row = &self.weight(column + i)[from..upto];
                            // SAFETY: vouched for by the caller.
                            unsafe { lay::<L, E>(row, &mut panel[i..], C, C * self.depth) };
                        }
                        for (i, (lines, sums)) in x.iter().skip(first).zip(sums).enumerate() {
                            let rows = lines.len() / x.depth();
                            let lines = &lines[part * depth * rows..lines.len().min((part + 1) * depth * rows)];
                            let place = Place {
                                row: (first + i) * ROWS,
                                column,
                                count,
                                start: part == 0,
                                end: part + 1 == parts,
                            };
                            // SAFETY: vouched for by the caller.
                            unsafe {
                                match rows {
                                    1 => self.tile::<L, 1, C>(lines, &panel, sums, place),
                                    2 => self.tile::<L, 2, C>(lines, &panel, sums, place),
                                    3 => self.tile::<L, 3, C>(lines, &panel, sums, place),
                                    _ => self.tile::<L, ROWS, C>(lines, &panel, sums, place),
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// One part of the depth of one tile: its sums go on from `saved` unless it is the first, and end there or, when they are
    /// complete, in the result. (There is a row in `saved` for each of the tile's.)
    ///
    /// # Safety
    /// As [`rows`](Self::rows).
    #[inline(always)]
    unsafe fn tile<L: Lanes, const R: usize, const C: usize>(
        &self,
        x: &[Line],
        panel: &[Line],
        saved: &mut Sums<ROWS, C>,
        place: Place,
    ) {
        // SAFETY: vouched for by the caller.
        let dots = unsafe {
            if place.start && place.end {
                tile::<L, R, C>(x, panel)
            } else {
                let Some(sums) = saved.first_chunk_mut::<R>() else { return };
                if place.start {
                    *sums = [[Line::ZERO; C]; R];
                }
                add::<L, R, C>(x, panel, sums);
                if !place.end {
                    return;
                }
                total::<L, R, C>(sums)
            }
        };
        for (r, dots) in dots.into_iter().enumerate() {
            for (c, dot) in dots.into_iter().enumerate().take(place.count) {
                // SAFETY: as above.
                unsafe { self.out.put(place.row + r, place.column + c, dot) };
            }
        }
    }
}

/// Which part of which tile.
#[derive(Clone, Copy)]
struct Place {
    /// First activation row.
    row: usize,
    /// First weight row.
    column: usize,
    /// How many weight rows there are in it.
    count: usize,
    /// The first part of the depth.
    start: bool,
    /// The last part of the depth.
    end: bool,
}

impl<E: Element> Kernel for Share<'_, E> {
    type Out = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        // SAFETY: the caller vouches for the instruction set; `multiply` gives every column to one share.
        unsafe {
            match (self.x, L::COLUMNS) {
                (Activations::Rows(x), _) => self.rows::<L>(x),
                (Activations::Tiled(x), 4) => self.tiles::<L, 4>(x),
                (Activations::Tiled(x), _) => self.tiles::<L, 2>(x),
            }
        }
    }
}

/// Fills one result per matrix, all from the same activations.
fn multiply<const N: usize>(isa: Isa, x: &[f32], products: [(&Matrix, &mut [f32]); N]) {
    let Some(depth) = products.first().map(|(w, _)| w.cols()) else { return };
    let rows = x.len() / depth;
    let products = products.map(|(w, out)| {
        let shape = (w.rows(), w.cols());
        assert_eq!((depth, x.len(), out.len()), (shape.1, rows * depth, rows * shape.0), "shape of a product");
        (w, Cells::of(out, shape.0))
    });
    let width: usize = products.iter().map(|(w, _)| w.rows()).sum();
    let x = if rows < TILED_FROM { Activations::Rows(x) } else { Activations::Tiled(Tiles::new(x, depth)) };
    let share = |w: &Matrix, columns: Range<usize>, out: Cells| {
        let x = &x;
        match w.storage() {
            Storage::F32(w) => run(isa, Share { x, w, depth, columns, out }),
            Storage::F16(w) => run(isa, Share::<F16> { x, w, depth, columns, out }),
            Storage::Bf16(w) => run(isa, Share::<Bf16> { x, w, depth, columns, out }),
        }
    };
    // Asking for the number of threads may start them; tiny products never do.
    let threads = if rows * width * depth < PARALLEL_FROM { 1 } else { rayon::current_num_threads() };
    if threads == 1 {
        for (w, out) in products {
            share(w, 0..w.rows(), out);
        }
        return;
    }
    // Four shares per thread even out what else the machine does. Each column is in one share.
    let size = width.div_ceil(threads * 4).next_multiple_of(WHOLE);
    let cut =
        |(w, out): (_, Cells)| (0..out.width).step_by(size).map(move |from| (w, from..out.width.min(from + size), out));
    let shares: Vec<_> = products.into_iter().flat_map(cut).collect();
    shares.into_par_iter().for_each(|(w, columns, out)| share(w, columns, out));
}

/// `out[r][n] = Σ_i x[r][i]·w[n][i]`: activations `x` of shape (rows, w.cols), weights as rows of outputs, result of shape
/// (rows, w.rows). Every element is one 16-lane dot product (see the module's rules), on the threads of the current pool.
///
/// # Panics
/// If a slice does not have the stated shape.
pub fn matmul(isa: Isa, x: &[f32], w: &Matrix, out: &mut [f32]) {
    multiply(isa, x, [(w, out)]);
}

/// The products of the same activations with several matrices of equal `cols`, each as [`matmul`] gives it, shared out to the
/// threads together.
///
/// # Panics
/// If the matrices differ in `cols`, or `x` is not made of rows of that length.
pub fn matmuls<const N: usize>(isa: Isa, x: &[f32], w: [&Matrix; N]) -> [Vec<f32>; N] {
    let mut results = w.map(|w| vec![0.0; x.len() / w.cols() * w.rows()]);
    let mut outs = results.iter_mut();
    let products = w.map(|w| (w, outs.next().map_or(&mut [][..], Vec::as_mut_slice)));
    multiply(isa, x, products);
    results
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

/// Whether an instruction set gives plain Rust's bits on small products of each element type, row by row and in tiles.
pub(crate) fn self_check(isa: Isa) -> bool {
    // Any numbers with full mantissas will do; these come from a multiplicative sequence.
    let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
    let (rows, width, depth) = (7, 7, 53);
    let x: Vec<f32> = (0..rows * depth).map(noise).collect();
    let w: Vec<f32> = (1000..1000 + width * depth).map(noise).collect();
    let f16 = w.iter().map(|v| F16::from_bits((v.to_bits() >> 16) as u16 & 0xbbff)).collect();
    let bf16 = w.iter().map(|v| Bf16::from_bits((v.to_bits() >> 16) as u16)).collect();
    [Storage::F32(w), Storage::F16(f16), Storage::Bf16(bf16)].into_iter().all(|storage| {
        let Ok(matrix) = Matrix::new("self check", width, depth, storage) else { return false };
        let product = |isa, x: &[f32]| {
            let mut out = vec![0.0; x.len() / depth * width];
            matmul(isa, x, &matrix, &mut out);
            out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        let plain: Vec<_> = x.chunks(depth).flat_map(|row| product(Isa::Scalar, row)).collect();
        let by_row: Vec<_> = x.chunks(depth).flat_map(|row| product(isa, row)).collect();
        by_row == plain && product(isa, &x) == plain
    })
}
