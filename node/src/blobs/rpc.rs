//! `blob_put` and `blob_get`: the way of a job's input to the network, and of its output back to the client.

use super::{
    budget::Exceeded,
    error::Error as StoreError,
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
    /// How long this node keeps it, unless its quota is used up earlier.
    pub expires_in_seconds: u64,
}

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text is no bytes.
    #[error("the blob is not {expected}: {reason}")]
    Text {
        /// The encoding tried.
        expected: &'static str,
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
            Error::Text { .. } => INVALID_PARAMS_CODE,
            Error::Rate(_) => code::BLOB_RATE,
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
    /// Without an encoding, text after "0x" is hexadecimal and any other base64. Base64 may begin with "0x" as well:
    /// clients that send it should say so.
    #[method(name = "blob_put", with_extensions)]
    async fn put(&self, bytes: String, encoding: Option<Encoding>) -> Result<Stored, Error>;

    /// The bytes behind a hash, hexadecimal unless base64 is asked for; from this node, else from one of its peers.
    #[method(name = "blob_get", with_extensions)]
    async fn get(&self, hash: H256, encoding: Option<Encoding>) -> Result<String, Error>;
}

/// Answers [`Blobs`] from the blob service.
pub struct BlobsRpc {
    service: Arc<BlobService>,
}

impl BlobsRpc {
    /// Over `service`.
    pub fn new(service: Arc<BlobService>) -> Self {
        Self { service }
    }

    async fn put_text(&self, caller: usize, text: &str, encoding: Option<Encoding>) -> Result<Stored, Error> {
        let limits = self.service.store().limits();
        let bytes = decode(text, encoding, limits.max_blob)?;
        self.service.uploads.take(&caller, bytes.len() as u64)?;
        // Fits: `decode` refuses what is above the limit.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let hash = self.service.put(bytes).await?;
        Ok(Stored { hash, length, expires_in_seconds: limits.retention.as_secs() })
    }

    async fn find(&self, caller: usize, hash: H256) -> Result<Vec<u8>, Error> {
        let (store, downloads) = (self.service.store(), &self.service.downloads);
        // A blob that must be searched for counts as the largest there may be.
        let max_blob = store.limits().max_blob;
        downloads.take(&caller, store.length(hash).unwrap_or(max_blob).into())?;
        Ok(self.service.fetch(hash, max_blob).await?)
    }

    fn counted<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        let store = self.service.store();
        let metrics = store.metrics();
        if let Err(error) = &result {
            match error {
                Error::Text { .. } => metrics.refused(Refusal::Malformed),
                Error::Rate(_) => metrics.refused(Refusal::Rate),
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

/// Who calls: the server's number of the connection.
fn caller(extensions: &Extensions) -> usize {
    extensions.get::<ConnectionId>().map(|connection| connection.0).unwrap_or_default()
}

/// Reads bytes from text; refuses what is too long before decoding it.
fn decode(text: &str, encoding: Option<Encoding>, max_blob: u32) -> Result<Vec<u8>, Error> {
    let digits = text.strip_prefix("0x");
    let limit = u64::from(max_blob);
    let too_large = |length: usize| Error::Store(StoreError::TooLarge { length: length as u64, limit });
    let bytes = match (encoding, digits) {
        (Some(Encoding::Hex), _) | (None, Some(_)) => {
            let digits = digits.unwrap_or(text);
            let length = digits.len().div_ceil(2);
            if length as u64 > limit {
                return Err(too_large(length));
            }
            hex::decode(digits).map_err(|error| Error::Text { expected: "hexadecimal", reason: error.to_string() })?
        }
        (Some(Encoding::Base64) | None, _) => {
            let digits = text.trim_end_matches('=');
            // Four characters carry three bytes; a longer count than this is not base64 at all.
            let length = digits.len().saturating_mul(3) / 4;
            if length as u64 > limit {
                return Err(too_large(length));
            }
            BASE64_LENIENT
                .decode(text)
                .map_err(|error| Error::Text { expected: "base64", reason: error.to_string() })?
        }
    };
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_should_be_read_from_either_encoding() {
        use Encoding::*;
        for (text, encoding) in [
            ("0x68616e7a6f", None),
            ("0x68616E7A6F", Some(Hex)),
            ("68616e7a6f", Some(Hex)),
            ("aGFuem8=", None),
            ("aGFuem8", Some(Base64)),
        ] {
            assert_eq!(decode(text, encoding, 5).unwrap(), b"hanzo", "{text}");
        }
        // Base64 that looks hexadecimal.
        assert_eq!(decode("0xAB", None, 5).unwrap(), [0xab]);
        assert_eq!(decode("0xAB", Some(Base64), 5).unwrap(), [0xd3, 0x10, 0x01]);
        assert_eq!(decode("", None, 0).unwrap(), b"");
    }

    #[test]
    fn text_above_the_size_limit_should_be_refused_with_both_numbers() {
        for text in ["0x68616e7a6f", "aGFuem8="] {
            let error = ErrorObjectOwned::from(decode(text, None, 4).unwrap_err());
            assert_eq!(error.code(), code::BLOB_TOO_LARGE);
            assert_eq!(error.message(), "a blob of 5 bytes is above the limit of 4 bytes");
        }
    }

    #[test]
    fn text_that_is_no_bytes_should_be_refused() {
        for (text, reason) in [("0x6", "Odd number"), ("0xzz", "Invalid character"), ("a b", "Invalid symbol")] {
            let error = ErrorObjectOwned::from(decode(text, None, 9).unwrap_err());
            assert_eq!(error.code(), INVALID_PARAMS_CODE);
            assert!(error.message().contains(reason), "{}", error.message());
        }
    }
}
