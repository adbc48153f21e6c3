//! Binding session keys to what runs in trusted hardware.

use crate::{types::*, Attestors, Bindings, Config, Error, Event, Measurements, Pallet, Paused, RevokedKeys, Roots};
use frame_support::{ensure, traits::Get};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_proofs::{binding, QuoteError, QuoteVerifiers, Vendor};
use hanzo_traits::{SessionKey, TeeRegistry, WorkerRegistry};
use sp_core::H256;
use sp_runtime::{
    traits::{UniqueSaturatedInto, Zero},
    DispatchError, DispatchResult, SaturatedConversion,
};

impl<T: Config> From<QuoteError> for Error<T> {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::TooLong => Self::TooLong,
            QuoteError::Layout => Self::BadQuoteLayout,
            QuoteError::Collateral => Self::BadCollateral,
            QuoteError::Root => Self::BadRoot,
            QuoteError::Refused => Self::QuoteRefused,
            QuoteError::Expired => Self::Expired,
            QuoteError::Revoked => Self::Revoked,
            QuoteError::Debug => Self::DebugMode,
            QuoteError::Advisories => Self::PlatformRefused,
            QuoteError::OffChainOnly => Self::OffChainOnly,
        }
    }
}

impl<T: Config> Pallet<T> {
    /// Hash of the chain's first block; block 0 is the one number the system pallet never prunes.
    pub(crate) fn genesis() -> H256 {
        frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
    }

    /// The epoch that a block belongs to.
    pub fn epoch_at(block: BlockNumberFor<T>) -> u64 {
        let (block, length): (u64, u64) = (block.unique_saturated_into(), T::Epoch::get().unique_saturated_into());
        block.checked_div(length).unwrap_or_default()
    }

    /// Last block of this epoch or the next; any other one is refused.
    fn last_block(epoch: u64) -> Result<BlockNumberFor<T>, DispatchError> {
        let now = frame_system::Pallet::<T>::block_number();
        let current = Self::epoch_at(now);
        ensure!(epoch == current || epoch == current.saturating_add(1), Error::<T>::WrongEpoch);
        let length: u64 = T::Epoch::get().unique_saturated_into();
        let end = epoch.saturating_add(1).saturating_mul(length).saturating_sub(1);
        // A number beyond the block number's type is one the chain does not reach.
        Ok(end.saturated_into())
    }

    /// The caller's session key, if it is not bound for this epoch or a later one yet.
    fn key_to_bind(worker: &T::AccountId, epoch: u64) -> Result<SessionKey, DispatchError> {
        let key = T::Workers::session_key(worker).ok_or(Error::<T>::NoSessionKey)?;
        ensure!(!RevokedKeys::<T>::contains_key(key), Error::<T>::KeyRevoked);
        if let Some(bound) = Bindings::<T>::get(worker) {
            let covered = bound.key == key && bound.epoch >= epoch && Self::holds(&bound);
            ensure!(!covered, Error::<T>::AlreadyBound);
        }
        Ok(key)
    }

    /// Vendor and root are in force.
    fn root_in_force(vendor: Vendor, root: H256, now: u64) -> Result<Root, DispatchError> {
        Self::ensure_running(&[Target::Vendor(vendor), Target::Root(root)])?;
        let entry = Roots::<T>::get(vendor, root).ok_or(Error::<T>::NotRegistered)?;
        ensure!(now < entry.until, Error::<T>::Expired);
        Ok(entry)
    }

    /// The measurement is allowed on this hardware.
    fn measurement_in_force(measurement: H256, vendor: Vendor, now: u64) -> Result<Allowance, DispatchError> {
        Self::ensure_running(&[Target::Measurement(measurement)])?;
        let allowance = Measurements::<T>::get(measurement).ok_or(Error::<T>::MeasurementNotAllowed)?;
        ensure!(allowance.vendor == vendor && now < allowance.until, Error::<T>::MeasurementNotAllowed);
        Ok(allowance)
    }

    /// Checks a quote, cheapest first, and binds the key that its report data names.
    pub(crate) fn bind_by_quote(
        worker: T::AccountId,
        vendor: Vendor,
        root: H256,
        epoch: u64,
        quote: &[u8],
        collateral: &[u8],
    ) -> DispatchResult {
        let now = Self::now();
        let last_block = Self::last_block(epoch)?;
        let key = Self::key_to_bind(&worker, epoch)?;
        let trusted = Self::root_in_force(vendor, root, now)?;
        let report =
            T::Quotes::verify(vendor, quote, collateral, &trusted.certificate, now).map_err(Error::<T>::from)?;
        let measurement = report.measurement;
        let allowance = Self::measurement_in_force(measurement, vendor, now)?;
        ensure!(allowance.policy.admits(&report), Error::<T>::PlatformRefused);
        let bound = binding::registration(&Self::genesis(), &worker, &key, epoch, &measurement);
        ensure!(report.report_data == binding::report_data(&bound), Error::<T>::WrongReportData);
        ensure!(now < report.expires, Error::<T>::Expired);
        let evidence = binding::evidence(quote, collateral);
        let expires = report.expires;
        let binding =
            Binding { key, vendor, root, measurement, epoch, last_block, expires, evidence, attested_by: None };
        Self::bind(worker, binding)
    }

