//! **Tries**: to steer the draw of audits: forges all it gets, and writes a third of the blocks. Where one of its blocks would have one
//! of its jobs audited it leaves the slot empty, and the next block decides instead.
//!
//! **Roles**: worker; validator with a third of the slots.
//!
//! **Defeated by** the multiple of 27: a third of the slots makes an audit rate p of 2p/(3 − p), two jobs in 29 instead of one
//! in ten, at which forging is worth nothing with the least bond, and less with any other.

use super::{
    firm::{is_ours, notes, standing, Firm},
    Adversary, Claim, Outcome,
};
use crate::{
    plan::Plan,
    world::{Clock, Traffic, World, VALIDATORS},
};
use hanzo_traits::JobId;
use pallet_poai::Standing;
use sp_keyring::Sr25519Keyring;

/// The adversary's validator.
const AUTHOR: Sr25519Keyring = VALIDATORS[0];
/// Slots in a row that it leaves empty at most.
const MOST_EMPTY: u64 = 50;

/// See the module.
pub struct SteeredAudits;

impl Adversary for SteeredAudits {
    fn name(&self) -> &'static str {
        "steered-audits"
    }
    fn tries(&self) -> &'static str {
        "forges, writes a third of the blocks, and leaves slots empty where its block would have a job of its own audited"
    }
    fn rule(&self) -> &'static str {
        "an audit rate of 2/29 is left, which the bond multiple of 27 is made for"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let firm = Firm { forges: plan.between(0.5, 1.0), ..Firm::planned(plan) };
        world.open_verification(0.0);
        firm.open(world);
        world.settle_lots();
        let mut empty = 0;
        let jobs = firm.run(world, |_, _| (), |world, jobs| empty += next_block(world, jobs))?;
        let mut notes = notes(&jobs);
        notes.push(("slots left empty", empty as f64));
        Ok(Outcome { profit: None, notes })
    }
}

/// Begins the next block, written by whoever's turn it is; how many slots stayed empty before.
fn next_block(world: &mut World, jobs: &[JobId]) -> u64 {
    let at = world.now() + 1;
    let drawn_next = |id: &JobId| is_ours(*id) && standing(*id) == Some(Standing::Undrawn { at });
    let at_stake: Vec<_> = jobs.iter().copied().filter(drawn_next).collect();
    let mut skipped = 0;
    loop {
        let author = VALIDATORS[world.dice.below(VALIDATORS.len())];
        if author == AUTHOR && !at_stake.is_empty() && skipped < MOST_EMPTY {
            let is_audited = world.trial(|world| {
                world.next_block_by(AUTHOR, skipped);
                at_stake.iter().any(|id| matches!(standing(*id), Some(Standing::InReview { .. })))
            });
            if is_audited {
                skipped += 1;
                continue;
            }
        }
        world.next_block_by(author, skipped);
        return skipped;
    }
}
