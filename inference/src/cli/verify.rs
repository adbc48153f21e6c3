//! `hanzo-worker verify`: a verifier's look at claimed work.

use super::connect::{block_on, parse_hash, NodeArgs};
use super::job::evidence::gather;
use super::job::KeyArgs;
use super::replay::read;
use super::{print_json, ModelArg, Outcome, ScheduleArgs};
use crate::verify::{word, Checked, Finding, Limits, Places, Test};
use crate::{Cancel, CandleEngine, Engine, EngineOptions};
use anyhow::ensure;
use clap::{Args, ValueEnum};
use hanzo_poai::committee::Score;
use hanzo_poai::{positions, JobId};
use serde::Serialize;
use sp_core::H256;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Check claimed work by replay: score, why, and the digest that a committee's member votes with
///
/// The claimed tokens go through the model once, after the prompt; at each position the sampler, with the job's seed, says
/// which token it would have chosen. Work of the replay profile must be the same to the bit. Other work is compared within
/// limits that honest work was measured to keep: how far the logits would have to move for the claimed tokens, and how far
/// fingerprints lie apart. Error rates are in docs/detection.md. The verifier itself always runs the replay profile.
///
/// A receipt is checked as it stands. Of a job, the chain has roots, seed and counts and the nodes prompt and output; the
/// tokens are the output's, or those that the seed gives, whichever have the attested root. Work of another profile that has
/// neither takes the worker's receipt (--receipt), and so do its fingerprints, of which the chain has only the root.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct VerifyArgs {
    /// A receipt (a file that `generate --receipt` wrote, or a result from a worker's base path), or the number of a job
    #[arg(value_name = "RECEIPT|JOB")]
    work: String,
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    model: ModelArg,
    /// Threads [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    schedule: ScheduleArgs,
    /// The numerics that work of another profile is forgiven
    #[arg(long, value_enum, default_value = "f32")]
    numerics: Numerics,
    /// With the number of a job: the worker's receipt for it, which must have the attested roots
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
    /// Seed of the positions that a committee looks at, 32 bytes in hexadecimal: prints the digest to vote with
    #[arg(long, value_name = "SEED", value_parser = parse_hash)]
    positions_seed: Option<H256>,
    /// With a receipt and --positions-seed: the number of its job, which the digest is bound to
    #[arg(long, value_name = "JOB")]
    job: Option<JobId>,
}

const EXAMPLES: &str = "\
Examples:
  hanzo-worker generate --prompt 'You may' --temperature 1 --seed 0x2a --receipt receipt.json
  hanzo-worker verify receipt.json
  hanzo-worker verify 12 --node ws://127.0.0.1:9944 --json
  hanzo-worker verify 12 --positions-seed 0x6b1d2a0e47c95f3388a1d04e5b7c92f0136e8d5ac4f7b2091e3d6a58c07f94b2

Exit codes: 0 the work is good; 1 it could not be checked, the reason is on standard error; 2 wrong usage; 3 it is bad.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Numerics {
    /// Any order of sums in f32, on the model's own weights
    F32,
    /// Weights rounded to bfloat16 as well: honest GPUs may need it, and 8-bit weights come closer to it
    Bf16,
}

impl Numerics {
    const fn limits(self) -> &'static Limits {
        match self {
            Self::F32 => &Limits::F32,
            Self::Bf16 => &Limits::BF16,
        }
    }
}

pub(super) fn run(args: &VerifyArgs, json: bool) -> anyhow::Result<Outcome> {
    let report = match args.work.parse::<JobId>() {
        Ok(job) => {
            ensure!(args.job.is_none(), "--job is for receipts; job {job} has its own number");
            of_job(args, job)?
        }
        Err(_) => of_receipt(args, Path::new(&args.work))?,
    };
    match json {
        true => print_json(&report)?,
        false => report.print(),
    }
    Ok(match report.checked.score {
        Score::Good => Outcome::Done,
        Score::Bad | Score::Unavailable | Score::Withheld => Outcome::Refused,
    })
}

fn engine(args: &VerifyArgs) -> anyhow::Result<CandleEngine> {
    let default = EngineOptions::default();
    let options = EngineOptions { threads: args.threads.unwrap_or(default.threads), ..default };
    Ok(CandleEngine::load(&args.model.source(), &options)?)
}

fn test(args: &VerifyArgs, is_exact: bool) -> Test<'static> {
    match is_exact {
        true => Test::Exact,
        false => Test::Within(args.numerics.limits()),
    }
}

