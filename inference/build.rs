//! Tells the engine profile what this build is made of: versions that change bits, read where cargo itself reads them.

use std::path::Path;
use std::process::Command;

fn main() -> Result<(), String> {
    let lock = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../Cargo.lock");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", lock.display());
    let text = std::fs::read_to_string(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    for (name, package) in [("HANZO_CANDLE", "candle-core"), ("HANZO_GEMM", "gemm"), ("HANZO_LIBM", "libm")] {
        println!("cargo:rustc-env={name}={package} {}", version(&text, package)?);
    }
    println!("cargo:rustc-env=HANZO_RUSTC={}", compiler()?);
    println!("cargo:rustc-env=HANZO_TARGET_FEATURES={}", variable("CARGO_CFG_TARGET_FEATURE")?.replace(',', "+"));
    Ok(())
}

/// The one version of a package that a lock file holds.
fn version(lock: &str, package: &str) -> Result<String, String> {
    let head = format!("name = \"{package}\"\nversion = \"");
    match lock.split(&head).skip(1).collect::<Vec<_>>()[..] {
        [rest] => Ok(rest.split('"').next().unwrap_or_default().into()),
        ref found => Err(format!("Cargo.lock has {} versions of {package}; the engine profile names one", found.len())),
    }
}

/// `rustc --version` of the compiler in use.
fn compiler() -> Result<String, String> {
    let rustc = variable("RUSTC")?;
    let output = Command::new(&rustc).arg("--version").output().map_err(|e| format!("{rustc}: {e}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|e| format!("{name}: {e}"))
}
