//! Who can be sent sealed content, and where the key of a job is (docs/sealing.md).
//!
//! An account that has to read sealed jobs publishes a [public key](Pallet::set_key). The client of a sealed job hands the job's
//! key over to the worker that was drawn, and the worker to the members of a committee: each in an envelope, a blob that travels off
//! chain, of which the chain keeps the [hash](Pallet::hand_over). The chain never sees a key, and cannot tell a good envelope from a
//! bad one; whoever gets a bad one cannot do its work, and what follows of that is Proof of AI's to say.
//!
//! Both take a deposit, which comes back with the key, or when the job is over.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]
#![deny(missing_docs)]

extern crate alloc;

pub use pallet::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod invariants;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod views;
pub mod weights;

/// Most envelopes handed over by one call: an appeal's committee, and one to spare.
pub const MAX_ENVELOPES: u32 = 8;

/// The pallet: configuration, storage and calls.
#[frame_support::pallet]
// FRAME's macros expand to code that expects.
#[allow(clippy::expect_used)]
pub mod pallet {
    use crate::{WeightInfo, MAX_ENVELOPES};
    use codec::{Decode, Encode, MaxEncodedLen};
    use frame_support::{
        pallet_prelude::*,
        traits::{
            fungible::{Inspect, MutateHold},
            tokens::Precision,
        },
    };
    use frame_system::pallet_prelude::*;
    use hanzo_poai::{job::SEALING_KEY_BYTES, JobId};
    use hanzo_traits::{Balance, JobParties, JobRegistry, SealingKeys};
    use scale_info::TypeInfo;
    use sp_core::H256;

    /// A public key: X-Wing, 1,216 bytes. The chain checks its length only; one that is no key can be sealed nothing to.
    pub type PublicKey = BoundedVec<u8, ConstU32<SEALING_KEY_BYTES>>;

    /// Holds the keys; see the crate's documentation.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Deposits are held under this.
        type RuntimeHoldReason: From<HoldReason>;

        /// Holds deposits.
        type Currency: MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
            + Inspect<Self::AccountId, Balance = Balance>;

        /// The jobs.
        type Jobs: JobRegistry<Self::AccountId, BlockNumberFor<Self>>;

        /// Deposit for a key, wei.
        #[pallet::constant]
        type KeyDeposit: Get<Balance>;

        /// Deposit for each hand-over, wei.
        #[pallet::constant]
        type HandOverDeposit: Get<Balance>;

