//! From a path to a model: which files belong to it, its content hash, its parts.
//!
//! **Content hash.** `blake2-256("hanzo/model/v1" ‖ for each file: blake2-256 of its bytes)`, the domain preceded by its length
//! as u64 LE, files in the order of their names. A directory's files are `config.json`, `tokenizer.json` if present, and the
//! weight files; a GGUF model is its one file. Names and other files (a README) do not enter, so a file may be renamed as
//! long as the order stays.

use super::config::ModelConfig;
use super::load_gguf::GgufSource;
use super::load_safetensors::SafetensorsSource;
use super::weights::Weights;
use crate::error::{Error, Result};
use crate::hash::{blake2_256, Hasher};
use crate::tokenizer::Tokenizer;
use memmap2::Mmap;
use sp_core::H256;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Where a model is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelSource {
    /// The tiny model that this crate carries.
    Tiny,
    /// A directory with `config.json` and safetensors files, or a `.gguf` file.
    Path(PathBuf),
}

/// A model in memory.
#[derive(Clone, Debug)]
pub struct LoadedModel {
    /// Its content hash.
    pub hash: H256,
    /// Its shape.
    pub config: ModelConfig,
    /// Its numbers.
    pub weights: Weights,
    /// How text becomes its tokens.
    pub tokenizer: Tokenizer,
    /// Its files and their sizes, bytes.
    pub files: Vec<(String, usize)>,
}

const TINY: [(&str, &[u8]); 2] = [
    ("config.json", include_bytes!("../../models/tiny/config.json")),
    ("model.safetensors", include_bytes!("../../models/tiny/model.safetensors")),
];

const CONFIG: &str = "config.json";
const TOKENIZER: &str = "tokenizer.json";

impl ModelSource {
    /// Reads, checks and hashes the model.
    pub fn load(&self) -> Result<LoadedModel> {
        match self {
            Self::Tiny => LoadedModel::from_files(&TINY),
            Self::Path(path) if path.is_dir() => {
                let names = directory_files(path)?;
                let maps = names.iter().map(|name| map(&path.join(name))).collect::<Result<Vec<_>>>()?;
                let files: Vec<_> = names.iter().zip(&maps).map(|(name, map)| (name.as_str(), &map[..])).collect();
                LoadedModel::from_files(&files)
            }
            Self::Path(path) => LoadedModel::from_gguf(&path.display().to_string(), &map_gguf(path)?),
        }
    }

    /// The model's content hash, from its files alone: whether they make a model is not looked at.
    pub fn hash(&self) -> Result<H256> {
        match self {
            Self::Tiny => Ok(content_hash(TINY.iter().map(|(_, bytes)| *bytes))),
            Self::Path(path) if path.is_dir() => {
                let names = directory_files(path)?;
                let maps = names.iter().map(|name| map(&path.join(name))).collect::<Result<Vec<_>>>()?;
                Ok(content_hash(maps.iter().map(|map| &map[..])))
            }
            Self::Path(path) => Ok(content_hash([&map_gguf(path)?[..]])),
        }
    }
}

/// The content hash of files given in the order of their names.
pub fn content_hash<'a>(files: impl IntoIterator<Item = &'a [u8]>) -> H256 {
    let mut hasher = Hasher::in_domain("hanzo/model/v1");
    for bytes in files {
        hasher.bytes(blake2_256(bytes).as_bytes());
    }
    hasher.finish()
}

/// The files of a model directory, in order: configuration, weights, tokenizer.
fn directory_files(path: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(path).map_err(|e| Error::io(path, e))?;
    let mut names: Vec<String> = entries.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    if !names.iter().any(|name| name == CONFIG) {
        return Err(Error::NotAModel { path: path.into(), reason: "the directory has no config.json".into() });
    }
    let weights: Vec<String> = names.iter().filter(|name| name.ends_with(".safetensors")).cloned().collect();
    // Some checkpoints carry the same weights a second time under another name.
    let of_model: Vec<String> = weights.iter().filter(|name| name.starts_with("model")).cloned().collect();
    let weights = if of_model.is_empty() { weights } else { of_model };
    if weights.is_empty() {
        return Err(Error::NotAModel { path: path.into(), reason: "the directory has no .safetensors file".into() });
    }
    let mut files: Vec<String> = names.into_iter().filter(|name| name == CONFIG || name == TOKENIZER).collect();
    files.extend(weights);
    files.sort();
    Ok(files)
}

/// The bytes of a GGUF file.
fn map_gguf(path: &Path) -> Result<Mmap> {
    let bytes = map(path)?;
    if !bytes.starts_with(b"GGUF") {
        let reason = "neither a directory with config.json and safetensors files nor a GGUF file".into();
        return Err(Error::NotAModel { path: path.into(), reason });
    }
    Ok(bytes)
}

fn map(path: &Path) -> Result<Mmap> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    // SAFETY: the map is read-only and dropped once the weights are copied out. A file that another process changes in
    // the meantime gives other numbers and another hash, or ends this process; it cannot give a false hash.
    unsafe { Mmap::map(&file) }.map_err(|e| Error::io(path, e))
}

impl LoadedModel {
    /// A model from the files of its directory, each its name and its bytes, in the order of their names.
    pub fn from_files(files: &[(&str, &[u8])]) -> Result<Self> {
        let find = |wanted: &str| files.iter().find(|(name, _)| *name == wanted).map(|(_, bytes)| *bytes);
        let config = ModelConfig::from_json(find(CONFIG).unwrap_or_default())?;
        let tensors = files.iter().filter(|(name, _)| name.ends_with(".safetensors")).copied();
        let weights = Weights::load(&config, &mut SafetensorsSource::new(tensors)?)?;
        let tokenizer = match find(TOKENIZER) {
            Some(bytes) => Tokenizer::from_json(bytes)?,
            None => Tokenizer::of_config(&config)?,
        };
        tokenizer.check(config.vocab_size)?;
        Ok(Self {
            hash: content_hash(files.iter().map(|(_, bytes)| *bytes)),
            config,
            weights,
            tokenizer,
            files: files.iter().map(|(name, bytes)| (name.to_string(), bytes.len())).collect(),
        })
    }

    /// A model from a GGUF file: its name, for errors, and its bytes.
    pub fn from_gguf(name: &str, bytes: &[u8]) -> Result<Self> {
        let mut source = GgufSource::new(name, bytes)?;
        let config = source.config().clone();
        let mut weights = Weights::load(&config, &mut source)?;
        weights.rope_factors = source.rope_factors()?;
        let tokenizer = match config.byte_tokenizer {
            true => Tokenizer::of_config(&config)?,
            false => Tokenizer::from_gguf(source.content())?,
        };
        tokenizer.check(config.vocab_size)?;
        let files = vec![(name.into(), bytes.len())];
        Ok(Self { hash: content_hash([bytes]), config, weights, tokenizer, files })
    }
}
