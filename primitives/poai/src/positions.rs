//! Where the members of a committee look, and the digest of what they see there (docs/jobs.md, "Verification").
//!
//! A job's sequence is its prompt followed by its output; position `p` of it is the token with `p` tokens before it. What a
//! member sees at a position are the logits that the model gives after the tokens up to and including `p`. The positions
//! follow from a seed that is drawn after the attestation, so no worker knows them while it works, and the logits are no
//! part of the attestation, so nobody knows them without running the model.

use crate::{attestation::tagged, job::JobId};
use alloc::vec::Vec;
use codec::Encode;
use sp_core::H256;

/// Domain of [`positions`].
const POSITIONS: &[u8] = b"hanzo/poai/positions/v1";
/// Domain of [`digest`].
const DIGEST: &[u8] = b"hanzo/poai/digest/v1";

/// Positions drawn for a job.
pub const POSITIONS_PER_JOB: u32 = 16;

/// The positions of a job with `tokens` tokens, prompt and output together: [`POSITIONS_PER_JOB`] different ones in
/// ascending order, or all where there are no more than that. Every set of that size is equally likely.
///
/// Robert Floyd's sampling: for `j` from `tokens − 16` to `tokens − 1`, a number `t` is drawn from 0 to `j`; `t` is taken,
/// or `j` if `t` is taken already. The `i`-th number, counted from 0, is `⌊w·(j + 1) / 2⁶⁴⌋` with `w` the last eight bytes,
/// big-endian, of H(domain ‖ job ‖ seed ‖ i as u32).
pub fn positions(seed: &H256, job: JobId, tokens: u32) -> Vec<u32> {
    let mut drawn: Vec<u32> = Vec::new();
    for (i, j) in (0u32..).zip(tokens.saturating_sub(POSITIONS_PER_JOB)..tokens) {
        let hash = tagged(POSITIONS, |out| {
            job.encode_to(out);
            seed.encode_to(out);
            i.encode_to(out);
        });
        let word = hash.as_bytes().iter().skip(24).fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
        // At most 2⁶⁴ − 1 times 2³²: it fits, and the quotient is at most j.
        let scaled = u128::from(word).saturating_mul(u128::from(j).saturating_add(1)) >> 64;
        let t = u32::try_from(scaled).unwrap_or(j);
        let taken = if drawn.contains(&t) { j } else { t };
        drawn.push(taken);
    }
    drawn.sort_unstable();
    drawn
}

/// H(domain ‖ job ‖ seed ‖ for each position: the position as u32 ‖ the hash of what was seen there): the digest of a
/// [`crate::committee::Vote`]. `seen` holds the positions in the order of [`positions`].
pub fn digest(job: JobId, seed: &H256, seen: &[(u32, H256)]) -> H256 {
    tagged(DIGEST, |out| {
        job.encode_to(out);
        seed.encode_to(out);
        for (position, hash) in seen {
            position.encode_to(out);
            hash.encode_to(out);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn seed(number: u64) -> H256 {
        H256::from_low_u64_be(number)
    }

    #[test]
    fn positions_should_stay_as_they_are() {
        let drawn = positions(&H256::repeat_byte(1), 7, 1_000);
        // Another draw is another protocol.
        assert_eq!(drawn, [70, 111, 129, 145, 460, 469, 539, 550, 589, 625, 668, 713, 748, 791, 849, 862]);
        assert_eq!(positions(&H256::zero(), 0, 5), [0, 1, 2, 3, 4]);
        assert!(positions(&H256::zero(), 0, 0).is_empty());
    }

    #[test]
    fn every_position_should_be_drawn_equally_often() {
        let (draws, tokens) = (20_000u64, 40u32);
        let mut counts = [0f64; 40];
        for number in 0..draws {
            for position in positions(&seed(number), 1, tokens) {
                counts[position as usize] += 1.0;
            }
        }
        let share = f64::from(POSITIONS_PER_JOB) / f64::from(tokens);
        let expected = draws as f64 * share;
        // Each count is binomial; their squared deviations, over the variance, sum to about one per position.
        let variance = expected * (1.0 - share);
        let statistic: f64 = counts.iter().map(|count| (count - expected).powi(2) / variance).sum();
        assert!((15.0..80.0).contains(&statistic), "{statistic} over {counts:?}");
    }

    #[test]
    fn digest_should_differ_when_any_part_differs() {
        let seen = [(3, H256::repeat_byte(1)), (9, H256::repeat_byte(2))];
        let mut all = vec![
            digest(0, &seed(0), &seen),
            digest(1, &seed(0), &seen),
            digest(0, &seed(1), &seen),
            digest(0, &seed(0), &seen[..1]),
            digest(0, &seed(0), &[]),
        ];
        for place in 0..2 {
            let mut other = seen;
            other[place].0 += 1;
            all.push(digest(0, &seed(0), &other));
            let mut other = seen;
            other[place].1 .0[31] ^= 1;
            all.push(digest(0, &seed(0), &other));
        }
        assert_eq!(BTreeSet::from_iter(&all).len(), all.len());
    }

    proptest! {
        #[test]
        fn positions_should_be_different_ascending_and_inside(number: u64, job: u64, tokens in 0u32..200) {
            let drawn = positions(&seed(number), job, tokens);
            prop_assert_eq!(drawn.len() as u32, tokens.min(POSITIONS_PER_JOB));
            prop_assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(drawn.iter().all(|position| *position < tokens));
        }

        #[test]
        fn positions_should_depend_on_seed_and_job(number: u64, job: u64, tokens in 1_000u32..) {
            let drawn = positions(&seed(number), job, tokens);
            prop_assert_ne!(&drawn, &positions(&seed(number ^ 1), job, tokens));
            prop_assert_ne!(&drawn, &positions(&seed(number), job ^ 1, tokens));
            prop_assert_eq!(&drawn, &positions(&seed(number), job, tokens));
        }

        /// Floyd's algorithm written with a set and exact division.
        #[test]
        fn positions_should_be_those_of_the_definition(number: u64, job: u64, tokens in 0u32..=u32::MAX) {
            let mut set = BTreeSet::new();
            for (i, j) in (tokens.saturating_sub(16)..tokens).enumerate() {
                let mut bytes = POSITIONS.encode();
                bytes.extend(job.to_le_bytes());
                bytes.extend(seed(number).0);
                bytes.extend((i as u32).to_le_bytes());
                let hash = sp_crypto_hashing::blake2_256(&bytes);
                let word = u64::from_be_bytes(hash[24..].try_into().unwrap());
                let t = (u128::from(word) * (u128::from(j) + 1) / (1u128 << 64)) as u32;
                let other = !set.insert(t);
                prop_assert!(!other || set.insert(j));
            }
            prop_assert_eq!(positions(&seed(number), job, tokens), Vec::from_iter(set));
        }
    }
}
