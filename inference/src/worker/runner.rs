//! From a job on chain to a finished receipt.

use crate::canary::{other_prompt, Book, Canary, Forged};
use crate::engine::{Cancel, Engine, Finish, Grammar, Request};
use crate::error::{Error, Result};
use crate::receipt::Receipt;
use crate::worker::chain::Job;
use crate::worker::context;
use crate::worker::pace::{Pace, Stopwatch};
use hanzo_poai::{Decoding, JobKind, JobStatus};
use sp_core::H256;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What the first measurement reads, over and over: text of any language does.
const SAMPLE: &str = "The quick brown fox jumps over the lazy dog. ";
/// How many of its tokens are read.
const SAMPLE_PROMPT: usize = 32;
/// How many are written then.
const SAMPLE_OUTPUT: u32 = 9;

/// A job's input, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Its text.
    pub text: String,
    /// The text's tokens, with the special ones a prompt starts with.
    pub tokens: Vec<u32>,
}

/// What a run gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The output's text, as bytes; their hash is attested.
    pub bytes: Vec<u8>,
    /// Commitments and everything a verifier needs.
    pub receipt: Receipt,
}

/// Runs jobs. The loop knows no more of inference than this.
pub trait Runner: Send + Sync + 'static {
    /// Content hash of the model it serves.
    fn model(&self) -> H256;

    /// Measures how fast it is, on a few tokens, before there is any run to learn from. Blocks the thread.
    fn pace(&self, cancel: &Cancel) -> Result<Pace>;

    /// Most tokens that an output can have after a prompt of so many.
    fn longest_output(&self, prompt: usize) -> usize;

    /// Reads a job's input, once, before the job is accepted. The error says why the job cannot be run here. Blocks the
    /// thread: a prompt may be a megabyte.
    fn read(&self, job: &Job, input: Vec<u8>) -> Result<Prompt>;

    /// Runs it, to the end or until cancelled. `on_token` is called once per output token. Blocks the thread.
    fn run(&self, job: &Job, prompt: &Prompt, cancel: &Cancel, on_token: &mut (dyn FnMut() + Send)) -> Result<Output>;
}

/// A [`Runner`] over an [`Engine`]. The input of an `Inference` job is the prompt as UTF-8 text.
pub struct EngineRunner<E> {
    engine: Arc<E>,
    /// Most positions that a job may need: memory for all of them is taken when its run begins.
    max_context: usize,
    /// Jobs that it gets wrong on purpose.
    canaries: Option<Book>,
}

impl<E: Engine> EngineRunner<E> {
    /// Serves the engine's model, to jobs whose prompt and longest output have at most `max_context` tokens; by default as
    /// many as a quarter of the memory holds.
    pub fn new(engine: Arc<E>, max_context: Option<NonZeroUsize>) -> Self {
        let config = engine.config();
        let max_context = max_context.map_or_else(|| context::default(config), NonZeroUsize::get);
        let max_context = max_context.min(config.max_positions);
        let mebibytes = (config.kv_bytes() as u64).saturating_mul(max_context as u64) >> 20;
        tracing::info!(max_context, of = config.max_positions, mebibytes, "longest sequence, and memory it takes");
        Self { engine, max_context, canaries: None }
    }

    /// The same, which gets the jobs of these canaries wrong on purpose.
    pub fn with_canaries(self, book: Book) -> Self {
        Self { canaries: Some(book), ..self }
    }

    /// The canary that a job is, if it is one.
    fn canary(&self, job: &Job) -> Result<Option<(&Book, Canary)>> {
        let Some(book) = &self.canaries else { return Ok(None) };
        Ok(book.of(&job.client, job.nonce)?.map(|canary| (book, canary)))
    }

    /// Times one run of exactly so many output tokens, as far as the context has room.
    fn sample(&self, prompt: &[u32], output: u32, cancel: &Cancel) -> Result<Pace> {
        let (endless, decoding) = (Endless(&self.engine.config().eos), Decoding::greedy(output));
        let request = Request { grammar: Some(&endless), ..Request::new(prompt, &decoding, H256::zero()) };
        let mut watch = Stopwatch::start();
        let run = self.engine.generate(&request, cancel, &mut |_| {
            watch.token();
            ControlFlow::Continue(())
        })?;
        match run.finish {
            Finish::Cancelled => Err(Error::Cancelled),
            Finish::Stop | Finish::Length => Ok(Pace::of(&watch.stop(prompt.len()))),
        }
    }
}

