//! `hanzo-worker job replay`: the receipt of a job, rebuilt from the chain and the blobs, and run again.
//!
//! The chain has the job (model, input hash, decoding, seed) and its attestation (roots, counts, output hash); the nodes
//! have the blobs. Nobody keeps the tokens, and nobody needs to: the seed gives them again, and their root says whether
//! they are the attested ones.

use super::super::connect::{block_on, NodeArgs};
use super::super::{print_json, EngineArgs, ModelArg, Outcome, ScheduleArgs};
use super::find;
use crate::client::ClientError;
use crate::engine::{Finish, Schedule};
use crate::worker::chain::Job;
use crate::{Cancel, CandleEngine, Engine, Receipt, Request};
use anyhow::{bail, ensure, Context};
use clap::Args;
use hanzo_poai::{Attestation, JobId, JobKind, Proof};
use hanzo_traits::api::AttestationView;
use serde::Serialize;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::fmt::Debug;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(in crate::cli) struct ReplayArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Its number
    #[arg(value_name = "JOB")]
    job: JobId,
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
    let evidence = block_on(Evidence::gather(args))?;
    let engine = CandleEngine::load(&args.model.source(), &args.engine.options())?;
    let threads = args.engine.options().threads;
    let (report, receipt) = evidence.replay(&engine, args.schedule.schedule(), threads)?;
    if let Some(path) = &args.save {
        std::fs::write(path, receipt.to_json()?).with_context(|| path.display().to_string())?;
    }
    match json {
        true => print_json(&report)?,
        false => report.print(),
    }
    Ok(if report.holds { Outcome::Done } else { Outcome::Refused })
}

/// Everything that is known of a job without its worker.
struct Evidence {
    job: Job,
    attestation: AttestationView<AccountId32, u32>,
    prompt: String,
    /// The output as the nodes have it, or why they have not.
    output: Result<String, String>,
}

impl Evidence {
    async fn gather(args: &ReplayArgs) -> anyhow::Result<Self> {
        let connection = args.node.connect().await?;
        let job = find(&connection, args.job).await?;
        ensure!(job.kind == JobKind::Inference, "job {} is of kind {:?}; only Inference is replayed", job.id, job.kind);
        ensure!(job.prior_root.is_zero(), "job {} ran with prior {:?}, which is not at hand", job.id, job.prior_root);
        let best = connection.best().await?;
        let Some(attestation) = connection.attestation(job.id, best.hash()).await? else {
            bail!(
                "job {} is {:?} and has no attestation at block {}: there is none before it is attested, and none once it \
                 is pruned",
                job.id,
                job.status,
                best.number
            );
        };
        let prompt = connection.get_blob(job.input, Some(job.input_length)).await.context("the job's input")?;
        let prompt = String::from_utf8(prompt).context("the job's input is not UTF-8 text")?;
        let output = match connection.get_blob(attestation.output, None).await {
            Ok(bytes) => String::from_utf8(bytes).map_err(|e| format!("not UTF-8 text: {e}")),
            Err(error @ (ClientError::BlobMissing { .. } | ClientError::BlobWrong { .. })) => Err(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { job, attestation, prompt, output })
    }

    /// Runs the job again and compares. The receipt carries what was attested, and the tokens and fingerprints found here.
    fn replay(
        self,
        engine: &dyn Engine,
        schedule: Schedule,
        threads: NonZeroUsize,
    ) -> anyhow::Result<(Report, Receipt)> {
        let (job, claim) = (&self.job, &self.attestation);
        ensure!(
            engine.model_hash() == claim.model,
            "job {} ran model {:?}; the one at hand is {:?}: give its files with --model",
            job.id,
            claim.model,
            engine.model_hash()
        );
        let tokens = engine.tokenizer().encode(&self.prompt)?;
        let request = Request { schedule, ..Request::new(&tokens, &job.decoding, claim.seed) };
        let run = engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Continue(()))?;
        let own = Receipt::new(engine, Some(&self.prompt), &request, &run)?;

        let compared = Compared {
            receipt_root: Pair::new(claim.receipt_root, receipt_root(job, claim)),
            seed: Pair::new(claim.seed, job.seed.unwrap_or_default()),
            input: Pair::new(claim.input, job.input),
            prompt_tokens: Pair::new(claim.prompt_tokens as usize, tokens.len()),
            output_tokens: Pair::new(claim.output_tokens as usize, run.tokens.len()),
            output: Pair::new(claim.output, own.output_hash),
            tokens_root: Pair::new(claim.tokens_root, own.tokens_root),
            fingerprints_root: Pair::new(claim.fingerprints_root, own.fingerprints_root),
        };
        let report = Report {
            job: job.id,
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
            output_missing: self.output.as_ref().err().cloned(),
            output: self.output.ok(),
        };
        let receipt = Receipt {
            output_hash: claim.output,
            tokens_root: claim.tokens_root,
            fingerprints_root: claim.fingerprints_root,
            ..own
        };
        Ok((report, receipt))
    }
}

