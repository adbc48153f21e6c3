//! The program as its user meets it.

use serde_json::Value;
use std::process::{Command, Output};

fn worker(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hanzo-worker")).args(args).output().unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = worker(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn generate_should_leave_a_receipt_that_replay_accepts_and_a_changed_one_it_refuses() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("receipt.json");
    let path = path.to_str().unwrap();
    let args = ["generate", "--prompt", "You may", "--seed", "0x2a", "--temperature", "0.8", "--max-tokens", "40"];
    let args = [&args[..], &["--receipt", path, "--json"]].concat();
    let first = json(&args);
    let cut = ["--threads", "1", "--prefill-chunk", "1", "--no-cache"];
    let other = json(&[&args[..], &cut].concat());
    assert_eq!(first["tokensRoot"], other["tokensRoot"]);
    assert_eq!(first["logitsDigest"], other["logitsDigest"]);
    for options in [&[][..], &cut, &["--prefill-chunk", "all"]] {
        let verdict = json(&[&["replay", path, "--json"], options].concat());
        assert_eq!(verdict["valid"], true);
        for digest in ["tokensRoot", "fingerprintsRoot", "logitsDigest"] {
            assert_eq!(verdict[digest], first[digest], "{digest} with {options:?}");
        }
    }
    let text = std::fs::read_to_string(path).unwrap();
    let mut receipt: Value = serde_json::from_str(&text).unwrap();
    receipt["outputTokens"][2] = Value::from(65);
    receipt["outputTokens"][3] = Value::from(66);
    std::fs::write(path, receipt.to_string()).unwrap();
    let output = worker(&["replay", path]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("does not hold"));
}

#[test]
fn generate_should_keep_a_biased_token_out_and_write_the_bias_into_the_receipt() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("receipt.json");
    let path = path.to_str().unwrap();
    let args = ["generate", "--prompt", "You may", "--max-tokens", "60", "--json"];
    let plain = json(&args);
    assert!(plain["text"].as_str().unwrap().contains('e'), "{plain}");
    let biased = json(&[&args[..], &["--bias", "101=-100", "--receipt", path]].concat());
    assert!(!biased["text"].as_str().unwrap().contains('e'), "{biased}");
    let receipt: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(receipt["bias"], serde_json::json!([{ "token": 101, "milli": -100_000 }]));
    assert_eq!(json(&["replay", path, "--json"])["valid"], true);
    let output = worker(&[&args[..], &["--bias", "999=1"]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("token 999, outside a vocabulary of 260"));
}

#[test]
fn command_should_refuse_what_it_would_otherwise_leave_aside() {
    let refusal = |args: &[&str]| {
        let output = worker(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let attach = ["attach", "--suri", "//Ferdie", "--base-path", "/nowhere", "--json"];
    assert!(refusal(&attach).contains("works until it is interrupted"));
    for (filter, reason) in [("debgu", "'debgu' is no level"), ("a=b=c", "--log"), ("", "it is empty")] {
        assert!(refusal(&["model", "inspect", "--log", filter]).contains(reason), "{filter}");
    }
    for filter in ["off", "warn,hanzo_inference=debug", "INFO"] {
        assert!(worker(&["model", "inspect", "--log", filter]).status.success(), "{filter}");
    }
    let output = worker(&["generate", "--prompt", "x", "--cuda"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("CUDA takes the fast profile"));
}

#[test]
fn inspect_should_print_hash_and_shape() {
    let model = json(&["model", "inspect", "--json"]);
    assert_eq!(model["config"]["family"], "qwen3");
    assert!(model["hash"].as_str().unwrap().starts_with("0x"));
}

#[test]
fn command_should_fail_in_words_when_used_wrongly() {
    let output = worker(&["generate", "--prompt", "x", "--temperature", "11"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("temperature 0 to 10"));
    let output = worker(&["model", "inspect", "/nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere"));
    assert_eq!(worker(&["generate", "--prompt", "x", "--seed", "xyz"]).status.code(), Some(2));
    let help = worker(&["--help"]);
    assert!(String::from_utf8_lossy(&help.stdout).contains("Examples:"));
}
