//! What a caller of `hmm_route` may ask beyond amounts and tiers, and the workers it is asked of.

use super::super::{error::Error, reader::Reader};
use hanzo_poai::job::ServiceLevel;
use hanzo_router::{
    sla::{capacity, looks_at_offers},
    types::MAX_OFFERS,
    Job, Offer, Placement, Request,
};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash, Runtime};
use hanzo_traits::{
    api::{JobsApi, WorkerView},
    Amount, ResourceClass, Resources, Tier,
};
use serde::Deserialize;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::Get;

/// Workers read at a time: the most the runtime gives.
const PAGE: u32 = 256;

/// Who may run a job; what is left out does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Level {
    /// Bit i set: region i will do; 0 takes any.
    regions: u32,
    /// Longest latency, milliseconds; 0 does not ask.
    max_latency_ms: u32,
    /// Longest jitter, milliseconds; 0 does not ask.
    max_jitter_ms: u32,
    /// Only workers in a certified trusted execution environment.
    tee: bool,
    /// Least quality, parts per billion.
    min_quality_ppb: u32,
}

impl From<Level> for ServiceLevel {
    fn from(level: Level) -> Self {
        let Level { regions, max_latency_ms, max_jitter_ms, tee, min_quality_ppb } = level;
        Self { max_latency_ms, max_jitter_ms, regions, tee, min_quality_ppb }
    }
}

/// Who does a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// Anybody, each class for itself.
    #[default]
    Anywhere,
    /// Several workers, each a part with all classes in proportion.
    Parts,
    /// One worker all of it.
    OneWorker,
}

impl From<Place> for Placement {
    fn from(place: Place) -> Self {
        match place {
            Place::Anywhere => Self::Anywhere,
            Place::Parts => Self::Parts,
            Place::OneWorker => Self::OneWorker,
        }
    }
}

/// A job to be routed together with the first.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FurtherJob {
    /// Six amounts, in the order of the classes.
    resources: [Amount; ResourceClass::COUNT],
    /// Tiers it accepts; all if left out.
    #[serde(default)]
    tiers: Option<Vec<Tier>>,
    /// Who may run it.
    #[serde(default)]
    sla: Level,
    /// How it is placed.
    #[serde(default)]
    placement: Place,
}

/// What the caller expects of one worker.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Expected {
    /// The worker.
    worker: AccountId,
    /// E[ΔI], nats, −4 to 4.
    #[serde(default)]
    information: f64,
    /// E[ΔU], −1 to 1.
    #[serde(default)]
    utility: f64,
}

/// What may be asked beyond amounts and tiers. A field that is not known is refused by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Options {
    /// Who may run the job.
    sla: Level,
    /// How it is placed.
    placement: Place,
    /// The most everything may cost, wei; no limit if left out.
    max_credits: Option<Amount>,
    /// Whether a part will do where limits leave no more.
    partial: bool,
    /// Only workers that run this model.
    model: Option<H256>,
    /// β of the weights of equal options; 1 if left out.
    beta: Option<f64>,
    /// What is expected of workers. Of one that is not named: no information, and twice its quality less one as utility.
    expected: Vec<Expected>,
    /// Further jobs, bought together with the first.
    jobs: Vec<FurtherJob>,
}

impl Options {
    /// The request of a first job that needs `resources` in `tiers`.
    pub(super) fn request(&self, resources: [Amount; ResourceClass::COUNT], tiers: Option<Vec<Tier>>) -> Request {
        let job = |resources: [Amount; ResourceClass::COUNT], tiers, sla: Level, placement: Place| Job {
            needs: Resources(resources.map(Into::into)),
            tiers,
            sla: sla.into(),
            placement: placement.into(),
        };
        let further = self.jobs.iter().map(|more| job(more.resources, more.tiers.clone(), more.sla, more.placement));
        Request {
            jobs: [job(resources, tiers, self.sla, self.placement)].into_iter().chain(further).collect(),
            max_credits: self.max_credits.map(Into::into),
            partial: self.partial,
            beta: self.beta.unwrap_or(1.0),
        }
    }

    /// Workers that take jobs, and run the model if one is named, as of block `at`, with what each offers: none where no job
    /// asks for anything of a worker.
    pub(super) fn offers<C>(
        &self,
        request: &Request,
        reader: &Reader<C>,
        at: Hash,
    ) -> Result<(Vec<AccountId>, Vec<Offer>), Error>
    where
        C: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
        C::Api: JobsApi<Block, AccountId, BlockNumber>,
    {
        let (mut accounts, mut offers) = (Vec::new(), Vec::new());
        if !request.jobs.iter().any(looks_at_offers) {
            return Ok((accounts, offers));
        }
        for start in (0..MAX_OFFERS as u32).step_by(PAGE as usize) {
            let page = reader.call("JobsApi_workers", Some(at), |api, at| api.workers(at, start, PAGE))?;
            let last = page.len() < PAGE as usize;
            for worker in page {
                if !worker.accepting || self.model.is_some_and(|model| !worker.models.contains(&model)) {
                    continue;
                }
                let in_use = in_use(&worker, reader, at)?;
                offers.push(self.offer(&worker, &in_use));
                accounts.push(worker.account);
            }
            if last {
                break;
            }
        }
        let unknown = self.expected.iter().find(|expected| !accounts.contains(&expected.worker));
        match unknown {
            Some(Expected { worker, .. }) => {
                Err(Error::Market(format!("{worker} is not one of the {} workers that take such jobs", accounts.len())))
            }
            None => Ok((accounts, offers)),
        }
    }

    /// What a worker offers whose open jobs hold `in_use`.
    fn offer(&self, worker: &WorkerView<AccountId>, in_use: &Resources) -> Offer {
        let horizon = <<Runtime as pallet_compute::Config>::HorizonSeconds as Get<u32>>::get();
        let units = Resources(worker.units.map(Into::into));
        let expected = self.expected.iter().find(|expected| expected.worker == worker.account);
        let quality = f64::from(worker.quality_ppb) * 1e-9;
        Offer {
            tiers: worker.tiers.clone(),
            capacity: capacity(&units, worker.quality_ppb, horizon, in_use),
            free_limit: worker.free_limit.into(),
            regions: worker.regions,
            latency_ms: worker.latency_ms,
            jitter_ms: worker.jitter_ms,
            tee: worker.tee,
            quality_ppb: worker.quality_ppb,
            information: expected.map_or(0.0, |expected| expected.information),
            utility: expected.map_or(2.0 * quality - 1.0, |expected| expected.utility),
        }
    }
}

/// What a worker's open jobs hold of it, wei of a resource-second per class.
fn in_use<C>(worker: &WorkerView<AccountId>, reader: &Reader<C>, at: Hash) -> Result<Resources, Error>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
    C::Api: JobsApi<Block, AccountId, BlockNumber>,
{
    if worker.open_jobs == 0 {
        return Ok(Resources::default());
    }
    let account = worker.account.clone();
    let jobs = reader.call("JobsApi_jobs_of", Some(at), |api, at| api.jobs_of(at, account))?;
    let held = jobs.iter().map(|job| Resources(job.escrow.map(Into::into)));
    let most = Resources([u128::MAX; ResourceClass::COUNT]);
    Ok(held.fold(Resources::default(), |sum, held| sum.checked_add(&held).unwrap_or(most)))
}
