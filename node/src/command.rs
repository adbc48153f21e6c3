//! Carries out what the command line asks for.

use crate::{
    chain_spec,
    cli::{Cli, Subcommand},
    service::{self, Partial},
};
use hanzo_runtime::opaque::Block;
use sc_cli::SubstrateCli;
use sc_consensus_babe as babe;
use sc_consensus_grandpa as grandpa;
use sc_service::{ChainType, Configuration, TaskManager};

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Hanzo Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        env!("CARGO_PKG_AUTHORS").into()
    }

    fn support_url() -> String {
        "https://hanzo.network".into()
    }

    fn copyright_start_year() -> i32 {
        2025
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
        Ok(Box::new(chain_spec::load(id)?))
    }
}

/// Runs the subcommand, or the node.
pub fn run() -> sc_cli::Result<()> {
    let cli = Cli::from_args();
    match &cli.subcommand {
        None => run_node(&cli),
        Some(Subcommand::Key(cmd)) => cmd.run(&cli),
        Some(Subcommand::BuildSpec(cmd)) => {
            cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
        }
        Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
        Some(Subcommand::ChainInfo(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
        Some(Subcommand::PurgeChain(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
        Some(Subcommand::CheckBlock(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let (partial, tasks) = open(&config)?;
            Ok((cmd.run(partial.client, partial.import_queue), tasks))
        }),
        Some(Subcommand::ImportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let (partial, tasks) = open(&config)?;
            Ok((cmd.run(partial.client, partial.import_queue), tasks))
        }),
        Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let (partial, tasks) = open(&config)?;
            Ok((cmd.run(partial.client, config.database), tasks))
        }),
        Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let (partial, tasks) = open(&config)?;
            Ok((cmd.run(partial.client, config.chain_spec), tasks))
        }),
        Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            let (partial, tasks) = open(&config)?;
            let revert_consensus = Box::new(|client: std::sync::Arc<service::Client>, backend, blocks| {
                babe::revert(client.clone(), backend, blocks)?;
                grandpa::revert(client, blocks)?;
                Ok(())
            });
            Ok((cmd.run(partial.client, partial.backend, Some(revert_consensus)), tasks))
        }),
    }
}

fn run_node(cli: &Cli) -> sc_cli::Result<()> {
    let runner = cli.create_runner(&cli.run)?;
    let development = runner.config().chain_spec.chain_type() == ChainType::Development;
    if cli.seal.is_some() && !development {
        let chain = runner.config().chain_spec.id().to_owned();
        return Err(sc_cli::Error::Input(format!(
            "--seal is for development chains; '{chain}' is sealed by its validators"
        )));
    }
    let seal = development.then(|| cli.seal.unwrap_or_default());
    let options = service::Options { seal, blobs: cli.blobs.clone(), worker: cli.worker.clone() };
    runner.run_node_until_exit(|config| async move { service::run(config, options).map_err(plain) })
}

/// Opens the chain's database for a maintenance command.
fn open(config: &Configuration) -> sc_cli::Result<(Partial, TaskManager)> {
    service::open(config).map_err(plain)
}

/// Our own refusals in their own words: the SDK would put "Other:" or "Application:" before them.
fn plain(error: sc_service::Error) -> sc_cli::Error {
    match error {
        sc_service::Error::Other(text) => sc_cli::Error::Application(text.into()),
        sc_service::Error::Application(error) => sc_cli::Error::Application(error),
        error => sc_cli::Error::Service(error),
    }
}
