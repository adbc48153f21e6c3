//! The sampler against brute force, and the statistics of its noise.

use hanzo_inference::sampler::*;
use hanzo_inference::Error;
use hanzo_poai::Decoding;
use proptest::prelude::*;
use sp_core::H256;

fn context<'a>(decoding: &'a Decoding, seed: &'a H256, position: usize) -> Context<'a> {
    Context { decoding, seed, position, bias: &[], present: &[], factors: &[], allowed: &[] }
}

fn choose(logits: &[f32], decoding: &Decoding, seed: u64, position: usize) -> u32 {
    let seed = H256::from_low_u64_be(seed);
    sample(&mut logits.to_vec(), &context(decoding, &seed, position)).unwrap()
}

/// The ranking, written out.
fn ranked(logits: &[f32]) -> Vec<u32> {
    let mut ids: Vec<u32> = (0..logits.len() as u32).collect();
    ids.sort_by(|a, b| logits[*b as usize].partial_cmp(&logits[*a as usize]).unwrap().then(a.cmp(b)));
    ids
}

/// The filters as docs/inference.md words them, one after another over a full ranking.
fn filtered(logits: &[f32], d: &Decoding) -> Vec<u32> {
    let t = d.temperature_milli as f32 / 1000.0;
    let z: Vec<f32> = logits.iter().map(|l| l / t).collect();
    let mut ids = ranked(&z);
    let top = z[ids[0] as usize];
    let weight =
        |id: &u32| (f64::from(hanzo_inference::kernels::exp(z[*id as usize] - top)) * 2f64.powi(40)).floor() as u128;
    if d.top_k > 0 {
        ids.truncate(d.top_k as usize);
    }
    if d.top_p_ppm < 1_000_000 {
        let total: u128 = ids.iter().map(weight).sum();
        let prefix = |n: usize| ids[..n].iter().map(weight).sum::<u128>();
        let keep = (1..=ids.len()).find(|n| prefix(*n) * 1_000_000 >= total * u128::from(d.top_p_ppm)).unwrap();
        ids.truncate(keep);
    }
    ids.retain(|id| weight(id) * 1_000_000 >= u128::from(d.min_p_ppm) << 40);
    ids.sort_unstable();
    ids
}

fn logits() -> impl Strategy<Value = Vec<f32>> {
    // Few distinct values, so that ties are common.
    proptest::collection::vec((-40i32..40).prop_map(|v| v as f32 / 4.0), 1..700)
}

prop_compose! {
    fn decoding()(temperature in 100u32..3000, k in prop_oneof![Just(0u32), 1u32..50], p in prop_oneof![Just(1_000_000u32), 1u32..1_000_000],
        m in prop_oneof![Just(0u32), 0u32..1_000_000]) -> Decoding {
        Decoding { temperature_milli: temperature, top_k: k, top_p_ppm: p, min_p_ppm: m, ..Decoding::greedy(1) }
    }
}

proptest! {
    #![proptest_config(crate::common::cases(128))]

    #[test]
    fn filters_should_keep_what_brute_force_keeps(logits in logits(), decoding in decoding()) {
        let mut kept: Vec<u32> =
            candidates(&logits, decoding.temperature_milli as f32 / 1000.0, &decoding).iter().map(|c| c.id).collect();
        kept.sort_unstable();
        prop_assert_eq!(kept, filtered(&logits, &decoding));
    }

    #[test]
    fn choice_should_maximise_logit_plus_noise_over_the_kept(logits in logits(), decoding in decoding(), seed: u64, position in 0usize..100_000) {
        let noise = Noise::new(&H256::from_low_u64_be(seed), position);
        let t = decoding.temperature_milli as f32 / 1000.0;
        let score = |id: u32| f64::from(logits[id as usize] / t) + gumbel(noise.word(id));
        let best = filtered(&logits, &decoding).into_iter().reduce(|a, b| if score(b) > score(a) { b } else { a });
        prop_assert_eq!(Some(choose(&logits, &decoding, seed, position)), best);
    }

    #[test]
    fn greedy_choice_should_be_the_lowest_id_of_the_largest(logits in logits()) {
        prop_assert_eq!(choose(&logits, &Decoding::greedy(1), 1, 1), ranked(&logits)[0]);
    }
}

#[test]
fn steps_should_apply_in_the_normative_order() {
    let seed = H256::zero();
    let greedy = Decoding { repetition_penalty_milli: 2000, ..Decoding::greedy(1) };
    let bias = [TokenBias { token: 0, milli: 4000 }, TokenBias { token: 3, milli: -1500 }];
    let full = Context {
        bias: &bias,
        present: &[0, 0, 1, 99],
        factors: &[0.0, 0.0, 3.0, 2.0],
        allowed: &[true, true, false, true],
        ..context(&greedy, &seed, 4)
    };
    let mut logits = [4.0, -2.0, 5.0, 2.5];
    assert_eq!(sample(&mut logits, &full).unwrap(), 0);
    // Bias, then the penalty once per token (÷ above zero, × below), then factors, then the mask.
    assert_eq!(logits, [4.0, -4.0, f32::NEG_INFINITY, 3.0]);
    let mut logits = [4.0, -2.0, 5.0, 4.0];
    assert_eq!(sample(&mut logits, &full).unwrap(), 3);
}

