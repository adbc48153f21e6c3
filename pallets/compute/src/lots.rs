//! Lots: each worker's share in the draw, kept in a tree of sums ([`hanzo_poai::draw`]).
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
use hanzo_poai::draw::{self, Node, Nodes, SLOTS};
use hanzo_traits::Balance;
use sp_runtime::{traits::Saturating, DispatchError};

/// The tree of lots.
impl<T: Config> Nodes for Pallet<T> {
    fn node(level: u8, place: u32) -> Option<Node> {
        LotNodes::<T>::get(level, place)
    }

    fn set_node(level: u8, place: u32, node: Option<Node>) {
        LotNodes::<T>::set(level, place, node);
    }
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
        if draw::lot::<Self>(slot) > 0 {
            draw::set_lot::<Self>(slot, 0);
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
        draw::set_lot::<Self>(record.slot, Self::lot_of(&record));
        record.lot_queued = false;
        Workers::<T>::insert(worker, record);
    }
}
