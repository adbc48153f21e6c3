//! The store on a real folder, and the search among made-up peers.

use super::{
    error::Error,
    index::LEAST_CHARGE,
    metrics::Metrics,
    protocol::{Request, Response},
    service::{BlobService, Patience, Swarm},
    store::{BlobStore, Limits},
    *,
};
use async_trait::async_trait;
use codec::{DecodeAll, Encode};
use parking_lot::Mutex;
use proptest::prelude::*;
use sc_network::PeerId;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::{
    collections::HashMap,
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;

const LIMITS: Limits = Limits { max_blob: 8192, quota: 4 * 8192, retention: Duration::from_secs(100) };

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn open(folder: &Path, limits: Limits, now: SystemTime) -> BlobStore {
    BlobStore::open_at(folder.to_owned(), limits, Metrics::default(), now).unwrap()
}

/// A store in a folder that lasts as long as the first value.
pub fn store() -> (TempDir, BlobStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), LIMITS, SystemTime::now());
    (folder, store)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_put_should_be_got(blobs in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8)) {
        let (folder, first) = store();
        let hashes: Vec<_> = blobs.iter().map(|blob| first.put(blob).unwrap()).collect();
        for (hash, blob) in hashes.iter().zip(&blobs) {
            prop_assert_eq!(*hash, H256(blake2_256(blob)));
            prop_assert_eq!(first.get(*hash).unwrap(), Some(blob.clone()));
            prop_assert_eq!(first.length(*hash), Some(blob.len() as u32));
        }
        // And again after a restart.
        drop(first);
        let again = open(folder.path(), LIMITS, SystemTime::now());
        for (hash, blob) in hashes.iter().zip(&blobs) {
            prop_assert_eq!(again.get(*hash).unwrap(), Some(blob.clone()));
        }
    }

    #[test]
    fn store_should_keep_the_newest_that_fit(lengths in prop::collection::vec(0usize..=8192, 1..24)) {
        let (_folder, store) = store();
        let blobs: Vec<_> = lengths.iter().enumerate().map(|(i, length)| vec![i as u8; *length]).collect();
        let hashes: Vec<_> = blobs.iter().map(|blob| store.put_at(blob, at(1_000)).unwrap()).collect();
        let mut last = HashMap::new();
        for (place, hash) in hashes.iter().enumerate() {
            last.insert(*hash, place);
        }
        let mut kept: Vec<_> = last.into_iter().collect();
        kept.sort_by_key(|(_, place)| std::cmp::Reverse(*place));
        let (mut charged, mut full) = (0, false);
        for (hash, place) in kept {
            charged += (blobs[place].len() as u64).max(LEAST_CHARGE);
            full |= charged > LIMITS.quota;
            if !full {
                prop_assert!(store.length(hash).is_some(), "blob {} of {} is gone", place, hashes.len());
            }
        }
    }
}

#[test]
fn blob_above_the_limit_should_be_refused() {
    let (_folder, store) = store();
    store.put(&vec![0; LIMITS.max_blob as usize]).unwrap();
    let error = store.put(&vec![0; LIMITS.max_blob as usize + 1]).unwrap_err();
    assert_eq!(error.to_string(), "a blob of 8193 bytes is above the limit of 8192 bytes");
}

#[test]
fn damaged_blob_should_be_removed_and_reported() {
    let (_folder, store) = store();
    let hash = store.put(b"output").unwrap();
    fs::write(store.path(hash), b"0utput").unwrap();
    assert!(matches!(store.get(hash), Err(Error::Damaged { length: 6, .. })));
    assert!(!store.path(hash).exists());
    assert_eq!(store.get(hash).unwrap(), None);
    store.put(b"output").unwrap();
    assert_eq!(store.get(hash).unwrap().as_deref(), Some(&b"output"[..]));
}

#[test]
fn oldest_blobs_should_go_first_when_the_quota_is_full() {
    let (_folder, store) = store();
    let blob = |tag: u8| vec![tag; 8192];
    let put = |tag: u8, second| store.put_at(&blob(tag), at(second)).unwrap();
    let [a, b, c, d] = [put(1, 10), put(2, 11), put(3, 12), put(4, 13)];
    // Put again, `a` is the newest.
    put(1, 14);
    let e = put(5, 15);
    assert_eq!([a, b, c, d, e].map(|hash| store.length(hash).is_some()), [true, false, true, true, true]);
}

