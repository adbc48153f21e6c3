//! What every verifier of hardware quotes takes and gives, whoever made the hardware.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::{ConstU32, H256};
use sp_crypto_hashing::blake2_256;
use sp_runtime::BoundedVec;

/// Domain of [`measurement`].
const MEASUREMENT: &[u8] = b"hanzo/proofs/measurement/v1";

/// Most bytes of a quote. SGX quotes have about 4,600, TDX quotes 5,000, SEV-SNP reports 1,184.
pub const MAX_QUOTE: u32 = 8 * 1024;

/// Most bytes of encoded collateral. Intel's, with its longest revocation lists, has about 25,000.
pub const MAX_COLLATERAL: u32 = 40 * 1024;

/// Most bytes of a root certificate (DER). AMD's, with an RSA key of 4,096 bits, have about 1,600.
pub const MAX_ROOT: u32 = 2 * 1024;

/// Most security advisories a report or a policy may name.
pub const MAX_ADVISORIES: u32 = 32;

/// Bytes of report data in a quote, for every vendor.
pub const REPORT_DATA_BYTES: usize = 64;

/// Whose hardware, and which kind, made a quote.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Vendor {
    /// An enclave of Intel SGX, DCAP quote version 3.
    Sgx,
    /// A virtual machine of Intel TDX, DCAP quote version 4 or 5.
    Tdx,
    /// A virtual machine of AMD SEV-SNP, attestation report version 2 or later.
    SevSnp,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sgx, Self::Tdx, Self::SevSnp];
}

/// What the vendor says of a platform's patch level. A revoked platform never gets this far.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum TcbStatus {
    /// Nothing is known against it. AMD grades nothing: there the policy's least versions decide.
    UpToDate,
    /// Safe if the software was built with the mitigations the advisories name.
    SwHardeningNeeded,
    /// Safe in another configuration (hyperthreading, for one).
    ConfigurationNeeded,
    /// Both of the above.
    ConfigurationAndSwHardeningNeeded,
    /// Known to be vulnerable until updated.
    OutOfDate,
    /// Out of date, and configured unsafely.
    OutOfDateConfigurationNeeded,
    /// Started out of date, and updated since; a fresh start would make it up to date.
    RelaunchAdvised,
    /// The same, and configured unsafely.
    RelaunchAdvisedConfigurationNeeded,
}

impl TcbStatus {
    /// The status as a bit of [`TcbPolicy::statuses`].
    pub const fn bit(self) -> u8 {
        match self {
            Self::UpToDate => 1,
            Self::SwHardeningNeeded => 1 << 1,
            Self::ConfigurationNeeded => 1 << 2,
            Self::ConfigurationAndSwHardeningNeeded => 1 << 3,
            Self::OutOfDate => 1 << 4,
            Self::OutOfDateConfigurationNeeded => 1 << 5,
            Self::RelaunchAdvised => 1 << 6,
            Self::RelaunchAdvisedConfigurationNeeded => 1 << 7,
        }
    }
}

/// Versions of a platform's firmware, byte by byte as the vendor reports them: AMD's reported TCB, little-endian. Zero for
/// Intel, whose collateral grades them.
pub type Svn = [u8; 8];

/// A quote whose whole chain of signatures holds, from the hardware to the root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct VerifiedReport {
    /// Whose.
    pub vendor: Vendor,
    /// Name of everything that was loaded; see [`measurement`].
    pub measurement: H256,
    /// What the code that was loaded put in.
    pub report_data: [u8; REPORT_DATA_BYTES],
    /// The platform's patch level.
    pub status: TcbStatus,
    /// The platform's firmware versions.
    pub svn: Svn,
    /// Numbers of the security advisories that apply (289 for INTEL-SA-00289), ascending, at most [`MAX_ADVISORIES`].
    pub advisories: Vec<u32>,
    /// First second at which some certificate, list or statement it rests on no longer holds, seconds since 1970.
    pub expires: u64,
}

/// Which platforms a measurement may run on.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct TcbPolicy {
    /// The statuses that will do, a bit each ([`TcbStatus::bit`]).
    pub statuses: u8,
    /// Advisories that may apply; any other one is refused.
    pub advisories: BoundedVec<u32, ConstU32<MAX_ADVISORIES>>,
    /// Least firmware versions, byte by byte.
    pub least_svn: Svn,
}

