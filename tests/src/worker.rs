//! A running `hanzo-worker`, and single commands of it.

use crate::{binary, node::Node, process, until};
use anyhow::{bail, Context, Result};
use serde_json::Value;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// A worker process; killed when dropped.
pub struct Worker {
    process: Child,
    log: PathBuf,
    /// Length of the log when this process began.
    begins: usize,
}

impl Worker {
    /// Starts `hanzo-worker` with these arguments, its log in `directory`.
    pub fn start(directory: &Path, arguments: &[&str]) -> Result<Self> {
        let path = directory.join("worker.log");
        let log = File::options().create(true).append(true).open(&path)?;
        let begins = usize::try_from(log.metadata()?.len())?;
        let process = Command::new(binary("hanzo-worker")?)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        Ok(Self { process, log: path, begins })
    }

    /// Attaches the worker that takes jobs in every preset, Ferdie, to a node. Its results are kept in `directory`, where a
    /// later process finds them.
    pub fn attach(directory: &Path, node: &Node) -> Result<Self> {
        Self::attach_as("//Ferdie", directory, node, &[])
    }

    /// The same for another worker, and with more options.
    pub fn attach_as(suri: &str, directory: &Path, node: &Node, options: &[&str]) -> Result<Self> {
        let (url, results) = (node.url(), directory.join("results").display().to_string());
        let attach = ["attach", "--node", &url, "--suri", suri, "--base-path", &results];
        Self::start(directory, &[&attach[..], options].concat())
    }

    /// What it has logged since it was started.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.get(self.begins..).unwrap_or_default().to_owned()
    }

    /// Waits until it has logged this.
    pub async fn wait_for_log(&self, text: &str, limit: Duration) -> Result<()> {
        until(&format!("'{text}' in the worker's log"), limit, || async { Ok(self.log().contains(text).then_some(())) })
            .await
            .map_err(|error| error.context(self.log()))
    }

    /// Holds it where it is, until it is killed.
    pub fn freeze(&self) -> Result<()> {
        process::signal(&self.process, "STOP")
    }

    /// Asks it to end and waits until it has.
    pub async fn stop(mut self) -> Result<ExitStatus> {
        process::stop(&mut self.process).await.with_context(|| self.log())
    }

    /// Kills it as a power cut would.
    pub fn kill(mut self) -> Result<()> {
        process::kill(&mut self.process)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = process::kill(&mut self.process);
    }
}

/// Exit code of a command that is done and whose answer is no.
const REFUSED: i32 = 3;

/// Runs one command of `hanzo-worker` that prints JSON: all it prints, or else its last line. Its answer may be a no.
pub fn command(arguments: &[&str]) -> Result<Value> {
    let output = Command::new(binary("hanzo-worker")?).args(arguments).stdin(Stdio::null()).output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !matches!(output.status.code(), Some(0 | REFUSED)) {
        bail!("hanzo-worker {arguments:?}: {}\n{printed}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    if let Ok(value) = serde_json::from_str(&printed) {
        return Ok(value);
    }
    let line = printed.lines().last().with_context(|| format!("hanzo-worker {arguments:?} printed nothing"))?;
    serde_json::from_str(line).with_context(|| format!("not JSON: {line}"))
}

/// Runs `hanzo-worker <first> --node <url> <rest>` on a thread of its own, so that others can go on meanwhile.
pub async fn on_node(node: &Node, first: &[&str], rest: &[&str]) -> Result<Value> {
    let url = node.url();
    let arguments: Vec<String> = [first, &["--node", &url], rest].concat().into_iter().map(str::to_owned).collect();
    let run = move || command(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await?.map_err(|error| error.context(node.log_tail()))
}
