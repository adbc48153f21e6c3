//! Checks a file of published test vectors against this crate: one line per case, non-zero exit on any failure.
//!
//! ```text
//! cargo run --release -p hanzo-hmm --example vectors -- vectors/hmm.json
//! ```

mod checker;

use std::{env, fs, process::ExitCode};

fn main() -> ExitCode {
    let Some(path) = env::args().nth(1) else {
        eprintln!("usage: vectors FILE.json");
        return ExitCode::from(2);
    };
    let document = match fs::read_to_string(&path)
        .map_err(|e| e.to_string())
        .and_then(|text| serde_json::from_str(&text).map_err(|e| e.to_string()))
    {
        Ok(document) => document,
        Err(reason) => {
            eprintln!("{path}: {reason}");
            return ExitCode::from(2);
        }
    };
    let lines = checker::check(&document);
    for line in &lines {
        println!("{line}");
    }
    let failed = lines.iter().filter(|line| !line.passed()).count();
    println!("{} cases, {} passed, {failed} failed", lines.len(), lines.len() - failed);
    if failed == 0 && !lines.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
