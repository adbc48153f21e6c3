//! Damaged and ill-fitting models are refused with a reason that names the culprit and the numbers.

use crate::common::{config_json, small_config, write_model, Tensors};
use hanzo_inference::model::config::{Family, ModelConfig};
use hanzo_inference::model::source::{content_hash, ModelSource};
use hanzo_inference::Error;
use serde_json::{json, Value};
use std::path::Path;

struct Files {
    directory: tempfile::TempDir,
    config: Value,
    tensors: Tensors,
}

impl Files {
    fn new(family: Family) -> Self {
        let config = small_config(family);
        let tensors = Tensors::of(&config, 1);
        Self { directory: tempfile::tempdir().unwrap(), config: config_json(&config), tensors }
    }

    fn load(&self) -> Result<hanzo_inference::model::source::LoadedModel, Error> {
        write_model(self.path(), &self.config, &self.tensors);
        self.reload()
    }

    fn reload(&self) -> Result<hanzo_inference::model::source::LoadedModel, Error> {
        ModelSource::Path(self.path().into()).load()
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn refused(&self) -> String {
        self.load().unwrap_err().to_string()
    }
}

const KEY: &str = "model.layers.1.self_attn.k_proj.weight";

#[test]
fn model_should_load_when_it_is_whole() {
    for family in [Family::Llama, Family::Qwen2, Family::Qwen3] {
        let files = Files::new(family);
        let model = files.load().unwrap();
        assert_eq!(model.config, small_config(family));
        let elements: usize = files.tensors.made.values().map(|(_, v)| v.len()).sum();
        assert_eq!(model.weights.parameters(), elements);
    }
}

#[test]
fn model_should_be_refused_when_a_tensor_is_missing_misshapen_or_not_finite() {
    let mut files = Files::new(Family::Qwen3);
    files.tensors.made.get_mut(KEY).unwrap().1[7] = f32::NAN;
    assert_eq!(files.refused(), format!("tensor `{KEY}` holds NaN at element 7"));
    files.tensors.made.get_mut(KEY).unwrap().1[7] = f32::NEG_INFINITY;
    assert_eq!(files.refused(), format!("tensor `{KEY}` holds -inf at element 7"));
    files.tensors.made.insert(KEY.into(), (vec![24, 41], vec![0.0; 24 * 41]));
    assert_eq!(files.refused(), format!("tensor `{KEY}` has shape [24, 41]; the configuration calls for [24, 40]"));
    files.tensors.made.remove(KEY);
    assert_eq!(files.refused(), format!("tensor `{KEY}` of shape [24, 40] is missing from the model"));
}

#[test]
fn model_should_be_refused_when_its_file_is_cut_or_garbled() {
    let files = Files::new(Family::Llama);
    files.load().unwrap();
    let path = files.path().join("model.safetensors");
    let whole = std::fs::read(&path).unwrap();
    for cut in [0, 3, 8, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let error = files.reload().unwrap_err();
        assert!(matches!(&error, Error::WeightFile { .. }), "{error}");
        assert!(error.to_string().contains(&format!("{cut} bytes")), "{error}");
    }
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let error = files.reload().unwrap_err().to_string();
    assert!(error.contains(&format!("header calls for {}", whole.len())), "{error}");
    let mut garbled = whole.clone();
    garbled[20] ^= 0x55;
    std::fs::write(&path, &garbled).unwrap();
    files.reload().unwrap_err();
}

#[test]
fn model_should_be_refused_when_gguf_is_cut() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.gguf");
    for bytes in [&b"GGUF"[..], b"GGUF\x02\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", b"GGUF\x09\0\0\0"] {
        std::fs::write(&path, bytes).unwrap();
        let error = ModelSource::Path(path.clone()).load().unwrap_err();
        assert!(error.to_string().contains(&format!("the file has {} bytes", bytes.len())), "{error}");
    }
    std::fs::write(&path, b"something else").unwrap();
    assert!(matches!(ModelSource::Path(path).load(), Err(Error::NotAModel { .. })));
}

