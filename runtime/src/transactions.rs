//! Shape of transactions: the extensions around a call, and how the runtime itself creates transactions.

use crate::{Address, Runtime, RuntimeCall, Signature};
use frame_system::offchain::{CreateAuthorizedTransaction, CreateBare, CreateTransaction, CreateTransactionBase};
use sp_runtime::generic;

/// How deep a transaction may nest calls in calls: what decodes one that a stranger sent follows no further.
pub use frame_support::MAX_EXTRINSIC_DEPTH;

/// What surrounds every call, in order of execution.
///
/// `AuthorizeCall` comes first because it gives calls without a signer their origin; the cheap refusals (version,
/// genesis, era, nonce) precede the fee; `WeightReclaim` comes last, to give back the weight that neither call nor
/// extensions used. All but `CheckEra`, `CheckNonce`, the tip and the metadata mode are zero-sized, and an extension
/// of our own must stay so: clients skip those they do not know.
pub type TxExtension = (
    frame_system::AuthorizeCall<Runtime>,
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);

/// A transaction as it arrives: not yet checked.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

/// The bytes a signer signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

impl<LocalCall> CreateTransactionBase<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    type Extrinsic = UncheckedExtrinsic;
    type RuntimeCall = RuntimeCall;
}

/// Reports of equivocations are bare: the block's author vouches for them.
impl<LocalCall> CreateBare<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        generic::UncheckedExtrinsic::new_bare(call)
    }
}

impl<LocalCall> CreateTransaction<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    type Extension = TxExtension;

    fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
        generic::UncheckedExtrinsic::new_transaction(call, extension)
    }
}

/// Calls that a pallet authorises by their content, such as a worker's heartbeat: no signer, no nonce, no fee.
impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Runtime
where
    RuntimeCall: From<LocalCall>,
{
    fn create_extension() -> TxExtension {
        (
            frame_system::AuthorizeCall::new(),
            frame_system::CheckNonZeroSender::new(),
            frame_system::CheckSpecVersion::new(),
            frame_system::CheckTxVersion::new(),
            frame_system::CheckGenesis::new(),
            frame_system::CheckEra::from(generic::Era::Immortal),
            frame_system::CheckNonce::from(0),
            frame_system::CheckWeight::new(),
            pallet_transaction_payment::ChargeTransactionPayment::from(0),
            frame_metadata_hash_extension::CheckMetadataHash::new(false),
            frame_system::WeightReclaim::new(),
        )
    }
}
