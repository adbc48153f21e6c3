//! The transformer on the kernels of the replay profile: any way of cutting the same tokens into calls gives the same bits.

use super::config::ModelConfig;
use super::weights::{Matrix, Projection, Weights};
use crate::error::{Error, Result};
use crate::kernels::{
    attend, matmul, matmuls, rms_norm, silu_mul, Isa, KeyValues, Queries, Rope, Rotation, Scratch, PARALLEL_FROM,
};
use rayon::prelude::*;

/// A decoder: takes tokens, gives hidden states, and logits of those that are asked for.
pub trait Decoder: Send + Sync {
    /// An empty state with room for `capacity` tokens, allocated once.
    fn state(&self, capacity: usize) -> Result<DecoderState>;

    /// Appends tokens to the sequence in `state`; returns their last hidden states after the final normalisation, shape
    /// (tokens, hidden size).
    fn forward(&self, tokens: &[u32], state: &mut DecoderState) -> Result<Vec<f32>>;

    /// Logits of hidden states, shape (rows, vocabulary).
    fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>>;
}

/// Keys and values of a sequence so far.
pub struct DecoderState {
    /// Tokens in it.
    pub len: usize,
    /// Tokens it has room for.
    pub capacity: usize,
    /// Per layer.
    pub(crate) cache: Cache,
}

pub(crate) enum Cache {
    /// Per layer: keys and values, each (kv head, capacity, head dim).
    Plain(Vec<(Vec<f32>, Vec<f32>)>),
    /// The same as tensors.
    Candle(Vec<(candle_core::Tensor, candle_core::Tensor)>),
}

impl DecoderState {
    /// Whether `more` tokens fit; an error naming the numbers otherwise.
    pub(crate) fn check_room(&self, more: usize) -> Result<()> {
        if more > self.capacity - self.len {
            let (len, capacity) = (self.len, self.capacity);
            return Err(Error::Request(format!("{len} + {more} tokens do not fit a cache of {capacity}")));
        }
        Ok(())
    }
}

/// Queries of one head that attention takes at a time: enough to go over the cache seldom.
const ATTEND_AT_ONCE: usize = 32;

/// Where the rows at hand lie in the sequence.
struct Place<'a> {
    /// Position of the first.
    start: usize,
    /// Positions the cache has room for.
    capacity: usize,
    /// The rotation of each row.
    rotations: &'a [Rotation],
}

/// The replay profile's decoder.
pub struct ReplayDecoder {
    config: ModelConfig,
    weights: Weights,
    rope: Rope,
    isa: Isa,
}

impl ReplayDecoder {
    /// A decoder on the given instruction set; [`Isa::best`] unless a test compares them.
    pub fn new(config: ModelConfig, weights: Weights, isa: Isa) -> Self {
        let rope = Rope::new(&config, weights.rope_factors.as_deref());
        Self { config, weights, rope, isa }
    }

    /// The weights it runs on.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    fn product(&self, x: &[f32], w: &Matrix) -> Vec<f32> {
        let mut out = vec![0.0; x.len() / w.cols() * w.rows()];
        matmul(self.isa, x, w, &mut out);
        out
    }

    /// The products of the same rows with several matrices, biases added.
    fn project<const N: usize>(&self, x: &[f32], projections: [&Projection; N]) -> [Vec<f32>; N] {
        let mut out = matmuls(self.isa, x, projections.map(|projection| &projection.weight));
        for (out, projection) in out.iter_mut().zip(projections) {
            if let Some(bias) = &projection.bias {
                out.chunks_exact_mut(bias.len()).for_each(|row| add(row, bias));
            }
        }
        out
    }

    fn normed(&self, x: &[f32], weight: &[f32]) -> Vec<f32> {
        let mut out = x.to_vec();
        rms_norm(self.isa, &mut out, weight, self.config.rms_norm_eps);
        out
    }

    /// Attention of one layer over normalised rows `x` at the given rotations; appends their keys and values to the cache.
    fn attention(&self, x: &[f32], index: usize, at: &Place<'_>, cache: &mut (Vec<f32>, Vec<f32>)) -> Vec<f32> {
        let layer = &self.weights.layers[index];
        let (dim, kv_width) = (self.config.head_dim, self.config.kv_width());
        let [mut queries, mut keys, values] = self.project(x, [&layer.query, &layer.key, &layer.value]);
        for (rows, norm) in [(&mut queries, &layer.query_norm), (&mut keys, &layer.key_norm)] {
            if let Some(norm) = norm {
                rms_norm(self.isa, rows, norm, self.config.rms_norm_eps);
            }
        }
        let rows = queries.chunks_exact_mut(self.config.query_width()).zip(keys.chunks_exact_mut(kv_width));
        for ((query, key), rotation) in rows.zip(at.rotations) {
            rotation.apply(query);
            rotation.apply(key);
        }
        for (row, (key, value)) in keys.chunks_exact(kv_width).zip(values.chunks_exact(kv_width)).enumerate() {
            for (head, (key, value)) in key.chunks_exact(dim).zip(value.chunks_exact(dim)).enumerate() {
                let at = (head * at.capacity + at.start + row) * dim;
                cache.0[at..at + dim].copy_from_slice(key);
                cache.1[at..at + dim].copy_from_slice(value);
            }
        }
        let [mixed] = self.project(&self.mix(&queries, at, cache), [&layer.output]);
        mixed
    }

    /// Mixes the cached values for queries of shape (rows, heads, head dim); the result has that shape too.
    fn mix(&self, queries: &[f32], at: &Place<'_>, cache: &(Vec<f32>, Vec<f32>)) -> Vec<f32> {
        let (dim, kv_heads, rows) = (self.config.head_dim, self.config.kv_heads, at.rotations.len());
        let share = self.config.heads / kv_heads;
        // Query heads that share a key head work on it together, for some rows at a time.
        let queries = transposed(queries, rows, kv_heads);
        let mut mixed = vec![0.0; queries.len()];
        let one = |scratch: &mut Scratch, head: usize, first: usize, out: &mut [f32]| {
            let from = (head * rows + first) * share * dim;
            let queries = Queries { rows: &queries[from..from + out.len()], dim, share, seen: at.start + first + 1 };
            let from = head * at.capacity * dim;
            let seen = from..from + (at.start + first + out.len() / (share * dim)) * dim;
            let cache = KeyValues { keys: &cache.0[seen.clone()], values: &cache.1[seen] };
            attend(self.isa, queries, cache, 1.0 / (dim as f32).sqrt(), scratch, out);
        };
        let rows_at_once = ATTEND_AT_ONCE.div_ceil(share);
        // Two products, of queries and keys and of scores and values.
        if mixed.len() * (at.start + rows) * 2 < PARALLEL_FROM {
            let mut scratch = Scratch::default();
            for (head, out) in mixed.chunks_exact_mut(rows * share * dim).enumerate() {
                for (block, out) in out.chunks_mut(rows_at_once * share * dim).enumerate() {
                    one(&mut scratch, head, block * rows_at_once, out);
                }
            }
        } else {
            let blocks: Vec<_> = mixed
                .chunks_exact_mut(rows * share * dim)
                .enumerate()
                .flat_map(|(head, out)| {
                    out.chunks_mut(rows_at_once * share * dim).enumerate().map(move |(block, out)| (head, block, out))
                })
                .collect();
            blocks.into_par_iter().for_each_init(Scratch::default, |scratch, (head, block, out)| {
                one(scratch, head, block * rows_at_once, out);
            });
        }
        transposed(&mixed, kv_heads, rows)
    }

    fn feed_forward(&self, x: &[f32], index: usize) -> Vec<f32> {
        let layer = &self.weights.layers[index];
        let [mut gate, up] = matmuls(self.isa, x, [&layer.gate, &layer.up]);
        silu_mul(self.isa, &mut gate, &up);
        self.product(&gate, &layer.down)
    }
}

