//! The adversary as an author of blocks: which slots are its own, seen in advance, and those it leaves empty.

use crate::world::{Role, Who, World, VALIDATORS};
use hanzo_runtime::Runtime;
use hanzo_traits::JobId;
use sp_keyring::Sr25519Keyring;
use std::collections::VecDeque;

/// The adversary's validator.
const AUTHOR: Sr25519Keyring = VALIDATORS[0];
/// Slots in a row that it leaves empty at most.
const MOST_EMPTY: u64 = 50;

/// Who writes the blocks to come. An author knows its own slots as soon as their epoch's randomness is known.
pub(super) struct Schedule {
    /// Its part of all slots.
    share: f64,
    slots: VecDeque<Sr25519Keyring>,
    /// Slots that it left empty.
    pub empty: u64,
}

impl Schedule {
    /// An author with such a part of all slots.
    pub fn of(share: f64) -> Self {
        Self { share, slots: VecDeque::new(), empty: 0 }
    }

    fn author(&self, world: &mut World) -> Sr25519Keyring {
        match world.dice.happens(self.share) {
            true => AUTHOR,
            false => VALIDATORS[1 + world.dice.below(VALIDATORS.len() - 1)],
        }
    }

    fn slot(&mut self, world: &mut World, ahead: usize) -> Sr25519Keyring {
        while self.slots.len() <= ahead {
            let author = self.author(world);
            self.slots.push_back(author);
        }
        self.slots[ahead]
    }

    /// Blocks from now on, less than `most`, after which the `window` next blocks are its own most often.
    pub fn best_wait(&mut self, world: &mut World, most: usize, window: usize) -> usize {
        let own: Vec<_> = (0..most + window).map(|ahead| usize::from(self.slot(world, ahead) == AUTHOR)).collect();
        let count = |wait: &usize| own[*wait..*wait + window].iter().sum::<usize>();
        (0..most).max_by_key(|wait| (count(wait), std::cmp::Reverse(*wait))).unwrap_or(0)
    }

    /// Begins the next block, written by whoever's turn it is; the adversary leaves its own slots empty, one after the other, where
    /// its block would be one that it does not like.
    pub fn next_block(&mut self, world: &mut World, matters: bool, likes: impl Fn(&mut World) -> bool) {
        let mut skipped = 0;
        loop {
            let author = self.slot(world, 0);
            if author == AUTHOR && matters && skipped < MOST_EMPTY {
                let suits = world.trial(|world| {
                    world.next_block_by(AUTHOR, skipped);
                    likes(world)
                });
                if !suits {
                    // The next slot is as likely its own as any; the rest of the schedule stays as it was foreseen.
                    skipped += 1;
                    self.slots[0] = self.author(world);
                    continue;
                }
            }
            self.slots.pop_front();
            self.empty += skipped;
            return world.next_block_by(author, skipped);
        }
    }
}

/// Whether a job was drawn for one of the adversary's workers.
pub(super) fn is_own(id: JobId) -> bool {
    let assignment = pallet_compute::Jobs::<Runtime>::get(id).and_then(|job| job.assignment);
    assignment.and_then(|assignment| Who::of(&assignment.worker)).is_some_and(|who| who.role == Role::Adversary)
}

/// The chance that a job whose window ends with the next block is drawn for the adversary if nobody steers: the part of that many draws
/// with other outputs.
pub(super) fn chance_of_draw(world: &mut World, id: JobId, draws: u64) -> f64 {
    let drawn = (1..=draws).filter(|other| {
        world.trial(|world| {
            world.next_block_by(AUTHOR, 1_000 + other);
            is_own(id)
        })
    });
    drawn.count() as f64 / draws as f64
}
