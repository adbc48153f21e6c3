//! How nodes ask each other for blobs: one request names a hash, one response carries the bytes.

use super::{
    budget::Budget,
    metrics::{Refusal, To},
    store::BlobStore,
};
use codec::{Decode, Encode};
use futures::StreamExt;
use hanzo_runtime::{opaque::Block, Hash};
use sc_network::{
    config::{IncomingRequest, OutgoingResponse},
    NetworkBackend, PeerId, ProtocolName, ReputationChange,
};
use sp_core::H256;
use std::{sync::Arc, time::Duration};

/// Longest a request may take, from sending it to having its response.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes a request takes at most: a hash and a length.
const MAX_REQUEST: u64 = 64;
/// Bytes a response takes beside the blob.
const RESPONSE_OVERHEAD: u64 = 16;
/// Requests that may wait; the network refuses more.
const QUEUE: usize = 128;
/// Requests answered at a time.
const CONCURRENT: usize = 8;
/// Budget of one peer, KiB a minute.
pub const PEER_KIB: u32 = 128 * 1024;
/// Budget of all peers together, KiB a minute.
const PEERS_KIB: u32 = 512 * 1024;

/// Asks for a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Request {
    /// Its hash.
    pub hash: H256,
    /// Most bytes the asker takes.
    pub max_length: u32,
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Response {
    /// The blob.
    Found(Vec<u8>),
    /// It is not here.
    Absent,
    /// It is longer than the asker takes: so many bytes.
    TooLarge(u32),
}

/// Name of the protocol on the chain with this genesis.
pub fn protocol_name(genesis: Hash) -> ProtocolName {
    format!("/{}/hanzo/blobs/1", hex::encode(genesis)).into()
}

/// The protocol for the network, and the server that answers its requests from `store`.
pub fn protocol<Net: NetworkBackend<Block, Hash>>(
    genesis: Hash,
    store: Arc<BlobStore>,
) -> (Net::RequestResponseProtocolConfig, Server) {
    let (sender, requests) = async_channel::bounded(QUEUE);
    let max_blob = store.limits().max_blob;
    let config = Net::request_response_config(
        protocol_name(genesis),
        Vec::new(),
        MAX_REQUEST,
        u64::from(max_blob).saturating_add(RESPONSE_OVERHEAD),
        REQUEST_TIMEOUT,
        Some(sender),
    );
    let budget = Arc::new(Budget::new(PEER_KIB, PEERS_KIB, max_blob.div_ceil(1024)));
    (config, Server { store, requests, budget })
}

/// Answers other nodes.
pub struct Server {
    store: Arc<BlobStore>,
    requests: async_channel::Receiver<IncomingRequest>,
    budget: Arc<Budget<PeerId>>,
}

/// A request that gets no response, and what the peer loses for it.
#[derive(Debug)]
struct Refused(ReputationChange);

impl Server {
    /// What peers may take; idle ones should be forgotten from time to time.
    pub fn budget(&self) -> Arc<Budget<PeerId>> {
        self.budget.clone()
    }

    /// Answers until the network closes the protocol.
    pub async fn run(self) {
        let Self { store, requests, budget } = self;
        let (store, budget) = (&store, &budget);
        requests
            .for_each_concurrent(CONCURRENT, |IncomingRequest { peer, payload, pending_response }| async move {
                let (result, reputation_changes) = match answer(store, budget, peer, &payload).await {
                    Ok(response) => (Ok(response.encode()), Vec::new()),
                    Err(Refused(change)) => (Err(()), vec![change]),
                };
                // The peer may have left; that is its affair.
                let _ = pending_response.send(OutgoingResponse { result, reputation_changes, sent_feedback: None });
            })
            .await;
    }
}

