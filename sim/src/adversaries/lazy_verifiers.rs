//! **Tries**: to be paid as a verifier without replaying: finds everything good. Each of its accounts makes up a digest of its own, or
//! keeps silent (`lazy-verifiers`); or all of them make up the same one where they are enough, and tell the truth elsewhere
//! (`lazy-cartel`).
//!
//! **Roles**: verifiers with less than half of all bonds. All jobs are audited; one in a hundred is a canary, which is the least
//! rate that operators keep.
//!
//! **Defeated by** digests of what only a replay shows, for who guesses alone. A majority of a committee with one digest is believed,
//! and paid, whatever it is, but for canaries: whoever found one good loses a tenth of its bond, however many they are.

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

/// Part of the jobs that are canaries.
const CANARIES: f64 = 0.01;

/// See the module.
pub struct LazyVerifiers {
    name: &'static str,
    /// Whether all accounts make up the same digest.
    agree: bool,
}

/// Each for itself.
pub const ALONE: LazyVerifiers = LazyVerifiers { name: "lazy-verifiers", agree: false };
/// All together.
pub const CARTEL: LazyVerifiers = LazyVerifiers { name: "lazy-cartel", agree: true };

impl Adversary for LazyVerifiers {
    fn name(&self) -> &'static str {
        self.name
    }
    fn tries(&self) -> &'static str {
        if self.agree {
            "finds everything good without a replay where its accounts are enough, all with one made-up digest"
        } else {
            "finds everything good without a replay, each account with a digest of its own, or keeps silent"
        }
    }
    fn rule(&self) -> &'static str {
        if self.agree {
            "canaries, one audit in a hundred: work that is bad on purpose, and a tenth of the bond of whoever finds it good"
        } else {
            "digests of what only a replay shows: a guess is unpaid, silence costs 1 % of a bond"
        }
    }
    fn claim(&self) -> Claim {
        if self.agree {
            Claim::NotExpected
        } else {
            Claim::Never
        }
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
        world.lodge_ahead(&firm.clients(), 2 * firm.jobs);
        world.settle_lots();
        let mut known = 0;
        let act = |world: &mut World, jobs: &[JobId]| {
            for job in &jobs[known..] {
                if world.dice.happens(CANARIES) {
                    world.plant_canary(*job);
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
