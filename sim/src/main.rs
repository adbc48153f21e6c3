//! `hanzo-sim`: adversaries of the protocol, and its stability over a month, on the real runtime.

use clap::{Parser, Subcommand};
use hanzo_sim::{adversaries, report, stability, trial};
use rayon::prelude::*;
use std::{
    io::Write,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

const EXAMPLES: &str = "\
Examples:
  hanzo-sim adversaries --list
  hanzo-sim adversaries sandwich --seeds 5000 --json
  hanzo-sim stability --days 30 --out /tmp/month

Progress is on standard error.
Exit codes: 0 every claim holds; 1 one does not, or a promise of the chain was broken; 2 wrong usage.";

/// Simulates on the real runtime.
#[derive(Debug, Parser)]
#[command(name = "hanzo-sim", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Has adversaries try to win something, each over many seeds, and says what they won
    Adversaries(Adversaries),
    /// Runs a market for a month through shocks, and says how it fared
    Stability(stability::Options),
}

#[derive(Debug, clap::Args)]
struct Adversaries {
    /// Only these; all by default
    names: Vec<String>,
    /// Runs of each
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Print rows of Markdown instead of a table
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Fail only where a claim is broken that is not known to be
    #[arg(long)]
    except_open: bool,
    /// Name them, and say what each tries
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    match Cli::parse().what {
        What::Adversaries(options) => run_adversaries(&options),
        What::Stability(options) => stability::run(&options),
    }
}

fn run_adversaries(options: &Adversaries) -> ExitCode {
    let mut chosen = adversaries::all();
    if let Some(unknown) = options.names.iter().find(|name| !chosen.iter().any(|one| one.name() == **name)) {
        eprintln!("error: there is no adversary '{unknown}'; --list names them");
        return ExitCode::from(2);
    }
    chosen.retain(|one| options.names.is_empty() || options.names.iter().any(|name| name == one.name()));
    if options.list {
        chosen.iter().for_each(|one| println!("{:<20} {}", one.name(), one.tries()));
        return ExitCode::SUCCESS;
    }
    let (runs, done) = (options.seeds * chosen.len() as u64, AtomicU64::new(0));
    // One core each: the runs of one adversary follow from those before. One at a time is taken, as some are much longer.
    let verdicts: Vec<_> = chosen
        .par_iter()
        .with_max_len(1)
        .map(|one| {
            let verdict = trial::try_out(one.as_ref(), options.seed, options.seeds, &mut |_| {
                let done = done.fetch_add(1, Relaxed) + 1;
                if done % 50 == 0 || done == runs {
                    eprint!("\r{done} of {runs} runs");
                    let _ = std::io::stderr().flush();
                }
            });
            let outcome = if verdict.holds { "holds" } else { "broken" };
            eprintln!("\r{:<22} {outcome}, mean {:.6} $AI, {:.1} s", one.name(), verdict.best.mean, verdict.seconds);
            verdict
        })
        .collect();
    match (options.json, options.markdown) {
        (true, _) => println!("{}", serde_json::to_string(&verdicts).expect("a report is plain data")),
        (_, true) => print!("{}", report::markdown(&verdicts)),
        _ => print!("{}", report::table(&verdicts)),
    }
    if verdicts.iter().all(|verdict| verdict.holds || (options.except_open && verdict.open.is_some())) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
