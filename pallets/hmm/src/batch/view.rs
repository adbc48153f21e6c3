//! What clients read of a batch.

use super::{clock, phase_of, Disclosure, BATCH_BLOCKS, COMMIT_BLOCKS};
use crate::{refusal::Refusal, Config, OpenBatches, Orders, Pallet};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{HmmError, Side};
use hanzo_traits::{
    api::{ApiResult, BatchOrderView, BatchView},
    PoolId,
};
use sp_runtime::traits::{One, Saturating, UniqueSaturatedFrom};

impl<T: Config> Pallet<T> {
    /// The batch that calls in the next block belong to.
    pub fn batch(pool: PoolId) -> ApiResult<BatchView<T::AccountId, BlockNumberFor<T>>> {
        let at = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
        let (number, blocks_before) = clock(at);
        let state = Self::opened_at(pool, at).map_err(|refusal| Self::explained(pool, refusal))?;
        let overflow = || Self::explained(pool, Refusal::Maths { error: HmmError::Overflow, reserves: state.reserves });
        let first = at.saturating_sub(BlockNumberFor::<T>::unique_saturated_from(blocks_before));
        let after = |blocks: u32| first.saturating_add(BlockNumberFor::<T>::unique_saturated_from(blocks));
        let (band_low, band_high) = Self::batch_band(pool).ok_or_else(overflow)?;
        let least = |side| Self::least_lock(&state, side).ok_or_else(overflow);
        let open = OpenBatches::<T>::get().into_iter().find(|batch| batch.number == number && batch.pool == pool);
        let pages = open.map_or(0, |batch| batch.pages());
        let entries = (0..pages).flat_map(|page| Orders::<T>::get((pool, number), page as u8));
        Ok(BatchView {
            number,
            at,
            phase: phase_of(blocks_before),
            commit_until: after(COMMIT_BLOCKS.saturating_sub(1)),
            reveal_until: after(BATCH_BLOCKS.saturating_sub(1)),
            clears_at: after(BATCH_BLOCKS),
            least_buy_lock: least(Side::Buy)?.into(),
            least_sell_lock: least(Side::Sell)?.into(),
            band_low: band_low.into(),
            band_high: band_high.into(),
            orders: entries
                .zip(0..)
                .map(|(entry, index)| {
                    let (psi, theta) = match entry.disclosure {
                        Disclosure::Committed(_) => (None, None),
                        Disclosure::Revealed { psi, theta } => (Some(psi.into()), Some(theta.into())),
                    };
                    BatchOrderView {
                        index,
                        trader: entry.trader,
                        side: entry.side,
                        locked: entry.locked.into(),
                        psi,
                        theta,
                    }
                })
                .collect(),
        })
    }
}
