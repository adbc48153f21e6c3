//! Verifiers: their bonds, their lots in the draw of committees, and the seats they hold.
//!
//! A change of a lot takes effect `DrawDelay` blocks later, 16 on mainnet and 4 on the built-in chains (a worker's, everywhere 4):
//! whoever knows some of the outputs of a draw must not be able to move lots until the committee is the one it likes.

use crate::{
    types::*, Config, Error, Event, HoldReason, Pallet, Seats, Settings, VerifierLotQueue, VerifierLotRange,
    VerifierLots, VerifierSlotCount, VerifierSlots, Verifiers, WeightInfo,
};
use frame_support::{
    ensure,
    traits::{
        fungible::MutateHold,
        tokens::{Fortitude, Precision},
        Get,
    },
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_poai::{
    draw::{self, Node, Nodes, SLOTS},
    JobId,
};
use hanzo_traits::{Balance, WorkerRegistry};
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

/// Changes of lots applied in every block whatever the weight.
pub(crate) const MIN_LOTS: u32 = 2;

/// A verifier with this chain's types.
pub(crate) type VerifierOf<T> = Verifier<BlockNumberFor<T>>;

/// The tree of verifiers' lots.
impl<T: Config> Nodes for Pallet<T> {
    fn node(level: u8, place: u32) -> Option<Node> {
        VerifierLots::<T>::get(level, place)
    }

    fn set_node(level: u8, place: u32, node: Option<Node>) {
        VerifierLots::<T>::set(level, place, node);
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register_verifier(who: &T::AccountId, bond: Balance) -> DispatchResult {
        ensure!(!Verifiers::<T>::contains_key(who), Error::<T>::AlreadyVerifier);
        ensure!(T::Workers::session_key(who).is_none(), Error::<T>::IsWorker);
        ensure!(bond >= Settings::<T>::get().min_verifier_bond, Error::<T>::VerifierBondTooSmall);
        let slot = VerifierSlotCount::<T>::get();
        ensure!(slot < SLOTS, Error::<T>::TooManyVerifiers);
        T::Currency::hold(&HoldReason::VerifierBond.into(), who, bond)?;

        VerifierSlotCount::<T>::put(slot.saturating_add(1));
        VerifierSlots::<T>::insert(slot, who);
        let changed_at = frame_system::Pallet::<T>::block_number();
        let record = Verifier { bond, frozen: 0, slot, changed_at, lot_queued: true, leaving_since: None };
        Verifiers::<T>::insert(who, record);
        Self::queue_verifier_lot(who);
        Self::deposit_event(Event::VerifierRegistered { verifier: who.clone(), bond });
        Ok(())
    }

    pub(crate) fn do_add_verifier_bond(who: &T::AccountId, amount: Balance) -> DispatchResult {
        ensure!(amount > 0, Error::<T>::ZeroAmount);
        let bond = Self::with_verifier(who, |record| {
            ensure!(record.leaving_since.is_none(), Error::<T>::VerifierLeaving);
            // Every change has the lot wait on: by small ones in a row it would stay what it was before a slash.
            ensure!(!record.lot_queued, Error::<T>::LotPending);
            record.bond = record.bond.checked_add(amount).ok_or(Error::<T>::Overflow)?;
            Ok(record.bond)
        })?;
        T::Currency::hold(&HoldReason::VerifierBond.into(), who, amount)?;
        Self::deposit_event(Event::VerifierBondAdded { verifier: who.clone(), added: amount, bond });
        Ok(())
    }

    pub(crate) fn do_retire_verifier(who: &T::AccountId) -> DispatchResult {
        let now = frame_system::Pallet::<T>::block_number();
        Self::with_verifier(who, |record| {
            ensure!(record.leaving_since.is_none(), Error::<T>::VerifierLeaving);
            record.leaving_since = Some(now);
            Ok(())
        })?;
        Self::deposit_event(Event::VerifierRetired { verifier: who.clone() });
        Ok(())
    }

    pub(crate) fn do_withdraw_verifier_bond(who: &T::AccountId) -> DispatchResult {
        let record = Verifiers::<T>::get(who).ok_or(Error::<T>::NotVerifier)?;
        let since = record.leaving_since.ok_or(Error::<T>::VerifierNotLeaving)?;
        ensure!(record.frozen == 0 && Seats::<T>::get(who).is_empty() && !record.lot_queued, Error::<T>::StillSeated);
        let free_at = since.saturating_add(T::VerifierUnbonding::get());
        ensure!(frame_system::Pallet::<T>::block_number() >= free_at, Error::<T>::Unbonding);

        let bond = T::Currency::release(&HoldReason::VerifierBond.into(), who, record.bond, Precision::Exact)?;
        Verifiers::<T>::remove(who);
        VerifierSlots::<T>::remove(record.slot);
        Seats::<T>::remove(who);
        Self::deposit_event(Event::VerifierLeft { verifier: who.clone(), bond });
        Ok(())
    }

    /// Changes a verifier's record and has its lot follow.
    fn with_verifier<R>(
        who: &T::AccountId,
        change: impl FnOnce(&mut VerifierOf<T>) -> Result<R, DispatchError>,
    ) -> Result<R, DispatchError> {
        Verifiers::<T>::try_mutate(who, |slot| {
            let record = slot.as_mut().ok_or(Error::<T>::NotVerifier)?;
            let lot = Self::verifier_lot(record);
            let out = change(record)?;
            if Self::verifier_lot(record) != lot {
                record.changed_at = frame_system::Pallet::<T>::block_number();
                if !record.lot_queued {
                    record.lot_queued = true;
                    Self::queue_verifier_lot(who);
                }
            }
            Ok(out)
        })
    }

    /// The lot that a verifier should have, wei: its unfrozen bond while it stays.
    pub(crate) fn verifier_lot(record: &VerifierOf<T>) -> Balance {
        match record.leaving_since {
            None => record.bond.saturating_sub(record.frozen),
            Some(_) => 0,
        }
    }

    /// Has a verifier's lot brought up to date when the window is over.
    fn queue_verifier_lot(who: &T::AccountId) {
        let due = Self::after_delay(frame_system::Pallet::<T>::block_number());
        VerifierLotRange::<T>::mutate(|(_, end)| {
            VerifierLotQueue::<T>::insert(*end, (who, due));
            *end = end.saturating_add(1);
        });
    }

    /// Applies the changes of lots that are due, as far as `limit` allows but [`MIN_LOTS`] in any case; returns the weight.
    pub(crate) fn apply_verifier_lots(now: BlockNumberFor<T>, limit: Weight) -> Weight {
        let (start, end) = VerifierLotRange::<T>::get();
        let each = T::WeightInfo::apply_verifier_lot();
        let (mut next, mut applied, mut weight) = (start, 0u32, Weight::zero());
        while let Some((who, due)) = VerifierLotQueue::<T>::get(next) {
            let spent = weight.saturating_add(each);
            if due > now || (applied >= MIN_LOTS && spent.any_gt(limit)) {
                break;
            }
            weight = spent;
            applied = applied.saturating_add(1);
            VerifierLotQueue::<T>::remove(next);
            next = next.saturating_add(1);
            Self::apply_verifier_lot(&who, now);
        }
        if next != start {
            // An entry that waits on went to the end meanwhile.
            let end = VerifierLotRange::<T>::get().1.max(end);
            VerifierLotRange::<T>::put((next, end));
        }
        weight
    }

    /// Brings a verifier's lot up to date, or has it wait on if the verifier changed again within the window.
    pub(crate) fn apply_verifier_lot(who: &T::AccountId, now: BlockNumberFor<T>) {
        let Some(mut record) = Verifiers::<T>::get(who) else { return };
        if Self::after_delay(record.changed_at) > now {
            return Self::queue_verifier_lot(who);
        }
        draw::set_lot::<Self>(record.slot, Self::verifier_lot(&record));
        record.lot_queued = false;
        Verifiers::<T>::insert(who, record);
    }

    /// Committees a verifier sits on.
    pub(crate) fn seats_of(who: &T::AccountId) -> u32 {
        Seats::<T>::decode_len(who).and_then(|count| u32::try_from(count).ok()).unwrap_or_default()
    }

    /// Gives a verifier a seat.
    pub(crate) fn seat(who: &T::AccountId, job: JobId) -> DispatchResult {
        Seats::<T>::try_mutate(who, |seats| seats.try_push(job)).map_err(|_| Error::<T>::TooManySeats.into())
    }

    /// Takes a verifier's seat back.
    pub(crate) fn unseat(who: &T::AccountId, job: JobId) {
        Seats::<T>::mutate_exists(who, |slot| {
            if let Some(seats) = slot {
                seats.retain(|other| *other != job);
                if seats.is_empty() {
                    *slot = None;
                }
            }
        });
    }

    /// Burns a part of a verifier's unfrozen bond at once; returns how much, wei.
    pub(crate) fn fine_verifier(who: &T::AccountId, part_ppb: u32) -> Result<Balance, DispatchError> {
        let amount = Self::with_verifier(who, |record| {
            let amount = Self::part_of(record.bond.saturating_sub(record.frozen), part_ppb)?;
            record.bond = record.bond.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            Ok(amount)
        })?;
        Self::burn_verifier_bond(who, amount)?;
        Ok(amount)
    }

    /// Freezes a part of a verifier's unfrozen bond; returns how much, wei; zero for an account that is none any more.
    pub(crate) fn freeze_verifier(who: &T::AccountId, part_ppb: u32) -> Result<Balance, DispatchError> {
        if !Verifiers::<T>::contains_key(who) {
            return Ok(0);
        }
        Self::with_verifier(who, |record| {
            let amount = Self::part_of(record.bond.saturating_sub(record.frozen), part_ppb)?;
            record.frozen = record.frozen.checked_add(amount).ok_or(Error::<T>::Overflow)?;
            Ok(amount)
        })
    }

    /// Frees a frozen amount, or burns it.
    pub(crate) fn end_verifier_freeze(who: &T::AccountId, amount: Balance, burn: bool) -> DispatchResult {
        Self::with_verifier(who, |record| {
            record.frozen = record.frozen.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            if burn {
                record.bond = record.bond.checked_sub(amount).ok_or(Error::<T>::Overflow)?;
            }
            Ok(())
        })?;
        if burn {
            Self::burn_verifier_bond(who, amount)?;
        }
        Ok(())
    }

    fn burn_verifier_bond(who: &T::AccountId, amount: Balance) -> DispatchResult {
        if amount > 0 {
            T::Currency::burn_held(&HoldReason::VerifierBond.into(), who, amount, Precision::Exact, Fortitude::Force)?;
        }
        Ok(())
    }
}
