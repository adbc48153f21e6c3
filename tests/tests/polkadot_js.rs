//! A dApp's view of the chain: the programs of `tests/polkadot-js`, which know it through `@polkadot/api` alone.

use anyhow::{bail, ensure, Context, Result};
use hanzo_e2e::node::{Node, Options};
use serde_json::Value;
use std::process::{Command, Stdio};

/// Where the programs lie.
const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/polkadot-js");

/// Runs one of the programs against a node and reads its report.
async fn program(node: &Node, name: &'static str, arguments: &'static [&'static str]) -> Result<Value> {
    let url = node.url();
    let run = move || {
        Command::new("node")
            .arg(name)
            .arg("--json")
            .args(arguments)
            .arg(url)
            .current_dir(CLIENT)
            .stdin(Stdio::null())
            .output()
    };
    ensure!(
        std::path::Path::new(CLIENT).join("node_modules").is_dir(),
        "{CLIENT}/node_modules is missing: run scripts/setup"
    );
    let output = tokio::task::spawn_blocking(run).await?.context("node, version 18 or newer, cannot be run")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{name}: {}\n{printed}\n{errors}\n{}", output.status, node.log_tail());
    }
    let line = printed.lines().last().with_context(|| format!("{name} printed nothing"))?;
    serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))
}

/// The strings of a list.
fn strings(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn client_should_see_its_job_settle_and_every_amount_add_up() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--worker"])).await?;
    let report = program(&node, "job.mjs", &["--prompt", "Q: copy hamilton\nA: ", "--suri", "//Bob"]).await?;
    assert_eq!(report["status"], "Settled", "{report}");
    assert_eq!(strings(&report["discrepancies"]), [""; 0], "{report}");
    assert!(report["outputTokens"].as_u64().is_some_and(|tokens| tokens > 0), "{report}");
    assert!(report["completion"].is_string(), "{report}");

    // The two ways of following tell the same story.
    let heard = strings(&report["heard"]);
    assert_eq!(heard.last(), Some(&"Settled"), "{report}");
    let life = ["Submitted", "Assigned", "Accepted", "Attested", "Settled"];
    let places: Vec<_> = heard.iter().map(|status| life.iter().position(|step| step == status)).collect();
    assert!(places.iter().all(Option::is_some) && places.windows(2).all(|pair| pair[0] < pair[1]), "{report}");
    let steps: Vec<_> =
        report["steps"].as_array().into_iter().flatten().filter_map(|step| step["event"].as_str()).collect();
    for event in ["JobSubmitted", "JobAssigned", "JobAccepted", "JobAttested", "JobSettled"] {
        let times = steps.iter().filter(|step| **step == format!("compute.{event}")).count();
        assert_eq!(times, 1, "{event}: {report}");
    }
    Ok(())
}

#[tokio::test]
async fn orders_in_a_batch_should_meet_at_one_price_and_every_amount_add_up() -> Result<()> {
    let node = Node::start(Options::new(&["--dev"])).await?;
    let report = program(&node, "batch.mjs", &[]).await?;
    assert_eq!(strings(&report["discrepancies"]), [""; 0], "{report}");
    assert_eq!(report["told"], serde_json::json!([true, true, false]), "{report}");
    let wei = |order: &str, field: &str| report[order][field].as_str().and_then(|text| text.parse::<u128>().ok());
    for order in ["buy", "sale"] {
        assert!(wei(order, "psi") > Some(0) && wei(order, "theta") > Some(0), "{order}: {report}");
        assert_eq!(wei(order, "forfeited"), Some(0), "{order}: {report}");
    }
    let (forfeited, returned) = (wei("hidden", "forfeited").unwrap_or(0), wei("hidden", "returned").unwrap_or(0));
    assert_eq!(forfeited, (forfeited + returned).div_ceil(100), "{report}");
    Ok(())
}

#[tokio::test]
async fn metadata_should_decode_whole_and_transactions_be_valid_in_every_version() -> Result<()> {
    let node = Node::start(Options::new(&["--dev"])).await?;
    let report = program(&node, "surface.mjs", &[]).await?;
    let versions = report["metadata"].as_array().context("no metadata")?;
    assert_eq!(versions.iter().filter_map(|found| found["version"].as_u64()).collect::<Vec<_>>(), [14, 15, 16]);
    for found in versions {
        let version = &found["version"];
        assert_eq!(found["complete"], true, "version {version}");
        assert_eq!(strings(&found["undocumented"]), [""; 0], "version {version}");
        assert_eq!(found["signing"]["valid"], true, "version {version}: {}", found["signing"]);
        assert_eq!(found["signing"]["call"], versions[0]["signing"]["call"], "version {version}");
        for pallet in ["Hmm", "Compute", "Poai"] {
            assert!(strings(&found["pallets"]).contains(&pallet), "version {version} lacks {pallet}");
        }
    }
    for found in &versions[1..] {
        for (api, method) in
            [("HmmApi", "quote_buy"), ("JobsApi", "quote"), ("PoaiApi", "attestation"), ("Invariants", "check")]
        {
            let methods = strings(&found["apis"][api]);
            assert!(methods.contains(&method), "version {}: {api} has {methods:?}", found["version"]);
        }
    }
    Ok(())
}

