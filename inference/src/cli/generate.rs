//! `hanzo-worker generate`.

use super::{print_json, EngineArgs, ModelArg, Outcome};
use crate::tokenizer::TextStream;
use crate::{Cancel, CandleEngine, Engine, Error, Receipt, Request, Schedule};
use anyhow::{ensure, Context};
use clap::Args;
use hanzo_poai::Decoding;
use serde_json::json;
use sp_core::H256;
use std::io::Write;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Args, Debug)]
pub(super) struct GenerateArgs {
    /// Text to continue
    #[arg(long, value_name = "TEXT")]
    prompt: String,
    #[command(flatten)]
    model: ModelArg,
    /// Most tokens to produce [default: 128, less if the context is shorter]
    #[arg(long, value_name = "N")]
    max_tokens: Option<u32>,
    /// Seed of the noise, hexadecimal, up to 32 bytes, padded with zeros on the left
    #[arg(long, value_name = "HEX", default_value = "0x00", value_parser = parse_seed)]
    seed: H256,
    /// 0 always takes the likeliest token; 1 follows the model; up to 10
    #[arg(long, value_name = "T", default_value_t = 0.8)]
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
    #[command(flatten)]
    pub(super) engine: EngineArgs,
    /// Most prompt tokens per step [default: 512]
    #[arg(long, value_name = "N")]
    prefill_chunk: Option<NonZeroUsize>,
    /// Recompute the whole sequence for every token; slow, for comparison
    #[arg(long)]
    no_cache: bool,
    /// Write a receipt to this file
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

fn parse_seed(text: &str) -> Result<H256, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.len() > 64 {
        return Err(format!("{} digits; at most 64 fit 32 bytes", digits.len()));
    }
    let mut bytes = [0u8; 32];
    hex::decode_to_slice(format!("{digits:0>64}"), &mut bytes).map_err(|e| e.to_string())?;
    Ok(H256(bytes))
}

/// A decimal option in units of `1 / scale`.
fn scaled(name: &str, value: f64, scale: f64) -> anyhow::Result<u32> {
    let units = (value * scale).round();
    ensure!((0.0..=f64::from(u32::MAX)).contains(&units), "--{name} {value} is out of range");
    Ok(units as u32)
}

impl GenerateArgs {
    fn decoding(&self, room: usize) -> anyhow::Result<Decoding> {
        let decoding = Decoding {
            max_output_tokens: self.max_tokens.unwrap_or(128.min(room as u32)).max(1),
            temperature_milli: scaled("temperature", self.temperature, 1e3)?,
            top_k: self.top_k,
            top_p_ppm: scaled("top-p", self.top_p, 1e6)?,
            min_p_ppm: scaled("min-p", self.min_p, 1e6)?,
            repetition_penalty_milli: scaled("repetition-penalty", self.repetition_penalty, 1e3)?,
        };
        ensure!(
            decoding.is_valid(),
            "out of bounds: temperature 0 to 10, top-p above 0 up to 1, min-p 0 to 1, repetition penalty 1 to 10"
        );
        Ok(decoding)
    }
}

pub(super) fn run(args: &GenerateArgs, json: bool) -> anyhow::Result<Outcome> {
    let engine = CandleEngine::load(&args.model.source(), &args.engine.options())?;
    let prompt = engine.tokenizer().encode(&args.prompt)?;
    let decoding = args.decoding(engine.config().max_positions.saturating_sub(prompt.len()))?;
    let default = Schedule::default();
    let schedule = Schedule { prefill_chunk: args.prefill_chunk.or(default.prefill_chunk), cache: !args.no_cache };
    let request =
        Request { prompt: &prompt, decoding: &decoding, seed: args.seed, factors: &[], grammar: None, schedule };
    let mut stream = TextStream::new(engine.tokenizer());
    let mut failure = None;
    if !json {
        print!("{}", args.prompt);
    }
    let start = Instant::now();
    let mut first = None;
    let run = engine.generate(&request, &Cancel::default(), &mut |token| {
        first.get_or_insert_with(|| start.elapsed());
        if json {
            return ControlFlow::Continue(());
        }
        match stream.push(token).and_then(|text| {
            print!("{text}");
            std::io::stdout().flush().map_err(|e| Error::io("standard output", e))
        }) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    let total = start.elapsed();
    let decode = total.saturating_sub(first.unwrap_or_default()).as_secs_f64();
    let speed = run.tokens.len().saturating_sub(1) as f64 / decode.max(1e-9);
    let receipt = Receipt::new(&engine, Some(&args.prompt), &request, &run)?;
    if let Some(path) = &args.receipt {
        std::fs::write(path, receipt.to_json()?).with_context(|| path.display().to_string())?;
    }
    if json {
        print_json(&json!({
            "text": engine.tokenizer().decode(&run.tokens)?,
            "tokens": run.tokens,
            "finish": run.finish,
            "model": engine.model_hash(),
            "engineProfile": engine.profile().hash(),
            "tokensRoot": receipt.tokens_root,
            "fingerprintsRoot": receipt.fingerprints_root,
            "logitsDigest": receipt.logits_digest,
            "usage": { "promptTokens": prompt.len(), "outputTokens": run.tokens.len() },
            "firstTokenMs": first.unwrap_or_default().as_secs_f64() * 1e3,
            "tokensPerSecond": speed,
        }))?;
    } else {
        println!();
        let (count, finish) = (run.tokens.len(), run.finish);
        tracing::info!(tokens = count, ?finish, tokens_per_second = speed as u64, root = ?receipt.tokens_root, "done");
    }
    Ok(Outcome::Done)
}
