//! Builds the WebAssembly blob next to the native crate.

fn main() {
    #[cfg(feature = "std")]
    {
        // The blob is built from the versions in the workspace's lock file. The builder looks for it above the target
        // directory, which may lie outside of the repository.
        std::env::set_var("WASM_BUILD_WORKSPACE_HINT", concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        substrate_wasm_builder::WasmBuilder::build_using_defaults();
    }
}
