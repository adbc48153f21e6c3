//! What tests and simulations of the whole runtime share: geneses, a chain of real blocks, and actors on it.
//!
//! Natively only; no blob contains it. It panics where a scenario cannot be set up, as tests do.

pub mod actors;
pub mod chain;
pub mod holds;

use crate::{presets, Block, Runtime, RuntimeGenesisConfig};
use frame_support::storage::unhashed;
use hanzo_traits::api::{runtime_decl_for_invariants::InvariantsV1, ApiResult, CHECK_PERMIT};
use serde_json::Value;
use sp_core::storage::Storage;
use sp_genesis_builder::{runtime_decl_for_genesis_builder::GenesisBuilderV1, PresetId};
use sp_runtime::BuildStorage;

/// The genesis of a preset, built as the node builds it, after `change` had its way with the JSON.
pub fn genesis(preset: &str, change: impl FnOnce(&mut Value)) -> Storage {
    let mut genesis: Value =
        serde_json::from_slice(&<Runtime as GenesisBuilderV1<Block>>::get_preset(&None).unwrap()).unwrap();
    merge(&mut genesis, serde_json::from_slice(&presets::get(&PresetId::from(preset)).unwrap()).unwrap());
    change(&mut genesis);
    // Through text: only there numbers have as many digits as amounts.
    let json = serde_json::to_vec(&genesis).unwrap();
    serde_json::from_slice::<RuntimeGenesisConfig>(&json).unwrap().build_storage().unwrap()
}

fn merge(base: &mut Value, patch: Value) {
    match (base, patch) {
        (Value::Object(base), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}

/// Every promise of every pallet, asked as the node asks, and that nothing is held of anybody that no record names.
pub fn invariants() -> ApiResult<()> {
    unhashed::put_raw(CHECK_PERMIT, b"");
    let checked = <Runtime as InvariantsV1<Block>>::check(1);
    unhashed::kill(CHECK_PERMIT);
    checked.and_then(|()| holds::check())
}
