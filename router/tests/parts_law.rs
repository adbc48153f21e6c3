//! Law: a job in parts costs what a search by brute force finds.
//!
//! Workers are of two kinds: those in tier 1 and those in tier 2; tokens of tier 0 are good for both. When the first kind does
//! a part x of the job, the pools of tier 1 may sell x of every class and those of tier 2 the rest, whatever tier 0 sells:
//! one water-filling per class with two more caps. The cost is convex in x, so a grid and then thirds of the interval find
//! its least value, and nothing of that knows of cones. Costs have to agree to 10⁻⁸: the search ends at 10⁻¹² of x, and the
//! solver is asked for 10⁻¹⁰.

mod common;

use common::{agree, config, ensure_holds, markets, needs, share, sized, Fees, CLASSES, UNIT};
use hanzo_hmm::find_route;
use hanzo_router::{find_plan, Error, Job, Market, Placement, Request};
use hanzo_traits::{Resources, Tier};
use proptest::prelude::*;

const AGREE: f64 = 1e-8;

/// What the job costs when the first kind does `part` of it; `None` where pools hold too little.
fn cost(markets: &[Market], needs: &Resources, part: f64) -> Option<f64> {
    let mut total = 0.0;
    for class in CLASSES {
        let need = needs.get(class);
        let capped = |market: &Market| {
            let most = match market.tier {
                1 => need as f64 * part,
                2 => need as f64 * (1.0 - part),
                _ => need as f64,
            };
            let mut source = market.source;
            source.cap = Some(source.most().min(most.ceil() as u128));
            source
        };
        let sources: Vec<_> = markets.iter().filter(|market| market.class == class).map(capped).collect();
        total += find_route(&sources, need).ok()?.total as f64;
    }
    Some(total)
}

/// The least cost for parts between two ends.
fn least(markets: &[Market], needs: &Resources, ends: (f64, f64)) -> Option<f64> {
    let at = |step: u32| ends.0 + (ends.1 - ends.0) * f64::from(step) / 40.0;
    let costs: Vec<_> = (0..=40).filter_map(|step| Some((step, cost(markets, needs, at(step))?))).collect();
    let best = costs.iter().copied().min_by(|one, other| one.1.total_cmp(&other.1))?;
    let worst = f64::INFINITY;
    let (mut low, mut high) = (at(best.0.saturating_sub(1)), at((best.0 + 1).min(40)));
    let mut found = best.1;
    for _ in 0..60 {
        let third = (high - low) / 3.0;
        let (one, other) = (low + third, high - third);
        let costs = [one, other].map(|part| cost(markets, needs, part).unwrap_or(worst));
        found = found.min(costs[0]).min(costs[1]);
        if costs[0] <= costs[1] {
            high = other;
        } else {
            low = one;
        }
    }
    Some(found)
}

