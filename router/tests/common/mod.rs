//! What the tests share: random markets, workers and jobs, and what must hold of every plan.
#![allow(dead_code)]

use hanzo_hmm::{route::Source, verify_route, Curve, FeeParameters, Pool, Reserves};
use hanzo_router::{Job, Market, Offer, Plan, Purchase, Request};
use hanzo_traits::{ResourceClass, Resources, Tier};
use proptest::{prelude::*, test_runner::FileFailurePersistence};

/// One unit in wei.
pub const UNIT: u128 = 1_000_000_000_000_000_000;

/// Classes of random programs.
pub const CLASSES: [ResourceClass; 3] = [ResourceClass::Gpu, ResourceClass::Ram, ResourceClass::Net];

/// `HANZO_PROPTEST_CASES` cases but at most 10,000, 200 by default; failures are kept beside the test.
pub fn config() -> ProptestConfig {
    let cases = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(200u32);
    ProptestConfig {
        cases: cases.min(10_000),
        max_global_rejects: u32::MAX,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

/// `part` parts per billion of `whole`.
pub fn share(whole: u128, part: u32) -> u128 {
    let part = u128::from(part);
    whole / 1_000_000_000 * part + whole % 1_000_000_000 * part / 1_000_000_000
}

/// Log-uniform in [2^low, 2^(high+1)).
pub fn magnitude(low: u32, high: u32) -> impl Strategy<Value = u128> {
    (low..=high).prop_flat_map(|bits| (1u128 << bits)..(1u128 << (bits + 1)))
}

/// Fees as they are by default, or without a risk fee.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fees {
    /// 30 bps and 5 %.
    Default,
    /// Any market fee, no risk fee.
    Flat,
}

/// A pool of a class and tier, whose price is within a factor of `spread` of one and from which others may have traded in the
/// block; capped or not.
pub fn market(class: ResourceClass, tier: Tier, fees: Fees, spread: u32) -> impl Strategy<Value = Market> {
    let epsilon = prop_oneof![1 => Just(0u32), 1 => Just(50_000_000), 1 => Just(500_000_000), 3 => 0..=500_000_000u32];
    let ratio = (0..=1_000_000u32).prop_map(move |at| f64::from(spread).powf(f64::from(at) / 500_000.0 - 1.0));
    let moved = prop_oneof![1 => Just(1_000_000_000u32), 1 => 950_000_000..=1_050_000_000u32];
    let cap = prop_oneof![2 => Just(None), 1 => (10_000_000..=900_000_000u32).prop_map(Some)];
    (epsilon, magnitude(70, 72), ratio, moved, cap, 0..=100_000_000u32).prop_map(
        move |(epsilon, psi, ratio, moved, cap, market_ppb)| {
            let reserves = Reserves { psi, theta: share(psi, (ratio * 1e9 / 64.0) as u32) * 64 };
            let reference = Reserves { psi: share(psi, moved), theta: reserves.theta };
            let fees = match fees {
                Fees::Default => FeeParameters::DEFAULT,
                Fees::Flat => FeeParameters { market_ppb, risk_ppb: 0, ..FeeParameters::DEFAULT },
            };
            let curve = Curve::new(epsilon, UNIT, UNIT).unwrap();
            let pool = Pool { curve, fees, reserves, reference, mean: None };
            Market { class, tier, source: Source { pool, cap: cap.map(|part| share(psi, part)), floor: psi / 100 } }
        },
    )
}

/// Pools of all of [`CLASSES`] in tiers 0 to `tiers` − 1.
pub fn markets(tiers: Tier, fees: Fees, spread: u32) -> impl Strategy<Value = Vec<Market>> {
    let all: Vec<_> = CLASSES
        .into_iter()
        .flat_map(|class| (0..tiers).map(move |tier| (class, tier)))
        .map(|(class, tier)| market(class, tier, fees, spread))
        .collect();
    all
}

/// The same pools, some with a mean price within 5 % of their own.
pub fn markets_with_means(tiers: Tier, fees: Fees, spread: u32) -> impl Strategy<Value = Vec<Market>> {
    let mean = prop_oneof![1 => Just(None), 1 => (950_000_000..=1_050_000_000u32).prop_map(Some)];
    let means = proptest::collection::vec(mean, CLASSES.len() * usize::from(tiers));
    (markets(tiers, fees, spread), means).prop_map(|(mut markets, means)| {
        for (market, mean) in markets.iter_mut().zip(means) {
            let pool = &mut market.source.pool;
            pool.mean = mean.map(|part| share(pool.price().unwrap(), part));
        }
        markets
    })
}

/// What pools of a class hold within caps and floors, in tiers that `accepts`.
pub fn available(markets: &[Market], class: ResourceClass, accepts: impl Fn(Tier) -> bool) -> u128 {
    let of = markets.iter().filter(|market| market.class == class && accepts(market.tier));
    of.map(|market| market.source.most()).sum()
}

/// A need of each class that is this part of what some pools hold of it.
pub fn needs(markets: &[Market], parts: [u32; 3], accepts: impl Fn(Tier) -> bool) -> Resources {
    let mut needs = Resources::default();
    for (class, part) in CLASSES.into_iter().zip(parts) {
        needs.set(class, share(available(markets, class, &accepts), part));
    }
    needs
}

/// A worker in these tiers that can take on any amount.
pub fn offer(tiers: &[Tier]) -> Offer {
    Offer {
        tiers: tiers.to_vec(),
        capacity: Resources([u128::MAX / 4; 6]),
        free_limit: u128::MAX / 4,
        regions: 1,
        latency_ms: 100,
        jitter_ms: 10,
        tee: false,
        quality_ppb: 500_000_000,
        information: 0.0,
        utility: 0.0,
    }
}

/// A worker in these tiers whose capacity is this part of what is needed, in parts per billion per class.
pub fn sized(tiers: &[Tier], needs: &Resources, parts: [u32; 3]) -> Offer {
    let mut capacity = Resources::default();
    for (class, part) in CLASSES.into_iter().zip(parts) {
        capacity.set(class, share(needs.get(class), part));
    }
    Offer { capacity, ..offer(tiers) }
}

/// A request of one job without limits.
pub fn request(job: Job) -> Request {
    Request::of(job)
}

/// Checks what must hold of every plan: the chain's own check takes it at its cost, amounts add up in every way they are
/// told, and no worker does more than it can or takes tokens that are not of its tiers.
pub fn ensure_holds(plan: &Plan, markets: &[Market], offers: &[Offer], request: &Request) -> Result<(), TestCaseError> {
    let mut total = 0;
    for class in ResourceClass::ALL {
        let of_class: Vec<&Purchase> =
            plan.purchases.iter().filter(|bought| markets[bought.market].class == class).collect();
        let sources: Vec<Source> = of_class.iter().map(|bought| markets[bought.market].source).collect();
        let amounts: Vec<u128> = of_class.iter().map(|bought| bought.psi).collect();
        let required = plan.jobs.iter().map(|job| job.amounts.get(class)).sum();
        let told = of_class.iter().map(|bought| bought.theta).sum();
        prop_assert_eq!(amounts.iter().sum::<u128>(), required);
        prop_assert_eq!(verify_route(&sources, &amounts, required, told), Ok(told));
        total += told;
        let served = plan.jobs.iter().flat_map(|job| &job.served).filter(|(of, _, _)| *of == class);
        prop_assert_eq!(served.map(|(_, _, amount)| amount).sum::<u128>(), required);
    }
    prop_assert_eq!(plan.total, total);
    prop_assert!(plan.bound <= plan.total);
    prop_assert!(request.max_credits.is_none_or(|most| plan.total <= most));
    prop_assert!(plan.jobs.iter().map(|job| job.cost).sum::<u128>() >= plan.total);
    for (asked, told) in request.jobs.iter().zip(&plan.jobs) {
        if plan.served == 1.0 {
            prop_assert_eq!(told.amounts, asked.needs);
        }
        for class in ResourceClass::ALL {
            let done: u128 = told.places.iter().map(|place| place.amounts.get(class)).sum();
            prop_assert!(told.places.is_empty() || done == told.amounts.get(class));
            let asks = |tier| asked.tiers.as_ref().is_none_or(|tiers| tiers.contains(&tier));
            for (_, tier, _) in told.served.iter().filter(|(of, _, _)| *of == class) {
                prop_assert!(asks(*tier));
                let takes = |offer: &Offer| *tier == 0 || offer.tiers.contains(tier);
                let doing = told.places.iter().filter(|place| place.amounts.get(class) > 0);
                prop_assert!(told.places.is_empty() || doing.clone().any(|place| takes(&offers[place.offer])));
            }
        }
        if !told.places.is_empty() {
            let weights: f64 = told.places.iter().map(|place| place.weight).sum();
            prop_assert!((weights - 1.0).abs() < 1e-9, "{weights}");
        }
    }
    for (index, offer) in offers.iter().enumerate() {
        for class in ResourceClass::ALL {
            let places = plan.jobs.iter().flat_map(|job| &job.places).filter(|place| place.offer == index);
            let done: u128 = places.map(|place| place.amounts.get(class)).sum();
            prop_assert!(done <= offer.capacity.get(class));
        }
    }
    Ok(())
}

/// Whether two costs agree to this part.
pub fn agree(one: f64, other: f64, part: f64) -> bool {
    (one - other).abs() <= part * one.abs().max(other.abs())
}
