//! The registry: what governance writes and the emergency origin pauses.

use crate::{types::*, Attestors, Config, Error, Event, GenesisConfig, Measurements, Pallet, Paused, Roots, Verifiers};
use frame_support::{
    ensure,
    pallet_prelude::{ConstU32, EnsureOrigin},
    traits::UnixTime,
    BoundedVec,
};
use frame_system::pallet_prelude::OriginFor;
use hanzo_proofs::{groth16, Vendor};
use sp_core::{sr25519, H256};
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// The chain's time, seconds since 1970.
    pub(crate) fn now() -> u64 {
        T::Clock::now().as_secs()
    }

    pub(crate) fn ensure_emergency(origin: OriginFor<T>) -> DispatchResult {
        if T::GovernOrigin::ensure_origin(origin.clone()).is_ok() {
            return Ok(());
        }
        T::EmergencyOrigin::ensure_origin(origin)?;
        Ok(())
    }

    /// Nothing of these is paused.
    pub(crate) fn ensure_running(targets: &[Target]) -> DispatchResult {
        for target in targets {
            ensure!(!Paused::<T>::contains_key(target), Error::<T>::Paused);
        }
        Ok(())
    }

    /// Name of a root.
    pub fn root_id(certificate: &[u8]) -> H256 {
        blake2_256(certificate).into()
    }

    pub(crate) fn insert_root(vendor: Vendor, certificate: Certificate, until: u64) -> DispatchResult {
        ensure!(until > Self::now(), Error::<T>::InThePast);
        Self::put_root(vendor, certificate, until)
    }

    fn put_root(vendor: Vendor, certificate: Certificate, until: u64) -> DispatchResult {
        let root = Self::root_id(&certificate);
        if !Roots::<T>::contains_key(vendor, root) {
            let most = usize::try_from(MAX_ROOTS).unwrap_or(usize::MAX);
            ensure!(Roots::<T>::iter_key_prefix(vendor).take(most).count() < most, Error::<T>::TooMany);
        }
        Roots::<T>::insert(vendor, root, Root { certificate, until });
        Self::deposit_event(Event::RootSet { vendor, root, until });
        Ok(())
    }

    pub(crate) fn delete_root(vendor: Vendor, root: H256) -> DispatchResult {
        Roots::<T>::take(vendor, root).ok_or(Error::<T>::NotRegistered)?;
        Self::deposit_event(Event::RootRemoved { vendor, root });
        Ok(())
    }

    pub(crate) fn insert_measurement(measurement: H256, allowance: Allowance) -> DispatchResult {
        ensure!(allowance.until > Self::now(), Error::<T>::InThePast);
        Self::put_measurement(measurement, allowance)
    }

    fn put_measurement(measurement: H256, allowance: Allowance) -> DispatchResult {
        let room = Measurements::<T>::contains_key(measurement) || Measurements::<T>::count() < MAX_MEASUREMENTS;
        ensure!(room, Error::<T>::TooMany);
        Measurements::<T>::insert(measurement, &allowance);
        Self::deposit_event(Event::MeasurementAllowed { measurement, allowance });
        Ok(())
    }

    pub(crate) fn delete_measurement(measurement: H256) -> DispatchResult {
        Measurements::<T>::take(measurement).ok_or(Error::<T>::NotRegistered)?;
        Self::deposit_event(Event::MeasurementRemoved { measurement });
        Ok(())
    }

    pub(crate) fn replace_attestors(
        mut keys: BoundedVec<sr25519::Public, ConstU32<MAX_ATTESTORS>>,
        threshold: u8,
    ) -> DispatchResult {
        keys.sort();
        let distinct = keys.iter().zip(keys.iter().skip(1)).all(|(one, next)| one < next);
        let count = keys.len();
        ensure!(distinct && usize::from(threshold) <= count, Error::<T>::BadAttestors);
        ensure!((threshold == 0) == (count == 0), Error::<T>::BadAttestors);
        let number = Attestors::<T>::get().number.checked_add(1).ok_or(Error::<T>::BadAttestors)?;
        Attestors::<T>::put(AttestorSet { number, keys, threshold });
        let count = u32::try_from(count).unwrap_or(MAX_ATTESTORS);
        Self::deposit_event(Event::AttestorsSet { number, count, threshold });
        Ok(())
    }

    pub(crate) fn insert_verifier(id: VerifierId, key: VerifyingKey) -> DispatchResult {
        groth16::VerifyingKey::decode(&key).map_err(|_| Error::<T>::BadVerifyingKey)?;
        let room = Verifiers::<T>::contains_key(id) || Verifiers::<T>::count() < MAX_VERIFIERS;
        ensure!(room, Error::<T>::TooMany);
        Verifiers::<T>::insert(id, &key);
        Self::deposit_event(Event::VerifierSet { id, key: blake2_256(&key).into() });
        Ok(())
    }

    pub(crate) fn delete_verifier(id: VerifierId) -> DispatchResult {
        Verifiers::<T>::take(id).ok_or(Error::<T>::NotRegistered)?;
        Self::deposit_event(Event::VerifierRemoved { id });
        Ok(())
    }

    pub(crate) fn set_pause(target: Target) -> DispatchResult {
        ensure!(!Paused::<T>::contains_key(target), Error::<T>::AlreadyPaused);
        Paused::<T>::insert(target, ());
        Self::deposit_event(Event::PauseSet { target });
        Ok(())
    }

    pub(crate) fn lift_pause(target: Target) -> DispatchResult {
        Paused::<T>::take(target).ok_or(Error::<T>::NotPaused)?;
        Self::deposit_event(Event::PauseLifted { target });
        Ok(())
    }

    /// Writes the registry of the genesis, where there is no time yet to compare with.
    pub(crate) fn build_registry(genesis: &GenesisConfig<T>) -> Result<(), DispatchError> {
        for (vendor, certificate, until) in &genesis.roots {
            let certificate = Certificate::try_from(certificate.clone()).map_err(|_| Error::<T>::TooLong)?;
            Self::put_root(*vendor, certificate, *until)?;
        }
        for (measurement, allowance) in &genesis.measurements {
            Self::put_measurement(*measurement, allowance.clone())?;
        }
        if !genesis.attestors.is_empty() || genesis.threshold > 0 {
            let keys = genesis.attestors.clone().try_into().map_err(|_| Error::<T>::BadAttestors)?;
            Self::replace_attestors(keys, genesis.threshold)?;
        }
        for (id, key) in &genesis.verifiers {
            let key = VerifyingKey::try_from(key.clone()).map_err(|_| Error::<T>::BadVerifyingKey)?;
            Self::insert_verifier(*id, key)?;
        }
        Ok(())
    }
}
