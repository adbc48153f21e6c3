//! Keys of sealed inputs and outputs.

use crate::{
    constants::{AI, MILLI_AI},
    Balance, Balances, Compute, Runtime, RuntimeHoldReason,
};
use frame_support::{parameter_types, weights::constants::ParityDbWeight};

parameter_types! {
    /// A key takes some 1.3 KB of state for as long as its owner likes.
    pub const KeyDeposit: Balance = AI;
    /// An envelope's hash takes some 150 bytes, until its job is over and somebody drops it.
    pub const HandOverDeposit: Balance = 50 * MILLI_AI;
}

impl pallet_sealing::Config for Runtime {
    type RuntimeHoldReason = RuntimeHoldReason;
    type Currency = Balances;
    type Jobs = Compute;
    type KeyDeposit = KeyDeposit;
    type HandOverDeposit = HandOverDeposit;
    type WeightInfo = pallet_sealing::weights::Measured<ParityDbWeight>;
}
