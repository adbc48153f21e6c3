//! Calls, signing and submission.

use super::connection::{to_hex, with_causes, AtBlock, Connection, Header};
use super::error::{ClientError, Result};
use super::keys::Account;
use codec::{Compact, Encode};
use hanzo_poai::committee::Vote;
use hanzo_poai::{Attestation, JobId, JobRequest, Resources};
use hanzo_proofs::binding::Verdict;
use hanzo_proofs::Vendor;
use hanzo_traits::{Balance, PoolId, Tier};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;
use subxt::config::DefaultExtrinsicParamsBuilder;
use subxt::rpcs::client::rpc_params;
use subxt::SubstrateConfig;

/// Blocks for which a transaction is good, from the one that it names on.
const MORTALITY: u32 = 64;
/// Most of these that may have passed when it is signed.
const MOST_PASSED: u32 = MORTALITY / 2;
/// Code of the pool's answer to a transaction it holds already.
const ALREADY_IMPORTED: i32 = 1013;
/// Code of its answer to a second transaction under one nonce.
const NONCE_TAKEN: i32 = 1014;

/// A call to be signed: its pallet and name, and its arguments in SCALE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Pallet, as metadata names it.
    pub pallet: &'static str,
    /// Call, likewise.
    pub name: &'static str,
    /// Arguments, in order.
    pub arguments: Vec<u8>,
}

/// What a worker offers; see the `Offer` type of the compute pallet.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Offer {
    /// What it can run at a time per class, wei of a unit.
    pub units: Resources,
    /// Tiers it claims beside tier 0.
    pub tiers: Vec<Tier>,
    /// Hash of the hardware description.
    pub hardware: H256,
    /// Bit i set: it can run a job in region i.
    pub regions: u32,
    /// Latency it promises, milliseconds.
    pub latency_ms: u32,
    /// Jitter it promises, milliseconds.
    pub jitter_ms: u32,
}

impl Call {
    fn compute(name: &'static str, arguments: impl Encode) -> Self {
        Self { pallet: "Compute", name, arguments: arguments.encode() }
    }

    fn poai(name: &'static str, arguments: impl Encode) -> Self {
        Self { pallet: "Poai", name, arguments: arguments.encode() }
    }

    fn attestors(name: &'static str, arguments: impl Encode) -> Self {
        Self { pallet: "Attestors", name, arguments: arguments.encode() }
    }

    fn sealing(name: &'static str, arguments: impl Encode) -> Self {
        Self { pallet: "Sealing", name, arguments: arguments.encode() }
    }

    /// Publishes the public key that content is sealed to for the account.
    pub fn set_sealing_key(key: &[u8]) -> Self {
        Self::sealing("set_key", key)
    }

    /// Hands a job's key over: receivers, and the hashes of their envelopes.
    pub fn hand_over(job: JobId, envelopes: &[(AccountId32, H256)]) -> Self {
        Self::sealing("hand_over", (job, envelopes))
    }

    /// Takes back the deposit of a hand-over whose job is over.
    pub fn drop_hand_over(job: JobId, from: &AccountId32, to: &AccountId32) -> Self {
        Self::sealing("drop_hand_over", (job, from, to))
    }

    /// Posts a demanded output of a sealed job.
    pub fn deliver_sealed_output(job: JobId, output: &[u8]) -> Self {
        Self::poai("deliver_sealed_output", (job, output))
    }

    /// Joins as a worker.
    pub fn register_worker(offer: &Offer, session_key: &sr25519::Public, bond: Balance) -> Self {
        Self::compute("register_worker", (offer, session_key, bond))
    }

    /// Starts or stops taking jobs.
    pub fn set_accepting(accepting: bool) -> Self {
        Self::compute("set_accepting", accepting)
    }

    /// Has what the worker earns sold for credits, or paid out as tokens.
    pub fn set_payout(sell_earned: bool) -> Self {
        Self::compute("set_payout", sell_earned)
    }

    /// Names the models the worker is drawn for, in place of those before.
    pub fn set_models(models: &[H256]) -> Self {
        Self::compute("set_models", models)
    }

    /// Tells that the worker is there.
    pub fn heartbeat() -> Self {
        Self::compute("heartbeat", ())
    }

    /// Binds the worker's session key with a quote that the chain checks.
    pub fn register_key(vendor: Vendor, root: H256, epoch: u64, quote: &[u8], collateral: &[u8]) -> Self {
        Self::attestors("register_key", (vendor, root, epoch, quote, collateral))
    }

