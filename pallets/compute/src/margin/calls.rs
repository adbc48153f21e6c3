//! Starting and lifting margin calls.

use super::types::{Lane, MarginCall};
use crate::{bonds::PriceBook, pallet::*};
use alloc::vec::Vec;
use frame_support::{traits::Get, BoundedVec};
use hanzo_traits::ComputeMarket;
use sp_runtime::{traits::Saturating, DispatchError};

impl<T: Config> Pallet<T> {
    /// Calls a worker beyond its limits, or lifts the call of one that is back within them; whether it was called.
    pub(crate) fn do_check_margin(worker: &T::AccountId) -> Result<bool, DispatchError> {
        let record = Workers::<T>::get(worker).ok_or(Error::<T>::NotRegistered)?;
        let excess = Self::excess(worker, &record, &mut PriceBook::default())?;
        match (MarginCalls::<T>::contains_key(worker), excess) {
            (false, Some(_)) => {
                Self::start_call(worker, &record);
                Ok(true)
            }
            (true, None) => {
                Self::lift_call(worker);
                Ok(false)
            }
            (false, None) => Err(Error::<T>::WithinMargin.into()),
            (true, Some(_)) => Err(Error::<T>::MarginCalled.into()),
        }
    }

    /// Calls a worker. Instead of a call it has: a worker that begins to leave has all of its time again, once.
    pub(crate) fn start_call(worker: &T::AccountId, record: &WorkerOf<T>) {
        let now = frame_system::Pallet::<T>::block_number();
        let buys_from = now.saturating_add(T::MarginGrace::get());
        let settles_from = buys_from.saturating_add(T::BuyBackPeriod::get());
        // Every pool that tokens can be owed of has a price. One without would be bought nothing of, and settled.
        let price = |pool| T::Market::prices(pool).map_or(0, |prices| prices.twap_day);
        let prices: Vec<_> = record.obligations.iter().map(|owed| (owed.pool, price(owed.pool))).collect();
        let place = Self::queue_call(Lane::Grace, worker, buys_from);
        let prices = BoundedVec::truncate_from(prices);
        MarginCalls::<T>::insert(worker, MarginCall { buys_from, settles_from, prices, place, turns: 0 });
        Self::deposit_event(Event::MarginCalled { worker: worker.clone(), buys_from, settles_from });
    }

    /// Calls an ejected worker that owes something, if it is not called yet.
    pub(crate) fn call_if_ejected(worker: &T::AccountId) {
        if !Self::is_ejected(worker) || MarginCalls::<T>::contains_key(worker) {
            return;
        }
        if let Some(record) = Workers::<T>::get(worker).filter(|record| !record.obligations.is_empty()) {
            Self::start_call(worker, &record);
        }
    }

    /// Ends a call: its worker is within its limits. What is left of it in the queue counts nothing.
    pub(crate) fn lift_call(worker: &T::AccountId) {
        if MarginCalls::<T>::take(worker).is_some() {
            Self::deposit_event(Event::MarginCallLifted { worker: worker.clone() });
        }
    }
}