/// What may run where session keys live.
#[derive(
    Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Allowance {
    /// On whose hardware.
    pub vendor: Vendor,
    /// On which platforms.
    pub policy: TcbPolicy,
    /// First second at which it is no longer allowed, since 1970.
    pub until: u64,
}

impl TcbPolicy {
    /// Platforms that nothing is known against.
    pub fn up_to_date() -> Self {
        Self { statuses: TcbStatus::UpToDate.bit(), advisories: Default::default(), least_svn: [0; 8] }
    }

    /// Whether a report's platform will do.
    pub fn admits(&self, report: &VerifiedReport) -> bool {
        self.statuses & report.status.bit() != 0
            && report.advisories.iter().all(|advisory| self.advisories.contains(advisory))
            && report.svn.iter().zip(self.least_svn.iter()).all(|(has, least)| has >= least)
    }
}

/// Why a quote was refused. Nothing in it is worth more than the fact: a quote either holds as a whole or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum QuoteError {
    /// Longer than the bounds of this module.
    TooLong,
    /// Not the layout of this vendor's quotes, or bytes left over.
    Layout,
    /// The collateral is not what this vendor's quotes need.
    Collateral,
    /// The root is no certificate of the kind this vendor uses.
    Root,
    /// A signature, certificate, revocation list or statement does not hold for this quote, this root and this time.
    Refused,
    /// Part of what it rests on is not valid yet or no longer.
    Expired,
    /// A certificate it rests on is revoked.
    Revoked,
    /// The code runs in a mode in which its owner can look in or change it.
    Debug,
    /// An advisory of a form not known, or more than [`MAX_ADVISORIES`].
    Advisories,
    /// Quotes of this vendor are checked off chain only.
    OffChainOnly,
}

/// Checks quotes of one vendor.
pub trait QuoteVerifier {
    /// Checks a quote as a whole. The caller still compares measurement, report data and patch level with what it wants.
    ///
    /// * `quote`: as the hardware made it, at most [`MAX_QUOTE`] bytes, nothing behind it but zeros where
    ///   the vendor's services put them.
    /// * `collateral`: what the vendor says of the platform, encoded as the implementation defines; [`MAX_COLLATERAL`].
    /// * `root`: the vendor's root certificate, DER, trusted by whoever calls; [`MAX_ROOT`].
    /// * `now`: seconds since 1970.
    fn verify(&self, quote: &[u8], collateral: &[u8], root: &[u8], now: u64) -> Result<VerifiedReport, QuoteError>;
}

/// Refuses what is longer than the bounds of this module, before anything is parsed.
pub(crate) fn check_lengths(quote: &[u8], collateral: &[u8], root: &[u8]) -> Result<(), QuoteError> {
    let fits = |bytes: &[u8], most: u32| u32::try_from(bytes.len()).is_ok_and(|length| length <= most);
    if fits(quote, MAX_QUOTE) && fits(collateral, MAX_COLLATERAL) && fits(root, MAX_ROOT) {
        Ok(())
    } else {
        Err(QuoteError::TooLong)
    }
}

/// H(domain ‖ vendor ‖ parts): one name for all that the owner of an enclave or a virtual machine determined. What the
/// platform determines (its firmware's versions, which features its processor has) and the report data stay out.
pub(crate) fn measurement(vendor: Vendor, parts: &[&[u8]]) -> H256 {
    let mut input = MEASUREMENT.encode();
    vendor.encode_to(&mut input);
    for part in parts {
        part.encode_to(&mut input);
    }
    blake2_256(&input).into()
}

/// `bytes[from..from + N]`.
pub(crate) fn array<const N: usize>(bytes: &[u8], from: usize) -> Option<[u8; N]> {
    bytes.get(from..from.checked_add(N)?)?.try_into().ok()
}

/// `bytes[from..to]`.
pub(crate) fn part(bytes: &[u8], from: usize, to: usize) -> Result<&[u8], QuoteError> {
    bytes.get(from..to).ok_or(QuoteError::Layout)
}
