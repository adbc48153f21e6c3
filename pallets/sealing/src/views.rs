//! What runtime APIs answer.

use crate::{Config, HandOvers, Keys, Pallet};
use alloc::vec::Vec;
use hanzo_poai::JobId;
use hanzo_traits::{JobParties, JobRegistry};
use sp_core::H256;

impl<T: Config> Pallet<T> {
    /// The public key of an account.
    pub fn key(account: &T::AccountId) -> Option<Vec<u8>> {
        Keys::<T>::get(account).map(|record| record.key.into_inner())
    }

    /// The envelopes of a job for an account: who handed each over, and its hash. At most one from the client and one from the
    /// worker the job has now.
    pub fn envelopes(job: JobId, to: &T::AccountId) -> Vec<(T::AccountId, H256)> {
        let Some(JobParties { client, worker, .. }) = T::Jobs::parties(job) else { return Vec::new() };
        let from = core::iter::once(client).chain(worker);
        from.filter_map(|from| {
            let record = HandOvers::<T>::get(job, (from.clone(), to.clone()))?;
            Some((from, record.envelope))
        })
        .collect()
    }
}
