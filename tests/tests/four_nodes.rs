//! The whole protocol on four validators: honest jobs settle, a forging worker and a lying verifier are found out, one validator
//! is cut off and comes back, and every wei is accounted for.

use anyhow::{ensure, Context, Result};
use hanzo_e2e::{
    chain::Chain,
    dishonest::Loop,
    genesis::Genesis,
    ledger::{History, Ledger},
    mesh::{self, Mesh, LAST},
    network::{connected, neighbours},
    node::Node,
    transactions::connect,
    until,
    verifiers::{self, pot, AI, BOND, ENDOWMENT},
    worker::{on_node, Worker},
};
use hanzo_inference::client::{
    events::{Assigned, Failed, FeePaid, Refunded, Settled, Traded},
    Account, Connection,
};
use hanzo_poai::review::Offence;
use hanzo_traits::api::SlashView;
use jsonrpsee::rpc_params;
use serde_json::Value;
use sp_runtime::AccountId32;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use subxt::{ext::scale_decode::DecodeAsType, utils::AccountId32 as Who};
use tempfile::TempDir;

/// Longest for any one step.
const LIMIT: Duration = Duration::from_secs(150);
/// Slot in milliseconds, slots of an epoch, and by what the mainnet's periods are divided: a slash is taken after 84 blocks,
/// a day is 20.
const CLOCK: (u32, u32, u32) = (1_000, 30, 3_600);
/// Blocks that become final without the validator that is cut off, before it is joined again.
const APART: u64 = 12;
/// Sampled, so that another seed gives other tokens, and long enough for several chunks.
const ORDER: [&str; 7] = ["--prompt", "You may", "--temperature", "1", "--max-output-tokens", "80", "--json"];
/// Who has jobs done.
const CLIENTS: [&str; 2] = ["//Client//0", "//Client//1"];
/// The verifier that lies. With as many verifiers as a committee of three and one of seven take, it sits on one of the two that
/// judge forged work.
const LIAR: usize = verifiers::COUNT - 1;
/// Percent of a transaction's fee that is burned.
const BURNED_PERCENT: u128 = 20;

/// `Poai::ReplayPaid`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ReplayPaid {
    verifier: Who,
    paid: u128,
}

/// `Poai::VerifierRegistered`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct VerifierRegistered {
    verifier: Who,
    bond: u128,
}

/// `Poai::VerifierSilent`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct VerifierSilent {
    verifier: Who,
    fined: u128,
}

/// `Poai::SlashTaken`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct SlashTaken {
    offender: Who,
    amount: u128,
}

/// `Compute::JobAttested`.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct JobAttested {
    audit_fee: u128,
}

/// A job's report and whose job it was.
struct Done {
    client: &'static str,
    report: Value,
}

impl Done {
    fn job(&self) -> Result<u64> {
        self.report["job"].as_u64().with_context(|| format!("no job in {}", self.report))
    }

    fn block(&self, which: &str) -> Result<u64> {
        let block = self.report["blocks"][which]["number"].as_u64();
        block.with_context(|| format!("no block {which} in {}", self.report))
    }

    /// What it brought the client, wei.
    fn balance(&self) -> Result<i128> {
        let credits = |path: &str| -> Result<i128> {
            let text = self.report["credits"].pointer(path).and_then(Value::as_str);
            Ok(text.with_context(|| format!("no {path} in {}", self.report))?.parse()?)
        };
        let spent = ["/purchase/paid", "/transactionFee", "/penalty", "/auditFee"].map(credits);
        let spent = spent.into_iter().sum::<Result<i128>>()?;
        Ok(credits("/refunded")? + credits("/compensation")? - spent)
    }
}

/// Four validators on which every job is audited. Workers, verifiers and clients are attached to different ones.
struct Scene {
    mesh: Mesh,
    /// Of the first.
    connection: Connection,
    ferdie: Worker,
    forger: Loop,
    verifiers: [Worker; 2],
    liar: Loop,
    /// Where they keep what they must not forget.
    _folders: [TempDir; 5],
}