/// Keeps a run from ending early: forbids the tokens that end an output.
struct Endless<'a>(&'a [u32]);

impl Grammar for Endless<'_> {
    fn restrict(&self, _: &[u32], allowed: &mut [bool]) {
        for end in self.0 {
            if let Some(flag) = allowed.get_mut(*end as usize) {
                *flag = false;
            }
        }
    }
}

impl<E: Engine + 'static> Runner for EngineRunner<E> {
    fn model(&self) -> H256 {
        self.engine.model_hash()
    }

    fn pace(&self, cancel: &Cancel) -> Result<Pace> {
        let sentence = self.engine.tokenizer().encode(SAMPLE)?;
        let room = self.longest_output(SAMPLE_OUTPUT as usize).clamp(1, SAMPLE_PROMPT);
        let prompt: Vec<u32> = sentence.iter().copied().cycle().take(room).collect();
        // The first run brings the weights into the caches; the second is timed.
        self.sample(prompt.get(..1).unwrap_or_default(), 1, cancel)?;
        self.sample(&prompt, SAMPLE_OUTPUT, cancel)
    }

    fn longest_output(&self, prompt: usize) -> usize {
        self.engine.config().max_positions.saturating_sub(prompt)
    }

    fn read(&self, job: &Job, input: Vec<u8>) -> Result<Prompt> {
        if job.kind != JobKind::Inference {
            return Err(Error::Request(format!("jobs of kind {:?} are not served here", job.kind)));
        }
        if job.model != self.model() {
            return Err(Error::Request(format!(
                "the job asks for model {:?}; this worker serves {:?}",
                job.model,
                self.model()
            )));
        }
        if !job.prior_root.is_zero() {
            return Err(Error::Request(format!("prior {:?} is not in this worker's bank", job.prior_root)));
        }
        let text = String::from_utf8(input).map_err(|e| {
            Error::Request(format!("the input is not UTF-8 text: byte {} is wrong", e.utf8_error().valid_up_to()))
        })?;
        let tokens = self.engine.tokenizer().encode(&text)?;
        let most = job.max_prompt_tokens as usize;
        if tokens.len() > most {
            return Err(Error::Request(format!("the prompt has {} tokens; the job pays for {most}", tokens.len())));
        }
        self.engine.check(&Request::new(&tokens, &job.decoding, job.seed.unwrap_or_default()), 1)?;
        let output = self.longest_output(tokens.len()).min(job.decoding.max_output_tokens as usize);
        let (positions, prompt) = (tokens.len().saturating_add(output), tokens.len());
        // What was accepted under another limit is owed all the same.
        if positions > self.max_context && job.status != JobStatus::Accepted {
            return Err(Error::Request(format!(
                "a prompt of {prompt} and up to {output} output tokens need {positions} positions; this worker has memory \
                 for {}",
                self.max_context
            )));
        }
        Ok(Prompt { text, tokens })
    }

    fn run(&self, job: &Job, prompt: &Prompt, cancel: &Cancel, on_token: &mut (dyn FnMut() + Send)) -> Result<Output> {
        let seed = job.seed.ok_or_else(|| Error::Request(format!("job {} has no seed yet", job.id)))?;
        let canary = self.canary(job)?;
        let other = canary.as_ref().map(|_| other_prompt(&prompt.tokens, self.engine.config().vocab_size));
        let request = Request::new(other.as_ref().unwrap_or(&prompt.tokens), &job.decoding, seed);
        let run = self.engine.generate(&request, cancel, &mut |_| {
            on_token();
            ControlFlow::Continue(())
        })?;
        // Fails for a run that was cancelled.
        let asked = Request::new(&prompt.tokens, &job.decoding, seed);
        let receipt = Receipt::new(self.engine.as_ref(), Some(&prompt.text), &asked, &run)?;
        if let Some((book, canary)) = canary {
            // Kept before anybody attests it: only what was forged for certain may be revealed.
            let forged = Some(Forged { job: job.id, tokens_root: receipt.tokens_root });
            book.put(&Canary { submitted: true, forged, ..canary })?;
            tracing::info!(job = job.id, "a canary: its output is of another prompt");
        }
        let bytes = self.engine.tokenizer().decode(&run.tokens)?.into_bytes();
        Ok(Output { bytes, receipt })
    }
}
