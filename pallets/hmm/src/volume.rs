//! How much an account may trade outside batches: 0.3 % of a reserve per pool and block.

use crate::{refusal::Refusal, Config, Pallet, PoolState, Volume, Volumes, WeightInfo, CLEARED_PER_BLOCK};
use frame_support::{ensure, traits::Get, weights::WeightMeter};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{HmmError, PPB};
use hanzo_traits::{Balance, PoolId};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

impl<T: Config> Pallet<T> {
    /// Adds to what the owner moved in this pool and block, its own trades and those that the protocol makes for it, up to
    /// 0.3 % of Ψ_ref.
    ///
    /// Compute is counted on both sides: moving a share s of Ψ moves the price by at most 2s whatever ε and the balance of
    /// the pool, and a caller can tell beforehand how much fits.
    pub(crate) fn count_volume(
        pool: PoolId,
        owner: &T::AccountId,
        state: &PoolState<BlockNumberFor<T>>,
        psi: Balance,
    ) -> Result<(), Refusal> {
        let block = frame_system::Pallet::<T>::block_number();
        let overflow = Refusal::Maths { error: HmmError::Overflow, reserves: state.reserves };
        let moved = Self::volume_of(pool, owner).checked_add(psi).ok_or(overflow)?;
        Self::ensure_within_volume(state, moved)?;
        Volumes::<T>::insert(pool, owner, Volume { block, psi: moved });
        Ok(())
    }

    /// What an account moved in a pool in this block, wei of compute.
    pub(crate) fn volume_of(pool: PoolId, owner: &T::AccountId) -> Balance {
        let block = frame_system::Pallet::<T>::block_number();
        Volumes::<T>::get(pool, owner).filter(|volume| volume.block == block).map_or(0, |volume| volume.psi)
    }

    /// Refuses more compute than may move per owner and block outside batches.
    pub(crate) fn ensure_within_volume(state: &PoolState<BlockNumberFor<T>>, moved: Balance) -> Result<(), Refusal> {
        let overflow = Refusal::Maths { error: HmmError::Overflow, reserves: state.reserves };
        let limit = Self::order_limit(state.reference.psi).ok_or(overflow)?;
        ensure!(moved <= limit, Refusal::OrderTooLarge { moved, limit });
        Ok(())
    }

    /// Clears volumes at the end of a block, when those of the block itself count no more. In bunches, as each costs a look
    /// at whether there is one, but in one walk: a new one would begin by stepping over all that the block has removed.
    pub(crate) fn clear_volumes_within(meter: &mut WeightMeter) {
        let base = T::WeightInfo::on_initialize(0, 0);
        let bunch = T::WeightInfo::on_initialize(0, CLEARED_PER_BLOCK).saturating_sub(base);
        let mut volumes = Volumes::<T>::drain();
        while meter.try_consume(bunch).is_ok() {
            let cleared = volumes.by_ref().take(CLEARED_PER_BLOCK as usize).count();
            if cleared < CLEARED_PER_BLOCK as usize {
                break;
            }
        }
    }

    /// The share of a reserve that an account may move, floored.
    pub(crate) fn order_limit(reserve: Balance) -> Option<Balance> {
        let limit_ppb = T::OrderLimitPpb::get().into();
        multiply_by_rational_with_rounding(reserve, limit_ppb, PPB.into(), Rounding::Down)
    }
}
