//! Pools, swaps, liquidity and prices of the Hamiltonian Market Maker (docs/market.md).
//!
//! A pool trades one resource token against credits and keeps its own Hamiltonian from falling. All formulas are in
//! `hanzo-hmm`; this pallet stores pools, checks limits, moves money and keeps prices.
//!
//! | module | holds |
//! |---|---|
//! | `trade` | the steps of every trade: open, quote, limit, apply |
//! | `volume` | how much an account may trade outside batches |
//! | `batch` | orders that are committed, revealed and cleared together |
//! | `liquidity` | opening of pools, deposits, withdrawals, locks |
//! | `oracle` | one clamped price sample per block, means over an hour, a day and a week |
//! | `market` | trades that other pallets make for their users |
//! | `parameters` | bounded changes of fees |
//! | `views` | what runtime APIs return |
//! | `invariants` | what always holds |
//!
//! # Money
//! Credits are native balance and resource tokens are assets, both in one account per pool. Reserves are stored, never read
//! from balances: what somebody sends there changes nothing. The account holds besides one existential deposit, given with
//! the first deposit and never returned, and a provider reference, so that it cannot be reaped.
//!
//! # One touch per block
//! The first call that touches a pool in a block lets a part of what waits beside the reserves, the providers' fees of
//! earlier blocks and what was given to the pool, into them and takes the reserves as references for risk fee, floor and breaker. Nothing is written for a pool that nobody touches but its price sample.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]
#![deny(missing_docs)]

extern crate alloc;

pub use batch::*;
pub use oracle::SLOTS;
pub use pallet::*;
pub use refusal::Refusal;
pub use trade::{BREAKER_PPB, FLOOR_PARTS};
pub use types::*;
pub use weights::WeightInfo;

mod average;
mod batch;
// Benchmarks may panic: they never run in a block.
#[cfg(feature = "runtime-benchmarks")]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod benchmarking;
mod invariants;
mod liquidity;
mod market;
#[cfg(test)]
mod mock;
mod oracle;
mod parameters;
mod refusal;
#[cfg(test)]
mod tests;
mod trade;
mod types;
mod views;
mod volume;
pub mod weights;

/// Entries of [`Volumes`] that a block clears at most. They count nothing after their block, so what is left waits.
pub const CLEARED_PER_BLOCK: u32 = 128;

/// Most legs of a [`Pallet::swap_many`]: one per resource class.
pub const MAX_LEGS: u32 = hanzo_traits::ResourceClass::COUNT as u32;

/// Most pools of a [`Pallet::buy_route`].
pub const MAX_ROUTE_POOLS: u32 = 8;

