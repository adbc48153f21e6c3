//! What `hmm_route` answers: the classes as ever, and with options what the router says beyond them.

use super::maths;
use hanzo_hmm::{find_route, PPB};
use hanzo_router::{Market, Method, Plan};
use hanzo_runtime::{AccountId, BlockNumber};
use hanzo_traits::{
    api::{ClassRoute, RouteShare, RouteSource, RouteView},
    Amount, Balance, ResourceClass, Resources, Tier,
};
use serde::Serialize;

/// A route, and what options add to it.
#[derive(Clone, Debug, Serialize)]
pub struct Routed {
    /// Class by class.
    #[serde(flatten)]
    pub(super) route: RouteView<BlockNumber>,
    /// Jobs, workers and prices of limits, where options were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) plan: Option<PlanView>,
}

/// What the router says of jobs, workers and limits.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// How it was found: "waterFilling" in integers, or "conic" by the convex solver.
    method: &'static str,
    /// No plan costs less than this, wei.
    bound: Amount,
    /// The part of every job that is bought, parts per billion.
    served_ppb: u32,
    /// What one more credit of `maxCredits` would buy, as a part of all jobs; 0 where the limit does not bind.
    budget_price: f64,
    /// Workers that were looked at.
    workers: usize,
    /// One per job, the first first.
    jobs: Vec<JobView>,
    /// Workers whose limits cost something.
    limits: Vec<LimitView>,
}

/// One job of a plan.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JobView {
    /// What is bought for it, wei per class.
    amounts: [Amount; ResourceClass::COUNT],
    /// Its part of the cost, wei.
    cost: Amount,
    /// What one more unit of each class would cost, 10²⁴ fixed point.
    shadow_prices: [Amount; ResourceClass::COUNT],
    /// Which tokens serve it.
    tokens: Vec<TokenView>,
    /// What each of its filters costs.
    filters: Vec<FilterView>,
    /// Who could do it, and how much of it.
    workers: Vec<WorkerShare>,
}

/// Tokens of one pool.
#[derive(Clone, Debug, Serialize)]
struct TokenView {
    class: ResourceClass,
    tier: Tier,
    /// Wei.
    psi: Amount,
}

/// The price of a filter.
#[derive(Clone, Debug, Serialize)]
struct FilterView {
    /// As the options spell it.
    filter: &'static str,
    /// What the plan would cost less without it, wei.
    price: Amount,
}

/// A worker's part of a job.
#[derive(Clone, Debug, Serialize)]
struct WorkerShare {
    worker: AccountId,
    /// Wei per class; all zero where it could do the job at the same cost, but another one is taken.
    amounts: [Amount; ResourceClass::COUNT],
    /// η, its weight among options of equal cost.
    weight: f64,
}

/// What limits of a worker cost.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LimitView {
    worker: AccountId,
    /// What one more unit of its capacity would save, per class, 10²⁴ fixed point.
    capacity_prices: [Amount; ResourceClass::COUNT],
    /// What one more credit of its free bond limit would save, credits.
    bond_price: f64,
}

/// The pools as the router takes them.
pub(super) fn markets(sources: &[RouteSource]) -> Vec<Market> {
    let market = |source: &RouteSource| Market { class: source.id.class, tier: source.id.tier, source: maths(source) };
    sources.iter().map(market).collect()
}

/// A plan, told class by class and job by job.
pub(super) fn told(plan: &Plan, markets: &[Market], accounts: &[AccountId], at: BlockNumber) -> Routed {
    let classes = ResourceClass::ALL.into_iter().filter_map(|class| class_of(class, plan, markets)).collect();
    let route = RouteView { classes, total: plan.total.into(), at };
    let worker = |offer: usize| accounts.get(offer).cloned();
    let amounts = |resources: &Resources| resources.0.map(Amount);
    let jobs = plan.jobs.iter().map(|job| JobView {
        amounts: amounts(&job.amounts),
        cost: job.cost.into(),
        shadow_prices: job.shadow_prices.map(Amount),
        tokens: job
            .served
            .iter()
            .map(|(class, tier, psi)| TokenView { class: *class, tier: *tier, psi: Amount(*psi) })
            .collect(),
        filters: job
            .filters
            .iter()
            .map(|priced| FilterView { filter: priced.filter.name(), price: priced.price.into() })
            .collect(),
        workers: job
            .places
            .iter()
            .filter_map(|place| {
                Some(WorkerShare {
                    worker: worker(place.offer)?,
                    amounts: amounts(&place.amounts),
                    weight: place.weight,
                })
            })
            .collect(),
    });
    let limits = plan.workers.iter().filter_map(|price| {
        Some(LimitView {
            worker: worker(price.offer)?,
            capacity_prices: price.capacity.map(Amount),
            bond_price: price.bond,
        })
    });
    let method = match plan.method {
        Method::WaterFilling => "waterFilling",
        Method::Conic => "conic",
    };
    let view = PlanView {
        method,
        bound: plan.bound.into(),
        served_ppb: (plan.served * f64::from(PPB)) as u32,
        // The router counts in wei of credits.
        budget_price: plan.budget_price * 1e18,
        workers: accounts.len(),
        jobs: jobs.collect(),
        limits: limits.collect(),
    };
    Routed { route, plan: Some(view) }
}

/// One class of a plan, all jobs together; `None` where none of it is bought.
fn class_of(class: ResourceClass, plan: &Plan, markets: &[Market]) -> Option<ClassRoute> {
    let of_class: Vec<_> =
        plan.purchases.iter().filter(|bought| markets.get(bought.market).is_some_and(|m| m.class == class)).collect();
    let required: Balance = of_class.iter().map(|bought| bought.psi).sum();
    if required == 0 {
        return None;
    }
    let total: Balance = of_class.iter().map(|bought| bought.theta).sum();
    let all: Vec<_> = markets.iter().filter(|market| market.class == class).map(|market| market.source).collect();
    let anywhere = find_route(&all, required).map_or(total, |route| route.total);
    let dearest = plan.jobs.iter().filter_map(|job| job.shadow_prices.get(class.index()).copied()).max();
    let share = |bought: &&hanzo_router::Purchase| {
        Some(RouteShare {
            tier: markets.get(bought.market)?.tier,
            psi: bought.psi.into(),
            theta: bought.theta.into(),
            marginal_price: bought.marginal_price.into(),
            cap_price: bought.cap_price.into(),
        })
    };
    Some(ClassRoute {
        class,
        required: required.into(),
        total: total.into(),
        shadow_price: dearest.unwrap_or_default().into(),
        tier_price: total.saturating_sub(anywhere).into(),
        shares: of_class.iter().filter_map(share).collect(),
    })
}
