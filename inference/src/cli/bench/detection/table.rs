//! The figures as Markdown.

use super::{Counts, Detected, Honest, Report};
use crate::verify::limits::{CHUNK_LENGTHS, LENGTHS};
use crate::verify::Limits;
use std::fmt::Write;

/// The counts of one test.
type OfTest = fn(&Detected) -> &Counts;

/// The figures as Markdown.
pub(super) fn markdown(report: &Report) -> String {
    let mut out = String::new();
    let Report { seed, calibration_runs, runs, isa, .. } = report;
    let _ = writeln!(
        out,
        "Seed {seed}, {isa}; {calibration_runs} honest runs of each numerics for the limits, {runs} runs of each attack.\n"
    );
    honest(&mut out, &report.honest);
    limits(&mut out, report);
    let tests: [(&str, OfTest); 3] = [
        ("Percent detected by the exact test", |row| &row.exact),
        ("Percent detected within f32 limits", |row| &row.f32),
        ("Percent detected within bf16 limits", |row| &row.bf16),
    ];
    for (title, counts) in tests {
        detected(&mut out, title, report, counts);
    }
    out
}

fn heads(first: &str, names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().collect();
    format!("| {first} | {} |\n|---|{}\n", names.join(" | "), "---:|".repeat(names.len()))
}

fn honest(out: &mut String, rows: &[Honest]) {
    out.push_str("### Honest work called bad\n\n");
    let lengths = LENGTHS.map(|tokens| tokens.to_string());
    let names = ["compared", "runs", "other tokens", "largest gap"].map(String::from);
    let _ = write!(out, "{}", heads("work", names.into_iter().chain(lengths).chain(["rate is at most".into()])));
    for Honest { work, test, runs, mismatched, largest_gap, bad, bound } in rows {
        let bad = bad.map(|count| count.to_string()).join(" | ");
        let share = mismatched * 1e6;
        let _ = writeln!(
            out,
            "| {work} | {test} | {runs} | {share:.1} ppm | {largest_gap:.2e} | {bad} | {:.2} % |",
            bound * 100.0
        );
    }
    out.push('\n');
}

fn limits(out: &mut String, report: &Report) {
    out.push_str("### Limits\n\n");
    let _ = write!(out, "{}", heads("largest sum of gaps, nats, over", LENGTHS.map(|tokens| tokens.to_string())));
    let sets = || {
        let named = |set: &'static str| move |limits: &Limits| (format!("{}, {set}", limits.numerics), *limits);
        report.in_force.iter().map(named("in force")).chain(report.calibrated.iter().map(named("of this run")))
    };
    for (name, limits) in sets() {
        let _ = writeln!(out, "| {name} | {} |", limits.gaps.map(|gap| format!("{gap:.2e}")).join(" | "));
    }
    out.push('\n');
    let lengths = CHUNK_LENGTHS.map(|tokens| tokens.to_string());
    let _ = write!(out, "{}", heads("fingerprints (exponents / mean of mantissas) of", lengths));
    for (name, limits) in sets() {
        let pair = |index: usize| format!("{} / {:.3}", limits.exponents[index], limits.mantissas[index]);
        let pairs: Vec<String> = (0..CHUNK_LENGTHS.len()).map(pair).collect();
        let _ = writeln!(out, "| {name} | {} |", pairs.join(" | "));
    }
    out.push('\n');
}

fn detected(out: &mut String, title: &str, report: &Report, counts: OfTest) {
    let _ = write!(out, "### {title}\n\n{}", heads("attack", LENGTHS.map(|tokens| tokens.to_string())));
    for row in &report.detected {
        let cells = counts(row).map(|count| percent(count, report.runs));
        let _ = writeln!(out, "| {} | {} |", row.attack, cells.join(" | "));
    }
    out.push('\n');
}

/// A share in whole percent, rounded down; all and none are said only where it is all or none.
fn percent(count: u64, of: u64) -> String {
    match count * 100 / of.max(1) {
        0 if count > 0 => "< 1".into(),
        share => share.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_should_not_say_all_or_none_unless_it_is() {
        assert_eq!(percent(0, 300), "0");
        assert_eq!(percent(1, 300), "< 1");
        assert_eq!(percent(299, 300), "99");
        assert_eq!(percent(300, 300), "100");
    }
}
