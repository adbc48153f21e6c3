//! Blocks: their limits, how long their hashes are kept, how accounts look.

use crate::{
    constants::SS58_PREFIX, AccountId, Balance, Block, Hash, Nonce, PalletInfo, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeOrigin, RuntimeTask, VERSION,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::ConstU32,
    weights::{
        constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_MILLIS},
        Weight,
    },
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::Perbill;
use sp_version::RuntimeVersion;

/// Bytes of one block's transactions, and bytes of its storage proof.
pub const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

/// What may be executed in one block: 1.5 s of computation of a 2 s slot, as nodes build on a block only after they
/// have executed it, and a proof as large as the block itself.
pub const MAX_BLOCK_WEIGHT: Weight = Weight::from_parts(1_500 * WEIGHT_REF_TIME_PER_MILLIS, MAX_BLOCK_BYTES as u64);

/// Share of the block open to ordinary transactions; the rest is kept for inherents and operational calls.
pub const NORMAL_SHARE: Perbill = Perbill::from_percent(75);

parameter_types! {
    /// Version of this very blob.
    pub const Version: RuntimeVersion = VERSION;
    /// Limits of computation and proof size by class of call.
    pub Weights: BlockWeights = BlockWeights::with_sensible_defaults(MAX_BLOCK_WEIGHT, NORMAL_SHARE);
    /// Limits of bytes by class of call.
    pub Length: BlockLength = BlockLength::builder()
        .max_length(MAX_BLOCK_BYTES)
        .modify_max_length_for_class(frame_support::dispatch::DispatchClass::Normal, |max| *max = NORMAL_SHARE.mul_floor(*max))
        .build();
    /// Prefix of printed addresses.
    pub const Ss58Prefix: u16 = SS58_PREFIX;
    /// Block hashes kept in the state. This bounds the lifetime of a mortal transaction: 4,096 blocks are 2.3 hours.
    pub const BlockHashCount: u32 = 4_096;
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type AccountId = AccountId;
    type Nonce = Nonce;
    type Hash = Hash;
    type AccountData = pallet_balances::AccountData<Balance>;
    type BlockHashCount = BlockHashCount;
    type BlockWeights = Weights;
    type BlockLength = Length;
    type DbWeight = ParityDbWeight;
    type Version = Version;
    type SS58Prefix = Ss58Prefix;
    type MaxConsumers = ConstU32<128>;
    type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
    type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
}
