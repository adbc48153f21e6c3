//! `hanzo-worker job submit`.

use super::super::connect::*;
use super::super::Outcome;
use super::request::{Work, WorkArgs};
use super::{text, wait};
use crate::canary::random_nonce;
use crate::client::record::Included;
use crate::client::tx::Call;
use crate::client::Connection;
use crate::sealing::ContentKey;
use anyhow::{bail, ensure, Context};
use clap::{Args, ValueEnum};
use hanzo_poai::{BlobRef, JobKind, JobRequest, Limits, ServiceLevel, Verification};
use hanzo_traits::api::JobQuote;
use serde_json::json;
use sp_runtime::AccountId32;
use std::path::PathBuf;

/// Blocks from submission to deadline when nothing is said and the model asks for fewer.
const DEFAULT_DEADLINE: u32 = 100;
/// Blocks that may pass before the transaction is in one.
const SLACK: u32 = 10;
/// What may be paid above the quote when no limit is given, percent.
const DEFAULT_MARGIN: u128 = 2;

#[derive(Args, Debug)]
pub(in crate::cli) struct SubmitArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    work: WorkArgs,
    /// Most credits to pay in all: wei, or with a unit such as 1.5AI [default: the quote and 2 % more]
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    max_credits: Option<u128>,
    /// Blocks from now to the deadline of the work [default: 100, more if the model asks for it]
    #[arg(long, value_name = "BLOCKS")]
    deadline_blocks: Option<u32>,
    /// Longest latency of the worker, milliseconds; 0 does not ask
    #[arg(long, value_name = "MS", default_value_t = 0)]
    max_latency_ms: u32,
    /// Longest jitter of the worker, milliseconds; 0 does not ask
    #[arg(long, value_name = "MS", default_value_t = 0)]
    max_jitter_ms: u32,
    /// Region the worker may be in, 0 to 31; may be given several times [default: any]
    #[arg(long = "region", value_name = "REGION", value_parser = clap::value_parser!(u32).range(0..32))]
    regions: Vec<u32>,
    /// Only a worker whose session key lives in trusted hardware may be drawn
    #[arg(long)]
    tee: bool,
    /// What stands behind the result
    #[arg(long, value_name = "KIND", value_enum, default_value_t = ProofKind::Replay)]
    verification: ProofKind,
    /// Seal prompt and output, so that only you, the worker and those who judge the job can read them. The job's key is written to
    /// --key-file before anything is sent; this command stays until the worker that is drawn has been handed the key
    #[arg(long, requires = "key_file")]
    sealed: bool,
    /// Where the key of a sealed job goes; without it nobody can read the output
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Spend resource tokens you hold before buying any
    #[arg(long)]
    use_held_tokens: bool,
    /// Take unused resources back as tokens, not as credits
    #[arg(long)]
    keep_unused: bool,
    /// Your own number for the job; no open job of yours may have it [default: a random one]
    #[arg(long, value_name = "N")]
    nonce: Option<u64>,
    /// Wait until the job is settled, refunded or failed, and report it
    #[arg(long)]
    wait: bool,
}

/// Kinds of proof, as the command line names them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProofKind {
    /// Its being repeatable: a committee replays the job if it is audited or challenged
    Replay,
    /// A signature of a key that lives in trusted hardware
    Tee,
    /// Signatures of as many attestors as must sign
    Quorum,
    /// A succinct proof under a registered verifying key
    Zk,
}

impl From<ProofKind> for Verification {
    fn from(kind: ProofKind) -> Self {
        match kind {
            ProofKind::Replay => Self::Replay,
            ProofKind::Tee => Self::Tee,
            ProofKind::Quorum => Self::Quorum,
            ProofKind::Zk => Self::Zk,
        }
    }
}

impl SubmitArgs {
    /// Whose job it is.
    pub(in crate::cli) fn client(&self) -> anyhow::Result<AccountId32> {
        Ok(self.account.account()?.id())
    }

    pub(in crate::cli) async fn connect(&self) -> anyhow::Result<Connection> {
        self.node.connect().await
    }

    /// The key of a sealed job, on disk before anything is sealed with it.
    fn content_key(&self) -> anyhow::Result<Option<ContentKey>> {
        let Some(path) = self.key_file.as_ref().filter(|_| self.sealed) else { return Ok(None) };
        ensure!(!path.exists(), "{} is there already; a key is for one job", path.display());
        let key = ContentKey::random()?;
        key.write(path)?;
        Ok(Some(key))
    }

