//! Time of one trade with fees, and of the bare curve beneath it.

use criterion::{criterion_group, criterion_main, Criterion};
use hanzo_hmm::{buy_exact_in, Curve, FeeParameters, Pool, Reserves};
use std::hint::black_box;

const UNIT: u128 = 1_000_000_000_000_000_000;

/// A curved pool of the given scales, a million credits a side.
fn pool(theta_scale: u128, psi_scale: u128) -> Pool {
    let reserves = Reserves { psi: 1_234_567 * UNIT, theta: 987_654 * UNIT };
    let curve = Curve::new(50_000_000, theta_scale, psi_scale).unwrap_or_default();
    Pool { curve, fees: FeeParameters::DEFAULT, reserves, reference: reserves, mean: None }
}

fn trades(c: &mut Criterion) {
    for (name, pool) in [("equal scales", pool(UNIT, UNIT)), ("unequal scales", pool(3 * UNIT, 7 * UNIT))] {
        let mut group = c.benchmark_group(name);
        let amount = 1_234 * UNIT + 567;
        group.bench_function("buy", |b| b.iter(|| black_box(&pool).buy(black_box(amount))));
        group.bench_function("buy_exact_out", |b| b.iter(|| black_box(&pool).buy_exact_out(black_box(amount))));
        group.bench_function("sell", |b| b.iter(|| black_box(&pool).sell(black_box(amount))));
        group.bench_function("sell_exact_out", |b| b.iter(|| black_box(&pool).sell_exact_out(black_box(amount))));
        group.bench_function("curve only", |b| {
            b.iter(|| buy_exact_in(black_box(&pool.curve), black_box(&pool.reserves), black_box(amount)))
        });
        group.finish();
    }
}

criterion_group!(benches, trades);
criterion_main!(benches);
