//! A whole job through the real binaries, with the worker inside the node.

use anyhow::Result;
use hanzo_e2e::node::{Node, Options};
use hanzo_e2e::worker::command;
use jsonrpsee::rpc_params;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn job_should_settle_and_add_up_when_the_worker_is_in_the_node() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--worker", "--rpc-methods", "unsafe"])).await?;
    let url = node.url();
    let submit = move || {
        let prompt = ["--prompt", "What is 12 + 30? ", "--max-output-tokens", "40", "--wait", "--json"];
        command(&[&["job", "submit", "--node", &url, "--suri", "//Alice"][..], &prompt].concat())
    };
    let report = tokio::task::spawn_blocking(submit).await?.map_err(|error| error.context(node.log_tail()))?;
    assert_eq!(report["status"], "Settled", "{report}");
    assert_eq!(report["discrepancies"].as_array().map(Vec::len), Some(0), "{report}");
    assert!(report["outputTokens"].as_u64().is_some_and(|tokens| tokens > 0), "{report}");
    assert!(report["completion"].is_string(), "{report}");
    node.call("invariants_check", rpc_params![1]).await?;
    Ok(())
}
