//! `hanzo-worker verifier`: what a verifier's operator does, and the verifier itself.

use super::attach::{connect_when_up, shutdown};
use super::connect::*;
use super::{print_json, Outcome};
use crate::client::tx::Call;
use crate::client::{Account, Connection};
use crate::engine::{CandleEngine, Engine, EngineOptions};
use crate::sealing::SealingKey;
use crate::verifier::chain::{Chain, Review, VerifierOf};
use crate::verifier::{attach::SubxtChain, judge::EngineJudge, stats::Stats, store::Store, Verifier};
use crate::worker::metrics;
use crate::ModelSource;
use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

/// Verifiers asked for at a time.
const PAGE: u32 = 256;

#[derive(Debug, Subcommand)]
pub(super) enum VerifierCommand {
    /// Join a chain's verifiers with a bond
    Register(RegisterArgs),
    /// Leave: no committee is drawn with the account from now on; its seats have to be served to their end
    Retire(LeaveArgs),
    /// Take the bond back, once the time after `retire` is over
    Withdraw(LeaveArgs),
    /// Verifiers as the chain has them, with the reviews they sit on
    Status(StatusArgs),
    /// Serve committees until interrupted: replay jobs, commit to verdicts, reveal them
    ///
    /// Every ballot is on disk before its commitment is sent; after a restart it is revealed. Keep the base path: a commitment
    /// whose ballot is lost cannot be revealed, and that costs 1 % of the bond.
    Attach(AttachArgs),
}

impl VerifierCommand {
    /// Threads asked for, by the command that runs a model.
    pub(super) fn threads(&self) -> Option<NonZeroUsize> {
        match self {
            Self::Attach(args) => args.threads,
            _ => None,
        }
    }

    /// Whether it works until it is interrupted, and has no value to print.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self, Self::Attach(_))
    }
}

#[derive(Args, Debug)]
pub(super) struct RegisterArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Bond: wei, or with a unit such as 50AI
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    bond: u128,
}

#[derive(Args, Debug)]
pub(super) struct LeaveArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
}

#[derive(Args, Debug)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    node: NodeArgs,
    /// Addresses of verifiers [default: all there are]
    #[arg(value_name = "ADDRESS", value_parser = parse_address)]
    accounts: Vec<AccountId32>,
}

#[derive(Args, Debug)]
pub(super) struct AttachArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    /// Where ballots are kept until their review is long over; one process per directory
    #[arg(long, value_name = "DIR")]
    base_path: PathBuf,
    /// Directory with config.json and safetensors files, or a .gguf file; may be given several times [default: the tiny model
    /// inside]
    #[arg(long = "model", value_name = "PATH")]
    models: Vec<PathBuf>,
    /// Threads [default: one per core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// Judge sealed jobs too. The key they are opened with is made in the base path (sealing.key) and its public half published for
    /// each account, for a deposit; keep it as long as the accounts sit on committees
    #[arg(long)]
    sealing: bool,
    /// Serve counters for Prometheus at http://127.0.0.1:PORT/metrics
    #[arg(long, value_name = "PORT")]
    metrics_port: Option<u16>,
}

/// Who signs; one process may serve several.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = true)]
struct AccountsArgs {
    /// File with a verifier's secret URI, readable by its owner only; may be given several times
    #[arg(long = "account-key", value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// A verifier's secret URI; for development only: other users of this machine can see it; may be given several times
    #[arg(long = "suri", value_name = "SURI")]
    suris: Vec<String>,
}

impl AccountsArgs {
    fn accounts(&self) -> anyhow::Result<Vec<Account>> {
        let files = self.keys.iter().map(|path| Account::from_file(path));
        let given = self.suris.iter().map(|suri| Account::from_suri(suri));
        let accounts = files.chain(given).collect::<Result<Vec<Account>, _>>()?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = accounts.iter().find(|account| !seen.insert(account.id())) {
            bail!("{} is given twice", twice.id());
        }
        Ok(accounts)
    }
}

pub(super) fn run(command: &VerifierCommand, json: bool) -> anyhow::Result<Outcome> {
    match command {
        VerifierCommand::Register(args) => change(&args.node, &args.account, &Call::register_verifier(args.bond), json),
        VerifierCommand::Retire(args) => change(&args.node, &args.account, &Call::retire_verifier(), json),
        VerifierCommand::Withdraw(args) => change(&args.node, &args.account, &Call::withdraw_verifier_bond(), json),
        VerifierCommand::Status(args) => block_on(status(args, json)),
        VerifierCommand::Attach(args) => attach(args),
    }
}

/// Sends a call, waits until it is in a block, and shows the verifier as it is then.
fn change(node: &NodeArgs, account: &AccountArgs, call: &Call, json: bool) -> anyhow::Result<Outcome> {
    let account = account.account()?;
    block_on(async {
        let done = carry_out(node.connect().await?, &account, call).await?;
        let verifier = done.connection.verifier(&account.id(), done.block.hash).await?;
        done.show(json, "verifier", verifier, |verifier| match verifier {
            Some(verifier) => print_verifier(&Status { verifier, reviews: Vec::new() }),
            None => println!("{} is no verifier any more", account.id()),
        })
    })
}

