//! The engine profile: the class of machines and builds within which results are the same to the bit.

use crate::error::{Error, Result};
use crate::fingerprint::FINGERPRINT;
use crate::hash::blake2_256;
use crate::kernels::{Isa, KERNELS};
use crate::sampler::SAMPLER;
use candle_core::Device;
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
    /// What the arithmetic was built from: this crate's version and, for the fast kind, compiler and target features.
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

/// Version of this crate.
const CRATE: &str = concat!("hanzo-inference ", env!("CARGO_PKG_VERSION"));

impl EngineProfile {
    /// The profile of this build on this machine. `device` and `threads` matter to the fast kind only.
    pub fn current(kind: ProfileKind, device: &str, threads: usize) -> Self {
        let (build, kernels, isa_class) = match kind {
            // Neither compiler nor machine changes a bit: IEEE 754 and the pinned libm fix them all.
            ProfileKind::Replay => (
                format!("{CRATE}, {}", env!("HANZO_LIBM")),
                KERNELS.to_string(),
                "any with IEEE 754 binary32, no flush to zero".to_string(),
            ),
            ProfileKind::Fast => {
                let isa = Isa::available().last().map_or("scalar", |isa| isa.name());
                let arch = std::env::consts::ARCH;
                let (compiler, features) = (env!("HANZO_RUSTC"), env!("HANZO_TARGET_FEATURES"));
                (
                    format!("{CRATE}, {compiler}, {features}"),
                    format!("{}, {}", env!("HANZO_CANDLE"), env!("HANZO_GEMM")),
                    format!("{arch} {isa} on {device}, {threads} threads"),
                )
            }
        };
        Self {
            kind,
            build,
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

/// How a profile names a device: GPUs by model and compute capability, because their libraries choose kernels by both.
pub(crate) fn device_name(device: &Device) -> Result<String> {
    match device {
        Device::Cpu => Ok("cpu".into()),
        #[cfg(feature = "cuda")]
        Device::Cuda(device) => {
            let stream = device.cuda_stream();
            let unknown = |e| Error::Device(format!("the CUDA device does not say what it is: {e}"));
            let name = stream.context().name().map_err(unknown)?;
            let (major, minor) = stream.context().compute_capability().map_err(unknown)?;
            Ok(format!("{name} (sm_{major}{minor})"))
        }
        other => Err(Error::Device(format!("{other:?} is not a device that this engine runs on"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_should_name_what_fixes_bits_and_nothing_else() {
        let replay = EngineProfile::current(ProfileKind::Replay, "cpu", 1);
        assert_eq!(replay.hash(), EngineProfile::current(ProfileKind::Replay, "elsewhere", 7).hash());
        let fast = |device, threads| EngineProfile::current(ProfileKind::Fast, device, threads);
        assert_ne!(fast("cpu", 1).hash(), fast("cpu", 2).hash());
        assert_ne!(fast("NVIDIA H100 (sm_90)", 1).hash(), fast("NVIDIA L4 (sm_89)", 1).hash());
        assert!(fast("cpu", 1).build.contains("rustc 1."), "{:?}", fast("cpu", 1));
    }

    #[test]
    fn profile_should_name_the_versions_of_the_lock_file() {
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).unwrap();
        let version = |package: &str| {
            let rest = lock.split_once(&format!("name = \"{package}\"\nversion = \"")).unwrap().1;
            format!("{package} {}", rest.split('"').next().unwrap())
        };
        let (replay, fast) = (ProfileKind::Replay, ProfileKind::Fast);
        let [replay, fast] = [replay, fast].map(|kind| EngineProfile::current(kind, "cpu", 1));
        assert_eq!(fast.kernels, format!("{}, {}", version("candle-core"), version("gemm")));
        // The pinned libm is part of three promises, two of them written by hand.
        for text in [&replay.build, &replay.kernels, &replay.sampler] {
            assert!(text.contains(&version("libm")), "{text}");
        }
    }
}
