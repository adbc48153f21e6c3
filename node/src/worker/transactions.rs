//! Signing the worker's transactions.

use super::{chain::unavailable, keys::Keys};
use crate::service::{Client, Pool};
use codec::{DecodeLimit, Encode};
use hanzo_inference::worker::chain::ChainError;
use hanzo_runtime::{
    opaque, transactions::MAX_EXTRINSIC_DEPTH, AccountId, Nonce, RuntimeCall, SignedPayload, TxExtension,
    UncheckedExtrinsic, VERSION,
};
use sc_transaction_pool_api::{InPoolTransaction, TransactionPool};
use sp_api::ProvideRuntimeApi;
use sp_core::traits::CallContext;
use sp_runtime::{
    generic::{Era, Preamble},
    traits::Zero,
    MultiAddress, MultiSignature, OpaqueExtrinsic, SaturatedConversion,
};
use std::collections::HashSet;

/// Blocks for which a transaction is good.
const MORTALITY: u64 = 64;

/// What became of a call that was to be signed.
pub enum Signed {
    /// A transaction for the pool.
    New(opaque::UncheckedExtrinsic),
    /// The pool holds the same call of the same account, so nothing was signed.
    InPool,
}

/// A transaction of an account that waits in the pool, with what it provides to others.
struct Waiting {
    provides: Vec<Vec<u8>>,
    bytes: Vec<u8>,
}

/// Signs `call` for the best block, with the next nonce the pool does not hold yet. Runs the runtime, so it may block.
pub fn sign(client: &Client, pool: &Pool, keys: &Keys, call: RuntimeCall) -> Result<Signed, ChainError> {
    use frame_system_rpc_runtime_api::AccountNonceApi;
    let best = client.chain_info();
    let account = keys.account();
    let waiting = waiting(pool, &account);
    if waiting.iter().any(|transaction| carries(&transaction.bytes, &account, &call)) {
        return Ok(Signed::InPool);
    }
    let on_chain = client.runtime_version_at(best.best_hash, CallContext::Offchain).map_err(unavailable)?;
    let built_in = Versions { spec: VERSION.spec_version, transaction: VERSION.transaction_version };
    let version =
        built_in.sign_for(Versions { spec: on_chain.spec_version, transaction: on_chain.transaction_version })?;
    let nonce = client.runtime_api().account_nonce(best.best_hash, account.clone()).map_err(unavailable)?;
    let nonce = next_nonce(&waiting, &account, nonce);

    let era = Era::mortal(MORTALITY, best.best_number.saturated_into());
    let birth = if era == Era::Immortal { best.genesis_hash } else { best.best_hash };
    let extension = extension(nonce, era);
    let implicit = ((), (), version.spec, version.transaction, best.genesis_hash, birth, (), (), (), None, ());
    let payload = SignedPayload::from_raw(call, extension, implicit);
    let signature = payload.using_encoded(|bytes| keys.sign_transaction(bytes))?;
    let (call, extension, _) = payload.deconstruct();
    let signed = UncheckedExtrinsic::from(sp_runtime::generic::UncheckedExtrinsic::new_signed(
        call,
        account.into(),
        MultiSignature::Sr25519(signature),
        extension,
    ));
    OpaqueExtrinsic::try_from_encoded_extrinsic(&signed.encode()).map(Signed::New).map_err(unavailable)
}

/// Versions of a runtime: of all of it, and of how calls and extensions are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Versions {
    spec: u32,
    transaction: u32,
}

impl Versions {
    /// What a node that was built with the runtime of these versions signs for on a chain whose runtime, which may have
    /// been upgraded since, has those. It encodes calls as it knows them, so the chain must know them alike.
    fn sign_for(self, on_chain: Self) -> Result<Self, ChainError> {
        if self.transaction == on_chain.transaction {
            return Ok(on_chain);
        }
        Err(ChainError::Refused(format!(
            "this node signs transactions of version {} (runtime {}), the chain takes version {} (runtime {}): update the \
             node",
            self.transaction, self.spec, on_chain.transaction, on_chain.spec
        )))
    }
}

/// What goes around a call.
fn extension(nonce: Nonce, era: Era) -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(era),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(Zero::zero()),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

