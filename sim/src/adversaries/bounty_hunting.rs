//! **Tries**: to live on challenges: puts a bond on every job's being forged, without a look, honest workers' jobs of any size; or submits
//! tiny jobs to itself, forges them, and earns the bounty.
//!
//! **Roles**: challenger; client and worker of tiny jobs, or of none; verifiers with less than half of all bonds, or none.
//!
//! **Defeated by** a bond of at least 10 $AI, lost where the work is good, and bounties of at most half of a slash and twice the value
//! of the job.

use super::{
    collusion::LESS_THAN_HALF,
    firm::{challenge_some, notes, Bench, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, World},
};
use hanzo_traits::JobId;
use std::collections::BTreeSet;

/// See the module.
pub struct BountyHunting;

impl Adversary for BountyHunting {
    fn name(&self) -> &'static str {
        "bounty-hunting"
    }
    fn tries(&self) -> &'static str {
        "challenges everything without a look, or tiny jobs that it submits to itself and forges"
    }
    fn rule(&self) -> &'static str {
        "a bond of at least 10 $AI is lost on good work; a bounty is at most half of the slash and twice the job's value"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let mut firm = Firm::planned(plan);
        let (own, rate) = (plan.flag(), plan.between(0.2, 1.0));
        let bench = plan.flag().then(|| Bench::planned(plan, LESS_THAN_HALF));
        world.open_verification(0.0);
        if own {
            firm.make_tiny(plan);
            firm.open(world);
        }
        if let Some(bench) = &bench {
            bench.open(world);
        }
        world.settle_lots();
        let mut decided = BTreeSet::new();
        let act = |world: &mut World, jobs: &[JobId]| {
            challenge_some(world, jobs, rate, &mut decided);
            world.attend(Role::Adversary, |world, _, job, review| Some(world.replay(job, &review.positions)));
        };
        let jobs = firm.run(world, act, |world, _| world.next_block())?;
        Ok(Outcome { profit: None, notes: notes(&jobs) })
    }
}
