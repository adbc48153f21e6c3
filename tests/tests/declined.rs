//! A job that its worker cannot run: said at once, so that nobody waits for it.

use anyhow::{ensure, Context, Result};
use hanzo_e2e::{
    models,
    node::{Node, Options},
    until,
    worker::{on_node, Worker},
};
use jsonrpsee::rpc_params;
use std::time::Duration;

/// Longest for any one step.
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn job_should_be_refunded_when_the_only_worker_declines_it() -> Result<()> {
    let options = Options::new(&["--dev", "--rpc-methods", "unsafe"]);
    let node = Node::start(Options { metrics: true, ..options }).await?;
    let (folder, model) = (tempfile::tempdir()?, models::another()?);
    // It runs another model now; the tiny one is on its list from genesis on.
    let model = model.path().to_str().context("a path of text")?;
    let worker = Worker::attach_with(folder.path(), &node, &["--model", model])?;
    worker.wait_for_log("following the chain", LIMIT).await?;

    let order = ["--prompt", "Q: 12 plus 30", "--max-output-tokens", "40", "--wait", "--json"];
    let report = on_node(&node, &["job", "submit"], &[&["--suri", "//Alice"], &order[..]].concat())
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
    let address = report["worker"].as_str().context("an address")?;
    let record = node.call("jobs_worker", rpc_params![address]).await?;
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
