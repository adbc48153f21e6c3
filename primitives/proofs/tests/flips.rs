//! Single damaged bytes: a quote is refused, or says exactly what it said.

mod real;

use hanzo_proofs::{
    testing::{dcap, snp, NOW},
    AllVendors, QuoteVerifiers, Vendor,
};

/// Flips one bit at each of at least `places` bytes, evenly spread over `bytes`, and counts how many were refused.
fn refused(
    vendor: Vendor,
    quote: &[u8],
    collateral: &[u8],
    root: &[u8],
    now: u64,
    places: usize,
) -> [(usize, usize); 2] {
    let good = AllVendors::verify(vendor, quote, collateral, root, now).expect("verifies");
    let check = |damage_quote: bool| {
        let bytes = if damage_quote { quote } else { collateral };
        let step = (bytes.len() / places).max(1);
        let (mut tried, mut refused) = (0, 0);
        for at in (0..bytes.len()).step_by(step) {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 1 << ((at / step) % 8);
            let (quote, collateral) = if damage_quote { (&damaged[..], collateral) } else { (quote, &damaged[..]) };
            tried += 1;
            match AllVendors::verify(vendor, quote, collateral, root, now) {
                Err(_) => refused += 1,
                Ok(report) => assert_eq!(report, good, "byte {at} of {}, quote: {damage_quote}", bytes.len()),
            }
        }
        (tried, refused)
    };
    [check(true), check(false)]
}

fn assert_tried(name: &str, counts: [(usize, usize); 2]) {
    let [(quotes, bad_quotes), (collaterals, bad_collaterals)] = counts;
    println!("{name}: quote {bad_quotes} of {quotes} refused, collateral {bad_collaterals} of {collaterals}");
    assert!(quotes >= 500 && collaterals >= 500, "{quotes} and {collaterals} places");
}

#[test]
fn flipped_bit_should_be_refused_or_change_nothing_when_the_pki_is_ours() {
    let platform = dcap::Platform::new(Default::default());
    let chip = snp::Chip::new(Default::default());
    let root = platform.root();
    let (quote, collateral) = (platform.sgx_quote([7; 64]), platform.sgx_collateral());
    assert_tried("SGX", refused(Vendor::Sgx, &quote, &collateral, &root, NOW, 500));
    let (quote, collateral) = (platform.tdx_quote([7; 64]), platform.tdx_collateral());
    assert_tried("TDX", refused(Vendor::Tdx, &quote, &collateral, &root, NOW, 500));
    let (quote, collateral) = (chip.report([7; 64]), chip.collateral());
    assert_tried("SEV-SNP", refused(Vendor::SevSnp, &quote, &collateral, &chip.root(), NOW, 500));
}

#[test]
fn flipped_bit_should_be_refused_or_change_nothing_when_intel_made_the_quote() {
    for sample in real::samples() {
        let counts = refused(sample.vendor, &sample.quote, &sample.collateral, &real::root(), real::NOW, 500);
        assert_tried(sample.name, counts);
    }
}
