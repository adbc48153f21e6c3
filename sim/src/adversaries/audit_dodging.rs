//! **Tries**: to be audited in vain: forges, and hands the output to its client only, so that verifiers find nothing to judge.
//! Or leaves as soon as it has attested, to be gone with its bond before anybody looks.
//!
//! **Roles**: worker. All verifiers are honest; nobody challenges; its clients have what looks like work, and demand nothing.
//!
//! **Defeated by** the wait of 14 days for a bond, where it leaves. Nothing defeats the other: verifiers who cannot have the output
//! vote that it is unavailable, and after three committees the job counts as good.

use super::{
    firm::{notes, standing, Firm, WORKER},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Traffic, World},
};

/// See the module.
pub struct AuditDodging {
    name: &'static str,
    hides: bool,
}

/// Which hides its outputs.
pub const HIDING: AuditDodging = AuditDodging { name: "hidden-output", hides: true };
/// Which leaves in time.
pub const LEAVING: AuditDodging = AuditDodging { name: "leaving-worker", hides: false };

impl Adversary for AuditDodging {
    fn name(&self) -> &'static str {
        self.name
    }
    fn tries(&self) -> &'static str {
        if self.hides {
            "forges, and hands its outputs to its clients only, so that verifiers find nothing to judge"
        } else {
            "forges, and leaves with its bond once it has attested"
        }
    }
    fn rule(&self) -> &'static str {
        if self.hides {
            "nothing: what verifiers cannot have counts as good after three committees"
        } else {
            "bonds wait 14 days after the last job, longer than any review"
        }
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn open(&self) -> Option<&'static str> {
        self.hides.then_some(
            "verifiers that do without the output: under one engine profile, input and seed give tokens and roots again",
        )
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let hides = if self.hides { 1.0 } else { 0.0 };
        let firm = Firm { forges: plan.between(0.3, 1.0), hides, ..Firm::planned(plan) };
        let leaves_after = plan.whole(1, firm.jobs) as usize;
        world.open_verification(0.0);
        firm.open(world);
        world.settle_lots();
        let act = |world: &mut World, jobs: &[_]| {
            if !self.hides && jobs.iter().filter(|id| standing(**id).is_some()).count() >= leaves_after {
                // Before its jobs are over it can only stop taking more; after, the bond waits.
                let _ = world.act(WORKER, pallet_compute::Call::deregister {});
                let _ = world.act(WORKER, pallet_compute::Call::withdraw_bond {});
            }
        };
        let jobs = firm.run(world, act, |world, _| world.next_block())?;
        Ok(Outcome { profit: None, notes: notes(&jobs) })
    }
}
