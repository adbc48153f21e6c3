//! Records of the pallet: what is stored, and what is asked.

use crate::refusal::Refusal;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    ensure, traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use hanzo_hmm::{Curve, FeeParameters, HmmError, Pool, Reserves, Side};
use hanzo_traits::{Amount, Balance, PoolId, Tier};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_core::U256;

/// A pool. Everything a trade reads is in this one item, so that a trade reads and writes it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct PoolState<BlockNumber> {
    /// Shape and scales, fixed at creation.
    pub curve: Curve,
    /// Fee parameters, governed.
    pub fees: FeeParameters,
    /// Ψ and Θ, wei. Stored, never read from balances.
    pub reserves: Reserves,
    /// Liquidity shares in existence, those locked for ever included; 0 until the first deposit.
    pub supply: Balance,
    /// Ψ_ref and Θ_ref: the reserves at the start of block `rolled_at`, rescaled with liquidity since, wei.
    pub reference: Reserves,
    /// Marginal price at the start of block `rolled_at`, 10¹⁸ fixed point.
    pub start_price: u128,
    /// The LPs' part of fees that is not in Θ yet, wei: it enters as `donated` does. New shares pay for their part of it.
    pub pending_lp_fee: Balance,
    /// A mean of closing prices, 10¹⁸ fixed point: every block before `rolled_at` moved it by one part in
    /// [`Config::MeanBlocks`](crate::Config::MeanBlocks) of the gap. Trades of this block pay at least, or get at most it.
    pub mean_price: u128,
    /// Compute and credits given to the pool, or forfeited, that are not in the reserves yet, wei: every block lets in what an
    /// exponential mean over a day would, at the first touch after it. At once, whoever is there for a moment could take
    /// them along.
    pub donated: Reserves,
    /// 1-hour exponential mean of the closing Ψ of every block before `rolled_at`, rescaled with liquidity, wei.
    pub psi_average: Balance,
    /// The block of the last touch, which the references belong to.
    pub rolled_at: BlockNumber,
}

impl<BlockNumber> PoolState<BlockNumber> {
    /// The pool as the maths sees it.
    pub(crate) fn pool(&self) -> Pool {
        Pool {
            curve: self.curve,
            fees: self.fees,
            reserves: self.reserves,
            reference: self.reference,
            mean: Some(self.mean_price).filter(|mean| *mean > 0),
        }
    }

    /// Whether the first deposit has been made.
    pub fn is_open(&self) -> bool {
        self.supply > 0
    }

    /// The pool with so much more compute and credits waiting to enter its reserves, wei.
    pub(crate) fn given(mut self, psi: Balance, theta: Balance) -> Result<Self, Refusal> {
        let refused = |error| Refusal::Maths { error, reserves: self.reserves };
        ensure!(self.is_open(), refused(HmmError::EmptyPool));
        let sum = |waiting: Balance, more| waiting.checked_add(more).ok_or(refused(HmmError::Overflow));
        self.donated = Reserves { psi: sum(self.donated.psi, psi)?, theta: sum(self.donated.theta, theta)? };
        Ok(self)
    }

    /// Marginal price of the stored reserves, 10¹⁸ fixed point; p̄ while there are none.
    pub fn spot_price(&self) -> u128 {
        self.curve.price(&self.reserves).unwrap_or_else(|_| self.curve.reference_price())
    }
}

/// A trade as it is asked for: the amount that is fixed, and the limit on the other one. Amounts in wei, fees included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Order {
    /// Exactly `theta_in` credits for at least `min_psi_out` compute.
    Buy {
        /// Credits paid, fees included.
        theta_in: Balance,
        /// Least compute accepted.
        min_psi_out: Balance,
    },
    /// Exactly `psi_out` compute for at most `max_theta_in` credits.
    BuyExactOut {
        /// Compute received.
        psi_out: Balance,
        /// Most credits paid, fees included.
        max_theta_in: Balance,
    },
    /// Exactly `psi_in` compute for at least `min_theta_out` credits.
    Sell {
        /// Compute given.
        psi_in: Balance,
        /// Least credits accepted, after fees.
        min_theta_out: Balance,
    },
}

impl Order {
    /// Which way the order goes.
    pub fn side(&self) -> Side {
        match self {
            Self::Buy { .. } | Self::BuyExactOut { .. } => Side::Buy,
            Self::Sell { .. } => Side::Sell,
        }
    }
}

/// One trade of [`crate::Pallet::swap_many`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Leg {
    /// Where.
    pub pool: PoolId,
    /// What.
    pub order: Order,
}

/// What a route buys in one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct RouteLeg {
    /// The pool's tier.
    pub tier: Tier,
    /// Compute, wei; positive.
    pub psi: Balance,
}

