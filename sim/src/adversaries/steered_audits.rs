//! **Tries**: to steer the lottery of audits. Forges all it gets, and writes three tenths of the blocks: where one of its blocks would
//! have one of its jobs audited it leaves the slot empty, and the next block decides instead. It foresees its slots, and attests when
//! most of the blocks of the window will be its own.
//!
//! **Roles**: worker; validator with three tenths of the slots.
//!
//! **Defeated by** the lottery, in which every block of others draws by itself, and the multiple of 27: a third of the slots in a window
//! makes an audit rate p of about 2p/3, two jobs in 29 instead of one in ten, at which forging is worth nothing with the least bond, and
//! less with any other. With 1,800 blocks in a window choosing it wins little: two or three parts in a hundred of the slots.

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

/// Its part of all slots: a third, at which finality ends, less what choosing the time to attest is worth.
const SHARE: f64 = 0.3;

/// See the module.
pub struct SteeredAudits;

impl Adversary for SteeredAudits {
    fn name(&self) -> &'static str {
        "steered-audits"
    }
    fn tries(&self) -> &'static str {
        "forges, writes three tenths of the blocks, attests when most to come are its own, and leaves out those that would have it audited"
    }
    fn rule(&self) -> &'static str {
        "every block of others may draw any job: an audit rate of 2/29 at least is left, which the bond multiple of 27 is made for"
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
