//! Session keys, bound by the attestors' word.

use crate::{mock::*, Bindings, Error, SignedVerdict, Target};
use frame_support::{assert_noop, assert_ok};
use hanzo_proofs::{
    binding::{self, Verdict},
    testing::NOW,
    Vendor,
};
use hanzo_traits::TeeRegistry;
use sp_core::{Pair, H256};
use sp_runtime::DispatchResult;

fn verdict(worker: u64) -> Verdict {
    Verdict {
        set: 1,
        vendor: Vendor::Tdx,
        root: root_id(Vendor::Tdx),
        key: pair(worker).public(),
        epoch: 1,
        measurement: measurement(Vendor::Tdx),
        expires: NOW + 10,
        evidence: H256::repeat_byte(1),
    }
}

fn submit(worker: u64, verdict: Verdict, places: &[u8]) -> DispatchResult {
    let message = binding::verdict(&genesis_hash(), &worker, &verdict);
    let signatures = signatures(places, &message).try_into().expect("few");
    Attesting::register_key_by_verdict(RuntimeOrigin::signed(worker), SignedVerdict { verdict, signatures })
}

#[test]
fn verdict_should_bind_when_enough_attestors_sign() {
    for places in [&[0u8, 1, 2][..], &[1, 3, 4], &[0, 1, 2, 3, 4]] {
        run(|| {
            assert_ok!(submit(WORKER, verdict(WORKER), places));
            let bound = Attesting::is_bound(&WORKER, &pair(WORKER).public());
            assert_eq!(bound, Some(measurement(Vendor::Tdx)));
            assert_eq!(Bindings::<Test>::get(WORKER).expect("stored").attested_by, Some(1));
            System::set_block_number(EPOCH + 1);
            Time::put(NOW + 10);
            assert_eq!(Attesting::is_bound(&WORKER, &pair(WORKER).public()), None);
        });
    }
}

#[test]
fn verdict_should_fail_when_too_few_sign_or_one_signs_twice() {
    run(|| {
        for places in [&[][..], &[0u8], &[0, 1], &[0, 0, 1], &[1, 0, 2], &[0, 1, 1], &[2, 2, 2]] {
            assert_noop!(submit(WORKER, verdict(WORKER), places), Error::<Test>::NoQuorum);
        }
    });
}

#[test]
fn verdict_should_fail_when_a_signature_is_of_somebody_or_something_else() {
    run(|| {
        let message = binding::verdict(&genesis_hash(), &WORKER, &verdict(WORKER));
        let mut signatures = signatures(&[0, 1, 2], &message);
        let submit = |signatures: &[_]| {
            let signed =
                SignedVerdict { verdict: verdict(WORKER), signatures: signatures.to_vec().try_into().expect("few") };
            Attesting::register_key_by_verdict(RuntimeOrigin::signed(WORKER), signed)
        };
        let good = signatures[1].1;
        signatures[1].1 = attestor(77).sign(message.as_bytes());
        assert_noop!(submit(&signatures), Error::<Test>::BadSignature);
        signatures[1].1 = attestors()[1].sign(&[0; 32]);
        assert_noop!(submit(&signatures), Error::<Test>::BadSignature);
        signatures[1].1 = good;
        signatures[2].0 = 5;
        assert_noop!(submit(&signatures), Error::<Test>::NoQuorum);
        // What is signed for one worker is worth nothing to another with the same key.
        Keys::insert(OTHER_WORKER, pair(WORKER).public());
        let signed = SignedVerdict {
            verdict: verdict(WORKER),
            signatures: crate::mock::signatures(&[0, 1, 2], &message).try_into().expect("few"),
        };
        assert_noop!(
            Attesting::register_key_by_verdict(RuntimeOrigin::signed(OTHER_WORKER), signed),
            Error::<Test>::BadSignature
        );
    });
}

#[test]
fn verdict_should_fail_when_it_is_of_another_set_key_epoch_or_state() {
    run(|| {
        let places = &[0, 1, 2];
        let base = verdict(WORKER);
        let key = pair(OTHER_WORKER).public();
        assert_noop!(submit(WORKER, Verdict { set: 2, ..base.clone() }, places), Error::<Test>::WrongSet);
        assert_noop!(submit(WORKER, Verdict { set: 0, ..base.clone() }, places), Error::<Test>::WrongSet);
        assert_noop!(submit(WORKER, Verdict { key, ..base.clone() }, places), Error::<Test>::WrongReportData);
        assert_noop!(submit(WORKER, Verdict { epoch: 3, ..base.clone() }, places), Error::<Test>::WrongEpoch);
        assert_noop!(submit(WORKER, Verdict { expires: NOW, ..base.clone() }, places), Error::<Test>::Expired);
        let root = root_id(Vendor::SevSnp);
        assert_noop!(submit(WORKER, Verdict { root, ..base.clone() }, places), Error::<Test>::NotRegistered);
        let measurement = measurement(Vendor::Sgx);
        assert_noop!(
            submit(WORKER, Verdict { measurement, ..base.clone() }, places),
            Error::<Test>::MeasurementNotAllowed
        );
        assert_ok!(Attesting::pause(RuntimeOrigin::signed(GUARD), Target::Attestors));
        assert_noop!(submit(WORKER, base, places), Error::<Test>::Paused);
    });
}

#[test]
fn verdict_should_no_longer_bind_when_its_attestors_are_replaced_or_paused() {
    run(|| {
        let bound = || Attesting::is_bound(&WORKER, &pair(WORKER).public()).is_some();
        assert_ok!(submit(WORKER, verdict(WORKER), &[0, 1, 2]));
        assert_ok!(Attesting::pause(RuntimeOrigin::signed(GUARD), Target::Attestors));
        assert!(!bound());
        assert_ok!(Attesting::unpause(RuntimeOrigin::root(), Target::Attestors));
        assert!(bound());
        let keys: Vec<_> = attestors().iter().map(|pair| pair.public()).collect();
        assert_ok!(Attesting::set_attestors(RuntimeOrigin::root(), keys.try_into().expect("few"), 3));
        assert!(!bound());
    });
}
