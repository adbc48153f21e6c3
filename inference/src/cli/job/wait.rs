//! Following a job to its end.

use crate::client::follow::{Block, Follower};
use crate::client::record::{self, Ending, Place, Record};
use crate::client::report::{Beside, Report};
use crate::client::tx::{Call, Signed};
use crate::client::{Account, ClientError, Connection};
use crate::sealing::hand_over::{is_from, HandOver};
use crate::sealing::{Address, ContentKey, Written};
use anyhow::Context;
use hanzo_poai::JobId;
use hanzo_traits::api::{JobQuote, PoolView};
use sp_core::H256;
use sp_runtime::AccountId32;
use std::collections::HashMap;

/// What the caller knows besides.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) prompt: Option<String>,
    pub(super) quote: Option<JobQuote<u32>>,
    pub(super) sealed: Option<Sealed>,
}

/// What it takes to read a sealed job, and to let its worker read it.
#[derive(Clone)]
pub(super) struct Sealed {
    pub(super) key: ContentKey,
    /// Who hands the key over; nobody where it is only read.
    pub(super) client: Option<Account>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.key.fmt(f)
    }
}

/// How long a job is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// Until its worker has accepted it, or it is over.
    Accepted,
    /// Until it is over.
    Ended,
}

/// Follows the job that a transaction submits. A reorganisation may give it another number.
pub(super) async fn transaction(
    mut follower: Follower,
    signed: &Signed,
    known: Known,
    until: Until,
) -> Result<Report, ClientError> {
    let mut story = Story { sealed: known.sealed.clone(), ..Story::default() };
    loop {
        follower.advance().await?;
        let Some(newest) = follower.blocks().next_back().map(Block::place) else { continue };
        match record::included(follower.blocks()) {
            None if newest.number > signed.last => {
                return Err(ClientError::Expired { call: signed.call.clone(), last: signed.last });
            }
            None => {}
            Some(included) => {
                if let Some(reason) = included.failure {
                    let (call, block) = (signed.call.clone(), included.place.number);
                    return Err(ClientError::Failed { call, block, reason });
                }
                let record = included.job.and_then(|job| record::of_job(follower.blocks(), job));
                if let Some(record) = record.filter(|_| included.job.is_some()) {
                    let ended = story.take(follower.connection(), &record, newest).await;
                    if ended || (until == Until::Accepted && record.accepted.is_some()) {
                        return Ok(story.report(follower.connection(), &record, known).await);
                    }
                }
            }
        }
    }
}

/// Follows a job from the block it was submitted in.
pub(super) async fn job(connection: Connection, job: JobId, from: u32, known: Known) -> Result<Report, ClientError> {
    let mut follower = Follower::new(connection, from, None).await?;
    let mut story = Story { sealed: known.sealed.clone(), ..Story::default() };
    loop {
        follower.advance().await?;
        let Some(newest) = follower.blocks().next_back().map(Block::place) else { continue };
        let record = record::of_job(follower.blocks(), job);
        let record = record.ok_or(ClientError::UnknownJob { job, block: newest.number })?;
        if story.take(follower.connection(), &record, newest).await {
            return Ok(story.report(follower.connection(), &record, known).await);
        }
    }
}

/// What has been told and gathered so far.
#[derive(Default)]
struct Story {
    told: Vec<String>,
    pools: HashMap<H256, Vec<PoolView>>,
    completion: Option<(H256, Written)>,
    sealed: Option<Sealed>,
    /// Hand-overs of the job's key to the worker that was drawn.
    handed: HandOver,
}

impl Story {
    /// Tells what is new and gathers what later blocks no longer show. Returns whether the job is over.
    async fn take(&mut self, connection: &Connection, record: &Record, newest: Place) -> bool {
        for line in lines(record) {
            if !self.told.contains(&line) {
                tracing::info!("{line}");
                self.told.push(line);
            }
        }
        let ended = record.ending.as_ref().map(|(place, _)| *place);
        for place in [Some(record.before), Some(record.submitted_in), ended].into_iter().flatten() {
            self.gather_pools(connection, place).await;
        }
        if let Err(error) = self.hand_over(connection, record, newest).await {
            tracing::warn!(%error, "cannot hand the job's key to its worker; trying again");
        }
        if let Err(reason) = self.gather_output(connection, record).await {
            tracing::debug!(reason, "the output is not to be had yet");
        }
        ended.is_some()
    }

