//! What is under way for an open job, and the tasks that do it.

use crate::engine::Cancel;
use crate::error::{Error, Result};
use crate::worker::chain::{Chain, ChainError, Head, Job};
use crate::worker::runner::{Output, Prompt, Runner};
use crate::worker::stats::Stats;
use hanzo_poai::{JobId, JobStatus};
use std::sync::Arc;
use tokio::sync::{mpsc, Semaphore};

/// What a task reports to the loop.
pub(super) enum Report {
    /// An input was fetched and read, or not.
    Input { job: JobId, task: u64, input: Result<Prompt, NoInput> },
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

/// Why there is no input.
pub(super) enum NoInput {
    /// It could not be fetched.
    Missing(ChainError),
    /// It is there, and the job cannot be run here.
    Unfit(Error),
}

/// Where the input of a job is.
enum Input {
    /// Not here; not asked for before this block.
    Absent { retry_at: u32 },
    /// Being fetched and read by this task.
    Fetching { task: u64 },
    /// Here.
    Here(Arc<Prompt>),
    /// Of no use: it would be read the same way again.
    Unfit,
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

/// What is under way for an open job. Dropped, it stops its run: also when the whole worker is dropped, the engine does
/// not work on for nobody.
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
        let work =
            |job: &Job| (job.id, job.kind, job.model, job.input, job.seed, job.decoding, job.nonce, job.prior_root);
        (work(&self.job), self.job.max_prompt_tokens) == (work(job), job.max_prompt_tokens)
    }

    /// Last block for its attestation.
    pub(super) fn deadline(&self) -> u32 {
        self.job.deadline
    }

    /// The input, if it is here; otherwise starts fetching it, at most once a block.
    pub(super) fn input<C: Chain, R: Runner>(&mut self, tasks: &mut Tasks<C, R>, head: Head) -> Option<Arc<Prompt>> {
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
    pub(super) fn start<C: Chain, R: Runner>(&mut self, tasks: &mut Tasks<C, R>, job: &Job, prompt: Arc<Prompt>) {
        if matches!(self.run, Run::Idle) {
            let cancel = Cancel::default();
            self.run = Run::Going { task: tasks.run(job.clone(), prompt, cancel.clone()), cancel };
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

    /// Takes it that the job cannot be run here: too late if it is accepted already.
    fn refuse(&mut self, error: &Error, stats: &Stats) {
        self.declined = true;
        if self.job.status == JobStatus::Accepted {
            return self.give_up(error, stats);
        }
        tracing::warn!(job = self.job.id, %error, "declining: this worker cannot run the job");
        Stats::add(&stats.declined, 1);
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
                    Ok(prompt) => Input::Here(Arc::new(prompt)),
                    Err(NoInput::Unfit(error)) => {
                        self.refuse(&error, stats);
                        Input::Unfit
                    }
                    Err(NoInput::Missing(error)) => {
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

impl Drop for Progress {
    fn drop(&mut self) {
        if let Run::Going { cancel, .. } = &self.run {
            cancel.cancel();
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
        let (chain, runner, reports) = (self.chain.clone(), self.runner.clone(), self.reports.clone());
        let job = job.clone();
        tokio::spawn(async move {
            let id = job.id;
            let input = match chain.fetch_blob(job.input, job.input_length).await {
                Ok(input) => {
                    let prompt = tokio::task::spawn_blocking(move || runner.read(&job, input)).await;
                    prompt.unwrap_or_else(|panic| Err(panicked("reader", &panic))).map_err(NoInput::Unfit)
                }
                Err(error) => Err(NoInput::Missing(error)),
            };
            // Nobody listens once the loop has ended; there is nothing left to do then.
            let _ = reports.send(Report::Input { job: id, task, input });
        });
        task
    }

    fn run(&mut self, job: Job, prompt: Arc<Prompt>, cancel: Cancel) -> u64 {
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
                stats.timed(|| runner.run(&job, &prompt, &cancel, &mut || Stats::add(&stats.tokens, 1)))
            });
            let result = run.await.unwrap_or_else(|panic| Err(panicked("engine", &panic)));
            let _ = reports.send(Report::Run { job: id, task, result: Box::new(result) });
        });
        task
    }
}

fn panicked(who: &str, panic: &tokio::task::JoinError) -> Error {
    Error::Request(format!("the {who} panicked: {panic}"))
}
