//! Two validators that know each other; three nodes in a line.

use crate::{
    node::{Node, Options},
    until,
};
use anyhow::{ensure, Context, Result};
use jsonrpsee::rpc_params;
use std::time::Duration;

/// Fixed network key of the first validator, so that others know its address beforehand.
const FIRST_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000001";
/// Its name.
pub const FIRST_PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
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

    /// Starts three nodes in a line: the two at the ends know no other neighbour than the one in the middle, and take no
    /// other. Waits until they are connected to it.
    pub async fn line(chain: &str) -> Result<[Node; 3]> {
        let middle = Node::start(Options { metrics: true, ..Self::first(chain) }).await?;
        let address = Self::address(&middle);
        let end = || Self::beside(chain, &middle).and(&["--reserved-only", "--reserved-nodes", &address]);
        let (left, right) = (Node::start(end()).await?, Node::start(end()).await?);
        connected(&left, 1).await?;
        connected(&right, 1).await?;
        Ok([left, middle, right])
    }

    /// Options of a node on a chain that finds the others through `first`, which must have [`Self::first`]'s key.
    fn beside(chain: &str, first: &Node) -> Options {
        Options::new(&["--chain", chain, "--bootnodes", &Self::address(first), "--rpc-methods", "unsafe"])
    }

    /// Where a node with [`Self::first`]'s key is found.
    fn address(first: &Node) -> String {
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{FIRST_PEER}", first.p2p_port)
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

/// The neighbours of a node, by name.
pub async fn neighbours(node: &Node) -> Result<Vec<String>> {
    let peers = node.call("system_peers", rpc_params![]).await?;
    let names = peers.as_array().into_iter().flatten().map(|peer| peer["peerId"].as_str().map(str::to_owned));
    names.collect::<Option<_>>().with_context(|| format!("a peer without a name: {peers}"))
}
