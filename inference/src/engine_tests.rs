//! What an engine does between the steps of its decoder, and where it refuses to run.

use super::*;
use std::sync::atomic::AtomicUsize;

/// Cancels in its `last` step, and counts its steps.
struct Cancelling {
    inner: Box<dyn Decoder>,
    cancel: Cancel,
    last: usize,
    steps: Arc<AtomicUsize>,
}

impl Decoder for Cancelling {
    fn state(&self, capacity: usize) -> Result<DecoderState> {
        self.inner.state(capacity)
    }

    fn forward(&self, tokens: &[u32], state: &mut DecoderState) -> Result<Vec<f32>> {
        if self.steps.fetch_add(1, Ordering::Relaxed) + 1 == self.last {
            self.cancel.cancel();
        }
        self.inner.forward(tokens, state)
    }

    fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>> {
        self.inner.logits(hidden)
    }
}

fn tiny(options: EngineOptions) -> Result<CandleEngine> {
    CandleEngine::load(&ModelSource::Tiny, &options)
}

#[test]
fn generation_should_stop_between_the_chunks_of_a_prompt_when_cancelled() {
    let (cancel, steps) = (Cancel::default(), Arc::new(AtomicUsize::new(0)));
    let model = ModelSource::Tiny.load().unwrap();
    let inner = Box::new(ReplayDecoder::new(model.config.clone(), model.weights.clone(), Isa::best()));
    let mut engine = CandleEngine::from_model(model, &EngineOptions::default()).unwrap();
    engine.decoder = Box::new(Cancelling { inner, cancel: cancel.clone(), last: 3, steps: steps.clone() });
    let prompt = engine.tokenizer.encode("You may copy and distribute").unwrap();
    let decoding = Decoding::greedy(10);
    let schedule = Schedule { prefill_chunk: NonZeroUsize::new(2), cache: true };
    let request = Request { schedule, ..Request::new(&prompt, &decoding, H256::zero()) };
    let run = engine.generate(&request, &cancel, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((run.finish, run.tokens.len()), (Finish::Cancelled, 0));
    assert_eq!(steps.load(Ordering::Relaxed), 3, "of {} chunks", prompt.len().div_ceil(2));
}

#[test]
fn engine_should_refuse_a_gpu_when_the_profile_or_the_build_cannot_use_one() {
    let refusal = |profile| match tiny(EngineOptions { profile, cuda: true, ..EngineOptions::default() }) {
        Err(Error::Device(reason)) => reason,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it runs"),
    };
    assert!(refusal(ProfileKind::Replay).contains("CUDA takes the fast profile"));
    if !candle_core::utils::cuda_is_available() {
        assert!(refusal(ProfileKind::Fast).contains("--features cuda"));
    }
}
