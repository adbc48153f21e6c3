//! **Tries**: to be paid without delivering: takes jobs, attests, says nothing when the output is demanded. Or accepts and
//! never attests. Its clients demand what they do not get, as clients do.
//!
//! **Roles**: worker with any share of all bonds.
//!
//! **Defeated by** the demand: an output that is not delivered in time fails the job, the client gets its tokens back and 1 %
//! of the value from the worker's bond, and the worker's quality falls.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{status, Clock, Role, Traffic, Who, World, TOKENS},
};
use hanzo_poai::JobStatus;
use hanzo_runtime::{constants::AI, test_kit::chain::dispatch_as, Poai, Runtime};
use hanzo_traits::JobId;

const WORKER: Who = Who { role: Role::Adversary, number: 0 };

/// See the module.
pub struct SilentWorker;

impl Adversary for SilentWorker {
    fn name(&self) -> &'static str {
        "silent-worker"
    }
    fn tries(&self) -> &'static str {
        "takes jobs and delivers nothing, or attests nothing"
    }
    fn rule(&self) -> &'static str {
        "an output demanded and not delivered, or a deadline missed, fails the job: tokens back, and 1 % from the bond"
    }
    fn claim(&self) -> Claim {
        Claim::Never
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        world.register(WORKER, plan.log_between(500_000.0, 50_000_000.0) as u128 * AI);
        let attests = plan.unit() < 0.8;
        world.run_to(world.now() + 6);
        let (mut got, mut failed) = (0u32, 0u32);
        for number in 0..plan.whole(1, 4) {
            let client = Who { role: Role::Client, number: number % 8 };
            let job = world.random_job();
            let Some(id) = world.submit(client, &job) else { continue };
            let taken = self.follow(world, client, id, attests)?;
            got += u32::from(taken);
            failed += u32::from(taken && status(id) == JobStatus::Slashed);
        }
        let quality = f64::from(pallet_poai::Quality::<Runtime>::get(WORKER.id())) / 1e9;
        Ok(Outcome {
            profit: None,
            notes: vec![("jobs taken", got.into()), ("of them failed", failed.into()), ("quality after", quality)],
        })
    }
}

impl SilentWorker {
    /// Sees a job to its end; whether the adversary was drawn for it.
    fn follow(&self, world: &mut World, client: Who, id: JobId, attests: bool) -> Result<bool, String> {
        let mut taken = false;
        for _ in 0..300 {
            world.next_block();
            let Some(job) = pallet_compute::Jobs::<Runtime>::get(id) else { return Ok(taken) };
            let is_own = job.assignment.as_ref().is_some_and(|assignment| assignment.worker == WORKER.id());
            let done = match job.status {
                JobStatus::Assigned if is_own => {
                    taken = true;
                    world.act(WORKER, pallet_compute::Call::accept_job { job: id })
                }
                JobStatus::Accepted if is_own && attests => world.attest(WORKER, id, TOKENS),
                JobStatus::Attested
                    if is_own && Poai::attestation(id).is_some_and(|view| view.deliver_by.is_none()) =>
                {
                    dispatch_as(client.id(), pallet_poai::Call::demand_output { job: id })
                }
                _ => Ok(()),
            };
            done.map_err(|error| format!("job {id}: {error:?}"))?;
            if status(id).is_final() {
                return Ok(taken);
            }
        }
        Err(format!("job {id} never ended"))
    }
}
