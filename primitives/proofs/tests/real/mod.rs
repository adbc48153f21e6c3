//! Quotes of real hardware, with Intel's collateral of the time, as the `dcap-qvl` crate ships them (MIT license).

use codec::Encode;
use hanzo_proofs::{dcap::DcapCollateral, Vendor};

/// A time at which the samples' collateral holds: 2025-06-19, noon.
pub const NOW: u64 = 1_750_334_400;

/// A quote and what belongs to it.
pub struct Sample {
    pub name: &'static str,
    pub vendor: Vendor,
    pub quote: Vec<u8>,
    pub collateral: Vec<u8>,
}

/// Intel's root certificate.
pub fn root() -> Vec<u8> {
    include_bytes!("../fixtures/intel-sgx-root-ca.der").to_vec()
}

fn collateral(json: &[u8]) -> Vec<u8> {
    let collateral: dcap_qvl::QuoteCollateralV3 = serde_json::from_slice(json).expect("JSON");
    DcapCollateral::from(collateral).encode()
}

/// One quote of each kind.
pub fn samples() -> [Sample; 2] {
    [
        Sample {
            name: "Intel's SGX",
            vendor: Vendor::Sgx,
            quote: include_bytes!("../fixtures/sgx_quote").to_vec(),
            collateral: collateral(include_bytes!("../fixtures/sgx_quote_collateral.json")),
        },
        Sample {
            name: "Intel's TDX",
            vendor: Vendor::Tdx,
            quote: include_bytes!("../fixtures/tdx_quote").to_vec(),
            collateral: collateral(include_bytes!("../fixtures/tdx_quote_collateral.json")),
        },
    ]
}
