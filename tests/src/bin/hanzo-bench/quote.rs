//! A quote over JSON-RPC against a bare `state_call`.

use crate::{ask, spread::Latency};
use anyhow::{ensure, Context, Result};
use clap::Args;
use codec::{DecodeAll, Encode};
use hanzo_e2e::node::{Node, Options};
use hanzo_traits::{
    api::{ApiResult, QuoteView},
    PoolId, ResourceClass,
};
use jsonrpsee::{core::params::ArrayParams, rpc_params};
use serde::Serialize;
use std::time::Duration;

const METHOD: &str = "hmm_quoteBuy";
const RUNTIME_API: &str = "HmmApi_quote_buy";
const POOL: PoolId = PoolId { class: ResourceClass::Gpu, tier: 0 };
/// Credits offered for compute: 0.1 $AI, small against every pool.
const THETA_IN: u128 = 100_000_000_000_000_000;
/// How many times as long as the bare call a quote may take.
const LIMIT: f64 = 2.0;

#[derive(Args, Debug)]
pub struct QuoteArgs {
    /// Timed requests of each kind
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..10_000_000))]
    requests: u32,
    /// Requests of each kind before them, not timed
    #[arg(long, value_name = "N", default_value_t = 200)]
    warm_up: u32,
}

/// Latencies in microseconds, as the client sees them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuoteReport {
    requests: u32,
    warm_up: u32,
    method: &'static str,
    runtime_api: &'static str,
    pool: PoolId,
    theta_in: String,
    /// Blocks that came while the clock ran.
    blocks: u64,
    quote: Latency,
    state_call: Latency,
    /// Latency of the quote over that of the bare call.
    ratio: Latency,
    limit: f64,
    /// Whether mean, p50 and p99 are all within the limit; the slowest of all is chance.
    within_limit: bool,
}

/// Starts a node and asks it.
pub async fn measure(args: &QuoteArgs) -> Result<QuoteReport> {
    eprintln!("starting hanzo-node --dev");
    let node = Node::start(Options::new(&["--dev"])).await?;
    let data = format!("0x{}", hex::encode((POOL, THETA_IN).encode()));
    same_answer(&node, &data).await?;
    let kinds = [
        (METHOD, rpc_params![POOL.class, THETA_IN.to_string(), POOL.tier]),
        ("state_call", rpc_params![RUNTIME_API, data]),
    ];
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..args.warm_up {
        ask_both(&node, &kinds, round).await?;
    }
    let first = node.best().await?;
    for round in 0..args.requests {
        let [quote, bare] = ask_both(&node, &kinds, round).await?;
        times[0].push(quote);
        times[1].push(bare);
        if (round + 1) % 500 == 0 {
            eprintln!("{} of {} requests of each kind", round + 1, args.requests);
        }
    }
    let blocks = node.best().await?.saturating_sub(first);
    let latency = |times: &[Duration]| Latency::of(times).context("no request was timed");
    let (quote, state_call) = (latency(&times[0])?, latency(&times[1])?);
    let ratio = Latency {
        mean: quote.mean / state_call.mean,
        p50: quote.p50 / state_call.p50,
        p99: quote.p99 / state_call.p99,
        max: quote.max / state_call.max,
    };
    Ok(QuoteReport {
        requests: args.requests,
        warm_up: args.warm_up,
        method: METHOD,
        runtime_api: RUNTIME_API,
        pool: POOL,
        theta_in: THETA_IN.to_string(),
        blocks,
        quote,
        state_call,
        ratio,
        limit: LIMIT,
        within_limit: [ratio.mean, ratio.p50, ratio.p99].iter().all(|ratio| *ratio <= LIMIT),
    })
}

/// One request of each kind; what each took. Who goes first changes with the round.
async fn ask_both(node: &Node, kinds: &[(&str, ArrayParams); 2], round: u32) -> Result<[Duration; 2]> {
    let mut took = [Duration::ZERO; 2];
    for turn in 0..2 {
        let kind = (round as usize + turn) % 2;
        let (method, parameters) = &kinds[kind];
        took[kind] = ask(node, method, parameters).await?;
    }
    Ok(took)
}

/// Both kinds must say the same about one block, or they are not the same work.
async fn same_answer(node: &Node, data: &str) -> Result<()> {
    let at = node.call("chain_getBlockHash", rpc_params![]).await?;
    let quoted = node.call(METHOD, rpc_params![POOL.class, THETA_IN.to_string(), POOL.tier, &at]).await?;
    let answer = node.call("state_call", rpc_params![RUNTIME_API, data, &at]).await?;
    let bytes = hex::decode(answer.as_str().unwrap_or_default().trim_start_matches("0x"))?;
    let decoded = ApiResult::<QuoteView<u32>>::decode_all(&mut &bytes[..])?.map_err(anyhow::Error::msg)?;
    let decoded = serde_json::to_value(decoded)?;
    ensure!(quoted == decoded, "{METHOD} says {quoted}, but {RUNTIME_API} says {decoded}");
    Ok(())
}

impl crate::Report for QuoteReport {
    fn table(&self) -> String {
        let Self { requests, warm_up, blocks, limit, .. } = self;
        let mut text = format!(
            "{requests} requests of each kind on one connection, by turns; {warm_up} before them; {blocks} blocks came\n\
             {:<28}{:>12}{:>12}{:>12}{:>12}\n",
            "", "mean µs", "p50 µs", "p99 µs", "max µs"
        );
        for (name, latency) in [(METHOD, &self.quote), ("state_call", &self.state_call)] {
            let Latency { mean, p50, p99, max } = latency;
            text += &format!("{name:<28}{mean:>12.0}{p50:>12.0}{p99:>12.0}{max:>12.0}\n");
        }
        let Latency { mean, p50, p99, max } = self.ratio;
        text += &format!("{:<28}{mean:>12.2}{p50:>12.2}{p99:>12.2}{max:>12.2}\n", "ratio");
        let verdict = if self.within_limit { "pass" } else { "fail" };
        text + &format!("{verdict}: mean, p50 and p99 within {limit} times the bare call\n")
    }
}
