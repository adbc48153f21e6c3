//! Binomial tails, and what a count of events says about their rate.

/// Probability of at most `events` in `trials` of chance `rate` each.
pub fn at_most(events: u64, trials: u64, rate: f64) -> f64 {
    if events >= trials || rate <= 0.0 {
        return 1.0;
    }
    if rate >= 1.0 {
        return 0.0;
    }
    let (n, odds) = (trials as f64, libm::log(rate) - libm::log1p(-rate));
    // Terms as logarithms: the first of them may lie below the least f64.
    let mut term = n * libm::log1p(-rate);
    let mut sum = libm::exp(term);
    for event in 1..=events {
        let i = event as f64;
        term += libm::log((n - i + 1.0) / i) + odds;
        sum += libm::exp(term);
    }
    sum.min(1.0)
}

/// One-sided upper confidence bound on a rate, after Clopper and Pearson: the largest rate at which so few `events` in
/// `trials` still have probability 1 − `confidence`. 1 where there are no trials.
pub fn upper_bound(events: u64, trials: u64, confidence: f64) -> f64 {
    if events >= trials {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    // Halving a unit interval 64 times leaves less than an f64 can tell apart.
    for _ in 0..64 {
        let middle = (low + high) / 2.0;
        if at_most(events, trials, middle) > 1.0 - confidence {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The least count that `trials` of chance `rate` each exceed with a probability of at most `chance`.
pub fn allowed(trials: u64, rate: f64, chance: f64) -> u64 {
    (0..trials).find(|count| 1.0 - at_most(*count, trials, rate) <= chance).unwrap_or(trials)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tail_should_be_that_of_brute_force() {
        for (n, p) in [(1u64, 0.3f64), (5, 0.5), (12, 0.01), (20, 0.97)] {
            let mut chances = vec![1.0f64];
            for _ in 0..n {
                let mut next = vec![0.0; chances.len() + 1];
                for (events, chance) in chances.iter().enumerate() {
                    next[events] += chance * (1.0 - p);
                    next[events + 1] += chance * p;
                }
                chances = next;
            }
            for events in 0..=n {
                let expected: f64 = chances[..=events as usize].iter().sum();
                assert!((at_most(events, n, p) - expected).abs() < 1e-12, "{events} of {n} at {p}");
            }
        }
    }

    #[test]
    fn bound_should_be_the_known_one() {
        // 1 − 0.05^(1/n) where nothing happened; the rule of three.
        for n in [10u64, 3_000, 100_000] {
            let exact = 1.0 - libm::pow(0.05, 1.0 / n as f64);
            assert!((upper_bound(0, n, 0.95) - exact).abs() < 1e-12, "{n}");
        }
        assert!(upper_bound(0, 3_000, 0.95) < 1e-3 && upper_bound(0, 2_900, 0.95) > 1e-3);
        // From tables of the F distribution.
        assert!((upper_bound(2, 10, 0.95) - 0.506_9).abs() < 1e-4, "{}", upper_bound(2, 10, 0.95));
        assert_eq!((upper_bound(0, 0, 0.95), upper_bound(4, 4, 0.95)), (1.0, 1.0));
    }

    #[test]
    fn allowed_count_should_keep_the_chance_and_grow_with_the_trials() {
        let counts: Vec<u64> = (1..=64).map(|trials| allowed(trials, 7e-4, 1e-3)).collect();
        assert!(counts.windows(2).all(|pair| pair[0] <= pair[1]), "{counts:?}");
        for (trials, count) in (1u64..).zip(&counts) {
            assert!(1.0 - at_most(*count, trials, 7e-4) <= 1e-3, "{trials}");
            assert!(*count == 0 || 1.0 - at_most(count - 1, trials, 7e-4) > 1e-3, "{trials}");
        }
        assert_eq!((counts[0], allowed(3, 1.0, 0.5)), (0, 3));
    }
}
