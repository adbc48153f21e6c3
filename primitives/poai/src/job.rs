//! What a client asks for, what a model costs, and the states of a job (docs/jobs.md, "A job's life").

use crate::{
    parts::Parts,
    resources::{ResourceClass, Resources},
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{ConstU32, H256};
use sp_runtime::BoundedVec;

/// Number of a job, counted from 0 on each chain.
pub type JobId = u64;

/// Most tokens of output that can be demanded on chain: 16 KiB of token ids. Jobs and profiles that allow more are
/// refused, since a worker could withhold such an output unpunished.
pub const MAX_DEMANDABLE_TOKENS: u32 = 4_096;

/// Most bytes of a sealed output that is delivered on chain. Those of as many token ids as can be demanded fit, sealed.
pub const MAX_SEALED_OUTPUT_BYTES: u32 = 64 * 1024;

/// Bytes of a public key that content keys are sealed to: X-Wing, that is X25519 and ML-KEM-768.
pub const SEALING_KEY_BYTES: u32 = 1_216;

/// Most bytes of a blob that nodes take and hand over: a job's input or output.
pub const MAX_BLOB_BYTES: u32 = 1 << 20;

/// Most 1-bit deltas a job may stack on its model.
pub const MAX_DELTAS: u32 = 4;

/// What a job does.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum JobKind {
    /// Complete a prompt.
    Inference,
    /// Embed a text.
    Embedding,
    /// One TF-GRPO group of rollouts.
    Rollouts,
    /// A DSO merge of priors.
    Aggregate,
    /// Delta training with checkpoints.
    FineTune,
}

/// How a job's work is proven. Types the chain does not know fail closed.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Verification {
    /// Seeded re-execution.
    Replay,
    /// A trusted execution environment's quote.
    Tee,
    /// M of N attestors sign the same roots.
    Quorum,
    /// A registered succinct proof.
    Zk,
}

/// A blob named by the blake2-256 hash of its bytes; the bytes travel off chain.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct BlobRef {
    /// blake2-256 of the bytes.
    pub hash: H256,
    /// Their number.
    pub length: u32,
}

/// How the next token is chosen; the order of the steps is fixed by docs/inference.md, "Sampling".
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Decoding {
    /// Most tokens to produce, at least 1.
    pub max_output_tokens: u32,
    /// Temperature in thousandths, at most 10,000; 0 takes the largest logit, ties to the lowest id.
    pub temperature_milli: u32,
    /// Keep the k likeliest tokens; 0 keeps all.
    pub top_k: u32,
    /// Keep the likeliest tokens until their probability reaches this many parts per million; 1,000,000 keeps all.
    pub top_p_ppm: u32,
    /// Drop tokens less likely than this many parts per million of the likeliest; 0 drops none.
    pub min_p_ppm: u32,
    /// Divides (positive) or multiplies (negative) the logits of tokens already present, in thousandths, 1,000 to
    /// 10,000; 1,000 leaves them.
    pub repetition_penalty_milli: u32,
}

impl Decoding {
    /// Greedy decoding of `max_output_tokens` tokens.
    pub const fn greedy(max_output_tokens: u32) -> Self {
        Self {
            max_output_tokens,
            temperature_milli: 0,
            top_k: 0,
            top_p_ppm: 1_000_000,
            min_p_ppm: 0,
            repetition_penalty_milli: 1_000,
        }
    }

    /// Whether every field lies within the bounds its comment gives.
    pub const fn is_valid(&self) -> bool {
        self.max_output_tokens > 0
            && self.temperature_milli <= 10_000
            && self.top_p_ppm > 0
            && self.top_p_ppm <= 1_000_000
            && self.min_p_ppm <= 1_000_000
            && self.repetition_penalty_milli >= 1_000
            && self.repetition_penalty_milli <= 10_000
    }
}

/// Hard filters on who may run the job.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceLevel {
    /// Longest acceptable latency, milliseconds; 0 does not ask.
    pub max_latency_ms: u32,
    /// Longest acceptable jitter, milliseconds; 0 does not ask.
    pub max_jitter_ms: u32,
    /// Bit i set: region i will do; 0 takes any region.
    pub regions: u32,
    /// Only workers in a trusted execution environment.
    pub tee: bool,
    /// Least quality, parts per billion.
    pub min_quality_ppb: u32,
}

/// What the client is ready to pay at most.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Credits for all classes and tiers together, fees included, wei.
    pub max_credits: u128,
    /// Highest average price per class, fees included, 10¹⁸ fixed point (credits per unit of compute), in each tier; 0 takes
    /// the default, 1.01 × the hour's TWAP of the pool.
    pub max_price: [u128; ResourceClass::COUNT],
}

