//! Results on disk.

use super::chain::TestChain;
use super::runner::receipt;
use super::{session, PROMPT};
use hanzo_inference::worker::chain::Job;
use hanzo_inference::worker::store::{Finished, Store};
use hanzo_poai::{Attestation, Proof};
use sp_core::{Pair, H256};

fn job() -> Job {
    let chain = TestChain::new(session().public());
    chain.draw(5, PROMPT);
    chain.ledger().jobs[&5].clone()
}

fn finished(job: &Job) -> Finished {
    let receipt = receipt(job, PROMPT, b"seven");
    let attestation = Attestation {
        job: job.id,
        worker: super::chain::account(),
        model: job.model,
        input: job.input,
        output: receipt.output_hash,
        tokens_root: receipt.tokens_root,
        fingerprints_root: receipt.fingerprints_root,
        prompt_tokens: 11,
        output_tokens: 5,
        nonce: job.nonce,
        seed: receipt.seed,
        engine_profile: receipt.engine_profile,
        prior_root: H256::zero(),
        proof: Proof::Replay,
    };
    let signature = session().sign(attestation.signing_hash(&H256::zero()).as_bytes());
    let signed = (session().public(), signature);
    Finished::new(H256::repeat_byte(4), &attestation, signed, b"seven", receipt, None)
}

#[test]
fn store_should_give_back_the_same_result_when_opened_again() {
    let (directory, job) = (tempfile::tempdir().unwrap(), job());
    let result = finished(&job);
    Store::open(directory.path(), H256::zero()).unwrap().insert(result.clone()).unwrap();
    let mut store = Store::open(directory.path(), H256::zero()).unwrap();
    assert_eq!(store.get(5), Some(&result));
    assert_eq!(store.get(5).unwrap().output().unwrap(), b"seven");
    store.remove(5).unwrap();
    drop(store);
    assert_eq!(Store::open(directory.path(), H256::zero()).unwrap().get(5), None);
}

#[test]
fn store_should_set_a_damaged_file_aside_when_opened() {
    let (directory, job) = (tempfile::tempdir().unwrap(), job());
    Store::open(directory.path(), H256::zero()).unwrap().insert(finished(&job)).unwrap();
    let path = directory.path().join("0000000000000000/5.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    let mut store = Store::open(directory.path(), H256::zero()).unwrap();
    assert_eq!(store.get(5), None);
    assert!(path.with_extension("damaged").exists() && !path.exists());
    store.insert(finished(&job)).unwrap();
    assert!(path.exists());
}

#[test]
fn result_should_be_kept_with_no_known_signer_when_its_file_is_older_than_that() {
    let (directory, job) = (tempfile::tempdir().unwrap(), job());
    Store::open(directory.path(), H256::zero()).unwrap().insert(finished(&job)).unwrap();
    let path = directory.path().join("0000000000000000/5.json");
    let mut file: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert!(file.as_object_mut().unwrap().remove("signer").is_some());
    std::fs::write(&path, file.to_string()).unwrap();
    let store = Store::open(directory.path(), H256::zero()).unwrap();
    let kept = store.get(5).unwrap();
    assert!(kept.answers(&job) && !kept.is_signed_by(&session().public()));
}

#[test]
fn store_should_be_refused_when_another_process_uses_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path(), H256::zero()).unwrap();
    let error = Store::open(directory.path(), H256::zero()).unwrap_err().to_string();
    assert!(error.contains("another worker uses"), "{error}");
    Store::open(directory.path(), H256::repeat_byte(1)).unwrap();
    drop(store);
    Store::open(directory.path(), H256::zero()).unwrap();
}

#[test]
fn finished_should_answer_only_the_job_it_was_computed_for() {
    let job = job();
    let result = finished(&job);
    assert!(result.answers(&job));
    for other in [
        Job { id: 6, ..job.clone() },
        Job { seed: None, ..job.clone() },
        Job { input: H256::zero(), ..job.clone() },
        Job { nonce: 12, ..job.clone() },
        Job { prior_root: H256::repeat_byte(1), ..job.clone() },
    ] {
        assert!(!result.answers(&other));
    }
}
