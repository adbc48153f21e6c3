//! Session keys, bound by quotes that the chain checks.

use crate::{mock::*, Binding, Bindings, Error, Event, Measurements, Target};
use frame_support::{assert_noop, assert_ok};
use hanzo_proofs::{
    binding,
    testing::{dcap, snp, NOW, VALIDITY},
    Vendor,
};
use hanzo_traits::TeeRegistry;
use sp_core::{Pair, H256};

/// The measurement that a worker's session key is bound to.
fn bound(worker: u64) -> Option<H256> {
    Attesting::is_bound(&worker, &pair(worker).public())
}

/// Registers with a quote of other hardware.
fn register_with(worker: u64, vendor: Vendor, quote: Vec<u8>, collateral: Vec<u8>) -> sp_runtime::DispatchResult {
    let (quote, collateral) = (quote.try_into().expect("short"), collateral.try_into().expect("short"));
    Attesting::register_key(RuntimeOrigin::signed(worker), vendor, root_id(vendor), 1, quote, collateral)
}

/// Report data that bind a worker's key for epoch 1.
fn data(worker: u64, measurement: &H256) -> [u8; 64] {
    let bound = binding::registration(&genesis_hash(), &worker, &pair(worker).public(), 1, measurement);
    binding::report_data(&bound)
}

#[test]
fn register_key_should_bind_the_session_key_when_the_quote_names_it() {
    for vendor in Vendor::ALL {
        run(|| {
            assert_eq!(bound(WORKER), None);
            assert_ok!(register(vendor, WORKER, 1));
            assert_eq!(bound(WORKER), Some(measurement(vendor)));
            let binding = Bindings::<Test>::get(WORKER).expect("stored");
            let expected = Binding {
                key: pair(WORKER).public(),
                vendor,
                root: root_id(vendor),
                measurement: measurement(vendor),
                epoch: 1,
                last_block: 2 * EPOCH - 1,
                expires: NOW + VALIDITY + 1,
                evidence: binding::evidence(&binding_quote(vendor, WORKER, 1), &collateral(vendor)),
                attested_by: None,
            };
            assert_eq!((binding.expires.abs_diff(expected.expires)) / 2, 0, "expires with the collateral");
            assert_eq!(Binding { expires: expected.expires, ..binding.clone() }, expected);
            System::assert_last_event(Event::KeyBound { worker: WORKER, binding }.into());
        });
    }
}

#[test]
fn register_key_should_fail_when_the_quote_names_another_key_worker_epoch_or_chain() {
    for vendor in Vendor::ALL {
        run(|| {
            let measurement = measurement(vendor);
            let key = pair(WORKER).public();
            let wrong = [
                binding::registration(&genesis_hash(), &WORKER, &pair(OTHER_WORKER).public(), 1, &measurement),
                binding::registration(&genesis_hash(), &OTHER_WORKER, &key, 1, &measurement),
                binding::registration(&genesis_hash(), &WORKER, &key, 2, &measurement),
                binding::registration(&H256::repeat_byte(1), &WORKER, &key, 1, &measurement),
                binding::registration(&genesis_hash(), &WORKER, &key, 1, &H256::zero()),
                H256::zero(),
            ];
            let mut padded = data(WORKER, &measurement);
            padded[63] = 1;
            let all = wrong.iter().map(binding::report_data).chain([padded]);
            for report_data in all {
                let result = register_with(WORKER, vendor, quote(vendor, report_data), collateral(vendor));
                assert_noop!(result, Error::<Test>::WrongReportData);
            }
            // A quote that is good for one worker is worth nothing to another.
            let stolen = binding_quote(vendor, WORKER, 1).to_vec();
            assert_noop!(
                register_with(OTHER_WORKER, vendor, stolen, collateral(vendor)),
                Error::<Test>::WrongReportData
            );
        });
    }
}

#[test]
fn register_key_should_fail_when_the_root_is_another_one() {
    run(|| {
        let foreign = dcap::Platform::new(dcap::Flaws { seed: "foreign", ..Default::default() });
        let quote = foreign.sgx_quote(data(WORKER, &measurement(Vendor::Sgx)));
        let result = register_with(WORKER, Vendor::Sgx, quote, foreign.sgx_collateral());
        assert_noop!(result, Error::<Test>::QuoteRefused);
        let foreign = snp::Chip::new(snp::Flaws { other_root: true, ..Default::default() });
        let quote = foreign.report(data(WORKER, &measurement(Vendor::SevSnp)));
        let result = register_with(WORKER, Vendor::SevSnp, quote, foreign.collateral());
        assert_noop!(result, Error::<Test>::QuoteRefused);
    });
}

#[test]
fn register_key_should_fail_when_the_vendor_is_another_one() {
    run(|| {
        for vendor in Vendor::ALL {
            for other in Vendor::ALL {
                if vendor != other {
                    let quote = binding_quote(vendor, WORKER, 1).to_vec();
                    assert!(register_with(WORKER, other, quote, collateral(vendor)).is_err());
                }
            }
        }
        assert_eq!(Bindings::<Test>::iter().count(), 0);
    });
}

