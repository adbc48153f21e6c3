//! Checking claimed work by replay: the claimed tokens go through the model once, and at every position the sampler, with
//! the job's seed, says which token it would have chosen.
//!
//! * Work of the verifier's own engine profile is compared **exactly**: any other token, any other bit of a fingerprint is
//!   bad. Honest work is never bad.
//! * Work of another profile is compared **within limits**. An honest token may differ where two tokens were about equal, so
//!   what counts is how far it is from being the choice ([`crate::sampler::gap`]), summed over the output; and fingerprints
//!   may differ in last bits. [`limits`] says how much of either, and docs/detection.md how that was measured.
//!
//! The verifier itself always runs the replay profile, so all honest verifiers find the same, and see the same logits at the
//! places a committee is asked about ([`Places`]).

pub mod limits;
pub mod statistics;
pub mod work;

use crate::engine::{Engine, Replay, Request};
use crate::error::{Error, Result};
use crate::fingerprint::{compare, Difference};
use crate::profile::ProfileKind;
use hanzo_poai::chunks::{fingerprints_root, Fingerprint, CHUNK};
use hanzo_poai::committee::Score;
use hanzo_poai::{positions, JobId};
pub use limits::Limits;
use serde::{Deserialize, Serialize, Serializer};
use sp_core::H256;

/// What a worker says it did.
#[derive(Clone, Copy)]
pub struct Claim<'a> {
    /// Prompt, decoding, seed and bias.
    pub request: Request<'a>,
    /// Its tokens.
    pub output: &'a [u32],
    /// Its fingerprints.
    pub fingerprints: Fingerprints<'a>,
}

/// What is known of the claimed fingerprints.
#[derive(Clone, Copy, Debug)]
pub enum Fingerprints<'a> {
    /// All of them, one for every 32 tokens.
    All(&'a [Fingerprint]),
    /// The root over them: compared exactly, it is as good; within limits it says nothing unless it is equal.
    Root(H256),
}

/// How a claim is compared.
#[derive(Clone, Copy, Debug)]
pub enum Test<'a> {
    /// To the bit: the claim is of the verifier's own engine profile.
    Exact,
    /// Within what honest numerics do.
    Within(&'a Limits),
}

/// Where a committee is asked to look: at the positions drawn from a seed for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// The job.
    pub job: JobId,
    /// Drawn after the attestation.
    pub seed: H256,
}

/// A claimed token that the sampler would not have chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mismatch {
    /// Place in the output, from 0.
    pub index: usize,
    /// The claimed token.
    pub claimed: u32,
    /// The sampler's choice.
    pub chosen: u32,
    /// Nats by which logits would have to move for the claimed one; `null` in JSON where nothing would help.
    pub gap: f64,
}

/// A claimed fingerprint against the hidden states computed here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "FlatFinding")]
pub struct FingerprintFinding {
    /// Tokens of its chunk.
    pub tokens: usize,
    /// Whether it has the same bits.
    pub equal: bool,
    /// How it differs.
    #[serde(flatten)]
    pub difference: Difference,
}

/// The same as it is written. Floats inside a flattened struct cannot be read back where serde_json keeps numbers as text, as some
/// crate of the workspace has it do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatFinding {
    tokens: usize,
    equal: bool,
    compared: usize,
    exponents: usize,
    mantissa_mean: f64,
    mantissa_median: u16,
}

impl From<FlatFinding> for FingerprintFinding {
    fn from(flat: FlatFinding) -> Self {
        let FlatFinding { tokens, equal, compared, exponents, mantissa_mean, mantissa_median } = flat;
        Self { tokens, equal, difference: Difference { compared, exponents, mantissa_mean, mantissa_median } }
    }
}

/// Part of an output that is tested by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Its first token.
    pub from: usize,
    /// The token after its last.
    pub to: usize,
    /// Sum of gaps, nats; `null` in JSON where a token could not be chosen at all.
    pub gap: f64,
    /// The largest that is honest.
    pub gap_limit: f64,
    /// Fingerprints outside their limits.
    pub fingerprints_outside: usize,
    /// Whether it is too far outside to be forgiven in a long output.
    pub far_outside: bool,
}

