//! What can go wrong with blobs.

use sp_core::H256;
use std::{fmt, io, path::PathBuf, time::Duration};

/// A part of the store's quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    All,
    /// What strangers may fill.
    Public,
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "the blob store",
            Self::Public => "the public part of the blob store",
        })
    }
}

/// An operation on blobs that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The blob is above a size limit.
    #[error("a blob of {length} bytes is above the limit of {limit} bytes")]
    TooLarge {
        /// Its length, bytes.
        length: u64,
        /// The most allowed, bytes.
        limit: u64,
    },
    /// The file on disk was not what it was named after; it is gone now.
    #[error("blob {hash:?} was damaged on disk (its {length} bytes hash to {found:?}) and has been removed")]
    Damaged {
        /// The blob asked for.
        hash: H256,
        /// What its file hashed to.
        found: H256,
        /// Length of the file, bytes.
        length: usize,
    },
    /// Nobody asked has the blob.
    #[error(
        "blob {hash:?} is not stored here, and none of the {asked} peers asked had it ({connected} are connected)"
    )]
    NotFound {
        /// The blob asked for.
        hash: H256,
        /// Peers asked.
        asked: usize,
        /// Peers connected.
        connected: usize,
    },
    /// Another process works on the folder.
    #[error("the blobs in {} are in use by another node", .0.display())]
    InUse(PathBuf),
    /// There is no room that has not been promised to other blobs.
    #[error(
        "{share} is full: a blob of {length} bytes does not fit beside the {taken} of {limit} bytes that are taken; the \
         next blob leaves in {} s, or use another node",
        .wait.as_secs().saturating_add(1)
    )]
    Full {
        /// Length of the blob, bytes.
        length: u32,
        /// What the blobs in this part count, bytes.
        taken: u64,
        /// Size of this part, bytes.
        limit: u64,
        /// The part that is full.
        share: Share,
        /// Time until the oldest of them has been kept as long as was promised.
        wait: Duration,
    },
    /// As many searches as may run at a time are running.
    #[error("{limit} searches for blobs are running for callers of this node, which is the most; try again in a few seconds")]
    Busy {
        /// The most that may run.
        limit: usize,
    },
    /// The quota's public part cannot hold a single blob.
    #[error(
        "a blob quota of {quota} bytes is too small: half of it is for strangers, and must hold a blob of {max_blob} bytes"
    )]
    QuotaTooSmall {
        /// The quota, bytes.
        quota: u64,
        /// Largest blob, bytes.
        max_blob: u32,
    },
    /// The disk failed.
    #[error("cannot {action} {}: {source}", .path.display())]
    Disk {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The work was given up because the node stops.
    #[error("the node is shutting down")]
    ShuttingDown,
}

impl Error {
    /// Wraps an I/O error.
    pub fn disk(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Disk { action, path, source }
    }
}
