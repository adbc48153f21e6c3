//! What may stand behind an attestation.

use super::hmm::DAY;
use crate::{AccountId, Compute, Runtime, Timestamp};
use frame_support::weights::constants::ParityDbWeight;
use frame_system::EnsureRoot;
use pallet_time_scale::Scaled;

impl pallet_attestors::Config for Runtime {
    type GovernOrigin = EnsureRoot<AccountId>;
    /// The security council's, once there is one.
    type EmergencyOrigin = EnsureRoot<AccountId>;
    type Clock = Timestamp;
    type Workers = Compute;
    /// Quotes of Intel's hardware come with a verdict of the attestors.
    type Quotes = hanzo_proofs::OnChain;
    type Epoch = Scaled<Runtime, DAY, 100>;
    type WeightInfo = pallet_attestors::weights::Measured<ParityDbWeight>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Helper;
}

/// Makes what benchmarks need of clock and workers.
#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_attestors::BenchmarkHelper<AccountId> for Helper {
    fn set_time(seconds: u64) {
        pallet_timestamp::Now::<Runtime>::put(seconds.saturating_mul(1_000));
    }

    fn worker(key: hanzo_traits::SessionKey) -> AccountId {
        use hanzo_traits::JobRegistry;
        let job = Compute::accepted_for_benchmark(key);
        // It cannot be missing, and nothing but a benchmark would stop.
        match Compute::attestable(job) {
            Ok(job) => job.worker,
            Err(error) => panic!("no worker to measure with: {error:?}"),
        }
    }
}
