//! `hanzo-worker`: runs models and checks receipts.

fn main() -> std::process::ExitCode {
    hanzo_inference::cli::main()
}
