//! What the compute pallet needs from the market.

use crate::ids::{Balance, PoolId};
use codec::{Decode, Encode};
use hanzo_hmm::Trade;
use scale_info::TypeInfo;
use sp_runtime::{DispatchError, DispatchResult};

/// Prices of a pool, 10¹⁸ fixed point: credits per unit of compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct MarketPrices {
    /// Marginal price now.
    pub spot: u128,
    /// Means of the clamped oracle samples over 1 hour; p̄ until an hour of history exists.
    pub twap_hour: u128,
    /// Over 1 day; the hour's while there is less than a day.
    pub twap_day: u128,
    /// Over 7 days; the day's while there are less than 7.
    pub twap_week: u128,
    /// p̄, the reference price fixed at creation.
    pub reference: u128,
}

/// Trades that the protocol makes for its users: they obey every rule of a user's own trade (limit, floor, breaker,
/// post-trade check) and besides stay within 0.3 % of a reserve per owner, pool and block.
pub trait ComputeMarket<AccountId> {
    /// Prices of a pool; fails for an unknown pool.
    fn prices(pool: PoolId) -> Result<MarketPrices, DispatchError>;

    /// What `psi` wei of compute would cost in the next block if nothing came before, nothing changed.
    fn quote_exact_out(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError>;

    /// What `psi` wei of compute would sell for in the next block if nothing came before, nothing changed.
    fn quote_sell(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError>;

    /// Buys exactly `psi` wei of compute with `payer`'s free credits, at most `max_theta` wei with fees, into
    /// `receiver`'s token account. Counts as `payer`'s order.
    fn buy_exact_out(
        payer: &AccountId,
        receiver: &AccountId,
        pool: PoolId,
        psi: Balance,
        max_theta: Balance,
    ) -> Result<Trade, DispatchError>;

    /// Sells `psi` wei of compute out of `source`'s token account for at least `min_theta` wei after fees, paid to
    /// `owner`. Counts as `owner`'s order.
    fn sell(
        owner: &AccountId,
        source: &AccountId,
        pool: PoolId,
        psi: Balance,
        min_theta: Balance,
    ) -> Result<Trade, DispatchError>;

    /// Buys as [`Self::buy_exact_out`] does, with the free credits of another account than the one whose order it is: a
    /// purchase that `owner` answers for and its bond pays.
    fn buy_back(
        owner: &AccountId,
        payer: &AccountId,
        receiver: &AccountId,
        pool: PoolId,
        psi: Balance,
        max_theta: Balance,
    ) -> Result<Trade, DispatchError>;

    /// Compute that orders of `owner` outside batches may still move in this pool in this block, wei.
    fn room(owner: &AccountId, pool: PoolId) -> Result<Balance, DispatchError>;

    /// What it would take to buy `psi` wei of compute now, fees included, wei of credits, rounded up: as one purchase up to
    /// half of what the pool has, the rest at the price after that. Without the limits on an order's size and on the move of
    /// the price, which only spread a purchase over time.
    fn cost_to_buy(pool: PoolId, psi: Balance) -> Result<Balance, DispatchError>;

    /// Gives credits of `payer`'s free balance to the providers of a pool for nothing in return (cash settlement of
    /// obligations). They enter Θ little by little, over about a day.
    fn donate(payer: &AccountId, pool: PoolId, theta: Balance) -> DispatchResult;

    /// For benchmarks: opens a deep pool whose provider is `provider`.
    #[cfg(feature = "runtime-benchmarks")]
    fn open_for_benchmark(pool: PoolId, provider: &AccountId);
}