impl Scene {
    async fn start() -> Result<Self> {
        let (slot_ms, epoch_slots, divisor) = CLOCK;
        let mut genesis = Genesis::of("local")?.clock(slot_ms, epoch_slots, divisor)?.audited()?;
        // Fees are made for one audit in ten jobs: where every job is audited, the pot needs more to pay everybody.
        genesis = genesis.endowed(&pot().into(), 10 * AI)?;
        for account in verifiers::accounts()? {
            genesis = genesis.endowed(&account.id(), ENDOWMENT)?;
        }
        for client in CLIENTS {
            genesis = genesis.endowed(&Account::from_suri(client)?.id(), 10_000 * AI)?;
        }
        let mesh = Mesh::start(genesis).await?;
        let [first, second, third, _] = &mesh.nodes;
        let folders: Vec<TempDir> = (0..5).map(|_| tempfile::tempdir()).collect::<Result<_, _>>()?;
        let [a, b, c, d, e] = <[TempDir; 5]>::try_from(folders).ok().context("five folders")?;
        let half = LIAR / 2;
        let verifiers = [verifiers::attach(a.path(), first, 0..half)?, verifiers::attach(b.path(), third, half..LIAR)?];
        let liar = Loop::liar(&verifiers::suri(LIAR), second, c.path()).await?;
        let ferdie = Worker::attach(d.path(), first)?;
        let forger = Loop::forger("//Eve", second, e.path()).await?;
        for process in &verifiers {
            process.wait_for_log("following the chain", LIMIT).await?;
        }
        ferdie.wait_for_log("following the chain", LIMIT).await?;
        verifiers::join(first).await?;
        let connection = connect(first).await?;
        Ok(Self { mesh, connection, ferdie, forger, verifiers, liar, _folders: [a, b, c, d, e] })
    }

    fn logs(&self) -> String {
        let workers = self.verifiers.iter().chain([&self.ferdie]).map(Worker::log);
        workers.chain(self.mesh.nodes.iter().map(Node::log_tail)).collect::<Vec<_>>().join("\n----\n")
    }

    /// Has a client submit a job through a node, and follows it there to its end.
    async fn job(&self, client: usize, node: usize) -> Result<Done> {
        let client = CLIENTS[client];
        let order = [&ORDER[..], &["--suri", client, "--wait"]].concat();
        let report = on_node(&self.mesh.nodes[node], &["job", "submit"], &order).await;
        let report = report.map_err(|error| error.context(self.logs()))?;
        ensure!(report["discrepancies"].as_array().is_some_and(Vec::is_empty), "{report}");
        Ok(Done { client, report })
    }

    /// Fails unless a job settled after a committee had found it good, as this node tells.
    async fn settled(&self, done: &Done, node: usize) -> Result<()> {
        ensure!(done.report["status"] == "Settled", "{}\n{}", done.report, self.logs());
        let verdict = self.mesh.nodes[node].call("poai_verdicts", rpc_params![done.job()?]).await?;
        ensure!(verdict["verdict"] == "good" && verdict["committee"] == "audit", "{verdict}\n{}", self.logs());
        Ok(())
    }

    async fn accepting(&self, worker: &str, node: usize, takes: bool) -> Result<()> {
        let takes = if takes { "on" } else { "off" };
        on_node(&self.mesh.nodes[node], &["set-accepting"], &[takes, "--suri", worker, "--json"]).await?;
        Ok(())
    }

    async fn slashes(&self) -> Result<Vec<SlashView<AccountId32, u32>>> {
        let best = self.connection.best().await?;
        Ok(self.connection.call("PoaiApi_slashes", 256u32, best.hash()).await?)
    }

    async fn honest_jobs(&self) -> Result<[Done; 2]> {
        let (one, other) = tokio::try_join!(self.job(0, LAST), self.job(1, 2))?;
        self.settled(&one, 0).await?;
        self.settled(&other, 1).await?;
        Ok([one, other])
    }