    /// Binds the worker's session key with the word of attestors: signatures by their places, ascending.
    pub fn register_key_by_verdict(verdict: &Verdict, signatures: &[(u8, sr25519::Signature)]) -> Self {
        Self::attestors("register_key_by_verdict", (verdict, signatures))
    }

    /// Unbinds a worker's session key for good.
    pub fn revoke_key(worker: &AccountId32) -> Self {
        Self::attestors("revoke_key", worker)
    }

    /// Mints resource tokens, which the worker then owes.
    pub fn mint_tokens(pool: PoolId, amount: Balance) -> Self {
        Self::compute("mint_tokens", (pool, Compact(amount)))
    }

    /// Submits a job.
    pub fn submit_job(request: &JobRequest<u32>) -> Self {
        Self::compute("submit_job", request)
    }

    /// Accepts a job.
    pub fn accept_job(job: JobId) -> Self {
        Self::compute("accept_job", Compact(job))
    }

    /// Declines a job.
    pub fn decline_job(job: JobId) -> Self {
        Self::compute("decline_job", Compact(job))
    }

    /// Attests to the work on a job.
    pub fn attest(attestation: &Attestation<AccountId32>, signature: &sr25519::Signature) -> Self {
        Self::poai("attest", (attestation, signature))
    }

    /// Delivers a demanded output.
    pub fn deliver_output(job: JobId, tokens: &[u32]) -> Self {
        Self::poai("deliver_output", (job, tokens))
    }

    /// Joins as a verifier, with a bond, wei.
    pub fn register_verifier(bond: Balance) -> Self {
        Self::poai("register_verifier", Compact(bond))
    }

    /// Begins to leave the verifiers.
    pub fn retire_verifier() -> Self {
        Self::poai("retire_verifier", ())
    }

    /// Takes the bond of a verifier that has left back.
    pub fn withdraw_verifier_bond() -> Self {
        Self::poai("withdraw_verifier_bond", ())
    }

    /// Commits to a vote.
    pub fn commit_verdict(job: JobId, commitment: H256) -> Self {
        Self::poai("commit_verdict", (Compact(job), commitment))
    }

    /// Reveals a vote, with the hash of its evidence.
    pub fn reveal_verdict(job: JobId, vote: &Vote, salt: &[u8; 32], evidence: H256) -> Self {
        Self::poai("reveal_verdict", (Compact(job), vote, salt, evidence))
    }

    /// Puts a bond on a job's being forged.
    pub fn challenge(job: JobId) -> Self {
        Self::poai("challenge", Compact(job))
    }

    /// Lodges hashes, of canaries and of nothing.
    pub fn lodge_canaries(hashes: &[H256]) -> Self {
        Self::poai("lodge_canaries", hashes)
    }

    /// Says that a job was a canary, with its worker's consent.
    pub fn reveal_canary(operator: &AccountId32, job: JobId, salt: &[u8; 32], consent: &sr25519::Signature) -> Self {
        Self::poai("reveal_canary", (operator, Compact(job), salt, consent))
    }

    /// As `Pallet::call`.
    pub fn full_name(&self) -> String {
        format!("{}::{}", self.pallet, self.name)
    }
}

/// A signed transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// As it goes to the pool.
    pub bytes: Vec<u8>,
    /// What it calls.
    pub call: String,
    /// Block it was signed on.
    pub signed_at: u32,
    /// Last block it is valid for.
    pub last: u32,
}

/// What became of a transaction handed to the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The pool has taken it.
    Taken(Signed),
    /// The pool held the same call of this account before.
    InPool,
}

