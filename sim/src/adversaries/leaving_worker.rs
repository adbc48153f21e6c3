//! **Tries**: to be audited in vain: forges, and leaves as soon as it has attested, to be gone with its bond before anybody looks.
//!
//! **Roles**: worker. All verifiers are honest; nobody challenges; its clients have what looks like work, and demand nothing.
//!
//! **Defeated by** the wait of 14 days for a bond. Handing the output to its client only would not help: verifiers do without it.

use super::{
    firm::{notes, standing, Firm, WORKER},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Traffic, World},
};

/// See the module.
pub struct LeavingWorker;

impl Adversary for LeavingWorker {
    fn name(&self) -> &'static str {
        "leaving-worker"
    }
    fn tries(&self) -> &'static str {
        "forges, and leaves with its bond once it has attested"
    }
    fn rule(&self) -> &'static str {
        "bonds wait 14 days after the last job, longer than any review"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let firm = Firm { forges: plan.between(0.3, 1.0), ..Firm::planned(plan) };
        let leaves_after = plan.whole(1, firm.jobs) as usize;
        world.open_verification(0.0);
        firm.open(world);
        world.settle_lots();
        let act = |world: &mut World, jobs: &[_]| {
            if jobs.iter().filter(|id| standing(**id).is_some()).count() >= leaves_after {
                // Before its jobs are over it can only stop taking more; after, the bond waits.
                let _ = world.act(WORKER, pallet_compute::Call::deregister {});
                let _ = world.act(WORKER, pallet_compute::Call::withdraw_bond {});
            }
        };
        let jobs = firm.run(world, act, |world, _| world.next_block())?;
        Ok(Outcome { profit: None, notes: notes(&jobs) })
    }
}