    /// Takes the attestors' word for a quote.
    pub(crate) fn bind_by_verdict(worker: T::AccountId, signed: SignedVerdict) -> DispatchResult {
        let SignedVerdict { verdict, signatures } = signed;
        let now = Self::now();
        let last_block = Self::last_block(verdict.epoch)?;
        let key = Self::key_to_bind(&worker, verdict.epoch)?;
        ensure!(key == verdict.key, Error::<T>::WrongReportData);
        Self::root_in_force(verdict.vendor, verdict.root, now)?;
        Self::measurement_in_force(verdict.measurement, verdict.vendor, now)?;
        ensure!(now < verdict.expires, Error::<T>::Expired);
        let message = binding::verdict(&Self::genesis(), &worker, &verdict);
        Self::check_quorum(verdict.set, &signatures, &message)?;
        let binding::Verdict { set, vendor, root, key, epoch, measurement, expires, evidence } = verdict;
        let attested_by = Some(set);
        let binding = Binding { key, vendor, root, measurement, epoch, last_block, expires, evidence, attested_by };
        Self::bind(worker, binding)
    }

    fn bind(worker: T::AccountId, binding: Binding<BlockNumberFor<T>>) -> DispatchResult {
        Bindings::<T>::insert(&worker, &binding);
        T::Workers::note_change(&worker)?;
        Self::deposit_event(Event::KeyBound { worker, binding });
        Ok(())
    }

    /// Whether a binding holds now: its time is not over, its key was not revoked, whoever had it bound, and all it rests on is
    /// still in force.
    pub(crate) fn holds(bound: &Binding<BlockNumberFor<T>>) -> bool {
        let now = Self::now();
        !Self::is_over(bound, now)
            && !RevokedKeys::<T>::contains_key(bound.key)
            && Self::root_in_force(bound.vendor, bound.root, now).is_ok()
            && Self::measurement_in_force(bound.measurement, bound.vendor, now).is_ok()
            && bound.attested_by.is_none_or(Self::set_in_force)
    }

    /// A set of attestors that was replaced, or is paused, no longer vouches for anything.
    fn set_in_force(set: u32) -> bool {
        set == Attestors::<T>::get().number && !Paused::<T>::contains_key(Target::Attestors)
    }

    fn is_over(bound: &Binding<BlockNumberFor<T>>, now: u64) -> bool {
        frame_system::Pallet::<T>::block_number() > bound.last_block || now >= bound.expires
    }

    pub(crate) fn revoke(worker: T::AccountId) -> DispatchResult {
        let key = Bindings::<T>::take(&worker).ok_or(Error::<T>::NotBound)?.key;
        RevokedKeys::<T>::insert(key, ());
        Self::deposit_event(Event::KeyUnbound { worker, key, revoked: true });
        Ok(())
    }

    pub(crate) fn drop_if_over(worker: T::AccountId) -> DispatchResult {
        let bound = Bindings::<T>::get(&worker).ok_or(Error::<T>::NotBound)?;
        ensure!(Self::is_over(&bound, Self::now()), Error::<T>::StillBound);
        Bindings::<T>::remove(&worker);
        Self::deposit_event(Event::KeyUnbound { worker, key: bound.key, revoked: false });
        Ok(())
    }

    /// As many distinct attestors of the set in force signed as must.
    pub(crate) fn check_quorum(set: u32, signatures: &[Signature], message: &H256) -> DispatchResult {
        Self::ensure_running(&[Target::Attestors])?;
        let attestors = Attestors::<T>::get();
        ensure!(set == attestors.number && attestors.threshold > 0, Error::<T>::WrongSet);
        ensure!(signatures.len() >= usize::from(attestors.threshold), Error::<T>::NoQuorum);
        ensure!(signatures.len() <= attestors.keys.len(), Error::<T>::NoQuorum);
        let mut previous = None;
        for (place, signature) in signatures {
            ensure!(previous < Some(*place), Error::<T>::NoQuorum);
            previous = Some(*place);
            let key = attestors.keys.get(usize::from(*place)).ok_or(Error::<T>::NoQuorum)?;
            let holds = sp_io::crypto::sr25519_verify(signature, message.as_bytes(), key);
            ensure!(holds, Error::<T>::BadSignature);
        }
        Ok(())
    }
}

impl<T: Config> TeeRegistry<T::AccountId> for Pallet<T> {
    fn is_bound(worker: &T::AccountId, key: &SessionKey) -> Option<H256> {
        let bound = Bindings::<T>::get(worker)?;
        (bound.key == *key && Self::holds(&bound)).then_some(bound.measurement)
    }

    /// A measurement and a root of its own, and attestors who vouched.
    #[cfg(feature = "runtime-benchmarks")]
    fn bind_for_benchmark(worker: &T::AccountId, key: &SessionKey) {
        let own = H256(key.0);
        let allowance =
            Allowance { vendor: Vendor::Tdx, policy: hanzo_proofs::TcbPolicy::up_to_date(), until: u64::MAX };
        Measurements::<T>::insert(own, allowance);
        Roots::<T>::insert(Vendor::Tdx, own, Root { certificate: Default::default(), until: u64::MAX });
        let binding = Binding {
            key: *key,
            vendor: Vendor::Tdx,
            root: own,
            measurement: own,
            epoch: 0,
            last_block: u32::MAX.into(),
            expires: u64::MAX,
            evidence: own,
            attested_by: Some(Attestors::<T>::get().number),
        };
        Bindings::<T>::insert(worker, binding);
    }
}