#[tokio::test]
async fn definitions_should_match_the_methods_served_and_their_answers() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--rpc-methods", "unsafe"])).await?;
    let report = program(&node, "surface.mjs", &[]).await?;
    assert_eq!(strings(&report["undefinedHere"]), [""; 0], "served without a definition");
    assert_eq!(strings(&report["notServed"]), [""; 0], "defined and not served");
    assert_eq!(strings(&report["answers"]["differing"]), [""; 0]);
    let compared = strings(&report["answers"]["compared"]);
    for method in [
        "hmm_pools",
        "hmm_quoteBuy",
        "hmm_batch",
        "hmm_twap",
        "jobs_quote",
        "jobs_openJobs",
        "jobs_worker",
        "poai_quality",
    ] {
        assert!(compared.contains(&method), "{method} is not among {compared:?}");
    }
    Ok(())
}

#[tokio::test]
async fn refused_calls_should_be_named_and_documented_and_move_nothing_but_the_fee() -> Result<()> {
    let node = Node::start(Options::new(&["--dev", "--seal", "instant", "--rpc-methods", "safe"])).await?;
    let report = program(&node, "refusals.mjs", &[]).await?;
    for (case, reason) in [
        ("creditLimitTooLow", "Compute.CreditLimitExceeded"),
        ("priceLimitTooLow", "Hmm.SlippageExceeded"),
        ("unknownTier", "Compute.UnknownTier"),
        ("unknownModel", "Compute.ResourcesMissing"),
        ("deadlineTooSoon", "Compute.DeadlineTooSoon"),
        ("unknownPool", "Hmm.UnknownPool"),
        ("zeroAmount", "Hmm.ZeroAmount"),
        ("expired", "Hmm.DeadlinePassed"),
        ("tooLargeOutsideBatches", "Hmm.OrderTooLarge"),
        ("wrongBatch", "Hmm.NotTheCurrentBatch"),
        ("slippage", "Hmm.SlippageExceeded"),
        ("reserveFloor", "Hmm.ReserveFloor"),
        ("exhausted", "Hmm.PoolExhausted"),
        ("unknownJob", "Compute.UnknownJob"),
        ("foreignJob", "Compute.NotYourJob"),
    ] {
        let found = &report[case];
        assert_eq!(found["reason"], reason, "{case}: {found}");
        assert!(found["docs"].as_str().is_some_and(|docs| !docs.is_empty()), "{case}: {found}");
        assert_eq!(strings(&found["moved"]), [""; 0], "{case}: {found}");
    }
    assert_eq!(report["insufficientFunds"]["reason"], "Token.FundsUnavailable", "{}", report["insufficientFunds"]);
    assert_eq!(strings(&report["insufficientFunds"]["moved"]), [""; 0], "{}", report["insufficientFunds"]);
    for (case, word) in [("noFunds", "balance too low"), ("unknownClassInCall", "Warp")] {
        let text = format!("{} {}", report[case]["reason"], report[case]["docs"]);
        assert!(text.contains(word), "{case}: {text}");
    }
    for (case, code, word) in [
        ("unknownClass", -32_602, "warp"),
        ("unknownPoolQuote", 20_101, "7"),
        ("zeroQuote", 20_101, "zero"),
        ("unknownWindow", 20_101, "4000000000"),
        ("dearRoute", 20_101, "compute required"),
        ("unknownModelQuote", 20_201, "abab"),
        ("unknownBlob", 20_502, "abab"),
        ("unknownJobSubscribed", 20_202, "1000000"),
        ("unsafeMethod", -32_601, "unsafe"),
    ] {
        let (found, text) = (&report[case], report[case]["reason"].as_str().unwrap_or_default());
        assert_eq!(found["code"], code, "{case}: {found}");
        assert!(text.to_lowercase().contains(word), "{case}: {found}");
    }
    Ok(())
}
