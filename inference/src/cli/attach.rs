//! `hanzo-worker attach`.

use super::connect::{block_on, parse_amount, AccountArgs, NodeArgs, SessionArgs};
use super::{EngineArgs, ModelArg, Outcome};
use crate::canary::Book;
use crate::client::ClientError;
use crate::sealing::SealingKey;
use crate::worker::{
    attach::SubxtChain, chain::Chain, metrics, runner::EngineRunner, stats::Stats, store::Store, Worker,
    DEFAULT_MIN_VALUE,
};
use crate::{CandleEngine, Engine};
use anyhow::Context;
use clap::Args;
use std::future::Future;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{signal, SignalKind};

/// Pause before a node that does not answer yet is tried again.
const CONNECT_EVERY: Duration = Duration::from_secs(2);

#[derive(Args, Debug)]
pub(super) struct AttachArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    session: SessionArgs,
    /// Where results are kept until nobody can ask for them; one process per directory
    #[arg(long, value_name = "DIR")]
    base_path: PathBuf,
    #[command(flatten)]
    model: ModelArg,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
    /// Decline jobs whose prompt and longest output have more tokens: memory for all of them is taken when a run begins
    /// [default: what a quarter of the machine's memory holds, at most the model's context]
    #[arg(long, value_name = "TOKENS")]
    max_context: Option<NonZeroUsize>,
    /// Decline jobs worth less: wei, or with a unit such as 0.01AI [default: 0.0005AI]
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    min_value: Option<u128>,
    /// Take sealed jobs too. The key they are opened with is made in the base path (sealing.key) and its public half published, for a
    /// deposit; keep it as long as sealed jobs may be judged
    #[arg(long)]
    sealing: bool,
    /// Forge the jobs of this directory of canaries, which `canary submit` has submitted; for an operator of canaries only
    #[arg(long, value_name = "DIR")]
    canaries: Option<PathBuf>,
    /// Serve counters for Prometheus at http://127.0.0.1:PORT/metrics
    #[arg(long, value_name = "PORT")]
    metrics_port: Option<u16>,
}

pub(super) fn run(args: &AttachArgs) -> anyhow::Result<Outcome> {
    let account = args.account.account()?;
    let session = args.session.key(&args.account)?;
    let engine = Arc::new(CandleEngine::load(&args.model.source(), &args.engine.options())?);
    tracing::info!(model = ?engine.model_hash(), profile = ?engine.profile().hash(), "model loaded");
    block_on(async {
        let mut shutdown = Box::pin(shutdown()?);
        let connect =
            connect_when_up(|| SubxtChain::connect(&args.node.node, account.clone(), args.node.expect_genesis));
        let chain = tokio::select! {
            chain = connect => Arc::new(chain?),
            () = &mut shutdown => return Ok(Outcome::Done),
        };
        tracing::info!(node = args.node.node, genesis = ?chain.genesis(), "connected");
        let store = Store::open(&args.base_path, chain.genesis())?;
        let stats = Arc::new(Stats::default());
        if let Some(port) = args.metrics_port {
            let address = metrics::serve(port, stats.clone()).await?;
            tracing::info!("metrics at http://{address}/metrics");
        }
        let signer = Arc::new(session.pair().clone());
        let runner = EngineRunner::new(engine, args.max_context);
        let runner = Arc::new(match &args.canaries {
            Some(directory) => runner.with_canaries(Book::open(directory)?),
            None => runner,
        });
        let worker = Worker::new(chain, runner, signer, store, stats);
        let worker = worker.with_min_value(args.min_value.unwrap_or(DEFAULT_MIN_VALUE));
        let worker = match args.sealing {
            true => worker.with_sealing(SealingKey::open_or_create(&args.base_path.join("sealing.key"))?),
            false => worker,
        };
        worker.serve(shutdown).await?;
        Ok(Outcome::Done)
    })
}

/// Connects, however long the node takes to come up.
pub(super) async fn connect_when_up<T, F>(connect: impl Fn() -> F) -> Result<T, ClientError>
where
    F: Future<Output = Result<T, ClientError>>,
{
    loop {
        match connect().await {
            Err(error @ ClientError::Lost { .. }) => tracing::warn!(%error, "trying again"),
            connected => return connected,
        }
        tokio::time::sleep(CONNECT_EVERY).await;
    }
}

/// Completes when the process is interrupted or asked to end.
pub(super) fn shutdown() -> anyhow::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => tracing::info!("interrupted; stopping"),
            _ = terminate.recv() => tracing::info!("asked to end; stopping"),
        }
    })
}
