//! `hanzo-worker bench`.

mod compare;
mod detection;
mod memory;
mod weights;

use super::{print_json, Outcome};
use crate::engine::EngineOptions;
use crate::{ModelSource, ProfileKind};
use clap::{Args, Subcommand};
use compare::{compare, qwen3_shape, Run, Work};
use memory::Memory;
use serde::Serialize;
use std::num::NonZeroUsize;

#[derive(Debug, Subcommand)]
pub(super) enum BenchCommand {
    /// Tokens per second of both profiles, against the memory bandwidth measured in the same run
    ///
    /// Two models: the tiny one, and random bfloat16 weights in the shape of Qwen3-0.6B. Three ways to run each: the
    /// replay profile on the weights as stored, the replay profile on the same weights widened to f32, and the fast
    /// profile, which is plain Candle; Candle multiplies no bfloat16 on a CPU, so it holds f32. The three take turns, in
    /// an order that changes from round to round, and medians over the rounds are shown.
    ///
    /// Times are those of a whole generation: sampling and commitments are in them. Prefill is the prompt's tokens over
    /// the time to the first token; decode is what follows. Producing a token reads every weight once, so bandwidth over
    /// bytes is the most a machine can do ("bound"); keys and values, which are read as well, are left out of it. The
    /// tiny model fits into a cache: there the bound says little. "Extra time" compares with the fast profile in the
    /// same round.
    Decode(DecodeArgs),
    Detection(detection::DetectionArgs),
}

impl BenchCommand {
    /// Threads that a model runs on, by the command.
    pub(super) fn threads(&self) -> Option<NonZeroUsize> {
        match self {
            Self::Decode(args) => args.threads,
            // What comes out must not depend on the number of runs at a time.
            Self::Detection(_) => Some(NonZeroUsize::MIN),
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct DecodeArgs {
    /// Tokens to produce with the large shape; the tiny model produces eight times as many
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(2..4096))]
    tokens: u32,
    /// Tokens of the prompt
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..4096))]
    prompt: u32,
    /// Rounds that count with the large shape, ten times as many with the tiny model; one more goes before them
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..1000))]
    rounds: u32,
    /// Threads [default: one per core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Leave out the Qwen3-0.6B shape, which takes 8 GB of memory
    #[arg(long)]
    tiny_only: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    threads: usize,
    isa: &'static str,
    prompt_tokens: u32,
    /// Bytes per second that all threads together read from memory.
    read_bandwidth: f64,
    runs: Vec<Run>,
}

pub(super) fn run(command: &BenchCommand, json: bool) -> anyhow::Result<Outcome> {
    match command {
        BenchCommand::Decode(args) => decode(args, json),
        BenchCommand::Detection(args) => detection::run(args, json),
    }
}

fn decode(args: &DecodeArgs, json: bool) -> anyhow::Result<Outcome> {
    let threads = args.threads.unwrap_or(EngineOptions::default().threads);
    let mut memory = Memory::new(threads.get())?;
    memory.pass();
    let work = |tokens, rounds| Work { prompt: args.prompt, tokens, rounds, threads };
    let mut runs = compare("tiny", ModelSource::Tiny.load()?, work(args.tokens * 8, args.rounds * 10))?;
    memory.pass();
    if !args.tiny_only {
        runs.extend(compare("random qwen3-0.6b", qwen3_shape()?, work(args.tokens, args.rounds))?);
        memory.pass();
    }
    for run in &mut runs {
        run.bound_tokens_per_second = memory.best / run.weight_bytes as f64;
        run.share_of_bound = run.decode_tokens_per_second.median / run.bound_tokens_per_second;
    }
    let report = Report {
        threads: threads.get(),
        isa: crate::kernels::Isa::best().name(),
        prompt_tokens: args.prompt,
        read_bandwidth: memory.best,
        runs,
    };
    match json {
        true => print_json(&report)?,
        false => print_table(&report),
    }
    Ok(Outcome::Done)
}

fn print_table(report: &Report) {
    let Report { threads, isa, prompt_tokens, read_bandwidth, runs } = report;
    println!("{threads} threads, {isa}, reading {:.1} GB/s; prompt of {prompt_tokens} tokens", read_bandwidth / 1e9);
    println!("medians over all rounds; extra time is against the fast profile");
    let heads = ["prefill t/s", "extra time", "decode t/s", "extra time", "bound t/s", "of bound"];
    println!("{:<18} {:<7} {:<8}{}", "model", "profile", "weights", heads.map(|head| format!("{head:>12}")).concat());
    for run in runs {
        let profile = format!("{:?}", run.profile).to_lowercase();
        let (prefill, decode) = (run.prefill_tokens_per_second.median, run.decode_tokens_per_second.median);
        let extra = |time: f64| match run.profile {
            ProfileKind::Fast => String::new(),
            ProfileKind::Replay => format!("{:+.0}%", time * 100.0),
        };
        println!(
            "{:<18} {profile:<7} {:<8}{prefill:>12.1}{:>12}{decode:>12.2}{:>12}{:>12.1}{:>11.0}%",
            run.model,
            run.weights,
            extra(run.prefill_extra_time),
            extra(run.decode_extra_time),
            run.bound_tokens_per_second,
            run.share_of_bound * 100.0
        );
    }
}
