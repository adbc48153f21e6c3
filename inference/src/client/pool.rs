//! What of an account waits in the node's pool.

use super::connection::{from_hex, Connection};
use super::error::Result;
use codec::Encode;
use sp_core::H256;
use sp_runtime::{AccountId32, MultiAddress};
use subxt::ext::frame_decode::extrinsics::decode_extrinsic;
use subxt::metadata::Metadata;
use subxt::rpcs::client::{rpc_params, RpcParams};

impl Connection {
    /// The nonce of the account's next transaction, after those that wait in the pool and could go into the next block.
    pub(super) async fn next_nonce(&self, account: &AccountId32) -> Result<u64> {
        self.request("system_accountNextIndex", rpc_params![account.to_string()]).await
    }

    /// The same as a block has it, whatever waits.
    pub(super) async fn nonce_on_chain(&self, account: &AccountId32, at: H256) -> Result<u64> {
        let nonce: u32 = self.call("AccountNonceApi_account_nonce", account, at).await?;
        Ok(nonce.into())
    }

    /// Whether the pool holds this call of this account.
    pub(super) async fn waits(&self, metadata: &Metadata, account: &AccountId32, call: &[u8]) -> Result<bool> {
        let pending: Vec<String> = self.request("author_pendingExtrinsics", RpcParams::new()).await?;
        let mut transactions = pending.iter().filter_map(|text| from_hex(text).ok());
        Ok(transactions.any(|bytes| carries(metadata, &bytes, account, call)))
    }
}

/// Whether these bytes are a transaction that the account has signed, of this call and no other. Anybody can have a batch
/// in the pool that ends with the call and has the account among its arguments, so nothing less than decoding tells.
fn carries(metadata: &Metadata, bytes: &[u8], account: &AccountId32, call: &[u8]) -> bool {
    // Most of a pool is somebody else's, and need not be decoded.
    if !bytes.ends_with(call) {
        return false;
    }
    let mut rest = bytes;
    let Ok(transaction) = decode_extrinsic(&mut rest, metadata, metadata.types()) else { return false };
    let signer = transaction.signature_payload().and_then(|payload| bytes.get(payload.address_range()));
    let address = MultiAddress::<AccountId32, ()>::Id(account.clone()).encode();
    rest.is_empty() && signer == Some(&address[..]) && bytes.get(transaction.call_data_range()) == Some(call)
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
