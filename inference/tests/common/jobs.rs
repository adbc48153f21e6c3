//! Jobs and attestations as a chain shows them.

use hanzo_inference::hash::blake2_256;
use hanzo_inference::worker::chain::Job;
use hanzo_poai::{Attestation, Decoding, JobId, JobKind, JobStatus, Verification};
use hanzo_traits::api::{AttestationView, WorkerView};
use sp_core::{sr25519, H256};
use sp_runtime::AccountId32;

/// Blocks from the attestation to the end of its window.
pub const WINDOW: u32 = 10;

/// A unit of credits, wei.
pub const AI: u128 = 1_000_000_000_000_000_000;

/// The worker.
pub fn account() -> AccountId32 {
    AccountId32::new([7; 32])
}

/// A job on a prompt, drawn for the worker.
pub fn job(id: JobId, model: H256, prompt: &[u8], deadline: u32) -> Job {
    Job {
        id,
        kind: JobKind::Inference,
        status: JobStatus::Assigned,
        client: AccountId32::new([1; 32]),
        worker: Some(account()),
        model,
        tier: 0,
        input: blake2_256(prompt),
        input_length: prompt.len() as u32,
        max_prompt_tokens: 100,
        decoding: Decoding::greedy(100),
        verification: Verification::Replay,
        sealed: false,
        nonce: 11,
        seed: Some(blake2_256(&id.to_le_bytes())),
        opening: None,
        prior_root: H256::zero(),
        paid: 1.into(),
        value: (AI / 100).into(),
        escrow: Default::default(),
        parts: Vec::new(),
        prompt_tokens: 0,
        output_tokens: 0,
        submitted_at: 0,
        deadline,
        accept_by: None,
        draws: 1,
    }
}

/// An attestation that is in block `number`.
pub fn view(attestation: &Attestation<AccountId32>, number: u32) -> AttestationView<AccountId32, u32> {
    AttestationView {
        job: attestation.job,
        worker: attestation.worker.clone(),
        model: attestation.model,
        input: attestation.input,
        output: attestation.output,
        tokens_root: attestation.tokens_root,
        fingerprints_root: attestation.fingerprints_root,
        receipt_root: attestation.receipt_root(),
        prompt_tokens: attestation.prompt_tokens,
        output_tokens: attestation.output_tokens,
        seed: attestation.seed,
        engine_profile: attestation.engine_profile,
        prior_root: attestation.prior_root,
        attested_at: number,
        settles_at: number + WINDOW,
        deliver_by: None,
        standing: None,
    }
}

/// The worker, registered and taking jobs.
pub fn worker(session: sr25519::Public, models: Vec<H256>) -> WorkerView<AccountId32> {
    WorkerView {
        account: account(),
        session_key: H256(session.0),
        accepting: true,
        tiers: vec![0],
        units: Default::default(),
        bond: 1.into(),
        free_limit: 1.into(),
        obligations: Default::default(),
        open_value: 0.into(),
        open_jobs: 0,
        missed: 0,
        quality_ppb: 0,
        models,
        missed_in_row: 0,
        regions: 1,
        latency_ms: 0,
        jitter_ms: 0,
        tee: false,
        margin_called: false,
        silent: false,
        heartbeat_from: u32::MAX,
        sla: Default::default(),
    }
}
