//! What those who follow a job know of it: which changes they hear of, and when they have heard the last.

use super::jobs::JobView;

/// Best blocks after which a state counts as lasting where finality stands still: a final status is then taken as
/// final, a job that a fork took away as gone.
pub const LASTING_BLOCKS: u32 = 32;

/// What is known of a job.
#[derive(Debug, Default)]
pub struct Follower {
    /// The job as last sent; `None` before it was looked at, and once a fork took it away.
    pub known: Option<JobView>,
    /// Best blocks since it last changed.
    unchanged: u32,
}

impl Follower {
    /// Takes the job as a new best block shows it, and returns what must be sent. A final job that is
    /// missing was pruned.
    pub fn see(&mut self, view: Option<JobView>) -> Option<JobView> {
        if view == self.known || (view.is_none() && self.is_final()) {
            self.unchanged = self.unchanged.saturating_add(1);
            return None;
        }
        self.unchanged = 0;
        self.known = view;
        self.known.clone()
    }

    /// Whether the job is final on the best fork, so that it matters what the last final block says.
    pub fn is_final(&self) -> bool {
        self.known.as_ref().is_some_and(|job| job.status.is_final())
    }

    /// Whether nothing can follow, given the job at the last final block.
    pub fn is_over(&self, finalized: Option<&JobView>) -> bool {
        self.is_final() && (self.unchanged >= LASTING_BLOCKS || self.known.as_ref() == finalized)
    }

    /// Whether a fork took the job away for good.
    pub fn is_gone(&self) -> bool {
        self.known.is_none() && self.unchanged >= LASTING_BLOCKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc_ext::tests::job_view;
    use hanzo_poai::JobStatus;

    #[test]
    fn followers_should_hear_of_changes_only() {
        let mut follower = Follower::default();
        let accepted = job_view(5, JobStatus::Accepted);
        assert_eq!(follower.see(Some(accepted.clone())), Some(accepted.clone()));
        assert_eq!(follower.see(Some(accepted)), None);
        let attested = job_view(5, JobStatus::Attested);
        assert_eq!(follower.see(Some(attested.clone())), Some(attested));
    }

    #[test]
    fn subscription_should_last_until_the_final_status_is_in_a_final_block() {
        let mut follower = Follower::default();
        let (attested, settled) = (job_view(5, JobStatus::Attested), job_view(5, JobStatus::Settled));
        follower.see(Some(settled.clone()));
        assert!(!follower.is_over(None) && !follower.is_over(Some(&attested)));
        assert!(follower.is_over(Some(&settled)));
        // The best fork is another one now, and the outcome open again.
        follower.see(Some(attested.clone()));
        assert!(!follower.is_over(Some(&attested)));
    }

    #[test]
    fn subscription_should_end_without_finality_when_the_final_status_lasts() {
        let mut follower = Follower::default();
        let settled = job_view(5, JobStatus::Settled);
        for _ in 0..LASTING_BLOCKS {
            follower.see(Some(settled.clone()));
            assert!(!follower.is_over(None));
        }
        follower.see(Some(settled));
        assert!(follower.is_over(None));
    }

    #[test]
    fn pruned_job_should_keep_its_outcome() {
        let mut follower = Follower::default();
        follower.see(Some(job_view(5, JobStatus::Refunded)));
        for _ in 0..LASTING_BLOCKS {
            assert_eq!(follower.see(None), None);
        }
        assert!(follower.is_over(None) && !follower.is_gone());
    }

    #[test]
    fn job_should_be_sent_again_when_a_fork_brings_it_back() {
        let mut follower = Follower::default();
        let view = job_view(5, JobStatus::Submitted);
        follower.see(Some(view.clone()));
        assert_eq!(follower.see(None), None);
        assert_eq!(follower.see(Some(view.clone())), Some(view));
        for _ in 0..=LASTING_BLOCKS {
            assert!(!follower.is_gone());
            follower.see(None);
        }
        assert!(follower.is_gone());
    }
}
