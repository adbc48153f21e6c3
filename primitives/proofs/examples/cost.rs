//! What checks cost on this machine, natively: `cargo run --release -p hanzo-proofs --example cost`.

use ark_bls12_381::{Bls12_381, Fr};
use ark_groth16::Groth16;
use ark_relations::r1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ark_serialize::CanonicalSerialize;
use ark_snark::SNARK;
use ark_std::rand::{rngs::StdRng, SeedableRng};
use hanzo_proofs::{
    groth16::{public_inputs, VerifyingKey},
    testing::{dcap, snp, NOW},
    AllVendors, QuoteVerifiers, Vendor,
};
use sp_core::H256;
use std::time::Instant;

/// Both public inputs are known.
struct Known([Option<Fr>; 2]);

impl ConstraintSynthesizer<Fr> for Known {
    fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        for value in self.0 {
            let input = system.new_input_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
            let known = system.new_witness_variable(|| value.ok_or(SynthesisError::AssignmentMissing))?;
            system.enforce_constraint(known.into(), ark_relations::r1cs::Variable::One.into(), input.into())?;
        }
        Ok(())
    }
}

/// Prints the fastest and the mean of 50 runs.
fn measure(name: &str, mut run: impl FnMut()) {
    let times: Vec<f64> = (0..50)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    let (fastest, mean) = (times.iter().copied().fold(f64::INFINITY, f64::min), times.iter().sum::<f64>() / 50.0);
    println!("{name:<24} {fastest:8.3} ms fastest {mean:8.3} ms mean");
}

fn main() {
    let platform = dcap::Platform::new(Default::default());
    let full = dcap::Platform::new(dcap::Flaws { others_revoked: 900, ..Default::default() });
    let chip = snp::Chip::new(Default::default());
    let cases = [
        ("SGX", Vendor::Sgx, platform.sgx_quote([7; 64]), platform.sgx_collateral(), platform.root()),
        ("TDX", Vendor::Tdx, platform.tdx_quote([7; 64]), platform.tdx_collateral(), platform.root()),
        ("TDX, 900 revoked", Vendor::Tdx, full.tdx_quote([7; 64]), full.tdx_collateral(), full.root()),
        ("SEV-SNP", Vendor::SevSnp, chip.report([7; 64]), chip.collateral(), chip.root()),
    ];
    for (name, vendor, quote, collateral, root) in cases {
        println!("{name}: quote {} bytes, collateral {}, root {}", quote.len(), collateral.len(), root.len());
        measure(name, || assert!(AllVendors::verify(vendor, &quote, &collateral, &root, NOW).is_ok()));
    }

    let mut random = StdRng::seed_from_u64(1);
    let (proving, verifying) =
        Groth16::<Bls12_381>::circuit_specific_setup(Known([None; 2]), &mut random).expect("set up");
    let statement = H256::repeat_byte(7);
    let proof = Groth16::<Bls12_381>::prove(&proving, Known(public_inputs(&statement).map(Some)), &mut random);
    let (mut key, mut bytes) = (Vec::new(), Vec::new());
    verifying.serialize_compressed(&mut key).expect("encodes");
    proof.expect("proves").serialize_compressed(&mut bytes).expect("encodes");
    measure("Groth16 key", || assert!(VerifyingKey::decode(&key).is_ok()));
    let key = VerifyingKey::decode(&key).expect("decodes");
    measure("Groth16 proof", || assert_eq!(key.verify(&bytes, &statement), Ok(())));
}
