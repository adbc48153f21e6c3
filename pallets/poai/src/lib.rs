//! Proof of AI: attestations, challenge windows, delivery of withheld output, quality of workers (specification:
//! docs/jobs.md).
//!
//! A worker [attests](Pallet::attest) once to what it computed for a job. The attestation opens a challenge window; when
//! the window is over, the job settles. Inside it the client may [demand the output](Pallet::demand_output), which the
//! worker then [delivers](Pallet::deliver_output) or the job fails. Failures lower the worker's quality.
//!
//! Some attested jobs are drawn for audit, others are [challenged](Pallet::challenge): a committee of
//! [verifiers](Pallet::register_verifier) replays them, [commits](Pallet::commit_verdict) to what it found and
//! [reveals](Pallet::reveal_verdict) it. Seven of whom five agree make a fraud: the job fails, half of the worker's bond is frozen and,
//! unless that is [cancelled](Pallet::cancel_slash), taken a week later.
//!
//! Some of those jobs are canaries, wrong on purpose. Operators [lodge](Pallet::lodge_canaries) hashes of them beforehand, their
//! clients [reveal](Pallet::reveal_canary) them afterwards, and whoever has found one good has not looked.
//!
//! Jobs and workers live elsewhere; this pallet reaches them through [`JobRegistry`](hanzo_traits::JobRegistry) and
//! [`WorkerRegistry`](hanzo_traits::WorkerRegistry), and answers as [`QualityOracle`](hanzo_traits::QualityOracle).
//!
//! * `attest`: what is checked of an attestation, and what is kept of it.
//! * `audits`: which jobs are audited.
//! * `windows`: the queue of windows, settlement, retries, pruning.
//! * `reviews`: audits and challenges, the rounds of committees, verdicts, their pay.
//! * `verifiers`: who sits on committees: bonds, lots, seats.
//! * `penalties`: slashes, frozen and then taken or cancelled; denial windows; what governance sets.
//! * `canaries`: jobs that are bad on purpose, and show who finds work good without a look.
//! * `delivery`: demand and delivery of an output.
//! * [`quality`]: the score.
//! * `events`: events and errors, sections of the pallet's module.
//! * `views`, `invariants`: what runtime APIs answer and what always holds.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]
#![deny(missing_docs)]

extern crate alloc;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

mod attest;
mod audits;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod canaries;
mod delivery;
mod events;
mod invariants;
#[cfg(test)]
mod mock;
mod penalties;
pub mod quality;
mod reviews;
#[cfg(test)]
mod tests;
mod types;
mod verifiers;
mod views;
pub mod weights;
mod windows;

use frame_support::pallet_macros::import_section;

