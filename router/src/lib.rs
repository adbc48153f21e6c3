//! The router: what jobs need, bought from the pools of the market and placed on workers at least cost (docs/market.md,
//! "Routing"). It runs off chain, in a node or a client. The chain verifies what is submitted and never searches.
//!
//! ```text
//! min Σ G_p(y_p)   s.t.   Σ_p z_bsp = r_b·Σ_{w∈s} x_bw,   y_p = Σ z_bsp ≤ u_p,   Σ_w x_bw = 1,   Σ_b r_b·x_bw ≤ u_w
//! ```
//! p counts pools, b blocks (what has to stay together), w workers, s sets of tiers. `G_p` is what the pool takes, fees
//! included; `x_bw` the part of a block that worker w does, which it can do for tokens of its own tiers only.
//!
//! | module | holds |
//! |---|---|
//! | [`types`] | what is asked and what is answered |
//! | [`sla`] | hard filters, and what a worker can take on |
//! | [`plan`] | the search, step by step |
//! | [`efe`] | weights of options that cost the same |
//! | [`error`] | why there is no plan, with the numbers |
//! | `cost`, `program` | a pool's cost for a convex solver, and the conic program |
//! | `transport` | amounts that fit exactly, in integers |
//!
//! # Where the solver ends
//! Where no row couples the classes, the integer water-filling of [`hanzo_hmm::find_route`] gives the answer, and no solver
//! runs. Otherwise Clarabel solves the program on doubles, and its answer only says how to split: amounts are made whole in
//! integers, so that they add up and no limit is exceeded, and every cost told is the pool's own, for these amounts.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used))]

mod blocks;
mod cost;
pub mod efe;
pub mod error;
pub mod plan;
mod program;
mod round;
pub mod sla;
mod transport;
pub mod types;

pub use error::Error;
pub use plan::find_plan;
pub use types::{
    FilterPrice, Job, JobPlan, Market, Method, Offer, Place, Placement, Plan, Purchase, Request, WorkerPrice,
};
