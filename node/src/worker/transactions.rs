//! Signing the worker's transactions.

use super::{chain::unavailable, keys::Keys};
use crate::service::{Client, Pool};
use codec::Encode;
use hanzo_inference::worker::chain::ChainError;
use hanzo_runtime::{opaque, Nonce, Runtime, RuntimeCall, SignedPayload, TxExtension, UncheckedExtrinsic, VERSION};
use sc_transaction_pool_api::{InPoolTransaction, TransactionPool};
use sp_api::ProvideRuntimeApi;
use sp_runtime::{generic::Era, traits::Zero, MultiSignature, OpaqueExtrinsic, SaturatedConversion};
use std::collections::HashSet;

/// Blocks for which a transaction is good.
const MORTALITY: u64 = 64;

/// Signs `call` for the best block, with the next nonce the pool does not hold yet.
pub fn sign(
    client: &Client,
    pool: &Pool,
    keys: &Keys,
    call: RuntimeCall,
) -> Result<opaque::UncheckedExtrinsic, ChainError> {
    use frame_system_rpc_runtime_api::AccountNonceApi;
    let best = client.chain_info();
    let account = keys.account();
    let on_chain = client.runtime_api().account_nonce(best.best_hash, account.clone()).map_err(unavailable)?;
    let nonce = next_nonce(pool, &account, on_chain);

    let era = Era::mortal(MORTALITY, best.best_number.saturated_into());
    let birth = if era == Era::Immortal { best.genesis_hash } else { best.best_hash };
    let extension: TxExtension = (
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
    );
    let implicit =
        ((), (), VERSION.spec_version, VERSION.transaction_version, best.genesis_hash, birth, (), (), (), None, ());
    let payload = SignedPayload::from_raw(call, extension, implicit);
    let signature = payload.using_encoded(|bytes| keys.sign_transaction(bytes))?;
    let (call, extension, _) = payload.deconstruct();
    let signed = UncheckedExtrinsic::from(sp_runtime::generic::UncheckedExtrinsic::new_signed(
        call,
        account.into(),
        MultiSignature::Sr25519(signature),
        extension,
    ));
    OpaqueExtrinsic::try_from_encoded_extrinsic(&signed.encode()).map_err(unavailable)
}

/// The first nonce from the chain's on that no ready transaction of the pool uses.
fn next_nonce(pool: &Pool, account: &<Runtime as frame_system::Config>::AccountId, on_chain: Nonce) -> Nonce {
    let taken: HashSet<Vec<u8>> = pool.ready().flat_map(|tx| tx.provides().to_vec()).collect();
    let mut nonce = on_chain;
    while taken.contains(&(account, nonce).encode()) {
        nonce = nonce.saturating_add(1);
    }
    nonce
}
