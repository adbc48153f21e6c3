//! Models, decoding and receipts of Hanzo Network's workers (`docs/inference.md`; `docs/jobs.md`, "A job's life").
//!
//! * [`model`]: base models of the Llama, Qwen2 and Qwen3 families from safetensors and GGUF, and two decoders for them.
//! * [`kernels`]: the arithmetic of the replay profile, the same bits on every machine.
//! * [`sampler`]: from logits to a token, stateless and replayable at any position.
//! * [`engine`]: generation and replay.
//! * [`fingerprint`], [`receipt`], [`profile`]: what a worker commits to.
//! * [`verify`]: how that is checked by replay, and with which error rates.
//! * [`train`]: the trainer of the tiny model that this crate carries.
//! * [`worker`]: the loop that serves a chain's jobs, inside a node or attached to one.
//! * [`verifier`]: the loop of a verifier on a chain's committees.
//! * [`client`]: a chain reached over WebSocket: transactions, events, jobs followed to their end.
//! * [`cli`]: the commands of `hanzo-worker`.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

pub mod amount;
pub mod attestor;
pub mod canary;
pub mod cli;
pub mod client;
pub mod engine;
pub mod error;
mod files;
pub mod fingerprint;
pub mod hash;
pub mod kernels;
pub mod model;
pub mod profile;
pub mod receipt;
pub mod sampler;
pub mod sealing;
pub mod tokenizer;
pub mod train;
pub mod verifier;
pub mod verify;
pub mod worker;

pub use engine::{Cancel, CandleEngine, Engine, EngineOptions, Finish, Generation, Replay, Request, Schedule, Trace};
pub use error::{Error, Result};
pub use model::source::ModelSource;
pub use profile::{EngineProfile, ProfileKind};
pub use receipt::{Receipt, Verdict};
