//! **Tries**: to challenge its own work. Forged work, before an honest challenger does, to have a part of the slash back as a bounty; or
//! honest work, to lose a bond to its own worker and its own verifiers, who know the outcome without a replay; or to have it back,
//! where four of seven are its own and find the work bad.
//!
//! **Roles**: worker; challenger; verifiers with less than half of all bonds, or none. One honest challenger replays half of
//! what is not drawn.
//!
//! **Defeated by** bounties of at most half of a slash, and none on jobs drawn for audit, where the work is forged. Where it is honest,
//! by a pot that pays nothing for a challenge that proves nothing: what is paid is the challenger's own bond.

use super::{
    collusion::{Tactics, LESS_THAN_HALF, LOOKS},
    firm::{is_ours, notes, standing, Bench, Firm, FRIEND},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, World},
};
use hanzo_poai::committee::{Committee, Score, Vote};
use hanzo_traits::JobId;
use pallet_poai::Standing;
use sp_core::H256;
use std::collections::BTreeSet;

/// Of seven: so many find a job bad, and nobody loses anything.
const BLOCKING: usize = 4;

/// See the module.
pub struct SelfChallenge {
    name: &'static str,
    forges: bool,
}

/// Of forged work.
pub const FORGED: SelfChallenge = SelfChallenge { name: "self-challenge", forges: true };
/// Of honest work.
pub const HONEST: SelfChallenge = SelfChallenge { name: "pot-farming", forges: false };

impl Adversary for SelfChallenge {
    fn name(&self) -> &'static str {
        self.name
    }
    fn tries(&self) -> &'static str {
        if self.forges {
            "forges, and challenges itself before others do, for the bounty, with verifiers of its own or without"
        } else {
            "works honestly, challenges itself in vain, and has its verifiers paid for what they know without a replay"
        }
    }
    fn rule(&self) -> &'static str {
        if self.forges {
            "a bounty is at most half of the slash, and there is none for jobs drawn for audit"
        } else {
            "the pot pays nothing for a challenge in vain; its judges share half of the bond"
        }
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let firm = Firm { forges: if self.forges { plan.between(0.3, 1.0) } else { 0.0 }, ..Firm::planned(plan) };
        let bench = (!self.forges || plan.flag()).then(|| Bench::planned(plan, LESS_THAN_HALF));
        let (tactics, rate, blocks) = (Tactics::planned(plan), plan.between(0.2, 1.0), !self.forges && plan.flag());
        world.open_verification(LOOKS);
        firm.open(world);
        if let Some(bench) = &bench {
            bench.open(world);
        }
        world.settle_lots();
        let mut decided = BTreeSet::new();
        let act = |world: &mut World, jobs: &[JobId]| {
            for job in jobs.iter().copied().filter(|job| is_ours(*job) && standing(*job) == Some(Standing::Unaudited)) {
                if decided.insert(job) && world.dice.happens(rate) {
                    let _ = world.challenge(FRIEND, job);
                }
            }
            world.attend(Role::Adversary, |world, who, job, review| {
                if blocks
                    && review.committee == Committee::Appeal
                    && Bench::place(review, who) < BLOCKING
                    && Bench::seats(review) >= BLOCKING
                {
                    return Some(Vote { score: Score::Bad, digest: H256::repeat_byte(0xba) });
                }
                tactics.vote(world, job, review, |world| match Firm::knows(world, job) {
                    true => world.recall(job, &review.positions),
                    false => world.replay(job, &review.positions),
                })
            });
        };
        let jobs = firm.run(world, act, |world, _| world.next_block())?;
        Ok(Outcome { profit: None, notes: notes(&jobs) })
    }
}
