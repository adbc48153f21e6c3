//! Sealed jobs: the key comes from the client and goes to the committee; the output leaves the worker sealed.

use super::chain::{job, Call, TestChain};
use super::runner::{Gate, TestRunner};
use super::{accept_was_sent, attest_was_sent, scene, session, Process, PROMPT};
use hanzo_inference::hash::blake2_256;
use hanzo_inference::sealing::{seal_key, Address, ContentKey, SealingKey};
use hanzo_inference::worker::chain::{Chain, Job};
use hanzo_poai::committee::Committee;
use hanzo_poai::review::{Phase, Standing};
use hanzo_poai::JobStatus;
use hanzo_traits::api::{MemberView, ReviewView};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::sync::Arc;
use tempfile::TempDir;

const SECRET: [u8; 32] = [5; 32];

fn key() -> ContentKey {
    ContentKey::from_bytes([9; 32])
}

fn client() -> AccountId32 {
    job(0, PROMPT, 1).client
}

/// Draws the worker for a sealed job whose input the network has.
fn draw(chain: &TestChain) {
    let input = key().seal_input(PROMPT).unwrap();
    chain.add_blob(&input);
    chain.change(|ledger| {
        let plain = job(0, PROMPT, 1_000);
        let drawn = Job { input: blake2_256(&input), input_length: input.len() as u32, sealed: true, ..plain };
        ledger.jobs.insert(0, drawn);
    });
}

/// Hands the key to the worker, from this account.
fn hand_over(chain: &TestChain, from: AccountId32) {
    let address = Address { genesis: chain.genesis(), job: 0, from: from.clone(), to: chain.account() };
    let envelope = seal_key(&key(), &SealingKey::from_bytes(SECRET).public(), &address).unwrap();
    chain.add_blob(&envelope);
    chain.change(|ledger| {
        ledger.envelopes.insert(0, (from, blake2_256(&envelope)));
    });
}

fn start(chain: &Arc<TestChain>, directory: &std::path::Path) -> Process {
    Process::start_sealing(chain, directory, TestRunner::new(Gate::Open), session(), SealingKey::from_bytes(SECRET))
}

#[tokio::test]
async fn worker_should_open_the_input_and_attest_the_sealed_output_when_it_has_the_key() {
    let (chain, directory) = scene();
    let worker = start(&chain, directory.path());
    draw(&chain);
    chain.seal_many(3).await;
    assert_eq!(chain.status(0), JobStatus::Assigned, "it waits for the key");
    hand_over(&chain, client());
    accept_was_sent(&chain).await;
    chain.seal();
    let seed = chain.ledger().jobs[&0].seed.unwrap();
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    assert_eq!((chain.status(0), chain.refused()), (JobStatus::Attested, vec![]));
    let own = SealingKey::from_bytes(SECRET).public();
    assert_eq!(chain.ledger().sealing_keys.get(&chain.account()), Some(&own), "it published its key");
    // What it posted is what it attested, and opens with the job's key only.
    let (attestation, _) = chain.attests().remove(0);
    let posted = chain.blob(attestation.output).expect("posted");
    assert!(key().open_output(&seed, &posted).is_ok());
    assert!(ContentKey::from_bytes([1; 32]).open_output(&seed, &posted).is_err());
    worker.stop().await;
}

/// The secret of the member with this tag.
fn secret(tag: u8) -> SealingKey {
    SealingKey::from_bytes([tag; 32])
}

fn member(tag: u8) -> AccountId32 {
    AccountId32::new([tag; 32])
}

/// A sealed job that a worker has attested, and a committee of two that judges it: member 70 has published its key, 71 has not.
/// The worker is down.
async fn judged() -> (Arc<TestChain>, TempDir) {
    let (chain, directory) = scene();
    let worker = start(&chain, directory.path());
    draw(&chain);
    hand_over(&chain, client());
    accept_was_sent(&chain).await;
    chain.seal();
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    worker.stop().await;
    let view = |tag| MemberView { account: member(tag), committed: false, vote: None, evidence: H256::zero() };
    let review = ReviewView {
        job: 0,
        worker: chain.account(),
        challenger: None,
        committee: Committee::Audit,
        round: 0,
        phase: Phase::Committing,
        until: 900,
        positions: H256::zero(),
        members: vec![view(70), view(71)],
    };
    chain.change(|ledger| {
        ledger.sealing_keys.insert(member(70), secret(70).public());
        ledger.reviews = vec![review];
        ledger.attestations.get_mut(&0).expect("attested").standing = Some(Standing::InReview { at: 900 });
    });
    (chain, directory)
}

