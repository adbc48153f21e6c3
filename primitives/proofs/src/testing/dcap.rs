//! SGX and TDX: a root, a platform with its keys, a quoting enclave, and Intel's statements about them.

use super::{
    pki::{self, Period, Role, Signer},
    NOW, VALIDITY,
};
use crate::dcap::DcapCollateral;
use alloc::{format, string::String, vec, vec::Vec};
use codec::Encode;
use dcap_qvl::quote::{EnclaveReport, TDReport10};
use der::{pem::LineEnding, Encode as _, EncodePem as _};
use p256::ecdsa::{signature::Signer as _, Signature, SigningKey};
use sha2::{Digest, Sha256};
use x509_cert::{
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    Certificate,
};

const ROOT: &str = "CN=Test SGX Root CA";
const PLATFORM_CA: &str = "CN=Intel SGX PCK Platform CA";
const STATEMENTS: &str = "CN=Test SGX TCB Signing";
const PLATFORM: &str = "CN=Test SGX PCK Certificate";
/// Serial numbers of the certificates above.
const ROOT_SERIAL: u32 = 1;
const PLATFORM_CA_SERIAL: u32 = 2;
const STATEMENTS_SERIAL: u32 = 3;
const PLATFORM_SERIAL: u32 = 4;

/// Intel's, which quotes carry.
const QE_VENDOR: [u8; 16] =
    [0x93, 0x9A, 0x72, 0x33, 0xF7, 0x9C, 0x4C, 0xA9, 0x94, 0x0A, 0x0D, 0xB3, 0x95, 0x7F, 0x06, 0x07];
const FMSPC: [u8; 6] = [0x00, 0x90, 0x6E, 0xA1, 0x00, 0x00];
const CPU_SVN: [u8; 16] = [5; 16];
const PCE_SVN: u16 = 13;
const QE_SIGNER: [u8; 32] = [0x51; 32];
const QE_SVN: u16 = 8;
const MODULE_SIGNER: [u8; 48] = [0; 48];
/// Object identifiers of what a platform's certificate says.
const INTEL: &str = "1.2.840.113741.1.13.1";

/// A P-256 key.
pub struct Key(SigningKey);

impl Key {
    fn new(seed: &str) -> Self {
        let bytes = Sha256::digest(seed);
        Self(SigningKey::from_slice(&bytes).expect("a hash is a key but once in 2^32"))
    }

    /// r ‖ s.
    fn raw(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }

    /// x ‖ y.
    fn point(&self) -> [u8; 64] {
        self.0.verifying_key().to_encoded_point(false).as_bytes()[1..].try_into().expect("64 bytes")
    }
}

impl Signer for Key {
    fn algorithm(&self) -> AlgorithmIdentifierOwned {
        pki::algorithm("1.2.840.10045.4.3.2", None)
    }

    fn public(&self) -> SubjectPublicKeyInfoOwned {
        let curve = der::asn1::ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7").to_der().expect("encodes");
        let point = self.0.verifying_key().to_encoded_point(false);
        SubjectPublicKeyInfoOwned {
            algorithm: pki::algorithm("1.2.840.10045.2.1", Some(&curve)),
            subject_public_key: der::asn1::BitString::from_bytes(point.as_bytes()).expect("whole bytes"),
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_der().as_bytes().to_vec()
    }
}

/// What is wrong with a platform or with what Intel says of it; nothing by default.
#[derive(Clone, Debug)]
pub struct Flaws {
    /// Which PKI; another one has other keys.
    pub seed: &'static str,
    /// From when until when statements and lists hold, seconds since 1970.
    pub period: (u64, u64),
    /// From when until when certificates hold.
    pub certificates: (u64, u64),
    /// The platform's certificate is revoked.
    pub platform_revoked: bool,
    /// The intermediate that issued it is revoked.
    pub issuer_revoked: bool,
    /// The signer of statements is revoked.
    pub statements_revoked: bool,
    /// The root is revoked, by itself.
    pub root_revoked: bool,
    /// What the statement says of the platform's patch level.
    pub status: &'static str,
    /// Advisories it names.
    pub advisories: &'static [&'static str],
    /// The enclave, or machine, may be debugged.
    pub debug: bool,
    /// The quoting enclave is somebody else's.
    pub foreign_quoting_enclave: bool,
    /// How many other platforms are revoked; 35 bytes of collateral each.
    pub others_revoked: u32,
}

