//! Tests, one file per behaviour.

mod adversary;
mod breaker;
mod creation;
mod fees;
mod limits;
mod liquidity;
mod oracle;
mod parameters;
mod protocol;
mod random;
mod references;
mod sandwich;
mod storage;
mod swap_many;
mod views;