async fn hand_over_was_sent(chain: &TestChain, times: usize) {
    chain.wait_for(|calls| calls.iter().filter(|call| matches!(call, Call::HandOver(..))).count() >= times).await;
}

#[tokio::test]
async fn worker_should_hand_the_key_to_each_member_of_a_committee_once_also_after_a_restart() {
    let (chain, directory) = judged().await;
    for _ in 0..2 {
        let worker = start(&chain, directory.path());
        chain.seal_many(12).await;
        chain.settle().await;
        worker.stop().await;
    }
    let worker = start(&chain, directory.path());
    chain.settle().await;
    chain.change(|ledger| {
        ledger.sealing_keys.insert(member(71), secret(71).public());
    });
    chain.seal_many(12).await;
    chain.settle().await;
    let handed = chain.ledger().handed_over;
    let receivers: Vec<_> = handed.iter().map(|(job, to, _)| (*job, to.clone())).collect();
    assert_eq!(receivers, [(0, member(70)), (0, member(71))]);
    assert_eq!(chain.hand_overs().len(), 2);
    for (tag, (_, to, envelope)) in [70, 71].into_iter().zip(handed) {
        let address = Address { genesis: chain.genesis(), job: 0, from: chain.account(), to };
        let envelope = chain.blob(envelope).expect("posted");
        assert_eq!(secret(tag).open(&envelope, &address).unwrap(), key());
    }
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_hand_the_key_over_again_when_the_transaction_was_lost() {
    let (chain, directory) = judged().await;
    chain.lose_transactions(true);
    let worker = start(&chain, directory.path());
    hand_over_was_sent(&chain, 1).await;
    chain.seal_many(4).await;
    assert_eq!(chain.hand_overs().len(), 1, "not again at once");
    chain.seal();
    hand_over_was_sent(&chain, 2).await;
    chain.lose_transactions(false);
    chain.seal_many(12).await;
    let sent = chain.hand_overs();
    assert_eq!((sent.len(), &sent[0]), (2, &sent[1]), "a pool that has it should know the call again");
    assert_eq!(chain.ledger().handed_over.len(), 1);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_hand_the_key_over_again_when_a_reorganisation_took_it_away() {
    let (chain, directory) = judged().await;
    let worker = start(&chain, directory.path());
    hand_over_was_sent(&chain, 1).await;
    chain.seal_many(2).await;
    assert_eq!(chain.ledger().handed_over.len(), 1);
    let before = chain.ledger().reviews;
    chain.reorganise(2, |_| {});
    assert_eq!((chain.ledger().handed_over.len(), chain.ledger().reviews), (0, before));
    chain.seal_many(12).await;
    assert_eq!(chain.ledger().handed_over.len(), 1);
    let sent = chain.hand_overs();
    assert_eq!((sent.len(), &sent[0]), (2, &sent[1]));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_hand_the_key_over_again_when_it_was_killed_and_its_transaction_lost() {
    let (chain, directory) = judged().await;
    chain.lose_transactions(true);
    let worker = start(&chain, directory.path());
    hand_over_was_sent(&chain, 1).await;
    worker.kill().await;
    chain.seal();
    chain.lose_transactions(false);
    let worker = start(&chain, directory.path());
    hand_over_was_sent(&chain, 2).await;
    chain.seal_many(12).await;
    assert_eq!((chain.ledger().handed_over.len(), chain.hand_overs().len()), (1, 2));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_when_it_takes_no_sealed_jobs_or_gets_a_key_that_opens_nothing() {
    for sealing in [true, false] {
        let (chain, directory) = scene();
        let worker = match sealing {
            true => start(&chain, directory.path()),
            false => Process::start(&chain, directory.path(), Gate::Open),
        };
        draw(&chain);
        // From somebody else than it says: the envelope does not open.
        let other = AccountId32::new([66; 32]);
        hand_over(&chain, other);
        chain.change(|ledger| {
            let envelope = ledger.envelopes[&0].1;
            ledger.envelopes.insert(0, (client(), envelope));
        });
        chain.seal_many(6).await;
        chain.settle().await;
        assert_eq!(chain.ledger().declined, [0], "sealing: {sealing}");
        worker.stop().await;
    }
}