/// The pallet.
// The macros below expand to `expect` on what the runtime's composition guarantees; there is none written out here.
#[allow(clippy::expect_used)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::{
        pallet_prelude::*,
        traits::{fungible, fungibles},
        weights::WeightMeter,
        PalletId,
    };
    use frame_system::pallet_prelude::*;
    use hanzo_hmm::{Curve, FeeParameters, FeeSplit, Side};
    use hanzo_traits::{AssetId, Balance, PoolId, ResourceClass};
    use sp_core::H256;
    use sp_runtime::traits::AccountIdConversion;

    /// Balance of the configured currency.
    pub(crate) type BalanceOf<T> =
        <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

    /// Holds pools; see the crate's documentation.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// What the market needs from its runtime.
    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// The native token: credits.
        type Currency: fungible::Mutate<Self::AccountId, Balance = Balance> + fungible::Balanced<Self::AccountId>;

        /// Resource tokens, numbered by [`PoolId::asset_id`], with a least balance of 1.
        type Tokens: fungibles::Mutate<Self::AccountId, AssetId = AssetId, Balance = Balance>
            + fungibles::Create<Self::AccountId>;

        /// Who creates pools and changes fees.
        type GovernanceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Gets its part of the market fee. While the account does not exist and a part is below the existential deposit,
        /// that part is burned.
        type TreasuryAccount: Get<Self::AccountId>;

        /// The pools' accounts are derived from this.
        #[pallet::constant]
        type PalletId: Get<PalletId>;

        /// Most pools: every block takes a price sample of each.
        #[pallet::constant]
        type MaxPools: Get<u32>;

        /// Most ε = λ/w of a new pool, parts per billion (the network's value: 0.5).
        #[pallet::constant]
        type MaxEpsilonPpb: Get<u32>;

        /// Deposits of one provider in one pool that can be locked at a time, one per block: with [`Self::ShareLock`] blocks
        /// of lock, as many entries are never exceeded.
        #[pallet::constant]
        type MaxLockedDeposits: Get<u32>;

        /// Most compute that an account's trades outside batches move per pool and block, those that the protocol makes for
        /// it counted in, of Ψ at the start of the block (parts per billion; the network's value: 0.3 %).
        #[pallet::constant]
        type OrderLimitPpb: Get<u32>;

        /// Blocks for which the shares of a deposit are locked (the network's value: 20).
        type ShareLock: Get<BlockNumberFor<Self>>;

        /// Period, blocks, of the mean of closing prices that a buy pays at least and a sell gets at most, before fees (the
        /// network's value: 60). 0: the curve alone decides.
        type MeanBlocks: Get<BlockNumberFor<Self>>;

        /// Blocks in an hour: period of the mean of Ψ and shortest price window. Must not change on a running chain, nor
        /// may the day and the week.
        type Hour: Get<BlockNumberFor<Self>>;

        /// Blocks in a day.
        type Day: Get<BlockNumberFor<Self>>;

        /// Blocks in seven days.
        type Week: Get<BlockNumberFor<Self>>;

        /// Blocks between two changes of a pool's fees; without it a batch of changes would walk past their bound.
        type ParameterInterval: Get<BlockNumberFor<Self>>;

        /// Weights.
        type WeightInfo: WeightInfo;
    }

    /// Every pool, in the order of creation.
    #[pallet::storage]
    pub type PoolIds<T: Config> = StorageValue<_, BoundedVec<PoolId, T::MaxPools>, ValueQuery>;

    /// State of a pool: all that a trade reads and writes.
    #[pallet::storage]
    pub type Pools<T: Config> = StorageMap<_, Twox64Concat, PoolId, PoolState<BlockNumberFor<T>>>;

    /// Liquidity shares by pool and provider.
    #[pallet::storage]
    pub type Positions<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        PoolId,
        Blake2_128Concat,
        T::AccountId,
        Position<BlockNumberFor<T>, T::MaxLockedDeposits>,
        ValueQuery,
    >;

    /// Prices of a pool over time.
    #[pallet::storage]
    pub type Oracles<T: Config> = StorageMap<_, Twox64Concat, PoolId, Oracle>;

    /// Rings of old values of the cumulative record, by pool, and by window and place.
    #[pallet::storage]
    pub type Checkpoints<T: Config> =
        StorageDoubleMap<_, Twox64Concat, PoolId, Twox64Concat, (Window, u8), sp_core::U256>;

    /// What an account moved in a pool outside batches, in the block that the entry names.
    #[pallet::storage]
    pub type Volumes<T: Config> =
        StorageDoubleMap<_, Twox64Concat, PoolId, Blake2_128Concat, T::AccountId, Volume<BlockNumberFor<T>>>;

    /// Batches with orders that are not cleared yet, oldest first.
    #[pallet::storage]
    pub type OpenBatches<T: Config> = StorageValue<_, OpenBatchList, ValueQuery>;

    /// Orders of those batches, by pool and batch, and by page.
    #[pallet::storage]
    pub type Orders<T: Config> =
        StorageDoubleMap<_, Twox64Concat, (PoolId, BatchNumber), Twox64Concat, u8, Page<T::AccountId>, ValueQuery>;

    /// Payouts of cleared batches that wait.
    #[pallet::storage]
    pub type PayoutPages<T: Config> = StorageMap<_, Twox64Concat, u64, PayoutPage<T::AccountId>>;

    /// Which of them.
    #[pallet::storage]
    pub type PayoutCursor<T: Config> = StorageValue<_, PayoutQueue, ValueQuery>;

    /// Block of the last change of a pool's fees.
    #[pallet::storage]
    pub type FeesChangedAt<T: Config> = StorageMap<_, Twox64Concat, PoolId, BlockNumberFor<T>>;

    /// Pools that exist from the first block on.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// The pools. Their resource tokens, where they exist already, and their providers' balances must be set up by
        /// pallets built before this one.
        pub pools: Vec<GenesisPool<T::AccountId>>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            for pool in &self.pools {
                if let Err(error) = Pallet::<T>::open_at_genesis(pool) {
                    // A chain must not start with a market other than its preset says; genesis has no softer way to refuse.
                    panic!("pool {}/{} of the genesis refused: {error:?}", pool.id.class.name(), pool.id.tier);
                }
            }
        }
    }

    /// What happened. Amounts in wei, prices 10¹⁸ fixed point.
    #[pallet::event]
    #[pallet::generate_deposit(pub(super) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A pool exists, without liquidity yet.
        PoolCreated {
            /// Class and tier.
            pool: PoolId,
            /// Shape, fixed from now on.
            curve: Curve,
            /// Fees.
            fees: FeeParameters,
            /// The pool's account.
            account: T::AccountId,
        },
        /// A trade.
        Traded {
            /// Where.
            pool: PoolId,
            /// Whose order it was.
            trader: T::AccountId,
            /// Which way.
            side: Side,
            /// Compute received (buy) or given (sell).
            psi: Balance,
            /// Credits paid (buy) or received (sell), fees accounted for.
            theta: Balance,
            /// The fee to the wei: `total = burned + treasury + lp`.
            fee: FeeSplit,
            /// Marginal price before.
            price_before: u128,
            /// Marginal price after.
            price_after: u128,
        },
        /// A deposit.
        LiquidityAdded {
            /// Where.
            pool: PoolId,
            /// Who.
            provider: T::AccountId,
            /// Compute taken.
            psi: Balance,
            /// Credits taken.
            theta: Balance,
            /// Shares minted to the provider.
            shares: Balance,
            /// First block in which they can be withdrawn.
            unlock_at: BlockNumberFor<T>,
        },
        /// A withdrawal.
        LiquidityRemoved {
            /// Where.
            pool: PoolId,
            /// Who.
            provider: T::AccountId,
            /// Compute paid.
            psi: Balance,
            /// Credits paid.
            theta: Balance,
            /// Shares burned.
            shares: Balance,
        },
        /// An order was committed to a batch.
        OrderCommitted {
            /// Where.
            pool: PoolId,
            /// Which batch.
            batch: BatchNumber,
            /// The order's number there, which reveals it.
            index: OrderIndex,
            /// Whose.
            trader: T::AccountId,
            /// Which way.
            side: Side,
            /// The most it gives: credits (buy) or compute (sell).
            locked: Balance,
        },
        /// An order was revealed.
        OrderRevealed {
            /// Where.
            pool: PoolId,
            /// Which batch.
            batch: BatchNumber,
            /// Its number.
            index: OrderIndex,
            /// Whose.
            trader: T::AccountId,
            /// Compute to buy or sell.
            psi: Balance,
            /// Credits for it: at most (buy) or at least (sell).
            theta: Balance,
        },
        /// A batch was cleared. Its trade with the pool, if there is one, is the [`Event::Traded`] of the pool's own account
        /// just before.
        BatchCleared {
            /// Where.
            pool: PoolId,
            /// Which batch.
            batch: BatchNumber,
            /// The one price, floored; 0 if nothing was filled.
            price: u128,
            /// Compute that buyers got.
            bought: Balance,
            /// Compute that sellers gave.
            sold: Balance,
            /// Compute forfeited by who did not reveal, now in Ψ.
            forfeited_psi: Balance,
            /// Credits forfeited, now in Θ.
            forfeited_theta: Balance,
        },
        /// An order of a cleared batch was paid, filled or not.
        OrderSettled {
            /// Where.
            pool: PoolId,
            /// Which batch.
            batch: BatchNumber,
            /// Its number.
            index: OrderIndex,
            /// Whose.
            trader: T::AccountId,
            /// Which way.
            side: Side,
            /// Compute bought or sold.
            psi: Balance,
            /// Credits paid or received for it.
            theta: Balance,
            /// What came back of the lock.
            returned: Balance,
            /// What was forfeited of it.
            forfeited: Balance,
            /// Why it could not be paid, if so: the account had been emptied, and what was due stays in the pool.
            paid: DispatchResult,
        },
        /// Governance changed a pool's fees.
        ParametersChanged {
            /// Where.
            pool: PoolId,
            /// The fees from now on.
            fees: FeeParameters,
        },
        /// Credits were given to a pool for nothing in return; they enter Θ little by little.
        Donated {
            /// Where.
            pool: PoolId,
            /// Who paid.
            payer: T::AccountId,
            /// How much.
            theta: Balance,
        },
    }

    /// Why a call fails. RPC quotes give the same reasons with the numbers ([`Refusal`]).
    #[pallet::error]
    pub enum Error<T> {
        /// There is no such pool.
        UnknownPool,
        /// The pool exists already.
        PoolExists,
        /// As many pools exist as may.
        TooManyPools,
        /// The resource token exists with a least balance other than 1.
        UnsuitableToken,
        /// An amount that must be positive is zero.
        ZeroAmount,
        /// The trade's output rounds to zero.
        ZeroOutput,
        /// The current block is past the call's deadline.
        DeadlinePassed,
        /// The outcome is beyond the caller's limit.
        SlippageExceeded,
        /// The buy would leave less than 1 % of max(Ψ_ref, 1-hour mean of Ψ).
        ReserveFloor,
        /// More asked out than the pool holds, or more put in than the curve reaches.
        PoolExhausted,
        /// The pool has no liquidity.
        EmptyPool,
        /// The trade would take the price further than 10 % from where the block began.
        PriceMoveTooLarge,
        /// ε is above the bound.
        CurvatureTooHigh,
        /// A scale is zero, or p̄ lies outside [10⁻⁹, 10⁹].
        BadScale,
        /// A reserve would exceed 10²⁸ wei.
        ReserveTooLarge,
        /// The invariant would fall. Never expected: the post-trade check found the maths wrong.
        InvariantDecreased,
        /// The first deposit is worth less than 10¹² shares.
        DepositTooSmall,
        /// The provider does not hold that many shares.
        NotEnoughShares,
        /// The provider holds that many shares, but not unlocked.
        SharesLocked,
        /// As many deposits of the provider are locked as may be.
        TooManyDeposits,
        /// Fee parameters outside their bounds.
        BadFeeParameters,
        /// A parameter would move by more than 25 %.
        ChangeTooLarge,
        /// The pool's fees were changed less than an interval ago.
        ChangedTooRecently,
        /// The account's trades in this pool and block, those of its jobs among them, would exceed 0.3 % of its reserve:
        /// take less, another block, or a batch.
        OrderTooLarge,
        /// Two legs trade the same resource class.
        DuplicateClass,
        /// Two shares of a route buy in the same tier.
        DuplicateTier,
        /// A route buys less than is required.
        RequirementMissed,
        /// No legs at all.
        NoLegs,
        /// Credits go to an account that does not exist and would stay below the existential deposit.
        PayoutTooSmall,
        /// The call names another batch than that of the current block.
        NotTheCurrentBatch,
        /// The batch's first five blocks are over: orders are revealed now.
        CommitsClosed,
        /// Orders are revealed in the last five blocks of a batch.
        RevealsNotOpen,
        /// The lock is less than half of the largest order outside batches.
        OrderTooSmall,
        /// The batch has as many orders as it may.
        BatchFull,
        /// As many batches wait to be cleared as may.
        TooManyBatches,
        /// The caller has no such order in this batch.
        UnknownOrder,
        /// The order was revealed before.
        AlreadyRevealed,
        /// Order and salt are not those that were committed.
        CommitmentMismatch,
        /// The order gives more than was locked.
        OrderExceedsLock,
        /// No mean is known over that many blocks.
        UnknownWindow,
        /// A number left its range.
        Overflow,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Takes the price sample of every pool, clears volumes of earlier blocks and batches that are due, and pays a page
        /// of orders.
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            let pools = PoolIds::<T>::get();
            for pool in &pools {
                Self::sample(*pool);
            }
            let volumes = Volumes::<T>::drain().take(CLEARED_PER_BLOCK as usize).count();
            T::WeightInfo::on_initialize(pools.len() as u32, volumes as u32)
                .saturating_add(Self::clear_due(now))
                .saturating_add(Self::pay_page())
        }

        /// Pays what waits and clears volumes, as far as the block has room.
        fn on_idle(_now: BlockNumberFor<T>, left: Weight) -> Weight {
            let mut meter = WeightMeter::with_limit(left);
            Self::pay_pages_within(&mut meter);
            Self::clear_volumes_within(&mut meter);
            meter.consumed()
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state(1).map_err(|text| {
                log::error!("{text}");
                sp_runtime::TryRuntimeError::Other("invariants of the market")
            })
        }

        fn integrity_test() {
            assert!(T::MaxEpsilonPpb::get() < hanzo_hmm::PPB, "ε must stay below 1");
            assert!(T::MaxLockedDeposits::get() > 0, "no deposit could be locked");
            assert!(T::OrderLimitPpb::get() < hanzo_hmm::PPB, "a trade of a whole reserve is none");
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Creates a pool without liquidity, and its resource token if that does not exist. Governance only.
        ///
        /// - `pool`: class and tier.
        /// - `curve`: ε in parts per billion, at most [`Config::MaxEpsilonPpb`]; scales in wei. Fixed for ever.
        /// - `fees`: within `FeeParameters::validate`.
        ///
        /// The first `add_liquidity` sets the price. Emits [`Event::PoolCreated`].
        ///
        /// Errors: `BadOrigin`, [`Error::PoolExists`], [`Error::TooManyPools`], [`Error::CurvatureTooHigh`],
        /// [`Error::BadScale`], [`Error::BadFeeParameters`], [`Error::UnsuitableToken`].
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::create_pool())]
        pub fn create_pool(origin: OriginFor<T>, pool: PoolId, curve: Curve, fees: FeeParameters) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_create_pool(pool, curve, fees)
        }

        /// Buys compute with exactly `theta_in` wei of credits, fees included, at most up to block `deadline`.
        ///
        /// - `min_psi_out`: least compute accepted, wei.
        ///
        /// The caller keeps its existential deposit. Emits [`Event::Traded`].
        ///
        /// Errors: [`Error::UnknownPool`], [`Error::DeadlinePassed`], [`Error::SlippageExceeded`], [`Error::ZeroAmount`],
        /// [`Error::ZeroOutput`], [`Error::EmptyPool`], [`Error::PoolExhausted`], [`Error::ReserveFloor`],
        /// [`Error::PriceMoveTooLarge`], [`Error::ReserveTooLarge`], [`Error::InvariantDecreased`], [`Error::Overflow`], and
        /// those of the token pallets.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::buy())]
        pub fn buy(
            origin: OriginFor<T>,
            pool: PoolId,
            theta_in: Balance,
            min_psi_out: Balance,
            deadline: BlockNumberFor<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::trade(&who, pool, Order::Buy { theta_in, min_psi_out }, deadline)?;
            Ok(())
        }

        /// Buys exactly `psi_out` wei of compute for at most `max_theta_in` wei of credits, fees included, at most up to
        /// block `deadline`.
        ///
        /// The caller keeps its existential deposit. Emits [`Event::Traded`]. Errors as [`Pallet::buy`].
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::buy_exact_out())]
        pub fn buy_exact_out(
            origin: OriginFor<T>,
            pool: PoolId,
            psi_out: Balance,
            max_theta_in: Balance,
            deadline: BlockNumberFor<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::trade(&who, pool, Order::BuyExactOut { psi_out, max_theta_in }, deadline)?;
            Ok(())
        }

        /// Sells exactly `psi_in` wei of compute for at least `min_theta_out` wei of credits after fees, at most up to block
        /// `deadline`.
        ///
        /// Emits [`Event::Traded`]. Errors as [`Pallet::buy`], without [`Error::ReserveFloor`], and
        /// [`Error::PayoutTooSmall`].
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::sell())]
        pub fn sell(
            origin: OriginFor<T>,
            pool: PoolId,
            psi_in: Balance,
            min_theta_out: Balance,
            deadline: BlockNumberFor<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::trade(&who, pool, Order::Sell { psi_in, min_theta_out }, deadline)?;
            Ok(())
        }

        /// Trades in several classes at once, in the order given: all legs or none. At most one leg per resource class.
        ///
        /// Emits one [`Event::Traded`] per leg. Errors: [`Error::NoLegs`], [`Error::DuplicateClass`], and those of
        /// [`Pallet::buy`] and [`Pallet::sell`].
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::swap_many(legs.len() as u32))]
        pub fn swap_many(
            origin: OriginFor<T>,
            legs: BoundedVec<Leg, ConstU32<MAX_LEGS>>,
            deadline: BlockNumberFor<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            ensure!(!legs.is_empty(), Error::<T>::NoLegs);
            let repeats = |(place, leg): (usize, &Leg)| {
                legs.iter().take(place).any(|earlier| earlier.pool.class == leg.pool.class)
            };
            ensure!(!legs.iter().enumerate().any(repeats), Error::<T>::DuplicateClass);
            for leg in &legs {
                Self::trade(&who, leg.pool, leg.order, deadline)?;
            }
            Ok(())
        }

        /// Deposits liquidity at the pool's ratio, at most `max_psi` wei of compute and `max_theta` wei of credits, at most
        /// up to block `deadline`. The surplus is not taken.
        ///
        /// - `min_shares`: least shares accepted.
        ///
        /// The first deposit of a pool takes both amounts whole and so sets the price; 1,000 of its shares belong to nobody,
        /// and its provider gives one existential deposit besides. The new shares are locked for [`Config::ShareLock`] blocks;
        /// earlier ones keep their own unlock block. Emits [`Event::LiquidityAdded`].
        ///
        /// Errors: [`Error::UnknownPool`], [`Error::DeadlinePassed`], [`Error::SlippageExceeded`], [`Error::ZeroAmount`],
        /// [`Error::ZeroOutput`], [`Error::DepositTooSmall`], [`Error::ReserveTooLarge`], [`Error::TooManyDeposits`],
        /// [`Error::Overflow`], and those of the token pallets.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::add_liquidity())]
        pub fn add_liquidity(
            origin: OriginFor<T>,
            pool: PoolId,
            max_psi: Balance,
            max_theta: Balance,
            min_shares: Balance,
            deadline: BlockNumberFor<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::ensure_in_time(deadline).map_err(Self::refused)?;
            Self::do_add_liquidity(&who, pool, max_psi, max_theta, min_shares)
        }

        /// Withdraws liquidity: burns `shares` for their part of both reserves, at most up to block `deadline`. Floor and
        /// breaker do not bind it.
        ///
        /// - `min_psi`, `min_theta`: least amounts accepted, wei.
        ///
        /// Emits [`Event::LiquidityRemoved`]. Errors: [`Error::UnknownPool`], [`Error::DeadlinePassed`],
        /// [`Error::SlippageExceeded`], [`Error::ZeroAmount`], [`Error::NotEnoughShares`], [`Error::SharesLocked`], and those
        /// of the token pallets.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::remove_liquidity())]
        pub fn remove_liquidity(
            origin: OriginFor<T>,
            pool: PoolId,
            shares: Balance,
            min_psi: Balance,
            min_theta: Balance,
            deadline: BlockNumberFor<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::ensure_in_time(deadline).map_err(Self::refused)?;
            Self::do_remove_liquidity(&who, pool, shares, min_psi, min_theta)
        }

        /// Changes a pool's fees. Governance only; each rate, and each side's share of the split, moves by at most 25 % of its
        /// value (or by 1 basis point, if that is more), once per [`Config::ParameterInterval`].
        ///
        /// Emits [`Event::ParametersChanged`]. Errors: `BadOrigin`, [`Error::UnknownPool`], [`Error::BadFeeParameters`],
        /// [`Error::ChangeTooLarge`], [`Error::ChangedTooRecently`].
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::set_parameters())]
        pub fn set_parameters(origin: OriginFor<T>, pool: PoolId, fees: FeeParameters) -> DispatchResult {
            T::GovernanceOrigin::ensure_origin(origin)?;
            Self::do_set_parameters(pool, fees)
        }

        /// Buys one class from several tiers at once, all shares or none: a route that somebody found off chain. The chain
        /// checks that it gives what is required at no more than may be spent, and searches for nothing.
        ///
        /// - `required`: least compute bought in all, wei.
        /// - `shares`: how much of which tier's pool, wei; each tier once, none for nothing.
        /// - `max_theta`: most credits in all, fees included, wei.
        ///
        /// Emits one [`Event::Traded`] per share. Errors: [`Error::NoLegs`], [`Error::DuplicateTier`],
        /// [`Error::RequirementMissed`], [`Error::SlippageExceeded`], and those of [`Pallet::buy_exact_out`].
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::buy_route(shares.len() as u32))]
        pub fn buy_route(
            origin: OriginFor<T>,
            class: ResourceClass,
            required: Balance,
            shares: BoundedVec<RouteLeg, ConstU32<MAX_ROUTE_POOLS>>,
            max_theta: Balance,
            deadline: BlockNumberFor<T>,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_buy_route(&who, class, required, &shares, max_theta, deadline)
        }

        /// Commits an order to a batch, in the first five of its ten blocks.
        ///
        /// - `batch`: number of the current block divided by 10, floored.
        /// - `side`, `amount`: which way, and the most that the order gives, wei of credits (buy) or of compute (sell). It is
        ///   locked until the batch is paid.
        /// - `commitment`: [`commitment_of`] the order; only who knows the salt can tell what is in it.
        ///
        /// Whoever does not reveal forfeits 1 % of the lock, or 3 % where it committed on both sides, to the liquidity
        /// providers. Emits [`Event::OrderCommitted`].
        ///
        /// Errors: [`Error::NotTheCurrentBatch`], [`Error::CommitsClosed`], [`Error::UnknownPool`], [`Error::EmptyPool`],
        /// [`Error::OrderTooSmall`], [`Error::ReserveTooLarge`], [`Error::BatchFull`], [`Error::TooManyBatches`], `TooManyConsumers`
        /// for an account with too many open orders, and those of the token pallets.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::commit_order())]
        pub fn commit_order(
            origin: OriginFor<T>,
            pool: PoolId,
            batch: BatchNumber,
            side: Side,
            amount: Balance,
            commitment: H256,
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_commit(&who, pool, batch, side, amount, commitment)
        }

        /// Reveals an order, in the last five blocks of its batch.
        ///
        /// - `index`: the order's number, as [`Event::OrderCommitted`] told it.
        /// - `psi`: compute to buy or sell, wei.
        /// - `theta`: credits for all of it, fees included, wei: at most (buy) or at least (sell).
        /// - `salt`: what the commitment was made with.
        ///
        /// It is filled in the first block after the batch, whole, in part or not at all, at the one price of the batch and
        /// never at a worse one than its own; the rest comes back. Emits [`Event::OrderRevealed`].
        ///
        /// Errors: [`Error::NotTheCurrentBatch`], [`Error::RevealsNotOpen`], [`Error::UnknownOrder`],
        /// [`Error::AlreadyRevealed`], [`Error::CommitmentMismatch`], [`Error::ZeroAmount`], [`Error::OrderExceedsLock`],
        /// [`Error::ReserveTooLarge`].
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::reveal_order())]
        pub fn reveal_order(
            origin: OriginFor<T>,
            pool: PoolId,
            batch: BatchNumber,
            index: OrderIndex,
            psi: Balance,
            theta: Balance,
            salt: [u8; 32],
        ) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_reveal(&who, pool, batch, index, psi, theta, &salt)
        }
    }

    impl<T: Config> Pallet<T> {
        /// The account that holds a pool's credits and tokens.
        pub fn pool_account(pool: PoolId) -> T::AccountId {
            T::PalletId::get().into_sub_account_truncating(pool)
        }

        fn open_at_genesis(pool: &GenesisPool<T::AccountId>) -> DispatchResult {
            let curve = Curve {
                epsilon_ppb: pool.epsilon_ppb,
                theta_scale: pool.theta_scale.into(),
                psi_scale: pool.psi_scale.into(),
            };
            Self::do_create_pool(pool.id, curve, pool.fees)?;
            Self::do_add_liquidity(&pool.provider, pool.id, pool.psi.into(), pool.theta.into(), 0)
        }
    }
}
