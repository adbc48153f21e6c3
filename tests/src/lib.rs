//! Harness of the end-to-end tests: real binaries, public interfaces only.
//!
//! Every node gets a directory and ports of its own, so tests run side by side. Nothing sleeps for a guess: [`until`] asks
//! again until an answer is right, and says what the last answer was when time runs out.

pub mod chain;
pub mod dishonest;
pub mod genesis;
pub mod ledger;
pub mod mesh;
pub mod metrics;
pub mod models;
pub mod network;
pub mod node;
pub mod process;
pub mod transactions;
pub mod verifiers;
pub mod wire;
pub mod worker;

use anyhow::{bail, Result};
use std::{
    future::Future,
    path::PathBuf,
    time::{Duration, Instant},
};

/// Pause before [`until`] asks again.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Where the binaries under test lie: beside this test, as cargo built them.
pub fn binary(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let found = test.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file());
    match found {
        Some(path) => Ok(path),
        None => bail!("{name} is not beside {}; build it with `cargo build --release --workspace`", test.display()),
    }
}

/// A TCP port nobody listens on now.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Asks until the answer is `Some`, for at most `limit`.
pub async fn until<T, F>(what: &str, limit: Duration, mut ask: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let start = Instant::now();
    loop {
        let last = match ask().await {
            Ok(Some(answer)) => return Ok(answer),
            Ok(None) => "not yet".into(),
            Err(error) => error.to_string(),
        };
        if start.elapsed() > limit {
            bail!("{what} did not happen within {limit:?}: {last}");
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}
