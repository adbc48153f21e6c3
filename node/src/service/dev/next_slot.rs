//! The time of the next sealed block.

use super::slot_of;
use crate::service::{
    inherents::{at, Failure, Providers},
    Client,
};
use hanzo_runtime::{opaque::Block, Hash};
use sp_consensus_babe::{Slot, SlotDuration};
use sp_inherents::CreateInherentDataProviders;
use sp_timestamp::Timestamp;
use std::sync::Arc;

/// Puts each block at the start of the current slot, or of its parent's next slot if that is later.
///
/// Blocks sealed faster than slots pass therefore run ahead of the computer's clock, one slot each, and the chain waits
/// for it no longer than a slot per block afterwards. Nothing is kept in memory: a restarted node continues from the
/// parent's slot.
pub struct NextSlot {
    client: Arc<Client>,
    slot: SlotDuration,
}

impl NextSlot {
    /// A clock for blocks upon those of `client`, with slots of length `slot`.
    pub fn new(client: Arc<Client>, slot: SlotDuration) -> Self {
        Self { client, slot }
    }
}

/// Start of the slot to seal in, given the parent's slot and the computer's time.
fn next(parent: u64, now: Timestamp, slot: SlotDuration) -> Timestamp {
    let current = *Slot::from_timestamp(now, slot);
    let next = current.max(parent.saturating_add(1));
    Timestamp::new(next.saturating_mul(slot.as_millis()))
}

#[async_trait::async_trait]
impl CreateInherentDataProviders<Block, ()> for NextSlot {
    type InherentDataProviders = Providers;

    async fn create_inherent_data_providers(&self, parent: Hash, _: ()) -> Result<Providers, Failure> {
        let header = self.client.header(parent)?.ok_or_else(|| format!("parent {parent:?} is not in the database"))?;
        Ok(at(next(slot_of(&header), Timestamp::current(), self.slot), self.slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: SlotDuration = SlotDuration::from_millis(2_000);

    fn start(parent: u64, now_ms: u64) -> u64 {
        next(parent, Timestamp::new(now_ms), SLOT).as_millis()
    }

    #[test]
    fn block_should_take_the_current_slot_when_its_parent_is_older() {
        assert_eq!(start(0, 1_000_700), 1_000_000);
        assert_eq!(start(499, 1_001_999), 1_000_000);
    }

    #[test]
    fn slots_should_grow_by_one_when_blocks_come_faster_than_time() {
        let mut parent = 500;
        for ahead in 1..=200 {
            let time = start(parent, 1_000_000);
            assert_eq!(time, (500 + ahead) * 2_000);
            parent = time / 2_000;
        }
    }
}
