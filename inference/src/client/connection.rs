//! One connection to a node.

use super::error::{ClientError, Result};
use codec::{Decode, DecodeAll, Encode};
use futures::stream::BoxStream;
use futures::StreamExt;
use hanzo_poai::{JobId, ModelProfile, Parts, Resources};
use hanzo_proofs::{Allowance, Vendor};
use hanzo_traits::api::{
    ApiResult, AttestationView, AttestorsView, JobQuote, JobView, PoolView, ReviewView, RouteView, VerdictView,
    VerifierView, WorkerView,
};
use hanzo_traits::{Amount, Tier};
use serde::de::DeserializeOwned;
use serde::Deserialize;
use sp_core::H256;
use sp_runtime::traits::BlakeTwo256;
use sp_runtime::AccountId32;
use std::sync::Arc;
use std::time::Duration;
use subxt::backend::LegacyBackend;
use subxt::client::OnlineClientAtBlockImpl;
use subxt::ext::jsonrpsee::ws_client::{PingConfig, WsClientBuilder};
use subxt::rpcs::client::{rpc_params, RpcParams};
use subxt::rpcs::{Error as RpcError, RpcClient};
use subxt::{client::ClientAtBlock, OnlineClient, SubstrateConfig};

/// A block's header.
pub type Header = sp_runtime::generic::Header<u32, BlakeTwo256>;
/// What subxt knows at one block: metadata, events, how to build a transaction.
pub type AtBlock = ClientAtBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// Longest wait for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// Longest wait for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How often a silent connection is probed. One that does not answer for as long again is lost.
const PING_EVERY: Duration = Duration::from_secs(15);
/// Room for answers: a blob of 1 MiB in hexadecimal, or a runtime's metadata.
const MAX_ANSWER: u32 = 32 * 1024 * 1024;

/// Block production as its runtime API tells it.
#[derive(Decode)]
struct BabeConfiguration {
    slot_ms: u64,
    _epoch_slots: u64,
    _c: (u64, u64),
    _authorities: Vec<([u8; 32], u64)>,
    _randomness: [u8; 32],
    _allowed_slots: u8,
}

/// One connection to a node, on a chain that stays the same. Clones share it.
#[derive(Clone, Debug)]
pub struct Connection {
    node: Arc<str>,
    rpc: RpcClient,
    client: OnlineClient<SubstrateConfig>,
    genesis: H256,
}

impl Connection {
    /// Connects to `ws://…` or `wss://…`; fails with [`ClientError::WrongChain`] if a genesis hash is given and the
    /// node's is another one.
    pub async fn open(node: &str, expected: Option<H256>) -> Result<Self> {
        let lost = |reason: String| ClientError::Lost { node: node.into(), reason };
        let ping = PingConfig::new().ping_interval(PING_EVERY).inactive_limit(PING_EVERY * 2);
        let socket = WsClientBuilder::default()
            .connection_timeout(CONNECT_WITHIN)
            .request_timeout(ANSWER_WITHIN)
            .max_response_size(MAX_ANSWER)
            .max_buffer_capacity_per_subscription(4096)
            .enable_ws_ping(ping)
            .build(node)
            .await
            .map_err(|e| lost(with_causes(&e)))?;
        let rpc = RpcClient::new(socket);
        let backend = LegacyBackend::<SubstrateConfig>::builder().build(rpc.clone());
        let client = OnlineClient::from_backend(Arc::new(backend)).await.map_err(|e| lost(with_causes(&e)))?;
        let genesis = client.genesis_hash();
        match expected {
            Some(expected) if expected != genesis => {
                Err(ClientError::WrongChain { node: node.into(), expected, found: genesis })
            }
            _ => Ok(Self { node: node.into(), rpc, client, genesis }),
        }
    }

    /// Hash of block 0.
    pub fn genesis(&self) -> H256 {
        self.genesis
    }

    /// The node's address.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Calls an RPC method.
    pub async fn request<T: DeserializeOwned>(&self, method: &str, params: RpcParams) -> Result<T> {
        self.rpc.request(method, params).await.map_err(|e| self.rpc_error(method, e))
    }

    /// Calls a runtime API method at a block.
    pub async fn call<T: Decode>(&self, method: &str, arguments: impl Encode, at: H256) -> Result<T> {
        let arguments = to_hex(&arguments.encode());
        let answer: String = self.request("state_call", rpc_params![method, arguments, at]).await?;
        let unreadable = |reason: String| ClientError::Answer { what: method.into(), reason };
        let bytes = from_hex(&answer).map_err(unreadable)?;
        T::decode_all(&mut &bytes[..]).map_err(|e| unreadable(e.to_string()))
    }

    /// What subxt knows at a block.
    pub async fn at(&self, header: &Header) -> Result<AtBlock> {
        match self.client.at_block_hash_and_number(header.hash(), header.number.into()).await {
            Ok(at) => Ok(at),
            Err(error) => Err(self.why(format!("block {}", header.number), &error).await),
        }
    }

