//! `invariants_check`: whether everything our pallets promise still holds.

use super::{error::Error, reader::Reader};
use hanzo_runtime::{opaque::Block, Hash};
use hanzo_traits::api::{Invariants as InvariantsApi, CHECK_PERMIT};
use jsonrpsee::{proc_macros::rpc, Extensions};
use sc_rpc_api::check_if_safe;
use sp_api::{ApiExt, ApiRef, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_state_machine::OverlayedChanges;

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

/// Has a call of the node itself permitted by the runtime. Other ways to it, such as `state_call`, are open to
/// everybody, and refused there.
pub type Permit<Api> = fn(&mut Api);

/// The permit of the runtime: a key in the changes over the state that the call sees.
pub fn permit<Api: ApiExt<Block>>(api: &mut Api) {
    let mut changes = OverlayedChanges::default();
    changes.set_storage(CHECK_PERMIT.to_vec(), Some(Vec::new()));
    api.set_overlayed_changes(changes);
}

/// Answers [`InvariantsServer`] from the runtime.
pub struct InvariantsRpc<C: ProvideRuntimeApi<Block>> {
    reader: Reader<C>,
    permit: Permit<C::Api>,
}

impl<C: ProvideRuntimeApi<Block>> InvariantsRpc<C> {
    /// Over `reader`, whose calls are permitted by `permit`.
    pub fn new(reader: Reader<C>, permit: Permit<C::Api>) -> Self {
        Self { reader, permit }
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
        let check = |mut api: ApiRef<'_, C::Api>, at| {
            (self.permit)(&mut api);
            api.check(at, level.unwrap_or_default())
        };
        self.reader.call("Invariants_check", Some(at), check)?.map_err(|what| Error::Invariant { at, what })
    }
}
