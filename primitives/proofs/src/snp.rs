//! AMD SEV-SNP: an attestation report, signed by the chip's key (VCEK), which AMD's ASK vouches for, and for that its ARK.
//!
//! Layout and fields are those of AMD's SEV-SNP ABI specification (56860), table "ATTESTATION_REPORT Structure"; what a
//! VCEK says of its chip those of the "Versioned Chip Endorsement Key (VCEK) Certificate" specification (57230), as on Milan
//! and Genoa. A chip whose certificates say it otherwise does not match its report and is refused.

use crate::quote::{
    array, check_lengths, measurement, part, QuoteError, QuoteVerifier, Svn, TcbStatus, Vendor, VerifiedReport,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeAll, Encode};
use der::{asn1::ObjectIdentifier, Decode as _, Encode as _};
use p384::ecdsa::{signature::Verifier, Signature, VerifyingKey};
use rsa::{pkcs8::DecodePublicKey, pss, RsaPublicKey};
use sha2::Sha384;
use x509_cert::{
    crl::CertificateList,
    ext::pkix::{BasicConstraints, KeyUsage},
    spki::AlgorithmIdentifierOwned,
    Certificate,
};

/// Bytes of a report.
pub const REPORT_BYTES: usize = 1_184;
/// How many of them are signed.
const SIGNED: usize = 0x2A0;
/// Bytes of each half of the signature: little-endian, filled up with zeros.
const HALF: usize = 72;
/// Bytes of a number of P-384.
const SCALAR: usize = 48;
/// ECDSA on P-384 with SHA-384, the only algorithm of reports.
const ECDSA_P384_SHA384: u32 = 1;
/// Bit of the guest's policy: debugging is allowed.
const POLICY_DEBUG: u64 = 1 << 19;
/// Bit of the guest's policy: a migration agent may be associated.
const POLICY_MIGRATE: u64 = 1 << 18;
/// Flag of the report: chip id and reported firmware are masked.
const FLAG_MASK_CHIP: u32 = 1 << 1;
/// Flags of the report: which key signed; 0 is the VCEK.
const FLAG_SIGNING_KEY: u32 = 0b111 << 2;

/// RSASSA-PSS.
const PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
/// Firmware versions in a VCEK, and the byte of the reported TCB that each is.
const VERSIONS: [(ObjectIdentifier, usize); 4] = [
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.1"), 0),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.2"), 1),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.3"), 6),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.3.8"), 7),
];
/// The chip's id in a VCEK.
const CHIP_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.3704.1.4");

/// What AMD says of a chip; certificates and list in DER.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SnpCollateral {
    /// The intermediate, signed by the root.
    pub ask: Vec<u8>,
    /// The chip's, signed by the intermediate.
    pub vcek: Vec<u8>,
    /// Revoked intermediates, signed by the root.
    pub crl: Vec<u8>,
}

/// The fields of a report that are looked at.
struct Report<'a> {
    bytes: &'a [u8],
    policy: u64,
    report_data: [u8; 64],
    reported_tcb: Svn,
    chip_id: [u8; 64],
}

impl<'a> Report<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, QuoteError> {
        if bytes.len() != REPORT_BYTES {
            return Err(QuoteError::Layout);
        }
        let word = |at| array::<4>(bytes, at).map(u32::from_le_bytes).ok_or(QuoteError::Layout);
        let (version, algorithm, flags) = (word(0)?, word(0x34)?, word(0x48)?);
        if version < 2 || algorithm != ECDSA_P384_SHA384 || flags & (FLAG_MASK_CHIP | FLAG_SIGNING_KEY) != 0 {
            return Err(QuoteError::Layout);
        }
        Ok(Self {
            bytes,
            policy: array(bytes, 8).map(u64::from_le_bytes).ok_or(QuoteError::Layout)?,
            report_data: array(bytes, 0x50).ok_or(QuoteError::Layout)?,
            reported_tcb: array(bytes, 0x180).ok_or(QuoteError::Layout)?,
            chip_id: array(bytes, 0x1A0).ok_or(QuoteError::Layout)?,
        })
    }

    /// The guest's versions, policy, ids and privilege level, what was loaded, what the host added, and who signed for it.
    fn measurement(&self) -> Result<sp_core::H256, QuoteError> {
        Ok(measurement(Vendor::SevSnp, &[part(self.bytes, 0x04, 0x34)?, part(self.bytes, 0x90, 0x140)?]))
    }

    /// Its signature; the bytes that fill up are zero.
    fn signature(&self) -> Result<Signature, QuoteError> {
        let scalar = |from: usize| {
            let half = part(self.bytes, from, from.saturating_add(HALF))?;
            let (number, filling) = half.split_at_checked(SCALAR).ok_or(QuoteError::Layout)?;
            if filling.iter().any(|byte| *byte != 0) {
                return Err(QuoteError::Layout);
            }
            let mut number: [u8; SCALAR] = number.try_into().map_err(|_| QuoteError::Layout)?;
            number.reverse();
            Ok(number)
        };
        let rest = part(self.bytes, SIGNED.saturating_add(2 * HALF), REPORT_BYTES)?;
        if rest.iter().any(|byte| *byte != 0) {
            return Err(QuoteError::Layout);
        }
        let (r, s) = (scalar(SIGNED)?, scalar(SIGNED.saturating_add(HALF))?);
        Signature::from_scalars(r, s).map_err(|_| QuoteError::Refused)
    }
}

