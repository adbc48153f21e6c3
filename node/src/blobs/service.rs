//! Blobs as the rest of the node uses them: from the local store, else from a peer that has them.

use super::{
    budget::Budget,
    error::Error,
    index::Claim,
    protocol::{Request, Response, PEER_KIB, REQUEST_TIMEOUT},
    store::BlobStore,
};
use async_trait::async_trait;
use codec::{DecodeAll, Encode};
use hanzo_runtime::opaque::Block;
use sc_network::{service::traits::NetworkService, IfDisconnected, PeerId, ProtocolName, ReputationChange};
use sc_network_sync::SyncingService;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::sync::Semaphore;

/// Peers asked for one blob at most.
const MAX_PEERS: usize = 16;
/// Longest search for one blob.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(45);
/// Searches at a time for tasks of the node and its operator; more wait.
const OWN_SEARCHES: usize = 16;
/// Searches at a time for strangers; more are refused.
pub(super) const PUBLIC_SEARCHES: usize = 16;

/// Budgets of strangers, KiB a minute: of one WebSocket connection, and of all of them together. The server does not
/// tell who is behind a connection, and every request over plain HTTP is one of its own, so a single connection is kept
/// to a small part of what there is.
const UPLOAD_KIB: (u32, u32) = (4 * 1024, 32 * 1024);
const DOWNLOAD_KIB: (u32, u32) = (32 * 1024, 256 * 1024);
/// Likewise of what is searched for among peers: half of what one peer gives a node, so that strangers do not use up
/// what the node's worker needs.
const SEARCH_KIB: (u32, u32) = (16 * 1024, PEER_KIB / 2);

/// The peers, as a search sees them.
#[async_trait]
pub trait Swarm: Send + Sync + 'static {
    /// The connected ones.
    async fn peers(&self) -> Vec<PeerId>;
    /// Sends one of them a request and waits for the response.
    async fn ask(&self, peer: PeerId, request: Vec<u8>) -> Result<Vec<u8>, String>;
    /// Remembers that a peer lied.
    fn blame(&self, peer: PeerId, why: &'static str);
    /// Returns after this time; how long silence lasts is the peers' affair, so that tests need not wait for it.
    async fn silence(&self, time: Duration);
}

/// The node's real peers.
pub struct Network {
    /// Sends requests.
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

    async fn ask(&self, peer: PeerId, request: Vec<u8>) -> Result<Vec<u8>, String> {
        self.network
            .request(peer, self.protocol.clone(), request, None, IfDisconnected::ImmediateError)
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

/// How long to wait for peers.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the response of one.
    pub request: Duration,
    /// For a whole search.
    pub search: Duration,
}

/// The blob service. Cheap to share; tasks of the node are not limited in what they move.
pub struct BlobService {
    store: Arc<BlobStore>,
    swarm: Box<dyn Swarm>,
    own_searches: Semaphore,
    public_searches: Semaphore,
    turn: AtomicUsize,
    patience: Patience,
    /// What strangers may still put.
    pub(super) uploads: Budget<usize>,
    /// What strangers may still get from here.
    pub(super) downloads: Budget<usize>,
    /// What strangers may still have searched for.
    pub(super) searches: Budget<usize>,
}

impl BlobService {
    /// A service over a store and peers.
    pub fn new(store: Arc<BlobStore>, swarm: impl Swarm) -> Self {
        Self::with_patience(store, swarm, Patience { request: REQUEST_TIMEOUT, search: SEARCH_TIMEOUT })
    }

    pub(super) fn with_patience(store: Arc<BlobStore>, swarm: impl Swarm, patience: Patience) -> Self {
        let largest = store.limits().max_blob.div_ceil(1024);
        Self {
            store,
            swarm: Box::new(swarm),
            own_searches: Semaphore::new(OWN_SEARCHES),
            public_searches: Semaphore::new(PUBLIC_SEARCHES),
            turn: AtomicUsize::new(0),
            patience,
            uploads: Budget::new(UPLOAD_KIB.0, UPLOAD_KIB.1, largest),
            downloads: Budget::new(DOWNLOAD_KIB.0, DOWNLOAD_KIB.1, largest),
            searches: Budget::new(SEARCH_KIB.0, SEARCH_KIB.1, largest),
        }
    }

    /// The local store.
    pub fn store(&self) -> Arc<BlobStore> {
        self.store.clone()
    }

    /// Stores bytes here, where peers can fetch them for as long as the retention says; returns their hash.
    pub async fn put(&self, bytes: Vec<u8>, claim: Claim) -> Result<H256, Error> {
        self.blocking(move |store| store.put(&bytes, claim)).await
    }

