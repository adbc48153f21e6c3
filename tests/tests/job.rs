//! A whole job through the real binaries, with the worker inside the node, and what else its operator does.

use anyhow::{ensure, Context, Result};
use hanzo_e2e::{
    node::{Node, Options},
    until,
    worker::on_node,
};
use jsonrpsee::rpc_params;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn job_should_settle_and_add_up_when_the_worker_is_in_the_node() -> Result<()> {
    let options = Options::new(&["--dev", "--worker", "--rpc-methods", "unsafe"]);
    let node = Node::start(Options { metrics: true, ..options }).await?;
    let order = ["--prompt", "What is 12 + 30? ", "--max-output-tokens", "40", "--wait", "--json"];
    let report = on_node(&node, &["job", "submit"], &[&["--suri", "//Alice"], &order[..]].concat()).await?;
    assert_eq!(report["status"], "Settled", "{report}");
    assert_eq!(report["discrepancies"].as_array().map(Vec::len), Some(0), "{report}");
    assert!(report["outputTokens"].as_u64().is_some_and(|tokens| tokens > 0), "{report}");
    assert!(report["completion"].is_string(), "{report}");
    node.call("invariants_check", rpc_params![1]).await?;

    // Run again from what the chain and the blobs keep, whichever way: the same tokens and the same bits.
    let mut digests = vec![];
    for how in [
        &["--threads", "1", "--prefill-chunk", "1"][..],
        &["--threads", "2", "--prefill-chunk", "16"],
        &["--threads", "2", "--prefill-chunk", "all", "--no-cache"],
    ] {
        let replayed = on_node(&node, &["job", "replay"], &[&["0", "--json"], how].concat()).await?;
        assert_eq!(replayed["holds"], true, "{how:?}: {replayed}");
        assert_eq!(replayed["compared"]["tokensRoot"]["replayed"], report["tokensRoot"], "{how:?}: {replayed}");
        digests.push(replayed["logitsDigest"].as_str().map(str::to_owned).context("no digest of the logits")?);
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{digests:?}");

    // What operators see of it.
    until("the settlement in the metrics", Duration::from_secs(10), || async {
        let settled = node.metric("hanzo_jobs_total{step=\"settled\"}").await?;
        ensure!(settled == 1.0, "{settled} jobs settled");
        Ok(Some(()))
    })
    .await?;
    for (name, value) in [
        ("hanzo_jobs_total{step=\"attested\"}", 1.0),
        ("hanzo_jobs_open{state=\"accepted\"}", 0.0),
        ("hanzo_jobs_open{state=\"attested\"}", 0.0),
        ("hanzo_worker_jobs_finished_total", 1.0),
    ] {
        assert_eq!(node.metric(name).await?, value, "{name}");
    }
    // A block between the two questions may change the answers.
    until("a pool in the metrics as the node tells it", Duration::from_secs(10), || async {
        let pool = node.call("hmm_pool", rpc_params!["gpu"]).await?;
        for (name, unit, field) in [("price", 1e18, "price"), ("theta", 1e18, "theta"), ("kappa", 1.0, "kappa")] {
            let shown = node.metric(&format!("hanzo_pool_{name}{{class=\"gpu\",tier=\"0\"}}")).await?;
            let answered: f64 = pool[field].as_str().unwrap_or_default().parse()?;
            ensure!((shown * unit / answered - 1.0).abs() < 1e-9, "{name}: {shown} and {answered}");
        }
        let lag = node.metric("hanzo_finality_lag_blocks").await?;
        ensure!(lag <= 1.0, "{lag} blocks are not final");
        Ok(Some(()))
    })
    .await?;

    // The worker's payout, by a call that shows in its record.
    let changed = on_node(&node, &["set-payout"], &["tokens", "--suri", "//Ferdie", "--json"]).await?;
    assert_eq!(changed["call"], "Compute::set_payout", "{changed}");
    assert!(node.stop().await?.success());
    Ok(())
}