#[test]
fn configuration_should_be_refused_when_a_field_is_missing_or_out_of_bounds() {
    let cases: [(&str, Value, &str); 15] = [
        ("model_type", json!("gpt2"), "`gpt2` is not supported"),
        ("hidden_size", Value::Null, "no `hidden_size`"),
        ("hidden_size", json!(-4), "`hidden_size` is -4"),
        ("vocab_size", json!(0), "vocab_size is 0"),
        ("num_hidden_layers", json!(1_000_000), "num_hidden_layers is 1000000"),
        ("num_attention_heads", json!(0), "num_attention_heads is 0"),
        ("num_key_value_heads", json!(3), "4 is not a multiple of num_key_value_heads 3"),
        ("head_dim", json!(13), "head_dim is 13; it must be even"),
        ("rms_norm_eps", json!(-1.0), "rms_norm_eps is -1"),
        ("rope_theta", json!(0.5), "rope_theta is 0.5"),
        ("hidden_act", json!("gelu"), "`gelu` is not supported"),
        ("mlp_bias", json!(true), "`mlp_bias` is true"),
        ("rope_scaling", json!({"type": "su"}), "rope scaling `su` is not supported"),
        ("rope_scaling", json!({"rope_type": "linear"}), "needs a factor"),
        ("eos_token_id", json!([1, 999]), "special token 999 is outside a vocabulary of 300"),
    ];
    for (field, value, reason) in cases {
        let mut files = Files::new(Family::Llama);
        files.config[field] = value;
        let error = files.refused();
        assert!(error.contains(reason), "{field}: {error}");
    }
    assert!(ModelConfig::from_json(b"{").unwrap_err().to_string().contains("not JSON"));
}

#[test]
fn path_should_be_refused_when_it_holds_no_model() {
    let directory = tempfile::tempdir().unwrap();
    let load = |path: &Path| ModelSource::Path(path.into()).load().unwrap_err().to_string();
    assert!(load(directory.path()).contains("no config.json"));
    std::fs::write(directory.path().join("config.json"), "{}").unwrap();
    assert!(load(directory.path()).contains("no .safetensors file"));
    assert!(load(&directory.path().join("absent")).contains("absent"));
}

#[test]
fn content_hash_should_change_with_any_file_and_not_with_the_readme() {
    let mut files = Files::new(Family::Llama);
    let hash = files.load().unwrap().hash;
    std::fs::write(files.path().join("README.md"), "words").unwrap();
    assert_eq!(files.reload().unwrap().hash, hash);
    files.config["max_position_embeddings"] = json!(95);
    let other = files.load().unwrap().hash;
    assert_ne!(other, hash);
    files.tensors.made.get_mut(KEY).unwrap().1[0] += 1.0;
    assert_ne!(files.load().unwrap().hash, other);
    assert_ne!(content_hash([&b"ab"[..], b"c"]), content_hash([&b"a"[..], b"bc"]));
}

#[test]
fn model_should_be_refused_when_its_tokenizer_has_ids_beyond_the_embedding() {
    let files = Files::new(Family::Llama);
    let refusal = |last: u32, special: u32| {
        let tokenizer = json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
            "pre_tokenizer": null, "decoder": null,
            "post_processor": { "type": "TemplateProcessing",
                "single": [{ "SpecialToken": { "id": "a", "type_id": 0 } }, { "Sequence": { "id": "A", "type_id": 0 } }],
                "pair": [{ "Sequence": { "id": "A", "type_id": 0 } }, { "Sequence": { "id": "B", "type_id": 1 } }],
                "special_tokens": { "a": { "id": "a", "ids": [special], "tokens": ["a"] } } },
            "model": { "type": "WordLevel", "vocab": { "a": 0, "b": last }, "unk_token": "a" },
        });
        std::fs::write(files.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
        files.load().err().map(|error| error.to_string())
    };
    assert_eq!(refusal(299, 0), None);
    for (last, special) in [(300, 0), (299, 300)] {
        let error = refusal(last, special).unwrap();
        assert!(error.contains("ids up to 300") && error.contains("has 300 rows"), "{error}");
    }
}
