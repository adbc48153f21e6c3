//! SEV-SNP reports under a PKI of our own.

use hanzo_proofs::{
    testing::{
        snp::{Chip, Flaws, SVN},
        NOW, VALIDITY,
    },
    AllVendors, QuoteError, QuoteVerifiers, Vendor, VerifiedReport,
};
use std::sync::LazyLock;

static GOOD: LazyLock<Chip> = LazyLock::new(|| Chip::new(Flaws::default()));

fn verify(chip: &Chip, now: u64) -> Result<VerifiedReport, QuoteError> {
    AllVendors::verify(Vendor::SevSnp, &chip.report([7; 64]), &chip.collateral(), &chip.root(), now)
}

fn with(flaws: Flaws) -> Result<VerifiedReport, QuoteError> {
    verify(&Chip::new(flaws), NOW)
}

#[test]
fn report_should_verify_when_the_whole_chain_holds() {
    let report = verify(&GOOD, NOW).expect("verifies");
    assert_eq!((report.vendor, report.report_data, report.svn), (Vendor::SevSnp, [7; 64], SVN));
    assert_eq!(report.expires, NOW + VALIDITY + 1);
}

#[test]
fn report_should_be_refused_when_revoked_debuggable_or_of_another_chip() {
    assert_eq!(with(Flaws { issuer_revoked: true, ..Flaws::default() }), Err(QuoteError::Revoked));
    assert_eq!(with(Flaws { debug: true, ..Flaws::default() }), Err(QuoteError::Debug));
    assert_eq!(with(Flaws { certified_chip: [1; 64], ..Flaws::default() }), Err(QuoteError::Refused));
    for byte in [0, 1, 6, 7] {
        let mut certified_svn = SVN;
        certified_svn[byte] += 100;
        assert_eq!(with(Flaws { certified_svn, ..Flaws::default() }), Err(QuoteError::Refused));
    }
}

#[test]
fn report_should_be_refused_when_time_is_outside_of_list_or_certificates() {
    assert!(verify(&GOOD, NOW + VALIDITY).is_ok());
    assert_eq!(verify(&GOOD, NOW + VALIDITY + 1), Err(QuoteError::Expired));
    assert_eq!(verify(&GOOD, NOW - VALIDITY - 1), Err(QuoteError::Expired));
    for certificates in [(NOW + 5, NOW + VALIDITY), (NOW - VALIDITY, NOW - 5)] {
        assert_eq!(with(Flaws { certificates, ..Flaws::default() }), Err(QuoteError::Expired));
    }
}

#[test]
fn report_should_be_refused_when_root_or_chip_key_is_another_one() {
    let other = Chip::new(Flaws { other_root: true, ..Flaws::default() });
    let chip = Chip::new(Flaws { seed: "other", ..Flaws::default() });
    let check = |report: &Chip, collateral: &Chip, root: &Chip| {
        AllVendors::verify(Vendor::SevSnp, &report.report([0; 64]), &collateral.collateral(), &root.root(), NOW)
    };
    assert!(check(&GOOD, &GOOD, &GOOD).is_ok());
    assert_eq!(check(&GOOD, &GOOD, &other), Err(QuoteError::Refused));
    assert_eq!(check(&GOOD, &other, &GOOD), Err(QuoteError::Refused));
    assert_eq!(check(&chip, &GOOD, &GOOD), Err(QuoteError::Refused));
}

#[test]
fn report_should_be_refused_when_truncated_or_extended() {
    let (report, collateral, root) = (GOOD.report([7; 64]), GOOD.collateral(), GOOD.root());
    for length in (0..report.len()).step_by(7) {
        let result = AllVendors::verify(Vendor::SevSnp, &report[..length], &collateral, &root, NOW);
        assert_eq!(result, Err(QuoteError::Layout));
    }
    for length in (0..collateral.len()).step_by(17) {
        assert!(AllVendors::verify(Vendor::SevSnp, &report, &collateral[..length], &root, NOW).is_err());
    }
    let longer = [&report[..], &[0]].concat();
    assert_eq!(AllVendors::verify(Vendor::SevSnp, &longer, &collateral, &root, NOW), Err(QuoteError::Layout));
}
