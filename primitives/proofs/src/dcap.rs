//! Intel SGX and TDX: DCAP quotes, checked by the `dcap-qvl` crate with RustCrypto's P-256.
//!
//! The crate checks signatures, certificates, revocation lists and Intel's statements on patch levels. What is added here:
//! the root is the caller's, lengths and numbers of certificates are checked before work is done by them, nothing may stand
//! behind a quote but zeros, and the report is brought into the form that all vendors share.

use crate::quote::{
    array, check_lengths, measurement, part, QuoteError, QuoteVerifier, TcbStatus, Vendor, VerifiedReport,
    MAX_ADVISORIES,
};
use alloc::{string::String, vec::Vec};
use codec::{Decode, DecodeAll, Encode};
use dcap_qvl::{
    configs::RustCryptoConfig,
    quote::{EnclaveReport, Report, TDReport10},
    verify::QuoteVerifier as Verifier,
    QuoteCollateralV3, QuotePolicy,
};

/// What Intel says of a platform. Certificates are PEM, lists DER, statements JSON, signatures r ‖ s.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DcapCollateral {
    /// Issuers of `pck_crl`.
    pub pck_crl_issuer_chain: Vec<u8>,
    /// Intermediates that the root revoked.
    pub root_ca_crl: Vec<u8>,
    /// Platforms that their issuer revoked.
    pub pck_crl: Vec<u8>,
    /// Issuers of `tcb_info`.
    pub tcb_info_issuer_chain: Vec<u8>,
    /// Patch levels of a family of platforms, graded.
    pub tcb_info: Vec<u8>,
    /// Signature over `tcb_info`.
    pub tcb_info_signature: Vec<u8>,
    /// Issuers of `qe_identity`.
    pub qe_identity_issuer_chain: Vec<u8>,
    /// Which quoting enclaves may speak for platforms.
    pub qe_identity: Vec<u8>,
    /// Signature over `qe_identity`.
    pub qe_identity_signature: Vec<u8>,
}

impl TryFrom<DcapCollateral> for QuoteCollateralV3 {
    type Error = QuoteError;

    fn try_from(from: DcapCollateral) -> Result<Self, QuoteError> {
        let text = |bytes| String::from_utf8(bytes).map_err(|_| QuoteError::Collateral);
        Ok(Self {
            pck_crl_issuer_chain: text(from.pck_crl_issuer_chain)?,
            root_ca_crl: from.root_ca_crl,
            pck_crl: from.pck_crl,
            tcb_info_issuer_chain: text(from.tcb_info_issuer_chain)?,
            tcb_info: text(from.tcb_info)?,
            tcb_info_signature: from.tcb_info_signature,
            qe_identity_issuer_chain: text(from.qe_identity_issuer_chain)?,
            qe_identity: text(from.qe_identity)?,
            qe_identity_signature: from.qe_identity_signature,
            pck_certificate_chain: None,
        })
    }
}

impl From<QuoteCollateralV3> for DcapCollateral {
    fn from(from: QuoteCollateralV3) -> Self {
        Self {
            pck_crl_issuer_chain: from.pck_crl_issuer_chain.into_bytes(),
            root_ca_crl: from.root_ca_crl,
            pck_crl: from.pck_crl,
            tcb_info_issuer_chain: from.tcb_info_issuer_chain.into_bytes(),
            tcb_info: from.tcb_info.into_bytes(),
            tcb_info_signature: from.tcb_info_signature,
            qe_identity_issuer_chain: from.qe_identity_issuer_chain.into_bytes(),
            qe_identity: from.qe_identity.into_bytes(),
            qe_identity_signature: from.qe_identity_signature,
        }
    }
}

/// Bytes of a quote's header.
const HEADER: usize = 48;
/// Bytes of the report of an enclave.
const ENCLAVE_REPORT: usize = 384;
/// Bytes of the report of a virtual machine, TDX 1.0.
const TD_REPORT_10: usize = 584;
/// The same, TDX 1.5.
const TD_REPORT_15: usize = 648;
/// Signature by the attestation key, and that key.
const SIGNATURE_AND_KEY: usize = 128;
/// Report of the quoting enclave, and its signature.
const QE_REPORT_AND_SIGNATURE: usize = 448;

