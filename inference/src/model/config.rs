//! Shape of a model, read from a Hugging Face `config.json`.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A family of decoders that differ in small ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// No bias on queries, keys and values unless the configuration says so.
    Llama,
    /// Bias on queries, keys and values.
    Qwen2,
    /// Queries and keys are normalised head by head before the rotation.
    Qwen3,
}

impl Family {
    /// The name used by `config.json` and GGUF.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
        }
    }

    /// The family of a name.
    pub fn from_name(name: &str) -> Result<Self> {
        [Self::Llama, Self::Qwen2, Self::Qwen3]
            .into_iter()
            .find(|family| family.name() == name)
            .ok_or_else(|| Error::Config(format!("model type `{name}` is not supported; llama, qwen2 and qwen3 are")))
    }
}

/// How rotary frequencies are stretched for contexts longer than those trained on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum RopeScaling {
    /// Not at all.
    None,
    /// All frequencies divided by a factor.
    Linear {
        /// The factor.
        factor: f64,
    },
    /// By wavelength, as Llama 3.1 does.
    Llama3 {
        /// Division of the longest waves.
        factor: f64,
        /// Waves longer than the original context over this are divided in full.
        low_freq_factor: f64,
        /// Waves shorter than the original context over this are left.
        high_freq_factor: f64,
        /// Positions of the original context.
        original: usize,
    },
    /// YaRN (arXiv 2309.00071).
    Yarn {
        /// Division of the longest waves.
        factor: f64,
        /// Turns over the original context above which a wave is left.
        beta_fast: f64,
        /// Turns below which it is divided in full.
        beta_slow: f64,
        /// Factor on sine and cosine, if not the usual 0.1·ln(factor) + 1.
        attention_factor: Option<f64>,
        /// Positions of the original context.
        original: usize,
    },
}

/// Shape of a decoder-only transformer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// Its family.
    pub family: Family,
    /// Number of token ids.
    pub vocab_size: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Width of the feed-forward network.
    pub intermediate_size: usize,
    /// Number of layers.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads`.
    pub kv_heads: usize,
    /// Width of a head, even.
    pub head_dim: usize,
    /// ε of every normalisation.
    pub rms_norm_eps: f32,
    /// Base θ of the rotary frequencies.
    pub rope_theta: f64,
    /// How they are stretched.
    pub rope_scaling: RopeScaling,
    /// Longest sequence, tokens.
    pub max_positions: usize,
    /// Whether queries, keys and values have a bias.
    pub qkv_bias: bool,
    /// Whether the attention's output has a bias.
    pub output_bias: bool,
    /// Whether the head is the embedding.
    pub tied_head: bool,
    /// Token put before a prompt, if the tokenizer does not do it.
    pub bos: Option<u32>,
    /// Tokens that end an output.
    pub eos: Vec<u32>,
    /// Whether text is taken byte by byte (ids 0 to 255) rather than by a `tokenizer.json`.
    pub byte_tokenizer: bool,
}

