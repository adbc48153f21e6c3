//! Whether a job that this worker was drawn for is accepted: once its input is here, and if it can be run and in time.
//! Otherwise it is declined, so that others can have it.

use crate::amount::units;
use crate::error::Result;
use crate::worker::chain::{Chain, Head, Job};
use crate::worker::pace::{in_time, Pace, Work};
use crate::worker::runner::Runner;
use crate::worker::steps::Step;
use crate::worker::Worker;
use hanzo_poai::{JobId, JobStatus, Verification};
use std::time::Duration;

/// Blocks before the last one for the acceptance at which a worker that still cannot say yes says no: its transaction
/// takes one at least.
const LAST_WORD: u32 = 3;
/// Blocks after the first request for an input that was not to be had at which the job is declined: whoever puts the input
/// before the job is found within seconds, and until then the job takes a place of the few that a worker has.
const MISSING_FOR: u32 = 8;
/// Blocks after which the worker's pace is measured again when that failed.
const MEASURE_EVERY: u32 = 20;

/// What is to be done about a job.
enum Verdict {
    Wait,
    Accept,
    Decline,
}

impl<C: Chain, R: Runner> Worker<C, R> {
    /// A job drawn for this worker, among all it has at this block.
    pub(super) async fn consider(&mut self, job: &Job, jobs: &[Job], head: Head) {
        // What is sent now is in the next block at the earliest.
        let late = job.accept_by.is_some_and(|last| head.number >= last);
        if late || self.was_sent(job.id, Step::Accept) || self.was_sent(job.id, Step::Decline) {
            return;
        }
        let step = match self.verdict(job, jobs, head).await {
            Verdict::Wait => return,
            Verdict::Accept => (job.id, Step::Accept),
            Verdict::Decline => (job.id, Step::Decline),
        };
        self.sent.insert(step, head.number);
        let (sent, what) = match step.1 {
            Step::Accept => (self.chain.accept(job.id).await, "accepting"),
            _ => (self.chain.decline(job.id).await, "declining"),
        };
        match sent {
            Ok(()) => tracing::info!(job = job.id, block = head.number, "{what}"),
            Err(error) => self.not_sent(step, &error),
        }
    }

    async fn verdict(&mut self, job: &Job, jobs: &[Job], head: Head) -> Verdict {
        let work = self.owed(job);
        let before = match work {
            // Done before a reorganisation took its acceptance back: nothing has to wait for the engine.
            Work { prompt: 0, output: 0 } => Work::default(),
            _ => jobs.iter().filter(|other| self.answers_for(other)).map(|other| self.owed(other)).sum(),
        };
        let (pace, block_time) = (self.stats.pace(), self.block_time(head).await);
        let unprovable = self.unprovable(job, head).await;
        let Some(progress) = self.progress.get_mut(&job.id) else { return Verdict::Wait };
        if progress.is_declined() {
            return Verdict::Decline;
        }
        if job.value.0 < self.min_value {
            let [value, least] = [job.value.0, self.min_value].map(units);
            let reason = format!("its value is {value} AI; this worker takes no job below {least} AI");
            progress.decline(&reason, &self.stats);
            return Verdict::Decline;
        }
        if let Some(reason) = unprovable {
            progress.decline(&reason, &self.stats);
            return Verdict::Decline;
        }
        let is_here = progress.input(&mut self.tasks, head).is_some();
        let left = job.accept_by.map(|last| last.saturating_sub(head.number));
        let reason = match (is_here, pace, block_time) {
            _ if progress.has_failed() => "its run failed before".into(),
            (true, Some(pace), Some(block_time)) => {
                match in_time(pace, work, before, job.deadline.saturating_sub(head.number), block_time) {
                    Ok(()) => return Verdict::Accept,
                    Err(late) => late.to_string(),
                }
            }
            (false, ..) if progress.missing_for(head).is_some_and(|blocks| blocks >= MISSING_FOR) => {
                format!("its input has not been to be had for {MISSING_FOR} blocks")
            }
            _ if left.is_none_or(|left| left > LAST_WORD) => return Verdict::Wait,
            (false, ..) => format!("its input is not here {LAST_WORD} blocks before it must be accepted"),
            _ => format!("how long it would take is not known {LAST_WORD} blocks before it must be accepted"),
        };
        progress.decline(&reason, &self.stats);
        Verdict::Decline
    }

    /// Why this worker cannot give the kind of proof that the job asks for, if it cannot.
    async fn unprovable(&self, job: &Job, head: Head) -> Option<String> {
        match job.verification {
            Verification::Replay => None,
            // What cannot be read now is looked at again before anything is attested.
            Verification::Tee => match self.chain.measurement(head.hash).await {
                Ok(None) => Some("it asks for trusted hardware, and the session key is bound to none".into()),
                _ => None,
            },
            kind => Some(format!("it asks for a proof of the kind {kind:?}, which this program does not make")),
        }
    }

    /// Whether this worker answers for a job, or will once its acceptance is in a block.
    fn answers_for(&self, job: &Job) -> bool {
        job.status == JobStatus::Accepted || self.was_sent(job.id, Step::Accept)
    }

    /// What the engine still has to do for a job.
    fn owed(&self, job: &Job) -> Work {
        let is_kept = self.store.get(job.id).is_some_and(|finished| finished.answers(job));
        let progress = self.progress.get(&job.id).filter(|_| !is_kept);
        progress.map(|progress| progress.work(&*self.runner)).unwrap_or_default()
    }

    fn was_sent(&self, job: JobId, step: Step) -> bool {
        self.sent.contains_key(&(job, step))
    }

    /// Time from block to block, asked for once.
    async fn block_time(&mut self, head: Head) -> Option<Duration> {
        if self.block_time.is_none() {
            match self.chain.block_time(head.hash).await {
                Ok(time) => self.block_time = Some(time),
                Err(error) => tracing::warn!(block = head.number, %error, "cannot read the time between blocks"),
            }
        }
        self.block_time
    }

    /// Has the worker's pace measured, before it accepts anything.
    pub(super) fn measure(&mut self, head: Head) {
        if self.stats.pace().is_none() && self.measuring.is_none() && head.number >= self.measure_at {
            self.measuring = Some(self.tasks.measure());
        }
    }

    /// Takes what the measurement gave.
    pub(super) fn note_pace(&mut self, pace: Result<Pace>, head: Head) {
        self.measuring = None;
        match pace {
            Ok(pace) => {
                let (prompt, output) = (pace.prompt.recip(), pace.output.recip());
                tracing::info!("this worker reads {prompt:.1} and writes {output:.1} tokens a second");
                self.stats.set_pace(pace);
            }
            Err(error) => {
                tracing::error!(%error, "cannot measure this worker's speed; no job is accepted until that is done");
                self.measure_at = head.number.saturating_add(MEASURE_EVERY);
            }
        }
    }
}
