//! The worker loop against a chain in memory: what it sends, how often, and what it does when things go wrong.

mod admission;
mod chain;
mod finished;
mod proof;
mod registration;
mod runner;
mod sealed;
mod session;
mod store;

use chain::{Call, TestChain};
use hanzo_inference::sealing::SealingKey;
use hanzo_inference::worker::chain::ChainError;
use hanzo_inference::worker::stats::Stats;
use hanzo_inference::worker::store::Store;
use hanzo_inference::worker::{chain::Chain, Worker};
use hanzo_poai::JobStatus;
use runner::{Gate, TestRunner};
use sp_core::{sr25519, Pair};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const PROMPT: &[u8] = b"Q: 3 plus 4";

fn session() -> sr25519::Pair {
    sr25519::Pair::from_string("//Ferdie//session", None).unwrap()
}

/// A worker process: its loop, its engine, and how to end it.
struct Process {
    runner: Arc<TestRunner>,
    stats: Arc<Stats>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ChainError>>,
}

impl Process {
    fn start(chain: &Arc<TestChain>, directory: &Path, gate: Gate) -> Self {
        Self::start_with(chain, directory, TestRunner::new(gate))
    }

    fn start_with(chain: &Arc<TestChain>, directory: &Path, runner: TestRunner) -> Self {
        Self::start_as(chain, directory, runner, session())
    }

    fn start_as(chain: &Arc<TestChain>, directory: &Path, runner: TestRunner, session: sr25519::Pair) -> Self {
        Self::start_to(chain, directory, runner, session, None)
    }

    /// One that takes sealed jobs too.
    fn start_sealing(
        chain: &Arc<TestChain>,
        directory: &Path,
        runner: TestRunner,
        session: sr25519::Pair,
        key: SealingKey,
    ) -> Self {
        Self::start_to(chain, directory, runner, session, Some(key))
    }

    fn start_to(
        chain: &Arc<TestChain>,
        directory: &Path,
        runner: TestRunner,
        session: sr25519::Pair,
        key: Option<SealingKey>,
    ) -> Self {
        let (runner, stats) = (Arc::new(runner), Arc::new(Stats::default()));
        let store = Store::open(directory, chain.genesis()).unwrap();
        let worker = Worker::new(chain.clone(), runner.clone(), Arc::new(session), store, stats.clone());
        let worker = match key {
            Some(key) => worker.with_sealing(key),
            None => worker,
        };
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(worker.serve(async {
            let _ = stopped.await;
        }));
        Self { runner, stats, stop, task }
    }

    /// Ends it as SIGTERM does.
    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap().unwrap();
    }

    /// Ends it as SIGKILL does.
    async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
        self.runner.set(Gate::Gone);
    }
}

fn scene() -> (Arc<TestChain>, TempDir) {
    let chain = Arc::new(TestChain::new(session().public()));
    chain.add_blob(PROMPT);
    (chain, tempfile::tempdir().unwrap())
}

/// Whether a worker has the input of such a job and has not yet said yes to it: blocks need not wait for the one that reads.
fn is_reading(calls: &[Call], of: impl Fn(&u64) -> bool) -> bool {
    let fetched = |call: &Call| matches!(call, Call::Fetch(job) if of(job));
    let accepted = |call: &Call| matches!(call, Call::Accept(job) if of(job));
    calls.iter().rposition(fetched).is_some_and(|fetch| calls.iter().rposition(accepted) < Some(fetch))
}

/// Seals blocks until every job is attested; fails after far more than it should take.
async fn until_attested(chain: &TestChain) {
    for _ in 0..40 {
        let jobs = chain.ledger().jobs;
        if jobs.values().all(|job| job.status == JobStatus::Attested) {
            return;
        }
        if jobs.values().any(|job| job.status == JobStatus::Accepted) {
            chain.wait_for_attestation().await;
        }
        let assigned = |id: &u64| jobs.get(id).is_some_and(|job| job.status == JobStatus::Assigned);
        chain.wait_for(|calls| !is_reading(calls, assigned)).await;
        chain.seal_many(1).await;
    }
    panic!("not attested; calls: {:#?}, refused: {:?}", chain.calls(), chain.refused());
}

async fn attest_was_sent(chain: &TestChain, times: usize) {
    chain.wait_for(|calls| calls.iter().filter(|call| matches!(call, Call::Attest(..))).count() >= times).await;
}

