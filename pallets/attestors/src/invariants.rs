//! What always holds between blocks.

use crate::{types::*, Attestors, Bindings, Config, Measurements, Pallet, RevokedKeys, Roots, Verifiers};
use alloc::{format, string::String};
use frame_support::traits::Get;
use hanzo_proofs::{groth16, Vendor};
use hanzo_traits::TeeRegistry;
use sp_runtime::traits::UniqueSaturatedInto;

/// Fails with a text unless the condition holds.
macro_rules! hold {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(format!($($text)+));
        }
    };
}

impl<T: Config> Pallet<T> {
    /// Checks what the pallet promises; level 0 the counts, level 1 everything. The error names what differs, with both
    /// numbers. Reads the whole state: never called inside a block.
    pub fn do_try_state(level: u8) -> Result<(), String> {
        let (measurements, verifiers) = (Measurements::<T>::count(), Verifiers::<T>::count());
        hold!(measurements <= MAX_MEASUREMENTS, "{measurements} measurements, at most {MAX_MEASUREMENTS}");
        hold!(verifiers <= MAX_VERIFIERS, "{verifiers} verifying keys, at most {MAX_VERIFIERS}");
        Self::check_attestor_set()?;
        if level == 0 {
            return Ok(());
        }
        Self::check_roots()?;
        Self::check_verifiers()?;
        Self::check_bindings()
    }

    fn check_attestor_set() -> Result<(), String> {
        let AttestorSet { number, keys, threshold } = Attestors::<T>::get();
        let count = keys.len();
        hold!(usize::from(threshold) <= count, "set {number}: {threshold} of {count} attestors must sign");
        hold!((threshold == 0) == (count == 0), "set {number}: {threshold} of {count} attestors must sign");
        let ascending = keys.iter().zip(keys.iter().skip(1)).all(|(one, next)| one < next);
        hold!(ascending, "set {number}: keys out of order or twice");
        Ok(())
    }

    /// Each root is stored under its hash.
    fn check_roots() -> Result<(), String> {
        for (vendor, id, root) in Roots::<T>::iter() {
            let hash = Self::root_id(&root.certificate);
            hold!(hash == id, "root {id:?} of {vendor:?} has hash {hash:?}");
        }
        for vendor in Vendor::ALL {
            let count = Roots::<T>::iter_key_prefix(vendor).count();
            hold!(u32::try_from(count).is_ok_and(|count| count <= MAX_ROOTS), "{count} roots of {vendor:?}");
        }
        Ok(())
    }

    fn check_verifiers() -> Result<(), String> {
        for (id, key) in Verifiers::<T>::iter() {
            let read = groth16::VerifyingKey::decode(&key);
            hold!(read.is_ok(), "verifying key {id}: {:?}", read.err());
        }
        let (counted, stored) = (Verifiers::<T>::count(), Verifiers::<T>::iter_keys().count());
        hold!(usize::try_from(counted) == Ok(stored), "{stored} verifying keys stored, {counted} counted");
        let (counted, stored) = (Measurements::<T>::count(), Measurements::<T>::iter_keys().count());
        hold!(usize::try_from(counted) == Ok(stored), "{stored} measurements stored, {counted} counted");
        Ok(())
    }

    /// A binding ends with its epoch, which is at most the next one.
    fn check_bindings() -> Result<(), String> {
        let next = Self::epoch_at(frame_system::Pallet::<T>::block_number()).saturating_add(1);
        let length: u64 = T::Epoch::get().unique_saturated_into();
        for (worker, bound) in Bindings::<T>::iter() {
            let Binding { epoch, last_block, .. } = bound;
            hold!(epoch <= next, "{worker:?}: bound for epoch {epoch}, the next one is {next}");
            let last: u64 = last_block.unique_saturated_into();
            let end = epoch.saturating_add(1).saturating_mul(length).saturating_sub(1);
            hold!(last == end, "{worker:?}: bound until block {last}, epoch {epoch} ends with {end}");
            let set = Attestors::<T>::get().number;
            let by = bound.attested_by.unwrap_or_default();
            let revoked = RevokedKeys::<T>::contains_key(bound.key);
            let honoured = Self::is_bound(&worker, &bound.key).is_some();
            hold!(!(revoked && honoured), "{worker:?}: key {:?} is revoked and still honoured", bound.key);
            hold!(by <= set, "{worker:?}: bound by set {by} of attestors, the last one is {set}");
        }
        Ok(())
    }
}
