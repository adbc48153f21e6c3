//! Jobs that a worker does not accept: it says so, once, and others get them.

use super::chain::{job as job_until, Call, TestChain};
use super::runner::{Gate, TestRunner};
use super::{in_a_run, scene, until_attested, Process, PROMPT};
use crate::common::tiny_with_bos;
use hanzo_inference::worker::chain::{Chain, Job};
use hanzo_inference::worker::pace::Pace;
use hanzo_inference::worker::runner::{EngineRunner, Runner};
use hanzo_inference::worker::stats::Stats;
use hanzo_inference::worker::store::Store;
use hanzo_inference::worker::{Worker, DEFAULT_MIN_VALUE};
use hanzo_poai::JobId;
use sp_core::Pair;
use std::sync::Arc;

/// A tenth of a second for an output token: the 100 of a job take 10 s, for which 10 blocks must be left.
const SLOW: Pace = Pace { prompt: 0.0, output: 0.1 };

fn runner(gate: Gate, pace: Option<Pace>) -> TestRunner {
    let mut runner = TestRunner::new(gate);
    runner.pace = pace;
    runner
}

async fn decline_was_sent(chain: &TestChain, job: JobId) {
    chain.wait_for(|calls| calls.contains(&Call::Decline(job))).await;
}

fn job(id: JobId, prompt: &[u8]) -> Job {
    job_until(id, prompt, 1_000)
}

/// Draws the worker for exactly this job.
fn draw_as(chain: &TestChain, job: Job) {
    chain.change(|ledger| {
        ledger.jobs.insert(job.id, job);
    });
}

/// Draws the worker for a job that it has to accept within so many blocks.
fn draw_for(chain: &TestChain, job: JobId, prompt: &[u8], blocks: u32) {
    let now = chain.seal().number;
    chain.draw(job, prompt);
    chain.change(|ledger| {
        if let Some(job) = ledger.jobs.get_mut(&job) {
            job.accept_by = Some(now + blocks);
        }
    });
}

