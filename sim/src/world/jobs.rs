//! Jobs: submission, and what honest workers do about them.

use super::{
    cast::{Role, Who},
    World,
};
use hanzo_poai::{
    BlobRef, Decoding, JobKind, JobRequest, JobStatus, Limits, ModelProfile, Resources, ServiceLevel, Verification,
};
use hanzo_runtime::{
    constants::AI,
    economy::TINY_MODEL,
    test_kit::{actors, chain::dispatch_as},
    Runtime,
};
use hanzo_traits::JobId;
use pallet_poai::Delivery;
use sp_core::H256;
use sp_runtime::BoundedVec;

/// A model without a profile, which every worker runs: a job on it takes the resources that its client names.
pub const FREE_MODEL: H256 = H256::repeat_byte(0x77);
/// Tokens that every job asks for and gets.
pub const TOKENS: u32 = 8;

/// A job as its client wants it.
#[derive(Clone, Debug)]
pub struct JobPlan {
    /// Whether it is for the tiny model, which has a profile, or for the one that takes what its client names.
    pub profiled: bool,
    /// Most tokens of prompt and of output, each.
    pub max_tokens: u32,
    /// Least quality of its worker.
    pub min_quality_ppb: u32,
    /// What it takes, where the model has no profile.
    pub resources: Resources,
    /// Blocks until its deadline.
    pub duration: u32,
    /// Whether tokens that the client holds pay for it.
    pub use_held_tokens: bool,
    /// Whether what is left is sold.
    pub sell_unused: bool,
    /// Whether anybody can have the input.
    pub withheld: bool,
    /// Highest prices; zero takes the default.
    pub max_price: [u128; 6],
}

impl Default for JobPlan {
    fn default() -> Self {
        Self {
            profiled: false,
            max_tokens: TOKENS,
            min_quality_ppb: 0,
            resources: Resources::default(),
            duration: 100,
            use_held_tokens: false,
            sell_unused: false,
            withheld: false,
            max_price: [0; 6],
        }
    }
}

/// Where a job stands; final once it is pruned.
pub fn status(id: JobId) -> JobStatus {
    pallet_compute::Jobs::<Runtime>::get(id).map_or(JobStatus::Settled, |job| job.status)
}

impl World {
    /// Submits a job; its number.
    pub fn submit(&mut self, client: Who, plan: &JobPlan) -> Option<JobId> {
        self.nonce += 1;
        let request = JobRequest {
            kind: JobKind::Inference,
            model: if plan.profiled { TINY_MODEL } else { FREE_MODEL },
            input: BlobRef { hash: H256::repeat_byte(7), length: 64 },
            max_prompt_tokens: plan.max_tokens,
            decoding: Decoding::greedy(plan.max_tokens),
            sla: ServiceLevel { min_quality_ppb: plan.min_quality_ppb, ..ServiceLevel::default() },
            tier: 0,
            resources: (!plan.profiled).then_some(plan.resources),
            parts: Default::default(),
            limits: Limits { max_credits: 1_000_000 * AI, max_price: plan.max_price },
            deadline: self.now() + plan.duration,
            verification: Verification::Replay,
            prior: None,
            deltas: Default::default(),
            nonce: self.nonce,
            use_held_tokens: plan.use_held_tokens,
            sell_unused: plan.sell_unused,
            sealed: false,
        };
        self.act_anyway(client, pallet_compute::Call::submit_job { request }).ok()?;
        let id = pallet_compute::NextJob::<Runtime>::get() - 1;
        self.open_jobs.push(id);
        if plan.withheld {
            self.withheld.push(id);
        }
        Some(id)
    }

    /// Has the model with a profile take so much of each class for that many output tokens, and nothing for prompts: of what models
    /// cost, the presets' is but one.
    pub fn price_model(&self, most: &Resources, max_tokens: u32) {
        let profile = ModelProfile {
            per_output_token: Resources(most.0.map(|amount| amount / u128::from(max_tokens))),
            max_prompt_tokens: max_tokens,
            max_output_tokens: max_tokens,
            min_deadline_blocks: 30,
            ..Default::default()
        };
        pallet_compute::ModelProfiles::<Runtime>::insert(TINY_MODEL, profile);
    }

    /// Honest workers answer: they fetch the input before they accept, decline what they cannot have, attest after their
    /// acceptance, and deliver what is demanded.
    pub(super) fn tend_jobs(&mut self) {
        for id in std::mem::take(&mut self.open_jobs) {
            let Some(job) = pallet_compute::Jobs::<Runtime>::get(id).filter(|job| !job.status.is_final()) else {
                continue;
            };
            self.open_jobs.push(id);
            let worker = job.assignment.as_ref().and_then(|assignment| Who::of(&assignment.worker));
            if let Some(worker) = worker.filter(|worker| worker.role == Role::Worker) {
                // What it cannot have, or not do in time, it declines.
                let declines = self.withheld.contains(&id) || self.now() + 3 > job.deadline;
                let _ = match job.status {
                    JobStatus::Assigned if declines => {
                        dispatch_as(worker.id(), pallet_compute::Call::decline_job { job: id })
                    }
                    JobStatus::Assigned => dispatch_as(worker.id(), pallet_compute::Call::accept_job { job: id }),
                    JobStatus::Accepted => self.attest(worker, id, TOKENS),
                    JobStatus::Attested => self.deliver(worker, id),
                    _ => Ok(()),
                };
            }
        }
    }

    /// Attests so many tokens of prompt and of output.
    pub fn attest(&self, worker: Who, id: JobId, count: u32) -> Result<(), sp_runtime::DispatchError> {
        let call = actors::attest_as(worker.id(), &worker.session(), id, count, count)?;
        dispatch_as(worker.id(), call)
    }

    /// Delivers what is demanded of a job, if it is.
    pub fn deliver(&self, worker: Who, id: JobId) -> Result<(), sp_runtime::DispatchError> {
        let demanded = pallet_poai::Windows::<Runtime>::get(id)
            .is_some_and(|window| matches!(window.delivery, Delivery::Demanded { .. }));
        if !demanded {
            return Ok(());
        }
        let tokens = BoundedVec::truncate_from(actors::output(TOKENS));
        dispatch_as(worker.id(), pallet_poai::Call::deliver_output { job: id, tokens })
    }

    /// Jobs of which one of the adversary's accounts is client or worker and that are not final.
    pub(super) fn open_job_of_adversary(&self) -> Option<JobId> {
        let is_ours = |account: &_| Who::of(account).is_some_and(|who| who.role == Role::Adversary);
        pallet_compute::Jobs::<Runtime>::iter()
            .filter(|(_, job)| !job.status.is_final())
            .find(|(_, job)| is_ours(&job.client) || job.assignment.as_ref().is_some_and(|a| is_ours(&a.worker)))
            .map(|(id, _)| id)
    }
}
