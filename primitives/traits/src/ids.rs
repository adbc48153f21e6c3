//! Identifiers shared by the pallets.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use hanzo_poai::ResourceClass;
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Amount of any token, in its smallest unit (wei, 10⁻¹⁸).
pub type Balance = u128;

/// Number of a fungible asset in the assets pallet.
pub type AssetId = u32;

/// Service tier: 0 is any worker, further ones are added by governance (a region, a TEE).
pub type Tier = u8;

/// First asset id of the resource tokens; ids below belong to the other tokens of the chain.
const RESOURCE_ASSETS: AssetId = 1_000;

/// A pool, and the resource token it trades: one resource class in one service tier.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct PoolId {
    /// The resource class.
    pub class: ResourceClass,
    /// The service tier.
    pub tier: Tier,
}

impl PoolId {
    /// The pool of a class in tier 0.
    pub const fn any_worker(class: ResourceClass) -> Self {
        Self { class, tier: 0 }
    }

    /// The resource token of this pool: 1000 + 8 × tier + class, so that every (class, tier) has an id of its own.
    pub fn asset_id(self) -> AssetId {
        let class = self.class.index() as AssetId;
        AssetId::from(self.tier).saturating_mul(8).saturating_add(RESOURCE_ASSETS).saturating_add(class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn asset_id_should_be_unique_per_pool() {
        let ids: BTreeSet<_> = (0..=Tier::MAX)
            .flat_map(|tier| ResourceClass::ALL.map(|class| PoolId { class, tier }.asset_id()))
            .collect();
        assert_eq!(ids.len(), 256 * ResourceClass::COUNT);
        assert_eq!(ids.first(), Some(&1_000));
    }
}
