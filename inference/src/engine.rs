//! Running a model: generation, and replay of what another worker generated.

use crate::error::{Error, Result};
use crate::fingerprint;
use crate::hash::{self, Hasher};
use crate::kernels::Isa;
use crate::model::config::ModelConfig;
use crate::model::decoder::{Decoder, DecoderState, ReplayDecoder};
use crate::model::fast::FastDecoder;
use crate::model::source::{LoadedModel, ModelSource};
use crate::profile::{self, EngineProfile, ProfileKind};
use crate::sampler::{self, sample, Context, TokenBias};
use crate::tokenizer::Tokenizer;
use candle_core::Device;
use hanzo_poai::chunks::Fingerprint;
use hanzo_poai::Decoding;
use rayon::ThreadPool;
use serde::{Deserialize, Serialize};
use sp_core::H256;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

/// Positions whose logits a replay computes together: the head, the largest matrix, is then read once for all of them.
const LOGITS_AT_ONCE: usize = 16;

/// Tells a running generation to stop after the token at hand. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether someone asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Decides which tokens may come next, from the output so far: the place of a grammar.
pub trait Grammar: Send + Sync {
    /// Clears the flags of tokens that may not follow `output`. All flags are set on entry.
    fn restrict(&self, output: &[u32], allowed: &mut [bool]);
}

/// What to generate.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Prompt, at least one token.
    pub prompt: &'a [u32],
    /// How to decode.
    pub decoding: &'a Decoding,
    /// Key of the sampling noise.
    pub seed: H256,
    /// What the request adds to the logits of single tokens, in ascending order of token ([`TokenBias::check`]).
    pub bias: &'a [TokenBias],
    /// Merged log factors of the experts, one per token id; empty for none.
    pub factors: &'a [f32],
    /// Grammar, if any.
    pub grammar: Option<&'a dyn Grammar>,
    /// How the work is cut. Under the replay profile it changes no bit.
    pub schedule: Schedule,
}

impl<'a> Request<'a> {
    /// A request without bias, factors and grammar, on the usual schedule.
    pub fn new(prompt: &'a [u32], decoding: &'a Decoding, seed: H256) -> Self {
        Self { prompt, decoding, seed, bias: &[], factors: &[], grammar: None, schedule: Schedule::default() }
    }
}

/// How the work on a sequence is cut into calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Most prompt tokens per call; `None` takes the whole prompt at once.
    pub prefill_chunk: Option<NonZeroUsize>,
    /// Keep keys and values between tokens. Off, every token recomputes the whole sequence: for tests.
    pub cache: bool,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { prefill_chunk: NonZeroUsize::new(512), cache: true }
    }
}

/// Why an output ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finish {
    /// The model produced an end token; it is the last of the output.
    Stop,
    /// The output has as many tokens as were asked for, or the context is full.
    Length,
    /// Someone cancelled.
    Cancelled,
}

/// Commitments to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// One digest of the raw logits (before any penalty) per output token: blake2-256 of their bits.
    pub logits: Vec<H256>,
    /// One fingerprint per 32 output tokens.
    pub fingerprints: Vec<Fingerprint>,
}

impl Trace {
    /// One digest for all logits: blake2-256 of the digests in order.
    pub fn logits_digest(&self) -> H256 {
        let mut hasher = Hasher::default();
        for digest in &self.logits {
            hasher.bytes(digest.as_bytes());
        }
        hasher.finish()
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// Output tokens, an end token included.
    pub tokens: Vec<u32>,
    /// Why it ended.
    pub finish: Finish,
    /// Commitments.
    pub trace: Trace,
}

/// What a replay of given tokens gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The token that the sampler chooses at each output position, given the claimed ones before it.
    pub tokens: Vec<u32>,
    /// How far each claimed token is from being that choice, nats ([`sampler::gap`]); 0 where it is.
    pub gaps: Vec<f64>,
    /// Digests of the raw logits after the tokens at the positions asked for, in their order.
    pub seen: Vec<H256>,
    /// Commitments.
    pub trace: Trace,
    /// Hidden states behind every output token, shape (tokens, hidden size).
    pub hidden: Vec<f32>,
}

