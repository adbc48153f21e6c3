//! The numbers of a model, whatever file they came from.

use super::config::{Family, ModelConfig};
use crate::error::{Error, Result};

/// An IEEE 754 half, held as its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct F16(u16);

/// The upper half of an f32, held as its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Bf16(u16);

impl F16 {
    /// The half with these bits.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The same value as f32, exactly.
    #[inline(always)]
    pub fn widen(self) -> f32 {
        let sign = u32::from(self.0 & 0x8000) << 16;
        let rest = u32::from(self.0 & 0x7fff) << 13;
        // The exponent is 112 too small; a multiplication by 2¹¹² mends it exactly, also for subnormal halves.
        let magnitude = (f32::from_bits(rest) * f32::from_bits((112 + 127) << 23)).to_bits();
        // Infinities and NaN keep their mark. Both values are computed, so that the compiler can work on many at once.
        let special = 0x7f80_0000 | (rest & 0x007f_ffff);
        f32::from_bits(sign | if rest >= 0x7c00 << 13 { special } else { magnitude })
    }
}

impl Bf16 {
    /// The value with these bits.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The same value as f32, exactly.
    #[inline(always)]
    pub fn widen(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }
}

/// Elements in the type the file stores: a decoder reads each weight once per token, so bytes are time.
#[derive(Clone, Debug, PartialEq)]
pub enum Storage {
    /// 4 bytes each.
    F32(Vec<f32>),
    /// 2 bytes each.
    F16(Vec<F16>),
    /// 2 bytes each.
    Bf16(Vec<Bf16>),
}

impl Storage {
    /// Number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(v) => v.len(),
            Self::F16(v) => v.len(),
            Self::Bf16(v) => v.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        match self {
            Self::F32(v) => v.len() * 4,
            Self::F16(v) => v.len() * 2,
            Self::Bf16(v) => v.len() * 2,
        }
    }

    /// Name of the element type.
    pub const fn dtype(&self) -> &'static str {
        match self {
            Self::F32(_) => "f32",
            Self::F16(_) => "f16",
            Self::Bf16(_) => "bf16",
        }
    }

    /// Some elements as f32.
    pub fn widen(&self, range: std::ops::Range<usize>) -> Vec<f32> {
        match self {
            Self::F32(v) => v[range].to_vec(),
            Self::F16(v) => v[range].iter().map(|x| x.widen()).collect(),
            Self::Bf16(v) => v[range].iter().map(|x| x.widen()).collect(),
        }
    }

    fn first_not_finite(&self) -> Option<(usize, f32)> {
        fn find<T: Copy>(values: &[T], wide: impl Fn(T) -> f32) -> Option<(usize, f32)> {
            values.iter().map(|v| wide(*v)).enumerate().find(|(_, v)| !v.is_finite())
        }
        match self {
            Self::F32(v) => find(v, |x| x),
            Self::F16(v) => find(v, F16::widen),
            Self::Bf16(v) => find(v, Bf16::widen),
        }
    }
}

/// A matrix whose rows are outputs and whose columns are inputs, finite throughout.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    storage: Storage,
}

impl Matrix {
    /// Checks length and finiteness.
    pub fn new(name: &str, rows: usize, cols: usize, storage: Storage) -> Result<Self> {
        if storage.len() != rows * cols || rows * cols == 0 {
            return Err(Error::TensorShape {
                name: name.into(),
                found: vec![storage.len()],
                expected: vec![rows, cols],
            });
        }
        if let Some((index, value)) = storage.first_not_finite() {
            return Err(Error::NotFinite { name: name.into(), index, value });
        }
        Ok(Self { rows, cols, storage })
    }

    /// Outputs.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Inputs.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// The elements, row after row.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// One row as f32.
    pub fn row(&self, index: usize) -> Vec<f32> {
        self.storage.widen(index * self.cols..(index + 1) * self.cols)
    }

    /// All elements as f32.
    pub fn to_f32(&self) -> Vec<f32> {
        self.storage.widen(0..self.storage.len())
    }
}

/// A matrix and its bias.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The matrix.
    pub weight: Matrix,
    /// One value per output, if any.
    pub bias: Option<Vec<f32>>,
}

/// One layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Normalisation before attention.
    pub attention_norm: Vec<f32>,
    /// Queries.
    pub query: Projection,
    /// Keys.
    pub key: Projection,
    /// Values.
    pub value: Projection,
    /// Attention's output.
    pub output: Projection,
    /// Normalisation of each query head (Qwen3).
    pub query_norm: Option<Vec<f32>>,
    /// Normalisation of each key head (Qwen3).
    pub key_norm: Option<Vec<f32>>,
    /// Normalisation before the feed-forward network.
    pub feed_forward_norm: Vec<f32>,
    /// Its gate.
    pub gate: Matrix,
    /// What the gate multiplies.
    pub up: Matrix,
    /// Its output.
    pub down: Matrix,
}

