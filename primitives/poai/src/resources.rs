//! The six resource classes and amounts of them.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A kind of compute that is priced, spent and earned on its own. One resource token of a class is one
/// effective resource-second of quality 1; the unit stands behind each name.
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
#[serde(rename_all = "lowercase")]
pub enum ResourceClass {
    /// GPU-seconds.
    Gpu,
    /// GiB-seconds of accelerator memory.
    Vram,
    /// Core-seconds.
    Cpu,
    /// GiB-seconds of main memory.
    Ram,
    /// MB/s-seconds of network.
    Net,
    /// GiB-seconds of storage.
    Disk,
}

impl ResourceClass {
    /// How many classes there are.
    pub const COUNT: usize = 6;

    /// Every class, in the order of its SCALE index.
    pub const ALL: [ResourceClass; Self::COUNT] = [Self::Gpu, Self::Vram, Self::Cpu, Self::Ram, Self::Net, Self::Disk];

    /// The class's place in [`Self::ALL`], 0 to 5.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Short lower-case name, as RPC and events spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::Vram => "vram",
            Self::Cpu => "cpu",
            Self::Ram => "ram",
            Self::Net => "net",
            Self::Disk => "disk",
        }
    }
}

/// An amount of each class, in wei (10⁻¹⁸) of a resource-second, indexed by [`ResourceClass::index`].
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Serialize,
    Deserialize,
)]
pub struct Resources(pub [u128; ResourceClass::COUNT]);

impl Resources {
    /// The amount of one class, wei.
    pub fn get(&self, class: ResourceClass) -> u128 {
        self.0.get(class.index()).copied().unwrap_or_default()
    }

    /// Sets the amount of one class, wei.
    pub fn set(&mut self, class: ResourceClass, amount: u128) {
        if let Some(slot) = self.0.get_mut(class.index()) {
            *slot = amount;
        }
    }

    /// Every class with its amount, zero amounts included.
    pub fn iter(&self) -> impl Iterator<Item = (ResourceClass, u128)> + '_ {
        ResourceClass::ALL.into_iter().map(|class| (class, self.get(class)))
    }

    /// Whether every amount is zero.
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|amount| *amount == 0)
    }

    /// Class-wise sum; `None` on overflow.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.zip(other, u128::checked_add)
    }

    /// Class-wise difference; `None` if any class would go below zero.
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.zip(other, u128::checked_sub)
    }

    /// Every amount times a count; `None` on overflow.
    pub fn checked_mul(&self, count: u128) -> Option<Self> {
        self.zip(self, |amount, _| amount.checked_mul(count))
    }

    /// Class-wise smaller amount.
    pub fn min(&self, other: &Self) -> Self {
        let mut out = Self::default();
        for (class, amount) in self.iter() {
            out.set(class, amount.min(other.get(class)));
        }
        out
    }

    fn zip(&self, other: &Self, op: impl Fn(u128, u128) -> Option<u128>) -> Option<Self> {
        let mut out = Self::default();
        for (class, amount) in self.iter() {
            out.set(class, op(amount, other.get(class))?);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_index_should_match_its_place_in_all() {
        for (place, class) in ResourceClass::ALL.into_iter().enumerate() {
            assert_eq!(class.index(), place);
            assert_eq!(class.encode(), [place as u8]);
        }
    }

    #[test]
    fn resources_should_refuse_to_leave_their_range() {
        let mut one = Resources::default();
        one.set(ResourceClass::Ram, 1);
        let mut full = Resources::default();
        full.set(ResourceClass::Ram, u128::MAX);
        assert_eq!(one.checked_add(&full), None);
        assert_eq!(one.checked_sub(&full), None);
        assert_eq!(full.checked_mul(2), None);
        assert_eq!(one.checked_mul(7).map(|r| r.get(ResourceClass::Ram)), Some(7));
        assert_eq!(full.min(&one), one);
    }
}