#[tokio::test]
async fn worker_should_decline_once_when_it_cannot_run_the_job() {
    let (chain, directory) = scene();
    let mut unfit = TestRunner::new(Gate::Open);
    unfit.takes = false;
    let worker = Process::start_with(&chain, directory.path(), unfit);
    chain.draw(0, PROMPT);
    decline_was_sent(&chain, 0).await;
    chain.seal_many(30).await;
    assert_eq!((chain.accepts(), chain.declines(), Stats::get(&worker.stats.declined)), (0, 1, 1));
    assert_eq!((chain.ledger().declined, chain.refused()), (vec![0], vec![]));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_again_when_that_was_lost_and_count_it_once() {
    let (chain, directory) = scene();
    let mut unfit = TestRunner::new(Gate::Open);
    unfit.takes = false;
    let worker = Process::start_with(&chain, directory.path(), unfit);
    chain.lose_transactions(true);
    chain.draw(0, PROMPT);
    decline_was_sent(&chain, 0).await;
    chain.seal_many(8).await;
    assert_eq!(chain.declines(), 1, "not again at once");
    chain.lose_transactions(false);
    chain.seal_many(8).await;
    assert_eq!((chain.declines(), Stats::get(&worker.stats.declined)), (2, 1));
    assert_eq!(chain.ledger().declined, [0]);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_three_blocks_before_the_end_when_the_input_is_still_missing() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    draw_for(&chain, 0, b"nowhere", 9);
    let last = chain.ledger().jobs[&0].accept_by.unwrap();
    while chain.seal().number < last - 4 {}
    chain.wait_for(|calls| calls.contains(&Call::Read(last - 4))).await;
    assert_eq!((chain.declines(), Stats::get(&worker.stats.declined)), (0, 0));
    chain.seal_many(2).await;
    decline_was_sent(&chain, 0).await;
    chain.seal_many(5).await;
    assert_eq!((chain.accepts(), chain.declines(), Stats::get(&worker.stats.declined)), (0, 1, 1));
    assert_eq!(chain.ledger().declined, [0]);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_long_before_the_end_when_the_input_stays_missing() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    draw_for(&chain, 0, b"nowhere", 100);
    chain.wait_for(|calls| calls.contains(&Call::Fetch(0))).await;
    chain.seal_many(7).await;
    assert_eq!((chain.declines(), Stats::get(&worker.stats.declined)), (0, 0));
    chain.seal_many(2).await;
    decline_was_sent(&chain, 0).await;
    chain.seal_many(5).await;
    assert_eq!((chain.accepts(), chain.declines(), Stats::get(&worker.stats.declined)), (0, 1, 1));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_without_fetching_when_the_job_is_worth_too_little() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    draw_as(&chain, Job { value: (DEFAULT_MIN_VALUE - 1).into(), ..job(0, PROMPT) });
    decline_was_sent(&chain, 0).await;
    assert!(!chain.calls().contains(&Call::Fetch(0)));
    draw_as(&chain, Job { value: DEFAULT_MIN_VALUE.into(), ..job(1, PROMPT) });
    chain.wait_for(|calls| calls.contains(&Call::Accept(1))).await;
    assert_eq!((chain.declines(), Stats::get(&worker.stats.declined)), (1, 1));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_what_its_engine_would_fail_at_when_a_prompt_has_no_token() {
    let (chain, directory) = scene();
    chain.add_blob(b"");
    let runner = Arc::new(EngineRunner::new(Arc::new(tiny_with_bos(None)), None));
    let (stats, model) = (Arc::new(Stats::default()), runner.model());
    let store = Store::open(directory.path(), chain.genesis()).unwrap();
    let worker = Worker::new(chain.clone(), runner, Arc::new(super::session()), store, stats.clone());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(worker.serve(async {
        let _ = stopped.await;
    }));
    draw_as(&chain, Job { model, ..job(0, b"") });
    decline_was_sent(&chain, 0).await;
    chain.settle().await;
    assert_eq!((chain.accepts(), Stats::get(&stats.declined), Stats::get(&stats.failed)), (0, 1, 0));
    stop.send(()).unwrap();
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn worker_should_say_nothing_when_the_time_to_accept_is_over() {
    let (chain, directory) = scene();
    draw_for(&chain, 0, b"nowhere", 2);
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.seal_many(15).await;
    assert_eq!((chain.accepts(), chain.declines(), Stats::get(&worker.stats.declined)), (0, 0, 0));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_when_the_job_cannot_be_done_before_its_deadline() {
    let (chain, directory) = scene();
    let worker = Process::start_with(&chain, directory.path(), runner(Gate::Open, Some(SLOW)));
    chain.draw_until(0, PROMPT, 12);
    decline_was_sent(&chain, 0).await;
    chain.draw_until(1, PROMPT, 30);
    chain.wait_for(|calls| calls.contains(&Call::Accept(1))).await;
    until_attested(&chain).await;
    assert_eq!((chain.ledger().declined, worker.runner.runs()), (vec![0], 1));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_accept_only_what_fits_behind_the_jobs_it_has_accepted() {
    let (chain, directory) = scene();
    let worker = Process::start_with(&chain, directory.path(), runner(Gate::Closed, Some(SLOW)));
    // Drawn together: the first acceptance is in no block yet when the second job is looked at.
    chain.change(|ledger| {
        let other = TestChain::new(super::session().public());
        for id in [0, 1] {
            other.draw_until(id, PROMPT, 20);
        }
        ledger.jobs.extend(other.ledger().jobs);
    });
    chain.wait_for(|calls| calls.iter().any(|call| matches!(call, Call::Accept(_)))).await;
    chain.wait_for(|calls| calls.iter().any(|call| matches!(call, Call::Decline(_)))).await;
    chain.seal();
    worker.runner.wait_for_runs(1).await;
    let number = chain.seal().number;
    chain.draw_until(2, PROMPT, number + 18);
    decline_was_sent(&chain, 2).await;
    chain.draw_until(3, PROMPT, number + 40);
    chain.wait_for(|calls| calls.contains(&Call::Accept(3))).await;
    assert_eq!((chain.accepts(), chain.declines()), (2, 2));

    // What is finished is no longer in the way.
    worker.runner.set(Gate::Open);
    until_attested(&chain).await;
    let number = chain.seal().number;
    chain.draw_until(4, PROMPT, number + 18);
    chain.wait_for(|calls| calls.contains(&Call::Accept(4))).await;
    until_attested(&chain).await;
    assert_eq!((chain.accepts(), chain.declines(), worker.runner.runs()), (3, 2, 3));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_decline_at_last_when_its_speed_cannot_be_measured() {
    let (chain, directory) = scene();
    let worker = Process::start_with(&chain, directory.path(), runner(Gate::Open, None));
    draw_for(&chain, 0, PROMPT, 10);
    chain.seal_many(4).await;
    assert_eq!((chain.accepts(), chain.declines()), (0, 0));
    chain.seal_many(8).await;
    assert_eq!((chain.accepts(), chain.declines(), Stats::get(&worker.stats.declined)), (0, 1, 1));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_go_on_with_what_it_had_accepted_when_its_speed_cannot_be_measured() {
    let (chain, directory) = scene();
    let worker = in_a_run(&chain, directory.path()).await;
    worker.kill().await;
    let again = Process::start_with(&chain, directory.path(), runner(Gate::Open, None));
    until_attested(&chain).await;
    assert_eq!(again.runner.runs(), 1);
    again.stop().await;
}