/// All the numbers of a model.
#[derive(Clone, Debug)]
pub struct Weights {
    /// One row per token id.
    pub embedding: Matrix,
    /// The layers in order.
    pub layers: Vec<Layer>,
    /// Normalisation before the head.
    pub final_norm: Vec<f32>,
    /// One row per token id; `None` if the embedding serves.
    pub head: Option<Matrix>,
    /// Divisors of the rotary frequencies, as GGUF files carry them.
    pub rope_factors: Option<Vec<f32>>,
}

/// Where tensors come from. Names are those of Hugging Face checkpoints; other sources translate.
pub trait TensorSource {
    /// The tensor of that name, of exactly that shape; `None` if there is no such tensor.
    fn get(&mut self, name: &str, shape: &[usize]) -> Result<Option<Storage>>;
}

impl Weights {
    /// Takes from a source every tensor that a configuration calls for.
    pub fn load(config: &ModelConfig, source: &mut dyn TensorSource) -> Result<Self> {
        let (d, f) = (config.hidden_size, config.intermediate_size);
        let (q, kv) = (config.query_width(), config.kv_width());
        let mut take = Take(source);
        let embedding = take.matrix("model.embed_tokens.weight", config.vocab_size, d)?;
        let mut layers = Vec::with_capacity(config.layers);
        for index in 0..config.layers {
            let name = |part: &str| format!("model.layers.{index}.{part}");
            let mut projection = |part: &str, rows, cols, bias: bool| -> Result<Projection> {
                let weight = take.matrix(&name(&format!("self_attn.{part}.weight")), rows, cols)?;
                let bias = bias.then(|| take.vector(&name(&format!("self_attn.{part}.bias")), rows)).transpose()?;
                Ok(Projection { weight, bias })
            };
            let query = projection("q_proj", q, d, config.qkv_bias)?;
            let key = projection("k_proj", kv, d, config.qkv_bias)?;
            let value = projection("v_proj", kv, d, config.qkv_bias)?;
            let output = projection("o_proj", d, q, config.output_bias)?;
            let normed = config.family == Family::Qwen3;
            let mut head_norm = |part: &str| normed.then(|| take.vector(&name(part), config.head_dim)).transpose();
            layers.push(Layer {
                query_norm: head_norm("self_attn.q_norm.weight")?,
                key_norm: head_norm("self_attn.k_norm.weight")?,
                attention_norm: take.vector(&name("input_layernorm.weight"), d)?,
                query,
                key,
                value,
                output,
                feed_forward_norm: take.vector(&name("post_attention_layernorm.weight"), d)?,
                gate: take.matrix(&name("mlp.gate_proj.weight"), f, d)?,
                up: take.matrix(&name("mlp.up_proj.weight"), f, d)?,
                down: take.matrix(&name("mlp.down_proj.weight"), d, f)?,
            });
        }
        let final_norm = take.vector("model.norm.weight", d)?;
        let head = match config.tied_head {
            true => None,
            false => Some(take.matrix("lm_head.weight", config.vocab_size, d)?),
        };
        Ok(Self { embedding, layers, final_norm, head, rope_factors: None })
    }

    /// The matrix that turns hidden states into logits.
    pub fn head(&self) -> &Matrix {
        self.head.as_ref().unwrap_or(&self.embedding)
    }

    /// Every matrix, each once.
    pub fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        self.layers
            .iter()
            .flat_map(|l| [&l.query.weight, &l.key.weight, &l.value.weight, &l.output.weight, &l.gate, &l.up, &l.down])
            .chain(std::iter::once(&self.embedding))
            .chain(self.head.iter())
    }

    /// Number of parameters.
    pub fn parameters(&self) -> usize {
        let vectors: usize = self
            .layers
            .iter()
            .flat_map(|l| {
                let biases = [&l.query, &l.key, &l.value, &l.output].map(|p| p.bias.as_ref());
                let norms =
                    [Some(&l.attention_norm), Some(&l.feed_forward_norm), l.query_norm.as_ref(), l.key_norm.as_ref()];
                biases.into_iter().chain(norms).flatten().map(Vec::len).collect::<Vec<_>>()
            })
            .sum();
        vectors + self.final_norm.len() + self.matrices().map(|m| m.storage().len()).sum::<usize>()
    }

    /// Bytes of matrices read to produce one token: all but the embedding's other rows.
    pub fn bytes_per_token(&self) -> usize {
        let layers: usize = self.matrices().map(|m| m.storage().bytes()).sum();
        layers - if self.head.is_some() { self.embedding.storage().bytes() } else { 0 }
    }
}

struct Take<'a>(&'a mut dyn TensorSource);

impl Take<'_> {
    fn storage(&mut self, name: &str, shape: &[usize]) -> Result<Storage> {
        self.0.get(name, shape)?.ok_or_else(|| Error::MissingTensor { name: name.into(), shape: shape.to_vec() })
    }

    fn matrix(&mut self, name: &str, rows: usize, cols: usize) -> Result<Matrix> {
        Matrix::new(name, rows, cols, self.storage(name, &[rows, cols])?)
    }

    fn vector(&mut self, name: &str, len: usize) -> Result<Vec<f32>> {
        let storage = self.storage(name, &[len])?;
        Matrix::new(name, 1, len, storage).map(|matrix| matrix.to_f32())
    }
}
