//! How a job's output becomes Merkle leaves: 32 tokens a chunk, one leaf per chunk in each of two trees.
//!
//! ```text
//! tokens leaf      = index u32 LE ‖ n u32 LE ‖ n token ids u32 LE        (compared exactly)
//! fingerprint leaf = index u32 LE ‖ 258 bytes                           (compared within the profile's tolerance)
//! ```
//! The trees cover the output tokens. The prompt is fixed by the hash of the input.

use crate::merkle;
use alloc::vec::Vec;
use sp_core::H256;

/// Tokens in a chunk; the last chunk may hold fewer.
pub const CHUNK: usize = 32;

/// Bytes of one fingerprint: a 2-byte modulus and 128 polynomial coefficients of 2 bytes (TOPLOC, arXiv 2501.16007).
pub const FINGERPRINT_BYTES: usize = 258;

/// Digest of the last hidden states of one chunk.
pub type Fingerprint = [u8; FINGERPRINT_BYTES];

/// Hash of the `index`-th chunk of tokens.
pub fn token_leaf(index: u32, ids: &[u32]) -> H256 {
    let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(ids.len().saturating_mul(4).saturating_add(8));
    bytes.extend_from_slice(&index.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    for id in ids {
        bytes.extend_from_slice(&id.to_le_bytes());
    }
    merkle::leaf_hash(&bytes)
}

/// Hash of the `index`-th fingerprint.
pub fn fingerprint_leaf(index: u32, fingerprint: &Fingerprint) -> H256 {
    let mut bytes = Vec::with_capacity(FINGERPRINT_BYTES.saturating_add(4));
    bytes.extend_from_slice(&index.to_le_bytes());
    bytes.extend_from_slice(fingerprint);
    merkle::leaf_hash(&bytes)
}

/// Leaves of a token sequence, one per chunk.
pub fn token_leaves(tokens: &[u32]) -> Vec<H256> {
    (0u32..).zip(tokens.chunks(CHUNK)).map(|(index, ids)| token_leaf(index, ids)).collect()
}

/// Root over the chunks of a token sequence. `None` only beyond 2³² chunks.
pub fn tokens_root(tokens: &[u32]) -> Option<H256> {
    merkle::root(&token_leaves(tokens))
}

/// Root over fingerprints, one per chunk, in order. `None` only beyond 2³² of them.
pub fn fingerprints_root(fingerprints: &[Fingerprint]) -> Option<H256> {
    let leaves: Vec<H256> = (0u32..).zip(fingerprints).map(|(index, f)| fingerprint_leaf(index, f)).collect();
    merkle::root(&leaves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_root_should_change_with_any_token_and_with_the_length() {
        let tokens: Vec<u32> = (0..70).collect();
        let root = tokens_root(&tokens).unwrap();
        for place in 0..tokens.len() {
            let mut other = tokens.clone();
            other[place] ^= 1;
            assert_ne!(tokens_root(&other), Some(root));
        }
        assert_ne!(tokens_root(&tokens[..69]), Some(root));
        let mut padded = tokens.clone();
        padded.push(0);
        assert_ne!(tokens_root(&padded), Some(root));
    }

    #[test]
    fn trees_should_not_share_leaves() {
        // A fingerprint cannot be passed off as 64 tokens: the lengths differ and both are committed.
        assert_ne!(token_leaf(0, &[0; 64]), fingerprint_leaf(0, &[0; FINGERPRINT_BYTES]));
    }
}
