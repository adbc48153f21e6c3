//! The transformer on Candle: the fast profile, and, without a cache, the graph that training differentiates.

use super::config::ModelConfig;
use super::decoder::{check_finite, Cache, Decoder, DecoderState};
use super::weights::{Matrix, Projection, Weights};
use crate::error::{Error, Result};
use crate::kernels::Rope;
use candle_core::{DType, Device, Tensor, D};

/// A matrix and its bias as tensors.
struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    fn apply(&self, x: &Tensor) -> Result<Tensor> {
        let y = x.matmul(&self.weight.t()?)?;
        Ok(match &self.bias {
            Some(bias) => y.broadcast_add(bias)?,
            None => y,
        })
    }
}

struct FastLayer {
    attention_norm: Tensor,
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    query_norm: Option<Tensor>,
    key_norm: Option<Tensor>,
    feed_forward_norm: Tensor,
    gate: Linear,
    up: Linear,
    down: Linear,
}

/// A decoder on Candle tensors, f32.
pub struct FastDecoder {
    config: ModelConfig,
    device: Device,
    rope: Rope,
    embedding: Tensor,
    layers: Vec<FastLayer>,
    final_norm: Tensor,
    head: Tensor,
}

/// Makes a tensor of the named weight: plain ones to run, variables to train.
pub type MakeTensor<'a> = dyn FnMut(&str, &[f32], &[usize]) -> Result<Tensor> + 'a;

impl FastDecoder {
    /// A decoder with the given weights on a device.
    pub fn new(config: &ModelConfig, weights: &Weights, device: &Device) -> Result<Self> {
        Self::with(config, weights, device, &mut |_, values, shape| Ok(Tensor::from_slice(values, shape, device)?))
    }

