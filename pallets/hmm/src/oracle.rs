//! Prices over time (docs/market.md, "Prices over time").
//!
//! At the start of every block each pool with liquidity gets one sample: the price at which the last block closed, clamped
//! to ±1 % of the sample before (of p̄ for the first). One record adds all samples up; a mean over a window is the
//! difference of two values of it.
//!
//! Old values are kept once per *slot*, a sixtieth of the window, in a ring per window. Where a window begins inside a slot
//! the value there is interpolated between the slot's ends. So a mean is exact whenever the window begins at a slot's end,
//! and otherwise takes the samples of that one slot, at most 1/60 of the window, at their average: it is off by at most
//! 1/60 of what they differ.
//!
//! The two ring values that a window needs are carried in the record itself, so that reading three means is one read.

use crate::{Checkpoints, Config, Oracle, Oracles, Pallet, Pools, Window};
use frame_support::traits::Get;
use hanzo_traits::{MarketPrices, PoolId};
use sp_core::U256;
use sp_runtime::traits::UniqueSaturatedInto;

/// Slots per window, at least (a window shorter than this has one per block).
pub const SLOTS: u64 = 60;

/// Values kept per ring: those of a whole window, both ends included, and room to spare.
const RING: u64 = 64;

/// A sample lies within one part in this many of the one before.
const CLAMP_PARTS: u128 = 100;

impl<T: Config> Pallet<T> {
    /// Takes a pool's sample of this block.
    pub(crate) fn sample(pool: PoolId) {
        let Some(state) = Pools::<T>::get(pool).filter(|state| state.is_open()) else { return };
        let mut oracle = Oracles::<T>::get(pool)
            .unwrap_or_else(|| Oracle { sample: state.curve.reference_price(), ..Default::default() });
        let price = state.curve.price(&state.reserves).unwrap_or(oracle.sample);
        oracle.sample = clamped(price, oracle.sample);
        oracle.samples = oracle.samples.saturating_add(1);
        // 2⁶⁴ samples of 128 bits fit 256.
        oracle.cumulative = oracle.cumulative.saturating_add(oracle.sample.into());
        for window in Window::ALL {
            Self::move_window(pool, &mut oracle, window);
        }
        Oracles::<T>::insert(pool, oracle);
    }

    /// Stores the record at a slot's end, and loads the next slot when the window's begin enters it.
    fn move_window(pool: PoolId, oracle: &mut Oracle, window: Window) {
        let length = Self::window_blocks(window);
        let slot = slot_blocks(length);
        if let Some(number) = whole_slots(oracle.samples, slot) {
            Checkpoints::<T>::insert(pool, (window, ring_place(number)), oracle.cumulative);
        }
        let begin = oracle.samples.checked_sub(length);
        if let Some(number) = begin.and_then(|begin| whole_slots(begin, slot)) {
            let next = Checkpoints::<T>::get(pool, (window, ring_place(number.saturating_add(1))));
            let tail = oracle.tail_mut(window);
            tail.older = tail.newer;
            tail.newer = next.unwrap_or(tail.newer);
        }
    }

    /// Blocks in a window, at least one.
    pub fn window_blocks(window: Window) -> u64 {
        let blocks = match window {
            Window::Hour => T::Hour::get(),
            Window::Day => T::Day::get(),
            Window::Week => T::Week::get(),
        };
        UniqueSaturatedInto::<u64>::unique_saturated_into(blocks).max(1)
    }

    /// Means of a pool, with the stand-ins while history is short; `None` for an unknown pool.
    pub(crate) fn prices_of(pool: PoolId) -> Option<MarketPrices> {
        let now = frame_system::Pallet::<T>::block_number();
        let state = Self::opened_at(pool, now).ok()?;
        let oracle = Oracles::<T>::get(pool).unwrap_or_default();
        let reference = state.curve.reference_price();
        let twap_hour = Self::mean(&oracle, Window::Hour).unwrap_or(reference);
        let twap_day = Self::mean(&oracle, Window::Day).unwrap_or(twap_hour);
        let twap_week = Self::mean(&oracle, Window::Week).unwrap_or(twap_day);
        Some(MarketPrices { spot: state.spot_price(), twap_hour, twap_day, twap_week, reference })
    }

    /// Mean of the samples over a window, floored; `None` while there are fewer samples than it is long.
    pub(crate) fn mean(oracle: &Oracle, window: Window) -> Option<u128> {
        let length = Self::window_blocks(window);
        let slot = slot_blocks(length);
        let into_slot = oracle.samples.checked_sub(length)?.checked_rem(slot)?;
        let tail = oracle.tail(window);
        let passed = tail.newer.checked_sub(tail.older)?.checked_mul(into_slot.into())?.checked_div(slot.into())?;
        let begin = tail.older.checked_add(passed)?;
        let mean = oracle.cumulative.checked_sub(begin)?.checked_div(U256::from(length))?;
        mean.try_into().ok()
    }
}

impl<T: Config> Pallet<T> {
    /// Mean of the last `window` samples, floored: for clients, as it reads the rings. Exact where the window begins at a slot's
    /// end of the shortest ring that covers it, else off by at most 1/60 of what the samples of one slot differ.
    ///
    /// `None` for a window of nothing, longer than seven days, or longer than the history.
    pub(crate) fn mean_over(pool: PoolId, window: u64) -> Option<u128> {
        let oracle = Oracles::<T>::get(pool)?;
        let begin = oracle.samples.checked_sub(window).filter(|_| window > 0)?;
        let ring = Window::ALL.into_iter().find(|ring| window <= Self::window_blocks(*ring))?;
        let slot = slot_blocks(Self::window_blocks(ring));
        let (number, into_slot) = (begin.checked_div(slot)?, begin.checked_rem(slot)?);
        let first = number.checked_mul(slot)?;
        let older = match number {
            0 => U256::zero(),
            _ => Checkpoints::<T>::get(pool, (ring, ring_place(number)))?,
        };
        // The last slot may still be filling.
        let filled = oracle.samples.checked_sub(first)?.min(slot).max(1);
        let newer = match filled == slot {
            true => Checkpoints::<T>::get(pool, (ring, ring_place(number.checked_add(1)?)))?,
            false => oracle.cumulative,
        };
        let passed = newer.checked_sub(older)?.checked_mul(into_slot.into())?.checked_div(filled.into())?;
        let sum = oracle.cumulative.checked_sub(older.checked_add(passed)?)?;
        sum.checked_div(U256::from(window))?.try_into().ok()
    }
}

/// A price moved into the band around the sample before. The band is never empty, so that a sample of next to nothing can
/// rise again.
fn clamped(price: u128, previous: u128) -> u128 {
    let step = previous.div_euclid(CLAMP_PARTS).max(1);
    price.clamp(previous.saturating_sub(step), previous.saturating_add(step))
}

/// Blocks per slot of a window of `length` blocks.
pub(crate) fn slot_blocks(length: u64) -> u64 {
    length.div_ceil(SLOTS).max(1)
}

/// How many slots `samples` fill, if they fill a whole number of them.
fn whole_slots(samples: u64, slot: u64) -> Option<u64> {
    samples.checked_div(slot).filter(|_| samples.checked_rem(slot) == Some(0))
}

/// Where the record at the end of the `number`-th slot is kept.
fn ring_place(number: u64) -> u8 {
    number.rem_euclid(RING) as u8
}