    /// Why something that is more than one request failed: the connection, if it is lost, else what was said.
    pub(super) async fn why(&self, what: String, error: &(dyn std::error::Error + Sync)) -> ClientError {
        let reason = with_causes(error);
        match self.request::<Option<H256>>("chain_getBlockHash", rpc_params![0u32]).await {
            Err(lost @ ClientError::Lost { .. }) => lost,
            _ => ClientError::Answer { what, reason },
        }
    }

    /// The best block.
    pub async fn best(&self) -> Result<Header> {
        self.request("chain_getHeader", RpcParams::new()).await
    }

    /// The newest final block.
    pub async fn finalized(&self) -> Result<Header> {
        let hash: H256 = self.request("chain_getFinalizedHead", RpcParams::new()).await?;
        self.header(hash).await
    }

    /// A block's header.
    pub async fn header(&self, hash: H256) -> Result<Header> {
        let header: Option<Header> = self.request("chain_getHeader", rpc_params![hash]).await?;
        header
            .ok_or_else(|| ClientError::Answer { what: format!("block {hash:?}"), reason: "the node has none".into() })
    }

    /// The transactions of a block, as bytes.
    pub async fn transactions(&self, hash: H256) -> Result<Vec<Vec<u8>>> {
        #[derive(Deserialize)]
        struct Body {
            extrinsics: Vec<String>,
        }
        #[derive(Deserialize)]
        struct Signed {
            block: Body,
        }
        let block: Option<Signed> = self.request("chain_getBlock", rpc_params![hash]).await?;
        let unreadable = |reason: String| ClientError::Answer { what: format!("block {hash:?}"), reason };
        let block = block.ok_or_else(|| unreadable("the node has none".into()))?.block;
        block.extrinsics.iter().map(|text| from_hex(text).map_err(unreadable)).collect()
    }

