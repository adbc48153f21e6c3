//! The transformer on the kernels of the replay profile: any way of cutting the same tokens into calls gives the same bits.

use super::config::ModelConfig;
use super::weights::{Matrix, Projection, Weights};
use crate::error::{Error, Result};
use crate::kernels::{attend, matmul, rms_norm, silu_mul, Isa, KeyValues, Rope};
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

    fn project(&self, x: &[f32], projection: &Projection) -> Vec<f32> {
        let mut out = self.product(x, &projection.weight);
        if let Some(bias) = &projection.bias {
            for row in out.chunks_exact_mut(bias.len()) {
                add(row, bias);
            }
        }
        out
    }

    fn normed(&self, x: &[f32], weight: &[f32]) -> Vec<f32> {
        let mut out = x.to_vec();
        rms_norm(self.isa, &mut out, weight, self.config.rms_norm_eps);
        out
    }

    /// Attention of one layer over normalised rows `x`; appends their keys and values to the cache.
    fn attention(
        &self,
        x: &[f32],
        index: usize,
        start: usize,
        capacity: usize,
        cache: &mut (Vec<f32>, Vec<f32>),
    ) -> Vec<f32> {
        let layer = &self.weights.layers[index];
        let (dim, heads) = (self.config.head_dim, self.config.heads);
        let mut queries = self.project(x, &layer.query);
        let mut keys = self.project(x, &layer.key);
        let values = self.project(x, &layer.value);
        for (rows, norm) in [(&mut queries, &layer.query_norm), (&mut keys, &layer.key_norm)] {
            if let Some(norm) = norm {
                rms_norm(self.isa, rows, norm, self.config.rms_norm_eps);
            }
        }
        let rows = queries.chunks_exact_mut(heads * dim).zip(keys.chunks_exact_mut(self.config.kv_width()));
        for (row, (query, key)) in rows.enumerate() {
            let rotation = self.rope.at(start + row);
            rotation.apply(query);
            rotation.apply(key);
        }
        let rows = keys.chunks_exact(self.config.kv_width()).zip(values.chunks_exact(self.config.kv_width()));
        for (row, (key, value)) in rows.enumerate() {
            for (head, (key, value)) in key.chunks_exact(dim).zip(value.chunks_exact(dim)).enumerate() {
                let at = (head * capacity + start + row) * dim;
                cache.0[at..at + dim].copy_from_slice(key);
                cache.1[at..at + dim].copy_from_slice(value);
            }
        }
        let scale = 1.0 / (dim as f32).sqrt();
        let share = heads / self.config.kv_heads;
        let mut mixed = vec![0.0; queries.len()];
        let one = |scores: &mut Vec<f32>, place: usize, out: &mut [f32]| {
            let (row, head) = (place / heads, place % heads);
            let from = head / share * capacity * dim;
            let seen = from..from + (start + row + 1) * dim;
            let cache = KeyValues { keys: &cache.0[seen.clone()], values: &cache.1[seen] };
            attend(self.isa, &queries[place * dim..][..dim], cache, scale, scores, out);
        };
        // Splitting tiny work over threads costs more than the work.
        if mixed.len() * (start + x.len() / self.config.hidden_size) > 1 << 15 {
            mixed.par_chunks_exact_mut(dim).enumerate().for_each_init(Vec::new, |s, (place, out)| one(s, place, out));
        } else {
            let mut scores = Vec::new();
            mixed.chunks_exact_mut(dim).enumerate().for_each(|(place, out)| one(&mut scores, place, out));
        }
        self.project(&mixed, &layer.output)
    }

    fn feed_forward(&self, x: &[f32], index: usize) -> Vec<f32> {
        let layer = &self.weights.layers[index];
        let mut gate = self.product(x, &layer.gate);
        let up = self.product(x, &layer.up);
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
        let Cache::Plain(cache) = &mut state.cache else {
            return Err(Error::Request("the state belongs to another decoder".into()));
        };
        let mut x = embed(tokens, &self.weights.embedding)?;
        for (index, layer) in self.weights.layers.iter().enumerate() {
            let normed = self.normed(&x, &layer.attention_norm);
            add(&mut x, &self.attention(&normed, index, state.len, state.capacity, &mut cache[index]));
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