/// The root that names an attestation, from its fields.
fn receipt_root(job: &Job, claim: &AttestationView<AccountId32, u32>) -> H256 {
    let attestation = Attestation {
        job: claim.job,
        worker: claim.worker.clone(),
        model: claim.model,
        input: claim.input,
        output: claim.output,
        tokens_root: claim.tokens_root,
        fingerprints_root: claim.fingerprints_root,
        prompt_tokens: claim.prompt_tokens,
        output_tokens: claim.output_tokens,
        nonce: job.nonce,
        seed: claim.seed,
        engine_profile: claim.engine_profile,
        prior_root: claim.prior_root,
        proof: Proof::Replay,
    };
    attestation.receipt_root()
}

/// What was attested and what came out here.
#[derive(Serialize)]
struct Pair<T> {
    attested: T,
    replayed: T,
    same: bool,
}

impl<T: PartialEq + Debug> Pair<T> {
    fn new(attested: T, replayed: T) -> Self {
        let same = attested == replayed;
        Self { attested, replayed, same }
    }

    fn print(&self, what: &str) {
        let Self { attested, replayed, same } = self;
        match same {
            true => println!("{what:<18} {attested:?}"),
            false => println!("{what:<18} {attested:?} attested, {replayed:?} here"),
        }
    }
}

/// What must be the same for the attestation to hold.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Compared {
    receipt_root: Pair<H256>,
    seed: Pair<H256>,
    input: Pair<H256>,
    prompt_tokens: Pair<usize>,
    output_tokens: Pair<usize>,
    output: Pair<H256>,
    tokens_root: Pair<H256>,
    fingerprints_root: Pair<H256>,
}

impl Compared {
    fn hashes(&self) -> [(&'static str, &Pair<H256>); 6] {
        [
            ("receipt root", &self.receipt_root),
            ("seed", &self.seed),
            ("input", &self.input),
            ("output", &self.output),
            ("tokens root", &self.tokens_root),
            ("fingerprints root", &self.fingerprints_root),
        ]
    }

    fn counts(&self) -> [(&'static str, &Pair<usize>); 2] {
        [("prompt tokens", &self.prompt_tokens), ("output tokens", &self.output_tokens)]
    }

    fn all_same(&self) -> bool {
        self.hashes().iter().all(|(_, pair)| pair.same) && self.counts().iter().all(|(_, pair)| pair.same)
    }
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
        self.compared.counts().iter().for_each(|(what, pair)| pair.print(what));
        self.compared.hashes().iter().for_each(|(what, pair)| pair.print(what));
        self.engine_profile.print("engine profile");
        println!("{:<18} {:?}", "logits digest", self.logits_digest);
        let chunk = self.prefill_chunk.map_or("all".into(), |chunk| chunk.to_string());
        let cache = if self.cache { "on" } else { "off" };
        println!("{:<18} threads {}, cache {cache}, prefill chunk {chunk}", "run here with", self.threads);
        println!("the attestation {}", if self.holds { "holds" } else { "does not hold" });
    }
}
