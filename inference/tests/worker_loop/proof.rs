//! Jobs that ask for another proof than a replay.

use super::chain::{job, TestChain};
use super::runner::Gate;
use super::{accept_was_sent, attest_was_sent, scene, session, Process, PROMPT};
use codec::DecodeAll;
use hanzo_inference::worker::chain::Job;
use hanzo_poai::attestation::{challenge, report_data};
use hanzo_poai::{JobStatus, Proof, Verification};
use hanzo_proofs::binding::TeeEvidence;
use sp_core::{sr25519, Pair, H256};

/// What runs in the worker's hardware.
const MEASUREMENT: H256 = H256::repeat_byte(0x7e);

/// Draws the worker for a job that asks for this kind of proof.
fn draw(chain: &TestChain, verification: Verification) {
    chain.change(|ledger| {
        ledger.jobs.insert(0, Job { verification, ..job(0, PROMPT, 1_000) });
    });
}

/// Binds the session key, or unbinds it.
fn bind(chain: &TestChain, measurement: Option<H256>) {
    chain.change(|ledger| ledger.measurement = measurement);
}

#[tokio::test]
async fn worker_should_attest_with_its_bound_key_when_a_job_asks_for_trusted_hardware() {
    let (chain, directory) = scene();
    bind(&chain, Some(MEASUREMENT));
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    draw(&chain, Verification::Tee);
    accept_was_sent(&chain).await;
    chain.seal();
    let opening = chain.ledger().jobs[&0].opening.unwrap();
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    assert_eq!((chain.status(0), chain.refused()), (JobStatus::Attested, vec![]));
    let (attestation, _) = chain.attests().remove(0);
    let Proof::Tee(evidence) = &attestation.proof else { panic!("{:?}", attestation.proof) };
    let TeeEvidence { measurement, signature } = TeeEvidence::decode_all(&mut &evidence[..]).unwrap();
    let challenge = challenge(&H256::repeat_byte(9), 0, &opening, &attestation.worker);
    let message =
        report_data(&challenge, &attestation.model, &attestation.input, &attestation.output, MEASUREMENT.as_bytes());
    assert_eq!(measurement, MEASUREMENT);
    assert!(sr25519::Pair::verify(&signature, message, &session().public()));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_wait_to_attest_when_its_binding_has_lapsed_meanwhile() {
    let (chain, directory) = scene();
    bind(&chain, Some(MEASUREMENT));
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    draw(&chain, Verification::Tee);
    accept_was_sent(&chain).await;
    bind(&chain, None);
    chain.seal_many(20).await;
    assert_eq!(chain.attests().len(), 0);
    bind(&chain, Some(MEASUREMENT));
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    assert_eq!(chain.status(0), JobStatus::Attested);
    assert_eq!(worker.runner.runs(), 1);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_when_it_cannot_give_the_proof_that_a_job_asks_for() {
    for verification in [Verification::Tee, Verification::Quorum, Verification::Zk] {
        let (chain, directory) = scene();
        let worker = Process::start(&chain, directory.path(), Gate::Open);
        draw(&chain, verification);
        chain.seal_many(4).await;
        chain.settle().await;
        assert_eq!(chain.ledger().declined, [0], "{verification:?}");
        assert_eq!(worker.runner.runs(), 0);
        worker.stop().await;
    }
}