impl Window {
    /// Whether it is outside the limits.
    pub fn is_outside(&self) -> bool {
        self.gap > self.gap_limit || self.fingerprints_outside > 0
    }
}

/// What a replay finds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Good or bad.
    #[serde(serialize_with = "score_word")]
    pub score: Score,
    /// `exact`, or the numerics whose limits were applied.
    pub test: &'static str,
    /// Tokens claimed.
    pub tokens: usize,
    /// Those that are not the sampler's choice.
    pub mismatches: Vec<Mismatch>,
    /// Per chunk of 32 tokens; empty if only their root is known.
    pub fingerprints: Vec<FingerprintFinding>,
    /// Root over the fingerprints computed here.
    pub fingerprints_root: H256,
    /// Whether fingerprints were compared: within limits a root alone cannot be.
    pub fingerprints_compared: bool,
    /// The windows of a test within limits.
    pub windows: Vec<Window>,
    /// How many of them may be outside.
    pub windows_forgiven: usize,
    /// Why it is bad; empty if it is good.
    pub reasons: Vec<String>,
    /// Digest of all logits' bits behind the output tokens.
    pub logits_digest: H256,
    /// What a committee's member votes with, if places were asked for.
    pub digest: Option<H256>,
}

/// The word for a score.
pub const fn word(score: Score) -> &'static str {
    match score {
        Score::Good => "good",
        Score::Bad => "bad",
        Score::Unavailable => "unavailable",
        Score::Withheld => "withheld",
    }
}

fn score_word<S: Serializer>(score: &Score, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word(*score))
}

/// The outcome for one piece of work.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Good or bad.
    #[serde(serialize_with = "score_word")]
    pub score: Score,
    /// Everything that is wrong, in words.
    pub reasons: Vec<String>,
    /// What the replay found; none if the claim could not be replayed.
    pub finding: Option<Finding>,
}

impl Checked {
    /// What comes of things found wrong without the model and of the replay.
    pub fn new(mut reasons: Vec<String>, finding: Option<Finding>) -> Self {
        reasons.extend(finding.iter().flat_map(|finding| finding.reasons.iter().cloned()));
        let score = if reasons.is_empty() && finding.is_some() { Score::Good } else { Score::Bad };
        Self { score, reasons, finding }
    }

    /// As [`check`], with what is wrong about the work besides. A claim that cannot be replayed is bad: no honest worker
    /// makes one.
    pub fn of(
        engine: &dyn Engine,
        claim: &Claim<'_>,
        test: Test<'_>,
        places: Option<Places>,
        mut reasons: Vec<String>,
    ) -> Result<Self> {
        match check(engine, claim, test, places) {
            Ok(finding) => Ok(Self::new(reasons, Some(finding))),
            Err(error @ (Error::Request(_) | Error::NoToken { .. })) => {
                reasons.push(error.to_string());
                Ok(Self::new(reasons, None))
            }
            Err(error) => Err(error),
        }
    }
}

/// Replays a claim on an engine of the replay profile. Fails with [`Error::Request`] if there is nothing that could be
/// replayed: no output, tokens outside the vocabulary, more than the context holds, a number of fingerprints that does not
/// fit.
pub fn check(engine: &dyn Engine, claim: &Claim<'_>, test: Test<'_>, places: Option<Places>) -> Result<Finding> {
    refuse_malformed(engine, claim)?;
    let tokens = claim.request.prompt.len() + claim.output.len();
    let drawn = places.map_or_else(Vec::new, |places| {
        positions::positions(&places.seed, places.job, u32::try_from(tokens).unwrap_or(u32::MAX))
    });
    let replay = engine.replay_at(&claim.request, claim.output, &drawn)?;
    let width = engine.config().hidden_size;
    let fingerprints = match claim.fingerprints {
        Fingerprints::All(claimed) => compare_fingerprints(claimed, &replay, width),
        Fingerprints::Root(_) => Vec::new(),
    };
    let own_root = fingerprints_root(&replay.trace.fingerprints).unwrap_or_default();
    let digest = places.map(|places| {
        let seen: Vec<(u32, H256)> = drawn.iter().copied().zip(replay.seen.iter().copied()).collect();
        positions::digest(places.job, &places.seed, &seen)
    });
    let mut finding = Finding {
        score: Score::Good,
        test: match test {
            Test::Exact => "exact",
            Test::Within(limits) => limits.numerics,
        },
        tokens: claim.output.len(),
        mismatches: mismatches(claim.output, &replay),
        fingerprints,
        fingerprints_root: own_root,
        fingerprints_compared: true,
        windows: Vec::new(),
        windows_forgiven: 0,
        reasons: Vec::new(),
        logits_digest: replay.trace.logits_digest(),
        digest,
    };
    match test {
        Test::Exact => judge_exactly(&mut finding, claim.fingerprints),
        Test::Within(limits) => {
            let same_root = matches!(claim.fingerprints, Fingerprints::Root(root) if root == own_root);
            finding.fingerprints_compared = same_root || matches!(claim.fingerprints, Fingerprints::All(_));
            judge_within(&mut finding, &replay.gaps, limits);
        }
    }
    if !finding.reasons.is_empty() {
        finding.score = Score::Bad;
    }
    Ok(finding)
}

