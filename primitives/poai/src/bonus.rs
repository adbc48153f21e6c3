//! The bonus: what a verified job earns its worker beside its tokens (docs/jobs.md, "The bonus").
//!
//! ```text
//! budget of an epoch = part × the workers' share of it              part ≤ 10 %
//! bonus of a job     = min(ρ·V, lost fees, what is left of the budget), none where V < cost      ρ ≤ 10 %
//! ```
//! All is rounded down. No bonus exceeds what the job itself has lost to burning and treasury, so a job for oneself wins nothing.

use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// Greatest ρ, parts per billion.
pub const MAX_RATE: u32 = 100_000_000;
/// Greatest part of the workers' share of an epoch, parts per billion.
pub const MAX_PART: u32 = 100_000_000;

const PPB: u128 = 1_000_000_000;

/// What a job's bonus goes by, wei of credits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// V: the job's value.
    pub value: u128,
    /// What of the fees on its purchase was burned or went to the treasury.
    pub lost_fees: u128,
    /// What the metered work is worth.
    pub cost: u128,
}

impl Terms {
    /// The job's bonus at ρ = `rate_ppb` ([`MAX_RATE`] where it is greater), with `left` in the epoch's budget; wei.
    pub fn bonus(&self, rate_ppb: u32, left: u128) -> u128 {
        if self.value < self.cost {
            return 0;
        }
        share(self.value, rate_ppb.min(MAX_RATE)).min(self.lost_fees).min(left)
    }
}

/// What bonuses of an epoch may come to in all: `part_ppb` of the workers' share of it, [`MAX_PART`] where that is greater; wei.
pub fn budget(workers_share: u128, part_ppb: u32) -> u128 {
    share(workers_share, part_ppb.min(MAX_PART))
}

/// A part of an amount, at most all of it.
fn share(amount: u128, ppb: u32) -> u128 {
    multiply_by_rational_with_rounding(amount, ppb.into(), PPB, Rounding::Down).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount() -> impl Strategy<Value = u128> {
        prop_oneof![0..10u128, 0..=10u128.pow(28), Just(u128::MAX)]
    }

    proptest! {
        #[test]
        fn bonus_should_be_the_least_of_its_bounds_to_the_wei(
            value in amount(), lost_fees in amount(), cost in amount(), left in amount(), rate in 0..=MAX_RATE
        ) {
            let bonus = Terms { value, lost_fees, cost }.bonus(rate, left);
            prop_assert!(bonus <= lost_fees && bonus <= left && bonus <= value / 10);
            let by_rate = sp_core::U256::from(value) * sp_core::U256::from(rate) / sp_core::U256::from(PPB);
            let least = by_rate.min(lost_fees.into()).min(left.into()).as_u128();
            prop_assert_eq!(bonus, if value < cost { 0 } else { least });
        }

        #[test]
        fn bonuses_of_an_epoch_should_stay_within_its_budget_in_any_order(
            jobs in prop::collection::vec((amount(), amount(), amount()), 0..40),
            share in 0..=10u128.pow(28),
            part in any::<u32>(),
            rate in any::<u32>(),
        ) {
            let budget = budget(share, part);
            prop_assert!(budget <= share / 10);
            let mut paid = 0u128;
            for (value, lost_fees, cost) in jobs {
                paid += Terms { value, lost_fees, cost }.bonus(rate, budget - paid);
                prop_assert!(paid <= budget);
            }
        }

        /// Whoever is client, worker and only provider of the pools at once pays at least what it gets.
        #[test]
        fn split_job_should_earn_no_more_than_it_lost(
            parts in prop::collection::vec((0..=10u128.pow(24), 0..=10u128.pow(24)), 1..20), left in amount()
        ) {
            let lost: u128 = parts.iter().map(|(_, lost)| lost).sum();
            let mut rest = left;
            let mut earned = 0;
            for (value, lost_fees) in parts {
                let bonus = Terms { value, lost_fees, cost: 0 }.bonus(MAX_RATE, rest);
                rest -= bonus;
                earned += bonus;
            }
            prop_assert!(earned <= lost);
        }
    }

    #[test]
    fn bonus_should_be_zero_when_the_work_is_worth_more_than_was_paid() {
        let terms = Terms { value: 1_000, lost_fees: 50, cost: 1_000 };
        assert_eq!(terms.bonus(MAX_RATE, 1_000), 50);
        assert_eq!(Terms { cost: 1_001, ..terms }.bonus(MAX_RATE, 1_000), 0);
        assert_eq!(Terms { lost_fees: 500, ..terms }.bonus(MAX_RATE, 1_000), 100);
        assert_eq!(terms.bonus(MAX_RATE, 7), 7);
    }
}
