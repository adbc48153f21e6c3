//! `hanzo-worker bench detection`, on a few runs.

use serde_json::Value;
use std::process::Command;

fn bench(more: &[&str]) -> String {
    let few = ["bench", "detection", "--runs", "2", "--honest", "6", "--calibration", "6", "--log", "warn"];
    let output = Command::new(env!("CARGO_BIN_EXE_hanzo-worker")).args(few).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bench_should_give_the_same_figures_again_whatever_the_threads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plot.svg");
    let text = bench(&["--json", "--svg", path.to_str().unwrap()]);
    // The same again, in part from what a command that was stopped in the middle of a line left behind.
    let keep = directory.path().join("kept");
    let keep = keep.to_str().unwrap();
    bench(&["--json", "--threads", "2", "--keep", keep]);
    for file in std::fs::read_dir(keep).unwrap() {
        let path = file.unwrap().path();
        let whole = std::fs::read_to_string(&path).unwrap();
        let first = whole.find('\n').unwrap();
        std::fs::write(&path, &whole[..first + 30]).unwrap();
    }
    assert_eq!(text, bench(&["--json", "--threads", "2", "--keep", keep]));
    assert_eq!(text, bench(&["--json", "--keep", keep]));
    let report: Value = serde_json::from_str(&text).unwrap();
    let counts = |attack: &str, test: &str| {
        let rows = report["detected"].as_array().unwrap();
        let row = rows.iter().find(|row| row["attack"] == attack).unwrap_or_else(|| panic!("no {attack}"));
        row[test].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect::<Vec<_>>()
    };
    for row in report["detected"].as_array().unwrap() {
        let attack = row["attack"].as_str().unwrap();
        let exact = counts(attack, "exact");
        assert!(exact.windows(2).all(|pair| pair[0] <= pair[1]), "{attack}: what is found stays found: {exact:?}");
        for (wide, narrow) in counts(attack, "bf16").into_iter().zip(counts(attack, "f32")) {
            assert!(wide <= narrow, "{attack}");
        }
    }
    // What must be seen, and what cannot.
    for test in ["exact", "f32", "bf16"] {
        assert_eq!(counts("another seed", test)[7], 2, "{test}");
        assert_eq!(counts("untrained model", test)[7], 2, "{test}");
        assert_eq!(counts("output of another job, true fingerprints", test)[7], 2, "{test}");
        assert_eq!(counts("greedy, another seed", test), [0; 8], "{test}");
    }
    for honest in report["honest"].as_array().unwrap() {
        let own =
            honest["work"] == "replay profile" || honest["test"] == "bf16" || honest["work"] == "fast profile, f32";
        assert!(!own || honest["bad"].as_array().unwrap().iter().all(|bad| bad == 0), "{honest}");
    }
    let plot = std::fs::read_to_string(path).unwrap();
    assert!(plot.starts_with("<svg") && plot.contains("another temperature") && plot.ends_with("</svg>\n"));
    assert_eq!(plot.matches("<polyline").count(), 2 * report["detected"].as_array().unwrap().len());
}

#[test]
fn bench_should_print_tables_for_the_documentation() {
    let table = bench(&[]);
    for line in
        ["### Honest work called bad", "### Limits", "### Percent detected by the exact test", "| another seed |"]
    {
        assert!(table.contains(line), "{table}");
    }
}