fn refuse_malformed(engine: &dyn Engine, claim: &Claim<'_>) -> Result<()> {
    if engine.profile().kind != ProfileKind::Replay {
        return Err(Error::Device("work is checked on the replay profile, whose bits are the same everywhere".into()));
    }
    if claim.output.is_empty() {
        return Err(Error::Request("the claimed output has no token".into()));
    }
    let vocabulary = engine.config().vocab_size;
    if let Some((place, id)) = claim.output.iter().enumerate().find(|(_, id)| **id as usize >= vocabulary) {
        return Err(Error::Request(format!(
            "token {id} at place {place} of the output is outside the model's vocabulary of {vocabulary}"
        )));
    }
    let (tokens, chunks) = (claim.output.len(), claim.output.len().div_ceil(CHUNK));
    match claim.fingerprints {
        Fingerprints::All(claimed) if claimed.len() != chunks => Err(Error::Request(format!(
            "{} fingerprints for an output of {tokens} tokens, which takes {chunks}: one for every {CHUNK}",
            claimed.len()
        ))),
        _ => Ok(()),
    }
}

fn mismatches(output: &[u32], replay: &Replay) -> Vec<Mismatch> {
    let all = output.iter().zip(&replay.tokens).zip(&replay.gaps).enumerate();
    all.filter(|(_, ((claimed, chosen), _))| claimed != chosen)
        .map(|(index, ((claimed, chosen), gap))| Mismatch { index, claimed: *claimed, chosen: *chosen, gap: *gap })
        .collect()
}

fn compare_fingerprints(claimed: &[Fingerprint], replay: &Replay, width: usize) -> Vec<FingerprintFinding> {
    let chunks = replay.hidden.chunks(width * CHUNK).zip(&replay.trace.fingerprints);
    let finding = |(claim, (hidden, own)): (&Fingerprint, (&[f32], &Fingerprint))| FingerprintFinding {
        tokens: hidden.len() / width,
        equal: claim == own,
        difference: compare(claim, hidden),
    };
    claimed.iter().zip(chunks).map(finding).collect()
}

fn judge_exactly(finding: &mut Finding, claimed: Fingerprints<'_>) {
    if let Some(first) = finding.mismatches.first() {
        let (count, tokens) = (finding.mismatches.len(), finding.tokens);
        finding
            .reasons
            .push(format!("{count} of {tokens} tokens are not those that the seed picks; {}", in_words(first)));
    }
    let unequal = finding.fingerprints.iter().position(|fingerprint| !fingerprint.equal);
    if let Some(index) = unequal {
        let differ = finding.fingerprints.iter().filter(|fingerprint| !fingerprint.equal).count();
        let count = finding.fingerprints.len();
        finding.reasons.push(format!("{differ} of {count} fingerprints differ, the first of them number {index}"));
    }
    if let Fingerprints::Root(root) = claimed {
        let own = finding.fingerprints_root;
        if root != own {
            finding.reasons.push(format!("the fingerprints' root is {root:?}, the replay gives {own:?}"));
        }
    }
}

