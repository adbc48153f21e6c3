//! What may stand behind an attestation: vendors' roots and allowed measurements, attestors and how many of them must sign,
//! verifying keys of succinct proofs, and the session keys that quotes bind (specification: docs/proofs.md).
//!
//! Governance writes the registry; an emergency origin can pause any part of it, which takes effect at once, also on keys
//! that are bound already; only governance ends a pause. A worker [binds](Pallet::register_key) its session key once per
//! epoch with a quote that the chain checks, or with a [verdict](Pallet::register_key_by_verdict) of the attestors on one.
//! Proof of AI asks through [`TeeRegistry`](hanzo_traits::TeeRegistry) and [`ProofRegistry`](hanzo_traits::ProofRegistry).
//!
//! * `registry`: what governance and the emergency origin do.
//! * `keys`: binding session keys.
//! * `check`: the proofs of attestations.
//! * `views`: what runtime APIs answer.
//! * `invariants`: what always holds.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]
#![deny(missing_docs)]

extern crate alloc;

pub use pallet::*;
pub use types::{
    Allowance, AttestorSet, Binding, Collateral, QuorumEvidence, Quote, Root, SignedVerdict, Target, TeeEvidence,
    VerifierId, VerifyingKey, ZkEvidence, MAX_ATTESTORS, MAX_MEASUREMENTS, MAX_ROOTS, MAX_VERIFIERS,
};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
mod check;
mod invariants;
mod keys;
#[cfg(test)]
mod mock;
mod registry;
#[cfg(test)]
mod tests;
mod types;
mod views;
pub mod weights;

