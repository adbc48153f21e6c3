//! Configuration and weights from GGUF files. Quantised tensors are dequantised on load.

use super::config::{Family, ModelConfig, RopeScaling};
use super::gguf_header::alignment;
use super::weights::{Storage, TensorSource, F16};
use crate::error::{caught, Error, Result};
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::GgmlDType;
use candle_core::Device;
use std::io::Cursor;

/// Metadata key by which our own files ask for the byte tokenizer (value `bytes`).
pub const TOKENIZER_KEY: &str = "hanzo.tokenizer";

/// A GGUF file in memory.
pub struct GgufSource<'a> {
    file: &'a str,
    bytes: Cursor<&'a [u8]>,
    content: Content,
    config: ModelConfig,
}

impl<'a> GgufSource<'a> {
    /// Reads header and metadata. `file` is the name used in errors.
    pub fn new(file: &'a str, bytes: &'a [u8]) -> Result<Self> {
        let mut cursor = Cursor::new(bytes);
        if alignment(bytes) == Some(0) {
            return Err(damaged(file, bytes.len(), &"`general.alignment` is 0; at least 1 is needed"));
        }
        let content = caught(|| Content::read(&mut cursor).map_err(|e| e.to_string()));
        let content = content.map_err(|e| damaged(file, bytes.len(), &e))?;
        let config = config(&content)?;
        Ok(Self { file, bytes: cursor, content, config })
    }

    /// The model's shape.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// The file's header.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Divisors of the rotary frequencies, if the file carries them.
    pub fn rope_factors(&mut self) -> Result<Option<Vec<f32>>> {
        let factors = self.raw("rope_freqs.weight", &[self.config.head_dim / 2])?.map(|s| s.widen(0..s.len()));
        match factors.iter().flatten().find(|factor| !(factor.is_finite() && **factor > 0.0)) {
            Some(bad) => Err(Error::Config(format!("rope_freqs.weight holds {bad}; divisors must be positive"))),
            None => Ok(factors),
        }
    }

    fn raw(&mut self, name: &str, shape: &[usize]) -> Result<Option<Storage>> {
        let Some(info) = self.content.tensor_infos.get(name) else { return Ok(None) };
        if info.shape.dims() != shape {
            let found = info.shape.dims().to_vec();
            return Err(Error::TensorShape { name: name.into(), found, expected: shape.to_vec() });
        }
        let len = self.bytes.get_ref().len();
        let (content, bytes) = (&self.content, &mut self.bytes);
        let storage = caught(|| read(content, bytes, name).map_err(|e| e.to_string()));
        storage.map(Some).map_err(|e| damaged(self.file, len, &format!("tensor `{name}`: {e}")))
    }
}

/// A tensor as it is held: halves as they are, everything else widened to f32.
fn read(content: &Content, bytes: &mut Cursor<&[u8]>, name: &str) -> candle_core::Result<Storage> {
    let tensor = content.tensor(bytes, name, &Device::Cpu)?;
    if tensor.dtype() == GgmlDType::F16 {
        let bytes = tensor.data()?;
        let halves = bytes.chunks_exact(2).map(|b| F16::from_bits(u16::from_le_bytes([b[0], b[1]])));
        return Ok(Storage::F16(halves.collect()));
    }
    Ok(Storage::F32(tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?))
}

impl TensorSource for GgufSource<'_> {
    fn get(&mut self, name: &str, shape: &[usize]) -> Result<Option<Storage>> {
        let Some(own) = gguf_name(name) else { return Ok(None) };
        let heads = match self.config.family {
            // Files of this family store queries and keys for the other pairing of the rotation, (2i, 2i+1).
            Family::Llama if own.contains("attn_q.") => self.config.heads,
            Family::Llama if own.contains("attn_k.") => self.config.kv_heads,
            _ => 0,
        };
        let storage = self.raw(&own, shape)?;
        let width = shape.iter().skip(1).product();
        Ok(storage.map(|storage| if heads > 0 { unpair(storage, heads, shape[0] / heads, width) } else { storage }))
    }
}

/// Brings each head's rows from pairs (0, d/2), (1, d/2 + 1), … back into plain order.
fn unpair(storage: Storage, heads: usize, dim: usize, width: usize) -> Storage {
    fn rows<T: Copy>(from: &[T], heads: usize, dim: usize, width: usize) -> Vec<T> {
        let mut to = Vec::with_capacity(from.len());
        for head in 0..heads {
            for row in 0..dim {
                let (half, index) = (row / (dim / 2), row % (dim / 2));
                let source = (head * dim + index * 2 + half) * width;
                to.extend_from_slice(&from[source..source + width]);
            }
        }
        to
    }
    match storage {
        Storage::F32(v) => Storage::F32(rows(&v, heads, dim, width)),
        Storage::F16(v) => Storage::F16(rows(&v, heads, dim, width)),
        Storage::Bf16(v) => Storage::Bf16(rows(&v, heads, dim, width)),
    }
}

fn damaged(file: &str, len: usize, reason: &dyn std::fmt::Display) -> Error {
    // Candle may append a backtrace; the first line says it all.
    let reason = reason.to_string();
    let first = reason.lines().next().unwrap_or_default();
    Error::WeightFile { file: file.into(), reason: format!("{first}; the file has {len} bytes") }
}

