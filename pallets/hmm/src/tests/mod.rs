//! Tests, one file per behaviour.

mod adversary;
mod batch_clearing;
mod batch_orders;
mod batch_payouts;
mod breaker;
mod creation;
mod fees;
mod limits;
mod liquidity;
mod mean_price;
mod oracle;
mod parameters;
mod protocol;
mod random;
mod references;
mod route;
mod sandwich;
mod storage;
mod swap_many;
mod views;
