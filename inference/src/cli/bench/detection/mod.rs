//! `hanzo-worker bench detection`: how often cheating is seen, and how often honest work is called bad.

mod attacks;
mod calibrate;
mod kept;
mod observe;
mod plot;
mod table;
mod worker;

use super::super::{print_json, Outcome};
use crate::verify::limits::{LENGTHS, WINDOW_FALSE_POSITIVES};
use crate::verify::statistics::upper_bound;
use crate::verify::Limits;
use crate::{CandleEngine, Engine, EngineOptions, ProfileKind};
use anyhow::Context;
use attacks::{Attack, ATTACKS};
use calibrate::{calibrated, decoding, CHUNKS, DECODINGS};
use clap::Args;
use kept::Kept;
use observe::{Job, Observed, Prints, TOKENS};
use rayon::prelude::*;
use serde::Serialize;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use worker::{Model, Worker};

/// Runs counted after each of the lengths.
type Counts = [u64; LENGTHS.len()];

/// Runs done between two writes to what is kept.
const BLOCK: u64 = 50;

/// Confidence of every bound.
const CONFIDENCE: f64 = 0.95;

/// Detection of cheating by replay against the number of tokens, and false positives on honest work (docs/detection.md)
///
/// Everything runs on the tiny model, on 128 output tokens after prompts of 16 to 96 tokens of text and exercises.
///
/// First honest runs of other numerics than the verifier's (Candle in f32 with three cuts of the prompt; the same on weights
/// rounded to bfloat16) give limits: twice the largest sum of gaps and the largest fingerprint differences seen. The program
/// has those of the committed figures built in; the table shows both. Then other honest runs, which no limit was taken from,
/// are judged by the limits built in: the rate at which they are called bad is the false-positive rate, given with a
/// one-sided Clopper–Pearson bound at 95 %. Last come the attacks, all on the same jobs, judged by the exact test and within
/// both limits.
///
/// The result depends on --seed and the numbers of runs alone, on one kind of machine; what Candle adds up differs between
/// instruction sets. About 20 minutes on one idle core by default; --threads does runs side by side.
#[derive(Args, Debug)]
pub(in crate::cli) struct DetectionArgs {
    /// Runs of each attack
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..1_000_000))]
    runs: u64,
    /// Honest runs of each numerics that are judged; a quarter of it of the replay profile
    #[arg(long, value_name = "N", default_value_t = 4_000, value_parser = clap::value_parser!(u64).range(1..1_000_000))]
    honest: u64,
    /// Honest runs of each numerics that limits are taken from
    #[arg(long, value_name = "N", default_value_t = 3_000, value_parser = clap::value_parser!(u64).range(1..1_000_000))]
    calibration: u64,
    /// Seed of all jobs
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Keep what each run shows in this directory, and take from there what an interrupted command of the same seed left.
    /// Empty it when engine or attacks have changed
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Write the plot to this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Runs side by side [default: 1]
    #[arg(long, value_name = "N", default_value = "1")]
    threads: NonZeroUsize,
}

/// Honest work of one kind, judged by one test.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Honest {
    work: &'static str,
    test: &'static str,
    runs: u64,
    /// Share of tokens that are not the verifier's choice.
    mismatched: f64,
    /// Largest gap of a token, nats.
    largest_gap: f64,
    /// Runs called bad after each of the lengths.
    bad: Counts,
    /// Upper bound on the rate, from the length with most.
    bound: f64,
}

/// Runs of one attack that each test calls bad after each of the lengths.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detected {
    attack: &'static str,
    family: &'static str,
    exact: Counts,
    f32: Counts,
    bf16: Counts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    model: sp_core::H256,
    isa: &'static str,
    seed: u64,
    lengths: [usize; LENGTHS.len()],
    calibration_runs: u64,
    /// From the runs of this command.
    calibrated: [Limits; 2],
    /// Built in.
    in_force: [Limits; 2],
    honest: Vec<Honest>,
    runs: u64,
    detected: Vec<Detected>,
}

