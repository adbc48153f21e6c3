//! Certificates and revocation lists.

use alloc::{vec, vec::Vec};
use core::{str::FromStr, time::Duration};
use der::{
    asn1::{BitString, GeneralizedTime, ObjectIdentifier, OctetString, UtcTime},
    Any, Decode, Encode,
};
use x509_cert::{
    certificate::Version,
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        pkix::{AuthorityKeyIdentifier, BasicConstraints, CrlNumber, KeyUsage, KeyUsages},
        Extension,
    },
    name::Name,
    serial_number::SerialNumber,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    time::{Time, Validity},
    Certificate, TbsCertificate,
};

/// Something that signs certificates.
pub trait Signer {
    /// How it signs.
    fn algorithm(&self) -> AlgorithmIdentifierOwned;
    /// Its public key.
    fn public(&self) -> SubjectPublicKeyInfoOwned;
    /// Signs, in the form certificates carry.
    fn sign(&self, message: &[u8]) -> Vec<u8>;
}

/// From when until when, seconds since 1970.
#[derive(Clone, Copy)]
pub struct Period(pub u64, pub u64);

fn time(seconds: u64) -> Time {
    let duration = Duration::from_secs(seconds);
    match UtcTime::from_unix_duration(duration) {
        Ok(time) => time.into(),
        Err(_) => GeneralizedTime::from_unix_duration(duration).expect("before the year 9999").into(),
    }
}

fn extension(id: &str, critical: bool, value: &[u8]) -> Extension {
    Extension {
        extn_id: ObjectIdentifier::new(id).expect("an object identifier"),
        critical,
        extn_value: OctetString::new(value).expect("short"),
    }
}

/// An extension that is not critical.
pub fn custom(id: &str, value: &[u8]) -> Extension {
    extension(id, false, value)
}

/// What a certificate is for.
pub enum Role {
    /// Signs certificates and lists.
    Authority,
    /// Signs statements or reports.
    Leaf,
}

/// A certificate for `key`, named `subject`, signed by `issuer`.
pub fn certificate(
    (issuer_name, issuer): (&str, &dyn Signer),
    (subject, key): (&str, SubjectPublicKeyInfoOwned),
    role: Role,
    serial: u32,
    period: Period,
    mut extensions: Vec<Extension>,
) -> Certificate {
    let (ca, usage) = match role {
        Role::Authority => (true, KeyUsages::KeyCertSign | KeyUsages::CRLSign),
        Role::Leaf => (false, KeyUsages::DigitalSignature | KeyUsages::NonRepudiation),
    };
    let constraints = BasicConstraints { ca, path_len_constraint: None };
    extensions.push(extension("2.5.29.19", true, &constraints.to_der().expect("encodes")));
    extensions.push(extension("2.5.29.15", true, &KeyUsage(usage).to_der().expect("encodes")));
    let tbs_certificate = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::from(serial),
        signature: issuer.algorithm(),
        issuer: Name::from_str(issuer_name).expect("a name"),
        validity: Validity { not_before: time(period.0), not_after: time(period.1) },
        subject: Name::from_str(subject).expect("a name"),
        subject_public_key_info: key,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature = issuer.sign(&tbs_certificate.to_der().expect("encodes"));
    Certificate {
        tbs_certificate,
        signature_algorithm: issuer.algorithm(),
        signature: BitString::from_bytes(&signature).expect("whole bytes"),
    }
}

/// A list of revoked serial numbers.
pub fn revocations((issuer_name, issuer): (&str, &dyn Signer), serials: &[u32], period: Period) -> Vec<u8> {
    let revoked: Vec<_> = serials
        .iter()
        .map(|serial| RevokedCert {
            serial_number: SerialNumber::from(*serial),
            revocation_date: time(period.0),
            crl_entry_extensions: None,
        })
        .collect();
    let identifier = AuthorityKeyIdentifier {
        key_identifier: Some(OctetString::new(vec![1; 20]).expect("short")),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    };
    let number = CrlNumber(der::asn1::Uint::new(&[1]).expect("a number"));
    let tbs_cert_list = TbsCertList {
        version: Version::V2,
        signature: issuer.algorithm(),
        issuer: Name::from_str(issuer_name).expect("a name"),
        this_update: time(period.0),
        next_update: Some(time(period.1)),
        revoked_certificates: if revoked.is_empty() { None } else { Some(revoked) },
        crl_extensions: Some(vec![
            extension("2.5.29.35", false, &identifier.to_der().expect("encodes")),
            extension("2.5.29.20", false, &number.to_der().expect("encodes")),
        ]),
    };
    let signature = issuer.sign(&tbs_cert_list.to_der().expect("encodes"));
    let list = CertificateList {
        tbs_cert_list,
        signature_algorithm: issuer.algorithm(),
        signature: BitString::from_bytes(&signature).expect("whole bytes"),
    };
    list.to_der().expect("encodes")
}

/// Type, length, value.
pub fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match value.len() {
        short @ 0..=127 => out.push(short as u8),
        long @ 128..=255 => out.extend([0x81, long as u8]),
        long => {
            out.push(0x82);
            out.extend((long as u16).to_be_bytes());
        }
    }
    out.extend(value);
    out
}

/// SEQUENCE { OBJECT IDENTIFIER, value }.
pub fn entry(id: &str, value: &[u8]) -> Vec<u8> {
    let mut inner = ObjectIdentifier::new(id).expect("an object identifier").to_der().expect("encodes");
    inner.extend(value);
    tlv(0x30, &inner)
}

/// An algorithm without parameters, or with those given in DER.
pub fn algorithm(id: &str, parameters: Option<&[u8]>) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new(id).expect("an object identifier"),
        parameters: parameters.map(|der| Any::from_der(der).expect("DER")),
    }
}
