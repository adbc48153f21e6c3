//! Model files.

use anyhow::{Context, Result};
use std::path::Path;

/// Content hash of the model that workers carry.
pub const TINY: &str = "0x7c8ebc9bc979e42e4a66de887d1ac182f557093d58504b288af9f90bdb160ca6";

/// A model of its own, which the chain has no profile of: the tiny one with a bit of its weights changed.
pub fn another() -> Result<tempfile::TempDir> {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../inference/models/tiny");
    let folder = tempfile::tempdir()?;
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(tiny.join(file), folder.path().join(file))?;
    }
    let weights = folder.path().join("model.safetensors");
    let mut bytes = std::fs::read(&weights)?;
    *bytes.last_mut().context("the file holds weights")? ^= 1;
    std::fs::write(weights, bytes)?;
    Ok(folder)
}
