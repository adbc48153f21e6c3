//! `hanzo-worker bench`.

use super::{print_json, Outcome};
use crate::engine::EngineOptions;
use crate::hash::blake2_256;
use crate::model::config::{Family, ModelConfig, RopeScaling};
use crate::model::random::RandomSource;
use crate::model::source::LoadedModel;
use crate::model::weights::Weights;
use crate::tokenizer::Tokenizer;
use crate::{Cancel, CandleEngine, Engine, ModelSource, ProfileKind, Request, Schedule};
use clap::{Args, Subcommand};
use hanzo_poai::Decoding;
use rayon::prelude::*;
use serde::Serialize;
use sp_core::H256;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::Instant;

#[derive(Debug, Subcommand)]
pub(super) enum BenchCommand {
    /// Tokens per second of both profiles, against the memory bandwidth measured in the same run
    ///
    /// Two models: the tiny one, and random bfloat16 weights in the shape of Qwen3-0.6B. Producing a token reads every
    /// weight once, so bandwidth over bytes is the most a machine can do; the last column is the share of it reached.
    /// The tiny model fits into a cache: its share says little.
    Decode(DecodeArgs),
}

#[derive(Args, Debug)]
pub(super) struct DecodeArgs {
    /// Tokens to produce with the large shape; the tiny model produces eight times as many
    #[arg(long, value_name = "N", default_value_t = 24)]
    tokens: u32,
    /// Tokens of the prompt
    #[arg(long, value_name = "N", default_value_t = 64)]
    prompt: usize,
    /// Threads [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Leave out the Qwen3-0.6B shape (4 GB of memory)
    #[arg(long)]
    tiny_only: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    threads: usize,
    isa: &'static str,
    /// Bytes per second that all threads together read from memory.
    read_bandwidth: f64,
    runs: Vec<Run>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    model: &'static str,
    profile: ProfileKind,
    parameters: usize,
    /// Bytes of weights as the profile holds them.
    weight_bytes: usize,
    prefill_tokens_per_second: f64,
    decode_tokens_per_second: f64,
    /// Bytes of weights times tokens per second, over the bandwidth.
    share_of_bandwidth: f64,
}

pub(super) fn run(command: &BenchCommand, json: bool) -> anyhow::Result<Outcome> {
    let BenchCommand::Decode(args) = command;
    let threads = args.threads.unwrap_or(EngineOptions::default().threads);
    let read_bandwidth = bandwidth(threads.get())?;
    let mut runs = Vec::new();
    for profile in [ProfileKind::Replay, ProfileKind::Fast] {
        runs.push(measure("tiny", ModelSource::Tiny.load()?, profile, args.tokens * 8, args, read_bandwidth)?);
    }
    if !args.tiny_only {
        for profile in [ProfileKind::Replay, ProfileKind::Fast] {
            runs.push(measure("random qwen3-0.6b", qwen3_shape()?, profile, args.tokens, args, read_bandwidth)?);
        }
    }
    let report = Report { threads: threads.get(), isa: crate::kernels::Isa::best().name(), read_bandwidth, runs };
    if json {
        print_json(&report)?;
        return Ok(Outcome::Done);
    }
    println!("{} threads, {}, reading {:.1} GB/s", report.threads, report.isa, read_bandwidth / 1e9);
    println!("{:<20}{:<8}{:>12}{:>12}{:>12}", "model", "profile", "prefill t/s", "decode t/s", "of bound");
    for run in &report.runs {
        let profile = format!("{:?}", run.profile).to_lowercase();
        let (prefill, decode) = (run.prefill_tokens_per_second, run.decode_tokens_per_second);
        println!("{:<20}{profile:<8}{prefill:>12.1}{decode:>12.2}{:>11.0}%", run.model, run.share_of_bandwidth * 100.0);
    }
    Ok(Outcome::Done)
}

/// Bytes per second read by all threads from a buffer far larger than any cache, best of four passes.
fn bandwidth(threads: usize) -> anyhow::Result<f64> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let buffer: Vec<u64> = (0..1 << 26).collect();
    let pass = || {
        let start = Instant::now();
        let sum = buffer
            .par_chunks(1 << 20)
            .map(|c| c.iter().fold(0u64, |a, b| a.wrapping_add(*b)))
            .reduce(|| 0, u64::wrapping_add);
        std::hint::black_box(sum);
        (buffer.len() * 8) as f64 / start.elapsed().as_secs_f64()
    };
    Ok(pool.install(|| (0..4).map(|_| pass()).fold(0.0, f64::max)))
}

/// Random weights in the shape of Qwen3-0.6B.
fn qwen3_shape() -> anyhow::Result<LoadedModel> {
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

fn measure(
    name: &'static str,
    model: LoadedModel,
    profile: ProfileKind,
    tokens: u32,
    args: &DecodeArgs,
    bandwidth: f64,
) -> anyhow::Result<Run> {
    let parameters = model.weights.parameters();
    let stored = model.weights.bytes_per_token();
    // Candle holds every matrix as f32.
    let weight_bytes = match profile {
        ProfileKind::Replay => stored,
        ProfileKind::Fast => model.weights.head().storage().len() * 4 + layer_elements(&model.weights) * 4,
    };
    let threads = args.threads.unwrap_or(EngineOptions::default().threads);
    let mut config = model.config.clone();
    // The tiny model must not stop early.
    config.eos.clear();
    let model = LoadedModel { config, ..model };
    let engine = CandleEngine::from_model(model, &EngineOptions { profile, threads, ..EngineOptions::default() })?;
    let prompt: Vec<u32> = (0..args.prompt.max(1) as u32).map(|i| i % 250).collect();
    let decoding = Decoding { temperature_milli: 800, ..Decoding::greedy(tokens.max(2)) };
    let schedule = Schedule::default();
    let request =
        Request { prompt: &prompt, decoding: &decoding, seed: H256::zero(), factors: &[], grammar: None, schedule };
    let mut times = Vec::new();
    let start = Instant::now();
    engine.generate(&request, &Cancel::default(), &mut |_| {
        times.push(start.elapsed().as_secs_f64());
        ControlFlow::Continue(())
    })?;
    let (first, last) = (times.first().copied().unwrap_or(1.0), times.last().copied().unwrap_or(1.0));
    let decode = (times.len() - 1) as f64 / (last - first).max(1e-9);
    tracing::info!(name, ?profile, decode, "measured");
    Ok(Run {
        model: name,
        profile,
        parameters,
        weight_bytes,
        prefill_tokens_per_second: prompt.len() as f64 / first,
        decode_tokens_per_second: decode,
        share_of_bandwidth: decode * weight_bytes as f64 / bandwidth,
    })
}

fn layer_elements(weights: &Weights) -> usize {
    weights.matrices().map(|m| m.storage().len()).sum::<usize>()
        - weights.embedding.storage().len()
        - weights.head.as_ref().map_or(0, |head| head.storage().len())
}
