//! What governance writes and the guard pauses.

use crate::{mock::*, Allowance, Attestors, Error, Event, Target, MAX_MEASUREMENTS, MAX_ROOTS, MAX_VERIFIERS};
use frame_support::{assert_noop, assert_ok};
use hanzo_proofs::{testing::NOW, TcbPolicy, Vendor};
use sp_core::{Pair, H256};
use sp_runtime::DispatchError::BadOrigin;

fn allowance() -> Allowance {
    Allowance { vendor: Vendor::Tdx, policy: TcbPolicy::up_to_date(), until: NOW + 1 }
}

#[test]
fn registry_should_be_closed_to_everyone_but_governance() {
    run(|| {
        for who in [WORKER, STRANGER, GUARD] {
            let origin = || RuntimeOrigin::signed(who);
            let key = PILOT.verifying.clone();
            assert_noop!(Attesting::set_root(origin(), Vendor::Sgx, Default::default(), UNTIL), BadOrigin);
            assert_noop!(Attesting::remove_root(origin(), Vendor::Sgx, root_id(Vendor::Sgx)), BadOrigin);
            assert_noop!(Attesting::allow_measurement(origin(), H256::zero(), allowance()), BadOrigin);
            assert_noop!(Attesting::remove_measurement(origin(), measurement(Vendor::Sgx)), BadOrigin);
            assert_noop!(Attesting::set_attestors(origin(), Default::default(), 0), BadOrigin);
            assert_noop!(Attesting::set_verifier(origin(), 2, key), BadOrigin);
            assert_noop!(Attesting::remove_verifier(origin(), 1), BadOrigin);
            assert_noop!(Attesting::unpause(origin(), Target::Attestors), BadOrigin);
        }
    });
}

#[test]
fn pause_should_be_for_guard_and_governance_and_end_by_governance_only() {
    run(|| {
        let target = Target::Verifier(1);
        assert_noop!(Attesting::pause(RuntimeOrigin::signed(STRANGER), target), BadOrigin);
        for who in [RuntimeOrigin::signed(GUARD), RuntimeOrigin::root()] {
            assert_ok!(Attesting::pause(who, target));
            System::assert_last_event(Event::PauseSet { target }.into());
            assert_noop!(Attesting::pause(RuntimeOrigin::root(), target), Error::<Test>::AlreadyPaused);
            assert_noop!(Attesting::unpause(RuntimeOrigin::signed(GUARD), target), BadOrigin);
            assert_ok!(Attesting::unpause(RuntimeOrigin::root(), target));
            System::assert_last_event(Event::PauseLifted { target }.into());
            assert_noop!(Attesting::unpause(RuntimeOrigin::root(), target), Error::<Test>::NotPaused);
        }
    });
}

#[test]
fn set_root_should_fail_when_it_is_over_or_the_vendor_has_too_many() {
    run(|| {
        let set = |byte: u32, until| {
            let certificate = byte.to_le_bytes().to_vec().try_into().expect("short");
            Attesting::set_root(RuntimeOrigin::root(), Vendor::Sgx, certificate, until)
        };
        assert_noop!(set(0, NOW), Error::<Test>::InThePast);
        for byte in 1..MAX_ROOTS {
            assert_ok!(set(byte, NOW + 1));
        }
        assert_noop!(set(MAX_ROOTS, NOW + 1), Error::<Test>::TooMany);
        // One that is there can still be changed.
        assert_ok!(set(1, NOW + 2));
        let unknown = H256::zero();
        assert_noop!(Attesting::remove_root(RuntimeOrigin::root(), Vendor::Sgx, unknown), Error::<Test>::NotRegistered);
    });
}

#[test]
fn allow_measurement_should_fail_when_it_is_over_or_there_are_too_many() {
    run(|| {
        let allow = |number: u32, allowance| {
            Attesting::allow_measurement(RuntimeOrigin::root(), H256::from_low_u64_be(number.into()), allowance)
        };
        assert_noop!(allow(0, Allowance { until: NOW, ..allowance() }), Error::<Test>::InThePast);
        for number in 3..MAX_MEASUREMENTS {
            assert_ok!(allow(number, allowance()));
        }
        assert_noop!(allow(MAX_MEASUREMENTS, allowance()), Error::<Test>::TooMany);
        assert_ok!(allow(3, Allowance { until: NOW + 5, ..allowance() }));
    });
}

#[test]
fn set_attestors_should_fail_when_keys_repeat_or_the_threshold_cannot_be_met() {
    run(|| {
        let keys = |names: &[u8]| -> Vec<_> { names.iter().map(|name| attestor(*name).public()).collect() };
        let set = |names: &[u8], threshold| {
            Attesting::set_attestors(RuntimeOrigin::root(), keys(names).try_into().expect("few"), threshold)
        };
        for (names, threshold) in [(&[1u8, 2, 1][..], 2), (&[1, 2], 3), (&[1, 2], 0), (&[], 1)] {
            assert_noop!(set(names, threshold), Error::<Test>::BadAttestors);
        }
        let before = Attestors::<Test>::get().number;
        assert_ok!(set(&[1, 2], 2));
        assert_ok!(set(&[], 0));
        assert_eq!(Attestors::<Test>::get().number, before + 2);
    });
}

#[test]
fn set_verifier_should_fail_when_the_key_is_damaged_or_there_are_too_many() {
    run(|| {
        let set = |id, key| Attesting::set_verifier(RuntimeOrigin::root(), id, key);
        let good = PILOT.verifying.clone();
        let mut flipped = good.clone();
        flipped[100] ^= 1;
        assert_noop!(set(2, flipped), Error::<Test>::BadVerifyingKey);
        let mut short = good.clone();
        short.pop();
        assert_noop!(set(2, short), Error::<Test>::BadVerifyingKey);
        // The neutral element in place of δ: bit 6 says so, and everything else is zero.
        let mut degenerate = good.clone();
        degenerate[240..336].fill(0);
        degenerate[240] = 0xC0;
        assert_noop!(set(2, degenerate), Error::<Test>::BadVerifyingKey);
        for id in 2..=MAX_VERIFIERS {
            assert_ok!(set(id, good.clone()));
        }
        assert_noop!(set(0, good), Error::<Test>::TooMany);
        assert_ok!(Attesting::remove_verifier(RuntimeOrigin::root(), 5));
        assert_noop!(Attesting::remove_verifier(RuntimeOrigin::root(), 5), Error::<Test>::NotRegistered);
    });
}
