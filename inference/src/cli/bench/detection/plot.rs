//! The figures as a plot: one panel for each family of attacks.

use super::attacks::Family;
use super::{Counts, Detected, Report};
use crate::verify::limits::LENGTHS;
use std::fmt::Write;

/// Eight colours that people of any colour vision tell apart (Okabe and Ito).
const COLOURS: [&str; 8] = ["#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"];

const PANEL: (f64, f64) = (430.0, 400.0);
/// Of the area in a panel where lines are: left, top, width, height.
const AREA: (f64, f64, f64, f64) = (46.0, 34.0, 370.0, 200.0);
const COLUMNS: usize = 2;

/// An SVG image.
pub(super) fn svg(report: &Report) -> String {
    let rows = (Family::ALL.len() + 1).div_ceil(COLUMNS);
    let (width, height) = (PANEL.0 * COLUMNS as f64, PANEL.1 * rows as f64);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    for (index, family) in Family::ALL.into_iter().enumerate() {
        place(&mut out, index);
        let rows: Vec<&Detected> = report.detected.iter().filter(|row| row.family == family.title()).collect();
        panel(&mut out, family.title(), &rows, report.runs);
        out.push_str("</g>\n");
    }
    place(&mut out, Family::ALL.len());
    key(&mut out, report);
    out.push_str("</g>\n</svg>\n");
    out
}

fn place(out: &mut String, index: usize) {
    let (x, y) = ((index % COLUMNS) as f64 * PANEL.0, (index / COLUMNS) as f64 * PANEL.1);
    let _ = writeln!(out, "<g transform=\"translate({x} {y})\">");
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>");
}

fn line(out: &mut String, from: (f64, f64), to: (f64, f64), style: &str) {
    let _ = writeln!(
        out,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" {style}/>",
        from.0, from.1, to.0, to.1
    );
}

/// Where a rate at a length lies: lengths double from one to the next.
fn point(index: usize, rate: f64) -> (f64, f64) {
    let (left, top, width, height) = AREA;
    (left + width * index as f64 / (LENGTHS.len() - 1) as f64, top + height * (1.0 - rate))
}

fn panel(out: &mut String, title: &str, rows: &[&Detected], runs: u64) {
    let (left, top, width, height) = AREA;
    let _ = writeln!(out, "<g font-weight=\"bold\">");
    text(out, left, top - 14.0, "start", title);
    out.push_str("</g>\n");
    for percent in [0, 25, 50, 75, 100] {
        let (_, y) = point(0, f64::from(percent) / 100.0);
        line(out, (left, y), (left + width, y), "stroke=\"#ddd\"");
        text(out, left - 6.0, y + 4.0, "end", &format!("{percent} %"));
    }
    for (index, tokens) in LENGTHS.iter().enumerate() {
        text(out, point(index, 0.0).0, top + height + 16.0, "middle", &tokens.to_string());
    }
    text(out, left + width / 2.0, top + height + 32.0, "middle", "output tokens");
    for (row, colour) in rows.iter().zip(COLOURS) {
        curve(out, &row.exact, runs, colour, "");
        curve(out, &row.bf16, runs, colour, "stroke-dasharray=\"5 3\"");
    }
    for (index, (row, colour)) in rows.iter().zip(COLOURS).enumerate() {
        let y = top + height + 50.0 + index as f64 * 14.5;
        line(out, (left, y), (left + 22.0, y), &format!("stroke=\"{colour}\" stroke-width=\"2.5\""));
        text(out, left + 30.0, y + 4.0, "start", row.attack);
    }
}

fn curve(out: &mut String, counts: &Counts, runs: u64, colour: &str, style: &str) {
    let at = |(index, count): (usize, &u64)| point(index, *count as f64 / runs as f64);
    let points: Vec<String> = counts.iter().enumerate().map(at).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" {style}/>",
        points.join(" ")
    );
}

fn key(out: &mut String, report: &Report) {
    let left = AREA.0;
    let styles = [("", "exact test (the replay profile)"), ("stroke-dasharray=\"5 3\"", "within bf16 limits")];
    for (index, (style, words)) in styles.into_iter().enumerate() {
        let y = 60.0 + index as f64 * 22.0;
        line(out, (left, y), (left + 36.0, y), &format!("stroke=\"black\" stroke-width=\"2\" {style}"));
        text(out, left + 46.0, y + 4.0, "start", words);
    }
    let words = [
        "Share of runs called bad, against the tokens seen.".to_string(),
        format!("The tiny model, {} runs of each attack.", report.runs),
        "Work within f32 limits lies between the two lines.".into(),
    ];
    for (index, words) in words.iter().enumerate() {
        text(out, left, 124.0 + index as f64 * 20.0, "start", words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plot_should_put_rates_where_they_belong() {
        assert_eq!(point(0, 0.0), (46.0, 234.0));
        assert_eq!(point(LENGTHS.len() - 1, 1.0), (416.0, 34.0));
        let mut out = String::new();
        text(&mut out, 1.0, 2.0, "start", "a < b & c");
        assert!(out.contains("a &lt; b &amp; c"), "{out}");
    }
}
