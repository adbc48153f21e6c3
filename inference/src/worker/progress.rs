//! What is under way for an open job.

use crate::error::Error;
use crate::sealing::ContentKey;
use crate::worker::chain::{Chain, ChainError, Head, Job};
use crate::worker::pace::Work;
use crate::worker::runner::{Output, Prompt, Runner};
use crate::worker::stats::Stats;
use crate::worker::tasks::{Event, JobReport, Leash, NoInput, Tasks};
use hanzo_poai::JobStatus;
use std::sync::Arc;

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
    Going { task: u64, _leash: Leash },
    /// Done, not yet signed.
    Done(Arc<Output>),
    /// It failed; the same input would fail the same way.
    Failed,
}

/// What is under way for an open job. Dropped, it stops its run.
pub(super) struct Progress {
    /// The job as it was when this began.
    job: Job,
    input: Input,
    /// Block in which the input was first asked for.
    asked_at: Option<u32>,
    /// Whether nobody had it when it was asked for.
    missing: bool,
    run: Run,
    /// The key of a sealed job, once its input is here.
    key: Option<ContentKey>,
    /// Whether it is not accepted, and the others are to have it.
    declined: bool,
}

impl Progress {
    /// Nothing yet.
    pub(super) fn new(job: Job) -> Self {
        let input = Input::Absent { retry_at: 0 };
        Self { job, input, asked_at: None, missing: false, run: Run::Idle, key: None, declined: false }
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
                self.asked_at.get_or_insert(head.number);
                self.input = Input::Fetching { task: tasks.fetch(&self.job, head.hash) };
            }
            _ => {}
        }
        None
    }

    /// Blocks since the input was first asked for, once nobody was found to have it.
    pub(super) fn missing_for(&self, head: Head) -> Option<u32> {
        self.asked_at.filter(|_| self.missing).map(|asked_at| head.number.saturating_sub(asked_at))
    }

    /// Starts the run, once.
    pub(super) fn start<C: Chain, R: Runner>(&mut self, tasks: &mut Tasks<C, R>, job: &Job, prompt: Arc<Prompt>) {
        if matches!(self.run, Run::Idle) {
            let (task, leash) = tasks.run(job.clone(), prompt);
            self.run = Run::Going { task, _leash: leash };
        }
    }

    /// Whether a run is needed to go on.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.run, Run::Idle)
    }

    /// What the engine has to do for it once it is accepted.
    pub(super) fn work(&self, runner: &impl Runner) -> Work {
        if matches!(self.run, Run::Done(_) | Run::Failed) {
            return Work::default();
        }
        let prompt = match &self.input {
            Input::Here(prompt) => prompt.tokens.len(),
            _ => self.job.max_prompt_tokens as usize,
        };
        let output = u64::from(self.job.decoding.max_output_tokens);
        Work { prompt: prompt as u64, output: output.min(runner.longest_output(prompt) as u64) }
    }

    /// Whether a run of it failed; another would too.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.run, Run::Failed)
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

    /// Whether it was found to be none for this worker.
    pub(super) fn is_declined(&self) -> bool {
        self.declined
    }

    /// Leaves the job to others, once.
    pub(super) fn decline(&mut self, reason: &dyn std::fmt::Display, stats: &Stats) {
        if !std::mem::replace(&mut self.declined, true) {
            tracing::warn!(job = self.job.id, %reason, "not a job for this worker");
            Stats::add(&stats.declined, 1);
        }
    }

    /// Takes it that the job cannot be run here: too late if it is accepted already.
    fn refuse(&mut self, error: &Error, stats: &Stats) {
        match self.job.status {
            JobStatus::Accepted => self.give_up(error, stats),
            _ => self.decline(error, stats),
        }
    }

    /// The output as its job has it: sealed with the job's key if that is sealed.
    fn sealed(&self, output: Output) -> Result<Output, Error> {
        match (&self.key, self.job.seed) {
            (Some(key), Some(seed)) => {
                let bytes = key.seal_output(&seed, &output.bytes, &output.receipt.output_tokens)?;
                Ok(Output { bytes, ..output })
            }
            _ => Ok(output),
        }
    }

    /// The key of a sealed job.
    pub(super) fn content_key(&self) -> Option<&ContentKey> {
        self.key.as_ref()
    }

    /// Takes a task's report, unless another task has taken its place.
    pub(super) fn note(&mut self, report: JobReport, head: Head, stats: &Stats) {
        let id = self.job.id;
        match report.event {
            Event::Input(input) => {
                if !matches!(self.input, Input::Fetching { task } if task == report.task) {
                    return;
                }
                self.input = match input {
                    Ok((prompt, key)) => {
                        self.key = key;
                        Input::Here(Arc::new(prompt))
                    }
                    Err(NoInput::Unfit(error)) => {
                        self.refuse(&error, stats);
                        Input::Unfit
                    }
                    Err(NoInput::Missing(error)) => {
                        tracing::warn!(job = id, %error, "cannot fetch the input");
                        self.missing |= matches!(error, ChainError::BlobMissing { .. });
                        if matches!(error, ChainError::Refused(_)) && self.job.status == JobStatus::Assigned {
                            self.decline(&error, stats);
                        }
                        Input::Absent { retry_at: head.number.saturating_add(1) }
                    }
                };
            }
            Event::Run(result) => {
                if !matches!(self.run, Run::Going { task, .. } if task == report.task) {
                    return;
                }
                match (*result).and_then(|output| self.sealed(output)) {
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
