//! Chain specifications: a genesis preset of the runtime plus what only the node needs to know.

use hanzo_runtime::{
    constants::{DECIMALS, SS58_PREFIX, SYMBOL},
    opaque::Block,
    presets::{self, TIMELAPSE_PRESET},
    RuntimeGenesisConfig, WASM_BINARY,
};
use sc_chain_spec::{json_merge, ChainSpecExtension, ChainType, GenericChainSpec};
use sc_client_api::{BadBlocks, ForkBlocks};
use sc_sync_state_rpc::LightSyncStateExtension;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET};
use std::path::PathBuf;

/// Parts of a specification beside genesis and addresses.
#[derive(Default, Clone, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
    /// Blocks that decide between known forks.
    pub fork_blocks: ForkBlocks<Block>,
    /// Blocks never to import.
    pub bad_blocks: BadBlocks<Block>,
    /// Checkpoint from which a light client starts.
    pub light_sync_state: LightSyncStateExtension,
}

/// A specification of any chain this node can run.
pub type ChainSpec = GenericChainSpec<Extensions>;

/// A chain that ships with the binary.
struct BuiltIn {
    /// Name on the command line.
    id: &'static str,
    name: &'static str,
    kind: ChainType,
    preset: &'static str,
}

const BUILT_IN: [BuiltIn; 3] = [
    BuiltIn { id: "dev", name: "Hanzo Development", kind: ChainType::Development, preset: DEV_RUNTIME_PRESET },
    BuiltIn { id: "local", name: "Hanzo Local", kind: ChainType::Local, preset: LOCAL_TESTNET_RUNTIME_PRESET },
    BuiltIn { id: "timelapse", name: "Hanzo Timelapse", kind: ChainType::Local, preset: TIMELAPSE_PRESET },
];

/// Finds the chain named `id`, or reads the file of that name.
pub fn load(id: &str) -> Result<ChainSpec, String> {
    if let Some(chain) = BUILT_IN.iter().find(|chain| chain.id == id) {
        return chain.build();
    }
    let known = BUILT_IN.map(|chain| chain.id).join(", ");
    if id.is_empty() {
        return Err(format!("no chain given: use --dev, or --chain with one of {known} or the path of a chain spec"));
    }
    let path = PathBuf::from(id);
    if !path.is_file() {
        return Err(format!("unknown chain '{id}': it is neither one of {known} nor the path of a chain spec"));
    }
    ChainSpec::from_json_file(path).map_err(|error| format!("chain spec '{id}' cannot be read: {error}"))
}

impl BuiltIn {
    fn build(&self) -> Result<ChainSpec, String> {
        let code = WASM_BINARY.ok_or("this binary was built without a runtime; build it without SKIP_WASM_BUILD")?;
        let properties =
            [("tokenSymbol", SYMBOL.into()), ("tokenDecimals", DECIMALS.into()), ("ss58Format", SS58_PREFIX.into())];
        Ok(ChainSpec::builder(code, Extensions::default())
            .with_name(self.name)
            .with_id(&format!("hanzo_{}", self.id))
            .with_protocol_id(&format!("hanzo-{}", self.id))
            .with_chain_type(self.kind.clone())
            .with_properties(properties.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            .with_genesis_config(self.genesis()?)
            .build())
    }

    /// The whole genesis. It is put together here, by the code that the blob has too: the blob would have to be compiled
    /// once to be asked for the preset and once for what the preset leaves out, whenever a node starts.
    fn genesis(&self) -> Result<Value, String> {
        let unreadable = |error| format!("genesis of '{}' cannot be read: {error}", self.id);
        let preset =
            presets::get(&self.preset.into()).ok_or_else(|| format!("there is no preset '{}'", self.preset))?;
        let mut genesis = serde_json::to_value(RuntimeGenesisConfig::default()).map_err(unreadable)?;
        json_merge(&mut genesis, serde_json::from_slice(&preset).map_err(unreadable)?);
        Ok(genesis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_runtime::BuildStorage;

    fn refusal(id: &str) -> String {
        load(id).err().expect("chain must be refused")
    }

    #[test]
    fn refusal_should_name_the_chain_and_the_alternatives() {
        let error = refusal("mainet");
        assert!(error.contains("'mainet'") && error.contains("dev, local, timelapse"), "{error}");
        assert!(refusal("").contains("--dev"));
    }

    #[test]
    fn built_in_chains_should_load_and_differ() {
        let ids: Vec<_> = BUILT_IN.iter().map(|chain| load(chain.id).unwrap().id().to_owned()).collect();
        assert_eq!(ids, ["hanzo_dev", "hanzo_local", "hanzo_timelapse"]);
    }

    #[test]
    fn genesis_should_be_the_one_the_blob_makes_of_its_preset() {
        let chain = &BUILT_IN[0];
        let of_blob = ChainSpec::builder(WASM_BINARY.unwrap(), Extensions::default())
            .with_genesis_config_preset_name(chain.preset)
            .build();
        let (ours, theirs) = (chain.build().unwrap().build_storage().unwrap(), of_blob.build_storage().unwrap());
        assert!(ours.top == theirs.top, "the genesis of '{}' differs from its preset's", chain.id);
    }
}
