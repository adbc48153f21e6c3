//! `Get` types through which everything else reads the clock.

use crate::{Config, Scale};
use core::marker::PhantomData;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;

/// Length of a slot, hence of the expected time between blocks, in milliseconds.
pub struct SlotDuration<T>(PhantomData<T>);

impl<T: Config> Get<u64> for SlotDuration<T> {
    fn get() -> u64 {
        Scale::<T>::get().slot_ms.into()
    }
}

/// Least time between two blocks, in milliseconds: half a slot, which is how BABE learns the slot from the timestamp
/// pallet.
pub struct MinimumPeriod<T>(PhantomData<T>);

impl<T: Config> Get<u64> for MinimumPeriod<T> {
    fn get() -> u64 {
        u64::from(Scale::<T>::get().slot_ms) >> 1
    }
}

/// Length of an epoch, in slots.
pub struct EpochSlots<T>(PhantomData<T>);

impl<T: Config> Get<u64> for EpochSlots<T> {
    fn get() -> u64 {
        Scale::<T>::get().epoch_slots.into()
    }
}

/// A period of `MAINNET_BLOCKS` blocks of 2 s, shortened by the chain's divisor, but at least `MIN_BLOCKS` blocks.
///
/// The minimum keeps a period meaningful where the divisor is large: a window in which somebody must react has to
/// leave room for a few blocks.
pub struct Scaled<T, const MAINNET_BLOCKS: u32, const MIN_BLOCKS: u32>(PhantomData<T>);

impl<T: Config, const MAINNET_BLOCKS: u32, const MIN_BLOCKS: u32> Get<BlockNumberFor<T>>
    for Scaled<T, MAINNET_BLOCKS, MIN_BLOCKS>
{
    fn get() -> BlockNumberFor<T> {
        Scale::<T>::get().blocks(MAINNET_BLOCKS, MIN_BLOCKS).into()
    }
}
