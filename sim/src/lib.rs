//! Simulations on the real runtime, natively: every block runs all hooks of all pallets, with real VRF outputs.
//!
//! | module | holds |
//! |---|---|
//! | [`world`] | a chain with honest surroundings: traders, clients, workers, providers |
//! | [`plan`] | an adversary's choices as a vector that a search can improve |
//! | [`adversaries`] | one adversary a file, and their list |
//! | [`trial`] | many seeds of one adversary: search, then the best found on seeds it has not seen |
//! | [`report`] | what is printed |
//! | [`stability`] | a month of a market under shocks |
//!
//! Amounts are wei, and money is counted in whole numbers throughout; floats only make choices and print statistics.

pub mod adversaries;
pub mod dice;
pub mod plan;
pub mod report;
pub mod stability;
pub mod trial;
pub mod world;
