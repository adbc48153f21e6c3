//! What is done with a job in each state.

use crate::error::{Error, Result};
use crate::hash::blake2_256;
use crate::sealing::ContentKey;
use crate::worker::chain::{Chain, ChainError, Head, Job};
use crate::worker::progress::Progress;
use crate::worker::proof::by_hardware;
use crate::worker::runner::{Output, Runner};
use crate::worker::stats::Stats;
use crate::worker::store::Finished;
use crate::worker::Worker;
use hanzo_poai::review::Standing;
use hanzo_poai::{Attestation, JobId, JobStatus, Proof};
use hanzo_traits::api::AttestationView;
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Blocks after which a transaction that has had no effect is sent again.
const RESEND_AFTER: u32 = 10;
/// Finished jobs that are looked at in one block, one after another in turn.
const LOOKS: usize = 16;
/// Blocks within which each has its turn, however many there are: more are looked at in a block then. A demanded output has
/// to be delivered within 50 blocks.
const TURN: usize = 20;
/// Blocks for which the chain must not have shown a finished job before its result is dropped.
const FORGET_AFTER: u32 = 100;

/// A step of a job that is one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Accept,
    Decline,
    Attest,
    Deliver,
}

/// Where the looks at finished jobs stand.
#[derive(Debug, Default)]
pub(super) struct Looks {
    /// Block of the last ones.
    block: H256,
    /// The job looked at last.
    last: Option<JobId>,
    /// Jobs that the chain does not show, and the block since which it does not.
    absent: HashMap<JobId, u32>,
}

impl<C: Chain, R: Runner> Worker<C, R> {
    /// Does the next step of every job, as this block has them.
    pub(super) async fn step(&mut self, head: Head) {
        self.measure(head);
        self.list_model(head).await;
        self.beat(head).await;
        self.publish_key(head).await;
        let jobs = match self.chain.jobs(head.hash).await {
            Ok(jobs) => jobs,
            Err(error) => return tracing::warn!(block = head.number, %error, "cannot read this worker's jobs"),
        };
        self.sent.retain(|_, at| head.number.abs_diff(*at) < RESEND_AFTER);
        self.update_progress(&jobs, head);
        for job in &jobs {
            match job.status {
                JobStatus::Assigned => self.consider(job, &jobs, head).await,
                JobStatus::Accepted => self.carry_out(job, head).await,
                _ => {}
            }
        }
        let open: HashSet<JobId> = jobs.iter().map(|job| job.id).collect();
        self.follow_up(&open, head).await;
    }

    /// Keeps one record per open job. What was begun for a job that is gone is stopped once its time is over: until then
    /// it may come back with a reorganisation.
    fn update_progress(&mut self, jobs: &[Job], head: Head) {
        for job in jobs {
            let progress = self.progress.entry(job.id).or_insert_with(|| Progress::new(job.clone()));
            if !progress.serves(job) {
                *progress = Progress::new(job.clone());
            }
        }
        let open: HashSet<JobId> = jobs.iter().map(|job| job.id).collect();
        self.progress.retain(|id, progress| open.contains(id) || progress.deadline() >= head.number);
    }

    /// A job this worker answers for: run once, attested until the chain has it.
    async fn carry_out(&mut self, job: &Job, head: Head) {
        let Some(opening) = job.opening else { return };
        let finished =
            self.store.get(job.id).is_some_and(|finished| finished.opening == opening && finished.answers(job));
        if !finished {
            let Some(output) = self.result(job) else { return self.compute(job, head) };
            if head.number >= job.deadline {
                return;
            }
            let Some(proof) = self.proof_for(job, head).await else { return };
            if let Err(error) = self.keep(job, opening, &output, proof) {
                // The output stays where it is; a full disk or an absent keystore may be better in the next block.
                return tracing::error!(
                    job = job.id,
                    block = head.number,
                    deadline = job.deadline,
                    %error,
                    "cannot keep the result; trying again at every block"
                );
            }
        }
        self.attest(job, head).await;
        self.post(job.id).await;
    }

    /// What was computed for this job, just now or for an acceptance that a reorganisation undid.
    fn result(&self, job: &Job) -> Option<Arc<Output>> {
        let progress = self.progress.get(&job.id)?;
        progress.output().or_else(|| {
            let finished = self.store.get(job.id).filter(|finished| finished.answers(job))?;
            Some(Arc::new(Output { bytes: finished.output().ok()?, receipt: finished.receipt.clone() }))
        })
    }

