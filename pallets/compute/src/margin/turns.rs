//! The queue of called workers.
//!
//! Calls wait in one lane for the end of their grace, in the order they began, and then in another for their turns, round
//! and round. A turn works on one pool. They are taken at the start of a block, before anybody's transactions: as far as
//! the agenda leaves room, and at least one.

use super::types::{Lane, MarginCall};
use crate::{bonds::PriceBook, budget::Budget, pallet::*, weights::WeightInfo};
use frame_support::{storage::with_storage_layer, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Saturating, DispatchError};

/// Entries of calls that have ended which are dropped whatever the weight, for each turn that is taken so.
pub(crate) const DROPPED_PER_TURN: u32 = 4;

impl<T: Config> Pallet<T> {
    /// Turns taken in every block whatever the weight.
    pub(crate) const MIN_TURNS: u32 = 1;

    /// What a turn costs at most.
    pub(crate) fn turn_weight() -> Weight {
        T::WeightInfo::buy_back_turn().max(T::WeightInfo::settle_turn())
    }

    /// Puts a called worker at the end of a lane, to be looked at from block `due` on.
    pub(crate) fn queue_call(lane: Lane, worker: &T::AccountId, due: BlockNumberFor<T>) -> (Lane, u64) {
        let place = MarginQueueRange::<T>::mutate(lane, |(_, end)| {
            let place = *end;
            *end = end.saturating_add(1);
            place
        });
        MarginQueue::<T>::insert(lane, place, (worker, due));
        (lane, place)
    }

    /// Takes the turns that are due, as far as the budget allows but at least `minimum`; none twice in a block.
    pub(crate) fn run_margins(now: BlockNumberFor<T>, budget: &mut Budget, minimum: u32) {
        let (mut taken, mut dropped) = (0u32, 0u32);
        for lane in Lane::ALL {
            let (start, end) = MarginQueueRange::<T>::get(lane);
            let mut next = start;
            while next < end {
                let Some((worker, due)) = MarginQueue::<T>::get(lane, next) else { break };
                let call = MarginCalls::<T>::get(&worker).filter(|call| call.place == (lane, next));
                let (count, least, weight) = match call {
                    Some(_) => (&mut taken, minimum, Self::turn_weight()),
                    None => (&mut dropped, minimum.saturating_mul(DROPPED_PER_TURN), T::WeightInfo::skip_bucket()),
                };
                if due > now || (*count >= least && !budget.has_room_for(weight)) {
                    break;
                }
                budget.spend(weight);
                *count = count.saturating_add(1);
                MarginQueue::<T>::remove(lane, next);
                if let Some(call) = call {
                    Self::take_turn(&worker, call, now);
                }
                next = next.saturating_add(1);
            }
            if next != start {
                MarginQueueRange::<T>::mutate(lane, |(first, _)| *first = next);
            }
        }
    }

    /// A worker's turn; unless that ends its call it waits for the next.
    fn take_turn(worker: &T::AccountId, call: MarginCall<BlockNumberFor<T>>, now: BlockNumberFor<T>) {
        // What the market refuses changes nothing and is tried again when the turn comes round.
        let ends = with_storage_layer(|| Self::work_on(worker, &call, now)).unwrap_or(false);
        if ends {
            return Self::lift_call(worker);
        }
        let place = Self::queue_call(Lane::Turns, worker, now.saturating_add(1u32.into()));
        let turns = call.turns.wrapping_add(1);
        MarginCalls::<T>::insert(worker, MarginCall { place, turns, ..call });
    }

    /// Whether the call is over; if not, buys or settles in one pool.
    fn work_on(
        worker: &T::AccountId,
        call: &MarginCall<BlockNumberFor<T>>,
        now: BlockNumberFor<T>,
    ) -> Result<bool, DispatchError> {
        let Some(record) = Workers::<T>::get(worker) else { return Ok(true) };
        let mut book = PriceBook::default();
        let Some(excess) = Self::excess(worker, &record, &mut book)? else { return Ok(true) };
        let count = record.obligations.len();
        let start = (call.turns as usize).checked_rem(count).unwrap_or_default();
        for owed in record.obligations.iter().cycle().skip(start).take(count) {
            let amount = excess.part_of(owed, book.price::<T>(owed.pool)?);
            if amount == 0 {
                continue;
            }
            if now < call.settles_from {
                Self::buy_back(worker, call, owed.pool, amount, now)?;
            } else {
                Self::settle_due(worker, &record, &excess, owed.pool, amount, &mut book)?;
            }
            break;
        }
        Ok(false)
    }
}
