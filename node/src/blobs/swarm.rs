//! The network as blobs need it: neighbours, and whoever else announced in its DHT what it keeps.

use super::announce::Directory;
use async_trait::async_trait;
use futures::StreamExt;
use hanzo_runtime::opaque::Block;
use sc_network::{
    service::traits::NetworkService, DhtEvent, Event, IfDisconnected, KademliaKey, PeerId, ProtocolName,
    ReputationChange,
};
use sc_network_sync::SyncingService;
use sp_core::H256;
use std::{sync::Arc, time::Duration};

/// Providers taken from one lookup at most. The DHT gives all that were announced to it, by anybody.
const MAX_FOUND: usize = 64;

/// The nodes, as a search sees them.
#[async_trait]
pub trait Swarm: Send + Sync + 'static {
    /// The connected ones.
    async fn peers(&self) -> Vec<PeerId>;
    /// Others and connected ones that announced to keep a blob, as far as they have not lied lately. Takes its time, and
    /// may name anybody.
    async fn providers(&self, hash: H256) -> Vec<PeerId>;
    /// Sends one of them a request and waits for the response.
    async fn ask(&self, peer: PeerId, request: Vec<u8>, connect: IfDisconnected) -> Result<Vec<u8>, String>;
    /// Remembers that a peer lied.
    fn blame(&self, peer: PeerId, why: &'static str);
    /// Returns after this time; how long silence lasts is the peers' affair, so that tests need not wait for it.
    async fn silence(&self, time: Duration);
}

/// The real ones.
#[derive(Clone)]
pub struct Network {
    /// Sends requests, and asks the DHT.
    pub network: Arc<dyn NetworkService>,
    /// Knows who is connected.
    pub sync: Arc<SyncingService<Block>>,
    /// Name of the blob protocol.
    pub protocol: ProtocolName,
}

#[async_trait]
impl Swarm for Network {
    async fn peers(&self) -> Vec<PeerId> {
        // An error means that syncing has stopped, and the node with it.
        self.sync.peers_info().await.unwrap_or_default().into_iter().map(|(peer, _)| peer).collect()
    }

    async fn providers(&self, hash: H256) -> Vec<PeerId> {
        let key = KademliaKey::new(&hash);
        // Listens first, so that no answer is missed. Those to other lookups of the same key are as good.
        let mut events = self.network.event_stream("blob-providers");
        self.network.get_providers(key.clone());
        let mut found = Vec::new();
        while let Some(event) = events.next().await {
            let Event::Dht(event) = event else { continue };
            match event {
                DhtEvent::ProvidersFound(of, peers) if of == key => found.extend(peers),
                DhtEvent::NoMoreProviders(of) | DhtEvent::ProvidersNotFound(of) if of == key => break,
                _ => {}
            }
            if found.len() >= MAX_FOUND {
                break;
            }
        }
        found.truncate(MAX_FOUND);
        let own = self.network.local_peer_id();
        found.retain(|peer| *peer != own && self.network.peer_reputation(peer) >= 0);
        found
    }

    async fn ask(&self, peer: PeerId, request: Vec<u8>, connect: IfDisconnected) -> Result<Vec<u8>, String> {
        self.network
            .request(peer, self.protocol.clone(), request, None, connect)
            .await
            .map(|(response, _)| response)
            .map_err(|error| error.to_string())
    }

    fn blame(&self, peer: PeerId, why: &'static str) {
        self.network.report_peer(peer, ReputationChange::new(-(1 << 20), why));
    }

    async fn silence(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

impl Directory for Network {
    fn start(&self, hash: H256) {
        self.network.start_providing(KademliaKey::new(&hash));
    }

    fn stop(&self, hash: H256) {
        self.network.stop_providing(KademliaKey::new(&hash));
    }
}
