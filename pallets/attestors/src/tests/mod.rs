//! One file per behaviour.

mod binding;
mod failing_calls;
mod proving;
mod real_quotes;
mod registry;
mod verdicts;
