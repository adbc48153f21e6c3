//! Two profiles and two widths of weights, by turns.

use super::weights::widened;
use crate::engine::EngineOptions;
use crate::hash::blake2_256;
use crate::model::config::{Family, ModelConfig, RopeScaling};
use crate::model::random::RandomSource;
use crate::model::source::LoadedModel;
use crate::model::weights::Weights;
use crate::tokenizer::Tokenizer;
use crate::{Cancel, CandleEngine, Engine, ProfileKind, Request};
use hanzo_poai::Decoding;
use serde::Serialize;
use sp_core::H256;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::Instant;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub(super) model: &'static str,
    pub(super) profile: ProfileKind,
    /// Element type of the weights as they lie in memory.
    pub(super) weights: &'static str,
    pub(super) parameters: usize,
    /// Bytes of weights read per token.
    pub(super) weight_bytes: usize,
    pub(super) output_tokens: u32,
    /// Rounds that count.
    pub(super) rounds: u32,
    pub(super) prefill_tokens_per_second: Spread,
    pub(super) decode_tokens_per_second: Spread,
    /// Bandwidth over bytes: tokens per second that memory allows.
    pub(super) bound_tokens_per_second: f64,
    /// Median of decode over that bound.
    pub(super) share_of_bound: f64,
    /// Time over the fast profile's, less one; median over the rounds. Below zero where the fast profile is slower.
    pub(super) prefill_extra_time: f64,
    pub(super) decode_extra_time: f64,
}

#[derive(Clone, Copy, Serialize)]
pub(super) struct Spread {
    pub(super) min: f64,
    pub(super) median: f64,
    pub(super) max: f64,
}

impl Spread {
    /// Of at least one value.
    fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len() - 1;
        Self { min: sorted[0], median: (sorted[last / 2] + sorted[last.div_ceil(2)]) / 2.0, max: sorted[last] }
    }
}

/// How much is done in a run.
#[derive(Clone, Copy)]
pub(super) struct Work {
    /// Tokens of the prompt.
    pub(super) prompt: u32,
    /// Tokens to produce.
    pub(super) tokens: u32,
    /// Rounds that count; one more goes before them.
    pub(super) rounds: u32,
    pub(super) threads: NonZeroUsize,
}

/// Random weights in the shape of Qwen3-0.6B.
pub(super) fn qwen3_shape() -> anyhow::Result<LoadedModel> {
    let config = ModelConfig {
        family: Family::Qwen3,
        vocab_size: 151_936,
        hidden_size: 1024,
        intermediate_size: 3072,
        layers: 28,
        heads: 16,
        kv_heads: 8,
        head_dim: 128,
        rms_norm_eps: 1e-6,
        rope_theta: 1e6,
        rope_scaling: RopeScaling::None,
        max_positions: 40_960,
        qkv_bias: false,
        output_bias: false,
        tied_head: true,
        bos: None,
        eos: Vec::new(),
        byte_tokenizer: false,
    };
    let weights = Weights::load(&config, &mut RandomSource::bf16(1))?;
    let hash = blake2_256(b"random qwen3-0.6b");
    Ok(LoadedModel { hash, config, weights, tokenizer: Tokenizer::Missing, files: Vec::new() })
}

/// One way to run a model, and the seconds it took to the first token and per further token, round by round.
struct Contender {
    profile: ProfileKind,
    weights: &'static str,
    weight_bytes: usize,
    engine: CandleEngine,
    seconds: Vec<(f64, f64)>,
}

impl Contender {
    fn new(model: LoadedModel, profile: ProfileKind, threads: NonZeroUsize) -> anyhow::Result<Self> {
        let (weights, weight_bytes) = (model.weights.head().storage().dtype(), model.weights.bytes_per_token());
        let engine = CandleEngine::from_model(model, &EngineOptions { profile, threads, ..EngineOptions::default() })?;
        Ok(Self { profile, weights, weight_bytes, engine, seconds: Vec::new() })
    }

    /// Seconds to the first token, and per further token.
    fn generate(&self, work: &Work) -> anyhow::Result<(f64, f64)> {
        let prompt: Vec<u32> = (0..work.prompt).map(|i| i % 250).collect();
        let decoding = Decoding { temperature_milli: 800, ..Decoding::greedy(work.tokens) };
        let request = Request::new(&prompt, &decoding, H256::zero());
        let mut times = Vec::new();
        let start = Instant::now();
        self.engine.generate(&request, &Cancel::default(), &mut |_| {
            times.push(start.elapsed().as_secs_f64());
            ControlFlow::Continue(())
        })?;
        let [first, .., last] = times[..] else { anyhow::bail!("{} tokens came: too few to measure", times.len()) };
        Ok((first, (last - first) / (times.len() - 1) as f64))
    }
}

/// Runs a model in all three ways by turns. The runs' bounds are left for when the bandwidth is known.
pub(super) fn compare(name: &'static str, mut model: LoadedModel, work: Work) -> anyhow::Result<Vec<Run>> {
    let Work { prompt, tokens, rounds, threads } = work;
    tracing::info!(model = name, prompt, tokens, rounds, "measuring");
    // No output may stop early.
    model.config.eos.clear();
    let parameters = model.weights.parameters();
    let wide = Contender::new(widened(model.clone())?, ProfileKind::Replay, threads)?;
    // Candle's decoder widens by itself.
    let fast = Contender::new(model.clone(), ProfileKind::Fast, threads)?;
    let fast = Contender { weights: wide.weights, weight_bytes: wide.weight_bytes, ..fast };
    let mut contenders = [Contender::new(model, ProfileKind::Replay, threads)?, wide, fast];
    for round in 0..=rounds as usize {
        for turn in 0..contenders.len() {
            let contender = &mut contenders[(round + turn) % 3];
            let (first, further) = contender.generate(&work)?;
            if round > 0 {
                contender.seconds.push((first, further));
            }
            let (profile, weights) = (contender.profile, contender.weights);
            tracing::debug!(round, ?profile, weights, first, further, "seconds");
        }
    }
    let fast = contenders[2].seconds.clone();
    let run = |contender: Contender| {
        let pairs = || contender.seconds.iter().zip(&fast);
        Run {
            model: name,
            profile: contender.profile,
            weights: contender.weights,
            parameters,
            weight_bytes: contender.weight_bytes,
            output_tokens: tokens,
            rounds,
            prefill_tokens_per_second: Spread::of(contender.seconds.iter().map(|s| f64::from(prompt) / s.0)),
            decode_tokens_per_second: Spread::of(contender.seconds.iter().map(|s| 1.0 / s.1)),
            bound_tokens_per_second: 0.0,
            share_of_bound: 0.0,
            prefill_extra_time: Spread::of(pairs().map(|(own, fast)| own.0 / fast.0 - 1.0)).median,
            decode_extra_time: Spread::of(pairs().map(|(own, fast)| own.1 / fast.1 - 1.0)).median,
        }
    };
    Ok(contenders.into_iter().map(run).collect())
}
