//! From logits to a token, in an order that is part of the protocol (`docs/inference.md`, "Sampling"):
//!
//! logits → bias → repetition penalty → log factors of the experts → grammar mask → ÷ T → top-k → top-p → min-p → Gumbel-max.
//!
//! * **Bias** is what the request adds to the logits of single tokens, in thousandths of a nat ([`TokenBias`]).
//! * **Ties.** Wherever tokens are ranked, the larger logit comes first and among equal ones the lower id.
//! * **NaN** is taken as −∞, and +∞ as the largest f32: such a token loses or wins but poisons nothing.
//! * **T = 0** takes the first of that ranking after the mask; the filters cannot change it.
//! * **Filters.** With z the logits after ÷ T and m their maximum, a token weighs w = ⌊exp(z − m)·2⁴⁰⌋, an integer, so that sums
//!   do not depend on order. top-k keeps the first k of the ranking. top-p keeps the shortest prefix of what is left whose
//!   weight is at least p of the weight of what is left. min-p then drops tokens with w < p·2⁴⁰.
//! * **Noise.** The chosen token maximises z + g, g = −ln(−ln u), u = (r + ½)·2⁻³², where r is word `token id` of the ChaCha12
//!   stream with the seed as key and the position as nonce. It depends on nothing else, so any token of any position can be
//!   checked by itself. `ln` is the pinned libm's in f64.

mod gap;

use crate::error::{Error, Result};
use crate::kernels::exp;
pub use gap::gap;
use hanzo_poai::Decoding;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use std::cmp::Ordering;

/// Name and version of the above, part of the engine profile.
pub const SAMPLER: &str = "hanzo-gumbel/2: bias, chacha12, 2^40 weights, libm 0.2.16";

/// Largest magnitude of a bias, thousandths of a nat: more than any two logits of a trained model lie apart.
pub const MAX_BIAS_MILLI: i32 = 100_000;

/// A token that a request makes likelier or less likely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenBias {
    /// Token id.
    pub token: u32,
    /// What is added to its logit: thousandths of a nat, between −[`MAX_BIAS_MILLI`] and [`MAX_BIAS_MILLI`].
    pub milli: i32,
}

impl TokenBias {
    /// Checks the biases of one request: within bounds, inside the vocabulary, in ascending order of token and each token
    /// once, so that equal requests are written alike. Fails with [`Error::Request`].
    pub fn check(biases: &[Self], vocabulary: usize) -> Result<()> {
        for (index, Self { token, milli }) in biases.iter().enumerate() {
            if *token as usize >= vocabulary {
                return Err(Error::Request(format!("bias on token {token}, outside a vocabulary of {vocabulary}")));
            }
            if milli.unsigned_abs() > MAX_BIAS_MILLI.unsigned_abs() {
                return Err(Error::Request(format!(
                    "bias on token {token} is {milli} thousandths of a nat; at most {MAX_BIAS_MILLI} either way is allowed"
                )));
            }
            if let Some(before) = index.checked_sub(1).and_then(|i| biases.get(i)).filter(|b| b.token >= *token) {
                return Err(Error::Request(format!(
                    "bias on token {token} comes after token {}; tokens must ascend",
                    before.token
                )));
            }
        }
        Ok(())
    }
}

/// Weight of the likeliest token.
const ONE: f64 = (1u64 << 40) as f64;

/// What shapes one choice besides the logits.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// How to decode.
    pub decoding: &'a Decoding,
    /// Key of the noise.
    pub seed: &'a H256,
    /// Position in the whole sequence of the token to be chosen: the number of tokens before it.
    pub position: usize,
    /// What the request adds to single logits ([`TokenBias::check`]).
    pub bias: &'a [TokenBias],
    /// Tokens already present, prompt included; they are what the repetition penalty applies to.
    pub present: &'a [u32],
    /// Log factors of the experts to add, one per token id; empty for none.
    pub factors: &'a [f32],
    /// Which tokens a grammar allows, one flag per token id; empty for all.
    pub allowed: &'a [bool],
}

/// Chooses a token. Logits are changed in place: afterwards they are the combined ones, before ÷ T.
pub fn sample(logits: &mut [f32], context: &Context<'_>) -> Result<u32> {
    let vocabulary = logits.len();
    for (what, len) in [("log factors", context.factors.len()), ("grammar mask", context.allowed.len())] {
        if len != 0 && len != vocabulary {
            return Err(Error::Request(format!("{what} cover {len} tokens, the vocabulary has {vocabulary}")));
        }
    }
    combine(logits, context);
    let no_token = Error::NoToken { position: context.position, vocabulary };
    if context.decoding.temperature_milli == 0 {
        return argmax(logits).ok_or(no_token);
    }
    let temperature = context.decoding.temperature_milli as f32 / 1000.0;
    let kept = candidates(logits, temperature, context.decoding);
    gumbel_max(kept, Noise::new(context.seed, context.position).0).ok_or(no_token)
}

/// Bias, penalty, factors and mask.
fn combine(logits: &mut [f32], context: &Context<'_>) {
    for TokenBias { token, milli } in context.bias {
        if let Some(logit) = logits.get_mut(*token as usize) {
            *logit += *milli as f32 / 1000.0;
        }
    }
    if context.decoding.repetition_penalty_milli != 1000 {
        let penalty = context.decoding.repetition_penalty_milli as f32 / 1000.0;
        let mut present = context.present.to_vec();
        present.sort_unstable();
        present.dedup();
        for id in present {
            if let Some(logit) = logits.get_mut(id as usize) {
                *logit = if *logit > 0.0 { *logit / penalty } else { *logit * penalty };
            }
        }
    }
    for (logit, factor) in logits.iter_mut().zip(context.factors) {
        *logit += factor;
    }
    for (logit, allowed) in logits.iter_mut().zip(context.allowed) {
        if !allowed {
            *logit = f32::NEG_INFINITY;
        }
    }
    for logit in logits {
        *logit = if logit.is_nan() { f32::NEG_INFINITY } else { logit.min(f32::MAX) };
    }
}

