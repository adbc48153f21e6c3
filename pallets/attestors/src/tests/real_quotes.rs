//! Quotes of real hardware, under Intel's own root and at a time when their collateral held: all there is to them is right, but
//! they name no key of this chain.

use crate::{mock::*, Allowance, Error, Measurements};
use frame_support::{assert_noop, assert_ok};
use hanzo_proofs::{AllVendors, QuoteVerifiers, TcbPolicy};
use sp_core::H256;

#[path = "../../../../primitives/proofs/tests/real/mod.rs"]
mod real;

/// A policy that takes what the samples' platforms were at the time.
fn lenient(report: &hanzo_proofs::VerifiedReport) -> TcbPolicy {
    let advisories = report.advisories.clone().try_into().expect("few");
    TcbPolicy { statuses: u8::MAX, advisories, ..TcbPolicy::up_to_date() }
}

#[test]
fn real_quote_should_be_refused_at_registration_since_it_names_another_key() {
    for real::Sample { name, vendor, quote, collateral } in real::samples() {
        run(|| {
            Time::put(real::NOW);
            let root = real::root();
            let report = AllVendors::verify(vendor, &quote, &collateral, &root, real::NOW).expect(name);
            let root_id = Attesting::root_id(&root);
            assert_ok!(Attesting::set_root(
                RuntimeOrigin::root(),
                vendor,
                root.try_into().expect("short"),
                real::NOW + 1_000
            ));
            let register = || {
                let (quote, collateral) = (quote.clone().try_into(), collateral.clone().try_into());
                let (quote, collateral) = (quote.expect("short"), collateral.expect("short"));
                Attesting::register_key(RuntimeOrigin::signed(WORKER), vendor, root_id, 1, quote, collateral)
            };
            assert_noop!(register(), Error::<Test>::MeasurementNotAllowed);
            let strict = Allowance { vendor, policy: TcbPolicy { statuses: 0, ..lenient(&report) }, until: UNTIL };
            Measurements::<Test>::insert(report.measurement, strict);
            assert_noop!(register(), Error::<Test>::PlatformRefused);
            let allowance = Allowance { vendor, policy: lenient(&report), until: UNTIL };
            Measurements::<Test>::insert(report.measurement, allowance);
            assert_noop!(register(), Error::<Test>::WrongReportData);
            // The same quote after its collateral has expired, and under a root that is not Intel's.
            Time::put(report.expires + 1);
            assert_noop!(register(), Error::<Test>::Expired);
            assert_ne!(report.report_data[..32], H256::zero().0, "it names something");
        });
    }
}
