//! What a GGUF file carries besides its tensors: alignment and tokenizers, well made and not.

use crate::common::gguf::{self, Metadata, Piece};
use crate::common::{small_config, Tensors};
use candle_core::quantized::gguf_file::Value;
use candle_core::quantized::GgmlDType;
use hanzo_inference::model::config::{Family, ModelConfig};
use hanzo_inference::model::source::LoadedModel;
use hanzo_inference::tokenizer::{TextStream, Tokenizer};
use proptest::prelude::*;
use std::sync::OnceLock;

fn load(metadata: Metadata) -> hanzo_inference::Result<LoadedModel> {
    let config = ModelConfig { layers: 1, ..small_config(Family::Llama) };
    let mut all = gguf::shape(&config);
    all.extend(metadata);
    let bytes = gguf::write(&config, &Tensors::of(&config, 1), GgmlDType::F32, &all);
    LoadedModel::from_gguf("made-up.gguf", &bytes)
}

fn tokenizer(metadata: Metadata) -> Tokenizer {
    load(metadata).unwrap().tokenizer
}

fn refusal(metadata: Metadata) -> String {
    load(metadata).unwrap_err().to_string()
}

fn with(mut metadata: Metadata, key: &str, value: Value) -> Metadata {
    gguf::set(&mut metadata, &format!("tokenizer.ggml.{key}"), value);
    metadata
}

#[test]
fn gguf_should_be_refused_when_its_alignment_is_zero() {
    for zero in [Value::U8(0), Value::I8(0), Value::U16(0), Value::I16(0), Value::U32(0), Value::I32(0)] {
        for key in ["general.alignment", "general.alignment\0"] {
            let nested = Value::Array(vec![Value::Array(vec![Value::String("x".into())]), Value::Array(vec![])]);
            let metadata = vec![("before".into(), nested), (key.into(), zero.clone()), gguf::bytes_tokenizer()];
            let error = refusal(metadata);
            assert!(error.contains("made-up.gguf") && error.contains("`general.alignment` is 0"), "{zero:?}: {error}");
        }
    }
    load(vec![("general.alignment".into(), Value::U32(32)), gguf::bytes_tokenizer()]).unwrap();
}

/// SentencePiece as its authors describe it: the neighbours whose union scores highest merge, the first of them if several
/// do; what is no piece in the end becomes its bytes.
fn by_the_book(pieces: &[Piece], text: &str) -> Vec<u32> {
    let id = |text: &str| pieces.iter().position(|piece| piece.text == text);
    let normal = |text: &str| id(text).filter(|id| pieces[*id].kind == 1);
    let mut symbols: Vec<String> = format!("▁{}", text.replace(' ', "▁")).chars().map(String::from).collect();
    loop {
        let pairs = symbols.windows(2).enumerate().filter_map(|(place, pair)| Some((normal(&pair.concat())?, place)));
        let best = pairs.reduce(|a, b| if pieces[b.0].score > pieces[a.0].score { b } else { a });
        let Some((_, place)) = best else { break };
        let right = symbols.remove(place + 1);
        symbols[place].push_str(&right);
    }
    let byte = |byte: u8| id(&format!("<0x{byte:02X}>")).unwrap();
    let ids = symbols
        .iter()
        .flat_map(|symbol| normal(symbol).map_or_else(|| symbol.bytes().map(byte).collect(), |id| vec![id]));
    ids.map(|id| id as u32).collect()
}

fn sentence_piece() -> &'static Tokenizer {
    static TOKENIZER: OnceLock<Tokenizer> = OnceLock::new();
    TOKENIZER.get_or_init(|| tokenizer(gguf::sentence_piece(&gguf::pieces())))
}

proptest! {
    #![proptest_config(crate::common::cases(256))]

    #[test]
    fn sentence_piece_should_cut_text_by_the_book_and_give_it_back(text in "[helowrda é<0x>Z…]{1,40}") {
        let ids = sentence_piece().encode(&text).unwrap();
        prop_assert_eq!(ids[0], 1);
        prop_assert_eq!(&ids[1..], by_the_book(&gguf::pieces(), &text));
        prop_assert_eq!(sentence_piece().decode(&ids).unwrap(), text.clone());
        let mut stream = TextStream::new(sentence_piece());
        let shown: String = ids.iter().map(|id| stream.push(*id).unwrap()).collect();
        prop_assert!(text.trim_start().starts_with(shown.trim_start()), "{:?} of {:?}", shown, text);
    }
}

#[test]
fn sentence_piece_should_keep_text_apart_from_special_and_byte_pieces() {
    let ids = |text: &str| sentence_piece().encode(text).unwrap();
    // The text of a byte piece is text; that of a special piece is the piece, as in every tokenizer.json.
    assert!(ids("<0x41>").len() > 5);
    assert_eq!(ids("</s>"), [1, 2]);
    assert_eq!(sentence_piece().decode(&[1, 3 + 0x41, 2]).unwrap(), "A");
    assert_eq!(ids(""), [1]);
}

