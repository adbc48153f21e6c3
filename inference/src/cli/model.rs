//! `hanzo-worker model`.

use super::{print_json, Outcome};
use crate::ModelSource;
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum ModelCommand {
    /// Load a model, check every tensor, print its hash and shape
    ///
    /// The hash is blake2-256 over the blake2-256 of config.json, tokenizer.json and the weight files in order of name, in
    /// the domain hanzo/model/v1; it names the model on chain.
    Inspect {
        /// Directory with config.json and safetensors files, or a .gguf file [default: the tiny model inside]
        #[arg(value_name = "PATH")]
        path: Option<PathBuf>,
    },
}

pub(super) fn run(command: &ModelCommand, json: bool) -> anyhow::Result<Outcome> {
    let ModelCommand::Inspect { path } = command;
    let model = path.clone().map_or(ModelSource::Tiny, ModelSource::Path).load()?;
    let mut dtypes: Vec<_> = model.weights.matrices().map(|m| m.storage().dtype()).collect();
    dtypes.sort_unstable();
    dtypes.dedup();
    let (parameters, bytes) = (model.weights.parameters(), model.weights.bytes_per_token());
    if json {
        print_json(&json!({
            "hash": model.hash,
            "parameters": parameters,
            "dtypes": dtypes,
            "bytesPerToken": bytes,
            "tokenizer": model.tokenizer.name(),
            "config": model.config,
            "files": model.files.iter().map(|(name, bytes)| json!({ "name": name, "bytes": bytes })).collect::<Vec<_>>(),
        }))?;
        return Ok(Outcome::Done);
    }
    let c = &model.config;
    println!("hash        {:?}", model.hash);
    println!("family      {}", c.family.name());
    println!("parameters  {parameters} ({}; {bytes} bytes read per token)", dtypes.join(", "));
    println!("layers      {} of width {}, feed-forward {}", c.layers, c.hidden_size, c.intermediate_size);
    println!("heads       {} queries, {} keys, {} wide", c.heads, c.kv_heads, c.head_dim);
    println!(
        "vocabulary  {} ({} tokenizer){}",
        c.vocab_size,
        model.tokenizer.name(),
        if c.tied_head { ", tied head" } else { "" }
    );
    println!("context     {} positions, theta {}, scaling {:?}", c.max_positions, c.rope_theta, c.rope_scaling);
    for (name, bytes) in &model.files {
        println!("file        {name}, {bytes} bytes");
    }
    Ok(Outcome::Done)
}
