//! Workers with bonds, resource tokens as their obligations, and the life of a job from submission to its one final
//! state (docs/jobs.md, docs/market.md).
//!
//! | file | holds |
//! |---|---|
//! | [`types`] | what is stored and announced |
//! | `events` | events and errors, a section of the pallet's module |
//! | `workers` | joining, leaving, changing, the dense index that lists workers |
//! | `lots` | each worker's share in the draw |
//! | `bonds` | the joint limit: what a bond backs, and how much of it is free |
//! | `tokens` | minting and burning, escrow |
//! | [`margin`] | obligations that a bond does not back any more or that are left behind: calls, buy-backs, cash |
//! | `submit` | checks and purchase |
//! | `draw` | randomness, sampling, the choice of a worker |
//! | `lifecycle` | acceptance, cancellation, refunds, failures |
//! | `settle` | payment of an attested job |
//! | `bonus` | what verified jobs earn besides, from the workers' share of emission |
//! | `slashing` | bonds frozen, freed and taken after a fraud |
//! | `sla` | signs of life, and what a worker's jobs showed of it |
//! | `agenda` | the queue through which every job ends, and pruning |
//! | `registry` | what the Proof of AI pallet asks |
//! | `view` | what clients ask |
//! | `invariants` | what must always hold |
//!
//! **Who moves a job.** Until it is attested, this pallet's agenda holds exactly one entry per open job (its draw, the
//! end of its acceptance, or its deadline) and acts on it when it is due, whoever is silent. An attested job belongs to
//! the Proof of AI pallet, which settles or fails it at the end of its window through
//! [`JobRegistry`](hanzo_traits::JobRegistry).
//!
//! **Class law.** Tokens of a pool in existence = what workers owe of it + what was settled in cash. Jobs only move
//! tokens; nothing but [`Pallet::mint_tokens`], [`Pallet::burn_tokens`], buy-backs and genesis changes their number.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]
#![deny(missing_docs)]

extern crate alloc;

mod agenda;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bonds;
mod bonus;
mod budget;
mod draw;
mod events;
mod genesis;
mod invariants;
mod lifecycle;
mod lots;
pub mod margin;
#[cfg(test)]
mod mock;
mod registry;
mod settle;
mod sla;
mod slashing;
mod submit;
#[cfg(test)]
mod tests;
mod tokens;
pub mod types;
mod view;
pub mod weights;
mod workers;

pub use pallet::*;

use frame_support::pallet_macros::import_section;

