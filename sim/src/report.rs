//! What is printed: a table for people, JSON for programs, Markdown for the documentation.

use crate::trial::{in_ai, Verdict};
use serde::Serializer;

/// Wei as text: JSON numbers lose their digits.
pub fn wei<S: Serializer>(amount: &i128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}

/// The same for a list.
pub fn all_wei<S: Serializer>(amounts: &[i128], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(amounts.iter().map(i128::to_string))
}

/// A table with one line an adversary.
pub fn table(verdicts: &[Verdict]) -> String {
    let mut lines = vec![format!(
        "{:<20} {:>6} {:>14} {:>12} {:>16} {:>7} {:>12}  claim",
        "adversary", "seeds", "mean $AI", "± error", "greatest $AI", "> 0", "victims lost"
    )];
    for verdict in verdicts {
        let (best, all) = (&verdict.best, &verdict.all);
        let claim = match &verdict.broken {
            None if !verdict.decided => format!("{}: too few seeds to tell", verdict.claim.text()),
            None => format!("{}: holds", verdict.claim.text()),
            Some(why) => format!("{}: BROKEN, {why}", verdict.claim.text()),
        };
        lines.push(format!(
            "{:<20} {:>6} {:>14.6} {:>12.6} {:>16.6} {:>6.1}% {:>12.6}  {claim}",
            verdict.name,
            all.runs,
            best.mean,
            best.standard_error,
            in_ai(all.greatest),
            best.profitable * 100.0,
            best.victims_lost,
        ));
        if let Some(open) = verdict.open {
            lines.push(format!("{:<20} open: {open}", ""));
        }
        for (name, value) in &verdict.notes {
            lines.push(format!("{:<20} {name}: {value:.6}", ""));
        }
    }
    lines.push("Means and shares are those of the best choices found, on seeds that they were not chosen by.".into());
    lines.join("\n") + "\n"
}

/// Rows for docs/adversaries.md.
pub fn markdown(verdicts: &[Verdict]) -> String {
    let mut text = String::from(
        "| adversary | what it tries | what defeats it | seeds | mean $AI (± error) | greatest $AI | claim |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for verdict in verdicts {
        text += &format!(
            "| `{}` | {} | {} | {} | {:.4} (± {:.4}) | {:.4} | {} |\n",
            verdict.name,
            verdict.tries,
            verdict.rule,
            verdict.all.runs,
            verdict.best.mean,
            verdict.best.standard_error,
            in_ai(verdict.all.greatest),
            if verdict.holds {
                verdict.claim.text().to_owned()
            } else {
                format!("**{}: broken**", verdict.claim.text())
            },
        );
    }
    text
}
