//! `hanzo-worker replay`.

use super::{print_json, EngineArgs, ModelArg, Outcome, ScheduleArgs};
use crate::fingerprint::Tolerance;
use crate::worker::store::Finished;
use crate::{CandleEngine, Engine, Receipt, Verdict};
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};

/// Check a receipt. A receipt of the replay profile is compared bit by bit; one of the fast profile within a tolerance.
#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// The receipt, as `generate --receipt` and `job replay --save` write it, or a result from a worker's base path
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    #[command(flatten)]
    model: ModelArg,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
    #[command(flatten)]
    schedule: ScheduleArgs,
}

pub(super) fn run(args: &ReplayArgs, json: bool) -> anyhow::Result<Outcome> {
    let receipt = read(&args.receipt)?;
    let engine = CandleEngine::load(&args.model.source(), &args.engine.options())?;
    let verdict = receipt.verify_on(&engine, &Tolerance::SAME_DTYPE, args.schedule.schedule())?;
    if json {
        print_json(&verdict)?;
    } else {
        print(&verdict);
    }
    Ok(if verdict.valid { Outcome::Done } else { Outcome::Refused })
}

/// A receipt by itself, or inside a worker's result.
pub(super) fn read(path: &Path) -> anyhow::Result<Receipt> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    match serde_json::from_str::<Finished>(&text) {
        Ok(finished) => Ok(finished.receipt),
        Err(_) => Ok(Receipt::from_json(&text)?),
    }
}

fn print(verdict: &Verdict) {
    let how = if verdict.exact { "bit by bit" } else { "within tolerance" };
    println!("{} of {} tokens match, compared {how}", verdict.matched, verdict.tokens);
    println!("tokens root        {:?}", verdict.tokens_root);
    println!("fingerprints root  {:?}", verdict.fingerprints_root);
    println!("logits digest      {:?}", verdict.logits_digest);
    for problem in &verdict.problems {
        println!("- {problem}");
    }
    println!("{}", if verdict.valid { "the receipt holds" } else { "the receipt does not hold" });
}
