//! Clearing: one price, one trade with the pool, and what every order gets.

use super::{clock, BatchEntry, Disclosure, OpenBatch, OpenBatchList, Payout};
use super::{BATCH_BAND_PPB, BATCH_BREAKER_PPB, FORFEIT_BOTH_SIDES_PPB, FORFEIT_PPB, MAX_BATCH_PAGES};
use crate::{refusal::Refusal, trade::Parties, Config, Error, Event, OpenBatches, Orders, Pallet, Pools, WeightInfo};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{storage::with_storage_layer, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{
    batch::{clear, BatchOrder, Clearing, Fill},
    Side, Trade, PPB,
};
use hanzo_traits::{Balance, PoolId};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, Rounding};

/// A batch's price, and what every order gets, in the order of commitment.
type Outcome<AccountId> = (u128, Vec<Payout<AccountId>>);

impl<T: Config> Pallet<T> {
    /// Clears what is due, oldest first: as many batches as fit the weight of one that is full, and at least one. To be
    /// called before any extrinsic of a block. Returns the weight used.
    pub(crate) fn clear_due(now: BlockNumberFor<T>) -> Weight {
        let (current, _) = clock(now);
        let open = OpenBatches::<T>::get();
        let budget = T::WeightInfo::clear_batch(MAX_BATCH_PAGES);
        let mut used = Weight::zero();
        let mut cleared = 0usize;
        for batch in open.iter().take_while(|batch| batch.number < current) {
            let with_next = used.saturating_add(T::WeightInfo::clear_batch(batch.pages()));
            if cleared > 0 && with_next.any_gt(budget) {
                break;
            }
            Self::clear_batch(*batch);
            used = with_next;
            cleared = cleared.saturating_add(1);
        }
        if cleared > 0 {
            OpenBatches::<T>::put(OpenBatchList::truncate_from(open.into_iter().skip(cleared).collect()));
        }
        used
    }

    /// Clears one batch. Whatever goes wrong, every order gets back what is not filled of it.
    pub(crate) fn clear_batch(batch: OpenBatch) {
        let OpenBatch { pool, number, .. } = batch;
        let entries = Self::take_orders(&batch);
        let (price, payouts) = with_storage_layer(|| Self::trade_batch(pool, &entries)).unwrap_or_else(|error| {
            log::error!(target: "hmm", "batch {number} of pool {}/{} not filled: {error:?}", pool.class.name(), pool.tier);
            (0, unfilled(&entries))
        });
        let sum = |of: &dyn Fn(&Payout<T::AccountId>) -> Option<Balance>| {
            // Each is at most what the batch locked, which the supply of a token bounds.
            payouts.iter().filter_map(of).fold(0, Balance::saturating_add)
        };
        let on = |side, amount: fn(&Payout<T::AccountId>) -> Balance| {
            sum(&|payout| (payout.side == side).then(|| amount(payout)))
        };
        let forfeited_psi = on(Side::Sell, |payout| payout.forfeited);
        let forfeited_theta = on(Side::Buy, |payout| payout.forfeited);
        if let Err(refusal) = Self::give(pool, forfeited_psi, forfeited_theta) {
            // It stays in the pool's account and belongs to nobody.
            log::error!(target: "hmm", "batch {number}: forfeits kept out of the reserves: {refusal}");
        }
        Self::deposit_event(Event::BatchCleared {
            pool,
            batch: number,
            price,
            bought: on(Side::Buy, |payout| payout.psi),
            sold: on(Side::Sell, |payout| payout.psi),
            forfeited_psi,
            forfeited_theta,
        });
        Self::queue_payouts(pool, number, payouts);
    }

    /// All orders of a batch, which are forgotten.
    fn take_orders(batch: &OpenBatch) -> Vec<BatchEntry<T::AccountId>> {
        (0..batch.pages()).flat_map(|page| Orders::<T>::take((batch.pool, batch.number), page as u8)).collect()
    }

