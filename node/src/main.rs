//! The Hanzo Network node.
// The SDK's error types are large, and every function here returns one of them.
#![allow(clippy::result_large_err)]

mod blobs;
mod chain_spec;
mod chain_state;
mod cli;
mod command;
mod metrics;
mod rpc;
mod rpc_ext;
mod service;
mod worker;

use hanzo_inference::client::connection::with_causes;
use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_causes(&error));
            ExitCode::FAILURE
        }
    }
}