    fn request(
        &self,
        work: &Work,
        quote: &JobQuote<u32>,
        input: BlobRef,
        best: u32,
        nonce: u64,
    ) -> anyhow::Result<JobRequest<u32>> {
        let most = quote.total.0.saturating_add(quote.total.0.saturating_mul(DEFAULT_MARGIN).div_ceil(100));
        let max_credits = self.max_credits.unwrap_or(most);
        ensure!(
            max_credits >= quote.total.0,
            "the quote at block {} is {} wei, above --max-credits {max_credits}",
            quote.at,
            quote.total
        );
        let least = work.profile.map_or(0, |profile| profile.min_deadline_blocks).saturating_add(SLACK);
        let blocks = self.deadline_blocks.unwrap_or(DEFAULT_DEADLINE.max(least));
        Ok(JobRequest {
            kind: JobKind::Inference,
            model: work.model,
            input,
            max_prompt_tokens: work.max_prompt_tokens,
            decoding: work.decoding,
            sla: ServiceLevel {
                max_latency_ms: self.max_latency_ms,
                max_jitter_ms: self.max_jitter_ms,
                regions: self.regions.iter().fold(0, |bits, region| bits | 1 << region),
                tee: self.tee,
                min_quality_ppb: 0,
            },
            tier: work.tier,
            resources: work.resources,
            parts: work.parts.clone(),
            limits: Limits { max_credits, max_price: Default::default() },
            deadline: best.saturating_add(blocks),
            verification: self.verification.into(),
            prior: None,
            deltas: Default::default(),
            nonce,
            use_held_tokens: self.use_held_tokens,
            sell_unused: !self.keep_unused,
            sealed: self.sealed,
        })
    }
}

pub(super) async fn run(args: &SubmitArgs, json: bool) -> anyhow::Result<Outcome> {
    run_under(args, args.nonce, json).await
}

/// Submits a job under a nonce; under a random one if there is none.
pub(in crate::cli) async fn run_under(args: &SubmitArgs, nonce: Option<u64>, json: bool) -> anyhow::Result<Outcome> {
    let nonce = nonce.map_or_else(random_nonce, Ok)?;
    if let Some(other) = args.nonce.filter(|other| *other != nonce) {
        bail!("a canary has the nonce it was lodged with, not {other}");
    }
    let account = args.account.account()?;
    let connection = args.node.connect().await?;
    let best = connection.best().await?;
    let work = args.work.resolve(&connection, best.hash()).await?;
    let quote = work.quote(&connection, best.hash()).await?;
    tracing::info!(credits = %units(quote.total.0), block = quote.at, "quote, in AI");

    let key = args.content_key()?;
    let input = match &key {
        Some(key) => key.seal_input(work.prompt.as_bytes())?,
        None => work.prompt.clone().into_bytes(),
    };
    let stored = connection.put_blob(&input).await?;
    let input = BlobRef { hash: stored.hash, length: stored.length };
    let request = args.request(&work, &quote, input, best.number, nonce)?;
    let most = request.limits.max_credits;
    let signed = submit(&connection, &account, &Call::submit_job(&request)).await?;
    let sealed = key.map(|key| wait::Sealed { key, client: Some(account.clone()) });
    let known = wait::Known { prompt: Some(work.prompt.clone()), quote: Some(quote.clone()), sealed };
    let context = || {
        format!(
            "quote at block {}: {} wei; limit {most} wei; deadline block {}",
            quote.at, quote.total, request.deadline
        )
    };
    let mut follower = follow(connection, &signed).await?;
    if args.wait {
        let report = wait::transaction(follower, &signed, known, wait::Until::Ended).await.with_context(context)?;
        return text::print_report(&report, json);
    }
    if args.sealed {
        let report = wait::transaction(follower, &signed, known, wait::Until::Accepted).await.with_context(context)?;
        return text::print_report(&report, json);
    }
    let Included { place, fee, job, .. } = inclusion(&mut follower, &signed).await.with_context(context)?;
    let job = job.context("the transaction is in a block, but no job came of it")?;
    if json {
        println!(
            "{}",
            json!({ "job": job, "status": "Submitted", "block": place, "quote": quote, "transactionFee": fee.to_string() })
        );
    } else {
        println!("job {job} submitted in block {} ({:?})", place.number, place.hash);
        text::print_quote(&quote);
    }
    Ok(Outcome::Done)
}
