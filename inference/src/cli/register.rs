//! `hanzo-worker register`, `set-accepting`, `set-payout`, `mint`: what a worker's operator does once or now and then.

use super::connect::*;
use super::{print_json, Outcome};
use crate::client::record::Included;
use crate::client::tx::{Call, Offer};
use crate::hash::blake2_256;
use anyhow::Context;
use clap::Args;
use hanzo_poai::{ResourceClass, Resources};
use hanzo_traits::{PoolId, Tier};
use serde_json::json;
use sp_core::{Pair, H256};
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
    carry_out(&args.node, &args.account, &call, json)
}

pub(super) fn set_accepting(args: &AcceptingArgs, json: bool) -> anyhow::Result<Outcome> {
    carry_out(&args.node, &args.account, &Call::set_accepting(args.state == "on"), json)
}

pub(super) fn set_payout(args: &PayoutArgs, json: bool) -> anyhow::Result<Outcome> {
    carry_out(&args.node, &args.account, &Call::set_payout(args.payout == "credits"), json)
}

pub(super) fn mint(args: &MintArgs, json: bool) -> anyhow::Result<Outcome> {
    let pool = PoolId { class: args.class, tier: args.tier };
    carry_out(&args.node, &args.account, &Call::mint_tokens(pool, args.amount), json)
}

/// Sends a call, waits until it is in a block, and shows the worker as it is then.
fn carry_out(node: &NodeArgs, account: &AccountArgs, call: &Call, json: bool) -> anyhow::Result<Outcome> {
    let account = account.account()?;
    block_on(async {
        let connection = node.connect().await?;
        let signed = submit(&connection, &account, call).await?;
        let mut follower = follow(connection, &signed).await?;
        let Included { place, fee, .. } = inclusion(&mut follower, &signed).await?;
        let worker = follower.connection().worker(&account.id(), place.hash).await?;
        if json {
            print_json(&json!({ "call": call.full_name(), "block": place, "fee": fee.to_string(), "worker": worker }))?;
            return Ok(Outcome::Done);
        }
        println!("{} in block {} ({:?}), fee {} AI", call.full_name(), place.number, place.hash, units(fee));
        if let Some(worker) = worker {
            println!("worker      {}", worker.account);
            println!("session key {:?}", worker.session_key);
            println!("accepting   {}", worker.accepting);
            println!("bond        {} AI, {} AI of value free", units(worker.bond.0), units(worker.free_limit.0));
            for class in ResourceClass::ALL {
                let (units_of, owed) = (worker.units[class.index()].0, worker.obligations[class.index()].0);
                if units_of > 0 || owed > 0 {
                    println!("{:<11} {} units, owes {}", class.name(), units(units_of), units(owed));
                }
            }
        }
        Ok(Outcome::Done)
    })
}
