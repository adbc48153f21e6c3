//! The seams of Hanzo Network: what one pallet may ask of another, the identifiers they share, and the runtime APIs.
//!
//! A pallet never depends on another of ours. It declares what it needs as one of these traits in its `Config`, and the
//! runtime wires the neighbour in (specification: architecture.md).
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

extern crate alloc;

mod amount;
pub mod api;
mod ids;
mod jobs;
mod market;
mod proofs;
mod review_views;

pub use amount::Amount;
pub use hanzo_poai::{JobId, ResourceClass, Resources};
pub use ids::{AssetId, Balance, PoolId, Tier};
pub use jobs::{
    AttestableJob, DrawRandomness, FailureReason, JobParties, JobRegistry, QualityOracle, ReviewTerms, SealingKeys,
    SessionKey, VrfOutputs, WorkerRegistry, EJECTION_PPB,
};
pub use market::{ComputeMarket, MarketPrices};
pub use proofs::{ProofRegistry, TeeRegistry};
