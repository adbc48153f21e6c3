//! **Tries**: to be paid for challenges of honest work. Challenges whatever honest workers attest, its own jobs among it or not; where five of
//! the seven are its own they find the work bad, and its clients have their tokens back too. Where only three or four are, they keep silent, so
//! that others are drawn, or tell the truth. It writes a third of the blocks, and leaves out those that would draw a committee of
//! which fewer are its own.
//!
//! **Roles**: challenger and client; verifiers with less than half of all bonds; validator with a third of the slots.
//!
//! **Defeated by** the bond of a challenge, half of the most that bounty and tokens come to, which it loses unless five agree with it; and
//! by that a committee which was silent takes the bounty with it. The seven are the adversary's in less than one case in three, even
//! where it leaves out its own blocks.

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
        "challenges honest work, also of its own jobs, has up to 49 % of all verifiers' bonds find it bad, and leaves out blocks that would draw others"
    }
    fn rule(&self) -> &'static str {
        "a bond of half of what a challenge can bring is lost where not five of seven agree; a silent committee ends the bounty"
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
        world.traffic = Traffic::none();
        let client = if plan.flag() { Role::Adversary } else { Role::Client };
        let firm = Firm { client, ..Firm::planned(plan) };
        let (bench, rate) = (Bench::planned(plan, LESS_THAN_HALF), plan.between(0.2, 1.0));
        // From how many seats on it keeps silent instead of telling the truth; never, often.
        let (silent_from, likes) = (plan.whole(3, 7), plan.whole(3, 5) as usize);
        world.open_verification(0.0);
        bench.open(world);
        world.settle_lots();
        let mut decided = BTreeSet::new();
        let act = |world: &mut World, jobs: &[JobId]| {
            if world.attacks {
                challenge_some(world, jobs, rate, &mut decided);
            }
            world.attend(Role::Adversary, |world, who, job, review| {
                let seats = Bench::seats(review);
                if review.committee == Committee::Appeal && seats >= 5 {
                    return Some(Vote { score: Score::Bad, digest: H256::repeat_byte(0xba) });
                }
                if review.committee == Committee::Appeal && seats >= silent_from as usize {
                    return None;
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
                review.is_some_and(|review| review.phase == Phase::Committing && Bench::seats(&review) < likes)
            };
            schedule.next_block(world, !open.is_empty(), |_| !open.iter().any(lost));
        };
        let jobs = firm.run(world, act, next)?;
        let mut notes = notes(&jobs);
        notes.push(("slots left empty", schedule.empty as f64));
        Ok(Outcome { profit: None, notes })
    }
}
