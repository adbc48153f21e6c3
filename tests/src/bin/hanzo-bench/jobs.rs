//! Jobs from submission to settlement, in blocks.

use crate::spread::Spread;
use anyhow::{ensure, Context, Result};
use clap::Args;
use hanzo_e2e::{
    node::{Node, Options},
    until,
    worker::command,
};
use serde::Serialize;
use serde_json::Value;
use std::time::{Duration, Instant};

/// Stages of a job, and the names its report gives their blocks.
const STAGES: [(&str, &str); 4] =
    [("draw", "assigned"), ("accept", "accepted"), ("attest", "attested"), ("settle", "ended")];
const LAST: usize = STAGES.len() - 1;
/// Block from which on jobs are submitted: by then the worker has seen the chain.
const READY: u64 = 3;

#[derive(Args, Clone, Debug)]
pub struct JobsArgs {
    /// How many jobs, one after another
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..100_000))]
    jobs: u32,
    /// What to ask
    #[arg(long, value_name = "TEXT", default_value = "Q: copy hamilton\nA: ")]
    prompt: String,
    /// Most tokens of an answer
    #[arg(long, value_name = "N", default_value_t = 48)]
    max_output_tokens: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JobsReport {
    max_output_tokens: u32,
    jobs: Vec<Job>,
    stages: Vec<Stage>,
    /// Blocks from submission to settlement.
    total: Spread,
    /// Seconds from the client's start to its report.
    seconds: Spread,
}

/// One job.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    job: Value,
    /// The block it was submitted in.
    submitted: u64,
    /// Blocks from submission to each stage, in their order.
    blocks: [u64; STAGES.len()],
    output_tokens: Value,
    seconds: f64,
}

/// All jobs at one stage, in blocks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Stage {
    stage: &'static str,
    since_submission: Spread,
    since_previous: Spread,
}

/// Starts a node with a worker inside and gives it jobs.
pub async fn measure(args: JobsArgs) -> Result<JobsReport> {
    eprintln!("starting hanzo-node --dev --worker");
    let node = Node::start(Options::new(&["--dev", "--worker"])).await?;
    until(&format!("block {READY}"), Duration::from_secs(60), || async {
        let best = node.best().await?;
        Ok((best >= READY).then_some(best))
    })
    .await
    .map_err(|error| error.context(node.log_tail()))?;
    let mut jobs = Vec::new();
    for round in 1..=args.jobs {
        let (own, url) = (args.clone(), node.url());
        let job = tokio::task::spawn_blocking(move || run(&own, &url)).await?;
        let job = job.map_err(|error| error.context(node.log_tail()))?;
        eprintln!("job {round} of {}: settled after {} blocks, {:.1} s", args.jobs, job.blocks[LAST], job.seconds);
        jobs.push(job);
    }
    report(args.max_output_tokens, jobs).context("no job was run")
}

/// One job through the client's own command.
fn run(args: &JobsArgs, url: &str) -> Result<Job> {
    let start = Instant::now();
    let tokens = args.max_output_tokens.to_string();
    let prompt = ["--prompt", &args.prompt, "--max-output-tokens", &tokens, "--wait", "--json"];
    let told = command(&[&["job", "submit", "--node", url, "--suri", "//Alice"][..], &prompt].concat())?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(told["status"] == "Settled", "the job did not settle: {told}");
    ensure!(told["discrepancies"].as_array().is_some_and(Vec::is_empty), "amounts do not add up: {told}");
    let number = |name: &str| {
        let number = told["blocks"][name]["number"].as_u64();
        number.with_context(|| format!("no block of the stage '{name}': {}", told["blocks"]))
    };
    let submitted = number("submitted")?;
    let mut blocks = [0; STAGES.len()];
    for (blocks, (_, name)) in blocks.iter_mut().zip(STAGES) {
        *blocks = number(name)?.saturating_sub(submitted);
    }
    let (job, output_tokens) = (told["job"].clone(), told["outputTokens"].clone());
    Ok(Job { job, submitted, blocks, output_tokens, seconds })
}

fn report(max_output_tokens: u32, jobs: Vec<Job>) -> Option<JobsReport> {
    let spread = |blocks: &dyn Fn(&Job) -> u64| Spread::of(jobs.iter().map(|job| blocks(job) as f64));
    let mut stages = Vec::new();
    for (index, (stage, _)) in STAGES.into_iter().enumerate() {
        let before = |job: &Job| index.checked_sub(1).map_or(0, |previous| job.blocks[previous]);
        stages.push(Stage {
            stage,
            since_submission: spread(&|job| job.blocks[index])?,
            since_previous: spread(&|job| job.blocks[index].saturating_sub(before(job)))?,
        });
    }
    let total = spread(&|job| job.blocks[LAST])?;
    let seconds = Spread::of(jobs.iter().map(|job| job.seconds))?;
    Some(JobsReport { max_output_tokens, jobs, stages, total, seconds })
}

impl crate::Report for JobsReport {
    fn table(&self) -> String {
        let three = |spread: &Spread| format!("{:>6.0}{:>8.1}{:>6.0}", spread.min, spread.median, spread.max);
        let mut text = format!(
            "{} jobs, one after another; blocks as min, median, max\n{:<10}{:>20}{:>24}\n",
            self.jobs.len(),
            "",
            "since submission",
            "since the stage before"
        );
        for stage in &self.stages {
            let Stage { stage, since_submission, since_previous } = stage;
            text += &format!("{stage:<10}{}    {}\n", three(since_submission), three(since_previous));
        }
        text += &format!("{:<10}{}\n", "total", three(&self.total));
        let Spread { min, median, max } = self.seconds;
        text + &format!("seconds as the client waits: {min:.1}, {median:.1}, {max:.1}\n")
    }
}
