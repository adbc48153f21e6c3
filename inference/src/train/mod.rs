//! Trains the tiny model: a byte-level decoder of about a million parameters, on text at hand, on one thread, from a fixed seed.
//!
//! It exists so that every test and every first start has a real model to run, whose output looks like words.

mod optimizer;
mod text;

use crate::error::{Error, Result};
use crate::model::config::ModelConfig;
use crate::model::fast::FastDecoder;
use crate::model::load_safetensors::SafetensorsSource;
use crate::model::random::RandomSource;
use crate::model::source::content_hash;
use crate::model::weights::Weights;
use candle_core::{DType, Device, Tensor, Var, D};
use optimizer::AdamW;
use serde::Serialize;
use sp_core::H256;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
pub use text::Corpus;

/// The tiny model's shape, as committed.
pub const TINY_CONFIG: &str = include_str!("../../models/tiny/config.json");

/// Settings of a run. The same settings on the same text give the same weights on one machine.
#[derive(Clone, Debug, Serialize)]
pub struct Recipe {
    /// Seed of initial weights and of the order of the text.
    pub seed: u64,
    /// Optimiser steps.
    pub steps: usize,
    /// Sequences per step.
    pub batch: usize,
    /// Tokens per sequence.
    pub length: usize,
    /// Highest learning rate: reached after `warmup` steps, then a cosine down to a tenth.
    pub learning_rate: f64,
    /// Steps of linear warm-up.
    pub warmup: usize,
    /// Directory whose plain files, in order of name, are the text.
    pub text: PathBuf,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            seed: 2026,
            steps: 1200,
            batch: 12,
            length: 128,
            learning_rate: 3e-3,
            warmup: 60,
            text: "/usr/share/common-licenses".into(),
        }
    }
}

/// What a run gave.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The settings.
    pub recipe: Recipe,
    /// blake2-256 of the text.
    pub text_hash: H256,
    /// Bytes of text.
    pub text_bytes: usize,
    /// Parameters of the model.
    pub parameters: usize,
    /// Loss of the first step, nats per token.
    pub first_loss: f64,
    /// Mean loss of the last tenth of the steps, nats per token.
    pub last_loss: f64,
    /// Loss of the checkpoint, rounded to half precision, on text never trained on, nats per token.
    pub held_out_loss: f64,
    /// Seconds it took.
    pub seconds: f64,
    /// Content hash of the model.
    pub model_hash: H256,
}

/// Trains and writes `config.json` and `model.safetensors` to `out`.
pub fn train(recipe: &Recipe, out: &Path) -> Result<Report> {
    let start = Instant::now();
    let config = ModelConfig::from_json(TINY_CONFIG.as_bytes())?;
    let corpus = Corpus::read(&recipe.text)?;
    let weights = Weights::load(&config, &mut RandomSource::f32(recipe.seed))?;
    let device = Device::Cpu;
    let mut variables: Vec<(String, Var)> = Vec::new();
    let model = FastDecoder::with(&config, &weights, &device, &mut |name, values, shape| {
        let variable = Var::from_slice(values, shape, &device)?;
        variables.push((name.to_string(), variable.clone()));
        Ok(variable.as_tensor().clone())
    })?;
    let mut optimizer = AdamW::new(&variables)?;
    let mut batches = corpus.batches(recipe.seed, recipe.batch, recipe.length, &config);
    let mut losses = Vec::with_capacity(recipe.steps);
    for step in 0..recipe.steps {
        let loss = loss(&model, &batches.draw(), recipe.batch)?;
        let gradients = loss.backward()?;
        optimizer.step(&variables, &gradients, learning_rate(recipe, step))?;
        losses.push(f64::from(loss.to_scalar::<f32>()?));
        if step % 20 == 0 || step + 1 == recipe.steps {
            let recent = mean(&losses[losses.len().saturating_sub(20)..]);
            tracing::info!(step, loss = recent, seconds = start.elapsed().as_secs(), "training");
        }
    }
    let bytes = checkpoint(&variables)?;
    let held_out_loss = held_out(&config, &corpus, &bytes, recipe)?;
    for (name, bytes) in [("config.json", TINY_CONFIG.as_bytes()), ("model.safetensors", &bytes)] {
        std::fs::create_dir_all(out).map_err(|e| Error::io(out, e))?;
        std::fs::write(out.join(name), bytes).map_err(|e| Error::io(out.join(name), e))?;
    }
    Ok(Report {
        recipe: recipe.clone(),
        text_hash: corpus.hash(),
        text_bytes: corpus.len(),
        parameters: weights.parameters(),
        first_loss: losses.first().copied().unwrap_or_default(),
        last_loss: mean(&losses[losses.len() - losses.len().div_ceil(10)..]),
        held_out_loss,
        seconds: start.elapsed().as_secs_f64(),
        model_hash: content_hash([TINY_CONFIG.as_bytes(), &bytes]),
    })
}

/// Mean cross-entropy of predicting every token of sequences from those before it, nats.
fn loss(model: &FastDecoder, sequences: &[Vec<u32>], batch: usize) -> Result<Tensor> {
    let inputs: Vec<u32> = sequences.iter().flat_map(|s| s[..s.len() - 1].iter().copied()).collect();
    let targets: Vec<u32> = sequences.iter().flat_map(|s| s[1..].iter().copied()).collect();
    let logits = model.logits_of_batch(&inputs, batch)?;
    let targets = Tensor::from_vec(targets, (inputs.len(), 1), logits.device())?;
    let top = logits.max_keepdim(D::Minus1)?.detach();
    let shifted = logits.broadcast_sub(&top)?;
    let normaliser = shifted.exp()?.sum_keepdim(D::Minus1)?.log()?;
    let right = shifted.gather(&targets, 1)?;
    Ok((normaliser - right)?.mean_all()?)
}

fn learning_rate(recipe: &Recipe, step: usize) -> f64 {
    let warm = (step + 1) as f64 / recipe.warmup.max(1) as f64;
    let done = step.saturating_sub(recipe.warmup) as f64 / recipe.steps.saturating_sub(recipe.warmup).max(1) as f64;
    let cosine = 0.1 + 0.45 * (1.0 + libm::cos(std::f64::consts::PI * done));
    recipe.learning_rate * warm.min(1.0) * cosine
}

/// The checkpoint file: every tensor in half precision.
fn checkpoint(variables: &[(String, Var)]) -> Result<Vec<u8>> {
    let mut halves = HashMap::new();
    for (name, variable) in variables {
        halves.insert(name.clone(), variable.as_tensor().to_dtype(DType::F16)?);
    }
    safetensors::serialize(&halves, None)
        .map_err(|e| Error::WeightFile { file: "model.safetensors".into(), reason: e.to_string() })
}

fn held_out(config: &ModelConfig, corpus: &Corpus, checkpoint: &[u8], recipe: &Recipe) -> Result<f64> {
    let mut source = SafetensorsSource::new([("model.safetensors", checkpoint)])?;
    let weights = Weights::load(config, &mut source)?;
    let model = FastDecoder::new(config, &weights, &Device::Cpu)?;
    let mut batches = corpus.held_out(recipe.seed, recipe.batch, recipe.length, config);
    let losses = (0..8).map(|_| Ok(f64::from(loss(&model, &batches.draw(), recipe.batch)?.to_scalar::<f32>()?)));
    losses.collect::<Result<Vec<_>>>().map(|losses| mean(&losses))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
