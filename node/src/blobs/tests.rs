//! The service over a real store: searches among made-up peers, and JSON-RPC.

use super::{
    error::Error,
    protocol::{Request, Response},
    service::{BlobService, Patience, PUBLIC_SEARCHES},
    store_tests::{fill, store, LIMITS},
    swarm::Swarm,
    *,
};
use async_trait::async_trait;
use codec::{DecodeAll, Encode};
use jsonrpsee::RpcModule;
use parking_lot::Mutex;
use sc_network::{IfDisconnected, PeerId};
use sc_rpc_api::DenyUnsafe;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinSet};

const PATIENCE: Patience = Patience {
    request: Duration::from_secs(10),
    neighbours: Duration::from_secs(15),
    lookup: Duration::from_secs(20),
    search: Duration::from_secs(45),
};

/// Step of the peers' clock.
const TICK: Duration = Duration::from_secs(5);

/// What a peer does when it is asked.
#[derive(Clone)]
enum Answer {
    Says(Response),
    /// Nothing, while the peers' own clock goes on.
    Nothing,
    /// Nothing yet, and no time passes.
    NotYet,
}

/// Peers with fixed answers, whom they blamed, and how often they were asked.
struct Peers {
    neighbours: Vec<(PeerId, Answer)>,
    /// Those that announced whatever is searched for; nobody ever tells if there are none.
    providers: Option<Vec<(PeerId, Answer)>>,
    blamed: Arc<Mutex<Vec<PeerId>>>,
    asked: watch::Sender<usize>,
    now: watch::Sender<Duration>,
}

impl Peers {
    /// Never ends, while the peers' clock goes on.
    async fn let_time_pass<T>(&self) -> T {
        loop {
            // Whoever waits looks at the clock between its ticks.
            tokio::task::yield_now().await;
            self.now.send_modify(|now| *now += TICK);
        }
    }
}

#[async_trait]
impl Swarm for Peers {
    async fn peers(&self) -> Vec<PeerId> {
        self.neighbours.iter().map(|(peer, _)| *peer).collect()
    }

    async fn providers(&self, _: H256) -> Vec<PeerId> {
        match &self.providers {
            Some(providers) => providers.iter().map(|(peer, _)| *peer).collect(),
            None => self.let_time_pass().await,
        }
    }

    async fn ask(&self, peer: PeerId, request: Vec<u8>, connect: IfDisconnected) -> Result<Vec<u8>, String> {
        Request::decode_all(&mut &request[..]).unwrap();
        self.asked.send_modify(|asked| *asked += 1);
        // Only those who announced the blob are worth a new connection.
        let known = match connect {
            IfDisconnected::ImmediateError => &self.neighbours,
            IfDisconnected::TryConnect => self.providers.as_ref().unwrap(),
        };
        let (_, answer) = known.iter().find(|(known, _)| *known == peer).unwrap();
        match answer {
            Answer::Says(response) => Ok(response.encode()),
            Answer::Nothing => self.let_time_pass().await,
            Answer::NotYet => std::future::pending().await,
        }
    }

    fn blame(&self, peer: PeerId, _: &'static str) {
        self.blamed.lock().push(peer);
    }

    async fn silence(&self, time: Duration) {
        let mut clock = self.now.subscribe();
        let until = *clock.borrow() + time;
        clock.wait_for(|now| *now >= until).await.unwrap();
    }
}

struct Setup {
    _folder: TempDir,
    service: Arc<BlobService>,
    peers: Vec<PeerId>,
    providers: Vec<PeerId>,
    blamed: Arc<Mutex<Vec<PeerId>>>,
    asked: watch::Receiver<usize>,
}

fn service(neighbours: &[Answer]) -> Setup {
    service_with(neighbours, Some(&[]))
}

fn service_with(neighbours: &[Answer], providers: Option<&[Answer]>) -> Setup {
    let (folder, store) = store();
    let somebody =
        |answers: &[Answer]| -> Vec<_> { answers.iter().map(|answer| (PeerId::random(), answer.clone())).collect() };
    let (neighbours, providers) = (somebody(neighbours), providers.map(somebody));
    let names = |of: &[(PeerId, Answer)]| of.iter().map(|(peer, _)| *peer).collect();
    let (peers, announcers) = (names(&neighbours), names(providers.as_deref().unwrap_or_default()));
    let (blamed, (asked, asks)) = (Arc::<Mutex<_>>::default(), watch::channel(0));
    let now = watch::Sender::new(Duration::ZERO);
    let swarm = Peers { neighbours, providers, blamed: blamed.clone(), asked, now };
    let service = Arc::new(BlobService::with_patience(Arc::new(store), swarm, PATIENCE));
    Setup { _folder: folder, service, peers, providers: announcers, blamed, asked: asks }
}

