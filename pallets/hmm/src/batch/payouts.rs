//! Payment of cleared orders, a page at a time.

use super::{BatchNumber, OrderIndex, Payout, PayoutPage, PAGE_ORDERS};
use crate::{Config, Event, Pallet, PayoutCursor, PayoutPages, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
    storage::with_storage_layer,
    traits::{fungible::Mutate as _, fungibles::Mutate as _, tokens::Preservation},
    weights::{Weight, WeightMeter},
    BoundedVec,
};
use hanzo_traits::PoolId;
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Adds a batch's payouts to the queue, in the pages that its orders were in.
    pub(crate) fn queue_payouts(pool: PoolId, batch: BatchNumber, payouts: Vec<Payout<T::AccountId>>) {
        PayoutCursor::<T>::mutate(|queue| {
            let mut first: OrderIndex = 0;
            for page in payouts.chunks(PAGE_ORDERS as usize) {
                let page = BoundedVec::truncate_from(page.to_vec());
                PayoutPages::<T>::insert(queue.end, PayoutPage { pool, batch, first, payouts: page });
                queue.end = queue.end.saturating_add(1);
                first = first.saturating_add(PAGE_ORDERS as OrderIndex);
            }
        });
    }

    /// Pays a page, if one waits. Returns the weight used.
    pub(crate) fn pay_page() -> Weight {
        let mut queue = PayoutCursor::<T>::get();
        let Some(page) = PayoutPages::<T>::take(queue.next) else { return T::WeightInfo::pay_orders(0) };
        queue.next = queue.next.saturating_add(1);
        PayoutCursor::<T>::put(queue);
        let paid = page.payouts.len() as u32;
        for (place, payout) in page.payouts.iter().enumerate() {
            Self::pay_order(&page, page.first.saturating_add(place as OrderIndex), payout);
        }
        T::WeightInfo::pay_orders(paid)
    }

    /// Pays as many pages as fit.
    pub(crate) fn pay_pages_within(meter: &mut WeightMeter) {
        let full = T::WeightInfo::pay_orders(PAGE_ORDERS);
        while meter.can_consume(full) {
            let queue = PayoutCursor::<T>::get();
            if queue.next >= queue.end {
                break;
            }
            meter.consume(Self::pay_page());
        }
    }

    fn pay_order(page: &PayoutPage<T::AccountId>, index: OrderIndex, payout: &Payout<T::AccountId>) {
        let &Payout { side, psi, theta, returned, forfeited, .. } = payout;
        let (pool, batch, trader) = (page.pool, page.batch, payout.trader.clone());
        let paid = with_storage_layer(|| Self::pay_both(pool, payout));
        if let Err(error) = &paid {
            // Whoever emptied an account that cannot even take credits below the existential deposit leaves them to the pool.
            let kept = Self::give(pool, payout.tokens(), payout.credits());
            log::error!(target: "hmm", "order {index} of batch {batch} could not be paid: {error:?}; kept: {kept:?}");
        }
        frame_system::Pallet::<T>::dec_consumers(&trader);
        Self::deposit_event(Event::OrderSettled {
            pool,
            batch,
            index,
            trader,
            side,
            psi,
            theta,
            returned,
            forfeited,
            paid,
        });
    }

    fn pay_both(pool: PoolId, payout: &Payout<T::AccountId>) -> DispatchResult {
        let account = Self::pool_account(pool);
        let (credits, tokens) = (payout.credits(), payout.tokens());
        if credits > 0 {
            T::Currency::transfer(&account, &payout.trader, credits, Preservation::Preserve)?;
        }
        if tokens > 0 {
            T::Tokens::transfer(pool.asset_id(), &account, &payout.trader, tokens, Preservation::Expendable)?;
        }
        Ok(())
    }
}
