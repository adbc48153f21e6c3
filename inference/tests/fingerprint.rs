//! Digests of hidden states.

use hanzo_inference::fingerprint::*;
use hanzo_poai::chunks::FINGERPRINT_BYTES;
use proptest::prelude::*;

fn states(len: usize, seed: u64) -> Vec<f32> {
    use rand_chacha::rand_core::{RngCore, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    (0..len).map(|_| ((rng.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0).powi(5) * 50.0).collect()
}

proptest! {
    #![proptest_config(crate::common::cases(32))]

    #[test]
    fn fingerprint_should_evaluate_to_every_one_of_the_largest_elements(len in 1usize..8000, seed: u64) {
        let states = states(len, seed);
        let difference = compare(&fingerprint(&states), &states);
        prop_assert_eq!(difference, Difference { compared: len.min(TOP), exponents: 0, mantissa_mean: 0.0, mantissa_median: 0 });
    }

    #[test]
    fn fingerprint_should_be_refused_when_it_is_of_other_states(seed: u64) {
        let difference = compare(&fingerprint(&states(6144, seed)), &states(6144, seed ^ 1));
        prop_assert!(!Tolerance::SAME_DTYPE.forgives(&difference), "{:?}", difference);
    }

    #[test]
    fn fingerprint_should_be_forgiven_when_states_differ_in_the_last_bits(seed: u64) {
        let states = states(6144, seed);
        let moved: Vec<f32> = states.iter().enumerate().map(|(i, v)| v * (1.0 + (i % 7) as f32 * 1e-6)).collect();
        let difference = compare(&fingerprint(&states), &moved);
        prop_assert!(Tolerance::SAME_DTYPE.forgives(&difference), "{:?}", difference);
    }
}

#[test]
fn fingerprint_should_break_ties_by_the_lower_place() {
    let flat = vec![1.0f32; 300];
    let print = fingerprint(&flat);
    assert!((0..TOP).all(|place| claimed(&print, place) == 0x3f80));
    assert_eq!(print.len(), FINGERPRINT_BYTES);
}

#[test]
fn fingerprints_should_number_one_per_chunk_of_32() {
    let width = 10;
    for (tokens, chunks) in [(0, 0), (1, 1), (32, 1), (33, 2), (64, 2), (65, 3)] {
        assert_eq!(fingerprints(&states(tokens * width, 1), width).len(), chunks);
    }
}
