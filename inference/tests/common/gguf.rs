//! GGUF files of small models.

use super::Tensors;
use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use hanzo_inference::model::config::{Family, ModelConfig};
use hanzo_inference::model::load_gguf::gguf_name;
use std::io::Cursor;

/// What a file says besides its tensors.
pub type Metadata = Vec<(String, Value)>;

/// The shape of a model and its family, and no tokenizer.
pub fn shape(config: &ModelConfig) -> Metadata {
    let arch = config.family.name();
    let number = |key: &str, v: usize| (format!("{arch}.{key}"), Value::U32(v as u32));
    vec![
        ("general.architecture".into(), Value::String(arch.into())),
        number("block_count", config.layers),
        number("embedding_length", config.hidden_size),
        number("feed_forward_length", config.intermediate_size),
        number("context_length", config.max_positions),
        number("attention.head_count", config.heads),
        number("attention.head_count_kv", config.kv_heads),
        number("attention.key_length", config.head_dim),
        (format!("{arch}.attention.layer_norm_rms_epsilon"), Value::F32(config.rms_norm_eps)),
        (format!("{arch}.rope.freq_base"), Value::F32(config.rope_theta as f32)),
    ]
}

/// The key that asks for the byte tokenizer.
pub fn bytes_tokenizer() -> (String, Value) {
    ("hanzo.tokenizer".into(), Value::String("bytes".into()))
}

/// A file with the tensors of a Hugging Face model in the given element type.
pub fn write(config: &ModelConfig, tensors: &Tensors, dtype: GgmlDType, metadata: &Metadata) -> Vec<u8> {
    let made = tensors.made.iter().map(|(name, (shape, values))| {
        let mut values = values.clone();
        let heads = if name.contains("q_proj.") { config.heads } else { config.kv_heads };
        if config.family == Family::Llama && (name.contains("q_proj.") || name.contains("k_proj.")) {
            // As converters do: row (half, index) of a head becomes row (index, half).
            let (dim, width) = (config.head_dim, values.len() / heads / config.head_dim);
            let old = values.clone();
            for row in 0..heads * dim {
                let (head, place) = (row / dim, row % dim);
                let from = head * dim + place % 2 * (dim / 2) + place / 2;
                values[row * width..][..width].copy_from_slice(&old[from * width..][..width]);
            }
        }
        let tensor = Tensor::from_vec(values, shape.clone(), &Device::Cpu).unwrap();
        let dtype = if shape.len() == 1 { GgmlDType::F32 } else { dtype };
        (gguf_name(name).unwrap(), QTensor::quantize(&tensor, dtype).unwrap())
    });
    let made: Vec<(String, QTensor)> = made.collect();
    let metadata: Vec<_> = metadata.iter().map(|(k, v)| (k.as_str(), v)).collect();
    let made: Vec<_> = made.iter().map(|(n, t)| (n.as_str(), t)).collect();
    let mut file = Cursor::new(Vec::new());
    gguf_file::write(&mut file, &metadata, &made).unwrap();
    file.into_inner()
}

/// One piece of a SentencePiece vocabulary.
#[derive(Clone, Debug)]
pub struct Piece {
    pub text: String,
    pub score: f32,
    pub kind: i32,
}

/// A small SentencePiece vocabulary as trainers lay it out: three special pieces, 256 bytes, then merged pieces before
/// single characters, each with a lower score than the one before.
pub fn pieces() -> Vec<Piece> {
    let special = [("<unk>", 2), ("<s>", 3), ("</s>", 3)].map(|(text, kind)| (text.to_string(), kind));
    let bytes = (0..256).map(|byte| (format!("<0x{byte:02X}>"), 6));
    let merged =
        ["he", "ll", "▁w", "or", "hell", "▁wo", "hello", "▁he", "ld", "▁hello", "rld", "▁world", "▁▁", "aa", "aaa"];
    let single = "▁helowrda<x0>é".chars().map(String::from);
    let normal = merged.map(String::from).into_iter().chain(single).map(|text| (text, 1));
    let mut score = 0.0;
    let all = special.into_iter().chain(bytes).chain(normal);
    all.map(|(text, kind)| {
        if kind == 1 {
            score -= 1.0;
        }
        Piece { text, score, kind }
    })
    .collect()
}

/// A vocabulary as metadata.
pub fn sentence_piece(pieces: &[Piece]) -> Metadata {
    let list = |value: fn(&Piece) -> Value| Value::Array(pieces.iter().map(value).collect());
    let key = |name: &str| format!("tokenizer.ggml.{name}");
    vec![
        (key("model"), Value::String("llama".into())),
        (key("tokens"), list(|piece| Value::String(piece.text.clone()))),
        (key("scores"), list(|piece| Value::F32(piece.score))),
        (key("token_type"), list(|piece| Value::I32(piece.kind))),
        (key("bos_token_id"), Value::U32(1)),
        (key("eos_token_id"), Value::U32(2)),
        (key("unknown_token_id"), Value::U32(0)),
    ]
}

/// A byte-level BPE vocabulary, without a word on how text is cut before: digits and letters, and merges of digits.
pub fn byte_level() -> Metadata {
    let merges = ["1 2", "12 3", "123 4", "Ġ a"];
    let joined = merges.iter().map(|merge| merge.replace(' ', ""));
    let tokens: Vec<String> =
        ('!'..='~').map(String::from).chain(["Ġ".into()]).chain(joined).chain(["<eos>".into()]).collect();
    let list = |texts: Vec<String>| Value::Array(texts.into_iter().map(Value::String).collect());
    let key = |name: &str| format!("tokenizer.ggml.{name}");
    vec![
        (key("model"), Value::String("gpt2".into())),
        (key("bos_token_id"), Value::U32(0)),
        (key("eos_token_id"), Value::U32(tokens.len() as u32 - 1)),
        (key("tokens"), list(tokens)),
        (key("merges"), list(merges.map(String::from).to_vec())),
    ]
}

/// Puts a value in place of the one under a key, or adds it.
pub fn set(metadata: &mut Metadata, key: &str, value: Value) {
    metadata.retain(|(own, _)| own != key);
    metadata.push((key.into(), value));
}
