//! Results of jobs that are no longer open: kept and delivered while somebody can ask for them, then dropped.

use super::chain::{job, Call, TestChain, WINDOW};
use super::runner::Gate;
use super::{attest_was_sent, in_a_run, scene, until_attested, Process, PROMPT};
use hanzo_inference::worker::stats::Stats;
use hanzo_poai::{JobId, JobStatus};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// Where the results of the test's chain lie.
fn results(directory: &TempDir) -> PathBuf {
    directory.path().join("0909090909090909")
}

/// Results on disk, beside the lock.
fn kept(directory: &TempDir) -> usize {
    std::fs::read_dir(results(directory)).unwrap().count() - 1
}

/// The client demands the output, to be delivered by this block.
fn demand(chain: &TestChain, job: JobId, by: u32) {
    chain.change(|ledger| {
        if let Some(attestation) = ledger.attestations.get_mut(&job) {
            attestation.deliver_by = Some(by);
        }
    });
}

async fn delivery_was_sent(chain: &TestChain, job: JobId) {
    chain.wait_for(|calls| calls.iter().any(|call| matches!(call, Call::Deliver(id, _) if *id == job))).await;
}

/// A worker that has attested so many jobs.
async fn attested(chain: &Arc<TestChain>, directory: &TempDir, jobs: u64) -> Process {
    let worker = Process::start(chain, directory.path(), Gate::Open);
    chain.change(|ledger| ledger.jobs.extend((0..jobs).map(|id| (id, job(id, PROMPT, 1_000)))));
    until_attested(chain).await;
    worker
}

#[tokio::test]
async fn worker_should_deliver_the_output_once_when_it_is_demanded() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.draw(0, PROMPT);
    until_attested(&chain).await;
    let by = chain.seal().number + WINDOW;
    demand(&chain, 0, by);
    delivery_was_sent(&chain, 0).await;
    chain.seal_many(15).await;
    let tokens: Vec<u32> = PROMPT.iter().rev().copied().map(u32::from).collect();
    assert_eq!(chain.ledger().delivered[&0], tokens);
    assert_eq!(chain.calls().iter().filter(|call| matches!(call, Call::Deliver(..))).count(), 1);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_forget_a_result_only_long_after_the_chain_has() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.draw(0, PROMPT);
    until_attested(&chain).await;
    assert_eq!(kept(&directory), 1);
    chain.change(|ledger| ledger.attestations.clear());
    chain.seal_many(60).await;
    assert_eq!(kept(&directory), 1);
    chain.seal_many(100).await;
    assert_eq!(kept(&directory), 0);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_forget_a_result_when_its_window_is_over_on_the_finalized_chain() {
    let (chain, directory) = scene();
    chain.set_lag(20);
    let worker = attested(&chain, &directory, 1).await;
    let settles_at = chain.ledger().attestations[&0].settles_at;
    while chain.seal().number < settles_at + 19 {}
    chain.settle().await;
    assert_eq!(kept(&directory), 0);
    let looks = chain.looks();
    chain.seal_many(30).await;
    assert_eq!((chain.looks(), chain.attests().len()), (looks, 1));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_keep_a_result_when_its_window_is_over_and_nothing_is_final() {
    let (chain, directory) = scene();
    chain.set_lag(u32::MAX);
    let worker = attested(&chain, &directory, 1).await;
    chain.seal_many(WINDOW + 150).await;
    assert_eq!(kept(&directory), 1);
    // A reorganisation may still bring the demand.
    let by = chain.seal().number + WINDOW;
    demand(&chain, 0, by);
    delivery_was_sent(&chain, 0).await;
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_keep_a_result_when_its_output_is_demanded_to_the_end_of_the_window() {
    let (chain, directory) = scene();
    let worker = attested(&chain, &directory, 1).await;
    chain.lose_transactions(true);
    demand(&chain, 0, chain.seal().number + 50);
    chain.seal_many(WINDOW + 10).await;
    assert_eq!(kept(&directory), 1);
    chain.lose_transactions(false);
    chain.seal_many(15).await;
    assert!(chain.ledger().delivered.contains_key(&0));
    assert_eq!(kept(&directory), 0, "delivered, and the window over");
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_look_at_few_finished_jobs_a_block_and_still_deliver_when_there_are_many() {
    const JOBS: u64 = 60;
    let (chain, directory) = scene();
    chain.set_lag(u32::MAX);
    let worker = attested(&chain, &directory, JOBS).await;
    chain.settle().await;
    let (before, blocks) = (chain.looks(), 30);
    chain.seal_many(blocks).await;
    let looks = chain.looks() - before;
    // Over by now, each is looked at on the best block and on the last final one.
    assert!(looks <= 2 * 16 * blocks as usize, "{looks} looks in {blocks} blocks");
    for job in [0, JOBS / 2, JOBS - 1] {
        demand(&chain, job, chain.seal().number + 50);
        chain.seal_many(4).await;
        delivery_was_sent(&chain, job).await;
    }
    worker.stop().await;

    chain.set_lag(0);
    let again = Process::start(&chain, directory.path(), Gate::Open);
    chain.seal_many(JOBS as u32 / 16 + 20).await;
    assert_eq!((kept(&directory), chain.attests().len(), again.runner.runs()), (0, JOBS as usize, 0));
    assert_eq!(chain.refused(), Vec::<String>::new());
    again.stop().await;
}

#[tokio::test]
async fn worker_should_attest_once_it_can_keep_the_result_when_the_disk_was_full() {
    let (chain, directory) = scene();
    let worker = in_a_run(&chain, directory.path()).await;
    // As good as full: nothing can be written.
    std::fs::remove_dir_all(results(&directory)).unwrap();
    worker.runner.set(Gate::Open);
    chain.seal_many(5).await;
    assert_eq!((chain.attests().len(), Stats::get(&worker.stats.failed)), (0, 0));
    std::fs::create_dir(results(&directory)).unwrap();
    chain.seal_many(1).await;
    attest_was_sent(&chain, 1).await;
    chain.settle().await;
    assert_eq!((chain.status(0), worker.runner.runs()), (JobStatus::Attested, 1));
    assert_eq!(Stats::get(&worker.stats.finished), 1);
    worker.stop().await;
}
