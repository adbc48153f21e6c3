//! What can go wrong, said with names and numbers.

use std::path::PathBuf;

/// Every failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A path names nothing that can be loaded.
    #[error("{}: {reason}", path.display())]
    NotAModel {
        /// The path.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// The configuration is unreadable or out of bounds.
    #[error("model configuration: {0}")]
    Config(String),
    /// A weight file is damaged.
    #[error("weight file {file}: {reason}")]
    WeightFile {
        /// Its name.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor that the configuration calls for is not there.
    #[error("tensor `{name}` of shape {shape:?} is missing from the model")]
    MissingTensor {
        /// Its name.
        name: String,
        /// The shape it should have.
        shape: Vec<usize>,
    },
    /// A tensor does not fit the configuration.
    #[error("tensor `{name}` has shape {found:?}; the configuration calls for {expected:?}")]
    TensorShape {
        /// Its name.
        name: String,
        /// The shape in the file.
        found: Vec<usize>,
        /// The shape called for.
        expected: Vec<usize>,
    },
    /// A tensor holds NaN or an infinity.
    #[error("tensor `{name}` holds {value} at element {index}")]
    NotFinite {
        /// Its name.
        name: String,
        /// Place of the first such element.
        index: usize,
        /// The element.
        value: f32,
    },
    /// A tensor has an element type the engine does not take.
    #[error("tensor `{name}` has element type {found}; F32, F16, BF16 or a GGUF quantisation is needed")]
    ElementType {
        /// Its name.
        name: String,
        /// Its type.
        found: String,
    },
    /// The tokenizer could not be read or refused its input.
    #[error("tokenizer: {0}")]
    Tokenizer(String),
    /// A request cannot be served as it stands.
    #[error("request: {0}")]
    Request(String),
    /// The sampler had no token left to choose.
    #[error("no token can be chosen at position {position}: every one of {vocabulary} is masked or not a number")]
    NoToken {
        /// Position of the token to be chosen.
        position: usize,
        /// Number of tokens in the vocabulary.
        vocabulary: usize,
    },
    /// A computation gave NaN or an infinity.
    #[error("hidden state at position {position} holds {value}: the model's weights overflow")]
    Overflow {
        /// Position in the sequence.
        position: usize,
        /// The offending value.
        value: f32,
    },
    /// A receipt is malformed or was made by another engine.
    #[error("receipt: {0}")]
    Receipt(String),
    /// The engine cannot run where it was asked to.
    #[error("device: {0}")]
    Device(String),
    /// Candle failed.
    #[error("candle: {0}")]
    Candle(#[from] candle_core::Error),
    /// Threads could not be started.
    #[error("thread pool of {threads} threads: {reason}")]
    Threads {
        /// How many were asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// A worker's results on disk cannot be used.
    #[error("results: {0}")]
    Store(String),
    /// Nothing can be said about claimed work.
    #[error("{0}")]
    Unjudged(String),
    /// Someone asked to stop before the end.
    #[error("stopped before the end")]
    Cancelled,
}

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An input or output error on a path.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}

/// Runs code of others that may panic on malformed input; what it panicked with becomes the error's text. The panic is
/// logged all the same, so what can be checked beforehand should be.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // Nothing that the work could leave half-done outlives it: callers hand over borrowed input and take back a value.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        Err(format!("not readable: {}", text.unwrap_or("the reader gave up")))
    })
}
