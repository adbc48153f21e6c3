//! What must not start or go on, and what it says then.

use anyhow::{bail, Result};
use hanzo_e2e::{
    binary,
    node::{Node, Options},
    worker::command,
};
use std::{
    net::TcpListener,
    process::{Command, Stdio},
};

/// Runs a program that must fail with status 1; returns what it wrote to standard error.
async fn refusal(program: &'static str, arguments: &[&str]) -> Result<String> {
    let arguments: Vec<String> = arguments.iter().map(|argument| argument.to_string()).collect();
    let run = move || {
        let output = Command::new(binary(program)?).args(&arguments).stdin(Stdio::null()).output()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(1) => Ok(text),
            status => bail!("{program} {arguments:?} ended with {status:?}: {text}"),
        }
    };
    tokio::task::spawn_blocking(run).await?
}

/// The line that says why, which no other output may come in the way of.
fn reason(text: &str) -> &str {
    text.lines().find(|line| line.starts_with("error: ")).unwrap_or("no reason is given")
}

#[track_caller]
fn assert_says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(reason(text).contains(part), "'{part}' is not in the reason: {}\nof\n{text}", reason(text));
    }
}

#[tokio::test]
async fn node_should_name_port_and_option_when_a_port_is_busy() -> Result<()> {
    let holder = TcpListener::bind(("127.0.0.1", 0))?;
    let port = holder.local_addr()?.port().to_string();
    let listen = format!("/ip4/127.0.0.1/tcp/{port}");
    let free = ["--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0", "--prometheus-port=0"];
    for (arguments, option) in [
        (["--rpc-port", &port, free[1], free[2]], "--rpc-port"),
        (["--listen-addr", &listen, free[0], free[2]], "--port"),
        (["--prometheus-port", &port, free[0], free[1]], "--prometheus-port"),
    ] {
        let text = refusal("hanzo-node", &[&["--dev", "--tmp"], &arguments[..]].concat()).await?;
        assert_says(&text, &[&port, option]);
    }
    Ok(())
}

#[tokio::test]
async fn node_should_say_what_is_missing_or_foreign() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let foreign = folder.path().join("foreign.json");
    let empty = r#"{"name":"Other","id":"other","chainType":"Live","bootNodes":[],"genesis":{"raw":{"top":{},"childrenDefault":{}}}}"#;
    std::fs::write(&foreign, empty)?;
    let foreign = foreign.display().to_string();
    let torn = folder.path().join("torn.json");
    std::fs::write(&torn, &empty[..30])?;
    let torn = torn.display().to_string();
    let model = folder.path().join("broken.gguf");
    std::fs::write(&model, "GGUF, or so it says")?;
    let model = model.display().to_string();
    let ports = ["--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0", "--no-prometheus", "--tmp"];
    for (arguments, parts) in [
        (vec!["--chain", "mainet"], vec!["'mainet'", "dev, local, timelapse"]),
        (vec!["--chain", &torn], vec![&torn, "EOF"]),
        (vec!["--chain", &foreign], vec!["'other'", "Runtime missing"]),
        (vec!["--chain", "local", "--seal", "instant"], vec!["--seal", "hanzo_local"]),
        (vec!["--chain", "local", "--worker"], vec!["worker account", "wrkr", "key insert"]),
        (vec!["--dev", "--worker", "--worker-model", &model], vec![&model]),
    ] {
        let text = refusal("hanzo-node", &[&arguments[..], &ports[..]].concat()).await?;
        assert_says(&text, &parts);
    }
    Ok(())
}

#[tokio::test]
async fn worker_should_say_which_chain_key_or_node_is_wrong() -> Result<()> {
    let node = Node::start(Options::new(&["--dev"])).await?;
    let url = node.url();
    let folder = tempfile::tempdir()?;
    let base = folder.path().display().to_string();
    let key = folder.path().join("absent.key").display().to_string();
    let own = folder.path().join("own.key").display().to_string();
    command(&["key", "new", &own, "--json"])?;
    let genesis = format!("0x{}", "ab".repeat(32));
    let closed = "ws://127.0.0.1:9";
    for (arguments, parts) in [
        (
            vec!["attach", "--node", &url, "--suri", "//Ferdie", "--base-path", &base, "--expect-genesis", &genesis],
            vec!["another chain", &genesis],
        ),
        (vec!["attach", "--node", &url, "--account-key", &own, "--base-path", &base], vec!["--session-key"]),
        (vec!["set-payout", "tokens", "--node", &url, "--account-key", &key], vec![&key]),
        (vec!["set-payout", "tokens", "--node", &url, "--suri", "//"], vec!["secret URI"]),
        (vec!["set-payout", "tokens", "--node", &url, "--suri", "//Alice"], vec!["Compute::NotRegistered"]),
        (vec!["job", "show", "--node", &url, "77"], vec!["no job 77"]),
        (vec!["job", "show", "--node", closed, "77"], vec![closed]),
    ] {
        assert_says(&refusal("hanzo-worker", &arguments).await?, &parts);
    }
    Ok(())
}
