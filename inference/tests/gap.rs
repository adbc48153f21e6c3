//! How far a claimed token is from being the sampler's choice, against moved logits.

use hanzo_inference::sampler::{gap, sample, Context};
use hanzo_poai::Decoding;
use proptest::prelude::*;
use sp_core::H256;

fn context<'a>(decoding: &'a Decoding, seed: &'a H256) -> Context<'a> {
    Context { decoding, seed, position: 5, bias: &[], present: &[1, 4], factors: &[], allowed: &[] }
}

/// The choice, and the logits as the choice leaves them.
fn choose(logits: &[f32], decoding: &Decoding, seed: &H256) -> (u32, Vec<f32>) {
    let mut combined = logits.to_vec();
    let token = sample(&mut combined, &context(decoding, seed)).unwrap();
    (token, combined)
}

prop_compose! {
    fn decoding()(temperature in prop_oneof![1 => Just(0u32), 6 => 200u32..3000], k in prop_oneof![Just(0u32), 1u32..12],
        p in prop_oneof![Just(1_000_000u32), 50_000u32..990_000], m in prop_oneof![Just(0u32), 1_000u32..900_000]) -> Decoding {
        Decoding { temperature_milli: temperature, top_k: k, top_p_ppm: p, min_p_ppm: m, ..Decoding::greedy(1) }
    }
}

fn logits() -> impl Strategy<Value = Vec<f32>> {
    // Half of them on a coarse grid, so that some are equal or nearly so.
    let logit = prop_oneof![(-16i32..16).prop_map(|v| v as f32 / 4.0), -4f32..4.0];
    proptest::collection::vec(logit, 2..60)
}

proptest! {
    #![proptest_config(crate::common::cases(512))]

    /// Whatever another engine chooses whose logits differ by at most ε each lies within 2ε.
    #[test]
    fn gap_should_be_within_the_noise_of_the_engine_that_chose(
        logits in logits(), decoding in decoding(), seed: u64, noise in 1e-4f32..0.3, signs in proptest::collection::vec(-1f32..1.0, 60),
    ) {
        let seed = H256::from_low_u64_be(seed);
        let moved: Vec<f32> = logits.iter().zip(&signs).map(|(logit, sign)| logit + sign * noise).collect();
        let (claimed, _) = choose(&moved, &decoding, &seed);
        let (own, combined) = choose(&logits, &decoding, &seed);
        let gap = gap(&combined, &context(&decoding, &seed), claimed);
        prop_assert!(gap <= f64::from(noise) * 2.0 + 1e-4, "{} nats between {} and {}", gap, own, claimed);
        prop_assert!(gap >= 0.0);
    }

    #[test]
    fn gap_should_be_nothing_for_the_choice_itself(logits in logits(), decoding in decoding(), seed: u64) {
        let seed = H256::from_low_u64_be(seed);
        let (own, combined) = choose(&logits, &decoding, &seed);
        prop_assert!(gap(&combined, &context(&decoding, &seed), own) < 1e-9);
    }

    /// Without filters nothing but the token's own logit counts: moved by the gap it wins, by less it does not.
    #[test]
    fn gap_should_be_what_the_logit_is_short_of(logits in logits(), t in prop_oneof![Just(0u32), 200u32..3000], seed: u64, place: prop::sample::Index) {
        let decoding = Decoding { temperature_milli: t, ..Decoding::greedy(1) };
        let seed = H256::from_low_u64_be(seed);
        let (own, combined) = choose(&logits, &decoding, &seed);
        // Any but its own.
        let claimed = (own as usize + 1 + place.index(logits.len() - 1)) % logits.len();
        let short = gap(&combined, &context(&decoding, &seed), claimed as u32) as f32;
        let raised = |by: f32| {
            let mut logits = logits.clone();
            logits[claimed] += by;
            choose(&logits, &decoding, &seed).0 as usize
        };
        prop_assert_eq!(raised(short + 1e-3), claimed);
        prop_assert!(short < 2e-3 || raised(short - 1e-3) != claimed);
    }
}

#[test]
fn gap_should_be_infinite_for_what_cannot_be_chosen() {
    let (plain, seed) = (crate::common::sampled(1), H256::zero());
    for decoding in [Decoding::greedy(1), plain] {
        let combined = [1.0, f32::NEG_INFINITY, 0.5];
        assert_eq!(gap(&combined, &context(&decoding, &seed), 1), f64::INFINITY);
        assert_eq!(gap(&combined, &context(&decoding, &seed), 3), f64::INFINITY);
    }
}

#[test]
fn gap_should_be_the_way_over_the_edge_for_a_token_that_a_filter_drops() {
    let seed = H256::zero();
    let within = |decoding: Decoding, claimed| gap(&[3.0, 1.0, 0.0, -1.0], &context(&decoding, &seed), claimed);
    let plain = Decoding { temperature_milli: 2_000, ..Decoding::greedy(1) };
    // Third of the ranking, and only the first two are kept: it would have to rise by a nat, and then win.
    assert!(within(Decoding { top_k: 2, ..plain }, 2) >= 1.0);
    assert_eq!(within(Decoding { top_k: 1, ..plain }, 1), 2.0);
    // Least weight kept is half of the likeliest's: ln ½ below it in z, which is twice that in logits.
    let floor = 3.0 + 2.0 * libm::log(0.5);
    let short = within(Decoding { min_p_ppm: 500_000, ..plain }, 3);
    assert!((short - (floor + 1.0)).abs() < 1e-6, "{short}");
}
