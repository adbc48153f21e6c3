//! `hanzo-worker key`.

use super::{print_json, Outcome};
use crate::client::keys::write_key;
use crate::client::Account;
use clap::Subcommand;
use serde_json::json;
use sp_core::Pair;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key, write its secret phrase to a file that only you can read, print its address
    New {
        /// The file; must not exist
        #[arg(value_name = "FILE")]
        path: PathBuf,
    },
    /// Print the address of a key file
    Show {
        /// The file
        #[arg(value_name = "FILE")]
        path: PathBuf,
    },
}

pub(super) fn run(command: &KeyCommand, json: bool) -> anyhow::Result<Outcome> {
    let account = match command {
        KeyCommand::New { path } => {
            let (account, phrase) = Account::generate();
            write_key(path, &phrase)?;
            account
        }
        KeyCommand::Show { path } => Account::from_file(path)?,
    };
    let public = hex::encode(account.pair().public().0);
    if json {
        print_json(&json!({ "address": account.id().to_string(), "publicKey": format!("0x{public}") }))?;
    } else {
        println!("address     {}\npublic key  0x{public}", account.id());
    }
    Ok(Outcome::Done)
}
