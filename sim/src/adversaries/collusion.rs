//! **Tries**: to have forged work judged by friends: a worker forges, and less than half of all verifiers' bonds are its own. Where
//! they have a majority of a committee, or enough of seven to keep the others below five, they find the work good, all with
//! one made-up digest; elsewhere they tell the truth, so that nothing of theirs is slashed, or keep silent.
//!
//! **Roles**: worker; verifiers with less than half of all bonds. One honest challenger replays half of what is not drawn.
//!
//! **Defeated by** the challenger: every second forged job comes before seven, of whom three or more are the adversary's most of
//! the time, but not often enough to make up for half of a bond. Without a challenger a quarter of all bonds is enough to forge.

use super::{
    firm::{notes, Bench, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, World},
};
use hanzo_poai::committee::{Committee, Score, Vote};
use hanzo_runtime::AccountId;
use hanzo_traits::JobId;
use pallet_poai::Review;
use sp_core::H256;

/// Most of all verifiers' bonds.
pub(super) const LESS_THAN_HALF: f64 = 0.49;
/// Part of the jobs not drawn that the honest challenger replays.
pub(super) const LOOKS: f64 = 0.5;

/// See the module.
pub struct Collusion;

impl Adversary for Collusion {
    fn name(&self) -> &'static str {
        "colluding-verifiers"
    }
    fn tries(&self) -> &'static str {
        "forges, and has up to 49 % of all verifiers' bonds find it good, against one honest challenger"
    }
    fn rule(&self) -> &'static str {
        "the challenger, who replays half of what is not drawn, and seven of whom five agree often enough"
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
        let (bench, tactics) = (Bench::planned(plan, LESS_THAN_HALF), Tactics::planned(plan));
        world.open_verification(LOOKS);
        firm.open(world);
        bench.open(world);
        world.settle_lots();
        let act = |world: &mut World, _: &[JobId]| {
            world.attend(Role::Adversary, |world, _, job, review| {
                tactics.vote(world, job, review, |world| world.replay(job, &review.positions))
            });
        };
        let jobs = firm.run(world, act, |world, _| world.next_block())?;
        Ok(Outcome { profit: None, notes: notes(&jobs) })
    }
}

/// What colluding verifiers do where they are too few.
pub(super) struct Tactics {
    /// Seats of seven from which on they vote against the truth: three block a verdict of fraud.
    from_of_seven: usize,
    /// Whether they keep silent where they are fewer, and save the replay.
    silent: bool,
}

impl Tactics {
    pub fn planned(plan: &mut Plan) -> Self {
        Self { from_of_seven: plan.whole(3, 4) as usize, silent: plan.unit() < 0.2 }
    }

    /// A vote of theirs; `truth` is what a replay gives.
    pub fn vote(
        &self,
        world: &mut World,
        job: JobId,
        review: &Review<AccountId>,
        truth: impl FnOnce(&mut World) -> Vote,
    ) -> Option<Vote> {
        let enough = match review.committee {
            Committee::Audit => 2,
            Committee::Appeal => self.from_of_seven,
        };
        if world.is_forged(job) && Bench::seats(review) >= enough {
            return Some(Vote { score: Score::Good, digest: H256::repeat_byte(0x60) });
        }
        (!self.silent).then(|| truth(world))
    }
}
