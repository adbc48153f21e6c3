//! Checks published test vectors; shared by the `vectors` example and the integration test of the same name.

mod cases;
pub mod exact;
mod routing;

use core::fmt;
use serde_json::Value;

/// Outcome of one case.
pub struct Line {
    name: String,
    outcome: Result<String, String>,
}

impl Line {
    /// Whether the case holds.
    pub fn passed(&self) -> bool {
        self.outcome.is_ok()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(detail) => write!(f, "ok {} {detail}", self.name),
            Err(reason) => write!(f, "FAIL {} {reason}", self.name),
        }
    }
}

/// How one case is checked: what was found, or what was expected and found.
type Check = fn(&Value) -> Result<String, String>;

/// Every case of a vector file, in order. A missing section is a failure of its own.
pub fn check(document: &Value) -> Vec<Line> {
    let sections: [(&str, &str, &str, Check); 5] = [
        ("swap", "/swaps", "id", cases::swap),
        ("rejection", "/rejections", "id", cases::rejection),
        ("multi_asset", "/multi_asset/assets", "asset", cases::asset),
        ("impermanent_loss", "/impermanent_loss_balanced_start", "eps", cases::loss),
        ("liquidity", "/liquidity", "case", cases::liquidity),
    ];
    let mut lines = Vec::new();
    for (name, pointer, key, check) in sections {
        match document.pointer(pointer).and_then(Value::as_array) {
            Some(cases) if !cases.is_empty() => lines.extend(
                cases.iter().map(|case| Line { name: format!("{name} {}", label(case, key)), outcome: check(case) }),
            ),
            _ => lines.push(Line { name: name.into(), outcome: Err(format!("no cases at {pointer}")) }),
        }
    }
    lines.extend(routing::check(document));
    lines
}

/// The value that names a case, without quotes.
fn label(case: &Value, key: &str) -> String {
    match case.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "?".into(),
    }
}
