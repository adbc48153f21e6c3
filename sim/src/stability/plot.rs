//! Pictures of a month: lines over days as SVG, with the shock and the bursts shaded.

use super::{
    month::{Month, Script},
    record::Sample,
};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 28.0;
const COLOURS: [&str; 3] = ["#1f5fa8", "#c2571a", "#3d8b40"];

type Line = (&'static str, fn(&Sample) -> f64);

/// Name and text of every picture.
pub fn pictures(month: &Month) -> Vec<(String, String)> {
    let all: [(&str, &str, &[Line]); 4] = [
        (
            "price",
            "price of a GPU-second over the reference price",
            &[("spot", |one| one.price), ("mean of an hour", |one| one.mean_hour)],
        ),
        (
            "kappa",
            "κ of the GPU pool over the first one",
            &[("κ", |one| one.kappa), ("κ per share squared", |one| one.kappa_per_share), ("Ψ", |one| one.psi)],
        ),
        ("provider", "shares of the first deposits over holding them", &[("value", |one| one.provider)]),
        (
            "utilisation",
            "use of the compute at work, and clients that stay away",
            &[("utilisation", |one| one.utilisation), ("stayed away", |one| one.stayed_away)],
        ),
    ];
    all.into_iter()
        .map(|(name, title, lines)| {
            (format!("stability-{name}.svg"), picture(&month.script, &month.samples, title, lines))
        })
        .collect()
}

fn picture(script: &Script, samples: &[Sample], title: &str, lines: &[Line]) -> String {
    // The first and the last sample are of times that are no hour.
    let samples = samples.get(1..samples.len().saturating_sub(1)).unwrap_or_default();
    let values = lines.iter().flat_map(|(_, of)| samples.iter().map(of));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let room = ((high - low) * 0.06).max(1e-6);
    let (low, high) = (low - room, high + room);
    let days = script.days(script.end);
    let x = |day: f64| LEFT + (WIDTH - LEFT - RIGHT) * day / days;
    let y = |value: f64| TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    let shade = |from: u32, to: u32, colour: &str| {
        let (left, right) = (x(script.days(from)), x(script.days(to)));
        format!(
            "<rect x=\"{left:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>\n",
            right - left,
            HEIGHT - TOP - BOTTOM
        )
    };
    svg += &shade(script.shock, script.relief, "#f3e3e3");
    for (from, to) in &script.bursts {
        svg += &shade(*from, *to, "#dfe9d2");
    }
    for step in 0..=4 {
        let value = low + (high - low) * f64::from(step) / 4.0;
        let at = y(value);
        svg += &format!(
            "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{:.1}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/>\n",
            WIDTH - RIGHT
        );
        svg += &format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.3}</text>\n", LEFT - 5.0, at + 4.0);
    }
    let step = (days / 10.0).ceil().max(1.0);
    let mut day = 0.0;
    while day <= days {
        svg +=
            &format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{day:.0} d</text>\n", x(day), HEIGHT - 10.0);
        day += step;
    }
    svg += &format!("<text x=\"{LEFT}\" y=\"17\" font-weight=\"bold\">{title}</text>\n");
    for (place, (name, of)) in lines.iter().enumerate() {
        let colour = COLOURS[place % COLOURS.len()];
        let points: Vec<_> = samples.iter().map(|one| format!("{:.1},{:.1}", x(one.day), y(of(one)))).collect();
        svg += &format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.2\"/>\n",
            points.join(" ")
        );
        let at = WIDTH - RIGHT - 130.0 * (lines.len() - place) as f64;
        svg += &format!("<text x=\"{at:.1}\" y=\"17\" fill=\"{colour}\">— {name}</text>\n");
    }
    svg += "</svg>\n";
    svg
}
