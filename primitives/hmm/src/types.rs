//! Plain data of the market maker: what a pool is, what a trade changes, what can go wrong.
//!
//! Amounts are integers with 18 decimals: compute (Ψ) in wei of a resource-second, credits (Θ) in wei of $AI.
//! Rates are parts per billion ([`PPB`]). Prices are credits per unit of compute times [`PRICE_ONE`].

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// S of the specification: one whole in parts per billion.
pub const PPB: u32 = 1_000_000_000;

/// Fixed-point one of a price: 10¹⁸ stands for 1 credit-wei per compute-wei.
pub const PRICE_ONE: u128 = 1_000_000_000_000_000_000;

/// Largest reserve a pool may hold on either side (10²⁸ wei). Every product of the swap formulas stays inside 256 bits.
pub const MAX_RESERVE: u128 = 10_000_000_000_000_000_000_000_000_000;

/// Least first deposit in share units, and the part of it that stays locked for ever.
pub const MIN_FIRST_SHARES: u128 = 1_000_000_000_000;
/// Shares of the first deposit that nobody can withdraw.
pub const LOCKED_SHARES: u128 = 1_000;

/// Derives shared by every record of this crate that goes on chain or over RPC.
macro_rules! records {
    ($($(#[$m:meta])* pub struct $name:ident { $($(#[$fm:meta])* pub $f:ident : $t:ty,)* })*) => {$(
        $(#[$m])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
            Serialize, Deserialize,
        )]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $($(#[$fm])* pub $f: $t,)* }
    )*};
}

records! {
    /// Shape of a pool's curve, fixed at creation (docs/market.md, "The curve").
    pub struct Curve {
        /// ε = λ/w in parts per billion, below [`PPB`]. 0 is constant product.
        pub epsilon_ppb: u32,
        /// Θ̄: the credits scale, wei; with `psi_scale` it fixes the reference price p̄ = Θ̄/Ψ̄.
        pub theta_scale: u128,
        /// Ψ̄: the compute scale, wei of a resource-second.
        pub psi_scale: u128,
    }

    /// Ψ and Θ of a pool. Stored, never read from balances.
    pub struct Reserves {
        /// Ψ: compute in the pool, wei of a resource-second, at most [`MAX_RESERVE`].
        pub psi: u128,
        /// Θ: credits in the pool, wei, at most [`MAX_RESERVE`].
        pub theta: u128,
    }

    /// Fee parameters of a pool (docs/market.md, "Fees"). All in parts per billion but the two shares.
    pub struct FeeParameters {
        /// f_m: flat market fee (default 30 bps).
        pub market_ppb: u32,
        /// λ_r: weight of the path-form risk fee (default 5 %).
        pub risk_ppb: u32,
        /// Cap of f_m + f_r (25 %).
        pub cap_ppb: u32,
        /// ζ: part of the market fee that is burned (25 %).
        pub burn_ppb: u32,
        /// The rest of the market fee splits LP : treasury; 5 here ...
        pub lp_parts: u32,
        /// ... and 1 here.
        pub treasury_parts: u32,
    }

    /// A fee in credit wei, split to the wei: `total = market + risk + mean = burned + treasury + lp`, `lp` holding the whole
    /// risk fee and `treasury` the whole mean fee.
    pub struct FeeSplit {
        /// Everything the trader pays on top of (buy) or gives up from (sell) the net trade, wei.
        pub total: u128,
        /// The market part of `total`, wei.
        pub market: u128,
        /// The risk part of `total`, wei.
        pub risk: u128,
        /// What the mean price asks beyond the curve ([`crate::Pool::mean`]), wei.
        pub mean: u128,
        /// Destroyed, wei.
        pub burned: u128,
        /// To the treasury, wei.
        pub treasury: u128,
        /// To the liquidity providers, wei.
        pub lp: u128,
    }

    /// What one swap does to a pool and to the trader.
    pub struct Trade {
        /// Compute leaving (buy) or entering (sell) the pool, wei.
        pub psi: u128,
        /// Credits the trader pays in all (buy) or receives in all (sell), fees accounted for, wei.
        pub theta: u128,
        /// Credits that cross the curve: `theta − fee.total` on buys, `theta + fee.total` on sells.
        pub theta_on_curve: u128,
        /// The fee, split.
        pub fee: FeeSplit,
        /// Reserves before the trade.
        pub before: Reserves,
        /// Reserves after it. The LPs' part of the fee is not among them: it is kept beside the reserves and enters Θ later.
        pub after: Reserves,
        /// Price before, [`PRICE_ONE`] fixed point.
        pub price_before: u128,
        /// Price after, [`PRICE_ONE`] fixed point.
        pub price_after: u128,
    }

    /// What a deposit or a withdrawal does to a pool.
    pub struct LiquidityChange {
        /// Compute taken from (deposit) or paid to (withdrawal) the provider, wei.
        pub psi: u128,
        /// Credits likewise, wei.
        pub theta: u128,
        /// Part of the credits of a deposit that joins the fees waiting beside the reserves, wei. 0 on withdrawals.
        pub pending_lp_fee: u128,
        /// Shares minted to or burned from the provider; on a first deposit without [`LOCKED_SHARES`].
        pub shares: u128,
        /// Share supply after the change, locked ones included.
        pub supply_after: u128,
        /// Reserves after the change.
        pub after: Reserves,
    }
}

/// Which way a trade goes, seen by the trader.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// Credits in, compute out.
    Buy,
    /// Compute in, credits out.
    Sell,
}

/// Why the maths refuses. The amounts are in the caller's hands, so errors carry none; the RPC layer adds them.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub enum HmmError {
    /// ε ≥ 1: the level curves would no longer be convex to the origin.
    CurvatureTooHigh,
    /// A scale is zero, or p̄ lies outside [10⁻⁹, 10⁹].
    BadScale,
    /// An amount that must be positive is zero.
    ZeroAmount,
    /// A trade's output rounds to zero.
    ZeroOutput,
    /// A reserve is zero: the pool has no liquidity.
    EmptyPool,
    /// The trade would take a reserve over [`MAX_RESERVE`].
    ReserveTooLarge,
    /// More asked out than the pool holds, or more put in than the curve reaches (Θ + x > √(2h/λ)).
    PoolExhausted,
    /// The invariant would fall: K(Ψ′, Θ′) < K(Ψ, Θ).
    InvariantDecreased,
    /// First deposit under [`MIN_FIRST_SHARES`].
    DepositTooSmall,
    /// More shares asked back than exist unlocked.
    NotEnoughShares,
    /// Fee parameters outside their bounds.
    BadFeeParameters,
    /// A number left its range: a bug or absurd input; nothing is applied.
    Overflow,
}
