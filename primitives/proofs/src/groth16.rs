//! Groth16 over BLS12-381, the pilot of the registry of succinct proofs.
//!
//! A verifying key is registered once by governance and a proof names it. Both are in the compressed form that arkworks
//! writes and that the curve's users share; every point is checked to lie on the curve and in its subgroup, and the bytes
//! to be the only ones for it. The public inputs are the two halves of a [statement](crate::binding::statement), so a proof
//! is of one attestation under one challenge.

use alloc::vec::Vec;
use ark_bls12_381::{Bls12_381, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{pairing::Pairing, AffineRepr, CurveGroup};
use ark_ff::{PrimeField, Zero};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use sp_core::H256;

/// Bytes of a point of G1.
const G1: usize = 48;
/// Bytes of a point of G2.
const G2: usize = 96;
/// Public inputs: a statement's halves.
const INPUTS: usize = 2;

/// Bytes of a proof: A, B, C.
pub const PROOF_BYTES: usize = 192;

/// Bytes of a verifying key: α, β, γ, δ, the number 3 (u64, little-endian), and the points of the constant and the two
/// inputs.
pub const KEY_BYTES: usize = 488;

/// Why a key or a proof was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groth16Error {
    /// Another length.
    Length,
    /// Not the encoding of a point of the right subgroup.
    Point,
    /// A key with the neutral element where that would let anything pass, or for another number of inputs.
    Key,
    /// The equation does not hold.
    Refused,
}

/// A verifying key for statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    alpha: G1Affine,
    beta: G2Affine,
    gamma: G2Affine,
    delta: G2Affine,
    constant: G1Affine,
    inputs: [G1Affine; INPUTS],
}

/// Reads points off a slice, each checked and canonical.
struct Points<'a>(&'a [u8]);

impl Points<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], Groth16Error> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(Groth16Error::Length)?;
        self.0 = tail;
        Ok(head)
    }

    fn next<P: CanonicalDeserialize + CanonicalSerialize>(&mut self, size: usize) -> Result<P, Groth16Error> {
        let bytes = self.take(size)?;
        let point = P::deserialize_compressed(bytes).map_err(|_| Groth16Error::Point)?;
        let mut again = Vec::with_capacity(size);
        point.serialize_compressed(&mut again).map_err(|_| Groth16Error::Point)?;
        if again == bytes {
            Ok(point)
        } else {
            Err(Groth16Error::Point)
        }
    }

    fn end(&self) -> Result<(), Groth16Error> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Groth16Error::Length)
        }
    }
}

impl VerifyingKey {
    /// Reads and checks a key.
    pub fn decode(bytes: &[u8]) -> Result<Self, Groth16Error> {
        if bytes.len() != KEY_BYTES {
            return Err(Groth16Error::Length);
        }
        let mut points = Points(bytes);
        let (alpha, beta, gamma, delta) =
            (points.next::<G1Affine>(G1)?, points.next::<G2Affine>(G2)?, points.next(G2)?, points.next(G2)?);
        let count: [u8; 8] = points.take(8)?.try_into().map_err(|_| Groth16Error::Length)?;
        if u64::from_le_bytes(count) != 3 {
            return Err(Groth16Error::Key);
        }
        let (constant, inputs) = (points.next(G1)?, [points.next::<G1Affine>(G1)?, points.next(G1)?]);
        points.end()?;
        let key = Self { alpha, beta, gamma, delta, constant, inputs };
        key.check()?;
        Ok(key)
    }

    /// A neutral α, β, γ or δ takes a factor out of the equation; a neutral input leaves half of the statement unbound.
    fn check(&self) -> Result<(), Groth16Error> {
        let degenerate = self.alpha.is_zero()
            || self.beta.is_zero()
            || self.gamma.is_zero()
            || self.delta.is_zero()
            || self.inputs.iter().any(|input| input.is_zero());
        if degenerate {
            Err(Groth16Error::Key)
        } else {
            Ok(())
        }
    }

    /// Checks a proof of a statement: e(A, B) = e(α, β) · e(Σ, γ) · e(C, δ), with Σ the constant plus each half of the
    /// statement times its point.
    // Arithmetic in finite fields and groups, where nothing overflows.
    #[allow(clippy::arithmetic_side_effects)]
    pub fn verify(&self, proof: &[u8], statement: &H256) -> Result<(), Groth16Error> {
        if proof.len() != PROOF_BYTES {
            return Err(Groth16Error::Length);
        }
        let mut points = Points(proof);
        let (a, b, c) = (points.next::<G1Affine>(G1)?, points.next::<G2Affine>(G2)?, points.next::<G1Affine>(G1)?);
        points.end()?;
        let sum = public_inputs(statement)
            .iter()
            .zip(self.inputs.iter())
            .fold(G1Projective::from(self.constant), |sum, (input, point)| sum + *point * *input);
        let left = [a, -self.alpha, -sum.into_affine(), -c];
        let right = [b, self.beta, self.gamma, self.delta];
        if Bls12_381::multi_pairing(left, right).is_zero() {
            Ok(())
        } else {
            Err(Groth16Error::Refused)
        }
    }
}

/// A statement as elements of the scalar field: its first and its last 16 bytes, big-endian.
pub fn public_inputs(statement: &H256) -> [Fr; INPUTS] {
    let (first, last) = statement.as_bytes().split_at(16);
    [Fr::from_be_bytes_mod_order(first), Fr::from_be_bytes_mod_order(last)]
}
