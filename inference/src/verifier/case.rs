//! What is under way for a round: its papers, and the opinion they lead to.

use crate::error::Error;
use crate::sealing::{ContentKey, Written};
use crate::verifier::chain::AttestationOf;
use crate::verifier::judge::{Opinion, Papers};
use crate::verifier::round::is_last_call;
use crate::verifier::tasks::NotOpened;
use crate::worker::chain::{ChainError, Job};
use std::sync::Arc;

/// Blocks after the first request for an output that was not to be had at which the work is judged without: the seed gives the
/// tokens of honest work again.
const OUTPUT_PATIENCE: u32 = 5;

/// One of the two blobs that a job is judged by.
#[derive(Debug)]
enum Blob {
    /// Not here; not asked for before this block.
    Absent { retry_at: u32 },
    /// Being fetched.
    Fetching,
    /// Here.
    Here(Arc<Vec<u8>>),
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Input,
    Output,
}

impl Which {
    /// Its name in logs and evidence.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

/// Where the judgement stands.
#[derive(Debug)]
enum Stage {
    /// Papers are missing, or the engine has not come to it.
    Waiting,
    /// On the engine.
    Judging,
    /// It failed on this machine, and is tried again from this block on.
    Failed { retry_at: u32 },
    /// Nothing can be said, whatever is tried.
    Hopeless,
    /// Done.
    Done(Opinion),
}

/// What is under way for a round.
#[derive(Debug)]
pub(super) struct Case {
    job: Job,
    attestation: AttestationOf,
    /// First block in which a commitment is too late.
    until: u32,
    input: Blob,
    output: Blob,
    /// The key of a sealed job.
    key: Option<ContentKey>,
    /// Whether nobody had handed it over when it was looked for last.
    withheld: bool,
    /// Block in which the output was first not to be had.
    output_missing_since: Option<u32>,
    stage: Stage,
    /// What went wrong last, by what it was about.
    troubles: Vec<(&'static str, String)>,
}

impl Case {
    /// Nothing yet. With a reason why the job cannot be judged here, nothing will come.
    pub(super) fn new(job: Job, attestation: AttestationOf, until: u32, lacks: Option<String>) -> Self {
        let absent = || Blob::Absent { retry_at: 0 };
        let stage = if lacks.is_some() { Stage::Hopeless } else { Stage::Waiting };
        let troubles = lacks.into_iter().map(|reason| ("job", reason)).collect();
        let (input, output) = (absent(), absent());
        Self {
            job,
            attestation,
            until,
            input,
            output,
            key: None,
            withheld: false,
            output_missing_since: None,
            stage,
            troubles,
        }
    }

    /// First block in which a commitment is too late.
    pub(super) fn until(&self) -> u32 {
        self.until
    }

    /// Takes the end of the time to commit as the chain has it now.
    pub(super) fn set_until(&mut self, until: u32) {
        self.until = until;
    }

    /// The job.
    pub(super) fn job(&self) -> &Job {
        &self.job
    }

    /// What its worker attested.
    pub(super) fn attestation(&self) -> &AttestationOf {
        &self.attestation
    }

    fn blob(&mut self, which: Which) -> &mut Blob {
        match which {
            Which::Input => &mut self.input,
            Which::Output => &mut self.output,
        }
    }

    /// The blobs to be asked for now; they count as being fetched from then on.
    pub(super) fn take_wanted(&mut self, head: u32) -> Vec<Which> {
        if matches!(self.stage, Stage::Hopeless | Stage::Done(_)) {
            return Vec::new();
        }
        let mut wanted = vec![Which::Input, Which::Output];
        wanted.retain(|which| {
            let blob = self.blob(*which);
            let is_due = matches!(blob, Blob::Absent { retry_at } if *retry_at <= head);
            if is_due {
                *blob = Blob::Fetching;
            }
            is_due
        });
        wanted
    }

    /// Takes what came of opening the input of a sealed job.
    pub(super) fn note_opened(&mut self, opened: Result<(Vec<u8>, ContentKey), NotOpened>, head: u32) {
        self.withheld = matches!(opened, Err(NotOpened::Withheld(_)));
        let input = match opened {
            Ok((input, key)) => {
                self.key = Some(key);
                Ok(input)
            }
            Err(NotOpened::Withheld(reason)) => Err(ChainError::Unavailable(reason)),
            Err(NotOpened::Missing(error)) => Err(error),
        };
        self.note_blob(Which::Input, input, head);
    }

