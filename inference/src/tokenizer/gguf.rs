//! The tokenizer that a GGUF file carries in its metadata: byte-level BPE (`gpt2`, by Candle's reader) or SentencePiece
//! (`llama`, built here).
//!
//! **SentencePiece.** A file has the pieces and their scores, not the merges. The merge of two pieces ranks by the score of
//! the piece it gives, as in llama.cpp and in the conversions of the `transformers` library: every way to cut a piece in
//! two that are pieces themselves is a merge; larger scores come first, then longer left and right parts. Spaces become
//! `▁`, one is put before the text, and what no piece covers becomes its bytes, as pieces `<0x00>` to `<0xFF>`.

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::tokenizer::TokenizerFromGguf;
use std::collections::{HashMap, HashSet};
use tokenizers::decoders::{byte_fallback::ByteFallback, fuse::Fuse, sequence::Sequence as Decoders, strip::Strip};
use tokenizers::models::bpe::{Merges, Vocab, BPE};
use tokenizers::normalizers::{Prepend, Replace, Sequence as Normalizers};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::processors::template::{SpecialToken, TemplateProcessing};
use tokenizers::{AddedToken, Tokenizer};

/// Result of this module: errors are words for [`crate::Error::Tokenizer`].
type Result<T> = std::result::Result<T, String>;

/// Stands for a space in the pieces.
const SPACE: &str = "▁";
/// Longest piece, bytes: all ways to cut it are tried.
const LONGEST_PIECE: usize = 1024;

/// How llama.cpp names the ways to cut a text before byte-level BPE, and the name by which Candle knows the same way.
const SPLITS: [(&str, &str); 8] = [
    ("qwen2", "qwen2"),
    ("deepseek-r1-qwen", "qwen2"),
    ("llama-bpe", "llama3"),
    ("llama3", "llama3"),
    ("llama-v3", "llama3"),
    ("smaug-bpe", "smaug-bpe"),
    ("gpt-2", "gpt2"),
    ("default", "gpt2"),
];

/// The kinds of pieces that matter here, as GGUF numbers them.
mod kind {
    pub const NORMAL: i64 = 1;
    pub const UNKNOWN: i64 = 2;
    pub const CONTROL: i64 = 3;
    pub const USER_DEFINED: i64 = 4;
}

/// The tokenizer of a file; `None` if it has none.
pub(super) fn read(content: &Content) -> Result<Option<Tokenizer>> {
    let metadata = Metadata(content);
    if metadata.value("tokens").is_none() {
        return Ok(None);
    }
    match metadata.text("model")?.ok_or("`tokenizer.ggml.model` is missing")? {
        "gpt2" => byte_level(content).map(Some),
        "llama" => sentence_piece(&metadata).map(Some),
        other => Err(format!(
            "`{other}` is not supported; gpt2 (byte-level BPE) and llama (SentencePiece) are. A directory with the model's \
             safetensors files and its tokenizer.json works with any"
        )),
    }
}

/// Byte-level BPE. Candle reads it, once what it would get wrong or panic at is out of the way.
fn byte_level(content: &Content) -> Result<Tokenizer> {
    let metadata = Metadata(content);
    let pieces: HashSet<&str> = metadata.texts("tokens")?.into_iter().collect();
    for merge in metadata.texts("merges")? {
        let joined = merge.split_once(' ').map(|(left, right)| format!("{left}{right}"));
        if !joined.is_some_and(|joined| pieces.contains(joined.as_str())) {
            return Err(format!("merge `{merge}` gives no token of the vocabulary"));
        }
    }
    let split = metadata.text("pre")?.unwrap_or("default");
    let Some((_, split)) = SPLITS.into_iter().find(|(name, _)| *name == split) else {
        let names = SPLITS.map(|(name, _)| name).join(", ");
        return Err(format!("the way `{split}` to cut text is not supported; {names} are"));
    };
    let own = content.metadata.iter().filter(|(key, _)| key.starts_with(PREFIX));
    let mut settings: HashMap<_, _> = own.map(|(key, value)| (key.clone(), value.clone())).collect();
    settings.insert(key("pre"), Value::String(split.into()));
    if split == "llama3" {
        // llama.cpp takes both for granted with this way, so most files leave them out.
        settings.entry(key("add_bos_token")).or_insert(Value::Bool(true));
        settings.insert(key("ignore_merges"), Value::Bool(true));
    }
    let (magic, tensor_data_offset) = (content.magic, content.tensor_data_offset);
    let content = Content { magic, metadata: settings, tensor_infos: HashMap::new(), tensor_data_offset };
    let mut tokenizer = <Tokenizer as TokenizerFromGguf>::from_gguf(&content).map_err(text)?;
    if split == "gpt2" {
        // Candle would put a space before the text.
        tokenizer.with_pre_tokenizer(Some(ByteLevel::new(false, true, true)));
    }
    Ok(tokenizer)
}

