//! `hanzo-worker register`, `set-accepting`, `set-payout`, `set-models`, `mint`: what a worker's operator does once or now and then.

use super::connect::*;
use super::Outcome;
use crate::client::tx::{Call, Offer};
use crate::hash::blake2_256;
use crate::worker::chain::MAX_MODELS;
use crate::ModelSource;
use anyhow::{bail, ensure, Context};
use clap::Args;
use hanzo_poai::{ResourceClass, Resources};
use hanzo_traits::{api::WorkerView, PoolId, Tier};
use sp_core::{Pair, H256};
use sp_runtime::AccountId32;
use std::path::PathBuf;

#[derive(Args, Debug)]
pub(super) struct RegisterArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    session: SessionArgs,
    /// Bond: wei, or with a unit such as 100AI
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    bond: u128,
    /// GPUs it can run at a time
    #[arg(long, value_name = "UNITS", default_value = "0", value_parser = parse_units)]
    gpu: u128,
    /// Video memory, GiB
    #[arg(long, value_name = "UNITS", default_value = "0", value_parser = parse_units)]
    vram: u128,
    /// Cores
    #[arg(long, value_name = "UNITS", default_value = "0", value_parser = parse_units)]
    cpu: u128,
    /// Memory, GiB
    #[arg(long, value_name = "UNITS", default_value = "0", value_parser = parse_units)]
    ram: u128,
    /// Network, MB/s
    #[arg(long, value_name = "UNITS", default_value = "0", value_parser = parse_units)]
    net: u128,
    /// Storage, GiB
    #[arg(long, value_name = "UNITS", default_value = "0", value_parser = parse_units)]
    disk: u128,
    /// Tier it claims beside tier 0; may be given several times
    #[arg(long = "tier", value_name = "TIER")]
    tiers: Vec<Tier>,
    /// Region it can run jobs in, 0 to 31; may be given several times
    #[arg(long = "region", value_name = "REGION", value_parser = clap::value_parser!(u32).range(0..32))]
    regions: Vec<u32>,
    /// File that describes the hardware; its hash goes on chain
    #[arg(long, value_name = "FILE")]
    hardware: Option<PathBuf>,
    /// Latency it promises, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    latency_ms: u32,
    /// Jitter it promises, milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    jitter_ms: u32,
}

impl RegisterArgs {
    fn offer(&self) -> anyhow::Result<Offer> {
        let mut units = Resources::default();
        let amounts = [self.gpu, self.vram, self.cpu, self.ram, self.net, self.disk];
        for (class, amount) in ResourceClass::ALL.into_iter().zip(amounts) {
            units.set(class, amount);
        }
        let hardware = match &self.hardware {
            Some(path) => blake2_256(&std::fs::read(path).with_context(|| path.display().to_string())?),
            None => H256::zero(),
        };
        Ok(Offer {
            units,
            tiers: self.tiers.clone(),
            hardware,
            regions: self.regions.iter().fold(0, |bits, region| bits | 1 << region),
            latency_ms: self.latency_ms,
            jitter_ms: self.jitter_ms,
        })
    }
}

#[derive(Args, Debug)]
pub(super) struct AcceptingArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Whether to take jobs
    #[arg(value_name = "on|off", value_parser = ["on", "off"])]
    state: String,
}

#[derive(Args, Debug)]
pub(super) struct PayoutArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// credits: sold at settlement, or paid as tokens if the market gives less than 99 % of the hour's mean; tokens: paid
    /// as tokens
    #[arg(value_name = "credits|tokens", value_parser = ["credits", "tokens"])]
    payout: String,
}

#[derive(Args, Debug)]
pub(super) struct ModelsArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Models it runs, in place of those named before: content hashes (see `hanzo-worker model inspect`), or directories
    /// and .gguf files, which are hashed
    #[arg(value_name = "HASH|PATH", required = true)]
    models: Vec<String>,
}

impl ModelsArgs {
    fn hashes(&self) -> anyhow::Result<Vec<H256>> {
        let hashes = self.models.iter().map(|text| model_hash(text)).collect::<anyhow::Result<Vec<H256>>>()?;
        // The chain would refuse these too, for a fee.
        ensure!(hashes.len() <= MAX_MODELS, "{} models; a worker names {MAX_MODELS} at most", hashes.len());
        for (place, hash) in hashes.iter().enumerate() {
            if let Some(before) = hashes.iter().take(place).position(|other| other == hash) {
                bail!("{} and {} are the same model, {hash:?}", self.models[before], self.models[place]);
            }
        }
        Ok(hashes)
    }
}

