//! Four validators, each a neighbour of every other and of nobody else. The last is reached through cables that can be cut.

use crate::{
    free_port,
    genesis::Genesis,
    network::connected,
    node::{Node, Options},
    wire::Wire,
};
use anyhow::{Context, Result};
use tempfile::TempDir;

/// How many there are: as many as it takes for blocks to become final without one of them.
pub const COUNT: usize = 4;
/// Whose keys they hold.
pub const VALIDATORS: [&str; COUNT] = ["Alice", "Bob", "Charlie", "Dave"];
/// Place of the one behind the cables.
pub const LAST: usize = COUNT - 1;
/// Their names under the network keys 1 to 4, so that others know their addresses beforehand.
const PEERS: [&str; COUNT] = [
    "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
    "12D3KooWHdiAxVd8uMQR1hGWXccidmfCwLqcMpGwR6QcTP6QRMuD",
    "12D3KooWSCufgHzV4fCwRijfH2k3abrpAJxTKxEvN1FDuRXA2U9x",
    "12D3KooWSsChzF81YDUKpe9Uk5AHV5oqAaXAcWNSPYgoLauUk4st",
];

/// The four.
pub struct Mesh {
    /// In the order of [`VALIDATORS`].
    pub nodes: [Node; COUNT],
    /// What joins the last to the others.
    pub wire: Wire,
    /// Where the specification is.
    _folder: TempDir,
}

impl Mesh {
    /// Starts them on a chain and waits until they are connected. They keep every state and answer unsafe methods. The last
    /// writes blocks even if it is alone.
    pub async fn start(genesis: Genesis) -> Result<Self> {
        let (folder, wire) = (tempfile::tempdir()?, Wire::default());
        let spec = folder.path().join("chain.json");
        genesis.published().validators(&VALIDATORS)?.write(&spec)?;
        let spec = spec.to_str().context("the folder's name is text")?;

        let mut ports = [0; COUNT];
        for port in &mut ports {
            *port = free_port()?;
        }
        let mut cables = [0; COUNT];
        for (cable, port) in cables.iter_mut().zip(ports) {
            *cable = wire.lay(port).await?;
        }
        let start = |number: usize| {
            let mut options = Options::new(&["--chain", spec, "--rpc-methods", "unsafe", "--reserved-only"])
                .and(&["--state-pruning", "archive", "--node-key", &format!("{:064x}", number + 1)])
                .and(&[&format!("--{}", VALIDATORS[number].to_lowercase())]);
            if number == LAST {
                // This backend dials no other addresses of this machine than those it was given. The others may learn of
                // each other's what they like: of the last they hear what they know.
                options = options.and(&["--force-authoring", "--network-backend", "libp2p", "--no-private-ip"]);
            }
            for other in (0..COUNT).filter(|other| *other != number) {
                let port = if [number, other].contains(&LAST) { cables[other] } else { ports[other] };
                let address = format!("/ip4/127.0.0.1/tcp/{port}/p2p/{}", PEERS[other]);
                options = options.and(&["--reserved-nodes", &address]);
            }
            Node::start(Options { p2p_port: Some(ports[number]), metrics: true, ..options })
        };
        let (first, second, third, last) = tokio::try_join!(start(0), start(1), start(2), start(3))?;
        let nodes = [first, second, third, last];
        for node in &nodes {
            connected(node, LAST as u64).await?;
        }
        Ok(Self { nodes, wire, _folder: folder })
    }
}
