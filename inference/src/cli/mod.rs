//! The commands of `hanzo-worker`.

mod attach;
mod bench;
mod blob;
mod canary;
mod connect;
mod generate;
mod job;
mod keys;
mod model;
mod options;
mod register;
mod replay;
mod tee;
mod train;
mod verifier;
mod verify;

use crate::engine::EngineOptions;
use crate::kernels::Isa;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use options::{DecodingArgs, EngineArgs, ModelArg, ScheduleArgs};
use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::EnvFilter;

const EXAMPLES: &str = "\
Examples:
  hanzo-worker generate --prompt 'Q: 3 plus 4' --temperature 0
  hanzo-worker generate --prompt 'You may' --temperature 0.8 --seed 0x2a --receipt receipt.json
  hanzo-worker replay receipt.json --threads 1 --prefill-chunk 1 --no-cache
  hanzo-worker verify receipt.json
  hanzo-worker model inspect path/to/qwen3-0.6b
  hanzo-worker bench decode --json
  hanzo-worker attach --suri //Ferdie --base-path /var/lib/hanzo-worker
  hanzo-worker verifier attach --suri //Verifier --base-path /var/lib/hanzo-verifier
  hanzo-worker job submit --suri //Alice --prompt 'Q: 3 plus 4' --wait
  hanzo-worker job replay 0 --save receipt.json

Without --model the tiny model inside the program runs: a byte-level decoder of 1.3 million parameters.

Exit codes: 0 done; 1 failed, the reason is on standard error; 2 wrong usage; 3 a receipt or an attestation does not hold, or a job that was
waited for ended otherwise than settled.";

/// Runs language models for Hanzo Network and checks what others ran.
#[derive(Debug, Parser)]
#[command(name = "hanzo-worker", version, after_help = EXAMPLES)]
struct Cli {
    /// Print one JSON value on standard output instead of text
    #[arg(long, global = true)]
    json: bool,
    /// What to log on standard error: error, warn, info, debug, trace, or filters such as hanzo_inference=debug
    #[arg(long, value_name = "FILTER", global = true, env = "HANZO_LOG", default_value = "info", value_parser = parse_log)]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Continue a prompt; with --receipt, leave a receipt that anyone can replay
    Generate(generate::GenerateArgs),
    /// Check a receipt by running its tokens through the model again
    Replay(replay::ReplayArgs),
    Verify(Box<verify::VerifyArgs>),
    /// Look at a model
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Measure speed
    #[command(subcommand)]
    Bench(bench::BenchCommand),
    /// Train the tiny model from text at hand (see inference/models/tiny/README.md)
    TrainTiny(train::TrainArgs),
    /// Serve jobs of a chain: accept, run, attest, deliver, until interrupted
    Attach(attach::AttachArgs),
    /// Join a chain's workers
    Register(register::RegisterArgs),
    /// Start or stop taking jobs
    SetAccepting(register::AcceptingArgs),
    /// Choose whether what a worker earns is sold for credits or paid as resource tokens
    SetPayout(register::PayoutArgs),
    /// Name the models the worker runs; it is drawn for jobs on these only
    SetModels(register::ModelsArgs),
    /// Mint resource tokens, to sell or to provide liquidity with; the worker owes them
    Mint(register::MintArgs),
    /// Check others' work for pay: bond, serve committees, leave
    #[command(subcommand)]
    Verifier(verifier::VerifierCommand),
    /// Submit work that is wrong on purpose and find out who calls it good, as a registered operator of canaries
    #[command(subcommand)]
    Canary(canary::CanaryCommand),
    /// Bind a worker's session key to trusted hardware, or vouch for one that is
    #[command(subcommand)]
    Tee(tee::TeeCommand),
    /// Ask the network for an inference, and follow it
    #[command(subcommand)]
    Job(job::JobCommand),
    /// Hand bytes to a node, or fetch them
    #[command(subcommand)]
    Blob(blob::BlobCommand),
    /// Make and look at key files
    #[command(subcommand)]
    Key(keys::KeyCommand),
}

/// What a command came to.
enum Outcome {
    /// Done.
    Done,
    /// Done, and the answer is no.
    Refused,
}

/// Parses the command line, runs the command and reports.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let is_endless = match &cli.command {
        Command::Attach(_) => true,
        Command::Verifier(command) => command.is_endless(),
        _ => false,
    };
    if cli.json && is_endless {
        let reason = "--json prints one value when a command is done; this command works until it is interrupted";
        Cli::command().error(ErrorKind::ArgumentConflict, reason).exit();
    }
    // The parser has seen that it is a filter.
    let filter = EnvFilter::new(&cli.log);
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let _ = log.try_init();
    set_candle_threads(&cli.command);
    tracing::debug!(isa = Isa::best().name(), "kernels");
    let outcome = match &cli.command {
        Command::Generate(args) => generate::run(args, cli.json),
        Command::Replay(args) => replay::run(args, cli.json),
        Command::Verify(args) => verify::run(args, cli.json),
        Command::Model(command) => model::run(command, cli.json),
        Command::Bench(command) => bench::run(command, cli.json),
        Command::TrainTiny(args) => train::run(args, cli.json),
        Command::Attach(args) => attach::run(args),
        Command::Register(args) => register::register(args, cli.json),
        Command::SetAccepting(args) => register::set_accepting(args, cli.json),
        Command::SetPayout(args) => register::set_payout(args, cli.json),
        Command::SetModels(args) => register::set_models(args, cli.json),
        Command::Mint(args) => register::mint(args, cli.json),
        Command::Verifier(command) => verifier::run(command, cli.json),
        Command::Canary(command) => canary::run(command, cli.json),
        Command::Tee(command) => tee::run(command, cli.json),
        Command::Job(command) => job::run(command, cli.json),
        Command::Blob(command) => blob::run(command, cli.json),
        Command::Key(command) => keys::run(command, cli.json),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Refused) => ExitCode::from(3),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Candle reads its number of threads from the environment; set it before any thread starts.
fn set_candle_threads(command: &Command) {
    let threads = match command {
        Command::Generate(args) => args.engine.threads,
        Command::Replay(args) => args.engine.threads,
        Command::Verify(args) => args.threads,
        Command::Bench(command) => command.threads(),
        Command::Attach(args) => args.engine.threads,
        Command::TrainTiny(_) => Some(NonZeroUsize::MIN),
        Command::Verifier(command) => command.threads(),
        Command::Job(command) => command.threads(),
        _ => None,
    };
    let threads = threads.unwrap_or(EngineOptions::default().threads).to_string();
    std::env::set_var("RAYON_NUM_THREADS", &threads);
    std::env::set_var("CANDLE_NUM_THREADS", &threads);
}

fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A filter of log lines. A word that is neither a level nor `MODULE=LEVEL` is refused: as a filter it would mean a
/// module of that name, and silence for everything else.
fn parse_log(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map_err(|e| e.to_string())?;
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    match words.clone().find(|word| !word.contains(['=', '[']) && word.parse::<LevelFilter>().is_err()) {
        Some(word) => {
            Err(format!("'{word}' is no level; there are error, warn, info, debug, trace, off, and MODULE=LEVEL"))
        }
        None if words.count() == 0 => Err("it is empty; `off` logs nothing".into()),
        None => Ok(text.into()),
    }
}