/// Shares of one deposit that cannot be withdrawn yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LockedShares<BlockNumber> {
    /// First block in which they can be withdrawn.
    pub unlock_at: BlockNumber,
    /// How many.
    pub shares: Balance,
}

/// What one provider holds in one pool.
///
/// Every deposit locks its own shares and leaves earlier ones alone: adding to a position never delays what is in it.
#[derive(
    CloneNoBound, DebugNoBound, DefaultNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[codec(mel_bound(BlockNumber: MaxEncodedLen))]
#[scale_info(skip_type_params(MaxLocked))]
pub struct Position<BlockNumber: Clone + core::fmt::Debug + Eq, MaxLocked: Get<u32>> {
    /// Shares that can be withdrawn at any time.
    pub unlocked: Balance,
    /// Shares of recent deposits, oldest first, at most one entry per block.
    pub locked: BoundedVec<LockedShares<BlockNumber>, MaxLocked>,
}

impl<BlockNumber: Clone + core::fmt::Debug + Ord, MaxLocked: Get<u32>> Position<BlockNumber, MaxLocked> {
    /// All shares; `None` on overflow, which the share supply rules out.
    pub fn total(&self) -> Option<Balance> {
        self.locked.iter().try_fold(self.unlocked, |sum, entry| sum.checked_add(entry.shares))
    }

    /// Frees what has served its time by block `now`; `None` on overflow, which the share supply rules out.
    pub(crate) fn release(&mut self, now: &BlockNumber) -> Option<()> {
        let freed = self.locked.iter().filter(|entry| entry.unlock_at <= *now);
        self.unlocked = freed.map(|entry| entry.shares).try_fold(self.unlocked, Balance::checked_add)?;
        self.locked.retain(|entry| entry.unlock_at > *now);
        Some(())
    }

    /// Adds locked shares. `None` when the list of locks is full.
    pub(crate) fn lock(&mut self, shares: Balance, unlock_at: BlockNumber) -> Option<()> {
        match self.locked.last_mut() {
            Some(last) if last.unlock_at == unlock_at => {
                last.shares = last.shares.checked_add(shares)?;
                Some(())
            }
            _ => self.locked.try_push(LockedShares { unlock_at, shares }).ok(),
        }
    }
}

/// A length of time over which prices are averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Window {
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// Seven days.
    Week,
}

impl Window {
    /// All of them, shortest first.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];
}

/// The cumulative record at both ends of the slot in which a window begins.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Tail {
    /// Sum of all samples up to the slot's start.
    pub older: U256,
    /// Sum of all samples up to the slot's end.
    pub newer: U256,
}

/// Prices of a pool over time. A trade never touches it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Oracle {
    /// The last sample, 10¹⁸ fixed point; p̄ before the first.
    pub sample: u128,
    /// Number of samples: blocks that began with liquidity in the pool.
    pub samples: u64,
    /// Sum of all samples.
    pub cumulative: U256,
    /// Where the hour begins.
    pub hour: Tail,
    /// Where the day begins.
    pub day: Tail,
    /// Where the week begins.
    pub week: Tail,
}

impl Oracle {
    /// The tail of one window.
    pub fn tail(&self, window: Window) -> &Tail {
        match window {
            Window::Hour => &self.hour,
            Window::Day => &self.day,
            Window::Week => &self.week,
        }
    }

    /// The tail of one window, to change.
    pub(crate) fn tail_mut(&mut self, window: Window) -> &mut Tail {
        match window {
            Window::Hour => &mut self.hour,
            Window::Day => &mut self.day,
            Window::Week => &mut self.week,
        }
    }
}

/// Compute that the protocol moved for one owner in one pool in one block, wei, buys and sells added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Volume<BlockNumber> {
    /// The block; an entry of an earlier one counts nothing.
    pub block: BlockNumber,
    /// How much.
    pub psi: Balance,
}

/// A pool that exists from the first block on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GenesisPool<AccountId> {
    /// Class and tier.
    pub id: PoolId,
    /// ε in parts per billion.
    pub epsilon_ppb: u32,
    /// Θ̄, wei; p̄ = Θ̄/Ψ̄.
    pub theta_scale: Amount,
    /// Ψ̄, wei.
    pub psi_scale: Amount,
    /// Fees.
    pub fees: FeeParameters,
    /// Who gives the first deposit and gets its shares. Must hold both amounts, and twice the existential deposit besides:
    /// one stays with the provider, one goes to the pool's account.
    pub provider: AccountId,
    /// Compute of the first deposit, wei.
    pub psi: Amount,
    /// Credits of the first deposit, wei.
    pub theta: Amount,
}
