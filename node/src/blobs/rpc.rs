//! `blob_put` and `blob_get`: the way of a job's input to the network, and of its output back to the client.
//!
//! Whoever may call unsafe methods is the node's operator, and limited by the size of a blob and the quota only.

use super::{
    budget::Exceeded,
    error::Error as StoreError,
    index::Claim,
    metrics::{Refusal, To},
    service::BlobService,
};
use crate::rpc_ext::error::code;
use base64::{
    alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::{Engine, BASE64_STANDARD},
};
use jsonrpsee::{
    core::async_trait,
    proc_macros::rpc,
    types::{error::INVALID_PARAMS_CODE, ErrorObject, ErrorObjectOwned},
    ConnectionId, Extensions,
};
use sc_rpc_api::DenyUnsafe;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use std::sync::Arc;

/// Standard base64, with padding or without.
const BASE64_LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How bytes are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal, after "0x".
    Hex,
    /// Standard base64.
    Base64,
}

/// A blob that was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// blake2-256 of its bytes: its name.
    pub hash: H256,
    /// Its length, bytes.
    pub length: u32,
    /// How long this node keeps it, if it has the room: see [`Claim`].
    pub expires_in_seconds: u64,
}

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is no bytes in the encoding asked for.
    #[error("the blob is not {expected}: {reason}")]
    Text {
        /// The encoding tried.
        expected: &'static str,
        /// Where it breaks.
        reason: String,
    },
    /// The text is no bytes in the encoding that is taken where none is named.
    #[error(
        "the blob is not hexadecimal ({reason}), and no encoding is given: \"hex\" is the default; name \"base64\" if it \
         is that"
    )]
    Unnamed {
        /// Where it breaks.
        reason: String,
    },
    /// Too much in too short a time.
    #[error("{0}")]
    Rate(#[from] Exceeded),
    /// Not stored, not found, or refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Error> for ErrorObjectOwned {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Text { .. } | Error::Unnamed { .. } => INVALID_PARAMS_CODE,
            Error::Rate(_) | Error::Store(StoreError::Busy { .. }) => code::BLOB_RATE,
            Error::Store(StoreError::Full { .. }) => code::BLOB_FULL,
            Error::Store(StoreError::TooLarge { .. }) => code::BLOB_TOO_LARGE,
            Error::Store(StoreError::NotFound { .. }) => code::UNKNOWN_BLOB,
            Error::Store(_) => code::BLOB_STORE,
        };
        ErrorObject::owned(code, error.to_string(), None::<()>)
    }
}

/// Blobs. Both calls are limited in size and rate.
#[rpc(server)]
pub trait Blobs {
    /// Stores bytes and says under which hash and for how long; putting them again starts the time anew.
    ///
    /// Text is hexadecimal, after "0x" or not, unless base64 is named.
    #[method(name = "blob_put", with_extensions)]
    async fn put(&self, bytes: String, encoding: Option<Encoding>) -> Result<Stored, Error>;

    /// The bytes behind a hash, hexadecimal unless base64 is asked for; from this node, else from one that has them.
    #[method(name = "blob_get", with_extensions)]
    async fn get(&self, hash: H256, encoding: Option<Encoding>) -> Result<String, Error>;
}

/// Answers [`BlobsServer`] from the blob service.
pub struct BlobsRpc {
    service: Arc<BlobService>,
}

impl BlobsRpc {
    /// Over `service`.
    pub fn new(service: Arc<BlobService>) -> Self {
        Self { service }
    }

    async fn put_text(&self, caller: Caller, text: &str, encoding: Option<Encoding>) -> Result<Stored, Error> {
        let limits = self.service.store().limits();
        let bytes = decode(text, encoding, limits.max_blob)?;
        let claim = match caller {
            Caller::Operator => Claim::Own,
            Caller::Stranger(connection) => {
                self.service.uploads.take(&connection, bytes.len() as u64)?;
                Claim::Public
            }
        };
        // Fits: `decode` refuses what is above the limit.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let hash = self.service.put(bytes, claim).await?;
        Ok(Stored { hash, length, expires_in_seconds: limits.retention.as_secs() })
    }

    async fn find(&self, caller: Caller, hash: H256) -> Result<Vec<u8>, Error> {
        let (service, max_blob) = (&self.service, self.service.store().limits().max_blob);
        let connection = match caller {
            Caller::Operator => return Ok(service.fetch(hash, max_blob).await?),
            Caller::Stranger(connection) => connection,
        };
        match service.store().length(hash) {
            Some(length) => service.downloads.take(&connection, length.into())?,
            // What must be searched for counts as the largest there may be.
            None => service.searches.take(&connection, max_blob.into())?,
        }
        Ok(service.serve(hash).await?)
    }

    fn counted<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        let store = self.service.store();
        let metrics = store.metrics();
        if let Err(error) = &result {
            match error {
                Error::Text { .. } | Error::Unnamed { .. } => metrics.refused(Refusal::Malformed),
                Error::Rate(_) | Error::Store(StoreError::Busy { .. }) => metrics.refused(Refusal::Rate),
                Error::Store(StoreError::Full { .. }) => metrics.refused(Refusal::Full),
                Error::Store(StoreError::TooLarge { .. }) => metrics.refused(Refusal::Size),
                Error::Store(StoreError::NotFound { .. }) => metrics.refused(Refusal::Unknown),
                Error::Store(error) => log::warn!(target: super::LOG_TARGET, "{error}"),
            }
        }
        result
    }
}

