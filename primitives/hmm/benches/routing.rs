//! Time to route six classes over 32 providers each, fees included, and to verify what comes out.

use criterion::{criterion_group, criterion_main, Criterion};
use hanzo_hmm::{
    find_route,
    route::{Route, Source},
    verify_route, Curve, FeeParameters, Pool, Reserves,
};
use std::hint::black_box;

const UNIT: u128 = 1_000_000_000_000_000_000;
const CLASSES: u128 = 6;
const PROVIDERS: u128 = 32;

/// A provider like no other: curvature, reserves, price, earlier trades of the block and cap all differ.
fn provider(class: u128, i: u128) -> Source {
    let mixed = (i * 7 + class * 13) % PROVIDERS;
    let curve = Curve::new((mixed * 12_000_000) as u32, (1 + class) * UNIT, 3 * UNIT).unwrap_or_default();
    let psi = (20_000 + 3_000 * mixed) * UNIT + 12_345;
    let theta = psi / 3 * (1 + class) / 100 * (80 + (i * 11) % 50);
    let reserves = Reserves { psi, theta };
    let reference = Reserves { psi: psi / 100 * (97 + i % 6), theta };
    let cap = i.is_multiple_of(3).then_some(psi / 10);
    Source {
        pool: Pool { curve, fees: FeeParameters::DEFAULT, reserves, reference, mean: None },
        cap,
        floor: psi / 100,
    }
}

/// Six classes.
fn classes() -> Vec<Vec<Source>> {
    (0..CLASSES).map(|class| (0..PROVIDERS).map(|i| provider(class, i)).collect()).collect()
}

/// A tenth of what the class holds.
fn requirement(sources: &[Source]) -> u128 {
    sources.iter().map(|source| source.pool.reserves.psi / 10).sum()
}

fn routes(c: &mut Criterion) {
    let classes = classes();
    let routes: Vec<Route> =
        classes.iter().map(|sources| find_route(sources, requirement(sources)).unwrap_or_default()).collect();
    let used = routes.iter().flat_map(|route| &route.shares).filter(|share| share.psi > 0).count();
    println!("{used} of {} providers in use", CLASSES * PROVIDERS);
    let mut group = c.benchmark_group("6 classes of 32");
    group.bench_function("find_route", |b| {
        b.iter(|| {
            for sources in &classes {
                let _ = black_box(find_route(black_box(sources), requirement(sources)));
            }
        })
    });
    let amounts: Vec<Vec<u128>> =
        routes.iter().map(|route| route.shares.iter().map(|share| share.psi).collect()).collect();
    group.bench_function("verify_route", |b| {
        b.iter(|| {
            for (sources, amounts) in classes.iter().zip(&amounts) {
                let _ = black_box(verify_route(black_box(sources), amounts, requirement(sources), u128::MAX));
            }
        })
    });
    group.finish();
}

criterion_group!(benches, routes);
criterion_main!(benches);
