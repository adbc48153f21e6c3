//! What holds after every block, whatever was called.

use crate::{
    oracle::slot_blocks, Config, OpenBatches, Oracle, Oracles, Orders, Pallet, PayoutCursor, PayoutPages, PayoutQueue,
    PoolIds, PoolState, Pools, Positions, Window,
};
use alloc::{format, string::String};
use frame_support::traits::{fungible::Inspect as _, fungibles::Inspect as _, Get};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{Side, LOCKED_SHARES, MIN_FIRST_SHARES, PPB};
use hanzo_traits::{Balance, PoolId};
use sp_core::U256;

/// Outcome of a check; the text names the pool and the numbers that differ.
type Checked = Result<(), String>;

impl<T: Config> Pallet<T> {
    /// Checks every promise of the pallet. `level` 0: what a few reads per pool tell; 1 and above: also what takes a walk
    /// over all positions.
    ///
    /// Never called inside a block.
    pub fn do_try_state(level: u8) -> Checked {
        let ids = PoolIds::<T>::get();
        let stored = Pools::<T>::iter_keys().count();
        ensure(stored == ids.len(), || format!("{stored} pools are stored, {} are listed", ids.len()))?;
        for pool in ids {
            let name = format!("pool {}/{}", pool.class.name(), pool.tier);
            let state = Pools::<T>::get(pool).ok_or_else(|| format!("{name} is listed but not stored"))?;
            Self::check_parameters(&name, &state)?;
            Self::check_balances(&name, pool, &state)?;
            if state.is_open() {
                check_shape(&name, &state)?;
            }
            if let Some(oracle) = Oracles::<T>::get(pool) {
                Self::check_oracle(&name, &oracle)?;
            }
            if level > 0 {
                check_shares::<T>(&name, pool, &state)?;
            }
        }
        Self::check_batches()
    }

    fn check_parameters(name: &str, state: &PoolState<BlockNumberFor<T>>) -> Checked {
        let PoolState { curve, fees, .. } = state;
        ensure(curve.validate().is_ok(), || format!("{name}: {curve:?} is no valid curve"))?;
        let (epsilon, bound) = (curve.epsilon_ppb, T::MaxEpsilonPpb::get());
        ensure(epsilon <= bound, || format!("{name}: ε is {epsilon} parts per billion, above {bound}"))?;
        ensure(fees.validate().is_ok(), || format!("{name}: {fees:?} are no valid fees"))?;
        let (rolled_at, now) = (state.rolled_at, frame_system::Pallet::<T>::block_number());
        ensure(rolled_at <= now, || format!("{name}: touched in block {rolled_at:?}, which is after {now:?}"))
    }

    /// Balances may exceed what the pool counts on, since anybody can send something to its account.
    fn check_balances(name: &str, pool: PoolId, state: &PoolState<BlockNumberFor<T>>) -> Checked {
        let account = Self::pool_account(pool);
        let kept = if state.is_open() { Self::existential_deposit() } else { 0 };
        let (locked_psi, locked_theta) = Self::locked_in_batches(pool);
        let owed = [state.reserves.theta, state.pending_lp_fee, state.donated.theta, kept, locked_theta];
        let owed = owed.into_iter().try_fold(0, Balance::checked_add);
        let credits = T::Currency::balance(&account);
        ensure(owed.is_some_and(|owed| credits >= owed), || {
            format!("{name}: its account holds {credits} wei of credits, {owed:?} are owed")
        })?;
        let tokens = T::Tokens::balance(pool.asset_id(), &account);
        let owed = [state.reserves.psi, state.donated.psi, locked_psi].into_iter().try_fold(0, Balance::checked_add);
        ensure(owed.is_some_and(|owed| tokens >= owed), || {
            format!("{name}: its account holds {tokens} wei of tokens, {owed:?} are owed")
        })?;
        let providers = frame_system::Pallet::<T>::providers(&account);
        ensure(providers > 0, || format!("{name}: its account has no provider reference, it needs 1"))
    }

    /// Compute and credits in a pool's account that belong to orders, cleared or not.
    pub(crate) fn locked_in_batches(pool: PoolId) -> (Balance, Balance) {
        let committed = Orders::<T>::iter().filter(|((of, _), _, _)| *of == pool).flat_map(|(_, _, page)| page);
        let committed = committed.map(|entry| match entry.side {
            Side::Buy => (0, entry.locked),
            Side::Sell => (entry.locked, 0),
        });
        let cleared = PayoutPages::<T>::iter_values().filter(|page| page.pool == pool).flat_map(|page| page.payouts);
        let cleared = cleared.map(|payout| (payout.tokens(), payout.credits()));
        committed.chain(cleared).fold((0, 0), |(psi, theta), (more_psi, more_theta)| {
            (psi.saturating_add(more_psi), theta.saturating_add(more_theta))
        })
    }

