//! Files damaged at random give a model or an error with a name: no panic, and no more memory than the file can explain.
//! `HANZO_PROPTEST_CASES` says how many.

use crate::common::allocation::largest_request;
use crate::common::gguf;
use crate::common::{config_json, sampled, small_config, write_model, Tensors};
use candle_core::quantized::GgmlDType;
use hanzo_inference::model::config::{Family, ModelConfig};
use hanzo_inference::model::source::LoadedModel;
use hanzo_inference::{Cancel, CandleEngine, Engine, EngineOptions, Error, Request};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{json, Value};
use std::cell::Cell;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::{Once, OnceLock};

/// What is done to the bytes of a file. Places fall into the file's head three times out of four: there the danger lies.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Place, u8),
    Write(Place, Vec<u8>),
    Remove(Place, usize),
    Repeat(Place, usize),
    Cut(Place),
}

#[derive(Clone, Debug)]
struct Place {
    in_head: bool,
    index: Index,
}

impl Place {
    fn of(&self, bytes: &[u8], head: usize) -> usize {
        match if self.in_head { bytes.len().min(head) } else { bytes.len() } {
            0 => 0,
            length => self.index.index(length),
        }
    }
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>, head: usize) {
        match self {
            Self::Flip(place, bit) => {
                let place = place.of(bytes, head);
                bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1 << bit);
            }
            Self::Write(place, text) => {
                let place = place.of(bytes, head);
                let length = text.len().min(bytes.len() - place);
                bytes[place..place + length].copy_from_slice(&text[..length]);
            }
            Self::Remove(place, length) => {
                let place = place.of(bytes, head);
                bytes.drain(place..(place + length).min(bytes.len()));
            }
            Self::Repeat(place, length) => {
                let place = place.of(bytes, head);
                let piece = bytes[place..(place + length).min(bytes.len())].to_vec();
                bytes.splice(place..place, piece);
            }
            Self::Cut(place) => bytes.truncate(place.of(bytes, head)),
        }
    }
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let place = || (0u8..4, any::<Index>()).prop_map(|(quarter, index)| Place { in_head: quarter > 0, index });
    // Numbers that lengths, types and offsets are compared with, in all widths.
    let number = prop_oneof![
        Just(0u64),
        Just(1),
        Just(0x7f),
        Just(0x80),
        Just(0xff),
        Just(0x7fff_ffff),
        Just(0x8000_0000),
        Just(u64::from(u32::MAX)),
        Just(1 << 40),
        Just(1 << 63),
        Just(u64::MAX),
        Just(u64::MAX - 7),
        any::<u64>(),
    ];
    let number = (number, prop_oneof![Just(1usize), Just(2), Just(4), Just(8)]);
    let text = prop_oneof![
        number.prop_map(|(number, width)| number.to_le_bytes()[..width].to_vec()),
        proptest::collection::vec(any::<u8>(), 1..9),
        prop_oneof![
            Just("9999999999"),
            Just("null"),
            Just("-1"),
            Just("\"\""),
            Just("[[[["),
            Just("{}"),
            Just("1e999")
        ]
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let one = prop_oneof![
        2 => (place(), 0u8..8).prop_map(|(place, bit)| Damage::Flip(place, bit)),
        4 => (place(), text).prop_map(|(place, text)| Damage::Write(place, text)),
        1 => (place(), 1usize..40).prop_map(|(place, length)| Damage::Remove(place, length)),
        1 => (place(), 1usize..400).prop_map(|(place, length)| Damage::Repeat(place, length)),
        1 => place().prop_map(Damage::Cut),
    ];
    proptest::collection::vec(one, 1..4)
}

/// A value put in place of another one, which `path` leads to.
#[derive(Clone, Debug)]
struct Change {
    path: Vec<Index>,
    value: Value,
}

impl Change {
    fn apply(&self, to: &mut Value) {
        put(&self.path, &self.value, to);
    }
}