/// A verifier and the reviews it sits on.
#[derive(Serialize)]
struct Status {
    #[serde(flatten)]
    verifier: VerifierOf,
    reviews: Vec<Review>,
}

async fn status(args: &StatusArgs, json: bool) -> anyhow::Result<Outcome> {
    let connection = args.node.connect().await?;
    let best = connection.best().await?;
    let at = best.hash();
    let verifiers = match args.accounts.as_slice() {
        [] => every_verifier(&connection, at).await?,
        accounts => named(&connection, accounts, at).await?,
    };
    let mut found = Vec::new();
    for verifier in verifiers {
        let reviews = connection.seats(&verifier.account, at).await?;
        found.push(Status { verifier, reviews });
    }
    match json {
        true => print_json(&json!({ "block": best.number, "verifiers": found }))?,
        false => found.iter().for_each(print_verifier),
    }
    Ok(Outcome::Done)
}

async fn every_verifier(connection: &Connection, at: H256) -> anyhow::Result<Vec<VerifierOf>> {
    let (mut all, mut start) = (Vec::new(), 0);
    loop {
        let page = connection.verifiers(start, PAGE, at).await?;
        let Some(last) = page.last() else { return Ok(all) };
        start = last.slot.saturating_add(1);
        all.extend(page);
    }
}

async fn named(connection: &Connection, accounts: &[AccountId32], at: H256) -> anyhow::Result<Vec<VerifierOf>> {
    let mut found = Vec::new();
    for account in accounts {
        match connection.verifier(account, at).await? {
            Some(verifier) => found.push(verifier),
            None => bail!("{account} is no verifier"),
        }
    }
    Ok(found)
}

fn print_verifier(Status { verifier, reviews }: &Status) {
    println!("verifier    {}", verifier.account);
    println!("bond        {} AI, {} AI of it frozen", units(verifier.bond.0), units(verifier.frozen.0));
    println!("seats       {}", verifier.seats.len());
    if let Some(since) = verifier.leaving_since {
        println!("leaving     since block {since}");
    }
    for Review { job, committee, round, phase, until, .. } in reviews {
        println!("review      job {job}, {committee:?}, round {round}: {phase:?} until block {until}");
    }
}

fn attach(args: &AttachArgs) -> anyhow::Result<Outcome> {
    let accounts = args.accounts.accounts()?;
    let engines = engines(args)?;
    block_on(async {
        let mut shutdown = Box::pin(shutdown()?);
        let connect =
            connect_when_up(|| SubxtChain::connect(&args.node.node, accounts.clone(), args.node.expect_genesis));
        let chain = tokio::select! {
            chain = connect => Arc::new(chain?),
            () = &mut shutdown => return Ok(Outcome::Done),
        };
        tracing::info!(node = args.node.node, genesis = ?chain.genesis(), "connected");
        let store = Store::open(&args.base_path, chain.genesis())?;
        let stats = Arc::new(Stats::default());
        if let Some(port) = args.metrics_port {
            let shown = stats.clone();
            let address = metrics::serve_text(port, move || shown.text()).await?;
            tracing::info!("metrics at http://{address}/metrics");
        }
        let verifier = Verifier::new(chain, Arc::new(EngineJudge::new(engines)), store, stats);
        let verifier = match args.sealing {
            true => verifier.with_sealing(SealingKey::open_or_create(&args.base_path.join("sealing.key"))?),
            false => verifier,
        };
        verifier.serve(shutdown).await?;
        Ok(Outcome::Done)
    })
}

/// The models at hand, each on an engine of the replay profile.
fn engines(args: &AttachArgs) -> anyhow::Result<Vec<Arc<dyn Engine>>> {
    let default = EngineOptions::default();
    let options = EngineOptions { threads: args.threads.unwrap_or(default.threads), ..default };
    let mut sources: Vec<ModelSource> = args.models.iter().cloned().map(ModelSource::Path).collect();
    if sources.is_empty() {
        sources.push(ModelSource::Tiny);
    }
    let mut engines: Vec<Arc<dyn Engine>> = Vec::new();
    for source in sources {
        let engine = CandleEngine::load(&source, &options)?;
        let model = engine.model_hash();
        ensure!(engines.iter().all(|other| other.model_hash() != model), "model {model:?} is given twice");
        tracing::info!(?model, "model loaded");
        engines.push(Arc::new(engine));
    }
    Ok(engines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_should_be_of_all_keys_and_each_only_once() {
        let args = |suris: &[&str]| AccountsArgs { keys: vec![], suris: suris.iter().map(|s| s.to_string()).collect() };
        let two = args(&["//Verifier//0", "//Verifier//1"]).accounts().unwrap();
        assert_eq!(two.len(), 2);
        assert_ne!(two[0].id(), two[1].id());
        let error = args(&["//Alice", "//Bob", "//Alice"]).accounts().unwrap_err().to_string();
        assert!(error.contains("given twice") && error.contains(&two[0].id().to_string()[..1]), "{error}");
    }

    #[test]
    fn address_should_be_refused_in_words_when_it_is_none() {
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        assert_eq!(parse_address(alice).unwrap().to_string(), alice);
        assert!(parse_address("5Grwva").unwrap_err().contains("not an address"));
    }
}
