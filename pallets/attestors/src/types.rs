//! What is stored, and what calls take.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{pallet_prelude::ConstU32, BoundedVec};
pub use hanzo_proofs::{binding::TeeEvidence, Allowance};
use hanzo_proofs::{binding::Verdict, groth16, Vendor, MAX_COLLATERAL, MAX_QUOTE, MAX_ROOT};
use hanzo_traits::SessionKey;
use scale_info::TypeInfo;
use sp_core::{sr25519, H256};

/// Most attestors in the set.
pub const MAX_ATTESTORS: u32 = 16;

/// Most roots of one vendor.
pub const MAX_ROOTS: u32 = 8;

/// Most measurements.
pub const MAX_MEASUREMENTS: u32 = 256;

/// Most verifying keys.
pub const MAX_VERIFIERS: u32 = 64;

/// A quote as a call carries it.
pub type Quote = BoundedVec<u8, ConstU32<MAX_QUOTE>>;

/// Collateral as a call carries it.
pub type Collateral = BoundedVec<u8, ConstU32<MAX_COLLATERAL>>;

/// A certificate, DER.
pub type Certificate = BoundedVec<u8, ConstU32<MAX_ROOT>>;

/// A verifying key of Groth16; see [`groth16`].
pub type VerifyingKey = BoundedVec<u8, ConstU32<{ groth16::KEY_BYTES as u32 }>>;

/// Number of a verifying key, given by governance.
pub type VerifierId = u32;

/// A signature of the attestor at this place of the set.
pub type Signature = (u8, sr25519::Signature);

/// Attestors' signatures, places ascending.
pub type Signatures = BoundedVec<Signature, ConstU32<MAX_ATTESTORS>>;

/// A root of a vendor.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Root {
    /// Its certificate.
    pub certificate: Certificate,
    /// First second at which it is no longer trusted, since 1970.
    pub until: u64,
}

/// Who signs for what is not checked on chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct AttestorSet {
    /// Number of the set, one more with every change: signatures of an older one are worth nothing.
    pub number: u32,
    /// Their keys, ascending, none twice.
    pub keys: BoundedVec<sr25519::Public, ConstU32<MAX_ATTESTORS>>,
    /// How many must sign; 0 only of the empty set, which signs nothing.
    pub threshold: u8,
}

/// A session key that a quote binds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Binding<BlockNumber> {
    /// The key.
    pub key: SessionKey,
    /// Whose hardware.
    pub vendor: Vendor,
    /// Which root: blake2-256 of its certificate.
    pub root: H256,
    /// What was loaded.
    pub measurement: H256,
    /// For which epoch.
    pub epoch: u64,
    /// Last block of that epoch.
    pub last_block: BlockNumber,
    /// First second at which what it rests on has expired, since 1970.
    pub expires: u64,
    /// Hash of quote and collateral.
    pub evidence: H256,
    /// Set of attestors that checked it; `None` if the chain did.
    pub attested_by: Option<u32>,
}

/// Something that can be paused.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, PartialOrd, Ord,
)]
pub enum Target {
    /// All hardware of a vendor.
    Vendor(Vendor),
    /// A root: blake2-256 of its certificate.
    Root(H256),
    /// A measurement.
    Measurement(H256),
    /// The attestors.
    Attestors,
    /// A verifying key.
    Verifier(VerifierId),
}

/// Evidence of `Proof::Quorum`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct QuorumEvidence {
    /// Number of the set that signs.
    pub set: u32,
    /// Signatures over `hanzo_proofs::binding::quorum`.
    pub signatures: Signatures,
}

/// Evidence of `Proof::Zk`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ZkEvidence {
    /// The verifying key.
    pub verifier: VerifierId,
    /// The proof of `hanzo_proofs::binding::statement`.
    pub proof: [u8; groth16::PROOF_BYTES],
}

/// A verdict with its signatures, as a call carries it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SignedVerdict {
    /// What the attestors say.
    pub verdict: Verdict,
    /// That they say it.
    pub signatures: Signatures,
}
