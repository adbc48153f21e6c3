//! `hanzo-worker job replay`: the receipt of a job, rebuilt from the chain and the blobs, and run again.

use super::super::connect::block_on;
use super::super::{print_json, EngineArgs, ModelArg, Outcome, ScheduleArgs};
use super::evidence::gather;
use super::{JobArgs, KeyArgs};
use crate::engine::{Finish, Schedule};
use crate::verify::work::{Compared, Found, Pair, Work};
use crate::{Cancel, CandleEngine, Engine, Receipt, Request};
use anyhow::Context;
use clap::Args;
use hanzo_poai::JobId;
use serde::Serialize;
use sp_core::H256;
use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(in crate::cli) struct ReplayArgs {
    #[command(flatten)]
    of: JobArgs,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    model: ModelArg,
    #[command(flatten)]
    pub(in crate::cli) engine: EngineArgs,
    #[command(flatten)]
    schedule: ScheduleArgs,
    /// Write the receipt to this file, for `hanzo-worker replay`
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

pub(super) fn run(args: &ReplayArgs, json: bool) -> anyhow::Result<Outcome> {
    let work = block_on(gather(&args.of.node, args.of.job, args.key.read()?))?;
    let engine = CandleEngine::load(&args.model.source(), &args.engine.options())?;
    let threads = args.engine.options().threads;
    let (report, receipt) = replay(work, &engine, args.schedule.schedule(), threads)?;
    if let Some(path) = &args.save {
        std::fs::write(path, receipt.to_json()?).with_context(|| path.display().to_string())?;
    }
    match json {
        true => print_json(&report)?,
        false => report.print(),
    }
    Ok(if report.holds { Outcome::Done } else { Outcome::Refused })
}

/// Runs the job again and compares. The receipt carries what was attested, and the tokens and fingerprints found here.
fn replay(
    work: Work,
    engine: &dyn Engine,
    schedule: Schedule,
    threads: NonZeroUsize,
) -> anyhow::Result<(Report, Receipt)> {
    work.require_model(engine)?;
    let tokens = engine.tokenizer().encode(&work.prompt)?;
    let run = work.run(engine, &tokens, schedule, &Cancel::default())?;
    let claim = &work.attestation;
    let request = Request { schedule, ..Request::new(&tokens, &work.job.decoding, claim.seed) };
    let own = Receipt::new(engine, Some(&work.prompt), &request, &run)?;
    let compared = work.compare(&Found {
        prompt_tokens: tokens.len(),
        output_tokens: run.tokens.len(),
        output_hash: work.output_hash(engine, &run.tokens)?,
        tokens_root: own.tokens_root,
        fingerprints_root: own.fingerprints_root,
    });
    let output = work.output.as_ref().map_err(String::clone);
    let output = output.and_then(|output| output.read(engine.tokenizer()).map_err(|e| e.to_string()));
    let report = Report {
        job: work.job.id,
        worker: claim.worker.to_string(),
        attested_at: claim.attested_at,
        holds: compared.all_same(),
        compared,
        engine_profile: Pair::new(claim.engine_profile, own.engine_profile),
        logits_digest: own.logits_digest,
        finish: run.finish,
        threads: threads.get(),
        cache: schedule.cache,
        prefill_chunk: schedule.prefill_chunk.map(NonZeroUsize::get),
        output_missing: output.as_ref().err().cloned(),
        output: output.ok().map(Cow::into_owned),
    };
    let receipt = Receipt {
        output_hash: claim.output,
        tokens_root: claim.tokens_root,
        fingerprints_root: claim.fingerprints_root,
        ..own
    };
    Ok((report, receipt))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    job: JobId,
    worker: String,
    attested_at: u32,
    holds: bool,
    compared: Compared,
    /// Another profile may give other bits, and need not.
    engine_profile: Pair<H256>,
    logits_digest: H256,
    finish: Finish,
    threads: usize,
    cache: bool,
    prefill_chunk: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_missing: Option<String>,
}

impl Report {
    fn print(&self) {
        match (&self.output, &self.output_missing) {
            (Some(output), _) => println!("{output}\n"),
            (None, reason) => println!("output not at hand: {}\n", reason.as_deref().unwrap_or_default()),
        }
        println!("{:<18} {}, attested in block {} by {}", "job", self.job, self.attested_at, self.worker);
        self.compared.counts().iter().for_each(|(what, pair)| println!("{}", pair.line(what)));
        self.compared.hashes().iter().for_each(|(what, pair)| println!("{}", pair.line(what)));
        println!("{}", self.engine_profile.line("engine profile"));
        println!("{:<18} {:?}", "logits digest", self.logits_digest);
        let chunk = self.prefill_chunk.map_or("all".into(), |chunk| chunk.to_string());
        let cache = if self.cache { "on" } else { "off" };
        println!("{:<18} threads {}, cache {cache}, prefill chunk {chunk}", "run here with", self.threads);
        println!("the attestation {}", if self.holds { "holds" } else { "does not hold" });
    }
}