    fn compute(&mut self, job: &Job, head: Head) {
        let Some(progress) = self.progress.get_mut(&job.id) else { return };
        if !progress.is_idle() || head.number >= job.deadline {
            return;
        }
        if let Some(prompt) = progress.input(&mut self.tasks, head) {
            progress.start(&mut self.tasks, job, prompt);
        }
    }

    /// Signs a result and makes it last before anyone hears of it.
    fn keep(&mut self, job: &Job, opening: H256, output: &Output, proof: Option<H256>) -> Result<()> {
        let mut attestation = attestation(job, self.chain.account(), output)?;
        let key = self.content_key(job)?;
        if let Some(measurement) = proof {
            attestation.proof = by_hardware(measurement);
        }
        let signed = self.sign(opening, &mut attestation)?;
        self.store.insert(Finished::new(
            opening,
            &attestation,
            signed,
            &output.bytes,
            output.receipt.clone(),
            key.as_ref(),
        ))?;
        // Whatever was sent for another acceptance does not count.
        self.sent.remove(&(job.id, Step::Attest));
        Stats::add(&self.stats.finished, 1);
        Ok(())
    }

    /// The attestation of a kept result, signed. The chain takes the session key it knows now, so a signature by a key that
    /// has been replaced since is replaced too.
    fn signed(&mut self, job: JobId) -> Result<Option<(Attestation<AccountId32>, sr25519::Signature)>> {
        let Some(finished) = self.store.get(job) else { return Ok(None) };
        let (mut attestation, signature) = finished.signed()?;
        if finished.is_signed_by(&self.signer.public()) {
            return Ok(Some((attestation, signature)));
        }
        tracing::info!(job, "signing the result anew: it was signed with another session key");
        let signed = self.sign(finished.opening, &mut attestation)?;
        let anew = finished.clone().signed_anew(&attestation, signed);
        self.store.insert(anew)?;
        Ok(Some((attestation, signed.1)))
    }

    /// The key of a sealed job, from its input or as it was kept.
    fn content_key(&self, job: &Job) -> Result<Option<ContentKey>> {
        if let Some(key) = self.progress.get(&job.id).and_then(Progress::content_key) {
            return Ok(Some(key.clone()));
        }
        self.store.get(job.id).filter(|_| job.sealed).map_or(Ok(None), Finished::content_key)
    }

    async fn attest(&mut self, job: &Job, head: Head) {
        let step = (job.id, Step::Attest);
        if head.number >= job.deadline || self.sent.contains_key(&step) {
            return;
        }
        let signed = self.signed(job.id);
        self.sent.insert(step, head.number);
        let sent = match signed {
            Ok(Some((attestation, signature))) => self.chain.attest(attestation, signature).await,
            Ok(None) => return,
            Err(error) => Err(ChainError::Refused(error.to_string())),
        };
        match sent {
            Ok(()) => tracing::info!(job = job.id, block = head.number, "attesting"),
            Err(error) => self.not_sent(step, &error),
        }
    }

    /// Hands the output to the node, where the client looks for it. Tried again at every block until it is taken.
    async fn post(&mut self, job: JobId) {
        if self.posted.contains(&job) {
            return;
        }
        let Some(Ok(output)) = self.store.get(job).map(Finished::output) else { return };
        match self.chain.put_blob(output).await {
            Ok(_) => {
                self.posted.insert(job);
            }
            Err(error) => tracing::warn!(job, %error, "the node does not take the output"),
        }
    }

    /// Demanded outputs are delivered; results that nobody can ask for any more are dropped. Once a block.
    async fn follow_up(&mut self, open: &HashSet<JobId>, head: Head) {
        if self.looks.block == head.hash {
            return;
        }
        self.looks.block = head.hash;
        self.looks.absent.retain(|id, _| !open.contains(id));
        let turn = self.turn(open);
        if turn.is_empty() {
            return;
        }
        self.hand_keys_over(head).await;
        if let Err(error) = self.look_at(turn, head).await {
            tracing::debug!(%error, "cannot look at finished jobs");
        }
    }

    async fn look_at(&mut self, jobs: Vec<JobId>, head: Head) -> Result<(), ChainError> {
        let finalized = self.chain.finalized().await?;
        for job in jobs {
            // One that cannot be read keeps none from its turn.
            self.looks.last = Some(job);
            self.look(job, head, finalized).await?;
        }
        Ok(())
    }

