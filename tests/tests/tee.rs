//! Work in trusted hardware: a quote under a PKI of the test's own, vouched for by attestors, binds a worker's session key, and the
//! worker completes a job that asks for it. Nobody's simulation: `hanzo-worker` checks the quote as it would check Intel's.

use anyhow::{ensure, Context, Result};
use codec::Encode;
use hanzo_e2e::{
    node::{Node, Options},
    transactions::{carry_out, connect, sudo},
    until,
    worker::{on_node, Worker},
};
use hanzo_inference::{
    client::{tx::Call, Account, Connection},
    hash::blake2_256,
};
use hanzo_proofs::{
    testing::{dcap, snp},
    AllVendors, Allowance, QuoteVerifiers, TcbPolicy, Vendor,
};
use jsonrpsee::rpc_params;
use serde_json::Value;
use sp_core::H256;
use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tempfile::TempDir;

/// Longest for any one step.
const LIMIT: Duration = Duration::from_secs(120);
/// A week, seconds.
const WEEK: u64 = 7 * 86_400;
/// The job.
const ORDER: [&str; 7] = ["--suri", "//Alice", "--prompt", "Q: 12 plus 30", "--max-output-tokens", "40", "--json"];

/// Hardware of one vendor.
struct Hardware {
    vendor: Vendor,
    name: &'static str,
    root: Vec<u8>,
    collateral: Vec<u8>,
    quote: Box<dyn Fn([u8; 64]) -> Vec<u8>>,
}

impl Hardware {
    /// A virtual machine of Intel's kind, whose certificates hold now.
    fn tdx(now: u64) -> Self {
        let period = (now - WEEK, now + WEEK);
        let platform = dcap::Platform::new(dcap::Flaws { period, certificates: period, ..Default::default() });
        Self {
            vendor: Vendor::Tdx,
            name: "tdx",
            root: platform.root(),
            collateral: platform.tdx_collateral(),
            quote: Box::new(move |data| platform.tdx_quote(data)),
        }
    }

    /// One of AMD's kind.
    fn snp(now: u64) -> Self {
        let period = (now - WEEK, now + WEEK);
        let chip = snp::Chip::new(snp::Flaws { period, certificates: period, ..Default::default() });
        Self {
            vendor: Vendor::SevSnp,
            name: "sev-snp",
            root: chip.root(),
            collateral: chip.collateral(),
            quote: Box::new(move |data| chip.report(data)),
        }
    }

    fn measurement(&self, now: u64) -> Result<H256> {
        let quote = (self.quote)([0; 64]);
        let report = AllVendors::verify(self.vendor, &quote, &self.collateral, &self.root, now);
        Ok(report.map_err(|error| anyhow::anyhow!("{error:?}"))?.measurement)
    }
}

/// A development chain that trusts the test's hardware, and a worker in it.
struct Scene {
    node: Node,
    worker: Worker,
    ferdie: String,
    folder: TempDir,
    hardware: Hardware,
    measurement: H256,
}

