//! How much strangers may move in a minute.

use governor::{
    clock::{Clock, DefaultClock},
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter,
};
use std::{hash::Hash, num::NonZeroU32, time::Duration};

/// Least a request counts, KiB, so that small ones are limited in number.
const LEAST_KIB: u32 = 4;

/// A budget in KiB a minute for each of many callers, and one for all of them together. What was not used up for a
/// while may be used at once, up to a minute's worth.
pub struct Budget<Caller: Hash + Eq + Clone> {
    each: DefaultKeyedRateLimiter<Caller>,
    all: DefaultDirectRateLimiter,
    each_kib: u32,
    all_kib: u32,
    clock: DefaultClock,
}

/// A request above the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{asked_kib} KiB are above what is left of {limit_kib} KiB a minute {scope}: try again in {} s", .wait.as_secs().saturating_add(1))]
pub struct Exceeded {
    /// What the request counts, KiB.
    pub asked_kib: u32,
    /// The budget, KiB a minute.
    pub limit_kib: u32,
    /// Whose budget it is.
    pub scope: &'static str,
    /// Time until it suffices.
    pub wait: Duration,
}

impl<Caller: Hash + Eq + Clone> Budget<Caller> {
    /// Budgets of so many KiB a minute; none is below `largest`, the KiB of the largest single request.
    pub fn new(each_kib: u32, all_kib: u32, largest: u32) -> Self {
        let at_least = |kib: u32| NonZeroU32::new(kib.max(largest).max(LEAST_KIB)).unwrap_or(NonZeroU32::MIN);
        let (each, all) = (at_least(each_kib), at_least(all_kib));
        Self {
            each: RateLimiter::keyed(Quota::per_minute(each)),
            all: RateLimiter::direct(Quota::per_minute(all)),
            each_kib: each.get(),
            all_kib: all.get(),
            clock: DefaultClock::default(),
        }
    }

    /// Takes `bytes` out of the caller's budget and everybody's.
    pub fn take(&self, caller: &Caller, bytes: u64) -> Result<(), Exceeded> {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).max(LEAST_KIB);
        let cells = NonZeroU32::new(kib).unwrap_or(NonZeroU32::MIN);
        let exceeded = |scope, limit_kib, wait| Exceeded { asked_kib: kib, limit_kib, scope, wait };
        // A request above a whole minute's budget never fits; the size limit refuses it before it comes here.
        let never = Duration::from_secs(60);

        match self.each.check_key_n(caller, cells) {
            Ok(Ok(())) => {}
            Ok(Err(until)) => {
                return Err(exceeded("for one caller", self.each_kib, until.wait_time_from(self.clock.now())))
            }
            Err(_) => return Err(exceeded("for one caller", self.each_kib, never)),
        }
        match self.all.check_n(cells) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(until)) => {
                Err(exceeded("for all callers together", self.all_kib, until.wait_time_from(self.clock.now())))
            }
            Err(_) => Err(exceeded("for all callers together", self.all_kib, never)),
        }
    }

    /// Forgets callers whose budget is whole again.
    pub fn forget_idle(&self) {
        self.each.retain_recent();
        self.each.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budget_should_be_per_caller_and_for_all() {
        let budget = Budget::new(100, 150, 1);
        budget.take(&"a", 100 * 1024).unwrap();
        let error = budget.take(&"a", 10 * 1024).unwrap_err();
        assert_eq!((error.asked_kib, error.limit_kib, error.scope), (10, 100, "for one caller"));
        assert!(error.wait <= Duration::from_secs(6), "{error}");
        budget.take(&"b", 49 * 1024).unwrap();
        let error = budget.take(&"c", 10 * 1024).unwrap_err();
        assert_eq!((error.limit_kib, error.scope), (150, "for all callers together"));
        assert!(error.to_string().starts_with("10 KiB are above what is left of 150 KiB a minute"), "{error}");
    }

    #[test]
    fn small_requests_should_be_limited_in_number() {
        let budget = Budget::new(40, 1_000, 1);
        let passed = (0..100).filter(|_| budget.take(&0, 1).is_ok()).count();
        assert_eq!(passed, 10);
    }

    #[test]
    fn largest_request_should_fit_a_small_budget() {
        let budget = Budget::new(1, 1, 1024);
        assert!(budget.take(&0, 1024 * 1024).is_ok());
    }
}
