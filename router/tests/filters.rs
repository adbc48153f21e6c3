//! Hard filters exclude workers, and cost what the plan would cost less without them.

mod common;

use common::{markets, offer, Fees, CLASSES, UNIT};
use hanzo_hmm::{route::Source, Curve, FeeParameters, Pool, Reserves};
use hanzo_router::{find_plan, sla::Filter, Error, Job, Market, Offer, Placement, Request};
use hanzo_traits::{Resources, Tier};
use proptest::prelude::*;

/// A pool of 10,000 units whose credits are so many.
fn market(tier: Tier, theta: u128) -> Market {
    let reserves = Reserves { psi: 10_000 * UNIT, theta: theta * UNIT };
    let curve = Curve::new(50_000_000, UNIT, UNIT).unwrap();
    let pool = Pool { curve, fees: FeeParameters::DEFAULT, reserves, reference: reserves, mean: None };
    Market { class: CLASSES[0], tier, source: Source { pool, cap: Some(30 * UNIT), floor: 100 * UNIT } }
}

fn job(amount: u128) -> Job {
    let mut needs = Resources::default();
    needs.set(CLASSES[0], amount);
    Job { needs, placement: Placement::OneWorker, ..Job::default() }
}

/// Everywhere, quick, dear: each in a tier of its own beside tier 0, whose pool is the dearest.
fn world() -> (Vec<Market>, Vec<Offer>) {
    let markets = vec![market(0, 20_000), market(1, 10_000), market(2, 15_000)];
    let slow = Offer { regions: 0b01, latency_ms: 900, ..offer(&[1]) };
    let quick = Offer { regions: 0b10, tee: true, quality_ppb: 900_000_000, ..offer(&[2]) };
    (markets, vec![slow, quick])
}

