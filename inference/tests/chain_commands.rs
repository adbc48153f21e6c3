//! The commands that reach a chain, as far as they go without one.

use std::net::TcpListener;
use std::process::{Command, Output};

fn worker(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hanzo-worker")).args(args).output().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// An address that nothing listens at.
fn nowhere() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("ws://127.0.0.1:{port}")
}

#[test]
fn command_should_name_the_node_when_nothing_listens_there() {
    let node = nowhere();
    let directory = tempfile::tempdir().unwrap();
    let canaries = directory.path().to_str().unwrap();
    for args in [
        &["job", "show", "0"][..],
        &["canary", "lodge", "--suri", "//Dave", "--noise", "8", "--canaries", canaries],
        &["canary", "submit", "--suri", "//Alice", "--prompt", "hi", "--canaries", canaries],
        &["canary", "reveal", "0", "--suri", "//Alice", "--session-suri", "//Ferdie//session", "--canaries", canaries],
        &["job", "submit", "--suri", "//Alice", "--prompt", "hi"],
        &["job", "watch", "0"],
        &["job", "watch", "0", "--key-file", "/nowhere"],
        &["job", "watch", "0", "--key-file", "/nowhere", "--suri", "//Alice"],
        &["set-accepting", "off", "--suri", "//Ferdie"],
        &["verifier", "register", "--bond", "50AI", "--suri", "//Verifier//0"],
        &["verifier", "status", "--json"],
        &["job", "challenge", "0", "--suri", "//Bob", "--yes"],
        &["set-models", &"07".repeat(32), "--suri", "//Ferdie", "--json"],
        &["blob", "get", "0x0000000000000000000000000000000000000000000000000000000000000000"],
    ] {
        let output = worker(&[args, &["--node", &node]].concat());
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(errors(&output).contains(&format!("{node} does not answer")), "{}", errors(&output));
    }
}

#[test]
fn command_should_ask_for_exactly_one_account() {
    for args in [
        &["job", "submit", "--prompt", "hi"][..],
        &["job", "submit", "--prompt", "hi", "--suri", "//Alice", "--account-key", "/nowhere"],
    ] {
        let output = worker(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(errors(&output).contains("--account-key"), "{}", errors(&output));
    }
}

#[test]
fn watch_should_ask_for_the_key_that_an_account_is_to_hand_over() {
    let output = worker(&["job", "watch", "0", "--suri", "//Alice"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("--key-file"), "{}", errors(&output));
}

#[test]
fn attach_should_refuse_a_key_file_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("account");
    let (key, base) = (key.to_str().unwrap(), directory.path().to_str().unwrap());
    assert!(worker(&["key", "new", key]).status.success());
    assert!(worker(&["key", "show", key]).status.success());
    std::fs::set_permissions(key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = worker(&["attach", "--account-key", key, "--session-suri", "//x", "--base-path", base]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("0644") && errors(&output).contains("chmod 600"), "{}", errors(&output));
}

#[test]
fn verifier_should_ask_for_accounts_and_refuse_one_twice() {
    let directory = tempfile::tempdir().unwrap();
    let base = ["--base-path", directory.path().to_str().unwrap()];
    let none = worker(&[&["verifier", "attach"], &base[..]].concat());
    assert_eq!(none.status.code(), Some(2));
    assert!(errors(&none).contains("--account-key"), "{}", errors(&none));
    let twice = worker(&[&["verifier", "attach", "--suri", "//Bob", "--suri", "//Bob"], &base[..]].concat());
    assert_eq!(twice.status.code(), Some(1));
    assert!(errors(&twice).contains("is given twice"), "{}", errors(&twice));
    let json = worker(&[&["verifier", "attach", "--suri", "//Bob", "--json"], &base[..]].concat());
    assert_eq!(json.status.code(), Some(2));
    assert!(errors(&json).contains("until it is interrupted"), "{}", errors(&json));
}

#[test]
fn register_should_refuse_amounts_that_are_not_numbers() {
    let output = worker(&["register", "--suri", "//Ferdie", "--bond", "100 dollars"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("not a whole number of wei"), "{}", errors(&output));
}

#[test]
fn set_models_should_say_what_is_neither_a_hash_nor_a_file() {
    let output = worker(&["set-models", "qwen3", "--suri", "//Ferdie", "--node", &nowhere()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("'qwen3' is neither a model's content hash nor"), "{}", errors(&output));
    assert_eq!(worker(&["set-models", "--suri", "//Ferdie"]).status.code(), Some(2));
}

#[test]
fn canary_should_say_what_it_needs() {
    let directory = tempfile::tempdir().unwrap();
    let book = ["--canaries", directory.path().to_str().unwrap()];
    let run = |args: &[&str]| worker(&[args, &book].concat());
    let nothing = run(&["canary", "lodge", "--suri", "//Dave"]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(errors(&nothing).contains("lodge 1 to 64 at a time"), "{}", errors(&nothing));
    let whose = run(&["canary", "lodge", "--suri", "//Dave", "--jobs", "3"]);
    assert_eq!(whose.status.code(), Some(2));
    assert!(errors(&whose).contains("--client"), "{}", errors(&whose));
    let keyless = run(&["canary", "reveal", "0", "--suri", "//Alice"]);
    assert_eq!(keyless.status.code(), Some(2));
    assert!(errors(&keyless).contains("--session-key"), "{}", errors(&keyless));
    let list = run(&["canary", "list", "--json"]);
    assert!(list.status.success());
    assert_eq!(String::from_utf8_lossy(&list.stdout).trim(), "[]");
}
