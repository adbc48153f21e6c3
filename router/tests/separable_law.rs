//! Law: where nothing couples the classes, a plan is the integer water-filling of each class, to the wei, and no solver runs.

mod common;

use common::{available, config, ensure_holds, markets_with_means, needs, offer, Fees, CLASSES};
use hanzo_hmm::{find_route, route::Source};
use hanzo_router::{find_plan, Job, Market, Method, Placement, Request};
use hanzo_traits::{ResourceClass, Resources};
use proptest::prelude::*;

/// Water-filling of every class over all pools.
fn routed(markets: &[Market], needs: &Resources) -> u128 {
    let of = |class: ResourceClass| {
        let of_class = markets.iter().filter(move |market| market.class == class);
        of_class.map(|market| market.source).collect::<Vec<Source>>()
    };
    let needed = needs.iter().filter(|(_, need)| *need > 0);
    needed.map(|(class, need)| find_route(&of(class), need).unwrap().total).sum()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn plan_should_be_water_filling_when_anybody_may_do_the_job(
        markets in markets_with_means(3, Fees::Default, 3), parts in any::<[u32; 3]>(),
    ) {
        let needs = needs(&markets, parts.map(|part| 1 + part % 900_000_000), |_| true);
        let request = Request::of(Job { needs, ..Job::default() });
        let plan = find_plan(&markets, &[], &request).unwrap();
        prop_assert_eq!((plan.method, plan.total, plan.bound), (Method::WaterFilling, routed(&markets, &needs), plan.total));
        ensure_holds(&plan, &markets, &[], &request)?;
        for class in CLASSES {
            let sources: Vec<_> = markets.iter().filter(|m| m.class == class).map(|m| m.source).collect();
            let route = find_route(&sources, needs.get(class)).unwrap();
            prop_assert_eq!(plan.jobs[0].shadow_prices[class.index()], route.shadow_price);
        }
    }

    #[test]
    fn plan_should_be_water_filling_when_all_workers_are_in_the_same_tiers(
        markets in markets_with_means(3, Fees::Default, 3), parts in any::<[u32; 3]>(), placement in 0..3usize,
    ) {
        let needs = needs(&markets, parts.map(|part| 1 + part % 900_000_000), |_| true);
        let placement = [Placement::Anywhere, Placement::Parts, Placement::OneWorker][placement];
        let mut job = Job { needs, placement, ..Job::default() };
        job.sla.max_latency_ms = 100;
        let offers = [offer(&[1, 2]), offer(&[0, 1, 2]), offer(&[2, 1])];
        let request = Request::of(job);
        let plan = find_plan(&markets, &offers, &request).unwrap();
        prop_assert_eq!((plan.method, plan.total), (Method::WaterFilling, routed(&markets, &needs)));
        ensure_holds(&plan, &markets, &offers, &request)?;
    }

    #[test]
    fn jobs_should_be_routed_as_one_when_they_take_the_same_tokens(
        markets in markets_with_means(2, Fees::Default, 3), parts in any::<[u32; 3]>(), cut in 1..1_000_000_000u32,
    ) {
        let needs = needs(&markets, parts.map(|part| 1_000 + part % 900_000_000), |_| true);
        let mut first = Resources::default();
        for class in CLASSES {
            first.set(class, common::share(needs.get(class), cut).max(1));
        }
        let second = needs.checked_sub(&first).unwrap();
        let jobs = [first, second].map(|needs| Job { needs, ..Job::default() }).to_vec();
        let request = Request { jobs, max_credits: None, partial: false, beta: 0.0 };
        let plan = find_plan(&markets, &[], &request).unwrap();
        prop_assert_eq!((plan.method, plan.total), (Method::WaterFilling, routed(&markets, &needs)));
        ensure_holds(&plan, &markets, &[], &request)?;
        prop_assert!(plan.jobs.iter().map(|job| job.cost).sum::<u128>() <= plan.total + 12);
    }

    #[test]
    fn requirement_should_be_refused_with_the_numbers_when_the_pools_hold_a_wei_less(
        markets in markets_with_means(2, Fees::Default, 3), class in 0..3usize,
    ) {
        let class = CLASSES[class];
        let most = available(&markets, class, |_| true);
        let mut needs = Resources::default();
        needs.set(class, most);
        let outcome = find_plan(&markets, &[], &Request::of(Job { needs, ..Job::default() }));
        prop_assert!(outcome.is_ok());
        needs.set(class, most + 1);
        let error = find_plan(&markets, &[], &Request::of(Job { needs, ..Job::default() })).unwrap_err();
        let told = format!(
            "job 0, {}: {} wei of compute required, {most} available within caps and floors, 1 missing",
            class.name(), most + 1
        );
        prop_assert_eq!(error.to_string(), told);
    }
}