/// A model's content hash, given as such or as the model's place.
fn model_hash(text: &str) -> anyhow::Result<H256> {
    let path = PathBuf::from(text);
    match parse_hash(text) {
        Ok(hash) => Ok(hash),
        Err(_) if path.exists() => Ok(ModelSource::Path(path).hash()?),
        Err(reason) => bail!("'{text}' is neither a model's content hash nor a file or directory: {reason}"),
    }
}

#[derive(Args, Debug)]
pub(super) struct MintArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Class: gpu, vram, cpu, ram, net or disk
    #[arg(long, value_name = "CLASS", value_parser = parse_class)]
    class: ResourceClass,
    /// Tier
    #[arg(long, value_name = "TIER", default_value_t = 0)]
    tier: Tier,
    /// Resource-seconds: wei, or with a unit such as 60u
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    amount: u128,
}

fn parse_class(text: &str) -> Result<ResourceClass, String> {
    let found = ResourceClass::ALL.into_iter().find(|class| class.name() == text);
    found.ok_or_else(|| {
        format!("no class '{text}'; there are {}", ResourceClass::ALL.map(ResourceClass::name).join(", "))
    })
}

pub(super) fn register(args: &RegisterArgs, json: bool) -> anyhow::Result<Outcome> {
    let session = args.session.key(&args.account)?;
    let call = Call::register_worker(&args.offer()?, &session.pair().public(), args.bond);
    change(&args.node, &args.account, &call, json)
}

pub(super) fn set_accepting(args: &AcceptingArgs, json: bool) -> anyhow::Result<Outcome> {
    change(&args.node, &args.account, &Call::set_accepting(args.state == "on"), json)
}

pub(super) fn set_payout(args: &PayoutArgs, json: bool) -> anyhow::Result<Outcome> {
    change(&args.node, &args.account, &Call::set_payout(args.payout == "credits"), json)
}

pub(super) fn set_models(args: &ModelsArgs, json: bool) -> anyhow::Result<Outcome> {
    change(&args.node, &args.account, &Call::set_models(&args.hashes()?), json)
}

pub(super) fn mint(args: &MintArgs, json: bool) -> anyhow::Result<Outcome> {
    let pool = PoolId { class: args.class, tier: args.tier };
    change(&args.node, &args.account, &Call::mint_tokens(pool, args.amount), json)
}

/// Sends a call, waits until it is in a block, and shows the worker as it is then.
fn change(node: &NodeArgs, account: &AccountArgs, call: &Call, json: bool) -> anyhow::Result<Outcome> {
    let account = account.account()?;
    block_on(async {
        let done = carry_out(node.connect().await?, &account, call).await?;
        let worker = done.connection.worker(&account.id(), done.block.hash).await?;
        done.show(json, "worker", worker, |worker| worker.iter().for_each(print_worker))
    })
}

fn print_worker(worker: &WorkerView<AccountId32>) {
    println!("worker      {}", worker.account);
    println!("session key {:?}", worker.session_key);
    println!("accepting   {}", worker.accepting);
    for model in &worker.models {
        println!("model       {model:?}");
    }
    println!("bond        {} AI, {} AI of value free", units(worker.bond.0), units(worker.free_limit.0));
    for class in ResourceClass::ALL {
        let (units_of, owed) = (worker.units[class.index()].0, worker.obligations[class.index()].0);
        if units_of > 0 || owed > 0 {
            println!("{:<11} {} units, owes {}", class.name(), units(units_of), units(owed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(models: &[&str]) -> anyhow::Result<Vec<H256>> {
        let node = NodeArgs { node: "ws://x".into(), expect_genesis: None };
        let account = AccountArgs { account_key: None, suri: Some("//Ferdie".into()) };
        ModelsArgs { node, account, models: models.iter().map(|text| text.to_string()).collect() }.hashes()
    }

    #[test]
    fn models_should_be_hashes_as_given_and_hashes_of_files() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.gguf");
        std::fs::write(&path, b"GGUF and more").unwrap();
        let text = format!("0x{}", "07".repeat(32));
        let found = hashes(&[&text, path.to_str().unwrap()]).unwrap();
        let of_file = crate::model::source::content_hash([&b"GGUF and more"[..]]);
        assert_eq!(found, [H256::repeat_byte(7), of_file]);
    }

    #[test]
    fn models_should_be_refused_before_a_fee_is_paid_when_the_chain_would_not_take_them() {
        let text = |tag: usize| format!("{tag:064x}");
        let many: Vec<String> = (0..=MAX_MODELS).map(text).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(hashes(&many[1..]).unwrap().len(), MAX_MODELS);
        for (models, reason) in [
            (&many[..], "33 models"),
            (&[many[1], many[2], many[1]], "are the same model"),
            (&["/nowhere"], "neither a model's content hash nor"),
        ] {
            let error = hashes(models).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
