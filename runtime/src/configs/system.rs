//! Blocks: their limits, how long their hashes are kept, how accounts look.

use crate::{
    call_filter::CallFilter, constants::SS58_PREFIX, AccountId, Balance, Block, Hash, Nonce, PalletInfo, Runtime,
    RuntimeCall, RuntimeEvent, RuntimeOrigin, RuntimeTask, VERSION,
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

/// Bytes of one block's transactions: what a slot's gossip carries.
pub const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

/// Bytes of the storage proof of one block, by the upper bounds that weights count.
///
/// Nobody sends such a proof along with a block, as a parachain does: every full node holds the state. It is what a light
/// client, or whoever checks a single block by itself, would have to fetch, and the second dimension of a contract's gas.
/// 64 MiB keep that within reach and leave computing time the scarce dimension of every call of ours; with the 5 MiB of the
/// transactions a block would have been full of proof after a hundredth of its time.
pub const MAX_PROOF_BYTES: u64 = 64 * 1024 * 1024;

/// What may be executed in one block: 1.5 s of computation of a 2 s slot, as nodes build on a block only after they
/// have executed it, and its proof.
pub const MAX_BLOCK_WEIGHT: Weight = Weight::from_parts(1_500 * WEIGHT_REF_TIME_PER_MILLIS, MAX_PROOF_BYTES);

/// Share of a block that the hooks of the protocol's own pallets may take before any transaction, in either dimension and
/// whatever is due. The agenda of jobs has 2 % (`AgendaWeight`), windows have 1.5 % (`ServiceBudget`), the rest is the market's
/// (`MaxPools`). What waits beyond is worked off at the end of blocks with room to spare.
pub const HOOK_SHARE: Perbill = Perbill::from_percent(6);

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
    type BaseCallFilter = CallFilter;
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
    type SystemWeightInfo = crate::weights::frame_system::WeightInfo<Runtime>;
    type ExtensionsWeightInfo = crate::weights::frame_system_extensions::WeightInfo<Runtime>;
}
