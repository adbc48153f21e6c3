//! `hanzo-worker blob`.

use super::connect::{block_on, parse_hash, NodeArgs};
use super::Outcome;
use crate::client::connection::to_hex;
use anyhow::Context;
use clap::Subcommand;
use serde_json::json;
use sp_core::H256;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum BlobCommand {
    /// Hand a file to a node; prints the hash that names it
    Put {
        #[command(flatten)]
        node: NodeArgs,
        /// The file; - reads standard input
        #[arg(value_name = "FILE")]
        path: PathBuf,
    },
    /// Fetch a blob from a node or its peers; its hash is checked
    Get {
        #[command(flatten)]
        node: NodeArgs,
        /// Its hash
        #[arg(value_name = "HASH", value_parser = parse_hash)]
        hash: H256,
        /// Where to write it [default: standard output; with --json its bytes are in the value, in hexadecimal]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

pub(super) fn run(command: &BlobCommand, json: bool) -> anyhow::Result<Outcome> {
    block_on(async {
        match command {
            BlobCommand::Put { node, path } => {
                let bytes = read(path)?;
                let stored = node.connect().await?.put_blob(&bytes).await?;
                if json {
                    let (hash, length, expires) = (stored.hash, stored.length, stored.expires_in_seconds);
                    println!("{}", json!({ "hash": hash, "length": length, "expiresInSeconds": expires }));
                } else {
                    println!("{:?}", stored.hash);
                    tracing::info!(bytes = stored.length, seconds = stored.expires_in_seconds, "the node keeps it");
                }
            }
            BlobCommand::Get { node, hash, output } => {
                let bytes = node.connect().await?.get_blob(*hash, None).await?;
                if let Some(path) = output {
                    std::fs::write(path, &bytes).with_context(|| path.display().to_string())?;
                }
                let length = bytes.len();
                match output {
                    Some(path) if json => println!("{}", json!({ "hash": hash, "length": length, "file": path })),
                    None if json => println!("{}", json!({ "hash": hash, "length": length, "bytes": to_hex(&bytes) })),
                    Some(path) => tracing::info!(bytes = length, file = %path.display(), "written"),
                    None => std::io::stdout().write_all(&bytes).context("standard output")?,
                }
            }
        }
        Ok(Outcome::Done)
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).context("standard input")?;
    } else {
        bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    }
    Ok(bytes)
}
