//! Helpers of the tests: small random models, written out as files, and a decoder in plain f64.
#![allow(dead_code)]

pub mod allocation;
pub mod gguf;
pub mod jobs;
pub mod reference;

use hanzo_inference::model::config::{Family, ModelConfig, RopeScaling};
use hanzo_inference::model::weights::{Storage, TensorSource, Weights};
use hanzo_inference::tokenizer::Tokenizer;
use hanzo_inference::{CandleEngine, EngineOptions, ModelSource, ProfileKind, Request};
use hanzo_poai::Decoding;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::json;
use sp_core::H256;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

/// `ci` cases of a property in continuous integration. `HANZO_PROPTEST_CASES`, 2,000 there, scales them.
pub fn cases(ci: u32) -> proptest::prelude::ProptestConfig {
    let asked = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|v| v.parse().ok()).unwrap_or(2_000u64);
    let cases = u32::try_from(u64::from(ci) * asked / 2_000).unwrap_or(u32::MAX).max(1);
    proptest::prelude::ProptestConfig { cases, failure_persistence: None, ..Default::default() }
}

pub fn small_config(family: Family) -> ModelConfig {
    ModelConfig {
        family,
        vocab_size: 300,
        hidden_size: 40,
        intermediate_size: 56,
        layers: 2,
        heads: 4,
        kv_heads: 2,
        head_dim: 12,
        rms_norm_eps: 1e-5,
        rope_theta: 10_000.0,
        rope_scaling: RopeScaling::None,
        max_positions: 96,
        qkv_bias: family == Family::Qwen2,
        output_bias: false,
        tied_head: family == Family::Qwen2,
        bos: None,
        eos: vec![],
        byte_tokenizer: true,
    }
}

/// Random tensors by name, remembered so that every consumer sees the same ones.
pub struct Tensors {
    rng: ChaCha8Rng,
    pub made: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Tensors {
    pub fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), made: BTreeMap::new() }
    }

    /// All tensors of a configuration.
    pub fn of(config: &ModelConfig, seed: u64) -> Self {
        let mut tensors = Self::new(seed);
        Weights::load(config, &mut tensors).unwrap();
        tensors
    }

    pub fn get(&self, name: &str) -> &[f32] {
        &self.made[name].1
    }
}

impl TensorSource for Tensors {
    fn get(&mut self, name: &str, shape: &[usize]) -> hanzo_inference::Result<Option<Storage>> {
        let rng = &mut self.rng;
        let (_, values) = self.made.entry(name.into()).or_insert_with(|| {
            let center = if name.contains("norm") { 1.0 } else { 0.0 };
            let mut uniform = || (rng.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0;
            let values = (0..shape.iter().product()).map(|_| center + uniform() * 0.3).collect();
            (shape.to_vec(), values)
        });
        Ok(Some(Storage::F32(values.clone())))
    }
}

/// `config.json` of a configuration.
pub fn config_json(c: &ModelConfig) -> serde_json::Value {
    json!({
        "model_type": c.family.name(), "vocab_size": c.vocab_size, "hidden_size": c.hidden_size,
        "intermediate_size": c.intermediate_size, "num_hidden_layers": c.layers, "num_attention_heads": c.heads,
        "num_key_value_heads": c.kv_heads, "head_dim": c.head_dim, "hidden_act": "silu", "rms_norm_eps": c.rms_norm_eps,
        "rope_theta": c.rope_theta, "max_position_embeddings": c.max_positions, "tie_word_embeddings": c.tied_head,
        "hanzo_tokenizer": "bytes",
    })
}

/// Writes a model directory.
pub fn write_model(directory: &Path, config: &serde_json::Value, tensors: &Tensors) {
    std::fs::write(directory.join("config.json"), config.to_string()).unwrap();
    let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .made
        .iter()
        .map(|(name, (shape, v))| (name.clone(), shape.clone(), v.iter().flat_map(|x| x.to_le_bytes()).collect()))
        .collect();
    let views = bytes.iter().map(|(n, shape, b)| (n.clone(), TensorView::new(Dtype::F32, shape.clone(), b).unwrap()));
    let file = safetensors::serialize(views.collect::<BTreeMap<_, _>>(), None).unwrap();
    std::fs::write(directory.join("model.safetensors"), file).unwrap();
}

pub fn tiny(profile: ProfileKind, threads: usize) -> CandleEngine {
    engine(&ModelSource::Tiny, profile, threads)
}

/// The tiny model with another token, or none, before its prompts.
pub fn tiny_with_bos(bos: Option<u32>) -> CandleEngine {
    let mut model = ModelSource::Tiny.load().unwrap();
    model.tokenizer = Tokenizer::Bytes { bos };
    CandleEngine::from_model(model, &EngineOptions::default()).unwrap()
}

pub fn engine(source: &ModelSource, profile: ProfileKind, threads: usize) -> CandleEngine {
    let threads = NonZeroUsize::new(threads).unwrap();
    let options = EngineOptions { profile, threads, ..EngineOptions::default() };
    <CandleEngine as hanzo_inference::Engine>::load(source, &options).unwrap()
}

pub fn request<'a>(prompt: &'a [u32], decoding: &'a Decoding) -> Request<'a> {
    Request::new(prompt, decoding, H256::repeat_byte(7))
}

pub fn sampled(tokens: u32) -> Decoding {
    Decoding { temperature_milli: 1000, ..Decoding::greedy(tokens) }
}