#[test]
fn register_key_should_fail_when_the_measurement_is_not_allowed() {
    run(|| {
        let measurement = measurement(Vendor::Sgx);
        Measurements::<Test>::remove(measurement);
        assert_noop!(register(Vendor::Sgx, WORKER, 1), Error::<Test>::MeasurementNotAllowed);
    });
}

#[test]
fn register_key_should_ask_the_policy_when_the_platform_is_not_up_to_date() {
    run(|| {
        let flaws = dcap::Flaws {
            status: "SWHardeningNeeded",
            advisories: &["INTEL-SA-00615", "INTEL-SA-00289"],
            ..Default::default()
        };
        let platform = dcap::Platform::new(flaws);
        let measurement = measurement(Vendor::Sgx);
        let register = || {
            let quote = platform.sgx_quote(data(WORKER, &measurement));
            register_with(WORKER, Vendor::Sgx, quote, platform.sgx_collateral())
        };
        assert_noop!(register(), Error::<Test>::PlatformRefused);
        let allow = |statuses, advisories: Vec<u32>| {
            Measurements::<Test>::mutate(measurement, |allowance| {
                let policy = &mut allowance.as_mut().expect("allowed").policy;
                policy.statuses = statuses;
                policy.advisories = advisories.try_into().expect("few");
            });
        };
        allow(0b11, vec![289]);
        assert_noop!(register(), Error::<Test>::PlatformRefused);
        allow(0b01, vec![289, 615]);
        assert_noop!(register(), Error::<Test>::PlatformRefused);
        allow(0b10, vec![615, 289]);
        assert_ok!(register());
    });
}

#[test]
fn register_key_should_ask_the_least_versions_when_amd_made_the_chip() {
    run(|| {
        let measurement = measurement(Vendor::SevSnp);
        let least = |svn| {
            Measurements::<Test>::mutate(measurement, |allowance| {
                allowance.as_mut().expect("allowed").policy.least_svn = svn;
            });
        };
        let mut newer = snp::SVN;
        newer[6] += 1;
        least(newer);
        assert_noop!(register(Vendor::SevSnp, WORKER, 1), Error::<Test>::PlatformRefused);
        least(snp::SVN);
        assert_ok!(register(Vendor::SevSnp, WORKER, 1));
    });
}

#[test]
fn register_key_should_fail_when_no_session_key_or_another_epoch() {
    run(|| {
        assert_noop!(register(Vendor::Sgx, STRANGER, 1), Error::<Test>::NoSessionKey);
        for epoch in [0, 3, u64::MAX] {
            assert_noop!(register(Vendor::Sgx, WORKER, epoch), Error::<Test>::WrongEpoch);
        }
        assert_ok!(register(Vendor::Sgx, WORKER, 2));
        assert_eq!(Bindings::<Test>::get(WORKER).expect("stored").last_block, 3 * EPOCH - 1);
    });
}

#[test]
fn register_key_should_bind_once_per_epoch() {
    run(|| {
        assert_ok!(register(Vendor::Sgx, WORKER, 1));
        assert_noop!(register(Vendor::Sgx, WORKER, 1), Error::<Test>::AlreadyBound);
        assert_noop!(register(Vendor::Tdx, WORKER, 1), Error::<Test>::AlreadyBound);
        assert_ok!(register(Vendor::Tdx, WORKER, 2));
        assert_noop!(register(Vendor::Sgx, WORKER, 1), Error::<Test>::AlreadyBound);
        assert_eq!(bound(WORKER), Some(measurement(Vendor::Tdx)));
    });
}

#[test]
fn binding_should_end_when_its_epoch_ends() {
    run(|| {
        assert_ok!(register(Vendor::Sgx, WORKER, 1));
        System::set_block_number(2 * EPOCH - 1);
        assert!(bound(WORKER).is_some());
        assert_noop!(Attesting::drop_expired(RuntimeOrigin::signed(STRANGER), WORKER), Error::<Test>::StillBound);
        System::set_block_number(2 * EPOCH);
        assert_eq!(bound(WORKER), None);
        assert_ok!(Attesting::drop_expired(RuntimeOrigin::signed(STRANGER), WORKER));
        let key = pair(WORKER).public();
        System::assert_last_event(Event::KeyUnbound { worker: WORKER, key, revoked: false }.into());
        assert_eq!(Bindings::<Test>::iter().count(), 0);
    });
}

#[test]
fn binding_should_end_when_the_collateral_expires() {
    for vendor in Vendor::ALL {
        run(|| {
            assert_ok!(register(vendor, WORKER, 1));
            Time::put(NOW + VALIDITY - 1);
            assert!(bound(WORKER).is_some());
            Time::put(NOW + VALIDITY + 1);
            assert_eq!(bound(WORKER), None);
            assert_noop!(register(vendor, WORKER, 1), expiry_error(vendor));
        });
    }
}

/// What a quote with expired collateral fails with: the DCAP verifier has one answer for all that does not hold.
fn expiry_error(vendor: Vendor) -> Error<Test> {
    match vendor {
        Vendor::SevSnp => Error::Expired,
        _ => Error::QuoteRefused,
    }
}

