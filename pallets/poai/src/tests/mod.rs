//! One file per behaviour.

mod attesting;
mod audits;
mod canaries;
mod challenges;
mod committees;
mod delivering;
mod failing_calls;
mod invariants;
mod pruning;
mod quality;
mod replaying;
mod slashes;
mod verifiers;
mod views;
mod windows;
