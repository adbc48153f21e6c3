//! The worker loop: sees its jobs on the chain, accepts, runs, attests, delivers.
//!
//! The loop holds no truth of its own. At every best block it asks the chain what state its jobs are in and does the next
//! step of each; what is already under way is left alone. So a lost connection, a reorganisation or a restart needs no
//! special case, and the only thing worth keeping is what has been computed ([`store`]).

pub mod chain;
pub mod runner;
pub mod stats;
pub mod store;

use crate::engine::Cancel;
use crate::error::{Error, Result};
use chain::{Chain, ChainError, Head, Job, SessionSigner};
use futures::{Future, StreamExt};
use hanzo_poai::attestation::challenge;
use hanzo_poai::{Attestation, JobId, JobStatus, Proof};
use runner::{Output, Runner};
use sp_core::H256;
use sp_runtime::AccountId32;
use stats::Stats;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use store::{Finished, Store};
use tokio::sync::{mpsc, Semaphore};

/// Blocks after which a transaction that has had no effect is sent again.
const RESEND_AFTER: u32 = 10;
/// Longest pause between attempts to reach the chain again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Blocks between looks at whether finished jobs have left the chain.
const TIDY_EVERY: u32 = 100;

/// What background work reports to the loop.
enum Report {
    Input { job: JobId, input: std::result::Result<Vec<u8>, String>, worth_retrying: bool },
    Run { job: JobId, opening: H256, result: Result<Output> },
}

/// A worker serving one model on one chain.
pub struct Worker<C, R> {
    chain: Arc<C>,
    runner: Arc<R>,
    signer: Arc<dyn SessionSigner>,
    store: Store,
    stats: Arc<Stats>,
    cancel: Cancel,
    /// One engine, one job at a time.
    engine: Arc<Semaphore>,
    reports: (mpsc::UnboundedSender<Report>, mpsc::UnboundedReceiver<Report>),
    /// Inputs at hand for jobs that are not attested yet.
    inputs: HashMap<JobId, Arc<Vec<u8>>>,
    /// Jobs whose input is being fetched.
    fetching: HashSet<JobId>,
    /// Jobs that cannot be run here, so are not accepted.
    declined: HashSet<JobId>,
    /// Jobs being run or waiting for the engine, with the acceptance they answer.
    running: HashMap<JobId, H256>,
    /// Transactions sent and the block they were sent at.
    sent: HashMap<(JobId, Step), u32>,
}

/// A step of a job that is one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Accept,
    Attest,
    Deliver,
}

impl<C: Chain, R: Runner> Worker<C, R> {
    /// A worker with what it had finished before.
    pub fn new(chain: Arc<C>, runner: Arc<R>, signer: Arc<dyn SessionSigner>, store: Store, stats: Arc<Stats>) -> Self {
        Self {
            chain,
            runner,
            signer,
            store,
            stats,
            cancel: Cancel::default(),
            engine: Arc::new(Semaphore::new(1)),
            reports: mpsc::unbounded_channel(),
            inputs: HashMap::new(),
            fetching: HashSet::new(),
            declined: HashSet::new(),
            running: HashMap::new(),
            sent: HashMap::new(),
        }
    }

