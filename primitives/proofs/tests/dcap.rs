//! SGX and TDX quotes under a PKI of our own.

use hanzo_proofs::{
    dcap::{Dcap, DcapCollateral},
    testing::{
        dcap::{Flaws, Platform},
        NOW, VALIDITY,
    },
    AllVendors, QuoteError, QuoteVerifier, QuoteVerifiers, TcbStatus, Vendor, VerifiedReport,
};

fn verify(platform: &Platform, vendor: Vendor, now: u64) -> Result<VerifiedReport, QuoteError> {
    let (quote, collateral) = match vendor {
        Vendor::Sgx => (platform.sgx_quote([7; 64]), platform.sgx_collateral()),
        _ => (platform.tdx_quote([7; 64]), platform.tdx_collateral()),
    };
    AllVendors::verify(vendor, &quote, &collateral, &platform.root(), now)
}

const INTEL: [Vendor; 2] = [Vendor::Sgx, Vendor::Tdx];

#[test]
fn quote_should_verify_when_the_whole_chain_holds() {
    for vendor in INTEL {
        let report = verify(&Platform::new(Flaws::default()), vendor, NOW).expect("verifies");
        assert_eq!(report.vendor, vendor);
        assert_eq!(report.report_data, [7; 64]);
        assert_eq!(report.status, TcbStatus::UpToDate);
        assert!(report.advisories.is_empty());
        assert!(report.expires.abs_diff(NOW + VALIDITY) <= 1, "{}", report.expires);
    }
}

#[test]
fn measurement_should_not_depend_on_report_data_or_platform() {
    for vendor in INTEL {
        let one = verify(&Platform::new(Flaws::default()), vendor, NOW).expect("verifies");
        let other = verify(&Platform::new(Flaws { seed: "other", ..Flaws::default() }), vendor, NOW);
        assert_eq!(one.measurement, other.expect("verifies").measurement);
    }
}

#[test]
fn quote_should_be_refused_when_anything_behind_it_is_revoked() {
    let base = Flaws::default;
    for flaws in [
        Flaws { platform_revoked: true, ..base() },
        Flaws { issuer_revoked: true, ..base() },
        Flaws { statements_revoked: true, ..base() },
        Flaws { root_revoked: true, ..base() },
        Flaws { status: "Revoked", ..base() },
    ] {
        for vendor in INTEL {
            assert!(verify(&Platform::new(flaws.clone()), vendor, NOW).is_err(), "{flaws:?}");
        }
    }
}

#[test]
fn quote_should_be_refused_when_time_is_outside_of_statements_or_certificates() {
    let platform = Platform::new(Flaws::default());
    let later = Flaws { certificates: (NOW + 5, NOW + VALIDITY), ..Flaws::default() };
    let earlier = Flaws { certificates: (NOW - VALIDITY, NOW - 5), ..Flaws::default() };
    for vendor in INTEL {
        assert!(verify(&platform, vendor, NOW + VALIDITY + 1).is_err());
        assert!(verify(&platform, vendor, NOW - VALIDITY - 1).is_err());
        assert!(verify(&platform, vendor, NOW + VALIDITY - 1).is_ok());
        assert!(verify(&Platform::new(later.clone()), vendor, NOW).is_err());
        assert!(verify(&Platform::new(earlier.clone()), vendor, NOW).is_err());
    }
}

#[test]
fn quote_should_be_refused_when_the_root_is_another_one() {
    let (platform, other) =
        (Platform::new(Flaws::default()), Platform::new(Flaws { seed: "other", ..Flaws::default() }));
    let (quote, collateral) = (platform.sgx_quote([0; 64]), platform.sgx_collateral());
    assert!(Dcap.verify(&quote, &collateral, &platform.root(), NOW).is_ok());
    assert!(Dcap.verify(&quote, &collateral, &other.root(), NOW).is_err());
    assert!(Dcap.verify(&quote, &other.sgx_collateral(), &platform.root(), NOW).is_err());
    assert!(Dcap.verify(&quote, &other.sgx_collateral(), &other.root(), NOW).is_err());
    assert!(Dcap.verify(&quote, &platform.tdx_collateral(), &platform.root(), NOW).is_err());
    assert!(Dcap.verify(&quote, &collateral, &[], NOW).is_err());
}

