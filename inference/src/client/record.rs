//! What the events of the best chain say about one job.

use super::events::*;
use super::follow::Block;
use hanzo_poai::{JobId, ResourceClass};
use sp_core::H256;
use subxt::utils::AccountId32;

/// A block that something happened in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Its number.
    pub number: u32,
    /// Its hash.
    pub hash: H256,
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Worker and client were paid, with the sales made for each.
    Settled {
        /// The event.
        event: Box<Settled>,
        /// Sales of what the worker earned.
        for_worker: Vec<Traded>,
        /// Sales of what the client got back.
        for_client: Vec<Traded>,
    },
    /// The client has its tokens back.
    Refunded(Refunded),
    /// The same, and the worker's bond paid.
    Failed(Failed),
}

/// A worker that was drawn and did not take the job.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Passed {
    /// Where it was free again.
    pub block: Place,
    /// The worker's address.
    pub worker: String,
    /// Whether it said so; otherwise it let its time pass.
    pub declined: bool,
}

/// A job from its submission on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its submission.
    pub submitted: Submitted,
    /// The block of it.
    pub submitted_in: Place,
    /// The block before.
    pub before: Place,
    /// What was bought for it, in the order of the classes, and in each of the tiers.
    pub purchases: Vec<Traded>,
    /// Fee of the transaction that submitted it, tip included, wei; zero if the events do not say.
    pub transaction_fee: u128,
    /// Draws that found nobody, or no randomness.
    pub postponed: u32,
    /// Workers drawn that did not take it, oldest first.
    pub passed: Vec<Passed>,
    /// The last draw.
    pub assigned: Option<(Place, Assigned)>,
    /// The acceptance.
    pub accepted: Option<(Place, Accepted)>,
    /// The attestation.
    pub attested: Option<(Place, Attested)>,
    /// The end.
    pub ending: Option<(Place, Ending)>,
}

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// The block.
    pub place: Place,
    /// Fee with tip, wei.
    pub fee: u128,
    /// The job it submitted, if any.
    pub job: Option<JobId>,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

impl Block {
    /// Its number and hash.
    pub fn place(&self) -> Place {
        Place { number: self.number, hash: self.hash }
    }
}

/// Where the transaction that is looked for ended up, if it is in one of these blocks.
pub fn included<'a>(mut blocks: impl Iterator<Item = &'a Block>) -> Option<Included> {
    let (block, number) = blocks.find_map(|block| Some((block, block.wanted?)))?;
    let mut found = Included { place: block.place(), fee: 0, job: None, failure: None };
    for located in block.events.iter().filter(|located| located.transaction == Some(number)) {
        match &located.event {
            Event::FeePaid(paid) => found.fee = paid.actual_fee.saturating_add(paid.tip),
            Event::Submitted(submitted) => found.job = Some(submitted.job),
            Event::TransactionFailed(reason) => found.failure = Some(reason.clone()),
            _ => {}
        }
    }
    Some(found)
}

/// The record of a job, if its submission is in one of these blocks.
pub fn of_job<'a>(blocks: impl Iterator<Item = &'a Block>, job: JobId) -> Option<Record> {
    let mut record: Option<Record> = None;
    for block in blocks {
        let place = block.place();
        for (index, located) in block.events.iter().enumerate() {
            let earlier = &block.events[..index];
            match (&located.event, record.as_mut()) {
                (Event::Submitted(event), None) if event.job == job => {
                    record = Some(submission(block, located, event, earlier));
                }
                (event, Some(record)) => record.take(place, event, earlier, job),
                _ => {}
            }
        }
    }
    record
}

fn submission(block: &Block, located: &Located, event: &Submitted, earlier: &[Located]) -> Record {
    // The fee is announced at the end of the transaction.
    let same = block.events.iter().filter(|other| other.transaction == located.transaction);
    let mut fee = same.filter_map(|other| match &other.event {
        Event::FeePaid(paid) => Some(paid.actual_fee.saturating_add(paid.tip)),
        _ => None,
    });
    Record {
        submitted: event.clone(),
        submitted_in: block.place(),
        before: Place { number: block.number.saturating_sub(1), hash: block.parent },
        purchases: last_trades(&mut earlier.iter().rev(), &event.bought, Side::Buy),
        transaction_fee: fee.next_back().unwrap_or_default(),
        postponed: 0,
        passed: Vec::new(),
        assigned: None,
        accepted: None,
        attested: None,
        ending: None,
    }
}

impl Record {
    fn pass(&mut self, block: Place, worker: &AccountId32, declined: bool) {
        self.passed.push(Passed { block, worker: worker.to_string(), declined });
    }

    fn take(&mut self, place: Place, event: &Event, earlier: &[Located], job: JobId) {
        match event {
            Event::DrawPostponed(event) if event.job == job => self.postponed += 1,
            Event::Missed(event) if event.job == job => self.pass(place, &event.worker, false),
            Event::Declined(event) if event.job == job => self.pass(place, &event.worker, true),
            Event::Assigned(event) if event.job == job => self.assigned = Some((place, event.clone())),
            Event::Accepted(event) if event.job == job => self.accepted = Some((place, event.clone())),
            Event::Attested(event) if event.job == job => self.attested = Some((place, event.clone())),
            Event::Refunded(event) if event.job == job => self.ending = Some((place, Ending::Refunded(event.clone()))),
            Event::Failed(event) if event.job == job => self.ending = Some((place, Ending::Failed(event.clone()))),
            Event::Settled(event) if event.job == job => {
                // The worker is paid first, then the client, then the event tells.
                let mut earlier = earlier.iter().rev();
                let for_client = last_trades(&mut earlier, &event.returned.sold, Side::Sell);
                let for_worker = last_trades(&mut earlier, &event.earned.sold, Side::Sell);
                let ending = Ending::Settled { event: Box::new(event.clone()), for_worker, for_client };
                self.ending = Some((place, ending));
            }
            _ => {}
        }
    }
}

/// The last trades of one side that come to `wanted`, in order; `latest` are the events before, the latest first. Pallets
/// announce what they bought or sold before what it was for, a class in as many trades as there are tiers. Ends before a trade
/// that is more than what is still looked for: the report then says what is missing.
fn last_trades<'a>(latest: &mut impl Iterator<Item = &'a Located>, wanted: &PerClass, side: Side) -> Vec<Traded> {
    let mut missing = wanted.0;
    let mut found = Vec::new();
    while missing.iter().any(|amount| *amount > 0) {
        let Some(located) = latest.next() else { break };
        let Event::Traded(trade) = &located.event else { continue };
        if trade.side != side {
            continue;
        }
        let slot = missing.get_mut(ResourceClass::from(&trade.pool.class).index());
        let Some((slot, left)) = slot.and_then(|slot| slot.checked_sub(trade.psi).map(|left| (slot, left))) else {
            break;
        };
        *slot = left;
        found.push(trade.clone());
    }
    found.reverse();
    found
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
