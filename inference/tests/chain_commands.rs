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
    for args in [
        &["job", "show", "0"][..],
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
