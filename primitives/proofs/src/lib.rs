//! Proofs that stand behind an attestation (docs/proofs.md): hardware quotes and one succinct proof system.
//!
//! * [`quote`]: what a verifier of quotes takes and gives, and the policy on platforms' patch levels.
//! * [`dcap`]: Intel SGX and TDX.
//! * [`snp`]: AMD SEV-SNP.
//! * [`binding`]: the hashes that tie a proof to one key, job, worker and chain.
//! * [`groth16`]: Groth16 over BLS12-381.
//! * `testing` (feature `test-utils`): quotes under a PKI of one's own.
//!
//! Pure and `no_std`: time, roots and trust come from the caller.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

extern crate alloc;

pub mod binding;
#[cfg(feature = "dcap")]
pub mod dcap;
pub mod groth16;
pub mod quote;
pub mod snp;
#[cfg(feature = "test-utils")]
#[allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
pub mod testing;

pub use quote::{
    Allowance, QuoteError, QuoteVerifier, TcbPolicy, TcbStatus, Vendor, VerifiedReport, MAX_COLLATERAL, MAX_QUOTE,
    MAX_ROOT,
};

/// Verifiers of several vendors' quotes.
pub trait QuoteVerifiers {
    /// Checks a quote with its vendor's [verifier](QuoteVerifier), and that it is one of this vendor. A vendor without a
    /// verifier here is answered with [`QuoteError::OffChainOnly`].
    fn verify(
        vendor: Vendor,
        quote: &[u8],
        collateral: &[u8],
        root: &[u8],
        now: u64,
    ) -> Result<VerifiedReport, QuoteError>;
}

/// What can be built into a runtime: AMD's. Quotes of Intel's hardware are checked by attestors ([`AllVendors`]).
pub struct OnChain;

impl QuoteVerifiers for OnChain {
    fn verify(
        vendor: Vendor,
        quote: &[u8],
        collateral: &[u8],
        root: &[u8],
        now: u64,
    ) -> Result<VerifiedReport, QuoteError> {
        match vendor {
            Vendor::Sgx | Vendor::Tdx => Err(QuoteError::OffChainOnly),
            Vendor::SevSnp => snp::SevSnp.verify(quote, collateral, root, now),
        }
    }
}

/// All vendors' verifiers.
#[cfg(feature = "dcap")]
pub struct AllVendors;

#[cfg(feature = "dcap")]
impl QuoteVerifiers for AllVendors {
    fn verify(
        vendor: Vendor,
        quote: &[u8],
        collateral: &[u8],
        root: &[u8],
        now: u64,
    ) -> Result<VerifiedReport, QuoteError> {
        let report = match vendor {
            Vendor::Sgx | Vendor::Tdx => dcap::Dcap.verify(quote, collateral, root, now),
            Vendor::SevSnp => snp::SevSnp.verify(quote, collateral, root, now),
        }?;
        if report.vendor == vendor {
            Ok(report)
        } else {
            Err(QuoteError::Layout)
        }
    }
}
