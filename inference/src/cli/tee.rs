//! `hanzo-worker tee`: a worker's session key in trusted hardware, and the attestors who check what the chain cannot.

use super::connect::*;
use super::{print_json, Outcome};
use crate::attestor::{check, registration, together, Evidence, Word};
use crate::client::tx::Call;
use crate::client::{Account, Connection};
use anyhow::{bail, ensure, Context};
use clap::{Args, Subcommand, ValueEnum};
use hanzo_proofs::{binding, Vendor, MAX_COLLATERAL, MAX_QUOTE, MAX_ROOT};
use serde_json::json;
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(Debug, Subcommand)]
pub(super) enum TeeCommand {
    /// What a worker's session key is bound to, the epoch in force, and the attestors
    Status(StatusArgs),
    /// The 64 bytes that a quote has to carry to bind a worker's session key
    ReportData(ReportDataArgs),
    /// As an attestor: check a worker's quote, and sign what was found
    ///
    /// The quote is checked with the vendor's collateral, against the roots, measurements and policies that this chain has.
    /// Quote and collateral are handed to the node, by whose hash the chain remembers them; keep them too.
    Vouch(VouchArgs),
    /// Bind the session key: with a quote that the chain checks (AMD), or with the word of enough attestors (Intel, AMD)
    Register(RegisterArgs),
    /// Unbind the session key before its time. It can never be bound again
    Revoke(RevokeArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum VendorName {
    /// An enclave of Intel SGX
    Sgx,
    /// A virtual machine of Intel TDX
    Tdx,
    /// A virtual machine of AMD SEV-SNP
    SevSnp,
}

impl From<VendorName> for Vendor {
    fn from(name: VendorName) -> Self {
        match name {
            VendorName::Sgx => Self::Sgx,
            VendorName::Tdx => Self::Tdx,
            VendorName::SevSnp => Self::SevSnp,
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// The worker's address
    #[arg(value_name = "ADDRESS", value_parser = parse_address)]
    worker: AccountId32,
}

#[derive(Args, Debug)]
pub(super) struct ReportDataArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// The worker's address
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    worker: AccountId32,
    /// Name of what runs in the hardware, as `hanzo-worker tee vouch` and governance know it
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    measurement: H256,
    /// For the next epoch, so that the key is bound without a gap
    #[arg(long)]
    next_epoch: bool,
}

#[derive(Args, Clone, Debug)]
struct EvidenceArgs {
    /// Whose hardware made the quote
    #[arg(long, value_name = "VENDOR")]
    vendor: VendorName,
    /// The vendor's root certificate, DER
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The quote
    #[arg(long, value_name = "FILE")]
    quote: PathBuf,
    /// The collateral to check it by, SCALE (docs/proofs.md)
    #[arg(long, value_name = "FILE")]
    collateral: PathBuf,
}

impl EvidenceArgs {
    fn read(&self) -> anyhow::Result<Evidence> {
        Ok(Evidence {
            vendor: self.vendor.into(),
            root: read_at_most(&self.root, MAX_ROOT)?,
            quote: read_at_most(&self.quote, MAX_QUOTE)?,
            collateral: read_at_most(&self.collateral, MAX_COLLATERAL)?,
        })
    }
}

#[derive(Args, Debug)]
pub(super) struct VouchArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// The worker whose session key the quote binds
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    worker: AccountId32,
    #[command(flatten)]
    evidence: EvidenceArgs,
    /// Where the signed word goes, to be handed to the worker [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct RegisterArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// An attestor's word, from `tee vouch`; give as many as must sign
    #[arg(long = "word", value_name = "FILE", conflicts_with_all = ["vendor", "root", "quote", "collateral"])]
    words: Vec<PathBuf>,
    #[command(flatten)]
    evidence: Option<EvidenceArgs>,
}

#[derive(Args, Debug)]
pub(super) struct RevokeArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Yes, for good
    #[arg(long, required = true)]
    for_good: bool,
}

pub(super) fn run(command: &TeeCommand, json: bool) -> anyhow::Result<Outcome> {
    block_on(async {
        match command {
            TeeCommand::Status(args) => status(args, json).await,
            TeeCommand::ReportData(args) => report_data(args, json).await,
            TeeCommand::Vouch(args) => vouch(args, json).await,
            TeeCommand::Register(args) => register(args, json).await,
            TeeCommand::Revoke(args) => {
                debug_assert!(args.for_good);
                let (connection, account) = (args.node.connect().await?, args.account.account()?);
                let call = Call::revoke_key(&account.id());
                change(connection, &account, &call, json).await
            }
        }
    })
}

async fn status(args: &StatusArgs, json: bool) -> anyhow::Result<Outcome> {
    let connection = args.node.connect().await?;
    let best = connection.best().await?;
    let at = best.hash();
    let measurement = connection.measurement(&args.worker, at).await?;
    let (epoch, attestors) = (connection.epoch(at).await?, connection.attestors(at).await?);
    if json {
        print_json(&json!({
            "block": best.number, "worker": args.worker, "measurement": measurement, "epoch": epoch, "attestors": attestors,
        }))?;
        return Ok(Outcome::Done);
    }
    println!("worker       {}", args.worker);
    println!("bound to     {}", measurement.map_or("nothing".into(), |measurement| format!("{measurement:?}")));
    println!("epoch        {epoch}");
    println!("attestors    set {}, {} of {} must sign", attestors.set, attestors.threshold, attestors.keys.len());
    for (place, key) in attestors.keys.iter().enumerate() {
        println!("  {place:2}         {key:?}");
    }
    Ok(Outcome::Done)
}

async fn report_data(args: &ReportDataArgs, json: bool) -> anyhow::Result<Outcome> {
    let connection = args.node.connect().await?;
    let at = connection.best().await?.hash();
    let worker = connection.worker(&args.worker, at).await?;
    let worker = worker.with_context(|| format!("{} is no worker", args.worker))?;
    let key = sr25519::Public::from_raw(worker.session_key.0);
    let epoch = connection.epoch(at).await?.saturating_add(u64::from(args.next_epoch));
    let hash = registration(&connection.genesis(), &args.worker, &key, epoch, &args.measurement);
    let data = format!("0x{}", hex::encode(binding::report_data(&hash)));
    match json {
        true => print_json(&json!({ "reportData": data, "epoch": epoch, "sessionKey": worker.session_key }))?,
        false => println!("{data}"),
    }
    Ok(Outcome::Done)
}

async fn vouch(args: &VouchArgs, json: bool) -> anyhow::Result<Outcome> {
    let signer = args.account.account()?;
    let evidence = args.evidence.read()?;
    let connection = args.node.connect().await?;
    let at = connection.best().await?.hash();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    let verdict = check(&connection, &args.worker, &evidence, now, at).await?;
    let word = Word::give(&connection, &signer, args.worker.clone(), &verdict, at).await?;
    let stored = connection.put_blob(&evidence.blob()).await?;
    ensure!(
        stored.hash == verdict.evidence,
        "the node has the evidence as {:?}, not {:?}",
        stored.hash,
        verdict.evidence
    );
    let text = serde_json::to_string_pretty(&word)?;
    let Some(path) = &args.out else {
        println!("{text}");
        return Ok(Outcome::Done);
    };
    std::fs::write(path, text).with_context(|| path.display().to_string())?;
    match json {
        true => print_json(&word)?,
        false => println!(
            "{:?} {:?} runs where session key {:?} of {} lives, in epoch {}; the word is in {}",
            word.vendor,
            word.measurement,
            word.key,
            word.worker,
            word.epoch,
            path.display()
        ),
    }
    Ok(Outcome::Done)
}

async fn register(args: &RegisterArgs, json: bool) -> anyhow::Result<Outcome> {
    let account = args.account.account()?;
    let connection = args.node.connect().await?;
    let call = match &args.evidence {
        None if args.words.is_empty() => bail!("give --word, or --vendor, --root, --quote and --collateral"),
        None => by_words(&args.words, &connection, &account).await?,
        Some(evidence) => by_quote(&evidence.read()?, &connection, &account).await?,
    };
    change(connection, &account, &call, json).await
}

async fn by_words(paths: &[PathBuf], connection: &Connection, account: &Account) -> anyhow::Result<Call> {
    let words = paths.iter().map(|path| read_word(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let (verdict, signatures) = together(&words).map_err(anyhow::Error::msg)?;
    let about = words.first().context("no word is given")?;
    ensure!(about.worker == account.id(), "the words are about {}, not {}", about.worker, account.id());
    let genesis = connection.genesis();
    ensure!(about.genesis == genesis, "the words are for the chain {:?}, this one is {genesis:?}", about.genesis);
    let needed = usize::from(connection.attestors(connection.best().await?.hash()).await?.threshold);
    ensure!(signatures.len() >= needed, "{} attestors signed, {needed} must", signatures.len());
    Ok(Call::register_key_by_verdict(&verdict, &signatures))
}

/// Checked here first: a quote that does not hold costs no fee.
async fn by_quote(evidence: &Evidence, connection: &Connection, account: &Account) -> anyhow::Result<Call> {
    let vendor = evidence.vendor;
    ensure!(
        vendor == Vendor::SevSnp,
        "quotes of {vendor:?} are checked by attestors: have them `tee vouch`, and give their words with --word"
    );
    let at = connection.best().await?.hash();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    let verdict = check(connection, &account.id(), evidence, now, at).await?;
    Ok(Call::register_key(vendor, verdict.root, verdict.epoch, &evidence.quote, &evidence.collateral))
}

/// Sends a call, waits until it is in a block, and shows what the session key is bound to then.
async fn change(connection: Connection, account: &Account, call: &Call, json: bool) -> anyhow::Result<Outcome> {
    let done = carry_out(connection, account, call).await?;
    let measurement = done.connection.measurement(&account.id(), done.block.hash).await?;
    done.show(json, "measurement", measurement, |measurement| match measurement {
        Some(measurement) => println!("the session key of {} is bound to {measurement:?}", account.id()),
        None => println!("the session key of {} is bound to nothing", account.id()),
    })
}

fn read_at_most(path: &Path, most: u32) -> anyhow::Result<Vec<u8>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    ensure!(bytes.len() <= most as usize, "{}: {} bytes, at most {most}", path.display(), bytes.len());
    Ok(bytes)
}

fn read_word(path: &Path) -> anyhow::Result<Word> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| format!("{}: not an attestor's word", path.display()))
}
