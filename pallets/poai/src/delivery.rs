//! Output that is withheld off chain and demanded on it (docs/jobs.md, "A job's life").
//!
//! Neither side earns by abusing this. A client that demands what it already has pays the chain for the bytes, from its
//! bond, and the worker answers free of fees. A worker that makes its client demand gets nothing of that bond, and if it
//! stays silent the job fails at its cost while the bond goes back whole.

use crate::{types::*, Attestations, Config, Error, Event, HoldReason, Outputs, Pallet, Windows};
use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision},
        Get,
    },
};
use hanzo_poai::{chunks, JobId};
use hanzo_traits::{Balance, JobRegistry};
use sp_runtime::{
    traits::{One, Saturating},
    ArithmeticError, DispatchResult,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn demand(client: T::AccountId, job: JobId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let mut window = Windows::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        let record = Attestations::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        ensure!(T::Jobs::client(job).as_ref() == Some(&client), Error::<T>::NotClient);
        ensure!(window.delivery == Delivery::NotDemanded, Error::<T>::AlreadyDemanded);
        ensure!(now < record.settles_at, Error::<T>::WindowOver);
        ensure!(record.output_tokens <= MAX_DELIVERED_TOKENS, Error::<T>::OutputTooLong);

        let bond = T::DeliveryBond::get();
        T::Currency::hold(&HoldReason::DeliveryBond.into(), &client, bond)?;
        let by = now.saturating_add(T::DeliveryWindow::get());
        window.delivery = Delivery::Demanded { client: client.clone(), bond, by };
        Self::reschedule_next(job, &mut window, record.settles_at, now);
        Self::deposit_event(Event::OutputDemanded { job, client, bond, deliver_by: by });
        Ok(())
    }

    pub(crate) fn deliver(worker: T::AccountId, job: JobId, tokens: OutputTokens) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        let mut window = Windows::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        let mut record = Attestations::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        ensure!(window.worker == worker, Error::<T>::WrongWorker);
        let Delivery::Demanded { client, bond, by } = window.delivery else {
            return Err(Error::<T>::NotDemanded.into());
        };
        ensure!(now <= by, Error::<T>::DeliveryOverdue);
        let count = u32::try_from(tokens.len()).map_err(|_| Error::<T>::WrongOutput)?;
        ensure!(count == record.output_tokens, Error::<T>::WrongOutput);
        ensure!(chunks::tokens_root(&tokens) == Some(record.tokens_root), Error::<T>::WrongOutput);

        let (charged, returned) = Self::charge_bond(&client, bond, count)?;
        // The window ran on meanwhile; what is left of it stands, and this block's queue was already worked through.
        record.settles_at = record.settles_at.max(now.saturating_add(One::one()));
        window.delivery = Delivery::Delivered;
        Self::reschedule_next(job, &mut window, record.settles_at, now);
        Attestations::<T>::insert(job, record);
        Outputs::<T>::insert(job, tokens);
        Self::deposit_event(Event::OutputDelivered { job, worker, tokens: count, charged, returned });
        Ok(())
    }

    /// Burns the price of the delivered bytes and gives the rest of the bond back; returns both, wei.
    fn charge_bond(
        client: &T::AccountId,
        bond: Balance,
        tokens: u32,
    ) -> Result<(Balance, Balance), sp_runtime::DispatchError> {
        let bytes = Balance::from(tokens).checked_mul(TOKEN_BYTES.into()).ok_or(ArithmeticError::Overflow)?;
        let charged = T::DeliveryBytePrice::get().checked_mul(bytes).ok_or(ArithmeticError::Overflow)?.min(bond);
        let returned = bond.checked_sub(charged).ok_or(ArithmeticError::Underflow)?;
        let reason = HoldReason::DeliveryBond.into();
        T::Currency::burn_held(&reason, client, charged, Precision::Exact, Fortitude::Force)?;
        T::Currency::release(&reason, client, returned, Precision::Exact)?;
        Ok((charged, returned))
    }
}
