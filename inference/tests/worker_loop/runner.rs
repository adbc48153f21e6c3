//! A runner that turns the prompt round, when it is allowed to.

use hanzo_inference::hash::blake2_256;
use hanzo_inference::worker::chain::Job;
use hanzo_inference::worker::runner::{Output, Runner};
use hanzo_inference::{Cancel, EngineProfile, Error, Finish, ProfileKind, Receipt};
use hanzo_poai::chunks::{fingerprints_root, tokens_root, CHUNK, FINGERPRINT_BYTES};
use sp_core::H256;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// What a run waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Open,
    Closed,
    /// The process is gone: runs end with nothing.
    Gone,
}

pub struct TestRunner {
    gate: watch::Sender<Gate>,
    runs: watch::Sender<usize>,
    pub cancelled: AtomicUsize,
    pub takes: bool,
}

impl TestRunner {
    pub fn new(gate: Gate) -> Self {
        Self { gate: watch::channel(gate).0, runs: watch::channel(0).0, cancelled: AtomicUsize::new(0), takes: true }
    }

    pub fn set(&self, gate: Gate) {
        self.gate.send_replace(gate);
    }

    pub fn runs(&self) -> usize {
        *self.runs.borrow()
    }

    /// Waits until so many runs have begun.
    pub async fn wait_for_runs(&self, count: usize) {
        let mut runs = self.runs.subscribe();
        tokio::time::timeout(Duration::from_secs(30), runs.wait_for(|runs| *runs >= count)).await.unwrap().unwrap();
    }
}

impl Runner for TestRunner {
    fn model(&self) -> H256 {
        H256::repeat_byte(3)
    }

    fn check(&self, _: &Job, _: &[u8]) -> hanzo_inference::Result<()> {
        match self.takes {
            true => Ok(()),
            false => Err(Error::Request("not for me".into())),
        }
    }

    fn run(
        &self,
        job: &Job,
        input: &[u8],
        cancel: &Cancel,
        on_token: &mut (dyn FnMut() + Send),
    ) -> hanzo_inference::Result<Output> {
        self.runs.send_modify(|runs| *runs += 1);
        while *self.gate.borrow() != Gate::Open {
            if cancel.is_cancelled() || *self.gate.borrow() == Gate::Gone {
                self.cancelled.fetch_add(1, Ordering::SeqCst);
                return Err(Error::Cancelled);
            }
            std::thread::yield_now();
        }
        let bytes: Vec<u8> = input.iter().rev().copied().collect();
        bytes.iter().for_each(|_| on_token());
        Ok(Output { receipt: receipt(job, input, &bytes), bytes })
    }
}

/// A receipt for this output.
pub fn receipt(job: &Job, input: &[u8], output: &[u8]) -> Receipt {
    let profile = EngineProfile::current(ProfileKind::Replay, "cpu", 1);
    let tokens: Vec<u32> = output.iter().copied().map(u32::from).collect();
    let fingerprints = vec![[1; FINGERPRINT_BYTES]; tokens.len().div_ceil(CHUNK)];
    Receipt {
        version: 1,
        model: job.model,
        engine_profile: profile.hash(),
        profile,
        seed: job.seed.unwrap(),
        decoding: job.decoding,
        prompt: None,
        input_hash: blake2_256(input),
        prompt_tokens: input.iter().copied().map(u32::from).collect(),
        tokens_root: tokens_root(&tokens).unwrap(),
        output_tokens: tokens,
        finish: Finish::Length,
        output_hash: blake2_256(output),
        fingerprints_root: fingerprints_root(&fingerprints).unwrap(),
        fingerprints,
        logits_digest: H256::zero(),
    }
}
