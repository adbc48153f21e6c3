//! Results that were signed with a session key which has been replaced since.

use super::chain::TestChain;
use super::runner::{Gate, TestRunner};
use super::{accept_was_sent, attest_was_sent, scene, session, Process, PROMPT};
use hanzo_poai::JobStatus;
use sp_core::{sr25519, Pair};
use std::path::Path;
use std::sync::Arc;

/// A worker that ends when it has signed and sent its result, which is lost on the way.
async fn sign_and_end(chain: &Arc<TestChain>, directory: &Path) {
    let worker = Process::start(chain, directory, Gate::Open);
    chain.draw(0, PROMPT);
    accept_was_sent(chain).await;
    chain.seal();
    chain.lose_transactions(true);
    attest_was_sent(chain, 1).await;
    chain.settle().await;
    chain.lose_transactions(false);
    worker.kill().await;
}

/// Lets a worker with this key go on, and asserts that it attests the same with another signature.
async fn attests_anew(chain: &Arc<TestChain>, directory: &Path, key: sr25519::Pair) {
    let before = chain.attests().len();
    let worker = Process::start_as(chain, directory, TestRunner::new(Gate::Open), key);
    attest_was_sent(chain, before + 1).await;
    chain.settle().await;
    assert_eq!((chain.status(0), chain.refused()), (JobStatus::Attested, vec![]));
    let sent = chain.attests();
    assert_eq!((sent.len(), &sent[before].0), (before + 1, &sent[0].0));
    assert_ne!(sent[before].1, sent[0].1);
    assert_eq!(worker.runner.runs(), 0, "it is the same result");
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_sign_a_kept_result_anew_when_its_session_key_was_replaced() {
    let (chain, directory) = scene();
    sign_and_end(&chain, directory.path()).await;
    let key = sr25519::Pair::from_string("//Ferdie//another", None).unwrap();
    chain.set_session(key.public());
    attests_anew(&chain, directory.path(), key).await;
}

#[tokio::test]
async fn worker_should_send_the_new_signature_again_when_it_is_restarted_after_that() {
    let (chain, directory) = scene();
    sign_and_end(&chain, directory.path()).await;
    let key = sr25519::Pair::from_string("//Ferdie//another", None).unwrap();
    chain.set_session(key.public());
    for attests in [2, 3] {
        chain.lose_transactions(attests == 2);
        let worker = Process::start_as(&chain, directory.path(), TestRunner::new(Gate::Open), key.clone());
        attest_was_sent(&chain, attests).await;
        chain.settle().await;
        worker.kill().await;
    }
    let sent = chain.attests();
    assert_eq!(sent[1], sent[2]);
    assert_eq!(chain.status(0), JobStatus::Attested);
}

#[tokio::test]
async fn worker_should_sign_a_kept_result_anew_when_its_file_does_not_tell_who_signed_it() {
    let (chain, directory) = scene();
    sign_and_end(&chain, directory.path()).await;
    let path = directory.path().join("0909090909090909/0.json");
    let mut file: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(file.as_object_mut().unwrap().remove("signer").is_some());
    std::fs::write(&path, file.to_string()).unwrap();
    attests_anew(&chain, directory.path(), session()).await;
}
