//! What a client sees and does that has only the node's metadata: events, balances, signed transactions.

use crate::node::Node;
use anyhow::Result;
use sp_core::{sr25519, Pair};
use std::sync::Arc;
use subxt::{
    backend::LegacyBackend,
    config::{DefaultExtrinsicParamsBuilder, SubstrateConfig},
    dynamic,
    ext::scale_decode::{DecodeAsFields, DecodeAsType},
    rpcs::RpcClient,
    tx::Signer,
    utils::{AccountId32, MultiAddress, MultiSignature},
    OnlineClient,
};

/// A chain through one of its nodes.
pub struct Chain {
    client: OnlineClient<SubstrateConfig>,
}

/// A well-known account.
pub struct Account(sr25519::Pair);

/// The field by which events of jobs are told apart.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct OfJob {
    job: u64,
}

/// What is read of an account's record.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Record {
    nonce: u32,
    data: Balances,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Balances {
    free: u128,
}

impl Account {
    /// By its derivation, such as `//Alice`.
    pub fn new(suri: &str) -> Result<Self> {
        Ok(Self(sr25519::Pair::from_string(suri, None)?))
    }

    /// Its address.
    pub fn id(&self) -> AccountId32 {
        AccountId32(self.0.public().0)
    }
}

impl Signer<SubstrateConfig> for Account {
    fn account_id(&self) -> AccountId32 {
        self.id()
    }

    fn sign(&self, payload: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(self.0.sign(payload).0)
    }
}

impl Chain {
    /// Connects to a node.
    pub async fn connect(node: &Node) -> Result<Self> {
        let rpc = RpcClient::from_insecure_url(node.url()).await?;
        let backend = LegacyBackend::<SubstrateConfig>::builder().build(rpc);
        Ok(Self { client: OnlineClient::from_backend(Arc::new(backend)).await? })
    }

    pub(crate) fn client(&self) -> &OnlineClient<SubstrateConfig> {
        &self.client
    }

    /// How often an event about this job happened in blocks `from..=to`.
    pub async fn job_events(&self, pallet: &str, name: &str, job: u64, from: u64, to: u64) -> Result<usize> {
        let mut count = 0;
        for number in from..=to {
            let events = self.client.at_block(number).await?.events().fetch().await?;
            for event in events.iter() {
                let event = event?;
                if (event.pallet_name(), event.event_name()) == (pallet, name)
                    && event.decode_fields_unchecked_as::<OfJob>()?.job == job
                {
                    count += 1;
                }
            }
        }
        Ok(count)
    }

    /// The fields of every event of this name in blocks `from..=to`, in order.
    pub async fn events<E: DecodeAsFields>(&self, pallet: &str, name: &str, from: u64, to: u64) -> Result<Vec<E>> {
        let mut found = Vec::new();
        for number in from..=to {
            let events = self.client.at_block(number).await?.events().fetch().await?;
            for event in events.iter() {
                let event = event?;
                if (event.pallet_name(), event.event_name()) == (pallet, name) {
                    found.push(event.decode_fields_unchecked_as::<E>()?);
                }
            }
        }
        Ok(found)
    }

    /// Nonce and free balance, wei, of an account at a block.
    pub async fn account(&self, account: &AccountId32, block: u64) -> Result<(u32, u128)> {
        let address = dynamic::storage::<(AccountId32,), Record>("System", "Account");
        let at = self.client.at_block(block).await?;
        Ok(match at.storage().try_fetch(address, (*account,)).await? {
            Some(value) => value.decode().map(|record| (record.nonce, record.data.free))?,
            None => (0, 0),
        })
    }

    /// Signs transfers of `amount` wei under the nonces `0..count`.
    pub async fn transfers(&self, from: &Account, to: AccountId32, amount: u128, count: u64) -> Result<Vec<Vec<u8>>> {
        let at = self.client.at_current_block().await?;
        let to = MultiAddress::<AccountId32, ()>::Id(to);
        let call = dynamic::transaction("Balances", "transfer_keep_alive", (to, amount));
        (0..count)
            .map(|nonce| {
                let parameters = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new().nonce(nonce).build();
                Ok(at.tx().create_signable_offline(&call, parameters)?.sign(from)?.into_encoded())
            })
            .collect()
    }
}
