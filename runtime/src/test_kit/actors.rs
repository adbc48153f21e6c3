//! Who acts, and the calls they make.

use crate::{
    constants::AI,
    economy::{self, TINY_MODEL},
    AccountId, Compute, Poai,
};
use alloc::{format, vec::Vec};
use hanzo_poai::{
    chunks, Attestation, BlobRef, Decoding, JobId, JobKind, JobRequest, JobStatus, Limits, Proof, ServiceLevel,
    Verification,
};
use hanzo_traits::{api::JobView, JobRegistry, PoolId, ResourceClass, SessionKey};
use pallet_compute::types::{GenesisWorker, Offer};
use sp_core::{sr25519, Pair, H256};
use sp_keyring::Sr25519Keyring;

/// The worker of the presets.
pub const WORKER: Sr25519Keyring = Sr25519Keyring::Ferdie;
/// A client.
pub const CLIENT: Sr25519Keyring = Sr25519Keyring::Charlie;

/// The pools of the presets.
pub fn pools() -> [PoolId; ResourceClass::COUNT] {
    ResourceClass::ALL.map(PoolId::any_worker)
}

/// The pair of an actor's session key.
pub fn session_pair(actor: Sr25519Keyring) -> sr25519::Pair {
    sr25519::Pair::from_string(&format!("//{actor}//session"), None).unwrap()
}

/// Its public half.
pub fn session_key(actor: Sr25519Keyring) -> SessionKey {
    session_pair(actor).public()
}

/// What the worker of the presets offers.
pub fn offer() -> Offer {
    let [GenesisWorker { offer, .. }, _] = economy::workers(WORKER.to_account_id(), WORKER.to_account_id());
    offer
}

/// A job on the tiny model with `tokens` tokens at most of prompt and of output.
pub fn request(nonce: u64, tokens: u32, deadline: u32) -> JobRequest<u32> {
    JobRequest {
        kind: JobKind::Inference,
        model: TINY_MODEL,
        input: BlobRef { hash: H256::repeat_byte(7), length: 64 },
        max_prompt_tokens: tokens,
        decoding: Decoding::greedy(tokens),
        sla: ServiceLevel::default(),
        tier: 0,
        resources: None,
        parts: Default::default(),
        limits: Limits { max_credits: 10 * AI, ..Default::default() },
        deadline,
        verification: Verification::Replay,
        prior: None,
        deltas: Default::default(),
        nonce,
        use_held_tokens: false,
        sell_unused: false,
        sealed: false,
    }
}

/// [`request`] as a call.
pub fn submit(nonce: u64, tokens: u32, deadline: u32) -> pallet_compute::Call<crate::Runtime> {
    pallet_compute::Call::submit_job { request: request(nonce, tokens, deadline) }
}

/// Number of the job that was submitted last.
pub fn last_job() -> JobId {
    last_job_if_any().expect("a job was submitted")
}

/// Number of the job that was submitted last, if there was one.
pub fn last_job_if_any() -> Option<JobId> {
    pallet_compute::NextJob::<crate::Runtime>::get().checked_sub(1)
}

/// A job as clients see it.
pub fn job(id: JobId) -> JobView<AccountId, u32> {
    Compute::job(id).unwrap_or_else(|| panic!("job {id} is not known"))
}

/// Where a job stands.
pub fn status(id: JobId) -> JobStatus {
    job(id).status
}

/// The output of the tests: `count` tokens.
pub fn output(count: u32) -> Vec<u32> {
    (0..count).map(|place| place * 7 + 3).collect()
}

/// A true attestation of an accepted job with `prompt` and `count` tokens, signed by `worker`'s session key.
pub fn attest(
    worker: Sr25519Keyring,
    id: JobId,
    prompt: u32,
    count: u32,
) -> Result<pallet_poai::Call<crate::Runtime>, sp_runtime::DispatchError> {
    attest_as(worker.to_account_id(), &session_pair(worker), id, prompt, count)
}

/// The same for an account with any session key.
pub fn attest_as(
    worker: AccountId,
    session: &sr25519::Pair,
    id: JobId,
    prompt: u32,
    count: u32,
) -> Result<pallet_poai::Call<crate::Runtime>, sp_runtime::DispatchError> {
    let (attestation, challenge) = attestation(worker, id, prompt, count)?;
    let signature = session.sign(attestation.signing_hash(&challenge).as_bytes());
    Ok(pallet_poai::Call::attest { attestation, signature })
}

/// The attestation of [`attest_as`], which a replay judges, and its challenge.
pub fn attestation(
    worker: AccountId,
    id: JobId,
    prompt: u32,
    count: u32,
) -> Result<(Attestation<AccountId>, H256), sp_runtime::DispatchError> {
    let open = <Compute as JobRegistry<AccountId, u32>>::attestable(id)?;
    let attestation = Attestation {
        job: id,
        worker,
        model: open.model,
        input: open.input,
        output: H256::repeat_byte(0xaa),
        tokens_root: chunks::tokens_root(&output(count)).unwrap_or_default(),
        fingerprints_root: H256::repeat_byte(0xbb),
        prompt_tokens: prompt,
        output_tokens: count,
        nonce: open.nonce,
        seed: open.seed,
        engine_profile: economy::REPLAY_PROFILE,
        prior_root: open.prior_root,
        proof: Proof::Replay,
    };
    let challenge = Poai::attestation_challenge(id).map_err(|_| sp_runtime::DispatchError::Other("no challenge"))?;
    Ok((attestation, challenge))
}
