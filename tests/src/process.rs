//! Signals and ends of the processes under test.

use anyhow::{ensure, Result};
use std::{
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// Longest a process may take to end when asked to.
const STOP: Duration = Duration::from_secs(30);

/// Sends a signal by its name, such as `TERM`.
pub fn signal(process: &Child, name: &str) -> Result<()> {
    let status = Command::new("kill").args([&format!("-{name}"), &process.id().to_string()]).status()?;
    ensure!(status.success(), "SIG{name} cannot be sent to process {}: {status}", process.id());
    Ok(())
}

/// Runs a command to its end; what it printed. Fails if it failed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    ensure!(output.status.success(), "{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// Asks a process to end with SIGTERM and waits until it has.
pub async fn stop(process: &mut Child) -> Result<ExitStatus> {
    signal(process, "TERM")?;
    let start = Instant::now();
    loop {
        if let Some(status) = process.try_wait()? {
            return Ok(status);
        }
        ensure!(start.elapsed() < STOP, "process {} still runs {STOP:?} after SIGTERM", process.id());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Ends a process as a power cut would.
pub fn kill(process: &mut Child) -> Result<()> {
    process.kill()?;
    process.wait()?;
    Ok(())
}
