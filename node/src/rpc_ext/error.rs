//! What can go wrong in a call, as text for people and a code for programs.

use hanzo_runtime::{BlockNumber, Hash};
use hanzo_traits::JobId;
use jsonrpsee::types::{error::INVALID_PARAMS_CODE, ErrorObject, ErrorObjectOwned};
use sc_rpc_api::UnsafeRpcError;

/// One code per kind of error. Codes are never reused or renumbered: clients branch on them.
pub mod code {
    /// The block asked about is unknown to this node.
    pub const UNKNOWN_BLOCK: i32 = 20_001;
    /// The runtime could not answer: its state is pruned, it lacks the method, or it panicked.
    pub const RUNTIME: i32 = 20_002;
    /// The market refuses: no such pool, pool exhausted, a reserve's floor, out of range.
    pub const MARKET: i32 = 20_101;
    /// No quote for such a job: no profile, more tokens than the model takes, the market refuses.
    pub const JOB_QUOTE: i32 = 20_201;
    /// No such job.
    pub const UNKNOWN_JOB: i32 = 20_202;
    /// Too many subscriptions.
    pub const SUBSCRIPTIONS: i32 = 20_203;
    /// A subscription cannot go on.
    pub const SUBSCRIPTION_ENDED: i32 = 20_204;
    /// No challenge for this job.
    pub const CHALLENGE: i32 = 20_301;
    /// A promise of the pallets is broken.
    pub const INVARIANT: i32 = 20_401;
    /// The blob is above the size limit.
    pub const BLOB_TOO_LARGE: i32 = 20_501;
    /// Neither this node nor the peers it asked have the blob.
    pub const UNKNOWN_BLOB: i32 = 20_502;
    /// The connection, or all of them together, have used up their budget for blobs, or too many search at a time.
    pub const BLOB_RATE: i32 = 20_503;
    /// The node's blob store failed.
    pub const BLOB_STORE: i32 = 20_504;
    /// The node's blob store is full of blobs that are still to be kept.
    pub const BLOB_FULL: i32 = 20_505;
}

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A parameter that parses but is out of range.
    #[error("{name} is {value}, above the limit of {limit}")]
    AboveLimit {
        /// The parameter.
        name: &'static str,
        /// What was given.
        value: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The block is unknown.
    #[error("block {0:?} is not known to this node: it may be on another chain, or the node has not synced to it yet")]
    UnknownBlock(Hash),
    /// The runtime could not answer.
    #[error("the runtime could not answer {function} at block {at:?}: {reason}")]
    Runtime {
        /// Name of the runtime API method.
        function: &'static str,
        /// The block.
        at: Hash,
        /// Why.
        reason: String,
    },
    /// The market's own words, with its numbers.
    #[error("{0}")]
    Market(String),
    /// Why a job cannot be quoted, in the runtime's words.
    #[error("{0}")]
    JobQuote(String),
    /// The job does not exist.
    #[error("there is no job {job} at block {number} ({at:?})")]
    UnknownJob {
        /// What was asked for.
        job: JobId,
        /// The block looked at.
        at: Hash,
        /// Its height.
        number: BlockNumber,
    },
    /// No subscription can be added.
    #[error(
        "{open} {kind} subscriptions {scope} are open and {limit} are the most: end one, or follow the events of blocks"
    )]
    Subscriptions {
        /// To what.
        kind: &'static str,
        /// How many there are.
        open: usize,
        /// The most.
        limit: usize,
        /// Of whom.
        scope: &'static str,
    },
    /// The job that is followed will not come back.
    #[error("job {job} is gone: a fork took it away and {blocks} blocks did without")]
    Gone {
        /// The job.
        job: JobId,
        /// Best blocks that did not have it.
        blocks: u32,
    },
    /// Why nothing can be followed on.
    #[error("{0}")]
    Ended(String),
    /// Why there is no challenge, in the runtime's words.
    #[error("{0}")]
    Challenge(String),
    /// What differs, with both numbers.
    #[error("broken at block {at:?}: {what}")]
    Invariant {
        /// The block checked.
        at: Hash,
        /// What differs.
        what: String,
    },
    /// The caller is not the operator.
    #[error(transparent)]
    Unsafe(#[from] UnsafeRpcError),
}

impl Error {
    /// The code that stands for this kind of error.
    pub fn code(&self) -> i32 {
        match self {
            Self::AboveLimit { .. } => INVALID_PARAMS_CODE,
            Self::UnknownBlock(_) => code::UNKNOWN_BLOCK,
            Self::Runtime { .. } => code::RUNTIME,
            Self::Market(_) => code::MARKET,
            Self::JobQuote(_) => code::JOB_QUOTE,
            Self::UnknownJob { .. } => code::UNKNOWN_JOB,
            Self::Subscriptions { .. } => code::SUBSCRIPTIONS,
            Self::Gone { .. } | Self::Ended(_) => code::SUBSCRIPTION_ENDED,
            Self::Challenge(_) => code::CHALLENGE,
            Self::Invariant { .. } => code::INVARIANT,
            // The code the SDK gives every method that is refused to strangers.
            Self::Unsafe(_) => jsonrpsee::types::error::METHOD_NOT_FOUND_CODE,
        }
    }
}

impl From<Error> for ErrorObjectOwned {
    fn from(error: Error) -> Self {
        ErrorObject::owned(error.code(), error.to_string(), None::<()>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn one_of_each() -> Vec<Error> {
        let at = Hash::repeat_byte(7);
        vec![
            Error::AboveLimit { name: "limit", value: 300, limit: 256 },
            Error::UnknownBlock(at),
            Error::Runtime { function: "HmmApi_pools", at, reason: "state discarded".into() },
            Error::Market("gpu, tier 3: no such pool".into()),
            Error::JobQuote("9000 prompt tokens are above the model's 8192".into()),
            Error::UnknownJob { job: 41, at, number: 12 },
            Error::Subscriptions { kind: "job", open: 64, limit: 64, scope: "of one connection" },
            Error::Gone { job: 41, blocks: 32 },
            Error::Challenge("job 41 is not accepted".into()),
            Error::Invariant { at, what: "escrow 5 differs from holds 4".into() },
            Error::Unsafe(UnsafeRpcError),
        ]
    }

    #[test]
    fn every_kind_should_have_a_code_of_its_own() {
        let codes: BTreeSet<_> = one_of_each().iter().map(Error::code).collect();
        assert_eq!(codes.len(), one_of_each().len());
    }

    #[test]
    fn text_should_carry_the_numbers() {
        let text: Vec<_> =
            one_of_each().into_iter().map(|error| ErrorObjectOwned::from(error).message().to_owned()).collect();
        assert_eq!(text[0], "limit is 300, above the limit of 256");
        assert!(text[1].contains("0x0707"), "{}", text[1]);
        assert!(text[2].contains("HmmApi_pools") && text[2].contains("state discarded"), "{}", text[2]);
        assert_eq!(text[3], "gpu, tier 3: no such pool");
        assert!(text[5].starts_with("there is no job 41 at block 12 (0x0707"), "{}", text[5]);
    }
}
