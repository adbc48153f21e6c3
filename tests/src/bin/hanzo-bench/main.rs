//! Measurements over the real binaries: quotes and routes over JSON-RPC, and jobs from submission to settlement.
//!
//! `scripts/bench` builds and runs it; `docs/benchmarks.md` tells how to read what it prints.

mod jobs;
mod quote;
mod route;
mod spread;

use clap::{Parser, Subcommand};
use hanzo_e2e::node::Node;
use jsonrpsee::core::params::ArrayParams;
use serde::Serialize;
use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

const EXAMPLES: &str = "\
Examples:
  hanzo-bench quote
  hanzo-bench quote --requests 500 --json
  hanzo-bench route --requests 500
  hanzo-bench jobs --jobs 20

hanzo-node and hanzo-worker must lie beside this program; scripts/bench builds all three. Progress is on standard error.
Exit codes: 0 measured, whatever came out; 1 could not measure, the reason is on standard error; 2 wrong usage.";

/// Measures a node of its own, started with --dev on free ports and a fresh directory.
#[derive(Debug, Parser)]
#[command(name = "hanzo-bench", version, after_help = EXAMPLES)]
struct Cli {
    /// Print one line of JSON on standard output instead of a table
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Latency of hmm_quoteBuy, next to a bare state_call of the same runtime API with the same arguments
    ///
    /// One WebSocket connection, one request at a time. Both kinds take turns in the same run, and so does who goes
    /// first, because the first to read a new block finds the node's caches cold. Before anything is timed both
    /// are asked about one block and must say the same.
    Quote(quote::QuoteArgs),
    /// Latency of hmm_route for six classes, as it is and with a placement on one worker
    ///
    /// One WebSocket connection, one request at a time, both kinds by turns.
    Route(route::RouteArgs),
    /// Blocks that jobs take from submission to draw, acceptance, attestation and settlement
    ///
    /// The worker runs inside the node. Jobs go one after another through `hanzo-worker job submit --wait`, which
    /// follows each to its end and checks that every amount adds up.
    Jobs(jobs::JobsArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.what {
        What::Quote(args) => quote::measure(&args).await.and_then(|report| print(&report, cli.json)),
        What::Route(args) => route::measure(&args).await.and_then(|report| print(&report, cli.json)),
        What::Jobs(args) => jobs::measure(args).await.and_then(|report| print(&report, cli.json)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One request; how long its answer took.
async fn ask(node: &Node, method: &str, parameters: &ArrayParams) -> anyhow::Result<Duration> {
    let parameters = parameters.clone();
    let start = Instant::now();
    node.call(method, parameters).await?;
    Ok(start.elapsed())
}

/// What a measurement came to: JSON for programs, a table for people.
trait Report: Serialize {
    /// The table.
    fn table(&self) -> String;
}

fn print(report: &impl Report, json: bool) -> anyhow::Result<()> {
    match json {
        true => println!("{}", serde_json::to_string(report)?),
        false => print!("{}", report.table()),
    }
    Ok(())
}
