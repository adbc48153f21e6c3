//! The counters of an attached worker over HTTP, in the text format of Prometheus.

use crate::error::{Error, Result};
use crate::worker::stats::Stats;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A scraper that is slower than this is dropped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves `http://127.0.0.1:<port>/metrics` until dropped; port 0 takes a free one. Returns where it listens.
pub async fn serve(port: u16, stats: Arc<Stats>) -> Result<SocketAddr> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listen = |e| Error::io(format!("metrics at {address}"), e);
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let local = listener.local_addr().map_err(listen)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let text = text(&stats);
            tokio::spawn(async move {
                if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, answer(stream, text)).await {
                    tracing::debug!(%error, "a metrics request failed");
                }
            });
        }
    });
    Ok(local)
}

/// Answers one request, whatever it asks for.
async fn answer(mut stream: TcpStream, text: String) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < 8 * 1024 {
        let mut part = [0; 1024];
        match stream.read(&mut part).await? {
            0 => return Ok(()),
            read => request.extend_from_slice(&part[..read]),
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

/// The counters, as a scraper reads them.
pub fn text(stats: &Stats) -> String {
    let counters = [
        ("jobs_finished", "Jobs finished and signed", &stats.finished),
        ("jobs_failed", "Jobs whose run failed", &stats.failed),
        ("jobs_declined", "Jobs drawn for this worker that it cannot run", &stats.declined),
        ("output_tokens", "Output tokens produced", &stats.tokens),
        ("busy_microseconds", "Time the engine was busy", &stats.busy_us),
    ];
    let lines = counters.map(|(name, help, counter)| {
        let name = format!("hanzo_worker_{name}_total");
        format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {}\n", Stats::get(counter))
    });
    lines.concat()
}