fn in_words(mismatch: &Mismatch) -> String {
    let Mismatch { index, claimed, chosen, gap } = mismatch;
    format!("the first is token {index} of the output: {claimed}, where the seed picks {chosen}, {gap:.3} nats away")
}

/// Sums gaps and counts fingerprints outside, window by window.
pub fn judge_windows(gaps: &[f64], fingerprints: &[FingerprintFinding], limits: &Limits) -> Vec<Window> {
    let ends = limits::windows(gaps.len());
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let forgiven = limits.of_forgiven();
    let window = |(from, to): (usize, &usize)| {
        let chunks = fingerprints.iter().enumerate().filter(|(index, _)| (from..*to).contains(&(index * CHUNK)));
        let outside = |limits: &Limits| {
            chunks.clone().filter(|(_, finding)| !limits.forgives(finding.tokens, &finding.difference)).count()
        };
        let gap: f64 = gaps[from..*to].iter().sum();
        Window {
            from,
            to: *to,
            gap,
            gap_limit: limits.gap(to - from),
            fingerprints_outside: outside(limits),
            far_outside: gap > forgiven.gap(to - from) || outside(&forgiven) > 0,
        }
    };
    starts.zip(&ends).map(window).collect()
}

fn judge_within(finding: &mut Finding, gaps: &[f64], limits: &Limits) {
    finding.windows = judge_windows(gaps, &finding.fingerprints, limits);
    finding.windows_forgiven = limits::forgiven(finding.windows.len());
    let outside: Vec<&Window> = finding.windows.iter().filter(|window| window.is_outside()).collect();
    if outside.len() <= finding.windows_forgiven && outside.iter().all(|window| !window.far_outside) {
        return;
    }
    let mut reasons = Vec::new();
    for Window { from, to, gap, gap_limit, fingerprints_outside, .. } in outside {
        if gap > gap_limit {
            reasons.push(format!(
                "tokens {from} to {} are {gap:.3} nats away from those that the seed picks; {gap_limit:.3} is the most that \
                 honest {} work was seen to be, twice over",
                to - 1,
                limits.numerics
            ));
        }
        if *fingerprints_outside > 0 {
            let chunks = (to - from).div_ceil(CHUNK);
            reasons.push(format!(
                "{fingerprints_outside} of {chunks} fingerprints of tokens {from} to {} are not of these hidden states",
                to - 1
            ));
        }
    }
    finding.reasons = reasons;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The score of an output whose windows have these sums of gaps, in limits of one nat.
    fn score(sums: &[f64]) -> Score {
        let limits = Limits { gaps: [1.0; 8], ..Limits::F32 };
        let mut gaps = vec![0.0; sums.len() * limits::WINDOW * CHUNK];
        for (window, sum) in sums.iter().enumerate() {
            gaps[window * limits::WINDOW * CHUNK + 7] = *sum;
        }
        let mut finding = Finding {
            score: Score::Good,
            test: limits.numerics,
            tokens: gaps.len(),
            mismatches: Vec::new(),
            fingerprints: Vec::new(),
            fingerprints_root: H256::zero(),
            fingerprints_compared: false,
            windows: Vec::new(),
            windows_forgiven: 0,
            reasons: Vec::new(),
            logits_digest: H256::zero(),
            digest: None,
        };
        judge_within(&mut finding, &gaps, &limits);
        if finding.reasons.is_empty() {
            Score::Good
        } else {
            Score::Bad
        }
    }

    #[test]
    fn window_should_be_forgiven_in_a_long_output_when_it_is_a_little_outside() {
        assert_eq!(score(&[1.0]), Score::Good);
        assert_eq!(score(&[1.1]), Score::Bad);
        assert_eq!(score(&[1.1, 0.0]), Score::Good);
        assert_eq!(score(&[1.1, 1.1]), Score::Bad);
        assert_eq!(score(&[0.0, 3.9, 0.9]), Score::Good);
    }

    #[test]
    fn window_should_not_be_forgiven_when_it_is_far_outside() {
        assert_eq!(score(&[4.1, 0.0]), Score::Bad);
        let mut many = [0.0; 32];
        many[20] = f64::INFINITY;
        assert_eq!(score(&many), Score::Bad);
    }
}
