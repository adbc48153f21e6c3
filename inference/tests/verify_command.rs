//! `hanzo-worker verify` on receipts and on jobs.

use crate::job_replay::{errors, json, served_on, served_with, Node, Served};
use hanzo_inference::ProfileKind;
use hanzo_poai::chunks::{fingerprints_root, tokens_root};
use serde_json::Value;
use sp_core::H256;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SEED: &str = "0x6b1d2a0e47c95f3388a1d04e5b7c92f0136e8d5ac4f7b2091e3d6a58c07f94b2";

fn worker(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hanzo-worker")).args(args).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Writes an honest receipt of 40 tokens.
fn receipt(directory: &Path, more: &[&str]) -> PathBuf {
    let path = directory.join("receipt.json");
    let args = ["generate", "--prompt", "You may", "--seed", "0x2a", "--temperature", "1", "--max-tokens", "40"];
    let output = worker(&[&args[..], &["--json", "--receipt", path.to_str().unwrap()], more].concat());
    assert!(output.status.success(), "{}", errors(&output));
    path
}

/// A change of a receipt's JSON.
type Edit = fn(&mut Value);

/// Changes a receipt in place.
fn change(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut receipt = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    change(&mut receipt);
    std::fs::write(path, receipt.to_string()).unwrap();
}

#[test]
fn verify_should_find_a_receipt_good_and_give_one_digest_whatever_the_schedule() {
    let directory = tempfile::tempdir().unwrap();
    let path = receipt(directory.path(), &[]);
    let path = path.to_str().unwrap();
    let mut digests = Vec::new();
    for options in [&["--threads", "1", "--prefill-chunk", "1"][..], &["--threads", "2", "--no-cache"], &[]] {
        let args = ["verify", path, "--json", "--positions-seed", SEED, "--job", "12"];
        let output = worker(&[&args[..], options].concat());
        assert_eq!(output.status.code(), Some(0), "{}{}", text(&output), errors(&output));
        let report = json(&output);
        assert_eq!((&report["score"], &report["finding"]["test"]), (&"good".into(), &"exact".into()));
        let prompt = report["promptTokens"].as_u64().unwrap();
        let positions = report["positions"].as_array().unwrap();
        assert_eq!(positions.len(), 16);
        assert!(positions.iter().all(|position| position.as_u64().unwrap() < prompt + 40));
        digests.push(report["finding"]["digest"].clone());
    }
    assert!(digests.iter().all(|digest| *digest == digests[0] && digest.is_string()), "{digests:?}");
    let other = json(&worker(&["verify", path, "--json", "--positions-seed", SEED, "--job", "13"]));
    assert_ne!(other["finding"]["digest"], digests[0]);
    let plain = worker(&["verify", path]);
    for line in ["compared", "to the bit", "40 of 40 are those that the seed picks", "fingerprint 1", ": good"] {
        assert!(text(&plain).contains(line), "{}", text(&plain));
    }
    let asked = text(&plain).lines().any(|line| line.starts_with("digest"));
    assert!(!asked, "nobody asked for it: {}", text(&plain));
}

#[test]
fn verify_should_judge_the_fast_profile_within_limits() {
    let directory = tempfile::tempdir().unwrap();
    let path = receipt(directory.path(), &["--profile", "fast", "--threads", "1"]);
    let path = path.to_str().unwrap();
    let output = worker(&["verify", path, "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output), errors(&output));
    assert_eq!(json(&output)["finding"]["test"], "f32");
    let wide = json(&worker(&["verify", path, "--json", "--numerics", "bf16"]));
    assert_eq!((&wide["score"], &wide["finding"]["test"]), (&"good".into(), &"bf16".into()));
    assert!(wide["finding"]["windows"][0]["gapLimit"].as_f64().unwrap() > 0.0);
    // The seed is not covered by any hash in the receipt; the tokens give it away.
    change(Path::new(path), |receipt| receipt["seed"] = format!("{:?}", H256::repeat_byte(1)).into());
    let output = worker(&["verify", path, "--numerics", "bf16"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output).contains("nats away from those that the seed picks"), "{}", text(&output));
}

#[test]
fn verify_should_say_why_a_changed_receipt_is_bad() {
    let changes: [(Edit, &str); 7] = [
        (
            |r| r["seed"] = format!("{:?}", H256::repeat_byte(1)).into(),
            "of 40 tokens are not those that the seed picks",
        ),
        (|r| r["decoding"]["temperatureMilli"] = 1500.into(), "are not those that the seed picks"),
        (|r| r["outputTokens"][3] = 66.into(), "tokens root"),
        (
            |r| r["fingerprints"].as_array_mut().unwrap().truncate(1),
            "1 fingerprints for an output of 40 tokens, which takes 2",
        ),
        (|r| r["outputTokens"] = serde_json::json!([]), "the claimed output has no token"),
        (|r| r["outputTokens"].as_array_mut().unwrap().truncate(32), "has not ended by `length`"),
        (|r| r["logitsDigest"] = format!("{:?}", H256::zero()).into(), "the logits' bits differ from the replay's"),
    ];
    let directory = tempfile::tempdir().unwrap();
    let path = receipt(directory.path(), &[]);
    let honest = std::fs::read(&path).unwrap();
    for (edit, said) in changes {
        std::fs::write(&path, &honest).unwrap();
        change(&path, edit);
        let output = worker(&["verify", path.to_str().unwrap(), "--json"]);
        assert_eq!(output.status.code(), Some(3), "{said}: {}{}", text(&output), errors(&output));
        let report = json(&output);
        assert_eq!(report["score"], "bad");
        let reasons: Vec<_> =
            report["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
        assert!(reasons.iter().any(|reason| reason.contains(said)), "{reasons:?}, not {said}");
    }
}

#[test]
fn verify_should_fail_in_words_when_there_is_nothing_it_could_check() {
    let directory = tempfile::tempdir().unwrap();
    let path = receipt(directory.path(), &[]);
    let honest = std::fs::read(&path).unwrap();
    let name = path.to_str().unwrap();
    let refusal = |args: &[&str]| {
        let output = worker(&[&["verify"], args].concat());
        assert_eq!(output.status.code(), Some(1), "{args:?}: {}{}", text(&output), errors(&output));
        errors(&output)
    };
    assert!(refusal(&["/nowhere.json"]).contains("/nowhere.json"));
    assert!(refusal(&[name, "--positions-seed", SEED]).contains("--positions-seed and --job go together"));
    assert!(refusal(&[name, "--receipt", name]).contains("is a receipt itself"));
    assert!(refusal(&["0", "--job", "1"]).contains("job 0 has its own number"));
    let edits: [(Edit, &str); 3] = [
        (|r| r["fingerprints"][0] = "0011".into(), "a fingerprint of 4 hexadecimal digits; it has 516"),
        (|r| r["seed"] = "0x12".into(), "not a receipt"),
        (|r| r["model"] = format!("{:?}", H256::repeat_byte(9)).into(), "give its files with --model"),
    ];
    for (edit, said) in edits {
        std::fs::write(&path, &honest).unwrap();
        change(&path, edit);
        assert!(refusal(&[name]).contains(said), "{}", refusal(&[name]));
    }
    let short = worker(&["verify", name, "--positions-seed", "0x12", "--job", "1"]);
    assert_eq!(short.status.code(), Some(2));
    assert!(errors(&short).contains("not a hash of 32 bytes"), "{}", errors(&short));
    let help = text(&worker(&["verify", "--help"]));
    for taught in ["Examples:", "Exit codes", "3 it is bad", "--positions-seed", "docs/detection.md"] {
        assert!(help.contains(taught), "{help}");
    }
}

async fn on_node(served: Served, more: &[&str]) -> Output {
    let node = Node::start(served).await;
    let output = node.run(&[&["verify", "0"], more].concat()).await;
    node.stop().await;
    output
}

#[tokio::test]
async fn verify_should_find_a_job_good_with_and_without_its_output() {
    let served = served_on(ProfileKind::Replay);
    let options = ["--json", "--positions-seed", SEED];
    let output = on_node(served.clone(), &options).await;
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output), errors(&output));
    let report = json(&output);
    assert_eq!((&report["work"], &report["score"]), (&"job 0".into(), &"good".into()));
    let digest = &report["finding"]["digest"];
    assert!(digest.is_string());
    // From the seed alone, and from the worker's own receipt.
    let mut without = served.clone();
    let output_hash = without.attestation.as_ref().unwrap().output;
    without.blobs.remove(&output_hash);
    assert_eq!(&json(&on_node(without, &options).await)["finding"]["digest"], digest);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("receipt.json");
    std::fs::write(&path, served.receipt.to_json().unwrap()).unwrap();
    let with = [&options[..], &["--receipt", path.to_str().unwrap()]].concat();
    let report = json(&on_node(served, &with).await);
    assert_eq!((&report["finding"]["digest"], &report["score"]), (digest, &"good".into()));
    assert_eq!(report["finding"]["fingerprints"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn verify_should_find_a_job_bad_and_say_what_differs() {
    type Change = fn(&mut Served);
    let changes: [(Change, &str); 6] = [
        (|s| s.attestation.as_mut().unwrap().seed.0[3] ^= 1, "seed: 0x"),
        (|s| s.attestation.as_mut().unwrap().tokens_root.0[3] ^= 1, "tokens root: 0x"),
        (|s| s.attestation.as_mut().unwrap().fingerprints_root.0[3] ^= 1, "the fingerprints' root is 0x"),
        (|s| s.attestation.as_mut().unwrap().output_tokens += 1, "output tokens: 41 was attested, it is 40"),
        (|s| s.job.decoding.temperature_milli = 1_500, "of 40 tokens are not those that the seed picks"),
        (|s| s.job.decoding.max_output_tokens = 50, "has not ended by `length`"),
    ];
    for (change, said) in changes {
        let mut served = served_on(ProfileKind::Replay);
        change(&mut served);
        let output = on_node(served, &["--json"]).await;
        assert_eq!(output.status.code(), Some(3), "{said}: {}{}", text(&output), errors(&output));
        let report = json(&output);
        let reasons = report["reasons"].to_string();
        assert!(report["score"] == "bad" && reasons.contains(said), "{reasons}, not {said}");
    }
}

#[tokio::test]
async fn verify_should_judge_a_job_of_the_fast_profile_by_its_output() {
    let served = served_on(ProfileKind::Fast);
    let output = on_node(served.clone(), &["--json"]).await;
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output), errors(&output));
    let finding = &json(&output)["finding"];
    assert_eq!((&finding["test"], &finding["tokens"]), (&"f32".into(), &40.into()));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("receipt.json");
    let path = path.to_str().unwrap();
    std::fs::write(path, served.receipt.to_json().unwrap()).unwrap();
    let report = json(&on_node(served.clone(), &["--json", "--receipt", path]).await);
    assert_eq!((&report["score"], &report["finding"]["fingerprintsCompared"]), (&"good".into(), &true.into()));
    // Another receipt is no help, and tokens that nothing gives are not guessed.
    let mut other = served.receipt.clone();
    other.output_tokens[0] ^= 1;
    std::fs::write(path, other.to_json().unwrap()).unwrap();
    let refused = on_node(served.clone(), &["--receipt", path]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(errors(&refused).contains("job 0 has tokens root 0x"), "{}", errors(&refused));
    let mut unknown = served;
    unknown.attestation.as_mut().unwrap().tokens_root = tokens_root(&[1, 2, 3]).unwrap();
    let refused = on_node(unknown, &[]).await;
    assert_eq!(refused.status.code(), Some(1));
    assert!(errors(&refused).contains("give the worker's receipt with --receipt"), "{}", errors(&refused));
}

#[tokio::test]
async fn verify_should_find_false_fingerprints_of_the_fast_profile_when_it_has_the_receipt() {
    let served = served_with(ProfileKind::Fast, |receipt| {
        receipt.fingerprints[0][9] ^= 1;
        receipt.fingerprints_root = fingerprints_root(&receipt.fingerprints).unwrap();
    });
    // The root alone says no more than that some bit is another, as it may be.
    let alone = json(&on_node(served.clone(), &["--json"]).await);
    assert_eq!((&alone["score"], &alone["finding"]["fingerprintsCompared"]), (&"good".into(), &false.into()));
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("receipt.json");
    std::fs::write(&path, served.receipt.to_json().unwrap()).unwrap();
    let output = on_node(served, &["--json", "--receipt", path.to_str().unwrap()]).await;
    assert_eq!(output.status.code(), Some(3), "{}{}", text(&output), errors(&output));
    let reasons = json(&output)["reasons"].to_string();
    assert!(reasons.contains("1 of 2 fingerprints of tokens 0 to 39 are not of these hidden states"), "{reasons}");
}
