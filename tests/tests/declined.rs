//! Jobs that the worker drawn for them cannot run: it says so at once, and they go to another or back to the client.

use anyhow::{bail, ensure, Context, Result};
use hanzo_e2e::{
    chain::Chain,
    models,
    node::{Node, Options},
    until,
    worker::{on_node, Worker},
};
use jsonrpsee::rpc_params;
use serde_json::Value;
use std::{path::Path, time::Duration};

/// Longest for any one step.
const LIMIT: Duration = Duration::from_secs(60);
/// Jobs submitted at most until one is drawn first for Ferdie, who has two thirds of the bonds.
const TRIES: usize = 12;
const ORDER: [&str; 7] = ["--suri", "//Alice", "--prompt", "Q: 12 plus 30", "--max-output-tokens", "40", "--json"];

async fn node() -> Result<Node> {
    let options = Options::new(&["--dev", "--rpc-methods", "unsafe"]);
    Node::start(Options { metrics: true, ..options }).await
}

/// Ferdie, who runs another model now; the tiny one is on his list from genesis on.
async fn ferdie_with_another_model(node: &Node, folder: &Path, model: &Path) -> Result<Worker> {
    let model = model.to_str().context("a path of text")?;
    let worker = Worker::attach_as("//Ferdie", folder, node, &["--model", model])?;
    worker.wait_for_log("following the chain", LIMIT).await?;
    Ok(worker)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn job_should_be_refunded_when_the_only_worker_declines_it() -> Result<()> {
    let node = node().await?;
    let (folder, model) = (tempfile::tempdir()?, models::another()?);
    let worker = ferdie_with_another_model(&node, folder.path(), model.path()).await?;

    let report = on_node(&node, &["job", "submit"], &[&ORDER[..], &["--wait"]].concat())
        .await
        .map_err(|error| error.context(worker.log()))?;
    assert_eq!((&report["status"], &report["reason"]), (&"Refunded".into(), &"NotAccepted".into()), "{report}");
    assert_eq!(report["discrepancies"].as_array().map(Vec::len), Some(0), "{report}");
    let passed = report["passed"].as_array().context("a list")?;
    assert_eq!(passed.iter().map(|draw| draw["declined"].as_bool()).collect::<Vec<_>>(), [Some(true)], "{report}");
    assert_eq!(passed[0]["worker"], report["worker"], "{report}");
    let text = worker.log();
    assert!(text.contains("not a job for this worker") && text.contains(models::TINY), "{text}");

    // Nothing stays held by the worker, and it is none the worse for having said so.
    let record = node.call("jobs_worker", rpc_params![report["worker"].clone()]).await?;
    assert_eq!((&record["openJobs"], &record["missed"]), (&0.into(), &0.into()), "{record}");
    until("the decline in the metrics", LIMIT, || async {
        let declined = node.metric("hanzo_jobs_total{step=\"declined\"}").await?;
        ensure!(declined == 1.0, "{declined} jobs declined");
        Ok(Some(()))
    })
    .await?;
    node.call("invariants_check", rpc_params![1]).await?;
    assert!(worker.stop().await?.success());
    assert!(node.stop().await?.success());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn job_should_go_to_another_worker_when_the_first_declines_it() -> Result<()> {
    let node = node().await?;
    let (first, second, model) = (tempfile::tempdir()?, tempfile::tempdir()?, models::another()?);
    let ferdie = ferdie_with_another_model(&node, first.path(), model.path()).await?;
    let eve = Worker::attach_as("//Eve", second.path(), &node, &[])?;
    on_node(&node, &["set-accepting"], &["on", "--suri", "//Eve", "--json"]).await?;
    let chain = Chain::connect(&node).await?;

    for _ in 0..TRIES {
        let submitted = on_node(&node, &["job", "submit"], &ORDER).await?;
        let (job, from) = (&submitted["job"], &submitted["block"]["number"]);
        let (job, from) = (job.as_u64().context("a job")?, from.as_u64().context("a block")?);
        let view = until("the attestation", LIMIT, || async {
            let view = node.call("jobs_job", rpc_params![job]).await?;
            ensure!(view["status"] == "Attested" || view["status"] == "Settled", "{view}");
            Ok(Some(view))
        })
        .await
        .map_err(|error| error.context(ferdie.log()).context(eve.log()))?;
        if chain.job_events("Compute", "JobDeclined", job, from, node.best().await?).await? == 1 {
            return end(&view, node, [ferdie, eve]).await;
        }
    }
    bail!("none of {TRIES} jobs was drawn for Ferdie")
}

async fn end(view: &Value, node: Node, workers: [Worker; 2]) -> Result<()> {
    let eve = hanzo_e2e::chain::Account::new("//Eve")?.id().to_string();
    let shown = node.call("jobs_worker", rpc_params![eve]).await?;
    assert_eq!((&view["worker"], &view["draws"]), (&shown["account"], &2.into()), "{view}");
    node.call("invariants_check", rpc_params![1]).await?;
    for worker in workers {
        assert!(worker.stop().await?.success());
    }
    assert!(node.stop().await?.success());
    Ok(())
}
