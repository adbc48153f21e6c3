//! Slashes wait, can be cancelled meanwhile, and then are taken; frauds deny an account work, longer each time.

use crate::{mock::*, Error, Event, Frauds, Parameters, SlashQueue, Slashes, MIN_AUDIT_RATE};
use frame_support::{assert_noop, assert_ok, traits::Contains};
use hanzo_poai::{JobId, JobStatus};
use hanzo_traits::Balance;
use sp_runtime::DispatchError::BadOrigin;

fn test(run: impl FnOnce()) {
    ExtBuilder::default().verifiers(12).build_and_execute(run);
}

/// A job that seven verifiers found forged.
fn condemned() -> JobId {
    let job = attested(40);
    challenged_by(STRANGER, job);
    hold_round(job, &[bad(); 7]);
    next_block();
    assert_eq!(status(job), JobStatus::Slashed);
    job
}

fn denied(who: u64) -> bool {
    <Poai as Contains<u64>>::contains(&who)
}

#[test]
fn slash_should_be_taken_after_its_delay_and_not_before() {
    test(|| {
        condemned();
        let slash = Slashes::<Test>::get(0).unwrap();
        assert_eq!((slash.amount, slash.applies_at), (WORKER_BOND / 2, slash.found_at + SLASH_DELAY));
        run_to(slash.applies_at - 1);
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, WORKER_BOND / 2)));
        events();
        next_block();
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND / 2, 0)));
        let bounty = Some((STRANGER, 2 * VALUE + REPLAY));
        assert!(events().contains(&Event::SlashTaken { slash: 0, offender: WORKER, amount: WORKER_BOND / 2, bounty }));
        assert_eq!((Slashes::<Test>::count(), SlashQueue::<Test>::iter().count()), (0, 0));
    });
}

#[test]
fn second_forgery_should_take_half_of_what_the_first_left() {
    test(|| {
        condemned();
        condemned();
        assert_eq!(Bonds::get(WORKER).unwrap().1, WORKER_BOND / 2 + WORKER_BOND / 4);
    });
}

#[test]
fn slash_should_be_cancelled_by_council_or_governance_only_and_free_the_bond() {
    test(|| {
        condemned();
        assert_noop!(Poai::cancel_slash(RuntimeOrigin::signed(STRANGER), 0), BadOrigin);
        assert_noop!(Poai::cancel_slash(RuntimeOrigin::signed(WORKER), 0), BadOrigin);
        assert!(denied(WORKER));
        assert_ok!(Poai::cancel_slash(RuntimeOrigin::signed(COUNCIL), 0));
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, 0)));
        assert!(!denied(WORKER));
        assert_eq!(Frauds::<Test>::iter().count(), 0);
        assert_noop!(Poai::cancel_slash(RuntimeOrigin::signed(COUNCIL), 0), Error::<Test>::UnknownSlash);
        condemned();
        assert_ok!(Poai::cancel_slash(RuntimeOrigin::root(), 1));
    });
}

#[test]
fn cancelling_one_fraud_should_leave_the_others_denial() {
    test(|| {
        condemned();
        let first = Poai::denied_until(&WORKER).unwrap();
        condemned();
        assert_ok!(Poai::cancel_slash(RuntimeOrigin::signed(COUNCIL), 1));
        assert_eq!(Poai::denied_until(&WORKER), Some(first));
    });
}

#[test]
fn denial_should_last_1_7_and_30_days_and_forget_after_90() {
    test(|| {
        for days in [1, 7, 30, 30] {
            condemned();
            let found = *Frauds::<Test>::get(WORKER).unwrap().found_at.last().unwrap();
            assert_eq!(Poai::denied_until(&WORKER), Some(found + days * DAY), "{days} days");
        }
        let last = *Frauds::<Test>::get(WORKER).unwrap().found_at.last().unwrap();
        run_to(last + 30 * DAY);
        assert!(!denied(WORKER));
        run_to(last + 90 * DAY);
        condemned();
        let found = *Frauds::<Test>::get(WORKER).unwrap().found_at.last().unwrap();
        assert_eq!(Poai::denied_until(&WORKER), Some(found + DAY), "the others are forgotten");
    });
}