    /// Best blocks as they come, the current one first. Ends when the connection is lost.
    pub async fn heads(&self) -> Result<BoxStream<'static, Header>> {
        let (on, off) = ("chain_subscribeNewHeads", "chain_unsubscribeNewHeads");
        let heads = self.rpc.subscribe::<Header>(on, RpcParams::new(), off).await.map_err(|e| self.rpc_error(on, e))?;
        let whole = heads.take_while(|head| futures::future::ready(head.is_ok()));
        Ok(whole.filter_map(|head| futures::future::ready(head.ok())).boxed())
    }

    /// Time from block to block that the chain aims at: the length of a slot.
    pub async fn block_time(&self, at: H256) -> Result<Duration> {
        let babe: BabeConfiguration = self.call("BabeApi_configuration", (), at).await?;
        Ok(Duration::from_millis(babe.slot_ms))
    }

    /// Every pool.
    pub async fn pools(&self, at: H256) -> Result<Vec<PoolView>> {
        self.call("HmmApi_pools", (), at).await
    }

    /// What a job of these most tokens of prompt and output would cost, `parts` of it in other tiers.
    pub async fn quote(
        &self,
        model: H256,
        (tier, parts): (Tier, &Parts),
        (prompt, output): (u32, u32),
        at: H256,
    ) -> Result<JobQuote<u32>> {
        let quote: ApiResult<JobQuote<u32>> =
            self.call("JobsApi_quote", (model, tier, parts, prompt, output), at).await?;
        quote.map_err(ClientError::Runtime)
    }

    /// What a job would cost that names its resources.
    pub async fn quote_resources(
        &self,
        (tier, parts): (Tier, &Parts),
        resources: &Resources,
        at: H256,
    ) -> Result<JobQuote<u32>> {
        let quote: ApiResult<JobQuote<u32>> =
            self.call("JobsApi_quote_resources", (tier, parts, resources), at).await?;
        quote.map_err(ClientError::Runtime)
    }

    /// The cheapest way to buy so much in these tiers.
    pub async fn route(&self, resources: &Resources, tiers: &[Tier], at: H256) -> Result<RouteView<u32>> {
        self.request("hmm_route", rpc_params![resources.0.map(Amount), tiers, at]).await
    }

    /// A job, if there is one of this number.
    pub async fn job(&self, job: JobId, at: H256) -> Result<Option<JobView<AccountId32, u32>>> {
        self.call("JobsApi_job", job, at).await
    }

    /// Jobs drawn for or accepted by a worker and not yet attested.
    pub async fn jobs_of(&self, worker: &AccountId32, at: H256) -> Result<Vec<JobView<AccountId32, u32>>> {
        self.call("JobsApi_jobs_of", worker, at).await
    }

    /// A worker, if the account is one.
    pub async fn worker(&self, account: &AccountId32, at: H256) -> Result<Option<WorkerView<AccountId32>>> {
        self.call("JobsApi_worker", account, at).await
    }

    /// What running a model costs, if governance says so.
    pub async fn model_profile(&self, model: H256, at: H256) -> Result<Option<ModelProfile>> {
        self.call("JobsApi_model_profile", model, at).await
    }

    /// The attestation of a job, if there is one and it is still kept.
    pub async fn attestation(&self, job: JobId, at: H256) -> Result<Option<AttestationView<AccountId32, u32>>> {
        self.call("PoaiApi_attestation", job, at).await
    }

    /// Reviews on whose committees an account sits.
    pub async fn seats(&self, verifier: &AccountId32, at: H256) -> Result<Vec<ReviewView<AccountId32, u32>>> {
        self.call("PoaiApi_seats", verifier, at).await
    }

    /// A verifier, if the account is one.
    pub async fn verifier(&self, account: &AccountId32, at: H256) -> Result<Option<VerifierView<AccountId32, u32>>> {
        self.call("PoaiApi_verifier", account, at).await
    }

    /// Verifiers by slot, at most `limit` (≤ 256) from slot `start` on.
    pub async fn verifiers(&self, start: u32, limit: u32, at: H256) -> Result<Vec<VerifierView<AccountId32, u32>>> {
        self.call("PoaiApi_verifiers", (start, limit), at).await
    }

    /// What the review of a job came to, if it had one that is over and still kept.
    pub async fn verdict(&self, job: JobId, at: H256) -> Result<Option<VerdictView<AccountId32, u32>>> {
        self.call("PoaiApi_verdict", job, at).await
    }

    /// What the attestation of an accepted or attested job is bound to.
    pub async fn challenge(&self, job: JobId, at: H256) -> Result<H256> {
        let challenge: ApiResult<H256> = self.call("PoaiApi_challenge", job, at).await?;
        challenge.map_err(ClientError::Runtime)
    }

    /// What a challenge of an attested job has to put up, wei.
    pub async fn challenge_bond(&self, job: JobId, at: H256) -> Result<Option<Amount>> {
        self.call("PoaiApi_challenge_bond", job, at).await
    }

    /// Who signs for what the chain cannot check.
    pub async fn attestors(&self, at: H256) -> Result<AttestorsView> {
        self.call("ProofsApi_attestors", (), at).await
    }

    /// The epoch for which session keys are bound.
    pub async fn epoch(&self, at: H256) -> Result<u64> {
        self.call("ProofsApi_epoch", (), at).await
    }

    /// What runs where a worker's session key lives, if it is bound now.
    pub async fn measurement(&self, worker: &AccountId32, at: H256) -> Result<Option<H256>> {
        self.call("ProofsApi_measurement", worker, at).await
    }

    /// Until when a root is trusted, seconds since 1970; `None` if it is not, or paused.
    pub async fn root(&self, vendor: Vendor, root: H256, at: H256) -> Result<Option<u64>> {
        self.call("ProofsApi_root", (vendor, root), at).await
    }

    /// The terms on which something may run where session keys live; `None` if it may not.
    pub async fn allowance(&self, measurement: H256, at: H256) -> Result<Option<Allowance>> {
        self.call("ProofsApi_allowance", measurement, at).await
    }

    /// The public key that content is sealed to for an account.
    pub async fn sealing_key(&self, account: &AccountId32, at: H256) -> Result<Option<Vec<u8>>> {
        self.call("SealingApi_key", account, at).await
    }

    /// Envelopes with a job's key for an account: who handed each over, and the hash of the blob.
    pub async fn envelopes(&self, job: JobId, to: &AccountId32, at: H256) -> Result<Vec<(AccountId32, H256)>> {
        self.call("SealingApi_envelopes", (job, to), at).await
    }

    /// Reviews under way, at most `limit` (≤ 256).
    pub async fn open_reviews(&self, limit: u32, at: H256) -> Result<Vec<ReviewView<AccountId32, u32>>> {
        self.call("PoaiApi_open_audits", limit, at).await
    }

    fn rpc_error(&self, method: &str, error: RpcError) -> ClientError {
        match error {
            RpcError::User(error) => {
                let detail = error.data.as_ref().map(|data| data.get().trim_matches('"').to_string());
                let message = match detail {
                    Some(detail) if !detail.is_empty() => format!("{}: {detail}", error.message),
                    _ => error.message,
                };
                ClientError::Rpc { method: method.into(), code: error.code, message }
            }
            error @ (RpcError::Deserialization(_) | RpcError::Decode(_) | RpcError::Serialization(_)) => {
                ClientError::Answer { what: method.into(), reason: with_causes(&error) }
            }
            error => ClientError::Lost { node: self.node.to_string(), reason: with_causes(&error) },
        }
    }
}

/// An error and what is behind it, in one line.
pub fn with_causes(error: &(dyn std::error::Error + '_)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

/// Bytes as RPC writes them.
pub fn to_hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Bytes from what RPC writes.
pub fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|e| format!("not hexadecimal: {e}"))
}
