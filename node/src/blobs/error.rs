//! What can go wrong with blobs.

use sp_core::H256;
use std::{io, path::PathBuf};

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
    /// The quota cannot hold a single blob.
    #[error("a blob quota of {quota} bytes cannot hold one blob of {max_blob} bytes")]
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
