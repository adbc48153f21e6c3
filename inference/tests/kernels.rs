//! The replay profile's arithmetic: the same bits on every instruction set, and near the exact value.

use hanzo_inference::kernels::*;
use hanzo_inference::model::weights::{Bf16, Matrix, Storage, F16};
use proptest::prelude::*;

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|v| v.to_bits()).collect()
}

fn floats(len: usize, seed: u64) -> Vec<f32> {
    use rand_chacha::rand_core::{RngCore, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    (0..len).map(|_| (rng.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0).collect()
}

fn matrices(rows: usize, cols: usize, seed: u64) -> Vec<Matrix> {
    let values = floats(rows * cols, seed);
    let half = |v: &f32| (v.to_bits() >> 16) as u16;
    let f16 = values.iter().map(|v| F16::from_bits(half(v) & 0xbbff)).collect();
    let bf16 = values.iter().map(|v| Bf16::from_bits(half(v))).collect();
    [Storage::F32(values), Storage::F16(f16), Storage::Bf16(bf16)]
        .into_iter()
        .map(|storage| Matrix::new("test", rows, cols, storage).unwrap())
        .collect()
}

/// The arithmetic as the module's rules state it, one element at a time: what every kernel must equal to the bit.
mod stated {
    use hanzo_inference::kernels::{exp, LANES};

    pub fn tree(mut lanes: [f32; LANES]) -> f32 {
        for width in [8, 4, 2, 1] {
            for i in 0..width {
                lanes[i] += lanes[i + width];
            }
        }
        lanes[0]
    }

    pub fn dot(a: &[f32], b: &[f32]) -> f32 {
        let mut lanes = [0.0; LANES];
        for (i, (a, b)) in a.iter().zip(b).enumerate() {
            lanes[i % LANES] += a * b;
        }
        tree(lanes)
    }

    pub fn matmul(x: &[f32], w: &[f32], depth: usize) -> Vec<f32> {
        x.chunks(depth).flat_map(|x| w.chunks(depth).map(move |w| dot(x, w))).collect()
    }

    pub fn attend(query: &[f32], keys: &[f32], values: &[f32], scale: f32) -> Vec<f32> {
        let dim = query.len();
        let mut scores: Vec<f32> = keys.chunks(dim).map(|key| dot(query, key) * scale).collect();
        let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut lanes = [0.0; LANES];
        for (i, score) in scores.iter_mut().enumerate() {
            *score = exp(*score - top);
            lanes[i % LANES] += *score;
        }
        let sum = tree(lanes);
        let mixed = |i: usize| scores.iter().zip(values.chunks(dim)).fold(0.0, |total, (s, v)| total + s * v[i]);
        (0..dim).map(|i| mixed(i) / sum).collect()
    }
}

fn product(isa: Isa, x: &[f32], w: &Matrix) -> Vec<f32> {
    let mut out = vec![0.0; x.len() / w.cols() * w.rows()];
    matmul(isa, x, w, &mut out);
    out
}

proptest! {
    #![proptest_config(crate::common::cases(64))]

    #[test]
    fn matmul_should_equal_the_stated_arithmetic_on_every_instruction_set_and_cut(
        rows in 1usize..15, width in 1usize..30, depth in 1usize..90, cut in 1usize..15, seed: u64,
    ) {
        let x = floats(rows * depth, seed);
        for w in matrices(width, depth, seed ^ 1) {
            let stated = stated::matmul(&x, &w.to_f32(), depth);
            for isa in Isa::available() {
                prop_assert_eq!(bits(&product(isa, &x, &w)), bits(&stated), "{:?}", isa);
                let cut: Vec<f32> = x.chunks(cut * depth).flat_map(|rows| product(isa, rows, &w)).collect();
                prop_assert_eq!(bits(&cut), bits(&stated), "{:?}, rows cut", isa);
            }
        }
    }

    #[test]
    fn matmuls_should_equal_the_stated_arithmetic_when_threads_share_the_work(
        rows in 1usize..12, widths in [1usize..300, 1usize..300, 1usize..300], depth in 200usize..330, seed: u64,
    ) {
        let x = floats(rows * depth, seed);
        let of = |i: usize| matrices(widths[i], depth, seed ^ i as u64).remove(i);
        let weights = [of(0), of(1), of(2)];
        let stated = weights.each_ref().map(|w| bits(&stated::matmul(&x, &w.to_f32(), depth)));
        for pool in pools() {
            let got = pool.install(|| matmuls(Isa::best(), &x, weights.each_ref()));
            prop_assert_eq!(&got.map(|out| bits(&out)), &stated, "{} threads", pool.current_num_threads());
        }
    }

    #[test]
    fn matmul_should_be_near_the_exact_product(width in 1usize..20, depth in 1usize..400, seed: u64) {
        let x = floats(depth, seed);
        for w in matrices(width, depth, seed ^ 1) {
            let wide = w.to_f32();
            for (got, row) in product(Isa::best(), &x, &w).iter().zip(wide.chunks(depth)) {
                let terms = || x.iter().zip(row).map(|(x, w)| f64::from(*x) * f64::from(*w));
                let (exact, size): (f64, f64) = (terms().sum(), terms().map(f64::abs).sum());
                prop_assert!((f64::from(*got) - exact).abs() <= 1e-6 * size + 1e-30, "{got} for {exact}");
            }
        }
    }

    #[test]
    fn vector_kernels_should_give_one_result_on_every_instruction_set(len in 1usize..200, seed: u64) {
        let x: Vec<f32> = floats(len, seed).iter().map(|v| v * 20.0).collect();
        let y = floats(len, seed ^ 1);
        let on = |isa| {
            let (mut soft, mut gated, mut normed) = (x.clone(), x.clone(), x.clone());
            softmax(isa, &mut soft);
            silu_mul(isa, &mut gated, &y);
            rms_norm(isa, &mut normed, &y, 1e-6);
            (bits(&soft), bits(&gated), bits(&normed), dot(isa, &x, &y).to_bits())
        };
        for isa in Isa::available() {
            prop_assert_eq!(on(isa), on(Isa::Scalar));
        }
    }

    #[test]
    fn vector_kernels_should_be_near_the_exact_values(len in 1usize..200, seed: u64) {
        let x: Vec<f32> = floats(len, seed).iter().map(|v| v * 20.0).collect();
        let y = floats(len, seed ^ 1);
        let wide: Vec<f64> = x.iter().map(|v| f64::from(*v)).collect();
        let (mut soft, mut gated, mut normed) = (x.clone(), x.clone(), x.clone());
        softmax(Isa::best(), &mut soft);
        silu_mul(Isa::best(), &mut gated, &y);
        rms_norm(Isa::best(), &mut normed, &y, 1e-6);
        let top = wide.iter().fold(f64::MIN, |a, b| a.max(*b));
        let sum: f64 = wide.iter().map(|v| (v - top).exp()).sum();
        let scale = 1.0 / (wide.iter().map(|v| v * v).sum::<f64>() / len as f64 + 1e-6).sqrt();
        let near = |got: f32, exact: f64| (f64::from(got) - exact).abs() <= 4e-6 * exact.abs() + 1e-30;
        for i in 0..len {
            let other = f64::from(y[i]);
            prop_assert!(near(soft[i], (wide[i] - top).exp() / sum), "softmax {} at {}", soft[i], x[i]);
            prop_assert!(near(gated[i], wide[i] / (1.0 + (-wide[i]).exp()) * other), "silu {} at {}", gated[i], x[i]);
            prop_assert!(near(normed[i], wide[i] * scale * other), "norm {} at {}", normed[i], x[i]);
        }
    }

    #[test]
    fn attention_should_equal_the_stated_arithmetic_whatever_is_computed_together(
        dim in 1usize..70, share in 1usize..6, rows in 1usize..12, before in 0usize..300, cut in 1usize..6, seed: u64,
    ) {
        let (len, width) = (before + rows, share * dim);
        let (keys, values) = (floats(dim * len, seed ^ 1), floats(dim * len, seed ^ 2));
        let queries: Vec<f32> = floats(width * rows, seed).iter().map(|v| v * 4.0).collect();
        let scale = 1.0 / (dim as f32).sqrt();
        let seen = |row: usize| (before + row + 1) * dim;
        let stated: Vec<f32> = queries
            .chunks(dim)
            .enumerate()
            .flat_map(|(i, q)| stated::attend(q, &keys[..seen(i / share)], &values[..seen(i / share)], scale))
            .collect();
        let mut scratch = Scratch::default();
        for (isa, cut) in Isa::available().into_iter().flat_map(|isa| [(isa, rows), (isa, cut)]) {
            let mut got = vec![0.0; queries.len()];
            for (block, (out, rows)) in got.chunks_mut(cut * width).zip(queries.chunks(cut * width)).enumerate() {
                let first = block * cut;
                let upto = seen(first + rows.len() / width - 1);
                let cache = KeyValues { keys: &keys[..upto], values: &values[..upto] };
                attend(isa, Queries { rows, dim, share, seen: before + first + 1 }, cache, scale, &mut scratch, out);
            }
            prop_assert_eq!(bits(&got), bits(&stated), "{:?}, {} rows at a time", isa, cut);
        }
    }

    #[test]
    fn attention_should_be_near_the_exact_one(dim in 1usize..40, len in 1usize..70, seed: u64) {
        let (query, keys, values) = (floats(dim, seed), floats(dim * len, seed ^ 1), floats(dim * len, seed ^ 2));
        let scale = 1.0 / (dim as f32).sqrt();
        let mut got = vec![0.0; dim];
        let queries = Queries { rows: &query, dim, share: 1, seen: len };
        let cache = KeyValues { keys: &keys, values: &values };
        attend(Isa::best(), queries, cache, scale, &mut Scratch::default(), &mut got);
        let dots = keys.chunks(dim).map(|k| k.iter().zip(&query).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>());
        let scores: Vec<f64> = dots.map(|dot| (dot * f64::from(scale)).exp()).collect();
        for (i, got) in got.iter().enumerate() {
            let mix: f64 = scores.iter().zip(values.chunks(dim)).map(|(s, v)| s * f64::from(v[i])).sum();
            let exact = mix / scores.iter().sum::<f64>();
            prop_assert!((f64::from(*got) - exact).abs() < 1e-5, "{got} for {exact}");
        }
    }
}

proptest! {
    #![proptest_config(crate::common::cases(12))]

    #[test]
    fn matmul_should_equal_the_stated_arithmetic_when_there_is_more_than_goes_through_at_once(
        rows in 1usize..230, width in 1usize..40, depth in 900usize..3300, kind in 0usize..3, seed: u64,
    ) {
        let (x, w) = (floats(rows * depth, seed), matrices(width, depth, seed ^ 1).remove(kind));
        let stated = bits(&stated::matmul(&x, &w.to_f32(), depth));
        for isa in Isa::available() {
            for pool in pools() {
                let got = pool.install(|| product(isa, &x, &w));
                prop_assert_eq!(&bits(&got), &stated, "{:?}, {} threads", isa, pool.current_num_threads());
            }
        }
    }
}

/// Pools of 1, 2 and 3 threads, started once.
fn pools() -> &'static [rayon::ThreadPool] {
    static POOLS: std::sync::OnceLock<Vec<rayon::ThreadPool>> = std::sync::OnceLock::new();
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    POOLS.get_or_init(|| (1..=3).map(pool).collect())
}

#[test]
fn exp_should_stay_within_two_units_in_the_last_place() {
    let mut worst = 0.0f64;
    for i in -870_000..=880_000 {
        let x = i as f32 / 10_000.0;
        let exact = f64::from(x).exp();
        let unit = f64::from(f32::from_bits((exact as f32).to_bits() + 1)) - f64::from(exact as f32);
        worst = worst.max((f64::from(exp(x)) - exact).abs() / unit);
    }
    assert!(worst < 2.0, "{worst} units");
    assert_eq!(exp(0.0), 1.0);
    assert_eq!(exp(f32::NEG_INFINITY), 0.0);
    assert_eq!(exp(-88.0), 0.0);
    assert!(exp(f32::INFINITY).is_finite());
    assert!(exp(f32::NAN).is_nan());
}

#[test]
fn halves_should_widen_exactly_when_subnormal_infinite_or_nan() {
    for bits in 0..=u16::MAX {
        let exponent = i32::from(bits >> 10 & 0x1f);
        let fraction = f64::from(bits & 0x3ff);
        let magnitude = match exponent {
            0 => fraction * 2f64.powi(-24),
            31 if fraction == 0.0 => f64::INFINITY,
            31 => f64::NAN,
            _ => (1024.0 + fraction) * 2f64.powi(exponent - 25),
        };
        let exact = if bits & 0x8000 == 0 { magnitude } else { -magnitude };
        let got = F16::from_bits(bits).widen();
        assert!(f64::from(got) == exact || (got.is_nan() && exact.is_nan()), "{bits:#x}: {got} for {exact}");
        assert_eq!(got.is_sign_negative(), bits & 0x8000 != 0);
    }
}

#[test]
fn kernels_should_keep_their_bits() {
    // Written down once: a change here is a new version of the arithmetic and of every engine profile.
    let (x, w) = (floats(3 * 100, 1), &matrices(9, 100, 2)[0]);
    let mut all = product(Isa::best(), &x, w);
    let mut soft = x.clone();
    softmax(Isa::best(), &mut soft);
    all.extend(soft);
    all.extend(x.iter().map(|v| exp(v * 30.0)));
    let digest = hanzo_inference::hash::of_floats(&all);
    assert_eq!(format!("{digest:?}"), KERNEL_BITS);
}

const KERNEL_BITS: &str = "0xf3da7d258fe0e118ec46a4137f4c22f968b87c00155b4ffdd0020cfa25156b8f";
