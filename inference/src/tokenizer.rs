//! Text to tokens and back.

mod gguf;

use crate::error::{caught, Error, Result};
use crate::model::config::ModelConfig;
use candle_core::quantized::gguf_file::Content;
use std::sync::Arc;
use tokenizers::ModelWrapper;

/// Text to tokens and back.
#[derive(Clone, Debug)]
pub enum Tokenizer {
    /// One token per byte; ids from 256 on are special and stand for no text.
    Bytes {
        /// Put before every prompt.
        bos: Option<u32>,
    },
    /// A Hugging Face tokenizer.
    HuggingFace(Arc<tokenizers::Tokenizer>),
    /// None came with the model: only token ids can be given.
    Missing,
}

impl Tokenizer {
    /// Reads a `tokenizer.json`. Its settings for cutting and padding batches are left aside: a prompt has the tokens of
    /// all its text and no others. One that drops merges at random is refused.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let read = || {
            // The reader panics in places where the text is not JSON at all.
            serde_json::from_slice::<serde_json::Value>(bytes).map_err(|e| e.to_string())?;
            let mut inner = tokenizers::Tokenizer::from_bytes(bytes).map_err(|e| e.to_string())?;
            inner.with_padding(None).with_truncation(None).map_err(|e| e.to_string())?;
            Ok(inner)
        };
        let inner = caught(read).map_err(|e| Error::Tokenizer(format!("tokenizer.json: {e}")))?;
        if let ModelWrapper::BPE(bpe) = inner.get_model() {
            if let Some(share) = bpe.dropout.filter(|share| *share > 0.0) {
                let reason =
                    format!("tokenizer.json: `dropout` is {share}: the same text would have other tokens each time");
                return Err(Error::Tokenizer(reason));
            }
        }
        Ok(Self::HuggingFace(Arc::new(inner)))
    }

    /// Reads the tokenizer stored in a GGUF file's metadata: byte-level BPE or SentencePiece. [`Self::Missing`] if there is
    /// none.
    pub fn from_gguf(content: &Content) -> Result<Self> {
        let inner = caught(|| gguf::read(content)).map_err(|e| Error::Tokenizer(format!("GGUF metadata: {e}")))?;
        Ok(inner.map_or(Self::Missing, |inner| Self::HuggingFace(Arc::new(inner))))
    }

    /// The byte tokenizer where the configuration asks for it, else [`Self::Missing`].
    pub fn of_config(config: &ModelConfig) -> Result<Self> {
        Ok(if config.byte_tokenizer { Self::Bytes { bos: config.bos } } else { Self::Missing })
    }

    /// Fails if it has ids, special ones included, for which an embedding of `vocabulary` rows has none.
    pub fn check(&self, vocabulary: usize) -> Result<()> {
        let Self::HuggingFace(inner) = self else { return Ok(()) };
        let start = self.encode("")?;
        let last = inner.get_vocab(true).into_values().chain(start).max();
        match last.filter(|id| *id as usize >= vocabulary) {
            Some(id) => Err(Error::Tokenizer(format!(
                "it has ids up to {id}, and the model's embedding has {vocabulary} rows, for ids below that"
            ))),
            None => Ok(()),
        }
    }

    /// Tokens of a text, with the special tokens a prompt starts with.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        match self {
            Self::Bytes { bos } => Ok(bos.iter().copied().chain(text.bytes().map(u32::from)).collect()),
            Self::HuggingFace(inner) => {
                let encode = || inner.encode(text, true).map_err(|e| e.to_string());
                Ok(caught(encode).map_err(Error::Tokenizer)?.get_ids().to_vec())
            }
            Self::Missing => Err(missing()),
        }
    }

    /// Text of tokens, special ones left out. Bytes that are not UTF-8 become U+FFFD.
    pub fn decode(&self, ids: &[u32]) -> Result<String> {
        match self {
            Self::Bytes { .. } => {
                let bytes: Vec<u8> = ids.iter().filter_map(|id| u8::try_from(*id).ok()).collect();
                Ok(String::from_utf8_lossy(&bytes).into_owned())
            }
            Self::HuggingFace(inner) => {
                caught(|| inner.decode(ids, true).map_err(|e| e.to_string())).map_err(Error::Tokenizer)
            }
            Self::Missing => Err(missing()),
        }
    }

    /// Short name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Bytes { .. } => "bytes",
            Self::HuggingFace(_) => "huggingface",
            Self::Missing => "missing",
        }
    }
}

fn missing() -> Error {
    Error::Tokenizer("the model comes without one; put tokenizer.json beside config.json or give token ids".into())
}

/// Text of a growing output, piece by piece, never splitting a character.
#[derive(Clone, Debug)]
pub struct TextStream {
    tokenizer: Tokenizer,
    ids: Vec<u32>,
    /// Tokens whose text is out, and the token from which decoding starts over.
    shown: usize,
    start: usize,
}

impl TextStream {
    /// A stream with nothing in it.
    pub fn new(tokenizer: &Tokenizer) -> Self {
        Self { tokenizer: tokenizer.clone(), ids: Vec::new(), shown: 0, start: 0 }
    }

    /// Adds a token; returns the text that is now certain, possibly empty.
    pub fn push(&mut self, id: u32) -> Result<String> {
        self.ids.push(id);
        let before = self.tokenizer.decode(&self.ids[self.start..self.shown])?;
        let after = self.tokenizer.decode(&self.ids[self.start..])?;
        // An unfinished character decodes to U+FFFD; wait for its other bytes, at most four tokens.
        if after.ends_with('\u{fffd}') && self.ids.len() - self.shown < 4 {
            return Ok(String::new());
        }
        self.start = self.shown;
        self.shown = self.ids.len();
        Ok(after.strip_prefix(&before).unwrap_or(&after).to_string())
    }
}
