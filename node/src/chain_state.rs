//! What native tasks read of the chain's state beside runtime calls.

use crate::service::Client;
use codec::Decode;
use frame_system::EventRecord;
use hanzo_runtime::{AccountId, BlockNumber, Hash, RuntimeEvent};
use hanzo_traits::api::{JobView, JobsApi};
use sc_client_api::{StorageKey, StorageProvider};
use sp_api::ProvideRuntimeApi;
use sp_io::hashing::twox_128;

/// Jobs asked for at a time; the most that one call gives.
const PAGE: u32 = 256;

/// Why something could not be read: the state is pruned, or not of this runtime. Worth another try at a later block.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The events of a block, in order.
pub fn events(client: &Client, at: Hash) -> Result<Vec<RuntimeEvent>, Failure> {
    let key = StorageKey([twox_128(b"System"), twox_128(b"Events")].concat());
    let Some(bytes) = client.storage(at, &key)? else { return Ok(Vec::new()) };
    let records = Vec::<EventRecord<RuntimeEvent, Hash>>::decode(&mut &bytes.0[..])?;
    Ok(records.into_iter().map(|record| record.event).collect())
}

/// All jobs that are open at a block.
pub fn open_jobs(client: &Client, at: Hash) -> Result<Vec<JobView<AccountId, BlockNumber>>, Failure> {
    let (mut jobs, mut start) = (Vec::new(), 0);
    loop {
        let page = client.runtime_api().open_jobs(at, start, PAGE)?;
        jobs.extend(page.jobs);
        match page.next {
            Some(next) => start = next,
            None => return Ok(jobs),
        }
    }
}
