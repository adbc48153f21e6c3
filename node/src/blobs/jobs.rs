//! Follows the chain to know which blobs open jobs name.
//!
//! Names are added as soon as a best block has them and removed when the end of their job is final, so a blob is never
//! without protection while some fork needs it. They are read as a whole once, and followed by events from then on.

use super::{
    named::{Named, Names},
    store::BlobStore,
};
use crate::{
    chain_state::{events, open_jobs, Failure},
    service::Client,
};
use futures::StreamExt;
use hanzo_poai::{JobId, JobStatus};
use hanzo_runtime::{opaque::Block, Hash, Runtime, RuntimeEvent};
use hanzo_traits::api::{JobsApi, PoaiApi};
use pallet_compute::Event as Compute;
use pallet_poai::Event as Poai;
use sc_client_api::{BlockImportNotification, BlockchainEvents, FinalityNotification};
use sc_network_sync::SyncingService;
use sp_api::ProvideRuntimeApi;
use sp_consensus::SyncOracle;
use sp_core::H256;
use std::{sync::Arc, time::Instant};

/// Keeps the names in a store up to date.
pub struct Follower {
    /// Blocks, state and runtime calls.
    pub client: Arc<Client>,
    /// Knows whether the node is behind.
    pub sync: Arc<SyncingService<Block>>,
    /// Whose names they are.
    pub store: Arc<BlobStore>,
}

impl Follower {
    /// Runs as long as the client does.
    pub async fn run(self) {
        let mut imported = self.client.import_notification_stream();
        let mut finalized = self.client.finality_notification_stream();
        loop {
            let result = tokio::select! {
                Some(block) = imported.next() => self.see(&block),
                Some(block) = finalized.next() => self.settle(&block),
                else => return,
            };
            if let Err(error) = result {
                log::debug!(target: super::LOG_TARGET, "Cannot tell which blobs open jobs name: {error}");
                self.named().change(Names::forget);
            }
        }
    }

    fn named(&self) -> &Named {
        self.store.named()
    }

    /// Adds what new best blocks name.
    fn see(&self, block: &BlockImportNotification<Block>) -> Result<(), Failure> {
        if !block.is_new_best || !self.named().read().are_followed() {
            return Ok(());
        }
        let enacted = block.tree_route.iter().flat_map(|route| route.enacted()).map(|block| block.hash);
        for hash in enacted.chain([block.hash]) {
            for step in self.steps(hash)? {
                if let Step::Names(job, blob) = step {
                    self.named().change(|names| names.add(job, blob));
                }
            }
        }
        Ok(())
    }

    /// Adds and removes what newly final blocks say.
    fn settle(&self, block: &FinalityNotification<Block>) -> Result<(), Failure> {
        if self.sync.is_major_syncing() {
            // Jobs submitted since are not known yet.
            self.named().change(Names::forget);
            return Ok(());
        }
        if !self.named().read().are_followed() {
            let mut names = Names::default();
            for at in [block.hash, self.client.chain_info().best_hash] {
                self.read_all(at, &mut names)?;
            }
            self.named().change(|old| *old = names);
        } else {
            for hash in block.tree_route.iter().chain([&block.hash]) {
                let steps = self.steps(*hash)?;
                self.named().change(|names| steps.into_iter().for_each(|step| step.take(names)));
            }
        }
        self.named().change(|names| names.saw(Instant::now()));
        Ok(())
    }

    /// What happened to jobs in a block.
    fn steps(&self, at: Hash) -> Result<Vec<Step>, Failure> {
        let input = |job| Ok(self.client.runtime_api().job(at, job)?.map(|job| job.input));
        events(&self.client, at)?.iter().filter_map(|event| Step::of(event, &input).transpose()).collect()
    }

    /// What all jobs name that are open at a block.
    fn read_all(&self, at: Hash, names: &mut Names) -> Result<(), Failure> {
        let api = self.client.runtime_api();
        for job in open_jobs(&self.client, at)? {
            names.add(job.id, job.input);
            if job.status == JobStatus::Attested {
                api.attestation(at, job.id)?.into_iter().for_each(|found| names.add(job.id, found.output));
            }
        }
        Ok(())
    }
}

/// What an event means to blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A job names a blob.
    Names(JobId, H256),
    /// A job has ended.
    Ends(JobId),
}

impl Step {
    /// The step of an event, if it is one. `input` looks a job's input up: the event of its submission does not tell.
    fn of(
        event: &RuntimeEvent,
        input: &impl Fn(JobId) -> Result<Option<H256>, Failure>,
    ) -> Result<Option<Self>, Failure> {
        Ok(match event {
            RuntimeEvent::Compute(Compute::<Runtime>::JobSubmitted { job, .. }) => {
                input(*job)?.map(|input| Self::Names(*job, input))
            }
            RuntimeEvent::Poai(Poai::<Runtime>::Attested { job, output, .. }) => Some(Self::Names(*job, *output)),
            RuntimeEvent::Compute(
                Compute::<Runtime>::JobSettled { job, .. }
                | Compute::<Runtime>::JobRefunded { job, .. }
                | Compute::<Runtime>::JobFailed { job, .. },
            ) => Some(Self::Ends(*job)),
            _ => None,
        })
    }

    fn take(self, names: &mut Names) {
        match self {
            Self::Names(job, blob) => names.add(job, blob),
            Self::Ends(job) => names.end(job),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_runtime::AccountId;
    use hanzo_traits::{FailureReason, Resources};

    #[test]
    fn names_should_follow_a_job_from_its_submission_to_its_end() {
        let (worker, client) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        let [input, output, other] = [1, 2, 3].map(H256::repeat_byte);
        let steps = |event: Compute<Runtime>| {
            let found = Step::of(&RuntimeEvent::Compute(event), &|job| Ok((job == 7).then_some(input)));
            found.unwrap()
        };
        let opening = H256::zero();
        assert_eq!(steps(Compute::JobAccepted { job: 7, worker: worker.clone(), opening }), None);
        let (reason, returned) = (FailureReason::DeadlineMissed, Resources::default());
        let end = steps(Compute::JobFailed { job: 7, worker, client, reason, returned, compensation: 5 });
        assert_eq!(end, Some(Step::Ends(7)));

        let mut names = Names::default();
        for step in [Step::Names(7, input), Step::Names(7, output), Step::Names(8, other)].into_iter().chain(end) {
            step.take(&mut names);
        }
        assert_eq!([input, output, other].map(|hash| names.hold(&hash)), [false, false, true]);
    }
}