/// The pallet: storage, calls, hooks. Events and errors join it from `events`; what the calls do is in the files beside
/// this one.
#[import_section(events::events)]
#[import_section(events::errors)]
#[frame_support::pallet]
// The section macro gives what FRAME generates the spans of this file, and with them its lints.
#[allow(clippy::expect_used)]
pub mod pallet {
    use crate::{
        agenda::When,
        budget::Budget,
        margin::types::{Lane, MarginCall},
        types::{
            BonusEpoch, BonusParameters, GenesisWorker, Job, Models, Offer, Payout, RefundReason, TierRule, Worker,
            MAX_MISSES,
        },
        weights::WeightInfo,
    };
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, fungibles, Contains},
        PalletId,
    };
    use frame_system::pallet_prelude::*;
    use hanzo_poai::{draw, parts::MAX_POOLS, JobRequest, ModelProfile, Parts, Resources};
    use hanzo_traits::{
        AssetId, Balance, ComputeMarket, FailureReason, JobId, PoolId, ProofRegistry, QualityOracle, SealingKeys,
        SessionKey, TeeRegistry, Tier, VrfOutputs,
    };
    use sp_core::H256;
    use sp_runtime::traits::Saturating as _;

    /// A job with this chain's types.
    pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId, BlockNumberFor<T>>;
    /// A worker with this chain's types.
    pub type WorkerOf<T> = Worker<BlockNumberFor<T>>;

    /// The pallet; see the crate's documentation.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the runtime wires in. Periods are in blocks.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;
        /// Credits: the native token.
        type Currency: fungible::Mutate<Self::AccountId, Balance = Balance>
            + fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;
        /// Resource tokens; those of [`PoolId::asset_id`] must be sufficient, with a minimum balance of 1.
        type Tokens: fungibles::Mutate<Self::AccountId, AssetId = AssetId, Balance = Balance>;
        /// Where tokens are bought and sold.
        type Market: ComputeMarket<Self::AccountId>;
        /// Which kinds of proof a job may ask for.
        type Proofs: ProofRegistry<Self::AccountId>;
        /// Who can be sent sealed inputs.
        type Sealing: SealingKeys<Self::AccountId>;
        /// Which workers' session keys live in trusted execution environments.
        type Tees: TeeRegistry<Self::AccountId>;
        /// Quality of workers.
        type Quality: QualityOracle<Self::AccountId>;
        /// VRF output of the block being executed, and not of an earlier one: draws rely on nobody knowing it before. Read
        /// in `on_initialize`, so whatever provides it must come earlier in the order of pallets.
        type Vrf: VrfOutputs;
        /// Accounts in a denial window: no submissions, no assignments, no acceptance.
        type Denied: Contains<Self::AccountId>;
        /// Accounts that judge work, and so never do any: they cannot register.
        type Verifiers: Contains<Self::AccountId>;
        /// Sets model profiles, tiers and TEE certificates.
        type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Names the escrow account.
        #[pallet::constant]
        type PalletId: Get<PalletId>;
        /// Least bond of a worker, wei (100 $AI).
        #[pallet::constant]
        type MinWorkerBond: Get<Balance>;
        /// How many times its open value and obligations a bond must be (30).
        #[pallet::constant]
        type BondMultiple: Get<u32>;
        /// Seconds of its units a worker may have outstanding as tokens (600).
        #[pallet::constant]
        type HorizonSeconds: Get<u32>;
        /// From the last open job and obligation of a leaving worker to its bond (at least 14 days).
        #[pallet::constant]
        type UnbondingPeriod: Get<BlockNumberFor<Self>>;
        /// From a margin call to the first purchase from the bond (1 day).
        #[pallet::constant]
        type MarginGrace: Get<BlockNumberFor<Self>>;
        /// From there on, how long the protocol buys before it settles in cash what is left (7 days).
        #[pallet::constant]
        type BuyBackPeriod: Get<BlockNumberFor<Self>>;
        /// How long a worker may give no sign and still be drawn (1 hour).
        #[pallet::constant]
        type SilenceLimit: Get<BlockNumberFor<Self>>;
        /// From a sign to the next heartbeat that is taken: less than half of [`Self::SilenceLimit`].
        #[pallet::constant]
        type HeartbeatPeriod: Get<BlockNumberFor<Self>>;
        /// Time from block to block that the chain aims at, milliseconds.
        type BlockMillis: Get<u64>;
        /// In which a drawn worker accepts (20).
        #[pallet::constant]
        type AcceptWindow: Get<BlockNumberFor<Self>>;
        /// Least time from submission to deadline for models without a profile.
        #[pallet::constant]
        type MinJobDuration: Get<BlockNumberFor<Self>>;
        /// Most time from submission to deadline (1 day).
        #[pallet::constant]
        type MaxJobDuration: Get<BlockNumberFor<Self>>;
        /// How long a finished job can be looked up.
        #[pallet::constant]
        type JobRetention: Get<BlockNumberFor<Self>>;
        /// Further draws after the first worker did not accept (3).
        #[pallet::constant]
        type MaxRedraws: Get<u32>;
        /// Draws that find nobody before the job is refunded.
        #[pallet::constant]
        type MaxEmptyDraws: Get<u32>;
        /// Audit fee of a job, parts per billion of its value (3 %).
        #[pallet::constant]
        type AuditFeePpb: Get<u32>;
        /// Replays that a job may expect to have paid, parts per billion: three for each of the jobs that are audited (0.3). Its audit fee
        /// pays for them at least.
        #[pallet::constant]
        type AuditReplaysPpb: Get<u32>;
        /// Account that holds the workers' share of emission: whoever funds it pays in, bonuses are paid out. What it holds before
        /// the first bonus of an epoch is the workers' share of that epoch.
        type RewardsPot: Get<Self::AccountId>;
        /// Length of an epoch of bonuses.
        #[pallet::constant]
        type BonusEpochBlocks: Get<BlockNumberFor<Self>>;
        /// Account that audit fees go to.
        type AuditPot: Get<Self::AccountId>;
        /// Least value of a job, wei.
        #[pallet::constant]
        type MinJobValue: Get<Balance>;
        /// Least that is held from a client per job, wei: the price of the agenda's dearest way to end one that nobody
        /// takes.
        #[pallet::constant]
        type MinJobFee: Get<Balance>;
        /// β of the draw, parts per billion: a worker's chance goes by exp(β·(2q − 1)), within ¼ to 4 (0.3).
        #[pallet::constant]
        type DrawBetaPpb: Get<u32>;
        /// Value of a job, wei, above which β is as much less as the job is worth more: what quality is measured by.
        #[pallet::constant]
        type ReferenceValue: Get<Balance>;
        /// Samples taken by one draw, with repetition (12).
        #[pallet::constant]
        type MaxCandidates: Get<u32>;
        /// Jobs a client may have waiting: neither attested nor final.
        #[pallet::constant]
        type MaxOpenJobsPerClient: Get<u32>;
        /// Jobs a worker may have to do: drawn or accepted.
        #[pallet::constant]
        type MaxOpenJobsPerWorker: Get<u32>;
        /// What the agenda may spend of a block in `on_initialize`: at least what two entries take.
        #[pallet::constant]
        type AgendaWeight: Get<Weight>;
        /// Costs of calls and hooks.
        type WeightInfo: WeightInfo;
    }

    /// Why the pallet holds credits.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A worker's bond.
        WorkerBond,
        /// 1 % of a job's value, at least a floor, for its late cancellation and for draws in vain, and its audit fee.
        JobFee,
    }

    /// Workers, leaving ones included until they withdraw their bond.
    #[pallet::storage]
    pub type Workers<T: Config> = CountedStorageMap<_, Blake2_128Concat, T::AccountId, WorkerOf<T>>;

    /// The same workers by position, `0..Workers::count()` without gaps: what lists of them go by.
    #[pallet::storage]
    pub type WorkerIndex<T: Config> = StorageMap<_, Twox64Concat, u32, T::AccountId>;

    /// Position of each worker in [`WorkerIndex`].
    #[pallet::storage]
    pub type WorkerPosition<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32>;

    /// Whose lot lies in a slot.
    #[pallet::storage]
    pub type SlotOwner<T: Config> = StorageMap<_, Twox64Concat, u32, T::AccountId>;

    /// Slots that workers have left, a stack.
    #[pallet::storage]
    pub type FreeSlots<T> = StorageMap<_, Twox64Concat, u32, u32>;

    /// Height of the stack [`FreeSlots`], and the first slot nobody ever had.
    #[pallet::storage]
    pub type SlotCounts<T> = StorageValue<_, (u32, u32), ValueQuery>;

    /// The tree of lots, by level and place: level 0 holds the lots of 32 slots each, wei, every other level the sums of
    /// 32 nodes below. Nodes without lots are not stored.
    #[pallet::storage]
    pub type LotNodes<T> = StorageDoubleMap<_, Twox64Concat, u8, Twox64Concat, u32, draw::Node>;

    /// Workers whose lot has to follow a change, each with the first block in which it may; in the order of the changes.
    #[pallet::storage]
    pub type LotQueue<T: Config> = StorageMap<_, Twox64Concat, u64, (T::AccountId, BlockNumberFor<T>)>;

    /// Numbers of the first entry of [`LotQueue`] and of the one after the last.
    #[pallet::storage]
    pub type LotQueueRange<T> = StorageValue<_, (u64, u64), ValueQuery>;

    /// Which worker a session key belongs to.
    #[pallet::storage]
    pub type KeyOwner<T: Config> = StorageMap<_, Blake2_128Concat, SessionKey, T::AccountId>;

    /// Jobs that a worker has to do: drawn or accepted.
    #[pallet::storage]
    pub type WorkerJobs<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, BoundedVec<JobId, T::MaxOpenJobsPerWorker>, ValueQuery>;

    /// Jobs of a client that are neither attested nor final, with their nonces.
    #[pallet::storage]
    pub type ClientJobs<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, BoundedVec<(JobId, u64), T::MaxOpenJobsPerClient>, ValueQuery>;

    /// Tiers above 0.
    #[pallet::storage]
    pub type Tiers<T> = StorageMap<_, Twox64Concat, Tier, TierRule>;

    /// The governed table of what running a model costs.
    #[pallet::storage]
    pub type ModelProfiles<T> = StorageMap<_, Blake2_128Concat, H256, ModelProfile>;

    /// Obligations settled in cash, per pool, wei: tokens nobody owes any more.
    #[pallet::storage]
    pub type CashSettled<T> = StorageMap<_, Twox64Concat, PoolId, Balance, ValueQuery>;

    /// The last block in which tokens were settled in cash, per pool, and how many since the last long pause, wei.
    #[pallet::storage]
    pub type SettledLately<T: Config> = StorageMap<_, Twox64Concat, PoolId, (BlockNumberFor<T>, Balance)>;

    /// Workers that have to get rid of obligations.
    #[pallet::storage]
    pub type MarginCalls<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, MarginCall<BlockNumberFor<T>>>;

    /// Where calls wait, each with the first block in which it is looked at. Entries that are not the place of their
    /// worker's call are of earlier ones, and dropped when their time comes.
    #[pallet::storage]
    pub type MarginQueue<T: Config> =
        StorageDoubleMap<_, Twox64Concat, Lane, Twox64Concat, u64, (T::AccountId, BlockNumberFor<T>)>;

    /// Numbers of the first entry of each lane and of the one after the last.
    #[pallet::storage]
    pub type MarginQueueRange<T> = StorageMap<_, Twox64Concat, Lane, (u64, u64), ValueQuery>;

    /// Block of the last slice bought back in a pool.
    #[pallet::storage]
    pub type LastSlice<T: Config> = StorageMap<_, Twox64Concat, PoolId, BlockNumberFor<T>>;

    /// Jobs, finished ones included until they are pruned.
    #[pallet::storage]
    pub type Jobs<T: Config> = CountedStorageMap<_, Twox64Concat, JobId, JobOf<T>>;

    /// Number of the next job.
    #[pallet::storage]
    pub type NextJob<T> = StorageValue<_, JobId, ValueQuery>;

    /// No job below this number is stored.
    #[pallet::storage]
    pub type EarliestJob<T> = StorageValue<_, JobId, ValueQuery>;

    /// The agenda: jobs by the block in which they are due. A bucket has as many entries as it needs, each an item of its
    /// own, so nothing ever overflows.
    #[pallet::storage]
    pub type Agenda<T: Config> = StorageDoubleMap<_, Twox64Concat, BlockNumberFor<T>, Twox64Concat, u32, JobId>;

    /// Places of each bucket of the agenda that are left: the first, and the one after the last. Those of withdrawn
    /// entries are empty.
    #[pallet::storage]
    pub type AgendaRange<T: Config> = StorageMap<_, Twox64Concat, BlockNumberFor<T>, (u32, u32), ValueQuery>;

    /// Earliest bucket that may hold an entry.
    #[pallet::storage]
    pub type AgendaCursor<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

    /// Bucket and place of each open job that is not attested.
    #[pallet::storage]
    pub type Due<T: Config> = StorageMap<_, Twox64Concat, JobId, (BlockNumberFor<T>, u32)>;

    /// Finished jobs in the order they finished, each with the block from which it may be pruned.
    #[pallet::storage]
    pub type Finished<T: Config> = StorageMap<_, Twox64Concat, u64, (JobId, BlockNumberFor<T>)>;

    /// Numbers of the first entry of [`Finished`] and of the one after the last.
    #[pallet::storage]
    pub type FinishedRange<T> = StorageValue<_, (u64, u64), ValueQuery>;

    /// What governance has set of the bonus.
    #[pallet::storage]
    pub type Bonus<T> = StorageValue<_, BonusParameters, ValueQuery>;

    /// Bonuses of the last epoch in which there was one.
    #[pallet::storage]
    pub type BonusEpochs<T> = StorageValue<_, BonusEpoch, ValueQuery>;

    /// VRF outputs of recent blocks, by block number modulo the length of the ring.
    #[pallet::storage]
    pub type RecentOutputs<T: Config> = StorageMap<_, Twox64Concat, u32, (BlockNumberFor<T>, H256)>;

    /// The VRF outputs of all blocks, mixed, and the last block that had one.
    #[pallet::storage]
    pub type AllOutputs<T: Config> = StorageValue<_, (BlockNumberFor<T>, H256), ValueQuery>;

    /// What a chain starts with. Assets and balances must be built before, the market after: it takes the tokens minted
    /// here from their workers.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Workers.
        pub workers: Vec<GenesisWorker<T::AccountId>>,
        /// Model profiles.
        pub model_profiles: Vec<(H256, ModelProfile)>,
        /// Tiers above 0.
        pub tiers: Vec<(Tier, TierRule)>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if let Err((what, error)) = Pallet::<T>::build_genesis(self) {
                // A chain must not start on books that do not balance; genesis has no softer way to refuse.
                panic!("compute genesis refused at {what}: {error:?}");
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Records the block's randomness, brings lots up to date, then works off what is due: draws, missed acceptances,
        /// missed deadlines, margin calls, old jobs.
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            // What is done whatever the weight comes on top of this limit, and fits with it.
            let limit = T::AgendaWeight::get().saturating_sub(Self::least_weight());
            let mut budget = Budget::new(limit);
            budget.spend(T::WeightInfo::on_initialize());
            Self::record_output(now);
            let mut half = Budget::new(limit.saturating_div(2));
            Self::run_lots(now, &mut half, Self::MIN_LOTS);
            budget.spend(half.spent());
            Self::run_agenda(now, &mut budget, When::Start);
            Self::run_margins(now, &mut budget, Self::MIN_TURNS);
            Self::prune(now, &mut budget, Self::MIN_PRUNED);
            budget.spent()
        }

        /// Works off what `on_initialize` left over, up to the first draw: draws belong to the start of a block.
        fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
            let mut budget = Budget::new(remaining);
            let own = T::WeightInfo::on_initialize();
            if budget.has_room_for(own) {
                budget.spend(own);
                Self::run_agenda(now, &mut budget, When::Idle);
                Self::prune(now, &mut budget, 0);
            }
            budget.spent()
        }

        fn integrity_test() {
            assert!(T::BondMultiple::get() > 0, "a bond would back anything");
            assert!(T::BonusEpochBlocks::get() > 0u32.into(), "no epoch would end");
            assert!(T::MaxCandidates::get() > 0, "no draw would find anybody");
            assert!(T::MaxEmptyDraws::get() > 0, "no job could be drawn");
            let (least, most) = (Self::least_weight(), T::AgendaWeight::get());
            assert!(least.all_lte(most), "every block may need {least}, the agenda has {most}");
            let beats = T::HeartbeatPeriod::get().saturating_mul(2u32.into());
            assert!(beats < T::SilenceLimit::get(), "one lost heartbeat would silence a worker");
            assert!(T::MaxRedraws::get() < MAX_MISSES, "a job could not remember who missed it");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state(1).map_err(|text| {
                log::error!("{text}");
                sp_runtime::TryRuntimeError::Other("compute pallet's invariants")
            })
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Makes the caller a worker. It is drawn for jobs on the models that it names with `set_models`, none at first, by
        /// draws whose randomness begins after this block.
        ///
        /// * `offer`: what it runs; see [`Offer`] for the units.
        /// * `session_key`: signs its attestations; no other worker may use it.
        /// * `bond`: wei, at least `MinWorkerBond`, held until the worker has left.
        ///
        /// Emits `WorkerRegistered`. Fails with `AlreadyRegistered`, `IsVerifier`, `BondTooSmall`, `SessionKeyTaken`,
        /// `NothingOffered`, `UnknownTier`, `DuplicateTier`, `TooManyWorkers`, or if the bond cannot be held.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_worker())]
        pub fn register_worker(
            origin: OriginFor<T>,
            offer: Offer,
            session_key: SessionKey,
            bond: Balance,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_register(&who, offer, session_key, bond)
        }

        /// Starts or stops taking jobs. Jobs already drawn are not touched. A worker that let 3 draws in a row pass was
        /// stopped; until it accepts a job, each further one stops it again.
        ///
        /// Emits `AcceptingSet`. Fails with `NotRegistered`, or when a worker wants more jobs that is leaving (`Leaving`)
        /// or ejected (`Ejected`).
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::set_accepting())]
        pub fn set_accepting(origin: OriginFor<T>, accepting: bool) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::with_own_change(&worker, |record| {
                ensure!(!accepting || record.leaving_since.is_none(), Error::<T>::Leaving);
                ensure!(!accepting || !Self::is_ejected(&worker), Error::<T>::Ejected);
                record.accepting = accepting;
                Ok(())
            })?;
            Self::deposit_event(Event::AcceptingSet { worker, accepting });
            Ok(())
        }

        /// Chooses whether what the caller earns is sold at settlement (at no less than 99 % of the hour's mean price,
        /// else paid as tokens) or paid as tokens.
        ///
        /// Emits `PayoutSet`. Fails with `NotRegistered`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::set_payout())]
        pub fn set_payout(origin: OriginFor<T>, sell_earned: bool) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::with_worker(&worker, |record| {
                record.sell_earned = sell_earned;
                Ok(())
            })?;
            Self::deposit_event(Event::PayoutSet { worker, sell_earned });
            Ok(())
        }

        /// Replaces the caller's session key, at once and for jobs already accepted too: a lost key must not cost the
        /// jobs under way, and the old one, which may be stolen, must stop to count.
        ///
        /// Emits `SessionKeySet`. Fails with `NotRegistered` or `SessionKeyTaken`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::set_session_key())]
        pub fn set_session_key(origin: OriginFor<T>, key: SessionKey) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::replace_key(&worker, key)?;
            Self::deposit_event(Event::SessionKeySet { worker, key });
            Ok(())
        }

        /// Adds `amount` wei to the caller's bond.
        ///
        /// Emits `BondIncreased`. Fails with `NotRegistered`, `ZeroAmount`, or if the amount cannot be held.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::bond_more())]
        pub fn bond_more(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::do_bond_more(&worker, amount)
        }

        /// Mints `amount` wei of the pool's resource token to the calling worker, which owes them until it burns as many.
        ///
        /// All tiers of a class together at most `HorizonSeconds` × quality × units; obligations × price + open value
        /// at most bond ÷ `BondMultiple`.
        ///
        /// Emits `TokensMinted`. Fails with `NotRegistered`, `ZeroAmount`, `Leaving`, `MarginCalled`, `NotQualified`,
        /// `HorizonExceeded`, `BondLimitExceeded`, `TooManyObligations`, or the market's error for an unknown pool.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::mint_tokens())]
        pub fn mint_tokens(origin: OriginFor<T>, pool: PoolId, #[pallet::compact] amount: Balance) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::do_mint(&worker, pool, amount)
        }

        /// Burns `amount` wei of the pool's resource token that the calling worker holds and owes.
        ///
        /// Emits `TokensBurned`. Fails with `NotRegistered`, `ZeroAmount`, `ExceedsObligation`, or if the worker does
        /// not hold them.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::burn_tokens())]
        pub fn burn_tokens(origin: OriginFor<T>, pool: PoolId, #[pallet::compact] amount: Balance) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::do_burn(&worker, pool, amount)
        }

        /// Begins to leave: no more draws, no more minting. Open jobs run on. Obligations are to be burned: what is left of
        /// them after the grace is bought from the bond and, at last, settled in cash. There is no way back but to leave and
        /// to register again.
        ///
        /// Emits `WorkerLeaving`, and `MarginCalled` if it owes anything. Fails with `NotRegistered` or `Leaving`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::deregister())]
        pub fn deregister(origin: OriginFor<T>) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::do_deregister(worker)
        }

        /// Ends the caller's time as a worker and releases its bond, `UnbondingPeriod` after the last of: `deregister`,
        /// its last open job, its last obligation.
        ///
        /// Emits `WorkerLeft`. Fails with `NotRegistered`, `NotLeaving`, `StillBound` or `Unbonding`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::withdraw_bond())]
        pub fn withdraw_bond(origin: OriginFor<T>) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::do_withdraw(&worker)
        }

        /// Sets or removes what running a model costs. Jobs already submitted keep the profile they were paid by.
        ///
        /// * `model`: content hash.
        /// * `profile`: wei of a resource-second per token, blocks, tokens; none removes it.
        ///
        /// Governance. Emits `ModelProfileSet`. Fails with `BadProfile` or `OutputNotDemandable`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::set_model_profile())]
        pub fn set_model_profile(origin: OriginFor<T>, model: H256, profile: Option<ModelProfile>) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::put_profile(model, profile)
        }

        /// Adds a tier above 0, or changes what its workers must be. Takes effect at the next mint and draw.
        ///
        /// Governance. Emits `TierSet`. Fails with `UnknownTier` for tier 0, which has no rule.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::set_tier())]
        pub fn set_tier(origin: OriginFor<T>, tier: Tier, rule: TierRule) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            ensure!(tier != 0, Error::<T>::UnknownTier);
            Tiers::<T>::insert(tier, rule);
            Self::deposit_event(Event::TierSet { tier, rule });
            Ok(())
        }

        /// Submits a job and pays for it, all or nothing: tokens the client holds first if it says so, the rest bought
        /// at no more than its limits, in the job's tier and in those of its parts, everything into escrow; 1 % of the value, at least `MinJobFee`, is held beside.
        ///
        /// * `request`: see [`JobRequest`] for fields and units. Usage is the model profile's for the most tokens asked
        ///   for, or `resources` for a model without one.
        ///
        /// Emits `JobSubmitted`. Fails with `Denied`, `UnsupportedKind`, `UnsupportedVerification`, `UnsupportedPrior`,
        /// `UnsupportedDeltas`, `InputTooLong`, `BadDecoding`, `UnknownTier`, `NonceInUse`, `TooManyOpenJobs`, `DeadlineTooSoon`, `DeadlineTooLate`, `PromptTooLong`,
        /// `OutputTooLong`, `OutputNotDemandable`, `BadServiceLevel`, `ResourcesMissing`, `ResourcesGiven`,
        /// `NoResources`, `DuplicateTier`, `EmptyPart`, `TierTooLax`, `PartsExceedNeeds`, `TooManyPools`, `JobTooSmall`, `CreditLimitExceeded`, or the market's error, which for a purchase above 0.3 % of a reserve says that it has to go through a batch.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::submit_job(request.most_pools().min(MAX_POOLS)))]
        pub fn submit_job(origin: OriginFor<T>, request: JobRequest<BlockNumberFor<T>>) -> DispatchResult {
            let client = ensure_signed(origin)?;
            Self::do_submit(client, request).map(|_| ())
        }

        /// Accepts a job the caller was drawn for, having fetched its input: from here on it answers for it.
        ///
        /// Free when it succeeds, which it does once per draw. Emits `JobAccepted`. Fails with `UnknownJob`, `NotAssigned`,
        /// `NotYourJob`, `AcceptanceOver` or `Denied`.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::accept_job())]
        pub fn accept_job(origin: OriginFor<T>, #[pallet::compact] job: JobId) -> DispatchResultWithPostInfo {
            Self::do_accept(ensure_signed(origin)?, job)?;
            Ok(Pays::No.into())
        }

        /// Cancels the caller's job: free before a draw was held, for `MinJobFee` after draws in vain, for all that is held
        /// from when a worker was drawn until the acceptance; what it costs is burned. Tokens come back as tokens.
        ///
        /// Emits `JobRefunded`. Fails with `UnknownJob`, `NotYourJob` or `NotCancellable`.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::cancel_job().saturating_add(Pallet::<T>::return_weight(MAX_POOLS)))]
        pub fn cancel_job(origin: OriginFor<T>, #[pallet::compact] job: JobId) -> DispatchResult {
            let client = ensure_signed(origin)?;
            Self::do_cancel(&client, job)
        }

        /// Names the models the caller runs, in place of those before; it is drawn for jobs on these only.
        ///
        /// * `models`: content hashes, at most 32.
        ///
        /// Emits `ModelsSet`. Fails with `NotRegistered` or `DuplicateModel`.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::set_models())]
        pub fn set_models(origin: OriginFor<T>, models: Models) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::put_models(&worker, models)
        }

        /// Declines a job the caller was drawn for: it cannot have its input, cannot run it, or not in time. The job is drawn
        /// again among the others or, after the last draw, refunded; the caller is free and, unlike after a missed
        /// acceptance, no nearer to being stopped.
        ///
        /// Free when it succeeds, which it does once per draw. Emits `JobDeclined`, and `JobRefunded` after the last draw.
        /// Fails with `UnknownJob`, `NotAssigned`, `NotYourJob` or `AcceptanceOver`.
        #[pallet::call_index(16)]
        #[pallet::weight(T::WeightInfo::decline_job().saturating_add(Pallet::<T>::return_weight(MAX_POOLS)))]
        pub fn decline_job(origin: OriginFor<T>, #[pallet::compact] job: JobId) -> DispatchResultWithPostInfo {
            Self::do_decline(ensure_signed(origin)?, job)?;
            Ok(Pays::No.into())
        }

        /// Looks whether a worker is within its limits: calls one that is not, and lifts the call of one that is again.
        /// Anybody may ask.
        ///
        /// A worker is beyond its limits when its bond does not back obligations and open jobs, when it owes more tokens of a
        /// class than one horizon of its units at its quality, and when it owes any while it is leaving or ejected. After
        /// `MarginGrace` the protocol buys what is too much from its bond; what is left `BuyBackPeriod` later is settled in
        /// cash.
        ///
        /// Free when it calls somebody. Emits `MarginCalled` or `MarginCallLifted`. Fails with `NotRegistered`,
        /// `WithinMargin` or `MarginCalled`, when nothing is to be changed, or the market's error for an unknown pool.
        #[pallet::call_index(17)]
        #[pallet::weight(T::WeightInfo::check_margin())]
        pub fn check_margin(origin: OriginFor<T>, worker: T::AccountId) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            let pays = if Self::do_check_margin(&worker)? { Pays::No } else { Pays::Yes };
            Ok(pays.into())
        }

        /// Settles `amount` wei of the tokens that the caller owes of a pool in cash: its bond pays credits into the pool,
        /// and nobody owes the tokens any more. For workers that are leaving or ejected, once their grace is over.
        ///
        /// A token costs 1.05 × the highest of the pool's price, its means over an hour, a day and a week, and what it would
        /// cost on average to buy all that is owed, after as much as was settled lately had been bought.
        ///
        /// * `max_cost`: most that it may cost, wei.
        ///
        /// Emits `SettledInCash`. Fails with `ZeroAmount`, `NotRegistered`, `NotLeaving`, `WithinMargin` (nothing is owed),
        /// `GraceNotOver`, `ExceedsObligation`, `CostLimitExceeded`, `BondExhausted`, or the market's error.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::settle_in_cash())]
        pub fn settle_in_cash(
            origin: OriginFor<T>,
            pool: PoolId,
            #[pallet::compact] amount: Balance,
            #[pallet::compact] max_cost: Balance,
        ) -> DispatchResult {
            let worker = ensure_signed(origin)?;
            Self::do_settle_in_cash(&worker, pool, amount, max_cost)
        }

        /// Tells that the caller is there. A worker that neither answers a job nor sends a heartbeat for `SilenceLimit` blocks
        /// is not drawn until it does.
        ///
        /// Free when it succeeds, which it does once per `HeartbeatPeriod` after the last sign. Emits `Heartbeat`. Fails with
        /// `NotRegistered` or `HeartbeatTooEarly`.
        #[pallet::call_index(19)]
        #[pallet::weight(T::WeightInfo::heartbeat())]
        pub fn heartbeat(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
            Self::do_heartbeat(&ensure_signed(origin)?)?;
            Ok(Pays::No.into())
        }

        /// Sets what verified jobs may earn besides their tokens. What all of them may come to in an epoch changes with the next
        /// one.
        ///
        /// * `parameters`: parts per billion of a job's value, and of the workers' share of an epoch, each a tenth at most; zero
        ///   turns the bonus off.
        ///
        /// Governance. Emits `BonusSet`. Fails with `BonusOutOfRange`.
        #[pallet::call_index(20)]
        #[pallet::weight(T::WeightInfo::set_bonus())]
        pub fn set_bonus(origin: OriginFor<T>, parameters: BonusParameters) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_bonus(parameters)
        }
    }
}
