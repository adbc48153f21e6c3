//! Groth16 against the proof system's own crate.

use ark_bls12_381::{Bls12_381, Fr, G1Affine};
use ark_ff::Field;
use ark_groth16::{Groth16, Proof};
use ark_relations::r1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use ark_snark::SNARK;
use ark_std::rand::{rngs::StdRng, SeedableRng};
use hanzo_proofs::groth16::{public_inputs, Groth16Error, VerifyingKey, KEY_BYTES, PROOF_BYTES};
use sp_core::H256;

/// Somebody knows factors of both public inputs.
#[derive(Clone)]
struct Factors(Vec<Option<(Fr, Fr)>>);

impl ConstraintSynthesizer<Fr> for Factors {
    fn generate_constraints(self, system: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        for factors in self.0 {
            let value = |pick: fn((Fr, Fr)) -> Fr| move || factors.map(pick).ok_or(SynthesisError::AssignmentMissing);
            let product = system.new_input_variable(value(|(one, other)| one * other))?;
            let one = system.new_witness_variable(value(|(one, _)| one))?;
            let other = system.new_witness_variable(value(|(_, other)| other))?;
            system.enforce_constraint(one.into(), other.into(), product.into())?;
        }
        Ok(())
    }
}

struct System {
    proving: ark_groth16::ProvingKey<Bls12_381>,
    verifying: ark_groth16::VerifyingKey<Bls12_381>,
}

fn system(inputs: usize) -> System {
    let circuit = Factors(vec![None; inputs]);
    let (proving, verifying) =
        Groth16::<Bls12_381>::circuit_specific_setup(circuit, &mut StdRng::seed_from_u64(5)).expect("set up");
    System { proving, verifying }
}

fn bytes(value: &impl CanonicalSerialize) -> Vec<u8> {
    let mut out = Vec::new();
    value.serialize_compressed(&mut out).expect("encodes");
    out
}

fn prove(system: &System, statement: &H256, seed: u64) -> Vec<u8> {
    let two = Fr::from(2u8);
    let half = two.inverse().expect("not 0");
    let factors = public_inputs(statement).map(|input| Some((two, input * half)));
    let circuit = Factors(factors.to_vec());
    bytes(&Groth16::<Bls12_381>::prove(&system.proving, circuit, &mut StdRng::seed_from_u64(seed)).expect("proves"))
}

#[test]
fn verify_should_agree_with_the_reference_when_statements_match_and_when_not() {
    let system = system(2);
    let key_bytes = bytes(&system.verifying);
    assert_eq!(key_bytes.len(), KEY_BYTES);
    let key = VerifyingKey::decode(&key_bytes).expect("decodes");
    for seed in 0..6u8 {
        let statement = H256::repeat_byte(seed.wrapping_mul(51));
        let proof = prove(&system, &statement, seed.into());
        assert_eq!(proof.len(), PROOF_BYTES);
        for other in [statement, H256::repeat_byte(77)] {
            let reference = Proof::deserialize_compressed(&proof[..]).expect("decodes");
            let expected =
                Groth16::<Bls12_381>::verify(&system.verifying, &public_inputs(&other), &reference).expect("runs");
            assert_eq!(expected, other == statement);
            assert_eq!(key.verify(&proof, &other).is_ok(), expected);
        }
    }
}

#[test]
fn verify_should_refuse_when_a_bit_is_flipped_or_the_length_is_another() {
    let system = system(2);
    let key = VerifyingKey::decode(&bytes(&system.verifying)).expect("decodes");
    let statement = H256::repeat_byte(0xAB);
    let proof = prove(&system, &statement, 1);
    assert_eq!(key.verify(&proof, &statement), Ok(()));
    for at in 0..proof.len() {
        let mut flipped = proof.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(key.verify(&flipped, &statement).is_err(), "byte {at}");
    }
    for length in 0..proof.len() {
        assert_eq!(key.verify(&proof[..length], &statement), Err(Groth16Error::Length));
    }
    assert_eq!(key.verify(&[&proof[..], &[0]].concat(), &statement), Err(Groth16Error::Length));
}

#[test]
fn decode_should_refuse_keys_that_bind_less_or_more() {
    for inputs in [1, 3] {
        assert_eq!(VerifyingKey::decode(&bytes(&system(inputs).verifying)), Err(Groth16Error::Length));
    }
    let good = system(2).verifying;
    let mut unbound = good.clone();
    unbound.gamma_abc_g1[1] = G1Affine::identity();
    assert_eq!(VerifyingKey::decode(&bytes(&unbound)), Err(Groth16Error::Key));
    let mut degenerate = good.clone();
    degenerate.alpha_g1 = G1Affine::identity();
    assert_eq!(VerifyingKey::decode(&bytes(&degenerate)), Err(Groth16Error::Key));
    let mut count = bytes(&good);
    count[336] = 2;
    assert_eq!(VerifyingKey::decode(&count), Err(Groth16Error::Key));
}

/// A point on the curve whose order is not the group's: BLS12-381's curve has a cofactor, so most points are.
fn outside_of_the_subgroup() -> Vec<u8> {
    let (x, _) = (1u64..)
        .find_map(|x| {
            let point = G1Affine::get_point_from_x_unchecked(x.into(), false)?;
            (!point.is_in_correct_subgroup_assuming_on_curve()).then_some((point, x))
        })
        .expect("there are many");
    bytes(&x)
}

#[test]
fn verify_should_refuse_points_outside_of_the_subgroup_and_second_encodings() {
    let system = system(2);
    let key = VerifyingKey::decode(&bytes(&system.verifying)).expect("decodes");
    let statement = H256::repeat_byte(0xAB);
    let mut proof = prove(&system, &statement, 1);
    proof[..48].copy_from_slice(&outside_of_the_subgroup());
    assert_eq!(key.verify(&proof, &statement), Err(Groth16Error::Point));
    // The neutral element is written with flags and zeros; with anything else behind the flags it is not the one encoding.
    let mut proof = prove(&system, &statement, 1);
    proof[..48].fill(0);
    proof[0] = 0xC0;
    proof[47] = 1;
    assert_eq!(key.verify(&proof, &statement), Err(Groth16Error::Point));
}
