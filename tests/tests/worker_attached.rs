//! Jobs whose worker is a process of its own, attached to a node over WebSocket.

use anyhow::{bail, ensure, Context, Result};
use hanzo_e2e::{
    chain::Chain,
    network::Network,
    until,
    worker::{on_node, Worker},
};
use jsonrpsee::rpc_params;
use serde_json::Value;
use std::{path::Path, time::Duration};

/// Longest for any one step of a job.
const LIMIT: Duration = Duration::from_secs(60);
/// Times a job is submitted at most until its worker is caught between acceptance and attestation.
const TRIES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn job_should_settle_when_client_and_worker_talk_to_different_nodes() -> Result<()> {
    let network = Network::start("local").await?;
    let folder = tempfile::tempdir()?;
    let worker = Worker::attach(folder.path(), &network.second)?;
    let order = ["--prompt", "Q: 12 plus 30", "--max-output-tokens", "40", "--wait", "--json"];
    let report = on_node(&network.first, &["job", "submit"], &[&["--suri", "//Alice"], &order[..]].concat())
        .await
        .map_err(|error| error.context(worker.log()))?;
    settled(&report)?;
    // The worker's node got the prompt from the client's node, and the client's node the completion from the worker's.
    // More than once each where two blocks at one height had them asked for again.
    assert!(report["completion"].is_string(), "{report}");
    assert!(network.second.metric("hanzo_blobs_fetched_total").await? >= 1.0);
    assert!(network.first.metric("hanzo_blobs_fetched_total").await? >= 1.0);
    network.first.call("invariants_check", rpc_params![1]).await?;

    assert!(worker.stop().await?.success());
    assert!(network.second.stop().await?.success());
    assert!(network.first.stop().await?.success());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_worker_should_attest_once_when_it_comes_back_and_pay_when_it_stays_away() -> Result<()> {
    let network = Network::start("timelapse").await?;
    let folder = tempfile::tempdir()?;

    // Killed after the acceptance, and again while its attestation is on the way.
    let job = killed_in_the_middle(&network, folder.path()).await?;
    let worker = Worker::attach(folder.path(), &network.second)?;
    worker.wait_for_log("attesting ", LIMIT).await?;
    worker.kill()?;
    let worker = Worker::attach(folder.path(), &network.second)?;
    let report = watch(&network, job).await.map_err(|error| error.context(worker.log()))?;
    settled(&report)?;
    assert_eq!(count(&network, "Poai", "Attested", &report).await?, 1);
    assert_eq!(count(&network, "Compute", "JobSettled", &report).await?, 1);
    assert!(worker.stop().await?.success());

    let job = killed_in_the_middle(&network, folder.path()).await?;
    let report = watch(&network, job).await?;
    assert_eq!(report["status"], "Slashed", "{report}");
    assert_eq!(report["reason"], "DeadlineMissed", "{report}");
    assert_ne!(report["credits"]["compensation"], "0", "{report}");
    assert_eq!(report["discrepancies"].as_array().map(Vec::len), Some(0), "{report}");
    assert_eq!(count(&network, "Poai", "Attested", &report).await?, 0);
    network.first.call("invariants_check", rpc_params![1]).await?;
    Ok(())
}

fn settled(report: &Value) -> Result<()> {
    ensure!(report["status"] == "Settled", "{report}");
    ensure!(report["discrepancies"].as_array().is_some_and(Vec::is_empty), "{report}");
    ensure!(report["outputTokens"].as_u64().is_some_and(|tokens| tokens > 0), "{report}");
    Ok(())
}

/// Submits a job whose worker is killed when it has accepted and not attested.
async fn killed_in_the_middle(network: &Network, folder: &Path) -> Result<u64> {
    for _ in 0..TRIES {
        let worker = Worker::attach(folder, &network.second)?;
        let job = submit(network).await?;
        // Held where it is as soon as its acceptance is on the way, so that it cannot be faster than this test.
        worker.wait_for_log("accepting ", LIMIT).await?;
        worker.freeze()?;
        until("the acceptance", LIMIT, || async { Ok((status(network, job).await? != "Assigned").then_some(())) })
            .await?;
        let log = worker.log();
        worker.kill()?;
        if !log.contains("attesting ") && status(network, job).await? == "Accepted" {
            return Ok(job);
        }
    }
    bail!("{TRIES} times the worker had attested before it was killed")
}

/// Submits a job with as many tokens as the model gives and a deadline as near as it may be.
async fn submit(network: &Network) -> Result<u64> {
    let work = ["--prompt", "You may", "--temperature", "1", "--max-output-tokens", "448", "--deadline-blocks", "40"];
    let order = [&["--suri", "//Alice", "--json"], &work[..]].concat();
    let submitted = on_node(&network.first, &["job", "submit"], &order).await?;
    submitted["job"].as_u64().with_context(|| format!("no job in {submitted}"))
}

async fn status(network: &Network, job: u64) -> Result<String> {
    let view = network.second.call("jobs_job", rpc_params![job]).await?;
    view["status"].as_str().map(str::to_owned).with_context(|| format!("no status in {view}"))
}

/// Follows a job to its end.
async fn watch(network: &Network, job: u64) -> Result<Value> {
    on_node(&network.first, &["job", "watch"], &[&job.to_string(), "--json"]).await
}

/// Events about the job of a report from its submission to the last final block, which is past its end.
async fn count(network: &Network, pallet: &str, name: &str, report: &Value) -> Result<usize> {
    let block =
        |which: &str| report["blocks"][which]["number"].as_u64().with_context(|| format!("no block in {report}"));
    let to = network.first.wait_for_final(block("ended")?, LIMIT).await?;
    let job = report["job"].as_u64().with_context(|| format!("no job in {report}"))?;
    Chain::connect(&network.first).await?.job_events(pallet, name, job, block("submitted")?, to).await
}
