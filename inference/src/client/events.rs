//! The events of a block that tell the story of a job, decoded by the names that metadata gives.

use super::connection::{AtBlock, Connection, Header};
use super::error::{ClientError, Result};
use codec::Decode;
use hanzo_poai::{JobId, ResourceClass};
use sp_core::H256;
use sp_runtime::{DispatchError, ModuleError};
use subxt::events::Phase;
use subxt::ext::scale_decode::{DecodeAsFields, DecodeAsType};
use subxt::utils::AccountId32;
use subxt::SubstrateConfig;

/// Declares types that are decoded by name.
macro_rules! decoded {
    ($($item:item)*) => {
        $(
            #[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
            #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
            #[allow(missing_docs)] // The pallets' events document the fields.
            $item
        )*
    };
}

decoded! {
    /// An amount of each class, wei.
    pub struct PerClass(pub [u128; ResourceClass::COUNT]);

    /// A resource class.
    pub enum Class { Gpu, Vram, Cpu, Ram, Net, Disk }

    /// A pool.
    pub struct Pool { pub class: Class, pub tier: u8 }

    /// Which way a trade goes.
    pub enum Side { Buy, Sell }

    /// A fee in its parts.
    pub struct Fee {
        pub total: u128,
        pub market: u128,
        pub risk: u128,
        pub burned: u128,
        pub treasury: u128,
        pub lp: u128,
    }

    /// `Hmm::Traded`.
    pub struct Traded {
        pub pool: Pool,
        pub trader: AccountId32,
        pub side: Side,
        pub psi: u128,
        pub theta: u128,
        pub fee: Fee,
        pub price_before: u128,
        pub price_after: u128,
    }

    /// `Compute::JobSubmitted`.
    pub struct Submitted {
        pub job: JobId,
        pub client: AccountId32,
        pub model: H256,
        pub held: PerClass,
        pub bought: PerClass,
        pub cost: [u128; ResourceClass::COUNT],
        pub paid: u128,
        pub value: u128,
        pub fee: u128,
        pub deadline: u32,
    }

    /// `Compute::JobAssigned`.
    pub struct Assigned {
        pub job: JobId,
        pub worker: AccountId32,
        pub seed: H256,
        pub candidates: u32,
        pub accept_by: u32,
    }

    /// `Compute::DrawPostponed`.
    pub struct DrawPostponed { pub job: JobId, pub nobody: bool, pub empty_draws: u32 }

    /// `Compute::AcceptanceMissed`.
    pub struct Missed { pub job: JobId, pub worker: AccountId32 }

    /// `Compute::JobAccepted`.
    pub struct Accepted { pub job: JobId, pub worker: AccountId32, pub opening: H256 }

    /// `Poai::Attested`.
    pub struct Attested {
        pub job: JobId,
        pub worker: AccountId32,
        pub output: H256,
        pub tokens_root: H256,
        pub fingerprints_root: H256,
        pub receipt_root: H256,
        pub engine_profile: H256,
        pub prompt_tokens: u32,
        pub output_tokens: u32,
        pub settles_at: u32,
    }

    /// What one party of a settlement got.
    pub struct Payout { pub due: PerClass, pub sold: PerClass, pub credits: u128 }

    /// `Compute::JobSettled`.
    pub struct Settled {
        pub job: JobId,
        pub worker: AccountId32,
        pub client: AccountId32,
        pub earned: Payout,
        pub returned: Payout,
    }

    /// Why a job was refunded.
    pub enum RefundReason { Cancelled, NoWorker, NotAccepted }

    /// `Compute::JobRefunded`.
    pub struct Refunded { pub job: JobId, pub reason: RefundReason, pub returned: PerClass, pub burned: u128 }

    /// Why a job failed.
    pub enum FailureReason { DeadlineMissed, OutputWithheld }

    /// `Compute::JobFailed`.
    pub struct Failed {
        pub job: JobId,
        pub worker: AccountId32,
        pub reason: FailureReason,
        pub returned: PerClass,
        pub compensation: u128,
    }

    /// `TransactionPayment::TransactionFeePaid`.
    pub struct FeePaid { pub who: AccountId32, pub actual_fee: u128, pub tip: u128 }
}

impl From<&Class> for ResourceClass {
    fn from(class: &Class) -> Self {
        match class {
            Class::Gpu => Self::Gpu,
            Class::Vram => Self::Vram,
            Class::Cpu => Self::Cpu,
            Class::Ram => Self::Ram,
            Class::Net => Self::Net,
            Class::Disk => Self::Disk,
        }
    }
}

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
        let unreadable = |e: &subxt::error::EventsError| ClientError::Answer {
            what: what(),
            reason: super::connection::with_causes(e),
        };
        let mut found = Vec::new();
        for event in events.iter() {
            let event = event.map_err(|e| unreadable(&e))?;
            let transaction = match event.phase() {
                Phase::ApplyExtrinsic(number) => Some(number),
                Phase::Finalization | Phase::Initialization => None,
            };
            let decoded = decode(&event, &at).map_err(|e| unreadable(&e))?;
            found.extend(decoded.map(|event| Located { transaction, event }));
        }
        Ok(found)
    }
}

type Raw<'a> = subxt::events::Event<'a, SubstrateConfig>;

fn decode(event: &Raw<'_>, at: &AtBlock) -> Result<Option<Event>, subxt::error::EventsError> {
    fn read<E: DecodeAsFields>(event: &Raw<'_>) -> Result<E, subxt::error::EventsError> {
        event.decode_fields_unchecked_as::<E>()
    }
    Ok(Some(match (event.pallet_name(), event.event_name()) {
        ("Hmm", "Traded") => Event::Traded(read(event)?),
        ("Compute", "JobSubmitted") => Event::Submitted(read(event)?),
        ("Compute", "JobAssigned") => Event::Assigned(read(event)?),
        ("Compute", "DrawPostponed") => Event::DrawPostponed(read(event)?),
        ("Compute", "AcceptanceMissed") => Event::Missed(read(event)?),
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
