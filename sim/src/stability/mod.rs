//! A month of a market: 50 workers, elastic demand, a supply shock, bursts of demand, workers that come and go.
//!
//! | module | holds |
//! |---|---|
//! | `month` | what happens when |
//! | `agents` | how workers, clients and providers decide |
//! | `record` | what is measured, recovery times |
//! | `plot` | pictures |
//!
//! Everything runs on the real runtime. Only time is compressed: a simulated day has 720 blocks instead of 43,200, with the
//! chain's clock made as much faster, so that an hour's mean is an hour's mean. In each block as much happens as on the
//! mainnet; the month has a sixtieth of its blocks.

mod agents;
mod month;
mod plot;
mod record;

use month::{Month, Script};
use std::{path::PathBuf, process::ExitCode};

/// What to run.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Simulated days
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(3..))]
    pub days: u32,
    /// Blocks of a simulated day: 43,200 divided by the factor that the clock is faster by
    #[arg(long, default_value_t = 720, value_parser = clap::value_parser!(u32).range(240..=43_200))]
    pub blocks_per_day: u32,
    /// Workers at the start
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(4..))]
    pub workers: u32,
    /// The seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where stability.csv and the pictures go; nowhere by default
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Print JSON instead of a summary
    #[arg(long)]
    pub json: bool,
}

/// Runs it; fails if a promise was broken, a job stuck or a provider could not be paid.
pub fn run(options: &Options) -> ExitCode {
    match simulate(options).and_then(|month| report(options, &month)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The month.
pub fn simulate(options: &Options) -> Result<Month, String> {
    let script = Script::of(options.days, options.blocks_per_day);
    month::run(&script, options.workers, options.seed, &mut |day| {
        if day.fract() < 1e-9 {
            eprintln!("day {day:.0} of {}", options.days);
        }
    })
}

fn report(options: &Options, month: &Month) -> Result<(), String> {
    if let Some(folder) = &options.out {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
        };
        write("stability.csv", record::csv(&month.samples))?;
        for (name, picture) in plot::pictures(month) {
            write(&name, picture)?;
        }
    }
    let summary = record::summary(month);
    if options.json {
        println!("{}", serde_json::to_string(&summary).map_err(|error| error.to_string())?);
    } else {
        print!("{}", record::text(&summary));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn market_should_survive_three_short_days_of_shocks() {
        let options = Options { days: 3, blocks_per_day: 240, workers: 12, seed: 5, out: None, json: false };
        let month = simulate(&options).unwrap();
        let summary = record::summary(&month);
        assert!(summary.settled > 100, "{summary:?}");
        // Reckoned in doubles, which round; that it never falls is exact in the market maker's own tests.
        assert!(summary.lowest_kappa_per_share >= 1.0 - 1e-12, "{summary:?}");
        assert!(record::csv(&month.samples).lines().count() > 60);
        for (name, picture) in plot::pictures(&month) {
            assert!(name.ends_with(".svg") && picture.contains("polyline"), "{name}");
        }
    }
}