/// Puts a value where a path leads, as far as it leads.
fn put(path: &[Index], value: &Value, at: &mut Value) {
    match (path.split_first(), at) {
        (Some((index, rest)), Value::Object(fields)) if !fields.is_empty() => {
            let place = index.index(fields.len());
            put(rest, value, fields.values_mut().nth(place).unwrap());
        }
        (Some((index, rest)), Value::Array(items)) if !items.is_empty() => {
            let place = index.index(items.len());
            put(rest, value, &mut items[place]);
        }
        (_, at) => *at = value.clone(),
    }
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(3),
        json!(0.5),
        json!(1e300),
        json!(1u64 << 20),
        json!(1u64 << 40),
        json!(u64::MAX),
        json!(""),
        json!("a"),
        json!("llama"),
        json!("qwen2"),
        json!("qwen3"),
        json!("linear"),
        json!("yarn"),
        json!("("),
        json!("ab".repeat(300)),
        json!([]),
        json!(["a", "ab"]),
        json!({}),
        json!({ "type": "yarn", "factor": 4.0, "beta_fast": -1.0, "attention_factor": 1e300 }),
    ];
    let path = proptest::collection::vec(any::<Index>(), 1..6);
    let change = (path, proptest::sample::select(values.to_vec())).prop_map(|(path, value)| Change { path, value });
    proptest::collection::vec(change, 1..3)
}

fn tiny_config() -> ModelConfig {
    ModelConfig {
        vocab_size: 288,
        hidden_size: 8,
        intermediate_size: 8,
        layers: 1,
        heads: 2,
        kv_heads: 1,
        head_dim: 4,
        max_positions: 512,
        ..small_config(Family::Llama)
    }
}

struct Directory {
    config: Value,
    tokenizer: Value,
    weights: Vec<u8>,
}

/// A model of safetensors with a tokenizer.json that uses much of what one may hold.
fn directory() -> &'static Directory {
    static FILES: OnceLock<Directory> = OnceLock::new();
    FILES.get_or_init(|| {
        let (config, path) = (tiny_config(), tempfile::tempdir().unwrap());
        write_model(path.path(), &config_json(&config), &Tensors::of(&config, 1));
        let letters: serde_json::Map<String, Value> =
            ["<unk>", "<s>", "▁", "a", "b", "ab", "▁ab"].iter().zip(0..).map(|(t, id)| (t.to_string(), json!(id))).collect();
        let special = |id: u32, text: &str| {
            json!({ "id": id, "content": text, "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true })
        };
        let tokenizer = json!({
            "version": "1.0", "truncation": null, "padding": null,
            "added_tokens": [special(0, "<unk>"), special(1, "<s>")],
            "normalizer": { "type": "Sequence", "normalizers": [
                { "type": "Prepend", "prepend": "▁" },
                { "type": "Replace", "pattern": { "String": " " }, "content": "▁" }, { "type": "NFC" }] },
            "pre_tokenizer": { "type": "Split", "pattern": { "Regex": "\\s+(?!\\S)|\\d{1,3}" }, "behavior": "Isolated",
                "invert": false },
            "post_processor": { "type": "TemplateProcessing",
                "single": [{ "SpecialToken": { "id": "<s>", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } }],
                "pair": [{ "Sequence": { "id": "A", "type_id": 0 } }, { "Sequence": { "id": "B", "type_id": 1 } }],
                "special_tokens": { "<s>": { "id": "<s>", "ids": [1], "tokens": ["<s>"] } } },
            "decoder": { "type": "Sequence", "decoders": [
                { "type": "Replace", "pattern": { "String": "▁" }, "content": " " }, { "type": "ByteFallback" },
                { "type": "Fuse" }, { "type": "Strip", "content": " ", "start": 1, "stop": 0 }] },
            "model": { "type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
                "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
                "vocab": letters, "merges": [["a", "b"], ["▁", "ab"]] },
        });
        let weights = std::fs::read(path.path().join("model.safetensors")).unwrap();
        Directory { config: config_json(&config), tokenizer, weights }
    })
}

/// GGUF files with each kind of tokenizer.
fn ggufs() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let config = tiny_config();
        let tensors = Tensors::of(&config, 1);
        let tokenizers = [vec![gguf::bytes_tokenizer()], gguf::sentence_piece(&gguf::pieces()), gguf::byte_level()];
        let file = |tokenizer: gguf::Metadata| {
            let metadata = [gguf::shape(&config), tokenizer, vec![("general.alignment".into(), alignment())]].concat();
            gguf::write(&config, &tensors, GgmlDType::F16, &metadata)
        };
        tokenizers.map(file).into()
    })
}