async fn answer(
    store: &Arc<BlobStore>,
    budget: &Budget<PeerId>,
    peer: PeerId,
    mut payload: &[u8],
) -> Result<Response, Refused> {
    let metrics = store.metrics();
    let Ok(Request { hash, max_length }) = Request::decode(&mut payload) else {
        metrics.refused(Refusal::Malformed);
        return Err(Refused(ReputationChange::new(-(1 << 12), "Malformed blob request")));
    };
    let length = store.length(hash);
    let sent = length.filter(|length| *length <= max_length).unwrap_or_default();
    if let Err(exceeded) = budget.take(&peer, sent.into()) {
        log::debug!(target: super::LOG_TARGET, "Refused blob {hash:?} to {peer}: {exceeded}");
        metrics.refused(Refusal::Rate);
        return Err(Refused(ReputationChange::new(-(1 << 10), "Blob requests above the budget")));
    }
    if let Some(length) = length.filter(|length| *length > max_length) {
        metrics.refused(Refusal::Size);
        return Ok(Response::TooLarge(length));
    }

    let reading = store.clone();
    let bytes = match tokio::task::spawn_blocking(move || reading.get(hash)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            log::warn!(target: super::LOG_TARGET, "{error}");
            None
        }
        Err(_) => None,
    };
    Ok(match bytes {
        Some(bytes) => {
            metrics.served(To::Peer, bytes.len());
            Response::Found(bytes)
        }
        None => {
            metrics.refused(Refusal::Unknown);
            Response::Absent
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blobs::{store_tests::store, Claim};
    use futures::channel::oneshot;

    async fn ask(server: &async_channel::Sender<IncomingRequest>, peer: PeerId, payload: Vec<u8>) -> OutgoingResponse {
        let (pending_response, response) = oneshot::channel();
        server.send(IncomingRequest { peer, payload, pending_response }).await.unwrap();
        response.await.unwrap()
    }

    fn serve(store: Arc<BlobStore>, peer_kib: u32) -> async_channel::Sender<IncomingRequest> {
        let (sender, requests) = async_channel::bounded(4);
        let budget = Arc::new(Budget::new(peer_kib, PEERS_KIB, 1));
        tokio::spawn(Server { store, requests, budget }.run());
        sender
    }

    #[tokio::test]
    async fn peers_should_be_served_by_hash() {
        let (_folder, store) = store();
        let store = Arc::new(store);
        let hash = store.put(b"prompt", Claim::Public).unwrap();
        let server = serve(store, PEER_KIB);
        let peer = PeerId::random();
        for (request, response) in [
            (Request { hash, max_length: 6 }, Response::Found(b"prompt".to_vec())),
            (Request { hash, max_length: 5 }, Response::TooLarge(6)),
            (Request { hash: H256::zero(), max_length: 5 }, Response::Absent),
        ] {
            assert_eq!(ask(&server, peer, request.encode()).await.result, Ok(response.encode()));
        }
        let refused = ask(&server, peer, vec![1, 2, 3]).await;
        assert_eq!((refused.result, refused.reputation_changes.len()), (Err(()), 1));
    }

    #[tokio::test]
    async fn greedy_peer_should_be_refused_and_others_served() {
        let (_folder, store) = store();
        let server = serve(Arc::new(store), 8);
        let request = Request { hash: H256::zero(), max_length: 5 }.encode();
        let greedy = PeerId::random();
        for _ in 0..2 {
            assert!(ask(&server, greedy, request.clone()).await.result.is_ok());
        }
        let refused = ask(&server, greedy, request.clone()).await;
        assert_eq!((refused.result, refused.reputation_changes.len()), (Err(()), 1));
        assert!(ask(&server, PeerId::random(), request).await.result.is_ok());
    }

    #[test]
    fn largest_response_should_fit_the_protocol() {
        let blob = vec![0; 1 << 20];
        assert!(Response::Found(blob).encoded_size() as u64 <= (1 << 20) + RESPONSE_OVERHEAD);
        assert!(Request { hash: H256::zero(), max_length: u32::MAX }.encoded_size() as u64 <= MAX_REQUEST);
        assert_eq!(&*protocol_name(Hash::zero()), format!("/{}/hanzo/blobs/1", "00".repeat(32)));
    }
}