    /// A decoder whose tensors are made by `make`; names are those of the checkpoint.
    pub fn with(config: &ModelConfig, weights: &Weights, device: &Device, make: &mut MakeTensor<'_>) -> Result<Self> {
        let matrix = |make: &mut MakeTensor<'_>, name: String, m: &Matrix| -> Result<Linear> {
            Ok(Linear { weight: make(&name, &m.to_f32(), &[m.rows(), m.cols()])?, bias: None })
        };
        let vector = |make: &mut MakeTensor<'_>, name: String, v: &[f32]| make(&name, v, &[v.len()]);
        let embedding = matrix(make, "model.embed_tokens.weight".into(), &weights.embedding)?.weight;
        let mut layers = Vec::with_capacity(weights.layers.len());
        for (index, layer) in weights.layers.iter().enumerate() {
            let name = |part: &str| format!("model.layers.{index}.{part}");
            let projection = |make: &mut MakeTensor<'_>, part: &str, p: &Projection| -> Result<Linear> {
                let mut linear = matrix(make, name(&format!("self_attn.{part}.weight")), &p.weight)?;
                let bias_name = name(&format!("self_attn.{part}.bias"));
                linear.bias = p.bias.as_ref().map(|bias| vector(make, bias_name, bias)).transpose()?;
                Ok(linear)
            };
            let (query, key) = (projection(make, "q_proj", &layer.query)?, projection(make, "k_proj", &layer.key)?);
            let (value, output) =
                (projection(make, "v_proj", &layer.value)?, projection(make, "o_proj", &layer.output)?);
            let head_norm = |make: &mut MakeTensor<'_>, part: &str, v: &Option<Vec<f32>>| {
                v.as_ref().map(|v| vector(make, name(part), v)).transpose()
            };
            layers.push(FastLayer {
                query,
                key,
                value,
                output,
                query_norm: head_norm(make, "self_attn.q_norm.weight", &layer.query_norm)?,
                key_norm: head_norm(make, "self_attn.k_norm.weight", &layer.key_norm)?,
                attention_norm: vector(make, name("input_layernorm.weight"), &layer.attention_norm)?,
                feed_forward_norm: vector(make, name("post_attention_layernorm.weight"), &layer.feed_forward_norm)?,
                gate: matrix(make, name("mlp.gate_proj.weight"), &layer.gate)?,
                up: matrix(make, name("mlp.up_proj.weight"), &layer.up)?,
                down: matrix(make, name("mlp.down_proj.weight"), &layer.down)?,
            });
        }
        let final_norm = vector(make, "model.norm.weight".into(), &weights.final_norm)?;
        let head = match &weights.head {
            Some(head) => matrix(make, "lm_head.weight".into(), head)?.weight,
            None => embedding.clone(),
        };
        let rope = Rope::new(config, weights.rope_factors.as_deref());
        Ok(Self { config: config.clone(), device: device.clone(), rope, embedding, layers, final_norm, head })
    }

    /// Logits of `batch` sequences of equal length laid end to end, shape (batch·length, vocabulary); no cache.
    pub fn logits_of_batch(&self, tokens: &[u32], batch: usize) -> Result<Tensor> {
        let hidden = self.hidden(tokens, batch, 0, None)?;
        Ok(hidden.matmul(&self.head.t()?)?)
    }

    fn hidden(&self, tokens: &[u32], batch: usize, start: usize, state: Option<&mut DecoderState>) -> Result<Tensor> {
        let length = tokens.len() / batch;
        let (cos, sin) = self.rotations(start, length)?;
        let mut cache = match state {
            None => None,
            Some(DecoderState { cache: Cache::Candle(cache), .. }) => Some(cache),
            Some(_) => return Err(Error::Request("the state belongs to another decoder".into())),
        };
        let mask = (length > 1).then(|| self.mask(start, length)).transpose()?;
        let ids = Tensor::from_slice(tokens, tokens.len(), &self.device)?;
        let mut x = self.embedding.index_select(&ids, 0)?;
        for (index, layer) in self.layers.iter().enumerate() {
            let normed = self.norm(&x, &layer.attention_norm)?;
            let heads = |x: Tensor, count: usize, norm: &Option<Tensor>| -> Result<Tensor> {
                let x = x.reshape((batch, length, count, self.config.head_dim))?;
                let x = norm.as_ref().map_or(Ok(x.clone()), |norm| self.norm(&x, norm))?;
                Ok(x.transpose(1, 2)?.contiguous()?)
            };
            let query = heads(layer.query.apply(&normed)?, self.config.heads, &layer.query_norm)?;
            let key = heads(layer.key.apply(&normed)?, self.config.kv_heads, &layer.key_norm)?;
            let mut value = heads(layer.value.apply(&normed)?, self.config.kv_heads, &None)?;
            let (query, mut key) = (rotate(&query, &cos, &sin)?, rotate(&key, &cos, &sin)?);
            if let Some(cache) = cache.as_deref_mut() {
                let (keys, values) = &cache[index];
                keys.slice_set(&key.contiguous()?, 2, start)?;
                values.slice_set(&value, 2, start)?;
                key = keys.narrow(2, 0, start + length)?;
                value = values.narrow(2, 0, start + length)?;
            }
            let mixed = self.attention(&query, &key, &value, mask.as_ref())?;
            x = (x + layer.output.apply(&mixed)?)?;
            let normed = self.norm(&x, &layer.feed_forward_norm)?;
            let gated = (layer.gate.apply(&normed)?.silu()? * layer.up.apply(&normed)?)?;
            x = (x + layer.down.apply(&gated)?)?;
        }
        self.norm(&x, &self.final_norm)
    }

    /// Queries (batch, heads, length, dim) over keys and values (batch, kv heads, total, dim); result (batch·length, width).
    fn attention(&self, query: &Tensor, key: &Tensor, value: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let (batch, heads, length, dim) = query.dims4()?;
        let (_, kv_heads, total, _) = key.dims4()?;
        let groups = heads / kv_heads;
        // Query heads that share a key head become rows of one product.
        let query = query.contiguous()?.reshape((batch * kv_heads, groups * length, dim))?;
        let (key, value) = (key.flatten(0, 1)?, value.flatten(0, 1)?);
        let mut scores = (query.matmul(&key.t()?)? * (1.0 / (dim as f64).sqrt()))?;
        if let Some(mask) = mask {
            let shape = scores.shape().clone();
            scores = scores.reshape((batch * kv_heads, groups, length, total))?.broadcast_add(mask)?.reshape(shape)?;
        }
        let top = scores.max_keepdim(D::Minus1)?.detach();
        let weights = scores.broadcast_sub(&top)?.exp()?;
        let weights = weights.broadcast_div(&weights.sum_keepdim(D::Minus1)?)?;
        let mixed = weights.matmul(&value.contiguous()?)?.reshape((batch, heads, length, dim))?;
        Ok(mixed.transpose(1, 2)?.contiguous()?.reshape((batch * length, heads * dim))?)
    }

    fn norm(&self, x: &Tensor, weight: &Tensor) -> Result<Tensor> {
        let mean = (x.sqr()?.sum_keepdim(D::Minus1)? / x.dim(D::Minus1)? as f64)?;
        let scale = (mean + f64::from(self.config.rms_norm_eps))?.sqrt()?;
        Ok(x.broadcast_div(&scale)?.broadcast_mul(weight)?)
    }

    fn rotations(&self, start: usize, length: usize) -> Result<(Tensor, Tensor)> {
        let rotations: Vec<_> = (start..start + length).map(|position| self.rope.at(position)).collect();
        let table = |values: Vec<f32>| Tensor::from_vec(values, (length, self.config.head_dim / 2), &self.device);
        let cos = rotations.iter().flat_map(|r| r.cos.iter().copied()).collect();
        let sin = rotations.iter().flat_map(|r| r.sin.iter().copied()).collect();
        Ok((table(cos)?, table(sin)?))
    }

    fn mask(&self, start: usize, length: usize) -> Result<Tensor> {
        let total = start + length;
        let values: Vec<f32> =
            (0..length * total).map(|i| if i % total > start + i / total { f32::NEG_INFINITY } else { 0.0 }).collect();
        Ok(Tensor::from_vec(values, (length, total), &self.device)?)
    }
}