    /// The finished jobs whose turn it is, of those that are not open.
    fn turn(&self, open: &HashSet<JobId>) -> Vec<JobId> {
        let mut jobs: Vec<JobId> =
            self.store.iter().map(|finished| finished.job).filter(|id| !open.contains(id)).collect();
        let count = jobs.len().div_ceil(TURN).max(LOOKS);
        let next = jobs.partition_point(|job| Some(*job) <= self.looks.last);
        jobs.rotate_left(next);
        jobs.truncate(count);
        jobs
    }

    async fn look(&mut self, job: JobId, head: Head, finalized: Head) -> Result<(), ChainError> {
        let Some(attestation) = self.chain.attestation(head.hash, job).await? else {
            let since = *self.looks.absent.entry(job).or_insert(head.number);
            if head.number.saturating_sub(since) >= FORGET_AFTER {
                self.forget(job);
            }
            return Ok(());
        };
        self.looks.absent.remove(&job);
        if attestation.deliver_by.is_some_and(|last| last >= head.number) {
            self.deliver(job, head).await;
        }
        if !is_over(&attestation, head) {
            self.post(job).await;
            return Ok(());
        }
        let lasting = self.chain.attestation(finalized.hash, job).await?;
        if lasting.is_some_and(|attestation| is_over(&attestation, finalized)) {
            self.forget(job);
        }
        Ok(())
    }

    async fn deliver(&mut self, job: JobId, head: Head) {
        let step = (job, Step::Deliver);
        let Some(finished) = self.store.get(job).filter(|_| !self.sent.contains_key(&step)) else { return };
        let sealed = matches!(finished.content_key(), Ok(Some(_)));
        let (tokens, output) = (finished.receipt.output_tokens.clone(), finished.output());
        self.sent.insert(step, head.number);
        let delivered = match (sealed, output) {
            (true, Ok(output)) => self.chain.deliver_sealed(job, output).await,
            (true, Err(error)) => Err(ChainError::Refused(error.to_string())),
            (false, _) => self.chain.deliver(job, tokens).await,
        };
        match delivered {
            Ok(()) => tracing::info!(job, block = head.number, "delivering the demanded output"),
            Err(error) => self.not_sent(step, &error),
        }
    }

    fn forget(&mut self, job: JobId) {
        self.looks.absent.remove(&job);
        self.posted.remove(&job);
        if let Err(error) = self.store.remove(job) {
            tracing::warn!(job, %error, "cannot drop an old result");
        }
    }

    pub(super) fn not_sent(&mut self, step: (JobId, Step), error: &ChainError) {
        tracing::warn!(job = step.0, step = ?step.1, %error, "transaction not taken");
        // Worth another try at the next block; a refusal is repeated only after the usual pause.
        if matches!(error, ChainError::Unavailable(_)) {
            self.sent.remove(&step);
        }
    }
}

/// Whether nobody can ask for an output after this block, nor a committee for the key: a demand has to come before the window ends, and
/// comes once; a review may outlast it.
fn is_over(attestation: &AttestationView<AccountId32, u32>, block: Head) -> bool {
    let is_judged = matches!(attestation.standing, Some(Standing::InReview { .. }));
    attestation.settles_at <= block.number && attestation.deliver_by.is_none() && !is_judged
}

/// The attestation of a finished job.
fn attestation(job: &Job, worker: AccountId32, output: &Output) -> Result<Attestation<AccountId32>> {
    let receipt = &output.receipt;
    let count = |tokens: &[u32]| u32::try_from(tokens.len()).map_err(|_| Error::Request("too many tokens".into()));
    Ok(Attestation {
        job: job.id,
        worker,
        model: receipt.model,
        input: job.input,
        output: if job.sealed { blake2_256(&output.bytes) } else { receipt.output_hash },
        tokens_root: receipt.tokens_root,
        fingerprints_root: receipt.fingerprints_root,
        prompt_tokens: count(&receipt.prompt_tokens)?,
        output_tokens: count(&receipt.output_tokens)?,
        nonce: job.nonce,
        seed: receipt.seed,
        engine_profile: receipt.engine_profile,
        prior_root: job.prior_root,
        proof: Proof::Replay,
    })
}
