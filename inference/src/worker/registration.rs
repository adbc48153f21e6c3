//! Who works here as the chain has it, and that it draws this worker for the model it runs.

use crate::worker::chain::{Chain, Head, MAX_MODELS};
use crate::worker::runner::Runner;
use crate::worker::Worker;
use hanzo_traits::api::WorkerView;
use sp_core::H256;
use sp_runtime::AccountId32;

/// Blocks between looks at the registration while the model is not in it.
const LOOK_EVERY: u32 = 20;

impl<C: Chain, R: Runner> Worker<C, R> {
    /// Says who works here, and what would keep it from working.
    pub(super) async fn greet(&mut self, head: Head) {
        let account = self.chain.account();
        let (model, finished) = (self.runner.model(), self.store.iter().count());
        tracing::info!(worker = %account, ?model, finished, block = head.number, "following the chain");
        self.list_at = Some(head.number);
        let Some(worker) = self.list_model(head).await else { return };
        let session = self.signer.public();
        if worker.session_key.0 != session.0 {
            tracing::error!(
                registered = ?worker.session_key,
                given = %hex::encode(session.0),
                "the chain has another session key for this worker; its attestations will be refused"
            );
        }
        if !worker.accepting {
            tracing::warn!(worker = %account, "registered, but not accepting jobs");
        }
    }

    /// Names the model on chain if the registration lacks it: a worker is drawn for the models in its list only. Looked at
    /// again until it is there, as a worker may register later and a transaction may get lost.
    pub(super) async fn list_model(&mut self, head: Head) -> Option<WorkerView<AccountId32>> {
        if self.list_at.is_none_or(|at| head.number < at) {
            return None;
        }
        self.list_at = Some(head.number.saturating_add(LOOK_EVERY));
        let account = self.chain.account();
        let worker = match self.chain.worker(head.hash).await {
            Ok(Some(worker)) => worker,
            Ok(None) => {
                tracing::warn!(worker = %account, "not registered as a worker; no job will be drawn for it");
                return None;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot read this worker's registration");
                return None;
            }
        };
        let model = self.runner.model();
        if worker.models.contains(&model) {
            self.list_at = None;
            return Some(worker);
        }
        let models = with_model(&worker.models, model);
        if models.len() <= worker.models.len() {
            let dropped = worker.models.len();
            tracing::warn!(?model, dropped, "the list of models is full: this one takes the place of all others");
        }
        match self.chain.serve(models).await {
            Ok(()) => tracing::info!(?model, block = head.number, "adding the model to this worker's list on chain"),
            Err(error) => {
                tracing::error!(?model, %error, "the chain does not list the model; no job will be drawn for this worker");
            }
        }
        Some(worker)
    }

    /// Sends a heartbeat when the chain takes one: a worker that answers no job for long is not drawn otherwise.
    pub(super) async fn beat(&mut self, head: Head) {
        if head.number < self.beat_at {
            return;
        }
        self.beat_at = head.number.saturating_add(LOOK_EVERY);
        // What stands in the way is told where the registration is looked at.
        let Ok(Some(worker)) = self.chain.worker(head.hash).await else { return };
        if head.number < worker.heartbeat_from {
            self.beat_at = worker.heartbeat_from;
            return;
        }
        match self.chain.heartbeat().await {
            Ok(()) => tracing::debug!(block = head.number, "told the chain that this worker is there"),
            Err(error) => tracing::warn!(%error, "the chain takes no heartbeat; it may stop drawing this worker"),
        }
    }
}

/// A list with this model too; the model alone if the list is full.
fn with_model(listed: &[H256], model: H256) -> Vec<H256> {
    if listed.len() >= MAX_MODELS {
        return vec![model];
    }
    listed.iter().copied().chain([model]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_should_be_replaced_by_the_model_when_it_is_full() {
        let (others, model) = ([H256::repeat_byte(1); MAX_MODELS], H256::repeat_byte(2));
        assert_eq!(with_model(&[], model), [model]);
        let (last, full) = (with_model(&others[1..], model), with_model(&others, model));
        assert_eq!((last.len(), last.last()), (MAX_MODELS, Some(&model)));
        assert_eq!(full, [model]);
    }
}