#[async_trait]
impl BlobsServer for BlobsRpc {
    async fn put(&self, extensions: &Extensions, bytes: String, encoding: Option<Encoding>) -> Result<Stored, Error> {
        self.counted(self.put_text(caller(extensions), &bytes, encoding).await)
    }

    async fn get(&self, extensions: &Extensions, hash: H256, encoding: Option<Encoding>) -> Result<String, Error> {
        let bytes = self.counted(self.find(caller(extensions), hash).await)?;
        self.service.store().metrics().served(To::Rpc, bytes.len());
        Ok(match encoding.unwrap_or(Encoding::Hex) {
            Encoding::Hex => format!("0x{}", hex::encode(bytes)),
            Encoding::Base64 => BASE64_STANDARD.encode(bytes),
        })
    }
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// Somebody who may call unsafe methods.
    Operator,
    /// Somebody else, by the server's number of the connection: it does not tell the address.
    Stranger(usize),
}

fn caller(extensions: &Extensions) -> Caller {
    match extensions.get::<DenyUnsafe>() {
        Some(DenyUnsafe::No) => Caller::Operator,
        _ => Caller::Stranger(extensions.get::<ConnectionId>().map(|connection| connection.0).unwrap_or_default()),
    }
}

/// Reads bytes from text; refuses what is too long before decoding it.
fn decode(text: &str, encoding: Option<Encoding>, max_blob: u32) -> Result<Vec<u8>, Error> {
    let limit = u64::from(max_blob);
    let too_large = |length: usize| Error::Store(StoreError::TooLarge { length: length as u64, limit });
    match encoding {
        None | Some(Encoding::Hex) => {
            let digits = text.strip_prefix("0x").unwrap_or(text);
            let length = digits.len().div_ceil(2);
            if length as u64 > limit {
                return Err(too_large(length));
            }
            hex::decode(digits).map_err(|error| match encoding {
                Some(_) => Error::Text { expected: "hexadecimal", reason: error.to_string() },
                None => Error::Unnamed { reason: error.to_string() },
            })
        }
        Some(Encoding::Base64) => {
            let digits = text.trim_end_matches('=');
            // Four characters carry three bytes; a longer count than this is not base64 at all.
            let length = digits.len().saturating_mul(3) / 4;
            if length as u64 > limit {
                return Err(too_large(length));
            }
            BASE64_LENIENT.decode(text).map_err(|error| Error::Text { expected: "base64", reason: error.to_string() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_should_be_read_from_either_encoding() {
        use Encoding::*;
        for (text, encoding) in [
            ("0x68616e7a6f", None),
            ("68616e7a6f", None),
            ("0x68616E7A6F", Some(Hex)),
            ("68616e7a6f", Some(Hex)),
            ("aGFuem8=", Some(Base64)),
            ("aGFuem8", Some(Base64)),
        ] {
            assert_eq!(decode(text, encoding, 5).unwrap(), b"hanzo", "{text}");
        }
        // Text that is both is what it is said to be.
        for text in ["0xAB", "ABCD"] {
            assert_eq!(decode(text, None, 5).unwrap(), decode(text, Some(Hex), 5).unwrap());
            assert_ne!(decode(text, None, 5).unwrap(), decode(text, Some(Base64), 5).unwrap());
        }
        assert_eq!(decode("", None, 0).unwrap(), b"");
    }

    #[test]
    fn text_above_the_size_limit_should_be_refused_with_both_numbers() {
        for (text, encoding) in [("0x68616e7a6f", None), ("aGFuem8=", Some(Encoding::Base64))] {
            let error = ErrorObjectOwned::from(decode(text, encoding, 4).unwrap_err());
            assert_eq!(error.code(), code::BLOB_TOO_LARGE);
            assert_eq!(error.message(), "a blob of 5 bytes is above the limit of 4 bytes");
        }
    }

    #[test]
    fn text_that_is_no_bytes_should_be_refused_with_what_breaks_it() {
        use Encoding::*;
        for (text, encoding, reason) in [
            ("0x6", Some(Hex), "Odd number"),
            ("0xzz", Some(Hex), "Invalid character"),
            ("a b", Some(Base64), "Invalid symbol"),
        ] {
            let error = ErrorObjectOwned::from(decode(text, encoding, 9).unwrap_err());
            assert_eq!(error.code(), INVALID_PARAMS_CODE);
            assert!(error.message().contains(reason), "{}", error.message());
        }
    }

    #[test]
    fn base64_should_be_refused_naming_both_encodings_when_none_is_given() {
        for text in ["aGFuem8=", "hello, world"] {
            let error = ErrorObjectOwned::from(decode(text, None, 99).unwrap_err());
            assert_eq!(error.code(), INVALID_PARAMS_CODE);
            for part in ["\"hex\"", "\"base64\"", "Invalid character"] {
                assert!(error.message().contains(part), "{part} is not in: {}", error.message());
            }
        }
    }

    #[test]
    fn operator_should_be_known_by_what_the_server_allows() {
        let mut extensions = Extensions::new();
        assert_eq!(caller(&extensions), Caller::Stranger(0));
        extensions.insert(ConnectionId(7));
        extensions.insert(DenyUnsafe::Yes);
        assert_eq!(caller(&extensions), Caller::Stranger(7));
        extensions.insert(DenyUnsafe::No);
        assert_eq!(caller(&extensions), Caller::Operator);
    }
}
