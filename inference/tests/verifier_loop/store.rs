//! Ballots on disk.

use super::chain::{round_key, verifier};
use hanzo_inference::verifier::store::{Ballot, Store};
use hanzo_poai::committee::{commitment, Score, Vote};
use sp_core::H256;
use std::collections::BTreeSet;

const GENESIS: H256 = H256::zero();

fn ballot(job: u64) -> Ballot {
    let vote = Vote { score: Score::Good, digest: H256::repeat_byte(2) };
    Ballot::new(&GENESIS, &verifier(0), &round_key(job), vote, "{}".into())
}

#[test]
fn store_should_give_back_the_same_ballot_when_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let made = ballot(5);
    Store::open(directory.path(), GENESIS).unwrap().insert(made.clone()).unwrap();
    let mut store = Store::open(directory.path(), GENESIS).unwrap();
    let kept = store.get(&made.key()).unwrap().clone();
    assert_eq!(kept, made);
    let hash = commitment(&GENESIS, 5, 0, &verifier(0), &kept.vote(), &kept.salt());
    assert_eq!(kept.commitment(), hash);
    store.remove(&made.key()).unwrap();
    drop(store);
    assert_eq!(Store::open(directory.path(), GENESIS).unwrap().iter().count(), 0);
}

#[test]
fn store_should_refuse_a_second_ballot_of_a_verifier_in_a_round() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = Store::open(directory.path(), GENESIS).unwrap();
    let first = ballot(5);
    store.insert(first.clone()).unwrap();
    let error = store.insert(ballot(5)).unwrap_err().to_string();
    assert!(error.contains("has voted on job 5 in round 0 already"), "{error}");
    assert_eq!(store.get(&first.key()), Some(&first));
    store.insert(ballot(6)).unwrap();
}

#[test]
fn salts_should_differ_whatever_the_ballot() {
    let salts: BTreeSet<[u8; 32]> = (0..100).map(|number| ballot(number % 2).salt()).collect();
    assert_eq!(salts.len(), 100);
}

#[test]
fn store_should_set_a_ballot_aside_when_it_is_damaged_or_not_what_was_committed_to() {
    let changes: [fn(&str) -> String; 3] = [
        |text| text[..text.len() / 2].into(),
        |text| text.replace("\"good\"", "\"bad\""),
        |text| text.replace("\"round\": 0", "\"round\": 1"),
    ];
    for change in changes {
        let directory = tempfile::tempdir().unwrap();
        Store::open(directory.path(), GENESIS).unwrap().insert(ballot(5)).unwrap();
        let folder = directory.path().join("0000000000000000");
        let mut files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let path = files.find(|path| path.extension().is_some_and(|e| e == "json")).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_ne!(change(&text), text);
        std::fs::write(&path, change(&text)).unwrap();
        assert_eq!(Store::open(directory.path(), GENESIS).unwrap().iter().count(), 0);
        assert!(path.with_extension("damaged").exists() && !path.exists());
    }
}

#[cfg(unix)]
#[test]
fn ballot_should_be_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    Store::open(directory.path(), GENESIS).unwrap().insert(ballot(5)).unwrap();
    for entry in std::fs::read_dir(directory.path().join("0000000000000000")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
        }
    }
}

#[test]
fn store_should_be_refused_when_another_process_uses_it() {
    let directory = tempfile::tempdir().unwrap();
    let _store = Store::open(directory.path(), GENESIS).unwrap();
    let error = Store::open(directory.path(), GENESIS).unwrap_err().to_string();
    assert!(error.contains("another verifier uses"), "{error}");
}