    /// Whether all that is missing is the key of a sealed job, which nobody handed over.
    pub(super) fn is_withheld(&self) -> bool {
        self.withheld && !matches!(self.stage, Stage::Hopeless)
    }

    /// Takes what came of asking for a blob.
    pub(super) fn note_blob(&mut self, which: Which, answer: Result<Vec<u8>, ChainError>, head: u32) {
        *self.blob(which) = match answer {
            Ok(bytes) => Blob::Here(Arc::new(bytes)),
            Err(error) => {
                tracing::warn!(job = self.job.id, blob = which.name(), %error, "cannot fetch what a job is judged by");
                self.trouble(which.name(), error.to_string());
                if which == Which::Output {
                    self.output_missing_since.get_or_insert(head);
                }
                Blob::Absent { retry_at: head.saturating_add(1) }
            }
        };
    }

    fn trouble(&mut self, about: &'static str, what: String) {
        self.troubles.retain(|(other, _)| *other != about);
        self.troubles.push((about, what));
    }

    /// The output, or why it is done without: whoever hides it from everybody but its client would otherwise never be judged.
    fn output(&self, head: u32) -> Option<Result<Arc<Vec<u8>>, String>> {
        match &self.output {
            Blob::Here(output) => Some(Ok(output.clone())),
            _ => {
                let since = self.output_missing_since?;
                let trouble = self.troubles.iter().find(|(about, _)| *about == Which::Output.name());
                let reason = || trouble.map_or_else(String::new, |(_, what)| what.clone());
                (head >= since.saturating_add(OUTPUT_PATIENCE)).then(|| Err(reason()))
            }
        }
    }

    /// The papers, if all that are needed are here and it is time to judge by them.
    pub(super) fn papers(&self, head: u32) -> Option<Papers> {
        let is_due = match self.stage {
            Stage::Waiting => true,
            Stage::Failed { retry_at } => retry_at <= head,
            _ => false,
        };
        let Blob::Here(input) = &self.input else { return None };
        let (input, output) = (input.clone(), self.output(head)?);
        let key = self.key.clone();
        let output = output.and_then(|bytes| match &key {
            Some(key) => key.open_output(&self.attestation.seed, &bytes).map_err(|error| error.to_string()),
            None => Written::text(bytes.to_vec()),
        });
        is_due.then(|| Papers { job: self.job.clone(), attestation: self.attestation.clone(), input, output, key })
    }

    /// The engine has it now.
    pub(super) fn judging(&mut self) {
        self.stage = Stage::Judging;
    }

    /// Takes what came of a replay.
    pub(super) fn note_opinion(&mut self, opinion: Result<Opinion, Error>, head: u32) {
        let job = self.job.id;
        self.stage = match opinion {
            Ok(opinion) => {
                tracing::info!(job, score = ?opinion.vote.score, digest = ?opinion.vote.digest, "replayed");
                Stage::Done(opinion)
            }
            Err(Error::Cancelled) => Stage::Waiting,
            Err(error) => {
                let hopeless = matches!(error, Error::Unjudged(_));
                tracing::error!(job, %error, "the replay came to nothing");
                self.trouble("replay", error.to_string());
                if hopeless {
                    Stage::Hopeless
                } else {
                    Stage::Failed { retry_at: head.saturating_add(1) }
                }
            }
        };
    }

    /// What the replay found, if it is done.
    pub(super) fn opinion(&self) -> Option<&Opinion> {
        match &self.stage {
            Stage::Done(opinion) => Some(opinion),
            _ => None,
        }
    }

    /// Why nothing can be said, once it is clear that nothing will be: at once if trying is of no use, otherwise at the last
    /// call. A replay that waits for the engine, or is on it, is waited for to the end.
    pub(super) fn despair(&self, head: u32) -> Option<Vec<String>> {
        let lacks_blobs = !matches!(self.input, Blob::Here(_)) || self.output(head).is_none();
        let is_over = match self.stage {
            Stage::Hopeless => true,
            Stage::Waiting => lacks_blobs && is_last_call(self.until, head),
            Stage::Failed { .. } => is_last_call(self.until, head),
            Stage::Judging | Stage::Done(_) => false,
        };
        let mut reasons: Vec<String> = self.troubles.iter().map(|(about, what)| format!("{about}: {what}")).collect();
        if reasons.is_empty() {
            reasons.push("the node did not answer in time when asked for input and output".into());
        }
        is_over.then_some(reasons)
    }
}
