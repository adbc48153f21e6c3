//! Options that commands on a chain share, and what they have in common.

use super::{print_json, Outcome};
pub(super) use crate::amount::{parse_amount, parse_units, units};
use crate::client::follow::Follower;
use crate::client::record::{self, Included, Place};
use crate::client::tx::{Call, Sent, Signed};
use crate::client::{Account, ClientError, Connection};
use anyhow::{bail, Context};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::path::PathBuf;

/// Where the chain is.
#[derive(Args, Clone, Debug)]
pub(super) struct NodeArgs {
    /// WebSocket address of a node
    #[arg(long, value_name = "URL", env = "HANZO_NODE", default_value = "ws://127.0.0.1:9944", value_parser = parse_node)]
    pub(super) node: String,
    /// Refuse to work on a chain with another genesis hash than this
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    pub(super) expect_genesis: Option<H256>,
}

impl NodeArgs {
    pub(super) async fn connect(&self) -> anyhow::Result<Connection> {
        Ok(Connection::open(&self.node, self.expect_genesis).await?)
    }
}

/// Who signs.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct AccountArgs {
    /// File with the account's secret URI, readable by its owner only (see `hanzo-worker key new`)
    #[arg(long, value_name = "FILE")]
    pub(super) account_key: Option<PathBuf>,
    /// The account's secret URI, such as //Alice; for development only: other users of this machine can see it
    #[arg(long, value_name = "SURI")]
    pub(super) suri: Option<String>,
}

impl AccountArgs {
    pub(super) fn account(&self) -> anyhow::Result<Account> {
        Ok(match (&self.account_key, &self.suri) {
            (Some(path), _) => Account::from_file(path)?,
            (None, Some(suri)) => Account::from_suri(suri)?,
            (None, None) => bail!("give --account-key or --suri"),
        })
    }
}

/// A worker's session key.
#[derive(Args, Clone, Debug)]
pub(super) struct SessionArgs {
    /// File with the secret URI of the session key, which signs attestations and nothing else
    #[arg(long, value_name = "FILE")]
    session_key: Option<PathBuf>,
    /// The session key's secret URI; for development only [default with --suri: the same followed by //session]
    #[arg(long, value_name = "SURI", conflicts_with = "session_key")]
    session_suri: Option<String>,
}

impl SessionArgs {
    pub(super) fn key(&self, account: &AccountArgs) -> anyhow::Result<Account> {
        Ok(match (&self.session_key, &self.session_suri, &account.suri) {
            (Some(path), _, _) => Account::from_file(path)?,
            (None, Some(suri), _) => Account::from_suri(suri)?,
            (None, None, Some(suri)) if !suri.contains("///") => Account::from_suri(&format!("{suri}//session"))?,
            _ => bail!("give --session-key: the key that attestations are signed with"),
        })
    }
}

/// Runs a command that waits for a chain.
pub(super) fn block_on<T>(work: impl std::future::Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")?;
    let result = runtime.block_on(work);
    // Nothing of interest is left; a task that waits for a lost node must not hold the program up.
    runtime.shutdown_background();
    result
}

/// Signs a call and hands it to the pool.
pub(super) async fn submit(connection: &Connection, account: &Account, call: &Call) -> anyhow::Result<Signed> {
    match connection.send(account, call, false).await? {
        Sent::Taken(signed) => Ok(signed),
        Sent::InPool => bail!("{} of {} waits in the pool already", call.full_name(), account.id()),
    }
}

/// Waits until a transaction is in a block of the best chain. Fails if it failed there, or got into none in time.
pub(super) async fn inclusion(follower: &mut Follower, signed: &Signed) -> Result<Included, ClientError> {
    loop {
        follower.advance().await?;
        let call = || signed.call.clone();
        if let Some(found) = record::included(follower.blocks()) {
            return match found.failure {
                Some(reason) => Err(ClientError::Failed { call: call(), block: found.place.number, reason }),
                None => Ok(found),
            };
        }
        if follower.blocks().next_back().is_some_and(|block| block.number > signed.last) {
            return Err(ClientError::Expired { call: call(), last: signed.last });
        }
    }
}

/// Follows the chain from where a transaction was signed.
pub(super) async fn follow(connection: Connection, signed: &Signed) -> Result<Follower, ClientError> {
    Follower::new(connection, signed.signed_at.saturating_add(1), Some(signed.bytes.clone())).await
}

/// A call that is in a block, and where it can be asked what came of it.
pub(super) struct Done {
    pub(super) connection: Connection,
    pub(super) block: Place,
    call: String,
    fee: u128,
}

/// Sends a call, and waits until it is in a block.
pub(super) async fn carry_out(connection: Connection, account: &Account, call: &Call) -> anyhow::Result<Done> {
    let signed = submit(&connection, account, call).await?;
    let mut follower = follow(connection, &signed).await?;
    let Included { place, fee, .. } = inclusion(&mut follower, &signed).await?;
    Ok(Done { connection: follower.connection().clone(), block: place, call: call.full_name(), fee })
}

impl Done {
    /// Shows it, with what was asked: in JSON under a name, else as `print` does.
    pub(super) fn show<T: Serialize>(
        &self,
        json: bool,
        name: &str,
        found: T,
        print: impl FnOnce(T),
    ) -> anyhow::Result<Outcome> {
        let Self { block, call, fee, .. } = self;
        if json {
            print_json(&json!({ "call": call, "block": block, "fee": fee.to_string(), name: found }))?;
        } else {
            println!("{call} in block {} ({:?}), fee {} AI", block.number, block.hash, units(*fee));
            print(found);
        }
        Ok(Outcome::Done)
    }
}

/// The address of a node, as it is; only its scheme is looked at, since one without would be tried for ever.
fn parse_node(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("ws://").or_else(|| text.strip_prefix("wss://"));
    match host {
        Some(host) if !host.is_empty() => Ok(text.into()),
        _ => Err(format!("'{text}' is not a WebSocket address such as ws://127.0.0.1:9944 or wss://node.example")),
    }
}

/// An account's address.
pub(super) fn parse_address(text: &str) -> Result<AccountId32, String> {
    text.parse().map_err(|reason| format!("not an address: {reason}"))
}

/// A 32-byte hash in hexadecimal.
pub(super) fn parse_hash(text: &str) -> Result<H256, String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.strip_prefix("0x").unwrap_or(text), &mut bytes)
        .map_err(|e| format!("not a hash of 32 bytes in hexadecimal: {e}"))?;
    Ok(H256(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_should_be_a_websocket_address() {
        assert_eq!(parse_node("ws://127.0.0.1:9944").as_deref(), Ok("ws://127.0.0.1:9944"));
        assert!(parse_node("wss://node.example").is_ok());
        for text in ["localhost:9944", "http://127.0.0.1:9944", "ws://", ""] {
            assert!(parse_node(text).unwrap_err().contains("WebSocket"), "{text}");
        }
    }
}