/// The account's transactions in the pool, both those that can go into the next block and those that cannot yet.
fn waiting(pool: &Pool, account: &AccountId) -> Vec<Waiting> {
    let ready = pool.ready().map(|transaction| (transaction.provides().to_vec(), transaction.data().clone()));
    let future = pool.futures().into_iter().map(|t| (t.provides().to_vec(), t.data().clone()));
    let of_account = |provides: &[Vec<u8>]| provides.iter().any(|tag| tag.starts_with(account.as_ref()));
    ready
        .chain(future)
        .filter(|(provides, _)| of_account(provides))
        .map(|(provides, data)| Waiting { provides, bytes: data.encode() })
        .collect()
}

/// Whether these bytes are a transaction of the account with this call.
fn carries(bytes: &[u8], account: &AccountId, call: &RuntimeCall) -> bool {
    // Nested no deeper than the pool takes.
    let decoded = UncheckedExtrinsic::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &bytes[..]);
    let Ok(transaction) = decoded else { return false };
    let Preamble::Signed(MultiAddress::Id(signer), ..) = &transaction.preamble else { return false };
    signer == account && transaction.function == *call
}

/// The first nonce from the chain's on that none of the transactions uses.
fn next_nonce(waiting: &[Waiting], account: &AccountId, on_chain: Nonce) -> Nonce {
    let taken: HashSet<&Vec<u8>> = waiting.iter().flat_map(|transaction| &transaction.provides).collect();
    let mut nonce = on_chain;
    while taken.contains(&(account, nonce).encode()) {
        nonce = nonce.saturating_add(1);
    }
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::sr25519;

    fn account(tag: u8) -> AccountId {
        AccountId::new([tag; 32])
    }

    fn accept(job: u64) -> RuntimeCall {
        pallet_compute::Call::accept_job { job }.into()
    }

    fn transaction(tag: u8, nonce: Nonce, call: RuntimeCall) -> Vec<u8> {
        let signature = MultiSignature::Sr25519(sr25519::Signature::default());
        let signed = sp_runtime::generic::UncheckedExtrinsic::new_signed(
            call,
            MultiAddress::Id(account(tag)),
            signature,
            extension(nonce, Era::Immortal),
        );
        UncheckedExtrinsic::from(signed).encode()
    }

    #[test]
    fn version_signed_for_should_be_that_of_the_chain() {
        let (built_in, upgraded) = (Versions { spec: 100, transaction: 1 }, Versions { spec: 101, transaction: 1 });
        assert_eq!(built_in.sign_for(built_in), Ok(built_in));
        assert_eq!(built_in.sign_for(upgraded), Ok(upgraded));
    }

    #[test]
    fn signing_should_be_refused_with_both_versions_when_calls_are_encoded_otherwise() {
        let (built_in, upgraded) = (Versions { spec: 100, transaction: 1 }, Versions { spec: 104, transaction: 2 });
        let error = built_in.sign_for(upgraded).unwrap_err();
        assert!(matches!(error, ChainError::Refused(_)));
        for part in ["version 1 (runtime 100)", "version 2 (runtime 104)"] {
            assert!(error.to_string().contains(part), "{part} is not in: {error}");
        }
    }

    #[test]
    fn waiting_call_should_be_known_by_account_and_content_whatever_its_nonce() {
        for nonce in [0, 7] {
            assert!(carries(&transaction(1, nonce, accept(5)), &account(1), &accept(5)));
        }
        assert!(!carries(&transaction(2, 0, accept(5)), &account(1), &accept(5)));
        assert!(!carries(&transaction(1, 0, accept(6)), &account(1), &accept(5)));
        assert!(!carries(b"no transaction", &account(1), &accept(5)));
    }

    #[test]
    fn nonce_should_be_the_first_that_no_waiting_transaction_has() {
        let waits = |nonce: Nonce| Waiting { provides: vec![(account(1), nonce).encode()], bytes: Vec::new() };
        assert_eq!(next_nonce(&[], &account(1), 3), 3);
        assert_eq!(next_nonce(&[waits(3), waits(4), waits(6)], &account(1), 3), 5);
    }
}
