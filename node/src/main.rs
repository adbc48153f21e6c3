//! The Hanzo Network node.
// The SDK's error types are large, and every function here returns one of them.
#![allow(clippy::result_large_err)]

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