async fn accept_was_sent(chain: &TestChain) {
    chain.wait_for(|calls| calls.contains(&Call::Accept(0))).await;
}

/// A worker that has accepted job 0.
async fn accepted(chain: &Arc<TestChain>, directory: &Path, gate: Gate) -> Process {
    let worker = Process::start(chain, directory, gate);
    chain.draw(0, PROMPT);
    accept_was_sent(chain).await;
    chain.seal();
    worker
}

/// A worker in the midst of running job 0.
async fn in_a_run(chain: &Arc<TestChain>, directory: &Path) -> Process {
    let worker = accepted(chain, directory, Gate::Closed).await;
    worker.runner.wait_for_runs(1).await;
    worker
}

#[tokio::test]
async fn worker_should_accept_and_attest_once_each_when_a_job_is_drawn() {
    let (chain, directory) = scene();
    let worker = accepted(&chain, directory.path(), Gate::Open).await;
    attest_was_sent(&chain, 1).await;
    chain.seal_many(30).await;
    assert_eq!((chain.accepts(), chain.attests().len(), worker.runner.runs()), (1, 1, 1));
    assert_eq!(chain.status(0), JobStatus::Attested);
    assert_eq!(chain.refused(), Vec::<String>::new());
    let output: Vec<u8> = PROMPT.iter().rev().copied().collect();
    let posted = Call::Post(hanzo_inference::hash::blake2_256(&output));
    assert_eq!(chain.calls().iter().filter(|call| **call == posted).count(), 1);
    assert_eq!(Stats::get(&worker.stats.tokens), PROMPT.len() as u64);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_send_the_same_bytes_again_when_restarted_between_computing_and_attesting() {
    let (chain, directory) = scene();
    let worker = accepted(&chain, directory.path(), Gate::Open).await;
    chain.lose_transactions(true);
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    worker.kill().await;

    chain.lose_transactions(false);
    let again = Process::start(&chain, directory.path(), Gate::Open);
    attest_was_sent(&chain, 2).await;
    chain.settle().await;
    assert_eq!(chain.status(0), JobStatus::Attested);
    let sent = chain.attests();
    assert_eq!(sent[0], sent[1], "another signature is another attestation");
    assert_eq!(again.runner.runs(), 0);
    again.stop().await;
}

#[tokio::test]
async fn worker_should_compute_again_when_killed_before_the_end_of_a_run() {
    let (chain, directory) = scene();
    let worker = in_a_run(&chain, directory.path()).await;
    worker.kill().await;

    let again = Process::start(&chain, directory.path(), Gate::Open);
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    assert_eq!((chain.status(0), chain.accepts(), again.runner.runs()), (JobStatus::Attested, 1, 1));
    again.stop().await;
}

#[tokio::test]
async fn worker_should_accept_only_once_the_input_is_there_and_ask_for_it_once_a_block() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.draw(0, b"not here yet");
    chain.seal_many(5).await;
    let asked = chain.calls().iter().filter(|call| **call == Call::Fetch(0)).count();
    assert!((1..=7).contains(&asked), "asked {asked} times in 7 blocks");
    assert_eq!(chain.accepts(), 0);
    chain.add_blob(b"not here yet");
    chain.seal();
    chain.seal();
    accept_was_sent(&chain).await;
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_attest_once_when_the_connection_was_lost_while_it_ran() {
    let (chain, directory) = scene();
    let worker = in_a_run(&chain, directory.path()).await;
    chain.disconnect();
    worker.runner.set(Gate::Open);
    chain.seal();
    chain.seal();
    chain.reconnect();
    attest_was_sent(&chain, 1).await;
    chain.seal_many(20).await;
    assert_eq!((chain.status(0), chain.attests().len(), worker.runner.runs()), (JobStatus::Attested, 1, 1));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_sign_anew_without_running_again_when_a_reorganisation_undid_the_acceptance() {
    let (chain, directory) = scene();
    let worker = accepted(&chain, directory.path(), Gate::Open).await;
    chain.lose_transactions(true);
    attest_was_sent(&chain, 1).await;
    chain.lose_transactions(false);
    // Back to the block in which the worker was drawn.
    chain.reorganise(1, |_| {});
    assert_eq!(chain.status(0), JobStatus::Assigned);
    until_attested(&chain).await;
    let sent = chain.attests();
    let (first, last) = (sent.first().unwrap(), sent.last().unwrap());
    assert_eq!(first.0, last.0);
    assert_ne!(first.1, last.1);
    assert_eq!((worker.runner.runs(), chain.accepts()), (1, 2));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_compute_again_when_a_reorganisation_put_another_job_under_the_number() {
    let (chain, directory) = scene();
    chain.add_blob(b"another prompt");
    let worker = accepted(&chain, directory.path(), Gate::Open).await;
    attest_was_sent(&chain, 1).await;
    chain.seal_many(1).await;
    let other = TestChain::new(session().public());
    other.draw(0, b"another prompt");
    let other = other.ledger().jobs[&0].clone();
    chain.reorganise(3, |ledger| {
        ledger.jobs.insert(0, other);
    });
    until_attested(&chain).await;
    let attestation = chain.attests().last().unwrap().0.clone();
    assert_eq!(attestation.input, hanzo_inference::hash::blake2_256(b"another prompt"));
    assert_eq!(worker.runner.runs(), 2);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_stop_the_engine_and_keep_nothing_when_shut_down_in_a_run() {
    let (chain, directory) = scene();
    let worker = in_a_run(&chain, directory.path()).await;
    let runner = worker.runner.clone();
    worker.stop().await;
    assert_eq!(runner.cancelled(), 1);
    assert_eq!(Store::open(directory.path(), chain.genesis()).unwrap().iter().count(), 0);
}

#[tokio::test]
async fn worker_should_stop_the_engine_when_it_is_dropped_in_a_run() {
    let (chain, directory) = scene();
    let worker = in_a_run(&chain, directory.path()).await;
    worker.task.abort();
    worker.runner.wait_for_cancelled(1).await;
}

#[tokio::test]
async fn worker_should_read_an_input_once_and_not_on_the_thread_of_its_loop() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.draw(0, PROMPT);
    until_attested(&chain).await;
    // The runtime of a test has one thread, this one: the loop can be on no other.
    let own = std::thread::current().id();
    let readers = worker.runner.readers.lock().unwrap().clone();
    assert_eq!(readers.len(), 1);
    assert_ne!(readers[0], own);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_give_up_when_it_cannot_run_a_job_it_has_accepted_before() {
    let (chain, directory) = scene();
    let worker = in_a_run(&chain, directory.path()).await;
    worker.kill().await;

    let mut runner = TestRunner::new(Gate::Open);
    runner.takes = false;
    let again = Process::start_with(&chain, directory.path(), runner);
    let fetched = |calls: &[Call]| calls.iter().filter(|call| **call == Call::Fetch(0)).count();
    chain.wait_for(|_| Stats::get(&again.stats.failed) > 0).await;
    chain.seal_many(10).await;
    assert_eq!((fetched(&chain.calls()), chain.attests().len(), again.runner.runs()), (2, 0, 0));
    assert_eq!((Stats::get(&again.stats.failed), Stats::get(&again.stats.declined)), (1, 0));
    again.stop().await;
}

#[tokio::test]
async fn worker_should_stop_a_run_whose_deadline_has_passed() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Closed);
    chain.draw_until(0, PROMPT, 6);
    accept_was_sent(&chain).await;
    chain.seal();
    worker.runner.wait_for_runs(1).await;
    chain.seal_many(8).await;
    // The engine is free again: the next job is run.
    chain.draw(1, PROMPT);
    chain.wait_for(|calls| calls.contains(&Call::Accept(1))).await;
    chain.seal();
    worker.runner.wait_for_runs(2).await;
    assert_eq!(worker.runner.cancelled(), 1);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_send_again_when_a_transaction_was_lost() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.lose_transactions(true);
    chain.draw(0, PROMPT);
    accept_was_sent(&chain).await;
    chain.seal_many(8).await;
    assert_eq!(chain.accepts(), 1, "not again at once");
    chain.lose_transactions(false);
    until_attested(&chain).await;
    assert_eq!(chain.accepts(), 2);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_end_with_both_hashes_when_the_node_is_on_another_chain() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.seal_many(1).await;
    chain.become_another();
    let error = worker.task.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("0x0808") && error.contains("0x0909"), "{error}");
}