#[test]
fn filter_should_cost_what_it_excludes() {
    let (markets, offers) = world();
    let free = find_plan(&markets, &offers, &Request::of(job(UNIT))).unwrap();
    assert_eq!(free.jobs[0].places.len(), 1);
    assert_eq!(free.jobs[0].places[0].offer, 0);
    type Set = fn(&mut Job);
    let set: [(Filter, Set); 5] = [
        (Filter::Regions, |job| job.sla.regions = 0b110),
        (Filter::Latency, |job| job.sla.max_latency_ms = 500),
        (Filter::Tee, |job| job.sla.tee = true),
        (Filter::Quality, |job| job.sla.min_quality_ppb = 600_000_000),
        (Filter::Tiers, |job| job.tiers = Some(vec![2])),
    ];
    for (filter, set) in set {
        let mut wants = job(UNIT);
        set(&mut wants);
        let plan = find_plan(&markets, &offers, &Request::of(wants)).unwrap();
        assert_eq!(plan.jobs[0].places[0].offer, 1, "{filter:?}");
        let [priced] = plan.jobs[0].filters.as_slice() else { panic!("{:?}", plan.jobs[0].filters) };
        assert_eq!((priced.filter, priced.price), (filter, plan.total - free.total));
        assert!(priced.price > UNIT / 3);
    }
    // Two that exclude the same cost nothing each: without one the other still excludes.
    let mut wants = job(UNIT);
    (wants.sla.tee, wants.sla.regions) = (true, 0b10);
    let plan = find_plan(&markets, &offers, &Request::of(wants)).unwrap();
    assert_eq!(plan.jobs[0].filters.iter().map(|priced| priced.price).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn job_should_be_refused_with_the_counts_when_nobody_passes() {
    let (markets, offers) = world();
    let mut wants = job(UNIT);
    (wants.sla.tee, wants.sla.regions, wants.sla.max_jitter_ms) = (true, 0b01, 1);
    let error = find_plan(&markets, &offers, &Request::of(wants)).unwrap_err();
    let told = "job 0: none of 2 workers passes its filters: regions alone excludes 1, maxJitterMs alone excludes 2, tee alone excludes 1";
    assert_eq!(error.to_string(), told);
    let error = find_plan(&markets, &[], &Request::of(job(UNIT))).unwrap_err();
    assert_eq!(error.to_string(), "job 0: none of 0 workers passes its filters");
}

#[test]
fn job_should_be_refused_with_the_numbers_when_workers_are_too_small() {
    let (markets, mut offers) = world();
    for (index, offer) in offers.iter_mut().enumerate() {
        offer.capacity.set(CLASSES[0], (2 + index as u128) * UNIT);
    }
    let error = find_plan(&markets, &offers, &Request::of(job(5 * UNIT))).unwrap_err();
    let told = "job 0, gpu: 5000000000000000000 wei required, the largest worker that passes the filters can take on \
                3000000000000000000 wei, 2000000000000000000 missing";
    assert_eq!(error.to_string(), told);
    let parts = Job { placement: Placement::Parts, ..job(6 * UNIT) };
    let error = find_plan(&markets, &offers, &Request::of(parts.clone())).unwrap_err();
    let told = "job 0, gpu: 6000000000000000000 wei required, all workers that pass the filters can take on \
                5000000000000000000 wei, 1000000000000000000 missing";
    assert_eq!(error.to_string(), told);
    let request = Request { partial: true, ..Request::of(parts) };
    let plan = find_plan(&markets, &offers, &request).unwrap();
    assert!((plan.served - 5.0 / 6.0).abs() < 1e-7, "{}", plan.served);
    common::ensure_holds(&plan, &markets, &offers, &request).unwrap();

    for offer in &mut offers {
        (offer.capacity, offer.free_limit) = (Resources([u128::MAX / 4; 6]), UNIT);
    }
    let Err(Error::BondTooSmall { job: 0, cost, most }) = find_plan(&markets, &offers, &Request::of(job(5 * UNIT)))
    else {
        panic!("a bond of one credit answers for five units");
    };
    assert!(most == UNIT && cost > 5 * UNIT);
    let request = Request { partial: true, ..Request::of(job(5 * UNIT)) };
    let plan = find_plan(&markets, &offers, &request).unwrap();
    assert!(plan.total <= UNIT && plan.served > 0.1 && plan.served < 0.3, "{} {}", plan.total, plan.served);
}

#[test]
fn only_room_for_all_classes_at_once_should_count_when_one_worker_is_wanted() {
    let mut more = market(0, 10_000);
    more.class = CLASSES[1];
    let markets = [market(0, 10_000), more];
    let mut wants = job(4 * UNIT);
    wants.needs.set(CLASSES[1], 4 * UNIT);
    let able = |one: u128, other: u128| {
        let mut able = offer(&[]);
        able.capacity.set(CLASSES[0], one * UNIT);
        able.capacity.set(CLASSES[1], other * UNIT);
        able
    };
    let offers = [able(9, 1), able(2, 9)];
    let error = find_plan(&markets, &offers, &Request::of(wants.clone())).unwrap_err();
    assert_eq!(error, Error::NoPlace { job: 0, best_ppb: 500_000_000 });
    // In parts: x of it by the first, x ≤ 1/4, and the rest by the second, 1 − x ≤ 1/2.
    let parts = Job { placement: Placement::Parts, ..wants.clone() };
    let error = find_plan(&markets, &offers, &Request::of(parts)).unwrap_err();
    let Error::Coupled { served_ppb } = error else { panic!("{error}") };
    assert!(served_ppb.abs_diff(750_000_000) < 1_000, "{served_ppb}");
    // Each class for itself: 9 + 2 and 1 + 9.
    let mut apart = Job { placement: Placement::Anywhere, ..wants };
    apart.sla.max_latency_ms = 100;
    assert!(find_plan(&markets, &offers, &Request::of(apart)).is_ok());
}

proptest! {
    #![proptest_config(common::config())]

    #[test]
    fn prices_of_filters_should_not_be_negative_nor_above_the_cost(
        markets in markets(3, Fees::Default, 2), parts in any::<[u32; 3]>(), regions in 1..4u32, tee in any::<bool>(),
        placement in 0..3usize, tiers in 1..8u8,
    ) {
        let needs = common::needs(&markets, parts.map(|part| 1_000_000 + part % 300_000_000), |tier| tier == 0);
        let offers = [
            Offer { regions: 1, ..offer(&[1]) },
            Offer { regions: 2, tee: true, ..offer(&[2]) },
            Offer { regions: 3, tee: true, quality_ppb: 1, ..offer(&[]) },
        ];
        let placement = [Placement::Anywhere, Placement::Parts, Placement::OneWorker][placement];
        let tiers = (0..3).filter(|tier| tiers >> tier & 1 == 1).collect();
        let mut job = Job { needs, placement, tiers: Some(tiers), ..Job::default() };
        (job.sla.regions, job.sla.tee) = (regions, tee);
        let request = Request::of(job.clone());
        let Ok(plan) = find_plan(&markets, &offers, &request) else { return Ok(()) };
        common::ensure_holds(&plan, &markets, &offers, &request)?;
        prop_assert_eq!(plan.jobs[0].filters.len(), 2 + usize::from(tee));
        for priced in &plan.jobs[0].filters {
            let without = find_plan(&markets, &offers, &Request::of(priced.filter.lifted(&job))).unwrap();
            prop_assert!(without.total <= plan.total + plan.total / 100_000_000 + 100);
            prop_assert_eq!(priced.price, plan.total.saturating_sub(without.total));
        }
    }
}
