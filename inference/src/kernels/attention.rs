//! Attention of queries over cached keys and values.

use super::lanes::{run, Isa, Kernel, Lanes, Vector};
use super::matmul::dots;
use super::softmax::exp_and_sum;
use super::tile::{lay, tile, Line, Tiles, ROWS};
use std::ops::Range;

/// Positions whose values are mixed into every query before the next are read: they stay in the second-level cache.
const POSITIONS_AT_ONCE: usize = 128;

/// Keys and values of one head: position after position, `head_dim` values each, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct KeyValues<'a> {
    /// Keys.
    pub keys: &'a [f32],
    /// Values.
    pub values: &'a [f32],
}

/// Queries that look at one head of keys and values.
#[derive(Clone, Copy, Debug)]
pub struct Queries<'a> {
    /// The queries, `head_dim` values each, in order of position.
    pub rows: &'a [f32],
    /// Values per query.
    pub dim: usize,
    /// How many queries in a row have the same position.
    pub share: usize,
    /// Positions that the first query sees; those of the next position see one more, and so on. At least 1.
    pub seen: usize,
}

impl Queries<'_> {
    fn count(&self) -> usize {
        self.rows.len() / self.dim
    }

    /// Positions that a query sees.
    fn seen_by(&self, query: usize) -> usize {
        self.seen + query / self.share
    }

    /// Positions that the last query sees.
    fn positions(&self) -> usize {
        self.seen_by(self.count().saturating_sub(1))
    }
}

/// Memory that attention works in; keep it to save allocations.
#[derive(Default)]
pub struct Scratch {
    /// For each query, one score per position; those of positions it does not see mean nothing.
    scores: Vec<f32>,
    /// For each query, the sum of its scores.
    sums: Vec<f32>,
    tiles: Tiles,
    panel: Vec<Line>,
}

struct Attend<'a> {
    queries: Queries<'a>,
    cache: KeyValues<'a>,
    scale: f32,
    scratch: &'a mut Scratch,
    out: &'a mut [f32],
}

impl Kernel for Attend<'_> {
    type Out = ();

    #[inline(always)]
    unsafe fn run<L: Lanes>(self) {
        // SAFETY: the caller vouches for the instruction set.
        unsafe {
            match L::COLUMNS {
                4 => self.run_with::<L, 4>(),
                _ => self.run_with::<L, 2>(),
            }
        }
    }
}

