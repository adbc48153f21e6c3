//! The store on a real folder.

use super::{
    error::{Error, Share},
    index::{charge, LEAST_CHARGE},
    metrics::Metrics,
    store::{BlobStore, Limits, Worthy},
    *,
};
use proptest::prelude::*;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::{Instant, SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;

/// Room for eight of the largest blobs, four of them for strangers.
pub const LIMITS: Limits =
    Limits { max_blob: 8192, quota: 8 * 8192, retention: Duration::from_secs(100), grace: Duration::from_secs(30) };

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

/// A blob of the largest size.
fn large(tag: u8) -> Vec<u8> {
    vec![tag; 8192]
}

/// Puts blobs until there is no room for one more with this claim.
pub fn fill(store: &BlobStore, claim: Claim) {
    let filled = (100u8..).map(|tag| store.put(&large(tag), claim)).find_map(Result::err);
    assert!(matches!(filled, Some(Error::Full { .. })), "{filled:?}");
}

/// The files of blobs in a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| !path.file_name().unwrap().to_str().unwrap().starts_with('.')).collect()
}

fn are_here(store: &BlobStore, hashes: &[H256]) -> Vec<bool> {
    hashes.iter().map(|hash| store.length(*hash).is_some()).collect()
}

fn claims() -> impl Strategy<Value = Claim> {
    prop::sample::select(Claim::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_put_should_be_got(
        blobs in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..200), claims()), 1..8),
    ) {
        let (folder, first) = store();
        let hashes: Vec<_> = blobs.iter().map(|(blob, claim)| first.put(blob, *claim).unwrap()).collect();
        for (hash, (blob, _)) in hashes.iter().zip(&blobs) {
            prop_assert_eq!(*hash, H256(blake2_256(blob)));
            prop_assert_eq!(first.get(*hash).unwrap(), Some(blob.clone()));
            prop_assert_eq!(first.length(*hash), Some(blob.len() as u32));
        }
        // And again after a restart.
        drop(first);
        let again = open(folder.path(), LIMITS, SystemTime::now());
        for (hash, (blob, _)) in hashes.iter().zip(&blobs) {
            prop_assert_eq!(again.get(*hash).unwrap(), Some(blob.clone()));
        }
    }

    #[test]
    fn promised_blobs_should_stay_for_their_time_whatever_is_put(
        puts in prop::collection::vec((0u8..24, 0usize..=8192, claims(), 0u64..40), 1..60),
    ) {
        let (folder, store) = store();
        store.named().change(|names| names.saw(Instant::now()));
        let (mut now, mut promised) = (1_000, HashMap::<H256, (u64, Claim)>::new());
        for (tag, length, claim, pause) in puts {
            now += pause;
            let blob = vec![tag; length];
            match store.put_at(&blob, claim, at(now)) {
                Ok(hash) if claim != Claim::Copy => {
                    let claim = promised.get(&hash).map_or(claim, |(_, before)| claim.max(*before));
                    promised.insert(hash, (now, claim));
                }
                Ok(_) => {}
                Err(Error::Full { taken, limit, .. }) => prop_assert!(taken + charge(length as u32) > limit),
                Err(error) => prop_assert!(false, "{error}"),
            }
            promised.retain(|_, (since, claim)| {
                let promise = if *claim == Claim::Public { LIMITS.grace } else { LIMITS.retention };
                *since + promise.as_secs() > now
            });
            let mut public = 0;
            for (hash, (_, claim)) in &promised {
                let length = store.length(*hash);
                prop_assert!(length.is_some(), "{hash:?} is gone at {now} of {promised:?}");
                public += length.filter(|_| *claim == Claim::Public).map_or(0, charge);
            }
            prop_assert!(public <= LIMITS.public_quota(), "strangers have {public} bytes");
            let on_disk: u64 = files(folder.path()).iter().map(|path| charge(fs::metadata(path).unwrap().len() as u32)).sum();
            prop_assert!(on_disk <= LIMITS.quota, "{on_disk} bytes are on disk");
        }
    }
}

#[test]
fn blob_above_the_limit_should_be_refused() {
    let (_folder, store) = store();
    store.put(&large(0), Claim::Public).unwrap();
    let error = store.put(&vec![0; LIMITS.max_blob as usize + 1], Claim::Own).unwrap_err();
    assert_eq!(error.to_string(), "a blob of 8193 bytes is above the limit of 8192 bytes");
}

