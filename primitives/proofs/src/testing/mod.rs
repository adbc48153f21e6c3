//! Quotes and collateral under a PKI of one's own, for tests and benchmarks: whole chains as the vendors make them, so that
//! the verifiers run unchanged. Keys are made from seeds; signatures are deterministic.

#[cfg(feature = "dcap")]
pub mod dcap;
mod pki;
pub mod snp;

/// A point in time that the quotes here are made for, seconds since 1970: 2026-01-01.
pub const NOW: u64 = 1_767_225_600;

/// How long what is made here holds, before and after its time, seconds: 30 days.
pub const VALIDITY: u64 = 30 * 86_400;
