//! Ten verifiers and the processes that serve them.

use crate::{
    node::Node,
    transactions::{carry_out, connect, sudo, transfer},
    until,
    worker::{on_node, Worker},
};
use anyhow::{ensure, Result};
use codec::Encode;
use hanzo_inference::{
    client::{tx::Call, Account},
    profile::{EngineProfile, ProfileKind},
};
use std::{path::Path, time::Duration};

/// How many there are: an audit's three and an appeal's seven.
pub const COUNT: usize = 10;
/// A unit of credits, wei.
pub const AI: u128 = 1_000_000_000_000_000_000;
/// Bond of each, wei: the least in the presets.
pub const BOND: u128 = 50 * AI;
/// What each has to begin with, wei.
pub const ENDOWMENT: u128 = BOND + 10 * AI;
/// Blocks until a new bond takes part in draws, and one to spare.
const LOT_DELAY: u64 = 5;
/// Longest for a few blocks.
const LIMIT: Duration = Duration::from_secs(60);

/// The secret URI of the `number`-th.
pub fn suri(number: usize) -> String {
    format!("//Verifier//{number}")
}

/// The accounts of all.
pub fn accounts() -> Result<Vec<Account>> {
    Ok((0..COUNT).map(|number| Account::from_suri(&suri(number))).collect::<Result<_, _>>()?)
}

/// Endows all with Alice's credits, has them registered, and waits until committees are drawn with them.
pub async fn register(node: &Node) -> Result<()> {
    let (connection, alice) = (connect(node).await?, Account::from_suri("//Alice")?);
    for account in accounts()? {
        carry_out(&connection, &alice, &transfer(&account.id(), ENDOWMENT)).await?;
    }
    join(node).await
}

/// Has all registered, who must be endowed, and waits until committees are drawn with them.
pub async fn join(node: &Node) -> Result<()> {
    let register = |number| async move {
        on_node(node, &["verifier", "register"], &["--bond", "50AI", "--suri", &suri(number), "--json"]).await
    };
    for registered in futures::future::try_join_all((0..COUNT).map(register)).await? {
        ensure!(registered["verifier"]["bond"] == BOND.to_string(), "{registered}");
    }
    let from = node.best().await?;
    until("the verifiers' lots", LIMIT, || async { Ok((node.best().await? > from + LOT_DELAY).then_some(())) }).await
}

/// Starts a process that serves the verifiers of these numbers, its ballots and log in `directory`.
pub fn attach(directory: &Path, node: &Node, numbers: std::ops::Range<usize>) -> Result<Worker> {
    attach_with(directory, node, numbers, &[])
}

/// The same with more options.
pub fn attach_with(directory: &Path, node: &Node, numbers: std::ops::Range<usize>, options: &[&str]) -> Result<Worker> {
    let (url, ballots) = (node.url(), directory.join("ballots").display().to_string());
    let suris: Vec<String> = numbers.map(suri).collect();
    let given = suris.iter().flat_map(|suri| ["--suri", suri.as_str()]);
    let attach = ["verifier", "attach", "--node", &url, "--base-path", &ballots, "--threads", "1"];
    Worker::start(directory, &attach.into_iter().chain(given).chain(options.iter().copied()).collect::<Vec<_>>())
}

/// The account of the audit pot: `modl` and the pallet's name, filled up with zeros.
pub fn pot() -> [u8; 32] {
    let mut account = [0; 32];
    account[..12].copy_from_slice(b"modlhanzopot");
    account
}

/// Has every attested job audited.
pub async fn audit_all(node: &Node) -> Result<()> {
    let (connection, alice) = (connect(node).await?, Account::from_suri("//Alice")?);
    // Rate in parts per billion, least bond, slashing, engine profile.
    let profile = EngineProfile::current(ProfileKind::Replay, "cpu", 1).hash();
    let arguments = (1_000_000_000u32, BOND, true, Some(profile)).encode();
    let call = sudo(&connection, &Call { pallet: "Poai", name: "set_parameters", arguments }).await?;
    carry_out(&connection, &alice, &call).await?;
    Ok(())
}
