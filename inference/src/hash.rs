//! Hashes: blake2b with 32 bytes of output, as on the chain.

use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};
use sp_core::H256;

/// A hash being computed.
#[derive(Clone, Default)]
pub struct Hasher(Blake2b<U32>);

impl Hasher {
    /// A hash that starts with a domain: its length as u64 LE, then its bytes.
    pub fn in_domain(domain: &str) -> Self {
        let mut hasher = Self::default();
        hasher.part(domain.as_bytes());
        hasher
    }

    /// Adds bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds bytes preceded by their length as u64 LE, so that parts cannot run into each other.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The hash.
    pub fn finish(self) -> H256 {
        H256(self.0.finalize().into())
    }
}

/// blake2-256 of some bytes.
pub fn blake2_256(bytes: &[u8]) -> H256 {
    let mut hasher = Hasher::default();
    hasher.bytes(bytes);
    hasher.finish()
}

/// blake2-256 of the bits of some floats, little-endian.
pub fn of_floats(values: &[f32]) -> H256 {
    let mut hasher = Hasher::default();
    let mut bytes = [0u8; 4096];
    for values in values.chunks(bytes.len() / 4) {
        for (to, value) in bytes.chunks_exact_mut(4).zip(values) {
            to.copy_from_slice(&value.to_le_bytes());
        }
        hasher.bytes(&bytes[..values.len() * 4]);
    }
    hasher.finish()
}

/// blake2-256 of token ids, u32 little-endian each.
pub fn of_tokens(ids: &[u32]) -> H256 {
    let mut hasher = Hasher::default();
    for id in ids {
        hasher.bytes(&id.to_le_bytes());
    }
    hasher.finish()
}
