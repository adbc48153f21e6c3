//! The model inside the program.

use crate::common::{request, tiny};
use hanzo_inference::train::{train, Recipe};
use hanzo_inference::worker::runner::{EngineRunner, Runner};
use hanzo_inference::{Cancel, Engine, Error, ModelSource, ProfileKind};
use hanzo_poai::Decoding;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

fn directory() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tiny")
}

fn answer(prompt: &str) -> String {
    let engine = tiny(ProfileKind::Replay, 1);
    let prompt = engine.tokenizer().encode(prompt).unwrap();
    let decoding = Decoding::greedy(60);
    let run =
        engine.generate(&request(&prompt, &decoding), &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    engine.tokenizer().decode(&run.tokens).unwrap()
}

#[test]
fn tiny_model_should_be_the_committed_one_and_small() {
    let inside = ModelSource::Tiny.load().unwrap();
    let outside = ModelSource::Path(directory()).load().unwrap();
    assert_eq!(inside.hash, outside.hash);
    for source in [ModelSource::Tiny, ModelSource::Path(directory())] {
        assert_eq!(source.hash().unwrap(), inside.hash, "from the files alone");
    }
    assert!((1_000_000..3_000_000).contains(&inside.weights.parameters()));
    assert!(inside.files.iter().all(|(_, bytes)| *bytes <= 4 << 20));
    let readme = std::fs::read_to_string(directory().join("README.md")).unwrap();
    assert!(readme.contains(&format!("{:?}", inside.hash)), "README.md does not state {:?}", inside.hash);
}

#[test]
fn runner_should_measure_its_speed_in_a_moment_and_stop_when_cancelled() {
    let runner = EngineRunner::new(Arc::new(tiny(ProfileKind::Replay, 1)), None);
    let (start, cancel) = (Instant::now(), Cancel::default());
    let pace = runner.pace(&cancel).unwrap();
    let took = start.elapsed().as_secs_f64();
    assert!(pace.prompt > 0.0 && pace.output > 0.0, "{pace:?}");
    assert!(pace.prompt * 32.0 + pace.output * 8.0 <= took, "{pace:?} in {took} s");
    cancel.cancel();
    assert!(matches!(runner.pace(&cancel), Err(Error::Cancelled)));
}

#[test]
fn tiny_model_should_write_words() {
    let text = answer("You may copy and distribute");
    let words: Vec<&str> = text.split_whitespace().collect();
    let letters = text.chars().filter(|c| c.is_ascii_lowercase() || c.is_whitespace()).count();
    assert!(words.len() >= 6 && letters * 10 >= text.chars().count() * 8, "{text:?}");
}

#[test]
fn trainer_should_repeat_itself_and_learn() {
    let directory = tempfile::tempdir().unwrap();
    let text = directory.path().join("text");
    std::fs::create_dir(&text).unwrap();
    std::fs::write(text.join("a.txt"), "the quick brown fox jumps over the lazy dog\n".repeat(200)).unwrap();
    let recipe = Recipe { steps: 12, batch: 2, length: 48, warmup: 4, text, ..Recipe::default() };
    let out = directory.path().join("out");
    let (first, second) = (train(&recipe, &out).unwrap(), train(&recipe, &out).unwrap());
    assert_eq!((first.model_hash, first.text_hash), (second.model_hash, second.text_hash));
    assert!(first.last_loss < first.first_loss, "{} to {}", first.first_loss, first.last_loss);
    assert_eq!(ModelSource::Path(out).load().unwrap().hash, first.model_hash);
}