#[test]
fn blobs_should_expire_after_the_retention_and_not_before() {
    let (folder, store) = store();
    let old = store.put_at(b"old", at(1_000)).unwrap();
    let new = store.put_at(b"new", at(1_050)).unwrap();
    assert_eq!(store.expire_at(at(1_099)).unwrap(), 0);
    assert_eq!(store.expire_at(at(1_100)).unwrap(), 1);
    assert_eq!((store.length(old), store.length(new)), (None, Some(3)));
    // The age outlives a restart.
    drop(store);
    let store = open(folder.path(), LIMITS, at(1_149));
    assert_eq!(store.length(new), Some(3));
    drop(store);
    assert_eq!(open(folder.path(), LIMITS, at(1_150)).length(new), None);
}

#[test]
fn start_should_sweep_what_a_crash_left() {
    let (folder, store) = store();
    let hash = store.put(b"whole").unwrap();
    drop(store);
    let unfinished = folder.path().join(".new-abc");
    let too_large = folder.path().join(hex::encode([7; 32]));
    let foreign = folder.path().join("notes.txt");
    fs::write(&unfinished, b"ha").unwrap();
    fs::write(&too_large, vec![0; 8193]).unwrap();
    fs::write(&foreign, b"mine").unwrap();
    let store = open(folder.path(), LIMITS, SystemTime::now());
    assert_eq!([&unfinished, &too_large, &foreign].map(|path| path.exists()), [false, false, true]);
    assert_eq!(store.get(hash).unwrap().as_deref(), Some(&b"whole"[..]));
}

#[test]
fn folder_should_belong_to_one_node() {
    let (folder, _store) = store();
    let second = BlobStore::open(folder.path().to_owned(), LIMITS, Metrics::default());
    assert!(matches!(second, Err(Error::InUse(_))));
    let tight = Limits { quota: 8191, ..LIMITS };
    let error = BlobStore::open(folder.path().join("other"), tight, Metrics::default()).err().unwrap();
    assert_eq!(error.to_string(), "a blob quota of 8191 bytes cannot hold one blob of 8192 bytes");
}

#[test]
fn concurrent_puts_should_all_arrive_and_respect_the_quota() {
    let (folder, store) = store();
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            let store = &store;
            scope.spawn(move || {
                for round in 0..20u8 {
                    // Every blob is put by two threads.
                    let blob = vec![thread / 2, round];
                    let hash = store.put(&blob).unwrap();
                    if let Some(bytes) = store.get(hash).unwrap() {
                        assert_eq!(bytes, blob);
                    }
                }
            });
        }
    });
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    // Eight small blobs fill the quota; the rest is the lock.
    assert_eq!(files.len(), 8 + 1, "{files:?}");
    for name in files.iter().filter_map(|name| name.to_str()).filter(|name| !name.starts_with('.')) {
        let hash: H256 = format!("0x{name}").parse().unwrap();
        assert!(store.get(hash).unwrap().is_some());
    }
}

/// Peers with fixed answers, and whom they blamed.
struct Peers {
    answers: Vec<(PeerId, Option<Response>)>,
    blamed: Arc<Mutex<Vec<PeerId>>>,
}

#[async_trait]
impl Swarm for Peers {
    async fn peers(&self) -> Vec<PeerId> {
        self.answers.iter().map(|(peer, _)| *peer).collect()
    }

    async fn ask(&self, peer: PeerId, request: Vec<u8>) -> Result<Vec<u8>, String> {
        Request::decode_all(&mut &request[..]).unwrap();
        let (_, answer) = self.answers.iter().find(|(known, _)| *known == peer).unwrap();
        match answer {
            Some(answer) => Ok(answer.encode()),
            None => std::future::pending().await,
        }
    }

    fn blame(&self, peer: PeerId, _: &'static str) {
        self.blamed.lock().push(peer);
    }
}