/// Settings of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineOptions {
    /// Which decoder.
    pub profile: ProfileKind,
    /// Threads; at least 1.
    pub threads: NonZeroUsize,
    /// Run on the first CUDA device; the fast profile alone can, in a build with the feature `cuda`.
    pub cuda: bool,
    /// Instruction set of the replay profile's kernels; `None` takes the best.
    pub isa: Option<Isa>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { profile: ProfileKind::Replay, threads, cuda: false, isa: None }
    }
}

/// A loaded model that can generate and replay.
pub trait Engine: Send + Sync {
    /// Loads a model.
    fn load(source: &ModelSource, options: &EngineOptions) -> Result<Self>
    where
        Self: Sized;

    /// Content hash of the model.
    fn model_hash(&self) -> H256;

    /// Shape of the model.
    fn config(&self) -> &ModelConfig;

    /// Its tokenizer.
    fn tokenizer(&self) -> &Tokenizer;

    /// What may change the bits of the result.
    fn profile(&self) -> &EngineProfile;

    /// Whether a request can be run, with an output of `output` tokens. Whatever [`Self::generate`] and [`Self::replay`]
    /// refuse for the request's sake, they refuse through this.
    fn check(&self, request: &Request<'_>, output: usize) -> Result<()>;

    /// Generates. `on_token` sees every token as it is chosen and may stop the run; so may `cancel`.
    fn generate(
        &self,
        request: &Request<'_>,
        cancel: &Cancel,
        on_token: &mut (dyn FnMut(u32) -> ControlFlow<()> + Send),
    ) -> Result<Generation>;

    /// Runs claimed output tokens through the model after the prompt (teacher forcing) and samples at every position.
    fn replay(&self, request: &Request<'_>, output: &[u32]) -> Result<Replay> {
        self.replay_at(request, output, &[])
    }

    /// As [`Self::replay`], and takes a digest of the logits that follow the tokens at `positions` of prompt and output:
    /// ascending, each below their number.
    fn replay_at(&self, request: &Request<'_>, output: &[u32], positions: &[u32]) -> Result<Replay>;
}

/// Where an engine with these options runs, and the name by which its profile knows that place.
fn device(options: &EngineOptions) -> Result<(Device, String)> {
    if !options.cuda {
        return Ok((Device::Cpu, "cpu".into()));
    }
    if options.profile == ProfileKind::Replay {
        return Err(Error::Device("the replay profile runs on the CPU alone; CUDA takes the fast profile".into()));
    }
    if !candle_core::utils::cuda_is_available() {
        return Err(Error::Device("this build has no CUDA; build with `--features cuda` and a CUDA toolkit".into()));
    }
    let device = Device::new_cuda(0).map_err(|e| Error::Device(format!("the first CUDA device: {e}")))?;
    let name = profile::device_name(&device)?;
    Ok((device, name))
}

/// The engine on Candle and on our own kernels.
pub struct CandleEngine {
    hash: H256,
    config: ModelConfig,
    tokenizer: Tokenizer,
    profile: EngineProfile,
    decoder: Box<dyn Decoder>,
    pool: ThreadPool,
}

/// Most threads of an engine: far more than cores, and few enough to be started.
const MAX_THREADS: usize = 1_024;

impl CandleEngine {
    /// An engine for a model already in memory.
    pub fn from_model(model: LoadedModel, options: &EngineOptions) -> Result<Self> {
        let LoadedModel { hash, config, weights, tokenizer, .. } = model;
        let threads = options.threads.get();
        if threads > MAX_THREADS {
            return Err(Error::Threads { threads, reason: format!("at most {MAX_THREADS}") });
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|i| format!("engine-{i}"))
            .build()
            .map_err(|e| Error::Threads { threads, reason: e.to_string() })?;
        let (device, device_name) = device(options)?;
        let decoder: Box<dyn Decoder> = match options.profile {
            ProfileKind::Replay => {
                Box::new(ReplayDecoder::new(config.clone(), weights, options.isa.unwrap_or_else(Isa::best)))
            }
            ProfileKind::Fast => Box::new(FastDecoder::new(&config, &weights, &device)?),
        };
        let profile = EngineProfile::current(options.profile, &device_name, threads);
        Ok(Self { hash, config, tokenizer, profile, decoder, pool })
    }

    /// Appends tokens chunk by chunk; returns the hidden states of the last `keep` of them. Fails with
    /// [`Error::Cancelled`] if someone cancels before the last chunk.
    fn feed(
        &self,
        tokens: &[u32],
        chunk: Option<NonZeroUsize>,
        keep: usize,
        state: &mut DecoderState,
        cancel: &Cancel,
    ) -> Result<Vec<f32>> {
        let width = self.config.hidden_size;
        let mut kept = Vec::new();
        for chunk in tokens.chunks(chunk.map_or(tokens.len().max(1), NonZeroUsize::get)) {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            kept.extend(self.decoder.forward(chunk, state)?);
            let surplus = kept.len().saturating_sub(keep * width);
            kept.drain(..surplus);
        }
        Ok(kept)
    }

    fn choose(
        &self,
        request: &Request<'_>,
        sequence: &[u32],
        logits: &mut [f32],
        allowed: &mut Vec<bool>,
    ) -> Result<u32> {
        if let Some(grammar) = request.grammar {
            allowed.clear();
            allowed.resize(logits.len(), true);
            grammar.restrict(&sequence[request.prompt.len()..], allowed);
        }
        sample(logits, &context(request, sequence, allowed))
    }

    fn run(
        &self,
        request: &Request<'_>,
        cancel: &Cancel,
        on_token: &mut (dyn FnMut(u32) -> ControlFlow<()> + Send),
    ) -> Result<Generation> {
        self.check(request, 1)?;
        let limit = (request.decoding.max_output_tokens as usize).min(self.config.max_positions - request.prompt.len());
        let capacity = request.prompt.len() + limit;
        let mut state = self.decoder.state(capacity)?;
        let mut sequence = request.prompt.to_vec();
        let (mut hidden, mut digests, mut allowed) = (Vec::new(), Vec::new(), Vec::new());
        let mut finish = Finish::Length;
        let mut fed = 0;
        while sequence.len() < capacity {
            if !request.schedule.cache && fed > 0 {
                state = self.decoder.state(capacity)?;
                fed = 0;
            }
            let last = match self.feed(&sequence[fed..], request.schedule.prefill_chunk, 1, &mut state, cancel) {
                Err(Error::Cancelled) => {
                    finish = Finish::Cancelled;
                    break;
                }
                last => last?,
            };
            fed = sequence.len();
            let mut logits = self.decoder.logits(&last)?;
            digests.push(hash::of_floats(&logits));
            hidden.extend(last);
            let token = self.choose(request, &sequence, &mut logits, &mut allowed)?;
            sequence.push(token);
            let stopped = on_token(token).is_break();
            if self.config.eos.contains(&token) {
                finish = Finish::Stop;
                break;
            }
            if stopped && sequence.len() < capacity {
                finish = Finish::Cancelled;
                break;
            }
        }
        let fingerprints = fingerprint::fingerprints(&hidden, self.config.hidden_size);
        let tokens = sequence.split_off(request.prompt.len());
        Ok(Generation { tokens, finish, trace: Trace { logits: digests, fingerprints } })
    }

    /// The last `keep` hidden states of a given sequence, with or without a cache.
    fn force(&self, request: &Request<'_>, sequence: &[u32], keep: usize) -> Result<Vec<f32>> {
        let (chunk, never) = (request.schedule.prefill_chunk, Cancel::default());
        let mut hidden = Vec::with_capacity(keep * self.config.hidden_size);
        if request.schedule.cache {
            return self.feed(sequence, chunk, keep, &mut self.decoder.state(sequence.len())?, &never);
        }
        for end in sequence.len() + 1 - keep..=sequence.len() {
            hidden.extend(self.feed(&sequence[..end], chunk, 1, &mut self.decoder.state(end)?, &never)?);
        }
        Ok(hidden)
    }

    fn run_replay(&self, request: &Request<'_>, output: &[u32], positions: &[u32]) -> Result<Replay> {
        self.check(request, output.len())?;
        let (width, prompt) = (self.config.hidden_size, request.prompt.len());
        let sequence = [request.prompt, output].concat();
        check_positions(positions, sequence.len())?;
        let last = positions.last().map_or(0, |position| *position as usize);
        // The last token is fed only if someone asks for what follows it.
        let fed = (prompt + output.len().saturating_sub(1)).max(last + 1);
        let first = positions.first().map_or(prompt - 1, |position| (*position as usize).min(prompt - 1));
        let hidden = self.force(request, &sequence[..fed], fed - first)?;
        let mut seen = Vec::with_capacity(positions.len());
        for position in positions {
            let from = (*position as usize - first) * width;
            seen.push(hash::of_floats(&self.decoder.logits(&hidden[from..from + width])?));
        }
        let from = (prompt - 1 - first) * width;
        let hidden = hidden[from..from + output.len() * width].to_vec();
        let (mut tokens, mut gaps) = (Vec::with_capacity(output.len()), Vec::with_capacity(output.len()));
        let (mut logits, mut allowed) = (Vec::with_capacity(output.len()), Vec::new());
        for (block, rows) in hidden.chunks(LOGITS_AT_ONCE * width).enumerate() {
            let mut values = self.decoder.logits(rows)?;
            for (row, values) in values.chunks_exact_mut(self.config.vocab_size).enumerate() {
                logits.push(hash::of_floats(values));
                let place = block * LOGITS_AT_ONCE + row;
                let before = &sequence[..prompt + place];
                let token = self.choose(request, before, values, &mut allowed)?;
                tokens.push(token);
                // The choice left the combined logits behind.
                let gap = || sampler::gap(values, &context(request, before, &allowed), output[place]);
                gaps.push(if token == output[place] { 0.0 } else { gap() });
            }
        }
        let fingerprints = fingerprint::fingerprints(&hidden, width);
        Ok(Replay { tokens, gaps, seen, trace: Trace { logits, fingerprints }, hidden })
    }
}

/// What shapes the choice of the token after `sequence`.
fn context<'a>(request: &'a Request<'_>, sequence: &'a [u32], allowed: &'a [bool]) -> Context<'a> {
    Context {
        decoding: request.decoding,
        seed: &request.seed,
        position: sequence.len(),
        bias: request.bias,
        present: sequence,
        factors: request.factors,
        allowed,
    }
}

fn check_positions(positions: &[u32], tokens: usize) -> Result<()> {
    if let Some(pair) = positions.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(Error::Request(format!("position {} comes before {}; positions must ascend", pair[0], pair[1])));
    }
    match positions.last().filter(|position| **position as usize >= tokens) {
        Some(position) => Err(Error::Request(format!(
            "position {position} is outside a prompt and an output of {tokens} tokens together"
        ))),
        None => Ok(()),
    }
}

impl Engine for CandleEngine {
    fn load(source: &ModelSource, options: &EngineOptions) -> Result<Self> {
        Self::from_model(source.load()?, options)
    }

