//! Lots: each worker's share in the draw, kept in a tree of sums so that a draw finds one in proportion to its size with
//! a bounded number of reads, however many workers there are.
//!
//! A worker's lot is what its bond backs while it takes jobs, else nothing. Lots of equal total are drawn equally often,
//! whether one worker holds them or a thousand: registering many small workers gains nothing.
//!
//! **A change takes effect 4 blocks later.** A draw mixes the outputs of 4 blocks; it must find the lots as they were
//! before the first of them, or whoever knows some of these outputs could move the lots until the draw falls as it likes.
//! Changes therefore wait in a queue, at most one entry per worker, and are applied at the start of a block, before its
//! draws. For the same reason a worker keeps its slot for as long as it is one.

use crate::{budget::Budget, draw::WINDOW, pallet::*, types::Worker, weights::WeightInfo};
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_traits::Balance;
use sp_runtime::{traits::Saturating, DispatchError};

/// Children of a node.
pub(crate) const ARITY: u32 = 32;
/// Levels of the tree. Level 0 holds the lots, level 3 is the root.
pub(crate) const LEVELS: u8 = 4;
/// Workers that have a place in it: 32⁴.
pub(crate) const SLOTS: u32 = ARITY.pow(LEVELS as u32);

/// The sums of a node's children, wei.
pub type LotNode = [Balance; ARITY as usize];

/// A lot that was drawn.
pub(crate) struct Lot {
    /// Whose it is.
    pub slot: u32,
    /// Its size, wei.
    pub size: Balance,
}

/// Place of a slot or of a node in the node above it: which node, and which of its children.
fn parent(place: u32) -> (u32, usize) {
    let child = place.checked_rem(ARITY).unwrap_or_default();
    (place.checked_div(ARITY).unwrap_or_default(), child as usize)
}

/// Sum of a node. Lots are parts of bonds, which cannot exceed the issuance.
pub(crate) fn sum(node: &LotNode) -> Balance {
    node.iter().fold(0, |sum: Balance, child| sum.saturating_add(*child))
}

impl<T: Config> Pallet<T> {
    /// Changes of lots applied in every block whatever the weight.
    pub(crate) const MIN_LOTS: u32 = 2;

    /// The lot that a worker should have, wei: none if it cannot be drawn for anything, or it would only fill samples.
    pub(crate) fn lot_of<B>(record: &Worker<B>) -> Balance {
        if record.accepting && !record.silent && !record.models.is_empty() {
            Self::bond_limit(record)
        } else {
            0
        }
    }

    /// The lot in a slot, wei.
    pub(crate) fn lot(slot: u32) -> Balance {
        let (node, child) = parent(slot);
        LotNodes::<T>::get(0, node).and_then(|node| node.get(child).copied()).unwrap_or_default()
    }

    /// All lots together, wei.
    pub(crate) fn all_lots() -> Balance {
        LotNodes::<T>::get(LEVELS.saturating_sub(1), 0).map_or(0, |root| sum(&root))
    }

    /// Sets the lot in a slot and the sums above it.
    pub(crate) fn set_lot(slot: u32, size: Balance) {
        let (mut place, mut value) = (slot, size);
        for level in 0..LEVELS {
            let (index, child) = parent(place);
            let mut node = LotNodes::<T>::get(level, index).unwrap_or_default();
            if let Some(held) = node.get_mut(child) {
                *held = value;
            }
            (place, value) = (index, sum(&node));
            LotNodes::<T>::set(level, index, (value > 0).then_some(node));
        }
    }

    /// The lot that covers `ticket` when all are laid end to end in the order of their slots; none at or beyond their
    /// sum.
    pub(crate) fn lot_at(mut ticket: Balance) -> Option<Lot> {
        let mut place = 0u32;
        let mut size = 0;
        for level in (0..LEVELS).rev() {
            let node = LotNodes::<T>::get(level, place)?;
            let mut found = None;
            for (child, held) in (0u32..).zip(node) {
                match ticket.checked_sub(held) {
                    Some(rest) => ticket = rest,
                    None => {
                        found = Some((child, held));
                        break;
                    }
                }
            }
            let (child, held) = found?;
            place = place.saturating_mul(ARITY).saturating_add(child);
            size = held;
        }
        Some(Lot { slot: place, size })
    }

    /// Gives a new worker its slot.
    pub(crate) fn take_slot(worker: &T::AccountId) -> Result<u32, DispatchError> {
        let (free, end) = SlotCounts::<T>::get();
        let (slot, counts) = match free.checked_sub(1) {
            Some(last) => (FreeSlots::<T>::take(last).ok_or(Error::<T>::TooManyWorkers)?, (last, end)),
            None => (end, (0, end.saturating_add(1))),
        };
        ensure!(slot < SLOTS, Error::<T>::TooManyWorkers);
        SlotCounts::<T>::put(counts);
        SlotOwner::<T>::insert(slot, worker);
        Ok(slot)
    }

    /// Takes the slot of a worker that leaves. Its lot was given up when it began to.
    pub(crate) fn free_slot(slot: u32) {
        if Self::lot(slot) > 0 {
            Self::set_lot(slot, 0);
        }
        SlotOwner::<T>::remove(slot);
        SlotCounts::<T>::mutate(|(free, _)| {
            FreeSlots::<T>::insert(*free, slot);
            *free = free.saturating_add(1);
        });
    }

    /// Has a worker's lot brought up to date when the window is over.
    pub(crate) fn queue_lot(worker: &T::AccountId) {
        let due = frame_system::Pallet::<T>::block_number().saturating_add(WINDOW.into());
        LotQueueRange::<T>::mutate(|(_, end)| {
            LotQueue::<T>::insert(*end, (worker, due));
            *end = end.saturating_add(1);
        });
    }

    /// Applies the changes that are due, as far as the budget allows but at least `minimum`.
    pub(crate) fn run_lots(now: BlockNumberFor<T>, budget: &mut Budget, minimum: u32) {
        let start = LotQueueRange::<T>::get().0;
        let mut applied = 0u32;
        let mut next = start;
        while let Some((worker, due)) = LotQueue::<T>::get(next) {
            let weight = T::WeightInfo::apply_lot();
            if due > now || (applied >= minimum && !budget.has_room_for(weight)) {
                break;
            }
            budget.spend(weight);
            LotQueue::<T>::remove(next);
            Self::apply_lot(&worker, now);
            applied = applied.saturating_add(1);
            next = next.saturating_add(1);
        }
        if next != start {
            LotQueueRange::<T>::mutate(|(first, _)| *first = next);
        }
    }

    /// Brings a worker's lot up to date, or has it wait on if the worker changed again within the window.
    fn apply_lot(worker: &T::AccountId, now: BlockNumberFor<T>) {
        let Some(mut record) = Workers::<T>::get(worker) else { return };
        let ready_at: BlockNumberFor<T> = record.changed_at.saturating_add(WINDOW.into());
        if ready_at > now {
            return Self::queue_lot(worker);
        }
        Self::set_lot(record.slot, Self::lot_of(&record));
        record.lot_queued = false;
        Workers::<T>::insert(worker, record);
    }
}