impl Decoder for ReplayDecoder {
    fn state(&self, capacity: usize) -> Result<DecoderState> {
        let len = self.config.kv_width() * capacity;
        let cache = (0..self.config.layers).map(|_| (vec![0.0; len], vec![0.0; len])).collect();
        Ok(DecoderState { len: 0, capacity, cache: Cache::Plain(cache) })
    }

    fn forward(&self, tokens: &[u32], state: &mut DecoderState) -> Result<Vec<f32>> {
        state.check_room(tokens.len())?;
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let Cache::Plain(cache) = &mut state.cache else {
            return Err(Error::Request("the state belongs to another decoder".into()));
        };
        let mut x = embed(tokens, &self.weights.embedding)?;
        let rotations: Vec<_> = (state.len..state.len + tokens.len()).map(|position| self.rope.at(position)).collect();
        let place = Place { start: state.len, capacity: state.capacity, rotations: &rotations };
        for (index, layer) in self.weights.layers.iter().enumerate() {
            let normed = self.normed(&x, &layer.attention_norm);
            add(&mut x, &self.attention(&normed, index, &place, &mut cache[index]));
            let normed = self.normed(&x, &layer.feed_forward_norm);
            add(&mut x, &self.feed_forward(&normed, index));
        }
        rms_norm(self.isa, &mut x, &self.weights.final_norm, self.config.rms_norm_eps);
        check_finite(&x, self.config.hidden_size, state.len)?;
        state.len += tokens.len();
        Ok(x)
    }

    fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>> {
        Ok(self.product(hidden, self.weights.head()))
    }
}

/// Turns shape (rows, columns, cell) into (columns, rows, cell).
fn transposed(from: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    if rows == 1 || columns == 1 {
        return from.to_vec();
    }
    let cell = from.len() / (rows * columns);
    let mut out = Vec::with_capacity(from.len());
    for column in 0..columns {
        for row in from.chunks_exact(columns * cell) {
            out.extend_from_slice(&row[column * cell..(column + 1) * cell]);
        }
    }
    out
}

/// Rows of the embedding, one per token.
pub(crate) fn embed(tokens: &[u32], embedding: &Matrix) -> Result<Vec<f32>> {
    let mut x = Vec::with_capacity(tokens.len() * embedding.cols());
    for id in tokens {
        let row = usize::try_from(*id).ok().filter(|row| *row < embedding.rows());
        let row = row.ok_or_else(|| {
            Error::Request(format!("token {id} is outside the model's vocabulary of {}", embedding.rows()))
        })?;
        x.extend(embedding.row(row));
    }
    Ok(x)
}

/// Refuses hidden states that are not finite: nothing can be committed to or sampled from them.
pub(crate) fn check_finite(hidden: &[f32], width: usize, start: usize) -> Result<()> {
    match hidden.iter().enumerate().find(|(_, v)| !v.is_finite()) {
        Some((index, value)) => Err(Error::Overflow { position: start + index / width, value: *value }),
        None => Ok(()),
    }
}

fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}
