//! `poai_*`: what workers attested, how good they are, and who checks them.

use super::{error::Error, jobs::list_length, reader::Reader};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{
    api::{AttestationView, DeliveredOutput, PoaiApi, ReviewView, SlashView, VerdictView, VerifierView},
    Amount, JobId,
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

    /// Reviews under way, at most `limit` (64; 256 is the most), in no particular order.
    #[method(name = "poai_openAudits", blocking)]
    fn open_audits(
        &self,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> Result<Vec<ReviewView<AccountId, BlockNumber>>, Error>;

    /// Reviews on whose committees an account sits.
    #[method(name = "poai_seats", blocking)]
    fn seats(&self, account: AccountId, at: Option<Hash>) -> Result<Vec<ReviewView<AccountId, BlockNumber>>, Error>;

    /// What the review of a job came to, with the votes of its last round; null when there is none or it is pruned.
    #[method(name = "poai_verdicts", blocking)]
    fn verdicts(&self, job: JobId, at: Option<Hash>) -> Result<Option<VerdictView<AccountId, BlockNumber>>, Error>;

    /// One verifier; null when the account is none.
    #[method(name = "poai_verifier", blocking)]
    fn verifier(
        &self,
        account: AccountId,
        at: Option<Hash>,
    ) -> Result<Option<VerifierView<AccountId, BlockNumber>>, Error>;

    /// Verifiers by slot from `start` (0) on, at most `limit` (64; 256 is the most).
    #[method(name = "poai_verifiers", blocking)]
    fn verifiers(
        &self,
        start: Option<u32>,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> Result<Vec<VerifierView<AccountId, BlockNumber>>, Error>;

    /// Slashes that wait for their time, at most `limit` (64; 256 is the most), the next one first.
    #[method(name = "poai_slashes", blocking)]
    fn slashes(&self, limit: Option<u32>, at: Option<Hash>) -> Result<Vec<SlashView<AccountId, BlockNumber>>, Error>;

    /// First block in which an account may submit jobs and be given some again; null if it may.
    #[method(name = "poai_deniedUntil", blocking)]
    fn denied_until(&self, account: AccountId, at: Option<Hash>) -> Result<Option<BlockNumber>, Error>;

    /// What a challenge of an attested job has to put up, wei; null for a job in any other state.
    #[method(name = "poai_challengeBond", blocking)]
    fn challenge_bond(&self, job: JobId, at: Option<Hash>) -> Result<Option<Amount>, Error>;
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

    fn open_audits(
        &self,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> Result<Vec<ReviewView<AccountId, BlockNumber>>, Error> {
        let limit = list_length(limit)?;
        self.reader.call("PoaiApi_open_audits", at, |api, at| api.open_audits(at, limit))
    }

    fn seats(&self, account: AccountId, at: Option<Hash>) -> Result<Vec<ReviewView<AccountId, BlockNumber>>, Error> {
        self.reader.call("PoaiApi_seats", at, |api, at| api.seats(at, account))
    }

    fn verdicts(&self, job: JobId, at: Option<Hash>) -> Result<Option<VerdictView<AccountId, BlockNumber>>, Error> {
        self.reader.call("PoaiApi_verdict", at, |api, at| api.verdict(at, job))
    }

    fn verifier(
        &self,
        account: AccountId,
        at: Option<Hash>,
    ) -> Result<Option<VerifierView<AccountId, BlockNumber>>, Error> {
        self.reader.call("PoaiApi_verifier", at, |api, at| api.verifier(at, account))
    }

    fn verifiers(
        &self,
        start: Option<u32>,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> Result<Vec<VerifierView<AccountId, BlockNumber>>, Error> {
        let limit = list_length(limit)?;
        self.reader.call("PoaiApi_verifiers", at, |api, at| api.verifiers(at, start.unwrap_or_default(), limit))
    }

    fn slashes(&self, limit: Option<u32>, at: Option<Hash>) -> Result<Vec<SlashView<AccountId, BlockNumber>>, Error> {
        let limit = list_length(limit)?;
        self.reader.call("PoaiApi_slashes", at, |api, at| api.slashes(at, limit))
    }

    fn denied_until(&self, account: AccountId, at: Option<Hash>) -> Result<Option<BlockNumber>, Error> {
        self.reader.call("PoaiApi_denied_until", at, |api, at| api.denied_until(at, account))
    }

    fn challenge_bond(&self, job: JobId, at: Option<Hash>) -> Result<Option<Amount>, Error> {
        self.reader.call("PoaiApi_challenge_bond", at, |api, at| api.challenge_bond(at, job))
    }
}
