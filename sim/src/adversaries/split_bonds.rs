//! **Tries**: to be drawn more often than its share by registering many workers instead of one, or by declining so that the
//! next draw finds another of its own.
//!
//! **Roles**: workers.
//!
//! **Defeated by** lots in proportion to bonds. The profit is what its jobs are worth, less its share of all free limits of what
//! all jobs are worth; it is not money, but what would become money by whatever margin jobs have.

use super::{Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, Who, World, ADVERSARIES, WORKERS},
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

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let accounts = plan.whole(1, 24);
        let bond = plan.log_between(1_000_000.0, 10_000_000.0) as Balance * AI / Balance::from(accounts);
        let declines = plan.unit() < 0.3;
        for number in 0..accounts {
            world.register(Who::adversary(number), bond);
        }
        world.run_to(world.now() + 12);
        let (mut fair, mut won, mut all) = (0.0, 0i128, 0i128);
        for number in 0..4 {
            let client = Who { role: Role::Client, number };
            let mut job = world.random_job();
            job.duration = 100;
            let Some(id) = world.submit(client, &job) else { continue };
            let (mut declined, share) = (false, fair_share());
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
                fair += share * value as f64;
                won += if is_own { value } else { 0 };
                break;
            }
            world.act_anyway(client, pallet_compute::Call::cancel_job { job: id }).unwrap_or_default();
        }
        let part_of = |amount: f64| amount * 100.0 / (all as f64).max(1.0);
        let notes = vec![("fair share, %", part_of(fair)), ("won, %", part_of(won as f64))];
        Ok(Outcome { profit: Some(won - fair as i128), notes })
    }
}

/// The adversary's share of what all bonds back and is free, by which draws go.
pub fn fair_share() -> f64 {
    let free = |who: Who| {
        hanzo_runtime::Compute::worker(&who.id()).map_or(0, |view| if view.accepting { view.free_limit.0 } else { 0 })
    };
    let own: Balance = (0..ADVERSARIES).map(Who::adversary).map(free).sum();
    let others: Balance = (0..WORKERS).map(|number| free(Who { role: Role::Worker, number })).sum();
    own as f64 / (own + others).max(1) as f64
}
