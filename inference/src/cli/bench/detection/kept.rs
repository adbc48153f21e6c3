//! What runs showed, on disk: an interrupted measurement goes on where it stopped.

use super::observe::Observed;
use anyhow::Context;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Runs of one series, in order, and the file that further ones go to: a line of JSON for each.
pub(super) struct Kept {
    pub(super) runs: Vec<Observed>,
    file: Option<File>,
}

impl Kept {
    /// The first `count` runs of a series, or as many of them as there are, from its file in `directory`.
    pub(super) fn open(directory: Option<&Path>, name: &str, count: u64) -> anyhow::Result<Self> {
        let Some(directory) = directory else { return Ok(Self { runs: Vec::new(), file: None }) };
        let name = name.replace(|letter: char| !letter.is_alphanumeric(), "-");
        let path = directory.join(format!("{name}.jsonl"));
        std::fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.with_context(|| path.display().to_string())?,
        };
        // A line without an end was being written when the program stopped.
        let whole = text.rfind('\n').map_or(0, |last| last + 1);
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.with_context(|| path.display().to_string())?;
        file.set_len(whole as u64)?;
        let take = usize::try_from(count)?;
        let parse = |(line, text): (usize, &str)| {
            serde_json::from_str(text).with_context(|| format!("{}, line {}", path.display(), line + 1))
        };
        let runs = text[..whole].lines().take(take).enumerate().map(parse).collect::<anyhow::Result<_>>()?;
        Ok(Self { runs, file: Some(file) })
    }

    /// Adds the next runs.
    pub(super) fn add(&mut self, runs: Vec<Observed>) -> anyhow::Result<()> {
        if let Some(file) = &mut self.file {
            let mut lines = String::new();
            for run in &runs {
                lines.push_str(&serde_json::to_string(run)?);
                lines.push('\n');
            }
            file.write_all(lines.as_bytes())?;
        }
        self.runs.extend(runs);
        Ok(())
    }
}
