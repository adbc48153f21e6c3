//! Proof of AI: attestations, challenge windows, delivery of withheld output, quality of workers (specification:
//! docs/jobs.md).
//!
//! A worker [attests](Pallet::attest) once to what it computed for a job. The attestation opens a challenge window; when
//! the window is over, the job settles. Inside it the client may [demand the output](Pallet::demand_output), which the
//! worker then [delivers](Pallet::deliver_output) or the job fails. Failures lower the worker's quality.
//!
//! Jobs and workers live elsewhere; this pallet reaches them through [`JobRegistry`](hanzo_traits::JobRegistry) and
//! [`WorkerRegistry`](hanzo_traits::WorkerRegistry), and answers as [`QualityOracle`](hanzo_traits::QualityOracle). It
//! moves no money but the bond of a demand.
//!
//! * `attest`: what is checked of an attestation, and what is kept of it.
//! * `windows`: the queue of windows, settlement, retries, pruning.
//! * `delivery`: demand and delivery of an output.
//! * [`quality`]: the score.
//! * `views`, `invariants`: what runtime APIs answer and what always holds.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]
#![deny(missing_docs)]

extern crate alloc;

pub use pallet::*;
pub use types::{AttestationRecord, Delivery, OutputTokens, QueueKey, Window, MAX_DELIVERED_TOKENS, TOKEN_BYTES};
pub use weights::WeightInfo;

mod attest;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod delivery;
mod invariants;
#[cfg(test)]
mod mock;
pub mod quality;
#[cfg(test)]
mod tests;
mod types;
mod views;
pub mod weights;
mod windows;

/// The pallet: configuration, storage, calls and hooks.
#[frame_support::pallet]
// The macros generate an `expect` here and there, and one enum of calls, of which an attestation is the longest.
#[allow(clippy::expect_used, clippy::large_enum_variant)]
pub mod pallet {
    use crate::{quality, types::*, WeightInfo};
    use frame_support::{
        pallet_prelude::*,
        traits::fungible::{Inspect, Mutate, MutateHold},
    };
    use frame_system::pallet_prelude::*;
    use hanzo_poai::{Attestation, JobId};
    use hanzo_traits::{Balance, FailureReason, JobRegistry, WorkerRegistry};
    use sp_core::{sr25519, H256};

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

        /// The workers' session keys.
        type Workers: WorkerRegistry<Self::AccountId>;

        /// From the attestation to the settlement, blocks, at least 1. Mainnet: 1 hour.
        #[pallet::constant]
        type ChallengeWindow: Get<BlockNumberFor<Self>>;

        /// How long a worker has to deliver a demanded output, blocks, at least 1. 50 by specification.
        #[pallet::constant]
        type DeliveryWindow: Get<BlockNumberFor<Self>>;

        /// How long attestations and delivered outputs are kept after their job is final, blocks.
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

