//! Tiles: the dot products of several rows with several others, in one pass over both.
//!
//! A dot product of two rows loads two lines for every multiplication; a tile of 4 rows by 4 loads eight for sixteen. The
//! sums of a tile are apart from one another and each runs as it would alone, so tiling changes no bit.

use super::element::Element;
use super::lanes::{Lanes, Vector, LANES};

/// Rows of a full tile on the side of the activations. The side of the weights depends on the instruction set.
pub(super) const ROWS: usize = 4;

/// One value for every lane, where a register loads it fastest.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Line([f32; LANES]);

impl Line {
    pub(super) const ZERO: Self = Self([0.0; LANES]);

    /// Up to sixteen values, then zeros. A lane starts at +0 and can never become −0, the only value that adding 0·0 would
    /// change: what fills up the last line of a row leaves no trace.
    fn of<E: Element>(values: &[E]) -> Self {
        // The usual case, without a loop.
        if let Ok(values) = <[E; LANES]>::try_from(values) {
            return Self(values.map(E::wide));
        }
        let mut line = Self::ZERO;
        for (to, from) in line.0.iter_mut().zip(values) {
            *to = from.wide();
        }
        line
    }
}

/// Lines that a row of `depth` values takes.
pub(super) const fn lines(depth: usize) -> usize {
    depth.div_ceil(LANES)
}

/// Writes a row into every `step`-th line of `to`, widened, and asks for what lies `ahead` elements further.
///
/// # Safety
/// `L`'s instruction set must be present.
#[inline(always)]
pub(super) unsafe fn lay<L: Lanes, E: Element>(row: &[E], to: &mut [Line], step: usize, ahead: usize) {
    let whole = row.chunks_exact(LANES);
    let rest = whole.remainder();
    let mut to = to.iter_mut().step_by(step);
    for (values, line) in whole.zip(&mut to) {
        // SAFETY: sixteen values each.
        unsafe {
            L::prefetch(values.as_ptr().wrapping_add(ahead));
            L::store(line.0.as_mut_ptr(), E::load::<L>(values.as_ptr()));
        }
    }
    if let (false, Some(line)) = (rest.is_empty(), to.next()) {
        *line = Line::of(rest);
    }
}

/// Rows cut into tiles of [`ROWS`] (the last may have fewer), each laid out in the order of its use: the first line of every
/// row, then the second of every row, and so on.
#[derive(Default)]
pub(super) struct Tiles {
    lines: Vec<Line>,
    /// Lines per row.
    depth: usize,
}

impl Tiles {
    /// Lays out rows of `depth` values.
    pub(super) fn new(rows: &[f32], depth: usize) -> Self {
        let mut tiles = Self::default();
        tiles.set(rows, depth);
        tiles
    }

    /// Lays out other rows in the same memory.
    pub(super) fn set(&mut self, rows: &[f32], depth: usize) {
        self.depth = lines(depth);
        self.lines.clear();
        self.lines.reserve(rows.len() / depth * self.depth);
        for tile in rows.chunks(ROWS * depth) {
            for at in (0..depth).step_by(LANES) {
                let upto = depth.min(at + LANES);
                self.lines.extend(tile.chunks_exact(depth).map(|row| Line::of(&row[at..upto])));
            }
        }
    }

    /// Lines per row.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The tiles in order.
    pub(super) fn iter(&self) -> std::slice::Chunks<'_, Line> {
        self.lines.chunks(ROWS * self.depth)
    }
}

/// The lanes of `R` by `C` sums.
pub(super) type Sums<const R: usize, const C: usize> = [[Line; C]; R];

/// Adds to the lanes of a tile's sums the products of some of its lines.
///
/// # Safety
/// `L`'s instruction set must be present.
#[inline(always)]
pub(super) unsafe fn add<L: Lanes, const R: usize, const C: usize>(x: &[Line], w: &[Line], sums: &mut Sums<R, C>) {
    let mut part = 0;
    while part < LANES {
        // SAFETY: `part + WIDTH <= 16`, for lines as for lanes.
        unsafe { add_part::<L::Part, R, C>(x, w, part, sums) };
        part += L::Part::WIDTH;
    }
}

/// The sums of lanes.
///
/// # Safety
/// `L`'s instruction set must be present.
#[inline(always)]
pub(super) unsafe fn total<L: Lanes, const R: usize, const C: usize>(sums: &Sums<R, C>) -> [[f32; C]; R] {
    let mut out = [[0.0; C]; R];
    for (out, sums) in out.iter_mut().zip(sums) {
        for (out, line) in out.iter_mut().zip(sums) {
            // SAFETY: sixteen values.
            *out = unsafe { L::sum(L::load(line.0.as_ptr())) };
        }
    }
    out
}

/// The dot products of `R` rows with `C` others, both laid out line by line.
///
/// # Safety
/// `L`'s instruction set must be present.
#[inline(always)]
pub(super) unsafe fn tile<L: Lanes, const R: usize, const C: usize>(x: &[Line], w: &[Line]) -> [[f32; C]; R] {
    let mut sums = [[Line::ZERO; C]; R];
    // SAFETY: vouched for by the caller.
    unsafe {
        add::<L, R, C>(x, w, &mut sums);
        total::<L, R, C>(&sums)
    }
}

/// Adds the products of some lines to the lanes from `part` on that one register holds.
///
/// # Safety
/// The instruction set of `V` must be present; `part + WIDTH <= 16`.
#[inline(always)]
unsafe fn add_part<V: Vector, const R: usize, const C: usize>(
    x: &[Line],
    w: &[Line],
    part: usize,
    lanes: &mut Sums<R, C>,
) {
    // SAFETY: stated above.
    unsafe {
        let mut sums = [[V::zero(); C]; R];
        for (sums, lanes) in sums.iter_mut().zip(&*lanes) {
            for (sum, line) in sums.iter_mut().zip(lanes) {
                *sum = V::load(line.0.as_ptr().add(part));
            }
        }
        for (x, w) in x.chunks_exact(R).zip(w.chunks_exact(C)) {
            let mut ws = [V::zero(); C];
            for (to, line) in ws.iter_mut().zip(w) {
                *to = V::load(line.0.as_ptr().add(part));
            }
            for (sums, line) in sums.iter_mut().zip(x) {
                let x = V::load(line.0.as_ptr().add(part));
                for (sum, w) in sums.iter_mut().zip(ws) {
                    *sum = sum.add(x.mul(w));
                }
            }
        }
        for (lanes, sums) in lanes.iter_mut().zip(sums) {
            for (line, sum) in lanes.iter_mut().zip(sums) {
                sum.store(line.0.as_mut_ptr().add(part));
            }
        }
    }
}
