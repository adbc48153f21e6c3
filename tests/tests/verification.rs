//! Work that is checked: an honest job is upheld by three verifiers, a forged one condemned by seven, one that was forged on purpose
//! forgiven. Every balance follows from the events.

use anyhow::{ensure, Context, Result};
use hanzo_e2e::{
    chain::Chain,
    dishonest::Loop,
    node::{Node, Options},
    transactions::{carry_out, connect, transfer},
    verifiers::{self, pot, AI, BOND},
    worker::{on_node, Worker},
};
use hanzo_inference::client::{Account, Connection};
use hanzo_poai::review::Offence;
use hanzo_traits::api::{SlashView, WorkerView};
use jsonrpsee::{core::client::Subscription, rpc_params};
use serde_json::Value;
use sp_runtime::AccountId32;
use std::{collections::BTreeMap, time::Duration};
use subxt::ext::scale_decode::DecodeAsType;
use tempfile::TempDir;

/// Longest for any one step.
const LIMIT: Duration = Duration::from_secs(120);
/// The job: sampled, so that another seed gives other tokens, and long enough for several chunks.
const ORDER: [&str; 9] =
    ["--suri", "//Bob", "--prompt", "You may", "--temperature", "1", "--max-output-tokens", "80", "--json"];

/// `Poai::ReplayPaid`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ReplayPaid {
    job: u64,
    verifier: subxt::utils::AccountId32,
    paid: u128,
}

/// `Compute::JobAttested`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct JobAttested {
    job: u64,
    audit_fee: u128,
}

/// A development chain on which every job is audited, and ten verifiers in two processes.
struct Scene {
    node: Node,
    chain: Chain,
    connection: Connection,
    verifiers: [Worker; 2],
    /// Where they keep their ballots.
    _folders: [TempDir; 2],
}

impl Scene {
    async fn start(options: &[&str]) -> Result<Self> {
        let options = Options::new(&["--dev", "--rpc-methods", "unsafe"]).and(options);
        let node = Node::start(Options { metrics: true, ..options }).await?;
        verifiers::register(&node).await?;
        verifiers::audit_all(&node).await?;
        // Fees are made for one audit in ten jobs: where every job is audited, the pot needs more to pay everybody.
        let fill = transfer(&AccountId32::new(pot()), 10 * AI);
        carry_out(&connect(&node).await?, &Account::from_suri("//Alice")?, &fill).await?;
        let folders = [tempfile::tempdir()?, tempfile::tempdir()?];
        let half = verifiers::COUNT / 2;
        let verifiers = [
            verifiers::attach(folders[0].path(), &node, 0..half)?,
            verifiers::attach(folders[1].path(), &node, half..verifiers::COUNT)?,
        ];
        for process in &verifiers {
            process.wait_for_log("following the chain", LIMIT).await?;
        }
        let (chain, connection) = (Chain::connect(&node).await?, connect(&node).await?);
        Ok(Self { node, chain, connection, verifiers, _folders: folders })
    }

    fn logs(&self) -> String {
        self.verifiers.iter().map(Worker::log).collect::<Vec<_>>().join("\n----\n")
    }

    /// Submits the job and follows it to its end.
    async fn job(&self) -> Result<Value> {
        let report = on_node(&self.node, &["job", "submit"], &[&ORDER[..], &["--wait"]].concat()).await;
        let report = report.map_err(|error| error.context(self.logs()))?;
        ensure!(report["discrepancies"].as_array().is_some_and(Vec::is_empty), "{report}");
        Ok(report)
    }

    /// The verdict on a job, as clients see it.
    async fn verdict(&self, job: u64) -> Result<Value> {
        let shown = on_node(&self.node, &["job", "show"], &[&job.to_string(), "--json"]).await?;
        let verdict = self.node.call("poai_verdicts", rpc_params![job]).await?;
        ensure!(!verdict.is_null() && verdict == shown["verdict"], "{shown}, {verdict}\n{}", self.logs());
        Ok(verdict)
    }

