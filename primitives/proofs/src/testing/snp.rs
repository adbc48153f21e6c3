//! SEV-SNP: a root, an intermediate, and one chip.

use super::{
    pki::{self, Period, Role, Signer},
    NOW, VALIDITY,
};
use crate::snp::{SnpCollateral, REPORT_BYTES};
use alloc::{format, vec, vec::Vec};
use codec::Encode;
use der::Encode as _;
use p384::ecdsa::{signature::Signer as _, Signature, SigningKey};
use rsa::{
    pkcs8::{DecodePrivateKey, EncodePublicKey},
    pss,
    rand_core::{CryptoRng, Error, RngCore},
    signature::{RandomizedSigner, SignatureEncoding},
    RsaPrivateKey,
};
use sha2::{Digest, Sha384};
use x509_cert::{
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    Certificate,
};

const ARK: &str = "CN=ARK-Test";
const ASK: &str = "CN=SEV-Test";
const VCEK: &str = "CN=SEV-VCEK";
const ASK_SERIAL: u32 = 2;
const VCEK_SERIAL: u32 = 3;
/// What AMD's certificates say of a chip.
const AMD: &str = "1.3.6.1.4.1.3704.1";
/// Reported firmware: boot loader 3, security processor 0, SNP 8, microcode 115.
pub const SVN: [u8; 8] = [3, 0, 0, 0, 0, 0, 8, 115];
const CHIP: [u8; 64] = [0xC1; 64];
/// What was loaded.
pub const MACHINE: [u8; 48] = [0xA1; 48];

/// An RSA key of 4,096 bits. PSS wants a salt; always the same one keeps what is made here the same.
struct Authority(RsaPrivateKey);

struct Salt;

impl RngCore for Salt {
    fn next_u32(&mut self) -> u32 {
        7
    }

    fn next_u64(&mut self) -> u64 {
        7
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(7);
        Ok(())
    }
}

impl CryptoRng for Salt {}

impl Signer for Authority {
    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        let sha384 = pki::entry("2.16.840.1.101.3.4.2.2", &[0x05, 0x00]);
        let parameters = [
            pki::tlv(0xA0, &sha384),
            pki::tlv(0xA1, &pki::entry("1.2.840.113549.1.1.8", &sha384)),
            pki::tlv(0xA2, &[0x02, 0x01, 48]),
            pki::tlv(0xA3, &[0x02, 0x01, 1]),
        ]
        .concat();
        pki::algorithm("1.2.840.113549.1.1.10", Some(&pki::tlv(0x30, &parameters)))
    }

    fn public(&self) -> SubjectPublicKeyInfoOwned {
        use der::Decode;
        let key = self.0.to_public_key().to_public_key_der().expect("encodes");
        SubjectPublicKeyInfoOwned::from_der(key.as_bytes()).expect("DER")
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let key = pss::SigningKey::<Sha384>::new(self.0.clone());
        key.sign_with_rng(&mut Salt, message).to_vec()
    }
}

/// What is wrong with a chip or with what AMD says of it; nothing by default.
#[derive(Clone, Debug)]
pub struct Flaws {
    /// Which chip; another one has another key.
    pub seed: &'static str,
    /// Root and intermediate change places.
    pub other_root: bool,
    /// From when until when the list holds, seconds since 1970.
    pub period: (u64, u64),
    /// From when until when certificates hold.
    pub certificates: (u64, u64),
    /// The intermediate is revoked.
    pub issuer_revoked: bool,
    /// The guest may be debugged.
    pub debug: bool,
    /// The firmware that the chip's certificate is for.
    pub certified_svn: [u8; 8],
    /// The chip that the certificate is for.
    pub certified_chip: [u8; 64],
}

impl Default for Flaws {
    fn default() -> Self {
        Self {
            seed: "dev",
            other_root: false,
            period: (NOW - VALIDITY, NOW + VALIDITY),
            certificates: (NOW - 10 * VALIDITY, NOW + 10 * VALIDITY),
            issuer_revoked: false,
            debug: false,
            certified_svn: SVN,
            certified_chip: CHIP,
        }
    }
}

