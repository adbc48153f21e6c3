//! The JSON-RPC surface: what is documented exists, what exists is documented, errors name what was wrong.

use anyhow::{Context, Result};
use hanzo_e2e::node::{Node, Options};
use jsonrpsee::{core::params::ArrayParams, rpc_params};
use serde_json::json;
use std::collections::BTreeSet;

const OURS: [&str; 5] = ["hmm_", "jobs_", "poai_", "blob_", "invariants_"];

fn documented() -> Result<BTreeSet<String>> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/json-rpc.md"))?;
    let names = page.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|line| line.split('`').next());
    let names = names.map(|name| name.split('(').next().unwrap_or(name).to_owned());
    Ok(names.filter(|name| OURS.iter().any(|prefix| name.starts_with(prefix))).collect())
}

async fn served(node: &Node) -> Result<BTreeSet<String>> {
    let answer = node.call("rpc_methods", rpc_params![]).await?;
    let methods = answer["methods"].as_array().context("no list of methods")?;
    let names = methods.iter().filter_map(|name| name.as_str()).map(str::to_owned);
    Ok(names.filter(|name| OURS.iter().any(|prefix| name.starts_with(prefix))).collect())
}

#[tokio::test]
async fn every_method_should_be_documented_and_every_documented_method_served() -> Result<()> {
    let node = Node::start(Options::new(&["--dev"])).await?;
    assert_eq!(served(&node).await?, documented()?);
    Ok(())
}

#[tokio::test]
async fn errors_should_say_what_was_wrong_with_the_numbers() -> Result<()> {
    let node = Node::start(Options::new(&["--dev"])).await?;
    let (_, text) = node.refused("hmm_pool", rpc_params!["warp"]).await?;
    assert!(text.contains("warp"), "{text}");
    let (_, text) = node.refused("hmm_pool", rpc_params!["gpu", 7]).await?;
    assert!(text.contains('7'), "{text}");
    let (_, text) = node.refused("hmm_quoteBuy", rpc_params!["gpu", "0"]).await?;
    assert!(text.to_lowercase().contains("zero") || text.contains('0'), "{text}");
    // More than the pool holds: the error gives what was asked or what there is.
    let pool = node.call("hmm_pool", rpc_params!["gpu"]).await?;
    let psi = pool["psi"].as_str().context("no Ψ")?.to_owned();
    let more = format!("{psi}0");
    let (_, text) = node.refused("hmm_quoteBuyExactOut", rpc_params!["gpu", more.clone()]).await?;
    assert!(text.contains(&more) || text.contains(&psi), "{text}");
    let (_, text) = node.refused("jobs_quote", rpc_params![format!("0x{}", "ab".repeat(32)), 1, 1]).await?;
    assert!(text.contains("abab"), "{text}");
    let (_, text) = node.refused("hmm_quoteBuy", rpc_params!["gpu", "1.5"]).await?;
    assert!(text.contains("1.5"), "{text}");
    Ok(())
}

#[tokio::test]
async fn blobs_should_come_back_whole_and_bad_ones_be_refused() -> Result<()> {
    let node = Node::start(Options::new(&["--dev"])).await?;
    let put = node.call("blob_put", rpc_params!["0x68656c6c6f"]).await?;
    assert_eq!(put["length"], 5);
    let got = node.call("blob_get", rpc_params![put["hash"].clone()]).await?;
    assert!(got.to_string().contains("68656c6c6f"), "{got}");
    let (_, text) = node.refused("blob_put", rpc_params![format!("0x{}", "00".repeat((1 << 20) + 1))]).await?;
    assert!(text.contains("1048576"), "{text}");
    let (_, text) = node.refused("blob_get", rpc_params![format!("0x{}", "cd".repeat(32))]).await?;
    assert!(text.contains("cdcd"), "{text}");
    Ok(())
}

#[tokio::test]
async fn unsafe_methods_should_be_refused_on_public_rpc() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--rpc-methods", "safe"])).await?;
    let key = format!("0x{}", "ab".repeat(32));
    let block = node.call("chain_getBlockHash", rpc_params![0]).await?;
    for (method, parameters) in [
        ("invariants_check", json!([1])),
        ("author_insertKey", json!(["poai", "//Eve", key])),
        ("author_rotateKeys", json!([])),
        ("author_hasKey", json!([key, "poai"])),
        ("author_removeExtrinsic", json!([[{ "hash": key }]])),
        ("babe_epochAuthorship", json!([])),
        ("state_getPairs", json!(["0x", block])),
        ("system_addReservedPeer", json!(["/ip4/127.0.0.1/tcp/1"])),
        ("system_addLogFilter", json!(["trace"])),
        ("system_peers", json!([])),
        ("system_dryRun", json!(["0x00"])),
        ("offchain_localStorageSet", json!(["PERSISTENT", "0x00", "0x01"])),
    ] {
        let mut list = ArrayParams::new();
        for parameter in parameters.as_array().into_iter().flatten() {
            list.insert(parameter)?;
        }
        let (code, text) = node.refused(method, list).await?;
        // The SDK has other codes for some of its own.
        assert!(code == -32601 || method.starts_with("state_"), "{method}: {code} {text}");
        assert!(text.to_lowercase().contains("unsafe"), "{method}: {text}");
    }
    Ok(())
}

#[tokio::test]
async fn invariants_should_not_be_checked_through_the_runtime_api() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--rpc-methods", "unsafe"])).await?;
    for level in ["0x00", "0x01"] {
        // The variant `Err` and its text in SCALE.
        let answer = node.call("state_call", rpc_params!["Invariants_check", level]).await?;
        let answer = hex::decode(answer.as_str().and_then(|text| text.strip_prefix("0x")).context("no bytes")?)?;
        assert_eq!(answer.first(), Some(&1), "{answer:?}");
        let text = String::from_utf8_lossy(&answer[2..]);
        assert!(text.contains("the RPC method invariants_check"), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn invariants_should_hold_on_a_fresh_chain() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--rpc-methods", "unsafe"])).await?;
    node.call("invariants_check", rpc_params![1]).await?;
    node.wait_for_final(3, std::time::Duration::from_secs(60)).await?;
    node.call("invariants_check", rpc_params![1]).await?;
    Ok(())
}
