//! `hmm_route`: the cheapest way to buy what a job needs, over the tiers that it accepts. The node searches; the chain only
//! checks a route that is submitted (`hmm.buyRoute`).

mod answer;
mod options;

pub use answer::Routed;
pub use options::Options;

use super::{error::Error, reader::Reader};
use answer::{markets, told};
use hanzo_hmm::{
    find_route,
    route::{RouteError, Source},
};
use hanzo_router::find_plan;
use hanzo_runtime::{opaque::Block, AccountId, BlockNumber, Hash};
use hanzo_traits::{
    api::{ClassRoute, HmmApi, JobsApi, RouteShare, RouteSource, RouteView},
    Amount, Balance, ResourceClass, Tier,
};
use jsonrpsee::proc_macros::rpc;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;

/// Routes over the market.
#[rpc(server)]
pub trait Routes {
    /// The cheapest way to buy `resources`, six amounts in the order of the classes, in `tiers` (all, if left out), within
    /// what an account may trade in a block. `options` ask for more: who may run the job, on how many workers, within which
    /// budget, together with which others; they cost the answer a plan beside the classes.
    #[method(name = "hmm_route", blocking)]
    fn route(
        &self,
        resources: [Amount; ResourceClass::COUNT],
        tiers: Option<Vec<Tier>>,
        at: Option<Hash>,
        options: Option<Options>,
    ) -> Result<Routed, Error>;
}

/// Answers [`RoutesServer`] from the runtime's pools.
pub struct RoutesRpc<C> {
    reader: Reader<C>,
}

impl<C> RoutesRpc<C> {
    /// Over `reader`.
    pub fn new(reader: Reader<C>) -> Self {
        Self { reader }
    }
}

impl<C> RoutesServer for RoutesRpc<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    C::Api: HmmApi<Block, AccountId, BlockNumber> + JobsApi<Block, AccountId, BlockNumber>,
{
    fn route(
        &self,
        resources: [Amount; ResourceClass::COUNT],
        tiers: Option<Vec<Tier>>,
        at: Option<Hash>,
        options: Option<Options>,
    ) -> Result<Routed, Error> {
        // One block for everything that is read.
        let at = at.unwrap_or_else(|| self.reader.best().0);
        let (sources, block) = self.reader.call("HmmApi_route_sources", Some(at), |api, at| api.route_sources(at))?;
        let Some(options) = options else {
            let route = plain(resources, tiers.as_deref(), &sources, block).map_err(Error::Market)?;
            return Ok(Routed { route, plan: None });
        };
        let request = options.request(resources, tiers);
        let (accounts, offers) = options.offers(&request, &self.reader, at)?;
        let markets = markets(&sources);
        let plan = find_plan(&markets, &offers, &request).map_err(|error| Error::Market(error.to_string()))?;
        Ok(told(&plan, &markets, &accounts, block))
    }
}

/// The route of what nothing couples, class by class.
fn plain(
    resources: [Amount; ResourceClass::COUNT],
    tiers: Option<&[Tier]>,
    sources: &[RouteSource],
    at: BlockNumber,
) -> Result<RouteView<BlockNumber>, String> {
    let needed = ResourceClass::ALL.into_iter().zip(resources).filter(|(_, required)| required.0 > 0);
    let classes: Vec<_> =
        needed.map(|(class, required)| class_route(class, required.0, sources, tiers)).collect::<Result<_, _>>()?;
    if classes.is_empty() {
        return Err("no resources are asked for".into());
    }
    let total = classes.iter().try_fold(0, |sum: Balance, class| sum.checked_add(class.total.0));
    let total = total.ok_or("the costs of all classes exceed 128 bits")?;
    Ok(RouteView { classes, total: total.into(), at })
}

