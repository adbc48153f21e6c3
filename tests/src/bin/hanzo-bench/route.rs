//! Routes over JSON-RPC.

use crate::{ask, spread::Latency};
use anyhow::{Context, Result};
use clap::Args;
use hanzo_e2e::{genesis::Genesis, network::Network, node::Node};
use jsonrpsee::{core::params::ArrayParams, rpc_params};
use serde::Serialize;
use serde_json::{json, Value};
use std::time::Duration;

const METHOD: &str = "hmm_route";
/// What is asked of each class: a thousandth of a resource-second, small against every pool.
const AMOUNT: &str = "1000000000000000";
/// Tiers beside tier 0: with six classes each as many pools as a chain may have.
const TIERS: u8 = 7;
/// Ways to ask.
const KINDS: usize = 3;
/// Longest a route may take, microseconds: 99 of 100 requests.
const LIMIT: f64 = 5_000.0;

#[derive(Args, Debug)]
pub struct RouteArgs {
    /// Timed requests of each kind
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..10_000_000))]
    requests: u32,
    /// Requests of each kind before them, not timed
    #[arg(long, value_name = "N", default_value_t = 200)]
    warm_up: u32,
    /// Workers that the plans choose among, beside the two of the development chain
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(7..=500))]
    workers: u32,
}

/// Latencies in microseconds, as the client sees them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteReport {
    requests: u32,
    warm_up: u32,
    method: &'static str,
    amount: &'static str,
    /// Blocks that came while the clock ran.
    blocks: u64,
    kinds: Vec<Kind>,
    limit: f64,
    /// Whether p99 of the route without options is within the limit.
    within_limit: bool,
}

/// One way to ask.
#[derive(Debug, Serialize)]
struct Kind {
    kind: &'static str,
    latency: Latency,
}

/// Starts a node of a chain with as many pools as a chain may have, and asks it.
pub async fn measure(args: &RouteArgs) -> Result<RouteReport> {
    eprintln!("starting a node of a chain with {TIERS} tiers more and {} workers more", args.workers);
    let directory = tempfile::tempdir()?;
    let chain = directory.path().join("many.json");
    Genesis::of("dev")?.providers(TIERS, args.workers)?.write(&chain)?;
    let chain = chain.to_str().context("a path of text")?;
    let node = Node::start(Network::first(chain)).await?;
    let amounts = [AMOUNT; 6];
    let placed = |placement: &str| rpc_params![amounts, Value::Null, Value::Null, json!({ "placement": placement })];
    let kinds: [(&str, ArrayParams); KINDS] = [
        ("six classes", rpc_params![amounts]),
        ("in parts, by workers", placed("parts")),
        ("on one worker", placed("oneWorker")),
    ];
    for _ in 0..args.warm_up {
        for (_, parameters) in &kinds {
            ask(&node, METHOD, parameters).await?;
        }
    }
    let first = node.best().await?;
    let mut times: [Vec<Duration>; KINDS] = Default::default();
    for round in 0..args.requests as usize {
        for turn in 0..kinds.len() {
            let kind = (round + turn) % kinds.len();
            times[kind].push(ask(&node, METHOD, &kinds[kind].1).await?);
        }
        if (round + 1) % 500 == 0 {
            eprintln!("{} of {} requests of each kind", round + 1, args.requests);
        }
    }
    let blocks = node.best().await?.saturating_sub(first);
    let latency = |((kind, _), times): (&(&'static str, ArrayParams), &Vec<Duration>)| {
        Ok(Kind { kind, latency: Latency::of(times).context("no request was timed")? })
    };
    let kinds: Vec<Kind> = kinds.iter().zip(&times).map(latency).collect::<Result<_>>()?;
    let within_limit = kinds.first().is_some_and(|plain| plain.latency.p99 <= LIMIT);
    Ok(RouteReport {
        requests: args.requests,
        warm_up: args.warm_up,
        method: METHOD,
        amount: AMOUNT,
        blocks,
        kinds,
        limit: LIMIT,
        within_limit,
    })
}

impl crate::Report for RouteReport {
    fn table(&self) -> String {
        let Self { requests, warm_up, blocks, limit, .. } = self;
        let mut text = format!(
            "{requests} requests of each kind on one connection, by turns; {warm_up} before them; {blocks} blocks came\n\
             {:<28}{:>12}{:>12}{:>12}{:>12}\n",
            METHOD, "mean µs", "p50 µs", "p99 µs", "max µs"
        );
        for Kind { kind, latency: Latency { mean, p50, p99, max } } in &self.kinds {
            text += &format!("{kind:<28}{mean:>12.0}{p50:>12.0}{p99:>12.0}{max:>12.0}\n");
        }
        let verdict = if self.within_limit { "pass" } else { "fail" };
        text + &format!("{verdict}: p99 of six classes within {limit:.0} µs\n")
    }
}
