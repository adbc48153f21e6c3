//! The counters of an attached worker, or verifier, over HTTP, in the text format of Prometheus.

use crate::error::{Error, Result};
use crate::worker::stats::Stats;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicU64;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A scraper that is slower than this is dropped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Serves a worker's counters at `http://127.0.0.1:<port>/metrics` as long as the process lives; port 0 takes a free one.
/// Returns where it listens.
pub async fn serve(port: u16, stats: Arc<Stats>) -> Result<SocketAddr> {
    serve_text(port, move || text(&stats)).await
}

/// The same with whatever text is current when it is asked for.
pub async fn serve_text(port: u16, text: impl Fn() -> String + Send + 'static) -> Result<SocketAddr> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listen = |e| Error::io(format!("metrics at {address}"), e);
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let local = listener.local_addr().map_err(listen)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let text = text();
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

/// A counter of a worker, under one name wherever the worker runs.
pub struct Counter {
    /// Its name in Prometheus.
    pub name: &'static str,
    /// What it counts, and in which unit.
    pub help: &'static str,
    /// Its value.
    pub read: fn(&Stats) -> f64,
}

/// Every counter.
pub const COUNTERS: [Counter; 5] = [
    Counter {
        name: "hanzo_worker_jobs_finished_total",
        help: "Jobs finished and signed",
        read: |stats| count(&stats.finished),
    },
    Counter {
        name: "hanzo_worker_jobs_failed_total",
        help: "Jobs whose run failed",
        read: |stats| count(&stats.failed),
    },
    Counter {
        name: "hanzo_worker_jobs_declined_total",
        help: "Jobs drawn for this worker that it declined",
        read: |stats| count(&stats.declined),
    },
    Counter {
        name: "hanzo_worker_output_tokens_total",
        help: "Output tokens produced",
        read: |stats| count(&stats.tokens),
    },
    Counter {
        name: "hanzo_worker_busy_seconds_total",
        help: "Time the engine was busy, seconds",
        read: |stats| Duration::from_micros(Stats::get(&stats.busy_us)).as_secs_f64(),
    },
];

/// A count as Prometheus has them: exact up to 2⁵³.
fn count(counter: &AtomicU64) -> f64 {
    Stats::get(counter) as f64
}

/// The counters, as a scraper reads them.
pub fn text(stats: &Stats) -> String {
    let line = |Counter { name, help, read }: &Counter| format!("{}{name} {}\n", header(name, help), read(stats));
    COUNTERS.iter().map(line).collect()
}

/// What a scraper reads before the values of a counter.
pub fn header(name: &str, help: &str) -> String {
    format!("# HELP {name} {help}\n# TYPE {name} counter\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_should_have_every_counter_in_the_unit_of_its_name() {
        let stats = Stats::default();
        Stats::add(&stats.finished, 3);
        Stats::add(&stats.busy_us, 1_250_000);
        let text = text(&stats);
        for line in ["hanzo_worker_jobs_finished_total 3", "hanzo_worker_busy_seconds_total 1.25"] {
            assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
        }
        assert_eq!(text.lines().filter(|line| line.starts_with("# TYPE")).count(), COUNTERS.len());
    }
}