#[test]
fn forgery_should_cost_no_bond_but_the_denial_while_slashing_is_off() {
    test(|| {
        let settings = crate::Settings::<Test>::get();
        crate::Settings::<Test>::put(Parameters { slashing: false, ..settings });
        condemned();
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND, 0)));
        assert!(denied(WORKER));
        crate::Settings::<Test>::put(settings);
    });
}

#[test]
fn slash_should_be_tried_again_when_it_cannot_be_taken() {
    test(|| {
        condemned();
        // The worker's bond is gone, which the compute pallet does not allow.
        let bond = Bonds::take(WORKER).unwrap();
        let at = Slashes::<Test>::get(0).unwrap().applies_at;
        run_to(at);
        assert_eq!(Slashes::<Test>::get(0).unwrap().applies_at, at + 10);
        Bonds::insert(WORKER, bond);
        run_to(at + 10);
        assert_eq!(Slashes::<Test>::count(), 0);
    });
}

#[test]
fn slashes_should_all_be_taken_in_one_block_when_one_of_them_is_put_off() {
    test(|| {
        for (place, job) in (0..12).map(|_| attested(1)).collect::<Vec<_>>().into_iter().enumerate() {
            let offender = if place == 5 { OTHER_WORKER } else { WORKER };
            Poai::punish_forgery(&offender, job, None).unwrap();
        }
        let (count, at) = (Slashes::<Test>::count(), Slashes::<Test>::get(0).unwrap().applies_at);
        // One that cannot be taken goes behind the others while the queue is walked.
        let bond = Bonds::take(OTHER_WORKER).unwrap();
        run_to(at);
        let left: Vec<_> = Slashes::<Test>::iter_values().map(|slash| (slash.offender, slash.applies_at)).collect();
        assert_eq!((count, left), (12, vec![(OTHER_WORKER, at + 10)]));
        assert_eq!(SlashQueue::<Test>::iter().count(), 1);
        Bonds::insert(OTHER_WORKER, bond);
        run_to(at + 10);
        assert_eq!((Slashes::<Test>::count(), SlashQueue::<Test>::iter().count()), (0, 0));
    });
}

#[test]
fn slashes_should_be_taken_a_few_a_block_when_there_is_no_room() {
    ExtBuilder::default().verifiers(12).budget(Poai::step_weight() * 4).build_and_execute(|| {
        let jobs: Vec<_> = (0..12).map(|_| attested(1)).collect();
        for job in &jobs {
            Poai::punish_forgery(&WORKER, *job, None).unwrap();
        }
        let count = Slashes::<Test>::count();
        let at = Slashes::<Test>::get(0).unwrap().applies_at;
        run_to(at - 1);
        let mut left = count;
        while left > 0 {
            next_block();
            let now = Slashes::<Test>::count();
            assert!(now < left, "every block takes one at least");
            left = now;
        }
        assert!(System::block_number() <= at + u64::from(count));
    });
}

#[test]
fn parameters_should_be_set_by_governance_within_bounds() {
    test(|| {
        let set = |origin, parameters| Poai::set_parameters(origin, parameters);
        let good =
            Parameters { audit_rate_ppb: MIN_AUDIT_RATE, min_verifier_bond: 1, slashing: false, engine_profile: None };
        assert_noop!(set(RuntimeOrigin::signed(COUNCIL), good), BadOrigin);
        for wrong in [
            Parameters { audit_rate_ppb: MIN_AUDIT_RATE - 1, ..good },
            Parameters { audit_rate_ppb: 1_000_000_001, ..good },
            Parameters { min_verifier_bond: 0, ..good },
        ] {
            assert_noop!(set(RuntimeOrigin::root(), wrong), Error::<Test>::ParameterOutOfRange);
        }
        assert_ok!(set(RuntimeOrigin::root(), good));
        assert_eq!(crate::Settings::<Test>::get(), good);
    });
}

/// The rule behind 27: at the real audit rate, a bond of 27 times what is open makes a forgery lose on average.
#[test]
fn forgery_should_lose_on_average_when_the_bond_is_27_times_the_value() {
    let value: Balance = 1_000_000;
    let bond = 27 * value;
    // Of 10 %, an author of a third of the blocks leaves 7 %.
    let (caught, of) = (70u128, 1_000u128);
    let gain = value * (of - caught);
    let loss = bond / 2 * caught;
    assert!(loss >= gain, "a gain of {gain} against a loss of {loss}");
}
