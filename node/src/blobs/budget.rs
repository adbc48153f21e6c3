//! How much strangers may move in a minute.

use parking_lot::Mutex;
use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// Least a request counts, KiB, so that small ones are limited in number.
const LEAST_KIB: u32 = 4;
/// The time budgets are for.
const MINUTE: Duration = Duration::from_secs(60);

/// How much of an allowance is used up, as the time at which it is whole again. What was not used up for a while may be
/// used at once, up to the whole of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meter(Option<Instant>);

impl Meter {
    /// The meter after `amount` more, where `limit` is allowed in each `period`; or the time until that much is left.
    pub fn after(self, amount: u32, limit: u32, period: Duration, now: Instant) -> Result<Self, Duration> {
        // Nothing is allowed at a limit of zero, and nothing above the limit ever fits.
        let Some(takes) = period.saturating_mul(amount).checked_div(limit).filter(|takes| *takes <= period) else {
            return Err(period);
        };
        let used = self.0.map_or(Duration::ZERO, |whole| whole.saturating_duration_since(now));
        let whole = used.saturating_add(takes);
        match whole.checked_sub(period) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => Ok(Self(now.checked_add(whole))),
        }
    }

    fn is_whole(self, now: Instant) -> bool {
        self.0.is_none_or(|whole| whole <= now)
    }
}

/// A budget in KiB a minute for each of many callers, and one for all of them together.
pub struct Budget<Caller: Hash + Eq + Clone> {
    used: Mutex<Used<Caller>>,
    each_kib: u32,
    all_kib: u32,
}

struct Used<Caller> {
    each: HashMap<Caller, Meter>,
    all: Meter,
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
        let at_least = |kib: u32| kib.max(largest).max(LEAST_KIB);
        let used = Used { each: HashMap::new(), all: Meter::default() };
        Self { used: Mutex::new(used), each_kib: at_least(each_kib), all_kib: at_least(all_kib) }
    }

    /// Takes `bytes` out of the caller's budget and everybody's, or out of neither.
    pub fn take(&self, caller: &Caller, bytes: u64) -> Result<(), Exceeded> {
        let asked_kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).max(LEAST_KIB);
        let now = Instant::now();
        let after = |meter: Meter, limit_kib, scope| {
            meter.after(asked_kib, limit_kib, MINUTE, now).map_err(|wait| Exceeded {
                asked_kib,
                limit_kib,
                scope,
                wait,
            })
        };
        let mut used = self.used.lock();
        // Both are asked before either is debited: whoever is refused has lost nothing.
        let own = used.each.get(caller).copied().unwrap_or_default();
        let each = after(own, self.each_kib, "for one caller")?;
        let all = after(used.all, self.all_kib, "for all callers together")?;
        used.each.insert(caller.clone(), each);
        used.all = all;
        Ok(())
    }

    /// Forgets callers whose budget is whole again.
    pub fn forget_idle(&self) {
        let now = Instant::now();
        let mut used = self.used.lock();
        used.each.retain(|_, meter| !meter.is_whole(now));
        used.each.shrink_to_fit();
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
    fn budget_should_debit_nobody_when_it_refuses() {
        let budget = Budget::new(100, 100, 1);
        budget.take(&"a", 90 * 1024).unwrap();
        for _ in 0..10 {
            assert_eq!(budget.take(&"b", 90 * 1024).unwrap_err().scope, "for all callers together");
            assert_eq!(budget.take(&"a", 50 * 1024).unwrap_err().scope, "for one caller");
        }
        let used = budget.used.lock();
        assert_eq!(used.each.get("b"), None);
        assert_eq!(used.each.get("a"), Some(&used.all));
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

    #[test]
    fn budget_should_keep_only_callers_that_used_it_lately() {
        let budget = Budget::new(60_000, 60_000, 1);
        budget.take(&"a", 50_000 * 1024).unwrap();
        budget.used.lock().each.insert("b", Meter(Some(Instant::now())));
        budget.forget_idle();
        assert_eq!(budget.used.lock().each.keys().collect::<Vec<_>>(), [&"a"]);
    }

    #[test]
    fn meter_should_fill_up_with_time() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let after = |meter: Meter, amount, seconds| meter.after(amount, 10, 10 * second, start + seconds * second);
        let empty = after(Meter::default(), 10, 0).unwrap();
        assert_eq!(after(empty, 1, 0), Err(second));
        let refilled = after(empty, 4, 4).unwrap();
        assert_eq!(after(refilled, 3, 5), Err(2 * second));
        // However long it rests, it is no more than whole; and more than the whole never fits.
        assert!(after(refilled, 10, 1_000).is_ok());
        assert_eq!(after(refilled, 11, 1_000), Err(10 * second));
    }
}
