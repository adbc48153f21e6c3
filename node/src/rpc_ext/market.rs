//! `hmm_*`: pools, prices and quotes of the market.

use super::{error::Error, reader::Reader};
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{
    api::{BatchView, HmmApi, PoolView, QuoteView},
    Amount, PoolId, ResourceClass, Tier,
};
use jsonrpsee::proc_macros::rpc;
use serde::Deserialize;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;

/// The stretch of time a mean price is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a window is \"hour\", \"day\", \"week\" or a number of blocks")]
pub enum Window {
    /// By name, whatever number of blocks that is on this chain.
    Named(NamedWindow),
    /// In blocks, at most seven days.
    Blocks(BlockNumber),
}

/// Windows the chain keeps means over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NamedWindow {
    /// 1 hour.
    Hour,
    /// 1 day.
    Day,
    /// 7 days.
    Week,
}

/// The market. Prices and ratios are 10¹⁸ fixed point, amounts wei.
#[rpc(server)]
pub trait Market {
    /// Every pool.
    #[method(name = "hmm_pools", blocking)]
    fn pools(&self, at: Option<Hash>) -> Result<Vec<PoolView>, Error>;

    /// One pool.
    #[method(name = "hmm_pool", blocking)]
    fn pool(&self, class: ResourceClass, tier: Option<Tier>, at: Option<Hash>) -> Result<PoolView, Error>;

    /// Compute for `theta_in` credits, fees included.
    #[method(name = "hmm_quoteBuy", blocking)]
    fn quote_buy(
        &self,
        class: ResourceClass,
        theta_in: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<QuoteView<BlockNumber>, Error>;

    /// Credits for exactly `psi_out` of compute.
    #[method(name = "hmm_quoteBuyExactOut", blocking)]
    fn quote_buy_exact_out(
        &self,
        class: ResourceClass,
        psi_out: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<QuoteView<BlockNumber>, Error>;

    /// Credits for `psi_in` of compute, after fees.
    #[method(name = "hmm_quoteSell", blocking)]
    fn quote_sell(
        &self,
        class: ResourceClass,
        psi_in: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<QuoteView<BlockNumber>, Error>;

    /// Marginal price.
    #[method(name = "hmm_price", blocking)]
    fn price(&self, class: ResourceClass, tier: Option<Tier>, at: Option<Hash>) -> Result<Amount, Error>;

    /// Mean price over a window.
    #[method(name = "hmm_twap", blocking)]
    fn twap(&self, class: ResourceClass, window: Window, tier: Option<Tier>, at: Option<Hash>)
        -> Result<Amount, Error>;

    /// The batch that calls in the next block belong to, and its orders.
    #[method(name = "hmm_batch", blocking)]
    fn batch(
        &self,
        class: ResourceClass,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<BatchView<AccountId, BlockNumber>, Error>;

    /// What a liquidity provider loses against holding when the price moves from balance by `ratio`.
    #[method(name = "hmm_impermanentLoss", blocking)]
    fn impermanent_loss(
        &self,
        class: ResourceClass,
        ratio: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<Amount, Error>;
}

/// Answers [`MarketServer`] from the runtime.
pub struct MarketRpc<C> {
    reader: Reader<C>,
}

impl<C> MarketRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self { reader }
    }
}

/// The pool of a class, in tier 0 unless another is named.
fn pool_id(class: ResourceClass, tier: Option<Tier>) -> PoolId {
    PoolId { class, tier: tier.unwrap_or_default() }
}

impl<C> MarketServer for MarketRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    C::Api: HmmApi<Block, AccountId, BlockNumber>,
{
    fn pools(&self, at: Option<Hash>) -> Result<Vec<PoolView>, Error> {
        self.reader.call("HmmApi_pools", at, |api, at| api.pools(at))
    }

    fn pool(&self, class: ResourceClass, tier: Option<Tier>, at: Option<Hash>) -> Result<PoolView, Error> {
        self.reader.call("HmmApi_pool", at, |api, at| api.pool(at, pool_id(class, tier)))?.map_err(Error::Market)
    }

    fn quote_buy(
        &self,
        class: ResourceClass,
        theta_in: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<QuoteView<BlockNumber>, Error> {
        self.reader
            .call("HmmApi_quote_buy", at, |api, at| api.quote_buy(at, pool_id(class, tier), theta_in.0))?
            .map_err(Error::Market)
    }

    fn quote_buy_exact_out(
        &self,
        class: ResourceClass,
        psi_out: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<QuoteView<BlockNumber>, Error> {
        self.reader
            .call("HmmApi_quote_buy_exact_out", at, |api, at| {
                api.quote_buy_exact_out(at, pool_id(class, tier), psi_out.0)
            })?
            .map_err(Error::Market)
    }

    fn quote_sell(
        &self,
        class: ResourceClass,
        psi_in: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<QuoteView<BlockNumber>, Error> {
        self.reader
            .call("HmmApi_quote_sell", at, |api, at| api.quote_sell(at, pool_id(class, tier), psi_in.0))?
            .map_err(Error::Market)
    }

    fn price(&self, class: ResourceClass, tier: Option<Tier>, at: Option<Hash>) -> Result<Amount, Error> {
        self.reader.call("HmmApi_price", at, |api, at| api.price(at, pool_id(class, tier)))?.map_err(Error::Market)
    }

    fn twap(
        &self,
        class: ResourceClass,
        window: Window,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<Amount, Error> {
        match window {
            Window::Named(name) => self.pool(class, tier, at).map(|pool| match name {
                NamedWindow::Hour => pool.twap_hour,
                NamedWindow::Day => pool.twap_day,
                NamedWindow::Week => pool.twap_week,
            }),
            Window::Blocks(blocks) => self
                .reader
                .call("HmmApi_twap", at, |api, at| api.twap(at, pool_id(class, tier), blocks))?
                .map_err(Error::Market),
        }
    }

    fn batch(
        &self,
        class: ResourceClass,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<BatchView<AccountId, BlockNumber>, Error> {
        self.reader.call("HmmApi_batch", at, |api, at| api.batch(at, pool_id(class, tier)))?.map_err(Error::Market)
    }

    fn impermanent_loss(
        &self,
        class: ResourceClass,
        ratio: Amount,
        tier: Option<Tier>,
        at: Option<Hash>,
    ) -> Result<Amount, Error> {
        self.reader
            .call("HmmApi_impermanent_loss", at, |api, at| api.impermanent_loss(at, pool_id(class, tier), ratio.0))?
            .map_err(Error::Market)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_should_be_a_name_or_a_number_of_blocks() {
        assert_eq!(serde_json::from_str::<Window>("\"day\"").unwrap(), Window::Named(NamedWindow::Day));
        assert_eq!(serde_json::from_str::<Window>("1800").unwrap(), Window::Blocks(1800));
        let error = serde_json::from_str::<Window>("\"year\"").unwrap_err().to_string();
        assert!(error.contains("\"hour\", \"day\", \"week\" or a number of blocks"), "{error}");
    }
}
