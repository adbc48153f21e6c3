//! Quotes of real hardware at a pinned time.

mod real;

use hanzo_proofs::{binding, AllVendors, QuoteVerifiers, TcbPolicy, TcbStatus};
use sp_core::{sr25519, H256};

#[test]
fn real_quotes_should_verify_at_their_time_and_not_later() {
    let [sgx, tdx] = real::samples().map(|sample| {
        let verify = |now| AllVendors::verify(sample.vendor, &sample.quote, &sample.collateral, &real::root(), now);
        let report = verify(real::NOW).expect(sample.name);
        assert_eq!(report.vendor, sample.vendor);
        assert!(report.expires > real::NOW);
        assert!(verify(report.expires - 2).is_ok());
        assert!(verify(report.expires + 1).is_err(), "expired");
        assert!(verify(0).is_err(), "before it was made");
        report
    });
    assert_eq!((sgx.status, &sgx.advisories[..]), (TcbStatus::ConfigurationAndSwHardeningNeeded, &[289, 615][..]));
    assert_eq!((tdx.status, &tdx.advisories[..]), (TcbStatus::UpToDate, &[][..]));
    assert!(!TcbPolicy::up_to_date().admits(&sgx));
    assert!(TcbPolicy::up_to_date().admits(&tdx));
}

#[test]
fn real_quotes_should_bind_no_key_of_this_chain() {
    for sample in real::samples() {
        let report = AllVendors::verify(sample.vendor, &sample.quote, &sample.collateral, &real::root(), real::NOW);
        let report = report.expect("verifies");
        for epoch in 0..3 {
            let key = sr25519::Public::from_raw([1; 32]);
            let bound = binding::registration(&H256::zero(), &1u64, &key, epoch, &report.measurement);
            assert_ne!(report.report_data, binding::report_data(&bound));
        }
    }
}