fn service(answers: &[Option<Response>]) -> (TempDir, BlobService, Vec<PeerId>, Arc<Mutex<Vec<PeerId>>>) {
    let (folder, store) = store();
    let answers: Vec<_> = answers.iter().map(|answer| (PeerId::random(), answer.clone())).collect();
    let peers = answers.iter().map(|(peer, _)| *peer).collect();
    let blamed = Arc::<Mutex<_>>::default();
    let swarm = Peers { answers, blamed: blamed.clone() };
    let patience = Patience { request: Duration::from_millis(100), search: Duration::from_millis(450) };
    let service = BlobService::with_patience(Arc::new(store), swarm, patience);
    (folder, service, peers, blamed)
}

#[tokio::test]
async fn search_should_go_on_past_bad_peers_and_keep_what_it_finds() {
    let blob = b"prompt".to_vec();
    let hash = H256(blake2_256(&blob));
    let (_folder, service, peers, blamed) = service(&[
        None,
        Some(Response::Absent),
        Some(Response::TooLarge(9_000)),
        Some(Response::Found(b"prompd".to_vec())),
        Some(Response::Found(vec![0; 7])),
        Some(Response::Found(blob.clone())),
    ]);
    assert_eq!(service.fetch(hash, 6).await.unwrap(), blob);
    assert_eq!(*blamed.lock(), peers[3..5]);
    assert_eq!(service.local(hash).await.unwrap(), Some(blob));
}

#[tokio::test]
async fn search_should_end_and_say_how_many_were_asked() {
    let absent: Vec<_> = (0..20).map(|_| Some(Response::Absent)).collect();
    let (_folder, service, ..) = service(&absent);
    let error = service.fetch(H256::zero(), 6).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { asked: 16, connected: 20, .. }), "{error}");
    // Silent peers use up the time instead.
    let (_folder, service, ..) = self::service(&vec![None; 20]);
    let error = service.fetch(H256::zero(), 6).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { asked: 1..=5, connected: 20, .. }), "{error}");
}

#[tokio::test]
async fn fetch_should_refuse_a_local_blob_above_the_asked_length() {
    let (_folder, service, ..) = service(&[]);
    let hash = service.put(vec![1; 100]).await.unwrap();
    assert!(matches!(service.fetch(hash, 99).await, Err(Error::TooLarge { length: 100, limit: 99 })));
    assert_eq!(service.fetch(hash, 100).await.unwrap().len(), 100);
}

#[tokio::test]
async fn blobs_should_travel_through_rpc() {
    let (_folder, service, ..) = service(&[]);
    let rpc = BlobsRpc::new(Arc::new(service)).into_rpc();
    let stored: serde_json::Value = rpc.call("blob_put", ["0x68616e7a6f"]).await.unwrap();
    let hash = format!("{:?}", H256(blake2_256(b"hanzo")));
    assert_eq!(stored, serde_json::json!({ "hash": hash, "length": 5, "expiresInSeconds": 100 }));
    assert_eq!(rpc.call::<_, String>("blob_get", [&hash]).await.unwrap(), "0x68616e7a6f");
    assert_eq!(rpc.call::<_, String>("blob_get", [&hash, "base64"]).await.unwrap(), "aGFuem8=");

    let error = rpc.call::<_, String>("blob_get", [H256::zero()]).await.unwrap_err().to_string();
    assert!(error.contains("20502") && error.contains("none of the 0 peers"), "{error}");
    let error = rpc.call::<_, String>("blob_put", [format!("0x{}", "00".repeat(8193))]).await.unwrap_err().to_string();
    assert!(error.contains("20501") && error.contains("8193 bytes is above the limit of 8192"), "{error}");
}

#[test]
fn times_should_be_read_with_their_unit() {
    let hours = |hours: u64| Ok(Duration::from_secs(hours * 3_600));
    assert_eq!((parse_time("24h"), parse_time("7d"), parse_time("120m")), (hours(24), hours(168), hours(2)));
    for text in ["24", "h", "1.5h", "-1h", "0s", "99999999999999999999d", "9999999999999999999d", "5hh"] {
        assert!(parse_time(text).is_err(), "{text}");
    }
}
