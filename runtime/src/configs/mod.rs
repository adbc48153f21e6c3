//! How the chain runs each pallet: one file per pallet, with the reason for every constant beside it.

pub mod assets;
pub mod attestors;
pub mod authorship;
pub mod babe;
pub mod balances;
pub mod compute;
pub mod grandpa;
pub mod hmm;
pub mod multisig;
pub mod offences;
pub mod poai;
pub mod preimage;
pub mod proxy;
pub mod scheduler;
pub mod sealing;
pub mod session;
pub mod sudo;
pub mod system;
pub mod time_scale;
pub mod timestamp;
pub mod transaction_payment;
pub mod treasury;
pub mod utility;