/// Something signed by an RSA key with PSS and SHA-384, as all of AMD's certificates are.
fn check_signature(
    issuer: &RsaPublicKey,
    algorithms: [&AlgorithmIdentifierOwned; 2],
    signed: &[u8],
    signature: Option<&[u8]>,
) -> Result<(), QuoteError> {
    let [inner, outer] = algorithms;
    if inner != outer || inner.oid != PSS {
        return Err(QuoteError::Refused);
    }
    let signature = pss::Signature::try_from(signature.ok_or(QuoteError::Refused)?).map_err(|_| QuoteError::Refused)?;
    pss::VerifyingKey::<Sha384>::new(issuer.clone()).verify(signed, &signature).map_err(|_| QuoteError::Refused)
}

/// The RSA key of a certificate, of at most 4,096 bits.
fn rsa_key(certificate: &Certificate) -> Option<RsaPublicKey> {
    let key = certificate.tbs_certificate.subject_public_key_info.to_der().ok()?;
    RsaPublicKey::from_public_key_der(&key).ok()
}

/// A certificate's first and last second, seconds since 1970.
fn validity(certificate: &Certificate) -> (u64, u64) {
    let validity = &certificate.tbs_certificate.validity;
    (validity.not_before.to_unix_duration().as_secs(), validity.not_after.to_unix_duration().as_secs())
}

/// A certificate that may sign others.
fn is_authority(certificate: &Certificate) -> bool {
    let constraints = certificate.tbs_certificate.get::<BasicConstraints>();
    let usage = certificate.tbs_certificate.get::<KeyUsage>();
    matches!(constraints, Ok(Some((_, BasicConstraints { ca: true, .. }))))
        && match usage {
            Ok(Some((_, usage))) => usage.key_cert_sign(),
            Ok(None) => true,
            Err(_) => false,
        }
}

/// The certificate is the issuer's and holds now.
fn check_issued(certificate: &Certificate, issuer: &Certificate, key: &RsaPublicKey) -> Result<(), QuoteError> {
    let tbs = &certificate.tbs_certificate;
    if tbs.issuer != issuer.tbs_certificate.subject {
        return Err(QuoteError::Refused);
    }
    let signed = tbs.to_der().map_err(|_| QuoteError::Collateral)?;
    check_signature(key, [&tbs.signature, &certificate.signature_algorithm], &signed, certificate.signature.as_bytes())
}

/// What a VCEK says of its chip is what the report says of it.
fn check_chip(vcek: &Certificate, report: &Report) -> Result<(), QuoteError> {
    let extensions = vcek.tbs_certificate.extensions.as_deref().unwrap_or_default();
    let single = |id: ObjectIdentifier| {
        let mut found = extensions.iter().filter(|extension| extension.extn_id == id);
        match (found.next(), found.next()) {
            (Some(extension), None) => Ok(extension.extn_value.as_bytes()),
            _ => Err(QuoteError::Collateral),
        }
    };
    for (id, byte) in VERSIONS {
        let version = u8::from_der(single(id)?).map_err(|_| QuoteError::Collateral)?;
        if report.reported_tcb.get(byte) != Some(&version) {
            return Err(QuoteError::Refused);
        }
    }
    if single(CHIP_ID)? == report.chip_id {
        Ok(())
    } else {
        Err(QuoteError::Refused)
    }
}

/// Refuses what is not valid at `now`; gives the first second at which it no longer is.
fn check_time(now: u64, (from, to): (u64, u64)) -> Result<u64, QuoteError> {
    if now < from || now > to {
        return Err(QuoteError::Expired);
    }
    Ok(to.saturating_add(1))
}

/// The report is signed by the chip's key, and that key is vouched for all the way to the root.
fn check_chain(
    report: &Report,
    (root, root_key): (&Certificate, &RsaPublicKey),
    ask: &Certificate,
    vcek: &Certificate,
) -> Result<(), QuoteError> {
    if !is_authority(ask) {
        return Err(QuoteError::Refused);
    }
    check_issued(ask, root, root_key)?;
    let ask_key = rsa_key(ask).ok_or(QuoteError::Collateral)?;
    check_issued(vcek, ask, &ask_key)?;
    check_chip(vcek, report)?;
    let key = vcek.tbs_certificate.subject_public_key_info.subject_public_key.as_bytes();
    let key = VerifyingKey::from_sec1_bytes(key.unwrap_or_default()).map_err(|_| QuoteError::Collateral)?;
    key.verify(part(report.bytes, 0, SIGNED)?, &report.signature()?).map_err(|_| QuoteError::Refused)
}

