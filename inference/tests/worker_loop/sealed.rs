//! Sealed jobs: the key comes from the client and goes to the committee; the output leaves the worker sealed.

use super::chain::{job, TestChain};
use super::runner::{Gate, TestRunner};
use super::{accept_was_sent, attest_was_sent, scene, session, Process, PROMPT};
use hanzo_inference::hash::blake2_256;
use hanzo_inference::sealing::{seal_key, Address, ContentKey, SealingKey};
use hanzo_inference::worker::chain::{Chain, Job};
use hanzo_poai::committee::Committee;
use hanzo_poai::review::Phase;
use hanzo_poai::JobStatus;
use hanzo_traits::api::{MemberView, ReviewView};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::sync::Arc;

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

#[tokio::test]
async fn worker_should_hand_the_key_to_each_member_of_a_committee_once_also_after_a_restart() {
    let (chain, directory) = scene();
    let worker = start(&chain, directory.path());
    draw(&chain);
    hand_over(&chain, client());
    accept_was_sent(&chain).await;
    chain.seal();
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    worker.stop().await;
    let (member, keyless) = (AccountId32::new([70; 32]), AccountId32::new([71; 32]));
    let secret = SealingKey::from_bytes([8; 32]);
    let view = |account: &AccountId32| MemberView {
        account: account.clone(),
        committed: false,
        vote: None,
        evidence: H256::zero(),
    };
    let review = ReviewView {
        job: 0,
        worker: chain.account(),
        challenger: None,
        committee: Committee::Audit,
        round: 0,
        phase: Phase::Committing,
        until: 900,
        positions: H256::zero(),
        members: vec![view(&member), view(&keyless)],
    };
    chain.change(|ledger| {
        ledger.sealing_keys.insert(member.clone(), secret.public());
        ledger.reviews = vec![review];
    });
    let worker = start(&chain, directory.path());
    chain.seal_many(6).await;
    chain.settle().await;
    let handed = chain.ledger().handed_over;
    assert_eq!(handed.iter().map(|(job, to, _)| (*job, to.clone())).collect::<Vec<_>>(), [(0, member.clone())]);
    let address = Address { genesis: chain.genesis(), job: 0, from: chain.account(), to: member };
    let envelope = chain.blob(handed[0].2).expect("posted");
    assert_eq!(secret.open(&envelope, &address).unwrap(), key());
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
