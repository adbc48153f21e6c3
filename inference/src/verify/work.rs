//! Judging an attested job by what the chain and the nodes have of it.
//!
//! The chain has the job (model, input hash, decoding, seed) and its attestation (roots, counts, output hash); the nodes
//! have the blobs. Nobody keeps the tokens, and nobody needs to: those of the output's text, or those that the seed gives
//! again, are the attested ones if they have the attested root.

use super::{Checked, Claim, Fingerprints, Limits, Places, Test};
use crate::engine::{Finish, Generation, Schedule};
use crate::error::{Error, Result};
use crate::hash::blake2_256;
use crate::receipt::{output_hash, unended, Receipt};
use crate::sealing::{ContentKey, Written};
use crate::worker::chain::Job;
use crate::{Cancel, Engine, Request};
use hanzo_poai::chunks::{fingerprints_root, tokens_root, Fingerprint};
use hanzo_poai::{Attestation, Proof, Verification};
use hanzo_traits::api::AttestationView;
use serde::Serialize;
use sp_core::H256;
use sp_runtime::AccountId32;
use std::fmt::Debug;
use std::ops::ControlFlow;

/// Everything that is known of a job without its worker.
#[derive(Clone, Debug)]
pub struct Work {
    /// The job.
    pub job: Job,
    /// What its worker attested.
    pub attestation: AttestationView<AccountId32, u32>,
    /// The prompt.
    pub prompt: String,
    /// The output as the nodes have it, or why they have not.
    pub output: std::result::Result<Written, String>,
    /// The key of a sealed job; prompt and output are in clear here.
    pub key: Option<ContentKey>,
}

/// What a look at a job's work came to.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Score, reasons, findings.
    pub checked: Checked,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
}

/// Tokens of a job, and the fingerprints if they are at hand.
struct Tokens {
    output: Vec<u32>,
    fingerprints: Option<Vec<Fingerprint>>,
}

impl Work {
    /// Fails unless the engine has the model that the job ran.
    pub fn require_model(&self, engine: &dyn Engine) -> Result<()> {
        let (job, model, own) = (self.job.id, self.attestation.model, engine.model_hash());
        if own == model {
            return Ok(());
        }
        Err(Error::Unjudged(format!(
            "job {job} ran model {model:?}; the one at hand is {own:?}: give its files with --model"
        )))
    }

    /// Runs the job again from its seed.
    pub fn run(&self, engine: &dyn Engine, prompt: &[u32], schedule: Schedule, cancel: &Cancel) -> Result<Generation> {
        let request = Request { schedule, ..Request::new(prompt, &self.job.decoding, self.attestation.seed) };
        let run = engine.generate(&request, cancel, &mut |_| ControlFlow::Continue(()))?;
        match run.finish {
            Finish::Cancelled => Err(Error::Cancelled),
            _ => Ok(run),
        }
    }

    /// Judges the work by replay. The tokens are those of the worker's `receipt`, where one is given, else those of the
    /// output, else those that the seed gives. Work of the verifier's own engine profile is compared to the bit, other work
    /// within `limits`. Fails with [`Error::Unjudged`] where nothing can be said: another model than the engine's, a receipt
    /// of other work, or work of another profile whose tokens are not to be had.
    pub fn judge(
        &self,
        engine: &dyn Engine,
        receipt: Option<Receipt>,
        schedule: Schedule,
        limits: &Limits,
        places: Option<Places>,
        cancel: &Cancel,
    ) -> Result<Judged> {
        self.require_model(engine)?;
        let claim = &self.attestation;
        let exact = claim.engine_profile == engine.profile().hash();
        let prompt = engine.tokenizer().encode(&self.prompt)?;
        let tokens = match receipt {
            Some(receipt) => self.of_receipt(receipt)?,
            None => match self.of_output(engine) {
                Some(output) => Tokens { output, fingerprints: None },
                None => self.of_seed(engine, &prompt, schedule, exact, cancel)?,
            },
        };
        let known = tokens.fingerprints.as_deref();
        let request = Request { schedule, ..Request::new(&prompt, &self.job.decoding, claim.seed) };
        let fingerprints = known.map_or(Fingerprints::Root(claim.fingerprints_root), Fingerprints::All);
        let work = Claim { request, output: &tokens.output, fingerprints };
        let wrong = self.wrong_about(engine, prompt.len(), &tokens.output)?;
        let test = if exact { Test::Exact } else { Test::Within(limits) };
        let checked = Checked::of(engine, &work, test, places, wrong)?;
        Ok(Judged { checked, prompt_tokens: prompt.len() })
    }

    /// What the worker's own receipt says, if it is the attested one.
    fn of_receipt(&self, receipt: Receipt) -> Result<Tokens> {
        let claim = &self.attestation;
        let own_tokens = tokens_root(&receipt.output_tokens).unwrap_or_default();
        let own_fingerprints = fingerprints_root(&receipt.fingerprints).unwrap_or_default();
        let roots =
            [("tokens", claim.tokens_root, own_tokens), ("fingerprints", claim.fingerprints_root, own_fingerprints)];
        match roots.into_iter().find(|(_, attested, own)| attested != own) {
            Some((what, attested, own)) => Err(Error::Unjudged(format!(
                "job {} has {what} root {attested:?}; those of the receipt have {own:?}",
                self.job.id
            ))),
            None => Ok(Tokens { output: receipt.output_tokens, fingerprints: Some(receipt.fingerprints) }),
        }
    }

