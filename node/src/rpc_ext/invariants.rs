//! `invariants_check`: whether everything our pallets promise still holds.

use super::{error::Error, reader::Reader};
use hanzo_runtime::{opaque::Block, Hash};
use hanzo_traits::api::Invariants as InvariantsApi;
use jsonrpsee::{proc_macros::rpc, Extensions};
use sc_rpc_api::check_if_safe;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;

/// Checks for tests and auditors.
#[rpc(server)]
pub trait Invariants {
    /// Null when everything holds, else an error that names what differs. Level 0, the default, takes the cheap
    /// checks, 1 all of them.
    ///
    /// Unsafe: it walks whole storage maps, so it answers the operator only.
    #[method(name = "invariants_check", blocking, with_extensions)]
    fn check(&self, level: Option<u8>, at: Option<Hash>) -> Result<(), Error>;
}

/// Answers [`Invariants`] from the runtime.
pub struct InvariantsRpc<C> {
    reader: Reader<C>,
}

impl<C> InvariantsRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self { reader }
    }
}

impl<C> InvariantsServer for InvariantsRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    C::Api: InvariantsApi<Block>,
{
    fn check(&self, extensions: &Extensions, level: Option<u8>, at: Option<Hash>) -> Result<(), Error> {
        check_if_safe(extensions)?;
        let at = at.unwrap_or_else(|| self.reader.best().0);
        self.reader
            .call("Invariants_check", Some(at), |api, at| api.check(at, level.unwrap_or_default()))?
            .map_err(|what| Error::Invariant { at, what })
    }
}
