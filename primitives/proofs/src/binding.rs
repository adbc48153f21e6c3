//! What quotes, attestors and provers commit to, so that a proof is worth nothing for another key, job, worker or chain.
//!
//! A quote has 64 bytes of report data. The first 32 are one of the hashes below, the last 32 are zero.

use crate::quote::{Vendor, REPORT_DATA_BYTES};
use alloc::vec::Vec;
use codec::Encode;
use hanzo_poai::Attestation;
use sp_core::{sr25519, H256};
use sp_crypto_hashing::blake2_256;

/// Domain of [`registration`].
const REGISTRATION: &[u8] = b"hanzo/proofs/registration/v1";
/// Domain of [`statement`].
const STATEMENT: &[u8] = b"hanzo/proofs/statement/v1";
/// Domain of [`verdict`].
const VERDICT: &[u8] = b"hanzo/proofs/verdict/v1";
/// Domain of [`quorum`].
const QUORUM: &[u8] = b"hanzo/proofs/quorum/v1";

fn tagged(domain: &[u8], write: impl FnOnce(&mut Vec<u8>)) -> H256 {
    let mut input = domain.encode();
    write(&mut input);
    blake2_256(&input).into()
}

/// The 64 bytes of report data that carry a hash.
pub fn report_data(hash: &H256) -> [u8; REPORT_DATA_BYTES] {
    let mut data = [0; REPORT_DATA_BYTES];
    for (to, from) in data.iter_mut().zip(hash.as_bytes()) {
        *to = *from;
    }
    data
}

/// H(domain″ ‖ genesis ‖ worker ‖ session key ‖ epoch ‖ measurement): what a quote carries that binds a session key for one
/// epoch. The measurement is in it although the hardware states it, so that code which was made to sign foreign hashes
/// cannot lend its name to other code.
pub fn registration<AccountId: Encode>(
    genesis: &H256,
    worker: &AccountId,
    key: &sr25519::Public,
    epoch: u64,
    measurement: &H256,
) -> H256 {
    tagged(REGISTRATION, |out| {
        genesis.encode_to(out);
        worker.encode_to(out);
        key.encode_to(out);
        epoch.encode_to(out);
        measurement.encode_to(out);
    })
}

/// H(domain ‖ challenge ‖ every field of the attestation but its proof): what attestors and provers state. The proof is
/// left out, since it is made from this hash.
pub fn statement<AccountId: Encode>(challenge: &H256, attestation: &Attestation<AccountId>) -> H256 {
    let Attestation {
        job,
        worker,
        model,
        input,
        output,
        tokens_root,
        fingerprints_root,
        prompt_tokens,
        output_tokens,
        nonce,
        seed,
        engine_profile,
        prior_root,
        proof: _,
    } = attestation;
    tagged(STATEMENT, |out| {
        challenge.encode_to(out);
        job.encode_to(out);
        worker.encode_to(out);
        for hash in [model, input, output, tokens_root, fingerprints_root] {
            hash.encode_to(out);
        }
        prompt_tokens.encode_to(out);
        output_tokens.encode_to(out);
        nonce.encode_to(out);
        for hash in [seed, engine_profile, prior_root] {
            hash.encode_to(out);
        }
    })
}

/// What an attestor of the set `set` signs for a job: H(domain ‖ set ‖ statement).
pub fn quorum(set: u32, statement: &H256) -> H256 {
    tagged(QUORUM, |out| {
        set.encode_to(out);
        statement.encode_to(out);
    })
}