fn job(needs: Resources) -> Job {
    Job { needs, placement: Placement::Parts, ..Job::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn job_in_parts_should_cost_what_brute_force_finds(
        markets in markets(3, Fees::Default, 2), parts in any::<[u32; 3]>(),
        rooms in prop::array::uniform2(prop::array::uniform3(200_000_000..=1_300_000_000u32)),
    ) {
        let needs = needs(&markets, parts.map(|part| 1_000_000 + part % 500_000_000), |_| true);
        let offers = [sized(&[1], &needs, rooms[0]), sized(&[2], &needs, rooms[1])];
        let room = |index: usize| rooms[index].into_iter().min().map_or(0.0, |room| f64::from(room) * 1e-9).min(1.0);
        let request = Request::of(job(needs));
        let outcome = find_plan(&markets, &offers, &request);
        if room(0) + room(1) < 1.0 {
            let refused = matches!(outcome, Err(Error::Coupled { .. } | Error::NotEnoughCapacity { .. } | Error::NotEnoughCompute { .. }));
            prop_assert!(refused, "{outcome:?}");
            return Ok(());
        }
        let reference = least(&markets, &needs, (1.0 - room(1), room(0)));
        match (&outcome, reference) {
            (Ok(plan), Some(least)) => {
                ensure_holds(plan, &markets, &offers, &request)?;
                prop_assert!(agree(plan.total as f64, least, AGREE), "{} here, {least} there", plan.total);
                prop_assert!(plan.bound as f64 >= plan.total as f64 * (1.0 - AGREE), "bound {} of {}", plan.bound, plan.total);
            }
            // A grid may miss the little that is possible, but not the other way round.
            (Ok(_), None) => {}
            (Err(Error::Coupled { .. } | Error::NotEnoughCompute { .. }), None) => {}
            (outcome, reference) => prop_assert!(false, "{outcome:?} here, {reference:?} there"),
        }
    }

    #[test]
    fn price_of_a_class_should_be_what_a_little_more_of_it_costs(
        markets in markets(3, Fees::Default, 2), parts in any::<[u32; 3]>(), class in 0..3usize,
    ) {
        let class = CLASSES[class];
        let needs = needs(&markets, parts.map(|part| 50_000_000 + part % 300_000_000), |tier| tier == 0);
        let offers = [sized(&[1], &needs, [1_500_000_000; 3]), sized(&[2], &needs, [1_500_000_000; 3])];
        let plan = find_plan(&markets, &offers, &Request::of(job(needs))).unwrap();
        // A difference to both sides: where the two differ by much a pool's fee begins to rise right there.
        let step = share(needs.get(class), 100_000);
        let total = |need: u128| {
            let mut changed = needs;
            changed.set(class, need);
            least(&markets, &changed, (0.0, 1.0)).unwrap()
        };
        let (less, at, more) = (total(needs.get(class) - step), total(needs.get(class)), total(needs.get(class) + step));
        let price = plan.jobs[0].shadow_prices[class.index()] as f64 * 1e-24;
        let (below, above) = ((at - less) / step as f64, (more - at) / step as f64);
        let blur = 2e-4 * above;
        prop_assert!(below - blur <= price && price <= above + blur, "{below} {price} {above}");
    }
}

#[test]
fn capacity_should_have_the_price_of_what_more_of_it_saves() {
    let at = |tier: Tier, theta: u128| {
        let reserves = hanzo_hmm::Reserves { psi: 10_000 * UNIT, theta: theta * UNIT };
        let curve = hanzo_hmm::Curve::new(50_000_000, UNIT, UNIT).unwrap();
        let fees = hanzo_hmm::FeeParameters::DEFAULT;
        let pool = hanzo_hmm::Pool { curve, fees, reserves, reference: reserves, mean: None };
        Market { class: CLASSES[0], tier, source: hanzo_hmm::route::Source { pool, cap: None, floor: 100 * UNIT } }
    };
    let markets = [at(1, 10_000), at(2, 12_000)];
    let mut needs = Resources::default();
    needs.set(CLASSES[0], 100 * UNIT);
    let total = |room: u32| {
        let offers = [sized(&[1], &needs, [room; 3]), sized(&[2], &needs, [2_000_000_000; 3])];
        let mut wants = job(needs);
        wants.tiers = Some(vec![1, 2]);
        find_plan(&markets, &offers, &Request::of(wants)).unwrap()
    };
    let (plan, more) = (total(300_000_000), total(301_000_000));
    let saved = (plan.total - more.total) as f64 / (UNIT / 10) as f64;
    assert_eq!(plan.workers.len(), 1);
    assert_eq!(plan.workers[0].offer, 0);
    let told = plan.workers[0].capacity[CLASSES[0].index()] as f64 * 1e-24;
    assert!(agree(saved, told, 1e-3), "{saved} {told}");
    // What one more unit of the requirement costs is the price of the dearer pool: the first worker is full.
    let dear = plan.purchases.iter().find(|bought| markets[bought.market].tier == 2).unwrap();
    let shadow = plan.jobs[0].shadow_prices[CLASSES[0].index()] as f64;
    assert!(agree(shadow, dear.marginal_price as f64, 1e-6), "{shadow} {}", dear.marginal_price);
}
