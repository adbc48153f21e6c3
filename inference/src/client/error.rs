//! What can go wrong between us and a chain.

use hanzo_poai::JobId;
use sp_core::H256;

/// Result of this module.
pub type Result<T, E = ClientError> = std::result::Result<T, E>;

/// A request that failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection, or it was lost. Worth trying again.
    #[error("{node} does not answer: {reason}")]
    Lost {
        /// The node's address.
        node: String,
        /// What the transport said.
        reason: String,
    },
    /// The node is there but does not do it now. Worth trying again.
    #[error("{node} is busy: {reason}")]
    Busy {
        /// The node's address.
        node: String,
        /// What it said.
        reason: String,
    },
    /// The node is on another chain than asked for.
    #[error("{node} is on another chain: its genesis is {found:?}, expected {expected:?}")]
    WrongChain {
        /// The node's address.
        node: String,
        /// Asked for.
        expected: H256,
        /// The node's.
        found: H256,
    },
    /// The node answered with an error.
    #[error("{method}: {message} (code {code})")]
    Rpc {
        /// The method called.
        method: String,
        /// Its code.
        code: i32,
        /// Its text, with the details the node gave.
        message: String,
    },
    /// The node's answer is not what it should be.
    #[error("{what}: the answer cannot be read: {reason}")]
    Answer {
        /// What was asked for.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The runtime answered a runtime API with an error, in its own words.
    #[error("{0}")]
    Runtime(String),
    /// The runtime has no such call, or one of another shape.
    #[error("the chain's runtime (version {version}) does not take {call} as this program sends it: {reason}")]
    Call {
        /// Its specification version.
        version: u32,
        /// Pallet and call.
        call: String,
        /// What differs.
        reason: String,
    },
    /// The transaction is in a block and failed there.
    #[error("{call} failed in block {block}: {reason}")]
    Failed {
        /// Pallet and call.
        call: String,
        /// The block's number.
        block: u32,
        /// The pallet's error with its documentation.
        reason: String,
    },
    /// The transaction did not get into a block while it was valid.
    #[error("{call} was not in any block up to {last}, the last one it was valid for")]
    Expired {
        /// Pallet and call.
        call: String,
        /// Last block of its era.
        last: u32,
    },
    /// Nobody within reach has the blob now.
    #[error("blob {hash:?} is not to be had: {reason}")]
    BlobMissing {
        /// Its hash.
        hash: H256,
        /// What the node said.
        reason: String,
    },
    /// The bytes given for a blob are not those of its hash.
    #[error("blob {hash:?}: {reason}")]
    BlobWrong {
        /// The hash asked for.
        hash: H256,
        /// What differs.
        reason: String,
    },
    /// No such job.
    #[error("there is no job {job} at block {block}")]
    UnknownJob {
        /// Its number.
        job: JobId,
        /// The block looked at.
        block: u32,
    },
    /// A key cannot be used.
    #[error("{0}")]
    Key(String),
}
