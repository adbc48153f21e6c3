//! `hanzo-worker job`: what a client of the network does.

mod challenge;
pub(super) mod evidence;
mod replay;
mod request;
pub(super) mod submit;
mod text;
mod wait;

use super::connect::{block_on, AccountArgs, NodeArgs};
use super::Outcome;
use crate::client::{ClientError, Connection};
use crate::sealing::ContentKey;
use anyhow::ensure;
use clap::{Args, Subcommand};
use hanzo_poai::JobId;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum JobCommand {
    /// What a job would cost now
    Quote(request::QuoteArgs),
    /// Upload the prompt, submit a job for it and, with --wait, follow it to its end
    ///
    /// With --json one line is printed at the end: job, status, prompt, completion, token counts, blocks, receipt root,
    /// quote, and every amount in wei as a decimal string. `discrepancies` is empty when everything adds up:
    /// credits.purchase.paid = toPools + treasury + burned; credits.sales.fromPools = toWorker + toClient + treasury +
    /// burned; per class of tokens held + bought = escrow = earned + returned.
    Submit(submit::SubmitArgs),
    /// Follow a job to its end and report it like `submit --wait`; the node must still have the state of its blocks
    ///
    /// With --key-file and its client's account it hands the key of a sealed job over too, where `submit` was ended before it could.
    Watch(WatchArgs),
    /// A job, its attestation and the verdict on it as they stand
    Show(JobArgs),
    /// Put a bond on a job's being forged: seven verifiers replay it
    ///
    /// Shows the bond first, and sends nothing without --yes or --max-bond. Possible for a job that was not drawn for audit,
    /// until it settles.
    Challenge(challenge::ChallengeArgs),
    /// Run an attested job again from what the chain and the nodes have, and compare every root and count
    ///
    /// Exit code 3 if one differs. Under the replay profile the result is the same to the bit whatever the threads, the cache
    /// and the prefill chunk; the digest of the logits shows it.
    Replay(replay::ReplayArgs),
}

impl JobCommand {
    /// Threads asked for, by the command that runs a model.
    pub(super) fn threads(&self) -> Option<std::num::NonZeroUsize> {
        match self {
            Self::Replay(args) => args.engine.threads,
            _ => None,
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct JobArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Its number
    #[arg(value_name = "JOB")]
    job: JobId,
}

// An account is asked for of those only who hand a key over.
#[derive(Args, Debug)]
#[command(mut_group("AccountArgs", |group| group.required(false).requires("key_file")))]
pub(super) struct WatchArgs {
    #[command(flatten)]
    of: JobArgs,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    client: Option<AccountArgs>,
}

/// The key of a sealed job.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct KeyArgs {
    /// File with the key of a sealed job, as `job submit --sealed` wrote it
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// Reads it, if there is one.
    pub(in crate::cli) fn read(&self) -> anyhow::Result<Option<ContentKey>> {
        Ok(self.key_file.as_deref().map(ContentKey::read).transpose()?)
    }
}

pub(super) fn run(command: &JobCommand, json: bool) -> anyhow::Result<Outcome> {
    match command {
        JobCommand::Quote(args) => block_on(request::quote(args, json)),
        JobCommand::Submit(args) => block_on(submit::run(args, json)),
        JobCommand::Watch(args) => block_on(watch(args, json)),
        JobCommand::Show(args) => block_on(show(args, json)),
        JobCommand::Challenge(args) => block_on(challenge::run(args, json)),
        JobCommand::Replay(args) => replay::run(args, json),
    }
}

async fn watch(args: &WatchArgs, json: bool) -> anyhow::Result<Outcome> {
    let connection = args.of.node.connect().await?;
    let job = find(&connection, args.of.job).await?;
    let key = args.key.read()?;
    let prompt = connection.get_blob(job.input, Some(job.input_length)).await.ok();
    let prompt = match &key {
        Some(key) => prompt.map(|sealed| key.open_input(&sealed)).transpose()?,
        None => prompt,
    };
    let prompt = prompt.and_then(|bytes| String::from_utf8(bytes).ok());
    let client = args.client.as_ref().map(AccountArgs::account).transpose()?;
    if let Some(client) = &client {
        ensure!(client.id() == job.client, "job {} is of {}, not of {}", job.id, job.client, client.id());
    }
    let sealed = key.map(|key| wait::Sealed { key, client });
    let known = wait::Known { prompt, quote: None, sealed };
    let report = wait::job(connection, job.id, job.submitted_at, known).await?;
    text::print_report(&report, json)
}

async fn show(args: &JobArgs, json: bool) -> anyhow::Result<Outcome> {
    let connection = args.node.connect().await?;
    let job = find(&connection, args.job).await?;
    let best = connection.best().await?;
    let attestation = connection.attestation(args.job, best.hash()).await?;
    let verdict = connection.verdict(args.job, best.hash()).await?;
    if json {
        println!("{}", json!({ "job": job, "attestation": attestation, "verdict": verdict }));
    } else {
        text::print_job(&job, attestation.as_ref());
        text::print_review(attestation.as_ref(), verdict.as_ref());
    }
    Ok(Outcome::Done)
}

pub(super) async fn find(connection: &Connection, job: JobId) -> anyhow::Result<crate::worker::chain::Job> {
    let best = connection.best().await?;
    let found = connection.job(job, best.hash()).await?;
    Ok(found.ok_or(ClientError::UnknownJob { job, block: best.number })?)
}
