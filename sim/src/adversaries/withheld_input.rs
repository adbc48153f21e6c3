//! **Tries**: to be paid for the failure of its own jobs: submits jobs whose input nobody can have, with tokens bought or
//! minted, cancels them at some point or lets them run out.
//!
//! **Roles**: client.
//!
//! **Defeated by** workers that fetch the input before they accept, and decline for nothing; a job that nobody accepts costs
//! its client 1 %, at least 0.5 $AI. A worker that accepted blindly would pay 1 %, and nothing for price moves.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{part, state, status, Clock, JobPlan, Traffic, Who, World},
};
use hanzo_poai::JobStatus;
use hanzo_runtime::test_kit::actors::pools;

/// See the module.
pub struct WithheldInput;

impl Adversary for WithheldInput {
    fn name(&self) -> &'static str {
        "withheld-input"
    }
    fn tries(&self) -> &'static str {
        "submits jobs whose input nobody can have, to be compensated for their failure"
    }
    fn rule(&self) -> &'static str {
        "workers fetch before they accept; only accepted jobs can fail, and then for a flat 1 %"
    }
    fn claim(&self) -> Claim {
        Claim::Never
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let client = Who::adversary(0);
        let mut job = JobPlan { withheld: true, use_held_tokens: plan.flag(), ..JobPlan::default() };
        job.duration = plan.whole(30, 120);
        for (number, one) in pools().into_iter().enumerate() {
            if number == 0 || plan.flag() {
                let amount = part(state(one).reserves.psi, plan.log_between(0.00005, 0.0029));
                job.resources.set(one.class, amount);
                if job.use_held_tokens {
                    world.mint(one, amount);
                }
            }
        }
        let cancels_after = plan.whole(0, 60);
        world.next_block();
        let Some(id) = world.submit(client, &job) else { return Ok(Outcome::default()) };
        for block in 0..150 {
            if block == cancels_after {
                let _ = world.act(client, pallet_compute::Call::cancel_job { job: id });
            }
            if status(id).is_final() {
                break;
            }
            world.next_block();
        }
        let slashed = f64::from(u8::from(status(id) == JobStatus::Slashed));
        pools().into_iter().for_each(|one| close(world, one, 3));
        Ok(Outcome { profit: None, notes: vec![("ended as a worker's failure", slashed)] })
    }
}
