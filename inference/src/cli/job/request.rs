//! What is asked for, and what it would cost.

use super::super::connect::{parse_hash, NodeArgs};
use super::super::Outcome;
use super::text;
use crate::client::Connection;
use crate::ModelSource;
use anyhow::{ensure, Context};
use clap::Args;
use hanzo_poai::{Decoding, ModelProfile};
use hanzo_traits::api::JobQuote;
use hanzo_traits::Tier;
use sp_core::H256;
use std::path::PathBuf;

/// Output tokens paid for when nothing is said.
const DEFAULT_OUTPUT_TOKENS: u32 = 64;

#[derive(Args, Debug)]
pub(in crate::cli) struct QuoteArgs {
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    work: WorkArgs,
}

/// The work asked for.
#[derive(Args, Debug)]
pub(super) struct WorkArgs {
    #[command(flatten)]
    prompt: PromptArgs,
    /// Content hash of the model [default: that of the tiny model inside this program]
    #[arg(long, value_name = "HASH", value_parser = parse_hash)]
    model: Option<H256>,
    /// Service tier; 0 is any worker
    #[arg(long, value_name = "TIER", default_value_t = 0)]
    tier: Tier,
    /// Most prompt tokens to pay for [default: counted for the tiny model, else one per byte and one more, at most what
    /// the model takes]
    #[arg(long, value_name = "N")]
    max_prompt_tokens: Option<u32>,
    /// Most output tokens to pay for [default: 64, less if the model gives less]
    #[arg(long, value_name = "N")]
    max_output_tokens: Option<u32>,
    /// 0 always takes the likeliest token; 1 follows the model; up to 10
    #[arg(long, value_name = "T", default_value_t = 0.0)]
    temperature: f64,
    /// Keep the K likeliest tokens; 0 keeps all
    #[arg(long, value_name = "K", default_value_t = 0)]
    top_k: u32,
    /// Keep the likeliest tokens until their probability reaches P
    #[arg(long, value_name = "P", default_value_t = 1.0)]
    top_p: f64,
    /// Drop tokens less likely than P times the likeliest
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    min_p: f64,
    /// Make tokens already present less likely; 1 leaves them, up to 10
    #[arg(long, value_name = "R", default_value_t = 1.0)]
    repetition_penalty: f64,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct PromptArgs {
    /// Text to continue
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// File with the text to continue
    #[arg(long, value_name = "FILE")]
    prompt_file: Option<PathBuf>,
}

/// The work with every default filled in.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) prompt: String,
    pub(super) model: H256,
    pub(super) tier: Tier,
    pub(super) max_prompt_tokens: u32,
    pub(super) decoding: Decoding,
    pub(super) profile: Option<ModelProfile>,
}

impl WorkArgs {
    /// Fills the defaults in from what the chain says of the model.
    pub(super) async fn resolve(&self, connection: &Connection, at: H256) -> anyhow::Result<Work> {
        let prompt = match (&self.prompt.prompt, &self.prompt.prompt_file) {
            (Some(text), _) => text.clone(),
            (None, Some(path)) => std::fs::read_to_string(path).with_context(|| path.display().to_string())?,
            (None, None) => String::new(),
        };
        let tiny = ModelSource::Tiny.load()?;
        let model = self.model.unwrap_or(tiny.hash);
        let profile = connection.model_profile(model, at).await?;
        let counted = match model == tiny.hash {
            true => tiny.tokenizer.encode(&prompt)?.len(),
            // No tokenizer splits a byte; one token more may start the text.
            false => prompt.len().saturating_add(1),
        };
        let counted = u32::try_from(counted).context("the prompt is too long")?;
        let most = profile.map_or(u32::MAX, |profile| profile.max_prompt_tokens);
        let max_prompt_tokens = match (self.max_prompt_tokens, model == tiny.hash) {
            (Some(tokens), _) => tokens,
            (None, true) => counted,
            (None, false) => counted.min(most),
        };
        ensure!(
            model != tiny.hash || counted <= max_prompt_tokens,
            "the prompt has {counted} tokens, above --max-prompt-tokens {max_prompt_tokens}: no worker would take the job"
        );
        let decoding = self.decoding(profile.as_ref())?;
        Ok(Work { prompt, model, tier: self.tier, max_prompt_tokens, decoding, profile })
    }

    fn decoding(&self, profile: Option<&ModelProfile>) -> anyhow::Result<Decoding> {
        let default = profile.map_or(u32::MAX, |profile| profile.max_output_tokens).min(DEFAULT_OUTPUT_TOKENS);
        let decoding = Decoding {
            max_output_tokens: self.max_output_tokens.unwrap_or(default),
            temperature_milli: scaled("temperature", self.temperature, 1e3)?,
            top_k: self.top_k,
            top_p_ppm: scaled("top-p", self.top_p, 1e6)?,
            min_p_ppm: scaled("min-p", self.min_p, 1e6)?,
            repetition_penalty_milli: scaled("repetition-penalty", self.repetition_penalty, 1e3)?,
        };
        ensure!(
            decoding.is_valid(),
            "out of bounds: at least 1 output token, temperature 0 to 10, top-p above 0 up to 1, min-p 0 to 1, repetition \
             penalty 1 to 10"
        );
        Ok(decoding)
    }
}

impl Work {
    /// What it would cost on top of a block.
    pub(super) async fn quote(&self, connection: &Connection, at: H256) -> anyhow::Result<JobQuote<u32>> {
        let (prompt, output) = (self.max_prompt_tokens, self.decoding.max_output_tokens);
        let quote = connection.quote(self.model, self.tier, prompt, output, at).await;
        quote.with_context(|| {
            format!(
                "no quote for model {:?}, tier {}, {prompt} prompt and {output} output tokens",
                self.model, self.tier
            )
        })
    }
}

/// A decimal option in units of `1 / scale`.
fn scaled(name: &str, value: f64, scale: f64) -> anyhow::Result<u32> {
    let units = (value * scale).round();
    ensure!((0.0..=f64::from(u32::MAX)).contains(&units), "--{name} {value} is out of range");
    Ok(units as u32)
}

pub(super) async fn quote(args: &QuoteArgs, json: bool) -> anyhow::Result<Outcome> {
    let connection = args.node.connect().await?;
    let best = connection.best().await?;
    let work = args.work.resolve(&connection, best.hash()).await?;
    let quote = work.quote(&connection, best.hash()).await?;
    if json {
        println!("{}", serde_json::to_string(&quote)?);
    } else {
        let (prompt, output) = (work.max_prompt_tokens, work.decoding.max_output_tokens);
        println!("model       {:?}, tier {}, at most {prompt} + {output} tokens", work.model, work.tier);
        text::print_quote(&quote);
    }
    Ok(Outcome::Done)
}
