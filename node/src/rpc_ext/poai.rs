//! `poai_*`: what workers attested, and how good they are.

use super::{error::Error, reader::Reader};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{
    api::{AttestationView, DeliveredOutput, PoaiApi},
    JobId,
};
use jsonrpsee::proc_macros::rpc;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;

/// Proof of AI.
#[rpc(server)]
pub trait Poai {
    /// The attestation of a job; null when there is none.
    #[method(name = "poai_attestation", blocking)]
    fn attestation(
        &self,
        job: JobId,
        at: Option<Hash>,
    ) -> Result<Option<AttestationView<AccountId, BlockNumber>>, Error>;

    /// The output of a job, where the client demanded it on chain and the worker delivered; null otherwise, and once the
    /// attestation is pruned.
    #[method(name = "jobs_result", blocking)]
    fn result(&self, job: JobId, at: Option<Hash>) -> Result<Option<DeliveredOutput>, Error>;

    /// What the attestation of an accepted job is bound to.
    #[method(name = "poai_challenge", blocking)]
    fn challenge(&self, job: JobId, at: Option<Hash>) -> Result<H256, Error>;

    /// Quality of a worker, parts per billion.
    #[method(name = "poai_quality", blocking)]
    fn quality(&self, worker: AccountId, at: Option<Hash>) -> Result<u32, Error>;
}

/// Answers [`PoaiServer`] from the runtime.
pub struct PoaiRpc<C> {
    reader: Reader<C>,
}

impl<C> PoaiRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self { reader }
    }
}

impl<C> PoaiServer for PoaiRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    C::Api: PoaiApi<Block, AccountId, BlockNumber>,
{
    fn attestation(
        &self,
        job: JobId,
        at: Option<Hash>,
    ) -> Result<Option<AttestationView<AccountId, BlockNumber>>, Error> {
        self.reader.call("PoaiApi_attestation", at, |api, at| api.attestation(at, job))
    }

    fn result(&self, job: JobId, at: Option<Hash>) -> Result<Option<DeliveredOutput>, Error> {
        self.reader.call("PoaiApi_delivered", at, |api, at| api.delivered(at, job))
    }

    fn challenge(&self, job: JobId, at: Option<Hash>) -> Result<H256, Error> {
        self.reader.call("PoaiApi_challenge", at, |api, at| api.challenge(at, job))?.map_err(Error::Challenge)
    }

    fn quality(&self, worker: AccountId, at: Option<Hash>) -> Result<u32, Error> {
        self.reader.call("PoaiApi_quality", at, |api, at| api.quality(at, worker))
    }
}
