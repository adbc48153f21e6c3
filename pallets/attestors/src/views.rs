//! What runtime APIs answer.

use crate::{Attestors, Config, Pallet};
use hanzo_traits::{api::AttestorsView, TeeRegistry, WorkerRegistry};
use sp_core::H256;

impl<T: Config> Pallet<T> {
    /// The attestors in force.
    pub fn attestors_view() -> AttestorsView {
        let set = Attestors::<T>::get();
        let keys = set.keys.iter().map(|key| H256(key.0)).collect();
        AttestorsView { set: set.number, keys, threshold: set.threshold }
    }

    /// The epoch in force.
    pub fn epoch() -> u64 {
        Self::epoch_at(frame_system::Pallet::<T>::block_number())
    }

    /// What runs where a worker's session key lives, if it is bound now.
    pub fn measurement_of(worker: &T::AccountId) -> Option<H256> {
        Self::is_bound(worker, &T::Workers::session_key(worker)?)
    }
}
