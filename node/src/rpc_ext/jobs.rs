//! `jobs_*`: quotes, jobs and workers.

use super::{error::Error, reader::Reader};
use hanzo_poai::{parts::MAX_PARTS, ModelProfile, Part, Parts};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{
    api::{JobQuote, JobsApi, PartView, WorkerView},
    Amount, JobId, ResourceClass, Resources, Tier,
};
use jsonrpsee::proc_macros::rpc;
use serde::Serialize;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;

/// Longest list one call returns.
pub(super) const MAX_LIST: u32 = 256;
/// Length of a list when the caller does not say.
const DEFAULT_LIST: u32 = 64;

/// A job on this chain.
pub type JobView = hanzo_traits::api::JobView<AccountId, BlockNumber>;
/// A page of open jobs.
pub type OpenJobs = hanzo_traits::api::OpenJobs<AccountId, BlockNumber>;

/// A model's profile with string amounts; see [`ModelProfile`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// Resources per token of the prompt, wei of a resource-second per class.
    pub per_prompt_token: [Amount; ResourceClass::COUNT],
    /// Resources per token of output, wei of a resource-second per class.
    pub per_output_token: [Amount; ResourceClass::COUNT],
    /// Longest prompt, tokens.
    pub max_prompt_tokens: u32,
    /// Longest output, tokens.
    pub max_output_tokens: u32,
    /// Shortest time between submission and deadline, blocks.
    pub min_deadline_blocks: u32,
}

impl From<ModelProfile> for ProfileView {
    fn from(profile: ModelProfile) -> Self {
        let strings = |resources: Resources| resources.0.map(Amount);
        Self {
            per_prompt_token: strings(profile.per_prompt_token),
            per_output_token: strings(profile.per_output_token),
            max_prompt_tokens: profile.max_prompt_tokens,
            max_output_tokens: profile.max_output_tokens,
            min_deadline_blocks: profile.min_deadline_blocks,
        }
    }
}

/// Jobs and workers.
#[rpc(server)]
pub trait Jobs {
    /// What a job on `model` with so many tokens at most would cost in `tier` (0), but for `parts` that are of other tiers.
    #[method(name = "jobs_quote", blocking)]
    fn quote(
        &self,
        model: H256,
        max_prompt_tokens: u32,
        max_output_tokens: u32,
        tier: Option<Tier>,
        at: Option<Hash>,
        parts: Option<Vec<PartView>>,
    ) -> Result<JobQuote<BlockNumber>, Error>;

    /// What a job on a model without profile would cost, which names its resources itself: wei of a resource-second for
    /// each of the six classes, in their order.
    #[method(name = "jobs_quoteResources", blocking)]
    fn quote_resources(
        &self,
        resources: [Amount; ResourceClass::COUNT],
        tier: Option<Tier>,
        at: Option<Hash>,
        parts: Option<Vec<PartView>>,
    ) -> Result<JobQuote<BlockNumber>, Error>;

    /// One job; null when there is none of this number.
    #[method(name = "jobs_job", blocking)]
    fn job(&self, job: JobId, at: Option<Hash>) -> Result<Option<JobView>, Error>;

    /// Jobs that are not final, oldest first, from number `start` (0) on, at most `limit` (64; 256 is the most), and `next`,
    /// where to go on; null after the last.
    #[method(name = "jobs_openJobs", blocking)]
    fn open_jobs(&self, start: Option<JobId>, limit: Option<u32>, at: Option<Hash>) -> Result<OpenJobs, Error>;

    /// Workers, from the `start`-th (0) on, at most `limit` (64; 256 is the most).
    #[method(name = "jobs_workers", blocking)]
    fn workers(
        &self,
        start: Option<u32>,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> Result<Vec<WorkerView<AccountId>>, Error>;

    /// One worker; null when the account is none.
    #[method(name = "jobs_worker", blocking)]
    fn worker(&self, account: AccountId, at: Option<Hash>) -> Result<Option<WorkerView<AccountId>>, Error>;

    /// A model's profile; null when it has none.
    #[method(name = "jobs_modelProfile", blocking)]
    fn model_profile(&self, model: H256, at: Option<Hash>) -> Result<Option<ProfileView>, Error>;
}

/// Answers [`JobsServer`] from the runtime.
pub struct JobsRpc<C> {
    reader: Reader<C>,
}

impl<C> JobsRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self { reader }
    }
}

