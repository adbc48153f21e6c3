//! Two validators that know each other.

use crate::{
    node::{Node, Options},
    until,
};
use anyhow::{ensure, Result};
use jsonrpsee::rpc_params;
use std::time::Duration;

/// Fixed network key of the first validator, so that others know its address beforehand.
const FIRST_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const FIRST_PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
/// Longest until two nodes have found each other.
const MEETING: Duration = Duration::from_secs(30);

/// Alice's and Bob's nodes on one chain.
pub struct Network {
    /// Name of the chain.
    chain: &'static str,
    /// Alice's.
    pub first: Node,
    /// Bob's.
    pub second: Node,
}

impl Network {
    /// Starts both on a chain whose validators are Alice and Bob, and waits until they are connected. Both
    /// serve metrics and answer unsafe methods.
    pub async fn start(chain: &'static str) -> Result<Self> {
        let first = Node::start(Options { metrics: true, ..Self::first(chain) }).await?;
        let second = Node::start(Options { metrics: true, ..Self::second(chain, &first) }).await?;
        let network = Self { chain, first, second };
        connected(&network.second, 1).await?;
        Ok(network)
    }

    /// Options of the first validator.
    pub fn first(chain: &str) -> Options {
        Options::new(&["--chain", chain, "--alice", "--node-key", FIRST_KEY, "--rpc-methods", "unsafe"])
    }

    /// Options of the second one.
    pub fn second(chain: &str, first: &Node) -> Options {
        Self::beside(chain, first).and(&["--bob", "--unsafe-force-node-key-generation"])
    }

    /// Options of a further node, which validates nothing.
    pub fn further(&self) -> Options {
        Self::beside(self.chain, &self.first)
    }

    /// Options of a node on a chain that finds the others through `first`, which must have [`Self::first`]'s key.
    fn beside(chain: &str, first: &Node) -> Options {
        let address = format!("/ip4/127.0.0.1/tcp/{}/p2p/{FIRST_PEER}", first.p2p_port);
        Options::new(&["--chain", chain, "--bootnodes", &address, "--rpc-methods", "unsafe"])
    }
}

/// Waits until a node has at least so many peers.
pub async fn connected(node: &Node, peers: u64) -> Result<()> {
    until("a connection between the nodes", MEETING, || async {
        let health = node.call("system_health", rpc_params![]).await?;
        ensure!(health["peers"].as_u64() >= Some(peers), "{health}");
        Ok(Some(()))
    })
    .await
    .map_err(|error| error.context(node.log_tail()))
}