/// The pallet: configuration, storage and calls.
#[frame_support::pallet]
// FRAME's macros expand to code that expects, and one enum of calls, of which one carries a quote and its collateral.
#[allow(clippy::expect_used, clippy::large_enum_variant)]
pub mod pallet {
    use crate::{types::*, WeightInfo};
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::UnixTime};
    use frame_system::pallet_prelude::*;
    use hanzo_proofs::{QuoteVerifiers, Vendor};
    use hanzo_traits::{SessionKey, WorkerRegistry};
    use sp_core::{sr25519, H256};

    /// Holds the registry; see the crate's documentation.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256> {
        /// Writes the registry and ends pauses.
        type GovernOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Pauses parts of the registry and revokes bindings.
        type EmergencyOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// The chain's time, for what expires.
        type Clock: UnixTime;

        /// The workers' session keys.
        type Workers: WorkerRegistry<Self::AccountId>;

        /// The verifiers of quotes that the runtime has.
        type Quotes: QuoteVerifiers;

        /// How long a binding holds at most, blocks, at least 1: epoch n begins with block n × `Epoch`.
        #[pallet::constant]
        type Epoch: Get<BlockNumberFor<Self>>;

        /// Weights of calls and checks.
        type WeightInfo: WeightInfo;

        /// Makes what benchmarks need of other pallets.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
    }

    /// Trusted roots, by vendor and blake2-256 of the certificate; at most [`MAX_ROOTS`] per vendor.
    #[pallet::storage]
    pub type Roots<T: Config> = StorageDoubleMap<_, Twox64Concat, Vendor, Identity, H256, Root>;

    /// Allowed measurements, at most [`MAX_MEASUREMENTS`].
    #[pallet::storage]
    pub type Measurements<T: Config> = CountedStorageMap<_, Identity, H256, Allowance>;

    /// The attestors.
    #[pallet::storage]
    pub type Attestors<T: Config> = StorageValue<_, AttestorSet, ValueQuery>;

    /// Verifying keys, at most [`MAX_VERIFIERS`].
    #[pallet::storage]
    pub type Verifiers<T: Config> = CountedStorageMap<_, Twox64Concat, VerifierId, VerifyingKey>;

    /// What is paused. Pausing something that is not registered is allowed: it is then paused when it comes.
    #[pallet::storage]
    pub type Paused<T: Config> = StorageMap<_, Blake2_128Concat, Target, ()>;

    /// Bound session keys by worker, one each.
    #[pallet::storage]
    pub type Bindings<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Binding<BlockNumberFor<T>>>;

    /// Session keys whose binding was revoked. They are never bound again: whoever has the quote could do it at once.
    #[pallet::storage]
    pub type RevokedKeys<T: Config> = StorageMap<_, Blake2_128Concat, SessionKey, ()>;

    /// The registry at genesis.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Roots: vendor, certificate (DER), first second at which it is no longer trusted.
        pub roots: Vec<(Vendor, Vec<u8>, u64)>,
        /// Measurements.
        pub measurements: Vec<(H256, Allowance)>,
        /// Attestors' keys, in any order.
        pub attestors: Vec<sr25519::Public>,
        /// How many of them must sign.
        pub threshold: u8,
        /// Verifying keys.
        pub verifiers: Vec<(VerifierId, Vec<u8>)>,
        /// Ties the registry to its runtime; carries no data.
        #[serde(skip)]
        pub _runtime: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            // A chain must not start with a registry that calls would refuse; genesis has no softer way to say so.
            if let Err(reason) = Pallet::<T>::build_registry(self) {
                panic!("registry of proofs of the genesis refused: {reason:?}");
            }
        }
    }

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A root is trusted.
        RootSet {
            /// Whose.
            vendor: Vendor,
            /// blake2-256 of its certificate.
            root: H256,
            /// First second at which it is no longer trusted.
            until: u64,
        },
        /// A root is no longer trusted; keys bound under it are not bound any more.
        RootRemoved {
            /// Whose.
            vendor: Vendor,
            /// blake2-256 of its certificate.
            root: H256,
        },
        /// A measurement is allowed.
        MeasurementAllowed {
            /// Which.
            measurement: H256,
            /// On whose hardware, which platforms, until when.
            allowance: Allowance,
        },
        /// A measurement is no longer allowed; keys bound with it are not bound any more.
        MeasurementRemoved {
            /// Which.
            measurement: H256,
        },
        /// The attestors changed.
        AttestorsSet {
            /// Number of the set.
            number: u32,
            /// How many there are.
            count: u32,
            /// How many must sign.
            threshold: u8,
        },
        /// A verifying key is registered.
        VerifierSet {
            /// Its number.
            id: VerifierId,
            /// blake2-256 of it.
            key: H256,
        },
        /// A verifying key is no longer registered.
        VerifierRemoved {
            /// Its number.
            id: VerifierId,
        },
        /// Something is paused.
        PauseSet {
            /// What.
            target: Target,
        },
        /// A pause is over.
        PauseLifted {
            /// Of what.
            target: Target,
        },
        /// A session key is bound.
        KeyBound {
            /// Whose.
            worker: T::AccountId,
            /// The key, what it is bound to, until when.
            binding: Binding<BlockNumberFor<T>>,
        },
        /// A binding was revoked, or dropped after its end.
        KeyUnbound {
            /// Whose.
            worker: T::AccountId,
            /// The key.
            key: SessionKey,
            /// Whether it was revoked, so that nobody binds it again.
            revoked: bool,
        },
    }

    /// Why a call was refused, or a proof.
    #[pallet::error]
    #[derive(PartialEq)]
    pub enum Error<T> {
        /// Longer than a root, a quote or its collateral may be.
        TooLong,
        /// The registry holds as many of these as it may.
        TooMany,
        /// Its end is not in the future.
        InThePast,
        /// Not one that the registry holds.
        NotRegistered,
        /// Attestors twice, or fewer than must sign, or none must.
        BadAttestors,
        /// Not a verifying key for statements.
        BadVerifyingKey,
        /// Paused before.
        AlreadyPaused,
        /// Not paused.
        NotPaused,
        /// The vendor, the root, the measurement, the attestors or the verifying key is paused.
        Paused,
        /// The caller is no worker with a session key.
        NoSessionKey,
        /// The quote is for another epoch than this one or the next.
        WrongEpoch,
        /// A binding of this session key was revoked; the worker needs another one.
        KeyRevoked,
        /// The key is bound for this epoch, or a later one, already.
        AlreadyBound,
        /// Not the layout of this vendor's quotes.
        BadQuoteLayout,
        /// Not what this vendor's quotes need besides.
        BadCollateral,
        /// The root is not of the kind this vendor uses.
        BadRoot,
        /// A signature, certificate, list or statement behind the quote does not hold.
        QuoteRefused,
        /// Something the quote rests on is not valid now.
        Expired,
        /// A certificate the quote rests on is revoked.
        Revoked,
        /// The quote is of code that can be looked into.
        DebugMode,
        /// The platform's patch level does not meet the measurement's policy.
        PlatformRefused,
        /// Quotes of this vendor are checked by attestors; bring their verdict.
        OffChainOnly,
        /// The measurement is not allowed, or not on this hardware.
        MeasurementNotAllowed,
        /// The report data binds another key, worker, epoch or chain.
        WrongReportData,
        /// Signed by another set of attestors.
        WrongSet,
        /// Fewer attestors signed than must, or one twice, or places not ascending.
        NoQuorum,
        /// A signature does not hold.
        BadSignature,
        /// There is no binding.
        NotBound,
        /// The binding still holds.
        StillBound,
        /// Not the evidence of this kind of proof, or bytes left over.
        BadEvidence,
        /// The session key is bound to another measurement.
        WrongMeasurement,
        /// The succinct proof does not hold for this attestation.
        ProofRefused,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Trusts a root of a vendor, or changes until when. By governance.
        ///
        /// * `certificate`: DER.
        /// * `until`: first second at which it is no longer trusted, since 1970.
        ///
        /// Emits [`Event::RootSet`]. Fails with [`Error::InThePast`] or [`Error::TooMany`].
        #[pallet::call_index(0)]
        #[pallet::weight((T::WeightInfo::set_root(), DispatchClass::Operational))]
        pub fn set_root(origin: OriginFor<T>, vendor: Vendor, certificate: Certificate, until: u64) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::insert_root(vendor, certificate, until)
        }

        /// Ends the trust in a root. By governance. Emits [`Event::RootRemoved`]; fails with [`Error::NotRegistered`].
        #[pallet::call_index(1)]
        #[pallet::weight((T::WeightInfo::remove_root(), DispatchClass::Operational))]
        pub fn remove_root(origin: OriginFor<T>, vendor: Vendor, root: H256) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::delete_root(vendor, root)
        }

        /// Allows a measurement, or changes its terms. By governance.
        ///
        /// * `measurement`: as `hanzo_proofs` names what was loaded.
        /// * `allowance`: on whose hardware, which platforms, until when.
        ///
        /// Emits [`Event::MeasurementAllowed`]. Fails with [`Error::InThePast`] or [`Error::TooMany`].
        #[pallet::call_index(2)]
        #[pallet::weight((T::WeightInfo::allow_measurement(), DispatchClass::Operational))]
        pub fn allow_measurement(origin: OriginFor<T>, measurement: H256, allowance: Allowance) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::insert_measurement(measurement, allowance)
        }

        /// Ends the allowance of a measurement. By governance. Emits [`Event::MeasurementRemoved`]; fails with
        /// [`Error::NotRegistered`].
        #[pallet::call_index(3)]
        #[pallet::weight((T::WeightInfo::remove_measurement(), DispatchClass::Operational))]
        pub fn remove_measurement(origin: OriginFor<T>, measurement: H256) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::delete_measurement(measurement)
        }

        /// Sets the attestors. By governance. No keys and a threshold of 0 leave none.
        ///
        /// * `keys`: none twice.
        /// * `threshold`: how many must sign, from 1 to their number.
        ///
        /// Emits [`Event::AttestorsSet`]; fails with [`Error::BadAttestors`].
        #[pallet::call_index(4)]
        #[pallet::weight((T::WeightInfo::set_attestors(), DispatchClass::Operational))]
        pub fn set_attestors(
            origin: OriginFor<T>,
            keys: BoundedVec<sr25519::Public, ConstU32<MAX_ATTESTORS>>,
            threshold: u8,
        ) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::replace_attestors(keys, threshold)
        }

        /// Registers a verifying key of Groth16 over BLS12-381 under a number, or replaces it. By governance. Every point is
        /// checked here, so that proofs need not.
        ///
        /// Emits [`Event::VerifierSet`]. Fails with [`Error::BadVerifyingKey`] or [`Error::TooMany`].
        #[pallet::call_index(5)]
        #[pallet::weight((T::WeightInfo::set_verifier(), DispatchClass::Operational))]
        pub fn set_verifier(origin: OriginFor<T>, id: VerifierId, key: VerifyingKey) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::insert_verifier(id, key)
        }

        /// Drops a verifying key. By governance. Emits [`Event::VerifierRemoved`]; fails with [`Error::NotRegistered`].
        #[pallet::call_index(6)]
        #[pallet::weight((T::WeightInfo::remove_verifier(), DispatchClass::Operational))]
        pub fn remove_verifier(origin: OriginFor<T>, id: VerifierId) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::delete_verifier(id)
        }

        /// Pauses a vendor, a root, a measurement, the attestors or a verifying key, at once. By the emergency origin or
        /// governance. Emits [`Event::PauseSet`]; fails with [`Error::AlreadyPaused`].
        #[pallet::call_index(7)]
        #[pallet::weight((T::WeightInfo::pause(), DispatchClass::Operational))]
        pub fn pause(origin: OriginFor<T>, target: Target) -> DispatchResult {
            Self::ensure_emergency(origin)?;
            Self::set_pause(target)
        }

        /// Ends a pause. By governance only. Emits [`Event::PauseLifted`]; fails with [`Error::NotPaused`].
        #[pallet::call_index(8)]
        #[pallet::weight((T::WeightInfo::unpause(), DispatchClass::Operational))]
        pub fn unpause(origin: OriginFor<T>, target: Target) -> DispatchResult {
            T::GovernOrigin::ensure_origin(origin)?;
            Self::lift_pause(target)
        }

        /// Binds the caller's session key for an epoch with a quote that the chain checks. Signed by the worker.
        ///
        /// * `vendor`: whose hardware made the quote.
        /// * `root`: blake2-256 of the root certificate that its chain ends in.
        /// * `epoch`: this one or the next; the binding holds from now to its end at most.
        /// * `quote`, `collateral`: as `hanzo_proofs` defines them; the report data is
        ///   `binding::registration(genesis, caller, session key, epoch, measurement)` and 32 zeros.
        ///
        /// Emits [`Event::KeyBound`]. Fails with the error of the first check that does not hold.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::register_key())]
        pub fn register_key(
            origin: OriginFor<T>,
            vendor: Vendor,
            root: H256,
            epoch: u64,
            quote: Quote,
            collateral: Collateral,
        ) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::bind_by_quote(worker, vendor, root, epoch, &quote, &collateral)
        }

        /// Binds the caller's session key for an epoch with the attestors' verdict on a quote. Signed by the worker.
        ///
        /// * `signed`: what they say and that they say it: signatures over `hanzo_proofs::binding::verdict(genesis, caller,
        ///   verdict)`, places ascending. They vouch for the whole check of the quote but the allowance of its measurement,
        ///   the state of the registry and the epoch, which are checked here.
        ///
        /// Emits [`Event::KeyBound`]. Fails with the error of the first check that does not hold.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::register_key_by_verdict(signed.signatures.len().try_into().unwrap_or(MAX_ATTESTORS)))]
        pub fn register_key_by_verdict(origin: OriginFor<T>, signed: SignedVerdict) -> DispatchResult {
            Self::bind_by_verdict(ensure_signed(origin)?, signed)
        }

        /// Revokes a binding before its end, and with it the session key for good. Signed by the worker itself, or by the
        /// emergency origin or governance.
        ///
        /// Emits [`Event::KeyUnbound`], which names the key. Fails with [`Error::NotBound`] where nothing is bound: there is no
        /// key then that a caller could mean.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::revoke_key())]
        pub fn revoke_key(origin: OriginFor<T>, worker: T::AccountId) -> DispatchResult {
            if ensure_signed(origin.clone()).ok().as_ref() != Some(&worker) {
                Self::ensure_emergency(origin)?;
            }
            Self::revoke(worker)
        }

        /// Drops the record of a binding that is over. Signed by anyone.
        ///
        /// Emits [`Event::KeyUnbound`]. Fails with [`Error::NotBound`] or [`Error::StillBound`].
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::drop_expired())]
        pub fn drop_expired(origin: OriginFor<T>, worker: T::AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::drop_if_over(worker)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state(1).map_err(|text| {
                log::error!("{text}");
                sp_runtime::TryRuntimeError::Other("invariants of the registry of proofs")
            })
        }

        #[cfg(feature = "std")]
        fn integrity_test() {
            use sp_runtime::traits::Zero;

            assert!(!T::Epoch::get().is_zero(), "Epoch is 0 blocks, want at least 1");
        }
    }
}
