//! The lottery of audits: in each block every attested job that waits for its settlement may be drawn, with the same small chance.
//!
//! A draw at one block whose place is known beforehand can be steered by whoever writes that block and some before it: it sees what
//! comes out and leaves slots empty until that suits it. Here each block draws by itself. What the author of a third of the blocks
//! can do is to leave its own blocks out of the lottery, wherever they are; it cannot know, or change, what others draw
//! (docs/verification.md, "Audits").
//!
//! Chances are fractions of 2⁶⁴.

use sp_core::H256;

/// Certainty.
pub const ONE: u128 = 1 << 64;
/// Parts of a rate that make one.
const PPB: u128 = 1_000_000_000;

/// `a · b` of two fractions, rounded up.
fn mul_up(a: u128, b: u128) -> u128 {
    match (a.min(ONE), b.min(ONE)) {
        (ONE, other) | (other, ONE) => other,
        // Both are below 2⁶⁴.
        (a, b) => a.saturating_mul(b).saturating_add(ONE.saturating_sub(1)) >> 64,
    }
}

/// `base` to a power, rounded up.
fn pow_up(base: u128, exponent: u64) -> u128 {
    let (mut power, mut square, mut rest) = (ONE, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            power = mul_up(power, square);
        }
        square = mul_up(square, square);
        rest >>= 1;
    }
    power
}

/// The least chance h per block for which a job that is in the lottery for `blocks` blocks is drawn with a chance of at least
/// `rate_ppb` parts per billion: 1 − (1 − h)^blocks ≥ rate. Zero for a rate of zero, [`ONE`] for one of a billion or more; no
/// blocks count as one. 64 steps of bisection, each of at most 128 multiplications.
pub fn chance_per_block(rate_ppb: u32, blocks: u64) -> u128 {
    let rate = u128::from(rate_ppb).min(PPB);
    let escapes = ONE.saturating_sub(rate.saturating_mul(ONE).div_ceil(PPB));
    // The greatest chance to stay undrawn in one block, of which the power is not above `escapes`.
    let (mut low, mut high) = (0u128, ONE);
    if pow_up(high, blocks.max(1)) <= escapes {
        return 0;
    }
    while high.saturating_sub(low) > 1 {
        let middle = low.saturating_add(high) >> 1;
        if pow_up(middle, blocks.max(1)) <= escapes {
            low = middle;
        } else {
            high = middle;
        }
    }
    ONE.saturating_sub(low)
}

/// The chance at which `entries` entries come to at most `most` drawn ones.
pub fn bounded_chance(chance: u128, entries: u32, most: u32) -> u128 {
    let bound = u128::from(most).saturating_mul(ONE).checked_div(entries.into());
    bound.map_or(chance, |bound| bound.min(chance))
}

/// Places that a block draws of `entries` ones, in ascending order: each with a chance of `chance`, by systematic sampling from
/// a start that `seed` gives. Their number is n · h, rounded up or down at random.
pub fn drawn(entries: u32, chance: u128, seed: &H256) -> impl Iterator<Item = u32> {
    let start = crate::draw::Stream::new(*seed).below(ONE);
    // Laid end to end each entry is `chance` long, and whatever a multiple of ONE less `start` falls into is drawn.
    let place = move |number: u128| {
        let mark = number.saturating_mul(ONE).saturating_sub(start);
        mark.saturating_sub(1).checked_div(chance).and_then(|place| u32::try_from(place).ok())
    };
    (1..).map_while(place).take_while(move |place| *place < entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sp_crypto_hashing::blake2_256;

    fn seed(number: u32) -> H256 {
        blake2_256(&number.to_le_bytes()).into()
    }

    #[test]
    fn chance_should_be_the_rate_when_there_is_one_block() {
        assert_eq!(chance_per_block(0, 1), 0);
        assert_eq!(chance_per_block(1_000_000_000, 1), ONE);
        assert_eq!(chance_per_block(u32::MAX, 600), ONE);
        assert_eq!(chance_per_block(500_000_000, 1), ONE / 2);
        assert_eq!(chance_per_block(250_000_000, 0), ONE / 4);
    }

    #[test]
    fn everything_should_be_drawn_once_when_it_is_certain() {
        assert_eq!(drawn(5, ONE, &seed(1)).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert_eq!(drawn(0, ONE, &seed(1)).count(), 0);
        assert_eq!(drawn(u32::MAX, 0, &seed(1)).count(), 0);
    }

    #[test]
    fn places_should_be_drawn_equally_often() {
        let (entries, chance, rounds) = (40u32, ONE / 25, 50_000u32);
        let mut counts = [0u32; 40];
        for number in 0..rounds {
            drawn(entries, chance, &seed(number)).for_each(|place| counts[place as usize] += 1);
        }
        // 2,000 each; five standard deviations of a binomial count.
        assert!(counts.iter().all(|count| (1_780..2_220).contains(count)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn chance_should_come_to_the_rate_over_all_blocks(rate in 1_000u32..=999_999_999, blocks in 1u64..20_000) {
            let chance = chance_per_block(rate, blocks) as f64 / ONE as f64;
            let total = -((-chance).ln_1p() * blocks as f64).exp_m1();
            prop_assert!((total - f64::from(rate) / 1e9).abs() < 1e-10, "{total} for {rate} in {blocks}");
        }

        #[test]
        fn chance_should_be_the_least_that_is_enough(rate in 1u32..=999_999_999, blocks in 1u64..20_000) {
            let chance = chance_per_block(rate, blocks);
            let escapes = ONE - (u128::from(rate) * ONE).div_ceil(PPB);
            prop_assert!(pow_up(ONE - chance, blocks) <= escapes);
            prop_assert!(pow_up(ONE - chance + 1, blocks) > escapes);
        }

        #[test]
        fn number_drawn_should_be_the_chance_of_all_rounded_up_or_down(
            entries in 0u32..5_000, chance in 1u128..=ONE, number: u32,
        ) {
            let places: Vec<_> = drawn(entries, chance, &seed(number)).collect();
            let expected = u128::from(entries) * chance / ONE;
            prop_assert!((expected..=expected + 1).contains(&(places.len() as u128)), "{} of {expected}", places.len());
            prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(places.iter().all(|place| *place < entries));
        }

        #[test]
        fn number_drawn_should_be_bounded_when_the_chance_is(
            entries in 1u32..=u32::MAX, chance in 1u128..=ONE, most in 1u32..50, number: u32,
        ) {
            let bounded = bounded_chance(chance, entries, most);
            prop_assert!(bounded <= chance);
            prop_assert!(drawn(entries, bounded, &seed(number)).count() <= most as usize);
        }
    }
}
