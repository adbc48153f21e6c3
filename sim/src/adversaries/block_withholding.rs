//! **Tries**: to steer the draw by not writing blocks. Writes a third of the blocks; where one of its blocks would end the
//! window of a draw, it looks at whom the draw would find, and leaves the slot empty unless that is one of its own workers.
//! The next block ends the window instead, with another output.
//!
//! **Roles**: validator with a third of the slots, worker with any share of all bonds.
//!
//! **Defeated by** nothing: randomness of this kind can be biased by who can withhold it. It is bounded. With a third a of the
//! slots and a share s of all free limits, the chance of being drawn is s/(1 − a(1 − s)), at most 1.5 times the share; each try costs
//! a block. That is why bonds are 27 times what they answer for and not 18. The profit is what its jobs are worth beyond
//! that bound.

use super::{split_bonds::fair_share, Adversary, Claim, Outcome};
use crate::{
    plan::Plan,
    world::{Clock, Role, Traffic, Who, World, VALIDATORS},
};
use hanzo_runtime::{constants::AI, Balance, Runtime};
use hanzo_traits::JobId;
use sp_keyring::Sr25519Keyring;

/// The adversary's validator.
const AUTHOR: Sr25519Keyring = VALIDATORS[0];
const WORKER: Who = Who { role: Role::Adversary, number: 0 };
/// Blocks from a submission to its draw.
const WINDOW: u32 = 4;

/// See the module.
pub struct BlockWithholding;

impl Adversary for BlockWithholding {
    fn name(&self) -> &'static str {
        "block-withholding"
    }
    fn tries(&self) -> &'static str {
        "leaves its slots empty where its block would have a draw find somebody else, with a third of all slots"
    }
    fn rule(&self) -> &'static str {
        "bounded, not prevented: a chance of s/(1 − (1 − s)/3) instead of s, which the bond multiple of 27 pays for"
    }
    fn claim(&self) -> Claim {
        Claim::NotExpected
    }
    fn clock(&self) -> Clock {
        Clock::Short
    }

    fn play(&self, world: &mut World, plan: &mut Plan) -> Result<Outcome, String> {
        world.traffic = Traffic::none();
        let bond = plan.log_between(200_000.0, 4_000_000.0) as Balance * AI;
        world.register(WORKER, bond);
        world.run_to(world.now() + 8);
        let (mut won, mut expected, mut jobs, mut own, mut empty, mut fair) = (0i128, 0.0, 0.0, 0.0, 0.0, 0.0);
        for number in 0..8 {
            let client = Who { role: Role::Client, number };
            let job = world.random_job();
            let Some(id) = world.submit(client, &job) else { continue };
            for _ in 1..WINDOW {
                world.next_block();
            }
            let share = fair_share();
            empty += f64::from(self.finish_window(world, id));
            let Some(job) = pallet_compute::Jobs::<Runtime>::get(id) else { continue };
            let value = job.value as i128;
            let is_own = is_drawn(id);
            jobs += 1.0;
            own += f64::from(u8::from(is_own));
            expected += share / (1.0 - (1.0 - share) / 3.0) * value as f64;
            fair += share;
            won += if is_own { value } else { 0 };
            world.act_anyway(client, pallet_compute::Call::cancel_job { job: id }).unwrap_or_default();
        }
        Ok(Outcome {
            profit: Some(won - expected as i128),
            notes: vec![
                ("fair share", fair / f64::max(jobs, 1.0)),
                ("part of the draws won", own / f64::max(jobs, 1.0)),
                ("slots left empty per draw", empty / f64::max(jobs, 1.0)),
            ],
        })
    }
}

impl BlockWithholding {
    /// Has the last block of a window written, by whoever's turn it is; how many slots stayed empty.
    fn finish_window(&self, world: &mut World, id: JobId) -> u32 {
        let mut skipped = 0;
        loop {
            let author = VALIDATORS[world.dice.below(VALIDATORS.len())];
            if author == AUTHOR {
                let suits = world.trial(|world| {
                    world.next_block_by(AUTHOR, u64::from(skipped));
                    is_drawn(id)
                });
                if !suits && skipped < 50 {
                    skipped += 1;
                    continue;
                }
            }
            world.next_block_by(author, u64::from(skipped));
            return skipped;
        }
    }
}

/// Whether a job was drawn for the adversary's worker.
fn is_drawn(id: JobId) -> bool {
    pallet_compute::Jobs::<Runtime>::get(id)
        .and_then(|job| job.assignment)
        .is_some_and(|assignment| assignment.worker == WORKER.id())
}
