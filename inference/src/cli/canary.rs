//! `hanzo-worker canary`: what an operator of canaries does.

use super::connect::*;
use super::job::submit::{self as job_submit, SubmitArgs};
use super::{print_json, Outcome};
use crate::canary::{noise, Book, Canary};
use crate::client::record::Included;
use crate::client::tx::Call;
use crate::client::{Account, Connection};
use anyhow::{bail, ensure, Context};
use clap::{Args, Subcommand};
use hanzo_poai::{canary, JobId};
use serde_json::json;
use sp_core::{Pair, H256};
use sp_runtime::AccountId32;
use std::path::PathBuf;

/// Most hashes of one call.
const MOST_AT_ONCE: u32 = 64;

#[derive(Debug, Subcommand)]
pub(super) enum CanaryCommand {
    /// Lodge hashes of jobs that a client of yours will submit, and of nothing
    ///
    /// Do it at a steady pace, noise when there is nothing else: when a hash comes must not tell what it is for. A hash is good for a
    /// week; of those that no job comes of nobody ever learns.
    Lodge(LodgeArgs),
    /// Submit a job as a canary: the same as `job submit`, under the nonce of a hash that was lodged before
    ///
    /// Where your own worker is drawn for it (`attach --canaries DIR`) the worker forges it. Where another is, it is a job like any
    /// other.
    Submit(Box<SubmitCanaryArgs>),
    /// Reveal a canary whose review is over: every verifier that found it good has a tenth of its bond frozen
    ///
    /// Within three days of the verdict. The client pays the audit pot what it paid for replays, and a challenger its lost bond and the
    /// price of a replay; what the verdict did to the worker is undone.
    Reveal(RevealArgs),
    /// The canaries of a directory
    List(ListArgs),
}

#[derive(Args, Debug)]
pub(super) struct LodgeArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    book: BookArgs,
    /// Address of the client that will submit the jobs
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address, requires = "jobs")]
    client: Option<AccountId32>,
    /// For how many jobs, at most 64 together with the noise
    #[arg(long, value_name = "N", default_value_t = 0, requires = "client")]
    jobs: u32,
    /// How many hashes of nothing
    #[arg(long, value_name = "N", default_value_t = 0)]
    noise: u32,
}

#[derive(Args, Debug)]
pub(super) struct SubmitCanaryArgs {
    #[command(flatten)]
    book: BookArgs,
    #[command(flatten)]
    submit: SubmitArgs,
}

#[derive(Args, Debug)]
pub(super) struct RevealArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    book: BookArgs,
    /// Number of the job
    #[arg(value_name = "JOB")]
    job: JobId,
    #[command(flatten)]
    session: WorkerKeyArgs,
}

/// The session key of the worker that forged.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct WorkerKeyArgs {
    /// File with the secret URI of the worker's session key, which says that the work was wrong on purpose
    #[arg(long, value_name = "FILE")]
    session_key: Option<PathBuf>,
    /// The session key's secret URI; for development only
    #[arg(long, value_name = "SURI")]
    session_suri: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    #[command(flatten)]
    book: BookArgs,
}

#[derive(Args, Debug)]
struct BookArgs {
    /// Directory with the canaries, which tells them from other jobs: keep it from everybody
    #[arg(long = "canaries", value_name = "DIR")]
    directory: PathBuf,
}

impl BookArgs {
    fn open(&self) -> anyhow::Result<Book> {
        Ok(Book::open(&self.directory)?)
    }
}

pub(super) fn run(command: &CanaryCommand, json: bool) -> anyhow::Result<Outcome> {
    match command {
        CanaryCommand::Lodge(args) => block_on(lodge(args, json)),
        CanaryCommand::Submit(args) => block_on(submit_canary(args, json)),
        CanaryCommand::Reveal(args) => block_on(reveal(args, json)),
        CanaryCommand::List(args) => list(args, json),
    }
}

async fn lodge(args: &LodgeArgs, json: bool) -> anyhow::Result<Outcome> {
    let count = args.jobs.saturating_add(args.noise);
    ensure!((1..=MOST_AT_ONCE).contains(&count), "{count} hashes; lodge 1 to {MOST_AT_ONCE} at a time");
    let (account, book) = (args.account.account()?, args.book.open()?);
    let connection = args.node.connect().await?;
    let genesis = connection.genesis();
    let mut canaries = Vec::new();
    for client in (0..args.jobs).zip(args.client.iter().cycle()).map(|(_, client)| client) {
        canaries.push(Canary::random(genesis, account.id(), client.clone())?);
    }
    let noise = (0..args.noise).map(|_| noise()).collect::<Result<Vec<H256>, _>>()?;
    let mut hashes: Vec<H256> = canaries.iter().map(Canary::hash).chain(noise).collect();
    // In an order that says nothing.
    hashes.sort_unstable();
    // A hash whose salt is lost is noise.
    canaries.iter().try_for_each(|canary| book.put(canary))?;
    let Included { place, fee, .. } = send(connection, &account, &Call::lodge_canaries(&hashes)).await?;
    for canary in &canaries {
        book.put(&Canary { lodged_at: Some(place.number), ..canary.clone() })?;
    }
    if json {
        let fee = fee.to_string();
        print_json(&json!({ "block": place, "fee": fee, "jobs": args.jobs, "noise": args.noise, "hashes": hashes }))?;
    } else {
        println!("{count} hashes lodged in block {} ({:?}), fee {} AI", place.number, place.hash, units(fee));
    }
    Ok(Outcome::Done)
}

