//! **Tries**: to steer the lottery of audits. Forges all it gets, and writes a third of the blocks: where one of its blocks would
//! have one of its jobs audited it leaves the slot empty, and the next block decides instead. It foresees its slots, and attests when
//! most of the blocks of the window will be its own.
//!
//! **Roles**: worker; validator with a third of the slots, at which finality ends.
//!
//! **Defeated by** the lottery, in which every block of others draws by itself, and the multiple of 30: without a third of the slots of a
//! window an audit rate of 10 % is 2 jobs in 30. At 28 forging would be worth nothing with the least bond; the rest is for choosing the
//! window, which with 1,800 blocks wins two or three parts in a hundred of the slots.

use super::{
    author::Schedule,
    firm::{is_ours, notes, standing, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Traffic, World},
};
use frame_support::traits::Get;
use hanzo_runtime::Runtime;
use hanzo_traits::JobId;
use pallet_poai::Standing;
use std::{cell::RefCell, collections::BTreeMap};

/// Its part of all slots.
const SHARE: f64 = 1.0 / 3.0;

/// See the module.
pub struct SteeredAudits;

impl Adversary for SteeredAudits {
    fn name(&self) -> &'static str {
        "steered-audits"
    }
    fn tries(&self) -> &'static str {
        "forges, writes a third of the blocks, attests when most to come are its own, and leaves out those that would have it audited"
    }
    fn rule(&self) -> &'static str {
        "every block of others may draw any job: two jobs in 30 are audited all the same, which the bond multiple of 30 is made for"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Mainnet
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let forges = plan.between(0.5, 1.0);
        let firm = Firm { forges, duration: plan.whole(100, 2_000), ..Firm::planned(plan) };
        world.open_verification(0.0);
        firm.open(world);
        world.settle_lots();
        let schedule = RefCell::new(Schedule::of(SHARE));
        let mut attests_at = BTreeMap::new();
        let may_attest = |world: &mut World, id: JobId, deadline: u32| {
            let now = world.now();
            let window = <Runtime as pallet_poai::Config>::ChallengeWindow::get() as usize;
            let at = attests_at.entry(id).or_insert_with(|| {
                let most = deadline.saturating_sub(now + 1).max(1) as usize;
                now + schedule.borrow_mut().best_wait(world, most, window) as u32
            });
            now >= *at
        };
        let next = |world: &mut World, jobs: &[JobId]| {
            let at_stake = |id: &JobId| is_ours(*id) && standing(*id) == Some(Standing::Unaudited);
            let at_stake: Vec<_> = jobs.iter().copied().filter(at_stake).collect();
            let is_drawn = |id: &JobId| matches!(standing(*id), Some(Standing::InReview { .. }));
            schedule.borrow_mut().next_block(world, !at_stake.is_empty(), |_| !at_stake.iter().any(is_drawn));
        };
        let jobs = firm.run_when(world, |_, _| (), next, may_attest)?;
        let mut notes = notes(&jobs);
        notes.push(("slots left empty", schedule.borrow().empty as f64));
        Ok(Outcome { profit: None, notes })
    }
}