#[test]
fn bias_should_be_refused_when_out_of_bounds_or_out_of_order() {
    let refused = |biases: &[(u32, i32)]| {
        let biases: Vec<_> = biases.iter().map(|(token, milli)| TokenBias { token: *token, milli: *milli }).collect();
        TokenBias::check(&biases, 10).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(refused(&[]), "");
    assert_eq!(refused(&[(0, 100_000), (9, -100_000)]), "");
    assert!(refused(&[(10, 1)]).contains("token 10, outside a vocabulary of 10"));
    assert!(refused(&[(3, 100_001)]).contains("is 100001 thousandths"));
    assert!(refused(&[(3, i32::MIN)]).contains("is -2147483648 thousandths"));
    assert!(refused(&[(3, 1), (3, 1)]).contains("token 3 comes after token 3"));
    assert!(refused(&[(4, 1), (3, 1)]).contains("token 3 comes after token 4"));
}

#[test]
fn sampler_should_survive_nan_and_infinities() {
    let sampled = crate::common::sampled(1);
    for decoding in [Decoding::greedy(1), sampled] {
        assert_eq!(choose(&[f32::NAN, 1.0, f32::NEG_INFINITY], &decoding, 1, 1), 1);
        assert_eq!(choose(&[1.0, f32::INFINITY, f32::INFINITY, f32::NAN], &Decoding { top_k: 1, ..decoding }, 1, 1), 1);
        let seed = H256::zero();
        let error = sample(&mut [f32::NAN, f32::NEG_INFINITY], &context(&decoding, &seed, 9)).unwrap_err();
        assert!(matches!(error, Error::NoToken { position: 9, vocabulary: 2 }));
    }
}

#[test]
fn sampler_should_refuse_when_factors_do_not_cover_the_vocabulary() {
    let (decoding, seed) = (Decoding::greedy(1), H256::zero());
    let wrong = Context { factors: &[1.0], ..context(&decoding, &seed, 0) };
    assert!(matches!(sample(&mut [1.0, 2.0], &wrong), Err(Error::Request(_))));
}

#[test]
fn noise_should_depend_on_seed_position_and_token_only() {
    let word = |seed: u64, position, id| Noise::new(&H256::from_low_u64_be(seed), position).word(id);
    assert_eq!(word(1, 2, 3), word(1, 2, 3));
    let others = [word(2, 2, 3), word(1, 3, 3), word(1, 2, 4), word(1, 2, 19), word(1, 2, 3 + (1 << 20))];
    assert!(others.iter().all(|other| *other != word(1, 2, 3)));
    // From another implementation of ChaCha12: key = seed, words 12 and 13 = id / 16, words 14 and 15 = position.
    assert_eq!([word(1, 2, 3), word(7, 100_000, 151_935)], NOISE_WORDS);
}

const NOISE_WORDS: [u32; 2] = [2_932_804_191, 3_840_812_242];

#[test]
fn noise_should_follow_the_gumbel_law() {
    let noise = Noise::new(&H256::repeat_byte(1), 5);
    let mut values: Vec<f64> = (0..20_000).map(|id| gumbel(noise.word(id))).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64;
    assert!((mean - 0.577_215_665).abs() < 0.03, "mean {mean}");
    assert!((variance - std::f64::consts::PI.powi(2) / 6.0).abs() < 0.08, "variance {variance}");
    values.sort_by(f64::total_cmp);
    // Kolmogorov–Smirnov at 0.1 %.
    let n = values.len() as f64;
    let worst = values.iter().enumerate().map(|(i, v)| ((-(-v).exp()).exp() - i as f64 / n).abs()).fold(0.0, f64::max);
    assert!(worst < 1.95 / n.sqrt(), "distance {worst}");
    assert!(gumbel(0).is_finite() && gumbel(u32::MAX).is_finite());
}

#[test]
fn choices_should_follow_the_softmax_law() {
    let logits = [1.0f32, 0.0, -1.0, 2.0, 0.5, -3.0];
    let decoding = Decoding { temperature_milli: 1500, ..Decoding::greedy(1) };
    let draws = 20_000;
    let mut counts = [0f64; 6];
    for position in 0..draws {
        counts[choose(&logits, &decoding, 11, position) as usize] += 1.0;
    }
    let powers = logits.map(|l| (f64::from(l) / 1.5).exp());
    let sum: f64 = powers.iter().sum();
    let statistic: f64 = counts
        .iter()
        .zip(powers)
        .map(|(count, power)| {
            let expected = power / sum * draws as f64;
            (count - expected).powi(2) / expected
        })
        .sum();
    // Chi-square with 5 degrees of freedom exceeds 20.5 once in a thousand.
    assert!(statistic < 20.5, "chi-square {statistic}, counts {counts:?}");
}

#[test]
fn choice_should_be_that_of_brute_force_when_the_vocabulary_is_large() {
    let logits: Vec<f32> = (0..151_936u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 20) as f32 / 512.0).collect();
    let plain = crate::common::sampled(1);
    // Few kept tokens lie far apart in the stream of noise, all of them side by side.
    for decoding in [plain, Decoding { top_k: 40, ..plain }, Decoding { top_p_ppm: 500_000, ..plain }] {
        for position in 0..5 {
            let noise = Noise::new(&H256::from_low_u64_be(3), position);
            let score = |id: u32| f64::from(logits[id as usize]) + gumbel(noise.word(id));
            let kept = candidates(&logits, 1.0, &decoding).into_iter().map(|c| c.id);
            let best = kept.reduce(|a, b| match score(b).total_cmp(&score(a)).then(a.cmp(&b)) {
                std::cmp::Ordering::Greater => b,
                _ => a,
            });
            assert_eq!(Some(choose(&logits, &decoding, 3, position)), best, "{decoding:?}, position {position}");
        }
    }
}
