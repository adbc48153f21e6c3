//! What a worker refuses before it accepts, so that no job it has accepted fails for what the client asked.

use crate::common::{jobs, request, tiny_with_bos};
use hanzo_inference::canary::{Book, Canary, Forged};
use hanzo_inference::fingerprint::Tolerance;
use hanzo_inference::worker::chain::Job;
use hanzo_inference::worker::runner::{EngineRunner, Runner};
use hanzo_inference::{Cancel, CandleEngine, Engine};
use hanzo_poai::{Decoding, JobStatus};
use sp_core::H256;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;

fn runner(max_context: Option<usize>) -> EngineRunner<CandleEngine> {
    let max_context = max_context.map(|tokens| NonZeroUsize::new(tokens).unwrap());
    EngineRunner::new(Arc::new(tiny_with_bos(None)), max_context)
}

fn refusal(runner: &impl Runner, job: &Job, prompt: &[u8]) -> String {
    runner.read(job, prompt.to_vec()).unwrap_err().to_string()
}

#[test]
fn job_should_be_refused_when_the_engine_would_refuse_its_run() {
    let runner = runner(None);
    let mut job = jobs::job(0, runner.model(), b"", 1_000);
    assert!(refusal(&runner, &job, b"").contains("the prompt has no token"));
    job.max_prompt_tokens = 10_000;
    let room = runner.longest_output(0);
    let error = refusal(&runner, &job, &vec![b'a'; room]);
    assert!(error.contains(&format!("a prompt of {room} and an output of 1 tokens")), "{error}");
    runner.read(&job, vec![b'a'; room - 1]).unwrap();
    job.decoding = Decoding { top_p_ppm: 0, ..job.decoding };
    assert!(refusal(&runner, &job, b"You may").contains("decoding parameters out of bounds"));
}

#[test]
fn job_should_be_refused_when_a_token_of_its_prompt_is_outside_the_vocabulary() {
    let size = tiny_with_bos(None).config().vocab_size as u32;
    let engine = Arc::new(tiny_with_bos(Some(size)));
    let runner = EngineRunner::new(engine.clone(), None);
    let job = jobs::job(0, runner.model(), b"You may", 1_000);
    let error = refusal(&runner, &job, b"You may");
    assert!(error.contains(&format!("token {size} at place 0")), "{error}");
    // The engine says the same: it is one check.
    let prompt = engine.tokenizer().encode("You may").unwrap();
    let request = request(&prompt, &job.decoding);
    let refused = engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Continue(()));
    assert_eq!(refused.unwrap_err().to_string(), error);
}

#[test]
fn job_should_be_refused_with_its_numbers_when_it_needs_more_positions_than_there_is_memory_for() {
    let runner = runner(Some(64));
    let mut job = jobs::job(0, runner.model(), b"You may", 1_000);
    let error = refusal(&runner, &job, b"You may");
    assert!(error.contains("a prompt of 7 and up to 100 output tokens need 107 positions"), "{error}");
    assert!(error.contains("memory for 64"), "{error}");
    job.decoding = Decoding::greedy(58);
    assert!(refusal(&runner, &job, b"You may").contains("need 65"));
    let accepted = Job { status: JobStatus::Accepted, ..job.clone() };
    runner.read(&accepted, b"You may".to_vec()).unwrap();
    job.decoding = Decoding::greedy(57);
    runner.read(&job, b"You may".to_vec()).unwrap();
}

#[test]
fn canary_should_be_forged_so_that_every_replay_shows_it_and_other_jobs_be_done() {
    let directory = tempfile::tempdir().unwrap();
    let book = Book::open(directory.path()).unwrap();
    let engine = Arc::new(tiny_with_bos(None));
    let runner = EngineRunner::new(engine.clone(), None).with_canaries(book.clone());
    for prompt in ["You may", "Q: 3 plus 4", "a"] {
        let job = jobs::job(4, runner.model(), prompt.as_bytes(), 1_000);
        let canary = Canary::random(H256::zero(), jobs::account(), job.client.clone()).unwrap();
        book.put(&Canary { lodged_at: Some(1), submitted: true, ..canary.clone() }).unwrap();
        let read = runner.read(&job, prompt.into()).unwrap();
        let run = |nonce| {
            let output = runner.run(&Job { nonce, ..job.clone() }, &read, &Cancel::default(), &mut || ()).unwrap();
            let verdict = output.receipt.verify(engine.as_ref(), &Tolerance::SAME_DTYPE).unwrap();
            (output.receipt, verdict.valid)
        };
        let (honest, valid) = run(canary.nonce.wrapping_add(1));
        assert!(valid, "{prompt}");
        let (forged, valid) = run(canary.nonce);
        assert!(!valid, "{prompt}");
        assert_eq!((forged.input_hash, &forged.prompt_tokens), (honest.input_hash, &honest.prompt_tokens));
        assert_ne!(forged.fingerprints_root, honest.fingerprints_root);
        let kept = book.of(&job.client, canary.nonce).unwrap().unwrap();
        assert_eq!(kept.forged, Some(Forged { job: 4, tokens_root: forged.tokens_root }));
    }
}