    async fn gather_pools(&mut self, connection: &Connection, place: Place) {
        if self.pools.contains_key(&place.hash) {
            return;
        }
        match connection.pools(place.hash).await {
            Ok(pools) => {
                self.pools.insert(place.hash, pools);
            }
            Err(error) => tracing::warn!(block = place.number, %error, "cannot read the pools"),
        }
    }

    async fn gather_output(&mut self, connection: &Connection, record: &Record) -> Result<(), String> {
        let Some((_, attested)) = &record.attested else { return Ok(()) };
        if self.completion.as_ref().is_some_and(|(hash, _)| *hash == attested.output) {
            return Ok(());
        }
        let bytes = connection.get_blob(attested.output, None).await.map_err(|e| e.to_string())?;
        let output = match (&self.sealed, &record.assigned) {
            (Some(sealed), Some((_, assigned))) => {
                sealed.key.open_output(&assigned.seed, &bytes).map_err(|e| e.to_string())?
            }
            _ => Written::text(bytes).map_err(|e| format!("the output is {e}"))?,
        };
        self.completion = Some((attested.output, output));
        Ok(())
    }

    /// Hands the key of a sealed job to the worker that was drawn, if the newest block has no envelope for it.
    async fn hand_over(&mut self, connection: &Connection, record: &Record, newest: Place) -> anyhow::Result<()> {
        let Some(Sealed { key, client: Some(client) }) = &self.sealed else { return Ok(()) };
        let Some((_, assigned)) = record.assigned.as_ref().filter(|_| record.accepted.is_none()) else { return Ok(()) };
        let (job, own, worker) = (record.submitted.job, client.id(), AccountId32::from(assigned.worker.0));
        let is_there = is_from(&own, &connection.envelopes(job, &worker, newest.hash).await?);
        if self.handed.look(vec![(worker.clone(), is_there)], newest.number).is_empty() {
            return Ok(());
        }
        let public = connection.sealing_key(&worker, newest.hash).await?;
        let public = public.with_context(|| format!("{worker} has no sealing key"))?;
        let address = Address { genesis: connection.genesis(), job, from: own, to: worker.clone() };
        let envelope = connection.put_blob(&self.handed.seal(key, public, &address)?).await?.hash;
        connection.send(client, &Call::hand_over(job, &[(worker.clone(), envelope)]), true).await?;
        self.handed.sent([&worker], newest.number);
        tracing::info!("job {job}: the key is handed to worker {worker}");
        Ok(())
    }

    async fn report(mut self, connection: &Connection, record: &Record, known: Known) -> Report {
        let missing = self.gather_output(connection, record).await.err();
        let attested = record.attested.is_some();
        let completion = match self.completion.take() {
            Some((_, output)) if attested => Some(Ok(output)),
            _ => missing.map(Err),
        };
        let pools =
            |place: Option<Place>| place.and_then(|place| self.pools.get(&place.hash).cloned()).unwrap_or_default();
        let ended = record.ending.as_ref().map(|(place, _)| *place);
        let pools = [pools(Some(record.before)), pools(Some(record.submitted_in)), pools(ended)];
        Report::new(record, Beside { quote: known.quote, prompt: known.prompt, completion, pools })
    }
}

/// The story so far, a line per step.
fn lines(record: &Record) -> Vec<String> {
    let job = record.submitted.job;
    let mut lines = vec![format!("job {job} submitted in block {}", record.submitted_in.number)];
    for passed in &record.passed {
        let what = if passed.declined { "declined" } else { "did not accept in time" };
        lines.push(format!(
            "block {}: worker {} {what}; it is drawn among the others",
            passed.block.number, passed.worker
        ));
    }
    if record.postponed > 0 {
        lines.push(format!("{} draws found nobody, or no randomness", record.postponed));
    }
    if let Some((place, event)) = &record.assigned {
        let (worker, of) = (&event.worker, event.candidates);
        lines.push(format!("block {}: worker {worker} drawn out of {of} that qualify", place.number));
    }
    if let Some((place, _)) = &record.accepted {
        lines.push(format!("block {}: accepted", place.number));
    }
    if let Some((place, event)) = &record.attested {
        let (root, settles) = (event.receipt_root, event.settles_at);
        lines.push(format!("block {}: attested, receipt {root:?}; settles from block {settles} on", place.number));
    }
    if let Some((place, ending)) = &record.ending {
        let how = match ending {
            Ending::Settled { .. } => "settled".into(),
            Ending::Refunded(event) => format!("refunded ({:?})", event.reason),
            Ending::Failed(event) => format!("failed ({:?})", event.reason),
        };
        lines.push(format!("block {}: {how}", place.number));
    }
    lines
}