impl Scene {
    async fn start(make: fn(u64) -> Hardware) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let (hardware, folder) = (make(now), tempfile::tempdir()?);
        let node = Node::start(Options::new(&["--dev", "--rpc-methods", "unsafe"])).await?;
        let worker = Worker::attach(folder.path(), &node)?;
        let ferdie = Account::from_suri("//Ferdie")?.id().to_string();
        let measurement = hardware.measurement(now)?;
        let scene = Self { node, worker, ferdie, folder, hardware, measurement };
        scene.trust(now).await?;
        Ok(scene)
    }

    /// What governance does before anything.
    async fn trust(&self, now: u64) -> Result<()> {
        let connection = connect(&self.node).await?;
        let Hardware { vendor, root, .. } = &self.hardware;
        govern(&connection, "set_root", (vendor, root, now + WEEK)).await?;
        let allowance = Allowance { vendor: *vendor, policy: TcbPolicy::up_to_date(), until: now + WEEK };
        govern(&connection, "allow_measurement", (self.measurement, allowance)).await
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a quote with these report data, with all that belongs to it; options that name the files.
    fn evidence(&self, report_data: [u8; 64]) -> Result<Vec<String>> {
        let Hardware { name, root, collateral, quote, .. } = &self.hardware;
        let mut options = vec!["--vendor".to_owned(), (*name).to_owned()];
        for (file, bytes) in [("root", root), ("collateral", collateral), ("quote", &quote(report_data))] {
            std::fs::write(self.file(file), bytes)?;
            options.extend([format!("--{file}"), self.file(file).display().to_string()]);
        }
        Ok(options)
    }

    /// The report data that bind the worker's session key now.
    async fn report_data(&self) -> Result<[u8; 64]> {
        let measurement = format!("{:?}", self.measurement);
        let asked = ["--worker", &self.ferdie, "--measurement", &measurement, "--json"];
        let answer = on_node(&self.node, &["tee", "report-data"], &asked).await?;
        let text = answer["reportData"].as_str().context("text")?.trim_start_matches("0x");
        hex::decode(text)?.try_into().map_err(|_| anyhow::anyhow!("not 64 bytes: {text}"))
    }

    async fn vouch(&self, attestor: &str, evidence: &[String], word: &Path) -> Result<Value> {
        let word = word.display().to_string();
        let options = ["--suri", attestor, "--worker", &self.ferdie, "--out", &word, "--json"];
        let evidence: Vec<&str> = evidence.iter().map(String::as_str).collect();
        on_node(&self.node, &["tee", "vouch"], &[&options[..], &evidence].concat()).await
    }

    /// A job that asks for trusted hardware, to its end.
    async fn job(&self) -> Result<Value> {
        let order = [&ORDER[..], &["--tee", "--verification", "tee", "--wait"]].concat();
        let report = on_node(&self.node, &["job", "submit"], &order).await;
        report.map_err(|error| error.context(self.worker.log()))
    }

    async fn settles(&self) -> Result<()> {
        let report = self.job().await?;
        ensure!(report["status"] == "Settled", "{report}\n{}", self.worker.log());
        ensure!(report["discrepancies"].as_array().is_some_and(Vec::is_empty), "{report}");
        ensure!(report["outputTokens"].as_u64().is_some_and(|tokens| tokens > 0), "{report}");
        self.node.call("invariants_check", rpc_params![1]).await?;
        Ok(())
    }
}

async fn govern(connection: &Connection, name: &'static str, arguments: impl Encode) -> Result<()> {
    let call = sudo(connection, &Call { pallet: "Attestors", name, arguments: arguments.encode() }).await?;
    carry_out(connection, &Account::from_suri("//Alice")?, &call).await?;
    Ok(())
}