    /// Checks the members of a verdict: each revealed this score, all the same digest, and evidence that says so.
    async fn agree(&self, verdict: &Value, count: usize, score: &str) -> Result<()> {
        let members = verdict["members"].as_array().context("a list")?;
        ensure!(members.len() == count, "{verdict}");
        for member in members {
            ensure!(member["vote"]["score"] == score, "{verdict}\n{}", self.logs());
            ensure!(member["vote"]["digest"] == members[0]["vote"]["digest"], "{verdict}");
            let bytes = self.node.call("blob_get", rpc_params![member["evidence"].clone(), "hex"]).await?;
            let bytes = hex::decode(bytes.as_str().context("text")?.trim_start_matches("0x"))?;
            let evidence: Value = serde_json::from_slice(&bytes)?;
            ensure!(evidence["score"] == score && evidence["digest"] == member["vote"]["digest"], "{evidence}");
            ensure!(
                evidence["reasons"].as_array().is_some_and(|all| all.is_empty() == (score == "good")),
                "{evidence}"
            );
        }
        Ok(())
    }

    /// Checks what everybody has against the events from the block before the submission to the end of the job.
    async fn reconcile(&self, report: &Value) -> Result<()> {
        let job = report["job"].as_u64().context("a job")?;
        let block = |which: &str| report["blocks"][which]["number"].as_u64().with_context(|| format!("{report}"));
        let (before, after) = (block("before")?, block("ended")?);
        let change = |account: [u8; 32]| async move {
            let account = subxt::utils::AccountId32(account);
            let free = |block| async move { anyhow::Ok(self.chain.account(&account, block).await?.1) };
            anyhow::Ok(free(after).await? as i128 - free(before).await? as i128)
        };

        let mut paid: BTreeMap<[u8; 32], i128> = BTreeMap::new();
        let payments: Vec<ReplayPaid> = self.chain.events("Poai", "ReplayPaid", before + 1, after).await?;
        for payment in payments {
            ensure!(payment.job == job && payment.paid > 0, "{} of job {}", payment.paid, payment.job);
            *paid.entry(payment.verifier.0).or_default() += payment.paid as i128;
        }
        for account in verifiers::accounts()? {
            let key: [u8; 32] = account.id().into();
            assert_eq!(change(key).await?, paid.get(&key).copied().unwrap_or_default(), "{}", account.id());
        }

        let attested: Vec<JobAttested> = self.chain.events("Compute", "JobAttested", before + 1, after).await?;
        ensure!(attested.len() == 1 && attested[0].job == job, "one attestation, of job {job}");
        let fee = attested[0].audit_fee as i128;
        ensure!(fee > 0, "the audit is paid for");
        assert_eq!(change(pot()).await?, fee - paid.values().sum::<i128>(), "the pot");

        let credits = |path: &str| -> Result<i128> {
            let text = report["credits"].pointer(path).and_then(Value::as_str);
            Ok(text.with_context(|| format!("no {path} in {report}"))?.parse()?)
        };
        let received = credits("/refunded")? + credits("/compensation")?;
        let spent = credits("/purchase/paid")? + credits("/transactionFee")? + credits("/penalty")? + fee;
        let bob: [u8; 32] = Account::from_suri("//Bob")?.id().into();
        assert_eq!(change(bob).await?, received - spent, "the client: {report}");
        Ok(())
    }

    /// How many slashes wait, and whether this worker is denied work.
    async fn punishments(&self, worker: &AccountId32) -> Result<(usize, bool)> {
        let best = self.connection.best().await?;
        let slashes: Vec<SlashView<AccountId32, u32>> =
            self.connection.call("PoaiApi_slashes", 256u32, best.hash()).await?;
        let denied: Option<u32> = self.connection.call("PoaiApi_denied_until", worker, best.hash()).await?;
        Ok((slashes.len(), denied.is_some_and(|until| until > best.number)))
    }

