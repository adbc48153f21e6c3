//! Slashes of bonds: frozen when a fraud is found, taken or freed when their wait is over. Who decides either is the Proof of
//! AI pallet.
//!
//! What a worker owes in tokens comes first on its bond, then what a failed job pays to its client; a slash takes its part of
//! what these leave. While it is frozen none of them reaches it.

use crate::{bonds::PriceBook, pallet::*};
use frame_support::{
    ensure,
    traits::{
        fungible::{hold::Mutate as _, Inspect as _},
        tokens::{Fortitude, Precision, Provenance, Restriction},
    },
};
use hanzo_hmm::PPB;
use hanzo_traits::Balance;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, DispatchResult, Rounding};

impl<T: Config> Pallet<T> {
    /// Freezes `part_ppb` of a worker's unfrozen bond, as far as its obligations leave it, rounded down; returns the amount,
    /// zero for an account that is no worker.
    pub(crate) fn do_freeze(worker: &T::AccountId, part_ppb: u32) -> Result<Balance, DispatchError> {
        if !Workers::<T>::contains_key(worker) {
            return Ok(0);
        }
        let amount = Self::with_worker(worker, |record| {
            let free = Self::effective_bond(record);
            let owed = Self::obligations_value(record, &mut PriceBook::default())?;
            let part = multiply_by_rational_with_rounding(free, part_ppb.min(PPB).into(), PPB.into(), Rounding::Down)
                .ok_or(Error::<T>::Overflow)?;
            let amount = part.min(free.saturating_sub(owed));
            record.frozen = record.frozen.checked_add(amount).ok_or(Error::<T>::Overflow)?;
            Ok(amount)
        })?;
        Self::deposit_event(Event::BondFrozen { worker: worker.clone(), amount });
        Ok(amount)
    }

    /// Frees a frozen amount.
    pub(crate) fn do_thaw(worker: &T::AccountId, amount: Balance) -> DispatchResult {
        Self::with_worker(worker, |record| {
            record.frozen = record.frozen.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            Ok(())
        })?;
        Self::deposit_event(Event::BondThawed { worker: worker.clone(), amount });
        Ok(())
    }

    /// Takes a frozen amount: the bounty to whoever earned it, the rest is burned.
    pub(crate) fn do_slash(
        worker: &T::AccountId,
        amount: Balance,
        bounty: Option<(T::AccountId, Balance)>,
    ) -> DispatchResult {
        Self::with_worker(worker, |record| {
            record.frozen = record.frozen.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            record.bond = record.bond.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            record.slashed = record.slashed.saturating_add(amount);
            Ok(())
        })?;
        let reason = HoldReason::WorkerBond.into();
        let mut paid = 0;
        if let Some((receiver, most)) = bounty {
            let due = most.min(amount);
            // An account that was closed meanwhile, and that the bounty is too small to open, must not hold up the slash.
            let can = due > 0 && T::Currency::can_deposit(&receiver, due, Provenance::Extant).into_result().is_ok();
            if can {
                paid = due;
                let (exact, free) = (Precision::Exact, Restriction::Free);
                let moved =
                    T::Currency::transfer_on_hold(&reason, worker, &receiver, paid, exact, free, Fortitude::Force)?;
                ensure!(moved == paid, Error::<T>::Overflow);
            }
        }
        let burned = amount.checked_sub(paid).ok_or(Error::<T>::Overflow)?;
        if burned > 0 {
            T::Currency::burn_held(&reason, worker, burned, Precision::Exact, Fortitude::Force)?;
        }
        Self::deposit_event(Event::BondSlashed { worker: worker.clone(), burned, bounty: paid });
        Ok(())
    }
}
