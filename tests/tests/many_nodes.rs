//! A network of as many nodes as `HANZO_E2E_NODES` says, at least four: two validators, the rest full nodes,
//! half of them on the other network backend.

use anyhow::Result;
use futures::future::{join_all, try_join_all};
use hanzo_e2e::{
    network::{connected, Network},
    node::{Node, Options},
    until,
};
use jsonrpsee::rpc_params;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(180);

fn nodes() -> usize {
    std::env::var("HANZO_E2E_NODES").ok().and_then(|number| number.parse().ok()).unwrap_or(4).max(4)
}

/// Options of a full node; every other one speaks through libp2p, which the validators do not.
fn further(network: &Network, number: usize) -> Options {
    let backend = if number % 2 == 1 { "libp2p" } else { "litep2p" };
    network.further().and(&["--network-backend", backend])
}

#[tokio::test]
async fn every_node_should_have_final_blocks_and_blobs_alike_when_there_are_many() -> Result<()> {
    let network = Network::start("timelapse").await?;
    let further = try_join_all((2..nodes()).map(|number| Node::start(further(&network, number)))).await?;
    let all: Vec<&Node> = [&network.first, &network.second].into_iter().chain(&further).collect();
    for node in &all {
        connected(node, 1).await?;
    }

    let height = network.first.best().await? + 3;
    try_join_all(all.iter().map(|node| node.wait_for_final(height, LIMIT))).await?;
    let hashes = join_all(all.iter().map(|node| node.call("chain_getBlockHash", rpc_params![height]))).await;
    let hashes: Vec<_> = hashes.into_iter().collect::<Result<_>>()?;
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "block {height}: {hashes:?}");

    // Put on the last, asked of each.
    let put = all[all.len() - 1].call("blob_put", rpc_params!["0x68656c6c6f"]).await?;
    for node in &all {
        let got = until("the blob", LIMIT, || async {
            Ok(Some(node.call("blob_get", rpc_params![put["hash"].clone()]).await?))
        });
        assert_eq!(got.await?, "0x68656c6c6f");
    }
    Ok(())
}
