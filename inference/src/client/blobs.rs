//! Blobs of a node: bytes named by their blake2-256 hash.

use super::connection::{from_hex, to_hex, Connection};
use super::error::{ClientError, Result};
use crate::hash::blake2_256;
use serde::Deserialize;
use sp_core::H256;
use subxt::rpcs::client::rpc_params;

/// Code of the node's answer when nobody it asked has a blob.
const UNKNOWN_BLOB: i32 = 20_502;
/// Code of its answer when too much was asked for in too short a time.
const BLOB_RATE: i32 = 20_503;

/// A blob that the node has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// blake2-256 of its bytes.
    pub hash: H256,
    /// Their number.
    pub length: u32,
    /// How long the node keeps it, seconds.
    pub expires_in_seconds: u64,
}

impl Connection {
    /// Hands bytes to the node. Fails if it names them by another hash than theirs.
    pub async fn put_blob(&self, bytes: &[u8]) -> Result<Stored> {
        let stored: Stored = match self.request("blob_put", rpc_params![to_hex(bytes), "hex"]).await {
            Err(ClientError::Rpc { code: BLOB_RATE, message, .. }) => {
                return Err(ClientError::Busy { node: self.node().into(), reason: message });
            }
            answer => answer?,
        };
        let hash = blake2_256(bytes);
        if (stored.hash, stored.length as usize) != (hash, bytes.len()) {
            let reason = format!("the node says it stored {} bytes as {:?}", stored.length, stored.hash);
            return Err(ClientError::BlobWrong { hash, reason });
        }
        Ok(stored)
    }

    /// Fetches a blob from the node or its peers; the bytes match the hash, and the length where one is given.
    pub async fn get_blob(&self, hash: H256, length: Option<u32>) -> Result<Vec<u8>> {
        let text: String = match self.request("blob_get", rpc_params![hash, "hex"]).await {
            Err(ClientError::Rpc { code: UNKNOWN_BLOB | BLOB_RATE, message, .. }) => {
                return Err(ClientError::BlobMissing { hash, reason: message });
            }
            answer => answer?,
        };
        let bytes = from_hex(&text).map_err(|reason| ClientError::Answer { what: "blob_get".into(), reason })?;
        check(hash, length, &bytes)?;
        Ok(bytes)
    }
}

fn check(hash: H256, length: Option<u32>, bytes: &[u8]) -> Result<()> {
    let found = blake2_256(bytes);
    if found != hash {
        return Err(ClientError::BlobWrong { hash, reason: format!("the node gave bytes of hash {found:?}") });
    }
    match length {
        Some(length) if length as usize != bytes.len() => {
            Err(ClientError::BlobWrong { hash, reason: format!("it has {} bytes, the job says {length}", bytes.len()) })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blob_should_be_refused_when_hash_or_length_differ() {
        let hash = blake2_256(b"hanzo");
        check(hash, Some(5), b"hanzo").unwrap();
        check(hash, None, b"hanzo").unwrap();
        assert!(check(hash, Some(5), b"hanza").unwrap_err().to_string().contains("the node gave"));
        assert!(check(hash, Some(6), b"hanzo").unwrap_err().to_string().contains("5 bytes, the job says 6"));
    }
}
