//! The fields of the events, with the names that metadata gives them. A field the chain adds does no harm.
#![allow(unused_imports)] // The derive imports more than some of the types need.

use hanzo_poai::{JobId, ResourceClass};
use sp_core::H256;
use subxt::ext::scale_decode::DecodeAsType;
use subxt::utils::AccountId32;

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

    /// Resources of one tier.
    pub struct Part { pub tier: u8, pub resources: PerClass }

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
        pub mean: u128,
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
        pub tier: u8,
        pub parts: Vec<Part>,
        pub held: PerClass,
        pub bought: PerClass,
        pub cost: [u128; ResourceClass::COUNT],
        pub paid: u128,
        pub value: u128,
        pub fee: u128,
        pub audit_fee: u128,
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

    /// `Compute::JobDeclined`.
    pub struct Declined { pub job: JobId, pub worker: AccountId32 }

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
    pub struct Payout { pub due: PerClass, pub parts: Vec<Part>, pub sold: PerClass, pub credits: u128 }

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
    pub enum FailureReason { DeadlineMissed, OutputWithheld, Forged }

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
