//! The Hanzo Network runtime.
//!
//! This file is the table of contents: which pallets there are, under which index, and where the rest lies. How each
//! pallet is run is answered by its file in [`configs`]. One blob serves every network; what differs between networks
//! is data of the genesis ([`presets`]), including the speed of the clock.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
    not(test),
    deny(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]
// The runtime macro puts undocumented items here. Every module but the generated ones turns the lint on again.
#![allow(missing_docs)]
// Deep tuples of pallets and extensions exceed the default.
#![recursion_limit = "512"]

extern crate alloc;

use alloc::vec::Vec; // Named by the code that the runtime macro generates.

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
#[warn(missing_docs)]
pub mod call_filter;
#[warn(missing_docs)]
pub mod configs;
#[warn(missing_docs)]
pub mod constants;
#[warn(missing_docs)]
pub mod economy;
#[warn(missing_docs)]
pub mod fees;
#[warn(missing_docs)]
pub mod presets;
// It panics where a scenario cannot be set up.
#[cfg(feature = "std")]
#[warn(missing_docs)]
#[allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
pub mod test_kit;
#[cfg(test)]
mod tests;
#[warn(missing_docs)]
pub mod transactions;
#[warn(missing_docs)]
pub mod types;
#[warn(missing_docs)]
pub mod version;
#[warn(missing_docs)]
pub mod weights;

pub use apis::RuntimeApi;
pub use transactions::{SignedPayload, TxExtension, UncheckedExtrinsic};
pub use types::{opaque, AccountId, Address, Balance, Block, BlockNumber, Hash, Header, Nonce, SessionKeys, Signature};
pub use version::VERSION;

#[cfg(feature = "std")]
pub use blob::{WASM_BINARY, WASM_BINARY_BLOATY, WASM_BINARY_PATH};

/// The WebAssembly blob that the build script compiled from this very crate.
#[cfg(feature = "std")]
mod blob {
    include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}

/// Runs blocks: pallet hooks in the order of their indices, then the extrinsics.
pub type Executive =
    frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// The pallets. The macro exports every type into the crate root.
///
/// Hooks run in the order of the indices, genesis is built in the order of declaration. Indices are part of every
/// encoded call and event: never reuse or move one. 0–39 are the SDK's, 40–49 the validator set's, 50 and above the
/// protocol's own pallets, which therefore all run after `Babe` has initialised the block's slot and randomness.
#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    // The block and its clock.
    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type TimeScale = pallet_time_scale;
    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(3)]
    pub type Babe = pallet_babe;
    #[runtime::pallet_index(4)]
    pub type Authorship = pallet_authorship;

    // Money. Before the session, whose genesis refers to endowed accounts.
    #[runtime::pallet_index(5)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(6)]
    pub type TransactionPayment = pallet_transaction_payment;
    #[runtime::pallet_index(7)]
    pub type Assets = pallet_assets;

    // Validators and finality.
    #[runtime::pallet_index(10)]
    pub type Offences = pallet_offences;
    #[runtime::pallet_index(11)]
    pub type Historical = pallet_session::historical;
    #[runtime::pallet_index(12)]
    pub type Session = pallet_session;
    #[runtime::pallet_index(13)]
    pub type Grandpa = pallet_grandpa;

    // Accounts and calls.
    #[runtime::pallet_index(20)]
    pub type Utility = pallet_utility;
    #[runtime::pallet_index(21)]
    pub type Multisig = pallet_multisig;
    #[runtime::pallet_index(22)]
    pub type Proxy = pallet_proxy;
    #[runtime::pallet_index(23)]
    pub type Preimage = pallet_preimage;
    #[runtime::pallet_index(24)]
    pub type Scheduler = pallet_scheduler;

    // Without a key, as in every preset but `development`, nobody can call it.
    #[runtime::pallet_index(30)]
    pub type Sudo = pallet_sudo;

    // The protocol. At genesis workers mint their tokens before the market takes them into its pools.
    #[runtime::pallet_index(50)]
    pub type Compute = pallet_compute;
    #[runtime::pallet_index(51)]
    pub type Hmm = pallet_hmm;
    #[runtime::pallet_index(52)]
    pub type Poai = pallet_poai;
    #[runtime::pallet_index(53)]
    pub type Attestors = pallet_attestors;
    #[runtime::pallet_index(54)]
    pub type Sealing = pallet_sealing;
}
