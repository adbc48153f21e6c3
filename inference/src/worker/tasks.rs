//! The tasks that work beside the loop, and what they report to it.

use crate::engine::Cancel;
use crate::error::{Error, Result};
use crate::sealing::{Address, ContentKey, SealingKey, ENVELOPE_BYTES};
use crate::worker::chain::{Chain, ChainError, Job};
use crate::worker::pace::{Pace, Stopwatch};
use crate::worker::runner::{Output, Prompt, Runner};
use crate::worker::stats::Stats;
use hanzo_poai::JobId;
use sp_core::H256;
use std::sync::Arc;
use tokio::sync::{mpsc, Semaphore};

/// What a task reports to the loop.
pub(super) enum Report {
    /// How fast the runner is, measured.
    Pace(Result<Pace>),
    /// About a job.
    Job(JobReport),
}

/// What a task for a job came to.
pub(super) struct JobReport {
    pub(super) job: JobId,
    pub(super) task: u64,
    pub(super) event: Event,
}

/// The same, without whose it is.
pub(super) enum Event {
    /// An input was fetched and read, or not.
    Input(Result<(Prompt, Option<ContentKey>), NoInput>),
    /// A run ended.
    Run(Box<Result<Output>>),
}

/// Why there is no input.
pub(super) enum NoInput {
    /// It could not be fetched.
    Missing(ChainError),
    /// It is there, and the job cannot be run here.
    Unfit(Error),
}

/// Stops its task when dropped: also when the whole worker is dropped, the engine does not work on for nobody.
pub(super) struct Leash(Cancel);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Starts tasks. One engine, one job at a time.
pub(super) struct Tasks<C, R> {
    chain: Arc<C>,
    runner: Arc<R>,
    stats: Arc<Stats>,
    engine: Arc<Semaphore>,
    reports: mpsc::UnboundedSender<Report>,
    /// What envelopes to this worker are opened with.
    pub(super) sealing: Option<Arc<SealingKey>>,
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
        Self { chain, runner, stats, engine: Arc::new(Semaphore::new(1)), reports, sealing: None, started: 0 }
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

    /// Measures how fast the runner is.
    pub(super) fn measure(&self) -> Leash {
        let (runner, engine, reports) = (self.runner.clone(), self.engine.clone(), self.reports.clone());
        let cancel = Cancel::default();
        let leash = Leash(cancel.clone());
        tokio::spawn(async move {
            let Ok(permit) = engine.acquire_owned().await else { return };
            let measurement = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                if cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
                runner.pace(&cancel)
            });
            let pace = measurement.await.unwrap_or_else(|panic| Err(panicked("engine", &panic)));
            let _ = reports.send(Report::Pace(pace));
        });
        leash
    }

    /// Fetches the input of a job and reads it. Returns the task's number.
    pub(super) fn fetch(&mut self, job: &Job, at: H256) -> u64 {
        let task = self.number();
        let (chain, runner, reports) = (self.chain.clone(), self.runner.clone(), self.reports.clone());
        let sealing = self.sealing.clone();
        let job = job.clone();
        tokio::spawn(async move {
            let id = job.id;
            let input = match input_of(chain.as_ref(), sealing.as_deref(), &job, at).await {
                Ok((input, key)) => {
                    let prompt = tokio::task::spawn_blocking(move || runner.read(&job, input)).await;
                    let prompt = prompt.unwrap_or_else(|panic| Err(panicked("reader", &panic)));
                    prompt.map(|prompt| (prompt, key)).map_err(NoInput::Unfit)
                }
                Err(reason) => Err(reason),
            };
            // Nobody listens once the loop has ended; there is nothing left to do then.
            let _ = reports.send(Report::Job(JobReport { job: id, task, event: Event::Input(input) }));
        });
        task
    }

    /// Runs a job as soon as the engine is free. Returns the task's number.
    pub(super) fn run(&mut self, job: Job, prompt: Arc<Prompt>) -> (u64, Leash) {
        let task = self.number();
        let cancel = Cancel::default();
        let leash = Leash(cancel.clone());
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
                let mut watch = Stopwatch::start();
                let result = stats.timed(|| {
                    runner.run(&job, &prompt, &cancel, &mut || {
                        watch.token();
                        Stats::add(&stats.tokens, 1);
                    })
                });
                // A run that was stopped teaches as far as it went: else a worker too slow for its jobs never learns it.
                if matches!(result, Ok(_) | Err(Error::Cancelled)) {
                    stats.learn(&watch.stop(prompt.tokens.len()));
                }
                result
            });
            let result = run.await.unwrap_or_else(|panic| Err(panicked("engine", &panic)));
            let _ = reports.send(Report::Job(JobReport { job: id, task, event: Event::Run(Box::new(result)) }));
        });
        (task, leash)
    }
}

/// The input of a job in clear, with the job's key if it is sealed.
async fn input_of<C: Chain>(
    chain: &C,
    sealing: Option<&SealingKey>,
    job: &Job,
    at: H256,
) -> Result<(Vec<u8>, Option<ContentKey>), NoInput> {
    if !job.sealed {
        return Ok((chain.fetch_blob(job.input, job.input_length).await.map_err(NoInput::Missing)?, None));
    }
    let unfit = |reason: &str| NoInput::Unfit(Error::Request(reason.into()));
    let own = sealing.ok_or_else(|| unfit("the job is sealed, and this worker runs without --sealing"))?;
    let envelopes = chain.envelopes(at, job.id, &chain.account()).await.map_err(NoInput::Missing)?;
    let from_client = envelopes.into_iter().find(|(from, _)| *from == job.client);
    let late = || NoInput::Missing(ChainError::Unavailable("its client has not handed the key over yet".into()));
    let (from, envelope) = from_client.ok_or_else(late)?;
    let envelope = chain.fetch_blob(envelope, ENVELOPE_BYTES as u32).await.map_err(NoInput::Missing)?;
    let address = Address { genesis: chain.genesis(), job: job.id, from, to: chain.account() };
    let key = own.open(&envelope, &address).map_err(NoInput::Unfit)?;
    let sealed = chain.fetch_blob(job.input, job.input_length).await.map_err(NoInput::Missing)?;
    let input = key.open_input(&sealed).map_err(NoInput::Unfit)?;
    Ok((input, Some(key)))
}

fn panicked(who: &str, panic: &tokio::task::JoinError) -> Error {
    Error::Request(format!("the {who} panicked: {panic}"))
}
