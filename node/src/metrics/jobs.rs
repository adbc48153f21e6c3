//! Open jobs, kept up to date by events.

use hanzo_poai::{JobId, JobStatus};
use hanzo_runtime::Runtime;
use pallet_compute::Event;
use std::collections::HashMap;

/// Open jobs and where each stands.
#[derive(Debug, Default)]
pub struct OpenJobs(HashMap<JobId, JobStatus>);

impl OpenJobs {
    /// States of open jobs, with the names they have in metrics.
    pub const STATES: [(JobStatus, &'static str); 4] = [
        (JobStatus::Submitted, "submitted"),
        (JobStatus::Assigned, "assigned"),
        (JobStatus::Accepted, "accepted"),
        (JobStatus::Attested, "attested"),
    ];

    /// Adds a job, or moves it to another state; a final state removes it.
    pub fn insert(&mut self, job: JobId, status: JobStatus) {
        if status.is_final() {
            self.0.remove(&job);
        } else {
            self.0.insert(job, status);
        }
    }

    /// Takes in an event and gives it the name it is counted by; `None` if it is not a step in a job's life.
    pub fn take(&mut self, event: &Event<Runtime>) -> Option<&'static str> {
        let (job, status, name) = match event {
            Event::JobSubmitted { job, .. } => (job, JobStatus::Submitted, "submitted"),
            Event::JobAssigned { job, .. } => (job, JobStatus::Assigned, "assigned"),
            Event::AcceptanceMissed { job, .. } => (job, JobStatus::Submitted, "missed"),
            Event::JobDeclined { job, .. } => (job, JobStatus::Submitted, "declined"),
            Event::JobAccepted { job, .. } => (job, JobStatus::Accepted, "accepted"),
            Event::JobAttested { job, .. } => (job, JobStatus::Attested, "attested"),
            Event::JobSettled { job, .. } => (job, JobStatus::Settled, "settled"),
            Event::JobRefunded { job, .. } => (job, JobStatus::Refunded, "refunded"),
            Event::JobFailed { job, .. } => (job, JobStatus::Slashed, "slashed"),
            _ => return None,
        };
        self.insert(*job, status);
        Some(name)
    }

    /// Number of jobs in a state.
    pub fn count(&self, status: JobStatus) -> usize {
        self.0.values().filter(|other| **other == status).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_runtime::AccountId;
    use hanzo_traits::{FailureReason, Resources};
    use sp_core::H256;

    fn counts(jobs: &OpenJobs) -> [usize; 4] {
        OpenJobs::STATES.map(|(status, _)| jobs.count(status))
    }

    #[test]
    fn open_jobs_should_follow_a_job_through_its_events_until_it_is_final() {
        let (worker, client) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        let mut jobs = OpenJobs::default();
        jobs.insert(3, JobStatus::Attested);
        let (seed, opening) = (H256::zero(), H256::zero());
        let assigned = Event::JobAssigned { job: 7, worker: worker.clone(), seed, candidates: 1, accept_by: 9 };
        assert_eq!((jobs.take(&assigned), counts(&jobs)), (Some("assigned"), [0, 1, 0, 1]));
        let missed = Event::AcceptanceMissed { job: 7, worker: worker.clone(), missed: 1 };
        assert_eq!((jobs.take(&missed), counts(&jobs)), (Some("missed"), [1, 0, 0, 1]));
        assert_eq!((jobs.take(&assigned), counts(&jobs)), (Some("assigned"), [0, 1, 0, 1]));
        let declined = Event::JobDeclined { job: 7, worker: worker.clone() };
        assert_eq!((jobs.take(&declined), counts(&jobs)), (Some("declined"), [1, 0, 0, 1]));
        let accepted = Event::JobAccepted { job: 7, worker: worker.clone(), opening };
        assert_eq!((jobs.take(&accepted), counts(&jobs)), (Some("accepted"), [0, 0, 1, 1]));
        let (reason, returned) = (FailureReason::DeadlineMissed, Resources::default());
        let failed = Event::JobFailed { job: 7, worker: worker.clone(), client, reason, returned, compensation: 5 };
        assert_eq!((jobs.take(&failed), counts(&jobs)), (Some("slashed"), [0, 0, 0, 1]));
        assert_eq!(jobs.take(&Event::AcceptingSet { worker, accepting: true }), None);
    }
}
