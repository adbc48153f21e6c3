//! Margin: what happens to obligations that a bond no longer backs, or that their worker leaves behind (docs/jobs.md,
//! "Margin").
//!
//! | file | holds |
//! |---|---|
//! | [`types`] | a call, and where it waits |
//! | `excess` | how much of its obligations a worker has to get rid of |
//! | `calls` | starting and lifting calls |
//! | `turns` | the queue that the hook works off |
//! | `buy_back` | slices bought from the bond |
//! | `cash` | obligations paid off without tokens |
//!
//! ```text
//! over the limit, ejected or leaving ── call ──▶ grace ──▶ slices from the bond, 7 days ──▶ cash ──▶ no obligation left
//!                                        ▲                     within the limit again: the call is lifted
//! ```
//! Whatever the worker and the market do, every call ends: each block takes at least one turn, a turn works on one pool of
//! one worker, and once the seven days are over a turn settles what its pool has left.

mod buy_back;
mod calls;
mod cash;
mod excess;
mod turns;
pub mod types;

pub(crate) use turns::DROPPED_PER_TURN;

/// Most that the protocol pays for a token it buys back, and what settling one in cash costs, in percent of a mean price.
pub(crate) const PREMIUM_PERCENT: u128 = 105;
