//! The demo, as people run it: a whole job through the real binaries with the worker inside the node, and a script of its
//! own kind that adds every amount up and holds it against the balances in the chain's state.

use anyhow::{ensure, Context, Result};
use hanzo_e2e::{
    binary, free_port,
    models::{self, TINY},
};
use serde_json::Value;
use std::{path::Path, process::Command};

/// Runs the demo with more options; its report.
fn report(options: &[&str]) -> Result<Value> {
    let node = binary("hanzo-node")?;
    let binaries = node.parent().context("a file lies in a folder")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/demo.py");
    let output = Command::new("python3")
        .args(["-B".as_ref(), script.as_os_str(), "--binaries".as_ref(), binaries.as_os_str()])
        .args(["--once", "--json", "--rpc-port", &free_port()?.to_string()])
        .args(options)
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{log}");
    let report: Value = serde_json::from_slice(&output.stdout).context("standard output is one JSON value")?;
    ensure!(report["status"] == "Settled" && report["completion"].is_string(), "{report}");
    Ok(report)
}

#[test]
fn demo_should_settle_a_job_whose_amounts_are_the_balances_moved() -> Result<()> {
    let report = report(&["--prompt", "What is 12 + 30? ", "--max-output-tokens", "40"])?;
    assert_eq!(report["prompt"], "What is 12 + 30? ", "{report}");
    assert!(report["outputTokens"].as_u64().is_some_and(|tokens| (1..=40).contains(&tokens)), "{report}");
    // The script has checked the amounts; these must be there for it.
    let credits = |key: &str| report["credits"][key].as_str().and_then(|text| text.parse::<u128>().ok());
    for key in ["toWorker", "toLps", "toTreasury", "burned"] {
        assert!(credits(key).is_some_and(|wei| wei > 0), "{key}: {report}");
    }
    // The seed decides when the model stops; only then is something left to give back.
    assert_eq!(credits("refunded").is_some_and(|wei| wei > 0), report["outputTokens"] != 40, "{report}");
    Ok(())
}

#[test]
fn demo_should_settle_a_job_on_a_model_file_that_the_chain_has_no_profile_of() -> Result<()> {
    let model = models::another()?;
    let report = report(&["--model", model.path().to_str().context("a path of text")?, "--max-output-tokens", "8"])?;
    assert!(report["model"].is_string() && report["model"] != TINY, "{report}");
    // What the client named is what was paid for, and a job without a profile uses all of it.
    let earned = |class: &str| {
        let lines = report["tokens"].as_array().into_iter().flatten();
        lines.filter(|line| line["class"] == class).map(|line| line["earned"].clone()).collect::<Vec<_>>()
    };
    assert_eq!([earned("cpu"), earned("net")], [["10000000000000000000"], ["1000000000000000000"]], "{report}");
    assert_eq!(report["credits"]["refunded"], "0", "{report}");
    Ok(())
}