fn argmax(logits: &[f32]) -> Option<u32> {
    let mut best: Option<(u32, f32)> = None;
    for (id, logit) in (0u32..).zip(logits) {
        if *logit > best.map_or(f32::NEG_INFINITY, |(_, top)| top) {
            best = Some((id, *logit));
        }
    }
    best.map(|(id, _)| id)
}

/// A token that may still be chosen, with its logit after ÷ T.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Token id.
    pub id: u32,
    /// Logit over temperature.
    pub z: f32,
}

fn rank(a: &Candidate, b: &Candidate) -> Ordering {
    b.z.total_cmp(&a.z).then(a.id.cmp(&b.id))
}

fn weight(z: f32, top: f32) -> u64 {
    (f64::from(exp(z - top)) * ONE) as u64
}

/// The tokens that the filters leave, in no particular order.
pub fn candidates(logits: &[f32], temperature: f32, decoding: &Decoding) -> Vec<Candidate> {
    let finite = |(id, logit): (u32, &f32)| {
        // Zero must have one sign for the ranking, which tells −0 from +0.
        let z = *logit / temperature + 0.0;
        (z > f32::NEG_INFINITY).then_some(Candidate { id, z: z.clamp(f32::MIN, f32::MAX) })
    };
    let mut kept: Vec<Candidate> = (0u32..).zip(logits).filter_map(finite).collect();
    let Some(top) = kept.iter().map(|c| c.z).reduce(f32::max) else { return kept };
    let k = decoding.top_k as usize;
    if k > 0 && k < kept.len() {
        kept.select_nth_unstable_by(k - 1, rank);
        kept.truncate(k);
    }
    if decoding.top_p_ppm < 1_000_000 {
        let total: u128 = kept.iter().map(|c| u128::from(weight(c.z, top))).sum();
        let goal = total * u128::from(decoding.top_p_ppm);
        truncate_to_weight(&mut kept, top, goal);
    }
    if decoding.min_p_ppm > 0 {
        let least = u128::from(decoding.min_p_ppm) << 40;
        kept.retain(|c| u128::from(weight(c.z, top)) * 1_000_000 >= least);
    }
    kept
}

/// Keeps the shortest prefix of the ranking whose weight times a million reaches `goal`. Ranks only as much as it needs.
fn truncate_to_weight(kept: &mut Vec<Candidate>, top: f32, goal: u128) {
    let (mut ranked, mut sum) = (0, 0u128);
    while ranked < kept.len() {
        let rest = &mut kept[ranked..];
        let step = (ranked + 256).min(rest.len());
        if step < rest.len() {
            rest.select_nth_unstable_by(step - 1, rank);
        }
        rest[..step].sort_unstable_by(rank);
        for candidate in &rest[..step] {
            sum += u128::from(weight(candidate.z, top));
            ranked += 1;
            if sum * 1_000_000 >= goal {
                kept.truncate(ranked);
                return;
            }
        }
    }
}

/// The noise of one position.
pub struct Noise(ChaCha12Rng);

impl Noise {
    /// ChaCha12 keyed by the seed, with the position as nonce.
    pub fn new(seed: &H256, position: usize) -> Self {
        let mut stream = ChaCha12Rng::from_seed(seed.0);
        stream.set_stream(position as u64);
        Self(stream)
    }

    /// The random word of a token.
    pub fn word(&self, id: u32) -> u32 {
        let mut stream = self.0.clone();
        stream.set_word_pos(u128::from(id));
        stream.next_u32()
    }
}

/// −ln(−ln u) for u = (word + ½)·2⁻³²: between −3.1 and 22.9.
pub fn gumbel(word: u32) -> f64 {
    let u = (f64::from(word) + 0.5) / 4_294_967_296.0;
    -libm::log(-libm::log(u))
}

/// A bound on [`gumbel`] from the leading ones of the word: 1 − u ≥ 2^−(n+1), and −ln u ≥ 1 − u.
fn gumbel_bound(word: u32) -> f64 {
    // A little above ln 2, for its own rounding.
    f64::from(word.leading_ones() + 1) * (std::f64::consts::LN_2 * 1.000_001)
}

fn gumbel_max(mut kept: Vec<Candidate>, mut noise: ChaCha12Rng) -> Option<u32> {
    // In order of id, the words come in one pass over the stream; where ids lie far apart it is quicker to jump.
    kept.sort_unstable_by_key(|c| c.id);
    let mut next = 0u32;
    let mut best: Option<(u32, f64)> = None;
    for Candidate { id, z } in kept {
        if id - next > 64 {
            noise.set_word_pos(u128::from(id));
        } else {
            for _ in next..id {
                noise.next_u32();
            }
        }
        let word = noise.next_u32();
        next = id + 1;
        let z = f64::from(z);
        // Most tokens cannot win whatever the logarithm says exactly.
        if best.is_some_and(|(_, top)| z + gumbel_bound(word) < top) {
            continue;
        }
        let score = z + gumbel(word);
        if best.is_none_or(|(_, top)| score > top) {
            best = Some((id, score));
        }
    }
    best.map(|(id, _)| id)
}
