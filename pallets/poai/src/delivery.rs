//! Output that is withheld off chain and demanded on it (docs/jobs.md, "A job's life").
//!
//! Neither side earns by abusing this. A client that demands what it already has pays the chain for the bytes, from its
//! bond, and the worker answers free of fees. A worker that makes its client demand gets nothing of that bond, and if it
//! stays silent the job fails at its cost while the bond goes back whole.

use crate::{types::*, Attestations, Config, Error, Event, HoldReason, Outputs, Pallet, SealedOutputs, Windows};
use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision},
        Get,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{chunks, JobId};
use hanzo_traits::{Balance, JobRegistry};
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{
    traits::{One, Saturating},
    ArithmeticError, DispatchError, DispatchResult,
};

/// An output that a worker has to deliver.
struct Demanded<T: Config> {
    window: Window<T::AccountId, BlockNumberFor<T>>,
    record: AttestationRecord<T::AccountId, BlockNumberFor<T>>,
    client: T::AccountId,
    bond: Balance,
}

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
        let demanded = Self::demanded_of(&worker, job)?;
        ensure!(!Self::is_sealed(job), Error::<T>::WrongOutput);
        let count = u32::try_from(tokens.len()).map_err(|_| Error::<T>::WrongOutput)?;
        ensure!(count == demanded.record.output_tokens, Error::<T>::WrongOutput);
        ensure!(chunks::tokens_root(&tokens) == Some(demanded.record.tokens_root), Error::<T>::WrongOutput);

        let bytes = count.checked_mul(TOKEN_BYTES).ok_or(ArithmeticError::Overflow)?;
        let (charged, returned) = Self::note_delivered(job, demanded, bytes)?;
        Outputs::<T>::insert(job, tokens);
        Self::deposit_event(Event::OutputDelivered { job, worker, tokens: count, charged, returned });
        Ok(())
    }

    /// A sealed output is delivered as its bytes, which the chain cannot read: their hash is the attested one.
    pub(crate) fn deliver_sealed(worker: T::AccountId, job: JobId, output: SealedOutput) -> DispatchResult {
        let demanded = Self::demanded_of(&worker, job)?;
        ensure!(Self::is_sealed(job), Error::<T>::WrongOutput);
        ensure!(H256(blake2_256(&output)) == demanded.record.output, Error::<T>::WrongOutput);

        let (tokens, bytes) = (demanded.record.output_tokens, u32::try_from(output.len()));
        let bytes = bytes.map_err(|_| Error::<T>::WrongOutput)?;
        let (charged, returned) = Self::note_delivered(job, demanded, bytes)?;
        SealedOutputs::<T>::insert(job, output);
        Self::deposit_event(Event::OutputDelivered { job, worker, tokens, charged, returned });
        Ok(())
    }

    pub(crate) fn is_sealed(job: JobId) -> bool {
        T::Jobs::review_terms(job).is_some_and(|terms| terms.sealed)
    }

    /// What was demanded of this worker for a job, if it still can deliver.
    fn demanded_of(worker: &T::AccountId, job: JobId) -> Result<Demanded<T>, DispatchError> {
        let now = frame_system::Pallet::<T>::block_number();
        let window = Windows::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        let record = Attestations::<T>::get(job).ok_or(Error::<T>::NoOpenWindow)?;
        ensure!(window.worker == *worker, Error::<T>::WrongWorker);
        let Delivery::Demanded { client, bond, by } = window.delivery.clone() else {
            return Err(Error::<T>::NotDemanded.into());
        };
        ensure!(now <= by, Error::<T>::DeliveryOverdue);
        Ok(Demanded { window, record, client, bond })
    }

    /// Takes the price of the bytes off the client's bond and lets the window go on; returns what was charged and given back, wei.
    fn note_delivered(job: JobId, demanded: Demanded<T>, bytes: u32) -> Result<(Balance, Balance), DispatchError> {
        let now = frame_system::Pallet::<T>::block_number();
        let Demanded { mut window, mut record, client, bond } = demanded;
        let paid = Self::charge_bond(&client, bond, bytes)?;
        // The window ran on meanwhile; what is left of it stands, and this block's queue was already worked through.
        record.settles_at = record.settles_at.max(now.saturating_add(One::one()));
        window.delivery = Delivery::Delivered;
        Self::reschedule_next(job, &mut window, record.settles_at, now);
        Attestations::<T>::insert(job, record);
        Ok(paid)
    }

    /// Burns the price of the delivered bytes and gives the rest of the bond back; returns both, wei.
    fn charge_bond(client: &T::AccountId, bond: Balance, bytes: u32) -> Result<(Balance, Balance), DispatchError> {
        let charged = T::DeliveryBytePrice::get().checked_mul(bytes.into()).ok_or(ArithmeticError::Overflow)?.min(bond);
        let returned = bond.checked_sub(charged).ok_or(ArithmeticError::Underflow)?;
        let reason = HoldReason::DeliveryBond.into();
        T::Currency::burn_held(&reason, client, charged, Precision::Exact, Fortitude::Force)?;
        T::Currency::release(&reason, client, returned, Precision::Exact)?;
        Ok((charged, returned))
    }
}
