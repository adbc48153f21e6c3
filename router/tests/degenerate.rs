//! Programs at the edge: one pool, no room, flat curves, pools that are alike, requests that ask for nothing or too much.

mod common;

use common::{offer, CLASSES, UNIT};
use hanzo_hmm::{route::Source, Curve, FeeParameters, Pool, Reserves};
use hanzo_router::{find_plan, Error, Job, Market, Method, Placement, Request};
use hanzo_traits::{Resources, Tier};

fn market(tier: Tier, epsilon_ppb: u32, cap: Option<u128>) -> Market {
    let reserves = Reserves { psi: 10_000 * UNIT, theta: 10_000 * UNIT };
    let curve = Curve::new(epsilon_ppb, UNIT, UNIT).unwrap();
    let pool = Pool { curve, fees: FeeParameters::DEFAULT, reserves, reference: reserves, mean: None };
    Market { class: CLASSES[0], tier, source: Source { pool, cap, floor: 100 * UNIT } }
}

fn job(amount: u128, placement: Placement) -> Job {
    let mut needs = Resources::default();
    needs.set(CLASSES[0], amount);
    Job { needs, placement, ..Job::default() }
}

/// One worker in tier 1 and one in tier 2, each with room for so much.
fn two(room: u128) -> [hanzo_router::Offer; 2] {
    [1, 2].map(|tier| {
        let mut able = offer(&[tier]);
        able.capacity.set(CLASSES[0], room);
        able
    })
}

fn psi(plan: &hanzo_router::Plan) -> Vec<u128> {
    plan.purchases.iter().map(|bought| bought.psi).collect()
}

#[test]
fn one_pool_should_serve_every_placement_at_one_cost() {
    let markets = [market(0, 0, None)];
    let offers = two(100 * UNIT);
    let of = |placement| find_plan(&markets, &offers, &Request::of(job(50 * UNIT, placement))).unwrap().total;
    let cost = markets[0].source.pool.buy_exact_out(50 * UNIT).unwrap().theta;
    for placement in [Placement::Anywhere, Placement::Parts, Placement::OneWorker] {
        assert_eq!(of(placement), cost);
    }
}

#[test]
fn a_single_wei_should_be_routed() {
    let markets = [market(0, 0, None), market(1, 0, None), market(2, 0, None)];
    for placement in [Placement::Anywhere, Placement::Parts, Placement::OneWorker] {
        let request = Request::of(job(1, placement));
        let plan = find_plan(&markets, &two(100 * UNIT), &request).unwrap();
        common::ensure_holds(&plan, &markets, &two(100 * UNIT), &request).unwrap();
        assert_eq!(plan.total, markets[0].source.pool.buy_exact_out(1).unwrap().theta, "{placement:?}");
    }
}

#[test]
fn pool_should_be_left_alone_when_its_cap_is_zero_or_next_to_it() {
    for cap in [0, 1, 1_000] {
        let markets = [market(0, 50_000_000, None), market(1, 50_000_000, Some(cap)), market(2, 50_000_000, None)];
        let request = Request::of(job(100 * UNIT, Placement::Parts));
        let offers = two(100 * UNIT);
        let plan = find_plan(&markets, &offers, &request).unwrap();
        common::ensure_holds(&plan, &markets, &offers, &request).unwrap();
        assert!(psi(&plan)[1] <= cap);
        assert!(psi(&plan)[0].abs_diff(50 * UNIT) < UNIT / 1_000, "{:?}", psi(&plan));
    }
}

#[test]
fn pools_that_are_alike_should_share_alike_when_curved_or_not() {
    for epsilon in [0, 50_000_000, 500_000_000, 999_999_999] {
        let markets = [market(1, epsilon, None), market(2, epsilon, None)];
        let request = Request::of(job(200 * UNIT, Placement::Parts));
        let offers = two(150 * UNIT);
        let plan = find_plan(&markets, &offers, &request).unwrap();
        assert_eq!(plan.method, Method::WaterFilling);
        common::ensure_holds(&plan, &markets, &offers, &request).unwrap();
        assert!(psi(&plan)[0].abs_diff(100 * UNIT) < UNIT / 10, "{epsilon}: {:?}", psi(&plan));
        let doing: Vec<_> = plan.jobs[0].places.iter().map(|place| place.amounts.get(CLASSES[0])).collect();
        assert_eq!(doing, psi(&plan));
    }
}

