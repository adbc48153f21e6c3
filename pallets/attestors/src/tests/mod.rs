//! One file per behaviour.

mod binding;
mod failing_calls;
mod proving;
mod registry;
mod verdicts;