        /// Weights of calls.
        type WeightInfo: WeightInfo;
    }

    /// Why credits are held.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Deposits for a key and for hand-overs.
        SealingDeposit,
    }

    /// A public key and its deposit.
    #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct KeyRecord {
        /// The key.
        pub key: PublicKey,
        /// What is held for it, wei.
        pub deposit: Balance,
    }

    /// An envelope that was handed over.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct HandOver {
        /// Hash of the envelope, a blob.
        pub envelope: H256,
        /// What is held for it, wei.
        pub deposit: Balance,
    }

    /// Public keys.
    #[pallet::storage]
    pub type Keys<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, KeyRecord>;

    /// Envelopes by job, sender and receiver. Each is bounded by its deposit, and goes when its job is over.
    #[pallet::storage]
    pub type HandOvers<T: Config> =
        StorageDoubleMap<_, Twox64Concat, JobId, Blake2_128Concat, (T::AccountId, T::AccountId), HandOver>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An account can be sent sealed content.
        KeySet {
            /// Whose.
            account: T::AccountId,
            /// The key.
            key: PublicKey,
        },
        /// An account no longer can.
        KeyRemoved {
            /// Whose.
            account: T::AccountId,
        },
        /// The key of a job is in this blob, for one account.
        HandedOver {
            /// The job.
            job: JobId,
            /// By whom.
            from: T::AccountId,
            /// For whom.
            to: T::AccountId,
            /// Hash of the envelope.
            envelope: H256,
        },
        /// A hand-over was dropped, as its job is over; the deposit went back.
        HandOverDropped {
            /// The job.
            job: JobId,
            /// By whom it was.
            from: T::AccountId,
            /// For whom.
            to: T::AccountId,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    #[derive(PartialEq)]
    pub enum Error<T> {
        /// Not as long as a public key: 1,216 bytes.
        WrongLength,
        /// The account has no key.
        NoKey,
        /// There is no such job, or it is not sealed.
        NotSealed,
        /// The job is over: nobody has to read it any more.
        JobOver,
        /// The caller is neither the job's client nor its worker.
        NotParty,
        /// The receiver has no public key, so that nothing can be sealed to it.
        ReceiverHasNoKey,
        /// No envelope is given, or one receiver twice.
        BadEnvelopes,
        /// There is no such hand-over.
        NotHandedOver,
        /// The job goes on.
        JobOpen,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Publishes the public key that content is sealed to for the caller, or replaces it.
        ///
        /// * `key`: X-Wing, 1,216 bytes.
        ///
        /// Holds `KeyDeposit`. Emits [`Event::KeySet`]. Fails with [`Error::WrongLength`], or where the deposit cannot be held.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::set_key())]
        pub fn set_key(origin: OriginFor<T>, key: PublicKey) -> DispatchResult {
            let account = ensure_signed(origin)?;
            ensure!(key.len() == SEALING_KEY_BYTES as usize, Error::<T>::WrongLength);
            let deposit = match Keys::<T>::get(&account) {
                Some(record) => record.deposit,
                None => {
                    let deposit = T::KeyDeposit::get();
                    T::Currency::hold(&HoldReason::SealingDeposit.into(), &account, deposit)?;
                    deposit
                }
            };
            Keys::<T>::insert(&account, KeyRecord { key: key.clone(), deposit });
            Self::deposit_event(Event::KeySet { account, key });
            Ok(())
        }

        /// Takes the caller's public key back, and its deposit. The caller is drawn for no sealed job from then on.
        ///
        /// Emits [`Event::KeyRemoved`]; fails with [`Error::NoKey`].
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::remove_key())]
        pub fn remove_key(origin: OriginFor<T>) -> DispatchResult {
            let account = ensure_signed(origin)?;
            let record = Keys::<T>::take(&account).ok_or(Error::<T>::NoKey)?;
            Self::give_back(&account, record.deposit)?;
            Self::deposit_event(Event::KeyRemoved { account });
            Ok(())
        }

        /// Hands the key of a sealed job over, in envelopes for some accounts. By its client or its worker. A later hand-over to the
        /// same account takes the place of the one before.
        ///
        /// * `envelopes`: receivers, each once, and the hash of the blob that is sealed to each. Those without a public key are passed
        ///   over: one that takes its key back must not keep the others from theirs.
        ///
        /// Holds `HandOverDeposit` for each. Emits [`Event::HandedOver`] for each. Fails with the error of the first check that does
        /// not hold, and hands nothing over then; with [`Error::ReceiverHasNoKey`] where no receiver has one.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::hand_over(envelopes.len().try_into().unwrap_or(MAX_ENVELOPES)))]
        pub fn hand_over(
            origin: OriginFor<T>,
            job: JobId,
            envelopes: BoundedVec<(T::AccountId, H256), ConstU32<MAX_ENVELOPES>>,
        ) -> DispatchResult {
            let from = ensure_signed(origin)?;
            let JobParties { client, worker, sealed, is_over } = T::Jobs::parties(job).ok_or(Error::<T>::NotSealed)?;
            ensure!(sealed, Error::<T>::NotSealed);
            ensure!(!is_over, Error::<T>::JobOver);
            ensure!(from == client || Some(&from) == worker.as_ref(), Error::<T>::NotParty);
            ensure!(!envelopes.is_empty(), Error::<T>::BadEnvelopes);
            let mut is_handed = false;
            for (place, (to, envelope)) in envelopes.iter().enumerate() {
                ensure!(!envelopes.iter().take(place).any(|(other, _)| other == to), Error::<T>::BadEnvelopes);
                if !Keys::<T>::contains_key(to) {
                    continue;
                }
                is_handed = true;
                let parties = (from.clone(), to.clone());
                let deposit = match HandOvers::<T>::get(job, &parties) {
                    Some(before) => before.deposit,
                    None => {
                        let deposit = T::HandOverDeposit::get();
                        T::Currency::hold(&HoldReason::SealingDeposit.into(), &from, deposit)?;
                        deposit
                    }
                };
                HandOvers::<T>::insert(job, &parties, HandOver { envelope: *envelope, deposit });
                let (from, to) = parties;
                Self::deposit_event(Event::HandedOver { job, from, to, envelope: *envelope });
            }
            ensure!(is_handed, Error::<T>::ReceiverHasNoKey);
            Ok(())
        }

        /// Drops a hand-over whose job is over; its deposit goes back to who handed over. Signed by anyone.
        ///
        /// Emits [`Event::HandOverDropped`]. Fails with [`Error::NotHandedOver`] or [`Error::JobOpen`].
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::drop_hand_over())]
        pub fn drop_hand_over(
            origin: OriginFor<T>,
            job: JobId,
            from: T::AccountId,
            to: T::AccountId,
        ) -> DispatchResult {
            ensure_signed(origin)?;
            ensure!(T::Jobs::parties(job).is_none_or(|parties| parties.is_over), Error::<T>::JobOpen);
            let record = HandOvers::<T>::take(job, (from.clone(), to.clone())).ok_or(Error::<T>::NotHandedOver)?;
            Self::give_back(&from, record.deposit)?;
            Self::deposit_event(Event::HandOverDropped { job, from, to });
            Ok(())
        }
    }

    impl<T: Config> Pallet<T> {
        fn give_back(account: &T::AccountId, deposit: Balance) -> DispatchResult {
            T::Currency::release(&HoldReason::SealingDeposit.into(), account, deposit, Precision::Exact)?;
            Ok(())
        }
    }

    impl<T: Config> SealingKeys<T::AccountId> for Pallet<T> {
        fn has_key(account: &T::AccountId) -> bool {
            Keys::<T>::contains_key(account)
        }

        #[cfg(feature = "runtime-benchmarks")]
        fn set_for_benchmark(account: &T::AccountId) {
            let key = PublicKey::truncate_from(alloc::vec![7; SEALING_KEY_BYTES as usize]);
            Keys::<T>::insert(account, KeyRecord { key, deposit: 0 });
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state(1).map_err(|text| {
                log::error!("{text}");
                sp_runtime::TryRuntimeError::Other("invariants of sealing keys")
            })
        }
    }
}