impl ModelConfig {
    /// Reads a `config.json`.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let json: Value =
            serde_json::from_slice(bytes).map_err(|e| Error::Config(format!("config.json is not JSON: {e}")))?;
        let fields = Fields(&json);
        let family = Family::from_name(fields.0["model_type"].as_str().unwrap_or_default())?;
        let hidden_size = fields.size("hidden_size")?;
        let heads = fields.size("num_attention_heads")?;
        let head_dim = match fields.optional_size("head_dim")? {
            Some(dim) => dim,
            None if heads > 0 => hidden_size / heads,
            None => 0,
        };
        let attention_bias = fields.flag("attention_bias");
        for (field, what) in
            [("mlp_bias", "bias in the feed-forward network"), ("use_sliding_window", "sliding window")]
        {
            if fields.flag(field) {
                return Err(Error::Config(format!("`{field}` is true: a {what} is not supported")));
            }
        }
        if let Some(act) = json["hidden_act"].as_str().filter(|act| *act != "silu") {
            return Err(Error::Config(format!("hidden_act `{act}` is not supported; silu is")));
        }
        let max_positions = fields.size("max_position_embeddings")?;
        let config = Self {
            family,
            vocab_size: fields.size("vocab_size")?,
            hidden_size,
            intermediate_size: fields.size("intermediate_size")?,
            layers: fields.size("num_hidden_layers")?,
            heads,
            kv_heads: fields.optional_size("num_key_value_heads")?.unwrap_or(heads),
            head_dim,
            rms_norm_eps: fields.number("rms_norm_eps").unwrap_or(1e-6) as f32,
            rope_theta: fields
                .number("rope_theta")
                .or_else(|| Fields(&json["rope_parameters"]).number("rope_theta"))
                .unwrap_or(10_000.0),
            rope_scaling: rope_scaling(&json, max_positions)?,
            max_positions,
            qkv_bias: family == Family::Qwen2 || attention_bias,
            output_bias: attention_bias && family != Family::Qwen2,
            tied_head: fields.flag("tie_word_embeddings"),
            bos: json["bos_token_id"].as_u64().and_then(|id| u32::try_from(id).ok()),
            eos: ids(&json["eos_token_id"]),
            byte_tokenizer: json["hanzo_tokenizer"].as_str() == Some("bytes"),
        };
        config.checked()
    }

    /// The same configuration if every number is within bounds.
    pub fn checked(self) -> Result<Self> {
        let bounds = [
            ("vocab_size", self.vocab_size, 2, 1 << 21),
            ("hidden_size", self.hidden_size, 1, 1 << 17),
            ("intermediate_size", self.intermediate_size, 1, 1 << 19),
            ("num_hidden_layers", self.layers, 1, 1 << 10),
            ("num_attention_heads", self.heads, 1, 1 << 10),
            ("num_key_value_heads", self.kv_heads, 1, 1 << 10),
            ("head_dim", self.head_dim, 2, 1 << 10),
            ("max_position_embeddings", self.max_positions, 1, 1 << 24),
        ];
        for (name, value, low, high) in bounds {
            if !(low..=high).contains(&value) {
                return Err(Error::Config(format!("{name} is {value}; it must lie between {low} and {high}")));
            }
        }
        if self.head_dim % 2 == 1 {
            return Err(Error::Config(format!("head_dim is {}; it must be even", self.head_dim)));
        }
        if !self.heads.is_multiple_of(self.kv_heads) {
            let (heads, kv) = (self.heads, self.kv_heads);
            return Err(Error::Config(format!(
                "num_attention_heads {heads} is not a multiple of num_key_value_heads {kv}"
            )));
        }
        if !(self.rms_norm_eps > 0.0 && self.rms_norm_eps < 1.0) {
            return Err(Error::Config(format!("rms_norm_eps is {}; it must lie between 0 and 1", self.rms_norm_eps)));
        }
        if !(self.rope_theta > 1.0 && self.rope_theta.is_finite()) {
            return Err(Error::Config(format!("rope_theta is {}; it must be finite and above 1", self.rope_theta)));
        }
        if let Some(id) = self.eos.iter().chain(&self.bos).find(|id| **id as usize >= self.vocab_size) {
            return Err(Error::Config(format!("special token {id} is outside a vocabulary of {}", self.vocab_size)));
        }
        if self.byte_tokenizer && self.vocab_size < 256 {
            return Err(Error::Config(format!("a byte tokenizer needs 256 ids, vocab_size is {}", self.vocab_size)));
        }
        Ok(self)
    }

    /// Width of all query heads together.
    pub const fn query_width(&self) -> usize {
        self.heads * self.head_dim
    }

    /// Width of all key heads together.
    pub const fn kv_width(&self) -> usize {
        self.kv_heads * self.head_dim
    }

    /// What the keys and values of one position take in memory, bytes.
    pub const fn kv_bytes(&self) -> usize {
        2 * size_of::<f32>() * self.layers * self.kv_width()
    }
}

struct Fields<'a>(&'a Value);

impl Fields<'_> {
    fn size(&self, name: &str) -> Result<usize> {
        self.optional_size(name)?.ok_or_else(|| Error::Config(format!("config.json has no `{name}`")))
    }

    fn optional_size(&self, name: &str) -> Result<Option<usize>> {
        match &self.0[name] {
            Value::Null => Ok(None),
            value => {
                value.as_u64().and_then(|v| usize::try_from(v).ok()).map(Some).ok_or_else(|| {
                    Error::Config(format!("`{name}` is {value}; a whole number of at least 0 is needed"))
                })
            }
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.0[name].as_f64()
    }

    fn flag(&self, name: &str) -> bool {
        self.0[name].as_bool().unwrap_or(false)
    }
}

fn ids(value: &Value) -> Vec<u32> {
    let id = |v: &Value| v.as_u64().and_then(|id| u32::try_from(id).ok());
    match value {
        Value::Array(values) => values.iter().filter_map(id).collect(),
        one => id(one).into_iter().collect(),
    }
}

fn rope_scaling(json: &Value, max_positions: usize) -> Result<RopeScaling> {
    let scaling = if json["rope_scaling"].is_object() { &json["rope_scaling"] } else { &json["rope_parameters"] };
    let kind = scaling["rope_type"].as_str().or(scaling["type"].as_str()).unwrap_or("default");
    let fields = Fields(scaling);
    let factor = || match fields.number("factor") {
        Some(factor) if factor >= 1.0 && factor.is_finite() => Ok(factor),
        other => Err(Error::Config(format!("rope scaling `{kind}` needs a factor of at least 1, found {other:?}"))),
    };
    let original = fields.optional_size("original_max_position_embeddings")?.unwrap_or(max_positions).max(1);
    match kind {
        "default" => Ok(RopeScaling::None),
        "linear" => Ok(RopeScaling::Linear { factor: factor()? }),
        "llama3" => {
            let low = fields.number("low_freq_factor").unwrap_or(1.0);
            let high = fields.number("high_freq_factor").unwrap_or(4.0);
            if !(low > 0.0 && high > low) {
                return Err(Error::Config(format!(
                    "rope scaling `llama3` needs 0 < low < high, found {low} and {high}"
                )));
            }
            Ok(RopeScaling::Llama3 { factor: factor()?, low_freq_factor: low, high_freq_factor: high, original })
        }
        "yarn" => Ok(RopeScaling::Yarn {
            factor: factor()?,
            beta_fast: fields.number("beta_fast").unwrap_or(32.0),
            beta_slow: fields.number("beta_slow").unwrap_or(1.0),
            attention_factor: fields.number("attention_factor"),
            original,
        }),
        other => Err(Error::Config(format!("rope scaling `{other}` is not supported; linear, llama3 and yarn are"))),
    }
}
