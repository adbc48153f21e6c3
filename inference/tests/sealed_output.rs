//! Both forms of a sealed output, text and token ids, before whoever has to read them.

use crate::common::{engine, tiny};
use crate::job_replay::{errors, json, served_by, Node, Served};
use hanzo_inference::hash::blake2_256;
use hanzo_inference::sealing::{ContentKey, Written};
use hanzo_inference::verifier::judge::{EngineJudge, Judge, Papers};
use hanzo_inference::verifier::round::Round;
use hanzo_inference::{Cancel, CandleEngine, Engine, ModelSource, ProfileKind};
use hanzo_poai::committee::Score;
use hanzo_poai::MAX_SEALED_OUTPUT_BYTES;
use serde_json::{json, Map};
use sp_core::H256;
use std::path::Path;
use std::sync::Arc;

/// Bytes of a word, of which forty are more than can be delivered sealed.
const WORD: usize = 2_000;

fn key() -> ContentKey {
    ContentKey::from_bytes([9; 32])
}

/// The tiny model, each of whose tokens is a long word.
fn wordy(directory: &Path, profile: ProfileKind) -> CandleEngine {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tiny");
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(tiny.join(file), directory.join(file)).unwrap();
    }
    let vocabulary: Map<_, _> = (0..260).map(|id| (format!("{id:x>WORD$}"), id.into())).collect();
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
        "pre_tokenizer": { "type": "Whitespace" }, "post_processor": null, "decoder": null,
        "model": { "type": "WordLevel", "vocab": vocabulary, "unk_token": format!("{:x>WORD$}", 81) },
    });
    std::fs::write(directory.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    engine(&ModelSource::Path(directory.into()), profile, 1)
}

/// The job of a worker with this engine, sealed, and its output as it is under the seal.
fn sealed_by(engine: CandleEngine) -> (Served, Written) {
    let mut served = served_by(engine, |_| ());
    let claim = served.attestation.as_mut().unwrap();
    let (input, output) = (served.blobs.remove(&served.job.input), served.blobs.remove(&claim.output));
    let input = key().seal_input(&input.unwrap()).unwrap();
    let output = key().seal_output(&claim.seed, &output.unwrap(), &served.receipt.output_tokens).unwrap();
    assert!(output.len() <= MAX_SEALED_OUTPUT_BYTES as usize);
    let written = key().open_output(&claim.seed, &output).unwrap();
    (served.job.input, claim.input, claim.output) = (blake2_256(&input), blake2_256(&input), blake2_256(&output));
    (served.job.input_length, served.job.sealed) = (input.len() as u32, true);
    rename(&mut served);
    served.blobs = [input, output].map(|bytes| (blake2_256(&bytes), bytes)).into();
    (served, written)
}

/// Gives the attestation the root that it has by what it says.
fn rename(served: &mut Served) {
    let (claim, nonce) = (served.attestation.as_mut().unwrap(), served.job.nonce);
    let attestation = hanzo_poai::Attestation {
        job: claim.job,
        worker: claim.worker.clone(),
        model: claim.model,
        input: claim.input,
        output: claim.output,
        tokens_root: claim.tokens_root,
        fingerprints_root: claim.fingerprints_root,
        prompt_tokens: claim.prompt_tokens,
        output_tokens: claim.output_tokens,
        nonce,
        seed: claim.seed,
        engine_profile: claim.engine_profile,
        prior_root: claim.prior_root,
        proof: hanzo_poai::Proof::Replay,
    };
    claim.receipt_root = attestation.receipt_root();
}

/// A member's score of the work, with its output or without.
fn score(served: &Served, engine: CandleEngine, output: Result<Written, String>) -> Score {
    let attestation = served.attestation.clone().unwrap();
    let input = key().open_input(&served.blobs[&served.job.input]).unwrap();
    let round = Round { job: 0, number: 0, positions: H256::repeat_byte(1), receipt: attestation.receipt_root };
    let papers = Papers { job: served.job.clone(), attestation, input: Arc::new(input), output, key: Some(key()) };
    let engine: Arc<dyn Engine> = Arc::new(engine);
    EngineJudge::new(vec![engine]).judge(&papers, &round, &Cancel::default()).unwrap().vote.score
}

#[test]
fn sealed_work_should_be_found_good_when_its_output_is_text_and_when_it_is_ids() {
    let directory = tempfile::tempdir().unwrap();
    let long = || wordy(directory.path(), ProfileKind::Replay);
    let (served, written) = sealed_by(tiny(ProfileKind::Replay, 1));
    assert!(matches!(written, Written::Text(_)), "{written:?}");
    assert_eq!(score(&served, tiny(ProfileKind::Replay, 1), Ok(written)), Score::Good);

    let (served, written) = sealed_by(long());
    assert_eq!(written, Written::Tokens(served.receipt.output_tokens.clone()));
    assert_eq!(score(&served, long(), Ok(written)), Score::Good);
    // Who has to repeat the run to know the tokens seals the same bytes.
    assert_eq!(score(&served, long(), Err("nobody has it".into())), Score::Good);
}

#[test]
fn sealed_work_should_be_found_bad_when_its_output_is_in_the_other_form() {
    // The same tokens, as ids where their text would fit: who reads the output must not depend on the worker's mood.
    let (mut served, _) = sealed_by(tiny(ProfileKind::Replay, 1));
    let tokens = served.receipt.output_tokens.clone();
    let claim = served.attestation.as_mut().unwrap();
    let long = vec![b'x'; MAX_SEALED_OUTPUT_BYTES as usize];
    claim.output = blake2_256(&key().seal_output(&claim.seed, &long, &tokens).unwrap());
    rename(&mut served);
    assert_eq!(score(&served, tiny(ProfileKind::Replay, 1), Ok(Written::Tokens(tokens))), Score::Bad);
}

#[tokio::test]
async fn commands_should_show_and_judge_a_sealed_output_when_it_is_ids() {
    let directory = tempfile::tempdir().unwrap();
    let worker = wordy(directory.path(), ProfileKind::Fast);
    let tokenizer = worker.tokenizer().clone();
    let (served, written) = sealed_by(worker);
    let tokens = served.receipt.output_tokens.clone();
    let text = tokenizer.decode(&tokens).unwrap();
    assert!(text.len() > MAX_SEALED_OUTPUT_BYTES as usize && written == Written::Tokens(tokens));
    let file = directory.path().join("job.key");
    key().write(&file).unwrap();
    let model = directory.path().display().to_string();
    let more = ["--key-file", &file.display().to_string(), "--model", &model, "--json"];

    let node = Node::start(served).await;
    let shown = node.run(&[&["job", "replay", "0"], &more[..]].concat()).await;
    let report = json(&shown);
    assert_eq!((&report["output"], &report["compared"]["output"]["same"]), (&text.into(), &true.into()));
    // Work of another profile, whose tokens the replay does not choose: they come from the output.
    let judged = node.run(&[&["verify", "0"], &more[..]].concat()).await;
    assert_eq!(judged.status.code(), Some(0), "{}", errors(&judged));
    let report = json(&judged);
    assert_eq!((&report["score"], &report["finding"]["test"]), (&"good".into(), &"f32".into()));
    node.stop().await;
}
