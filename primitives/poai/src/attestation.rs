//! What a worker signs, and the hashes that bind it to one job, one worker and one chain (docs/jobs.md).

use crate::job::JobId;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::{ConstU32, H256};
use sp_crypto_hashing::blake2_256;
use sp_runtime::BoundedVec;

/// Domain of [`challenge`].
const CHALLENGE: &[u8] = b"hanzo/poai/challenge/v1";
/// Domain of [`report_data`].
const REPORT_DATA: &[u8] = b"hanzo/poai/report-data/v1";
/// Domain of [`Attestation::signing_hash`].
const SIGNING: &[u8] = b"hanzo/poai/attestation/v1";
/// Domain of [`job_seed`].
const SEED: &[u8] = b"hanzo/jobs/seed/v1";

/// Most bytes of evidence an attestation carries.
pub const MAX_EVIDENCE: u32 = 8 * 1024;

/// What backs an attestation. The chain refuses kinds it cannot check.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Proof {
    /// The seed, the counts and the roots: a verifier replays them.
    Replay,
    /// A quote bound to the session key.
    Tee(BoundedVec<u8, ConstU32<MAX_EVIDENCE>>),
    /// Attestors' signatures over the same roots.
    Quorum(BoundedVec<u8, ConstU32<MAX_EVIDENCE>>),
    /// A registered verifier's id and its proof.
    Zk(BoundedVec<u8, ConstU32<MAX_EVIDENCE>>),
}

/// A worker's statement of what it computed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Attestation<AccountId> {
    /// The job.
    pub job: JobId,
    /// The account that answers for it.
    pub worker: AccountId,
    /// Content hash of the model that ran.
    pub model: H256,
    /// Hash of the input blob.
    pub input: H256,
    /// Hash of the output blob.
    pub output: H256,
    /// Root over the output tokens ([`crate::chunks::tokens_root`]).
    pub tokens_root: H256,
    /// Root over the fingerprints of the same chunks.
    pub fingerprints_root: H256,
    /// Tokens the input came to.
    pub prompt_tokens: u32,
    /// Tokens produced.
    pub output_tokens: u32,
    /// The client's nonce.
    pub nonce: u64,
    /// The seed the chain drew for the job.
    pub seed: H256,
    /// Hash of the engine profile: build, kernels, instruction set class, dtype.
    pub engine_profile: H256,
    /// Root of the prior in force; zero for none.
    pub prior_root: H256,
    /// What backs it.
    pub proof: Proof,
}

impl<AccountId: Encode> Attestation<AccountId> {
    /// The hash that the session key signs: everything above under the job's [`challenge`].
    pub fn signing_hash(&self, challenge: &H256) -> H256 {
        tagged(SIGNING, |out| {
            challenge.encode_to(out);
            self.encode_to(out);
        })
    }

    /// One hash that names the whole receipt: the attestation without a challenge, so that anyone holding the fields can
    /// recompute it.
    pub fn receipt_root(&self) -> H256 {
        blake2_256(&self.encode()).into()
    }
}

/// H(domain ‖ genesis ‖ job ‖ opening block hash ‖ worker): what makes an attestation worthless anywhere else.
pub fn challenge<AccountId: Encode>(genesis: &H256, job: JobId, opening: &H256, worker: &AccountId) -> H256 {
    tagged(CHALLENGE, |out| {
        genesis.encode_to(out);
        job.encode_to(out);
        opening.encode_to(out);
        worker.encode_to(out);
    })
}

/// H(domain′ ‖ challenge ‖ model ‖ input ‖ output ‖ measurement): what a quote must carry as report data.
pub fn report_data(challenge: &H256, model: &H256, input: &H256, output: &H256, measurement: &[u8]) -> H256 {
    tagged(REPORT_DATA, |out| {
        for part in [challenge, model, input, output] {
            part.encode_to(out);
        }
        measurement.encode_to(out);
    })
}

/// The seed of a job: chain randomness mixed with the job, its client and the client's nonce, so nobody chooses it.
pub fn job_seed<AccountId: Encode>(randomness: &H256, job: JobId, client: &AccountId, nonce: u64) -> H256 {
    tagged(SEED, |out| {
        randomness.encode_to(out);
        job.encode_to(out);
        client.encode_to(out);
        nonce.encode_to(out);
    })
}

pub(crate) fn tagged(domain: &[u8], write: impl FnOnce(&mut Vec<u8>)) -> H256 {
    let mut input = domain.encode();
    write(&mut input);
    blake2_256(&input).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attestation() -> Attestation<u64> {
        Attestation {
            job: 1,
            worker: 2,
            model: H256::repeat_byte(3),
            input: H256::repeat_byte(4),
            output: H256::repeat_byte(5),
            tokens_root: H256::repeat_byte(6),
            fingerprints_root: H256::repeat_byte(7),
            prompt_tokens: 8,
            output_tokens: 9,
            nonce: 10,
            seed: H256::repeat_byte(11),
            engine_profile: H256::repeat_byte(12),
            prior_root: H256::zero(),
            proof: Proof::Replay,
        }
    }

    #[test]
    fn challenge_should_differ_when_any_part_differs() {
        let (a, b) = (H256::repeat_byte(1), H256::repeat_byte(2));
        let base = challenge(&a, 7, &b, &9u64);
        assert_ne!(base, challenge(&b, 7, &b, &9u64));
        assert_ne!(base, challenge(&a, 8, &b, &9u64));
        assert_ne!(base, challenge(&a, 7, &a, &9u64));
        assert_ne!(base, challenge(&a, 7, &b, &10u64));
    }

    #[test]
    fn signing_hash_should_cover_every_field_and_the_challenge() {
        let base = attestation();
        let hash = base.signing_hash(&H256::zero());
        assert_ne!(hash, base.signing_hash(&H256::repeat_byte(1)));
        let mut other = base.clone();
        other.output_tokens = 10;
        assert_ne!(hash, other.signing_hash(&H256::zero()));
        let mut other = base.clone();
        other.proof = Proof::Tee(Default::default());
        assert_ne!(hash, other.signing_hash(&H256::zero()));
    }
}
