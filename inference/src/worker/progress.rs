//! What is under way for an open job, and the tasks that do it.

use crate::engine::Cancel;
use crate::error::{Error, Result};
use crate::worker::chain::{Chain, ChainError, Head, Job};
use crate::worker::runner::{Output, Runner};
use crate::worker::stats::Stats;
use hanzo_poai::JobId;
use std::sync::Arc;
use tokio::sync::{mpsc, Semaphore};

/// What a task reports to the loop.
pub(super) enum Report {
    /// An input was fetched, or not.
    Input { job: JobId, task: u64, input: Result<Vec<u8>, ChainError> },
    /// A run ended.
    Run { job: JobId, task: u64, result: Box<Result<Output>> },
}

impl Report {
    /// The job it is about.
    pub(super) fn job(&self) -> JobId {
        match self {
            Self::Input { job, .. } | Self::Run { job, .. } => *job,
        }
    }
}

/// Where the input of a job is.
enum Input {
    /// Not here; not asked for before this block.
    Absent { retry_at: u32 },
    /// Being fetched by this task.
    Fetching { task: u64 },
    /// Here.
    Here(Arc<Vec<u8>>),
}

/// Where the work on a job stands.
enum Run {
    /// Not begun.
    Idle,
    /// Waiting for the engine or on it, as this task.
    Going { task: u64, cancel: Cancel },
    /// Done, not yet signed.
    Done(Arc<Output>),
    /// It failed; the same input would fail the same way.
    Failed,
}

/// What is under way for an open job.
pub(super) struct Progress {
    /// The job as it was when this began.
    job: Job,
    input: Input,
    run: Run,
    /// Whether it cannot be run here, so is not accepted.
    pub(super) declined: bool,
}

impl Progress {
    /// Nothing yet.
    pub(super) fn new(job: Job) -> Self {
        Self { job, input: Input::Absent { retry_at: 0 }, run: Run::Idle, declined: false }
    }

    /// Whether what was done for it serves this job too: on another fork its number may mean another job.
    pub(super) fn serves(&self, job: &Job) -> bool {
        let work = |job: &Job| (job.id, job.model, job.input, job.seed, job.decoding, job.nonce, job.prior_root);
        work(&self.job) == work(job)
    }

    /// Last block for its attestation.
    pub(super) fn deadline(&self) -> u32 {
        self.job.deadline
    }

    /// Stops its run, if there is one.
    pub(super) fn cancel(&self) {
        if let Run::Going { cancel, .. } = &self.run {
            cancel.cancel();
        }
    }

    /// The input, if it is here; otherwise starts fetching it, at most once a block.
    pub(super) fn input<C: Chain, R: Runner>(&mut self, tasks: &mut Tasks<C, R>, head: Head) -> Option<Arc<Vec<u8>>> {
        match &self.input {
            Input::Here(input) => return Some(input.clone()),
            Input::Absent { retry_at } if *retry_at <= head.number => {
                self.input = Input::Fetching { task: tasks.fetch(&self.job) };
            }
            _ => {}
        }
        None
    }

    /// Starts the run, once.
    pub(super) fn start<C: Chain, R: Runner>(&mut self, tasks: &mut Tasks<C, R>, job: &Job, input: Arc<Vec<u8>>) {
        if matches!(self.run, Run::Idle) {
            let cancel = Cancel::default();
            self.run = Run::Going { task: tasks.run(job.clone(), input, cancel.clone()), cancel };
        }
    }

    /// Whether a run is needed to go on.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.run, Run::Idle)
    }

    /// What the run gave, if it is done.
    pub(super) fn output(&self) -> Option<Arc<Output>> {
        match &self.run {
            Run::Done(output) => Some(output.clone()),
            _ => None,
        }
    }

    /// Gives the job up.
    pub(super) fn give_up(&mut self, error: &Error, stats: &Stats) {
        tracing::error!(job = self.job.id, %error, "the run failed");
        Stats::add(&stats.failed, 1);
        self.run = Run::Failed;
    }

    /// Takes a task's report, unless another task has taken its place.
    pub(super) fn note(&mut self, report: Report, head: Head, stats: &Stats) {
        let id = self.job.id;
        match report {
            Report::Input { task, input, .. } => {
                if !matches!(self.input, Input::Fetching { task: current } if current == task) {
                    return;
                }
                self.input = match input {
                    Ok(input) => Input::Here(Arc::new(input)),
                    Err(error) => {
                        tracing::warn!(job = id, %error, "cannot fetch the input");
                        self.declined |= matches!(error, ChainError::Refused(_));
                        Input::Absent { retry_at: head.number.saturating_add(1) }
                    }
                };
            }
            Report::Run { task, result, .. } => {
                if !matches!(self.run, Run::Going { task: current, .. } if current == task) {
                    return;
                }
                match *result {
                    Ok(output) => {
                        tracing::info!(job = id, tokens = output.receipt.output_tokens.len(), "finished");
                        self.run = Run::Done(Arc::new(output));
                    }
                    Err(Error::Cancelled) => {
                        tracing::info!(job = id, "stopped before the end");
                        self.run = Run::Idle;
                    }
                    Err(error) => self.give_up(&error, stats),
                }
            }
        }
    }
}

/// Starts tasks. One engine, one job at a time.
pub(super) struct Tasks<C, R> {
    chain: Arc<C>,
    runner: Arc<R>,
    stats: Arc<Stats>,
    engine: Arc<Semaphore>,
    reports: mpsc::UnboundedSender<Report>,
    started: u64,
}

impl<C: Chain, R: Runner> Tasks<C, R> {
    /// Reports go to `reports`.
    pub(super) fn new(
        chain: Arc<C>,
        runner: Arc<R>,
        stats: Arc<Stats>,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        Self { chain, runner, stats, engine: Arc::new(Semaphore::new(1)), reports, started: 0 }
    }

    /// Waits until the engine is free: runs get it in turn, so those waiting have had it by then.
    pub(super) async fn idle(&self) {
        // Fails only if the semaphore were closed, which nobody does.
        let _ = self.engine.acquire().await;
    }

    fn number(&mut self) -> u64 {
        self.started = self.started.wrapping_add(1);
        self.started
    }

    fn fetch(&mut self, job: &Job) -> u64 {
        let task = self.number();
        let (chain, reports) = (self.chain.clone(), self.reports.clone());
        let (job, hash, length) = (job.id, job.input, job.input_length);
        tokio::spawn(async move {
            let input = chain.fetch_blob(hash, length).await;
            // Nobody listens once the loop has ended; there is nothing left to do then.
            let _ = reports.send(Report::Input { job, task, input });
        });
        task
    }

    fn run(&mut self, job: Job, input: Arc<Vec<u8>>, cancel: Cancel) -> u64 {
        let task = self.number();
        let (runner, stats) = (self.runner.clone(), self.stats.clone());
        let (engine, reports) = (self.engine.clone(), self.reports.clone());
        tokio::spawn(async move {
            let Ok(permit) = engine.acquire_owned().await else { return };
            let id = job.id;
            let run = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                if cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
                tracing::info!(job = job.id, "running");
                stats.timed(|| runner.run(&job, &input, &cancel, &mut || Stats::add(&stats.tokens, 1)))
            });
            let result = run.await.unwrap_or_else(|panic| Err(Error::Request(format!("the engine panicked: {panic}"))));
            let _ = reports.send(Report::Run { job: id, task, result: Box::new(result) });
        });
        task
    }
}