fn hash_of(bytes: &[u8]) -> H256 {
    H256(blake2_256(bytes))
}

#[tokio::test]
async fn search_should_go_on_past_bad_peers_and_keep_a_copy() {
    let blob = b"prompt".to_vec();
    let hash = hash_of(&blob);
    let Setup { _folder, service, peers, blamed, .. } = service(&[
        Answer::Nothing,
        Answer::Says(Response::Absent),
        Answer::Says(Response::TooLarge(9_000)),
        Answer::Says(Response::Found(b"prompd".to_vec())),
        Answer::Says(Response::Found(vec![0; 7])),
        Answer::Says(Response::Found(blob.clone())),
    ]);
    assert_eq!(service.fetch(hash, 6).await.unwrap(), blob);
    assert_eq!(*blamed.lock(), peers[3..5]);
    assert_eq!(service.local(hash).await.unwrap(), Some(blob));
}

#[tokio::test]
async fn search_should_end_and_say_how_many_were_asked() {
    let error = service(&vec![Answer::Says(Response::Absent); 20]).service.fetch(H256::zero(), 6).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { asked: 16, connected: 20, .. }), "{error}");
    // Silent peers use up the time instead: one of 10 s, and a second that is cut off at 15 s.
    let error = service(&vec![Answer::Nothing; 20]).service.fetch(H256::zero(), 6).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { asked: 2, connected: 20, .. }), "{error}");
    // And so does a lookup that comes to no end.
    let error = service_with(&[], None).service.fetch(H256::zero(), 6).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { asked: 0, connected: 0, .. }), "{error}");
}

#[tokio::test]
async fn search_should_find_what_was_announced_when_neighbours_have_nothing() {
    let blob = b"prompt".to_vec();
    let hash = hash_of(&blob);
    let mut announced = vec![Answer::Nothing; 5];
    announced.push(Answer::Says(Response::Found(blob.clone())));
    // Five silent ones, one after the other, would use up all the time there is.
    let Setup { _folder, service, blamed, .. } = service_with(&[Answer::Says(Response::Absent)], Some(&announced));
    assert_eq!(service.fetch(hash, 6).await.unwrap(), blob);
    assert!(blamed.lock().is_empty());
    assert_eq!(service.local(hash).await.unwrap(), Some(blob));
}

#[tokio::test]
async fn providers_that_lie_should_be_blamed_and_few_of_them_asked() {
    let lies = vec![Answer::Says(Response::Found(b"prompd".to_vec())); 20];
    let Setup { _folder, service, providers, blamed, asked, .. } = service_with(&[], Some(&lies));
    let error = service.fetch(hash_of(b"prompt"), 6).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { asked: 8, connected: 0, .. }), "{error}");
    assert_eq!((*asked.borrow(), &blamed.lock()[..]), (8, &providers[..8]));
    // Another search asks others first.
    service.fetch(hash_of(b"prompt"), 6).await.unwrap_err();
    assert_eq!(blamed.lock()[8], providers[1]);
}

#[tokio::test]
async fn fetch_should_refuse_a_local_blob_above_the_asked_length() {
    let Setup { _folder, service, .. } = service(&[]);
    let hash = service.put(vec![1; 100], Claim::Own).await.unwrap();
    assert!(matches!(service.fetch(hash, 99).await, Err(Error::TooLarge { length: 100, limit: 99 })));
    assert_eq!(service.fetch(hash, 100).await.unwrap().len(), 100);
}

#[tokio::test]
async fn fetch_should_give_the_bytes_when_there_is_no_room_for_a_copy() {
    let blob = vec![9; 8192];
    let Setup { _folder, service, .. } = service(&[Answer::Says(Response::Found(blob.clone()))]);
    fill(&service.store(), Claim::Own);
    assert_eq!(service.fetch(hash_of(&blob), 8192).await.unwrap(), blob);
    assert_eq!(service.local(hash_of(&blob)).await.unwrap(), None);
}