/// Numerics of honest work.
#[derive(Clone, Copy)]
enum Numerics {
    Replay,
    F32,
    Bf16,
}

impl Numerics {
    const fn name(self) -> &'static str {
        match self {
            Self::Replay => "replay profile",
            Self::F32 => "fast profile, f32",
            Self::Bf16 => "fast profile, weights in bf16",
        }
    }

    fn worker(self) -> anyhow::Result<Worker> {
        match self {
            Self::Replay => Worker::new(Model::True, ProfileKind::Replay),
            Self::F32 => Worker::new(Model::True, ProfileKind::Fast),
            Self::Bf16 => Worker::new(Model::Bf16, ProfileKind::Fast),
        }
    }
}

/// What all measurements share.
struct Bench {
    seed: u64,
    keep: Option<PathBuf>,
    pool: rayon::ThreadPool,
    /// One for each thread: an engine does one thing at a time.
    verifiers: Vec<CandleEngine>,
}

impl Bench {
    fn new(args: &DetectionArgs) -> anyhow::Result<Self> {
        let threads = args.threads.get();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let options = EngineOptions { threads: NonZeroUsize::MIN, ..EngineOptions::default() };
        let verifier = |_| Ok(CandleEngine::from_model(Model::True.load()?, &options)?);
        Ok(Self {
            seed: args.seed,
            keep: args.keep.clone(),
            pool,
            verifiers: (0..threads).map(verifier).collect::<anyhow::Result<_>>()?,
        })
    }

    /// Does something for each number below `count`; the results are in order. What was kept under that name is not done
    /// again.
    fn each(
        &self,
        name: &str,
        count: u64,
        work: impl Fn(u64, &CandleEngine) -> crate::Result<Observed> + Sync,
    ) -> anyhow::Result<Vec<Observed>> {
        let one = |index| {
            let thread = rayon::current_thread_index().unwrap_or(0);
            work(index, &self.verifiers[thread % self.verifiers.len()])
        };
        let mut kept = Kept::open(self.keep.as_deref(), &format!("{name}, seed {}", self.seed), count)?;
        while (kept.runs.len() as u64) < count {
            let from = kept.runs.len() as u64;
            let block = from..count.min(from + BLOCK);
            let new: crate::Result<Vec<Observed>> = self.pool.install(|| block.into_par_iter().map(one).collect());
            kept.add(new?)?;
        }
        Ok(kept.runs)
    }

    /// Honest runs: every way of decoding with every cut of the prompt.
    fn honest(&self, series: &str, numerics: Numerics, count: u64) -> anyhow::Result<Vec<Observed>> {
        tracing::info!(series, work = numerics.name(), runs = count, "honest");
        let worker = numerics.worker()?;
        let observed = self.each(&format!("{series}, {}", numerics.name()), count, |index, verifier| {
            let place = index as usize;
            let job = Job::draw(series, self.seed, index, decoding(place % DECODINGS), verifier);
            let served = job.ask(&worker, CHUNKS[place / DECODINGS % CHUNKS.len()])?;
            Observed::new(verifier, &job, &served, Prints::Own)
        })?;
        Ok(observed)
    }

    fn attack(&self, attack: &Attack, count: u64) -> anyhow::Result<Detected> {
        tracing::info!(attack = attack.name, runs = count, "attack");
        let worker = Worker::new(attack.model, ProfileKind::Replay)?;
        let observed = self.each(attack.name, count, |index, verifier| {
            let draw = |series| Job::draw(series, self.seed, index, attack.decoding(), verifier);
            let vocabulary = verifier.config().vocab_size;
            attack.observe(&draw("attacked"), &draw("earlier"), &worker, verifier, vocabulary)
        })?;
        Ok(Detected {
            attack: attack.name,
            family: attack.family.title(),
            exact: counted(&observed, |run, tokens| run.is_bad_exactly(tokens)),
            f32: counted(&observed, |run, tokens| run.is_bad_within(tokens, &Limits::F32)),
            bf16: counted(&observed, |run, tokens| run.is_bad_within(tokens, &Limits::BF16)),
        })
    }
}