impl Connection {
    /// Signs a call with the account's next free nonce and hands it to the pool. The same call of the same account that
    /// waits in the pool already, as after a restart, is not sent twice. `sent_before` tells whether this process has sent
    /// anything for the account. One at a time for each account: two would take the same nonce.
    pub async fn send(&self, account: &Account, call: &Call, sent_before: bool) -> Result<Sent> {
        let last = self.finalized().await?;
        let best = self.best().await?;
        let birth = birth(&last, &best);
        let at = self.at(&best).await?;
        let data = call_data(&at, call)?;
        let mut nonce = self.next_nonce(&account.id()).await?;
        // Every transaction of the account that could go into the next block moves the next nonce, so while it is still the
        // chain's none waits. One that cannot go yet does not; this process may have left such a one.
        if sent_before || nonce != self.nonce_on_chain(&account.id(), best.hash()).await? {
            if self.waits(at.metadata_ref(), &account.id(), &data).await? {
                return Ok(Sent::InPool);
            }
            // Blocks may have come while the pool was on its way.
            nonce = self.next_nonce(&account.id()).await?;
        }
        let signed = sign(&at, best.number, birth, account, call, &data, nonce)?;
        let method = "author_submitExtrinsic";
        match self.request::<H256>(method, rpc_params![to_hex(&signed.bytes)]).await {
            Ok(_) | Err(ClientError::Rpc { code: ALREADY_IMPORTED, .. }) => Ok(Sent::Taken(signed)),
            // Another program signs for this account; the next nonce is free.
            Err(ClientError::Rpc { code: NONCE_TAKEN, message, .. }) => {
                Err(ClientError::Busy { node: self.node().into(), reason: message })
            }
            Err(ClientError::Rpc { method, code, message }) => {
                Err(ClientError::Rpc { method, code, message: format!("the pool refuses {}: {message}", signed.call) })
            }
            Err(error) => Err(error),
        }
    }
}

/// The call as the runtime at hand encodes it, checked against its metadata.
fn call_data(at: &AtBlock, call: &Call) -> Result<Vec<u8>> {
    let refused = |reason: String| ClientError::Call { version: at.spec_version(), call: call.full_name(), reason };
    let pallet = at.metadata_ref().pallet_by_name(call.pallet);
    let pallet = pallet.ok_or_else(|| refused(format!("it has no pallet {}", call.pallet)))?;
    let variant = pallet.call_variant_by_name(call.name).ok_or_else(|| refused("it has no such call".into()))?;
    let mut data = vec![pallet.call_index(), variant.index];
    data.extend_from_slice(&call.arguments);
    let shape = at.tx().from_call_data_bytes(&data);
    shape.map(|_| data).map_err(|e| refused(format!("its arguments have another shape: {}", with_causes(&e))))
}

/// Number and hash of the block that a transaction names. It is good only where that block is part of the chain: so a final one,
/// which is part of every fork that can win. Where nothing has become final for long, it is one near the best. It is the one before,
/// as the pool may not have come to the newest yet.
fn birth(last: &Header, best: &Header) -> (u32, H256) {
    let newest = if best.number.saturating_sub(last.number) <= MOST_PASSED { last } else { best };
    match newest.number.checked_sub(1) {
        Some(before) => (before, newest.parent_hash),
        None => (0, newest.hash()),
    }
}

/// Signs on block `on`, as [`birth`] has it.
fn sign(
    at: &AtBlock,
    on: u32,
    (birth, hash): (u32, H256),
    account: &Account,
    call: &Call,
    data: &[u8],
    nonce: u64,
) -> Result<Signed> {
    let refused = |e: subxt::error::ExtrinsicError| ClientError::Call {
        version: at.spec_version(),
        call: call.full_name(),
        reason: with_causes(&e),
    };
    let parameters = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
        .nonce(nonce)
        .mortal_from_unchecked(MORTALITY.into(), birth.into(), hash)
        .build();
    let payload = at.tx().from_call_data_bytes(data).map_err(refused)?;
    let mut signable = at.tx().create_signable_offline(&payload, parameters).map_err(refused)?;
    let bytes = signable.sign(account).map_err(refused)?.into_encoded();
    let last = birth.saturating_add(MORTALITY - 1);
    Ok(Signed { bytes, call: call.full_name(), signed_at: on, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its parent's hash is made of its number.
    fn header(number: u32) -> Header {
        let (parent_hash, root) = (H256::from_low_u64_be(number.into()), H256::zero());
        Header { parent_hash, number, state_root: root, extrinsics_root: root, digest: Default::default() }
    }

    #[test]
    fn transaction_should_name_a_final_block_unless_that_is_long_ago() {
        for (last, best, newest) in [(1, 1, 1), (97, 100, 97), (68, 100, 68), (67, 100, 100), (0, 100, 100)] {
            let expected = (newest - 1, H256::from_low_u64_be(newest.into()));
            assert_eq!(birth(&header(last), &header(best)), expected, "{last} is final, {best} the best");
        }
        assert_eq!(birth(&header(0), &header(3)), (0, header(0).hash()), "the genesis has none before it");
    }
}