impl Attend<'_> {
    /// # Safety
    /// `L`'s instruction set must be present.
    #[inline(always)]
    unsafe fn run_with<L: Lanes, const C: usize>(mut self) {
        let positions = self.queries.positions();
        self.scratch.scores.resize(self.queries.count() * positions, 0.0);
        // SAFETY: vouched for by the caller.
        unsafe {
            match self.queries.count() {
                0..ROWS => self.score_each::<L>(),
                _ => self.score_tiles::<L, C>(),
            }
        }
        self.scratch.sums.clear();
        for (query, scores) in self.scratch.scores.chunks_exact_mut(positions).enumerate() {
            self.scratch.sums.push(exp_and_sum(&mut scores[..self.queries.seen_by(query)]));
        }
        self.out.fill(0.0);
        for from in (0..positions).step_by(POSITIONS_AT_ONCE) {
            let upto = positions.min(from + POSITIONS_AT_ONCE);
            for first in (0..self.queries.count()).step_by(ROWS) {
                // SAFETY: vouched for by the caller.
                unsafe { self.mix_block::<L, C>(first, from, upto) };
            }
        }
        for (out, sum) in self.out.chunks_exact_mut(self.queries.dim).zip(&self.scratch.sums) {
            for out in out {
                *out /= sum;
            }
        }
    }

    /// Scores of few queries, keys read where they lie.
    ///
    /// # Safety
    /// As [`run_with`](Self::run_with).
    #[inline(always)]
    unsafe fn score_each<L: Lanes>(&mut self) {
        const KEYS: usize = 4;
        let (dim, positions) = (self.queries.dim, self.queries.positions());
        let key = |position: usize| &self.cache.keys[position * dim..(position + 1) * dim];
        for position in (0..positions).step_by(KEYS) {
            for (query, scores) in
                self.queries.rows.chunks_exact(dim).zip(self.scratch.scores.chunks_exact_mut(positions))
            {
                let scores = &mut scores[position..positions.min(position + KEYS)];
                // SAFETY: keys are as long as the query; the instruction set is vouched for by the caller.
                unsafe {
                    if scores.len() == KEYS {
                        let keys = [position, position + 1, position + 2, position + 3].map(key);
                        for (score, dot) in scores.iter_mut().zip(dots::<L, f32, KEYS>(query, keys)) {
                            *score = dot * self.scale;
                        }
                    } else {
                        for (i, score) in scores.iter_mut().enumerate() {
                            let [dot] = dots::<L, f32, 1>(query, [key(position + i)]);
                            *score = dot * self.scale;
                        }
                    }
                }
            }
        }
    }

    /// Scores of many queries, in tiles.
    ///
    /// # Safety
    /// As [`run_with`](Self::run_with).
    #[inline(always)]
    unsafe fn score_tiles<L: Lanes, const C: usize>(&mut self) {
        let (dim, positions) = (self.queries.dim, self.queries.positions());
        let Scratch { scores, tiles, panel, .. } = &mut *self.scratch;
        tiles.set(self.queries.rows, dim);
        panel.resize(tiles.depth() * C, Line::ZERO);
        for (block, keys) in self.cache.keys.chunks(dim * C).enumerate() {
            let position = block * C;
            for (i, key) in keys.chunks_exact(dim).enumerate() {
                // SAFETY: vouched for by the caller.
                unsafe { lay::<L, f32>(key, &mut panel[i..], C, C * dim) };
            }
            for (lines, (first, scores)) in tiles.iter().zip(scores.chunks_mut(positions * ROWS).enumerate()) {
                let rows = lines.len() / tiles.depth();
                // No query of this tile sees so far.
                if self.queries.seen_by(first * ROWS + rows - 1) <= position {
                    continue;
                }
                let mut put = |row: usize, dots: [f32; C]| {
                    let scores = &mut scores[row * positions + position..(row + 1) * positions];
                    for (score, dot) in scores.iter_mut().zip(dots) {
                        *score = dot * self.scale;
                    }
                };
                // SAFETY: vouched for by the caller; the number of lines tells the number of rows.
                unsafe {
                    match rows {
                        1 => tile::<L, 1, C>(lines, panel).into_iter().enumerate().for_each(|(row, d)| put(row, d)),
                        2 => tile::<L, 2, C>(lines, panel).into_iter().enumerate().for_each(|(row, d)| put(row, d)),
                        3 => tile::<L, 3, C>(lines, panel).into_iter().enumerate().for_each(|(row, d)| put(row, d)),
                        _ => tile::<L, ROWS, C>(lines, panel).into_iter().enumerate().for_each(|(row, d)| put(row, d)),
                    }
                }
            }
        }
    }

    /// Mixes the values at positions `from..upto` into up to [`ROWS`] results from the `first` query on.
    ///
    /// # Safety
    /// As [`run_with`](Self::run_with).
    #[inline(always)]
    unsafe fn mix_block<L: Lanes, const C: usize>(&mut self, first: usize, from: usize, upto: usize) {
        let queries = self.queries;
        let end = queries.count().min(first + ROWS);
        let together = upto.min(queries.seen_by(first));
        // SAFETY: vouched for by the caller.
        unsafe {
            if from < together {
                match end - first {
                    1 => self.mix::<L, 1, C>(first, from..together),
                    2 => self.mix::<L, 2, C>(first, from..together),
                    3 => self.mix::<L, 3, C>(first, from..together),
                    _ => self.mix::<L, ROWS, C>(first, from..together),
                }
            }
            // Later queries see a few positions more.
            for query in first + 1..end {
                let (from, upto) = (from.max(together), upto.min(queries.seen_by(query)));
                if from < upto {
                    self.mix::<L, 1, C>(query, from..upto);
                }
            }
        }
    }

    /// Adds to the results of `R` queries the values at some positions, in order, each times the query's score of it.
    ///
    /// # Safety
    /// As [`run_with`](Self::run_with).
    #[inline(always)]
    unsafe fn mix<L: Lanes, const R: usize, const C: usize>(&mut self, first: usize, range: Range<usize>) {
        let (dim, positions, width) = (self.queries.dim, self.queries.positions(), L::Part::WIDTH);
        let mut scores = [&self.scratch.scores[..0]; R];
        for (query, scores) in (first..).zip(&mut scores) {
            *scores = &self.scratch.scores[query * positions..][range.clone()];
        }
        let values = &self.cache.values[range.start * dim..range.end * dim];
        let out = &mut self.out[first * dim..(first + R) * dim];
        let mut at = 0;
        // SAFETY: columns up to `dim`; the instruction set is vouched for by the caller.
        unsafe {
            while at + width * C <= dim {
                mix_columns::<L::Part, R, C>(scores, values, dim, at, out);
                at += width * C;
            }
            while at + width <= dim {
                mix_columns::<L::Part, R, 1>(scores, values, dim, at, out);
                at += width;
            }
            while at < dim {
                mix_columns::<f32, R, 1>(scores, values, dim, at, out);
                at += 1;
            }
        }
    }
}

