//! Calls into the runtime of one block.

use super::error::Error;
use hanzo_runtime::{opaque::Block, BlockNumber, Hash};
use sp_api::{ApiError, ApiRef, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use std::sync::Arc;

/// The client, as methods use it.
pub struct Reader<C> {
    client: Arc<C>,
}

impl<C> Clone for Reader<C> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone() }
    }
}

impl<C> Reader<C> {
    /// Reads through `client`.
    pub fn new(client: Arc<C>) -> Self {
        Self { client }
    }

    /// The client itself.
    pub fn client(&self) -> &C {
        &self.client
    }
}

impl<C: ProvideRuntimeApi<Block> + HeaderBackend<Block>> Reader<C> {
    /// Calls the runtime API method `function` at `at`, or at the best block.
    pub fn call<T>(
        &self,
        function: &'static str,
        at: Option<Hash>,
        call: impl FnOnce(ApiRef<'_, C::Api>, Hash) -> Result<T, ApiError>,
    ) -> Result<T, Error> {
        let at = at.unwrap_or_else(|| self.best().0);
        call(self.client.runtime_api(), at).map_err(|error| match self.client.number(at) {
            Ok(None) => Error::UnknownBlock(at),
            _ => Error::Runtime { function, at, reason: error.to_string() },
        })
    }

    /// The best block.
    pub fn best(&self) -> (Hash, BlockNumber) {
        let info = self.client.info();
        (info.best_hash, info.best_number)
    }

    /// The last final block.
    pub fn finalized(&self) -> Hash {
        self.client.info().finalized_hash
    }
}
