//! The engine profile: the class of machines and builds within which results are the same to the bit.

use crate::fingerprint::FINGERPRINT;
use crate::hash::blake2_256;
use crate::kernels::{Isa, KERNELS};
use crate::sampler::SAMPLER;
use serde::{Deserialize, Serialize};
use sp_core::H256;

/// Which decoder runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileKind {
    /// Our kernels: one result on every machine.
    Replay,
    /// Candle: a result per machine, thread count and cutting of the prompt; compared within a tolerance.
    Fast,
}

/// Everything that may change a bit of the output. Its [`hash`](Self::hash) goes into receipts and attestations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EngineProfile {
    /// Which decoder.
    pub kind: ProfileKind,
    /// Version of this crate.
    pub build: String,
    /// Arithmetic of the decoder.
    pub kernels: String,
    /// Machines on which it gives the same bits.
    pub isa_class: String,
    /// Element type of activations, cache and sums.
    pub dtype: String,
    /// Choice of tokens.
    pub sampler: String,
    /// Digest of hidden states.
    pub fingerprint: String,
}

impl EngineProfile {
    /// The profile of this build on this machine. `threads` matters to the fast kind only.
    pub fn current(kind: ProfileKind, device: &str, threads: usize) -> Self {
        let (kernels, isa_class) = match kind {
            ProfileKind::Replay => (KERNELS.to_string(), "any with IEEE 754 binary32, no flush to zero".to_string()),
            ProfileKind::Fast => {
                let isa = Isa::available().last().map_or("scalar", |isa| isa.name());
                let arch = std::env::consts::ARCH;
                ("candle-core 0.11.1 matmul".to_string(), format!("{arch} {isa} on {device}, {threads} threads"))
            }
        };
        Self {
            kind,
            build: env!("CARGO_PKG_VERSION").into(),
            kernels,
            isa_class,
            dtype: "f32".into(),
            sampler: SAMPLER.into(),
            fingerprint: FINGERPRINT.into(),
        }
    }

    /// blake2-256 of `hanzo/engine-profile/v1`, a zero byte, and the profile as compact JSON with its fields in the order
    /// above.
    pub fn hash(&self) -> H256 {
        let mut bytes = b"hanzo/engine-profile/v1\0".to_vec();
        // A struct of strings always serialises.
        bytes.extend(serde_json::to_vec(self).unwrap_or_default());
        blake2_256(&bytes)
    }
}
