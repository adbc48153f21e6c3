//! A running `hanzo-node`.

use crate::{binary, free_port, metrics, process, until};
use anyhow::{bail, Context, Result};
use jsonrpsee::{
    core::{
        client::{ClientT, Subscription, SubscriptionClientT},
        traits::ToRpcParams,
    },
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use serde_json::Value;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// Longest a node may take to answer its first request.
const START: Duration = Duration::from_secs(60);

/// How to start a node.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Arguments beside ports and directory.
    pub arguments: Vec<String>,
    /// Directory to use again, instead of a fresh one.
    pub directory: Option<PathBuf>,
    /// p2p port to use again.
    pub p2p_port: Option<u16>,
    /// Whether to serve metrics.
    pub metrics: bool,
}

impl Options {
    /// With these arguments.
    pub fn new(arguments: &[&str]) -> Self {
        Self::default().and(arguments)
    }

    /// With these arguments besides.
    pub fn and(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|a| a.to_string()));
        self
    }
}

/// A node; killed when dropped.
pub struct Node {
    process: Child,
    directory: PathBuf,
    /// Removed with the node, unless the directory was given.
    _temporary: Option<tempfile::TempDir>,
    /// Port of its JSON-RPC.
    pub rpc_port: u16,
    /// Port of its p2p.
    pub p2p_port: u16,
    /// Port of its metrics, if it serves them.
    metrics_port: Option<u16>,
    client: WsClient,
}

impl Node {
    /// Starts a node and waits until it answers.
    pub async fn start(options: Options) -> Result<Self> {
        let (rpc_port, p2p_port) = (free_port()?, options.p2p_port.map_or_else(free_port, Ok)?);
        let metrics_port = options.metrics.then(free_port).transpose()?;
        let prometheus = metrics_port.map_or("--no-prometheus".into(), |port| format!("--prometheus-port={port}"));
        let temporary = match options.directory {
            Some(_) => None,
            None => Some(tempfile::Builder::new().prefix("hanzo-e2e-").tempdir()?),
        };
        let directory = match (&options.directory, &temporary) {
            (Some(given), _) => given.clone(),
            (None, Some(temporary)) => temporary.path().to_path_buf(),
            (None, None) => bail!("no directory"),
        };
        let log = File::options().create(true).append(true).open(directory.join("node.log"))?;
        let mut process = Command::new(binary("hanzo-node")?)
            .args(["--base-path".as_ref(), directory.as_os_str()])
            .args(["--rpc-port", &rpc_port.to_string(), &prometheus, "--no-telemetry", "--no-mdns"])
            .args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{p2p_port}")])
            .args(&options.arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let url = format!("ws://127.0.0.1:{rpc_port}");
        let connected = until("the node's first answer", START, || async {
            Ok(Some(WsClientBuilder::default().request_timeout(Duration::from_secs(20)).build(&url).await?))
        });
        let client = tokio::select! {
            client = connected => client,
            status = exited(&mut process) => Err(anyhow::anyhow!("the node exited: {status}")),
        };
        let client = match client {
            Ok(client) => client,
            Err(error) => {
                let _ = process.kill();
                let _ = process.wait();
                return Err(error.context(tail(&directory)));
            }
        };
        Ok(Self { process, directory, _temporary: temporary, rpc_port, p2p_port, metrics_port, client })
    }

    /// Its WebSocket.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// Where its data lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Calls a method.
    pub async fn call(&self, method: &str, parameters: impl ToRpcParams + Send) -> Result<Value> {
        self.client.request(method, parameters).await.with_context(|| format!("{method} failed"))
    }

    /// Subscribes with a method that takes no parameters.
    pub async fn subscribe(&self, method: &str, end: &str) -> Result<Subscription<Value>> {
        self.client.subscribe(method, rpc_params![], end).await.with_context(|| format!("{method} failed"))
    }

    /// Calls a method that must be refused; returns code and text of the error.
    pub async fn refused(&self, method: &str, parameters: impl ToRpcParams + Send) -> Result<(i32, String)> {
        match self.client.request::<Value, _>(method, parameters).await {
            Err(jsonrpsee::core::ClientError::Call(error)) => {
                let data = error.data().map_or(String::new(), |data| data.get().to_string());
                Ok((error.code(), format!("{} {data}", error.message())))
            }
            Err(error) => bail!("{method} failed without an answer: {error}"),
            Ok(value) => bail!("{method} answered {value}"),
        }
    }

    /// Number of the best block.
    pub async fn best(&self) -> Result<u64> {
        number(&self.call("chain_getHeader", rpc_params![]).await?)
    }

    /// Number of the last final block.
    pub async fn finalized(&self) -> Result<u64> {
        let hash = self.call("chain_getFinalizedHead", rpc_params![]).await?;
        number(&self.call("chain_getHeader", rpc_params![hash]).await?)
    }

    /// Waits until a block of at least this number is final.
    pub async fn wait_for_final(&self, number: u64, limit: Duration) -> Result<u64> {
        until(&format!("finality of block {number}"), limit, || async {
            let last = self.finalized().await?;
            anyhow::ensure!(last >= number, "block {last} is final");
            Ok(Some(last))
        })
        .await
        .map_err(|error| error.context(self.log_tail()))
    }

    /// The value of a metric; see [`metrics::read`].
    pub async fn metric(&self, name: &str) -> Result<f64> {
        metrics::read(self.metrics_port.context("the node serves no metrics")?, name).await
    }

    /// Asks the node to end and waits until it has.
    pub async fn stop(mut self) -> Result<ExitStatus> {
        process::stop(&mut self.process).await.with_context(|| self.log_tail())
    }

    /// Kills the node as a power cut would.
    pub fn kill(mut self) -> Result<()> {
        process::kill(&mut self.process)
    }

    /// What it has logged in its directory, by earlier nodes too.
    pub fn log(&self) -> String {
        log(&self.directory)
    }

    /// The last lines of its log.
    pub fn log_tail(&self) -> String {
        tail(&self.directory)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = process::kill(&mut self.process);
    }
}

async fn exited(process: &mut Child) -> String {
    loop {
        match process.try_wait() {
            Ok(Some(status)) => return status.to_string(),
            Ok(None) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => return error.to_string(),
        }
    }
}

fn log(directory: &Path) -> String {
    std::fs::read_to_string(directory.join("node.log")).unwrap_or_default()
}

fn tail(directory: &Path) -> String {
    let log = log(directory);
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

fn number(header: &Value) -> Result<u64> {
    let text = header["number"].as_str().with_context(|| format!("no number in {header}"))?;
    Ok(u64::from_str_radix(text.trim_start_matches("0x"), 16)?)
}
