//! **Tries**: to be paid for challenges of honest work. Challenges whatever honest workers attest; where five of the seven are its own
//! they find the work bad, elsewhere they tell the truth. It writes a third of the blocks, and leaves out those that would draw a
//! committee of which fewer are its own.
//!
//! **Roles**: challenger; verifiers with less than half of all bonds; validator with a third of the slots.
//!
//! **Defeated by** the bond of a challenge, which is half of the most that a bounty can be: the seven are the adversary's in less than
//! one case in three, even where it leaves out its own blocks.

use super::{
    author::Schedule,
    collusion::LESS_THAN_HALF,
    firm::{challenge_some, notes, Bench, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, World},
};
use hanzo_poai::committee::{Committee, Score, Vote};
use hanzo_runtime::Runtime;
use hanzo_traits::JobId;
use pallet_poai::{Phase, Reviews};
use sp_core::H256;
use std::collections::BTreeSet;

/// See the module.
pub struct Framing;

impl Adversary for Framing {
    fn name(&self) -> &'static str {
        "framing"
    }
    fn tries(&self) -> &'static str {
        "challenges honest work, has up to 49 % of all verifiers' bonds find it bad, and leaves out blocks that would draw others"
    }
    fn rule(&self) -> &'static str {
        "a challenge's bond is the job's value, half of the bounty, and five of seven are the adversary's too seldom"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let firm = Firm::planned(plan);
        let (bench, rate) = (Bench::planned(plan, LESS_THAN_HALF), plan.between(0.2, 1.0));
        world.open_verification(0.0);
        bench.open(world);
        world.settle_lots();
        let mut decided = BTreeSet::new();
        let act = |world: &mut World, jobs: &[JobId]| {
            challenge_some(world, jobs, rate, &mut decided);
            world.attend(Role::Adversary, |world, who, job, review| {
                if review.committee == Committee::Appeal && Bench::seats(review) >= 5 {
                    return Some(Vote { score: Score::Bad, digest: H256::repeat_byte(0xba) });
                }
                // One replay serves all of its members.
                Some(match Bench::place(review, who) {
                    0 => world.replay(job, &review.positions),
                    _ => world.recall(job, &review.positions),
                })
            });
        };
        let mut schedule = Schedule::of(1.0 / 3.0);
        let next = |world: &mut World, _: &[JobId]| {
            let open: Vec<_> = Reviews::<Runtime>::iter()
                .filter(|(_, review)| review.phase == Phase::Summoning && review.committee == Committee::Appeal)
                .map(|(job, _)| job)
                .collect();
            let lost = |job: &JobId| {
                let review = Reviews::<Runtime>::get(job);
                review.is_some_and(|review| review.phase == Phase::Committing && Bench::seats(&review) < 5)
            };
            schedule.next_block(world, !open.is_empty(), |_| !open.iter().any(lost));
        };
        let jobs = firm.run(world, act, next)?;
        let mut notes = notes(&jobs);
        notes.push(("slots left empty", schedule.empty as f64));
        Ok(Outcome { profit: None, notes })
    }
}
