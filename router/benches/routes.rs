//! Time of plans for six classes: over 32 pools each where nothing couples them, and over as many pools as a chain has where
//! a placement or a budget does.

use criterion::{criterion_group, criterion_main, Criterion};
use hanzo_hmm::{route::Source, Curve, FeeParameters, Pool, Reserves};
use hanzo_router::{find_plan, Job, Market, Offer, Placement, Request};
use hanzo_traits::{ResourceClass, Resources, Tier};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const UNIT: u128 = 1_000_000_000_000_000_000;
/// Pools per class where nothing couples the classes.
const PROVIDERS: Tier = 32;
/// Pools per class elsewhere: a chain has at most 48 in all.
const TIERS: Tier = 8;
/// Plans timed one by one.
const TIMED: usize = 1_000;
const WORKERS: u128 = 32;

/// A pool like no other: curvature, reserves, price, earlier trades of the block and cap all differ.
fn market(class: ResourceClass, tier: Tier) -> Market {
    let (i, j) = (class.index() as u128, u128::from(tier));
    let mixed = (j * 7 + i * 13) % 32;
    let curve = Curve::new((mixed * 12_000_000) as u32, (1 + i) * UNIT, 3 * UNIT).unwrap_or_default();
    let psi = (20_000 + 3_000 * mixed) * UNIT + 12_345;
    let theta = psi / 3 * (1 + i) / 100 * (80 + (j * 11) % 50);
    let reserves = Reserves { psi, theta };
    let reference = Reserves { psi: psi / 100 * (97 + j % 6), theta };
    let pool = Pool { curve, fees: FeeParameters::DEFAULT, reserves, reference, mean: None };
    Market { class, tier, source: Source { pool, cap: Some(psi / 1_000 * 3), floor: psi / 100 } }
}

/// A worker in three tiers of its own mixture, with room for a tenth to a half of what is needed.
fn offer(index: u128, needs: &Resources) -> Offer {
    let mut capacity = Resources::default();
    for (class, need) in needs.iter() {
        capacity.set(class, need / 20 * (2 + (index * 5 + class.index() as u128) % 9));
    }
    let tiers = (1..4).map(|step| ((index * step + step) % u128::from(TIERS)) as Tier).collect();
    Offer {
        tiers,
        capacity,
        free_limit: 1_000_000 * UNIT,
        regions: 1 << (index % 3),
        latency_ms: 50 * index as u32,
        jitter_ms: 10,
        tee: index.is_multiple_of(2),
        quality_ppb: 500_000_000,
        information: 0.0,
        utility: (index % 7) as f64 / 7.0,
    }
}

/// Six classes in so many tiers, and a quarter of what each may sell.
fn world(tiers: Tier) -> (Vec<Market>, Resources) {
    let markets: Vec<Market> =
        ResourceClass::ALL.iter().flat_map(|class| (0..tiers).map(|tier| market(*class, tier))).collect();
    let mut needs = Resources::default();
    for market in &markets {
        needs.set(market.class, needs.get(market.class) + market.source.most() / 4);
    }
    (markets, needs)
}

/// Median and 99th percentile of many plans, one by one.
fn percentiles(markets: &[Market], offers: &[Offer], request: &Request) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..TIMED)
        .map(|_| {
            let start = Instant::now();
            let _ = black_box(find_plan(black_box(markets), offers, request));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[TIMED / 2], times[TIMED * 99 / 100])
}

fn routes(c: &mut Criterion) {
    let (many, all) = world(PROVIDERS);
    let request = Request::of(Job { needs: all, ..Job::default() });
    let (p50, p99) = percentiles(&many, &[], &request);
    println!("6 classes of {PROVIDERS} pools: p50 {p50:?}, p99 {p99:?}");
    c.benchmark_group(format!("6 classes of {PROVIDERS} pools")).bench_function("anywhere", |b| {
        b.iter(|| {
            let _ = black_box(find_plan(black_box(&many), &[], &request));
        })
    });
    let (markets, needs) = world(TIERS);
    let offers: Vec<Offer> = (0..WORKERS).map(|index| offer(index, &needs)).collect();
    let job = |placement| Job { needs, placement, ..Job::default() };
    let free = Request::of(job(Placement::Anywhere));
    let total = find_plan(&markets, &[], &free).map_or(0, |plan| plan.total);
    let mut filtered = job(Placement::Parts);
    filtered.sla.regions = 0b11;
    let mut small = job(Placement::OneWorker);
    small.needs = Resources(needs.0.map(|need| need / 10));
    let requests = [
        ("anywhere", free.clone()),
        ("one worker", Request::of(small)),
        ("parts", Request::of(job(Placement::Parts))),
        ("parts, one filter", Request::of(filtered)),
        ("half the budget", Request { max_credits: Some(total / 2), partial: true, ..free }),
    ];
    let mut group = c.benchmark_group("6 classes of 8 pools, 32 workers");
    for (name, request) in requests {
        match find_plan(&markets, &offers, &request) {
            Ok(plan) => println!("{name}: {:?}, served {}", plan.method, plan.served),
            Err(error) => println!("{name}: {error}"),
        }
        group.bench_function(name, |b| {
            b.iter(|| {
                let _ = black_box(find_plan(black_box(&markets), &offers, &request));
            })
        });
    }
    group.finish();
}

criterion_group!(benches, routes);
criterion_main!(benches);