async fn submit_canary(args: &SubmitCanaryArgs, json: bool) -> anyhow::Result<Outcome> {
    let (client, book) = (args.submit.client()?, args.book.open()?);
    let genesis = args.submit.connect().await?.genesis();
    let canary = book.next(genesis, &client)?;
    let canary = canary.with_context(|| format!("nothing is lodged for {client} that is not submitted yet"))?;
    // Marked first: what was not sent after all is noise, but no nonce serves twice.
    book.put(&Canary { submitted: true, ..canary.clone() })?;
    job_submit::run_under(&args.submit, Some(canary.nonce), json).await
}

async fn reveal(args: &RevealArgs, json: bool) -> anyhow::Result<Outcome> {
    let (account, book) = (args.account.account()?, args.book.open()?);
    let session = match (&args.session.session_key, &args.session.session_suri) {
        (Some(path), _) => Account::from_file(path)?,
        (None, Some(suri)) => Account::from_suri(suri)?,
        (None, None) => bail!("give --session-key"),
    };
    let connection = args.node.connect().await?;
    let at = connection.best().await?.hash();
    let job = super::job::find(&connection, args.job).await?;
    let canary = book.of(&job.client, job.nonce)?.filter(|canary| canary.genesis == connection.genesis());
    let canary = canary.with_context(|| format!("job {} is not among the canaries", job.id))?;
    ensure!(account.id() == job.client, "job {} is of {}, who has to sign", job.id, job.client);
    // The chain does not know what is wrong. Whoever found honest work good must not be punished for it.
    let forged = canary.forged.as_ref().filter(|forged| forged.job == job.id);
    let forged = forged.with_context(|| format!("no worker of this directory has forged job {}", job.id))?;
    let attestation = connection.attestation(job.id, at).await?;
    let attestation = attestation.with_context(|| format!("job {} has no attestation that is kept", job.id))?;
    ensure!(
        attestation.tokens_root == forged.tokens_root,
        "what was attested for job {} is not what was forged: {:?}, not {:?}",
        job.id,
        attestation.tokens_root,
        forged.tokens_root
    );
    ensure!(job.status.is_final(), "job {} is {:?}; reveal it once it is final", job.id, job.status);
    let verdict = connection.verdict(job.id, at).await?.with_context(|| format!("nobody judged job {}", job.id))?;
    ensure!(!verdict.canary, "job {} is revealed already", job.id);

    let challenge = connection.challenge(job.id, at).await?;
    let consent = session.pair().sign(canary::consent(&challenge, &canary.hash()).as_bytes());
    let call = Call::reveal_canary(&canary.operator, job.id, &canary.salt.0, &consent);
    let Included { place, fee, .. } = send(connection, &account, &call).await?;
    if json {
        print_json(&json!({ "job": job.id, "verdict": verdict.verdict, "block": place, "fee": fee.to_string() }))?;
    } else {
        println!("job {} revealed in block {} ({:?}), fee {} AI", job.id, place.number, place.hash, units(fee));
        println!("            the verdict on it was {:?}; poai_slashes shows what it costs", verdict.verdict);
    }
    Ok(Outcome::Done)
}

async fn send(connection: Connection, account: &Account, call: &Call) -> anyhow::Result<Included> {
    let signed = submit(&connection, account, call).await?;
    let mut follower = follow(connection, &signed).await?;
    Ok(inclusion(&mut follower, &signed).await?)
}

fn list(args: &ListArgs, json: bool) -> anyhow::Result<Outcome> {
    let canaries = args.book.open()?.all()?;
    if json {
        print_json(&canaries)?;
        return Ok(Outcome::Done);
    }
    for canary in &canaries {
        let state = match (canary.lodged_at, canary.submitted, &canary.forged) {
            (_, _, Some(forged)) => format!("job {} forged", forged.job),
            (_, true, None) => "submitted".into(),
            (Some(block), false, None) => format!("lodged in block {block}"),
            (None, false, None) => "not lodged".into(),
        };
        println!("{}  nonce {}  {state}", canary.client, canary.nonce);
    }
    println!("{} canaries", canaries.len());
    Ok(Outcome::Done)
}
