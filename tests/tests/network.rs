//! Two validators, and nodes that must not start.

use anyhow::Result;
use hanzo_e2e::node::{Node, Options};
use jsonrpsee::rpc_params;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(90);
/// Fixed network key of the first validator, so that the second knows its address beforehand.
const ALICE_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const ALICE_PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

fn alice() -> Options {
    Options::new(&["--chain", "timelapse", "--alice", "--node-key", ALICE_KEY])
}

fn bob(alice: &Node) -> Options {
    let address = format!("/ip4/127.0.0.1/tcp/{}/p2p/{ALICE_PEER}", alice.p2p_port);
    Options::new(&["--chain", "timelapse", "--bob", "--unsafe-force-node-key-generation", "--bootnodes", &address])
}

#[tokio::test]
async fn two_validators_should_finalise_the_same_blocks_and_survive_a_killed_one() -> Result<()> {
    let first = Node::start(alice()).await?;
    let folder = tempfile::tempdir()?;
    let options = Options { directory: Some(folder.path().into()), ..bob(&first) };
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

async fn refusal(arguments: &'static [&'static str], port: Option<u16>) -> Result<String> {
    let port = port.map(|port| port.to_string());
    let run = move || {
        let mut arguments = arguments.to_vec();
        if let Some(port) = &port {
            arguments.extend(["--rpc-port", port]);
        }
        Node::refusal(&arguments)
    };
    tokio::task::spawn_blocking(run).await?
}

#[tokio::test]
async fn node_should_name_the_port_when_it_is_busy() -> Result<()> {
    let holder = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let port = holder.local_addr()?.port();
    let text = refusal(&["--dev", "--tmp"], Some(port)).await?;
    assert!(text.contains(&port.to_string()), "{text}");
    Ok(())
}

#[tokio::test]
async fn node_should_refuse_a_worker_without_keys() -> Result<()> {
    let text = refusal(&["--chain", "local", "--tmp", "--worker"], None).await?;
    assert!(text.contains("key insert"), "{text}");
    Ok(())
}