#[tokio::test]
async fn searches_of_strangers_should_be_refused_when_too_many_run_and_those_of_the_node_go_on() {
    let Setup { _folder, service, mut asked, .. } = service(&[Answer::NotYet]);
    let hash = H256::repeat_byte(7);
    let mut strangers = JoinSet::new();
    for _ in 0..PUBLIC_SEARCHES {
        let service = service.clone();
        strangers.spawn(async move { service.serve(hash).await });
    }
    asked.wait_for(|asked| *asked == PUBLIC_SEARCHES).await.unwrap();
    let error = service.serve(hash).await.unwrap_err();
    assert!(matches!(error, Error::Busy { limit: PUBLIC_SEARCHES }), "{error}");

    // The node's own search comes through.
    let mut own = JoinSet::new();
    let searching = service.clone();
    own.spawn(async move { searching.fetch(hash, 6).await });
    asked.wait_for(|asked| *asked == PUBLIC_SEARCHES + 1).await.unwrap();
    // And a stranger's again, once others have left.
    strangers.shutdown().await;
    strangers.spawn(async move { service.serve(hash).await });
    asked.wait_for(|asked| *asked == PUBLIC_SEARCHES + 2).await.unwrap();
}

/// JSON-RPC over the service, for strangers or for the operator.
fn rpc(service: &Arc<BlobService>, caller: DenyUnsafe) -> RpcModule<BlobsRpc> {
    let mut rpc = BlobsRpc::new(service.clone()).into_rpc();
    rpc.extensions_mut().insert(caller);
    rpc
}

#[tokio::test]
async fn blobs_should_travel_through_rpc() {
    let Setup { _folder, service, .. } = service(&[]);
    let rpc = rpc(&service, DenyUnsafe::Yes);
    let stored: serde_json::Value = rpc.call("blob_put", ["0x68616e7a6f"]).await.unwrap();
    let hash = format!("{:?}", hash_of(b"hanzo"));
    assert_eq!(stored, serde_json::json!({ "hash": hash, "length": 5, "expiresInSeconds": 100 }));
    assert_eq!(rpc.call::<_, String>("blob_get", [&hash]).await.unwrap(), "0x68616e7a6f");
    assert_eq!(rpc.call::<_, String>("blob_get", [&hash, "base64"]).await.unwrap(), "aGFuem8=");

    let error = rpc.call::<_, String>("blob_get", [H256::zero()]).await.unwrap_err().to_string();
    assert!(error.contains("20502") && error.contains("none of the 0 peers"), "{error}");
    let error = rpc.call::<_, String>("blob_put", [format!("0x{}", "00".repeat(8193))]).await.unwrap_err().to_string();
    assert!(error.contains("20501") && error.contains("8193 bytes is above the limit of 8192"), "{error}");
}

#[tokio::test]
async fn stranger_should_be_served_from_peers_and_leave_nothing_here() {
    let blob = vec![5; 8192];
    let (hash, text) = (hash_of(&blob), format!("0x{}", hex::encode(&blob)));
    let Setup { _folder, service, asked, .. } = service(&[Answer::Says(Response::Found(blob))]);
    let own = service.put(b"output".to_vec(), Claim::Own).await.unwrap();
    let strangers = rpc(&service, DenyUnsafe::Yes);
    for times in 1..=3 {
        assert_eq!(strangers.call::<_, String>("blob_get", [hash]).await.unwrap(), text);
        assert_eq!((service.store().length(hash), *asked.borrow()), (None, times));
    }
    assert_eq!(service.store().length(own), Some(6));
    // The operator's own request keeps a copy.
    assert_eq!(rpc(&service, DenyUnsafe::No).call::<_, String>("blob_get", [hash]).await.unwrap(), text);
    assert_eq!(service.store().length(hash), Some(8192));
}

#[tokio::test]
async fn stranger_should_be_refused_with_the_numbers_and_the_operator_served_when_the_public_part_is_full() {
    let Setup { _folder, service, .. } = service(&[]);
    fill(&service.store(), Claim::Public);
    let error = rpc(&service, DenyUnsafe::Yes).call::<_, String>("blob_put", ["0x00"]).await.unwrap_err().to_string();
    for part in ["20505", "a blob of 1 bytes", "32768 of 32768 bytes", "the public part of the blob store is full"] {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
    let stored: serde_json::Value = rpc(&service, DenyUnsafe::No).call("blob_put", ["0x00"]).await.unwrap();
    assert_eq!(stored["expiresInSeconds"], LIMITS.retention.as_secs());
}

#[test]
fn times_should_be_read_with_their_unit() {
    let hours = |hours: u64| Ok(Duration::from_secs(hours * 3_600));
    assert_eq!((parse_time("24h"), parse_time("7d"), parse_time("120m")), (hours(24), hours(168), hours(2)));
    for text in ["24", "h", "1.5h", "-1h", "0s", "99999999999999999999d", "9999999999999999999d", "5hh"] {
        assert!(parse_time(text).is_err(), "{text}");
    }
}