#[test]
fn binding_should_be_of_one_key_when_the_worker_takes_another() {
    run(|| {
        assert_ok!(register(Vendor::Sgx, WORKER, 1));
        Keys::insert(WORKER, pair(STRANGER).public());
        assert_eq!(Attesting::is_bound(&WORKER, &pair(STRANGER).public()), None);
        assert_eq!(Attesting::is_bound(&OTHER_WORKER, &pair(WORKER).public()), None);
        // The new key needs a quote of its own, and may have it in the same epoch.
        assert_noop!(register(Vendor::Sgx, WORKER, 1), Error::<Test>::WrongReportData);
    });
}

#[test]
fn binding_should_not_hold_when_anything_behind_it_is_paused_or_removed() {
    let vendor = Vendor::Sgx;
    for target in [Target::Vendor(vendor), Target::Root(root_id(vendor)), Target::Measurement(measurement(vendor))] {
        run(|| {
            assert_ok!(register(vendor, WORKER, 1));
            assert_ok!(Attesting::pause(RuntimeOrigin::signed(GUARD), target));
            assert_eq!(bound(WORKER), None);
            assert_noop!(register(vendor, OTHER_WORKER, 1), Error::<Test>::Paused);
            assert_ok!(Attesting::unpause(RuntimeOrigin::root(), target));
            assert!(bound(WORKER).is_some());
        });
    }
    run(|| {
        assert_ok!(register(vendor, WORKER, 1));
        assert_ok!(Attesting::remove_root(RuntimeOrigin::root(), vendor, root_id(vendor)));
        assert_eq!(bound(WORKER), None);
        assert_noop!(register(vendor, OTHER_WORKER, 1), Error::<Test>::NotRegistered);
    });
    run(|| {
        assert_ok!(register(vendor, WORKER, 1));
        assert_ok!(Attesting::remove_measurement(RuntimeOrigin::root(), measurement(vendor)));
        assert_eq!(bound(WORKER), None);
    });
    run(|| {
        assert_ok!(register(vendor, WORKER, 1));
        Time::put(UNTIL);
        assert_eq!(bound(WORKER), None);
    });
}

#[test]
fn revoked_key_should_hold_for_nobody_when_two_workers_bound_it() {
    run(|| {
        // One machine's key under two accounts.
        let key = pair(WORKER).public();
        Keys::insert(OTHER_WORKER, key);
        assert_ok!(register(Vendor::Sgx, WORKER, 1));
        let measurement = measurement(Vendor::Sgx);
        let named = binding::registration(&genesis_hash(), &OTHER_WORKER, &key, 1, &measurement);
        let quote = quote(Vendor::Sgx, binding::report_data(&named));
        assert_ok!(register_with(OTHER_WORKER, Vendor::Sgx, quote, collateral(Vendor::Sgx)));
        assert_eq!(Attesting::is_bound(&OTHER_WORKER, &key), Some(measurement));
        assert_ok!(Attesting::revoke_key(RuntimeOrigin::signed(WORKER), WORKER));
        assert_eq!(Attesting::is_bound(&OTHER_WORKER, &key), None);
    });
}

#[test]
fn revoke_key_should_unbind_for_good_when_the_worker_or_the_guard_asks() {
    for who in [RuntimeOrigin::signed(WORKER), RuntimeOrigin::signed(GUARD), RuntimeOrigin::root()] {
        run(|| {
            let revoke = |origin| Attesting::revoke_key(origin, WORKER);
            assert_noop!(revoke(who.clone()), Error::<Test>::NotBound);
            assert_ok!(register(Vendor::Sgx, WORKER, 1));
            for stranger in [STRANGER, OTHER_WORKER] {
                let result = revoke(RuntimeOrigin::signed(stranger));
                assert_noop!(result, sp_runtime::DispatchError::BadOrigin);
            }
            assert_ok!(revoke(who.clone()));
            let key = pair(WORKER).public();
            System::assert_last_event(Event::KeyUnbound { worker: WORKER, key, revoked: true }.into());
            assert_eq!(bound(WORKER), None);
            assert_noop!(revoke(who), Error::<Test>::NotBound);
            // Whoever has the quote still has it.
            for epoch in [1, 2] {
                assert_noop!(register(Vendor::Sgx, WORKER, epoch), Error::<Test>::KeyRevoked);
            }
            // Another worker, and another key of this one, are not concerned.
            assert_ok!(register(Vendor::Sgx, OTHER_WORKER, 1));
            let key = pair(STRANGER).public();
            Keys::insert(WORKER, key);
            let measurement = measurement(Vendor::Sgx);
            let named = binding::registration(&genesis_hash(), &WORKER, &key, 1, &measurement);
            let quote = quote(Vendor::Sgx, binding::report_data(&named));
            assert_ok!(register_with(WORKER, Vendor::Sgx, quote, collateral(Vendor::Sgx)));
            assert_eq!(Attesting::is_bound(&WORKER, &key), Some(measurement));
        });
    }
}
