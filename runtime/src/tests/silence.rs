//! Every job ends in bounded time, whenever all parties fall silent, and every promise holds after every block on the way.

use super::{
    actors::*,
    cases,
    chain::{dispatch, Chain},
};
use crate::Poai;
use hanzo_poai::{JobId, JobStatus};
use proptest::{collection::vec, prelude::*};
use sp_keyring::Sr25519Keyring::{Charlie, Dave};
use sp_runtime::BoundedVec;

/// Blocks beyond a job's own last date: backlogs of a few jobs, and the block after a date.
const SLACK: u32 = 6;

/// What somebody does before all fall silent.
#[derive(Clone, Copy, Debug)]
enum Act {
    Submit { client: bool, tokens: u32, blocks: u32 },
    Accept(u64),
    Attest(u64, u32),
    Demand(u64),
    Deliver(u64),
    Cancel(u64),
    Wait(u32),
}

fn act() -> impl Strategy<Value = Act> {
    let job = 0u64..6;
    prop_oneof![
        3 => (any::<bool>(), 50u32..400, 30u32..90)
            .prop_map(|(client, tokens, blocks)| Act::Submit { client, tokens, blocks }),
        4 => job.clone().prop_map(Act::Accept),
        4 => (job.clone(), 1u32..50).prop_map(|(job, count)| Act::Attest(job, count)),
        2 => job.clone().prop_map(Act::Demand),
        1 => job.clone().prop_map(Act::Deliver),
        1 => job.prop_map(Act::Cancel),
        4 => (1u32..9).prop_map(Act::Wait),
    ]
}

/// Does it, or nothing where it is refused.
fn take(chain: &mut Chain, nonce: u64, act: Act) {
    let client = |id: JobId| if job_of(id, Charlie) { Charlie } else { Dave };
    let known = |id: &JobId| *id < pallet_compute::NextJob::<crate::Runtime>::get();
    let _ = match act {
        Act::Submit { client, tokens, blocks } => {
            dispatch(if client { Charlie } else { Dave }, submit(nonce, tokens, chain.now() + blocks))
        }
        Act::Accept(job) => dispatch(WORKER, pallet_compute::Call::accept_job { job }),
        Act::Attest(job, count) => attest(WORKER, job, count, count).and_then(|call| dispatch(WORKER, call)),
        Act::Demand(job) if known(&job) => dispatch(client(job), pallet_poai::Call::demand_output { job }),
        Act::Cancel(job) if known(&job) => dispatch(client(job), pallet_compute::Call::cancel_job { job }),
        Act::Deliver(job) => {
            let count = Poai::attestation(job).map_or(0, |attestation| attestation.output_tokens);
            let tokens = BoundedVec::truncate_from(output(count));
            dispatch(WORKER, pallet_poai::Call::deliver_output { job, tokens })
        }
        Act::Wait(blocks) => {
            chain.run_to(chain.now() + blocks);
            Ok(())
        }
        Act::Demand(_) | Act::Cancel(_) => Ok(()),
    };
}

fn job_of(id: JobId, client: sp_keyring::Sr25519Keyring) -> bool {
    crate::Compute::job(id).is_some_and(|job| job.client == client.to_account_id())
}

/// Last block in which a job can still be open if nobody does anything more.
fn last_date(id: JobId) -> u32 {
    let job = job(id);
    match Poai::attestation(id) {
        Some(attestation) if !job.status.is_final() => {
            attestation.settles_at.max(attestation.deliver_by.map_or(0, |by| by + 1))
        }
        _ => job.deadline + 1,
    }
}

proptest! {
    #![proptest_config(cases(14))]

    #[test]
    fn jobs_should_end_in_bounded_time_when_all_parties_fall_silent(acts in vec(act(), 1..40)) {
        Chain::run("development", |chain| {
            for (nonce, act) in acts.into_iter().enumerate() {
                take(chain, nonce as u64, act);
            }
            let jobs: Vec<JobId> = (0..pallet_compute::NextJob::<crate::Runtime>::get()).collect();
            let last = jobs.iter().map(|id| last_date(*id)).max().unwrap_or(0);
            chain.run_to(last.max(chain.now()) + SLACK);
            for id in jobs {
                let job = job(id);
                assert!(job.status.is_final(), "job {id} is {:?} in block {}: {job:?}", job.status, chain.now());
                assert_ne!(job.status, JobStatus::Attested);
            }
            assert_eq!(pallet_poai::Windows::<crate::Runtime>::count(), 0);
        });
    }
}
