//! What the tiny model reads: files of a directory, and exercises made on the spot.

use crate::error::{Error, Result};
use crate::hash::blake2_256;
use crate::model::config::ModelConfig;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sp_core::H256;
use std::path::Path;

/// Share of sequences that are exercises, of 8; the rest is text.
const EXERCISES_OF_8: u32 = 4;

/// Share of the text, at its end, that is never trained on: one part of this many.
const HELD_OUT: usize = 20;

/// The text.
pub struct Corpus {
    text: Vec<u8>,
}

impl Corpus {
    /// Reads the plain files of a directory (no links) in order of name. Runs of blanks become one, page breaks go.
    pub fn read(directory: &Path) -> Result<Self> {
        let entries = std::fs::read_dir(directory).map_err(|e| Error::io(directory, e))?;
        let plain = |entry: &std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
        let mut paths: Vec<_> = entries.filter_map(|e| e.ok()).filter(plain).map(|e| e.path()).collect();
        paths.sort();
        let mut text = Vec::new();
        for path in paths {
            let bytes = std::fs::read(&path).map_err(|e| Error::io(&path, e))?;
            let mut blank = true;
            for byte in bytes {
                let byte = if byte == b'\t' { b' ' } else { byte };
                if (byte == b' ' && blank) || byte == b'\x0c' || byte == b'\r' {
                    continue;
                }
                blank = byte == b' ' || byte == b'\n';
                text.push(byte);
            }
            text.push(b'\n');
        }
        if text.len() < 4096 {
            let reason = format!("{} bytes of text; at least 4096 are needed", text.len());
            return Err(Error::NotAModel { path: directory.into(), reason });
        }
        Ok(Self { text })
    }

    /// A text as it is.
    pub fn from_text(text: &str) -> Self {
        Self { text: text.as_bytes().to_vec() }
    }

    /// Bytes of text after cleaning.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// blake2-256 of the cleaned text.
    pub fn hash(&self) -> H256 {
        blake2_256(&self.text)
    }

    /// Sequences to train on.
    pub fn batches(&self, seed: u64, batch: usize, length: usize, config: &ModelConfig) -> Batches<'_> {
        let end = self.text.len() - self.text.len() / HELD_OUT;
        Batches::new(&self.text[..end], seed ^ 0x7261_696e, batch, length, config)
    }

    /// Sequences from the part never trained on, and other exercises.
    pub fn held_out(&self, seed: u64, batch: usize, length: usize, config: &ModelConfig) -> Batches<'_> {
        let end = self.text.len() - self.text.len() / HELD_OUT;
        Batches::new(&self.text[end..], seed ^ 0x7465_7374, batch, length, config)
    }
}

/// An endless stream of batches in an order fixed by a seed.
pub struct Batches<'a> {
    text: &'a [u8],
    rng: ChaCha12Rng,
    batch: usize,
    length: usize,
    bos: u32,
    eos: u32,
}

impl<'a> Batches<'a> {
    fn new(text: &'a [u8], seed: u64, batch: usize, length: usize, config: &ModelConfig) -> Self {
        let bos = config.bos.unwrap_or_default();
        let eos = config.eos.first().copied().unwrap_or_default();
        Self { text, rng: ChaCha12Rng::seed_from_u64(seed), batch, length, bos, eos }
    }

    /// Draws the next batch: sequences of `length + 1` tokens.
    pub fn draw(&mut self) -> Vec<Vec<u32>> {
        (0..self.batch).map(|_| self.sequence()).collect()
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound.max(1) as u64) as usize
    }

    fn sequence(&mut self) -> Vec<u32> {
        let mut sequence = Vec::with_capacity(self.length + 1);
        if self.rng.next_u32() % 8 < EXERCISES_OF_8 {
            while sequence.len() <= self.length {
                sequence.push(self.bos);
                let exercise = self.exercise();
                sequence.extend(exercise.bytes().map(u32::from));
                sequence.push(self.eos);
            }
        } else {
            // From the start of a line, so that prompts that start a line look familiar.
            let from = self.below(self.text.len().saturating_sub(self.length + 200));
            let line = self.text[from..].iter().position(|byte| *byte == b'\n').map_or(from, |skip| from + skip + 1);
            sequence.push(self.bos);
            sequence.extend(self.text[line..].iter().map(|byte| u32::from(*byte)).take(self.length));
            sequence.resize(self.length + 1, self.eos);
        }
        sequence.truncate(self.length + 1);
        sequence
    }

    fn word(&mut self) -> String {
        let length = 3 + self.below(4);
        (0..length).map(|_| char::from(b'a' + self.below(26) as u8)).collect()
    }

    fn pick<'b>(&mut self, of: &[&'b str]) -> &'b str {
        of[self.below(of.len())]
    }

    /// A question and its answer, or a sentence.
    fn exercise(&mut self) -> String {
        let (a, b) = (self.below(30), self.below(30));
        match self.below(6) {
            0 => format!("Q: {a} plus {b}\nA: {}", a + b),
            1 => format!("Q: larger of {a} and {b}\nA: {}", a.max(b)),
            2 => {
                let word = self.word();
                format!("Q: copy {word}\nA: {word}")
            }
            3 => {
                let word = self.word();
                format!("Q: reverse {word}\nA: {}", word.chars().rev().collect::<String>())
            }
            4 => {
                let mut letters: Vec<char> = self.word().chars().collect();
                let word: String = letters.iter().collect();
                letters.sort_unstable();
                format!("Q: sort {word}\nA: {}", letters.into_iter().collect::<String>())
            }
            _ => self.sentence(),
        }
    }

    fn sentence(&mut self) -> String {
        let who = self.pick(&["A worker", "The verifier", "A client", "The curator", "Every node", "The chain"]);
        let does = self.pick(&["checks", "signs", "pays for", "replays", "stores", "asks for", "attests"]);
        let what = self.pick(&["the answer", "a job", "the receipt", "every token", "the model", "a block"]);
        let when = self.pick(&["", " before the deadline", " in the same epoch", " with its own key", " once"]);
        format!("{who} {does} {what}{when}.")
    }
}