    /// The tokens of the output as the nodes have it, those of a text with an end token or without, if their root is the
    /// attested one.
    fn of_output(&self, engine: &dyn Engine) -> Option<Vec<u32>> {
        let is_attested = |ids: &Vec<u32>| tokens_root(ids) == Some(self.attestation.tokens_root);
        let tokenizer = engine.tokenizer();
        let all = match self.output.as_ref().ok()? {
            Written::Tokens(ids) => return Some(ids.clone()).filter(is_attested),
            Written::Text(text) => tokenizer.encode(text).ok()?,
        };
        // What a prompt starts with is no part of an output.
        let start = tokenizer.encode("").ok()?;
        let plain = all.strip_prefix(&start[..]).unwrap_or(&all).to_vec();
        let ended = engine.config().eos.iter().map(|end| [&plain[..], &[*end]].concat());
        std::iter::once(plain.clone()).chain(ended).find(is_attested)
    }

    /// The tokens that the seed gives. If their root is another than the attested, work of the verifier's own profile is
    /// bad; of other work the tokens stay unknown.
    fn of_seed(
        &self,
        engine: &dyn Engine,
        prompt: &[u32],
        schedule: Schedule,
        exact: bool,
        cancel: &Cancel,
    ) -> Result<Tokens> {
        let output = self.run(engine, prompt, schedule, cancel)?.tokens;
        let (job, root) = (self.job.id, self.attestation.tokens_root);
        if exact || tokens_root(&output) == Some(root) {
            return Ok(Tokens { output, fingerprints: None });
        }
        Err(Error::Unjudged(format!(
            "job {job} ran on another engine profile, {:?}; neither its output nor its seed gives tokens with the attested \
             root {root:?}: give the worker's receipt with --receipt",
            self.attestation.engine_profile
        )))
    }

    /// What is wrong about an attestation besides tokens and fingerprints.
    fn wrong_about(&self, engine: &dyn Engine, prompt_tokens: usize, output: &[u32]) -> Result<Vec<String>> {
        let compared = self.compare(&Found {
            prompt_tokens,
            output_tokens: output.len(),
            output_hash: self.output_hash(engine, output)?,
            tokens_root: tokens_root(output).unwrap_or_default(),
            // The replay compares them.
            fingerprints_root: self.attestation.fingerprints_root,
        });
        let mut wrong = compared.differences();
        let stopped = output.last().is_some_and(|last| engine.config().eos.contains(last));
        let finish = if stopped { Finish::Stop } else { Finish::Length };
        wrong.extend(unended(engine, &self.job.decoding, prompt_tokens, output, finish));
        Ok(wrong)
    }

    /// Hash of an output as its job attests it: of its text, or of what is sealed.
    pub(crate) fn output_hash(&self, engine: &dyn Engine, output: &[u32]) -> Result<H256> {
        let Some(key) = &self.key else { return Ok(output_hash(engine, output)) };
        let text = engine.tokenizer().decode(output)?;
        Ok(blake2_256(&key.seal_output(&self.attestation.seed, text.as_bytes(), output)?))
    }

    /// What was attested beside what was found here.
    pub(crate) fn compare(&self, found: &Found) -> Compared {
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
pub(crate) struct Found {
    pub(crate) prompt_tokens: usize,
    pub(crate) output_tokens: usize,
    pub(crate) output_hash: H256,
    pub(crate) tokens_root: H256,
    pub(crate) fingerprints_root: H256,
}

/// The root that names an attestation, from its fields. It covers the proof; the chain checked one that carries evidence
/// when it took the attestation, and does not keep it, so there the root is the chain's.
fn receipt_root(job: &Job, claim: &AttestationView<AccountId32, u32>) -> H256 {
    if job.verification != Verification::Replay {
        return claim.receipt_root;
    }
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
pub(crate) struct Pair<T> {
    pub(crate) attested: T,
    pub(crate) replayed: T,
    pub(crate) same: bool,
}

impl<T: PartialEq + Debug> Pair<T> {
    pub(crate) fn new(attested: T, replayed: T) -> Self {
        let same = attested == replayed;
        Self { attested, replayed, same }
    }

    fn difference(&self, what: &str) -> Option<String> {
        let Self { attested, replayed, same } = self;
        (!same).then(|| format!("{what}: {attested:?} was attested, it is {replayed:?}"))
    }

    /// A line about it.
    pub(crate) fn line(&self, what: &str) -> String {
        let Self { attested, replayed, same } = self;
        match same {
            true => format!("{what:<18} {attested:?}"),
            false => format!("{what:<18} {attested:?} attested, {replayed:?} here"),
        }
    }
}

/// What must be the same for the attestation to hold.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Compared {
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
    pub(crate) fn hashes(&self) -> [(&'static str, &Pair<H256>); 6] {
        [
            ("receipt root", &self.receipt_root),
            ("seed", &self.seed),
            ("input", &self.input),
            ("output", &self.output),
            ("tokens root", &self.tokens_root),
            ("fingerprints root", &self.fingerprints_root),
        ]
    }

    pub(crate) fn counts(&self) -> [(&'static str, &Pair<usize>); 2] {
        [("prompt tokens", &self.prompt_tokens), ("output tokens", &self.output_tokens)]
    }

    /// Every difference, in words.
    pub(crate) fn differences(&self) -> Vec<String> {
        let hashes = self.hashes().into_iter().filter_map(|(what, pair)| pair.difference(what));
        hashes.chain(self.counts().into_iter().filter_map(|(what, pair)| pair.difference(what))).collect()
    }

    pub(crate) fn all_same(&self) -> bool {
        self.hashes().iter().all(|(_, pair)| pair.same) && self.counts().iter().all(|(_, pair)| pair.same)
    }
}