/// Verifier of SEV-SNP reports. Collateral is the SCALE encoding of [`SnpCollateral`].
pub struct SevSnp;

impl QuoteVerifier for SevSnp {
    fn verify(&self, quote: &[u8], collateral: &[u8], root: &[u8], now: u64) -> Result<VerifiedReport, QuoteError> {
        check_lengths(quote, collateral, root)?;
        let report = Report::parse(quote)?;
        let collateral = SnpCollateral::decode_all(&mut &collateral[..]).map_err(|_| QuoteError::Collateral)?;
        let ark = Certificate::from_der(root).map_err(|_| QuoteError::Root)?;
        let ark_key = rsa_key(&ark).ok_or(QuoteError::Root)?;
        let ask = Certificate::from_der(&collateral.ask).map_err(|_| QuoteError::Collateral)?;
        let vcek = Certificate::from_der(&collateral.vcek).map_err(|_| QuoteError::Collateral)?;
        let crl = CertificateList::from_der(&collateral.crl).map_err(|_| QuoteError::Collateral)?;

        let lists = &crl.tbs_cert_list;
        let next = lists.next_update.ok_or(QuoteError::Collateral)?;
        let listed = (lists.this_update.to_unix_duration().as_secs(), next.to_unix_duration().as_secs());
        let mut expires = check_time(now, listed)?;
        for certificate in [&ark, &ask, &vcek] {
            expires = expires.min(check_time(now, validity(certificate))?);
        }

        if lists.issuer != ark.tbs_certificate.subject {
            return Err(QuoteError::Refused);
        }
        let signed = lists.to_der().map_err(|_| QuoteError::Collateral)?;
        let algorithms = [&lists.signature, &crl.signature_algorithm];
        check_signature(&ark_key, algorithms, &signed, crl.signature.as_bytes())?;
        let revoked = lists.revoked_certificates.as_deref().unwrap_or_default();
        // The root's list is of what the root issued. A chip's key is not revoked: AMD raises the versions that count.
        let serial = &ask.tbs_certificate.serial_number;
        if revoked.iter().any(|entry| entry.serial_number == *serial) {
            return Err(QuoteError::Revoked);
        }
        check_chain(&report, (&ark, &ark_key), &ask, &vcek)?;
        if report.policy & (POLICY_DEBUG | POLICY_MIGRATE) != 0 {
            return Err(QuoteError::Debug);
        }
        Ok(VerifiedReport {
            vendor: Vendor::SevSnp,
            measurement: report.measurement()?,
            report_data: report.report_data,
            status: TcbStatus::UpToDate,
            svn: report.reported_tcb,
            advisories: Vec::new(),
            expires,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &[u8] = include_bytes!("../tests/fixtures/milan_report");

    /// Checks a report against the certificates that AMD issued for the chip it came from.
    fn check(report: &[u8], vcek: &[u8]) -> Result<(), QuoteError> {
        let [ark, ask] = [
            &include_bytes!("../tests/fixtures/milan_ark.der")[..],
            &include_bytes!("../tests/fixtures/milan_ask.der")[..],
        ]
        .map(|der| Certificate::from_der(der).expect("DER"));
        let vcek = Certificate::from_der(vcek).map_err(|_| QuoteError::Collateral)?;
        let key = rsa_key(&ark).expect("an RSA key");
        check_issued(&ark, &ark, &key).expect("the root signs itself");
        check_chain(&Report::parse(report)?, (&ark, &key), &ask, &vcek)
    }

    const VCEK: &[u8] = include_bytes!("../tests/fixtures/milan_vcek.der");

    #[test]
    fn chain_should_hold_when_amd_made_chip_and_certificates() {
        assert_eq!(check(REPORT, VCEK), Ok(()));
    }

    #[test]
    fn chain_should_not_hold_when_a_bit_of_report_or_certificate_is_flipped() {
        for at in (0..REPORT.len()).step_by(13) {
            let mut flipped = REPORT.to_vec();
            flipped[at] ^= 1 << (at % 8);
            assert!(check(&flipped, VCEK).is_err(), "byte {at} of the report");
        }
        for at in (0..VCEK.len()).step_by(13) {
            let mut flipped = VCEK.to_vec();
            flipped[at] ^= 1 << (at % 8);
            assert!(check(REPORT, &flipped).is_err(), "byte {at} of the certificate");
        }
    }
}
