//! Types of jobs and of Proof of AI, shared by the pallets, the node and the workers (docs/jobs.md).
//!
//! * [`resources`]: the six resource classes and amounts of them.
//! * [`job`]: what a client asks for and what a model costs.
//! * [`parts`]: what a job takes of tiers beside its own.
//! * [`attestation`]: what a worker signs, and the hashes that bind it to one job on one chain.
//! * [`merkle`]: the tree under both roots of an attestation.
//! * [`chunks`]: how tokens and fingerprints become leaves.
//! * [`committee`]: what members of a committee commit to, and what their votes come to.
//! * [`bonus`]: what a verified job earns its worker besides.
//! * [`review`]: what is known of attested work, and how far its review is.
//! * [`audit`]: which attested jobs each block has audited.
//! * [`draw`]: how accounts are drawn in proportion to what they have at stake.
//! * [`efe`]: how much more often than others those are drawn that promise more.
//! * [`positions`]: where they look, and the digest of what they see there.
//!
//! Pure and `no_std`: no storage, no clocks, no floats.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

extern crate alloc;

pub mod attestation;
pub mod audit;
pub mod bonus;
pub mod canary;
pub mod chunks;
pub mod committee;
pub mod draw;
pub mod efe;
pub mod job;
pub mod merkle;
pub mod parts;
pub mod positions;
pub mod resources;
pub mod review;

pub use attestation::{Attestation, Proof};
pub use job::{
    BlobRef, Decoding, JobId, JobKind, JobRequest, JobStatus, Limits, ModelProfile, ServiceLevel, Verification,
    MAX_BLOB_BYTES, MAX_DEMANDABLE_TOKENS, MAX_SEALED_OUTPUT_BYTES,
};
pub use parts::{Part, Parts};
pub use resources::{ResourceClass, Resources};