/// Runs that a test calls bad, by the number of tokens it is given.
fn counted(runs: &[Observed], is_bad: impl Fn(&Observed, usize) -> bool) -> Counts {
    LENGTHS.map(|tokens| runs.iter().filter(|run| is_bad(run, tokens)).count() as u64)
}

fn judged(work: Numerics, test: &'static str, runs: &[Observed], is_bad: impl Fn(&Observed, usize) -> bool) -> Honest {
    let mismatched: usize = runs.iter().map(|run| run.mismatched.iter().filter(|other| **other).count()).sum();
    let bad = counted(runs, is_bad);
    let count = runs.len() as u64;
    Honest {
        work: work.name(),
        test,
        runs: count,
        mismatched: mismatched as f64 / (runs.len() * TOKENS) as f64,
        largest_gap: runs.iter().flat_map(|run| &run.gaps).copied().fold(0.0, f64::max),
        bad,
        bound: upper_bound(bad.iter().copied().max().unwrap_or(0), count, CONFIDENCE),
    }
}

pub(super) fn run(args: &DetectionArgs, json: bool) -> anyhow::Result<Outcome> {
    let bench = Bench::new(args)?;
    let calibrate = |numerics, limits: Limits| -> anyhow::Result<Limits> {
        Ok(calibrated(&bench.honest("calibration", numerics, args.calibration)?, limits.numerics))
    };
    let calibrated = [calibrate(Numerics::F32, Limits::F32)?, calibrate(Numerics::Bf16, Limits::BF16)?];
    let in_force = [Limits::F32, Limits::BF16];
    let mut honest = Vec::new();
    for numerics in [Numerics::Replay, Numerics::F32, Numerics::Bf16] {
        let count = match numerics {
            // Nothing but a defect could make a difference there.
            Numerics::Replay => args.honest.div_ceil(4),
            Numerics::F32 | Numerics::Bf16 => args.honest,
        };
        let runs = bench.honest("held out", numerics, count)?;
        if matches!(numerics, Numerics::Replay) {
            honest.push(judged(numerics, "exact", &runs, |run, tokens| run.is_bad_exactly(tokens)));
        }
        for limits in in_force {
            honest.push(judged(numerics, limits.numerics, &runs, |run, tokens| run.is_bad_within(tokens, &limits)));
        }
    }
    let detected = ATTACKS.iter().map(|attack| bench.attack(attack, args.runs)).collect::<anyhow::Result<_>>()?;
    let report = Report {
        model: bench.verifiers[0].model_hash(),
        isa: crate::kernels::Isa::best().name(),
        seed: args.seed,
        lengths: LENGTHS,
        calibration_runs: args.calibration,
        calibrated,
        in_force,
        honest,
        runs: args.runs,
        detected,
    };
    if let Some(path) = &args.svg {
        std::fs::write(path, plot::svg(&report)).with_context(|| path.display().to_string())?;
    }
    match json {
        true => print_json(&report)?,
        false => print!("{}", table::markdown(&report)),
    }
    warn(&report);
    Ok(Outcome::Done)
}

/// Says so where this machine's honest work is not what the limits were taken from.
fn warn(report: &Report) {
    for honest in &report.honest {
        let own = matches!((honest.work, honest.test), (_, "exact"))
            || honest.work == Numerics::F32.name() && honest.test == Limits::F32.numerics
            || honest.work == Numerics::Bf16.name() && honest.test == Limits::BF16.numerics;
        let bound = if honest.test == "exact" { 0.0 } else { WINDOW_FALSE_POSITIVES };
        let bad = honest.bad.iter().copied().max().unwrap_or(0);
        if own && bad as f64 > bound * honest.runs as f64 {
            let (work, test, runs) = (honest.work, honest.test, honest.runs);
            tracing::warn!(work, test, bad, runs, "more honest runs are called bad than the limits were measured for");
        }
    }
}
