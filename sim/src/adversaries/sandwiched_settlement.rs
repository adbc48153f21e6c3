//! **Tries**: to trade around settlements. When a job's window ends is public, and so is what settling it sells: the rest of the
//! escrow for its client, or what was earned for its worker. It sells ahead of them, up to some blocks before, and buys back after,
//! at once or later.
//!
//! **Roles**: trader with as many accounts as it likes, author of every block.
//!
//! **Defeated by** the mean price, which nobody buys below; the bound of 99 % of the hour's mean, under which a settlement pays
//! tokens instead; and settlements at the start and the end of blocks, where no trade can come between them.

use super::{guessing::close, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{moved, part, pool, state, status, Clock, Deed, JobPlan, Role, Who, World, TOKENS},
};
use hanzo_poai::{JobStatus, Resources};
use hanzo_runtime::{test_kit::actors::last_job, Poai};
use hanzo_traits::JobId;

/// Most tokens that the jobs ask for; workers give [`TOKENS`].
const MOST_TOKENS: u32 = 400;

/// See the module.
pub struct SandwichedSettlement;

impl Adversary for SandwichedSettlement {
    fn name(&self) -> &'static str {
        "sandwiched-settlement"
    }
    fn tries(&self) -> &'static str {
        "sells ahead of settlements that sell for clients and workers, and buys back after them"
    }
    fn rule(&self) -> &'static str {
        "nobody buys below a mean of prices from before, and settlements sell for 99 % of the hour's mean or not at all"
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
        let pool = pool(plan.whole(0, 2) as usize);
        let whole = state(pool).reserves.psi;
        world.mint(pool, part(whole, 0.1));
        // Nobody else but arbitrageurs moves the price meanwhile: what is won is won from the victims.
        world.traffic.trades = 0.0;
        world.traffic.orders = 0.0;
        world.traffic.jobs = 0.0;
        let mut most = Resources::default();
        most.set(pool.class, part(whole, 0.0029));
        world.price_model(&most, MOST_TOKENS);
        world.open_verification(0.0);
        world.settle_lots();
        let ahead = plan.log_between(0.0001, 0.03);
        let (lead, lasts) = (plan.whole(0, 6), plan.whole(1, 4));
        let (hold, exit) = (if plan.flag() { plan.whole(1, 60) } else { 0 }, plan.whole(1, 6));
        let jobs = self.submit(world, pool);
        let settle_at = self.attested(world, &jobs)?;

        world.run_to(settle_at.saturating_sub(lead + lasts).max(world.now()));
        for _ in 0..lasts {
            world.honest();
            world.crowd_sell(pool, part(whole, ahead / f64::from(lasts)));
            world.next_block();
        }
        for _ in 0..60 {
            if jobs.iter().all(|job| status(*job).is_final()) {
                break;
            }
            world.next_block();
        }
        world.run_to(world.now() + hold);
        if world.attacks {
            close(world, pool, exit);
        } else {
            world.run_to(world.now() + exit - 1);
        }
        Ok(Outcome { profit: None, notes: vec![("jobs", jobs.len() as f64), ("sold ahead, %", ahead * 100.0)] })
    }
}

impl SandwichedSettlement {
    /// Jobs of several clients that all sell what is left.
    fn submit(&self, world: &mut World, pool: hanzo_traits::PoolId) -> Vec<JobId> {
        let count = 1 + world.dice.below(8) as u32;
        for number in 0..6 {
            let call = pallet_compute::Call::set_payout { sell_earned: true };
            world.act_anyway(Who { role: Role::Worker, number }, call).expect("it is a worker");
        }
        let mut jobs = Vec::new();
        for number in 0..count {
            let client = Who { role: Role::Client, number };
            world.victims.push(client);
            // Either nearly all is left for the client to sell, or all is the worker's.
            let left = world.dice.happens(0.7);
            let mut job = JobPlan { profiled: left, max_tokens: MOST_TOKENS, sell_unused: true, ..JobPlan::default() };
            if !left {
                job.resources.set(pool.class, part(state(pool).reserves.psi, world.dice.log_between(0.0005, 0.0028)));
            } else if world.dice.happens(0.5) {
                job.max_tokens = TOKENS + world.dice.below((MOST_TOKENS - TOKENS) as usize) as u32;
            }
            job.max_price[pool.class.index()] = moved(world.price(pool), 0.1);
            if world.perform(Deed::Job(client, job)) {
                jobs.push(last_job());
            }
            // Some settle together, some one after the other.
            if world.dice.happens(0.3) {
                world.next_block();
            }
        }
        world.victims.extend((0..6).map(|number| Who { role: Role::Worker, number }));
        jobs
    }

    /// Waits until all of them are attested; the first block in which one settles.
    fn attested(&self, world: &mut World, jobs: &[JobId]) -> Result<u32, String> {
        for _ in 0..100 {
            let waits = |job: &&JobId| {
                matches!(status(**job), JobStatus::Submitted | JobStatus::Assigned | JobStatus::Accepted)
            };
            if jobs.iter().find(waits).is_none() {
                break;
            }
            world.next_block();
        }
        let ends = jobs.iter().filter_map(|job| Poai::attestation(*job)).map(|record| record.settles_at);
        Ok(ends.min().unwrap_or_else(|| world.now()))
    }
}
