//! What the node tells the runtime about the outside: time, and the slot that follows from it.

use hanzo_runtime::{opaque::Block, Hash};
use sp_consensus_babe::{inherents::InherentDataProvider as SlotProvider, SlotDuration};
use sp_inherents::CreateInherentDataProviders;
use sp_timestamp::{InherentDataProvider as TimestampProvider, Timestamp};

/// Slot and timestamp, in the order in which BABE expects them.
pub type Providers = (SlotProvider, TimestampProvider);

/// Why no provider could be made; the type is the SDK's.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Slot and timestamp of `time`.
pub fn at(time: Timestamp, slot: SlotDuration) -> Providers {
    (SlotProvider::from_timestamp_and_slot_duration(time, slot), TimestampProvider::new(time))
}

/// The time against which blocks are checked, and at which validators write them.
#[derive(Clone)]
pub struct Clock {
    slot: SlotDuration,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Wall,
    FarAhead,
}

/// Later than any block and still far from overflowing when a drift is added.
const FAR_AHEAD: Timestamp = Timestamp::new(u64::MAX / 4);

impl Clock {
    /// The computer's clock. The runtime refuses blocks that are more than 30 s ahead of it.
    pub fn wall(slot: SlotDuration) -> Self {
        Self { slot, kind: Kind::Wall }
    }

    /// A clock that finds no block too early. Sealing one slot per block, a development chain may run ahead of the
    /// computer's clock by any amount, and its own blocks are checked on import like anybody else's.
    pub fn far_ahead(slot: SlotDuration) -> Self {
        Self { slot, kind: Kind::FarAhead }
    }
}

#[async_trait::async_trait]
impl CreateInherentDataProviders<Block, ()> for Clock {
    type InherentDataProviders = Providers;

    async fn create_inherent_data_providers(&self, _parent: Hash, _: ()) -> Result<Providers, Failure> {
        let time = match self.kind {
            Kind::Wall => Timestamp::current(),
            Kind::FarAhead => FAR_AHEAD,
        };
        Ok(at(time, self.slot))
    }
}
