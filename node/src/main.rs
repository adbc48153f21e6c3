//! The Hanzo Network node.

mod blobs;
mod chain_spec;
mod cli;
mod command;
mod rpc;
mod rpc_ext;
mod service;
mod worker;

fn main() -> sc_cli::Result<()> {
    command::run()
}
