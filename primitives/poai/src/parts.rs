//! What a job takes of tiers beside its own, and how a settlement divides it (docs/jobs.md, "Tokens of several tiers").

use crate::resources::{ResourceClass, Resources};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, BoundedVec, Rounding};

/// Most tiers beside its own that a job takes tokens of.
pub const MAX_PARTS: u32 = 3;

/// Most pools, that is classes in tiers, that a job takes tokens of: two tiers for each class, however they are spread. A
/// settlement sells up to twice as many times.
pub const MAX_POOLS: u32 = 12;

/// Resources of one tier.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Part {
    /// The tier.
    pub tier: u8,
    /// How much of each class, wei.
    pub resources: Resources,
}

/// What a job takes of other tiers, one entry per tier.
pub type Parts = BoundedVec<Part, ConstU32<MAX_PARTS>>;

/// The amount of one class over all parts, wei; `None` on overflow.
pub fn sum(parts: &[Part], class: ResourceClass) -> Option<u128> {
    parts.iter().try_fold(0, |sum: u128, part| sum.checked_add(part.resources.get(class)))
}

/// `whole` tier by tier: first what is left of it to `tier`, then its parts. `None` if they exceed it.
pub fn by_tier(tier: u8, whole: &Resources, parts: &[Part]) -> Option<Vec<Part>> {
    let rest = parts.iter().try_fold(*whole, |rest, part| rest.checked_sub(&part.resources))?;
    let first = Part { tier, resources: rest };
    Some(core::iter::once(first).chain(parts.iter().copied()).collect())
}

/// `whole` class by class and tier by tier, what is zero left out: its pools, and how much is of each. `None` if the parts
/// exceed it.
pub fn pools(tier: u8, whole: &Resources, parts: &[Part]) -> Option<Vec<(ResourceClass, u8, u128)>> {
    let tiers = by_tier(tier, whole, parts)?;
    let of_class = |class| tiers.iter().map(move |part| (class, part.tier, part.resources.get(class)));
    Some(ResourceClass::ALL.into_iter().flat_map(of_class).filter(|(_, _, amount)| *amount > 0).collect())
}

/// The share of each part in `amount`, when `whole` has these `parts`: pro rata in each class. The rest of `amount` is the
/// share of what the parts leave of `whole`.
///
/// Shares are those of the running sum of the parts, rounded down: each is less than one wei from its exact value, none is
/// above its part, and neither is the rest, as long as `amount` is at most `whole`. `None` on overflow, which such an
/// amount cannot come to.
pub fn divide(amount: &Resources, whole: &Resources, parts: &Parts) -> Option<Parts> {
    let mut shares = parts.clone();
    for class in ResourceClass::ALL {
        let (mut taken, mut given) = (0u128, 0u128);
        for (part, share) in parts.iter().zip(shares.iter_mut()) {
            taken = taken.checked_add(part.resources.get(class))?;
            let due = match whole.get(class) {
                0 => 0,
                whole => multiply_by_rational_with_rounding(amount.get(class), taken, whole, Rounding::Down)?,
            };
            share.resources.set(class, due.checked_sub(given)?);
            given = due;
        }
    }
    Some(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gpu(amount: u128) -> Resources {
        let mut out = Resources::default();
        out.set(ResourceClass::Gpu, amount);
        out
    }

    fn parts(amounts: &[u128]) -> Parts {
        let parts = (1u8..).zip(amounts).map(|(tier, amount)| Part { tier, resources: gpu(*amount) });
        parts.collect::<Vec<_>>().try_into().unwrap()
    }

    fn of_gpu(parts: &[Part]) -> Vec<u128> {
        parts.iter().map(|part| part.resources.get(ResourceClass::Gpu)).collect()
    }

    #[test]
    fn tiers_should_add_up_to_the_whole() {
        let mut whole = gpu(10);
        whole.set(ResourceClass::Disk, 4);
        let tiers = by_tier(7, &whole, &parts(&[3, 5])).unwrap();
        assert_eq!(tiers.iter().map(|part| part.tier).collect::<Vec<_>>(), [7, 1, 2]);
        assert_eq!(of_gpu(&tiers), [2, 3, 5]);
        let all = pools(7, &whole, &parts(&[3, 7])).unwrap();
        assert_eq!(all, [(ResourceClass::Gpu, 1, 3), (ResourceClass::Gpu, 2, 7), (ResourceClass::Disk, 7, 4)]);
        assert_eq!(by_tier(0, &whole, &parts(&[3, 8])), None);
        assert_eq!(pools(0, &whole, &parts(&[u128::MAX, u128::MAX])), None);
        assert_eq!(sum(&parts(&[u128::MAX, 1]), ResourceClass::Gpu), None);
    }

    #[test]
    fn nothing_should_divide_into_nothing() {
        assert_eq!(of_gpu(&divide(&gpu(0), &gpu(0), &parts(&[0])).unwrap()), [0]);
        assert_eq!(of_gpu(&divide(&gpu(0), &gpu(9), &parts(&[4, 5])).unwrap()), [0, 0]);
        assert_eq!(divide(&gpu(5), &gpu(9), &parts(&[])).unwrap().len(), 0);
    }

    /// Whether `share` is less than one from `amount × part ÷ whole`, without a quotient: |share·whole − amount·part| < whole.
    fn is_next_to(share: u128, amount: u128, part: u128, whole: u128) -> bool {
        use sp_core::U256;
        let [left, right] = [U256::from(share) * U256::from(whole), U256::from(amount) * U256::from(part)];
        left.max(right) - left.min(right) < U256::from(whole)
    }

    fn a_part() -> impl Strategy<Value = u128> {
        prop_oneof![2 => 0u128..10, 2 => 0u128..u128::from(u64::MAX), 1 => 0u128..u128::MAX / 4]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn shares_should_be_the_rational_ones_to_less_than_a_wei(
            amounts in prop::collection::vec(a_part(), 0..=3),
            rest in a_part(),
            used in 0u32..=1_000_000,
            less in 0u128..3,
        ) {
            let whole = amounts.iter().sum::<u128>() + rest;
            let portion = multiply_by_rational_with_rounding(whole, used.into(), 1_000_000, Rounding::Up).unwrap();
            let amount = portion.saturating_sub(less);
            let shares = of_gpu(&divide(&gpu(amount), &gpu(whole), &parts(&amounts)).unwrap());
            let given = shares.iter().sum::<u128>();
            prop_assert!(given <= amount);
            for (share, part) in shares.iter().zip(&amounts).chain([(&(amount - given), &rest)]) {
                prop_assert!(share <= part, "{share} of a part of {part}");
                prop_assert!(whole == 0 || is_next_to(*share, amount, *part, whole), "{share} of {part}");
            }
        }
    }
}
