//! What runtime APIs answer.

use crate::{Allowance, Attestors, Config, Measurements, Pallet, Roots, Target};
use hanzo_proofs::Vendor;
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

    /// First second at which a root is no longer trusted, unless it or its vendor is paused.
    pub fn root_until(vendor: Vendor, root: H256) -> Option<u64> {
        Self::ensure_running(&[Target::Vendor(vendor), Target::Root(root)]).ok()?;
        Roots::<T>::get(vendor, root).map(|root| root.until)
    }

    /// The terms on which something may run, unless it is paused.
    pub fn allowance_of(measurement: H256) -> Option<Allowance> {
        Self::ensure_running(&[Target::Measurement(measurement)]).ok()?;
        Measurements::<T>::get(measurement)
    }
}
