//! **Tries**: to steer the draw by not writing blocks. Writes a third of the blocks; where one of its blocks would end the
//! window of a draw, it looks at whom the draw would find, and leaves the slot empty unless that is one of its own workers.
//! The next block ends the window instead, with another output.
//!
//! **Roles**: validator with a third of the slots, worker with any share of all bonds.
//!
//! **Defeated by** nothing: randomness of this kind can be biased by who can withhold it. It is bounded. With a third a of the
//! slots and a chance s without it, the chance of being drawn is s/(1 − a(1 − s)), at most 1.5 times that; each try costs
//! a block. That is why bonds are 30 times what they answer for and not 18. The profit is what its jobs are worth beyond
//! that bound.

use super::{
    author::{chance_of_draw, is_own, Schedule},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, Who, World},
};
use hanzo_runtime::{constants::AI, Balance, Runtime};

const WORKER: Who = Who { role: Role::Adversary, number: 0 };
/// Blocks from a submission to its draw.
const WINDOW: u32 = 4;
/// Its part of all slots.
const SHARE: f64 = 1.0 / 3.0;
/// Draws that its chance without steering is measured by. It errs to the adversary's favour, by some thousandths of a job's value.
const MEASURED: u64 = 48;

/// See the module.
pub struct BlockWithholding;

impl Adversary for BlockWithholding {
    fn name(&self) -> &'static str {
        "block-withholding"
    }
    fn tries(&self) -> &'static str {
        "leaves its slots empty where its block would have a draw find somebody else, with a third of all slots"
    }
    fn rule(&self) -> &'static str {
        "bounded, not prevented: a chance of s/(1 − (1 − s)/3) instead of s, which the bond multiple of 30 pays for"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let bond = plan.log_between(200_000.0, 4_000_000.0) as Balance * AI;
        world.register(WORKER, bond);
        world.run_to(world.now() + 8);
        let mut schedule = Schedule::of(SHARE);
        let (mut won, mut expected, mut jobs, mut own, mut fair) = (0i128, 0.0, 0.0, 0.0, 0.0);
        for number in 0..8 {
            let client = Who { role: Role::Client, number };
            let job = world.random_job();
            let Some(id) = world.submit(client, &job) else { continue };
            for _ in 1..WINDOW {
                schedule.next_block(world, false, |_| true);
            }
            let share = chance_of_draw(world, id, MEASURED);
            schedule.next_block(world, true, |_| is_own(id));
            let Some(job) = pallet_compute::Jobs::<Runtime>::get(id) else { continue };
            jobs += 1.0;
            fair += share;
            expected += share / (1.0 - SHARE * (1.0 - share)) * job.value as f64;
            if is_own(id) {
                own += 1.0;
                won += job.value as i128;
            }
            world.act_anyway(client, pallet_compute::Call::cancel_job { job: id }).unwrap_or_default();
        }
        Ok(Outcome {
            profit: Some(won - expected as i128),
            notes: vec![
                ("drawn without, part", fair / f64::max(jobs, 1.0)),
                ("drawn, part", own / f64::max(jobs, 1.0)),
                ("slots left empty per draw", schedule.empty as f64 / f64::max(jobs, 1.0)),
            ],
        })
    }
}
