//! The whole runtime, one file per behaviour. What the files share: a genesis, a chain of real blocks, and actors on it.

mod adversary;
mod call_filter;
mod draw;
mod failing_calls;
mod fees;
mod fuzz;
mod genesis;
mod hooks;
mod invariants;
mod job;
mod keys;
mod proofs;
mod silence;
mod verification;
mod weights;

pub use crate::test_kit::{actors, chain};

use chain::Chain;
use proptest::prelude::ProptestConfig;
use sp_core::storage::Storage;
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use std::{collections::BTreeMap, sync::Mutex};

/// Runs `test` on the genesis state of `preset`, built as the node builds it.
fn on_genesis<R>(preset: &str, test: impl FnOnce() -> R) -> R {
    // Building takes as long as many blocks: once for each preset.
    static BUILT: Mutex<BTreeMap<String, Storage>> = Mutex::new(BTreeMap::new());
    let build = || crate::test_kit::genesis(preset, |_| ());
    let storage = BUILT.lock().unwrap().entry(preset.into()).or_insert_with(build).clone();
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
    chain.execute_with(test)
}

impl Chain {
    /// Runs `test` on a chain that begins with the genesis of `preset`, in block 1.
    pub fn run<R>(preset: &str, test: impl FnOnce(&mut Chain) -> R) -> R {
        on_genesis(preset, || test(&mut Chain::start()))
    }
}

/// `ci` cases of a property in continuous integration. `HANZO_PROPTEST_CASES`, 2,000 there, scales them.
fn cases(ci: u32) -> ProptestConfig {
    let asked = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000u64);
    let scaled = u64::from(ci) * asked / 2_000;
    ProptestConfig { cases: u32::try_from(scaled).unwrap_or(u32::MAX).max(1), ..ProptestConfig::default() }
}
