//! What Proof of AI asks of the registry of proofs.

use crate::jobs::SessionKey;
use hanzo_poai::{Attestation, Verification};
use sp_core::H256;
use sp_runtime::DispatchResult;
use sp_weights::Weight;

/// Which session keys live in trusted hardware. Implemented by the attestors pallet.
pub trait TeeRegistry<AccountId> {
    /// What runs where this worker's session key lives, if a quote binds that very key, now, under a root and a measurement
    /// that are in force; `None` otherwise.
    fn is_bound(worker: &AccountId, key: &SessionKey) -> Option<H256>;

    /// For benchmarks: binds a key so that [`TeeRegistry::is_bound`] has as much to look at as it may.
    #[cfg(feature = "runtime-benchmarks")]
    fn bind_for_benchmark(worker: &AccountId, key: &SessionKey);
}

/// Checks the proofs of attestations. Implemented by the attestors pallet; the unit type knows no proof.
pub trait ProofRegistry<AccountId> {
    /// Whether the attestation's proof holds for this attestation under this challenge. What is not known, not registered or
    /// paused is refused. A replay carries nothing to check here: it passes, and a committee judges it later.
    ///
    /// * `challenge`: of the job, its acceptance and its worker.
    /// * `key`: the worker's session key, as registered now.
    fn check(attestation: &Attestation<AccountId>, challenge: &H256, key: &SessionKey) -> DispatchResult;

    /// Most weight of a check of this kind.
    fn check_weight(kind: Verification) -> Weight;

    /// Whether anything is registered that a proof of this kind could be checked by.
    fn supports(kind: Verification) -> bool;
}

impl<AccountId> TeeRegistry<AccountId> for () {
    fn is_bound(_: &AccountId, _: &SessionKey) -> Option<H256> {
        None
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn bind_for_benchmark(_: &AccountId, _: &SessionKey) {}
}

impl<AccountId> ProofRegistry<AccountId> for () {
    fn check(attestation: &Attestation<AccountId>, _: &H256, _: &SessionKey) -> DispatchResult {
        match attestation.proof {
            hanzo_poai::Proof::Replay => Ok(()),
            _ => Err(sp_runtime::DispatchError::Unavailable),
        }
    }

    fn check_weight(_: Verification) -> Weight {
        Weight::zero()
    }

    fn supports(kind: Verification) -> bool {
        kind == Verification::Replay
    }
}