    fn model_hash(&self) -> H256 {
        self.hash
    }

    fn config(&self) -> &ModelConfig {
        &self.config
    }

    fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    fn profile(&self) -> &EngineProfile {
        &self.profile
    }

    fn check(&self, request: &Request<'_>, output: usize) -> Result<()> {
        if !request.decoding.is_valid() {
            return Err(Error::Request(format!("decoding parameters out of bounds: {:?}", request.decoding)));
        }
        let vocabulary = self.config.vocab_size;
        TokenBias::check(request.bias, vocabulary)?;
        if let Some((place, id)) = request.prompt.iter().enumerate().find(|(_, id)| **id as usize >= vocabulary) {
            return Err(Error::Request(format!(
                "token {id} at place {place} of the prompt is outside the model's vocabulary of {vocabulary}"
            )));
        }
        let (prompt, output, room) = (request.prompt.len(), output.max(1), self.config.max_positions);
        if prompt == 0 {
            return Err(Error::Request("the prompt has no token".into()));
        }
        if prompt.saturating_add(output) > room {
            return Err(Error::Request(format!(
                "a prompt of {prompt} and an output of {output} tokens exceed the model's context of {room}"
            )));
        }
        Ok(())
    }

    fn generate(
        &self,
        request: &Request<'_>,
        cancel: &Cancel,
        on_token: &mut (dyn FnMut(u32) -> ControlFlow<()> + Send),
    ) -> Result<Generation> {
        self.pool.install(|| self.run(request, cancel, on_token))
    }

    fn replay_at(&self, request: &Request<'_>, output: &[u32], positions: &[u32]) -> Result<Replay> {
        self.pool.install(|| self.run_replay(request, output, positions))
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