/// A PKI and one chip in it.
pub struct Chip {
    flaws: Flaws,
    key: SigningKey,
    root: Certificate,
    collateral: SnpCollateral,
}

impl Chip {
    /// Makes certificates and the list.
    pub fn new(flaws: Flaws) -> Self {
        let keys: [&[u8]; 2] = [include_bytes!("test_ark.pk8"), include_bytes!("test_ask.pk8")];
        let [ark, ask] = keys.map(|der| Authority(RsaPrivateKey::from_pkcs8_der(der).expect("a key")));
        let (ark, ask) = if flaws.other_root { (ask, ark) } else { (ark, ask) };
        let key = SigningKey::from_slice(&Sha384::digest(format!("chip of {}", flaws.seed))).expect("a key");
        let certificates = Period(flaws.certificates.0, flaws.certificates.1);

        let root = pki::certificate((ARK, &ark), (ARK, ark.public()), Role::Authority, 1, certificates, vec![]);
        let intermediate =
            pki::certificate((ARK, &ark), (ASK, ask.public()), Role::Authority, ASK_SERIAL, certificates, vec![]);
        let version = |number: u8, at: usize| {
            let value = flaws.certified_svn[at];
            let integer = if value < 128 { pki::tlv(0x02, &[value]) } else { pki::tlv(0x02, &[0, value]) };
            pki::custom(&format!("{AMD}.3.{number}"), &integer)
        };
        let extensions = vec![
            version(1, 0),
            version(2, 1),
            version(3, 6),
            version(8, 7),
            pki::custom(&format!("{AMD}.4"), &flaws.certified_chip),
        ];
        let point = key.verifying_key().to_encoded_point(false);
        let curve = der::asn1::ObjectIdentifier::new_unwrap("1.3.132.0.34").to_der().expect("encodes");
        let public = SubjectPublicKeyInfoOwned {
            algorithm: pki::algorithm("1.2.840.10045.2.1", Some(&curve)),
            subject_public_key: der::asn1::BitString::from_bytes(point.as_bytes()).expect("whole bytes"),
        };
        let vcek = pki::certificate((ASK, &ask), (VCEK, public), Role::Leaf, VCEK_SERIAL, certificates, extensions);
        let revoked: &[u32] = if flaws.issuer_revoked { &[ASK_SERIAL] } else { &[] };
        let collateral = SnpCollateral {
            ask: intermediate.to_der().expect("encodes"),
            vcek: vcek.to_der().expect("encodes"),
            crl: pki::revocations((ARK, &ark), revoked, Period(flaws.period.0, flaws.period.1)),
        };
        Self { flaws, key, root, collateral }
    }

    /// The root's certificate, DER.
    pub fn root(&self) -> Vec<u8> {
        self.root.to_der().expect("encodes")
    }

    /// Collateral for its reports, encoded.
    pub fn collateral(&self) -> Vec<u8> {
        self.collateral.encode()
    }

    /// A report of a guest that put in `report_data`.
    pub fn report(&self, report_data: [u8; 64]) -> Vec<u8> {
        let mut report = vec![0; REPORT_BYTES];
        let mut write = |at: usize, bytes: &[u8]| report[at..at + bytes.len()].copy_from_slice(bytes);
        write(0x00, &2u32.to_le_bytes());
        let policy: u64 = 1 << 17 | 1 << 16 | if self.flaws.debug { 1 << 19 } else { 0 };
        write(0x08, &policy.to_le_bytes());
        write(0x34, &1u32.to_le_bytes());
        write(0x38, &SVN);
        write(0x50, &report_data);
        write(0x90, &MACHINE);
        write(0x180, &SVN);
        write(0x1A0, &CHIP);
        write(0x1E0, &SVN);
        write(0x1F0, &SVN);
        let signature: Signature = self.key.sign(&report[..0x2A0]);
        let (r, s) = signature.split_bytes();
        for (at, scalar) in [(0x2A0, r), (0x2A0 + 72, s)] {
            let mut bytes = scalar.to_vec();
            bytes.reverse();
            report[at..at + 48].copy_from_slice(&bytes);
        }
        report
    }
}
