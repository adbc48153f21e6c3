//! What is stored of margin calls.

use crate::types::MAX_OBLIGATIONS;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use hanzo_traits::PoolId;
use scale_info::TypeInfo;

/// What a waiting call waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Lane {
    /// The end of its grace period.
    Grace,
    /// Its turn.
    Turns,
}

impl Lane {
    /// Both, in the order they are looked at.
    pub const ALL: [Self; 2] = [Self::Grace, Self::Turns];
}

/// A worker that has to get rid of obligations.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct MarginCall<BlockNumber> {
    /// First block in which the protocol buys from the bond, and in which the worker may settle in cash.
    pub buys_from: BlockNumber,
    /// First block in which the protocol settles in cash what is left.
    pub settles_from: BlockNumber,
    /// Mean over a day, 10¹⁸ fixed point, of each pool the worker owed tokens of when it was called: purchases cost at most
    /// about twice that.
    pub prices: BoundedVec<(PoolId, u128), ConstU32<MAX_OBLIGATIONS>>,
    /// Where the call waits; an entry of the queue that stands elsewhere is of an earlier call and counts nothing.
    pub place: (Lane, u64),
    /// Turns it has had: they go round the pools.
    pub turns: u32,
}

impl<BlockNumber> MarginCall<BlockNumber> {
    /// Mean over a day of a pool when the worker was called; zero for one it owed nothing of.
    pub fn price(&self, pool: PoolId) -> u128 {
        self.prices.iter().find(|(other, _)| *other == pool).map_or(0, |(_, price)| *price)
    }
}
