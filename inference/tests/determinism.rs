//! The promise of the replay profile: one seed, one result, whatever the schedule, the threads or the restart.

use crate::common::{engine, request, sampled, small_config, tiny, write_model, Tensors};
use hanzo_inference::kernels::Isa;
use hanzo_inference::model::config::Family;
use hanzo_inference::{Cancel, CandleEngine, Engine, EngineOptions, Generation, ModelSource, ProfileKind, Schedule};
use hanzo_poai::chunks::tokens_root;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

const PROMPT: &str = "The licensor grants you a licence to copy, modify and distribute";

fn generate(engine: &CandleEngine, prompt: &[u32], tokens: u32, schedule: Schedule) -> Generation {
    let decoding = sampled(tokens);
    let request = hanzo_inference::Request { schedule, ..request(prompt, &decoding) };
    engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap()
}

fn schedules() -> Vec<Schedule> {
    let chunks = [NonZeroUsize::new(1), NonZeroUsize::new(16), None];
    chunks.into_iter().flat_map(|prefill_chunk| [true, false].map(|cache| Schedule { prefill_chunk, cache })).collect()
}

fn check(source: &ModelSource, prompt: &[u32], tokens: u32) {
    let first = generate(&engine(source, ProfileKind::Replay, 1), prompt, tokens, Schedule::default());
    for threads in [1, 2, 3] {
        // Every round loads the model anew.
        let engine = engine(source, ProfileKind::Replay, threads);
        for schedule in schedules() {
            let run = generate(&engine, prompt, tokens, schedule);
            let (digest, root) = (run.trace.logits_digest(), tokens_root(&run.tokens));
            println!("{threads} threads, {schedule:?}: logits {digest:?}, root {root:?}");
            assert_eq!(run, first, "{threads} threads, {schedule:?}");
        }
    }
}

#[test]
fn tiny_model_should_give_one_result_whatever_the_threads_cache_and_chunks() {
    let prompt = tiny(ProfileKind::Replay, 1).tokenizer().encode(PROMPT).unwrap();
    check(&ModelSource::Tiny, &prompt, 40);
}

#[test]
fn every_family_should_give_one_result_whatever_the_threads_cache_and_chunks() {
    for family in [Family::Llama, Family::Qwen2, Family::Qwen3] {
        // Wide enough that the kernels split work over threads.
        let mut config = small_config(family);
        config.hidden_size = 130;
        config.intermediate_size = 331;
        let directory = tempfile::tempdir().unwrap();
        write_model(directory.path(), &crate::common::config_json(&config), &Tensors::of(&config, 9));
        let prompt: Vec<u32> = (0..37).map(|i| i * 7 % 300).collect();
        check(&ModelSource::Path(directory.path().into()), &prompt, 12);
    }
}

#[test]
fn every_instruction_set_should_give_one_result() {
    let run = |isa| {
        let options = EngineOptions { isa: Some(isa), ..EngineOptions::default() };
        let engine = CandleEngine::load(&ModelSource::Tiny, &options).unwrap();
        let prompt = engine.tokenizer().encode(PROMPT).unwrap();
        generate(&engine, &prompt, 24, Schedule::default())
    };
    let first = run(Isa::Scalar);
    for isa in Isa::available() {
        assert_eq!(run(isa), first, "{isa:?}");
    }
}

#[test]
fn replay_should_repeat_the_bits_of_the_generation() {
    let engine = tiny(ProfileKind::Replay, 2);
    let prompt = engine.tokenizer().encode(PROMPT).unwrap();
    let run = generate(&engine, &prompt, 70, Schedule::default());
    for prefill_chunk in [NonZeroUsize::new(1), NonZeroUsize::new(13), None] {
        let decoding = sampled(70);
        let schedule = Schedule { prefill_chunk, cache: true };
        let request = hanzo_inference::Request { schedule, ..request(&prompt, &decoding) };
        let replay = engine.replay(&request, &run.tokens).unwrap();
        assert_eq!((replay.tokens, replay.trace), (run.tokens.clone(), run.trace.clone()));
    }
}

#[test]
fn output_should_change_with_the_seed_and_start_the_same_when_longer() {
    let engine = tiny(ProfileKind::Replay, 1);
    let prompt = engine.tokenizer().encode(PROMPT).unwrap();
    let (short, long) =
        (generate(&engine, &prompt, 10, Schedule::default()), generate(&engine, &prompt, 30, Schedule::default()));
    assert_eq!(short.tokens[..], long.tokens[..short.tokens.len()]);
    let decoding = sampled(30);
    let other = hanzo_inference::Request { seed: sp_core::H256::repeat_byte(8), ..request(&prompt, &decoding) };
    let other = engine.generate(&other, &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    assert_ne!(other.tokens, long.tokens);
}

#[test]
fn generation_should_stop_when_cancelled_by_flag_or_callback() {
    let engine = tiny(ProfileKind::Replay, 1);
    let prompt = engine.tokenizer().encode(PROMPT).unwrap();
    let decoding = sampled(50);
    let cancel = Cancel::default();
    let mut seen = 0;
    let run = engine.generate(&request(&prompt, &decoding), &cancel, &mut |_| {
        seen += 1;
        if seen == 5 {
            cancel.cancel();
        }
        ControlFlow::Continue(())
    });
    let run = run.unwrap();
    assert_eq!((run.tokens.len(), run.finish), (5, hanzo_inference::Finish::Cancelled));
    let run =
        engine.generate(&request(&prompt, &decoding), &Cancel::default(), &mut |_| ControlFlow::Break(())).unwrap();
    assert_eq!((run.tokens.len(), run.finish), (1, hanzo_inference::Finish::Cancelled));
}

#[test]
fn request_should_be_refused_when_it_exceeds_the_context_or_the_vocabulary() {
    let engine = tiny(ProfileKind::Replay, 1);
    let decoding = sampled(5);
    let refused = |prompt: &[u32]| {
        let run = engine.generate(&request(prompt, &decoding), &Cancel::default(), &mut |_| ControlFlow::Continue(()));
        run.unwrap_err().to_string()
    };
    assert!(refused(&[]).contains("no token"));
    assert!(refused(&[1; 512]).contains("512"));
    assert!(refused(&[260]).contains("token 260 at place 0 of the prompt is outside the model's vocabulary of 260"));
}

#[test]
fn fast_profile_should_choose_the_tokens_of_the_replay_profile_nearly_always() {
    let (fast, replay) = (tiny(ProfileKind::Fast, 1), tiny(ProfileKind::Replay, 1));
    let prompt = fast.tokenizer().encode(PROMPT).unwrap();
    let run = generate(&fast, &prompt, 200, Schedule::default());
    let decoding = sampled(200);
    let again = replay.replay(&request(&prompt, &decoding), &run.tokens).unwrap();
    let same = again.tokens.iter().zip(&run.tokens).filter(|(a, b)| a == b).count();
    assert!(same * 100 >= run.tokens.len() * 98, "{same} of {}", run.tokens.len());
}
