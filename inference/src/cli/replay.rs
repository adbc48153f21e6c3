//! `hanzo-worker replay`.

use super::{print_json, EngineArgs, ModelArg, Outcome};
use crate::fingerprint::Tolerance;
use crate::{CandleEngine, Engine, Receipt};
use anyhow::Context;
use clap::Args;
use std::path::PathBuf;

/// Check a receipt. A receipt of the replay profile is compared bit by bit; one of the fast profile within a tolerance.
#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// The receipt, as `generate --receipt` writes it
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    #[command(flatten)]
    model: ModelArg,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
}

pub(super) fn run(args: &ReplayArgs, json: bool) -> anyhow::Result<Outcome> {
    let text = std::fs::read_to_string(&args.receipt).with_context(|| args.receipt.display().to_string())?;
    let receipt = Receipt::from_json(&text)?;
    let engine = CandleEngine::load(&args.model.source(), &args.engine.options())?;
    let verdict = receipt.verify(&engine, &Tolerance::SAME_DTYPE)?;
    if json {
        print_json(&verdict)?;
    } else {
        let how = if verdict.exact { "bit by bit" } else { "within tolerance" };
        println!("{} of {} tokens match, compared {how}", verdict.matched, verdict.tokens);
        for problem in &verdict.problems {
            println!("- {problem}");
        }
        println!("{}", if verdict.valid { "the receipt holds" } else { "the receipt does not hold" });
    }
    Ok(if verdict.valid { Outcome::Done } else { Outcome::Refused })
}