        /// Most weight of one `JobRegistry::settle` or `fail`, whichever is dearer.
        type SettleWeight: Get<Weight>;

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
    }

    /// Accepted attestations by job: the spent set. An entry outlives its window by `AttestationRetention`; afterwards the
    /// job book, for which the job is final, refuses it.
    #[pallet::storage]
    pub type Attestations<T: Config> =
        CountedStorageMap<_, Twox64Concat, JobId, AttestationRecord<T::AccountId, BlockNumberFor<T>>>;

    /// Open windows by job.
    #[pallet::storage]
    pub type Windows<T: Config> = CountedStorageMap<_, Twox64Concat, JobId, Window<T::AccountId, BlockNumberFor<T>>>;

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

    /// Quality before anything is known.
    #[pallet::type_value]
    pub fn InitialQuality() -> u32 {
        quality::INITIAL
    }

    /// Quality by worker, parts per billion.
    #[pallet::storage]
    pub type Quality<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery, InitialQuality>;

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A worker attested; the challenge window is open.
        Attested {
            /// The job.
            job: JobId,
            /// Who attested.
            worker: T::AccountId,
            /// Content hash of the model.
            model: H256,
            /// Hash of the input blob.
            input: H256,
            /// Hash of the output blob.
            output: H256,
            /// Root over the output tokens.
            tokens_root: H256,
            /// Root over the fingerprints.
            fingerprints_root: H256,
            /// Hash of the whole receipt.
            receipt_root: H256,
            /// Hash of the engine profile.
            engine_profile: H256,
            /// Prompt tokens.
            prompt_tokens: u32,
            /// Output tokens.
            output_tokens: u32,
            /// First block in which the job can settle.
            settles_at: BlockNumberFor<T>,
        },
        /// A client demands the output on chain.
        OutputDemanded {
            /// The job.
            job: JobId,
            /// Who asks.
            client: T::AccountId,
            /// Held of the client, wei.
            bond: Balance,
            /// Last block for the delivery.
            deliver_by: BlockNumberFor<T>,
        },
        /// A worker delivered the output on chain.
        OutputDelivered {
            /// The job.
            job: JobId,
            /// Who delivered.
            worker: T::AccountId,
            /// Output tokens, now in [`Outputs`].
            tokens: u32,
            /// Burned of the client's bond for the bytes, wei.
            charged: Balance,
            /// Given back to the client, wei.
            returned: Balance,
        },
        /// The window is over and the job final.
        WindowClosed {
            /// The job.
            job: JobId,
            /// Who attested.
            worker: T::AccountId,
            /// Why the job failed; `None` if it settled.
            failure: Option<FailureReason>,
            /// Attempts that had failed before.
            attempts: u32,
        },
        /// The window is over, but the job could not be ended; it is tried again.
        WindowDeferred {
            /// The job.
            job: JobId,
            /// Failed attempts so far.
            attempts: u32,
            /// Block of the next attempt.
            retry_at: BlockNumberFor<T>,
            /// What the job book said.
            error: DispatchError,
        },
        /// An attestation, and the output if it was delivered, are no longer kept.
        AttestationPruned {
            /// The job.
            job: JobId,
        },
        /// A worker's quality changed.
        QualityChanged {
            /// The worker.
            worker: T::AccountId,
            /// Before, parts per billion.
            before: u32,
            /// After, parts per billion.
            after: u32,
            /// Value of the job behind it, wei.
            value: Balance,
        },
        /// A worker left; its quality is no longer kept.
        QualityForgotten {
            /// The worker.
            worker: T::AccountId,
            /// What it was, parts per billion.
            quality: u32,
        },
    }

    /// Why a call was refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The job was attested before; an attestation counts once.
        AlreadyAttested,
        /// The job's deadline has passed.
        DeadlinePassed,
        /// The caller, or the worker named, is not the one that accepted the job.
        WrongWorker,
        /// Another model than the one asked for.
        ModelMismatch,
        /// Another input than the one handed over.
        InputMismatch,
        /// Another nonce than the client's.
        NonceMismatch,
        /// Another seed than the one drawn for the job.
        SeedMismatch,
        /// Another prior than the one asked for, or one where none was asked for.
        PriorMismatch,
        /// More prompt tokens than were paid for.
        TooManyPromptTokens,
        /// No output tokens: nothing was computed.
        NoOutputTokens,
        /// More output tokens than were paid for.
        TooManyOutputTokens,
        /// Nothing on this chain can judge this kind of proof.
        UnsupportedProof,
        /// Another kind of proof than the job asks for.
        ProofMismatch,
        /// A root or hash is zero or that of an empty tree, or both roots are the same.
        DegenerateHash,
        /// The worker has no session key.
        NoSessionKey,
        /// Not a signature of the worker's session key over this attestation for this job on this chain.
        BadSignature,
        /// The job has no open window: not attested yet, or final.
        NoOpenWindow,
        /// The caller is not the job's client.
        NotClient,
        /// The output was demanded before; that is possible once.
        AlreadyDemanded,
        /// The window is over.
        WindowOver,
        /// The output is longer than the 4,096 tokens that are delivered on chain.
        OutputTooLong,
        /// Nobody demanded the output, or it is delivered.
        NotDemanded,
        /// The time for the delivery is over.
        DeliveryOverdue,
        /// Not the attested tokens: their number or their root differs.
        WrongOutput,
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
        #[pallet::weight((T::WeightInfo::attest(), DispatchClass::Normal, Pays::Yes))]
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
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Ends jobs whose windows are due, within `ServiceBudget`.
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::close_due_windows(now, T::ServiceBudget::get())
        }

        /// Ends the jobs that `on_initialize` had no room for, then drops attestations whose retention is over.
        fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
            let closing = Self::close_due_windows(now, remaining);
            closing.saturating_add(Self::prune(now, remaining.saturating_sub(closing)))
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
            use sp_runtime::traits::Zero;

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
            assert!(step.all_lte(budget), "one settlement of {step} does not fit a ServiceBudget of {budget}");
        }
    }
}
