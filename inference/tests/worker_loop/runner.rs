//! A runner that turns the prompt round, when it is allowed to.

use hanzo_inference::hash::blake2_256;
use hanzo_inference::worker::chain::Job;
use hanzo_inference::worker::pace::Pace;
use hanzo_inference::worker::runner::{Output, Prompt, Runner};
use hanzo_inference::{Cancel, EngineProfile, Error, Finish, ProfileKind, Receipt};
use hanzo_poai::chunks::{fingerprints_root, tokens_root, CHUNK, FINGERPRINT_BYTES};
use sp_core::H256;
use std::sync::Mutex;
use std::thread::ThreadId;
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

/// Fast enough for everything.
const FAST: Pace = Pace { prompt: 1e-6, output: 1e-6 };

pub struct TestRunner {
    gate: watch::Sender<Gate>,
    runs: watch::Sender<usize>,
    cancelled: watch::Sender<usize>,
    /// The threads that inputs were read on, one entry per reading.
    pub readers: Mutex<Vec<ThreadId>>,
    pub takes: bool,
    /// What its speed is measured to be; none fails.
    pub pace: Option<Pace>,
}

impl TestRunner {
    pub fn new(gate: Gate) -> Self {
        let (runs, cancelled, readers) = (watch::channel(0).0, watch::channel(0).0, Mutex::default());
        Self { gate: watch::channel(gate).0, runs, cancelled, readers, takes: true, pace: Some(FAST) }
    }

    pub fn set(&self, gate: Gate) {
        self.gate.send_replace(gate);
    }

    pub fn runs(&self) -> usize {
        *self.runs.borrow()
    }

    pub fn cancelled(&self) -> usize {
        *self.cancelled.borrow()
    }

    /// Waits until so many runs have begun.
    pub async fn wait_for_runs(&self, count: usize) {
        wait_for(&self.runs, count).await;
    }

    /// Waits until so many runs have been stopped.
    pub async fn wait_for_cancelled(&self, count: usize) {
        wait_for(&self.cancelled, count).await;
    }
}

async fn wait_for(counter: &watch::Sender<usize>, count: usize) {
    let mut counter = counter.subscribe();
    tokio::time::timeout(Duration::from_secs(30), counter.wait_for(|now| *now >= count)).await.unwrap().unwrap();
}

impl Runner for TestRunner {
    fn model(&self) -> H256 {
        H256::repeat_byte(3)
    }

    fn pace(&self, _: &Cancel) -> hanzo_inference::Result<Pace> {
        self.pace.ok_or_else(|| Error::Request("no clock".into()))
    }

    fn longest_output(&self, _: usize) -> usize {
        usize::MAX
    }

    fn read(&self, _: &Job, input: Vec<u8>) -> hanzo_inference::Result<Prompt> {
        self.readers.lock().unwrap().push(std::thread::current().id());
        if !self.takes {
            return Err(Error::Request("not for me".into()));
        }
        let text = String::from_utf8(input).map_err(|e| Error::Request(e.to_string()))?;
        Ok(Prompt { tokens: text.bytes().map(u32::from).collect(), text })
    }

    fn run(
        &self,
        job: &Job,
        prompt: &Prompt,
        cancel: &Cancel,
        on_token: &mut (dyn FnMut() + Send),
    ) -> hanzo_inference::Result<Output> {
        self.runs.send_modify(|runs| *runs += 1);
        while *self.gate.borrow() != Gate::Open {
            if cancel.is_cancelled() || *self.gate.borrow() == Gate::Gone {
                self.cancelled.send_modify(|count| *count += 1);
                return Err(Error::Cancelled);
            }
            std::thread::yield_now();
        }
        let bytes: Vec<u8> = prompt.text.bytes().rev().collect();
        bytes.iter().for_each(|_| on_token());
        Ok(Output { receipt: receipt(job, prompt.text.as_bytes(), &bytes), bytes })
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
        bias: vec![],
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
