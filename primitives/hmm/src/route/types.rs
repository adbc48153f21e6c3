//! What a router is asked, what it answers, and what can be wrong with a route.

use crate::{types::HmmError, Pool};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use core::fmt;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Fixed-point one of marginal and shadow prices: 10²⁴ stands for 1 credit-wei per compute-wei. Finer than
/// [`crate::PRICE_ONE`] by 10⁶, so that a price of 10⁻¹² still has twelve digits.
pub const SHADOW_ONE: u128 = 1_000_000_000_000_000_000_000_000;

/// A pool a requirement may be bought from, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The pool.
    pub pool: Pool,
    /// u_j: the most that may be bought, wei; `None` for no cap but what the pool can give.
    pub cap: Option<u128>,
    /// Compute that has to stay in the pool (its reserve floor), wei; 0 for none.
    pub floor: u128,
}

impl Source {
    /// The most that cap and floor leave to buy, wei.
    pub fn most(&self) -> u128 {
        let above_floor = self.pool.reserves.psi.saturating_sub(self.floor);
        self.cap.map_or(above_floor, |cap| cap.min(above_floor))
    }
}

/// What a route buys from one source.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// Compute bought, wei.
    pub psi: u128,
    /// Credits paid for it, fees included, wei.
    pub theta: u128,
    /// Price of the last unit bought, or of the first where none is, fees included, [`SHADOW_ONE`] fixed point. 0 for a pool
    /// that can give nothing.
    pub marginal_price: u128,
    /// Shadow price of the cap or floor that stopped the purchase, [`SHADOW_ONE`] fixed point: what one more unit of it
    /// would save, μ less the marginal price here. 0 where neither binds.
    pub cap_price: u128,
}

/// A requirement split over the sources of a class.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// One per source, in their order; they add up to the requirement.
    pub shares: Vec<Share>,
    /// Credits paid in all, fees included, wei.
    pub total: u128,
    /// μ: what the last unit of the requirement costs, fees included, [`SHADOW_ONE`] fixed point.
    pub shadow_price: u128,
}

/// Why there is no route, or why one is refused. `Display` says it with the numbers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize,
)]
pub enum RouteError {
    /// Nothing is asked for, or a number left its range.
    Market(HmmError),
    /// A source refuses: its curve or fees are out of bounds, or its pool cannot trade the amount.
    Source {
        /// Position of the source.
        index: u32,
        /// What the pool said.
        error: HmmError,
    },
    /// All sources together cannot give what is required.
    NotEnoughCompute {
        /// Asked for, wei.
        required: u128,
        /// What caps, floors and curves leave, wei.
        available: u128,
    },
    /// A route must have one amount per source.
    WrongLength {
        /// Number of sources.
        sources: u32,
        /// Number of amounts.
        amounts: u32,
    },
    /// An amount exceeds what cap and floor of its source leave.
    AboveCap {
        /// Position of the source.
        index: u32,
        /// Claimed, wei.
        amount: u128,
        /// [`Source::most`], wei.
        most: u128,
    },
    /// A route buys less than is required.
    RequirementMissed {
        /// Asked for, wei.
        required: u128,
        /// Bought, wei.
        routed: u128,
    },
    /// A route costs more than may be spent.
    TooExpensive {
        /// Cost of the route, wei.
        cost: u128,
        /// The limit, wei.
        max_credits: u128,
    },
}

impl From<HmmError> for RouteError {
    fn from(error: HmmError) -> Self {
        Self::Market(error)
    }
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Market(error) => write!(f, "no route: {error:?}"),
            Self::Source { index, error } => write!(f, "source {index}: {error:?}"),
            Self::NotEnoughCompute { required, available } => {
                write!(f, "{required} wei of compute required, {available} available within caps and floors")
            }
            Self::WrongLength { sources, amounts } => write!(f, "{amounts} amounts for {sources} sources"),
            Self::AboveCap { index, amount, most } => {
                write!(f, "source {index}: {amount} wei of compute, at most {most} within cap and floor")
            }
            Self::RequirementMissed { required, routed } => {
                write!(f, "{routed} wei of compute routed, {required} required")
            }
            Self::TooExpensive { cost, max_credits } => write!(f, "costs {cost} wei, at most {max_credits} allowed"),
        }
    }
}