/// A job as its client submits it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct JobRequest<BlockNumber> {
    /// What to do.
    pub kind: JobKind,
    /// Content hash of the base model.
    pub model: H256,
    /// The input, handed over off chain.
    pub input: BlobRef,
    /// Most tokens the input may come to; the work is refused if it comes to more.
    pub max_prompt_tokens: u32,
    /// How to decode.
    pub decoding: Decoding,
    /// Who may do it.
    pub sla: ServiceLevel,
    /// Service tier whose workers may be drawn for it, and whose tokens pay for what `parts` leave; 0 is any worker.
    pub tier: u8,
    /// Resources to buy when the model has no profile; must be `None` when it has one.
    pub resources: Option<Resources>,
    /// How much of what it takes is paid for with tokens of other tiers, each at least as strict as its own.
    pub parts: Parts,
    /// What it may cost.
    pub limits: Limits,
    /// Block by which the attestation must be in.
    pub deadline: BlockNumber,
    /// How it is proven.
    pub verification: Verification,
    /// Root of the prior to decode under, if any.
    pub prior: Option<H256>,
    /// Deltas to stack on the model, in order.
    pub deltas: BoundedVec<H256, ConstU32<MAX_DELTAS>>,
    /// The client's own number for the job; enters the seed.
    pub nonce: u64,
    /// Spend resource tokens the client holds before buying any.
    pub use_held_tokens: bool,
    /// Have unused tokens sold at settlement, at no less than 99 % of the hour's TWAP; else they come back as tokens.
    pub sell_unused: bool,
    /// Whether input and outputs are sealed: only client, worker and committees can read them, and only workers with a
    /// sealing key are drawn.
    pub sealed: bool,
}

impl<BlockNumber> JobRequest<BlockNumber> {
    /// Pools whose tokens it takes at most: every class in its own tier, and what its parts name.
    pub fn most_pools(&self) -> u32 {
        let own = ResourceClass::ALL.len() as u32;
        let named = self.parts.iter().flat_map(|part| part.resources.iter()).filter(|(_, amount)| *amount > 0);
        own.saturating_add(named.count() as u32)
    }
}

/// What running a model costs: a governed table, the only source of a job's usage.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct ModelProfile {
    /// Resources per token of the prompt.
    pub per_prompt_token: Resources,
    /// Resources per token of output.
    pub per_output_token: Resources,
    /// Longest prompt, tokens.
    pub max_prompt_tokens: u32,
    /// Longest output, tokens.
    pub max_output_tokens: u32,
    /// Shortest time between submission and deadline, blocks.
    pub min_deadline_blocks: u32,
}

impl ModelProfile {
    /// The resources that this many tokens take; `None` on overflow.
    pub fn usage(&self, prompt_tokens: u32, output_tokens: u32) -> Option<Resources> {
        self.per_prompt_token
            .checked_mul(prompt_tokens.into())?
            .checked_add(&self.per_output_token.checked_mul(output_tokens.into())?)
    }
}

/// Where a job stands. `Settled`, `Refunded` and `Slashed` are final; every job reaches exactly one of them.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum JobStatus {
    /// Paid for; waiting for the draw.
    Submitted,
    /// A worker is drawn and has not accepted yet.
    Assigned,
    /// Accepted: the worker now answers for it.
    Accepted,
    /// Attested: the challenge window is open.
    Attested,
    /// The worker is paid.
    Settled,
    /// The client has its tokens back and nobody is to blame.
    Refunded,
    /// The client has its tokens back and the worker's bond paid for the failure.
    Slashed,
}

impl JobStatus {
    /// Whether nothing can happen to the job any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Settled | Self::Refunded | Self::Slashed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_should_be_linear_in_both_counts() {
        let mut profile = ModelProfile::default();
        profile.per_prompt_token.set(ResourceClass::Gpu, 3);
        profile.per_output_token.set(ResourceClass::Gpu, 5);
        assert_eq!(profile.usage(7, 11).map(|r| r.get(ResourceClass::Gpu)), Some(7 * 3 + 11 * 5));
        profile.per_output_token.set(ResourceClass::Gpu, u128::MAX);
        assert_eq!(profile.usage(0, 2), None);
    }

    #[test]
    fn decoding_should_be_refused_when_out_of_bounds() {
        assert!(Decoding::greedy(1).is_valid());
        assert!(!Decoding::greedy(0).is_valid());
        assert!(!Decoding { top_p_ppm: 0, ..Decoding::greedy(1) }.is_valid());
        assert!(!Decoding { repetition_penalty_milli: 999, ..Decoding::greedy(1) }.is_valid());
    }
}