/// GGUF's name for a Hugging Face tensor.
pub fn gguf_name(name: &str) -> Option<String> {
    match name {
        "model.embed_tokens.weight" => return Some("token_embd.weight".into()),
        "model.norm.weight" => return Some("output_norm.weight".into()),
        "lm_head.weight" => return Some("output.weight".into()),
        _ => {}
    }
    let (layer, part) = name.strip_prefix("model.layers.")?.split_once('.')?;
    let (part, kind) = part.rsplit_once('.')?;
    let part = match part {
        "input_layernorm" => "attn_norm",
        "post_attention_layernorm" => "ffn_norm",
        "self_attn.q_proj" => "attn_q",
        "self_attn.k_proj" => "attn_k",
        "self_attn.v_proj" => "attn_v",
        "self_attn.o_proj" => "attn_output",
        "self_attn.q_norm" => "attn_q_norm",
        "self_attn.k_norm" => "attn_k_norm",
        "mlp.gate_proj" => "ffn_gate",
        "mlp.up_proj" => "ffn_up",
        "mlp.down_proj" => "ffn_down",
        _ => return None,
    };
    Some(format!("blk.{layer}.{part}.{kind}"))
}

struct Metadata<'a> {
    content: &'a Content,
    arch: &'a str,
}

impl Metadata<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.content.metadata.get(&format!("{}.{key}", self.arch))
    }

    fn size(&self, key: &str) -> Result<usize> {
        self.optional_size(key)
            .ok_or_else(|| Error::Config(format!("GGUF metadata has no whole number `{}.{key}`", self.arch)))
    }

    fn optional_size(&self, key: &str) -> Option<usize> {
        self.value(key).and_then(whole).and_then(|v| usize::try_from(v).ok())
    }

    fn number(&self, key: &str) -> Option<f64> {
        match self.value(key)? {
            Value::F32(v) => Some(f64::from(*v)),
            Value::F64(v) => Some(*v),
            _ => None,
        }
    }
}

fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::I32(v) => u64::try_from(*v).ok(),
        Value::I64(v) => u64::try_from(*v).ok(),
        other => other.to_u64().ok(),
    }
}

fn config(content: &Content) -> Result<ModelConfig> {
    let arch = match content.metadata.get("general.architecture") {
        Some(Value::String(name)) => name.as_str(),
        _ => return Err(Error::Config("GGUF metadata has no `general.architecture`".into())),
    };
    let family = Family::from_name(arch)?;
    let meta = Metadata { content, arch };
    let hidden_size = meta.size("embedding_length")?;
    let heads = meta.size("attention.head_count")?;
    let max_positions = meta.size("context_length")?;
    let head_dim = meta.optional_size("attention.key_length").unwrap_or(hidden_size / heads.max(1));
    if let Some(rotated) = meta.optional_size("rope.dimension_count").filter(|rotated| *rotated != head_dim) {
        return Err(Error::Config(format!("rotation of {rotated} of {head_dim} dimensions is not supported")));
    }
    let token_embedding = content.tensor_infos.get("token_embd.weight");
    let id = |key: &str| content.metadata.get(key).and_then(whole).and_then(|v| u32::try_from(v).ok());
    let tokenizer = content.metadata.get(TOKENIZER_KEY);
    ModelConfig {
        family,
        vocab_size: token_embedding.and_then(|info| info.shape.dims().first().copied()).unwrap_or_default(),
        hidden_size,
        intermediate_size: meta.size("feed_forward_length")?,
        layers: meta.size("block_count")?,
        heads,
        kv_heads: meta.optional_size("attention.head_count_kv").unwrap_or(heads),
        head_dim,
        rms_norm_eps: meta.number("attention.layer_norm_rms_epsilon").unwrap_or(1e-6) as f32,
        rope_theta: meta.number("rope.freq_base").unwrap_or(10_000.0),
        rope_scaling: rope_scaling(&meta, max_positions)?,
        max_positions,
        qkv_bias: content.tensor_infos.contains_key("blk.0.attn_q.bias"),
        output_bias: content.tensor_infos.contains_key("blk.0.attn_output.bias"),
        tied_head: !content.tensor_infos.contains_key("output.weight"),
        bos: id("tokenizer.ggml.bos_token_id"),
        eos: id("tokenizer.ggml.eos_token_id").into_iter().collect(),
        byte_tokenizer: matches!(tokenizer, Some(Value::String(kind)) if kind == "bytes"),
    }
    .checked()
}

fn rope_scaling(meta: &Metadata<'_>, max_positions: usize) -> Result<RopeScaling> {
    let kind = match meta.value("rope.scaling.type") {
        Some(Value::String(kind)) => kind.as_str(),
        _ => "none",
    };
    let factor = meta.number("rope.scaling.factor").unwrap_or(1.0);
    if !(factor >= 1.0 && factor.is_finite()) {
        return Err(Error::Config(format!("rope scaling factor is {factor}; at least 1 is needed")));
    }
    match kind {
        "none" => Ok(RopeScaling::None),
        "linear" => Ok(RopeScaling::Linear { factor }),
        "yarn" => Ok(RopeScaling::Yarn {
            factor,
            beta_fast: meta.number("rope.scaling.yarn_beta_fast").unwrap_or(32.0),
            beta_slow: meta.number("rope.scaling.yarn_beta_slow").unwrap_or(1.0),
            attention_factor: meta.number("rope.scaling.attn_factor"),
            original: meta.optional_size("rope.scaling.original_context_length").unwrap_or(max_positions).max(1),
        }),
        other => Err(Error::Config(format!("rope scaling `{other}` is not supported; linear and yarn are"))),
    }
}
