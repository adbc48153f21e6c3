//! A development chain under load.

use anyhow::Result;
use hanzo_e2e::{
    chain::{Account, Chain},
    node::{Node, Options},
};
use jsonrpsee::rpc_params;
use std::time::Duration;

/// Transactions sent.
const COUNT: u64 = 200;
/// Time in which they are sent.
const WITHIN: Duration = Duration::from_secs(10);
/// Each moves so much, wei.
const AMOUNT: u128 = 1_000_000_000_000_000_000;
/// Longest until the last one is in a final block, and a few blocks more have come.
const LIMIT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transaction_should_be_sealed_when_blocks_come_once_per_slot() -> Result<()> {
    send_and_count("interval").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transaction_should_be_sealed_when_blocks_come_at_once() -> Result<()> {
    send_and_count("instant").await
}

async fn send_and_count(seal: &str) -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--seal", seal])).await?;
    let chain = Chain::connect(&node).await?;
    let (from, to) = (Account::new("//Alice")?, Account::new("//Nobody")?.id());
    let mut pace = tokio::time::interval(WITHIN.div_f64(COUNT as f64));
    for transaction in chain.transfers(&from, to, AMOUNT, COUNT).await? {
        pace.tick().await;
        let bytes: String = transaction.iter().map(|byte| format!("{byte:02x}")).collect();
        node.call("author_submitExtrinsic", rpc_params![format!("0x{bytes}")]).await?;
    }
    // Two blocks more: one that takes what is left, and one that shows that it was not the last.
    let block = node.wait_for_final(node.best().await? + 2, LIMIT).await?;
    assert_eq!(chain.account(&from.id(), block).await?.0, u32::try_from(COUNT)?);
    assert_eq!(chain.account(&to, block).await?.1, AMOUNT * u128::from(COUNT));
    assert!(!node.log().contains("not sealed"), "{}", node.log());
    Ok(())
}
