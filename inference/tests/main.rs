//! Integration tests, one module per subject.

mod attached_chain;
mod chain_commands;
mod challenge;
mod command_line;
mod common;
mod decoder;
mod detection;
mod determinism;
mod engine;
mod fingerprint;
mod gap;
mod job_replay;
mod kernels;
mod model_files;
mod model_files_fuzz;
mod model_files_gguf;
mod receipt;
mod runner;
mod sampler;
mod sealed_output;
mod tiny;
mod verifier_loop;
mod verify;
mod verify_command;
mod worker_loop;