    /// The batch's one price and its trade with the pool.
    fn trade_batch(pool: PoolId, entries: &[BatchEntry<T::AccountId>]) -> Result<Outcome<T::AccountId>, DispatchError> {
        let state = Self::open(pool).map_err(Self::refused)?;
        let orders: Vec<_> = entries.iter().filter_map(revealed).collect();
        let band = Self::batch_band(pool).ok_or(Error::<T>::Overflow)?;
        let admits = |trade: &Trade| {
            let side = if trade.after.psi < state.reserves.psi { Side::Buy } else { Side::Sell };
            state.ensure_allowed(side, trade, BATCH_BREAKER_PPB).is_ok()
        };
        let Clearing { price, trade, dust, fills } =
            clear(&state.pool(), &orders, band, &admits).map_err(Error::<T>::from)?;
        if let Some((side, mut trade)) = trade {
            trade.fee = Self::payable(trade.fee);
            // What buyers locked is in the pool's account already, and what sellers are to get stays there.
            let account = Self::pool_account(pool);
            Self::apply(pool, state, side, &Parties::one(&account), &trade)?;
        }
        Self::give(pool, 0, dust).map_err(Self::refused)?;
        let payouts = filled(entries, &fills).ok_or(Error::<T>::Overflow)?;
        Ok((price, payouts))
    }

    /// Prices between which a batch clears, 10¹⁸ fixed point: around the mean over an hour.
    pub(crate) fn batch_band(pool: PoolId) -> Option<(u128, u128)> {
        let mean = Self::prices_of(pool)?.twap_hour;
        let part = |ppb: u32| multiply_by_rational_with_rounding(mean, ppb.into(), PPB.into(), Rounding::Down);
        Some((part(PPB.saturating_sub(BATCH_BAND_PPB))?, part(PPB.saturating_add(BATCH_BAND_PPB))?))
    }

    /// Adds to a pool's reserves what is in its account already.
    pub(super) fn give(pool: PoolId, psi: Balance, theta: Balance) -> Result<(), Refusal> {
        if (psi, theta) != (0, 0) {
            let state = Self::open(pool)?.given(psi, theta)?;
            Pools::<T>::insert(pool, state);
        }
        Ok(())
    }
}

/// An order as the maths sees it; none while it is hidden.
fn revealed<AccountId>(entry: &BatchEntry<AccountId>) -> Option<BatchOrder> {
    match entry.disclosure {
        Disclosure::Committed(_) => None,
        Disclosure::Revealed { psi, theta } => Some(BatchOrder { side: entry.side, psi, theta }),
    }
}

/// What orders get: the fills of those that were revealed, in their order. `None` if there are fewer fills, or one exceeds
/// its order's lock.
fn filled<AccountId: Clone + Ord>(entries: &[BatchEntry<AccountId>], fills: &[Fill]) -> Option<Vec<Payout<AccountId>>> {
    let traders = |side| entries.iter().filter(move |entry| entry.side == side).map(|entry| &entry.trader);
    let (buyers, sellers): (BTreeSet<_>, BTreeSet<_>) = (traders(Side::Buy).collect(), traders(Side::Sell).collect());
    let mut fills = fills.iter();
    let payout = |entry: &BatchEntry<AccountId>| {
        let (fill, forfeited) = match entry.disclosure {
            Disclosure::Revealed { .. } => (*fills.next()?, 0),
            Disclosure::Committed(_) => {
                let both = buyers.contains(&entry.trader) && sellers.contains(&entry.trader);
                let part = if both { FORFEIT_BOTH_SIDES_PPB } else { FORFEIT_PPB };
                let locked = entry.locked;
                let forfeited = multiply_by_rational_with_rounding(locked, part.into(), PPB.into(), Rounding::Up)?;
                (Fill::default(), forfeited)
            }
        };
        let given = match entry.side {
            Side::Buy => fill.theta,
            Side::Sell => fill.psi,
        };
        Some(Payout {
            trader: entry.trader.clone(),
            side: entry.side,
            psi: fill.psi,
            theta: fill.theta,
            returned: entry.locked.checked_sub(given)?.checked_sub(forfeited)?,
            forfeited,
        })
    };
    entries.iter().map(payout).collect()
}

/// Everything back, if the batch cannot be cleared at all: nobody forfeits anything then.
fn unfilled<AccountId: Clone>(entries: &[BatchEntry<AccountId>]) -> Vec<Payout<AccountId>> {
    let back = |entry: &BatchEntry<AccountId>| Payout {
        trader: entry.trader.clone(),
        side: entry.side,
        psi: 0,
        theta: 0,
        returned: entry.locked,
        forfeited: 0,
    };
    entries.iter().map(back).collect()
}
