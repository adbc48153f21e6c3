//! The benchmarks whose results become `weights/`.

use crate::{
    AllPalletsWithSystem, Assets, Attestors, Babe, Balances, Compute, Grandpa, Hmm, Multisig, Poai, Preimage, Proxy,
    Runtime, Scheduler, Sealing, Sudo, Timestamp, TransactionPayment, Utility,
};
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{define_benchmarks, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::{extensions::Pallet as SystemExtensions, Pallet as SystemBench};

impl frame_system_benchmarking::Config for Runtime {}
impl pallet_transaction_payment::BenchmarkConfig for Runtime {}

define_benchmarks!(
    [frame_system, SystemBench::<Runtime>]
    [frame_system_extensions, SystemExtensions::<Runtime>]
    [pallet_assets, Assets]
    [pallet_attestors, Attestors]
    [pallet_babe, Babe]
    [pallet_balances, Balances]
    [pallet_compute, Compute]
    [pallet_grandpa, Grandpa]
    [pallet_hmm, Hmm]
    [pallet_multisig, Multisig]
    [pallet_poai, Poai]
    [pallet_preimage, Preimage]
    [pallet_proxy, Proxy]
    [pallet_scheduler, Scheduler]
    [pallet_sealing, Sealing]
    [pallet_sudo, Sudo]
    [pallet_timestamp, Timestamp]
    [pallet_transaction_payment, TransactionPayment]
    [pallet_utility, Utility]
);

/// Which benchmarks there are, and the storage they may touch.
pub fn list(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::new();
    list_benchmarks!(list, extra);
    (list, AllPalletsWithSystem::storage_info())
}

/// Runs the benchmark that `config` asks for.
pub fn run(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
    let mut batches = Vec::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
