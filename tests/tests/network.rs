//! Several nodes: finality, a killed validator, a node that warps to the head, blobs that travel.

use anyhow::{ensure, Result};
use hanzo_e2e::{
    network::{neighbours, Network, FIRST_PEER},
    node::{Node, Options},
    until,
};
use jsonrpsee::rpc_params;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(90);
const CHAIN: &str = "timelapse";

#[tokio::test]
async fn two_validators_should_finalise_the_same_blocks_and_survive_a_killed_one() -> Result<()> {
    let first = Node::start(Network::first(CHAIN)).await?;
    let folder = tempfile::tempdir()?;
    let options = Options { directory: Some(folder.path().into()), ..Network::second(CHAIN, &first) };
    let second = Node::start(options.clone()).await?;
    let height = first.wait_for_final(5, LIMIT).await?;
    second.wait_for_final(height, LIMIT).await?;
    let hash = first.call("chain_getBlockHash", rpc_params![height]).await?;
    assert_eq!(hash, second.call("chain_getBlockHash", rpc_params![height]).await?);

    // Without the second nothing becomes final; with it back everything does, and its past is still there.
    second.kill()?;
    let again = Node::start(options).await?;
    assert_eq!(hash, again.call("chain_getBlockHash", rpc_params![height]).await?);
    let later = first.best().await? + 3;
    again.wait_for_final(later, LIMIT).await?;
    first.wait_for_final(later, LIMIT).await?;
    Ok(())
}

#[tokio::test]
async fn third_node_should_reach_the_head_and_fetch_the_past_when_it_warps() -> Result<()> {
    let network = Network::start(CHAIN).await?;
    network.first.wait_for_final(12, LIMIT).await?;
    let third = Node::start(network.further().and(&["--sync", "warp"])).await?;
    let height = network.first.finalized().await? + 3;
    third.wait_for_final(height, LIMIT).await?;
    let hash = network.second.call("chain_getBlockHash", rpc_params![height]).await?;
    assert_eq!(third.call("chain_getBlockHash", rpc_params![height]).await?, hash);
    // It has the state of its head, so it can answer; blocks before the one it warped to come afterwards.
    let pools = third.call("hmm_pools", rpc_params![]).await?;
    assert_eq!(pools.as_array().map(Vec::len), Some(6), "{pools}");
    let past = network.first.call("chain_getHeader", rpc_params![block_hash(&network.first, 1).await?]).await?;
    until("the first block", LIMIT, || async {
        let found = third.call("chain_getHeader", rpc_params![block_hash(&third, 1).await?]).await?;
        ensure!(found == past, "{found}");
        Ok(Some(()))
    })
    .await?;
    let log = third.log();
    for line in ["Warp sync is complete", "State sync is complete"] {
        assert!(log.contains(line), "'{line}' is not in\n{log}");
    }
    Ok(())
}

async fn block_hash(node: &Node, number: u64) -> Result<serde_json::Value> {
    node.call("chain_getBlockHash", rpc_params![number]).await
}

#[tokio::test]
async fn blob_should_come_back_from_another_node_than_it_was_put_on() -> Result<()> {
    let Network { first: put_on, second: other, .. } = Network::start(CHAIN).await?;
    let put = put_on.call("blob_put", rpc_params!["0x68656c6c6f"]).await?;
    let got = other.call("blob_get", rpc_params![put["hash"].clone()]).await?;
    assert_eq!(got, "0x68656c6c6f");
    // Once fetched it is there, whether the first node is or not.
    assert!(put_on.stop().await?.success());
    assert_eq!(other.call("blob_get", rpc_params![put["hash"].clone()]).await?, got);
    Ok(())
}

#[tokio::test]
async fn blob_should_come_from_a_node_that_is_no_neighbour_of_the_one_asked() -> Result<()> {
    let [put_on, between, asked] = Network::line(CHAIN).await?;
    let put = put_on.call("blob_put", rpc_params!["0x68656c6c6f"]).await?;
    // It is announced within seconds; until then nobody can know.
    let got = until("the blob from beyond the neighbour", LIMIT, || async {
        Ok(Some(asked.call("blob_get", rpc_params![put["hash"].clone()]).await?))
    });
    assert_eq!(got.await.map_err(|error| error.context(asked.log_tail()))?, "0x68656c6c6f");
    // The one between has never had it, and the ends are strangers still.
    assert_eq!(between.metric("hanzo_blobs_stored").await?, 0.0);
    for end in [&put_on, &asked] {
        assert_eq!(neighbours(end).await?, [FIRST_PEER]);
    }
    Ok(())
}
