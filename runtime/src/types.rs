//! The chain's basic types.

use crate::{Babe, Grandpa, UncheckedExtrinsic};
use alloc::vec::Vec;
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};

/// A signature by any of the curves that accounts may use.
pub type Signature = MultiSignature;
/// Public identity of an account: 32 bytes.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How calls name an account.
pub type Address = MultiAddress<AccountId, ()>;
/// Amount of $AI, or of an asset, in its smallest unit.
pub type Balance = u128;
/// Height of a block.
pub type BlockNumber = u32;
/// Number of transactions an account has sent.
pub type Nonce = u32;
/// Hash of a block, a transaction or a trie node.
pub type Hash = sp_core::H256;
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block whose transactions are decoded.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// Types with which the node handles blocks without knowing the calls in them, so that it survives runtime upgrades.
pub mod opaque {
    /// A transaction as bytes.
    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;
    /// A block of transactions as bytes.
    pub type Block = sp_runtime::generic::Block<super::Header, UncheckedExtrinsic>;
}

/// The keys with which a validator signs: blocks and finality votes.
#[allow(missing_docs)] // The macro generates undocumented items.
mod session_keys {
    use super::*;
    impl_opaque_keys! {
        pub struct SessionKeys {
            pub babe: Babe,
            pub grandpa: Grandpa,
        }
    }
}
pub use session_keys::SessionKeys;
