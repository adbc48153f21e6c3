//! The market as the tests see it: a double with prices that tests set, or the market maker itself where it has pools.

use super::*;
use hanzo_hmm::{FeeParameters, Trade};
use hanzo_traits::{ComputeMarket, MarketPrices};
use pallet_hmm::GenesisPool;

parameter_types! {
    pub const DoublePalletId: PalletId = PalletId(*b"hz/dmark");
    /// Prices that are not the initial ones.
    pub storage Prices: BTreeMap<PoolId, MarketPrices> = BTreeMap::new();
    /// Whether the double refuses every sale.
    pub storage SalesRefused: bool = false;
    /// Whether it refuses every purchase.
    pub storage PurchasesRefused: bool = false;
}

/// Sells and buys at its spot price and keeps 0.3 %: prices do not move, money and tokens do.
struct Double;

pub fn market_account() -> AccountId {
    DoublePalletId::get().into_account_truncating()
}

pub fn prices(pool: PoolId) -> MarketPrices {
    let even = MarketPrices { spot: PRICE, twap_hour: PRICE, twap_day: PRICE, twap_week: PRICE, reference: PRICE };
    Prices::get().get(&pool).copied().unwrap_or(even)
}

pub fn set_prices(pool: PoolId, change: impl FnOnce(&mut MarketPrices)) {
    let mut all = Prices::get();
    let mut entry = prices(pool);
    change(&mut entry);
    all.insert(pool, entry);
    Prices::set(&all);
}

fn fee(theta: Balance) -> Balance {
    (theta * 3).div_ceil(1_000)
}

impl Double {
    fn trade(pool: PoolId, psi: Balance, buy: bool) -> Result<Trade, DispatchError> {
        let price = Self::prices(pool)?.spot;
        let depth = Assets::balance(pool.asset_id(), market_account());
        if psi > depth * 3 / 1_000 {
            return Err(DispatchError::Other("larger than 0.3 % of the reserve: use a batch"));
        }
        let exact = psi.checked_mul(price / 1_000_000).ok_or(DispatchError::Other("range"))? / (PRICE_ONE / 1_000_000);
        let theta = if buy { exact + 1 + fee(exact) } else { exact.saturating_sub(fee(exact)) };
        Ok(Trade { psi, theta, price_before: price, price_after: price, ..Default::default() })
    }
}

impl ComputeMarket<AccountId> for Double {
    fn prices(pool: PoolId) -> Result<MarketPrices, DispatchError> {
        ensure!(Assets::total_issuance(pool.asset_id()) > 0, DispatchError::Other("no such pool"));
        Ok(prices(pool))
    }
    fn quote_exact_out(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError> {
        Self::trade(pool, psi, true)
    }
    fn quote_sell(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError> {
        Self::trade(pool, psi, false)
    }
    fn buy_exact_out(
        payer: &AccountId,
        receiver: &AccountId,
        pool: PoolId,
        psi: Balance,
        max_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        Self::buy_back(payer, payer, receiver, pool, psi, max_theta)
    }
    fn sell(
        owner: &AccountId,
        source: &AccountId,
        pool: PoolId,
        psi: Balance,
        min_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        // The tokens move before the refusal: whoever calls has to take that back.
        move_tokens(pool, source, &market_account(), psi)?;
        ensure!(!SalesRefused::get(), DispatchError::Other("no sales today"));
        let trade = Self::trade(pool, psi, false)?;
        ensure!(trade.theta >= min_theta && trade.theta > 0, DispatchError::Other("slippage"));
        Balances::transfer(&market_account(), owner, trade.theta, Preservation::Preserve)?;
        Ok(trade)
    }
    fn buy_back(
        _: &AccountId,
        payer: &AccountId,
        receiver: &AccountId,
        pool: PoolId,
        psi: Balance,
        max_theta: Balance,
    ) -> Result<Trade, DispatchError> {
        let trade = Self::trade(pool, psi, true)?;
        ensure!(trade.theta <= max_theta, DispatchError::Other("slippage"));
        Balances::transfer(payer, &market_account(), trade.theta, Preservation::Preserve)?;
        move_tokens(pool, &market_account(), receiver, psi)?;
        ensure!(!PurchasesRefused::get(), DispatchError::Other("no purchases today"));
        Ok(trade)
    }
    fn room(_: &AccountId, pool: PoolId) -> Result<Balance, DispatchError> {
        Ok(Assets::balance(pool.asset_id(), market_account()) * 3 / 1_000)
    }
    fn cost_to_buy(pool: PoolId, psi: Balance) -> Result<Balance, DispatchError> {
        Ok(psi / UNIT * Self::prices(pool)?.spot)
    }
    fn donate(payer: &AccountId, _: PoolId, theta: Balance) -> DispatchResult {
        Balances::transfer(payer, &market_account(), theta, Preservation::Preserve)?;
        Ok(())
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn open_for_benchmark(_: PoolId, _: &AccountId) {}
}

/// Pools of the market maker with the prices and depths of the double.
pub(super) fn genesis() -> Vec<GenesisPool<AccountId>> {
    let pool = |id| GenesisPool {
        id,
        epsilon_ppb: 50_000_000,
        theta_scale: (DEPTH / 1_000).into(),
        psi_scale: DEPTH.into(),
        fees: FeeParameters::DEFAULT,
        provider: PROVIDER,
        psi: DEPTH.into(),
        theta: (DEPTH / 1_000).into(),
    };
    pools().into_iter().map(pool).collect()
}

/// Whichever of the two has the pools.
pub struct Market;

macro_rules! either {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $out:ty;)*) => {
        impl ComputeMarket<AccountId> for Market {
            $(fn $name($($argument: $kind),*) -> $out {
                if pallet_hmm::PoolIds::<Test>::get().is_empty() {
                    <Double as ComputeMarket<_>>::$name($($argument),*)
                } else {
                    <Hmm as ComputeMarket<_>>::$name($($argument),*)
                }
            })*

            #[cfg(feature = "runtime-benchmarks")]
            fn open_for_benchmark(pool: PoolId, provider: &AccountId) {
                <Hmm as ComputeMarket<_>>::open_for_benchmark(pool, provider)
            }
        }
    };
}

either! {
    prices(pool: PoolId) -> Result<MarketPrices, DispatchError>;
    quote_exact_out(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError>;
    quote_sell(pool: PoolId, psi: Balance) -> Result<Trade, DispatchError>;
    buy_exact_out(
        payer: &AccountId, receiver: &AccountId, pool: PoolId, psi: Balance, max_theta: Balance
    ) -> Result<Trade, DispatchError>;
    sell(
        owner: &AccountId, source: &AccountId, pool: PoolId, psi: Balance, min_theta: Balance
    ) -> Result<Trade, DispatchError>;
    buy_back(
        owner: &AccountId, payer: &AccountId, receiver: &AccountId, pool: PoolId, psi: Balance, max_theta: Balance
    ) -> Result<Trade, DispatchError>;
    room(owner: &AccountId, pool: PoolId) -> Result<Balance, DispatchError>;
    cost_to_buy(pool: PoolId, psi: Balance) -> Result<Balance, DispatchError>;
    donate(payer: &AccountId, pool: PoolId, theta: Balance) -> DispatchResult;
}
