//! What is under the seal of an output: its text, or the ids of its tokens where the text could not be delivered.

use super::OVERHEAD;
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;
use hanzo_poai::MAX_SEALED_OUTPUT_BYTES;
use std::borrow::Cow;

/// First byte of an output that is text.
const TEXT: u8 = 0;
/// First byte of an output that is token ids.
const TOKENS: u8 = 1;

/// An output, opened.
///
/// It is the output alone that decides which of the two it is, so whoever repeats a run seals the same bytes. Text takes any
/// number of bytes a token, while the chain takes a sealed output of 64 KiB at most: a client that demands an output must
/// not make an honest worker fail by having asked for long words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// Its text.
    Text(String),
    /// The ids of its tokens, since its text is too long to be delivered.
    Tokens(Vec<u32>),
}

impl Written {
    /// The bytes that are sealed of an output with these tokens: its text if that can be delivered sealed, else its ids.
    pub(super) fn encode(text: &[u8], tokens: &[u32]) -> Vec<u8> {
        let sealed = OVERHEAD.saturating_add(1).saturating_add(text.len());
        let mut bytes = Vec::new();
        if sealed <= MAX_SEALED_OUTPUT_BYTES as usize {
            bytes.push(TEXT);
            bytes.extend(text);
        } else {
            bytes.push(TOKENS);
            bytes.extend(tokens.iter().flat_map(|id| id.to_le_bytes()));
        }
        bytes
    }

    /// Reads them. Fails if they are of no known form.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self> {
        let wrong = |what: String| Error::Request(format!("the opened output {what}"));
        match bytes.split_first() {
            Some((&TEXT, text)) => Self::text(text.to_vec()).map_err(|e| wrong(format!("is {e}"))),
            Some((&TOKENS, ids)) if ids.len() % 4 == 0 => {
                let ids = ids.chunks_exact(4).filter_map(|id| id.try_into().ok()).map(u32::from_le_bytes);
                Ok(Self::Tokens(ids.collect()))
            }
            Some((&TOKENS, ids)) => Err(wrong(format!("has {} bytes of token ids, which have four each", ids.len()))),
            Some((other, _)) => Err(wrong(format!("is of form {other}, which this version does not know"))),
            None => Err(wrong("is empty".into())),
        }
    }

    /// An output that is its text, as that of a job that is not sealed. Fails with what is wrong if it is none.
    pub fn text(bytes: Vec<u8>) -> std::result::Result<Self, String> {
        String::from_utf8(bytes).map(Self::Text).map_err(|e| format!("not UTF-8 text: {e}"))
    }

    /// Its text. Ids need the tokenizer of the model that wrote them.
    pub fn read(&self, tokenizer: &Tokenizer) -> Result<Cow<'_, str>> {
        match self {
            Self::Text(text) => Ok(Cow::Borrowed(text)),
            Self::Tokens(ids) => tokenizer.decode(ids).map(Cow::Owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ContentKey;
    use super::*;
    use hanzo_poai::MAX_DEMANDABLE_TOKENS;
    use proptest::prelude::*;
    use sp_core::H256;

    const MOST: usize = MAX_SEALED_OUTPUT_BYTES as usize;
    /// Longest text that is sealed as text.
    const ROOM: usize = MOST - OVERHEAD - 1;

    fn sealed(text: &[u8], tokens: &[u32]) -> Vec<u8> {
        ContentKey::from_bytes([1; 32]).seal_output(&H256::zero(), text, tokens).unwrap()
    }

    fn opened(sealed: &[u8]) -> Written {
        ContentKey::from_bytes([1; 32]).open_output(&H256::zero(), sealed).unwrap()
    }

    #[test]
    fn ids_of_the_longest_output_should_fit_what_the_chain_takes() {
        assert!(OVERHEAD + 1 + 4 * MAX_DEMANDABLE_TOKENS as usize <= MOST);
    }

    #[test]
    fn output_should_be_sealed_as_text_when_all_of_it_fits_and_as_ids_when_one_byte_is_too_many() {
        let ids = [7, 0, u32::MAX];
        let text = "x".repeat(ROOM);
        let fits = sealed(text.as_bytes(), &ids);
        assert_eq!((fits.len(), opened(&fits)), (MOST, Written::Text(text)));
        let long = sealed("x".repeat(ROOM + 1).as_bytes(), &ids);
        assert_eq!((long.len(), opened(&long)), (OVERHEAD + 1 + 12, Written::Tokens(ids.into())));
    }

    #[test]
    fn output_should_not_be_read_when_it_is_of_no_known_form() {
        let wrong = [(&[][..], "empty"), (&[2, 65], "form 2"), (&[1, 0, 0, 0], "3 bytes"), (&[0, 0xff], "not UTF-8")];
        for (bytes, said) in wrong {
            let error = Written::decode(bytes).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn ids_should_be_read_with_the_tokenizer_they_are_of() {
        let ids = Written::Tokens(vec![104, 105]);
        assert_eq!(ids.read(&Tokenizer::Bytes { bos: None }).unwrap(), "hi");
        assert!(ids.read(&Tokenizer::Missing).is_err());
        assert_eq!(Written::Text("hi".into()).read(&Tokenizer::Missing).unwrap(), "hi");
    }

    proptest! {
        #[test]
        fn sealed_output_should_fit_what_the_chain_takes_and_open_when_tokens_have_any_text(
            ids in prop::collection::vec(any::<u32>(), 1..=MAX_DEMANDABLE_TOKENS as usize),
            // Bytes of text a token; the longest tokens of vocabularies in use have some hundred.
            each in 0usize..300,
        ) {
            let text = "é".repeat(ids.len() * each / 2);
            let sealed = sealed(text.as_bytes(), &ids);
            prop_assert!(sealed.len() <= MOST, "{} bytes", sealed.len());
            let expected = if text.len() <= ROOM { Written::Text(text) } else { Written::Tokens(ids) };
            prop_assert_eq!(opened(&sealed), expected);
        }
    }
}
