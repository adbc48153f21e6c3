//! The whole runtime, one file per behaviour. What the files share: a genesis, a chain of real blocks, and actors on it.

mod actors;
mod adversary;
mod call_filter;
mod chain;
mod draw;
mod failing_calls;
mod fees;
mod fuzz;
mod genesis;
mod hooks;
mod invariants;
mod job;
mod keys;
mod silence;
mod verification;
mod weights;

use crate::{presets, Block, Runtime, RuntimeGenesisConfig};
use proptest::prelude::ProptestConfig;
use sp_core::storage::Storage;
use sp_genesis_builder::{runtime_decl_for_genesis_builder::GenesisBuilderV1, PresetId};
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_state_machine::BasicExternalities;
use std::{collections::BTreeMap, sync::Mutex};

/// Runs `test` on the genesis state of `preset`, built as the node builds it.
fn on_genesis<R>(preset: &str, test: impl FnOnce() -> R) -> R {
    // Building takes as long as many blocks: once for each preset.
    static BUILT: Mutex<BTreeMap<String, Storage>> = Mutex::new(BTreeMap::new());
    let storage = BUILT.lock().unwrap().entry(preset.into()).or_insert_with(|| genesis(preset)).clone();
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
    chain.execute_with(test)
}

fn genesis(preset: &str) -> Storage {
    let mut genesis: serde_json::Value =
        serde_json::from_slice(&<Runtime as GenesisBuilderV1<Block>>::get_preset(&None).unwrap()).unwrap();
    let patch = serde_json::from_slice(&presets::get(&PresetId::from(preset)).unwrap()).unwrap();
    merge(&mut genesis, patch);
    let mut storage = Storage::default();
    BasicExternalities::execute_with_storage(&mut storage, || {
        let json = serde_json::to_vec(&genesis).unwrap();
        frame_support::genesis_builder_helper::build_state::<RuntimeGenesisConfig>(json).unwrap();
    });
    storage
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
    match (base, patch) {
        (serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                merge(base.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

/// `ci` cases of a property in continuous integration. `HANZO_PROPTEST_CASES`, 2,000 there, scales them.
fn cases(ci: u32) -> ProptestConfig {
    let asked = std::env::var("HANZO_PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000u64);
    let scaled = u64::from(ci) * asked / 2_000;
    ProptestConfig { cases: u32::try_from(scaled).unwrap_or(u32::MAX).max(1), ..ProptestConfig::default() }
}
