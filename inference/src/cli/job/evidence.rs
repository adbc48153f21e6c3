//! What the chain and the nodes have of a job, and how it compares with a run of it.
//!
//! The chain has the job (model, input hash, decoding, seed) and its attestation (roots, counts, output hash); the nodes
//! have the blobs. Nobody keeps the tokens, and nobody needs to: the seed gives them again, and their root says whether
//! they are the attested ones.

use super::super::connect::NodeArgs;
use super::find;
use crate::client::ClientError;
use crate::engine::{Generation, Schedule};
use crate::error::Result;
use crate::worker::chain::Job;
use crate::{Cancel, Engine, Request};
use anyhow::{bail, ensure, Context};
use hanzo_poai::{Attestation, JobId, JobKind, Proof};
use hanzo_traits::api::AttestationView;
use serde::Serialize;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::fmt::Debug;
use std::ops::ControlFlow;

/// Everything that is known of a job without its worker.
pub(in crate::cli) struct Evidence {
    pub(in crate::cli) job: Job,
    pub(in crate::cli) attestation: AttestationView<AccountId32, u32>,
    pub(in crate::cli) prompt: String,
    /// The output as the nodes have it, or why they have not.
    pub(in crate::cli) output: std::result::Result<String, String>,
}

impl Evidence {
    /// Asks a node for it.
    pub(in crate::cli) async fn gather(node: &NodeArgs, job: JobId) -> anyhow::Result<Self> {
        let connection = node.connect().await?;
        let job = find(&connection, job).await?;
        ensure!(job.kind == JobKind::Inference, "job {} is of kind {:?}; only Inference is replayed", job.id, job.kind);
        ensure!(job.prior_root.is_zero(), "job {} ran with prior {:?}, which is not at hand", job.id, job.prior_root);
        let best = connection.best().await?;
        let Some(attestation) = connection.attestation(job.id, best.hash()).await? else {
            bail!(
                "job {} is {:?} and has no attestation at block {}: there is none before it is attested, and none once it \
                 is pruned",
                job.id,
                job.status,
                best.number
            );
        };
        let prompt = connection.get_blob(job.input, Some(job.input_length)).await.context("the job's input")?;
        let prompt = String::from_utf8(prompt).context("the job's input is not UTF-8 text")?;
        let output = match connection.get_blob(attestation.output, None).await {
            Ok(bytes) => String::from_utf8(bytes).map_err(|e| format!("not UTF-8 text: {e}")),
            Err(error @ (ClientError::BlobMissing { .. } | ClientError::BlobWrong { .. })) => Err(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { job, attestation, prompt, output })
    }

    /// Fails unless the engine has the model that the job ran.
    pub(in crate::cli) fn require_model(&self, engine: &dyn Engine) -> anyhow::Result<()> {
        let (job, model) = (self.job.id, self.attestation.model);
        ensure!(
            engine.model_hash() == model,
            "job {job} ran model {model:?}; the one at hand is {:?}: give its files with --model",
            engine.model_hash()
        );
        Ok(())
    }

    /// Runs the job again from its seed.
    pub(in crate::cli) fn run(&self, engine: &dyn Engine, prompt: &[u32], schedule: Schedule) -> Result<Generation> {
        let request = Request { schedule, ..Request::new(prompt, &self.job.decoding, self.attestation.seed) };
        engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Continue(()))
    }

    /// What was attested beside what was found here.
    pub(in crate::cli) fn compare(&self, found: &Found) -> Compared {
        let (job, claim) = (&self.job, &self.attestation);
        Compared {
            receipt_root: Pair::new(claim.receipt_root, receipt_root(job, claim)),
            seed: Pair::new(claim.seed, job.seed.unwrap_or_default()),
            input: Pair::new(claim.input, job.input),
            prompt_tokens: Pair::new(claim.prompt_tokens as usize, found.prompt_tokens),
            output_tokens: Pair::new(claim.output_tokens as usize, found.output_tokens),
            output: Pair::new(claim.output, found.output_hash),
            tokens_root: Pair::new(claim.tokens_root, found.tokens_root),
            fingerprints_root: Pair::new(claim.fingerprints_root, found.fingerprints_root),
        }
    }
}

/// What is compared with an attestation.
pub(in crate::cli) struct Found {
    pub(in crate::cli) prompt_tokens: usize,
    pub(in crate::cli) output_tokens: usize,
    pub(in crate::cli) output_hash: H256,
    pub(in crate::cli) tokens_root: H256,
    pub(in crate::cli) fingerprints_root: H256,
}

/// The root that names an attestation, from its fields.
fn receipt_root(job: &Job, claim: &AttestationView<AccountId32, u32>) -> H256 {
    let attestation = Attestation {
        job: claim.job,
        worker: claim.worker.clone(),
        model: claim.model,
        input: claim.input,
        output: claim.output,
        tokens_root: claim.tokens_root,
        fingerprints_root: claim.fingerprints_root,
        prompt_tokens: claim.prompt_tokens,
        output_tokens: claim.output_tokens,
        nonce: job.nonce,
        seed: claim.seed,
        engine_profile: claim.engine_profile,
        prior_root: claim.prior_root,
        proof: Proof::Replay,
    };
    attestation.receipt_root()
}

/// What was attested and what came out here.
#[derive(Serialize)]
pub(in crate::cli) struct Pair<T> {
    pub(in crate::cli) attested: T,
    pub(in crate::cli) replayed: T,
    pub(in crate::cli) same: bool,
}

impl<T: PartialEq + Debug> Pair<T> {
    pub(in crate::cli) fn new(attested: T, replayed: T) -> Self {
        let same = attested == replayed;
        Self { attested, replayed, same }
    }

    fn difference(&self, what: &str) -> Option<String> {
        let Self { attested, replayed, same } = self;
        (!same).then(|| format!("{what}: {attested:?} was attested, it is {replayed:?}"))
    }

    pub(in crate::cli) fn print(&self, what: &str) {
        let Self { attested, replayed, same } = self;
        match same {
            true => println!("{what:<18} {attested:?}"),
            false => println!("{what:<18} {attested:?} attested, {replayed:?} here"),
        }
    }
}

/// What must be the same for the attestation to hold.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Compared {
    receipt_root: Pair<H256>,
    seed: Pair<H256>,
    input: Pair<H256>,
    prompt_tokens: Pair<usize>,
    output_tokens: Pair<usize>,
    output: Pair<H256>,
    tokens_root: Pair<H256>,
    fingerprints_root: Pair<H256>,
}

impl Compared {
    pub(in crate::cli) fn hashes(&self) -> [(&'static str, &Pair<H256>); 6] {
        [
            ("receipt root", &self.receipt_root),
            ("seed", &self.seed),
            ("input", &self.input),
            ("output", &self.output),
            ("tokens root", &self.tokens_root),
            ("fingerprints root", &self.fingerprints_root),
        ]
    }

    pub(in crate::cli) fn counts(&self) -> [(&'static str, &Pair<usize>); 2] {
        [("prompt tokens", &self.prompt_tokens), ("output tokens", &self.output_tokens)]
    }

    /// Every difference, in words.
    pub(in crate::cli) fn differences(&self) -> Vec<String> {
        let hashes = self.hashes().into_iter().filter_map(|(what, pair)| pair.difference(what));
        hashes.chain(self.counts().into_iter().filter_map(|(what, pair)| pair.difference(what))).collect()
    }

    pub(in crate::cli) fn all_same(&self) -> bool {
        self.hashes().iter().all(|(_, pair)| pair.same) && self.counts().iter().all(|(_, pair)| pair.same)
    }
}
