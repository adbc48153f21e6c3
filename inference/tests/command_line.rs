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
    let args = ["generate", "--prompt", "You may", "--seed", "0x2a", "--max-tokens", "40", "--receipt", path, "--json"];
    let first = json(&args);
    let other = json(&[&args[..], &["--threads", "1", "--prefill-chunk", "1", "--no-cache"]].concat());
    assert_eq!(first["tokensRoot"], other["tokensRoot"]);
    assert_eq!(first["logitsDigest"], other["logitsDigest"]);
    assert_eq!(json(&["replay", path, "--json"])["valid"], true);
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
