//! Sealed jobs, with real processes: nobody but client, worker and committee can read prompt and completion, and the work is checked
//! all the same.

use anyhow::{ensure, Context, Result};
use hanzo_e2e::{
    node::{Node, Options},
    transactions::{carry_out, connect, transfer},
    until,
    verifiers::{self, pot, AI},
    worker::{on_node, Worker},
};
use hanzo_inference::{
    client::{Account, Connection},
    sealing::OVERHEAD,
};
use jsonrpsee::rpc_params;
use serde_json::Value;
use sp_runtime::AccountId32;
use std::time::Duration;

/// Longest for any one step.
const LIMIT: Duration = Duration::from_secs(120);
const PROMPT: &str = "Q: 12 plus 30";

async fn blob(node: &Node, hash: &Value) -> Result<Vec<u8>> {
    let bytes = node.call("blob_get", rpc_params![hash.clone(), "hex"]).await?;
    Ok(hex::decode(bytes.as_str().context("text")?.trim_start_matches("0x"))?)
}

/// Waits until these have all published their public keys.
async fn public_keys(connection: &Connection, readers: &[AccountId32]) -> Result<()> {
    until("all public keys", LIMIT, || async {
        let at = connection.best().await?.hash();
        for reader in readers {
            if connection.sealing_key(reader, at).await?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_job_should_be_done_judged_and_delivered_without_anybody_else_reading_it() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--rpc-methods", "unsafe"])).await?;
    verifiers::register(&node).await?;
    verifiers::audit_all(&node).await?;
    let alice = Account::from_suri("//Alice")?;
    carry_out(&connect(&node).await?, &alice, &transfer(&AccountId32::new(pot()), 10 * AI)).await?;
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?];
    let judges = verifiers::attach_with(folders[0].path(), &node, 0..verifiers::COUNT, &["--sealing"])?;
    let worker = Worker::attach_as("//Ferdie", folders[1].path(), &node, &["--sealing"])?;
    // All of them have to be known for ones that can read it, before anybody is drawn.
    let connection = connect(&node).await?;
    let ferdie = Account::from_suri("//Ferdie")?.id();
    let mut readers: Vec<AccountId32> = verifiers::accounts()?.iter().map(Account::id).collect();
    readers.push(ferdie);
    public_keys(&connection, &readers).await.map_err(|error| error.context(judges.log()))?;

    let key = folders[2].path().join("job.key").display().to_string();
    let order = ["--suri", "//Bob", "--prompt", PROMPT, "--max-output-tokens", "40", "--sealed", "--key-file", &key];
    let report = on_node(&node, &["job", "submit"], &[&order[..], &["--wait", "--json"]].concat()).await;
    let report = report.map_err(|error| error.context(format!("{}\n----\n{}", worker.log(), judges.log())))?;
    ensure!(report["status"] == "Settled", "{report}\n{}\n{}", worker.log(), judges.log());
    ensure!(report["discrepancies"].as_array().is_some_and(Vec::is_empty), "{report}");
    let completion = report["completion"].as_str().context("a completion")?;
    ensure!(!completion.is_empty() && report["prompt"] == PROMPT, "{report}");

    // Three replayed it, and found it good.
    let id = report["job"].as_u64().context("a job")?;
    let verdict = node.call("poai_verdicts", rpc_params![id]).await?;
    ensure!(verdict["verdict"] == "good", "{verdict}\n{}\n{}", worker.log(), judges.log());
    let scores =
        verdict["members"].as_array().context("members")?.iter().map(|member| member["vote"]["score"] == "good");
    ensure!(scores.clone().count() == 3 && scores.clone().all(|good| good), "{verdict}\n{}", judges.log());
    ensure!(worker.log().contains("handing the key to the committee"), "{}", worker.log());

    // What the nodes have of it is neither prompt nor completion.
    let shown = on_node(&node, &["job", "show"], &[&id.to_string(), "--json"]).await?;
    let (input, output) =
        (blob(&node, &shown["job"]["input"]).await?, blob(&node, &shown["attestation"]["output"]).await?);
    // A byte before the output says that it is text.
    ensure!(input.len() == PROMPT.len() + OVERHEAD && output.len() == completion.len() + 1 + OVERHEAD, "{shown}");
    for (bytes, text) in [(&input, PROMPT), (&output, completion)] {
        ensure!(!bytes.windows(text.len().min(4)).any(|part| text.as_bytes().starts_with(part)), "{text} is in clear");
    }
    // With its key it can be replayed by whoever has it, and without by nobody.
    let replay = ["--key-file", &key, "--json"];
    let again = on_node(&node, &["job", "replay"], &[&[&id.to_string()[..]], &replay[..]].concat()).await?;
    ensure!(again["holds"] == true && again["output"] == completion, "{again}");
    let closed = on_node(&node, &["job", "replay"], &[&id.to_string(), "--json"]).await;
    let text = format!("{:#}", closed.expect_err("closed"));
    ensure!(text.contains("is sealed"), "{text}");
    let other = folders[2].path().join("other.key");
    std::fs::write(&other, "11".repeat(32))?;
    let other = other.display().to_string();
    let wrong = on_node(&node, &["job", "replay"], &[&id.to_string(), "--key-file", &other, "--json"]).await;
    let text = format!("{:#}", wrong.expect_err("another key"));
    ensure!(text.contains("sealed with the key"), "{text}");

    node.call("invariants_check", rpc_params![1]).await?;
    ensure!(worker.stop().await?.success() && judges.stop().await?.success());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_job_should_be_done_when_its_client_was_killed_before_it_handed_the_key_over() -> Result<()> {
    let node = Node::start(Options::new(&["--dev"])).await?;
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
    let worker = Worker::attach_as("//Ferdie", folders[0].path(), &node, &["--sealing"])?;
    public_keys(&connect(&node).await?, &[Account::from_suri("//Ferdie")?.id()]).await?;
    let (url, key) = (node.url(), folders[1].path().join("job.key").display().to_string());
    let order = ["--suri", "//Bob", "--prompt", PROMPT, "--max-output-tokens", "20", "--sealed", "--key-file", &key];
    let client = Worker::start(folders[1].path(), &[&["job", "submit", "--node", &url], &order[..]].concat())?;
    client.wait_for_log("submitted in block", LIMIT).await?;
    let log = client.log();
    client.kill()?;
    ensure!(!log.contains("the key is handed"), "killed too late: {log}");

    let open = node.call("jobs_openJobs", rpc_params![]).await?;
    let id = open["jobs"][0]["id"].as_u64().with_context(|| format!("a job: {open}"))?.to_string();
    let report = on_node(&node, &["job", "watch"], &[&id, "--key-file", &key, "--suri", "//Bob", "--json"]).await;
    let report = report.map_err(|error| error.context(worker.log()))?;
    ensure!(report["status"] == "Settled" && report["prompt"] == PROMPT, "{report}\n{}", worker.log());
    ensure!(report["completion"].as_str().is_some_and(|text| !text.is_empty()), "{report}");
    let other = on_node(&node, &["job", "watch"], &[&id, "--key-file", &key, "--suri", "//Eve", "--json"]).await;
    let text = format!("{:#}", other.expect_err("not its client"));
    ensure!(text.contains(&format!("job {id} is of")), "{text}");
    ensure!(worker.stop().await?.success());
    Ok(())
}