fn of_receipt(args: &VerifyArgs, path: &Path) -> anyhow::Result<Report> {
    ensure!(args.receipt.is_none(), "--receipt goes with the number of a job; {} is a receipt itself", path.display());
    ensure!(
        args.positions_seed.is_some() == args.job.is_some(),
        "a digest is bound to a job: with a receipt, --positions-seed and --job go together"
    );
    let receipt = read(path)?;
    let engine = engine(args)?;
    let (model, own) = (receipt.model, engine.model_hash());
    ensure!(model == own, "the receipt is of model {model:?}; the one at hand is {own:?}: give its files with --model");
    let places = args.job.zip(args.positions_seed).map(|(job, seed)| Places { job, seed });
    let exact = receipt.is_exact_on(&engine);
    let wrong = receipt.inconsistencies(&engine);
    let claim = receipt.claim(args.schedule.schedule());
    let mut checked = Checked::of(&engine, &claim, test(args, exact), places, wrong)?;
    let differ = |finding: &Finding| exact && finding.logits_digest != receipt.logits_digest;
    if checked.finding.as_ref().is_some_and(differ) {
        checked = Checked {
            score: Score::Bad,
            reasons: [checked.reasons, vec!["the logits' bits differ from the replay's".into()]].concat(),
            ..checked
        };
    }
    Ok(Report::new(path.display().to_string(), checked, places, receipt.prompt_tokens.len()))
}

fn of_job(args: &VerifyArgs, job: JobId) -> anyhow::Result<Report> {
    let work = block_on(gather(&args.node, job, args.key.read()?))?;
    let engine = engine(args)?;
    work.require_model(&engine)?;
    let receipt = args.receipt.as_deref().map(read).transpose()?;
    let places = args.positions_seed.map(|seed| Places { job, seed });
    let (schedule, limits) = (args.schedule.schedule(), args.numerics.limits());
    let judged = work.judge(&engine, receipt, schedule, limits, places, &Cancel::default())?;
    Ok(Report::new(format!("job {job}"), judged.checked, places, judged.prompt_tokens))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// What was checked.
    work: String,
    #[serde(flatten)]
    checked: Checked,
    prompt_tokens: usize,
    /// Where the committee looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    positions: Option<Vec<u32>>,
}

impl Report {
    fn new(work: String, checked: Checked, places: Option<Places>, prompt_tokens: usize) -> Self {
        let tokens = prompt_tokens + checked.finding.as_ref().map_or(0, |finding| finding.tokens);
        let positions = places
            .filter(|_| checked.finding.is_some())
            .map(|places| positions::positions(&places.seed, places.job, u32::try_from(tokens).unwrap_or(u32::MAX)));
        Self { work, checked, prompt_tokens, positions }
    }

    fn print(&self) {
        if let Some(finding) = &self.checked.finding {
            print_finding(finding);
        }
        if let (Some(positions), Some(finding)) = (&self.positions, &self.checked.finding) {
            let places: Vec<_> = positions.iter().map(u32::to_string).collect();
            println!("{:<15} {}", "positions", places.join(" "));
            println!("{:<15} {:?}", "digest", finding.digest.unwrap_or_default());
        }
        for reason in &self.checked.reasons {
            println!("- {reason}");
        }
        println!("{}: {}", self.work, word(self.checked.score));
    }
}

fn print_finding(finding: &Finding) {
    let Finding { tokens, mismatches, fingerprints, windows, .. } = finding;
    let how = if finding.test == "exact" { "to the bit".into() } else { format!("within {} limits", finding.test) };
    println!("{:<15} {how}", "compared");
    println!("{:<15} {} of {tokens} are those that the seed picks", "tokens", tokens - mismatches.len());
    for window in windows {
        let range = format!("{} to {}", window.from, window.to - 1);
        println!("{:<15} {:.6} nats away, {:.6} allowed", format!("tokens {range}"), window.gap, window.gap_limit);
    }
    if !finding.fingerprints_compared {
        println!("{:<15} not compared: only their root is known, and it differs", "fingerprints");
    } else if fingerprints.is_empty() {
        println!("{:<15} compared by their root", "fingerprints");
    }
    for (index, fingerprint) in fingerprints.iter().enumerate() {
        let difference = &fingerprint.difference;
        let (exponents, mantissa) = (difference.exponents, difference.mantissa_mean);
        let of = difference.compared;
        match fingerprint.equal {
            true => println!("{:<15} equal", format!("fingerprint {index}")),
            false => println!(
                "{:<15} {exponents} of {of} elements of other magnitude, mantissas {mantissa:.3} apart in the mean",
                format!("fingerprint {index}")
            ),
        }
    }
    println!("{:<15} {:?}", "logits digest", finding.logits_digest);
}