fn sentence_piece(metadata: &Metadata<'_>) -> Result<Tokenizer> {
    let pieces = metadata.texts("tokens")?;
    let vocabulary = Vocabulary::new(&pieces, metadata.numbers("scores")?, metadata.kinds(pieces.len())?)?;
    let unknown = metadata.id("unknown_token_id", 0, &pieces)?.filter(|id| vocabulary.kinds[*id] == kind::UNKNOWN);
    let bytes = (0..=u8::MAX).all(|byte| vocabulary.ids.contains_key(format!("<0x{byte:02X}>").as_str()));
    if !bytes && unknown.is_none() {
        return Err(
            "neither all of the byte pieces <0x00> to <0xFF> nor an unknown piece: some texts have no tokens".into()
        );
    }
    let ids: Vocab = vocabulary.ids.iter().map(|(piece, id)| (piece.to_string(), *id)).collect();
    let mut model = BPE::builder().vocab_and_merges(ids, vocabulary.merges()?).byte_fallback(true).fuse_unk(true);
    if let Some(id) = unknown {
        model = model.unk_token(pieces[id].into());
    }
    let mut tokenizer = Tokenizer::new(model.build().map_err(text)?);

    let prefix = metadata.flag("add_space_prefix", true)?;
    let mut normalizers = vec![Replace::new(" ", SPACE).map_err(text)?.into()];
    let mut decoders = vec![Replace::new(SPACE, " ").map_err(text)?.into()];
    decoders.extend([ByteFallback::new().into(), Fuse::new().into()]);
    if prefix {
        normalizers.insert(0, Prepend::new(SPACE.into()).into());
        decoders.push(Strip::new(' ', 1, 0).into());
    }
    tokenizer.with_normalizer(Some(Normalizers::new(normalizers))).map_err(text)?;
    tokenizer.with_decoder(Some(Decoders::new(decoders)));

    let of_kind = |wanted: &'static [i64], special: bool| {
        let places = vocabulary.kinds.iter().zip(&pieces).filter(move |(kind, _)| wanted.contains(kind));
        places.map(move |(_, piece)| AddedToken::from(*piece, special).normalized(false)).collect::<Vec<_>>()
    };
    tokenizer.add_special_tokens(of_kind(&[kind::CONTROL, kind::UNKNOWN], true)).map_err(text)?;
    tokenizer.add_tokens(of_kind(&[kind::USER_DEFINED], false)).map_err(text)?;

    let mut template = vec!["$A"];
    let mut specials = Vec::new();
    for (name, adds, default) in [("bos", true, 1), ("eos", false, 2)] {
        if !metadata.flag(&format!("add_{name}_token"), adds)? {
            continue;
        }
        if let Some(id) = metadata.id(&format!("{name}_token_id"), default, &pieces)? {
            let token = SpecialToken::new(name.into(), vec![id as u32], vec![pieces[id].into()]).map_err(text)?;
            specials.push(token);
            template.insert(if name == "bos" { 0 } else { template.len() }, name);
        }
    }
    let template = TemplateProcessing::builder().try_single(template).map_err(text)?.special_tokens(specials).build();
    tokenizer.with_post_processor(Some(template.map_err(text)?));
    Ok(tokenizer)
}

/// Pieces by their text. A text that is there twice means the later of its pieces, as in llama.cpp.
struct Vocabulary<'a> {
    ids: HashMap<&'a str, u32>,
    scores: Vec<f64>,
    kinds: Vec<i64>,
}