impl Default for Flaws {
    fn default() -> Self {
        Self {
            seed: "dev",
            period: (NOW - VALIDITY, NOW + VALIDITY),
            certificates: (NOW - 10 * VALIDITY, NOW + 10 * VALIDITY),
            platform_revoked: false,
            issuer_revoked: false,
            statements_revoked: false,
            root_revoked: false,
            status: "UpToDate",
            advisories: &[],
            debug: false,
            foreign_quoting_enclave: false,
            others_revoked: 0,
        }
    }
}

/// A PKI and one platform in it.
pub struct Platform {
    flaws: Flaws,
    attestation: Key,
    platform: Key,
    root_certificate: Certificate,
    issuer_certificate: Certificate,
    platform_certificate: Certificate,
    collateral: DcapCollateral,
    tdx_collateral: DcapCollateral,
}

/// What is in an enclave's report besides the report data.
pub const ENCLAVE: [u8; 32] = [0xE1; 32];
/// What was loaded into a virtual machine.
pub const MACHINE: [u8; 48] = [0xD1; 48];

impl Platform {
    /// Makes keys, certificates, lists and statements.
    pub fn new(flaws: Flaws) -> Self {
        let key = |role| Key::new(&format!("{role} of {}", flaws.seed));
        let (root, issuer, statements, platform) = (key("root"), key("issuer"), key("statements"), key("platform"));
        let certificates = Period(flaws.certificates.0, flaws.certificates.1);
        let period = Period(flaws.period.0, flaws.period.1);
        let root_certificate =
            pki::certificate((ROOT, &root), (ROOT, root.public()), Role::Authority, ROOT_SERIAL, certificates, vec![]);
        let issuer_certificate = pki::certificate(
            (ROOT, &root),
            (PLATFORM_CA, issuer.public()),
            Role::Authority,
            PLATFORM_CA_SERIAL,
            certificates,
            vec![],
        );
        let statements_certificate = pki::certificate(
            (ROOT, &root),
            (STATEMENTS, statements.public()),
            Role::Leaf,
            STATEMENTS_SERIAL,
            certificates,
            vec![],
        );
        let platform_certificate = pki::certificate(
            (PLATFORM_CA, &issuer),
            (PLATFORM, platform.public()),
            Role::Leaf,
            PLATFORM_SERIAL,
            certificates,
            vec![pki::custom(INTEL, &platform_extension())],
        );

        let root_list: Vec<u32> = [
            (flaws.root_revoked, ROOT_SERIAL),
            (flaws.issuer_revoked, PLATFORM_CA_SERIAL),
            (flaws.statements_revoked, STATEMENTS_SERIAL),
        ]
        .into_iter()
        .filter_map(|(revoked, serial)| revoked.then_some(serial))
        .collect();
        let mut platform_list: Vec<u32> = (0..flaws.others_revoked).map(|other| other + 1_000_000).collect();
        platform_list.extend(flaws.platform_revoked.then_some(PLATFORM_SERIAL));
        let chain = format!("{}{}", pem(&statements_certificate), pem(&root_certificate));
        let state = |tdx: bool| {
            let (tcb_info, qe_identity) = (tcb_info(&flaws, tdx), qe_identity(&flaws, tdx));
            DcapCollateral {
                pck_crl_issuer_chain: format!("{}{}", pem(&issuer_certificate), pem(&root_certificate)).into_bytes(),
                root_ca_crl: pki::revocations((ROOT, &root), &root_list, period),
                pck_crl: pki::revocations((PLATFORM_CA, &issuer), &platform_list, period),
                tcb_info_issuer_chain: chain.clone().into_bytes(),
                tcb_info_signature: statements.raw(tcb_info.as_bytes()).to_vec(),
                tcb_info: tcb_info.into_bytes(),
                qe_identity_issuer_chain: chain.clone().into_bytes(),
                qe_identity_signature: statements.raw(qe_identity.as_bytes()).to_vec(),
                qe_identity: qe_identity.into_bytes(),
            }
        };
        Self {
            collateral: state(false),
            tdx_collateral: state(true),
            attestation: key("attestation key"),
            platform,
            root_certificate,
            issuer_certificate,
            platform_certificate,
            flaws,
        }
    }

