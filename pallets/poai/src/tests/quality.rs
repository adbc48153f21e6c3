//! The score: the formula, and what moves it.

use crate::{
    mock::*,
    quality::{updated, INITIAL, ONE},
    Event, Quality,
};
use hanzo_traits::{Balance, FailureReason, JobRegistry, QualityOracle, EJECTION_PPB};
use proptest::prelude::*;
use sp_core::U512;

/// ⌊q + (q̂ − q)·w / (10·V_ref)⌋ over one denominator, without any rounding on the way.
fn exact(q: u32, target: u32, value: Balance, reference: Balance) -> U512 {
    let big = |n: u128| U512::from(n);
    let (weight, whole) = (big(value.min(reference)), big(reference) * big(10));
    let (q, target) = (big(q.into()), big(target.into()));
    // q·whole + target·weight − q·weight, never negative as weight ≤ whole.
    (q * whole + target * weight - q * weight) / whole
}

proptest! {
    #[test]
    fn quality_should_follow_the_exact_formula(
        q in 0..=ONE,
        target in 0..=ONE,
        value in prop_oneof![any::<u128>(), 0..20 * AI, 0..1_000u128],
        reference in prop_oneof![1..=u128::MAX / 10, 1..100 * AI, 1..1_000u128],
    ) {
        let after = updated(q, target, value, reference);
        prop_assert_eq!(U512::from(after), exact(q, target, value, reference));
        prop_assert!(after >= q.min(target) && after <= q.max(target));
    }

    #[test]
    fn quality_should_stay_in_range_over_any_history(
        history in prop::collection::vec((0..=ONE, 0..30 * AI), 0..200),
    ) {
        let mut q = INITIAL;
        for (target, value) in history {
            q = updated(q, target, value, 10 * AI);
            prop_assert!(q <= ONE);
        }
    }
}

#[test]
fn quality_should_move_a_tenth_of_the_gap_when_the_job_has_full_weight() {
    assert_eq!(updated(500_000_000, 0, 10 * AI, 10 * AI), 450_000_000);
    assert_eq!(updated(500_000_000, ONE, 10 * AI, 10 * AI), 550_000_000);
    assert_eq!(updated(500_000_000, 0, 1_000 * AI, 10 * AI), 450_000_000, "no job counts more than in full");
    assert_eq!(updated(500_000_000, 0, 5 * AI, 10 * AI), 475_000_000);
    assert_eq!(updated(500_000_000, ONE, 0, 10 * AI), 500_000_000);
}

#[test]
fn quality_should_be_rounded_down_in_both_directions() {
    assert_eq!(updated(1, 0, 10 * AI, 10 * AI), 0, "0.9 parts");
    assert_eq!(updated(ONE - 1, ONE, 10 * AI, 10 * AI), ONE - 1, "0.1 parts");
    assert_eq!(updated(7, 0, 1, 10 * AI), 6, "next to nothing");
}

#[test]
fn quality_should_stay_when_there_is_no_reference() {
    assert_eq!(updated(123, ONE, AI, 0), 123);
}

#[test]
fn worker_should_start_at_one_half() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(Poai::quality(&WORKER), INITIAL);
        assert!(Poai::quality(&WORKER) >= EJECTION_PPB);
    });
}

#[test]
fn failure_should_lower_quality_by_the_value_of_the_job() {
    ExtBuilder::default().build_and_execute(|| {
        // The job book reports a missed deadline as it reports a withheld output.
        frame_support::assert_ok!(Book::fail(accept(CLIENT, WORKER), FailureReason::DeadlineMissed));
        assert_eq!(Poai::quality(&WORKER), 475_000_000);
        assert_eq!(Poai::quality(&OTHER_WORKER), INITIAL);
        let changed = Event::QualityChanged { worker: WORKER, before: INITIAL, after: 475_000_000, value: VALUE };
        assert_eq!(events(), [changed]);
    });
}

#[test]
fn settled_job_should_leave_quality_alone() {
    ExtBuilder::default().build_and_execute(|| {
        attested(40);
        run_to(1 + WINDOW);
        assert_eq!(Poai::quality(&WORKER), INITIAL);
        assert!(!Quality::<Test>::contains_key(WORKER));
    });
}

#[test]
fn quality_should_fall_below_the_threshold_of_ejection_after_five_full_failures() {
    ExtBuilder::default().build_and_execute(|| {
        // 0.5 · 0.9ⁿ < 0.3 from the fifth on.
        for failures in 1..=5 {
            Poai::note_failure(&WORKER, 10 * AI);
            assert_eq!(Poai::quality(&WORKER) < EJECTION_PPB, failures == 5);
        }
        assert_eq!(Poai::quality(&WORKER), 295_245_000);
    });
}

#[test]
fn worthless_job_should_not_touch_quality() {
    ExtBuilder::default().build_and_execute(|| {
        Poai::note_failure(&WORKER, 0);
        assert!(!Quality::<Test>::contains_key(WORKER));
        assert_eq!(events(), []);
    });
}

#[test]
fn forgotten_worker_should_start_anew() {
    ExtBuilder::default().build_and_execute(|| {
        Poai::note_failure(&WORKER, 10 * AI);
        events();
        Poai::forget(&WORKER);
        assert_eq!(events(), [Event::QualityForgotten { worker: WORKER, quality: 450_000_000 }]);
        assert_eq!(Poai::quality(&WORKER), INITIAL);
        Poai::forget(&WORKER);
        assert_eq!(events(), [], "nothing to forget");
    });
}
