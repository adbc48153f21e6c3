//! The keys of sealed jobs: published so that clients can send them, and handed to those who judge a job.

use crate::sealing::hand_over::is_from;
use crate::sealing::Address;
use crate::worker::chain::{Chain, ChainError, Head};
use crate::worker::runner::Runner;
use crate::worker::Worker;
use futures::future::try_join_all;
use hanzo_poai::review::Phase;
use hanzo_poai::JobId;
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
        let store = &self.store;
        self.handed.retain(|job, _| store.get(*job).is_some());
        if !store.iter().any(|finished| matches!(finished.content_key(), Ok(Some(_)))) {
            return;
        }
        let reviews = match self.chain.reviews(head.hash).await {
            Ok(reviews) => reviews,
            Err(error) => return tracing::warn!(%error, "cannot read who judges this worker's jobs"),
        };
        let own = self.chain.account();
        for review in reviews.into_iter().filter(|review| review.worker == own && review.phase == Phase::Committing) {
            let members = review.members.into_iter().map(|member| member.account).collect();
            if let Err(error) = self.hand_over(review.job, members, head).await {
                tracing::warn!(job = review.job, %error, "cannot hand the key to the committee; trying again");
            }
        }
    }

    /// Hands a job's key to those of these members who lack it, as far as they have published theirs.
    async fn hand_over(&mut self, job: JobId, members: Vec<AccountId32>, head: Head) -> Result<(), ChainError> {
        let damaged = |error: crate::Error| ChainError::Refused(error.to_string());
        let Some(finished) = self.store.get(job) else { return Ok(()) };
        let Some(key) = finished.content_key().map_err(damaged)? else { return Ok(()) };
        let (chain, own) = (&self.chain, &self.chain.account());
        let look = |member: AccountId32| async move {
            let is_there = is_from(own, &chain.envelopes(head.hash, job, &member).await?);
            Ok((member, is_there))
        };
        let members = try_join_all(members.into_iter().map(look)).await?;
        let hand_over = self.handed.entry(job).or_default();
        let mut envelopes = Vec::new();
        for member in hand_over.look(members, head.number) {
            let Some(public) = chain.sealing_key(head.hash, &member).await? else { continue };
            let address = Address { genesis: chain.genesis(), job, from: own.clone(), to: member.clone() };
            let envelope = hand_over.seal(&key, public, &address).map_err(damaged)?;
            envelopes.push((member, chain.put_blob(envelope).await?));
        }
        if envelopes.is_empty() {
            return Ok(());
        }
        chain.hand_over(job, envelopes.clone()).await?;
        hand_over.sent(envelopes.iter().map(|(member, _)| member), head.number);
        tracing::info!(job, members = envelopes.len(), "handing the key to the committee");
        Ok(())
    }
}
