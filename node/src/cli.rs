//! Command line.

use sc_cli::RunCmd;
use std::{num::NonZeroUsize, path::PathBuf};

/// What the binary is asked to do: run a node, unless a subcommand says otherwise.
#[derive(Debug, clap::Parser)]
pub struct Cli {
    /// Maintenance instead of a running node.
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// When a development chain (`--dev`) seals blocks
    #[arg(long, value_enum)]
    pub seal: Option<Seal>,

    /// What the node keeps for jobs.
    #[command(flatten)]
    pub blobs: crate::blobs::BlobArgs,

    /// Whether and how the node works for others.
    #[command(flatten)]
    pub worker: WorkerArgs,

    /// Options of a running node.
    #[command(flatten)]
    pub run: RunCmd,
}

/// Inference inside the node.
#[derive(Clone, Debug, clap::Args)]
pub struct WorkerArgs {
    /// Run jobs for the worker whose keys are in the keystore (types wrkr and poai; on a development chain the preset's)
    #[arg(long)]
    pub worker: bool,

    /// Model to serve: a directory with config.json and safetensors files, or a .gguf file [default: the tiny one inside]
    #[arg(long, value_name = "PATH", requires = "worker")]
    pub worker_model: Option<PathBuf>,

    /// Threads of the engine [default: all cores; on a validator all but one, which imports and writes blocks]
    #[arg(long, value_name = "N", requires = "worker")]
    pub worker_threads: Option<NonZeroUsize>,

    /// Decline jobs whose prompt and longest output have more tokens: memory for all of them is taken when a run begins
    /// [default: what a quarter of the machine's memory holds, at most the model's context]
    #[arg(long, value_name = "TOKENS", requires = "worker")]
    pub worker_max_context: Option<NonZeroUsize>,

    /// Decline jobs worth less: wei, or with a unit such as 0.01AI [default: 0.0005AI]
    #[arg(long, value_name = "AMOUNT", requires = "worker", value_parser = hanzo_inference::amount::parse_amount)]
    pub worker_min_value: Option<u128>,
}

/// When a development chain seals a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Seal {
    /// Once per slot.
    #[default]
    Interval,
    /// At once when a transaction comes, and also once per slot so that time passes.
    Instant,
}

/// Everything besides running a node.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
    /// Generate, inspect and store keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Build a chain specification (superseded by `export-chain-spec`).
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Write a chain specification, with readable or raw genesis.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Validate blocks.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Export blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Export the state of a block as a chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Import blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Remove the chain's database.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Revert blocks that are not final.
    Revert(sc_cli::RevertCmd),

    /// Print what the database knows of the chain.
    ChainInfo(sc_cli::ChainInfoCmd),
}