#[test]
fn quote_should_be_refused_when_code_can_be_debugged_or_the_quoting_enclave_is_foreign() {
    for vendor in INTEL {
        let debug = Platform::new(Flaws { debug: true, ..Flaws::default() });
        assert!(verify(&debug, vendor, NOW).is_err());
        let foreign = Platform::new(Flaws { foreign_quoting_enclave: true, ..Flaws::default() });
        assert!(verify(&foreign, vendor, NOW).is_err());
    }
}

#[test]
fn status_and_advisories_should_be_reported_when_the_platform_is_behind() {
    let statuses = [
        ("SWHardeningNeeded", TcbStatus::SwHardeningNeeded),
        ("ConfigurationNeeded", TcbStatus::ConfigurationNeeded),
        ("ConfigurationAndSWHardeningNeeded", TcbStatus::ConfigurationAndSwHardeningNeeded),
        ("OutOfDate", TcbStatus::OutOfDate),
        ("OutOfDateConfigurationNeeded", TcbStatus::OutOfDateConfigurationNeeded),
    ];
    for (status, expected) in statuses {
        let advisories = &["INTEL-SA-00615", "INTEL-SA-00289", "INTEL-SA-00615"];
        let platform = Platform::new(Flaws { status, advisories, ..Flaws::default() });
        let report = verify(&platform, Vendor::Sgx, NOW).expect("verifies");
        assert_eq!((report.status, report.advisories), (expected, vec![289, 615]));
    }
    let platform = Platform::new(Flaws { advisories: &["SOMETHING-1"], ..Flaws::default() });
    assert_eq!(verify(&platform, Vendor::Sgx, NOW), Err(QuoteError::Advisories));
}

#[test]
fn quote_should_be_refused_when_truncated_extended_or_with_false_lengths() {
    let platform = Platform::new(Flaws::default());
    for vendor in INTEL {
        let (quote, collateral) = match vendor {
            Vendor::Sgx => (platform.sgx_quote([7; 64]), platform.sgx_collateral()),
            _ => (platform.tdx_quote([7; 64]), platform.tdx_collateral()),
        };
        let root = platform.root();
        for length in (0..quote.len()).step_by(11) {
            let result = AllVendors::verify(vendor, &quote[..length], &collateral, &root, NOW);
            assert_eq!(result, Err(QuoteError::Layout), "{length} bytes");
        }
        for length in (0..collateral.len()).step_by(61) {
            let result = AllVendors::verify(vendor, &quote, &collateral[..length], &root, NOW);
            assert_eq!(result, Err(QuoteError::Collateral), "{length} bytes");
        }
        let longer = [&quote[..], &[0, 0, 1]].concat();
        assert_eq!(AllVendors::verify(vendor, &longer, &collateral, &root, NOW), Err(QuoteError::Layout));
        let filled = [&quote[..], &[0; 70]].concat();
        let report = AllVendors::verify(vendor, &quote, &collateral, &root, NOW);
        assert_eq!(AllVendors::verify(vendor, &filled, &collateral, &root, NOW), report);
        let longer = [&collateral[..], &[0]].concat();
        assert_eq!(AllVendors::verify(vendor, &quote, &longer, &root, NOW), Err(QuoteError::Collateral));
        // A length that no memory holds.
        let at = if vendor == Vendor::Sgx { 48 + 384 } else { 48 + 584 };
        let mut huge = quote.clone();
        huge[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(AllVendors::verify(vendor, &huge, &collateral, &root, NOW), Err(QuoteError::Layout));
    }
}

#[test]
fn bounds_should_be_checked_before_anything_is_read() {
    use hanzo_proofs::{MAX_COLLATERAL, MAX_QUOTE, MAX_ROOT};
    let over = |most: u32| vec![0; most as usize + 1];
    assert_eq!(Dcap.verify(&over(MAX_QUOTE), &[], &[], NOW), Err(QuoteError::TooLong));
    assert_eq!(Dcap.verify(&[], &over(MAX_COLLATERAL), &[], NOW), Err(QuoteError::TooLong));
    assert_eq!(Dcap.verify(&[], &[], &over(MAX_ROOT), NOW), Err(QuoteError::TooLong));
}

#[test]
fn collateral_should_survive_its_conversion() {
    use codec::Decode;
    let encoded = Platform::new(Flaws::default()).sgx_collateral();
    let collateral = DcapCollateral::decode(&mut &encoded[..]).expect("decodes");
    let there = dcap_qvl::QuoteCollateralV3::try_from(collateral.clone()).expect("text");
    assert_eq!(DcapCollateral::from(there), collateral);
}