/// `C` registers of columns, from column `at` on, of `R` results.
///
/// # Safety
/// The instruction set of `V` must be present; `at + C·WIDTH <= dim`; `values` and `out` are rows of `dim`, `out` has `R` of
/// them, and there are as many scores each as rows of values.
#[inline(always)]
unsafe fn mix_columns<V: Vector, const R: usize, const C: usize>(
    scores: [&[f32]; R],
    values: &[f32],
    dim: usize,
    at: usize,
    out: &mut [f32],
) {
    // SAFETY: stated above.
    unsafe {
        let mut sums = [[V::zero(); C]; R];
        for (row, sums) in sums.iter_mut().enumerate() {
            for (i, sum) in sums.iter_mut().enumerate() {
                *sum = V::load(out.as_ptr().add(row * dim + at + i * V::WIDTH));
            }
        }
        for (position, value) in values.chunks_exact(dim).enumerate() {
            let mut vs = [V::zero(); C];
            for (i, v) in vs.iter_mut().enumerate() {
                *v = V::load(value.as_ptr().add(at + i * V::WIDTH));
            }
            for (sums, scores) in sums.iter_mut().zip(scores) {
                let score = V::splat(*scores.get_unchecked(position));
                for (sum, v) in sums.iter_mut().zip(vs) {
                    *sum = sum.add(score.mul(v));
                }
            }
        }
        for (row, sums) in sums.into_iter().enumerate() {
            for (i, sum) in sums.into_iter().enumerate() {
                sum.store(out.as_mut_ptr().add(row * dim + at + i * V::WIDTH));
            }
        }
    }
}

/// For every query `out = Σ_j softmax_j(scale·query·key_j)·value_j` over the positions it sees. Scores are dot products in
/// the kernels' order; the softmax sum runs in 16 lanes by absolute position; values are added in order of position; the
/// division by the sum comes last. No bit depends on which queries are given together.
///
/// # Panics
/// If `share` or `seen` is 0, keys and values are not as many as the last query sees, or `out` is not as long as the queries.
pub fn attend(
    isa: Isa,
    queries: Queries<'_>,
    cache: KeyValues<'_>,
    scale: f32,
    scratch: &mut Scratch,
    out: &mut [f32],
) {
    assert!(queries.share > 0 && queries.seen > 0, "{queries:?}");
    let expected = (queries.rows.len(), queries.positions() * queries.dim, queries.positions() * queries.dim);
    assert_eq!((out.len(), cache.keys.len(), cache.values.len()), expected, "shape of keys, values or result");
    run(isa, Attend { queries, cache, scale, scratch, out });
}
