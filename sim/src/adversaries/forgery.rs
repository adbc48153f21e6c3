//! **Tries**: to be paid for work it has not done: forges any part of its outputs, with a bond as small as it may be, from one
//! job to a score at a time.
//!
//! **Roles**: worker. All verifiers are honest; nobody challenges.
//!
//! **Defeated by** audits of a tenth of all jobs, and a slash of half of a bond that is 30 times all it has open: each forged job
//! saves at most its value V nine times out of ten, and costs at least 13.5 V the tenth time.

use super::{
    firm::{notes, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Traffic, World},
};

/// See the module.
pub struct Forgery;

impl Adversary for Forgery {
    fn name(&self) -> &'static str {
        "forgery"
    }
    fn tries(&self) -> &'static str {
        "forges any part of its outputs, with the least bond that gets it jobs"
    }
    fn rule(&self) -> &'static str {
        "audits of a tenth of all jobs, and half of a bond of 30 times what is open"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let firm = Firm { forges: plan.between(0.05, 1.0), ..Firm::planned(plan) };
        world.open_verification(0.0);
        firm.open(world);
        world.settle_lots();
        let jobs = firm.run(world, |_, _| (), |world, _| world.next_block())?;
        Ok(Outcome { profit: None, notes: notes(&jobs) })
    }
}