/// Walks over the parts of a quote whose lengths are written in front of them. The decoder behind allocates what these
/// numbers say; here they have to be true first.
struct Walk<'a>(&'a [u8]);

impl<'a> Walk<'a> {
    fn skip(&mut self, count: usize) -> Result<&'a [u8], QuoteError> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(QuoteError::Layout)?;
        self.0 = tail;
        Ok(head)
    }

    fn u16(&mut self) -> Result<u16, QuoteError> {
        array(self.skip(2)?, 0).map(u16::from_le_bytes).ok_or(QuoteError::Layout)
    }

    /// A part with its length in front.
    fn inner(&mut self) -> Result<Self, QuoteError> {
        let length = array(self.skip(4)?, 0).map(u32::from_le_bytes).ok_or(QuoteError::Layout)?;
        let length = usize::try_from(length).map_err(|_| QuoteError::Layout)?;
        self.skip(length).map(Self)
    }

    fn end(self) -> Result<(), QuoteError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(QuoteError::Layout)
        }
    }

    /// Report of the quoting enclave, its signature, its data, and the platform's certificates.
    fn certification(mut self) -> Result<(), QuoteError> {
        self.skip(QE_REPORT_AND_SIGNATURE)?;
        let length = self.u16()?;
        self.skip(length.into())?;
        self.u16()?;
        self.inner()?;
        self.end()
    }
}

/// Checks that the lengths in a quote add up to its own. Zeros may stand behind it: services that hand out quotes fill them up.
fn check_layout(quote: &[u8]) -> Result<(), QuoteError> {
    let mut walk = Walk(quote);
    let version = array(walk.skip(HEADER)?, 0).map(u16::from_le_bytes).ok_or(QuoteError::Layout)?;
    match version {
        3 => walk.skip(ENCLAVE_REPORT)?,
        4 => walk.skip(TD_REPORT_10)?,
        5 => {
            let kind = walk.u16()?;
            let body = walk.inner()?;
            let size = match kind {
                2 => TD_REPORT_10,
                3 => TD_REPORT_15,
                _ => return Err(QuoteError::Layout),
            };
            if body.0.len() != size {
                return Err(QuoteError::Layout);
            }
            body.0
        }
        _ => return Err(QuoteError::Layout),
    };
    let mut signed = walk.inner()?;
    if walk.0.iter().any(|byte| *byte != 0) {
        return Err(QuoteError::Layout);
    }
    signed.skip(SIGNATURE_AND_KEY)?;
    if version == 3 {
        return signed.certification();
    }
    signed.u16()?;
    let certification = signed.inner()?;
    signed.end()?;
    certification.certification()
}

/// How a certificate begins in PEM.
const BEGIN: &[u8] = b"-----BEGIN";

/// Checks how many certificates stand in each chain: Intel's have a leaf, at most one intermediate, and the root. Searching
/// for a path among more of them takes time that nobody paid for.
fn check_chains(quote: &[u8], collateral: &DcapCollateral) -> Result<(), QuoteError> {
    let at_most = |chain: &[u8], most: usize| chain.windows(BEGIN.len()).filter(|part| *part == BEGIN).count() <= most;
    if !at_most(quote, 3) {
        return Err(QuoteError::Layout);
    }
    let issuers = [&collateral.tcb_info_issuer_chain, &collateral.qe_identity_issuer_chain];
    if issuers.iter().all(|chain| at_most(chain, 2)) {
        Ok(())
    } else {
        Err(QuoteError::Collateral)
    }
}

/// All of an enclave's report but the platform's version, the features its processor saves (XFRM) and the report data.
fn enclave_measurement(report: &EnclaveReport) -> Result<sp_core::H256, QuoteError> {
    let bytes = report.encode();
    let parts = [part(&bytes, 16, 56)?, part(&bytes, 64, 320)?];
    Ok(measurement(Vendor::Sgx, &parts))
}