/// The length asked for, checked.
pub(super) fn list_length(limit: Option<u32>) -> Result<u32, Error> {
    match limit.unwrap_or(DEFAULT_LIST) {
        limit if limit > MAX_LIST => {
            Err(Error::AboveLimit { name: "limit", value: limit.into(), limit: MAX_LIST.into() })
        }
        limit => Ok(limit),
    }
}

/// The parts asked for, as many as a job may have.
fn taken(parts: Option<Vec<PartView>>) -> Result<Parts, Error> {
    let parts: Vec<_> = parts.unwrap_or_default().into_iter().map(Part::from).collect();
    let count = parts.len() as u64;
    let above = Error::AboveLimit { name: "parts", value: count, limit: MAX_PARTS.into() };
    parts.try_into().map_err(|_| above)
}

impl<C> JobsServer for JobsRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    fn quote(
        &self,
        model: H256,
        max_prompt_tokens: u32,
        max_output_tokens: u32,
        tier: Option<Tier>,
        at: Option<Hash>,
        parts: Option<Vec<PartView>>,
    ) -> Result<JobQuote<BlockNumber>, Error> {
        let (tier, parts) = (tier.unwrap_or_default(), taken(parts)?);
        self.reader
            .call("JobsApi_quote", at, |api, at| {
                api.quote(at, model, tier, parts, max_prompt_tokens, max_output_tokens)
            })?
            .map_err(Error::JobQuote)
    }

    fn quote_resources(
        &self,
        resources: [Amount; ResourceClass::COUNT],
        tier: Option<Tier>,
        at: Option<Hash>,
        parts: Option<Vec<PartView>>,
    ) -> Result<JobQuote<BlockNumber>, Error> {
        let (tier, parts, resources) = (tier.unwrap_or_default(), taken(parts)?, Resources(resources.map(Into::into)));
        self.reader
            .call("JobsApi_quote_resources", at, |api, at| api.quote_resources(at, tier, parts, resources))?
            .map_err(Error::JobQuote)
    }

    fn job(&self, job: JobId, at: Option<Hash>) -> Result<Option<JobView>, Error> {
        self.reader.call("JobsApi_job", at, |api, at| api.job(at, job))
    }

    fn open_jobs(&self, start: Option<JobId>, limit: Option<u32>, at: Option<Hash>) -> Result<OpenJobs, Error> {
        let limit = list_length(limit)?;
        self.reader.call("JobsApi_open_jobs", at, |api, at| api.open_jobs(at, start.unwrap_or_default(), limit))
    }

    fn workers(
        &self,
        start: Option<u32>,
        limit: Option<u32>,
        at: Option<Hash>,
    ) -> Result<Vec<WorkerView<AccountId>>, Error> {
        let limit = list_length(limit)?;
        self.reader.call("JobsApi_workers", at, |api, at| api.workers(at, start.unwrap_or_default(), limit))
    }

    fn worker(&self, account: AccountId, at: Option<Hash>) -> Result<Option<WorkerView<AccountId>>, Error> {
        self.reader.call("JobsApi_worker", at, |api, at| api.worker(at, account))
    }

    fn model_profile(&self, model: H256, at: Option<Hash>) -> Result<Option<ProfileView>, Error> {
        let profile = self.reader.call("JobsApi_model_profile", at, |api, at| api.model_profile(at, model))?;
        Ok(profile.map(ProfileView::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_length_should_be_bounded() {
        assert_eq!(list_length(None).unwrap(), DEFAULT_LIST);
        assert_eq!(list_length(Some(MAX_LIST)).unwrap(), MAX_LIST);
        assert_eq!(list_length(Some(257)).unwrap_err().to_string(), "limit is 257, above the limit of 256");
    }

    #[test]
    fn profile_should_keep_every_digit_in_json() {
        let mut profile = ModelProfile::default();
        profile.per_output_token.set(ResourceClass::Vram, u128::MAX);
        let json = serde_json::to_value(ProfileView::from(profile)).unwrap();
        assert_eq!(json["perOutputToken"][1], serde_json::Value::String(u128::MAX.to_string()));
    }
}