fn alignment() -> candle_core::quantized::gguf_file::Value {
    candle_core::quantized::gguf_file::Value::U32(32)
}

/// Runs something without showing panics that are caught in it: showing one takes memory that the file does not explain.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    thread_local! {
        static QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let result = work();
    QUIET.set(false);
    result
}

/// Loads and, if that works, runs. Whatever happens has a name.
fn survive(size: usize, load: impl FnOnce() -> Result<LoadedModel, Error>) {
    let (loaded, largest) = quietly(|| largest_request(load));
    // A byte of an array becomes a value of 32 bytes, and lists grow by doubling.
    let explained = (1 << 20) + 128 * size;
    assert!(largest <= explained, "{largest} bytes at once for files of {size}");
    let model = match loaded {
        Ok(model) => model,
        Err(error) => return assert!(error.to_string().contains(' ')),
    };
    let text = "You may ab 123 é…\n";
    let Ok(prompt) = model.tokenizer.encode(text) else { return };
    let options = EngineOptions { threads: NonZeroUsize::MIN, ..EngineOptions::default() };
    let engine = CandleEngine::from_model(model, &options).unwrap();
    let decoding = sampled(2);
    let request = Request::new(&prompt, &decoding, Default::default());
    if let Ok(run) = engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Continue(())) {
        let _ = engine.tokenizer().decode(&run.tokens);
    }
}

fn load_directory(config: &[u8], weights: &[u8], tokenizer: &[u8]) {
    survive(config.len() + weights.len() + tokenizer.len(), || {
        LoadedModel::from_files(&[
            ("config.json", config),
            ("model.safetensors", weights),
            ("tokenizer.json", tokenizer),
        ])
    });
}

fn text(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

#[test]
fn undamaged_files_should_load_and_run() {
    let files = directory();
    let (config, tokenizer) = (text(&files.config), text(&files.tokenizer));
    let all = [("config.json", &config[..]), ("model.safetensors", &files.weights), ("tokenizer.json", &tokenizer)];
    let model = LoadedModel::from_files(&all).unwrap();
    assert_eq!(model.tokenizer.encode("ab a").unwrap(), [1, 6, 2, 3]);
    for file in ggufs() {
        let model = LoadedModel::from_gguf("whole", file).unwrap();
        assert!(!model.tokenizer.encode("12 a").unwrap().is_empty());
        survive(file.len(), || Ok(model));
    }
}

proptest! {
    #![proptest_config(crate::common::cases(400))]

    #[test]
    fn gguf_should_load_or_be_refused_by_name_when_damaged(which in 0usize..3, damage in damage()) {
        let mut file = ggufs()[which].clone();
        // The tensors' numbers fill the end of the file.
        let head = file.len().saturating_sub(9_000);
        damage.iter().for_each(|damage| damage.apply(&mut file, head));
        survive(file.len(), || LoadedModel::from_gguf("damaged", &file));
    }

    #[test]
    fn safetensors_should_load_or_be_refused_by_name_when_damaged(damage in damage()) {
        let files = directory();
        let mut weights = files.weights.clone();
        damage.iter().for_each(|damage| damage.apply(&mut weights, 1_200));
        load_directory(&text(&files.config), &weights, &text(&files.tokenizer));
    }

    #[test]
    fn configuration_should_load_or_be_refused_by_name_when_damaged(changes in changes(), damage in proptest::option::of(damage())) {
        let files = directory();
        let mut config = files.config.clone();
        changes.iter().for_each(|change| change.apply(&mut config));
        let mut config = text(&config);
        damage.iter().flatten().for_each(|damage| damage.apply(&mut config, usize::MAX));
        load_directory(&config, &files.weights, &text(&files.tokenizer));
    }

    #[test]
    fn tokenizer_should_load_or_be_refused_by_name_when_damaged(changes in changes(), damage in proptest::option::of(damage())) {
        let files = directory();
        let mut tokenizer = files.tokenizer.clone();
        changes.iter().for_each(|change| change.apply(&mut tokenizer));
        let mut tokenizer = text(&tokenizer);
        damage.iter().flatten().for_each(|damage| damage.apply(&mut tokenizer, usize::MAX));
        load_directory(&text(&files.config), &files.weights, &tokenizer);
    }
}
