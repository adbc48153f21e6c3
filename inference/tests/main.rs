//! Integration tests, one module per subject.

mod command_line;
mod common;
mod decoder;
mod determinism;
mod fingerprint;
mod kernels;
mod model_files;
mod receipt;
mod sampler;
mod tiny;