/// What was loaded into a virtual machine and measured while it started, its attributes and its owner's configuration.
fn machine_measurement(report: &TDReport10) -> sp_core::H256 {
    let parts: [&[u8]; 9] = [
        &report.td_attributes,
        &report.mr_td,
        &report.mr_config_id,
        &report.mr_owner,
        &report.mr_owner_config,
        &report.rt_mr0,
        &report.rt_mr1,
        &report.rt_mr2,
        &report.rt_mr3,
    ];
    measurement(Vendor::Tdx, &parts)
}

/// The status in the form that all vendors share.
fn status(status: dcap_qvl::TcbStatus) -> Result<TcbStatus, QuoteError> {
    use dcap_qvl::TcbStatus::*;
    Ok(match status {
        UpToDate => TcbStatus::UpToDate,
        SWHardeningNeeded => TcbStatus::SwHardeningNeeded,
        ConfigurationNeeded => TcbStatus::ConfigurationNeeded,
        ConfigurationAndSWHardeningNeeded => TcbStatus::ConfigurationAndSwHardeningNeeded,
        OutOfDate => TcbStatus::OutOfDate,
        OutOfDateConfigurationNeeded => TcbStatus::OutOfDateConfigurationNeeded,
        TDRelaunchAdvised => TcbStatus::RelaunchAdvised,
        TDRelaunchAdvisedConfigurationNeeded => TcbStatus::RelaunchAdvisedConfigurationNeeded,
        Revoked => return Err(QuoteError::Revoked),
    })
}

/// Numbers of advisories, ascending. One that is not of the form INTEL-SA-n is unknown, and so refused.
fn advisories(ids: &[String]) -> Result<Vec<u32>, QuoteError> {
    let number = |id: &String| id.strip_prefix("INTEL-SA-").and_then(|number| number.parse().ok());
    let mut numbers: Vec<u32> = ids.iter().map(number).collect::<Option<_>>().ok_or(QuoteError::Advisories)?;
    numbers.sort_unstable();
    numbers.dedup();
    match u32::try_from(numbers.len()) {
        Ok(count) if count <= MAX_ADVISORIES => Ok(numbers),
        _ => Err(QuoteError::Advisories),
    }
}

/// Verifier of DCAP quotes. Collateral is the SCALE encoding of [`DcapCollateral`].
pub struct Dcap;

impl QuoteVerifier for Dcap {
    fn verify(&self, quote: &[u8], collateral: &[u8], root: &[u8], now: u64) -> Result<VerifiedReport, QuoteError> {
        check_lengths(quote, collateral, root)?;
        check_layout(quote)?;
        let collateral = DcapCollateral::decode_all(&mut &collateral[..]).map_err(|_| QuoteError::Collateral)?;
        check_chains(quote, &collateral)?;
        let collateral = QuoteCollateralV3::try_from(collateral)?;
        let claims = Verifier::<RustCryptoConfig>::new_with_config(root.to_vec())
            .verify_with_policy(quote, collateral, now, &QuotePolicy::claims_only(now))
            .map_err(|_| QuoteError::Refused)?;
        let (vendor, measurement, report_data) = match &claims.report {
            Report::SgxEnclave(report) => (Vendor::Sgx, enclave_measurement(report)?, report.report_data),
            Report::TD10(report) => (Vendor::Tdx, machine_measurement(report), report.report_data),
            Report::TD15(report) => (Vendor::Tdx, machine_measurement(&report.base), report.base.report_data),
            Report::TD15Ex(_) => return Err(QuoteError::Layout),
        };
        Ok(VerifiedReport {
            vendor,
            measurement,
            report_data,
            status: status(claims.tcb.status)?,
            svn: [0; 8],
            advisories: advisories(&claims.tcb.advisory_ids)?,
            expires: claims.earliest_expiration_date.saturating_add(1),
        })
    }
}