#[test]
fn damaged_blob_should_be_removed_and_reported() {
    let (folder, store) = store();
    let hash = store.put(b"output", Claim::Own).unwrap();
    let path = files(folder.path()).pop().unwrap();
    fs::write(&path, b"0utput").unwrap();
    assert!(matches!(store.get(hash), Err(Error::Damaged { length: 6, .. })));
    assert!(!path.exists());
    assert_eq!(store.get(hash).unwrap(), None);
    store.put(b"output", Claim::Own).unwrap();
    assert_eq!(store.get(hash).unwrap().as_deref(), Some(&b"output"[..]));
    // A file that somebody removed is as good as none.
    fs::remove_file(files(folder.path()).pop().unwrap()).unwrap();
    assert_eq!((store.get(hash).unwrap(), store.length(hash)), (None, None));
}

#[test]
fn put_should_be_refused_with_the_numbers_when_only_promised_blobs_could_make_room() {
    let (_folder, store) = store();
    let public: Vec<_> =
        (1..=4).map(|tag| store.put_at(&large(tag), Claim::Public, at(1_000 + u64::from(tag))).unwrap()).collect();
    let error = store.put_at(b"one more", Claim::Public, at(1_011)).unwrap_err();
    let Error::Full { length: 8, taken: 32_768, limit: 32_768, share: Share::Public, wait } = error else {
        panic!("{error}")
    };
    assert_eq!(wait, Duration::from_secs(90));
    // Put again, a blob takes no more room, and its time starts anew.
    store.put_at(&large(1), Claim::Public, at(1_050)).unwrap();
    // The other half is the node's.
    let own: Vec<_> = (5..=8).map(|tag| store.put_at(&large(tag), Claim::Own, at(1_060)).unwrap()).collect();
    let error = store.put_at(b"one more", Claim::Own, at(1_061)).unwrap_err().to_string();
    assert_eq!(
        error,
        "the blob store is full: a blob of 8 bytes does not fit beside the 65536 of 65536 bytes that are taken; the next \
         blob leaves in 42 s, or use another node"
    );
    assert_eq!(are_here(&store, &[public, own].concat()), [true; 8]);
    // At its time the oldest makes room.
    store.put_at(b"one more", Claim::Public, at(1_102)).unwrap();
}

#[test]
fn oldest_public_blob_without_a_job_should_leave_when_a_new_one_comes_after_its_grace() {
    let (folder, store) = store();
    store.named().change(|names| names.saw(Instant::now()));
    let old: Vec<_> =
        (1..=4).map(|tag| store.put_at(&large(tag), Claim::Public, at(1_000 + u64::from(tag))).unwrap()).collect();
    store.named().change(|names| names.add(7, old[0]));
    let error = store.put_at(b"early", Claim::Public, at(1_031)).unwrap_err();
    // The oldest would have to go, but for its job; the next one may in a second.
    assert!(matches!(error, Error::Full { wait, .. } if wait == Duration::from_secs(1)), "{error}");
    let new = store.put_at(b"late", Claim::Public, at(1_032)).unwrap();
    assert_eq!(are_here(&store, &[old, vec![new]].concat()), [true, false, true, true, true]);
    assert_eq!(files(folder.path()).len(), 4);
}

#[test]
fn worthy_should_be_what_jobs_name_and_what_was_put_here_newest_first() {
    let (_folder, store) = store();
    let put = |tag, claim, seconds| store.put_at(&large(tag), claim, at(seconds)).unwrap();
    let [copy, named, old, new, own] = [
        put(1, Claim::Copy, 1),
        put(2, Claim::Public, 2),
        put(3, Claim::Public, 3),
        put(4, Claim::Public, 4),
        put(5, Claim::Own, 5),
    ];
    let elsewhere = H256::repeat_byte(9);
    store.named().change(|names| [copy, named, elsewhere].map(|hash| names.add(7, hash)));
    assert_eq!(store.worthy(9, 9), Worthy { firm: vec![named, own], casual: vec![new, old] });
    assert_eq!(store.worthy(1, 1), Worthy { firm: vec![named], casual: vec![new] });
}

#[test]
fn copies_should_make_room_for_promised_blobs_and_for_newer_copies() {
    let (folder, store) = store();
    let copies: Vec<_> =
        (1..=9).map(|tag| store.put_at(&large(tag), Claim::Copy, at(u64::from(tag))).unwrap()).collect();
    assert_eq!(are_here(&store, &copies[..3]), [false, true, true]);
    store.put_at(&large(20), Claim::Public, at(20)).unwrap();
    store.put_at(&large(21), Claim::Own, at(21)).unwrap();
    assert_eq!(are_here(&store, &copies[..5]), [false, false, false, true, true]);
    assert_eq!(files(folder.path()).len(), 8);
}