/// The route of one class, and what the choice of tiers adds to its cost.
fn class_route(
    class: ResourceClass,
    required: Balance,
    sources: &[RouteSource],
    tiers: Option<&[Tier]>,
) -> Result<ClassRoute, String> {
    let all: Vec<RouteSource> = sources.iter().filter(|source| source.id.class == class).copied().collect();
    let accepts = |tier: Tier| tiers.is_none_or(|tiers| tiers.contains(&tier));
    let accepted: Vec<_> = all.iter().filter(|source| accepts(source.id.tier)).copied().collect();
    let explained = |error: RouteError| format!("{}: {error}", class.name());
    let find = |sources: &[RouteSource]| {
        find_route(&sources.iter().map(maths).collect::<Vec<_>>(), required).map_err(explained)
    };
    let route = find(&accepted)?;
    let tier_price = match accepted.len() == all.len() {
        true => 0,
        false => route.total.saturating_sub(find(&all)?.total),
    };
    let share = |(source, share): (&RouteSource, &hanzo_hmm::route::Share)| RouteShare {
        tier: source.id.tier,
        psi: share.psi.into(),
        theta: share.theta.into(),
        marginal_price: share.marginal_price.into(),
        cap_price: share.cap_price.into(),
    };
    Ok(ClassRoute {
        class,
        required: required.into(),
        total: route.total.into(),
        shadow_price: route.shadow_price.into(),
        tier_price: tier_price.into(),
        shares: accepted.iter().zip(&route.shares).map(share).collect(),
    })
}

/// A pool as the solver takes it, capped at what an account may trade.
fn maths(source: &RouteSource) -> Source {
    Source { pool: source.pool(), cap: Some(source.most), floor: source.floor }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hanzo_hmm::{Curve, FeeParameters, Reserves};
    use hanzo_traits::PoolId;

    const UNIT: Balance = 1_000_000_000_000_000_000;

    fn source(tier: Tier, theta: Balance) -> RouteSource {
        let reserves = Reserves { psi: 1_000 * UNIT, theta };
        RouteSource {
            id: PoolId { class: ResourceClass::Cpu, tier },
            curve: Curve { epsilon_ppb: 0, theta_scale: UNIT, psi_scale: UNIT },
            fees: FeeParameters::DEFAULT,
            reserves,
            reference: reserves,
            mean: None,
            floor: 10 * UNIT,
            most: 3 * UNIT,
        }
    }

    fn sources() -> [RouteSource; 3] {
        [source(0, 1_000 * UNIT), source(1, 1_000 * UNIT), source(2, 1_300 * UNIT)]
    }

    #[test]
    fn route_should_share_alike_between_pools_that_are_alike() {
        let route = class_route(ResourceClass::Cpu, 4 * UNIT, &sources(), None).unwrap();
        let shares: Vec<_> = route.shares.iter().map(|share| share.psi.0).collect();
        assert_eq!((shares.iter().sum::<Balance>(), shares[2]), (4 * UNIT, 0));
        // As alike as prices are told apart.
        assert!(shares[0].abs_diff(shares[1]) < UNIT / 1_000_000_000_000, "{shares:?}");
        assert_eq!(route.total.0, route.shares.iter().map(|share| share.theta.0).sum::<Balance>());
        assert_eq!(route.tier_price.0, 0);
    }

    #[test]
    fn choice_of_tiers_should_have_the_price_of_what_it_leaves_out() {
        let anywhere = class_route(ResourceClass::Cpu, 2 * UNIT, &sources(), None).unwrap();
        let dear = class_route(ResourceClass::Cpu, 2 * UNIT, &sources(), Some(&[2])).unwrap();
        assert_eq!(dear.shares.len(), 1);
        assert_eq!(dear.tier_price.0, dear.total.0 - anywhere.total.0);
        assert!(dear.tier_price.0 > UNIT / 2);
    }

    #[test]
    fn route_should_be_refused_with_the_numbers_when_there_is_not_enough() {
        let refused = class_route(ResourceClass::Cpu, 10 * UNIT, &sources(), Some(&[0, 1])).unwrap_err();
        assert!(
            refused.starts_with("cpu: 10000000000000000000 wei of compute required, 6000000000000000000"),
            "{refused}"
        );
        let none = class_route(ResourceClass::Gpu, UNIT, &sources(), None).unwrap_err();
        assert!(none.starts_with("gpu: ") && none.contains("0 available"), "{none}");
    }
}