    /// A job for the forging worker, which the liar finds good.
    async fn forged_job(&self) -> Result<Done> {
        tokio::try_join!(self.accepting("//Ferdie", 0, false), self.accepting("//Eve", 1, true))?;
        let eve = Account::from_suri("//Eve")?.id();
        let best = self.connection.best().await?;
        let before = self.connection.worker(&eve, best.hash()).await?.context("Eve is a worker")?;

        let done = self.job(0, LAST).await?;
        let report = &done.report;
        ensure!(report["status"] == "Slashed" && report["reason"] == "Forged", "{report}\n{}", self.logs());
        let verdict = self.mesh.nodes[2].call("poai_verdicts", rpc_params![done.job()?]).await?;
        ensure!(verdict["verdict"] == "bad" && verdict["committee"] == "appeal", "{verdict}\n{}", self.logs());

        // Eve's half and the liar's tenth are frozen.
        let slashes = self.slashes().await?;
        let of = |offence| slashes.iter().find(move |slash| slash.offence == offence);
        let (forgery, lie) = (of(Offence::Forgery).context("a forgery")?, of(Offence::FalseVerdict).context("a lie")?);
        ensure!(slashes.len() == 2 && forgery.job == done.job()? && lie.job == done.job()?, "{slashes:?}");
        assert_eq!((&forgery.offender, forgery.amount.0), (&eve, before.bond.0 / 2));
        let liar = Account::from_suri(&verifiers::suri(LIAR))?.id();
        assert_eq!((&lie.offender, lie.amount.0), (&liar, BOND / 10));
        Ok(done)
    }

    /// Eve is let near no job, not even as a client.
    async fn denied(&self) -> Result<()> {
        let best = self.connection.best().await?;
        let eve = Account::from_suri("//Eve")?.id();
        let until: Option<u32> = self.connection.call("PoaiApi_denied_until", &eve, best.hash()).await?;
        ensure!(until.is_some_and(|until| until > best.number), "{until:?}");
        let order = [&ORDER[..], &["--suri", "//Eve"]].concat();
        let refused = on_node(&self.mesh.nodes[1], &["job", "submit"], &order).await.err().context("it is denied")?;
        ensure!(format!("{refused:#}").contains("Denied"), "{refused:#}");
        Ok(())
    }

    /// A job that is under way when the last validator is cut off, and one that is submitted there meanwhile.
    async fn jobs_across_a_cut(&self) -> Result<[Done; 2]> {
        let Mesh { nodes, wire, .. } = &self.mesh;
        let (first, last) = (&nodes[0], &nodes[LAST]);
        let before = async {
            let ferdie = Account::from_suri("//Ferdie")?.id();
            until("a job for Ferdie", LIMIT, || async {
                let best = self.connection.best().await?;
                Ok((!self.connection.jobs_of(&ferdie, best.hash()).await?.is_empty()).then_some(()))
            })
            .await?;
            // A day is over before all is done, and then Eve would be drawn again.
            self.accepting("//Eve", 1, false).await?;
            wire.cut();
            until("the last validator's being alone", LIMIT, || async {
                Ok(neighbours(last).await?.is_empty().then_some(()))
            })
            .await?;
            // It goes on writing blocks, from some point on its own, with a job in them that nobody else hears of.
            until("a fork", LIMIT, || async {
                let forked = last.best().await?.min(first.best().await?);
                Ok((hash(last, forked).await? != hash(first, forked).await?).then_some(()))
            })
            .await?;
            let there = Chain::connect(last).await?;
            let client = Account::from_suri(CLIENTS[1])?.id();
            let client = Who(*client.as_ref());
            let (nonce, _) = there.account(&client, last.best().await?).await?;
            let apart = async {
                let forked = until("the job on the fork", LIMIT, || async {
                    let best = last.best().await?;
                    Ok((there.account(&client, best).await?.0 > nonce).then_some(best))
                });
                let forked = forked.await.map_err(|error| error.context(last.log_tail()))?;
                let (on_fork, stalled) = (hash(last, forked).await?, last.finalized().await?);
                first.wait_for_final(forked.max(stalled + APART), LIMIT).await?;
                let on_chain = hash(first, forked).await?;
                ensure!(on_fork != on_chain, "block {forked} is {on_chain} everywhere");
                let still = last.finalized().await?;
                ensure!(still == stalled, "block {still} became final for a validator that is alone, after {stalled}");
                ensure!(neighbours(last).await?.is_empty(), "the cable is cut");

                wire.mend();
                connected(last, LAST as u64).await?;
                let height = first.finalized().await? + 1;
                last.wait_for_final(height, LIMIT).await?;
                assert_eq!(hash(last, forked).await?, on_chain, "the fork is given up");
                Ok(())
            };
            let (done, ()) = tokio::try_join!(self.job(1, LAST), apart)?;
            Ok(done)
        };
        let (under_way, submitted_apart) = tokio::try_join!(self.job(0, 2), before)?;
        for done in [&under_way, &submitted_apart] {
            self.settled(done, LAST).await?;
        }
        Ok([under_way, submitted_apart])
    }

