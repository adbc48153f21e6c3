//! Hamiltonian Market Maker maths (docs/market.md): swaps, fees, liquidity and prices on 256-bit integers.
//!
//! A pool holds compute Ψ and credits Θ and keeps `H = w·ψ·θ + (λ/2)(ψ² + θ²)` from falling. Everything here is pure: a
//! function takes a pool and what somebody wants, and returns what changes ([`Trade`], [`LiquidityChange`]) or why it
//! refuses ([`HmmError`]). No storage, no accounts, no floats, no saturating arithmetic on money.
//!
//! | module | holds |
//! |---|---|
//! | [`types`] | the records and the errors |
//! | [`curve`] | shape, scales, the invariant K and its check |
//! | [`swap`] | the four swaps on the bare curve, without fees |
//! | [`fee`] | market and path-form risk fee, and their split |
//! | [`pool`] | the four trades with fees |
//! | [`liquidity`] | deposits, withdrawals and the rescaling of references |
//! | [`price`] | marginal price and reference price |
//! | [`batch`] | many orders cleared at one price |
//! | [`loss`] | impermanent loss |
//! | [`route`] | a requirement split over pools at least cost, and the check of such a split |
//!
//! # Roundings
//! Outputs floor, inputs ceil, fees ceil, shares floor, deposits ceil, withdrawals floor. When the scales differ, compute
//! becomes credits at p̄ = Θ̄/Ψ̄ and back: what the trader gives and gets rounds against the trader, and the compute reserve
//! rounds in the pool's favour, *down* where the pool pays compute out and *up* where it takes compute in. (A reserve
//! rounded down on a sell would overstate the price of compute: worth less than one credit-wei of Ψ, which in a pool of
//! few wei is a visible share.)
//!
//! # Laws
//! After every trade K(Ψ′, Θ′) ≥ K(Ψ, Θ), checked here as well as by the caller, with K on the floored compute reserve.
//! With K on exact rationals, K/shares² never falls under any operation; with equal scales the two are one and the same.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

extern crate alloc;

pub mod batch;
pub mod curve;
pub mod fee;
pub mod liquidity;
pub mod loss;
pub mod pool;
pub mod price;
pub mod route;
pub mod swap;
pub mod types;
mod wide;

pub use liquidity::rescale;
pub use loss::impermanent_loss;
pub use pool::Pool;
pub use primitive_types::U256;
pub use route::{find_route, verify_route};
pub use swap::{buy_exact_in, buy_exact_out, sell_exact_in, sell_exact_out};
pub use types::*;