#[test]
fn workers_should_be_filled_to_the_wei_when_there_is_just_enough_room() {
    let markets = [market(1, 0, None), market(2, 0, None)];
    let mut offers = two(0);
    offers[0].capacity.set(CLASSES[0], 70 * UNIT + 1);
    offers[1].capacity.set(CLASSES[0], 30 * UNIT);
    let request = Request::of(job(100 * UNIT + 1, Placement::Parts));
    let plan = find_plan(&markets, &offers, &request).unwrap();
    assert_eq!(psi(&plan), [70 * UNIT + 1, 30 * UNIT]);
    let more = find_plan(&markets, &offers, &Request::of(job(100 * UNIT + 2, Placement::Parts))).unwrap_err();
    assert_eq!(
        more,
        Error::NotEnoughCapacity {
            job: 0,
            class: CLASSES[0],
            required: 100 * UNIT + 2,
            available: 100 * UNIT + 1,
            together: true
        }
    );
}

#[test]
fn jobs_should_take_turns_when_they_want_the_same_cheap_tokens() {
    // Tier 1 is cheap and good for both, tier 2 for the second only, tier 0 for nobody.
    let markets = [market(1, 0, Some(60 * UNIT)), market(2, 0, None)];
    let first = Job { tiers: Some(vec![1]), ..job(50 * UNIT, Placement::Anywhere) };
    let second = Job { tiers: Some(vec![1, 2]), ..job(50 * UNIT, Placement::Anywhere) };
    let request = Request { jobs: vec![first, second], max_credits: None, partial: false, beta: 1.0 };
    let plan = find_plan(&markets, &[], &request).unwrap();
    common::ensure_holds(&plan, &markets, &[], &request).unwrap();
    assert!(psi(&plan)[0].abs_diff(50 * UNIT) < UNIT / 100, "{:?}", psi(&plan));
    let all = Job { tiers: Some(vec![1]), ..job(50 * UNIT, Placement::Anywhere) };
    let request = Request { jobs: vec![all.clone(), all], ..request };
    let error = find_plan(&markets, &[], &request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "job 1, gpu: 50000000000000000000 wei of compute required, 10000000000000000000 available within caps and \
         floors, 40000000000000000000 missing"
    );
}

#[test]
fn request_should_be_refused_when_it_is_none() {
    let markets = [market(0, 0, None)];
    let none = Request::of(job(0, Placement::Anywhere));
    assert_eq!(find_plan(&markets, &[], &none), Err(Error::NoNeeds { job: 0 }));
    let many = Request { jobs: vec![job(1, Placement::Anywhere); 9], ..none.clone() };
    assert!(find_plan(&markets, &[], &many).unwrap_err().to_string().starts_with("jobs: 9 given, between 1 and 8"));
    let wild = Request { beta: f64::NAN, ..Request::of(job(1, Placement::Anywhere)) };
    assert!(find_plan(&markets, &[], &wild).unwrap_err().to_string().starts_with("beta is NaN"));
    let other = Request::of(Job { tiers: Some(vec![7]), ..job(1, Placement::Anywhere) });
    assert!(matches!(find_plan(&markets, &[], &other), Err(Error::NotEnoughCompute { available: 0, .. })));
}

#[test]
fn plan_should_be_the_same_when_asked_again() {
    let markets = [market(0, 0, None), market(1, 50_000_000, None), market(2, 500_000_000, None)];
    let request = Request::of(job(1_000 * UNIT, Placement::Parts));
    let offers = two(600 * UNIT);
    let plan = find_plan(&markets, &offers, &request).unwrap();
    for _ in 0..5 {
        assert_eq!(find_plan(&markets, &offers, &request).as_ref(), Ok(&plan));
    }
}
