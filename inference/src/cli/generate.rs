//! `hanzo-worker generate`.

use super::{print_json, DecodingArgs, EngineArgs, ModelArg, Outcome, ScheduleArgs};
use crate::sampler::{TokenBias, MAX_BIAS_MILLI};
use crate::tokenizer::TextStream;
use crate::{Cancel, CandleEngine, Engine, Error, Receipt, Request};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use sp_core::H256;
use std::io::Write;
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
    #[command(flatten)]
    decoding: DecodingArgs,
    /// Add NATS to the logit of the token with this id; may be given several times
    #[arg(long = "bias", value_name = "TOKEN=NATS", value_parser = parse_bias, allow_hyphen_values = true)]
    biases: Vec<TokenBias>,
    #[command(flatten)]
    pub(super) engine: EngineArgs,
    #[command(flatten)]
    schedule: ScheduleArgs,
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

/// `token=nats`, the nats with at most three decimals.
fn parse_bias(text: &str) -> Result<TokenBias, String> {
    let (token, nats) = text.split_once('=').ok_or_else(|| format!("'{text}' is not TOKEN=NATS"))?;
    let token = token.parse().map_err(|_| format!("'{token}' is no token id"))?;
    let milli = nats.parse::<f64>().map_err(|_| format!("'{nats}' is not a number"))? * 1e3;
    if milli.is_nan() || milli.abs() > f64::from(MAX_BIAS_MILLI) {
        return Err(format!("{nats} is out of bounds; at most {} either way", MAX_BIAS_MILLI / 1000));
    }
    Ok(TokenBias { token, milli: milli.round() as i32 })
}

pub(super) fn run(args: &GenerateArgs, json: bool) -> anyhow::Result<Outcome> {
    let engine = CandleEngine::load(&args.model.source(), &args.engine.options())?;
    let prompt = engine.tokenizer().encode(&args.prompt)?;
    let room = engine.config().max_positions.saturating_sub(prompt.len());
    let decoding = args.decoding.decoding(args.max_tokens.unwrap_or(128.min(room as u32).max(1)))?;
    let mut bias = args.biases.clone();
    bias.sort_unstable_by_key(|bias| bias.token);
    let schedule = args.schedule.schedule();
    let request = Request { bias: &bias, schedule, ..Request::new(&prompt, &decoding, args.seed) };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bias_should_be_a_token_and_a_number_of_nats_within_bounds() {
        assert_eq!(parse_bias("65=-2.5"), Ok(TokenBias { token: 65, milli: -2500 }));
        assert_eq!(parse_bias("0=100"), Ok(TokenBias { token: 0, milli: 100_000 }));
        for text in ["65", "x=1", "65=", "65=nan", "65=100.001", "-1=1"] {
            assert!(parse_bias(text).is_err(), "{text}");
        }
    }
}
