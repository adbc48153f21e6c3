//! **Tries**: to be paid as a verifier without replaying: finds everything good. Each of its accounts makes up a digest of its own, or
//! keeps silent (`lazy-verifiers`); or all of them make up the same one, and where they are a majority they are paid
//! (`lazy-cartel`).
//!
//! **Roles**: verifiers with less than half of all bonds. All jobs are audited; the workers are honest, or forge one job in a hundred
//! (`lazy-cartel-found`), which stands for canaries.
//!
//! **Defeated by** digests of what only a replay shows, for who guesses alone. A majority of a committee with one digest is believed,
//! whatever it is. That costs a bond where a forged job is among those judged, as the others have seven look at it.

use super::{
    collusion::LESS_THAN_HALF,
    firm::{notes, Bench, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, World},
};
use codec::Encode;
use hanzo_poai::committee::{Score, Vote};
use hanzo_traits::JobId;
use sp_core::H256;
use sp_io::hashing::blake2_256;

/// See the module.
pub struct LazyVerifiers {
    name: &'static str,
    /// Whether all accounts make up the same digest.
    agree: bool,
    /// Part of the jobs that are forged.
    forged: f64,
}

/// Each for itself.
pub const ALONE: LazyVerifiers = LazyVerifiers { name: "lazy-verifiers", agree: false, forged: 0.01 };
/// All together, where nothing is forged.
pub const CARTEL: LazyVerifiers = LazyVerifiers { name: "lazy-cartel", agree: true, forged: 0.0 };
/// All together, where something is.
pub const FOUND: LazyVerifiers = LazyVerifiers { name: "lazy-cartel-found", agree: true, forged: 0.01 };

impl Adversary for LazyVerifiers {
    fn name(&self) -> &'static str {
        self.name
    }
    fn tries(&self) -> &'static str {
        match (self.agree, self.forged > 0.0) {
            (false, _) => "finds everything good without a replay, each account with a digest of its own, or keeps silent",
            (true, false) => "the same with one made-up digest for all its accounts, where no job is ever forged",
            (true, true) => "the same where one job in a hundred is forged",
        }
    }
    fn rule(&self) -> &'static str {
        match (self.agree, self.forged > 0.0) {
            (false, _) => "digests of what only a replay shows: a guess is unpaid, silence costs 1 % of a bond",
            (true, false) => "nothing: a majority with one digest is believed and paid",
            (true, true) => "a false verdict that seven find out costs 10 % of each bond",
        }
    }
    fn claim(&self) -> Claim {
        if self.agree {
            Claim::NotExpected
        } else {
            Claim::Never
        }
    }
    fn open(&self) -> Option<&'static str> {
        (self.agree && self.forged == 0.0).then_some("canaries: known-bad jobs among those audited, at least one in a hundred")
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let (firm, bench) = (Firm::planned(plan), Bench::planned(plan, LESS_THAN_HALF));
        let (silent, from) = (plan.unit() * plan.unit(), plan.whole(1, 3) as usize);
        world.open_verification(0.0);
        world.audit_everything();
        bench.open(world);
        world.settle_lots();
        let mut known = 0;
        let act = |world: &mut World, jobs: &[JobId]| {
            for job in &jobs[known..] {
                if world.dice.happens(self.forged) {
                    world.forge(*job);
                }
            }
            known = jobs.len();
            world.attend(Role::Adversary, |world, who, job, review| {
                // Too few to agree on anything: the truth, or a guess.
                if self.agree && Bench::seats(review) < from {
                    return Some(world.replay(job, &review.positions));
                }
                let whose = if self.agree { None } else { Some(who.id()) };
                let digest = H256::from(blake2_256(&(b"guess", job, whose).encode()));
                (!world.dice.happens(silent)).then_some(Vote { score: Score::Good, digest })
            });
        };
        let jobs = firm.run(world, act, |world, _| world.next_block())?;
        Ok(Outcome { profit: None, notes: notes(&jobs) })
    }
}