/// Rotates (batch, heads, length, dim) by tables (length, dim/2).
fn rotate(x: &Tensor, cos: &Tensor, sin: &Tensor) -> Result<Tensor> {
    let half = x.dim(D::Minus1)? / 2;
    let (a, b) = (x.narrow(D::Minus1, 0, half)?, x.narrow(D::Minus1, half, half)?);
    let first = (a.broadcast_mul(cos)? - b.broadcast_mul(sin)?)?;
    let second = (b.broadcast_mul(cos)? + a.broadcast_mul(sin)?)?;
    Ok(Tensor::cat(&[first, second], D::Minus1)?)
}

impl Decoder for FastDecoder {
    fn state(&self, capacity: usize) -> Result<DecoderState> {
        let shape = (1, self.config.kv_heads, capacity, self.config.head_dim);
        let zeros = || Tensor::zeros(shape, DType::F32, &self.device);
        let cache = (0..self.config.layers).map(|_| Ok((zeros()?, zeros()?))).collect::<Result<_>>()?;
        Ok(DecoderState { len: 0, capacity, cache: Cache::Candle(cache) })
    }

    fn forward(&self, tokens: &[u32], state: &mut DecoderState) -> Result<Vec<f32>> {
        state.check_room(tokens.len())?;
        if let Some(id) = tokens.iter().find(|id| **id as usize >= self.config.vocab_size) {
            let size = self.config.vocab_size;
            return Err(Error::Request(format!("token {id} is outside the model's vocabulary of {size}")));
        }
        let start = state.len;
        let hidden = self.hidden(tokens, 1, start, Some(&mut *state))?;
        let hidden = hidden.flatten_all()?.to_vec1::<f32>()?;
        check_finite(&hidden, self.config.hidden_size, start)?;
        state.len += tokens.len();
        Ok(hidden)
    }

    fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>> {
        let width = self.config.hidden_size;
        let hidden = Tensor::from_slice(hidden, (hidden.len() / width, width), &self.device)?;
        Ok(hidden.matmul(&self.head.t()?)?.flatten_all()?.to_vec1::<f32>()?)
    }
}