    /// The bytes behind a hash, if they are here. A damaged blob is as good as none.
    pub async fn local(&self, hash: H256) -> Result<Option<Vec<u8>>, Error> {
        match self.blocking(move |store| store.get(hash)).await {
            Err(error @ Error::Damaged { .. }) => {
                log::warn!(target: super::LOG_TARGET, "{error}");
                Ok(None)
            }
            result => result,
        }
    }

    /// The bytes behind a hash, at most `max_length` of them, for a task of the node: from here, else from connected
    /// peers, asked one after the other. What comes from a peer is checked against the hash, and a copy kept while there
    /// is room.
    pub async fn fetch(&self, hash: H256, max_length: u32) -> Result<Vec<u8>, Error> {
        let max_length = max_length.min(self.store.limits().max_blob);
        if let Some(length) = self.store.length(hash).filter(|length| *length > max_length) {
            return Err(Error::TooLarge { length: length.into(), limit: max_length.into() });
        }
        if let Some(bytes) = self.local(hash).await? {
            return Ok(bytes);
        }
        let _permit = self.own_searches.acquire().await.map_err(|_| Error::ShuttingDown)?;
        let bytes = self.search(Request { hash, max_length }).await?;
        if let Err(error) = self.put(bytes.clone(), Claim::Copy).await {
            log::debug!(target: super::LOG_TARGET, "No copy of blob {hash:?} kept: {error}");
        }
        Ok(bytes)
    }

    /// The same for a stranger, who gets the bytes of any length but leaves nothing here, and is refused at once where
    /// others wait.
    pub async fn serve(&self, hash: H256) -> Result<Vec<u8>, Error> {
        if let Some(bytes) = self.local(hash).await? {
            return Ok(bytes);
        }
        let busy = |_| Error::Busy { limit: PUBLIC_SEARCHES };
        let _permit = self.public_searches.try_acquire().map_err(busy)?;
        self.search(Request { hash, max_length: self.store.limits().max_blob }).await
    }

    /// Forgets what old callers used up of their budgets.
    pub(super) fn forget_idle(&self) {
        self.uploads.forget_idle();
        self.downloads.forget_idle();
        self.searches.forget_idle();
    }

    async fn search(&self, request: Request) -> Result<Vec<u8>, Error> {
        let mut peers = self.swarm.peers().await;
        let connected = peers.len();
        // Another one first each time, so that no peer bears all searches.
        peers.rotate_left(self.turn.fetch_add(1, Ordering::Relaxed).checked_rem(connected).unwrap_or_default());
        peers.truncate(MAX_PEERS);
        let asked = AtomicUsize::new(0);
        let found = tokio::select! {
            biased;
            found = self.ask_in_turn(&peers, &asked, request) => found,
            () = self.swarm.silence(self.patience.search) => None,
        };
        let Some(bytes) = found else {
            return Err(Error::NotFound { hash: request.hash, asked: asked.into_inner(), connected });
        };
        self.store.metrics().fetched();
        Ok(bytes)
    }

    async fn ask_in_turn(&self, peers: &[PeerId], asked: &AtomicUsize, request: Request) -> Option<Vec<u8>> {
        for peer in peers {
            asked.fetch_add(1, Ordering::Relaxed);
            match self.ask(*peer, request).await {
                Ok(bytes) => return Some(bytes),
                Err(why) => {
                    log::debug!(target: super::LOG_TARGET, "No blob {:?} from {peer}: {why}", request.hash)
                }
            }
        }
        None
    }

    async fn ask(&self, peer: PeerId, request: Request) -> Result<Vec<u8>, String> {
        let response = tokio::select! {
            biased;
            response = self.swarm.ask(peer, request.encode()) => response?,
            () = self.swarm.silence(self.patience.request) => {
                return Err(format!("no response within {:?}", self.patience.request));
            }
        };
        let Ok(response) = Response::decode_all(&mut &response[..]) else {
            self.swarm.blame(peer, "Malformed blob response");
            return Err("malformed response".into());
        };
        match response {
            Response::Found(bytes) if bytes.len() > request.max_length as usize => {
                self.swarm.blame(peer, "Blob longer than asked for");
                Err(format!("sent {} bytes where {} were the most", bytes.len(), request.max_length))
            }
            Response::Found(bytes) if H256(blake2_256(&bytes)) != request.hash => {
                self.swarm.blame(peer, "Blob of another hash");
                Err("sent another blob".into())
            }
            Response::Found(bytes) => Ok(bytes),
            Response::Absent => Err("does not have it".into()),
            Response::TooLarge(length) => Err(format!("says it has {length} bytes")),
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&BlobStore) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || work(&store)).await.unwrap_or(Err(Error::ShuttingDown))
    }
}
