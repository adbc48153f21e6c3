//! A running `hanzo-worker`, and single commands of it.

use crate::binary;
use anyhow::{bail, Context, Result};
use serde_json::Value;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// A worker process; killed when dropped.
pub struct Worker {
    process: Child,
    log: PathBuf,
}

impl Worker {
    /// Starts `hanzo-worker` with these arguments, its log in `directory`.
    pub fn start(directory: &Path, arguments: &[&str]) -> Result<Self> {
        let path = directory.join("worker.log");
        let log = File::options().create(true).append(true).open(&path)?;
        let process = Command::new(binary("hanzo-worker")?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self { process, log: path })
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Kills it as a power cut would.
    pub fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs one command of `hanzo-worker` that prints JSON, and reads its last line.
pub fn command(arguments: &[&str]) -> Result<Value> {
    let output = Command::new(binary("hanzo-worker")?).args(arguments).stdin(Stdio::null()).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("hanzo-worker {arguments:?}: {}\n{printed}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let line = printed.lines().last().with_context(|| format!("hanzo-worker {arguments:?} printed nothing"))?;
    serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))
}
