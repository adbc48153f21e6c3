//! One file per behaviour.

mod attesting;
mod delivering;
mod failing_calls;
mod invariants;
mod pruning;
mod quality;
mod replaying;
mod views;
mod windows;