    /// Works until `shutdown` completes; then stops the engine and waits for it, so that nothing half-done remains.
    /// Lost connections are restored, with growing pauses.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        tokio::pin!(shutdown);
        let mut pause = Duration::from_millis(500);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                connected = self.follow() => {
                    if connected {
                        pause = Duration::from_millis(500);
                    }
                }
            }
            tracing::warn!(seconds = pause.as_secs_f32(), "the chain is out of reach; trying again");
            tokio::select! {
                () = &mut shutdown => break,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        self.cancel.cancel();
        // The permit comes back when the run at hand has stopped.
        let _ = self.engine.acquire().await;
        tracing::info!("worker stopped");
    }

    /// Follows the chain until the connection is lost. Returns whether there was one.
    async fn follow(&mut self) -> bool {
        let mut blocks = match self.chain.blocks().await {
            Ok(blocks) => blocks,
            Err(error) => {
                tracing::warn!(%error, "cannot follow the chain");
                return false;
            }
        };
        self.greet().await;
        let mut head: Option<Head> = None;
        loop {
            tokio::select! {
                block = blocks.next() => match block {
                    Some(block) => {
                        head = Some(block);
                        self.step(block).await;
                    }
                    None => return head.is_some(),
                },
                // The channel never closes: this worker holds a sender.
                Some(report) = self.reports.1.recv() => {
                    self.note(report).await;
                    if let Some(head) = head {
                        self.step(head).await;
                    }
                }
            }
        }
    }

    async fn greet(&self) {
        let account = self.chain.account();
        tracing::info!(worker = %account, model = ?self.runner.model(), finished = self.store.iter().count(), "worker attached");
    }

    /// Does the next step of every job, as this block has them.
    async fn step(&mut self, head: Head) {
        let jobs = match self.chain.jobs(head.hash).await {
            Ok(jobs) => jobs,
            Err(error) => return tracing::warn!(block = head.number, %error, "cannot read this worker's jobs"),
        };
        let open: HashSet<JobId> = jobs.iter().map(|job| job.id).collect();
        self.inputs.retain(|job, _| open.contains(job));
        self.declined.retain(|job| open.contains(job));
        self.sent.retain(|_, at| head.number.saturating_sub(*at) < RESEND_AFTER);
        for job in &jobs {
            match job.status {
                JobStatus::Assigned => self.consider(job, head).await,
                JobStatus::Accepted => self.carry_out(job, head).await,
                _ => {}
            }
        }
        self.follow_up(head).await;
    }

    /// A job drawn for this worker: accepted once its input is here and fits.
    async fn consider(&mut self, job: &Job, head: Head) {
        if self.declined.contains(&job.id) {
            return;
        }
        let Some(input) = self.input(job) else { return };
        if let Err(error) = self.runner.check(job, &input) {
            tracing::warn!(job = job.id, %error, "declining: this worker cannot run the job");
            self.declined.insert(job.id);
            Stats::add(&self.stats.declined, 1);
            return;
        }
        if self.due((job.id, Step::Accept), head) {
            match self.chain.accept(job.id).await {
                Ok(()) => tracing::info!(job = job.id, block = head.number, "accepting"),
                Err(error) => self.not_sent((job.id, Step::Accept), &error),
            }
        }
    }

    /// A job this worker answers for: run once, attested until the chain has it.
    async fn carry_out(&mut self, job: &Job, head: Head) {
        let Some(opening) = job.opening else { return };
        if let Some(finished) = self.store.get(job.id, opening) {
            let signed = finished.signed();
            if self.due((job.id, Step::Attest), head) {
                let sent = match signed {
                    Ok((attestation, signature)) => self.chain.attest(attestation, signature).await,
                    Err(error) => Err(ChainError::Refused(error.to_string())),
                };
                match sent {
                    Ok(()) => tracing::info!(job = job.id, block = head.number, "attesting"),
                    Err(error) => self.not_sent((job.id, Step::Attest), &error),
                }
            }
            return;
        }
        if self.running.get(&job.id) == Some(&opening) {
            return;
        }
        let Some(input) = self.input(job) else { return };
        self.running.insert(job.id, opening);
        self.start(job.clone(), opening, input);
    }

    /// Demanded outputs are posted; results of jobs that have left the chain are dropped.
    async fn follow_up(&mut self, head: Head) {
        let finished: Vec<JobId> = self.store.iter().map(|finished| finished.job).collect();
        let tidy = head.number % TIDY_EVERY == 0;
        for job in finished {
            match self.chain.attestation(head.hash, job).await {
                Ok(Some(attestation)) if attestation.deliver_by.is_some_and(|last| last >= head.number) => {
                    self.deliver(job, head).await;
                }
                Ok(None) if tidy && !self.running.contains_key(&job) && !self.inputs.contains_key(&job) => {
                    if let Err(error) = self.store.remove(job) {
                        tracing::warn!(job, %error, "cannot drop an old result");
                    }
                }
                Ok(_) => {}
                Err(error) => return tracing::debug!(%error, "cannot read attestations"),
            }
        }
    }

    async fn deliver(&mut self, job: JobId, head: Head) {
        let tokens = self.store.iter().find(|f| f.job == job).map(|f| f.receipt.output_tokens.clone());
        let Some(tokens) = tokens else { return };
        if self.due((job, Step::Deliver), head) {
            match self.chain.deliver(job, tokens).await {
                Ok(()) => tracing::info!(job, block = head.number, "delivering the demanded output"),
                Err(error) => self.not_sent((job, Step::Deliver), &error),
            }
        }
    }

    /// The input, if it is here; otherwise starts fetching it.
    fn input(&mut self, job: &Job) -> Option<Arc<Vec<u8>>> {
        if let Some(input) = self.inputs.get(&job.id) {
            return Some(input.clone());
        }
        if self.fetching.insert(job.id) {
            let (chain, reports) = (self.chain.clone(), self.reports.0.clone());
            let (id, hash, length) = (job.id, job.input, job.input_length);
            tokio::spawn(async move {
                let fetched = chain.fetch_blob(hash, length).await;
                let worth_retrying = !matches!(fetched, Err(ChainError::Refused(_)));
                let input = fetched.map_err(|error| error.to_string());
                // The loop has ended when nobody listens; there is nothing left to do then.
                let _ = reports.send(Report::Input { job: id, input, worth_retrying });
            });
        }
        None
    }

    fn start(&self, job: Job, opening: H256, input: Arc<Vec<u8>>) {
        let (engine, runner, cancel) = (self.engine.clone(), self.runner.clone(), self.cancel.clone());
        let (stats, reports) = (self.stats.clone(), self.reports.0.clone());
        tokio::spawn(async move {
            let Ok(permit) = engine.acquire_owned().await else { return };
            let id = job.id;
            let run = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                tracing::info!(job = job.id, "running");
                stats.timed(|| runner.run(&job, &input, &cancel, &mut || Stats::add(&stats.tokens, 1)))
            });
            let result = run.await.unwrap_or_else(|panic| Err(Error::Request(format!("the engine panicked: {panic}"))));
            let _ = reports.send(Report::Run { job: id, opening, result });
        });
    }

    /// Takes what background work brings.
    async fn note(&mut self, report: Report) {
        match report {
            Report::Input { job, input, worth_retrying } => {
                self.fetching.remove(&job);
                match input {
                    Ok(input) => {
                        self.inputs.insert(job, Arc::new(input));
                    }
                    Err(error) => {
                        tracing::warn!(job, %error, "cannot fetch the input");
                        if !worth_retrying {
                            self.declined.insert(job);
                        }
                    }
                }
            }
            Report::Run { job, opening, result } => {
                let finished = match result {
                    Ok(output) => self.finish(job, opening, output).await,
                    Err(error) => Err(error),
                };
                match finished {
                    Ok(tokens) => tracing::info!(job, tokens, "finished"),
                    Err(Error::Cancelled) => tracing::info!(job, "stopped before the end"),
                    // Left in `running`: the same input would fail the same way, and the deadline ends the job.
                    Err(error) => {
                        Stats::add(&self.stats.failed, 1);
                        tracing::error!(job, %error, "the run failed");
                        return;
                    }
                }
                self.running.remove(&job);
            }
        }
    }

    /// Signs a result and makes it last before anyone hears of it. Returns the number of output tokens.
    async fn finish(&mut self, job: JobId, opening: H256, output: Output) -> Result<usize> {
        let at = self.jobs_now().await?;
        let job = at
            .into_iter()
            .find(|j| j.id == job && j.opening == Some(opening))
            .ok_or_else(|| Error::Request(format!("job {job} is no longer open on the chain")))?;
        let receipt = output.receipt;
        let tokens = receipt.output_tokens.len();
        let attestation = attestation(&job, self.chain.account(), &receipt)?;
        let challenge = challenge(&self.chain.genesis(), job.id, &opening, &attestation.worker);
        let signature = self
            .signer
            .sign(&attestation.signing_hash(&challenge))
            .map_err(|e| Error::Request(format!("cannot sign: {e}")))?;
        if let Err(error) = self.chain.put_blob(output.bytes).await {
            tracing::warn!(job = job.id, %error, "the node does not take the output; the client has to demand it");
        }
        self.store.insert(Finished::new(opening, &attestation, &signature, receipt))?;
        Stats::add(&self.stats.finished, 1);
        Ok(tokens)
    }

    async fn jobs_now(&self) -> Result<Vec<Job>> {
        let unavailable = |error: ChainError| Error::Request(error.to_string());
        let mut blocks = self.chain.blocks().await.map_err(unavailable)?;
        let head = blocks.next().await.ok_or_else(|| Error::Request("the chain shows no block".into()))?;
        self.chain.jobs(head.hash).await.map_err(unavailable)
    }

    /// Whether a transaction should go out now; marks it as sent.
    fn due(&mut self, step: (JobId, Step), head: Head) -> bool {
        let due = !self.sent.contains_key(&step);
        if due {
            self.sent.insert(step, head.number);
        }
        due
    }

    fn not_sent(&mut self, step: (JobId, Step), error: &ChainError) {
        tracing::warn!(job = step.0, step = ?step.1, %error, "transaction not taken");
        // Worth another try at the next block; a refusal is repeated only after the usual pause.
        if matches!(error, ChainError::Unavailable(_)) {
            self.sent.remove(&step);
        }
    }
}

/// The attestation of a finished job.
fn attestation(job: &Job, worker: AccountId32, receipt: &crate::Receipt) -> Result<Attestation<AccountId32>> {
    let count = |tokens: &[u32]| u32::try_from(tokens.len()).map_err(|_| Error::Request("too many tokens".into()));
    Ok(Attestation {
        job: job.id,
        worker,
        model: receipt.model,
        input: job.input,
        output: receipt.output_hash,
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