    async fn end(self) -> Result<()> {
        self.node.call("invariants_check", rpc_params![1]).await?;
        for process in self.verifiers {
            assert!(process.stop().await?.success());
        }
        assert!(self.node.stop().await?.success());
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_job_should_be_upheld_by_three_verifiers_who_are_paid() -> Result<()> {
    let scene = Scene::start(&["--worker"]).await?;
    let mut audits = scene.node.subscribe("poai_subscribeAudits", "poai_unsubscribeAudits").await?;
    let report = scene.job().await?;
    ensure!(report["status"] == "Settled", "{report}\n{}", scene.logs());

    let job = report["job"].as_u64().context("a job")?;
    let verdict = scene.verdict(job).await?;
    assert_eq!((&verdict["verdict"], &verdict["committee"]), (&"good".into(), &"audit".into()), "{verdict}");
    assert_eq!(verdict["rounds"], 1, "{verdict}");
    scene.agree(&verdict, 3, "good").await?;
    scene.reconcile(&report).await?;
    assert_eq!(story(&mut audits, job).await?, verdict);

    // Nobody's bond is touched, and nobody sits any more.
    let status = on_node(&scene.node, &["verifier", "status"], &["--json"]).await?;
    let all = status["verifiers"].as_array().context("a list")?;
    ensure!(all.len() == verifiers::COUNT, "{status}");
    for verifier in all {
        ensure!(verifier["bond"] == BOND.to_string() && verifier["frozen"] == "0", "{verifier}");
        ensure!(verifier["seats"].as_array().is_some_and(Vec::is_empty), "{verifier}");
    }
    scene.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forging_worker_should_be_found_by_three_then_by_seven_and_pay() -> Result<()> {
    let scene = Scene::start(&[]).await?;
    on_node(&scene.node, &["set-accepting"], &["off", "--suri", "//Ferdie", "--json"]).await?;
    let folder = tempfile::tempdir()?;
    let forger = Loop::forger("//Eve", &scene.node, folder.path()).await?;
    on_node(&scene.node, &["set-accepting"], &["on", "--suri", "//Eve", "--json"]).await?;
    let before = eve(&scene.connection).await?;

    let report = scene.job().await?;
    assert_eq!((&report["status"], &report["reason"]), (&"Slashed".into(), &"Forged".into()), "{report}");
    let job = report["job"].as_u64().context("a job")?;
    let verdict = scene.verdict(job).await?;
    assert_eq!((&verdict["verdict"], &verdict["committee"]), (&"bad".into(), &"appeal".into()), "{verdict}");
    assert_eq!(verdict["rounds"], 2, "three found it bad first: {verdict}");
    scene.agree(&verdict, 7, "bad").await?;
    scene.reconcile(&report).await?;

    // Half of the bond is frozen, and Eve is let near no job.
    let best = scene.connection.best().await?;
    let slashes: Vec<SlashView<AccountId32, u32>> =
        scene.connection.call("PoaiApi_slashes", 256u32, best.hash()).await?;
    let [slash] = &slashes[..] else { anyhow::bail!("{slashes:?}") };
    assert_eq!((&slash.offender, slash.offence, slash.job), (&before.account, Offence::Forgery, job));
    assert_eq!(slash.amount.0, before.bond.0 / 2);
    let denied: Option<u32> = scene.connection.call("PoaiApi_denied_until", &before.account, best.hash()).await?;
    ensure!(denied.is_some_and(|until| until > best.number), "{denied:?}");
    let compensation: u128 = report["credits"]["compensation"].as_str().context("text")?.parse()?;
    ensure!(compensation > 0 && compensation < AI, "{compensation}");
    assert_eq!(eve(&scene.connection).await?.bond.0, before.bond.0 - compensation);

    // A denied worker is drawn for nothing: the next job finds nobody.
    let next = scene.job().await?;
    assert_eq!((&next["status"], &next["reason"]), (&"Refunded".into(), &"NoWorker".into()), "{next}");
    forger.stop().await?;
    scene.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canary_should_leave_its_worker_as_it_was_when_it_is_revealed() -> Result<()> {
    let scene = Scene::start(&[]).await?;
    let (folder, canaries) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let book = canaries.path().display().to_string();
    let (bob, ferdie) = (Account::from_suri("//Bob")?.id(), Account::from_suri("//Ferdie")?.id());
    let lodge = ["--suri", "//Dave", "--client", &bob.to_string(), "--jobs", "1", "--noise", "3", "--canaries", &book];
    let lodged = on_node(&scene.node, &["canary", "lodge"], &[&lodge[..], &["--json"]].concat()).await?;
    ensure!(lodged["hashes"].as_array().is_some_and(|hashes| hashes.len() == 4), "{lodged}");
    let worker = Worker::attach_as("//Ferdie", folder.path(), &scene.node, &["--canaries", &book])?;
    let quality = || scene.node.call("poai_quality", rpc_params![ferdie.to_string()]);
    let before = quality().await?;

    // Nothing tells it from a forgery, and it is treated as one.
    let order = [&ORDER[..], &["--wait", "--canaries", &book]].concat();
    let report = on_node(&scene.node, &["canary", "submit"], &order).await;
    let report = report.map_err(|error| error.context(format!("{}\n{}", worker.log(), scene.logs())))?;
    assert_eq!((&report["status"], &report["reason"]), (&"Slashed".into(), &"Forged".into()), "{report}");
    let job = report["job"].as_u64().context("a job")?;
    scene.agree(&scene.verdict(job).await?, 7, "bad").await?;
    assert_ne!(quality().await?, before);
    assert_eq!(scene.punishments(&ferdie).await?, (1, true));

    let number = job.to_string();
    let reveal = [&number, "--suri", "//Bob", "--session-suri", "//Ferdie//session", "--canaries", &book, "--json"];
    on_node(&scene.node, &["canary", "reveal"], &reveal).await?;
    assert_eq!(scene.verdict(job).await?["canary"], true);
    assert_eq!(quality().await?, before);
    assert_eq!(scene.punishments(&ferdie).await?, (0, false));
    let again = on_node(&scene.node, &["canary", "reveal"], &reveal).await;
    let text = format!("{:#}", again.expect_err("revealed before"));
    ensure!(text.contains("is revealed already"), "{text}");
    assert!(worker.stop().await?.success());
    scene.end().await
}

/// Reads notifications of reviews until this job's is decided, and returns the verdict.
async fn story(audits: &mut Subscription<Value>, job: u64) -> Result<Value> {
    let (mut phases, mut first) = (Vec::new(), true);
    loop {
        let news = tokio::time::timeout(LIMIT, audits.next()).await?.context("the subscription ended")??;
        let of_job = |list: &str| {
            let list = news[list].as_array().into_iter().flatten();
            list.filter(|entry| entry["job"] == job).cloned().collect::<Vec<Value>>()
        };
        ensure!(!first || of_job("opened").is_empty(), "nothing was under way yet: {news}");
        first = false;
        let opened = of_job("opened");
        ensure!(opened.is_empty() || phases.is_empty(), "opened twice: {news}");
        phases.extend(opened.iter().chain(&of_job("changed")).map(|review| review["phase"].clone()));
        phases.dedup();
        if let Some(verdict) = of_job("decided").pop() {
            // The block that draws an audit draws its committee.
            ensure!(phases.first() == Some(&"committing".into()), "{phases:?}");
            return Ok(verdict);
        }
    }
}

async fn eve(connection: &Connection) -> Result<WorkerView<AccountId32>> {
    let best = connection.best().await?;
    let eve = Account::from_suri("//Eve")?.id();
    connection.worker(&eve, best.hash()).await?.context("Eve is a worker in every preset")
}
