//! The keys of sealed jobs: published so that clients can send them, and handed to those who judge a job.

use crate::sealing::{seal_key, Address};
use crate::worker::chain::{Chain, ChainError, Head};
use crate::worker::runner::Runner;
use crate::worker::Worker;
use hanzo_poai::review::Phase;
use hanzo_poai::JobId;
use sp_core::H256;
use sp_runtime::AccountId32;

/// Blocks after which it is looked at again whether the chain has this worker's public key.
const LOOK_EVERY: u32 = 50;

impl<C: Chain, R: Runner> Worker<C, R> {
    /// Publishes this worker's public key, if it runs sealed jobs and the chain has another one or none.
    pub(super) async fn publish_key(&mut self, head: Head) {
        let Some(own) = self.tasks.sealing.as_ref().map(|key| key.public()) else { return };
        if head.number < self.publish_at {
            return;
        }
        self.publish_at = head.number.saturating_add(LOOK_EVERY);
        let account = self.chain.account();
        let sent = match self.chain.sealing_key(head.hash, &account).await {
            Ok(published) if published.as_ref() == Some(&own) => return,
            Ok(_) => self.chain.publish_sealing_key(own).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(()) => tracing::info!(block = head.number, "publishing the key that sealed jobs are sent to"),
            Err(error) => {
                tracing::warn!(%error, "cannot publish the sealing key; no sealed job is drawn for this worker")
            }
        }
    }

    /// Hands the keys of this worker's sealed jobs to the committees that judge them: what they cannot read counts against it.
    pub(super) async fn hand_keys_over(&mut self, head: Head) {
        let sealed = self.store.iter().any(|finished| matches!(finished.content_key(), Ok(Some(_))));
        if !sealed {
            self.handed.clear();
            return;
        }
        let reviews = match self.chain.reviews(head.hash).await {
            Ok(reviews) => reviews,
            Err(error) => return tracing::warn!(%error, "cannot read who judges this worker's jobs"),
        };
        let own = self.chain.account();
        for review in reviews.into_iter().filter(|review| review.worker == own && review.phase == Phase::Committing) {
            let members = review.members.into_iter().map(|member| member.account);
            let new: Vec<_> = members.filter(|member| !self.handed.contains(&(review.job, member.clone()))).collect();
            if new.is_empty() {
                continue;
            }
            match self.hand_over(review.job, &new, head.hash).await {
                Ok(handed) => self.handed.extend(handed.into_iter().map(|member| (review.job, member))),
                Err(error) => {
                    tracing::warn!(job = review.job, %error, "cannot hand the key to the committee; trying again")
                }
            }
        }
    }

    /// Hands a job's key to these members, as far as they have published theirs; to whom it was.
    async fn hand_over(&self, job: JobId, members: &[AccountId32], at: H256) -> Result<Vec<AccountId32>, ChainError> {
        let damaged = |error: crate::Error| ChainError::Refused(error.to_string());
        let Some(finished) = self.store.get(job) else { return Ok(Vec::new()) };
        let Some(key) = finished.content_key().map_err(damaged)? else { return Ok(members.to_vec()) };
        let mut envelopes = Vec::new();
        for member in members {
            let Some(public) = self.chain.sealing_key(at, member).await? else { continue };
            let address =
                Address { genesis: self.chain.genesis(), job, from: self.chain.account(), to: member.clone() };
            let envelope = seal_key(&key, &public, &address).map_err(damaged)?;
            envelopes.push((member.clone(), self.chain.put_blob(envelope).await?));
        }
        let handed: Vec<_> = envelopes.iter().map(|(member, _)| member.clone()).collect();
        if !envelopes.is_empty() {
            self.chain.hand_over(job, envelopes).await?;
            tracing::info!(job, members = handed.len(), "handing the key to the committee");
        }
        Ok(handed)
    }
}