#[test]
fn blob_should_have_the_strongest_claim_of_those_who_put_it() {
    let (folder, store) = store();
    let hash = store.put_at(&large(1), Claim::Public, at(1)).unwrap();
    store.put_at(&large(1), Claim::Own, at(2)).unwrap();
    // Neither a stranger nor a copy weakens it, and the public part is empty again.
    for claim in [Claim::Public, Claim::Copy] {
        store.put_at(&large(1), claim, at(3)).unwrap();
    }
    for tag in 2..=5 {
        store.put_at(&large(tag), Claim::Public, at(4)).unwrap();
    }
    assert_eq!(files(folder.path()).len(), 5);
    drop(store);
    // With room for two, the node's own is among them.
    let store = open(folder.path(), Limits { quota: 2 * 8192, ..LIMITS }, at(5));
    assert_eq!((store.length(hash), files(folder.path()).len()), (Some(8192), 2));
}

#[test]
fn blobs_should_expire_after_the_retention_and_not_before() {
    let (folder, store) = store();
    let old = store.put_at(b"old", Claim::Public, at(1_000)).unwrap();
    let new = store.put_at(b"new", Claim::Own, at(1_050)).unwrap();
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
fn blob_from_the_future_should_count_as_new() {
    let (folder, store) = store();
    let hash = store.put_at(b"later", Claim::Own, at(9_000)).unwrap();
    drop(store);
    let store = open(folder.path(), LIMITS, at(1_000));
    assert_eq!(store.get(hash).unwrap().as_deref(), Some(&b"later"[..]));
    assert_eq!((store.expire_at(at(1_099)).unwrap(), store.expire_at(at(1_100)).unwrap()), (0, 1));
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn start_should_sweep_what_a_crash_left() {
    let (folder, store) = store();
    let hash = store.put_at(b"whole", Claim::Own, at(1_000)).unwrap();
    drop(store);
    let name = |bytes: &[u8], stamp: u64, claim| format!("{}.{stamp}.{claim}", hex::encode(blake2_256(bytes)));
    let gone =
        [".new-abc".into(), name(b"whole", 999, "own"), name(b"whole", 1_000_000_001, "public"), name(b"", 7, "own")];
    for (name, bytes) in gone.iter().zip([&b"ha"[..], b"whole", b"whole", &[0; 8193]]) {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("notes.txt"), b"mine").unwrap();
    let store = open(folder.path(), LIMITS, at(1_001));
    assert_eq!(gone.map(|name| folder.path().join(name).exists()), [false; 4]);
    assert!(folder.path().join("notes.txt").exists());
    assert_eq!(store.get(hash).unwrap().as_deref(), Some(&b"whole"[..]));
}

#[test]
fn folder_should_belong_to_one_node() {
    let (folder, _store) = store();
    let second = BlobStore::open(folder.path().to_owned(), LIMITS, Metrics::default());
    assert!(matches!(second, Err(Error::InUse(_))));
    let tight = Limits { quota: 2 * 8191, ..LIMITS };
    let error = BlobStore::open(folder.path().join("other"), tight, Metrics::default()).err().unwrap();
    assert_eq!(
        error.to_string(),
        "a blob quota of 16382 bytes is too small: half of it is for strangers, and must hold a blob of 8192 bytes"
    );
}

#[test]
fn concurrent_puts_should_all_arrive_or_be_refused_and_respect_the_quota() {
    let (folder, store) = store();
    let full = std::thread::scope(|scope| {
        let threads = (0..8u8).map(|thread| {
            let store = &store;
            scope.spawn(move || {
                let mut full = 0;
                for round in 0..20u8 {
                    // Every blob is put by two threads.
                    let blob = vec![thread / 2, round];
                    match store.put(&blob, Claim::Own) {
                        Ok(hash) => assert_eq!(store.get(hash).unwrap(), Some(blob)),
                        Err(Error::Full { .. }) => full += 1,
                        Err(error) => panic!("{error}"),
                    }
                }
                full
            })
        });
        threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).sum::<u32>()
    });
    // Sixteen small blobs fill the quota.
    let (blobs, room) = (files(folder.path()).len(), (LIMITS.quota / LEAST_CHARGE) as usize);
    assert!(full > 0);
    assert_eq!(blobs, room);
}
