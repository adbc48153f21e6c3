//! Blobs as the rest of the node uses them: from the local store, else from a neighbour, else from whoever announced to
//! keep them.

use super::{
    budget::Budget,
    error::Error,
    index::Claim,
    protocol::{Request, Response, PEER_KIB, REQUEST_TIMEOUT},
    store::BlobStore,
    swarm::Swarm,
};
use codec::{DecodeAll, Encode};
use futures::{stream, StreamExt};
use sc_network::{IfDisconnected, PeerId};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::{
    future::Future,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::sync::Semaphore;

/// Neighbours asked for one blob at most.
const MAX_PEERS: usize = 16;
/// Nodes asked at most of those that announced it.
const MAX_PROVIDERS: usize = 8;
/// How many of these at a time: silent ones must not use up the search. Neighbours are asked one by one, since most of
/// those that have a blob answer at once, and it should travel only once.
const PROVIDERS_AT_ONCE: usize = 4;
/// Longest search for one blob; what it leaves for the providers lasts for a request at least.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(45);
/// Of which at most so much is spent on neighbours.
const NEIGHBOURS_TIMEOUT: Duration = Duration::from_secs(15);
/// And so much on finding out who announced it.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(20);
const PATIENCE: Patience = Patience {
    request: REQUEST_TIMEOUT,
    neighbours: NEIGHBOURS_TIMEOUT,
    lookup: LOOKUP_TIMEOUT,
    search: SEARCH_TIMEOUT,
};
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

/// How long to wait for peers.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the response of one.
    pub request: Duration,
    /// For all neighbours of a search.
    pub neighbours: Duration,
    /// For the list of those who announced a blob.
    pub lookup: Duration,
    /// For a whole search.
    pub search: Duration,
}

/// A search under way.
struct Search {
    request: Request,
    /// Peers asked so far.
    asked: AtomicUsize,
    /// Where in a list to begin: another place each time, so that no peer bears all searches.
    turn: usize,
}

impl Search {
    /// At most so many peers of a list, this search's turn first.
    fn choose(&self, mut peers: Vec<PeerId>, most: usize) -> Vec<PeerId> {
        let first = self.turn.checked_rem(peers.len()).unwrap_or_default();
        peers.rotate_left(first);
        peers.truncate(most);
        peers
    }
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
        Self::with_patience(store, swarm, PATIENCE)
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
    /// peers, asked one after the other, else from nodes that announced them. What comes from a peer is checked against
    /// the hash, and a copy kept while there is room.
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
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let search = Search { request, asked: AtomicUsize::new(0), turn };
        let neighbours = self.swarm.peers().await;
        let connected = neighbours.len();
        let neighbours = search.choose(neighbours, MAX_PEERS);
        let found = self.within(self.patience.search, async {
            let near = self.within(self.patience.neighbours, self.ask_neighbours(&search, &neighbours)).await;
            match near.flatten() {
                Some(bytes) => Some(bytes),
                None => self.ask_providers(&search, &neighbours).await,
            }
        });
        let Some(bytes) = found.await.flatten() else {
            return Err(Error::NotFound { hash: request.hash, asked: search.asked.into_inner(), connected });
        };
        self.store.metrics().fetched();
        Ok(bytes)
    }

    async fn ask_neighbours(&self, search: &Search, neighbours: &[PeerId]) -> Option<Vec<u8>> {
        for peer in neighbours {
            if let Some(bytes) = self.ask(search, *peer, IfDisconnected::ImmediateError).await {
                return Some(bytes);
            }
        }
        None
    }

    async fn ask_providers(&self, search: &Search, but: &[PeerId]) -> Option<Vec<u8>> {
        let lookup = self.swarm.providers(search.request.hash);
        let mut providers = self.within(self.patience.lookup, lookup).await.unwrap_or_default();
        providers.retain(|peer| !but.contains(peer));
        let chosen = search.choose(providers, MAX_PROVIDERS).into_iter();
        let answers: Vec<_> = chosen.map(|peer| self.ask(search, peer, IfDisconnected::TryConnect)).collect();
        let mut answers = stream::iter(answers).buffer_unordered(PROVIDERS_AT_ONCE);
        while let Some(answer) = answers.next().await {
            if answer.is_some() {
                return answer;
            }
        }
        None
    }

    /// What a peer has of what is searched for.
    async fn ask(&self, search: &Search, peer: PeerId, connect: IfDisconnected) -> Option<Vec<u8>> {
        search.asked.fetch_add(1, Ordering::Relaxed);
        match self.request(search.request, peer, connect).await {
            Ok(bytes) => Some(bytes),
            Err(why) => {
                log::debug!(target: super::LOG_TARGET, "No blob {:?} from {peer}: {why}", search.request.hash);
                None
            }
        }
    }

    async fn request(&self, request: Request, peer: PeerId, connect: IfDisconnected) -> Result<Vec<u8>, String> {
        let response = self.within(self.patience.request, self.swarm.ask(peer, request.encode(), connect)).await;
        let response = response.ok_or_else(|| format!("no response within {:?}", self.patience.request))??;
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

    /// The outcome of `work`, if it comes within this time.
    async fn within<T>(&self, time: Duration, work: impl Future<Output = T> + Send) -> Option<T> {
        tokio::select! {
            biased;
            outcome = work => Some(outcome),
            () = self.swarm.silence(time) => None,
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
