//! What clients read: pools and quotes, with refusals as text that carries the numbers.

use crate::{refusal::Refusal, Config, Oracles, Order, Pallet, PoolIds, PoolState, Pools, Window};
use alloc::{format, string::String, vec::Vec};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{FeeSplit, Trade, PPB, PRICE_ONE};
use hanzo_traits::{
    api::{ApiResult, FeeView, PoolView, QuoteView, RouteSource},
    Amount, Balance, PoolId,
};
use sp_core::U256;
use sp_runtime::traits::{One, Saturating, UniqueSaturatedInto};

impl<T: Config> Pallet<T> {
    /// Every pool.
    pub fn pools() -> Vec<PoolView> {
        PoolIds::<T>::get().into_iter().filter_map(|pool| Self::pool(pool).ok()).collect()
    }

    /// One pool, as the last block left it.
    pub fn pool(pool: PoolId) -> ApiResult<PoolView> {
        let state = Self::stored(pool)?;
        let prices = Self::prices_of(pool).unwrap_or_default();
        let kappa = state.curve.invariant(&state.reserves).unwrap_or_default();
        Ok(PoolView {
            id: pool,
            asset_id: pool.asset_id(),
            psi: state.reserves.psi.into(),
            theta: state.reserves.theta.into(),
            kappa: format!("{kappa}"),
            price: state.spot_price().into(),
            twap_hour: prices.twap_hour.into(),
            twap_day: prices.twap_day.into(),
            twap_week: prices.twap_week.into(),
            shares: state.supply.into(),
            pending_lp_fee: state.pending_lp_fee.into(),
            donated: state.donated.theta.into(),
            donated_psi: state.donated.psi.into(),
            mean_price: state.mean_price.into(),
            curve: state.curve.into(),
            fees: state.fees,
        })
    }

    /// What a buy of exactly `theta_in` wei of credits would do first thing in the next block.
    pub fn quote_buy(pool: PoolId, theta_in: Balance) -> ApiResult<QuoteView<BlockNumberFor<T>>> {
        Self::quoted(pool, Order::Buy { theta_in, min_psi_out: 0 })
    }

    /// What a buy of exactly `psi_out` wei of compute would do first thing in the next block.
    pub fn quote_buy_exact_out(pool: PoolId, psi_out: Balance) -> ApiResult<QuoteView<BlockNumberFor<T>>> {
        Self::quoted(pool, Order::BuyExactOut { psi_out, max_theta_in: Balance::MAX })
    }

    /// What a sale of exactly `psi_in` wei of compute would do first thing in the next block.
    pub fn quote_sell(pool: PoolId, psi_in: Balance) -> ApiResult<QuoteView<BlockNumberFor<T>>> {
        Self::quoted(pool, Order::Sell { psi_in, min_theta_out: 0 })
    }

    /// Every pool with liquidity as trades in the next block find it, for routers; and that block.
    pub fn route_sources() -> (Vec<RouteSource>, BlockNumberFor<T>) {
        let at = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
        let source = |id| {
            let state = Self::opened_at(id, at).ok().filter(PoolState::is_open)?;
            Some(RouteSource {
                id,
                curve: state.curve,
                fees: state.fees,
                reserves: state.reserves,
                reference: state.reference,
                mean: state.pool().mean,
                floor: state.floor(),
                most: Self::order_limit(state.reference.psi)?,
            })
        };
        (PoolIds::<T>::get().into_iter().filter_map(source).collect(), at)
    }

    /// Marginal price the last block closed at, 10¹⁸ fixed point; p̄ while there is no liquidity.
    pub fn price(pool: PoolId) -> ApiResult<Amount> {
        Ok(Self::stored(pool)?.spot_price().into())
    }

    /// Mean price over the last `window` blocks, at most seven days. While the history is shorter, those of 1 hour, 1 day and
    /// 7 days have stand-ins, and others are refused.
    pub fn twap(pool: PoolId, window: BlockNumberFor<T>) -> ApiResult<Amount> {
        let prices = Self::prices_of(pool).ok_or_else(|| Self::explained(pool, Refusal::UnknownPool))?;
        let asked = window.unique_saturated_into();
        let [hour, day, week] = Window::ALL.map(Self::window_blocks);
        match asked {
            _ if asked == hour => Ok(prices.twap_hour.into()),
            _ if asked == day => Ok(prices.twap_day.into()),
            _ if asked == week => Ok(prices.twap_week.into()),
            _ => Self::mean_over(pool, asked).map(Amount).ok_or_else(|| {
                let known = Oracles::<T>::get(pool).map_or(0, |oracle| oracle.samples);
                Self::explained(pool, Refusal::UnknownWindow { asked, known, longest: week })
            }),
        }
    }

    /// What a provider that deposited at balance has lost against holding when the price is `ratio` (10¹⁸ fixed point)
    /// times that at deposit: a magnitude, 10¹⁸ fixed point.
    pub fn impermanent_loss(pool: PoolId, ratio: u128) -> ApiResult<Amount> {
        let state = Self::stored(pool)?;
        hanzo_hmm::impermanent_loss(state.curve.epsilon_ppb, ratio)
            .map(Amount)
            .map_err(|error| Self::explained(pool, Refusal::Maths { error, reserves: state.reserves }))
    }

    /// The last sample of the oracle and how many there are: for explorers and tests.
    pub fn last_sample(pool: PoolId) -> Option<(u128, u64)> {
        Oracles::<T>::get(pool).map(|oracle| (oracle.sample, oracle.samples))
    }

    fn stored(pool: PoolId) -> ApiResult<PoolState<BlockNumberFor<T>>> {
        Pools::<T>::get(pool).ok_or_else(|| Self::explained(pool, Refusal::UnknownPool))
    }

    fn quoted(pool: PoolId, order: Order) -> ApiResult<QuoteView<BlockNumberFor<T>>> {
        Self::quote_next(pool, &order)
            .map(|(trade, at)| view_of(&trade, at))
            .map_err(|refusal| Self::explained(pool, refusal))
    }

    pub(crate) fn explained(pool: PoolId, refusal: Refusal) -> String {
        format!("pool {}/{}: {refusal}", pool.class.name(), pool.tier)
    }
}

fn view_of<BlockNumber>(trade: &Trade, at: BlockNumber) -> QuoteView<BlockNumber> {
    QuoteView {
        psi: trade.psi.into(),
        theta: trade.theta.into(),
        fee: fee_view(&trade.fee),
        price_before: trade.price_before.into(),
        price_after: trade.price_after.into(),
        price_impact_ppb: impact_ppb(trade).unwrap_or(u64::MAX),
        at,
    }
}

fn fee_view(fee: &FeeSplit) -> FeeView {
    FeeView {
        total: fee.total.into(),
        market: fee.market.into(),
        risk: fee.risk.into(),
        mean: fee.mean.into(),
        burned: fee.burned.into(),
        treasury: fee.treasury.into(),
        lp: fee.lp.into(),
    }
}

/// |average price ÷ price before − 1| in parts per billion, floored; `None` beyond 64 bits.
fn impact_ppb(trade: &Trade) -> Option<u64> {
    let average = U256::from(trade.theta).checked_mul(PRICE_ONE.into())?.checked_div(trade.psi.into())?;
    let gap = average.abs_diff(trade.price_before.into());
    gap.checked_mul(PPB.into())?.checked_div(trade.price_before.into())?.try_into().ok()
}
