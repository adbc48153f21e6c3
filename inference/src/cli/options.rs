//! Options that commands on a model share.

use crate::engine::{EngineOptions, Schedule};
use crate::profile::ProfileKind;
use anyhow::ensure;
use clap::{Args, ValueEnum};
use hanzo_poai::Decoding;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Which decoder runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProfileArg {
    /// Our kernels: the same bits on every machine, whatever the threads and the cutting of the prompt
    Replay,
    /// Candle: results depend on machine, threads and cutting; checked within a tolerance
    Fast,
}

/// Where and how a model runs.
#[derive(Args, Clone, Debug)]
pub(super) struct EngineArgs {
    /// Threads [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Which decoder runs
    #[arg(long, value_enum, default_value = "replay")]
    profile: ProfileArg,
    /// Run on the first CUDA device; needs --profile fast and a build with the feature `cuda`
    #[arg(long)]
    cuda: bool,
}

impl EngineArgs {
    pub(super) fn options(&self) -> EngineOptions {
        let profile = match self.profile {
            ProfileArg::Replay => ProfileKind::Replay,
            ProfileArg::Fast => ProfileKind::Fast,
        };
        let default = EngineOptions::default();
        EngineOptions { profile, threads: self.threads.unwrap_or(default.threads), cuda: self.cuda, isa: None }
    }
}

/// A directory with config.json and safetensors files, or a GGUF file.
#[derive(Args, Clone, Debug)]
pub(super) struct ModelArg {
    /// Directory with config.json and safetensors files, or a .gguf file [default: the tiny model inside]
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
}

impl ModelArg {
    pub(super) fn source(&self) -> crate::ModelSource {
        self.model.clone().map_or(crate::ModelSource::Tiny, crate::ModelSource::Path)
    }
}

/// How the work on a sequence is cut. Under the replay profile it changes no bit.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct ScheduleArgs {
    /// Most prompt tokens per step: a number, or `all` [default: 512]
    #[arg(long, value_name = "N", value_parser = parse_chunk)]
    prefill_chunk: Option<Chunk>,
    /// Recompute the whole sequence for every token; slow, for comparison
    #[arg(long)]
    no_cache: bool,
}

/// Prompt tokens per step; none for all of them.
#[derive(Clone, Copy, Debug)]
struct Chunk(Option<NonZeroUsize>);

impl ScheduleArgs {
    pub(super) fn schedule(&self) -> Schedule {
        let default = Schedule::default();
        Schedule {
            prefill_chunk: self.prefill_chunk.map_or(default.prefill_chunk, |chunk| chunk.0),
            cache: !self.no_cache,
        }
    }
}

fn parse_chunk(text: &str) -> Result<Chunk, String> {
    match text {
        "all" => Ok(Chunk(None)),
        number => number.parse().map(|n| Chunk(Some(n))).map_err(|_| "a number of at least 1, or `all`".into()),
    }
}

/// How the next token is chosen.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct DecodingArgs {
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

impl DecodingArgs {
    /// The parameters, with at most so many output tokens. Fails if one is out of bounds.
    pub(super) fn decoding(&self, max_output_tokens: u32) -> anyhow::Result<Decoding> {
        let decoding = Decoding {
            max_output_tokens,
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

/// A decimal option in units of `1 / scale`.
fn scaled(name: &str, value: f64, scale: f64) -> anyhow::Result<u32> {
    let units = (value * scale).round();
    ensure!((0.0..=f64::from(u32::MAX)).contains(&units), "--{name} {value} is out of range");
    Ok(units as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_should_be_a_number_above_zero_or_all() {
        assert_eq!(parse_chunk("16").unwrap().0, NonZeroUsize::new(16));
        assert_eq!(parse_chunk("all").unwrap().0, None);
        for text in ["0", "-1", "", "none", "1.5"] {
            assert!(parse_chunk(text).is_err(), "{text}");
        }
    }

    #[test]
    fn decoding_should_round_to_its_units_and_refuse_what_is_out_of_bounds() {
        let plain = DecodingArgs { temperature: 0.0, top_k: 0, top_p: 1.0, min_p: 0.0, repetition_penalty: 1.0 };
        assert_eq!(plain.decoding(7).unwrap(), Decoding::greedy(7));
        let fine = DecodingArgs { temperature: 0.8006, top_p: 0.9, min_p: 0.05, repetition_penalty: 1.1, ..plain };
        let decoding = fine.decoding(7).unwrap();
        assert_eq!((decoding.temperature_milli, decoding.top_p_ppm), (801, 900_000));
        assert_eq!((decoding.min_p_ppm, decoding.repetition_penalty_milli), (50_000, 1100));
        for wrong in [
            DecodingArgs { temperature: 10.1, ..plain },
            DecodingArgs { temperature: -0.1, ..plain },
            DecodingArgs { temperature: f64::NAN, ..plain },
            DecodingArgs { top_p: 0.0, ..plain },
            DecodingArgs { min_p: 1.1, ..plain },
            DecodingArgs { repetition_penalty: 0.5, ..plain },
        ] {
            assert!(wrong.decoding(7).is_err(), "{wrong:?}");
        }
        assert!(plain.decoding(0).is_err());
    }
}