impl<'a> Vocabulary<'a> {
    fn new(pieces: &[&'a str], scores: Vec<f64>, kinds: Vec<i64>) -> Result<Self> {
        if scores.len() != pieces.len() {
            return Err(format!("{} scores for {} pieces", scores.len(), pieces.len()));
        }
        if let Some((id, score)) = scores.iter().enumerate().find(|(_, score)| !score.is_finite()) {
            return Err(format!("piece {id} has score {score}"));
        }
        if let Some((id, piece)) = pieces.iter().enumerate().find(|(_, piece)| piece.len() > LONGEST_PIECE) {
            return Err(format!("piece {id} has {} bytes; at most {LONGEST_PIECE} are allowed", piece.len()));
        }
        let ids = (0u32..).zip(pieces).map(|(id, piece)| (*piece, id)).collect();
        Ok(Self { ids, scores, kinds })
    }

    /// The piece of a text, unless it is one that plain text may not become.
    fn plain(&self, piece: &str) -> Option<u32> {
        let id = self.ids.get(piece)?;
        matches!(self.kinds[*id as usize], kind::NORMAL | kind::USER_DEFINED).then_some(*id)
    }

    /// Every way to make a piece of two, the most urgent first.
    fn merges(&self) -> Result<Merges> {
        let mut found = Vec::new();
        for piece in self.ids.keys().copied() {
            let Some(whole) = self.plain(piece) else { continue };
            for (cut, _) in piece.char_indices().skip(1) {
                let (left, right) = piece.split_at(cut);
                if let (Some(a), Some(b)) = (self.plain(left), self.plain(right)) {
                    found.push((self.scores[whole as usize], left, right, [whole, a, b]));
                }
            }
        }
        // The ids at the end make it an order without ties, so that it does not depend on how the map was walked.
        found.sort_unstable_by(|x, y| {
            let lengths = |merge: &(f64, &str, &str, [u32; 3])| (merge.1.chars().count(), merge.2.chars().count());
            y.0.total_cmp(&x.0).then_with(|| lengths(y).cmp(&lengths(x))).then_with(|| x.3.cmp(&y.3))
        });
        Ok(found.into_iter().map(|(_, left, right, _)| (left.into(), right.into())).collect())
    }
}

/// What all keys of the tokenizer begin with.
const PREFIX: &str = "tokenizer.ggml.";

fn key(name: &str) -> String {
    format!("{PREFIX}{name}")
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// The tokenizer's part of a file's metadata.
struct Metadata<'a>(&'a Content);

impl<'a> Metadata<'a> {
    fn value(&self, name: &str) -> Option<&'a Value> {
        self.0.metadata.get(&key(name))
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{PREFIX}{name}` is a {:?}; a string is needed", other.value_type())),
        }
    }

    fn flag(&self, name: &str, default: bool) -> Result<bool> {
        match self.value(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(format!("`{PREFIX}{name}` is a {:?}; a flag is needed", other.value_type())),
        }
    }

    /// The id of a piece; `default` where the file says nothing and there is such a piece.
    fn id(&self, name: &str, default: usize, pieces: &[&str]) -> Result<Option<usize>> {
        let Some(value) = self.value(name) else { return Ok(Some(default).filter(|id| *id < pieces.len())) };
        let id = whole(value).and_then(|id| usize::try_from(id).ok()).filter(|id| *id < pieces.len());
        id.map(Some).ok_or_else(|| format!("`{PREFIX}{name}` is {value:?}, outside a vocabulary of {}", pieces.len()))
    }

    fn list(&self, name: &str) -> Result<&'a [Value]> {
        match self.value(name) {
            Some(Value::Array(values)) => Ok(values),
            Some(other) => Err(format!("`{PREFIX}{name}` is a {:?}; a list is needed", other.value_type())),
            None => Err(format!("`{PREFIX}{name}` is missing")),
        }
    }

    fn texts(&self, name: &str) -> Result<Vec<&'a str>> {
        let text = |(index, value): (usize, &'a Value)| match value {
            Value::String(text) => Ok(text.as_str()),
            other => Err(format!("`{PREFIX}{name}` holds a {:?} at {index}; strings are needed", other.value_type())),
        };
        self.list(name)?.iter().enumerate().map(text).collect()
    }

    fn numbers(&self, name: &str) -> Result<Vec<f64>> {
        let number = |(index, value): (usize, &Value)| match value {
            Value::F32(number) => Ok(f64::from(*number)),
            Value::F64(number) => Ok(*number),
            other => Err(format!("`{PREFIX}{name}` holds a {:?} at {index}; floats are needed", other.value_type())),
        };
        self.list(name)?.iter().enumerate().map(number).collect()
    }

    /// The kind of every piece; normal for all where the file says nothing.
    fn kinds(&self, pieces: usize) -> Result<Vec<i64>> {
        if self.value("token_type").is_none() {
            return Ok(vec![kind::NORMAL; pieces]);
        }
        let kinds: Option<Vec<i64>> = self.list("token_type")?.iter().map(whole).collect();
        let kinds = kinds.ok_or_else(|| format!("`{PREFIX}token_type` does not hold whole numbers"))?;
        match kinds.len() == pieces {
            true => Ok(kinds),
            false => Err(format!("{} kinds for {pieces} pieces", kinds.len())),
        }
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::U8(v) => Some((*v).into()),
        Value::I8(v) => Some((*v).into()),
        Value::U16(v) => Some((*v).into()),
        Value::I16(v) => Some((*v).into()),
        Value::U32(v) => Some((*v).into()),
        Value::I32(v) => Some((*v).into()),
        Value::U64(v) => i64::try_from(*v).ok(),
        Value::I64(v) => Some(*v),
        _ => None,
    }
}