    /// Lists of batches, orders and payouts agree.
    fn check_batches() -> Checked {
        let mut listed = 0usize;
        let mut last = 0;
        for batch in OpenBatches::<T>::get() {
            let stored: usize = Orders::<T>::iter_prefix((batch.pool, batch.number)).map(|(_, page)| page.len()).sum();
            let orders = usize::from(batch.orders);
            ensure(stored == orders && orders > 0, || format!("{batch:?}: {stored} orders are stored"))?;
            ensure(batch.number >= last, || format!("{batch:?} is listed after batch {last}"))?;
            last = batch.number;
            listed = listed.saturating_add(orders);
        }
        let all: usize = Orders::<T>::iter_values().map(|page| page.len()).sum();
        ensure(all == listed, || format!("{all} orders are stored, {listed} in listed batches"))?;
        let PayoutQueue { next, end } = PayoutCursor::<T>::get();
        let waiting = PayoutPages::<T>::iter_keys().filter(|page| (next..end).contains(page)).count() as u64;
        let stored = PayoutPages::<T>::iter_keys().count() as u64;
        let expected = end.saturating_sub(next);
        ensure(waiting == expected && stored == expected, || {
            format!("{stored} pages of payouts are stored, {waiting} of them in turn, {expected} should be")
        })
    }

    fn check_oracle(name: &str, oracle: &Oracle) -> Checked {
        for window in Window::ALL {
            let (tail, length) = (oracle.tail(window), Self::window_blocks(window));
            let in_order = tail.older <= tail.newer && tail.newer <= oracle.cumulative;
            ensure(in_order, || format!("{name}: {window:?} runs from {tail:?}, the record is {}", oracle.cumulative))?;
            // A mean outside what samples can be would show a window out of step.
            let samples = oracle.samples;
            let filled = samples >= length && slot_blocks(length) > 0;
            ensure(filled == Self::mean(oracle, window).is_some(), || {
                format!("{name}: {samples} samples and a {window:?} of {length}, yet the mean is not as it should be")
            })?;
        }
        Ok(())
    }
}

/// Supply, invariant and price of a pool with liquidity.
fn check_shape<BlockNumber>(name: &str, state: &PoolState<BlockNumber>) -> Checked {
    let (supply, reserves) = (state.supply, state.reserves);
    ensure(supply >= LOCKED_SHARES, || format!("{name}: {supply} shares, fewer than the {LOCKED_SHARES} locked ones"))?;
    ensure(reserves.psi > 0 && reserves.theta > 0, || {
        format!("{name}: shares exist, but the reserves are {reserves:?}")
    })?;
    let kappa =
        state.curve.invariant(&reserves).map_err(|error| format!("{name}: no invariant of {reserves:?}: {error:?}"))?;
    // (ε, 1/ε)·p̄ holds for exact prices; a floored one may touch the bound.
    let Ok(price) = state.curve.price(&reserves) else { return Ok(()) };
    let (epsilon, reference) = (state.curve.epsilon_ppb, state.curve.reference_price());
    let scaled = |price: u128, factor: u32| U256::from(price).checked_mul(factor.into());
    let next = |price: u128| price.saturating_add(1);
    let within = scaled(next(price), PPB) >= scaled(reference, epsilon)
        && scaled(price, epsilon) <= scaled(next(reference), PPB);
    ensure(within, || format!("{name}: price {price} is not within ({epsilon} ppb and its inverse) of {reference}"))?;
    ensure(supply < MIN_FIRST_SHARES || !kappa.is_zero(), || format!("{name}: {supply} shares of an invariant of 0"))
}

/// All shares belong to somebody, but for those locked for ever.
fn check_shares<T: Config>(name: &str, pool: PoolId, state: &PoolState<BlockNumberFor<T>>) -> Checked {
    let held = Positions::<T>::iter_prefix_values(pool)
        .try_fold(0, |sum: Balance, position| position.total().and_then(|total| sum.checked_add(total)));
    let owned = if state.is_open() { state.supply.checked_sub(LOCKED_SHARES) } else { Some(0) };
    ensure(held.is_some() && held == owned, || format!("{name}: providers hold {held:?} shares, {owned:?} are theirs"))
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Checked {
    if holds {
        Ok(())
    } else {
        Err(otherwise())
    }
}
