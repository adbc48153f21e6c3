//! Why a trade or a lookup is refused, with the numbers. One value serves the named error of a call and the text that RPC
//! users read, so both always agree.

use crate::{Config, Error};
use core::fmt;
use hanzo_hmm::{HmmError, Reserves};

/// A refusal. Amounts in wei, prices 10¹⁸ fixed point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such pool.
    UnknownPool,
    /// The last block that was allowed, and the current one.
    DeadlinePassed {
        /// Last block allowed.
        deadline: u64,
        /// Block of the attempt.
        now: u64,
    },
    /// Less out than asked for.
    TooLittleOut {
        /// What the trade gives.
        out: u128,
        /// The limit.
        least: u128,
    },
    /// More in than allowed.
    TooMuchIn {
        /// What the trade takes.
        taken: u128,
        /// The limit.
        most: u128,
    },
    /// The output rounds to zero.
    ZeroOutput,
    /// The trade would leave less compute than the floor.
    ReserveFloor {
        /// Compute that would be left.
        left: u128,
        /// Least that has to stay.
        floor: u128,
    },
    /// The trade would end outside the band around the block-start price.
    PriceMoveTooLarge {
        /// Price after it.
        after: u128,
        /// Price at the start of the block.
        start: u128,
        /// Most that the price may move from there, parts per billion.
        breaker_ppb: u32,
    },
    /// The owner's trades of this block, outside batches, would exceed their limit.
    OrderTooLarge {
        /// Compute moved so far and by this trade.
        moved: u128,
        /// Most per owner, pool and block.
        limit: u128,
    },
    /// The maths refuses.
    Maths {
        /// Why.
        error: HmmError,
        /// The reserves it was asked on.
        reserves: Reserves,
    },
    /// A window of nothing, or longer than what is known.
    UnknownWindow {
        /// Blocks asked for.
        asked: u64,
        /// Blocks with a price so far.
        known: u64,
        /// Blocks of the longest window kept.
        longest: u64,
    },
}

impl<T: Config> From<Refusal> for Error<T> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownPool => Error::UnknownPool,
            Refusal::DeadlinePassed { .. } => Error::DeadlinePassed,
            Refusal::TooLittleOut { .. } | Refusal::TooMuchIn { .. } => Error::SlippageExceeded,
            Refusal::ZeroOutput => Error::ZeroOutput,
            Refusal::ReserveFloor { .. } => Error::ReserveFloor,
            Refusal::PriceMoveTooLarge { .. } => Error::PriceMoveTooLarge,
            Refusal::OrderTooLarge { .. } => Error::OrderTooLarge,
            Refusal::Maths { error, .. } => error.into(),
            Refusal::UnknownWindow { .. } => Error::UnknownWindow,
        }
    }
}

impl<T: Config> From<HmmError> for Error<T> {
    fn from(error: HmmError) -> Self {
        match error {
            HmmError::CurvatureTooHigh => Error::CurvatureTooHigh,
            HmmError::BadScale => Error::BadScale,
            HmmError::ZeroAmount => Error::ZeroAmount,
            HmmError::ZeroOutput => Error::ZeroOutput,
            HmmError::EmptyPool => Error::EmptyPool,
            HmmError::ReserveTooLarge => Error::ReserveTooLarge,
            HmmError::PoolExhausted => Error::PoolExhausted,
            HmmError::InvariantDecreased => Error::InvariantDecreased,
            HmmError::DepositTooSmall => Error::DepositTooSmall,
            HmmError::NotEnoughShares => Error::NotEnoughShares,
            HmmError::BadFeeParameters => Error::BadFeeParameters,
            HmmError::Overflow => Error::Overflow,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPool => write!(f, "UnknownPool: there is no such pool"),
            Self::DeadlinePassed { deadline, now } => {
                write!(f, "DeadlinePassed: the deadline was block {deadline}, this is block {now}")
            },
            Self::TooLittleOut { out, least } => {
                write!(f, "SlippageExceeded: the trade gives {out} wei, the limit asks for at least {least}")
            },
            Self::TooMuchIn { taken, most } => {
                write!(f, "SlippageExceeded: the trade takes {taken} wei, the limit allows at most {most}")
            },
            Self::ZeroOutput => write!(f, "ZeroOutput: the amount is so small that nothing would come out"),
            Self::ReserveFloor { left, floor } => {
                write!(f, "ReserveFloor: the trade would leave {left} wei of compute in the pool, {floor} have to stay")
            },
            Self::PriceMoveTooLarge { after, start, breaker_ppb } => write!(
                f,
                "PriceMoveTooLarge: the price would end at {after}, more than {} % from {start} at the start of the block; \
                 trade less, or in a later block",
                breaker_ppb / 10_000_000
            ),
            Self::OrderTooLarge { moved, limit } => write!(
                f,
                "OrderTooLarge: {moved} wei of compute would move for this account in this block, at most {limit} may outside a \
                 batch; trade less, or commit an order to the next batch"
            ),
            Self::Maths { error, reserves: Reserves { psi, theta } } => {
                write!(f, "{error:?}: refused on reserves of {psi} wei of compute and {theta} wei of credits")
            },
            Self::UnknownWindow { asked, known, longest } => write!(
                f,
                "UnknownWindow: no mean over {asked} blocks; prices are known for {known} blocks, and kept for {longest} (7 days)"
            ),
        }
    }
}