    /// Waits until all that has happened is final everywhere, and checks that it is the same and sound. Returns the last block.
    async fn agree(&self) -> Result<u64> {
        let end = self.mesh.nodes[0].best().await?;
        let heights: Vec<u64> = (0..=end).collect();
        let mut chains = Vec::new();
        for node in &self.mesh.nodes {
            node.wait_for_final(end, LIMIT).await?;
            node.call("invariants_check", rpc_params![1]).await?;
            chains.push(node.call("chain_getBlockHash", rpc_params![&heights]).await?);
        }
        ensure!(chains.iter().all(|chain| *chain == chains[0]), "the nodes have different blocks");
        Ok(end)
    }

    async fn end(self) -> Result<()> {
        self.forger.stop().await?;
        self.liar.stop().await?;
        for process in self.verifiers.into_iter().chain([self.ferdie]) {
            assert!(process.stop().await?.success());
        }
        for status in futures::future::try_join_all(self.mesh.nodes.map(Node::stop)).await? {
            assert!(status.success());
        }
        Ok(())
    }
}

async fn hash(node: &Node, number: u64) -> Result<Value> {
    node.call("chain_getBlockHash", rpc_params![number]).await
}

/// What accounts should have gained, wei: free and held.
#[derive(Default)]
struct Gains(BTreeMap<[u8; 32], (i128, i128)>);

impl Gains {
    fn free(&mut self, who: [u8; 32], amount: i128) {
        self.0.entry(who).or_default().0 += amount;
    }

    fn held(&mut self, who: [u8; 32], amount: i128) {
        self.0.entry(who).or_default().1 += amount;
    }

    /// What the protocol's events, and the clients' reports, say that its parties have gained. Pools and treasury are left out.
    fn of_parties(history: &History, jobs: &[Done]) -> Result<Self> {
        let mut gains = Self::default();
        for done in jobs {
            gains.free(Account::from_suri(done.client)?.id().into(), done.balance()?);
        }
        let clients: Vec<[u8; 32]> = gains.0.keys().copied().collect();
        for FeePaid { who, actual_fee, .. } in history.all("TransactionPayment", "TransactionFeePaid")? {
            // Those of clients are in the reports.
            if !clients.contains(&who.0) {
                gains.free(who.0, -(actual_fee as i128));
            }
        }
        for ReplayPaid { verifier, paid } in history.all("Poai", "ReplayPaid")? {
            gains.free(verifier.0, paid as i128);
            gains.free(pot(), -(paid as i128));
        }
        for JobAttested { audit_fee } in history.all("Compute", "JobAttested")? {
            gains.free(pot(), audit_fee as i128);
        }
        for VerifierRegistered { verifier, bond } in history.all("Poai", "VerifierRegistered")? {
            gains.free(verifier.0, -(bond as i128));
            gains.held(verifier.0, bond as i128);
        }
        for VerifierSilent { verifier, fined } in history.all("Poai", "VerifierSilent")? {
            gains.held(verifier.0, -(fined as i128));
        }
        for SlashTaken { offender, amount } in history.all("Poai", "SlashTaken")? {
            gains.held(offender.0, -(amount as i128));
        }
        for Failed { worker, compensation, .. } in history.all("Compute", "JobFailed")? {
            gains.held(worker.0, -(compensation as i128));
        }
        for Settled { worker, earned, .. } in history.all("Compute", "JobSettled")? {
            gains.free(worker.0, earned.credits as i128);
        }
        Ok(gains)
    }
}

