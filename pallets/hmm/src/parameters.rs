//! Changes of a pool's fees by governance, a bounded step at a time.

use crate::{Config, Error, Event, FeesChangedAt, Pallet, Pools};
use frame_support::{ensure, traits::Get};
use hanzo_hmm::{FeeParameters, PPB};
use hanzo_traits::PoolId;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, traits::Saturating, DispatchResult, Rounding};

/// A change may move a parameter by one part in this many of its old value: ±25 %.
const STEP_PARTS: u32 = 4;

/// A step that is always allowed, so that a parameter at zero is no trap: 1 basis point.
const LEAST_STEP_PPB: u32 = 100_000;

impl<T: Config> Pallet<T> {
    /// The whole of a change.
    pub(crate) fn do_set_parameters(pool: PoolId, fees: FeeParameters) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        if let Some(last) = FeesChangedAt::<T>::get(pool) {
            ensure!(now >= last.saturating_add(T::ParameterInterval::get()), Error::<T>::ChangedTooRecently);
        }
        fees.validate().map_err(Error::<T>::from)?;
        Pools::<T>::try_mutate(pool, |held| -> DispatchResult {
            let state = held.as_mut().ok_or(Error::<T>::UnknownPool)?;
            ensure!(is_small_step(&state.fees, &fees), Error::<T>::ChangeTooLarge);
            state.fees = fees;
            Ok(())
        })?;
        FeesChangedAt::<T>::insert(pool, now);
        Self::deposit_event(Event::ParametersChanged { pool, fees });
        Ok(())
    }
}

/// Whether every parameter moves by at most ±25 %; of the two parts, the share that each gets.
fn is_small_step(old: &FeeParameters, new: &FeeParameters) -> bool {
    let shares = [(old.lp_parts, new.lp_parts), (old.treasury_parts, new.treasury_parts)];
    let rates = [
        (old.market_ppb, new.market_ppb),
        (old.risk_ppb, new.risk_ppb),
        (old.cap_ppb, new.cap_ppb),
        (old.burn_ppb, new.burn_ppb),
    ];
    rates.into_iter().all(|(from, to)| is_near(from, to))
        && shares.into_iter().all(|(from, to)| is_near(share_of(old, from), share_of(new, to)))
}

fn is_near(from: u32, to: u32) -> bool {
    from.abs_diff(to) <= (from / STEP_PARTS).max(LEAST_STEP_PPB)
}

/// `parts` of what LPs and treasury share, in parts per billion. Parameters are valid, so the parts add up to at least one.
fn share_of(fees: &FeeParameters, parts: u32) -> u32 {
    let all = u128::from(fees.lp_parts).saturating_add(fees.treasury_parts.into());
    multiply_by_rational_with_rounding(parts.into(), PPB.into(), all, Rounding::Down)
        .and_then(|share| share.try_into().ok())
        .unwrap_or(PPB)
}
