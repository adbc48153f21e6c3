//! Law: the part of a job that a budget buys is the largest one, and what it costs is within the budget. Bisection over
//! water-filling knows the part without a solver.

mod common;

use common::{agree, config, ensure_holds, markets, needs, Fees, CLASSES};
use hanzo_hmm::{find_route, route::Source};
use hanzo_router::{find_plan, Error, Job, Market, Request};
use hanzo_traits::Resources;
use proptest::prelude::*;

/// What a part of the needs costs by water-filling.
fn cost(markets: &[Market], needs: &Resources, part: f64) -> f64 {
    let of = |class| {
        let sources: Vec<Source> =
            markets.iter().filter(|market| market.class == class).map(|market| market.source).collect();
        let need = (needs.get(class) as f64 * part) as u128;
        find_route(&sources, need.max(1)).unwrap().total as f64
    };
    CLASSES.into_iter().map(of).sum()
}

/// The part that a budget buys.
fn bought(markets: &[Market], needs: &Resources, budget: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if cost(markets, needs, middle) <= budget {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn part_should_be_the_largest_when_the_budget_binds(
        markets in markets(2, Fees::Default, 3), parts in any::<[u32; 3]>(), budget in 10_000_000..=990_000_000u32,
    ) {
        let needs = needs(&markets, parts.map(|part| 1_000_000 + part % 500_000_000), |_| true);
        let whole = cost(&markets, &needs, 1.0);
        let budget = (whole * f64::from(budget) * 1e-9) as u128;
        let job = Job { needs, ..Job::default() };
        let mut request = Request { jobs: vec![job], max_credits: Some(budget), partial: true, beta: 1.0 };
        let plan = find_plan(&markets, &[], &request).unwrap();
        ensure_holds(&plan, &markets, &[], &request)?;
        let part = bought(&markets, &needs, budget as f64);
        prop_assert!(agree(plan.served, part, 1e-7), "{} here, {part} there", plan.served);
        // One more credit buys what it buys.
        let step = budget as f64 * 1e-4;
        let more = (bought(&markets, &needs, budget as f64 + step) - part) / step;
        let less = (part - bought(&markets, &needs, budget as f64 - step)) / step;
        let blur = 1e-3 * less;
        prop_assert!(more - blur <= plan.budget_price && plan.budget_price <= less + blur, "{more} {} {less}", plan.budget_price);

        request.partial = false;
        match find_plan(&markets, &[], &request) {
            Err(Error::OverBudget { cost, max_credits, served_ppb }) => {
                prop_assert!(agree(cost as f64, whole, 1e-12));
                prop_assert_eq!(max_credits, budget);
                prop_assert!(agree(f64::from(served_ppb) * 1e-9, part, 1e-6));
            }
            other => prop_assert!(false, "{other:?}"),
        }
        request.max_credits = Some(whole.ceil() as u128 * 2);
        let plan = find_plan(&markets, &[], &request).unwrap();
        prop_assert_eq!((plan.served, plan.budget_price), (1.0, 0.0));
    }

    #[test]
    fn budget_should_be_shared_by_jobs_when_there_are_several(
        markets in markets(2, Fees::Default, 3), parts in any::<[[u32; 3]; 2]>(), budget in 100_000_000..=900_000_000u32,
    ) {
        let needs = parts.map(|parts| needs(&markets, parts.map(|part| 1_000_000 + part % 250_000_000), |_| true));
        let all = needs[0].checked_add(&needs[1]).unwrap();
        let whole = cost(&markets, &all, 1.0);
        let budget = (whole * f64::from(budget) * 1e-9) as u128;
        let jobs = needs.map(|needs| Job { needs, ..Job::default() }).to_vec();
        let request = Request { jobs, max_credits: Some(budget), partial: true, beta: 1.0 };
        let plan = find_plan(&markets, &[], &request).unwrap();
        ensure_holds(&plan, &markets, &[], &request)?;
        prop_assert!(agree(plan.served, bought(&markets, &all, budget as f64), 1e-7));
        for (asked, told) in needs.iter().zip(&plan.jobs) {
            for class in CLASSES {
                prop_assert!(agree(told.amounts.get(class) as f64, asked.get(class) as f64 * plan.served, 1e-9));
            }
        }
    }
}