fn refusal<T: std::fmt::Debug>(answer: Result<T>) -> String {
    format!("{:#}", answer.expect_err("refused"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker_should_complete_jobs_with_a_key_that_attestors_found_in_trusted_hardware() -> Result<()> {
    let scene = Scene::start(Hardware::tdx).await?;
    // Nothing is bound: nobody can be drawn, and the chain says so before it takes the credits.
    let worker = scene.node.call("jobs_worker", rpc_params![&scene.ferdie]).await?;
    ensure!(worker["tee"] == false, "{worker}");

    // A quote that is right in all but what it binds is vouched for by nobody, and the reason names the numbers.
    let foreign = scene.evidence([7; 64])?;
    let text = refusal(scene.vouch("//Alice", &foreign, &scene.file("foreign")).await);
    ensure!(text.contains("binds another key, worker, epoch or chain") && text.contains("0707"), "{text}");
    let data = scene.report_data().await?;
    let mut evidence = scene.evidence(data)?;
    let text = refusal(scene.vouch("//Dave", &evidence, &scene.file("dave")).await);
    ensure!(text.contains("is not among the 3 attestors"), "{text}");
    // The chain does not check quotes of Intel's hardware, and the command says what to do.
    let named: Vec<&str> = evidence.iter().map(String::as_str).collect();
    let direct = [&["--suri", "//Ferdie", "--json"][..], &named].concat();
    let text = refusal(on_node(&scene.node, &["tee", "register"], &direct).await);
    ensure!(text.contains("tee vouch"), "{text}");

    let [alice, bob] = ["alice", "bob"].map(|name| scene.file(name));
    let word = scene.vouch("//Alice", &evidence, &alice).await?;
    ensure!(word["measurement"] == format!("{:?}", scene.measurement), "{word}");
    // Its evidence is where its hash says.
    let blob = scene.node.call("blob_get", rpc_params![word["evidence"].clone(), "hex"]).await?;
    let blob = hex::decode(blob.as_str().context("text")?.trim_start_matches("0x"))?;
    ensure!(format!("{:?}", blake2_256(&blob)) == word["evidence"], "{word}");
    let (alice, bob_file) = (alice.display().to_string(), bob.display().to_string());
    let alone = on_node(&scene.node, &["tee", "register"], &["--suri", "//Ferdie", "--word", &alice, "--json"]).await;
    let text = refusal(alone);
    ensure!(text.contains("1 attestors signed, 2 must"), "{text}");

    // Whoever changes a byte of the quote has a word for nothing.
    let quote = evidence.iter().position(|option| option == "--quote").context("named")? + 1;
    let mut bytes = std::fs::read(&evidence[quote])?;
    bytes[700] ^= 1;
    let flipped = scene.file("flipped").display().to_string();
    std::fs::write(&flipped, bytes)?;
    let good = std::mem::replace(&mut evidence[quote], flipped);
    let text = refusal(scene.vouch("//Bob", &evidence, &bob).await);
    ensure!(text.contains("the quote does not hold") || text.contains("another key"), "{text}");
    evidence[quote] = good;

    scene.vouch("//Bob", &evidence, &bob).await?;
    let words = ["--suri", "//Ferdie", "--word", &alice, "--word", &bob_file, "--json"];
    let bound = on_node(&scene.node, &["tee", "register"], &words).await?;
    ensure!(bound["measurement"] == format!("{:?}", scene.measurement), "{bound}");
    let worker = scene.node.call("jobs_worker", rpc_params![&scene.ferdie]).await?;
    ensure!(worker["tee"] == true, "{worker}");
    scene.settles().await?;
    ensure!(scene.worker.stop().await?.success());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker_should_complete_jobs_with_a_quote_that_the_chain_checks_until_it_is_paused() -> Result<()> {
    let scene = Scene::start(Hardware::snp).await?;
    let evidence = scene.evidence(scene.report_data().await?)?;
    let evidence: Vec<&str> = evidence.iter().map(String::as_str).collect();
    let register = [&["--suri", "//Ferdie", "--json"][..], &evidence].concat();
    let bound = on_node(&scene.node, &["tee", "register"], &register).await?;
    ensure!(bound["measurement"] == format!("{:?}", scene.measurement), "{bound}");
    scene.settles().await?;

    // A pause holds at once: the worker's key is worth nothing, and nobody is drawn.
    let connection = connect(&scene.node).await?;
    // `Target::Measurement`.
    govern(&connection, "pause", (2u8, scene.measurement)).await?;
    let worker = scene.node.call("jobs_worker", rpc_params![&scene.ferdie]).await?;
    ensure!(worker["tee"] == false, "{worker}");
    let order = [&ORDER[..], &["--tee", "--verification", "tee"]].concat();
    let job = on_node(&scene.node, &["job", "submit"], &order).await?["job"].as_u64().context("a job")?;
    let from = scene.node.best().await?;
    until("a few blocks", LIMIT, || async { Ok((scene.node.best().await? > from + 8).then_some(())) }).await?;
    let view = scene.node.call("jobs_job", rpc_params![job]).await?;
    ensure!(view["status"] == "Submitted", "{view}");
    govern(&connection, "unpause", (2u8, scene.measurement)).await?;
    let report = on_node(&scene.node, &["job", "watch"], &[&job.to_string(), "--json"]).await?;
    ensure!(report["status"] == "Settled", "{report}\n{}", scene.worker.log());
    ensure!(scene.worker.stop().await?.success());
    Ok(())
}