    /// The root's certificate, DER.
    pub fn root(&self) -> Vec<u8> {
        self.root_certificate.to_der().expect("encodes")
    }

    /// Collateral for its SGX quotes, encoded.
    pub fn sgx_collateral(&self) -> Vec<u8> {
        self.collateral.encode()
    }

    /// Collateral for its TDX quotes, encoded.
    pub fn tdx_collateral(&self) -> Vec<u8> {
        self.tdx_collateral.encode()
    }

    /// A quote of an enclave that put in `report_data`.
    pub fn sgx_quote(&self, report_data: [u8; 64]) -> Vec<u8> {
        let report = enclave_report(ENCLAVE, [0x52; 32], report_data, self.flaws.debug);
        let mut signed = header(3, 0);
        signed.extend(report.encode());
        let mut signature = self.attestation.raw(&signed).to_vec();
        signature.extend(self.attestation.point());
        signature.extend(self.certification());
        (signature.len() as u32).encode_to(&mut signed);
        signed.extend(signature);
        signed
    }

    /// A quote of a virtual machine that put in `report_data`.
    pub fn tdx_quote(&self, report_data: [u8; 64]) -> Vec<u8> {
        let mut attributes = [0, 0, 0, 0x10, 0, 0, 0, 0];
        attributes[0] = u8::from(self.flaws.debug);
        let report = TDReport10 {
            tee_tcb_svn: [5, 0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
            mr_seam: [0xD2; 48],
            mr_signer_seam: MODULE_SIGNER,
            seam_attributes: [0; 8],
            td_attributes: attributes,
            xfam: [0; 8],
            mr_td: MACHINE,
            mr_config_id: [0; 48],
            mr_owner: [0; 48],
            mr_owner_config: [0; 48],
            rt_mr0: [0xD3; 48],
            rt_mr1: [0xD4; 48],
            rt_mr2: [0xD5; 48],
            rt_mr3: [0; 48],
            report_data,
        };
        let mut signed = header(4, 0x81);
        signed.extend(report.encode());
        let mut signature = self.attestation.raw(&signed).to_vec();
        signature.extend(self.attestation.point());
        let certification = self.certification();
        6u16.encode_to(&mut signature);
        (certification.len() as u32).encode_to(&mut signature);
        signature.extend(certification);
        (signature.len() as u32).encode_to(&mut signed);
        signed.extend(signature);
        signed
    }

    /// The quoting enclave's report on the attestation key, signed by the platform, and the platform's certificates.
    fn certification(&self) -> Vec<u8> {
        let data = [0x0A; 32];
        let mut hashed = self.attestation.point().to_vec();
        hashed.extend(data);
        let mut report_data = [0; 64];
        report_data[..32].copy_from_slice(&Sha256::digest(hashed));
        let signer = if self.flaws.foreign_quoting_enclave { [0x99; 32] } else { QE_SIGNER };
        let report = enclave_report([0x53; 32], signer, report_data, false).encode();
        let mut out = report.clone();
        out.extend(self.platform.raw(&report));
        (data.len() as u16).encode_to(&mut out);
        out.extend(data);
        let chain = [&self.platform_certificate, &self.issuer_certificate, &self.root_certificate].map(pem).concat();
        5u16.encode_to(&mut out);
        (chain.len() as u32).encode_to(&mut out);
        out.extend(chain.into_bytes());
        out
    }
}

fn header(version: u16, tee: u32) -> Vec<u8> {
    let mut out = (version, 2u16, tee, QE_SVN, PCE_SVN).encode();
    out.extend(QE_VENDOR);
    out.extend([0; 20]);
    out
}

fn enclave_report(mr_enclave: [u8; 32], mr_signer: [u8; 32], report_data: [u8; 64], debug: bool) -> EnclaveReport {
    let mut attributes = [0; 16];
    attributes[0] = 0x05 | if debug { 0x02 } else { 0 };
    EnclaveReport {
        cpu_svn: CPU_SVN,
        misc_select: 0,
        reserved1: [0; 28],
        attributes,
        mr_enclave,
        reserved2: [0; 32],
        mr_signer,
        reserved3: [0; 96],
        isv_prod_id: 1,
        isv_svn: QE_SVN,
        reserved4: [0; 60],
        report_data,
    }
}

/// What a platform's certificate says of it.
fn platform_extension() -> Vec<u8> {
    let octets = |bytes: &[u8]| pki::tlv(0x04, bytes);
    let mut versions = Vec::new();
    for (at, version) in CPU_SVN.iter().enumerate() {
        versions.extend(pki::entry(&format!("{INTEL}.2.{}", at + 1), &pki::tlv(0x02, &[*version])));
    }
    versions.extend(pki::entry(&format!("{INTEL}.2.17"), &pki::tlv(0x02, &[PCE_SVN as u8])));
    versions.extend(pki::entry(&format!("{INTEL}.2.18"), &octets(&CPU_SVN)));
    let mut entries = pki::entry(&format!("{INTEL}.1"), &octets(&[0xAA; 16]));
    entries.extend(pki::entry(&format!("{INTEL}.2"), &pki::tlv(0x30, &versions)));
    entries.extend(pki::entry(&format!("{INTEL}.3"), &octets(&[0, 0])));
    entries.extend(pki::entry(&format!("{INTEL}.4"), &octets(&FMSPC)));
    entries.extend(pki::entry(&format!("{INTEL}.5"), &pki::tlv(0x0A, &[0])));
    pki::tlv(0x30, &entries)
}

/// A date as Intel writes it.
fn date(seconds: u64) -> String {
    let date =
        der::DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).expect("before the year 9999");
    format!("{date}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn tcb_info(flaws: &Flaws, tdx: bool) -> String {
    let components = |name: &str, version: u8| {
        let component = format!(r#"{{"svn":{version}}}"#);
        format!(r#""{name}":[{}]"#, vec![component; 16].join(","))
    };
    let advisories: Vec<_> = flaws.advisories.iter().map(|id| format!(r#""{id}""#)).collect();
    let (id, module, tdx_components) = if tdx {
        let module = format!(
            r#""tdxModule":{{"mrsigner":"{}","attributes":"0000000000000000","attributesMask":"FFFFFFFFFFFFFFFF"}},"#,
            hex(&MODULE_SIGNER)
        );
        ("TDX", module, format!("{},", components("tdxtcbcomponents", 0)))
    } else {
        ("SGX", String::new(), String::new())
    };
    format!(
        r#"{{"id":"{id}","version":3,"issueDate":"{}","nextUpdate":"{}","fmspc":"{}","pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":17,{module}"tcbLevels":[{{"tcb":{{{},{tdx_components}"pcesvn":{PCE_SVN}}},"tcbDate":"{}","tcbStatus":"{}","advisoryIDs":[{}]}}]}}"#,
        date(flaws.period.0),
        date(flaws.period.1),
        hex(&FMSPC),
        components("sgxtcbcomponents", 5),
        date(flaws.period.0),
        flaws.status,
        advisories.join(","),
    )
}

fn qe_identity(flaws: &Flaws, tdx: bool) -> String {
    let id = if tdx { "TD_QE" } else { "QE" };
    format!(
        r#"{{"id":"{id}","version":2,"issueDate":"{}","nextUpdate":"{}","tcbEvaluationDataNumber":17,"miscselect":"00000000","miscselectMask":"FFFFFFFF","attributes":"05000000000000000000000000000000","attributesMask":"FBFFFFFFFFFFFFFF0000000000000000","mrsigner":"{}","isvprodid":1,"tcbLevels":[{{"tcb":{{"isvsvn":{QE_SVN}}},"tcbDate":"{}","tcbStatus":"UpToDate"}}]}}"#,
        date(flaws.period.0),
        date(flaws.period.1),
        hex(&QE_SIGNER),
        date(flaws.period.0),
    )
}

/// A certificate in PEM.
fn pem(certificate: &Certificate) -> String {
    certificate.to_pem(LineEnding::LF).expect("encodes")
}
