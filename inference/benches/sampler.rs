//! Time of one choice out of a vocabulary the size of Qwen's.

use criterion::{criterion_group, criterion_main, BatchSize, Criterion};
use hanzo_inference::sampler::{sample, Context};
use hanzo_poai::Decoding;
use sp_core::H256;
use std::hint::black_box;

fn choices(c: &mut Criterion) {
    let logits: Vec<f32> = (0..151_936u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 20) as f32 / 512.0).collect();
    let seed = H256::repeat_byte(3);
    let plain = Decoding { temperature_milli: 800, ..Decoding::greedy(1) };
    let mut group = c.benchmark_group("sample 151,936");
    for (name, decoding) in [
        ("greedy", Decoding::greedy(1)),
        ("temperature 0.8", plain),
        ("top-k 40", Decoding { top_k: 40, ..plain }),
        ("top-p 0.9", Decoding { top_p_ppm: 900_000, ..plain }),
    ] {
        let context = Context {
            decoding: &decoding,
            seed: &seed,
            position: 7,
            bias: &[],
            present: &[],
            factors: &[],
            allowed: &[],
        };
        // The sampler changes the logits in place, so that each choice gets its own; making them is not measured.
        group.bench_function(name, |b| {
            b.iter_batched_ref(|| logits.clone(), |logits| sample(black_box(logits), &context), BatchSize::LargeInput)
        });
    }
    group.finish();
}

criterion_group!(benches, choices);
criterion_main!(benches);
