//! The events of a block that tell the story of a job, decoded by the names that metadata gives.

use super::connection::{with_causes, AtBlock, Connection, Header};
use super::error::{ClientError, Result};
pub use super::event_types::*;
use codec::Decode;
use sp_runtime::{DispatchError, ModuleError};
use subxt::events::Phase;
use subxt::ext::scale_decode::DecodeAsFields;
use subxt::SubstrateConfig;

/// An event that matters to jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A trade.
    Traded(Traded),
    /// A job is paid for.
    Submitted(Submitted),
    /// A worker was drawn.
    Assigned(Assigned),
    /// A draw was put off.
    DrawPostponed(DrawPostponed),
    /// The drawn worker did not accept.
    Missed(Missed),
    /// The drawn worker does not take it.
    Declined(Declined),
    /// The drawn worker accepted.
    Accepted(Accepted),
    /// The worker attested.
    Attested(Attested),
    /// Worker and client are paid.
    Settled(Settled),
    /// The client has its tokens back.
    Refunded(Refunded),
    /// The client has its tokens back, the worker paid for the failure.
    Failed(Failed),
    /// A transaction's fee.
    FeePaid(FeePaid),
    /// A transaction failed, and why.
    TransactionFailed(String),
}

/// An event and where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Number of the transaction in its block; `None` for what the block does by itself.
    pub transaction: Option<u32>,
    /// The event.
    pub event: Event,
}

impl Connection {
    /// The events of a block that matter to jobs, in order.
    pub async fn events(&self, header: &Header) -> Result<Vec<Located>> {
        let at = self.at(header).await?;
        let what = || format!("the events of block {}", header.number);
        let events = match at.events().fetch().await {
            Ok(events) => events,
            Err(error) => return Err(self.why(what(), &error).await),
        };
        let unreadable = |reason: String| ClientError::Answer { what: what(), reason };
        let mut found = Vec::new();
        for event in events.iter() {
            let event = event.map_err(|e| unreadable(with_causes(&e)))?;
            let transaction = match event.phase() {
                Phase::ApplyExtrinsic(number) => Some(number),
                Phase::Finalization | Phase::Initialization => None,
            };
            let decoded = decode(&event, &at).map_err(unreadable)?;
            found.extend(decoded.map(|event| Located { transaction, event }));
        }
        Ok(found)
    }
}

type Raw<'a> = subxt::events::Event<'a, SubstrateConfig>;

fn decode(event: &Raw<'_>, at: &AtBlock) -> Result<Option<Event>, String> {
    fn read<E: DecodeAsFields>(event: &Raw<'_>) -> Result<E, String> {
        event.decode_fields_unchecked_as::<E>().map_err(|e| with_causes(&e))
    }
    Ok(Some(match (event.pallet_name(), event.event_name()) {
        ("Hmm", "Traded") => Event::Traded(read(event)?),
        ("Compute", "JobSubmitted") => Event::Submitted(read(event)?),
        ("Compute", "JobAssigned") => Event::Assigned(read(event)?),
        ("Compute", "DrawPostponed") => Event::DrawPostponed(read(event)?),
        ("Compute", "AcceptanceMissed") => Event::Missed(read(event)?),
        ("Compute", "JobDeclined") => Event::Declined(read(event)?),
        ("Compute", "JobAccepted") => Event::Accepted(read(event)?),
        ("Compute", "JobSettled") => Event::Settled(read(event)?),
        ("Compute", "JobRefunded") => Event::Refunded(read(event)?),
        ("Compute", "JobFailed") => Event::Failed(read(event)?),
        ("Poai", "Attested") => Event::Attested(read(event)?),
        ("TransactionPayment", "TransactionFeePaid") => Event::FeePaid(read(event)?),
        ("System", "ExtrinsicFailed") => Event::TransactionFailed(explain(event.field_bytes(), at)),
        _ => return Ok(None),
    }))
}

/// A dispatch error in words: a pallet's by its name and documentation.
fn explain(mut fields: &[u8], at: &AtBlock) -> String {
    match DispatchError::decode(&mut fields) {
        Ok(DispatchError::Module(ModuleError { index, error, .. })) => {
            let pallet = at.metadata_ref().pallet_by_error_index(index);
            let variant = pallet.as_ref().and_then(|pallet| pallet.error_variant_by_index(error[0]));
            match (pallet.as_ref(), variant) {
                (Some(pallet), Some(variant)) => {
                    let docs = variant.docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
                    format!("{}::{}: {docs}", pallet.name(), variant.name)
                }
                _ => format!("error {} of pallet {index}, which the metadata does not know", error[0]),
            }
        }
        Ok(other) => <&'static str>::from(other).to_string(),
        Err(_) => "an error this program cannot read".into(),
    }
}