/// The pallet: configuration, storage, calls and hooks. Events and errors join it from `events`.
#[import_section(events::events)]
#[import_section(events::errors)]
#[frame_support::pallet]
// The macros generate an `expect` here and there, and one enum of calls, of which an attestation is the longest.
#[allow(clippy::expect_used, clippy::large_enum_variant)]
pub mod pallet {
    use crate::{quality, types::*, WeightInfo};
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, Mutate, MutateHold},
        PalletId,
    };
    use frame_system::pallet_prelude::*;
    use hanzo_poai::{
        committee::{Committee, Verdict, Vote},
        draw, Attestation, JobId,
    };
    use hanzo_traits::{
        Balance, DrawRandomness, FailureReason, JobRegistry, ProofRegistry, SealingKeys, WorkerRegistry,
    };
    use sp_core::{sr25519, H256};
    use sp_runtime::traits::Convert;

    /// Holds attestations, windows and qualities; see the crate's documentation.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime decides.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>, Hash = H256> {
        /// The runtime's reasons for holding balance.
        type RuntimeHoldReason: From<HoldReason>;

        /// $AI, in which the bond of a demand is held; wei.
        type Currency: Inspect<Self::AccountId, Balance = Balance>
            + Mutate<Self::AccountId>
            + MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

        /// The job book.
        type Jobs: JobRegistry<Self::AccountId, BlockNumberFor<Self>>;

        /// The workers' session keys and bonds.
        type Workers: WorkerRegistry<Self::AccountId>;

        /// What checks proofs behind attestations; `()` knows none, and jobs are judged by replays alone.
        type Proofs: ProofRegistry<Self::AccountId>;

        /// Who can be sent the key of a sealed job: only they judge one.
        type Sealing: SealingKeys<Self::AccountId>;

        /// What draws of audits and committees go by.
        type Randomness: DrawRandomness;

        /// Sets the parameters, registers operators of canaries, and may cancel slashes.
        type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// May cancel slashes.
        type CancelOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Names the account of the audit pot, which should exist from the start.
        #[pallet::constant]
        type PalletId: Get<PalletId>;

        /// How long a committee has to replay a job and commit, blocks, at least 1.
        #[pallet::constant]
        type CommitWindow: Get<BlockNumberFor<Self>>;

        /// How long it has to reveal, blocks, at least 1.
        #[pallet::constant]
        type RevealWindow: Get<BlockNumberFor<Self>>;

        /// From the freezing of a slash to its taking, blocks. Mainnet: 7 days.
        #[pallet::constant]
        type SlashDelay: Get<BlockNumberFor<Self>>;

        /// From a verifier's retirement to its bond, blocks. Mainnet: 14 days. Longer than any review.
        #[pallet::constant]
        type VerifierUnbonding: Get<BlockNumberFor<Self>>;

        /// How long after its verdict a job can be revealed to be a canary, blocks. Shorter than `SlashDelay`, so that what the verdict
        /// has frozen can be freed, and than `VerifierUnbonding` less a review. Mainnet: 3 days.
        #[pallet::constant]
        type CanaryWindow: Get<BlockNumberFor<Self>>;

        /// A day of denial windows, blocks.
        #[pallet::constant]
        type Day: Get<BlockNumberFor<Self>>;

        /// Least bond of a challenge, wei. 10 $AI by specification.
        #[pallet::constant]
        type MinChallengeBond: Get<Balance>;

        /// Committees a verifier should sit on at a time, from 1 to [`MAX_SEATS`]; more only where a committee cannot be filled
        /// otherwise for a while.
        #[pallet::constant]
        type MaxSeats: Get<u32>;

        /// From the attestation to the settlement, blocks, at least 1. Mainnet: 1 hour.
        #[pallet::constant]
        type ChallengeWindow: Get<BlockNumberFor<Self>>;

        /// Blocks between something that a committee's draw goes by and the first block that may draw it, and one in how many blocks
        /// does from then on; at least 1. Who writes all of them in a row foresees the draw. Mainnet: 16.
        #[pallet::constant]
        type DrawDelay: Get<u32>;

        /// How long a worker has to deliver a demanded output, blocks, at least 1. 50 by specification.
        #[pallet::constant]
        type DeliveryWindow: Get<BlockNumberFor<Self>>;

        /// How long attestations and delivered outputs are kept after their job is final, and lodged hashes after they came in, blocks.
        #[pallet::constant]
        type AttestationRetention: Get<BlockNumberFor<Self>>;

        /// Longest wait between two attempts to end a job, blocks.
        #[pallet::constant]
        type MaxBackoff: Get<BlockNumberFor<Self>>;

        /// Held of a client while its demand is open, wei. Covers 16 KiB at `DeliveryBytePrice`.
        #[pallet::constant]
        type DeliveryBond: Get<Balance>;

        /// What a delivered byte costs the client, wei; burned. Meant to be the price of a byte of a transaction, which
        /// the worker's delivery does not pay.
        #[pallet::constant]
        type DeliveryBytePrice: Get<Balance>;

        /// V_ref: value from which on a job counts in full for quality, wei, above 0. 10 $AI by specification.
        #[pallet::constant]
        type ReferenceValue: Get<Balance>;

        /// Most weight of one `JobRegistry::settle` or `fail`, whichever is dearer, by the number of pools whose tokens the job
        /// has in escrow.
        type SettleWeight: Convert<u32, Weight>;

        /// Weight that a block spends on windows that are due before any transaction. At least one settlement fits it
        /// (`integrity_test`), so that the queue moves on however full the blocks are.
        type ServiceBudget: Get<Weight>;

        /// Weights of calls and hook steps.
        type WeightInfo: WeightInfo;
    }

    /// Why balance is held.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Bond of a client that demanded an output.
        DeliveryBond,
        /// Bond of a verifier.
        VerifierBond,
        /// Bond of a challenge.
        ChallengeBond,
    }

    /// Accepted attestations by job: the spent set. An entry outlives its window by `AttestationRetention`; afterwards the
    /// job book, for which the job is final, refuses it.
    #[pallet::storage]
    pub type Attestations<T: Config> =
        CountedStorageMap<_, Twox64Concat, JobId, AttestationRecord<T::AccountId, BlockNumberFor<T>>>;

    /// Open windows by job.
    #[pallet::storage]
    pub type Windows<T: Config> = CountedStorageMap<_, Twox64Concat, JobId, Window<T::AccountId, BlockNumberFor<T>>>;

    /// The lottery of audits: jobs at which nobody looks, in places from 0 on without a gap.
    #[pallet::storage]
    pub type AuditEntries<T: Config> = CountedStorageMap<_, Twox64Concat, u32, JobId>;

    /// Their places.
    #[pallet::storage]
    pub type AuditPlaces<T: Config> = StorageMap<_, Twox64Concat, JobId, u32>;

    /// Open windows in the order in which they are due; see [`QueueKey`]. Both parts of a key are given by the chain, so
    /// they need no hashing.
    #[pallet::storage]
    pub type Queue<T: Config> = StorageMap<_, Identity, QueueKey, ()>;

    /// Attestations of final jobs in the order in which their retention ends; see [`QueueKey`].
    #[pallet::storage]
    pub type Expiries<T: Config> = StorageMap<_, Identity, QueueKey, ()>;

    /// Outputs delivered on chain, by job; dropped with the attestation.
    #[pallet::storage]
    pub type Outputs<T: Config> = StorageMap<_, Twox64Concat, JobId, OutputTokens>;

    /// Sealed outputs delivered on chain, likewise.
    #[pallet::storage]
    pub type SealedOutputs<T: Config> = StorageMap<_, Twox64Concat, JobId, SealedOutput>;

    /// Quality before anything is known.
    #[pallet::type_value]
    pub fn InitialQuality() -> u32 {
        quality::INITIAL
    }

    /// Quality by worker, parts per billion.
    #[pallet::storage]
    pub type Quality<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery, InitialQuality>;

    /// What governance sets.
    #[pallet::storage]
    pub type Settings<T> = StorageValue<_, Parameters, ValueQuery>;

    /// Reviews under way, by job.
    #[pallet::storage]
    pub type Reviews<T: Config> = CountedStorageMap<_, Twox64Concat, JobId, Review<T::AccountId>>;

    /// What reviews came to, by job; dropped with the attestation.
    #[pallet::storage]
    pub type Verdicts<T: Config> = StorageMap<_, Twox64Concat, JobId, VerdictRecord<T::AccountId, BlockNumberFor<T>>>;

    /// What reviews left for the reveal of a canary, by job; dropped with the attestation.
    #[pallet::storage]
    pub type Traces<T: Config> = StorageMap<_, Twox64Concat, JobId, Trace<T::AccountId>>;

    /// Verifiers, leaving ones included until they withdraw their bond.
    #[pallet::storage]
    pub type Verifiers<T: Config> = CountedStorageMap<_, Blake2_128Concat, T::AccountId, Verifier<BlockNumberFor<T>>>;

    /// Whose lot lies in a slot.
    #[pallet::storage]
    pub type VerifierSlots<T: Config> = StorageMap<_, Twox64Concat, u32, T::AccountId>;

    /// The first slot nobody ever had. None is given twice: a million registrations at the least bond take longer than any
    /// chain lasts.
    #[pallet::storage]
    pub type VerifierSlotCount<T> = StorageValue<_, u32, ValueQuery>;

    /// The tree of verifiers' lots, by level and place.
    #[pallet::storage]
    pub type VerifierLots<T> = StorageDoubleMap<_, Twox64Concat, u8, Twox64Concat, u32, draw::Node>;

    /// Verifiers whose lot has to follow a change, each with the first block in which it may; in the order of the changes.
    #[pallet::storage]
    pub type VerifierLotQueue<T: Config> = StorageMap<_, Twox64Concat, u64, (T::AccountId, BlockNumberFor<T>)>;

    /// Numbers of the first entry of [`VerifierLotQueue`] and of the one after the last.
    #[pallet::storage]
    pub type VerifierLotRange<T> = StorageValue<_, (u64, u64), ValueQuery>;

    /// Jobs on whose committees a verifier sits.
    #[pallet::storage]
    pub type Seats<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, BoundedVec<JobId, ConstU32<MAX_SEATS>>, ValueQuery>;

    /// Slashes that wait for their time.
    #[pallet::storage]
    pub type Slashes<T: Config> =
        CountedStorageMap<_, Twox64Concat, SlashId, FrozenSlash<T::AccountId, BlockNumberFor<T>>>;

    /// Number of the next slash.
    #[pallet::storage]
    pub type NextSlash<T> = StorageValue<_, SlashId, ValueQuery>;

    /// Slashes in the order in which they are taken; see [`QueueKey`], with the slash in place of the job.
    #[pallet::storage]
    pub type SlashQueue<T: Config> = StorageMap<_, Identity, QueueKey, ()>;

    /// Frauds by account. Kept after a worker has left, so that it cannot come back before its time.
    #[pallet::storage]
    pub type Frauds<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, FraudRecord<BlockNumberFor<T>>>;

    /// Who may lodge canaries; governance answers for them.
    #[pallet::storage]
    pub type CanaryOperators<T: Config> = CountedStorageMap<_, Blake2_128Concat, T::AccountId, ()>;

    /// What each has lodged: hashes that say nothing, neither spent nor expired.
    #[pallet::storage]
    pub type LodgedCanaries<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Blake2_128Concat, H256, Lodged<BlockNumberFor<T>>>;

    /// Lodged hashes in the order in which they expire; see [`QueueKey`], with the number of the hash in place of the job.
    #[pallet::storage]
    pub type CanaryExpiries<T: Config> = StorageMap<_, Identity, QueueKey, (T::AccountId, H256)>;

    /// Number of the next hash that is lodged.
    #[pallet::storage]
    pub type NextLodged<T> = StorageValue<_, u64, ValueQuery>;

    /// How many each has lodged, at most [`MAX_LODGED`].
    #[pallet::storage]
    pub type LodgedCount<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

    /// What a chain starts with.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// What governance can change later.
        pub parameters: Parameters,
        /// Verifiers, each with its bond, wei.
        pub verifiers: Vec<(T::AccountId, Balance)>,
        /// Who may lodge canaries.
        pub canary_operators: Vec<T::AccountId>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let parameters = Pallet::<T>::do_set_parameters(self.parameters);
            // A chain must not start on books that do not balance; genesis has no softer way to refuse.
            assert!(parameters.is_ok(), "genesis parameters of Proof of AI: {:?}: {parameters:?}", self.parameters);
            for (account, bond) in &self.verifiers {
                let registered = Pallet::<T>::do_register_verifier(account, *bond);
                assert!(registered.is_ok(), "genesis verifier {account:?} with a bond of {bond}: {registered:?}");
            }
            for account in &self.canary_operators {
                let registered = Pallet::<T>::put_operator(account.clone(), true);
                assert!(registered.is_ok(), "genesis operator of canaries {account:?}: {registered:?}");
            }
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Attests to the work on a job, once and not after its deadline. Signed by the worker that accepted the job.
        ///
        /// * `attestation`: what was computed; its fields must be those of the job, its counts within what was paid.
        /// * `signature`: of the worker's session key, as registered now, over the attestation's signing hash under the
        ///   job's challenge.
        ///
        /// Free when it succeeds, which it does once per accepted job. Emits [`Event::Attested`]; fails with the error of
        /// the first check that does not hold, or the job book's own where the job is not accepted or attested already.
        #[pallet::call_index(0)]
        #[pallet::weight((Pallet::<T>::attest_weight(attestation), DispatchClass::Normal, Pays::Yes))]
        pub fn attest(
            origin: OriginFor<T>,
            attestation: Attestation<T::AccountId>,
            signature: sr25519::Signature,
        ) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let challenge = Self::check_attestation(&who, &attestation, &signature)?;
            Self::record_attestation(attestation, challenge)?;
            Ok(Pays::No.into())
        }

        /// Demands that the output of an attested job be delivered on chain. Signed by the job's client, inside the
        /// window, once per job.
        ///
        /// * `job`: its output has at most 4,096 tokens.
        ///
        /// Holds `DeliveryBond` until the output is there (less the price of its bytes) or the job has failed. Emits
        /// [`Event::OutputDemanded`]. Fails with [`Error::NoOpenWindow`], [`Error::NotClient`],
        /// [`Error::AlreadyDemanded`], [`Error::WindowOver`], [`Error::OutputTooLong`], or for lack of balance.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::demand_output())]
        pub fn demand_output(origin: OriginFor<T>, job: JobId) -> DispatchResult {
            Self::demand(ensure_signed(origin)?, job)
        }

        /// Delivers a demanded output. Signed by the worker that attested, within `DeliveryWindow` of the demand.
        ///
        /// * `job`: the job.
        /// * `tokens`: all output token ids in order; number and root are compared with the attestation.
        ///
        /// Free when it succeeds: the client's bond pays for the bytes. Emits [`Event::OutputDelivered`]. Fails with
        /// [`Error::NoOpenWindow`], [`Error::WrongWorker`], [`Error::NotDemanded`], [`Error::DeliveryOverdue`] or
        /// [`Error::WrongOutput`].
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::deliver_output(u32::try_from(tokens.len()).unwrap_or(MAX_DELIVERED_TOKENS)))]
        pub fn deliver_output(origin: OriginFor<T>, job: JobId, tokens: OutputTokens) -> DispatchResultWithPostInfo {
            Self::deliver(ensure_signed(origin)?, job, tokens)?;
            Ok(Pays::No.into())
        }

        /// Delivers a demanded output of a sealed job: its bytes as they are, sealed. Otherwise as [`Pallet::deliver_output`].
        ///
        /// * `job`: the job.
        /// * `output`: the bytes whose hash was attested.
        #[pallet::call_index(20)]
        #[pallet::weight(T::WeightInfo::deliver_sealed_output(u32::try_from(output.len()).unwrap_or(MAX_SEALED_BYTES)))]
        pub fn deliver_sealed_output(
            origin: OriginFor<T>,
            job: JobId,
            output: SealedOutput,
        ) -> DispatchResultWithPostInfo {
            Self::deliver_sealed(ensure_signed(origin)?, job, output)?;
            Ok(Pays::No.into())
        }

        /// Makes the caller a verifier: committees are drawn among them by bond. Its lot counts `DrawDelay` blocks later.
        ///
        /// * `bond`: wei, at least `Settings.min_verifier_bond`, held until it has left.
        ///
        /// Emits [`Event::VerifierRegistered`]. Fails with [`Error::AlreadyVerifier`], [`Error::IsWorker`],
        /// [`Error::VerifierBondTooSmall`], [`Error::TooManyVerifiers`], or if the bond cannot be held.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::register_verifier())]
        pub fn register_verifier(origin: OriginFor<T>, #[pallet::compact] bond: Balance) -> DispatchResult {
            Self::do_register_verifier(&ensure_signed(origin)?, bond)
        }

        /// Adds `amount` wei to the calling verifier's bond.
        ///
        /// Emits [`Event::VerifierBondAdded`]. Fails with [`Error::ZeroAmount`], [`Error::NotVerifier`],
        /// [`Error::VerifierLeaving`], [`Error::LotPending`], or if the amount cannot be held.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::add_verifier_bond())]
        pub fn add_verifier_bond(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            Self::do_add_verifier_bond(&ensure_signed(origin)?, amount)
        }

        /// Begins to leave: no committee is drawn with the caller any more; those it sits on go on.
        ///
        /// Emits [`Event::VerifierRetired`]. Fails with [`Error::NotVerifier`] or [`Error::VerifierLeaving`].
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::retire_verifier())]
        pub fn retire_verifier(origin: OriginFor<T>) -> DispatchResult {
            Self::do_retire_verifier(&ensure_signed(origin)?)
        }

        /// Gives a retired verifier its bond back, `VerifierUnbonding` after it retired, when it has no seat and nothing of the
        /// bond is frozen.
        ///
        /// Emits [`Event::VerifierLeft`]. Fails with [`Error::NotVerifier`], [`Error::VerifierNotLeaving`],
        /// [`Error::StillSeated`] or [`Error::Unbonding`].
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::withdraw_verifier_bond())]
        pub fn withdraw_verifier_bond(origin: OriginFor<T>) -> DispatchResult {
            Self::do_withdraw_verifier_bond(&ensure_signed(origin)?)
        }

        /// Commits to a vote on a job on whose committee the caller sits, once per round, while the committee commits.
        ///
        /// * `commitment`: [`hanzo_poai::committee::commitment`] over genesis, job, round, caller, vote and a random salt.
        ///
        /// Free when it succeeds. Emits [`Event::VerdictCommitted`]. Fails with [`Error::NoOpenWindow`],
        /// [`Error::NotInReview`], [`Error::NotCommitting`], [`Error::NotMember`] or [`Error::AlreadyCommitted`].
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::commit_verdict())]
        pub fn commit_verdict(
            origin: OriginFor<T>,
            #[pallet::compact] job: JobId,
            commitment: H256,
        ) -> DispatchResultWithPostInfo {
            Self::do_commit(ensure_signed(origin)?, job, commitment)?;
            Ok(Pays::No.into())
        }

        /// Reveals a vote, while the committee reveals.
        ///
        /// * `vote`, `salt`: what the caller committed to.
        /// * `evidence`: hash of what it publishes off chain about its replay, zero for nothing.
        ///
        /// Free when it succeeds. Emits [`Event::VerdictRevealed`]. Fails with [`Error::NoOpenWindow`],
        /// [`Error::NotInReview`], [`Error::NotRevealing`], [`Error::NotMember`], [`Error::AlreadyRevealed`] or
        /// [`Error::WrongReveal`].
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::reveal_verdict())]
        pub fn reveal_verdict(
            origin: OriginFor<T>,
            #[pallet::compact] job: JobId,
            vote: Vote,
            salt: [u8; 32],
            evidence: H256,
        ) -> DispatchResultWithPostInfo {
            Self::do_reveal(ensure_signed(origin)?, job, vote, salt, evidence)?;
            Ok(Pays::No.into())
        }

        /// Challenges a job that was not drawn for audit, inside its window: seven verifiers judge it.
        ///
        /// Holds max(`MinChallengeBond`, the job's value, 2 × the price of a replay). Found forged, the bond comes back, and
        /// of the slash, when it is taken, at most half of it and at most twice the job's value and a replay. Found good, half of
        /// the bond goes to the committee and half to the worker. Without a verdict it comes back.
        ///
        /// Emits [`Event::Challenged`]. Fails with [`Error::NoOpenWindow`], [`Error::OwnWork`],
        /// [`Error::AlreadyReviewed`], [`Error::WindowOver`], [`Error::TooFewVerifiers`], or for lack of balance.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::challenge())]
        pub fn challenge(origin: OriginFor<T>, #[pallet::compact] job: JobId) -> DispatchResult {
            Self::do_challenge(ensure_signed(origin)?, job)
        }

        /// Cancels a slash that is not taken yet: the bond is free again, and a worker's fraud no longer counts. The job stays failed.
        ///
        /// Governance or `CancelOrigin`. Emits [`Event::SlashCancelled`]. Fails with [`Error::UnknownSlash`].
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::cancel_slash())]
        pub fn cancel_slash(origin: OriginFor<T>, #[pallet::compact] slash: SlashId) -> DispatchResult {
            T::CancelOrigin::ensure_origin(origin.clone())
                .map(|_| ())
                .or_else(|_| T::GovernanceOrigin::ensure_origin(origin).map(|_| ()))?;
            Self::do_cancel_slash(slash)
        }

        /// Sets the audit rate, the least bond of verifiers, and whether frauds cost bonds; counts from the next draw and
        /// registration on.
        ///
        /// Governance. Emits [`Event::ParametersSet`]. Fails with [`Error::ParameterOutOfRange`].
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, parameters: Parameters) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_parameters(parameters)
        }

        /// Registers an operator of canaries, or takes one off the list: what it has lodged is worth nothing then.
        ///
        /// Governance. Emits [`Event::CanaryOperatorSet`]. Fails with [`Error::AlreadyOperator`], [`Error::TooManyOperators`] or
        /// [`Error::NotOperator`].
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::set_canary_operator())]
        pub fn set_canary_operator(origin: OriginFor<T>, operator: T::AccountId, registered: bool) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::put_operator(operator, registered)
        }

        /// Lodges hashes, of jobs that may be canaries and of noise, before these are submitted. Signed by an operator.
        ///
        /// * `hashes`: [`hanzo_poai::canary::commitment`] over genesis, caller, the client that will submit the job, its nonce and a
        ///   random salt; or noise, which looks the same.
        ///
        /// They are kept for `AttestationRetention` or until they are revealed. Emits [`Event::CanariesLodged`]. Fails with
        /// [`Error::NotOperator`], [`Error::AlreadyLodged`] or [`Error::TooManyLodged`].
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::lodge_canaries(u32::try_from(hashes.len()).unwrap_or(MAX_LODGED_AT_ONCE)))]
        pub fn lodge_canaries(origin: OriginFor<T>, hashes: CanaryHashes) -> DispatchResult {
            Self::do_lodge(ensure_signed(origin)?, hashes)
        }

        /// Says that a reviewed job was a canary. Signed by its client, once the job is final, at most `CanaryWindow` after its
        /// verdict.
        ///
        /// * `operator`, `salt`: those of the hash, which was lodged in a block before that of the job's submission.
        /// * `consent`: of the worker's session key, as registered now, over [`hanzo_poai::canary::consent`] of the attestation's
        ///   challenge and the lodged hash: the worker attested what it knew to be wrong.
        ///
        /// Whoever found it good in any round has a tenth of its bond frozen, if slashing is on, unless its vote was punished before.
        /// What a verdict did to the worker is undone: its slash, a challenger's bounty with it, its denial and the change of its
        /// quality; and the slashes of members whom seven outvoted for the truth. The caller pays the pot what that paid for replays, and
        /// a challenger a lost bond and the price of a replay. The job stays as it ended.
        ///
        /// Emits [`Event::CanaryRevealed`]. Fails with [`Error::NotClient`], [`Error::NoVerdict`], [`Error::JobNotFinal`],
        /// [`Error::KnownCanary`], [`Error::WindowOver`], [`Error::NotOperator`], [`Error::NotLodged`], [`Error::LodgedTooLate`],
        /// [`Error::NoSessionKey`], [`Error::BadSignature`], or for lack of balance.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::reveal_canary())]
        pub fn reveal_canary(
            origin: OriginFor<T>,
            operator: T::AccountId,
            #[pallet::compact] job: JobId,
            salt: [u8; 32],
            consent: sr25519::Signature,
        ) -> DispatchResult {
            Self::do_reveal_canary(ensure_signed(origin)?, operator, job, salt, &consent)
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Brings verifiers' lots up to date, takes the slashes whose time has come, draws audits, and goes on with the windows that
        /// are due: steps of reviews, ends of jobs. Within `ServiceBudget`, of which lots have a quarter, slashes and
        /// audits an eighth each.
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            let limit = T::ServiceBudget::get();
            let quarter = limit.saturating_div(4);
            let lots = Self::apply_verifier_lots(now, quarter);
            let eighth = limit.saturating_div(8);
            let spent = lots.saturating_add(Self::apply_due_slashes(now, eighth));
            let spent = spent.saturating_add(Self::run_lottery(now, eighth));
            spent.saturating_add(Self::service_windows(now, limit.saturating_sub(spent), true))
        }

        /// Goes on with what `on_initialize` had no room for, draws excepted, then drops attestations and lodged hashes whose time is
        /// over.
        fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
            let slashes = Self::apply_due_slashes(now, remaining);
            let windows = Self::service_windows(now, remaining.saturating_sub(slashes), false);
            let spent = slashes.saturating_add(windows);
            let spent = spent.saturating_add(Self::prune(now, remaining.saturating_sub(spent)));
            spent.saturating_add(Self::prune_lodged(now, remaining.saturating_sub(spent)))
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state(1).map_err(|text| {
                log::error!("{text}");
                sp_runtime::TryRuntimeError::Other("invariants of Proof of AI")
            })
        }

        #[cfg(feature = "std")]
        fn integrity_test() {
            use sp_runtime::traits::{Saturating, Zero};

            assert!(!T::ChallengeWindow::get().is_zero(), "ChallengeWindow is 0 blocks, want at least 1");
            assert!(!T::DeliveryWindow::get().is_zero(), "DeliveryWindow is 0 blocks, want at least 1");
            assert!(T::ReferenceValue::get() > 0, "ReferenceValue is 0 wei, want more");
            assert!(T::ReferenceValue::get().checked_mul(10).is_some(), "ReferenceValue overflows the quality formula");
            let (bond, price) = (T::DeliveryBond::get(), T::DeliveryBytePrice::get());
            let bytes = Balance::from(MAX_DELIVERED_TOKENS.saturating_mul(TOKEN_BYTES));
            assert!(
                price.checked_mul(bytes).is_some_and(|most| most <= bond),
                "DeliveryBond of {bond} wei does not cover {bytes} bytes at {price} wei"
            );
            let (budget, block) = (T::ServiceBudget::get(), T::BlockWeights::get().max_block);
            assert!(budget.all_lte(block), "a ServiceBudget of {budget} does not fit a block of {block}");
            let step = T::WeightInfo::service_queue().saturating_add(Self::step_weight());
            let (half, quarter, eighth) =
                (budget.saturating_div(2), budget.saturating_div(4), budget.saturating_div(8));
            let audit = T::WeightInfo::run_lottery().saturating_add(T::WeightInfo::draw_audit());
            assert!(audit.all_lte(eighth), "an audit of {audit} does not fit an eighth of a ServiceBudget of {budget}");
            assert!(step.all_lte(half), "one step of {step} does not fit half of a ServiceBudget of {budget}");
            assert!(T::DrawDelay::get() > 0, "DrawDelay is 0 blocks, want at least 1");
            let lots = T::WeightInfo::apply_verifier_lot().saturating_mul(crate::verifiers::MIN_LOTS.into());
            assert!(
                lots.all_lte(quarter),
                "changes of lots of {lots} do not fit a quarter of a ServiceBudget of {budget}"
            );
            let slash = T::WeightInfo::apply_slash().saturating_add(T::WeightInfo::service_queue().saturating_mul(2));
            assert!(slash.all_lte(eighth), "a slash of {slash} does not fit an eighth of a ServiceBudget of {budget}");
            assert!(!T::CommitWindow::get().is_zero(), "CommitWindow is 0 blocks, want at least 1");
            assert!(!T::RevealWindow::get().is_zero(), "RevealWindow is 0 blocks, want at least 1");
            let window = T::CanaryWindow::get();
            assert!(window < T::SlashDelay::get(), "a CanaryWindow of {window:?} is not shorter than SlashDelay");
            let review = Self::longest_review();
            assert!(
                window.saturating_add(review) < T::VerifierUnbonding::get(),
                "a CanaryWindow of {window:?} after a review of {review:?} outlasts VerifierUnbonding"
            );
            assert!(window < T::AttestationRetention::get(), "a CanaryWindow of {window:?} outlasts attestations");
            assert!((1..=MAX_SEATS).contains(&T::MaxSeats::get()), "MaxSeats is not between 1 and {MAX_SEATS}");
        }
    }
}
