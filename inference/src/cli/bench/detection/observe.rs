//! One job, what a worker made of it, and what the verifier sees of that at every length.

use super::worker::{gaussian, Sampling, Served, Worker};
use crate::engine::Schedule;
use crate::fingerprint::{compare, fingerprint, Difference, TOP};
use crate::hash::Hasher;
use crate::train::Corpus;
use crate::verify::limits::{CHUNK_LENGTHS, LENGTHS};
use crate::verify::{judge_windows, FingerprintFinding, Limits};
use crate::{CandleEngine, Engine, Request};
use hanzo_poai::chunks::{Fingerprint, CHUNK};
use hanzo_poai::Decoding;
use rand_chacha::rand_core::SeedableRng;
use rand_chacha::ChaCha12Rng;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// Output tokens of a run.
pub(super) const TOKENS: usize = LENGTHS[LENGTHS.len() - 1];

/// Text that prompts are cut from, beside exercises: the tiny model was trained on its like.
const TEXT: &str = include_str!("../../../../../LICENSE-APACHE");

/// A job.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Job {
    pub(super) prompt: Vec<u32>,
    pub(super) decoding: Decoding,
    pub(super) seed: H256,
}

impl Job {
    /// The `index`-th job of a series: a prompt of 16 to 96 tokens, half of them text, half exercises.
    pub(super) fn draw(series: &str, seed: u64, index: u64, decoding: Decoding, engine: &CandleEngine) -> Self {
        let mut hasher = Hasher::in_domain("hanzo/bench/detection/v1");
        hasher.part(series.as_bytes());
        hasher.part(&seed.to_le_bytes());
        hasher.part(&index.to_le_bytes());
        let noise = hasher.finish();
        let word = noise.to_low_u64_be();
        let length = 16 + (word % 81) as usize;
        let corpus = Corpus::from_text(TEXT);
        let mut prompt = corpus.batches(word, 1, length, engine.config()).draw().concat();
        prompt.truncate(length);
        Self { prompt, decoding, seed: noise }
    }

    /// Asks a worker that keeps to it.
    pub(super) fn ask(&self, worker: &Worker, chunk: usize) -> crate::Result<Served> {
        let sampling = Sampling { decoding: &self.decoding, seed: self.seed, bias: &[], factors: &[] };
        worker.serve(&self.prompt, self.prompt.len(), &sampling, chunk, TOKENS)
    }
}

/// Log factors of an expert nobody asked for: normal, of that many thousandths of a nat.
pub(super) fn factors(milli: u32, vocabulary: usize) -> Vec<f32> {
    let mut rng = ChaCha12Rng::seed_from_u64(u64::from(milli));
    (0..vocabulary).map(|_| (gaussian(&mut rng) * f64::from(milli) / 1e3) as f32).collect()
}

/// The fingerprints that a worker claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prints {
    /// Of its own hidden states.
    Own,
    /// Of those that the true model has for the claimed tokens: a reading of them, much cheaper than writing, gives these.
    True,
}

/// What a verifier sees.
#[derive(Serialize, Deserialize)]
pub(super) struct Observed {
    /// Per token, nats; 0 where it is the seed's choice. Finite: every token has a finite logit in these models.
    pub(super) gaps: Vec<f64>,
    /// Per token, whether it is another than the seed's choice.
    pub(super) mismatched: Vec<bool>,
    /// Of the first chunk, after as many tokens as [`CHUNK_LENGTHS`] says.
    pub(super) begun: Vec<FingerprintFinding>,
    /// Of all whole chunks.
    pub(super) whole: Vec<FingerprintFinding>,
}

impl Observed {
    /// Replays what was served for a job.
    pub(super) fn new(verifier: &CandleEngine, job: &Job, served: &Served, prints: Prints) -> crate::Result<Self> {
        let schedule = Schedule { prefill_chunk: None, cache: true };
        let request = Request { schedule, ..Request::new(&job.prompt, &job.decoding, job.seed) };
        let replay = verifier.replay(&request, &served.tokens)?;
        let width = verifier.config().hidden_size;
        let finding = |from: usize, tokens: usize, own: &Fingerprint| {
            let range = from * width..(from + tokens) * width;
            let hidden = &replay.hidden[range.clone()];
            match prints {
                Prints::True => FingerprintFinding { tokens, equal: true, difference: same(hidden.len()) },
                Prints::Own => {
                    let claimed = fingerprint(&served.hidden[range]);
                    FingerprintFinding { tokens, equal: claimed == *own, difference: compare(&claimed, hidden) }
                }
            }
        };
        let own = replay.trace.fingerprints.iter().enumerate();
        let whole: Vec<_> = own.map(|(chunk, own)| finding(chunk * CHUNK, CHUNK, own)).collect();
        let begun = |tokens: &usize| match *tokens {
            CHUNK => whole[0].clone(),
            tokens => finding(0, tokens, &fingerprint(&replay.hidden[..tokens * width])),
        };
        Ok(Self {
            mismatched: replay.tokens.iter().zip(&served.tokens).map(|(own, claimed)| own != claimed).collect(),
            begun: CHUNK_LENGTHS.iter().map(begun).collect(),
            gaps: replay.gaps,
            whole,
        })
    }

    /// Fingerprints of an output of that many tokens, one of [`LENGTHS`].
    fn fingerprints(&self, tokens: usize) -> &[FingerprintFinding] {
        match CHUNK_LENGTHS.iter().position(|length| *length == tokens) {
            Some(index) => &self.begun[index..=index],
            None => &self.whole[..tokens / CHUNK],
        }
    }

    /// Whether the exact test calls the first so many tokens bad.
    pub(super) fn is_bad_exactly(&self, tokens: usize) -> bool {
        self.mismatched[..tokens].contains(&true) || self.fingerprints(tokens).iter().any(|finding| !finding.equal)
    }

    /// Whether the test within limits does: up to 128 tokens are one window, and none may be outside.
    pub(super) fn is_bad_within(&self, tokens: usize, limits: &Limits) -> bool {
        judge_windows(&self.gaps[..tokens], self.fingerprints(tokens), limits).iter().any(|window| window.is_outside())
    }
}

fn same(elements: usize) -> Difference {
    Difference { compared: elements.min(TOP), exponents: 0, mantissa_mean: 0.0, mantissa_median: 0 }
}
