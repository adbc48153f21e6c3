//! **Tries**: to be drawn more often than its share by registering many workers instead of one, or by declining so that the
//! next draw finds another of its own.
//!
//! **Roles**: workers.
//!
//! **Defeated by** lots in proportion to bonds. The profit is what its jobs are worth, less what those are that the same bond is drawn for in
//! one piece; it is not money, but what would become money by whatever margin jobs have.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, Who, World},
};
use hanzo_poai::JobStatus;
use hanzo_runtime::{constants::AI, Balance, Runtime};

/// See the module.
pub struct SplitBonds;

impl Adversary for SplitBonds {
    fn name(&self) -> &'static str {
        "split-bonds"
    }
    fn tries(&self) -> &'static str {
        "registers many workers instead of one to be drawn more often, and declines to pass jobs among them"
    }
    fn rule(&self) -> &'static str {
        "lots in proportion to bonds, drawn before anybody is looked at"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }
    fn has_twin(&self) -> bool {
        true
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let (mut accounts, all_bonds) =
            (plan.whole(1, 24), plan.log_between(1_000_000.0, 10_000_000.0) as Balance * AI);
        let mut declines = plan.unit() < 0.3;
        if !world.attacks {
            (accounts, declines) = (1, false);
        }
        let bond = all_bonds / Balance::from(accounts);
        for number in 0..accounts {
            world.register(Who::adversary(number), bond);
        }
        world.run_to(world.now() + 12);
        let (mut won, mut all) = (0i128, 0i128);
        for number in 0..4 {
            let client = Who { role: Role::Client, number };
            let mut job = world.random_job();
            job.duration = 100;
            let Some(id) = world.submit(client, &job) else { continue };
            let mut declined = false;
            for _ in 0..30 {
                world.next_block();
                let Some(job) = pallet_compute::Jobs::<Runtime>::get(id) else { break };
                let Some(drawn) = job.assignment.as_ref().and_then(|a| Who::of(&a.worker)) else { continue };
                let is_own = drawn.role == Role::Adversary;
                if is_own && declines && !declined && job.status == JobStatus::Assigned {
                    declined = true;
                    world
                        .act(drawn, pallet_compute::Call::decline_job { job: id })
                        .map_err(|error| format!("{error:?}"))?;
                    continue;
                }
                let value = job.value as i128;
                all += value;
                won += if is_own { value } else { 0 };
                break;
            }
            world.act_anyway(client, pallet_compute::Call::cancel_job { job: id }).unwrap_or_default();
        }
        let part = won as f64 * 100.0 / (all as f64).max(1.0);
        Ok(Outcome { profit: Some(won), notes: vec![("won, %", part)] })
    }
}
