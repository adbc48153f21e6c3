//! `hanzo-worker train-tiny`.

use super::{print_json, Outcome};
use crate::train::{train, Recipe};
use anyhow::ensure;
use clap::Args;
use std::path::PathBuf;

/// Train the tiny model. One thread; the same text and settings give the same file on one machine.
#[derive(Args, Debug)]
pub(super) struct TrainArgs {
    /// Directory to write config.json and model.safetensors to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Directory whose plain files are the text
    #[arg(long, value_name = "DIR", default_value = "/usr/share/common-licenses")]
    text: PathBuf,
    /// Optimiser steps
    #[arg(long, value_name = "N", default_value_t = Recipe::default().steps)]
    steps: usize,
    /// Seed of initial weights and of the order of the text
    #[arg(long, value_name = "N", default_value_t = Recipe::default().seed)]
    seed: u64,
    /// 100 steps, then fail unless the loss fell by a third: for continuous integration
    #[arg(long)]
    smoke: bool,
}

pub(super) fn run(args: &TrainArgs, json: bool) -> anyhow::Result<Outcome> {
    let steps = if args.smoke { 100 } else { args.steps };
    let recipe = Recipe { seed: args.seed, steps, text: args.text.clone(), ..Recipe::default() };
    let report = train(&recipe, &args.out)?;
    if json {
        print_json(&report)?;
    } else {
        println!("model       {:?}", report.model_hash);
        println!("text        {:?}, {} bytes", report.text_hash, report.text_bytes);
        println!("parameters  {}", report.parameters);
        println!(
            "loss        {:.3} at first, {:.3} at last, {:.3} held out (nats per byte)",
            report.first_loss, report.last_loss, report.held_out_loss
        );
        println!("time        {:.0} s for {steps} steps", report.seconds);
    }
    let (first, last) = (report.first_loss, report.last_loss);
    ensure!(
        !args.smoke || last < first * 2.0 / 3.0,
        "the loss went from {first:.3} to {last:.3}; it must fall by a third"
    );
    Ok(Outcome::Done)
}
