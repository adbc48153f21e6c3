//! From the papers of a job to a vote with its evidence.

use crate::engine::{Cancel, Engine, Schedule};
use crate::error::{Error, Result};
use crate::sealing::{ContentKey, Written};
use crate::verifier::chain::AttestationOf;
use crate::verifier::round::Round;
use crate::verify::work::{Judged, Work};
use crate::verify::{word, Checked, Finding, Limits, Places};
use crate::worker::chain::Job;
use hanzo_poai::committee::{Score, Vote};
use hanzo_poai::{positions, JobId, JobKind};
use serde::Serialize;
use sp_core::H256;
use std::sync::Arc;

/// What work of another engine profile is forgiven. Every verifier has to apply the same.
pub const LIMITS: &Limits = &Limits::F32;

/// Tokens that are listed in evidence, of those that are not the seed's choice: evidence is for people, and stays small.
const LISTED: usize = 32;

/// What a job is judged by. Bytes match the hashes on chain.
#[derive(Clone, Debug)]
pub struct Papers {
    /// The job.
    pub job: Job,
    /// What its worker attested.
    pub attestation: AttestationOf,
    /// Its input.
    pub input: Arc<Vec<u8>>,
    /// Its output, or why nobody has it: then the work is what the seed gives.
    pub output: std::result::Result<Written, String>,
    /// The key of a sealed job; input and output are in clear here.
    pub key: Option<ContentKey>,
}

/// A vote and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// The vote.
    pub vote: Vote,
    /// The evidence, as it is published: one JSON object.
    pub evidence: String,
}

/// Judges work. The loop knows no more of inference than this.
pub trait Judge: Send + Sync + 'static {
    /// Content hashes of the models at hand.
    fn models(&self) -> Vec<H256>;

    /// Judges by replay. Fails with [`Error::Unjudged`] where nothing can be said, with [`Error::Cancelled`] when told to
    /// stop, and otherwise for reasons of this machine. Blocks the thread.
    fn judge(&self, papers: &Papers, round: &Round, cancel: &Cancel) -> Result<Opinion>;
}

/// Why a job cannot be judged here at all, if so.
pub(super) fn lacks(judge: &impl Judge, job: &Job, attestation: &AttestationOf) -> Option<String> {
    if job.kind != JobKind::Inference {
        return Some(format!("jobs of kind {:?} are not replayed here", job.kind));
    }
    if !job.prior_root.is_zero() {
        return Some(format!("prior {:?} is not at hand", job.prior_root));
    }
    let (model, own) = (attestation.model, judge.models());
    (!own.contains(&model)).then(|| format!("model {model:?} is not at hand; there are {own:?}"))
}

/// What is published beside a vote.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Evidence<'a> {
    version: u32,
    job: JobId,
    round: u32,
    /// Names the attestation.
    receipt_root: H256,
    score: &'static str,
    digest: H256,
    /// From which the positions derive.
    positions_seed: H256,
    /// Where the digest looks; none where nothing could be replayed.
    positions: Vec<u32>,
    /// Engine profile of the replay.
    engine_profile: Option<H256>,
    prompt_tokens: Option<usize>,
    /// Output tokens that are not the seed's choice; the first 32 of them are in `finding`.
    mismatches: Option<usize>,
    /// Why the score is not good; empty if it is.
    reasons: &'a [String],
    finding: Option<&'a Finding>,
}

impl<'a> Evidence<'a> {
    fn new(round: &Round, vote: &Vote, reasons: &'a [String]) -> Self {
        Self {
            version: 1,
            job: round.job,
            round: round.number,
            receipt_root: round.receipt,
            score: word(vote.score),
            digest: vote.digest,
            positions_seed: round.positions,
            positions: Vec::new(),
            engine_profile: None,
            prompt_tokens: None,
            mismatches: None,
            reasons,
            finding: None,
        }
    }

    fn opinion(self, vote: Vote) -> Result<Opinion> {
        let evidence = serde_json::to_string(&self).map_err(|e| Error::Store(format!("evidence: {e}")))?;
        Ok(Opinion { vote, evidence })
    }
}

/// The vote of a member that could not have what it needs, and why. Its digest is zero, so that all such votes are alike.
pub fn nothing_seen(round: &Round, score: Score, reasons: &[String]) -> Result<Opinion> {
    let vote = Vote { score, digest: H256::zero() };
    Evidence::new(round, &vote, reasons).opinion(vote)
}

/// A [`Judge`] over engines of the replay profile, one for each model.
pub struct EngineJudge {
    engines: Vec<Arc<dyn Engine>>,
}

impl EngineJudge {
    /// Over these engines.
    pub fn new(engines: Vec<Arc<dyn Engine>>) -> Self {
        Self { engines }
    }
}

impl Judge for EngineJudge {
    fn models(&self) -> Vec<H256> {
        self.engines.iter().map(|engine| engine.model_hash()).collect()
    }

    fn judge(&self, papers: &Papers, round: &Round, cancel: &Cancel) -> Result<Opinion> {
        let model = papers.attestation.model;
        let engine = self.engines.iter().find(|engine| engine.model_hash() == model);
        let engine = engine.ok_or_else(|| Error::Unjudged(format!("model {model:?} is not at hand")))?.as_ref();
        let places = Places { job: round.job, seed: round.positions };
        let judged = match check(engine, papers, places, cancel) {
            // The replay profile fails the same way everywhere, and an honest worker could not have attested.
            Err(error @ (Error::Request(_) | Error::NoToken { .. } | Error::Overflow { .. } | Error::Tokenizer(_))) => {
                Judged { checked: Checked::new(vec![error.to_string()], None), prompt_tokens: 0 }
            }
            judged => judged?,
        };
        opinion(engine, round, judged)
    }
}

fn check(engine: &dyn Engine, papers: &Papers, places: Places, cancel: &Cancel) -> Result<Judged> {
    let Papers { job, attestation, input, output, key } = papers.clone();
    let prompt = String::from_utf8(input.to_vec())
        .map_err(|e| Error::Request(format!("the input is not UTF-8 text, so no worker could run it: {e}")))?;
    let work = Work { job, attestation, prompt, output, key };
    work.judge(engine, None, Schedule::default(), LIMITS, Some(places), cancel)
}

fn opinion(engine: &dyn Engine, round: &Round, judged: Judged) -> Result<Opinion> {
    let Judged { checked: Checked { score, reasons, mut finding }, prompt_tokens } = judged;
    // Of work that cannot be replayed nothing is seen anywhere: the digest over no position.
    let seen = finding.as_ref().and_then(|finding| finding.digest);
    let digest = seen.unwrap_or_else(|| positions::digest(round.job, &round.positions, &[]));
    let vote = Vote { score, digest };
    let mismatches = finding.as_ref().map(|finding| finding.mismatches.len());
    let tokens = finding.as_ref().map(|finding| prompt_tokens.saturating_add(finding.tokens));
    let tokens = u32::try_from(tokens.unwrap_or_default()).unwrap_or(u32::MAX);
    if let Some(finding) = &mut finding {
        finding.mismatches.truncate(LISTED);
    }
    let evidence = Evidence {
        positions: positions::positions(&round.positions, round.job, tokens),
        engine_profile: Some(engine.profile().hash()),
        prompt_tokens: finding.is_some().then_some(prompt_tokens),
        mismatches,
        finding: finding.as_ref(),
        ..Evidence::new(round, &vote, &reasons)
    };
    evidence.opinion(vote)
}