/// Checks what everybody has after block `end` against what they had in the genesis and the events since.
async fn reconcile(chain: &Chain, end: u64, jobs: &[Done]) -> Result<()> {
    let (before, after) = (chain.ledger(0).await?, chain.ledger(end).await?);
    let history = chain.history(1, end).await?;
    before.check_sum()?;
    after.check_sum()?;
    after.check_same(&before.clone().follow(&history)?)?;

    let gained = |who: &[u8; 32]| {
        let (before, after) = (before.of(who), after.of(who));
        (after.free as i128 - before.free as i128, after.reserved as i128 - before.reserved as i128)
    };
    for (who, expected) in &Gains::of_parties(&history, jobs)?.0 {
        assert_eq!(gained(who), *expected, "{}", AccountId32::new(*who));
    }

    // Of every fee a part is burned, and the rest is the author's.
    let fees: Vec<FeePaid> = history.all("TransactionPayment", "TransactionFeePaid")?;
    let (mut burned, mut rewards) = (0, 0);
    for FeePaid { actual_fee, .. } in &fees {
        let part = actual_fee * BURNED_PERCENT / 100;
        burned += part;
        rewards += (actual_fee - part) as i128;
    }
    let mut validators = 0;
    for name in mesh::VALIDATORS {
        let who: [u8; 32] = Account::from_suri(&format!("//{name}"))?.id().into();
        validators += gained(&who).0;
    }
    assert_eq!(validators, rewards, "the validators");

    // Nothing is minted. Besides, a part of every trade's fee is burned, and what was taken from whoever failed.
    burned += history.all("Poai", "SlashTaken")?.into_iter().map(|SlashTaken { amount, .. }| amount).sum::<u128>();
    burned +=
        history.all("Poai", "VerifierSilent")?.into_iter().map(|VerifierSilent { fined, .. }| fined).sum::<u128>();
    burned += history.all("Hmm", "Traded")?.into_iter().map(|Traded { fee, .. }| fee.burned).sum::<u128>();
    burned += history.all("Compute", "JobRefunded")?.into_iter().map(|Refunded { burned, .. }| burned).sum::<u128>();
    assert_eq!(before.issuance() - after.issuance(), burned, "what was burned");
    told(&before, &after, &history)
}

/// Prints the sums, so that who reads the test's output sees what was at stake.
fn told(before: &Ledger, after: &Ledger, history: &History) -> Result<()> {
    let settled: Vec<Settled> = history.all("Compute", "JobSettled")?;
    let taken: Vec<SlashTaken> = history.all("Poai", "SlashTaken")?;
    let silent: Vec<VerifierSilent> = history.all("Poai", "VerifierSilent")?;
    println!("{} wei at first, {} at last; {} jobs settled", before.issuance(), after.issuance(), settled.len());
    println!("slashes taken: {taken:?}; silent verifiers: {silent:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_nodes_should_agree_to_the_wei_when_some_cheat_and_one_is_cut_off() -> Result<()> {
    let since = Instant::now();
    let done = |what: &str| println!("{:>4} s: {what}", since.elapsed().as_secs());
    let scene = Scene::start().await?;
    done("four validators, ten verifiers and two workers are up");
    let mut jobs = Vec::from(scene.honest_jobs().await?);
    done("two honest jobs settled");
    let forged = scene.forged_job().await?;
    done("a forged job is condemned, and a lie about it found");

    // Both say that they take jobs, and only Ferdie is left to draw.
    tokio::try_join!(scene.denied(), scene.accepting("//Ferdie", 0, true))?;
    let condemned = forged.block("ended")?;
    jobs.push(forged);
    jobs.extend(scene.jobs_across_a_cut().await?);
    done("two jobs settled across a cut that healed");

    until("the slashes' being taken", LIMIT, || async { Ok(scene.slashes().await?.is_empty().then_some(())) }).await?;
    done("both slashes are taken");
    let end = scene.agree().await?;
    // As the validator tells it that was cut off.
    let chain = Chain::connect(&scene.mesh.nodes[LAST]).await?;
    let draws: Vec<Assigned> = chain.events("Compute", "JobAssigned", condemned + 1, end).await?;
    let ferdie = Account::from_suri("//Ferdie")?.id();
    let next = draws.first().context("jobs were drawn for")?;
    ensure!(next.candidates == 1 && next.worker.0 == <[u8; 32]>::from(ferdie), "{draws:?}");
    reconcile(&chain, end, &jobs).await?;
    done("all agree, to the wei");
    scene.end().await
}