#[test]
fn sentence_piece_should_follow_the_flags_of_its_file() {
    let plain = || gguf::sentence_piece(&gguf::pieces());
    let hello = gguf::pieces().iter().position(|piece| piece.text == "hello").unwrap() as u32;
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    let bare = with(plain(), "add_bos_token", no.clone());
    assert_eq!(tokenizer(bare.clone()).encode("hello").unwrap(), [hello + 3]);
    assert_eq!(tokenizer(with(bare, "add_space_prefix", no)).encode("hello").unwrap(), [hello]);
    assert_eq!(tokenizer(with(plain(), "add_eos_token", yes)).encode("hello").unwrap(), [1, hello + 3, 2]);
}

#[test]
fn sentence_piece_should_be_refused_when_its_lists_do_not_fit() {
    let plain = || gguf::sentence_piece(&gguf::pieces());
    let count = gguf::pieces().len();
    let changed = |change: fn(&mut Vec<Piece>)| {
        let mut pieces = gguf::pieces();
        change(&mut pieces);
        gguf::sentence_piece(&pieces)
    };
    let cases = [
        (with(plain(), "scores", Value::Array(vec![Value::F32(0.0)])), format!("1 scores for {count} pieces")),
        (with(plain(), "scores", Value::String("x".into())), "`tokenizer.ggml.scores` is a String".into()),
        (with(plain(), "token_type", Value::Array(vec![])), format!("0 kinds for {count} pieces")),
        (with(plain(), "unknown_token_id", Value::U32(9999)), format!("outside a vocabulary of {count}")),
        (with(plain(), "add_bos_token", Value::U8(1)), "`tokenizer.ggml.add_bos_token` is a U8".into()),
        (with(plain(), "tokens", Value::Array(vec![Value::U8(1)])), "holds a U8 at 0".into()),
        (changed(|pieces| pieces[270].score = f32::NAN), "piece 270 has score NaN".into()),
        (changed(|pieces| pieces[270].text = "x".repeat(1025)), "piece 270 has 1025 bytes".into()),
        (
            changed(|pieces| {
                pieces.remove(5);
                pieces[0].kind = 1;
            }),
            "some texts have no tokens".into(),
        ),
    ];
    for (metadata, reason) in cases {
        let error = refusal(metadata);
        assert!(error.starts_with("tokenizer: GGUF metadata: ") && error.contains(&reason), "{error}; not {reason}");
    }
}

#[test]
fn tokenizer_should_be_refused_by_name_when_its_kind_is_not_supported() {
    let error = refusal(with(gguf::sentence_piece(&gguf::pieces()), "model", Value::String("t5".into())));
    for name in ["`t5`", "gpt2", "llama", "tokenizer.json"] {
        assert!(error.contains(name), "{error}");
    }
    let error = refusal(with(gguf::byte_level(), "pre", Value::String("tekken".into())));
    assert!(error.contains("`tekken`") && error.contains("qwen2") && error.contains("llama-bpe"), "{error}");
}

#[test]
fn byte_level_should_cut_digits_as_the_file_says() {
    let ids =
        |pre: &str| tokenizer(with(gguf::byte_level(), "pre", Value::String(pre.into()))).encode("1234 a").unwrap();
    let list = gguf::byte_level().into_iter().find(|(key, _)| key == "tokenizer.ggml.tokens").unwrap().1;
    let texts: Vec<String> = list.to_vec().unwrap().iter().map(|text| text.to_string().unwrap().clone()).collect();
    let id = |text: &str| texts.iter().position(|own| own == text).unwrap() as u32;
    assert_eq!(ids("gpt-2"), [id("1234"), id("Ġa")]);
    assert_eq!(ids("qwen2"), [id("1"), id("2"), id("3"), id("4"), id("Ġa")]);
    // Llama 3 cuts digits by threes and starts with its first special token, said or unsaid.
    for pre in ["llama-bpe", "llama3"] {
        assert_eq!(ids(pre), [0, id("123"), id("4"), id("Ġa")]);
    }
}

#[test]
fn byte_level_should_be_refused_when_a_merge_gives_no_token() {
    let list = |texts: &[&str]| Value::Array(texts.iter().map(|text| Value::String(text.to_string())).collect());
    for merge in ["1234 1234", "1 9", "12"] {
        let error = refusal(with(gguf::byte_level(), "merges", list(&["1 2", merge])));
        assert!(error.contains(&format!("merge `{merge}` gives no token")), "{error}");
    }
}

#[test]
fn tokenizer_json_should_be_refused_when_it_is_random_or_would_panic() {
    let json = |dropout: &str, merge: &str| {
        format!(
            r#"{{"version": "1.0", "model": {{"type": "BPE", "dropout": {dropout}, "vocab": {{"a": 0, "b": 1, "ab": 2}},
                "merges": [["a", "b"]{merge}]}}, "added_tokens": [],
                "truncation": {{"max_length": 2, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}},
                "padding": {{"strategy": {{"Fixed": 50}}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 1,
                "pad_type_id": 0, "pad_token": "b"}}}}"#
        )
    };
    let read = |json: String| Tokenizer::from_json(json.as_bytes());
    // Neither cut to two tokens nor padded to fifty.
    assert_eq!(read(json("null", "")).unwrap().encode("abaab").unwrap(), [2, 0, 2]);
    assert!(read(json("0.1", "")).unwrap_err().to_string().contains("`dropout` is 0.1"));
    let error = read(json("null", r#", ["ab", "ab"]"#)).unwrap_err().to_string();
    assert!(error.starts_with("tokenizer: tokenizer.json: "), "{error}");
}