/// What attestors say of a quote they checked off chain.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Encode,
    codec::Decode,
    codec::DecodeWithMemTracking,
    codec::MaxEncodedLen,
    scale_info::TypeInfo,
)]
pub struct Verdict {
    /// Number of the set of attestors that says so.
    pub set: u32,
    /// Whose hardware.
    pub vendor: Vendor,
    /// Which root the quote's chain ends in: blake2-256 of its certificate.
    pub root: H256,
    /// The session key the quote binds.
    pub key: sr25519::Public,
    /// For which epoch.
    pub epoch: u64,
    /// What was loaded.
    pub measurement: H256,
    /// When what the quote rests on expires, seconds since 1970.
    pub expires: u64,
    /// blake2-256 of quote ‖ collateral, each with its length; the bytes are kept off chain.
    pub evidence: H256,
}

/// Evidence of `Proof::Tee`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, codec::Decode, codec::MaxEncodedLen, scale_info::TypeInfo)]
pub struct TeeEvidence {
    /// What runs; the one that the session key is bound to.
    pub measurement: H256,
    /// Of the session key, over `report_data(challenge, model, input, output, measurement)` of `hanzo_poai::attestation`.
    pub signature: sr25519::Signature,
}

/// H(domain ‖ genesis ‖ worker ‖ verdict): what attestors sign.
pub fn verdict<AccountId: Encode>(genesis: &H256, worker: &AccountId, verdict: &Verdict) -> H256 {
    tagged(VERDICT, |out| {
        genesis.encode_to(out);
        worker.encode_to(out);
        verdict.encode_to(out);
    })
}

/// Hash of a quote and its collateral, by which the chain remembers what it was shown.
pub fn evidence(quote: &[u8], collateral: &[u8]) -> H256 {
    blake2_256(&(quote, collateral).encode()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_poai::Proof;

    fn key(byte: u8) -> sr25519::Public {
        sr25519::Public::from_raw([byte; 32])
    }

    #[test]
    fn registration_should_differ_when_any_part_differs() {
        let (a, b) = (H256::repeat_byte(1), H256::repeat_byte(2));
        let base = registration(&a, &1u64, &key(1), 1, &a);
        assert_ne!(base, registration(&b, &1u64, &key(1), 1, &a));
        assert_ne!(base, registration(&a, &2u64, &key(1), 1, &a));
        assert_ne!(base, registration(&a, &1u64, &key(2), 1, &a));
        assert_ne!(base, registration(&a, &1u64, &key(1), 2, &a));
        assert_ne!(base, registration(&a, &1u64, &key(1), 1, &b));
    }

    #[test]
    fn report_data_should_be_the_hash_and_zeros() {
        let data = report_data(&H256::repeat_byte(7));
        assert_eq!(data[..32], [7; 32]);
        assert_eq!(data[32..], [0; 32]);
    }

    #[test]
    fn statement_should_cover_every_field_but_the_proof() {
        let base = Attestation {
            job: 1,
            worker: 2u64,
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
            prior_root: H256::repeat_byte(13),
            proof: Proof::Replay,
        };
        let challenge = H256::repeat_byte(14);
        let hash = statement(&challenge, &base);
        let other = H256::repeat_byte(99);
        let changed = [
            Attestation { job: 99, ..base.clone() },
            Attestation { worker: 99, ..base.clone() },
            Attestation { model: other, ..base.clone() },
            Attestation { input: other, ..base.clone() },
            Attestation { output: other, ..base.clone() },
            Attestation { tokens_root: other, ..base.clone() },
            Attestation { fingerprints_root: other, ..base.clone() },
            Attestation { prompt_tokens: 99, ..base.clone() },
            Attestation { output_tokens: 99, ..base.clone() },
            Attestation { nonce: 99, ..base.clone() },
            Attestation { seed: other, ..base.clone() },
            Attestation { engine_profile: other, ..base.clone() },
            Attestation { prior_root: other, ..base.clone() },
        ];
        for attestation in changed {
            assert_ne!(statement(&challenge, &attestation), hash, "{attestation:?}");
        }
        assert_ne!(statement(&other, &base), hash);
        let with_proof = Attestation { proof: Proof::Zk(Default::default()), ..base };
        assert_eq!(statement(&challenge, &with_proof), hash);
    }
}
